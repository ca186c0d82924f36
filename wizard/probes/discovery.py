"""Asks for the metadata document and the keys, and judges both and this computer's clock."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from wizard.fetch import Answer, Fetcher, FetchError, network_finding
from wizard.oidc.discovery import (
    Metadata,
    Needs,
    judge_keys,
    judge_metadata_url,
    read_metadata,
)
from wizard.oidc.finding import Finding, Status, failed, passed, warned, worst
from wizard.oidc.plain import plain
from wizard.probes import dialect
from wizard.probes.asking import why_unavailable

SPEC = "OpenID Connect Discovery 1.0, 4.2"
_JSON = ("application/json", "application/jwk-set+json", "application/openid-configuration+json")
_CLOCK_GOOD_SECONDS = 60
_CLOCK_FAIR_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Discovered:
    """What the metadata URL led to. `metadata` and `jwks` are None when they cannot be used.

    `clock_ahead` is by how many seconds this computer's clock is ahead of the provider's (below
    zero: behind it), None when no answer told its time.
    """

    metadata: Metadata | None
    jwks: dict[str, Any] | None = field(repr=False)
    findings: list[Finding]
    clock_ahead: float | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What a metadata URL led to, its keys not asked for yet.

    `skews` are seconds by which this computer's clock is ahead of the provider's, as answers told.
    """

    metadata: Metadata | None
    findings: tuple[Finding, ...]
    skews: tuple[float | None, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the addresses in it may be asked."""
        return self.metadata is not None and worst(self.findings) is not Status.FAIL


def ask_discovery(fetcher: Fetcher, url: str, needs: Needs, now: Callable[[], float]) -> Discovered:
    """Fetch and judge the document at `url` and the keys it names. `now` is this computer's time
    in seconds since 1970, called when an answer has come."""
    return ask_keys_of(fetcher, ask_document(fetcher, url, needs, now), needs, now)


def ask_document(fetcher: Fetcher, url: str, needs: Needs, now: Callable[[], float]) -> Document:
    """Fetch and judge the document at `url`, for those who ask for its keys beside other things."""
    findings = judge_metadata_url(url)
    if worst(findings) is Status.FAIL:
        return Document(None, tuple(findings))
    try:
        answer = fetcher.get(url)
    except FetchError as error:
        return Document(None, (*findings, network_finding(error, Status.FAIL)))
    skews = (_skew(answer, now()),)
    refused = _refused_document(answer)
    if refused:
        return Document(None, (*findings, *_known(refused, answer)), skews)
    metadata, on_document = read_metadata(url, answer.body, needs)
    if not {f.code for f in on_document} & {"metadata_web_page", "metadata_xml"}:
        on_document = [*_judge_content_type(answer), *on_document]
    return Document(metadata, (*findings, *_known(on_document, answer)), skews)


def ask_keys_of(
    fetcher: Fetcher, document: Document, needs: Needs, now: Callable[[], float]
) -> Discovered:
    """All of a discovery: `document` with the keys it names, where it names any."""
    findings, skews, jwks = list(document.findings), [*document.skews], None
    if document.metadata:
        jwks, on_keys, answer = ask_keys(fetcher, document.metadata.jwks_uri, needs.alg)
        findings += on_keys
        if answer:
            skews.append(_skew(answer, now()))
    known = [skew for skew in skews if skew is not None]
    ahead = min(known, key=abs, default=None)
    return Discovered(document.metadata, jwks, [*findings, *_judge_clock(skews)], ahead)


def ask_keys(
    fetcher: Fetcher, url: str, alg: str, *, afresh: bool = False
) -> tuple[dict[str, Any] | None, list[Finding], Answer | None]:
    """Fetch and judge the keys at `url`; None when they cannot be used. `afresh`: from no cache."""
    headers = {"Cache-Control": "no-cache"} if afresh else None
    try:
        answer = fetcher.get(url, headers, accept="application/jwk-set+json, application/json")
    except FetchError as error:
        return None, [network_finding(error, Status.FAIL)], None
    about = plain(url)
    busy = why_unavailable(answer)
    if busy:
        refused = failed("keys_unavailable", about=about, expected="HTTP 200", actual=busy)
    elif answer.status != 200:
        actual = f"HTTP {answer.status}"
        refused = failed("keys_http_status", about=about, expected="HTTP 200", actual=actual)
    else:
        jwks, findings = judge_keys(answer.body, alg)
        findings = [
            finding if finding.about else replace(finding, about=about) for finding in findings
        ]
        return jwks, _known(findings, answer), answer
    return None, _known([refused], answer), answer


def _refused_document(answer: Answer) -> list[Finding]:
    """What an answer other than 200 means. A tenant that Entra does not know is told by number."""
    if answer.status == 200:
        return []
    about = plain(answer.url.partition("?")[0])
    text = answer.body.decode("utf-8", "replace")
    numbers = dialect.numbers_in(text)
    said = f"HTTP {answer.status}" + (f", AADSTS{numbers[0]}" if numbers else "")
    facts = {"about": about, "expected": "HTTP 200", "actual": said, "spec": SPEC}
    if dialect.UNKNOWN_TENANT.intersection(numbers):
        return [failed("tenant_unknown", **facts)]
    if dialect.MALFORMED_TENANT.intersection(numbers):
        return [failed("tenant_malformed", **facts)]
    if dialect.OTHER_CLOUD.intersection(numbers):
        return [failed("tenant_in_other_cloud", **facts)]
    busy = why_unavailable(answer)
    if answer.status == 429:
        return [failed("metadata_too_many_requests", **{**facts, "actual": busy})]
    if busy:
        return [failed("metadata_server_error", **{**facts, "actual": busy})]
    if 300 <= answer.status < 400:
        target = plain(answer.headers.get("Location", "").partition("?")[0], 200)
        return [failed("metadata_redirected", **{**facts, "actual": f"{said}, to {target}"})]
    if answer.status in (404, 410):
        return [failed("metadata_not_found", **facts)]
    if answer.status in (401, 403):
        return [failed("metadata_forbidden", **facts)]
    return [failed("metadata_http_status", **facts)]


def _judge_content_type(answer: Answer) -> list[Finding]:
    """application/json; anything else that held the document all the same is a warning."""
    given = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    facts = {"about": plain(answer.url), "expected": "application/json", "actual": plain(given, 80)}
    if given in _JSON:
        return [passed("metadata_content_type", spec=SPEC, **facts)]
    return [warned("metadata_content_type_other", spec=SPEC, **facts)]


def _skew(answer: Answer, now: float) -> float | None:
    """Seconds by which this computer's clock is ahead of the answer's Date; None without one.

    An answer out of a cache has the Date of when it was made: its Age is added. RFC 9111, 4.2.3.
    """
    if answer.date is None:
        return None
    age = answer.headers.get("Age", "").strip()
    seconds = int(age[:9]) if age.isascii() and age.isdigit() else 0
    return now - answer.date.timestamp() - seconds


def _judge_clock(skews: Iterable[float | None]) -> list[Finding]:
    """This computer's clock against the provider's: tokens live by it. Core 1.0, 3.1.3.7, rule 9.

    The answer that agrees best counts, for a cache may have kept the other.
    """
    known = [skew for skew in skews if skew is not None]
    if not known:
        return []
    skew = min(known, key=abs)
    facts = {
        "about": "clock",
        "expected": "within 60 seconds",
        "actual": f"{_length(abs(skew))} {'ahead' if skew > 0 else 'behind'}",
        "spec": "OpenID Connect Core 1.0, 3.1.3.7",
    }
    if abs(skew) <= _CLOCK_GOOD_SECONDS:
        return [passed("clock_agrees", **{**facts, "actual": f"within {_CLOCK_GOOD_SECONDS} s"})]
    if abs(skew) <= _CLOCK_FAIR_SECONDS:
        return [warned("clock_off", **facts)]
    return [warned("clock_far_off", **facts)]


def _length(seconds: float) -> str:
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{round(seconds / size)} {unit}"
    return f"{round(seconds)} seconds"


def _known(findings: Iterable[Finding], answer: Answer) -> list[Finding]:
    """`findings` with the answer that shows them."""
    return [
        replace(finding, evidence=answer.evidence, took_ms=answer.took_ms) for finding in findings
    ]
