"""The cards of the home page: each setup, where it stands, and what is next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from wizard import again, catalogue, expiry, judging, renewal, setups, steps, wording
from wizard.application import desk
from wizard.oidc.finding import gravest_first
from wizard.setups import Setup, from_rows
from wizard.store import SetupRow
from wizard.wording import begin, day

ON_A_PAGE = 10
LONGEST_SEARCH = 80


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of cards. `first` and `last` count from 1, among the `found` of `total` setups."""

    cards: Sequence[dict[str, object]]
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
    wanted = search.strip()[:LONGEST_SEARCH].casefold().split()
    found = [row for row in rows if all(word in _names(row) for word in wanted)] if wanted else rows
    urgent = desk().store.urgent((date.today() + timedelta(days=max(expiry.NOTICES))).isoformat())
    place = {setup_id: number for number, setup_id in enumerate(urgent)}
    found = sorted(found, key=lambda row: place.get(row.id, len(place)))
    pages = max(1, -(-len(found) // ON_A_PAGE))
    page = min(max(page, 1), pages)
    here = found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    cards = [_card(setups.look(desk().store, desk().vault, row, desk().port)) for row in here]
    return Shelf(cards, len(rows), len(found), page, pages, search.strip()[:LONGEST_SEARCH])


def _names(row: SetupRow) -> str:
    texts = [row.name, row.product, row.provider]
    for read, slug in ((catalogue.product, row.product), (catalogue.provider, row.provider)):
        try:
            guide = read(slug)
        except KeyError:  # its guide is gone; the page says so when the setup is opened
            continue
        texts += [guide.name, *guide.aliases]
    return " ".join(texts).casefold()


def _card(setup: Setup) -> dict[str, object]:
    flow = steps.flow(setup)
    step = steps.position(setup)
    finished = all(each.done(setup) for each in flow)
    place = [each.slug for each in flow].index(step.slug) + 1
    said = []
    if setup.run:
        said.append(f"test sign-in {_VERDICT[setup.run.verdict]} {day(setup.run.ended_at)}")
    elif steps.signed_in(setup):
        said.append("secret renewed since the test sign-in")
    elif steps.proved(setup):
        said.append("gone on without a test sign-in")
    elif setup.imported_run:
        said.append("test sign-in made on another computer, no proof here")
    elif setup.withdrawn_run:
        said.append("a value changed since the test sign-in")
    if not finished:
        said.append(f"next: {step.title}")
    in_use = "handed-over" in setup.ticks.get("handover", {})
    look = in_use and any(judging.blocked(setup, slug) for slug in judging.TOPICS_OF_STEP)
    due = expiry.of(setup.values.secret_expires, date.today())
    if due and not due.notice:
        said.append(due.words)
    tag = "Done" if finished else f"Step {place} of {len(flow)}"
    return {
        "setup": setup,
        "step": step,
        "finished": finished,
        "look": look,
        "tag": "Needs a look" if look else tag,
        "said": said,
        "expiry": due if setup.product.protocol.uses_secret else None,
        "again": _again(setup),
        "checkable": again.can_be_checked(setup),
        "renew": _renew(setup),
    }


def _again(setup: Setup) -> dict[str, str] | None:
    """What was found when it was last checked again, in short."""
    check = setup.current_check(again.TOPIC)
    if not check:
        return None
    found = gravest_first(from_rows(check.findings))
    words = begin(wording.title_of(setup, found[0]))
    if len(found) > 1:
        words = f"{words}, and {len(found) - 1} more"
    return {"summary": again.summary(found), "at": check.checked_at, "words": words}


def _renew(setup: Setup) -> str:
    if not renewal.applies(setup):
        return ""
    return "Go on renewing the secret" if renewal.under_way(setup) else "Renew secret"


_VERDICT = {"pass": "passed", "warn": "passed with a warning", "fail": "failed"}
