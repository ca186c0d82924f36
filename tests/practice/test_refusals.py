"""Each refusal, with Entra's number, status and place: own page, redirect or JSON."""

import uuid
from dataclasses import replace

import pytest
import requests

from tests.practice.portal import (
    REDIRECT_URI,
    TIMEOUT,
    Portal,
    authorize,
    fragment_of,
    get,
    number_in,
    posted_by,
    query_of,
    redeem,
    sign_in,
)
from tests.support.lint import assert_clean
from tests.support.visitor import Visitor
from wizard.oidc.sign_in import s256

VERIFIER = "a-verifier-of-forty-three-characters-or-more-0"
DEFAULT_SCOPE = "https://graph.microsoft.com/.default"


@pytest.fixture(scope="module")
def applications(practice):
    """Three registrations that the tests only look at: usual, with ID tokens, with nothing."""
    portal = Portal(Visitor.of_server(practice.url.rstrip("/")))
    return {
        "usual": portal.register(REDIRECT_URI),
        "id_tokens": portal.register(REDIRECT_URI, id_tokens=True),
        "bare": portal.register(),
        "expired": portal.register(REDIRECT_URI, expires="-1"),
        "spa": portal.register(REDIRECT_URI, platform="spa", id_tokens=True),
        "disabled": disabled(portal),
        "assigned only": assigned_only(portal),
    }


def disabled(portal):
    application = portal.register(REDIRECT_URI)
    portal.change(application.client_id, "properties", enabled="no")
    return application


def assigned_only(portal):
    """Only the user without an email address is let in."""
    application = portal.register(REDIRECT_URI)
    portal.change(application.client_id, "users", user="without-email")
    portal.change(application.client_id, "properties", assignment_required="yes")
    return application


@pytest.fixture
def usual(applications):
    return applications["usual"]


# --- authorize: the provider's own page, never a redirect

ON_ITS_OWN_PAGE = {
    "unknown client": ("usual", {"client_id": str(uuid.uuid4())}, 700016),
    "a client ID that is none": ("usual", {"client_id": "x" * 500}, 700016),
    "no client": ("usual", {"client_id": None}, 900144),
    "another host": ("usual", {"redirect_uri": "https://elsewhere.example/callback"}, 50011),
    "another path": ("usual", {"redirect_uri": REDIRECT_URI + "/"}, 50011),
    "another letter case": ("usual", {"redirect_uri": REDIRECT_URI.replace("open", "Open")}, 50011),
    "http": ("usual", {"redirect_uri": REDIRECT_URI.replace("https", "http")}, 50011),
    "a query added": ("usual", {"redirect_uri": REDIRECT_URI + "?x=1"}, 50011),
    "a fragment added": ("usual", {"redirect_uri": REDIRECT_URI + "#x"}, 50011),
    "a line break": ("usual", {"redirect_uri": REDIRECT_URI + "\r\nX: y"}, 50011),
    "script": ("usual", {"redirect_uri": "javascript:alert(1)"}, 50011),
    "markup": ("usual", {"redirect_uri": "<script>alert(1)</script>"}, 50011),
    "not a port": ("usual", {"redirect_uri": "https://product.example:x/callback"}, 50011),
    "no redirect URI registered": ("bare", {}, 500113),
    "disabled": ("disabled", {}, 7000112),
    "disabled, another redirect URI": ("disabled", {"redirect_uri": REDIRECT_URI + "/"}, 7000112),
    "a parameter twice": ("usual", {"scope": ["openid", "email"]}, 90013),
    "a redirect URI twice": ("usual", {"redirect_uri": [REDIRECT_URI, REDIRECT_URI]}, 90013),
}


@pytest.mark.parametrize(
    ("which", "params", "number"), ON_ITS_OWN_PAGE.values(), ids=ON_ITS_OWN_PAGE
)
@pytest.mark.parametrize("prompt", [None, "none"], ids=["interactive", "silent"])
def test_the_browser_is_not_sent_on(applications, which, params, number, prompt):
    answer = authorize(applications[which], **{"prompt": prompt} | params)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    page = assert_clean(answer.text)
    assert page.one("h1").text == "You cannot be signed in"
    assert number_in(page.text) == number
    assert "Correlation Id:" in page.text
    assert not page.all("form")


