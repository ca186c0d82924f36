"""The decision table for client ID and redirect URI. Pure.

A is the answer to the admin's values, B to a made-up path of the redirect URI, C to a made-up
client ID. A verdict is given only where A differs from the answer to a value that must be wrong;
everything else is "could not tell".
"""

import re
from dataclasses import dataclass

from wizard.oidc.finding import Finding, could_not_tell, failed, passed
from wizard.oidc.plain import plain
from wizard.probes import dialect
from wizard.probes.contrast import Reply, same

# The user would have to do something, so the request itself was good. Core 1.0, 3.1.2.6.
_NEEDS_USER = frozenset(
    {
        "login_required",
        "interaction_required",
        "consent_required",
        "account_selection_required",
    }
)
_TYPE_REFUSED = frozenset({"unauthorized_client", "unsupported_response_type"})
# A gateway's or a proxy's refusal rather than the provider's word on these values.
_NOT_ABOUT_VALUES = frozenset({401, 403, 405, 406, 407, 451})
_ABOUT_URI = re.compile(r"redirect|callback|reply|return|\bur[il]\b|address|adresse")
_ABOUT_CLIENT = re.compile(r"client|application|\bapp\b|anwendung")
_ABOUT_REQUEST = re.compile(
    r"challenge|(?<![a-z])(scopes?|response.?(type|mode)s?|pkce|prompt|nonce|javascript)(?![a-z])"
)
_TEMPORARY = frozenset({"server_error", "temporarily_unavailable"})


@dataclass(frozen=True, slots=True)
class Judged:
    """What one redirect URI's answers say: of the client ID, of the URI, of the response type.

    `either` means that one of client ID and redirect URI is refused and the answer does not say
    which. `tenant` is a finding on the address itself, which makes the others moot.
    """

    client: Finding
    uri: Finding
    response: Finding
    either: bool = False
    tenant: Finding | None = None


def decide(a: Reply, b: Reply, c: Reply) -> Judged:
    """The verdict on one redirect URI."""
    if a.unavailable:
        return _untold(a.unavailable)
    tenant = _tenant(a, b, c)
    if tenant:
        return Judged(*_findings("the tenant is not known"), tenant=tenant)
    if a.back:
        return _back(a, b, c)
    if dialect.CLIENT.intersection(a.numbers):
        return _client_named(a, c)
    if dialect.URI.intersection(a.numbers):
        return _uri_named(a, b, c)
    if a.is_error_page:
        return _error_page(a, b, c)
    return _page(a, b, c)


def judge_response(a: Reply, *, own: bool, form_post: bool) -> Finding:
    """What `a`, an answer for a client and redirect URI that are known to be good, says of the
    response type and mode asked for.

    `own`: it is a request of the product's own kind, and the same values were fine with a code,
    so that a refusal is about the response type or mode alone.
    """
    said = _said(a)
    if a.unavailable:
        return could_not_tell("response_type_could_not_tell", actual=a.unavailable)
    if dialect.ID_TOKENS_OFF.intersection(a.numbers):
        return failed("id_tokens_not_enabled", actual=said)
    if dialect.RESPONSE_TYPE.intersection(a.numbers):
        return failed("response_type_refused", actual=said)
    if dialect.RESPONSE_MODE.intersection(a.numbers):
        return failed("response_mode_refused", actual=said)
    if dialect.SCOPE.intersection(a.numbers) or (a.back and a.error == "invalid_scope"):
        return failed("scope_refused", actual=said)
    if not a.back:
        # Three providers refuse the response type with the very page of a bad redirect URI.
        if own and a.is_error_page and a.status not in _NOT_ABOUT_VALUES:
            return failed("response_type_refused", actual=said)
        return could_not_tell("response_type_could_not_tell", actual=said)
    if a.error in _TYPE_REFUSED or (own and a.error == "invalid_request"):
        return failed("response_type_refused", actual=said)
    if form_post and not a.by_form:
        if a.numbers:
            # Microsoft documents form_post for every response type, not how it sends errors.
            return could_not_tell("response_type_could_not_tell", actual=said)
        return failed("response_mode_ignored", expected="a form (form_post)", actual=said)
    if own and dialect.NOBODY_SIGNED_IN.intersection(a.numbers):
        # Whether Entra looks at the ID tokens box before or after the session is not known.
        return could_not_tell("response_type_could_not_tell", actual=said)
    if a.error in _NEEDS_USER or not a.error:
        return passed("response_type_accepted", actual=said)
    return could_not_tell("response_type_could_not_tell", actual=said)


def _tenant(a: Reply, b: Reply, c: Reply) -> Finding | None:
    """The tenant in the address is wrong; the canaries must say so too."""
    for code, numbers in (
        ("tenant_unknown", dialect.UNKNOWN_TENANT),
        ("tenant_malformed", dialect.MALFORMED_TENANT),
        ("tenant_in_other_cloud", dialect.OTHER_CLOUD),
    ):
        if numbers.intersection(a.numbers):
            seen = [reply for reply in (b, c) if not reply.unavailable]
            if all(numbers.intersection(reply.numbers) for reply in seen):
                return failed(code, actual=_said(a))
    if dialect.TENANT_WANTED.intersection(a.numbers):
        return failed("tenant_specific_url_needed", actual=_said(a))
    return None


