"""Dates and lengths of time as people say them. Pure."""

from datetime import UTC, date, datetime


def ago(moment: str, now: datetime | None = None) -> str:
    """How long ago an ISO time was, in the largest unit that says enough."""
    seconds = ((now or datetime.now(UTC)) - datetime.fromisoformat(moment)).total_seconds()
    if seconds < 60:
        return "just now"
    for length, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = int(seconds // length)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def day(value: str | date) -> str:
    """A date as people write it: 3 November 2026."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value).date()
    return f"{value.day} {value:%B %Y}"


def moment(at: str) -> str:
    """An ISO time to the minute, in UTC: 3 November 2026, 09:05 UTC."""
    when = datetime.fromisoformat(at).astimezone(UTC)
    return f"{day(when.date())}, {when:%H:%M} UTC"


def lasted(milliseconds: int) -> str:
    """A length of time, in seconds up to two minutes."""
    seconds = milliseconds / 1000
    if seconds < 1:
        return f"{milliseconds} milliseconds"
    if seconds < 120:
        said = f"{seconds:.1f}".removesuffix(".0") if seconds < 9.95 else f"{seconds:.0f}"
        return f"{said} second{'' if said == '1' else 's'}"
    return f"{round(seconds / 60)} minutes"


def as_date(value: str) -> date | None:
    """A saved ISO date, or None for a text that is none."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
