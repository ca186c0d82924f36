"""One sign-in on the wire: what is sent, and what may come back."""

import base64
import json
import time
from types import SimpleNamespace
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.made_up import made_up
from wizard.oidc.finding import Status
from wizard.oidc.sign_in import (
    authorization_url,
    judge_callback,
    judge_token_answer,
    s256,
    token_request,
)

ISSUER = "https://op.example/tenant"
SECRET = "x~8Q.made_up-secret+of/forty=characters&"
CODE = "code-of-this-very-sign-in"


def url(endpoint="https://op.example/authorize", **changes):
    """An authorization request with `changes`."""
    values = {
        "client_id": "client-1",
        "redirect_uri": "http://localhost:8765/callback",
        "response_type": "code",
        "scope": "openid email",
        "state": "state-1",
        "nonce": "nonce-1",
    }
    metadata = SimpleNamespace(authorization_endpoint=endpoint)
    return authorization_url(metadata, **{**values, **changes})


def query(address):
    return parse_qsl(urlsplit(address).query, keep_blank_values=True, strict_parsing=True)


def test_an_authorization_request_holds_each_parameter_once():
    address = url(
        response_type="id_token",
        response_mode="form_post",
        code_challenge="challenge-1",
        extra=(("prompt", "select_account"),),
    )
    assert address.startswith("https://op.example/authorize?")
    assert query(address) == [
        ("client_id", "client-1"),
        ("response_type", "id_token"),
        ("redirect_uri", "http://localhost:8765/callback"),
        ("response_mode", "form_post"),
        ("scope", "openid email"),
        ("state", "state-1"),
        ("nonce", "nonce-1"),
        ("code_challenge", "challenge-1"),
        ("code_challenge_method", "S256"),
        ("prompt", "select_account"),
    ]


def test_without_pkce_and_response_mode_neither_is_sent():
    names = [name for name, _ in query(url())]
    assert "response_mode" not in names
    assert "code_challenge_method" not in names


@pytest.mark.parametrize(
    ("scope", "sent"),
    [
        ("openid", "openid"),
        ("", "openid"),
        ("profile email", "openid profile email"),
        ("email openid", "openid email"),
        (["profile", "openid", "profile"], "openid profile"),
        ((), "openid"),
    ],
)
def test_openid_is_always_in_the_scope(scope, sent):
    assert dict(query(url(scope=scope)))["scope"] == sent


