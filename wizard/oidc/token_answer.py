"""The rules on the token endpoint's answer. RFC 6749, 5.1 and 5.2; OpenID Connect Core 3.1.3.3."""

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from .finding import Finding, Status, failed, passed, warned, worst
from .plain import kind, plain
from .strict_json import StrictJsonError, parse_object

OK = "RFC 6749, 5.1"
ERROR = "RFC 6749, 5.2"
_TITLE = re.compile(r"<title[^>]{0,100}>([^<]{1,300})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """The answer of the token endpoint, judged.

    `id_token` and `access_token` are None as soon as one rule failed. `error` and
    `error_description` are the provider's words, bounded and fit to show as text.
    """

    findings: tuple[Finding, ...]
    id_token: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    error: str | None = None
    error_description: str | None = None


def judge_token_answer(
    status: int,
    body: bytes,
    content_type: str | None,
    *,
    location: str | None = None,
    hide: Sequence[str | None] = (),
) -> TokenAnswer:
    """HTTP status, body octets and headers of the answer. Never raises for any of them.

    A redirect is not followed (RFC 9700, 4.12: code and secret would go along); `location` is
    shown without query and fragment. `hide` are the code, verifier and secret that were sent: a
    provider that echoes them does not get them onto a page.
    """
    show = partial(plain, hide=hide)
    shown = f"HTTP {status}"
    if 300 <= status < 400:
        facts = {"about": "token endpoint", "expected": "HTTP 200"}
        facts["actual"] = show(f"{shown} to {_bare(location)}" if location else shown)
        return TokenAnswer((failed("token_answer_redirect", spec=OK, **facts),))
    if status == 429:
        return TokenAnswer((failed("token_answer_too_many_requests", actual=shown),))
    try:
        answer = parse_object(body)
    except StrictJsonError as error:
        return TokenAnswer((_not_json(status, body, content_type or "", error, show),))
    if answer.get("error") is not None:
        return _refusal(status, answer, show)
    if status != 200:
        return TokenAnswer((_bare_status(status),))
    findings = list(_members(answer, show))
    if (content_type or "").partition(";")[0].strip().lower() != "application/json":
        actual = show(content_type or "none", 80)
        facts = {"about": "Content-Type", "expected": "application/json", "actual": actual}
        findings.append(warned("token_answer_content_type", spec=OK, **facts))
    if worst(findings) is Status.FAIL:
        return TokenAnswer(tuple(findings))
    return TokenAnswer(
        tuple(findings), id_token=answer["id_token"], access_token=answer.get("access_token")
    )


def _members(answer: dict[str, Any], show: Callable[..., str]) -> Iterator[Finding]:
    """token_type, access_token and id_token. RFC 6749, 5.1; Core 3.1.3.3."""
    token_type = answer.get("token_type")
    facts = {"about": "token_type", "expected": "Bearer", "spec": OK}
    if token_type is None:
        yield failed("token_type_missing", **facts)
    elif not isinstance(token_type, str) or token_type.lower() != "bearer":
        yield failed("token_type_other", actual=show(token_type, 80), **facts)
    else:
        yield passed("token_type_bearer", actual=show(token_type, 80), **facts)
    access_token = answer.get("access_token")
    facts = {"about": "access_token", "expected": "text", "spec": OK}
    if access_token is None:
        yield warned("access_token_missing", **facts)
    elif not isinstance(access_token, str) or not access_token:
        yield failed("access_token_not_text", actual=_sort(access_token), **facts)
    facts = {"about": "id_token", "expected": "text"}
    facts["spec"] = "OpenID Connect Core 1.0, 3.1.3.3"
    if "id_token" not in answer:
        yield failed("id_token_missing", **facts)
    elif not isinstance(answer["id_token"], str) or not answer["id_token"]:
        yield failed("id_token_not_text", actual=_sort(answer["id_token"]), **facts)
    else:
        yield passed("id_token_sent", **facts)


def _refusal(status: int, answer: dict[str, Any], show: Callable[..., str]) -> TokenAnswer:
    error = show(answer["error"], 80)
    description = show(answer.get("error_description") or "")
    return TokenAnswer(
        (_error(status, error, description),), error=error, error_description=description
    )


def _error(status: int, error: str, description: str) -> Finding:
    """What the error code means, whatever the status it came with. RFC 6749, 5.2."""
    facts = {"about": "token endpoint", "spec": ERROR, "evidence": (f"HTTP {status}",)}
    facts["actual"] = plain(f"{error}: {description}" if description else error)
    match error:
        case "invalid_client":
            return failed("token_answer_invalid_client", **facts)
        case "invalid_grant":
            return failed("token_answer_invalid_grant", **facts)
        case "unauthorized_client":
            return failed("token_answer_unauthorized_client", **facts)
        case "unsupported_grant_type":
            return failed("token_answer_unsupported_grant_type", **facts)
        case "invalid_request":
            return failed("token_answer_invalid_request", **facts)
        case "invalid_scope":
            return failed("token_answer_invalid_scope", **facts)
    return failed("token_answer_other_error", **facts)


def _bare_status(status: int) -> Finding:
    facts = {"about": "token endpoint", "expected": "HTTP 200", "actual": f"HTTP {status}"}
    if status == 401:
        return failed("token_answer_unauthorized", spec=ERROR, **facts)
    if status >= 500:
        return failed("token_answer_server_error", **facts)
    return failed("token_answer_other_status", spec=OK, **facts)


def _not_json(
    status: int, body: bytes, content_type: str, error: StrictJsonError, show: Callable[..., str]
) -> Finding:
    if status != 200:
        return _bare_status(status)
    facts = {"about": "token endpoint", "expected": "JSON", "spec": OK}
    if error.code == "empty":
        return failed("token_answer_empty", **facts)
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<" or content_type.strip().lower().startswith("text/html"):
        title = _TITLE.search(body[:65536].decode("utf-8", "replace"))
        actual = f"a web page: {html.unescape(title[1])}" if title else "a web page"
        return failed("token_answer_html", actual=show(actual, 120), **facts)
    return failed("token_answer_not_json", actual=show(str(error)), **facts)


def _sort(value: object) -> str:
    return "empty" if value == "" else kind(value)


def _bare(location: str) -> str:
    """An address without what may hold a code: scheme, host and path only."""
    try:
        parts = urlsplit(location)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "an address that cannot be read"
    return f"{parts.scheme}://{host}{parts.path}" if host else parts.path
