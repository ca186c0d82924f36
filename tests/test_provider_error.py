"""A pasted error page: the number, the value at fault and the IDs are found; no secret is kept."""

import base64
import json
import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.made_up import made_up
from wizard import catalogue
from wizard.oidc.finding import Status
from wizard.provider_error import LIMIT, decode
from wizard.provider_error.wordings import KNOWN

CODES = catalogue.error_codes(catalogue.provider("entra"))
APP = "6f1d6f2e-0a51-4b6f-9d7c-1f0a6c0b1a01"
TRACE = "b2f6a1aa-52c5-4c8b-8a0f-63d7c3a45d00"
CORRELATION = "0d2e8f74-8f0f-4f2b-a3a2-5e0cbd8d9c11"
WHEN = "2026-05-04T10:11:12Z"
URI = "http://localhost:8765/callback"

PAGE = f"""Sign in
Sorry, but we're having trouble signing you in.

AADSTS50011: The redirect URI '{URI}' is not one of those of the application '{APP}'. Read
https://aka.ms/redirectUriMismatchError to learn more.

Troubleshooting details
If you contact your administrator, send this info to them.
Copy info to clipboard

Request Id: {TRACE}
Correlation Id: {CORRELATION}
Timestamp: {WHEN}
Message: AADSTS50011: The redirect URI '{URI}' is not one of those of the application '{APP}'.

Flag sign-in errors for review: Enable flagging
"""
DESCRIPTION = (
    f"AADSTS700016: Application with identifier '{APP}' was not found in 'Contoso'.\r\n"
    f"Trace ID: {TRACE}\r\nCorrelation ID: {CORRELATION}\r\nTimestamp: 2026-05-04 10:11:12Z"
)
JSON = json.dumps(
    {
        "error": "unauthorized_client",
        "error_description": DESCRIPTION,
        "error_codes": [700016],
        "timestamp": "2026-05-04 10:11:12Z",
        "trace_id": TRACE,
        "correlation_id": CORRELATION,
        "error_uri": "https://login.microsoftonline.com/error?code=700016",
    }
)
ADDRESS = (
    f"{URI}?error=unauthorized_client&error_description=AADSTS700016%3a+Application+with+"
    f"identifier+%27{APP}%27+was+not+found+in+%27Contoso%27.%0d%0aTrace+ID%3a+{TRACE}%0d%0a"
    f"Correlation+ID%3a+{CORRELATION}%0d%0aTimestamp%3a+2026-05-04+10%3a11%3a12Z&state=a-state"
)
SOURCE = (
    '<script>$Config={"strServiceExceptionMessage":"AADSTS700016: Application with identifier '
    f"\\u0027{APP}\\u0027 was not found in the directory \\u0027Contoso\\u0027."
    f'","correlationId":"{CORRELATION}","sessionId":"{TRACE}"}};//]]></script>'
)
ESCAPED = f"<div>AADSTS700016: Application with identifier &#39;{APP}&#39; was not found</div>"

