"""When the client secret expires, and how urgent that is. Pure."""

from datetime import date
from typing import NamedTuple

NOTICES = (7, 14, 30)  # days before; Syncro reminds at the same ones


class Expiry(NamedTuple):
    """`days` are left (below zero: it is past), `notice` the smallest of NOTICES reached."""

    on: date
    days: int

    @property
    def notice(self) -> str:
        """ "past", "7", "14", "30", or "" while there is time."""
        if self.days < 0:
            return "past"
        return next((str(limit) for limit in NOTICES if self.days <= limit), "")

    @property
    def words(self) -> str:
        """What the home page says of it."""
        if self.days < -1:
            return f"client secret expired {-self.days} days ago"
        if self.days == -1:
            return "client secret expired yesterday"
        if self.days == 0:
            return "client secret expires today"
        if self.days == 1:
            return "client secret expires tomorrow"
        return f"client secret expires in {self.days} days"


def of(text: str, today: date) -> Expiry | None:
    """The expiry of a saved ISO date; None for no date."""
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return None
    return Expiry(on, (on - today).days)
