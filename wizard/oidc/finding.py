"""The one result type. A check decides what it saw; the catalogue knows what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Three outcomes, and UNKNOWN for "could not tell", which never blocks."""

    PASS = "pass"  # noqa: S105 - a verdict
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw. Advice is looked up by `code`, so a code means one outcome only.

    `about` is the value or address judged, `expected` and `actual` are short texts to show,
    `spec` names the section of the standard, `evidence` are lines that show how we know (request
    and answer). None of them ever holds a secret, a code or a token.
    """

    code: str
    status: Status
    about: str = ""
    expected: str = ""
    actual: str = ""
    spec: str = ""
    evidence: tuple[str, ...] = ()
    took_ms: int | None = None


def passed(code: str, **facts: object) -> Finding:
    """A check that holds."""
    return Finding(code, Status.PASS, **facts)


def warned(code: str, **facts: object) -> Finding:
    """Works, but she should look at it."""
    return Finding(code, Status.WARN, **facts)


def failed(code: str, **facts: object) -> Finding:
    """Sure to be wrong."""
    return Finding(code, Status.FAIL, **facts)


def could_not_tell(code: str, **facts: object) -> Finding:
    """The check could not reach a verdict; it never blocks."""
    return Finding(code, Status.UNKNOWN, **facts)


_ORDER = (Status.FAIL, Status.WARN, Status.UNKNOWN, Status.PASS)


def worst(findings: Iterable[Finding]) -> Status:
    """The gravest status among `findings`; PASS when there are none."""
    seen = {finding.status for finding in findings}
    return next((status for status in _ORDER if status in seen), Status.PASS)


def gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    """What needs action first; within a status their own order."""
    return sorted(findings, key=lambda finding: _ORDER.index(finding.status))
