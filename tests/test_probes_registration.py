"""Client ID, redirect URI and response type: every row of the decision table, over real HTTP."""

import itertools
import re
import secrets

import pytest

from tests.support.odd_provider import (
    CLIENT_ID,
    PRODUCT_URI,
    TEST_URI,
    OddProvider,
    Said,
    back,
    form_back,
    login_page,
    oauth_error,
    page,
)
from wizard.fetch import Fetcher
from wizard.oidc.discovery import metadata_from
from wizard.oidc.finding import Status
from wizard.probes import Registration, ask_registration
from wizard.probes.canary import made_up_client, made_up_path

WRONG_CLIENT = "7f3a9c2e-aaaa-4bbb-8ccc-00000000ffff"
WRONG_URI = "https://product.example/sso/callbakc"


def ask(provider, *, client_id=CLIENT_ID, uris=(PRODUCT_URI, TEST_URI), kind="code"):
    registration = Registration(
        client_id,
        tuple(("a URI", uri) for uri in uris),
        response_type=kind,
        response_mode="form_post" if kind == "id_token" else None,
        scopes="openid email",
    )
    with Fetcher() as fetcher:
        return ask_registration(fetcher, provider.metadata, registration)


def by_about(findings):
    return {(f.about, f.code) for f in findings}


def code_about(findings, about):
    (finding,) = [f for f in findings if f.about == about]
    return finding.code


# How providers answer. Each is given what was asked, and knows what of it is right.


def certified(asked):
    """Errors for what is wrong on a page each, the rest back to the redirect URI."""
    if not asked.right_client:
        return page(f"client {asked.client_id} is unknown", 400, "invalid_client")
    if not asked.right_uri:
        return page(f"{asked.uri} did not match a registered redirect_uri", 400, "invalid_request")
    if asked.params.get("response_mode") == "form_post":
        return form_back(asked, 400, error="login_required")
    return back(asked, error="login_required")


def shows_login(asked):
    """The login page although prompt=none, but only for what is right."""
    if asked.right_client and asked.right_uri:
        return login_page()
    return oauth_error("invalid_request", detail=f"{asked.client_id} {asked.uri}")


def login_for_everybody(asked):
    return login_page()


def any_redirect_uri(asked):
    if not asked.right_client:
        return page("unknown client", 400)
    return back(asked, error="login_required")


def any_client(asked):
    return back(asked, error="login_required") if asked.right_uri else page("bad redirect", 400)


def one_page_for_all(asked):
    if asked.right_client and asked.right_uri:
        return back(asked, error="login_required")
    return page(f"Request {secrets.token_hex(8)} is not possible", 400)


def pages_below_400(asked):
    if not asked.right_client:
        return page("Unknown application", 200, "Error")
    if not asked.right_uri:
        return page(f"The redirect address {asked.uri} is not registered", 200, "Error")
    return back(asked, error="interaction_required")


def other_status_for_client(asked):
    if not asked.right_client:
        return page("no such client", 404)
    return back(asked, error="login_required") if asked.right_uri else page("bad redirect", 400)


def redirects_to_login(asked):
    return Said(302, headers={"Location": f"/login/{secrets.token_hex(16)}"})


def firewall(asked):
    return page("Access denied, your address is not allowed", 403)


def wants_pkce_plain(asked):
    return page("code_challenge_method S256 is not supported", 400)


def wants_client_to_use_pkce(asked):
    if not asked.right_client:
        return page("unknown client", 400)
    return page("this client must send code_challenge_method=plain", 400)


def rate_limited(asked):
    return Said(429, "slow down", {"Retry-After": "30"})


def broken(asked):
    return page("stack trace", 500)


def asks_differently_each_time(asked):
    words = " ".join(secrets.choice(["apple", "pear", "plum", "fig"]) for _ in range(6))
    return page(words, 400)


