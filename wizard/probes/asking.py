"""Asking several things at once, and the words for an answer that could not be had."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from wizard.fetch import Answer, FetchError, network_finding
from wizard.oidc.finding import Finding, could_not_tell

MOST_AT_ONCE = 6

Outcome = Answer | FetchError


def side_by_side(calls: Sequence[Callable[[], Answer]]) -> list[Outcome]:
    """What each of `calls` gave, in their order; no answer is its FetchError."""
    if len(calls) < 2:
        return [_outcome(call) for call in calls]
    with ThreadPoolExecutor(max_workers=min(MOST_AT_ONCE, len(calls))) as pool:
        return list(pool.map(_outcome, calls))


def _outcome(call: Callable[[], Answer]) -> Outcome:
    try:
        return call()
    except FetchError as error:
        return error


def can_be_sent(*texts: str) -> bool:
    """Whether `texts` are text at all: a value from a command line may hold stray bytes."""
    try:
        "".join(texts).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def why_unavailable(outcome: Outcome) -> str:
    """Why nothing can be concluded from `outcome`, in words; "" when something can."""
    if isinstance(outcome, FetchError):
        return f"no answer ({outcome.code.replace('_', ' ')})"
    if outcome.status == 429 or outcome.status >= 500:
        wait = outcome.retry_after
        return f"HTTP {outcome.status}" + ("" if wait is None else f", Retry-After: {wait} s")
    return ""


def trouble(outcomes: Iterable[Outcome], about: str) -> list[Finding]:
    """One finding for each kind of trouble on the way; it says nothing about the values asked."""
    found: dict[str, Finding] = {}
    for outcome in outcomes:
        if isinstance(outcome, FetchError):
            finding = network_finding(outcome)
        elif outcome.status == 429:
            finding = could_not_tell(
                "provider_too_many_requests",
                about=about,
                actual=why_unavailable(outcome),
                evidence=outcome.evidence,
                took_ms=outcome.took_ms,
            )
        elif outcome.status >= 500:
            finding = could_not_tell(
                "provider_unavailable",
                about=about,
                actual=why_unavailable(outcome),
                evidence=outcome.evidence,
                took_ms=outcome.took_ms,
            )
        else:
            continue
        found.setdefault(finding.code, finding)
    return list(found.values())