def _back(a: Reply, b: Reply, c: Reply) -> Judged:
    """The answer came to the redirect URI: right, unless it also comes for a made-up value."""
    client, uri, response = _findings("")
    if c.unavailable:
        client = could_not_tell("client_id_could_not_tell", actual=c.unavailable)
    elif c.back:
        why = "a made-up client ID gets the same"
        return Judged(
            could_not_tell("client_id_any_accepted", actual=why),
            could_not_tell("redirect_uri_could_not_tell", actual=why),
            could_not_tell("response_type_could_not_tell", actual=why),
        )
    else:
        client = passed("client_id_known", actual=_said(a))
    if b.unavailable:
        uri = could_not_tell("redirect_uri_could_not_tell", actual=b.unavailable)
    elif b.back:
        uri = could_not_tell("redirect_uri_any_accepted", actual="a made-up path gets the same")
    else:
        uri = passed("redirect_uri_accepted", actual=_said(a))
    if a.error in _TEMPORARY:
        response = could_not_tell("response_type_could_not_tell", actual=_said(a))
    return Judged(client, uri, response)


def _client_named(a: Reply, c: Reply) -> Judged:
    """Entra names what is wrong with the application; the made-up client ID must not contradict.

    A made-up one must be unknown too: if it comes back, the number was about something else.
    """
    said = _said(a)
    client, uri, response = _findings(said)
    if not c.unavailable and (c.back or not dialect.CLIENT.intersection(c.numbers)):
        return Judged(client, uri, response)
    for code, numbers in (
        ("client_id_unknown", dialect.UNKNOWN_CLIENT),
        ("app_disabled", dialect.DISABLED_CLIENT),
        ("app_without_service_principal", dialect.NO_SERVICE_PRINCIPAL),
        ("app_for_other_accounts", dialect.OTHER_ACCOUNTS),
    ):
        if numbers.intersection(a.numbers):
            return Judged(failed(code, actual=said), uri, response)
    return Judged(client, uri, response)


def _uri_named(a: Reply, b: Reply, c: Reply) -> Judged:
    """Entra names what is wrong with the redirect URI; the made-up path must be refused too."""
    said = _said(a)
    client, uri, response = _findings(said)
    if not c.unavailable and dialect.UNKNOWN_CLIENT.intersection(c.numbers):
        client = passed("client_id_known", actual=said)
    if not b.unavailable and (b.back or not dialect.URI.intersection(b.numbers)):
        return Judged(client, uri, response)
    for code, numbers in (
        ("redirect_uri_none_registered", dialect.NO_URI),
        ("redirect_uri_http_refused", dialect.HTTP_URI),
        ("redirect_uri_refused", dialect.UNKNOWN_URI),
    ):
        if numbers.intersection(a.numbers):
            return Judged(client, failed(code, actual=said), response)
    return Judged(client, uri, response)


def _error_page(a: Reply, b: Reply, c: Reply) -> Judged:
    """Refused on the provider's own page: by the redirect URI, or by the client ID too."""
    said = _said(a)
    untold = _untold(said)
    if b.unavailable or c.unavailable:
        return _untold(b.unavailable or c.unavailable)
    if a.status in _NOT_ABOUT_VALUES or _speaks_of_the_request(a.shape):
        return untold
    if not (b.is_error_page and c.is_error_page and same(a, b)):
        return untold
    client, uri, response = _findings(said)
    if same(a, c) and _ABOUT_URI.search(a.shape) and not _ABOUT_CLIENT.search(a.shape):
        # It complains of the address, of which the made-up client ID has the same.
        uri = failed("redirect_uri_or_client_id_refused", actual=said)
        return Judged(client, uri, response, either=True)
    if same(a, c):
        uri = could_not_tell("redirect_uri_not_judged", actual=said)
        either = failed("client_id_or_redirect_uri_refused", actual=said)
        return Judged(either, uri, response, either=True)
    if _ABOUT_CLIENT.search(a.shape) and not _ABOUT_URI.search(a.shape):
        # It complains of the client: then the made-up one was refused for some other reason.
        return untold
    return Judged(
        passed("client_id_known", actual=said),
        failed("redirect_uri_refused", actual=said),
        response,
    )


def _speaks_of_the_request(shape: str) -> bool:
    """The page names something that the three requests have in common, so it may be that."""
    return _ABOUT_REQUEST.search(shape) is not None


def _page(a: Reply, b: Reply, c: Reply) -> Judged:
    """A page or a way to one: right when both made-up values are refused and this is not."""
    if b.unavailable or c.unavailable:
        return _untold(b.unavailable or c.unavailable)
    refused = all(reply.status >= 400 and not reply.back for reply in (b, c))
    if refused and a.status < 400:
        said = _said(a)
        return Judged(
            passed("client_id_known", actual=said),
            passed("redirect_uri_accepted", actual=said),
            could_not_tell("response_type_could_not_tell", actual=said),
        )
    return _untold(_said(a))


def _untold(why: str) -> Judged:
    return Judged(*_findings(why))


def _findings(why: str) -> tuple[Finding, Finding, Finding]:
    return (
        could_not_tell("client_id_could_not_tell", actual=why),
        could_not_tell("redirect_uri_could_not_tell", actual=why),
        could_not_tell("response_type_could_not_tell", actual=why),
    )


def _said(reply: Reply) -> str:
    """The provider's answer in short: its error, its number, or what its page says."""
    if reply.back and reply.error:
        return plain(": ".join(part for part in (reply.error, reply.description) if part), 240)
    return plain(reply.outcome, 240)