# style → verdicts for right values, a wrong client, a wrong redirect URI; right values' response
KNOWN, ACCEPTED, REFUSED = "client_id_known", "redirect_uri_accepted", "redirect_uri_refused"
EITHER = "client_id_or_redirect_uri_refused"
URI_OR_CLIENT = "redirect_uri_or_client_id_refused"
UNTOLD, UNTOLD_URI = "client_id_could_not_tell", "redirect_uri_could_not_tell"
UNTOLD_TYPE, TYPE = "response_type_could_not_tell", "response_type_accepted"
ANY_CLIENT, ANY_URI, NOT_JUDGED = (
    "client_id_any_accepted",
    "redirect_uri_any_accepted",
    "redirect_uri_not_judged",
)
STYLES = {
    certified: [(KNOWN, ACCEPTED, TYPE), (EITHER, NOT_JUDGED), (KNOWN, REFUSED)],
    shows_login: [(KNOWN, ACCEPTED, UNTOLD_TYPE), (EITHER, NOT_JUDGED), (EITHER, NOT_JUDGED)],
    login_for_everybody: [(UNTOLD, UNTOLD_URI, UNTOLD_TYPE)] + [(UNTOLD, UNTOLD_URI)] * 2,
    any_redirect_uri: [(KNOWN, ANY_URI, UNTOLD_TYPE), (EITHER, NOT_JUDGED), (KNOWN, ANY_URI)],
    any_client: [
        (ANY_CLIENT, UNTOLD_URI, UNTOLD_TYPE),
        (ANY_CLIENT, UNTOLD_URI),
        (UNTOLD, URI_OR_CLIENT),
    ],
    one_page_for_all: [(KNOWN, ACCEPTED, TYPE), (EITHER, NOT_JUDGED), (EITHER, NOT_JUDGED)],
    pages_below_400: [(KNOWN, ACCEPTED, TYPE), (EITHER, NOT_JUDGED), (KNOWN, REFUSED)],
    other_status_for_client: [(KNOWN, ACCEPTED, TYPE), (EITHER, NOT_JUDGED), (KNOWN, REFUSED)],
    redirects_to_login: [(UNTOLD, UNTOLD_URI, UNTOLD_TYPE)] + [(UNTOLD, UNTOLD_URI)] * 2,
    firewall: [(UNTOLD, UNTOLD_URI, UNTOLD_TYPE)] + [(UNTOLD, UNTOLD_URI)] * 2,
    wants_pkce_plain: [(UNTOLD, UNTOLD_URI, UNTOLD_TYPE)] + [(UNTOLD, UNTOLD_URI)] * 2,
    wants_client_to_use_pkce: [
        (UNTOLD, UNTOLD_URI, UNTOLD_TYPE),
        (EITHER, NOT_JUDGED),
        (UNTOLD, UNTOLD_URI),
    ],
    rate_limited: [(UNTOLD, UNTOLD_URI, UNTOLD_TYPE)] + [(UNTOLD, UNTOLD_URI)] * 2,
    broken: [(UNTOLD, UNTOLD_URI, UNTOLD_TYPE)] + [(UNTOLD, UNTOLD_URI)] * 2,
    asks_differently_each_time: [(UNTOLD, UNTOLD_URI, UNTOLD_TYPE)] + [(UNTOLD, UNTOLD_URI)] * 2,
}
VALUES = ["right values", "a wrong client", "a wrong redirect URI"]
CASES = [
    pytest.param(style, value, verdicts[index], id=f"{style.__name__}, {value}")
    for style, verdicts in STYLES.items()
    for index, value in enumerate(VALUES)
]


@pytest.mark.parametrize(("style", "value", "verdict"), CASES)
def test_each_kind_of_provider_gets_its_verdict(style, value, verdict):
    client_id = WRONG_CLIENT if value == "a wrong client" else CLIENT_ID
    uri = WRONG_URI if value == "a wrong redirect URI" else PRODUCT_URI
    with OddProvider(authorize=style) as provider:
        findings = ask(provider, client_id=client_id, uris=(uri,))
        assert provider.count("/authorize") == 3
    assert_no_false_verdict(findings, client_id, uri)
    assert code_about(findings, client_id) == verdict[0]
    assert code_about(findings, uri) == verdict[1]
    if len(verdict) == 3:
        assert code_about(findings, "code") == verdict[2]


