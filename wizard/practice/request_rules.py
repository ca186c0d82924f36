"""The rules on an authorization request and its user, in the order in which Entra looks at them.

OpenID Connect Core 3.1.2.2 and 3.2.2.2; RFC 6749 4.1.2.1; RFC 7636 4.3. Authlib judges the request
again afterwards; this comes first because Entra's number and order are what is practised.
"""

import re

from werkzeug.datastructures import MultiDict

from wizard.practice.delivery import MODES, WayBack
from wizard.practice.dialect import Refusal
from wizard.practice.provider import PracticeProvider
from wizard.practice.records import Application
from wizard.practice.redirect_uris import matching
from wizard.practice.tenants import CHALLENGE_METHOD, SCOPES, Tenant
from wizard.practice.users import PracticeUser

_SINGLE = (
    *("client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce"),
    *("prompt", "code_challenge", "code_challenge_method"),
)
_PROMPTS = {"none", "login", "consent", "select_account"}
_CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_GRAPH_SCOPES = {"user.read"}


class RefusedRequest(Exception):
    """`way` is None where the browser must not be sent on: an error page is shown instead."""

    def __init__(self, refusal: Refusal, way: WayBack | None = None) -> None:
        super().__init__(refusal.number)
        self.refusal = refusal
        self.way = way


def judge(
    provider: PracticeProvider, tenant: Tenant, sent: MultiDict
) -> tuple[Application, WayBack]:
    """The application of `tenant` that asks, and the way back to it. Raises RefusedRequest."""
    for name in _SINGLE:
        if len(sent.getlist(name)) > 1:
            raise RefusedRequest(Refusal(90013, value=f"'{name}' is there more than once."))
    application = _application(provider, tenant, sent)
    way = WayBack(_redirect_uri(application, sent), _mode(sent), sent.get("state"))
    try:
        _judge_response(application, sent)
        _judge_scope(sent)
        if sent["response_type"] == "id_token" and not sent.get("nonce"):
            raise Refusal(90014, value="nonce")
        _judge_challenge(sent)
        _judge_prompt(sent)
    except Refusal as refusal:
        raise RefusedRequest(refusal, way) from None
    return application, way


def judge_user(tenant: Tenant, application: Application, user: PracticeUser) -> None:
    """Whether this user may sign in to the application. Raises RefusedRequest without a way back:
    Entra tells the user on a page of its own, and the application never hears of it.
    """
    facts = {"user": user.username, "client_id": application.client_id, "name": application.name}
    if user.domain != tenant.domain:
        raise RefusedRequest(Refusal(50020, tenant=tenant.id, **facts))
    if application.assignment_required and user.slug not in application.assigned:
        raise RefusedRequest(Refusal(50105, **facts))


def _application(provider: PracticeProvider, tenant: Tenant, sent: MultiDict) -> Application:
    client_id = sent.get("client_id")
    if not client_id:
        raise RefusedRequest(Refusal(900144, value="client_id"))
    application = provider.application(tenant, client_id)
    if application is None:
        raise RefusedRequest(Refusal(700016, client_id=client_id, tenant=tenant.id))
    if not application.enabled:
        raise RefusedRequest(Refusal(7000112, client_id=client_id, name=application.name))
    return application


def _redirect_uri(application: Application, sent: MultiDict) -> str:
    """Left out, the first registered one is taken, as Entra does."""
    if not application.redirect_uris:
        raise RefusedRequest(Refusal(500113, client_id=application.client_id))
    uri = sent.get("redirect_uri")
    if not uri:
        return application.redirect_uris[0]
    if not matching(application.redirect_uris, uri):
        raise RefusedRequest(Refusal(50011, redirect_uri=uri, client_id=application.client_id))
    return uri


def _mode(sent: MultiDict) -> str:
    """How even a refusal is sent: as asked, where that can be done at all."""
    usual = "query" if sent.get("response_type") == "code" else "fragment"
    mode = sent.get("response_mode", usual)
    if mode not in MODES or (mode == "query" and usual == "fragment"):
        return usual
    return mode


def _judge_response(application: Application, sent: MultiDict) -> None:
    response_type = sent.get("response_type")
    if not response_type:
        raise Refusal(900144, value="response_type")
    wanted = set(response_type.split())
    if "id_token" in wanted and not application.id_tokens:
        raise Refusal(700054)
    if "token" in wanted:
        raise Refusal(700051)
    if response_type not in ("code", "id_token"):
        raise Refusal(70005, value=response_type)
    mode = sent.get("response_mode")
    if mode is not None and (mode not in MODES or (mode, response_type) == ("query", "id_token")):
        raise Refusal(70007, value=mode)


def _judge_scope(sent: MultiDict) -> None:
    if not sent.get("scope"):
        raise Refusal(900144, value="scope")
    scopes = sent["scope"].split()
    for scope in scopes:
        if scope not in SCOPES and scope.lower() not in _GRAPH_SCOPES:
            raise Refusal(70011, value=scope)
    if sent["response_type"] == "id_token" and "openid" not in scopes:
        raise Refusal(70011, value=sent["scope"])


def _judge_challenge(sent: MultiDict) -> None:
    """PKCE is optional, as for Entra's Web platform, but then with S256 only (RFC 9700 2.1.1)."""
    challenge, method = sent.get("code_challenge"), sent.get("code_challenge_method")
    if challenge is None and method is None:
        return
    if method != CHALLENGE_METHOD or not _CHALLENGE.fullmatch(challenge or ""):
        raise Refusal(50147)


def _judge_prompt(sent: MultiDict) -> None:
    """Nobody is ever signed in here, so prompt=none always ends in login_required."""
    prompts = sent.get("prompt", "").split()
    if any(prompt not in _PROMPTS for prompt in prompts) or ("none" in prompts and prompts[1:]):
        raise Refusal(90013, value="prompt holds a value that cannot be used, or not with others.")
    if prompts == ["none"]:
        raise Refusal(50058)
