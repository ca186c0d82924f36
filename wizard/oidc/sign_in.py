"""One sign-in on the wire: the authorization request, the answer to it, and the token request.

Comparing `state` is not done here: it is the key by which a pending sign-in is found. Whatever
fails here ends the sign-in, so that a code or token is only handed on when every rule held.
OpenID Connect Core 1.0, 3.1.2, 3.2.2; RFC 6749, 4.1; RFC 7636; RFC 9207.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote, quote_plus, unquote_plus, urlencode, urlsplit, urlunsplit

from . import base64url
from .entra import issuer_of_tenant, tenant_in
from .finding import Finding, Status, failed, passed, worst
from .plain import plain
from .token_answer import TokenAnswer, judge_token_answer

__all__ = [
    "AUTH_METHODS",
    "Callback",
    "TokenAnswer",
    "authorization_url",
    "judge_callback",
    "judge_token_answer",
    "s256",
    "token_request",
]

AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")
# What the answer to a response type consists of. OpenID Connect Core 1.0, 3; OAuth 2.0 Multiple
# Response Type Encoding Practices, 3 to 5.
_PARTS = {"code": "code", "id_token": "id_token", "token": "access_token"}


class HasAuthorizationEndpoint(Protocol):
    """Metadata, as far as the authorization request needs it."""

    @property
    def authorization_endpoint(self) -> str | None:
        """Where the browser is sent."""


def authorization_url(
    metadata: HasAuthorizationEndpoint,
    *,
    client_id: str,
    redirect_uri: str,
    response_type: str,
    response_mode: str | None = None,
    scope: str | Sequence[str] = "openid",
    state: str,
    nonce: str,
    code_challenge: str | None = None,
    extra: Sequence[tuple[str, str]] = (),
) -> str:
    """The address that starts a sign-in. OpenID Connect Core 1.0, 3.1.2.1; RFC 7636, 4.3.

    A query the endpoint already has is kept (RFC 6749, 3.1); `openid` is put into `scope` when it
    is missing; `code_challenge` is always S256. ValueError when there is no endpoint, or when
    `extra` repeats a parameter: those are our own mistakes.
    """
    scopes = scope.split() if isinstance(scope, str) else list(scope)
    parameters = [
        ("client_id", client_id),
        ("response_type", response_type),
        ("redirect_uri", redirect_uri),
        *([("response_mode", response_mode)] if response_mode else []),
        ("scope", " ".join(dict.fromkeys(["openid", *scopes]))),
        ("state", state),
        ("nonce", nonce),
    ]
    if code_challenge:
        parameters += [("code_challenge", code_challenge), ("code_challenge_method", "S256")]
    parameters += extra
    names = [name for name, _ in parameters]
    if len(set(names)) != len(names):
        raise ValueError("a parameter of the authorization request is there twice")
    if not metadata.authorization_endpoint:
        raise ValueError("the metadata name no authorization endpoint")
    parts = urlsplit(metadata.authorization_endpoint)
    kept = [
        pair
        for pair in parts.query.split("&")
        if pair and unquote_plus(pair.partition("=")[0]) not in names
    ]
    query = "&".join([*kept, urlencode(parameters, quote_via=quote, safe="")])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def s256(verifier: str) -> str:
    """The code challenge of `verifier`. RFC 7636, section 4.2."""
    return base64url.encode(hashlib.sha256(verifier.encode("ascii")).digest())


@dataclass(frozen=True, slots=True)
class Callback:
    """The answer to the authorization request, judged.

    `code`, `id_token` and `access_token` are None as soon as one rule failed. `error` and
    `error_description` are the provider's words, bounded and fit to show as text.
    """

    findings: tuple[Finding, ...]
    code: str | None = field(default=None, repr=False)
    id_token: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    error: str | None = None
    error_description: str | None = None


def judge_callback(
    params: Sequence[tuple[str, str]],
    *,
    response_type: str,
    issuer: str,
    iss_supported: bool,
    hide: Sequence[str | None] = (),
) -> Callback:
    """The parameters that came to the redirect URI. RFC 6749, 4.1.2; Core 3.1.2.5, 3.2.2.5.

    `issuer` is the provider's, `iss_supported` its authorization_response_iss_parameter_supported
    (RFC 9207, section 2.4). `hide` are secrets the provider knows: it may repeat them here. Never
    raises for any pairs of text.
    """
    counts = Counter(name for name, _ in params)
    twice = [plain(name, 80) for name, count in counts.items() if count > 1]
    if twice:
        facts = {"about": plain(twice), "expected": "each parameter once", "spec": "RFC 6749, 3.1"}
        return Callback((failed("callback_parameter_twice", **facts),))
    given = dict(params)
    findings = list(_issuer_of_answer(given, issuer, iss_supported))
    if any(finding.code == "callback_issuer_other" for finding in findings):
        return Callback(tuple(findings))  # somebody else's answer: nothing more of it is believed
    if "error" in given:
        return _error_answer(given, findings, hide)
    findings += _contents(given, response_type)
    if worst(findings) is Status.FAIL:
        return Callback(tuple(findings))
    asked = {_PARTS.get(part) for part in response_type.split()}
    return Callback(
        tuple(findings),
        code=given["code"] if "code" in asked else None,
        id_token=given["id_token"] if "id_token" in asked else None,
        access_token=given["access_token"] if "access_token" in asked else None,
    )


def _issuer_of_answer(given: dict[str, str], issuer: str, iss_supported: bool) -> Iterator[Finding]:
    """`iss` must be the issuer, and there when the provider promised it. RFC 9207, section 2.4."""
    facts = {"about": "iss", "spec": "RFC 9207, section 2.4"}
    if "iss" not in given:
        # An ID token that came along names its issuer, signed: certified providers leave iss out
        # beside one, and the rule on the token's own issuer decides.
        if iss_supported and not given.get("id_token"):
            yield failed("callback_issuer_missing", expected=plain(issuer), **facts)
        return
    wanted, _ = issuer_of_tenant(issuer, tenant_in(issuer, given["iss"]))
    facts |= {"expected": plain(wanted), "actual": plain(given["iss"])}
    if given["iss"] == wanted:
        yield passed("callback_issuer_matches", **facts)
    else:
        yield failed("callback_issuer_other", **facts)


def _error_answer(
    given: dict[str, str], findings: list[Finding], hide: Sequence[str | None]
) -> Callback:
    secrets = [given.get(part) for part in _PARTS.values()]
    error = plain(given["error"], 80, hide=[*secrets, *hide])
    description = plain(given.get("error_description", ""), hide=[*secrets, *hide])
    if any(secrets):
        findings.append(
            failed(
                "callback_error_and_more",
                about="error",
                expected="either an error or what was asked for",
                actual=error,
                spec="RFC 6749, 4.1.2.1",
            )
        )
    findings.append(_error(error, description))
    return Callback(tuple(findings), error=error, error_description=description)


def _error(error: str, description: str) -> Finding:
    """What the provider's error code means. RFC 6749, 4.1.2.1; Core 3.1.2.6."""
    facts = {"about": "error", "actual": plain(f"{error}: {description}" if description else error)}
    facts["spec"] = "RFC 6749, 4.1.2.1"
    connect = facts | {"spec": "OpenID Connect Core 1.0, 3.1.2.6"}
    match error:
        case "access_denied":
            return failed("callback_access_denied", **facts)
        case "invalid_request":
            return failed("callback_invalid_request", **facts)
        case "unauthorized_client":
            return failed("callback_unauthorized_client", **facts)
        case "unsupported_response_type":
            return failed("callback_unsupported_response_type", **facts)
        case "invalid_scope":
            return failed("callback_invalid_scope", **facts)
        case "server_error":
            return failed("callback_server_error", **facts)
        case "temporarily_unavailable":
            return failed("callback_temporarily_unavailable", **facts)
        case "login_required":
            return failed("callback_login_required", **connect)
        case "consent_required":
            return failed("callback_consent_required", **connect)
        case "interaction_required" | "account_selection_required":
            return failed("callback_interaction_required", **connect)
    return failed("callback_other_error", **facts)