def assert_no_false_verdict(findings, client_id, uri):
    right_client, right_uri = client_id == CLIENT_ID, uri == PRODUCT_URI
    for finding in findings:
        if finding.code in (EITHER, URI_OR_CLIENT):
            assert not (right_client and right_uri)
        elif finding.about == client_id and finding.status is not Status.UNKNOWN:
            assert (finding.status is Status.PASS) is right_client
        elif finding.about == uri and finding.status is not Status.UNKNOWN:
            assert (finding.status is Status.PASS) is right_uri


BOTH_WRONG = (WRONG_CLIENT, WRONG_URI)
ALL_PAIRS = tuple(itertools.product((CLIENT_ID, WRONG_CLIENT), (PRODUCT_URI, WRONG_URI)))


# With a code the other three pairs are each kind of provider's own verdicts, above.
@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.__name__)
@pytest.mark.parametrize(
    ("kind", "pairs"), [("code", [BOTH_WRONG]), ("id_token", ALL_PAIRS)], ids=["code", "id_token"]
)
def test_no_provider_leads_to_a_false_verdict(style, kind, pairs):
    with OddProvider(authorize=style) as provider:
        for client_id, uri in pairs:
            findings = ask(provider, client_id=client_id, uris=(uri,), kind=kind)
            assert_no_false_verdict(findings, client_id, uri)


def test_two_redirect_uris_share_the_canaries_and_get_a_finding_each():
    with OddProvider(authorize=certified, redirect_uris=(PRODUCT_URI,)) as provider:
        findings = ask(provider)
        assert provider.count("/authorize") == 4
    assert by_about(findings) == {
        (CLIENT_ID, KNOWN),
        (PRODUCT_URI, ACCEPTED),
        (TEST_URI, REFUSED),
        ("code", TYPE),
    }


def test_a_redirect_uri_that_works_shows_that_the_other_one_is_what_is_refused():
    with OddProvider(authorize=one_page_for_all, redirect_uris=(TEST_URI,)) as provider:
        findings = ask(provider)
    assert code_about(findings, CLIENT_ID) == KNOWN
    assert code_about(findings, TEST_URI) == ACCEPTED
    assert code_about(findings, PRODUCT_URI) == REFUSED


# What comes back to the redirect URI

ERRORS = [
    ("login_required", TYPE, "code"),
    ("interaction_required", TYPE, "code"),
    ("consent_required", TYPE, "code"),
    ("account_selection_required", TYPE, "code"),
    ("unauthorized_client", "response_type_refused", "code"),
    ("unsupported_response_type", "response_type_refused", "code"),
    ("invalid_request", UNTOLD_TYPE, "code"),
    ("server_error", UNTOLD_TYPE, "code"),
    ("temporarily_unavailable", UNTOLD_TYPE, "code"),
    ("something_new", UNTOLD_TYPE, "code"),
    ("invalid_scope", "scope_refused", "openid email"),
]


@pytest.mark.parametrize(("error", "code", "about"), ERRORS)
def test_an_error_at_the_redirect_uri_confirms_both_and_says_more(error, code, about):
    def style(asked):
        right = asked.right_client and asked.right_uri
        return back(asked, error=error) if right else certified(asked)

    with OddProvider(authorize=style) as provider:
        findings = ask(provider)
    assert code_about(findings, CLIENT_ID) == KNOWN
    assert code_about(findings, PRODUCT_URI) == ACCEPTED
    assert code_about(findings, about) == code


@pytest.mark.parametrize("status", [301, 302, 303, 307])
@pytest.mark.parametrize("uri", ["https://product.example", "https://product.example/cb?tenant=1"])
def test_the_redirect_uri_is_recognised_however_it_is_written(uri, status):
    def style(asked):
        if not (asked.right_client and asked.right_uri):
            return page("no", 400)
        target = uri + ("/?" if uri.count("/") == 2 else "&" if "?" in uri else "?")
        return Said(status, headers={"Location": f"{target}error=login_required"})

    with OddProvider(authorize=style, redirect_uris=(uri,)) as provider:
        assert code_about(ask(provider, uris=(uri,)), uri) == ACCEPTED


def test_an_address_that_only_begins_like_the_redirect_uri_is_not_it():
    def style(asked):
        return Said(302, headers={"Location": asked.uri + ".evil.example/?error=login_required"})

    with OddProvider(authorize=style) as provider:
        findings = ask(provider)
    assert Status.PASS not in {f.status for f in findings}