# --- authorize: sent back to the application

SENT_BACK = {
    "silent": ("usual", {"prompt": "none"}, "login_required", 50058),
    "silent, single-page application": ("spa", {"prompt": "none"}, "login_required", 50058),
    "silent, assignment required": ("assigned only", {"prompt": "none"}, "login_required", 50058),
    "id_token not ticked": (
        "usual",
        {"response_type": "id_token", "nonce": "n"},
        "unsupported_response_type",
        700054,
    ),
    "id_token not ticked, silent": (
        "usual",
        {"response_type": "id_token", "nonce": "n", "prompt": "none"},
        "unsupported_response_type",
        700054,
    ),
    "hybrid not ticked": (
        "usual",
        {"response_type": "code id_token", "nonce": "n"},
        "unsupported_response_type",
        700054,
    ),
    "hybrid": (
        "id_tokens",
        {"response_type": "code id_token", "nonce": "n"},
        "unsupported_response_type",
        70005,
    ),
    "token": ("usual", {"response_type": "token"}, "unsupported_response_type", 700051),
    "no response type": ("usual", {"response_type": None}, "invalid_request", 900144),
    "unknown response type": ("usual", {"response_type": "x"}, "unsupported_response_type", 70005),
    "nonce missing": ("id_tokens", {"response_type": "id_token"}, "invalid_request", 90014),
    "id_token in the query": (
        "id_tokens",
        {"response_type": "id_token", "nonce": "n", "response_mode": "query"},
        "invalid_request",
        70007,
    ),
    "unknown response mode": ("usual", {"response_mode": "x"}, "invalid_request", 70007),
    "no scope": ("usual", {"scope": None}, "invalid_request", 900144),
    "unknown scope": ("usual", {"scope": "openid groups"}, "invalid_scope", 70011),
    "id_token without openid": (
        "id_tokens",
        {"response_type": "id_token", "nonce": "n", "scope": "email"},
        "invalid_scope",
        70011,
    ),
    "plain PKCE": (
        "usual",
        {"code_challenge": VERIFIER, "code_challenge_method": "plain"},
        "invalid_request",
        50147,
    ),
    "PKCE without a method, which means plain": (
        "usual",
        {"code_challenge": VERIFIER},
        "invalid_request",
        50147,
    ),
    "a challenge too short": (
        "usual",
        {"code_challenge": "short", "code_challenge_method": "S256"},
        "invalid_request",
        50147,
    ),
    "a method without a challenge": (
        "usual",
        {"code_challenge_method": "S256"},
        "invalid_request",
        50147,
    ),
    "none with another prompt": ("usual", {"prompt": "none login"}, "invalid_request", 90013),
    "unknown prompt": ("usual", {"prompt": "x"}, "invalid_request", 90013),
}


@pytest.mark.parametrize(("which", "params", "error", "number"), SENT_BACK.values(), ids=SENT_BACK)
def test_the_application_is_told(applications, which, params, error, number):
    answer = authorize(applications[which], **{"state": "the state"} | params)
    assert answer.status_code == 302
    location = answer.headers["Location"]
    by_query = params.get("response_type", "code") == "code"
    assert location.startswith(REDIRECT_URI + ("?" if by_query else "#"))
    back = query_of(location) if by_query else fragment_of(location)
    assert back["error"] == error
    assert number_in(back["error_description"]) == number
    assert back["state"] == "the state"
    assert "code" not in back
    assert "id_token" not in back


@pytest.mark.parametrize("which", ["usual", "id_tokens"])
def test_errors_of_a_form_post_request_come_as_a_form(applications, which):
    answer = authorize(
        applications[which],
        response_type="id_token",
        response_mode="form_post",
        nonce="n",
        prompt="none",
        state="s",
    )
    assert answer.status_code == 200
    action, fields = posted_by(answer.text)
    assert action == REDIRECT_URI
    assert number_in(fields["error_description"]) == (700054 if which == "usual" else 50058)
    assert fields["state"] == "s"


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
def test_somebody_who_declines_is_sent_back_as_such(usual, mode):
    answer = sign_in(usual, {"decline": "yes"}, response_mode=mode, state="s")
    if mode == "form_post":
        back = posted_by(answer.text)[1]
    else:
        assert answer.status_code == 303
        read = query_of if mode == "query" else fragment_of
        back = read(answer.headers["Location"])
    assert (back["error"], back["state"]) == ("access_denied", "s")
    assert number_in(back["error_description"]) == 65004


