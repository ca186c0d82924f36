"""Check again: all that needs no sign-in, and what has changed since all was last well."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from wizard import judging, kept
from wizard.kept import Good
from wizard.oidc.finding import Finding, Status, could_not_tell, passed, warned
from wizard.oidc.plain import plain
from wizard.setups import Setup, as_rows
from wizard.store import Store

if TYPE_CHECKING:
    from wizard.asking import Asked

TOPIC = "again"


def can_be_checked(setup: Setup) -> bool:
    """Whether there is anybody to ask."""
    return bool(setup.values.metadata_url and setup.values.client_id)


def ask(setup: Setup) -> "Asked":
    """Ask about everything. Nothing is saved, so that several setups can be asked at once."""
    from wizard import asking  # late: the home page only shows what was found

    return asking.ask(setup, setup.values, judging.TOPICS)


def keep(store: Store, setup: Setup, asked: "Asked") -> list[Finding]:
    """Save what `ask` was answered, and say what has changed. `setup` is as it was asked about.

    A provider that could not be reached has said nothing: then what it said before still stands.
    """
    good = kept.last_good(setup)
    out_of_reach = unreached(asked)
    if out_of_reach:
        changes = [not_reached(out_of_reach)]
    else:
        kept.keep(store, setup, asked)
        changes = compare(setup, good, asked)
    store.save_check(setup.id, TOPIC, setup.fingerprint(TOPIC), as_rows(changes))
    return changes


def compare(setup: Setup, good: Good | None, asked: "Asked") -> list[Finding]:
    """What is otherwise than it was when all was well, gravest first. Pure.

    What fails now did not then. Of warnings and of what could not be told, only what is new.
    """
    found = [finding for topic in asked.findings.values() for finding in topic]
    before = good.codes if good else frozenset()
    known = {code for code, _ in before}
    told = [f for f in found if f.status is Status.FAIL]
    told += [f for f in found if f.status is Status.WARN and f.code not in known]
    told += [f for f in found if f.status is Status.UNKNOWN and (f.code, f.about) not in before]
    if setup.product.protocol.uses_secret and not setup.values.client_secret:
        told.append(could_not_tell("again_secret_not_here"))
    if good and asked.metadata:
        told += _of_document(good.facts, kept.facts_of(asked.metadata))
    if good and asked.keys:
        told += _of_keys(good.keys, kept.key_names(asked.keys), asked)
    if good and not told:
        return [passed("again_unchanged", about=good.at[:10])]
    if not told:
        return [passed("again_all_well")]
    return told


def _of_document(then: Mapping[str, str], now: Mapping[str, str]) -> list[Finding]:
    return [
        warned(
            "again_metadata_changed",
            about=name,
            expected=plain(then[name]) or "none",
            actual=plain(value) or "none",
        )
        for name, value in now.items()
        # What an older Latchkey did not save cannot be compared.
        if name in then and then[name] != value
    ]


def _of_keys(then: Sequence[str], now: Sequence[str], asked: "Asked") -> list[Finding]:
    """New keys are as it should be: providers change them, and products read them afresh."""
    if not then or set(then) == set(now):
        return []
    about = asked.metadata.jwks_uri if asked.metadata else ""
    gone, new = sorted(set(then) - set(now)), sorted(set(now) - set(then))
    return [
        passed(
            "again_keys_rotated",
            about=about,
            expected=plain(", ".join(gone) or "all still there", 200),
            actual=plain(", ".join(new) or "none new", 200),
            evidence=(f"gone: {plain(', '.join(gone) or 'none', 200)}",
                      f"new: {plain(', '.join(new) or 'none', 200)}"),
        )
    ]  # fmt: skip


def unreached(asked: "Asked") -> Finding | None:
    """The network's failure on the way to the document or its keys, if there was one."""
    found = asked.findings["discovery"]
    return next((f for f in found if _is_network(f) and f.status is Status.FAIL), None)


def _is_network(finding: Finding) -> bool:
    busy = ("metadata_too_many_requests", "metadata_server_error", "keys_unavailable")
    return finding.code.startswith("network_") or finding.code in busy


def not_reached(failure: Finding) -> Finding:
    """What such a failure is when the values were good before: nothing is known to be wrong."""
    why = failure.actual or failure.code.removeprefix("network_").replace("_", " ")
    return could_not_tell(
        "again_not_reached", about=failure.about, actual=why, evidence=failure.evidence
    )


def summary(findings: Sequence[Finding]) -> str:
    """ "fail", "warn", "unknown", "changed" (nothing to do) or "same": the worst of it."""
    seen = {finding.status for finding in findings}
    for status in (Status.FAIL, Status.WARN, Status.UNKNOWN):
        if status in seen:
            return status.value
    quiet = ("again_unchanged", "again_all_well")
    return "same" if all(finding.code in quiet for finding in findings) else "changed"


def is_about_secret(findings: Sequence[Finding]) -> bool:
    """Whether the client secret is what fails."""
    return any(f.status is Status.FAIL and f.code.startswith("client_secret_") for f in findings)