@pytest.mark.parametrize(
    ("endpoint", "start"),
    [
        ("https://op.example/a?p=b2c_1_signin", "https://op.example/a?p=b2c_1_signin&client_id="),
        ("https://op.example/a?p=a%20b&q", "https://op.example/a?p=a%20b&q&client_id="),
        ("https://op.example/a?", "https://op.example/a?client_id="),
        ("https://op.example/a?scope=x&p=1", "https://op.example/a?p=1&client_id="),
        ("https://op.example/a?%73cope=x", "https://op.example/a?client_id="),
        ("https://op.example/a#part", "https://op.example/a?client_id="),
        ("http://[::1]:9000/a", "http://[::1]:9000/a?client_id="),
    ],
)
def test_a_query_the_endpoint_already_has_is_kept(endpoint, start):
    address = url(endpoint)
    assert address.startswith(start)
    names = [name for name, _ in parse_qsl(urlsplit(address).query, keep_blank_values=True)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("value", ["a&b=c", "ü ß", "%41", "a+b", "http://x/?y#z", "“”", " "])
def test_every_value_arrives_as_it_was(value):
    sent = dict(query(url(client_id=value, state=value, redirect_uri=value)))
    assert [sent["client_id"], sent["state"], sent["redirect_uri"]] == [value] * 3


@pytest.mark.parametrize(
    ("endpoint", "extra"),
    [
        ("https://op.example/a", [("state", "another")]),
        ("https://op.example/a", [("prompt", "login"), ("prompt", "none")]),
        (None, []),
        ("", []),
    ],
)
def test_our_own_mistakes_in_a_request_are_errors(endpoint, extra):
    with pytest.raises(ValueError, match="authorization"):
        url(endpoint, extra=extra)


def test_the_code_challenge_is_that_of_the_standards_own_example():
    """RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert s256(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def answered(*params, response_type="code", issuer=ISSUER, iss_supported=False):
    return judge_callback(
        params, response_type=response_type, issuer=issuer, iss_supported=iss_supported
    )


def failures(result):
    return [finding.code for finding in result.findings if finding.status is Status.FAIL]


def codes(result):
    return [finding.code for finding in result.findings]


C, T, A = ("code", CODE), ("id_token", "a.b.c"), ("access_token", "access-1")


@pytest.mark.parametrize(
    ("response_type", "params", "found"),
    [
        ("code", [C], ["callback_code_sent"]),
        ("code", [C, ("session_state", "1"), ("client_info", "x")], ["callback_code_sent"]),
        ("id_token", [T], ["callback_id_token_sent"]),
        ("code id_token", [C, T], ["callback_code_sent", "callback_id_token_sent"]),
        ("id_token token", [T, A, ("token_type", "Bearer")], ["callback_id_token_sent"]),
    ],
)
def test_an_answer_with_what_was_asked_for_is_handed_on(response_type, params, found):
    result = answered(*params, response_type=response_type)
    assert codes(result) == found
    assert result.code == (CODE if C in params else None)
    assert result.id_token == ("a.b.c" if T in params else None)
    assert result.access_token == ("access-1" if A in params else None)


@pytest.mark.parametrize(
    ("response_type", "params", "expected"),
    [
        ("code", [], ["callback_code_missing"]),
        ("code", [("code", "")], ["callback_code_missing"]),
        ("code", [("Code", "x")], ["callback_code_missing"]),
        ("code", [C, C], ["callback_parameter_twice"]),
        ("code", [C, ("code", "other")], ["callback_parameter_twice"]),
        ("code", [C, ("x", "1"), ("x", "1")], ["callback_parameter_twice"]),
        ("code", [C, ("iss", ISSUER), ("iss", ISSUER)], ["callback_parameter_twice"]),
        ("code", [C, T], ["callback_value_unasked"]),
        ("code", [C, A], ["callback_value_unasked"]),
        ("code", [T], ["callback_value_unasked", "callback_code_missing"]),
        ("id_token", [], ["callback_id_token_missing"]),
        ("id_token", [("id_token", "")], ["callback_id_token_missing"]),
        ("id_token", [C], ["callback_value_unasked", "callback_id_token_missing"]),
        ("id_token", [C, T], ["callback_value_unasked"]),
        ("code id_token", [C], ["callback_id_token_missing"]),
        ("code id_token", [T], ["callback_code_missing"]),
        ("id_token token", [T], ["callback_access_token_missing"]),
    ],
)
def test_an_answer_with_too_little_or_too_much_is_refused_whole(response_type, params, expected):
    result = answered(*params, response_type=response_type)
    assert failures(result) == expected
    assert (result.code, result.id_token, result.access_token) == (None, None, None)


COMMON = "https://login.microsoftonline.com/{tenantid}/v2.0"
TENANT = COMMON.replace("{tenantid}", "9188040d-6c67-4c5b-b112-36a304b66dad")


@pytest.mark.parametrize(
    ("params", "supported", "issuer", "expected"),
    [
        ([C, ("iss", ISSUER)], True, ISSUER, "callback_issuer_matches"),
        ([C, ("iss", ISSUER)], False, ISSUER, "callback_issuer_matches"),
        ([C], True, ISSUER, "callback_issuer_missing"),
        ([C, ("iss", "")], True, ISSUER, "callback_issuer_other"),
        ([C, ("iss", ISSUER + "/")], True, ISSUER, "callback_issuer_other"),
        ([C, ("iss", "https://evil.example")], False, ISSUER, "callback_issuer_other"),
        ([("error", "access_denied")], True, ISSUER, "callback_issuer_missing"),
        ([C, ("iss", TENANT)], False, COMMON, "callback_issuer_matches"),
        ([C, ("iss", COMMON)], True, COMMON, "callback_issuer_matches"),
        ([C, ("iss", TENANT + "/x")], False, COMMON, "callback_issuer_other"),
    ],
)
def test_the_issuer_in_the_answer_is_judged_first(params, supported, issuer, expected):
    result = answered(*params, issuer=issuer, iss_supported=supported)
    assert codes(result)[0] == expected
    assert (result.code is None) is (expected != "callback_issuer_matches")


def test_an_error_from_another_issuer_is_not_believed():
    result = answered(("error", "access_denied"), ("iss", "https://evil.example"))
    assert codes(result) == ["callback_issuer_other"]
    assert result.error is None


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("access_denied", "callback_access_denied"),
        ("login_required", "callback_login_required"),
        ("interaction_required", "callback_interaction_required"),
        ("account_selection_required", "callback_interaction_required"),
        ("consent_required", "callback_consent_required"),
        ("unsupported_response_type", "callback_unsupported_response_type"),
        ("unauthorized_client", "callback_unauthorized_client"),
        ("invalid_request", "callback_invalid_request"),
        ("invalid_scope", "callback_invalid_scope"),
        ("server_error", "callback_server_error"),
        ("temporarily_unavailable", "callback_temporarily_unavailable"),
        ("invalid_resource", "callback_other_error"),
        ("", "callback_other_error"),
        ("Access_Denied", "callback_other_error"),
        ("<script>", "callback_other_error"),
    ],
)
@pytest.mark.parametrize("response_type", ["code", "id_token"])
def test_each_error_of_the_provider_has_its_own_code(error, code, response_type):
    result = answered(
        ("error", error), ("error_description", "said so"), response_type=response_type
    )
    assert codes(result) == [code]
    assert (result.error, result.error_description) == (error, "said so")
    assert result.findings[0].actual == f"{error}: said so"


def test_an_error_together_with_a_code_is_refused_and_the_code_not_shown():
    result = answered(C, ("error", "server_error"), ("error_description", f"for {CODE}"))
    assert codes(result) == ["callback_error_and_more", "callback_server_error"]
    assert result.code is None
    assert CODE not in repr(result)


def test_an_error_text_is_one_bounded_line():
    text = "AADSTS65004: User declined.\r\nTrace ID: 1\x00\u202e" + "x" * 5000
    result = answered(("error", "access_denied"), ("error_description", text))
    assert result.error_description.startswith("AADSTS65004: User declined. Trace ID: 1 x")
    assert len(result.error_description) == 300
    assert len(result.findings[0].actual) == 300


def test_an_answer_keeps_code_and_tokens_out_of_its_repr():
    shown = repr(answered(C, T, response_type="code id_token"))
    assert CODE not in shown
    assert "a.b.c" not in shown


def request(auth_method, **changes):
    values = {
        "code": CODE,
        "redirect_uri": "http://localhost:8765/callback",
        "client_id": "client 1",
        "client_secret": SECRET,
        "code_verifier": "v" * 43,
    }
    return token_request(auth_method=auth_method, **{**values, **changes})


GRANT = [
    ("grant_type", "authorization_code"),
    ("code", CODE),
    ("redirect_uri", "http://localhost:8765/callback"),
    ("code_verifier", "v" * 43),
]


def test_client_secret_basic_encodes_id_and_secret_before_it_joins_them():
    fields, headers = request("client_secret_basic", client_id="client:1 ü")
    assert fields == GRANT
    scheme, _, pair = headers.pop("Authorization").partition(" ")
    assert (scheme, headers) == ("Basic", {})
    name, _, word = base64.b64decode(pair, validate=True).decode("ascii").partition(":")
    assert [unquote_plus(name), unquote_plus(word)] == ["client:1 ü", SECRET]


def test_a_secret_as_entra_makes_them_looks_the_same_encoded():
    """Some providers do not decode what RFC 6749, 2.3.1 has encoded: do no more than is due."""
    _, headers = request("client_secret_basic", client_id="a-b_c.d", client_secret="x~8Q~A.b_c-D")
    assert base64.b64decode(headers["Authorization"][6:]) == b"a-b_c.d:x~8Q~A.b_c-D"


def test_client_secret_post_sends_both_in_the_form():
    fields, headers = request("client_secret_post")
    assert fields == [*GRANT, ("client_id", "client 1"), ("client_secret", SECRET)]
    assert headers == {}


def test_without_a_secret_only_the_client_id_is_sent():
    fields, headers = request("none", client_secret=None, code_verifier=None)
    assert fields == [*GRANT[:3], ("client_id", "client 1")]
    assert headers == {}


@pytest.mark.parametrize(
    ("method", "secret"),
    [("private_key_jwt", SECRET), ("client_secret_basic", None), ("client_secret_post", "")],
)
def test_our_own_mistakes_in_a_token_request_are_errors(method, secret):
    with pytest.raises(ValueError, match="method") as caught:
        request(method, client_secret=secret)
    assert SECRET not in str(caught.value)


GOOD = {"access_token": "access-1", "token_type": "Bearer", "id_token": "a.b.c"}


def token_answer(body, status=200, content_type="application/json", **options):
    octets = body if isinstance(body, bytes) else json.dumps(body).encode()
    return judge_token_answer(status, octets, content_type, **options)


def without(name):
    return {key: value for key, value in GOOD.items() if key != name}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (GOOD, "application/json"),
        (GOOD, "application/json; charset=utf-8"),
        (GOOD, "Application/JSON"),
        ({**GOOD, "token_type": "bearer"}, "application/json"),
        ({**GOOD, "token_type": "bEARER"}, "application/json"),
        ({**GOOD, "expires_in": "soon", "scope": None, "error": None}, "application/json"),
        (b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), "application/json"),
    ],
)
def test_a_good_token_answer_is_handed_on(body, content_type):
    result = token_answer(body, content_type=content_type)
    assert codes(result) == ["token_type_bearer", "id_token_sent"]
    assert (result.id_token, result.access_token) == ("a.b.c", "access-1")


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (without("access_token"), "application/json", "access_token_missing"),
        (GOOD, "text/plain", "token_answer_content_type"),
        (GOOD, "text/html", "token_answer_content_type"),
        (GOOD, None, "token_answer_content_type"),
    ],
)
def test_an_odd_token_answer_is_warned_about_and_accepted(body, content_type, code):
    result = token_answer(body, content_type=content_type)
    assert [f.code for f in result.findings if f.status is Status.WARN] == [code]
    assert result.id_token == "a.b.c"


HTML = b"<!doctype html><html><head><title>Sign in &amp; pay</title></head></html>"
REFUSED = {
    "301": (301, b"", "token_answer_redirect", "HTTP 301"),
    "302 with a token": (302, GOOD, "token_answer_redirect", "HTTP 302"),
    "307": (307, b"", "token_answer_redirect", "HTTP 307"),
    "429": (429, b"", "token_answer_too_many_requests", "HTTP 429"),
    "500 HTML": (500, HTML, "token_answer_server_error", "HTTP 500"),
    "503 JSON": (503, {}, "token_answer_server_error", "HTTP 503"),
    "401 without words": (401, b"", "token_answer_unauthorized", "HTTP 401"),
    "404 HTML": (404, HTML, "token_answer_other_status", "HTTP 404"),
    "204": (204, b"", "token_answer_other_status", "HTTP 204"),
    "201 with tokens": (201, GOOD, "token_answer_other_status", "HTTP 201"),
    "a web page": (200, HTML, "token_answer_html", "a web page: Sign in & pay"),
    "a web page without title": (200, b"\n <html>", "token_answer_html", "a web page"),
    "nothing": (200, b"", "token_answer_empty", ""),
    "a list": (200, [GOOD], "token_answer_not_json", "not_an_object: a list"),
    "form-encoded": (
        200,
        b"id_token=a.b.c&token_type=Bearer",
        "token_answer_not_json",
        "not_json: line 1, column 1",
    ),
    "id_token twice": (
        200,
        b'{"id_token":"a","id_token":"b"}',
        "token_answer_not_json",
        "duplicate_name: id_token",
    ),
    "no token_type": (200, without("token_type"), "token_type_missing", ""),
    "token_type null": (200, {**GOOD, "token_type": None}, "token_type_missing", ""),
    "token_type DPoP": (200, {**GOOD, "token_type": "DPoP"}, "token_type_other", "DPoP"),
    "token_type a list": (200, {**GOOD, "token_type": ["Bearer"]}, "token_type_other", "Bearer"),
    "access_token a number": (
        200,
        {**GOOD, "access_token": 1},
        "access_token_not_text",
        "a number",
    ),
    "access_token empty": (200, {**GOOD, "access_token": ""}, "access_token_not_text", "empty"),
    "no id_token": (200, without("id_token"), "id_token_missing", ""),
    "id_token null": (200, {**GOOD, "id_token": None}, "id_token_not_text", "null"),
    "id_token a list": (200, {**GOOD, "id_token": ["a.b.c"]}, "id_token_not_text", "a list"),
    "id_token an object": (200, {**GOOD, "id_token": {}}, "id_token_not_text", "an object"),
    "id_token empty": (200, {**GOOD, "id_token": ""}, "id_token_not_text", "empty"),
}


@pytest.mark.parametrize(("status", "body", "code", "actual"), REFUSED.values(), ids=REFUSED.keys())
def test_a_token_answer_with_a_fault_is_refused_by_its_own_code(status, body, code, actual):
    result = token_answer(body, status)
    assert [(f.code, f.actual) for f in result.findings if f.status is Status.FAIL] == [
        (code, actual)
    ]
    assert (result.id_token, result.access_token) == (None, None)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("invalid_client", "token_answer_invalid_client"),
        ("invalid_grant", "token_answer_invalid_grant"),
        ("unauthorized_client", "token_answer_unauthorized_client"),
        ("unsupported_grant_type", "token_answer_unsupported_grant_type"),
        ("invalid_request", "token_answer_invalid_request"),
        ("invalid_scope", "token_answer_invalid_scope"),
        ("slow_down", "token_answer_other_error"),
        ("", "token_answer_other_error"),
        (["invalid_client"], "token_answer_invalid_client"),
        ({"code": 17}, "token_answer_other_error"),
        (17, "token_answer_other_error"),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 401, 403, 500])
def test_each_error_of_the_token_endpoint_has_its_own_code_whatever_the_status(error, code, status):
    result = token_answer({**GOOD, "error": error, "error_description": "said so"}, status)
    assert codes(result) == [code]
    assert result.findings[0].actual.endswith(": said so")
    assert result.findings[0].evidence == (f"HTTP {status}",)
    assert (result.id_token, result.access_token) == (None, None)
    assert result.error_description == "said so"


def test_a_redirect_shows_where_it_leads_without_what_it_carries():
    place = f"https://user:pw@other.example/token?code={CODE}#{CODE}"
    result = token_answer(b"", 307, location=place)
    assert result.findings[0].actual == "HTTP 307 to https://other.example/token"
    assert token_answer(b"", 303, location="/login?x=1").findings[0].actual == "HTTP 303 to /login"
    assert "cannot be read" in token_answer(b"", 303, location="http://[").findings[0].actual


@pytest.mark.parametrize(
    ("status", "body", "location"),
    [
        (400, {"error": "invalid_grant", "error_description": f"no code {CODE}"}, None),
        (401, {"error": SECRET, "error_description": SECRET}, None),
        (200, f"<title>{SECRET} {CODE}</title>".encode(), None),
        (307, b"", f"https://op.example/{CODE}/x"),
        (200, {**GOOD, "token_type": CODE}, None),
        (400, {"error": "x" * 290, "error_description": "x" * 295 + CODE}, None),
    ],
)
def test_a_provider_that_echoes_code_or_secret_does_not_get_them_shown(status, body, location):
    result = token_answer(body, status, location=location, hide=(CODE, None, SECRET))
    assert CODE[:6] not in repr(result)
    assert SECRET[:6] not in repr(result)


def test_a_token_answer_keeps_its_tokens_out_of_its_repr():
    shown = repr(token_answer(GOOD))
    assert "a.b.c" not in shown
    assert "access-1" not in shown


def test_a_page_made_to_be_slow_is_judged_in_a_moment():
    started = time.thread_time()
    assert codes(token_answer(b"<title" * 170_000)) == ["token_answer_html"]
    assert codes(token_answer(b"<title>" * 140_000)) == ["token_answer_html"]
    assert time.thread_time() - started < 5


def test_an_answer_of_very_many_parameters_is_judged_in_a_moment():
    started = time.thread_time()
    many = [(f"p{number}", "x" * 50) for number in range(20_000)]
    assert codes(answered(C, *many)) == ["callback_code_sent"]
    assert codes(answered(C, *many, *many)) == ["callback_parameter_twice"]
    assert time.thread_time() - started < 5


def bounded(result):
    assert result.findings
    for finding in result.findings:
        assert len(finding.about) <= 300
        assert len(finding.expected) <= 300
        assert len(finding.actual) <= 300
        shown = finding.about + finding.expected + finding.actual
        shown.encode()
        assert not any(ord(character) < 32 for character in shown)


names = st.sampled_from(
    ["code", "id_token", "access_token", "error", "error_description", "iss", "x"]
)
texts = st.text(max_size=400) | st.sampled_from([ISSUER, "access_denied", TENANT])


@made_up(400)
@given(
    st.lists(st.tuples(names | st.text(max_size=100), texts), max_size=6),
    st.sampled_from(["code", "id_token", "code id_token", "id_token token", "none", ""]),
    st.sampled_from([ISSUER, COMMON]),
    st.booleans(),
)
def test_no_parameters_of_an_answer_raise(params, response_type, issuer, supported):
    result = answered(
        ("x" * 90, "x"),
        *params,
        response_type=response_type,
        issuer=issuer,
        iss_supported=supported,
    )
    for finding in result.findings:
        assert finding.code.startswith("callback_")
    if result.findings:
        bounded(result)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=400),
    lambda inner: st.lists(inner, max_size=7) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
members = st.sampled_from(
    ["access_token", "token_type", "id_token", "error", "error_description", "expires_in"]
)


@made_up(350)
@given(
    st.binary(max_size=200)
    | st.dictionaries(members, json_values).map(lambda body: json.dumps({**GOOD, **body}).encode())
    | json_values.map(lambda body: json.dumps(body).encode()),
    st.sampled_from([200, 400, 401]) | st.integers(100, 999),
    st.none() | st.text(max_size=100) | st.just("application/json"),
    st.none() | st.text(max_size=100),
)
def test_no_answer_of_a_token_endpoint_raises(body, status, content_type, location):
    bounded(judge_token_answer(status, body, content_type, location=location, hide=("secret",)))
