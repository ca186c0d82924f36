"""The shelf of the home page: one page of cards, as they were kept or made anew.

To make a card needs most of the wizard: guides, rules, what is still proved. So each is kept with
what it was made of, and made again when any of that is no longer so. A start then shows home
without loading what only the next pages need.
"""

import contextlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from flask import Response, after_this_request

from wizard import expiry
from wizard.application import desk
from wizard.own_print import own_print
from wizard.store import Kept, SetupRow, StoreError

ON_A_PAGE = 10
LONGEST_SEARCH = 80

Card = dict[str, object]


class Shelf(NamedTuple):
    """One page of cards. `first` and `last` count from 1, among the `found` of `total` setups."""

    cards: Sequence[Card]
    total: int
    found: int
    page: int
    pages: int
    search: str

    @property
    def first(self) -> int:
        return (self.page - 1) * ON_A_PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.cards) - 1


def shelf(search: str, page: int) -> Shelf:
    """The setups that `search` finds in their names, products and identity providers.

    What is urgent comes first (a secret that expires soon or has, a check that found a failure),
    then the one changed last. A page that is not there is the nearest one that is.
    """
    rows = desk().store.setups()
    found = _found(rows, search)
    urgent = desk().store.urgent((date.today() + timedelta(days=max(expiry.NOTICES))).isoformat())
    place = {setup_id: number for number, setup_id in enumerate(urgent)}
    found = sorted(found, key=lambda row: place.get(row.id, len(place)))
    pages = max(1, -(-len(found) // ON_A_PAGE))
    page = min(max(page, 1), pages)
    here = found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    return Shelf(_cards(here), len(rows), len(found), page, pages, search.strip()[:LONGEST_SEARCH])


def _found(rows: Sequence[SetupRow], search: str) -> Sequence[SetupRow]:
    wanted = search.strip()[:LONGEST_SEARCH].casefold().split()
    if not wanted:
        return rows
    from wizard.views import cards

    return [row for row in rows if all(word in cards.names(row) for word in wanted)]


def _cards(rows: Sequence[SetupRow]) -> list[Card]:
    """The card of each row. What had to be made is kept once the page has been sent."""
    kept = desk().store.kept_cards([row.id for row in rows])
    made: dict[str, tuple[str, Card]] = {}
    shown = []
    for row in rows:
        before = kept.get(row.id)  # None: deleted a moment ago
        # All of it is older than the card: a change while that is made has it made anew.
        made_of = f"{own_print()} {desk().port} {row.updated_at} {before.checks if before else ''}"
        card = _still(before, made_of) if before else None
        if card is None:
            card = _make(row)
            made[row.id] = made_of, card
        shown.append({**card, "id": row.id, **_by_today(card)})
    if made:
        _keep_when_sent(made)
    return shown


def _still(kept: Kept, made_of: str) -> Card | None:
    """The kept card, if all that it says is so today."""
    if kept.made_of != made_of:
        return None
    try:
        card = json.loads(kept.card)
        same = card["held"] == _held(kept.setup_id, card) and card["expired"] == _expired(card)
        _by_today(card)
    except (ValueError, KeyError, TypeError):  # the file was written to by hand
        return None
    return card if same else None


def _make(row: SetupRow) -> Card:
    from wizard.views import cards

    card = cards.make(row)
    return {**card, "held": _held(row.id, card), "expired": _expired(card)}


def _held(setup_id: str, card: Mapping[str, object]) -> bool:
    """Whether the client secret is on this computer; in memory it ends with the process."""
    version = str(card["secret_version"])
    return bool(version) and desk().vault.holds(setup_id, version)


def _expired(card: Mapping[str, object]) -> bool:
    return "" < str(card["expires"]) < datetime.now(UTC).date().isoformat()


def _by_today(card: Mapping[str, object]) -> Card:
    """What a card says of the days that are left."""
    due = expiry.of(str(card["expires"]), date.today())
    said = card["said"] if due is None or due.notice else [*card["said"], due.words]
    return {"said": said, "expiry": due if card["uses_secret"] else None}


def _keep_when_sent(made: Mapping[str, tuple[str, Card]]) -> None:
    store = desk().store

    def keep() -> None:
        # They save time and hold nothing of their own: a full disk is told where it matters.
        with contextlib.suppress(StoreError):
            store.keep_cards({each: (of, json.dumps(card)) for each, (of, card) in made.items()})

    @after_this_request
    def when_sent(response: Response) -> Response:
        response.call_on_close(keep)
        return response
