"""What did the product say? Which message it is, and the checks that settle it, run again now."""

import re
from collections.abc import Iterable

from wizard import again, asking, catalogue, kept
from wizard.catalogue.guides import Said
from wizard.oidc.finding import Finding, Status, could_not_tell
from wizard.setups import Setup, as_rows, from_rows
from wizard.store import Store

OTHER = "other"  # in an address and a form: a message that is not in the guide
_BETWEEN = re.compile(r"[\W_]+")
_SHORTEST = 12  # of letters and digits; less could be part of any sentence


def find(setup: Setup, name: str) -> Said | None:
    """The message of that name in the product's guide."""
    return next((said for said in setup.product.hand_over.said if said.name == name), None)


def recognise(setup: Setup, text: str) -> Said | None:
    """The guide's message that stands in `text`, whatever its capitals, marks and spaces."""
    given = _letters(text[:10_000])
    for said in setup.product.hand_over.said:
        known = _letters(catalogue.fill(said.text, setup.words))
        if len(known) >= _SHORTEST and known in given:
            return said
    return None


def settle(store: Store, setup: Setup, name: str, topics: Iterable[str]) -> list[Finding]:
    """Ask about `topics` now, save what was answered, and give it.

    A provider that could not be reached has said nothing, so nothing it said before is replaced.
    """
    asked = asking.ask(setup, setup.values, topics)
    out_of_reach = again.unreached(asked)
    if out_of_reach:
        found = [again.not_reached(out_of_reach)]
    else:
        kept.keep(store, setup, asked)
        found = [finding for topic in asked.findings.values() for finding in topic]
        missing = set(topics) - set(asked.findings)
        if "secret" in missing and not setup.values.client_secret:
            found.append(could_not_tell("again_secret_not_here"))
    store.save_check(setup.id, _topic(name), setup.fingerprint(_topic(name)), as_rows(found))
    return found


def settled(setup: Setup, name: str) -> tuple[list[Finding], str]:
    """What was found when it was last asked, with the values of today, and when (ISO time)."""
    check = setup.current_check(_topic(name))
    return (from_rows(check.findings), check.checked_at) if check else ([], "")


def conclusion(findings: list[Finding]) -> str:
    """ "refused", "untold", or "fine": the values are right, so the product holds others."""
    seen = {finding.status for finding in findings}
    if Status.FAIL in seen:
        return "refused"
    return "untold" if Status.UNKNOWN in seen or not seen else "fine"


def _topic(name: str) -> str:
    return f"said:{name}"


def _letters(text: str) -> str:
    return _BETWEEN.sub("", text).casefold()