# what was pasted: (code, value at fault, trace ID found, correlation ID found)
SHAPES = {
    "the whole page": (PAGE, 50011, URI, True, True),
    "a page with Windows' line ends": (PAGE.replace("\n", "\r\n"), 50011, URI, True, True),
    "only the details": (PAGE[PAGE.index("Request Id") :], 50011, URI, True, True),
    "details in one line": (
        f"Request Id: {TRACE} Correlation Id: {CORRELATION} Timestamp: {WHEN} Message: AADSTS90002:"
        " Tenant 'contoso.example' was not found.",
        90002,
        "contoso.example",
        True,
        True,
    ),
    "the sentence alone": (f"AADSTS50011: '{URI}' does not match", 50011, URI, False, False),
    "the number alone": ("aadsts50011", 50011, "", False, False),
    "zeros in front": ("AADSTS0050011", 50011, "", False, False),
    "the address of Microsoft's page": (
        "https://login.microsoftonline.com/error?code=50105", 50105, "", False, False
    ),
    "the address it came back to": (ADDRESS, 700016, APP, True, True),
    "the same as a fragment": (ADDRESS.replace("?", "#"), 700016, APP, True, True),
    "the address without its host": (ADDRESS.partition("?")[2], 700016, APP, True, True),
    "JSON": (JSON, 700016, APP, True, True),
    "JSON behind a log's words": (f"POST /token 400 {JSON}", 700016, APP, True, True),
    "JSON that is cut": (JSON[: JSON.index("timestamp")], 700016, APP, True, True),
    "JSON with only the list": ('{"error_codes": [54005]}', 54005, "", False, False),
    "the page's source": (SOURCE, 700016, APP, False, False),
    "the page's source, escaped for HTML": (ESCAPED, 700016, APP, False, False),
    "German details": (
        f"Anforderungs-ID: {TRACE}\nKorrelations-ID: {CORRELATION}\nZeitstempel: {WHEN}\nMeldung:"
        " AADSTS50020: Das Benutzerkonto „user@example.org“ vom Identitätsanbieter"
        " „https://sts.windows.net/x/“ ist nicht im Mandanten „Contoso“ vorhanden.",
        50020,
        "user@example.org",
        True,
        True,
    ),
    "French sentence": (
        f"AADSTS700016 : L'application dont l'identificateur est « {APP} » est introuvable.",
        700016,
        APP,
        False,
        False,
    ),
    "Japanese details": (
        f"要求 ID: {TRACE}\n関連付け ID: {CORRELATION}\nタイムスタンプ: {WHEN}\n"
        f"メッセージ: AADSTS50011: 応答 URL「{URI}」が一致しません。",
        50011,
        URI,
        True,
        True,
    ),
    "unknown labels, in their order": (
        f"AADSTS50053: x\nxyz: {TRACE}\nzyx: {CORRELATION}", 50053, "", True, True
    ),
    "more details of a blocked sign-in": (
        f"You cannot go on\nError Code: 53003\nRequest Id: {TRACE}\nCorrelation Id:"
        f" {CORRELATION}\nTimestamp: {WHEN}\nApp name: Syncro\nApp id: {APP}\nIP: 192.0.2.1",
        53003,
        "",
        True,
        True,
    ),
    "the same in Spanish": (
        f"Código de error: 53000\nId. de solicitud: {TRACE}\nId. de correlación: {CORRELATION}",
        53000,
        "",
        True,
        True,
    ),
    "a number it knows after one it does not": (
        "AADSTS89999999: x AADSTS50105: The user 'user@example.org' is blocked", 50105,
        "user@example.org", False, False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_a_page_is_read_in_whatever_shape_it_comes(shape):
    text, number, about, trace, correlation = SHAPES[shape]
    decoded = decode(text, CODES)
    assert decoded.number == number
    assert decoded.known is CODES[str(number)]
    assert decoded.finding.code == f"provider_error_{number}"
    assert decoded.finding.status is Status.FAIL
    assert decoded.finding.about == decoded.about == about
    assert decoded.finding.actual.startswith(f"AADSTS{number}")
    assert decoded.trace_id == (TRACE if trace else "")
    assert decoded.correlation_id == (CORRELATION if correlation else "")
    assert bool(decoded.timestamp) is (WHEN[:10] in text)


FAULTS = {
    f"AADSTS50105: Your administrator has configured the app Syncro ('{APP}') to block users unless"
    " they are assigned. The signed in user 'user@example.org' is blocked":
        "user@example.org",
    "AADSTS50105: The signed in user '{EmailHidden}' is not assigned": "",
    "AADSTS50034: The user account user@example.org does not exist in the directory.":
        "user@example.org",
    "AADSTS900023: Specified tenant identifier '{tenant}' is neither": "{tenant}",
    "AADSTS700016: Application with identifier 'my app' was not found in 'Contoso'": "my app",
    f"AADSTS7000229: The client application {APP} is missing service principal in {TRACE}.": APP,
    f"AADSTS650056: Misconfigured application. Client app ID: {APP}(Syncro).": APP,
    "AADSTS700054: response_type 'id_token' is not enabled for the application.": "id_token",
    "AADSTS90014: The required field 'nonce' is missing from the request.": "nonce",
    "AADSTS650053: The application 'Syncro' asked for scope 'mails' that doesn't exist": "mails",
    "AADSTS70011: The value for the parameter 'scope' is wrong. The scope 'opened' is not valid.":
        "opened",
    "AADSTS500011: The resource principal named https://api.example was not found.":
        "https://api.example",
    "AADSTS500112: The reply address 'https://a.example/cb' does not match 'https://b.example/cb'":
        "https://a.example/cb",
    "AADSTS50011: The reply address does not match those of the app. See https://aka.ms/x": "",
    f"AADSTS50011\n{URI}?client_id=x": f"{URI}?client_id=x",
    "https://login.example/?client_id=x&redirect_uri=https%3A%2F%2Fa.example%2F AADSTS50011":
        "https://a.example/",
    "AADSTS53003: Access has been blocked by 'some policy'.": "",
    "AADSTS50011: The redirect URI 'https://a.example/\u202ecb' x": "https://a.example/ cb",
}  # fmt: skip


@pytest.mark.parametrize("text", FAULTS)
def test_the_value_at_fault_is_the_one_the_message_names(text):
    assert decode(text, CODES).about == FAULTS[text]


def test_a_number_that_nobody_knows_keeps_its_text():
    decoded = decode("AADSTS7654321: Something new happened to 'x'.", CODES)
    assert decoded.known is None
    assert decoded.finding.code == "provider_error_7654321"
    assert decoded.advice_code == "provider_error_unknown_number"
    assert decoded.finding.about == "AADSTS7654321"
    assert decoded.finding.actual == "AADSTS7654321: Something new happened to 'x'."


OTHERS = {
    f"Access blocked: This app’s request is not right\nError 400: redirect_uri_mismatch\n"
    f"Request details: redirect_uri={URI} flowName=GeneralOAuthFlow":
        ("redirect_uri_mismatch", URI),
    "Error 401: invalid_client\nThe OAuth client was not found.": ("invalid_client", ""),
    "Error 403: org_internal": ("org_internal", ""),
    "Error 401: deleted_client": ("deleted_client", ""),
    "We are sorry...\nInvalid parameter: redirect_uri": ("invalid_redirect_uri", ""),
    "We are sorry...\nClient not found.": ("invalid_client", ""),
    "Callback URL mismatch. The provided redirect_uri is not in the list of allowed callback URLs.":
        ("redirect_uri_mismatch", ""),
    "400 Bad Request\nThe 'redirect_uri' parameter must be a Login redirect URI in the client app"
    " settings": ("invalid_redirect_uri", ""),
    "User is not assigned to the client application.": ("access_denied", ""),
    "Invalid value for 'client_id' parameter.": ("invalid_client", ""),
    "something went wrong\nerror: invalid_redirect_uri\nerror_description: redirect_uri did not"
    " match any of the client's registered redirect_uris": ("invalid_redirect_uri", ""),
    "Redirect URI Error\nThe request fails due to a missing, invalid, or mismatching redirection"
    " URI (redirect_uri).": ("invalid_redirect_uri", ""),
    "MSIS9224: The received 'redirect_uri' parameter is not a valid registered redirect URI":
        ("invalid_redirect_uri", ""),
    f"{URI}?error=access_denied&error_description=She+cancelled&state=s": ("access_denied", ""),
    f"{URI}#error=unsupported_response_type&response_type=id_token":
        ("unsupported_response_type", "id_token"),
    f"{URI}?error=invalid_request&error_description=Unknown+client%3A+abc": ("invalid_client", ""),
    f"{URI}?error=invalid_request&error_description=Missing+something": ("invalid_request", ""),
    '{"error": "invalid_scope", "error_description": "One or more scopes are not configured"}':
        ("invalid_scope", ""),
    '{"error": "Bad Request", "error_description": "Invalid parameter: redirect_uri"}':
        ("invalid_redirect_uri", ""),
    "temporarily_unavailable": ("temporarily_unavailable", ""),
}  # fmt: skip


@pytest.mark.parametrize("text", OTHERS)
def test_the_errors_of_others_are_told_by_their_oauth_code(text):
    code, about = OTHERS[text]
    decoded = decode(text, CODES)
    assert decoded.number is None
    assert decoded.finding.code == decoded.advice_code == f"provider_error_{code}"
    assert decoded.finding.about == about
    assert decoded.finding.status is Status.FAIL
    assert decoded.finding.actual


# Every error of RFC 6749, OpenID Connect Core and Google, as it comes in the address.
ERRORS = [
    "provider_error_redirect_uri_mismatch",
    "provider_error_invalid_redirect_uri",
    "provider_error_unauthorized_client",
    "provider_error_invalid_client",
    "provider_error_disabled_client",
    "provider_error_deleted_client",
    "provider_error_access_denied",
    "provider_error_org_internal",
    "provider_error_admin_policy_enforced",
    "provider_error_unsupported_response_type",
    "provider_error_unsupported_response_mode",
    "provider_error_unsupported_grant_type",
    "provider_error_invalid_scope",
    "provider_error_invalid_grant",
    "provider_error_login_required",
    "provider_error_interaction_required",
    "provider_error_consent_required",
    "provider_error_account_selection_required",
    "provider_error_temporarily_unavailable",
    "provider_error_invalid_request",
    "provider_error_server_error",
]


def test_every_error_that_has_words_of_its_own_is_among_them():
    assert sorted(ERRORS) == sorted(f"provider_error_{error}" for error in KNOWN)


@pytest.mark.parametrize("code", ERRORS)
@pytest.mark.parametrize("text", ["{uri}?error={error}&state=x", '{{"error": "{error}"}}'])
def test_an_error_that_an_address_or_an_answer_names_is_told_by_it(code, text):
    error = code.removeprefix("provider_error_")
    decoded = decode(text.format(uri=URI, error=error), CODES)
    assert decoded.finding.code == decoded.advice_code == code
    assert decoded.finding.status is Status.FAIL
    assert error in decoded.said


@pytest.mark.parametrize(
    "text", ["hello", "error=<script>alert(1)</script>", "error=my_own_error", "50011", "AADB2C90"]
)
def test_what_says_nothing_known_is_said_to_be_unknown(text):
    decoded = decode(text, CODES)
    assert decoded.finding.code == decoded.advice_code == "provider_error_unknown"
    assert decoded.finding.actual


CANARY = "canary-7Rk2.x~Q"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl"
SECRETS = [
    f"{URI}?code={CANARY}&state=x",
    f"{URI}?state={CANARY}&error=access_denied",
    f"{URI}#id_token={JWT}&session_state={CANARY}",
    f"https://login.example/?next=%2Fcallback%3Fcode%3D{CANARY}%26state%3D{CANARY}",
    f"grant_type=authorization_code&client_secret={CANARY}&code_verifier={CANARY}",
    f'{{"access_token": "{CANARY}", "refresh_token":"{CANARY}"}}',
    f"{{'client_secret': '{CANARY}'}}",
    f'"{{\\"id_token\\": \\"{CANARY}\\"}}"',
    f"client secret: {CANARY}",
    f"Client_Secret = {CANARY} and more",
    f"Cookie: a=b; session={CANARY}",
    f"Authorization: Basic {CANARY}",
    f"curl -H 'Authorization: Bearer {CANARY}AAAAAAAAAAAAAAAA'",
    f"the token was {JWT} {CANARY[:0]}",
    f"code={CANARY}",
    f"https://login.microsoftonline.com/error?code={CANARY}",
    f"https://x.example/?error_description=no&amp;code={CANARY}",
    f"https://x.example/?error=access_denied&error_description=see+code%3D{CANARY}",
]


@pytest.mark.parametrize("text", SECRETS)
def test_codes_tokens_and_secrets_are_not_kept(text):
    decoded = decode(f"AADSTS54005: used twice\n{text}\nthe end", CODES)
    for kept in (decoded.text, decoded.said, decoded.about, repr(decoded), str(decoded.finding)):
        assert CANARY not in kept
        assert "eyJ" not in kept
    assert decoded.left_out
    assert decoded.number == 54005
    assert decoded.text.endswith("\nthe end"), "the rest of the page stays"
    assert decode(decoded.text, CODES).text == decoded.text, "left out once is left out"


def test_the_setups_own_secret_is_not_kept_wherever_it_stands():
    for text in (f"AADSTS7000215 for {CANARY}/+!", "AADSTS7000215 x=canary-7Rk2.x~Q%2F%2B%21"):
        decoded = decode(text, CODES, hide=[f"{CANARY}/+!", None, ""])
        assert CANARY not in decoded.text + decoded.said
        assert decoded.left_out


def test_what_holds_no_secret_stays_as_it_was_pasted():
    for text in (
        PAGE,
        ESCAPED,
        "https://login.microsoftonline.com/error?code=50105",
        "Basic facts",
    ):
        decoded = decode(text, CODES)
        assert decoded.text == text
        assert not decoded.left_out
        assert not decoded.cut


def test_only_the_beginning_of_a_long_paste_is_read():
    decoded = decode("x" * LIMIT + " AADSTS50011", CODES)
    assert decoded.cut
    assert len(decoded.text) == LIMIT
    assert decoded.number is None


HOSTILE = [
    *(
        "",
        "\x00\ufffe",
        "{" * LIMIT,
        '{"error_codes": "1 2 x"}',
        '{"error_codes": [true, -1, 1.5]}',
    ),
    *('{"error_codes": [' + "9" * 400 + "]}", '{"error": {"message": []}}', "error_codes=x+y"),
    *(
        "'" * LIMIT,
        "AADSTS50011: '" * 800,
        "eyJaaaaa-" * 1200,
        "code=%3f" * 1200,
        '"code":"' * 1400,
    ),
    *("x@" * 5000, "a:" * 5000, "/error?&" * 1200, "invalid " * 1200, "redirect_uri " * 760),
    *("AADSTS50011 " + "« " * 4000, "%" * LIMIT, "&#" * 5000, "error=%ff%fe", "\ud800 error=%ED"),
    *("https://[::1 AADSTS50011", "code " * 2000, "client_secret" + " " * 9000, "\\u0027" * 1600),
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_read_in_bounded_time_and_never_raises(text):
    started = time.process_time()
    decoded = decode(text, CODES)
    assert time.process_time() - started < 1
    assert len(decoded.about) <= 300
    assert len(decoded.said) <= 300
    assert not set(decoded.said + decoded.about) & set("\n\r\x00\u202e")


_PIECES = [
    "AADSTS50011", "AADSTS", "error=", "&error_description=", '{"error":', '"', "}", "<b>", "&lt;",
    "%41%", "\\u0027", "state=", "client_secret: ", "Bearer ", "eyJhbGciOiJ", ".", "\r\n", "'",
    "https://idp.example/error?code=", "\x00", "\u202e", "Timestamp: ", "2026-05-04T10:11:12Z",
]  # fmt: skip


def packed(*fields: tuple[int, str | int]) -> str:
    """An authError as Google's pages have it: Protocol Buffers in base64."""
    octets = bytearray()
    for number, value in fields:
        if isinstance(value, int):
            octets += bytes([number << 3, value & 0x7F | 0x80, value >> 7])
            continue
        text = value.encode()
        size = len(text)
        length = [size] if size < 128 else [size & 0x7F | 0x80, size >> 7]
        octets += bytes([number << 3 | 2, *length]) + text
    return quote(base64.urlsafe_b64encode(bytes(octets)).decode())


GOOGLE = "https://accounts.google.com/signin/oauth/error/v2?authError={}&client_id=1-x&flowName=G"
SENTENCE = f"You can't sign in to this app. Request details: redirect_uri={URI} flowName=General"
PACKED = {
    "a redirect URI": (
        packed((1, "redirect_uri_mismatch"), (2, SENTENCE), (4, 400)),
        ("redirect_uri_mismatch", URI, "You can't sign in to this app."),
    ),
    "nothing but the error, as seen in public": (
        "ChVyZWRpcmVjdF91cmlfbWlzbWF0Y2ggkAMyAggB",
        ("redirect_uri_mismatch", "", "redirect_uri_mismatch"),
    ),
    "another error": (
        packed((1, "org_internal"), (2, "Only for the organisation.")),
        ("org_internal", "", "Only for the organisation."),
    ),
}


@pytest.mark.parametrize("kind", PACKED)
def test_what_google_packs_into_its_address_is_read(kind):
    text, (error, about, said) = PACKED[kind]
    decoded = decode(GOOGLE.format(text), CODES)
    assert decoded.finding.code == f"provider_error_{error}"
    assert decoded.about == about
    assert said in decoded.said


@pytest.mark.parametrize(
    "text", ["!!!!", "AAAA", "Cg", "Cv8BaGVsbG8", packed((1, "No <b>")), "x" * 7000]
)
def test_what_is_packed_otherwise_is_left_alone(text):
    assert decode(GOOGLE.format(text), CODES).finding.code == "provider_error_unknown"


def test_a_secret_in_what_is_packed_is_not_said():
    text = packed((1, "invalid_request"), (2, "client_secret=very-secret-thing is not wanted"))
    decoded = decode(GOOGLE.format(text), CODES, hide=["very-secret-thing"])
    assert "very-secret-thing" not in f"{decoded.said} {decoded.about} {decoded.text}"


B2C = {
    f"AADB2C90006: The redirect URI '{URI}' is not registered for '{APP}'.": (
        "redirect_uri_mismatch",
        URI,
    ),
    "error=server_error&error_description=AADB2C90013%3A+token+is+no+response+type": (
        "unsupported_response_type",
        "",
    ),
    "error=access_denied&error_description=AADB2C90091%3A+cancelled": ("access_denied", ""),
}


@pytest.mark.parametrize("text", B2C)
def test_the_numbers_of_azure_ad_b2c_are_known(text):
    decoded = decode(text, CODES)
    assert (decoded.finding.code, decoded.about) == (f"provider_error_{B2C[text][0]}", B2C[text][1])


@made_up(800)
@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from(_PIECES) | st.text(max_size=5), max_size=25).map("".join)
)
def test_whatever_is_pasted_is_decoded_without_a_crash_and_without_the_secret(text):
    secret = "s3cr~t/of the canary"
    decoded = decode(text + secret + text, CODES, hide=[secret])
    assert secret not in repr(decoded)
    assert decoded.advice_code
    assert decode(decoded.text, CODES).text == decoded.text, "what is left is left as it is"