def test_an_unknown_user_brings_the_sign_in_page_again(usual):
    answer = sign_in(usual, {"user": "somebody-else"})
    assert answer.status_code == 200
    assert len(assert_clean(answer.text).all("button", name="user")) == 3


# --- the user: the provider's own page again, and the application never hears of it

NOT_LET_IN = {
    "not assigned": ("assigned only", "with-email", 50105),
    "of another tenant": ("usual", "other-tenant", 50020),
    "of another tenant, where only the assigned are let in": (
        "assigned only",
        "other-tenant",
        50020,
    ),
}


@pytest.mark.parametrize(("which", "user", "number"), NOT_LET_IN.values(), ids=NOT_LET_IN)
@pytest.mark.parametrize("mode", ["query", "form_post"])
def test_a_user_who_may_not_sign_in_stays_here(applications, which, user, number, mode):
    application = applications[which]
    answer = sign_in(application, {"user": user}, response_mode=mode, state="s")
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    page = assert_clean(answer.text)
    assert page.one("h1").text == "You cannot be signed in"
    assert number_in(page.text) == number
    assert application.client_id in page.text
    assert not page.all("form")


def test_an_assigned_user_is_let_in(applications):
    answer = sign_in(applications["assigned only"], {"user": "without-email"})
    assert answer.status_code == 303
    assert "code" in query_of(answer.headers["Location"])


def test_assignments_count_only_where_they_are_required(portal):
    application = portal.register(REDIRECT_URI)
    portal.change(application.client_id, "users", user="without-email")
    assert sign_in(application, {"user": "with-email"}).status_code == 303


def test_the_sign_in_page_cannot_be_answered_without_its_token(usual):
    page = authorize(usual)
    action = assert_clean(page.text).one("form").get("action")
    base = usual.metadata["issuer"].split(f"/{usual.tenant_id}")[0]
    answer = requests.post(
        base + action, {"user": "with-email"}, timeout=TIMEOUT, allow_redirects=False
    )
    assert answer.status_code == 400
    assert assert_clean(answer.text).one("h1").text == "This page was out of date"


def test_the_sign_in_judges_the_request_again(usual):
    answer = requests.post(
        f"{usual.metadata['issuer'].removesuffix('/v2.0')}/login?client_id={uuid.uuid4()}",
        {"user": "with-email"},
        timeout=TIMEOUT,
    )
    assert answer.status_code == 400


# --- token

FROM_THE_TOKEN_ENDPOINT = {
    "wrong secret": ("usual", {"client_secret": "wrong"}, 401, "invalid_client", 7000215),
    "the Secret ID": ("usual", "secret_id", 401, "invalid_client", 7000215),
    "another application's secret": ("usual", "other", 401, "invalid_client", 7000215),
    "expired secret": ("expired", {}, 401, "invalid_client", 7000222),
    "disabled": ("disabled", {}, 400, "unauthorized_client", 7000112),
    "disabled, wrong secret": (
        "disabled",
        {"client_secret": "wrong"},
        400,
        "unauthorized_client",
        7000112,
    ),
    "no secret": ("usual", {"client_secret": None}, 401, "invalid_client", 7000218),
    "unknown client": (
        "usual",
        {"client_id": str(uuid.uuid4())},
        400,
        "unauthorized_client",
        700016,
    ),
    "no client": ("usual", {"client_id": None}, 400, "invalid_request", 900144),
    "no scope": ("usual", {"scope": None}, 400, "invalid_request", 900144),
    "not the default scope": ("usual", {"scope": "openid"}, 400, "invalid_scope", 1002012),
    "no grant type": ("usual", {"grant_type": None}, 400, "invalid_request", 900144),
    "another grant type": (
        "usual",
        {"grant_type": "password"},
        400,
        "unsupported_grant_type",
        70003,
    ),
    "markup": ("usual", {"grant_type": '<b>"\\é'}, 400, "unsupported_grant_type", 70003),
}


