"""Good sign-ins: the whole code flow and the whole id_token flow, over HTTP."""

import time

import pytest
import requests

from tests.practice.portal import (
    REDIRECT_URI,
    TIMEOUT,
    Portal,
    authorize,
    fragment_of,
    get,
    posted_by,
    query_of,
    redeem,
    sign_in,
)
from tests.support.lint import assert_clean
from tests.support.visitor import Visitor
from wizard.oidc import jose_guard
from wizard.oidc.sign_in import s256

VERIFIER = "a-verifier-of-forty-three-characters-or-more-0"


@pytest.fixture(scope="module")
def with_id_tokens(practice):
    portal = Portal(Visitor.of_server(practice.url.rstrip("/")))
    return portal.register(REDIRECT_URI, id_tokens=True)


def verified(application, id_token):
    """Header and claims of a token that the provider's published key signed."""
    jwks = get(application.metadata["jwks_uri"]).json()
    return jose_guard.verify(id_token, jwks, alg="RS256", offered=["RS256"])


def test_the_discovery_document_stands_at_its_issuer(application, practice):
    metadata = application.metadata
    issuer = f"{practice.url}{application.tenant_id}/v2.0"
    assert metadata["issuer"] == issuer
    assert get(f"{issuer}/.well-known/openid-configuration").json() == metadata
    assert metadata["authorization_endpoint"].startswith(practice.url)
    assert metadata["response_types_supported"] == ["code", "id_token"]
    assert metadata["code_challenge_methods_supported"] == ["S256"]


def test_the_published_key_is_one_public_rsa_key_with_a_kid(application):
    (key,) = get(application.metadata["jwks_uri"]).json()["keys"]
    assert set(key) == {"kty", "use", "kid", "n", "e", "issuer"}
    assert (key["kty"], key["use"], key["issuer"]) == ("RSA", "sig", application.metadata["issuer"])


@pytest.mark.parametrize("basic", [False, True], ids=["client_secret_post", "client_secret_basic"])
def test_the_code_flow_from_the_first_request_to_the_claims(application, basic):
    answer = sign_in(
        application,
        state="the state",
        nonce="the nonce",
        code_challenge=s256(VERIFIER),
        code_challenge_method="S256",
        prompt="select_account",
    )
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{REDIRECT_URI}?")
    back = query_of(answer.headers["Location"])
    assert set(back) == {"code", "state"}
    assert back["state"] == "the state"

    tokens = redeem(application, back["code"], basic=basic, code_verifier=VERIFIER)
    assert tokens.status_code == 200
    assert tokens.headers["Cache-Control"] == "no-store"
    told = tokens.json()
    assert told["token_type"] == "Bearer"
    assert told["expires_in"] == 3600
    token = verified(application, told["id_token"])
    assert token.header["kid"] == token.kid
    assert token.claims["nonce"] == "the nonce"
    assert token.claims["aud"] == application.client_id
    assert token.claims["iss"] == application.metadata["issuer"]
    assert token.claims["at_hash"]
    assert abs(token.claims["iat"] - time.time()) < 60
    assert token.claims["exp"] == token.claims["iat"] + 3600


def test_the_claims_are_those_of_an_entra_token(application):
    claims = _claims(application)
    assert claims["tid"] == application.tenant_id
    assert claims["ver"] == "2.0"
    assert claims["name"] == "User with an email address"
    assert claims["email"] == claims["preferred_username"] == "with-email@practice.example"
    assert set(claims) == {
        *("aud", "iss", "iat", "nbf", "exp", "at_hash"),
        *("sub", "oid", "tid", "ver", "name", "preferred_username", "email"),
    }


def test_a_user_without_an_email_address_has_no_email_claim(application):
    claims = _claims(application, user="without-email")
    assert "email" not in claims
    assert claims["preferred_username"] == "without-email@practice.example"


@pytest.mark.parametrize(
    ("scope", "there", "absent"),
    [
        ("openid", set(), {"email", "name", "preferred_username", "oid"}),
        ("openid email", {"email"}, {"name", "preferred_username", "oid"}),
        ("openid profile", {"name", "preferred_username", "oid"}, {"email"}),
    ],
)
def test_a_scope_that_was_not_asked_for_releases_nothing(application, scope, there, absent):
    claims = _claims(application, scope=scope)
    assert there <= set(claims)
    assert not absent & set(claims)


def test_the_subject_differs_between_applications_and_the_object_id_does_not(
    application, with_id_tokens
):
    first, second = _claims(application), _claims(with_id_tokens)
    assert first["sub"] != second["sub"]
    assert first["oid"] == second["oid"]