# ID tokens by form_post


def refuses_as_a_bad_uri(asked):
    """Three providers refuse the response type with the very page of a bad redirect URI."""
    if asked.is_code or not asked.right_client:
        return certified(asked)
    return page("the redirect_uri did not match", 400, "invalid_request")


def refuses_by_form(asked):
    if asked.is_code or not (asked.right_client and asked.right_uri):
        return certified(asked)
    return form_back(asked, 400, content_type=None, error="unsupported_response_type")


def refuses_by_redirect(asked):
    if asked.is_code or not (asked.right_client and asked.right_uri):
        return certified(asked)
    return back(asked, error="unsupported_response_type")


def ignores_form_post(asked):
    if not (asked.right_client and asked.right_uri):
        return certified(asked)
    return back(asked, error="login_required")


def without_code(asked):
    """No code flow for this client: refused with the page of a bad redirect URI."""
    if asked.is_code and asked.right_client:
        return page("the redirect_uri did not match", 400, "invalid_request")
    return certified(asked)


def invalid_request_by_form(asked):
    if asked.is_code or not (asked.right_client and asked.right_uri):
        return certified(asked)
    return form_back(asked, 400, error="invalid_request")


def login_for_id_tokens(asked):
    if asked.is_code or not (asked.right_client and asked.right_uri):
        return certified(asked)
    return login_page()


ID_TOKENS = {
    certified: TYPE,
    refuses_as_a_bad_uri: "response_type_refused",
    refuses_by_form: "response_type_refused",
    refuses_by_redirect: "response_type_refused",
    invalid_request_by_form: "response_type_refused",
    ignores_form_post: "response_mode_ignored",
    login_for_id_tokens: UNTOLD_TYPE,
    without_code: TYPE,
}


@pytest.mark.parametrize(
    ("style", "code"), ID_TOKENS.items(), ids=lambda v: getattr(v, "__name__", v)
)
def test_id_tokens_by_form_post_are_judged_beside_a_code(style, code):
    with OddProvider(authorize=style) as provider:
        findings = ask(provider, kind="id_token")
        assert provider.count("/authorize") <= 8
    assert code_about(findings, CLIENT_ID) == KNOWN
    assert code_about(findings, PRODUCT_URI) == ACCEPTED
    assert code_about(findings, TEST_URI) == ACCEPTED
    assert code_about(findings, "id_token") == code


@pytest.mark.parametrize("kind", ["code", "id_token"])
def test_a_run_asks_at_most_ten_times_and_says_what_was_left_out(kind):
    uris = tuple(f"https://product.example/{n}" for n in range(12))
    with OddProvider(authorize=certified, redirect_uris=uris) as provider:
        findings = ask(provider, uris=uris, kind=kind)
        assert 8 <= provider.count("/authorize") <= 10
    asked = [f for f in findings if f.code == ACCEPTED]
    unasked = [f for f in findings if f.code == "redirect_uri_not_asked"]
    assert len(asked) == (8 if kind == "code" else 3)
    assert len(asked) + len(unasked) == len(uris)


# What is sent, and what is shown


def test_every_request_is_what_the_product_would_send_and_nothing_is_reused():
    with OddProvider(authorize=certified) as provider:
        ask(provider, kind="id_token")
        sent = [asked.params for asked in provider.asked]
        assert not any(asked.headers.get("Cookie") for asked in provider.asked)
    assert {each["prompt"] for each in sent} == {"none"}
    assert {each["scope"] for each in sent} == {"openid email"}
    for name in ("state", "nonce"):
        assert len({each[name] for each in sent}) == len(sent)
    for each in sent:
        with_code = each["response_type"] == "code"
        assert (each.get("code_challenge_method") == "S256") is with_code
        assert ("response_mode" in each) is not with_code


def test_the_evidence_shows_question_and_answer_for_this_redirect_uri_only():
    with OddProvider(authorize=certified) as provider:
        findings = ask(provider)
        states = [asked.params["state"] for asked in provider.asked]
    (finding,) = [f for f in findings if f.about == PRODUCT_URI]
    text = "\n".join(finding.evidence)
    assert "prompt=none, response_type=code, redirect URI https://product.example" in text
    assert "→ 302 to the redirect URI, error=login_required" in text
    assert text.count("a made-up") == 2
    assert TEST_URI not in text
    assert not any(state in repr(findings) for state in states)
    assert all(isinstance(f.took_ms, int) for f in findings)


