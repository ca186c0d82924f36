"""The client secret at the token endpoint: every row of the decision table, over real HTTP."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.made_up import made_up
from tests.support.odd_provider import (
    CLIENT_ID,
    PRODUCT_URI,
    SECRET,
    OddProvider,
    Said,
    oauth_error,
    page,
)
from wizard.fetch import Answer, Fetcher
from wizard.oidc.finding import Status, could_not_tell, failed, passed
from wizard.oidc.plain import Hidden
from wizard.probes import Registration, SecretAnswer, ask_registration, ask_secret, settle
from wizard.probes.canary import made_up_secret
from wizard.probes.dialect import numbers_in
from wizard.probes.page import read_page
from wizard.probes.token_reply import read_token_reply

ACCEPTED, REFUSED = "client_secret_accepted", "client_secret_or_id_refused"
UNTOLD = "client_secret_could_not_tell"
BASIC, POST = "client_secret_basic", "client_secret_post"
WRONG_SECRET = "s3cr~t.Value+of/40 characterz"


def ask(provider, secret=SECRET, client_id=CLIENT_ID, **question):
    registration = Registration(
        client_id, (("product", PRODUCT_URI),), scopes="openid", client_secret=secret
    )
    with Fetcher() as fetcher:
        return ask_secret(fetcher, provider.metadata, registration, **question)


def verdict(answer):
    """Code and method; whatever else is found is trouble on the way, which fails nothing."""
    finding, *trouble = answer.findings
    assert all(f.code == "provider_unavailable" for f in trouble)
    return finding.code, answer.auth_method


def grant(asked):
    return asked.params.get("grant_type")


# How token endpoints answer.


def by_the_book(asked):
    return (
        oauth_error("invalid_grant") if asked.right_secret else oauth_error("invalid_client", 401)
    )


def only(method):
    """Refuses the right secret by the other method, although it may list both."""

    def answering(asked):
        right = asked.right_secret and asked.method == method
        return oauth_error("invalid_grant") if right else oauth_error("invalid_client", 401)

    answering.__name__ = f"only_{method}"
    return answering


def with_status_400(asked):
    return (
        oauth_error("invalid_grant") if asked.right_secret else oauth_error("invalid_client", 400)
    )


def keycloak(asked):
    right = asked.right_secret
    return oauth_error("invalid_grant") if right else oauth_error("unauthorized_client", 401)


def words_of_its_own(asked):
    right = asked.right_secret
    return oauth_error("invalid_code" if right else "unauthorized_client", 403)


def bare_403(asked):
    return oauth_error("invalid_grant") if asked.right_secret else Said(403, "")


def access_denied(asked):
    return oauth_error("invalid_grant") if asked.right_secret else oauth_error("access_denied", 403)


def looks_at_the_code_first(asked):
    return oauth_error("invalid_grant")


def looks_at_the_uri_first(asked):
    """A wrong redirect URI looks like a wrong secret; a refresh token has none."""
    if grant(asked) == "authorization_code" and not asked.right_uri:
        return oauth_error("invalid_client", 401)
    return by_the_book(asked)


def refuses_the_grant(asked):
    """Nobody gets this grant: says nothing about the secret."""
    return oauth_error("unauthorized_client", 400)


def rate_limited(asked):
    return Said(429, "", {"Retry-After": "60"})


def broken(asked):
    return page("stack trace", 500)


def crashes_when_right(asked):
    return page("stack trace", 500) if asked.right_secret else oauth_error("invalid_client", 401)


def takes_it_unencoded(asked):
    """Against RFC 6749, 2.3.1: the Basic pair is compared as it is."""
    pair = base64.b64decode(asked.headers.get("Authorization", "Basic ")[6:]).decode()
    right = pair == f"{CLIENT_ID}:{SECRET}"
    return oauth_error("invalid_grant") if right else oauth_error("invalid_client", 401)


def html_for_the_right_one(asked):
    return page("no such code", 400) if asked.right_secret else page("who are you", 401)


# style: (right secret: code, method), (wrong secret: code)
STYLES = {
    by_the_book: [(ACCEPTED, BASIC), REFUSED],
    only("basic"): [(ACCEPTED, BASIC), REFUSED],
    only("post"): [(ACCEPTED, POST), REFUSED],
    with_status_400: [(ACCEPTED, BASIC), REFUSED],
    keycloak: [(ACCEPTED, BASIC), REFUSED],
    words_of_its_own: [(ACCEPTED, BASIC), REFUSED],
    bare_403: [(ACCEPTED, BASIC), REFUSED],
    access_denied: [(ACCEPTED, BASIC), REFUSED],
    looks_at_the_code_first: [(UNTOLD, None), UNTOLD],
    looks_at_the_uri_first: [(ACCEPTED, BASIC), REFUSED],
    refuses_the_grant: [(UNTOLD, None), UNTOLD],
    crashes_when_right: [(UNTOLD, None), REFUSED],
    takes_it_unencoded: [("client_secret_accepted_unencoded", BASIC), REFUSED],
    html_for_the_right_one: [(ACCEPTED, BASIC), REFUSED],
}


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.__name__)
def test_the_right_secret_gets_its_verdict_and_its_method(style):
    with OddProvider(token=style, auth_methods=[BASIC, POST]) as provider:
        answer = ask(provider)
        assert len(provider.asked) <= 12
    assert verdict(answer) == STYLES[style][0]


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.__name__)
@pytest.mark.parametrize("wrong", ["secret", "client ID"])
def test_a_wrong_secret_or_client_id_gets_its_verdict(style, wrong):
    values = {"secret": WRONG_SECRET} if wrong == "secret" else {"client_id": "somebody-else"}
    with OddProvider(token=style, auth_methods=[BASIC, POST]) as provider:
        answer = ask(provider, **values)
        assert len(provider.asked) <= 12
    assert verdict(answer) == (STYLES[style][1], None)


def test_a_wrong_redirect_uri_does_not_look_like_a_wrong_secret():
    with OddProvider(token=looks_at_the_uri_first, redirect_uris=()) as provider:
        assert verdict(ask(provider)) == (ACCEPTED, BASIC)
        assert verdict(ask(provider, secret=WRONG_SECRET)) == (REFUSED, None)


@pytest.mark.parametrize("endpoint", ["introspect", "revoke"])
def test_where_the_code_is_looked_at_first_another_endpoint_is_asked(endpoint):
    def answering(asked):
        return Said(200, {"active": False}) if asked.right_secret else Said(401)

    other = {endpoint: answering}
    with OddProvider(token=looks_at_the_code_first, **other) as provider:
        assert verdict(ask(provider)) == (ACCEPTED, BASIC)
        assert verdict(ask(provider, secret=WRONG_SECRET)) == (UNTOLD, None)


def test_an_endpoint_that_says_200_to_anybody_proves_nothing():
    def anybody(asked):
        return Said(200, {"active": False})

    with OddProvider(token=looks_at_the_code_first, introspect=anybody, revoke=anybody) as provider:
        assert verdict(ask(provider)) == (UNTOLD, None)
        assert verdict(ask(provider, secret=WRONG_SECRET)) == (UNTOLD, None)
        assert len(provider.asked) <= 24


def test_a_method_that_metadata_lists_is_asked_first():
    with OddProvider(token=by_the_book, auth_methods=[POST]) as provider:
        assert verdict(ask(provider)) == (ACCEPTED, POST)
        assert len(provider.asked) == 2


@pytest.mark.parametrize(
    ("style", "code"),
    [(rate_limited, "provider_too_many_requests"), (broken, "provider_unavailable")],
)
def test_trouble_at_the_provider_says_nothing_about_the_secret(style, code):
    with OddProvider(token=style) as provider:
        answer = ask(provider)
    assert [f.status for f in answer.findings] == [Status.UNKNOWN] * 2
    assert [f.code for f in answer.findings] == [UNTOLD, code]


def test_a_busy_provider_is_not_asked_any_further():
    with OddProvider(token=rate_limited) as provider:
        answer = ask(provider)
        assert len(provider.asked) == 2
    assert answer.findings[0].actual == "HTTP 429, Retry-After: 60 s"


def test_ten_requests_a_minute_are_enough_to_reach_a_verdict():
    def limited(asked):
        return rate_limited(asked) if len(asked.provider.asked) > 10 else only("post")(asked)

    with OddProvider(token=limited, auth_methods=[BASIC, POST]) as provider:
        assert verdict(ask(provider)) == (ACCEPTED, POST)


def test_no_answer_at_all_is_a_network_finding():
    with OddProvider(token=by_the_book) as provider:
        metadata = provider.metadata
    registration = Registration(CLIENT_ID, (), client_secret=SECRET)
    with Fetcher() as fetcher:
        answer = ask_secret(fetcher, metadata, registration)
    assert [f.code for f in answer.findings] == [UNTOLD, "network_refused"]
    assert {f.status for f in answer.findings} == {Status.UNKNOWN}


def test_without_a_secret_nothing_is_asked():
    with OddProvider(token=by_the_book) as provider:
        assert ask(provider, secret=None) == SecretAnswer([])
        assert provider.asked == []


def test_without_a_token_endpoint_nothing_is_asked():
    with OddProvider() as provider:
        assert verdict(ask(provider)) == (UNTOLD, None)
        assert provider.asked == []


def test_the_secret_is_sent_form_encoded_and_the_canary_is_another_one_as_long():
    with OddProvider(token=by_the_book) as provider:
        ask(provider)
        right, wrong = sorted(provider.asked, key=lambda asked: asked.secret != SECRET)
    pair = base64.b64decode(right.headers["Authorization"][6:]).decode()
    assert pair == f"{CLIENT_ID}:s3cr~t.Value%2Bof%2F40+characters"
    assert wrong.secret != SECRET
    assert len(wrong.secret) == len(SECRET)
    assert wrong.params == right.params
    assert "code_verifier" in right.params


@pytest.mark.parametrize("secret", [SECRET, 'with "quotes" and é'])
def test_no_finding_holds_the_secret_even_when_the_provider_echoes_it(secret):
    def echoes(asked):
        said = f"the secret {asked.secret} of {asked.headers.get('Authorization')} is wrong"
        return oauth_error("invalid_client", 401, error_description=said)

    with OddProvider(token=echoes) as provider:
        answer = ask(provider, secret=secret)
        sent = {asked.secret for asked in provider.asked}
        headers = {asked.headers.get("Authorization", "none") for asked in provider.asked}
    text = repr(answer)
    assert len(sent) >= 2
    assert not any(each in text for each in sent)
    assert not any(each.removeprefix("Basic ") in text for each in headers)
    assert secret not in repr(Registration(CLIENT_ID, (), client_secret=secret))


def test_the_evidence_shows_both_questions_and_their_answers():
    with OddProvider(token=by_the_book) as provider:
        (finding,) = ask(provider).findings
    assert [line.partition("/token ")[2] for line in finding.evidence] == [
        "a made-up code, client_secret_basic, your secret → 400 invalid_grant",
        "a made-up code, client_secret_basic, a made-up secret → 401 invalid_client",
    ]
    assert isinstance(finding.took_ms, int)


# client_credentials


def issues_tokens(asked):
    if not asked.right_secret:
        return oauth_error("invalid_client", 401)
    if grant(asked) == "client_credentials":
        return Said(200, b'{"access_token": "a-real-token-42"', {}, "application/json")
    return oauth_error("invalid_grant")


def issues_tokens_to_anybody(asked):
    return Said(200, {"access_token": "a-real-token-42"}, {}, "application/json")


def has_no_client_credentials(asked):
    if grant(asked) == "client_credentials":
        return oauth_error("unsupported_grant_type")
    return by_the_book(asked)


def test_client_credentials_confirms_the_secret_and_the_token_is_not_read():
    with OddProvider(token=issues_tokens) as provider:
        answer = ask(provider, question="client_credentials", scope="api/.default")
        assert {asked.params["scope"] for asked in provider.asked} == {"api/.default"}
        assert len(provider.asked) == 2
    # What was sent is not even JSON: nobody read it.
    assert verdict(answer) == (ACCEPTED, POST)
    assert "a-real-token" not in repr(answer)


def test_client_credentials_given_to_anybody_proves_nothing():
    with OddProvider(token=issues_tokens_to_anybody) as provider:
        for secret in (SECRET, WRONG_SECRET):
            answer = ask(provider, secret=secret, question="client_credentials")
            assert verdict(answer) == (UNTOLD, None)


@pytest.mark.parametrize("style", [has_no_client_credentials, issues_tokens, by_the_book])
def test_where_client_credentials_says_nothing_the_made_up_code_is_asked(style):
    with OddProvider(token=style, auth_methods=[BASIC, POST]) as provider:
        answer = ask(provider, question="client_credentials")
        assert verdict(answer)[0] == ACCEPTED
        answer = ask(provider, secret=WRONG_SECRET, question="client_credentials")
        assert verdict(answer) == (REFUSED, None)
        assert len(provider.asked) <= 24


# Both probes together


def test_an_accepted_secret_shows_that_it_is_the_redirect_uri_that_is_refused():
    def one_page_for_all(asked):
        return page("Not possible", 400)

    with OddProvider(authorize=one_page_for_all, token=by_the_book) as provider:
        registration = Registration(
            CLIENT_ID, (("product", "https://product.example/wrong"),), client_secret=SECRET
        )
        with Fetcher() as fetcher:
            asked = ask_registration(fetcher, provider.metadata, registration)
            answer = ask_secret(fetcher, provider.metadata, registration)
    before = {f.about: f.code for f in asked}
    assert before[CLIENT_ID] == "client_id_or_redirect_uri_refused"
    assert before["https://product.example/wrong"] == "redirect_uri_not_judged"
    about_client, about_secret = settle(asked, answer.findings)
    after = {f.about: (f.code, f.status) for f in about_client}
    assert after[CLIENT_ID] == ("client_id_known", Status.PASS)
    assert after["https://product.example/wrong"] == ("redirect_uri_refused", Status.FAIL)
    assert about_secret == answer.findings


SETTLED = [
    # registration, secret, what becomes of them
    ([passed("client_id_known")], [failed("client_secret_or_id_refused")],
     ["client_id_known"], ["client_secret_refused"]),
    ([could_not_tell("client_id_could_not_tell")], [failed("client_secret_or_id_refused")],
     ["client_id_could_not_tell"], ["client_secret_or_id_refused"]),
    ([could_not_tell("client_id_could_not_tell")], [passed("client_secret_accepted")],
     ["client_id_known"], ["client_secret_accepted"]),
    ([failed("client_id_or_redirect_uri_refused"), could_not_tell("redirect_uri_could_not_tell")],
     [passed("client_secret_accepted")],
     ["client_id_known", "redirect_uri_could_not_tell"], ["client_secret_accepted"]),
    ([failed("redirect_uri_or_client_id_refused")], [could_not_tell(UNTOLD)],
     ["redirect_uri_or_client_id_refused"], ["client_secret_could_not_tell"]),
    ([failed("client_id_unknown")], [failed("client_secret_or_id_refused")],
     ["client_id_unknown"], ["client_secret_or_id_refused"]),
    ([], [passed("client_secret_accepted")], [], ["client_secret_accepted"]),
]  # fmt: skip


@pytest.mark.parametrize(("registration", "secret", "of_client", "of_secret"), SETTLED)
def test_the_probes_settle_what_the_other_left_open(registration, secret, of_client, of_secret):
    about_client, about_secret = settle(registration, secret)
    assert [f.code for f in about_client] == of_client
    assert [f.code for f in about_secret] == of_secret


def judges_the_form(asked):
    """A secret with anything but letters and digits is refused before it is looked at."""
    if not (asked.secret or "").isalnum():
        return oauth_error("invalid_request")
    return by_the_book(asked)


def test_a_secret_refused_for_its_form_is_not_taken_for_accepted():
    with OddProvider(token=judges_the_form) as provider:
        assert verdict(ask(provider, secret="wrong § one"))[0] == UNTOLD


@pytest.mark.parametrize("real", ["abc8Q~de.f-GHI_jkl0123456789mnopqrstuvwx", "short", "§ é", ""])
def test_a_made_up_secret_looks_like_the_real_one(real):
    made_up = made_up_secret(real)
    assert made_up != real
    assert len(made_up) >= 16
    for one, other in zip(real, made_up, strict=False):
        assert (
            one == other or (one.isdigit() and other.isdigit()) or one.islower() is other.islower()
        )


def test_stray_bytes_from_a_command_line_are_no_crash():
    with OddProvider(token=by_the_book) as provider:
        assert verdict(ask(provider, secret="s\udcffcret"))[0] == UNTOLD
        assert provider.asked == []


_HTML = [
    "<",
    ">",
    "</",
    "<!",
    "<![",
    "<![CDATA[",
    "]]>",
    "<!--",
    "<?",
    "&#",
    "form ",
    "input ",
    "=",
]


@made_up(500)
@given(st.text(max_size=200) | st.lists(st.sampled_from(_HTML) | st.text(max_size=4)).map("".join))
def test_any_text_is_read_as_a_page_without_a_crash(text):
    found = read_page(text)
    assert len(found.text) <= len(text) * 10 + 10
    numbers_in(text)


@made_up(500)
@given(
    st.integers(100, 599),
    st.binary(max_size=200)
    | st.dictionaries(
        st.sampled_from(["error", "error_description", "error_codes", "x"]),
        st.none() | st.text() | st.integers() | st.lists(st.text() | st.integers(), max_size=2),
    ).map(lambda body: json.dumps(body).encode()),
)
def test_any_answer_of_the_token_endpoint_is_read_without_a_crash(status, body):
    got = Answer("POST", "https://idp.example/token", status, {}, body, 1, 0.0, None)
    reply = read_token_reply(got, Hidden(["secret", ""]))
    assert "secret" not in f"{reply!r} {reply.said} {reply.outcome}"
    assert len(reply.said) <= 300