def test_without_the_openid_scope_there_is_no_id_token(application):
    code = query_of(sign_in(application, scope="profile").headers["Location"])["code"]
    assert "id_token" not in redeem(application, code).json()


def test_a_code_answer_may_come_as_a_form(application):
    answer = sign_in(application, response_mode="form_post", state="a&b=\"<'")
    action, fields = posted_by(answer.text)
    assert action == REDIRECT_URI
    assert fields["state"] == "a&b=\"<'"
    assert redeem(application, fields["code"]).status_code == 200


def test_an_id_token_comes_by_form_post(with_id_tokens):
    answer = sign_in(
        with_id_tokens,
        response_type="id_token",
        response_mode="form_post",
        nonce="the nonce",
        state="the state",
    )
    assert answer.status_code == 200
    action, fields = posted_by(answer.text)
    assert action == REDIRECT_URI
    assert set(fields) == {"id_token", "state"}
    assert fields["state"] == "the state"
    claims = verified(with_id_tokens, fields["id_token"]).claims
    assert claims["nonce"] == "the nonce"
    assert claims["aud"] == with_id_tokens.client_id
    assert claims["email"] == "with-email@practice.example"


def test_the_form_goes_off_by_itself_and_has_a_button_for_browsers_without_script(with_id_tokens):
    answer = sign_in(with_id_tokens, response_type="id_token", response_mode="form_post", nonce="n")
    page = assert_clean(answer.text, csrf=False)
    assert "data-auto-submit" in page.one("form")
    assert page.one("button").text == "Continue to product.example"
    scripts = [script.get("src") for script in page.all("script")]
    assert scripts == ["/static/js/auto-submit.js"]
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "form-action" not in policy


@pytest.mark.parametrize("mode", [None, "fragment"])
def test_an_id_token_comes_in_the_fragment_unless_a_form_is_asked_for(with_id_tokens, mode):
    extra = {"response_mode": mode} if mode else {}
    answer = sign_in(with_id_tokens, response_type="id_token", nonce="n", state="s", **extra)
    assert answer.status_code == 303
    back = fragment_of(answer.headers["Location"])
    assert set(back) == {"id_token", "state"}
    assert verified(with_id_tokens, back["id_token"]).claims["nonce"] == "n"


def test_a_request_may_come_by_post(application):
    answer = authorize(application, method="POST")
    assert answer.status_code == 200
    assert [b.get("value") for b in assert_clean(answer.text).all("button", name="user")] == [
        "with-email",
        "without-email",
        "other-tenant",
    ]


def test_the_sign_in_page_says_who_asks_and_where_the_answer_goes(application):
    answer = authorize(application)
    page = assert_clean(answer.text)
    assert page.one("h1").text == "Sign in to Made for a test"
    assert "product.example" in page.text
    assert "form-action" not in answer.headers["Content-Security-Policy"]


def test_the_port_of_localhost_does_not_count(portal):
    application = portal.register("http://localhost:8765/callback")
    other = "http://localhost:4711/callback"
    answer = sign_in(application, redirect_uri=other)
    assert answer.headers["Location"].startswith(f"{other}?")
    code = query_of(answer.headers["Location"])["code"]
    assert redeem(application, code, redirect_uri=other).status_code == 200


def test_a_redirect_uri_keeps_its_own_query(portal):
    uri = "https://product.example/callback?tenant=1%202"
    application = portal.register(uri)
    location = sign_in(application, redirect_uri=uri).headers["Location"]
    assert location.startswith(f"{uri}&code=")


def test_a_redirect_uri_left_out_means_the_first_registered_one(application):
    answer = authorize(application, redirect_uri=None, prompt="none")
    assert answer.headers["Location"].startswith(f"{REDIRECT_URI}?")


def test_client_credentials_give_a_token_and_no_id_token(application):
    answer = requests.post(
        application.metadata["token_endpoint"],
        {
            "grant_type": "client_credentials",
            "client_id": application.client_id,
            "client_secret": application.secret_value,
            "scope": "https://graph.microsoft.com/.default",
        },
        timeout=TIMEOUT,
    )
    assert answer.status_code == 200
    assert set(answer.json()) >= {"access_token", "token_type", "expires_in"}
    assert "id_token" not in answer.json()


def _claims(application, *, user="with-email", **params):
    answer = sign_in(application, {"user": user}, **params)
    code = query_of(answer.headers["Location"])["code"]
    return verified(application, redeem(application, code).json()["id_token"]).claims