def test_a_code_that_comes_back_after_all_is_never_shown():
    def style(asked):
        right = asked.right_client and asked.right_uri
        return back(asked, code="a-real-code-42") if right else page("no", 400)

    with OddProvider(authorize=style) as provider:
        findings = ask(provider)
    assert code_about(findings, PRODUCT_URI) == ACCEPTED
    assert "a-real-code" not in repr(findings)


def test_a_busy_provider_is_said_to_be_busy_with_when_to_come_back():
    with OddProvider(authorize=rate_limited) as provider:
        findings = ask(provider)
    (busy,) = [f for f in findings if f.code == "provider_too_many_requests"]
    assert (busy.status, busy.actual) == (Status.UNKNOWN, "HTTP 429, Retry-After: 30 s")
    assert {f.status for f in findings} == {Status.UNKNOWN}


def test_a_canary_that_gets_no_answer_proves_nothing():
    def style(asked):
        if not asked.right_client:
            return Said(503, "", {"Retry-After": "5"})
        return certified(asked)

    with OddProvider(authorize=style) as provider:
        findings = ask(provider)
    assert code_about(findings, CLIENT_ID) == UNTOLD
    assert code_about(findings, PRODUCT_URI) == ACCEPTED


def test_no_answer_at_all_is_a_network_finding_and_could_not_tell():
    with OddProvider(authorize=certified) as provider:
        metadata = provider.metadata
    registration = Registration(CLIENT_ID, (("product", PRODUCT_URI),))
    with Fetcher() as fetcher:
        findings = ask_registration(fetcher, metadata, registration)
    assert {f.status for f in findings} == {Status.UNKNOWN}
    assert "network_refused" in {f.code for f in findings}


@pytest.mark.parametrize("begins", ["<!", "<b>&", "\u202ex"], ids=["<!", "&", "right to left"])
def test_a_hostile_page_is_read_in_bounded_time_and_shown_in_part(begins):
    hostile = Said(400, begins * 200_000)

    def style(asked):
        return hostile if asked.right_client and asked.right_uri else certified(asked)

    with OddProvider(authorize=style) as provider:
        findings = ask(provider, uris=(PRODUCT_URI,))
    assert max(len(finding.actual) for finding in findings) <= 300
    assert "\u202e" not in repr(findings)


# Canaries


@pytest.mark.parametrize(
    ("client_id", "pattern"),
    [
        (CLIENT_ID, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("my-app", r"my-[a-z]{3}[a-z]{12}|[a-z]{2}[a-z]{12}-app"),
        ("0oa1b2c3D4E5f6G7h8", r"\d[a-z]{2}\d[a-z]\d[a-z]\d[A-Z]\d[A-Z]\d[a-z]\d[A-Z]\d[a-z]\d"),
        ("1-abcdefghijklmnopqrstuvwxyz.apps.op.example", r"1-[a-z]{26}\.apps\.op\.example"),
        ("ünï", r".+[a-z]{12}.*"),
        ("***", r"\*\*\*[a-z]{16}"),
    ],
)
def test_a_made_up_client_id_looks_like_the_real_one(client_id, pattern):
    made_up = made_up_client(client_id)
    assert re.fullmatch(pattern, made_up)
    assert made_up != client_id


def test_a_made_up_redirect_uri_differs_in_its_path_only():
    made_up = made_up_path("http://localhost:8765/callback/?x=1")
    assert made_up.startswith("http://localhost:8765/not-registered-")
    assert "?" not in made_up
    assert not made_up.endswith("/")


def test_nothing_is_asked_without_a_redirect_uri():
    with Fetcher() as fetcher:
        assert ask_registration(fetcher, metadata_from({}), Registration("x", ())) == []


def test_stray_bytes_from_a_command_line_are_no_crash():
    with OddProvider(authorize=certified) as provider:
        (finding,) = ask(provider, client_id="my\udcff-app")
        assert provider.asked == []
    assert finding.code == UNTOLD