def _contents(given: dict[str, str], response_type: str) -> Iterator[Finding]:
    """All that was asked for, and nothing that was not. Core 3.1.2.5, 3.2.2.5, 3.3.2.5."""
    facts = {"expected": plain(response_type), "spec": "OpenID Connect Core 1.0, 3"}
    asked = [_PARTS.get(part, part) for part in response_type.split()]
    for name in _PARTS.values():
        if name in given and name not in asked:
            yield failed("callback_value_unasked", about=name, **facts)
    if "code" in asked:
        if given.get("code"):
            yield passed("callback_code_sent", about="code", **facts)
        else:
            yield failed("callback_code_missing", about="code", **facts)
    if "id_token" in asked:
        if given.get("id_token"):
            yield passed("callback_id_token_sent", about="id_token", **facts)
        else:
            yield failed("callback_id_token_missing", about="id_token", **facts)
    if "access_token" in asked and not given.get("access_token"):
        yield failed("callback_access_token_missing", about="access_token", **facts)


def token_request(
    *,
    code: str,
    redirect_uri: str,
    client_id: str,
    auth_method: str,
    client_secret: str | None = None,
    code_verifier: str | None = None,
) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The form fields and headers that redeem `code`. RFC 6749, 4.1.3; Core 3.1.3.1.

    `auth_method` is client_secret_basic (ID and secret form-encoded first, RFC 6749, 2.3.1),
    client_secret_post or none. Both parts of the result hold secrets. ValueError for another
    method, or for one that needs a secret when there is none.
    """
    fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri),
        *([("code_verifier", code_verifier)] if code_verifier else []),
    ]
    if auth_method not in AUTH_METHODS:
        raise ValueError("an authentication method we do not use")
    if auth_method == "none":
        return [*fields, ("client_id", client_id)], {}
    if not client_secret:
        raise ValueError("this authentication method needs a client secret")
    if auth_method == "client_secret_post":
        return [*fields, ("client_id", client_id), ("client_secret", client_secret)], {}
    pair = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
    return fields, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