@pytest.mark.parametrize(
    ("which", "change", "status", "error", "number"),
    FROM_THE_TOKEN_ENDPOINT.values(),
    ids=FROM_THE_TOKEN_ENDPOINT,
)
@pytest.mark.parametrize("basic", [False, True], ids=["post", "basic"])
def test_client_credentials_are_refused(applications, which, change, status, error, number, basic):
    application = applications[which]
    if change == "secret_id":
        change = {"client_secret": application.secret_id}
    elif change == "other":
        change = {"client_secret": applications["id_tokens"].secret_value}
    sent = {
        "grant_type": "client_credentials",
        "client_id": application.client_id,
        "client_secret": application.secret_value,
        "scope": DEFAULT_SCOPE,
    } | change
    auth = None
    if basic:
        auth = (sent.pop("client_id") or "", sent.pop("client_secret") or "")
    sent = {name: value for name, value in sent.items() if value is not None}
    answer = requests.post(application.metadata["token_endpoint"], sent, auth=auth, timeout=TIMEOUT)
    _assert_refused(answer, status, error, number)
    assert application.secret_value not in answer.text
    # RFC 6749 5.2: a client that tried Basic is told so.
    assert ("WWW-Authenticate" in answer.headers) == (basic and status == 401)


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!!", "Basic /////w==", "Basic Og==", "Bearer x"]
)
def test_a_header_that_holds_no_client_is_told_as_a_missing_one(usual, header):
    answer = requests.post(
        usual.metadata["token_endpoint"],
        {"grant_type": "client_credentials", "scope": DEFAULT_SCOPE},
        headers={"Authorization": header},
        timeout=TIMEOUT,
    )
    _assert_refused(answer, 400, "invalid_request", 900144)


def test_a_code_works_once(usual):
    code = query_of(sign_in(usual).headers["Location"])["code"]
    assert redeem(usual, code).status_code == 200
    _assert_refused(redeem(usual, code), 400, "invalid_grant", 54005)


def test_a_made_up_code_is_told_apart_from_a_wrong_secret(usual):
    _assert_refused(redeem(usual, "made-up"), 400, "invalid_grant", 9002313)
    wrong = redeem(usual, "made-up", client_secret="wrong")
    _assert_refused(wrong, 401, "invalid_client", 7000215)


def test_the_code_is_bound_to_its_client_and_redirect_uri(applications, usual):
    code = query_of(sign_in(usual).headers["Location"])["code"]
    _assert_refused(redeem(applications["id_tokens"], code), 400, "invalid_grant", 700007)
    other = redeem(usual, code, redirect_uri=REDIRECT_URI + "/")
    _assert_refused(other, 400, "invalid_grant", 500112)


@pytest.mark.parametrize(
    ("asked", "sent", "number"),
    [
        ({"code_challenge": s256(VERIFIER), "code_challenge_method": "S256"}, VERIFIER, 9002327),
        ({}, None, 9002325),
    ],
    ids=["with PKCE", "without"],
)
def test_a_server_cannot_redeem_the_code_of_a_single_page_application(
    applications, asked, sent, number
):
    code = query_of(sign_in(applications["spa"], **asked).headers["Location"])["code"]
    told = redeem(applications["spa"], code, code_verifier=sent)
    _assert_refused(told, 400, "invalid_request", number)


def test_a_single_page_application_gets_its_id_token_from_the_authorization_endpoint(applications):
    answer = sign_in(applications["spa"], response_type="id_token", nonce="n")
    assert "id_token" in fragment_of(answer.headers["Location"])


def test_a_single_page_application_may_sign_in_by_itself(applications):
    """The platform is the redirect URI's; client_credentials knows none."""
    sent = {"grant_type": "client_credentials", "scope": DEFAULT_SCOPE, "redirect_uri": None}
    assert redeem(applications["spa"], None, **sent).status_code == 200


def test_a_request_without_a_code_says_so(usual):
    _assert_refused(redeem(usual, None), 400, "invalid_request", 900144)


@pytest.mark.parametrize(
    "verifier", [None, "short", VERIFIER + "x"], ids=["missing", "short", "another"]
)
def test_the_verifier_must_belong_to_the_challenge(usual, verifier):
    answer = sign_in(usual, code_challenge=s256(VERIFIER), code_challenge_method="S256")
    code = query_of(answer.headers["Location"])["code"]
    told = redeem(usual, code, code_verifier=verifier)
    _assert_refused(told, 400, "invalid_grant", 501481)


def test_a_verifier_without_a_challenge_is_refused(usual):
    """Else PKCE could be taken out of the request unnoticed. RFC 9700 4.8.2."""
    code = query_of(sign_in(usual).headers["Location"])["code"]
    _assert_refused(redeem(usual, code, code_verifier=VERIFIER), 400, "invalid_grant", 501481)


def test_the_token_endpoint_takes_post_only(usual):
    _assert_refused(get(usual.metadata["token_endpoint"]), 405, "invalid_request", 900561)


# --- tenants


@pytest.mark.parametrize(
    ("tenant", "number"),
    [
        ("00000000-aaaa-4bbb-8ccc-000000000009", 90002),
        ("elsewhere.example", 90002),
        ("{tenant}", 900023),
        ("Practice", 900023),
    ],
)
def test_another_tenant_is_refused_at_every_endpoint(usual, practice, tenant, number):
    base = f"{practice.url}{tenant}"
    for path in ("v2.0/.well-known/openid-configuration", "discovery/v2.0/keys"):
        _assert_refused(get(f"{base}/{path}"), 400, "invalid_tenant", number)
    token = requests.post(f"{base}/oauth2/v2.0/token", {}, timeout=TIMEOUT)
    _assert_refused(token, 400, "invalid_request", number)
    page = get(f"{base}/oauth2/v2.0/authorize?client_id={usual.client_id}")
    assert page.status_code == 400
    assert number_in(assert_clean(page.text).text) == number


@pytest.fixture
def other(portal):
    """The other tenant's discovery document."""
    return get(portal.visitor.get("/directories").copyable("other_metadata_url")).json()


def test_the_other_tenant_stands_at_addresses_of_its_own(usual, other, practice):
    assert other["issuer"] != usual.metadata["issuer"]
    assert set(other) == set(usual.metadata)
    (key,) = get(other["jwks_uri"]).json()["keys"]
    assert key["issuer"] == other["issuer"]
    by_domain = f"{practice.url}another-practice.example/v2.0/.well-known/openid-configuration"
    assert get(by_domain).json() == other


@pytest.mark.parametrize("prompt", [None, "none"], ids=["interactive", "silent"])
def test_an_application_is_unknown_in_the_other_tenant(usual, other, prompt):
    there = replace(usual, metadata=other)
    page = authorize(there, prompt=prompt)
    assert page.status_code == 400
    assert number_in(assert_clean(page.text).text) == 700016
    for secret in (usual.secret_value, "wrong", None):
        told = redeem(there, "made-up", client_secret=secret)
        _assert_refused(told, 400, "unauthorized_client", 700016)
        assert other["issuer"].split("/")[3] in told.json()["error_description"]


@pytest.mark.parametrize("name", ["practice.example", "upper case"])
def test_the_tenants_own_domain_and_any_letter_case_lead_to_it(usual, practice, name):
    tenant = usual.tenant_id.upper() if name == "upper case" else name
    answer = get(f"{practice.url}{tenant}/v2.0/.well-known/openid-configuration")
    assert answer.json() == usual.metadata


def test_the_error_address_explains_the_number(usual):
    told = redeem(usual, "made-up").json()
    page = get(told["error_uri"])
    assert page.status_code == 200
    assert assert_clean(page.text).one("h1").text == "AADSTS9002313"
    assert get(told["error_uri"].replace("9002313", "1")).status_code == 404


def _assert_refused(answer, status, error, number):
    told = answer.json()
    assert (answer.status_code, told["error"], told["error_codes"]) == (status, error, [number])
    assert told["error_description"].startswith(f"AADSTS{number}: ")
    assert told["trace_id"] in told["error_description"]
    assert told["correlation_id"] in told["error_description"]
    assert told["timestamp"] in told["error_description"]
    assert answer.headers["Cache-Control"] == "no-store"
