"""The metadata URL, the document and the keys: one table a rule, and the recorded documents."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.made_up import made_up
from wizard.oidc.discovery import (
    WELL_KNOWN,
    Needs,
    judge_keys,
    judge_metadata_url,
    metadata_from,
    read_metadata,
    tenant_of,
)
from wizard.oidc.finding import Status

DATA = Path(__file__).parents[1] / "data" / "discovery"
TENANT = "10c419d4-4a50-45b2-aa4e-919fb84df24f"
ISSUER = "https://op.example"
URL = ISSUER + WELL_KNOWN
CODE = Needs("code", None, "openid profile email")
ID_TOKEN = Needs("id_token", "form_post", "openid profile email", uses_secret=False)


def document(**changes):
    """A complete document; a member set to None is left out."""
    whole = {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": f"{ISSUER}/token",
        "jwks_uri": f"{ISSUER}/keys",
        "response_types_supported": ["code", "id_token"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def read(url=URL, needs=CODE, **changes):
    return read_metadata(url, json.dumps(document(**changes)).encode(), needs)


def recorded(name):
    return (DATA / f"{name}.json").read_bytes()


def codes(findings):
    return {finding.code for finding in findings}


def statuses(findings):
    return {finding.code: finding.status for finding in findings}


def one(findings, code):
    (finding,) = [finding for finding in findings if finding.code == code]
    return finding


# The metadata URL

URLS = [
    ("https://op.example/.well-known/openid-configuration", "metadata_url_https", Status.PASS),
    (
        "https://op.example:8443/x/.well-known/openid-configuration?p=y",
        "metadata_url_https",
        Status.PASS,
    ),
    ("http://localhost:8766/x", "metadata_url_plain_http_loopback", Status.WARN),
    ("http://127.0.0.1:9/x", "metadata_url_plain_http_loopback", Status.WARN),
    ("http://[::1]:9/x", "metadata_url_plain_http_loopback", Status.WARN),
    ("http://op.example/x", "metadata_url_not_https", Status.FAIL),
    ("http://localhost.op.example/x", "metadata_url_not_https", Status.FAIL),
    ("http://127.0.0.1.op.example/x", "metadata_url_not_https", Status.FAIL),
    ("https://user:word@op.example/x", "metadata_url_userinfo", Status.FAIL),
    ("https://op.example@evil.example/x", "metadata_url_userinfo", Status.FAIL),
    ("https://op.example/x#y", "metadata_url_fragment", Status.FAIL),
    ("https://op.example/x#", "metadata_url_fragment", Status.FAIL),
    ("https://op.example/{tenant}/x", "metadata_url_placeholder", Status.FAIL),
    ("", "metadata_url_not_a_url", Status.FAIL),
    ("op.example", "metadata_url_not_a_url", Status.FAIL),
    ("https://", "metadata_url_not_a_url", Status.FAIL),
    ("https://op.example:port/x", "metadata_url_not_a_url", Status.FAIL),
    ("https://op.example/a b", "metadata_url_not_a_url", Status.FAIL),
    ("https://op.example\\@evil.example/", "metadata_url_not_a_url", Status.FAIL),
    ("https://op.example/\u202ex", "metadata_url_not_a_url", Status.FAIL),
    ("https://[op.example/x", "metadata_url_not_a_url", Status.FAIL),
    ("ftp://op.example/x", "metadata_url_not_a_url", Status.FAIL),
    ("javascript:alert(1)", "metadata_url_not_a_url", Status.FAIL),
    ("https://op.example/" + "x" * 3000, "metadata_url_not_a_url", Status.FAIL),
]


@pytest.mark.parametrize(("url", "code", "status"), URLS, ids=[case[0][:60] for case in URLS])
def test_a_metadata_url_is_https_or_on_this_computer(url, code, status):
    (finding,) = judge_metadata_url(url)
    assert (finding.code, finding.status) == (code, status)


def test_a_password_in_the_metadata_url_is_not_shown():
    (finding,) = judge_metadata_url("https://user:pass-word@op.example/x")
    assert "pass-word" not in repr(finding)


# The issuer

ISSUERS = [
    (URL, ISSUER, "metadata_issuer_matches"),
    (URL, ISSUER + "/", "metadata_issuer_matches"),
    (ISSUER + "/realms/x" + WELL_KNOWN, ISSUER + "/realms/x", "metadata_issuer_matches"),
    (ISSUER + "/x" + WELL_KNOWN, ISSUER + "/x/", "metadata_issuer_matches"),
    (URL + "?appid=1", ISSUER, "metadata_issuer_matches"),
    (ISSUER + "/" + WELL_KNOWN, ISSUER, "metadata_issuer_trailing_slash"),
    (URL, "https://OP.example", "metadata_issuer_letter_case"),
    (ISSUER + "/Realms" + WELL_KNOWN, ISSUER + "/realms", "metadata_issuer_letter_case"),
    (URL, "https://op.example:443", "metadata_issuer_other"),
    (URL, "https://other.example", "metadata_issuer_other"),
    (URL, ISSUER + "/x", "metadata_issuer_other"),
    (URL, "https://op.example.evil.example", "metadata_issuer_other"),
    (ISSUER + "/openid.json", ISSUER, "metadata_url_not_well_known"),
    (ISSUER + WELL_KNOWN + "/x", ISSUER + "/x", "metadata_url_not_well_known"),
    ("https://files.example/openid.json", ISSUER, "metadata_issuer_other"),
    (URL, ISSUER + "?x=1", "metadata_issuer_query_or_fragment"),
    (URL, ISSUER + "#x", "metadata_issuer_query_or_fragment"),
    (URL, "http://op.example", "metadata_issuer_not_https"),
    (URL, "op.example", "metadata_issuer_not_a_url"),
    (URL, "https://me@op.example", "metadata_issuer_not_a_url"),
]


@pytest.mark.parametrize(("url", "issuer", "code"), ISSUERS)
def test_the_issuer_is_the_address_character_by_character(url, issuer, code):
    _, findings = read(url=url, issuer=issuer)
    assert [f.code for f in findings if "issuer" in f.code or "well_known" in f.code] == [code]


def test_an_issuer_on_this_computer_may_be_plain_http():
    issuer = "http://localhost:8766"
    changes = {
        name: f"{issuer}/{name}"
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    }
    metadata, findings = read(url=issuer + WELL_KNOWN, issuer=issuer, **changes)
    assert metadata is not None
    assert statuses(findings)["metadata_issuer_plain_http_loopback"] is Status.WARN
    assert statuses(findings)["metadata_endpoints_plain_http_loopback"] is Status.WARN
    assert statuses(findings)["metadata_issuer_matches"] is Status.PASS


LOGIN = "https://login.microsoftonline.com"
ODDITIES = [
    # address, issuer, code, the address to use instead
    (
        f"{LOGIN}/{TENANT}{WELL_KNOWN}",
        f"https://sts.windows.net/{TENANT}/",
        "metadata_issuer_entra_v1",
        f"{LOGIN}/{TENANT}/v2.0{WELL_KNOWN}",
    ),
    (
        f"https://sts.windows.net/{TENANT}{WELL_KNOWN}",
        f"https://sts.windows.net/{TENANT}/",
        "metadata_issuer_matches",
        None,
    ),
    (
        f"{LOGIN}/contoso.onmicrosoft.com/v2.0{WELL_KNOWN}",
        f"{LOGIN}/{TENANT}/v2.0",
        "metadata_issuer_entra_other_name",
        f"{LOGIN}/{TENANT}/v2.0{WELL_KNOWN}",
    ),
    (
        f"https://login.windows.net/{TENANT}/v2.0{WELL_KNOWN}",
        f"{LOGIN}/{TENANT}/v2.0",
        "metadata_issuer_entra_other_name",
        f"{LOGIN}/{TENANT}/v2.0{WELL_KNOWN}",
    ),
    (
        f"{LOGIN}/{TENANT}/v2.0{WELL_KNOWN}",
        f"{LOGIN}/{TENANT.replace('1', '2')}/v2.0",
        "metadata_issuer_other",
        None,
    ),
    (
        f"https://evil.example/{TENANT}/v2.0{WELL_KNOWN}",
        f"{LOGIN}/{TENANT}/v2.0",
        "metadata_issuer_other",
        None,
    ),
    (
        f"https://login.microsoftonline.us/{TENANT}/v2.0{WELL_KNOWN}",
        f"https://login.microsoftonline.us/{TENANT}/v2.0",
        "metadata_issuer_matches",
        None,
    ),
    (
        f"https://login.microsoftonline.us/x.example/v2.0{WELL_KNOWN}",
        f"{LOGIN}/{TENANT}/v2.0",
        "metadata_issuer_other",
        None,
    ),
    (
        f"https://contoso.ciamlogin.com/{TENANT}/v2.0{WELL_KNOWN}",
        f"https://{TENANT}.ciamlogin.com/{TENANT}/v2.0",
        "metadata_issuer_external_id",
        f"https://{TENANT}.ciamlogin.com/{TENANT}/v2.0{WELL_KNOWN}",
    ),
    (
        f"https://evil.example/{TENANT}/v2.0{WELL_KNOWN}",
        f"https://{TENANT}.ciamlogin.com/{TENANT}/v2.0",
        "metadata_issuer_other",
        None,
    ),
    (
        f"https://x.b2clogin.com/x.onmicrosoft.com/b2c_1_in/v2.0{WELL_KNOWN}",
        f"https://x.b2clogin.com/{TENANT}/v2.0/",
        "metadata_issuer_b2c",
        None,
    ),
    (
        f"https://x.b2clogin.com/x.onmicrosoft.com/v2.0{WELL_KNOWN}?p=b2c_1_in",
        f"https://x.b2clogin.com/{TENANT}/v2.0/",
        "metadata_issuer_b2c",
        None,
    ),
    (
        f"https://y.b2clogin.com/x.onmicrosoft.com/b2c_1_in/v2.0{WELL_KNOWN}",
        f"https://x.b2clogin.com/{TENANT}/v2.0/",
        "metadata_issuer_other",
        None,
    ),
    (
        f"{LOGIN}/common/v2.0{WELL_KNOWN}",
        LOGIN + "/{tenantid}/v2.0",
        "metadata_issuer_any_tenant",
        None,
    ),
    (
        f"{LOGIN}/organizations/v2.0{WELL_KNOWN}",
        LOGIN + "/{tenantid}/v2.0",
        "metadata_issuer_any_tenant",
        None,
    ),
]


@pytest.mark.parametrize(("url", "issuer", "code", "instead"), ODDITIES)
def test_known_exceptions_are_named_and_nothing_passes_for_one(url, issuer, code, instead):
    _, findings = read(url=url, issuer=issuer)
    found = [f for f in findings if f.code.startswith("metadata_issuer")]
    assert [f.code for f in found] == [code]
    if instead:
        assert found[0].status is Status.WARN
        assert found[0].expected == instead


# Members and addresses


@pytest.mark.parametrize("name", ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_a_missing_member_that_the_sign_in_needs_is_a_failure(name):
    metadata, findings = read(**{name: None})
    assert metadata is None
    assert one(findings, "metadata_member_missing").about == name


def test_the_implicit_flow_needs_no_token_endpoint():
    metadata, findings = read(needs=ID_TOKEN, token_endpoint=None)
    assert metadata.token_endpoint == ""
    assert Status.FAIL not in statuses(findings).values()


@pytest.mark.parametrize(
    ("name", "value"),
    [("issuer", 1), ("jwks_uri", ["https://op.example/keys"]), ("token_endpoint", {"a": 1})],
)
def test_a_member_of_the_wrong_type_is_a_failure(name, value):
    metadata, findings = read(**{name: value})
    assert metadata is None
    assert one(findings, "metadata_member_wrong_type").about == name


ADDRESSES = [
    ("http://op.example/token", "metadata_endpoint_not_https"),
    ("/token", "metadata_endpoint_not_a_url"),
    ("https://op.example/to ken", "metadata_endpoint_not_a_url"),
    ("https://op.example/token#x", "metadata_endpoint_fragment"),
    ("https://me:word@op.example/token", "metadata_endpoint_userinfo"),
    ("http://localhost:8080/token", "metadata_endpoint_on_loopback"),
    ("https://127.0.0.1/token", "metadata_endpoint_on_loopback"),
]


@pytest.mark.parametrize(("address", "code"), ADDRESSES)
def test_an_address_that_the_sign_in_needs_is_https_and_whole(address, code):
    metadata, findings = read(token_endpoint=address)
    assert metadata is None
    assert one(findings, code).status is Status.FAIL
    assert ":word@" not in repr(findings)


@pytest.mark.parametrize(("address", "_code"), ADDRESSES)
def test_an_unfit_address_that_the_sign_in_does_without_is_left_out(address, _code):
    metadata, findings = read(userinfo_endpoint=address)
    assert metadata.userinfo_endpoint == ""
    assert one(findings, "metadata_optional_endpoint_unfit").about == "userinfo_endpoint"
    assert Status.FAIL not in statuses(findings).values()


@pytest.mark.parametrize("value", [7, True, ["https://op.example/user"], {}])
def test_an_optional_address_that_is_no_text_is_left_out_and_said(value):
    metadata, findings = read(userinfo_endpoint=value)
    assert metadata.userinfo_endpoint == ""
    found = one(findings, "metadata_optional_member_wrong_type")
    assert (found.about, found.status) == ("userinfo_endpoint", Status.WARN)
    assert found.actual


def test_an_optional_address_that_is_null_counts_as_absent():
    metadata, findings = read(userinfo_endpoint=None, revocation_endpoint="https://op.example/r")
    raw = {**document(), "userinfo_endpoint": None}
    metadata, findings = read_metadata(URL, json.dumps(raw).encode(), CODE)
    assert metadata.userinfo_endpoint == ""
    assert "metadata_endpoints_https" in codes(findings)


ELSEWHERE = [
    (ISSUER, "https://tokens.example/t", True),
    (ISSUER, "https://op.example:8443/t", False),
    ("https://accounts.google.com", "https://oauth2.googleapis.com/token", False),
    ("https://accounts.google.com", "https://googleapis.com.evil.example/token", True),
    (f"{LOGIN}/{TENANT}/v2.0", "https://graph.microsoft.com/oidc/userinfo", False),
    (f"https://sts.windows.net/{TENANT}/", f"{LOGIN}/{TENANT}/oauth2/token", False),
    (f"{LOGIN}/{TENANT}/v2.0", "https://login.example/token", True),
    (ISSUER, "https://graph.microsoft.com/oidc/userinfo", True),
    (
        "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a",
        "https://a.auth.eu-west-1.amazoncognito.com/oauth2/token",
        False,
    ),
]


@pytest.mark.parametrize(("issuer", "address", "warned"), ELSEWHERE)
def test_addresses_on_another_host_are_pointed_out(issuer, address, warned):
    at_home = {
        name: f"{issuer.rstrip('/')}/{name}"
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    }
    _, findings = read(issuer=issuer, **{**at_home, "userinfo_endpoint": address})
    assert ("metadata_endpoints_other_host" in codes(findings)) is warned


LISTS = [
    ("response_types_supported", None, "metadata_list_missing"),
    ("subject_types_supported", None, "metadata_list_missing"),
    ("id_token_signing_alg_values_supported", None, "metadata_list_missing"),
    ("response_types_supported", [], "metadata_list_missing"),
    ("response_types_supported", "code", "metadata_list_wrong_type"),
    ("scopes_supported", ["openid", 1], "metadata_list_wrong_type"),
    ("grant_types_supported", {"code": True}, "metadata_list_wrong_type"),
]


@pytest.mark.parametrize(("name", "value", "code"), LISTS)
def test_a_list_that_is_missing_or_no_list_is_a_warning(name, value, code):
    metadata, findings = read(**{name: value})
    assert getattr(metadata, name) is None
    finding = one(findings, code)
    assert (finding.about, finding.status) == (name, Status.WARN)
    assert Status.FAIL not in statuses(findings).values()


def test_an_empty_optional_list_counts_as_absent():
    _, findings = read(scopes_supported=[], capabilities=[])
    assert not any("list" in code for code in codes(findings))


# What the product needs

NEEDS = [
    (CODE, {}, "metadata_response_type_offered", Status.PASS),
    (
        CODE,
        {"response_types_supported": ["id_token"]},
        "metadata_response_type_not_offered",
        Status.FAIL,
    ),
    (
        Needs("id_token code"),
        {"response_types_supported": ["code id_token"]},
        "metadata_response_type_offered",
        Status.PASS,
    ),
    (ID_TOKEN, {}, "metadata_response_mode_offered", Status.PASS),
    (
        ID_TOKEN,
        {"response_modes_supported": None},
        "metadata_response_mode_not_listed",
        Status.UNKNOWN,
    ),
    (
        ID_TOKEN,
        {"response_modes_supported": ["query"]},
        "metadata_response_mode_not_offered",
        Status.FAIL,
    ),
    (
        Needs("code", "query"),
        {"response_modes_supported": None},
        "metadata_response_mode_offered",
        Status.PASS,
    ),
    (
        Needs("code", "query"),
        {"response_modes_supported": ["form_post"]},
        "metadata_response_mode_default_not_listed",
        Status.WARN,
    ),
    (CODE, {"grant_types_supported": ["implicit"]}, "metadata_grant_type_not_listed", Status.WARN),
    (
        ID_TOKEN,
        {"grant_types_supported": ["authorization_code"]},
        "metadata_grant_type_not_listed",
        Status.WARN,
    ),
    (CODE, {}, "metadata_auth_method_offered", Status.PASS),
    (
        CODE,
        {"token_endpoint_auth_methods_supported": ["client_secret_post"]},
        "metadata_auth_method_offered",
        Status.PASS,
    ),
    (
        CODE,
        {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
        "metadata_auth_method_not_offered",
        Status.FAIL,
    ),
    (CODE, {}, "metadata_alg_offered", Status.PASS),
    (
        CODE,
        {"id_token_signing_alg_values_supported": ["ES256"]},
        "metadata_alg_not_offered",
        Status.FAIL,
    ),
    (CODE, {"scopes_supported": ["openid"]}, "metadata_scope_not_listed", Status.UNKNOWN),
    (
        CODE,
        {"code_challenge_methods_supported": ["plain"]},
        "metadata_pkce_s256_not_listed",
        Status.WARN,
    ),
    (
        CODE,
        {"require_pushed_authorization_requests": True},
        "metadata_ordinary_request_refused",
        Status.FAIL,
    ),
    (
        CODE,
        {"require_signed_request_object": True},
        "metadata_ordinary_request_refused",
        Status.FAIL,
    ),
]


@pytest.mark.parametrize(("needs", "changes", "code", "status"), NEEDS)
def test_what_the_product_needs_is_held_against_what_is_offered(needs, changes, code, status):
    _, findings = read(needs=needs, **changes)
    assert one(findings, code).status is status


QUIET = [
    (CODE, {"grant_types_supported": None}, "metadata_grant_type_not_listed"),
    (ID_TOKEN, {"grant_types_supported": None}, "metadata_grant_type_not_listed"),
    (CODE, {"code_challenge_methods_supported": None}, "metadata_pkce_s256_not_listed"),
    (CODE, {"scopes_supported": None}, "metadata_scope_not_listed"),
    (ID_TOKEN, {"code_challenge_methods_supported": ["plain"]}, "metadata_pkce_s256_not_listed"),
    (
        ID_TOKEN,
        {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
        "metadata_auth_method_not_offered",
    ),
    (CODE, {"require_pushed_authorization_requests": "true"}, "metadata_ordinary_request_refused"),
]


@pytest.mark.parametrize(("needs", "changes", "code"), QUIET)
def test_an_absent_list_is_read_as_the_standards_default(needs, changes, code):
    _, findings = read(needs=needs, **changes)
    assert code not in codes(findings)


def test_the_defaults_of_absent_lists():
    metadata = metadata_from(document(response_modes_supported=None))
    assert metadata.response_modes == ("query", "fragment")
    assert metadata.grant_types == ("authorization_code", "implicit")
    assert metadata.token_endpoint_auth_methods == ("client_secret_basic",)
    assert metadata.iss_parameter_supported is False


# The recorded documents

RECORDED = [
    ("entra_tenant_v2", f"{LOGIN}/{TENANT}/v2.0", "metadata_issuer_matches", set()),
    ("entra_tenant_v2", f"{LOGIN}/contoso.com/v2.0", "metadata_issuer_entra_other_name", set()),
    (
        "entra_common_v2",
        f"{LOGIN}/common/v2.0",
        "metadata_issuer_any_tenant",
        {"metadata_issuer_any_tenant"},
    ),
    (
        "entra_common_v1",
        f"{LOGIN}/common",
        "metadata_issuer_any_tenant",
        {"metadata_issuer_any_tenant"},
    ),
    (
        "b2c",
        "https://sometenantid.b2clogin.com/sometenantid.onmicrosoft.com/policy/v2.0",
        "metadata_issuer_b2c",
        set(),
    ),
    ("adfs", "https://fs.contoso.com/adfs", "metadata_issuer_matches", set()),
    (
        "entra_simulated",
        f"{LOGIN}/{TENANT}/v2.0",
        "metadata_issuer_matches",
        {"metadata_endpoint_on_loopback"},
    ),
]


@pytest.mark.parametrize("needs", [CODE, ID_TOKEN], ids=["code", "id_token"])
@pytest.mark.parametrize(("name", "prefix", "issuer_code", "failures"), RECORDED)
def test_recorded_documents_pass_or_fail_as_they_should(name, prefix, issuer_code, failures, needs):
    _, findings = read_metadata(prefix + WELL_KNOWN, recorded(name), needs)
    assert issuer_code in codes(findings)
    assert {f.code for f in findings if f.status is Status.FAIL} == failures
    assert "metadata_endpoints_other_host" not in codes(findings)


def test_the_tenant_is_named_with_region_and_cloud():
    metadata, findings = read_metadata(
        f"{LOGIN}/{TENANT}/v2.0{WELL_KNOWN}", recorded("entra_tenant_v2"), CODE
    )
    assert tenant_of(metadata) == TENANT
    named = one(findings, "metadata_tenant_named")
    assert named.actual == f"{TENANT}, region NA, cloud microsoftonline.com"


def test_a_provider_without_tenants_names_none():
    metadata, findings = read()
    assert tenant_of(metadata) is None
    assert not any("tenant" in code for code in codes(findings))


def test_the_tenant_of_personal_accounts_is_pointed_out():
    personal = "9188040d-6c67-4c5b-b112-36a304b66dad"
    issuer = f"{LOGIN}/{personal}/v2.0"
    _, findings = read(url=f"{LOGIN}/consumers/v2.0{WELL_KNOWN}", issuer=issuer)
    assert one(findings, "metadata_tenant_personal_accounts").status is Status.WARN


# What is not a metadata document

BODIES = [
    (b"", "metadata_empty"),
    (b" \n", "metadata_empty"),
    (b"<!DOCTYPE html><title>Sign in to the Wi-Fi</title>", "metadata_web_page"),
    (b"\xef\xbb\xbf\n<HTML>", "metadata_web_page"),
    (b'<?xml version="1.0"?><EntityDescriptor/>', "metadata_xml"),
    (b"[]", "metadata_not_json"),
    (b"nonsense", "metadata_not_json"),
    (b"\xff\xfe", "metadata_not_json"),
    (b'{"issuer": "a", "issuer": "b"}', "metadata_not_json"),
    (b'{"x":' * 100 + b"1" + b"}" * 100, "metadata_not_json"),
]


@pytest.mark.parametrize(("body", "code"), BODIES)
def test_what_is_not_a_metadata_document_is_named(body, code):
    metadata, findings = read_metadata(URL, body, CODE)
    assert metadata is None
    assert [(f.code, f.status) for f in findings] == [(code, Status.FAIL)]


@made_up(200)
@given(
    st.dictionaries(
        st.sampled_from([*document(), "scopes_supported", "userinfo_endpoint", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: st.lists(inner, max_size=3),
            max_leaves=4,
        ),
    )
)
def test_any_document_is_judged_without_a_crash(changes):
    raw = {**document(), **changes}
    metadata, findings = read_metadata(URL, json.dumps(raw).encode(), ID_TOKEN)
    assert metadata is not None or any(f.status is Status.FAIL for f in findings)


@made_up(300)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_octets_in_place_of_a_document_are_judged_without_a_crash(body):
    metadata, findings = read_metadata(URL, body, CODE)
    assert metadata is None
    assert {finding.status for finding in findings} == {Status.FAIL}


@made_up(500)
@given(st.text(max_size=120) | st.text(max_size=100).map("https://".__add__))
def test_any_text_in_place_of_the_metadata_url_is_judged_without_a_crash(text):
    assert judge_metadata_url(text)
    assert tenant_of(metadata_from(document(issuer=text))) is None or "/" in text


# Keys


def keys(*changes):
    (base, *_) = json.loads(recorded("entra_v2_keys"))["keys"]
    return json.dumps(
        {"keys": [{k: v for k, v in {**base, **c}.items() if v is not None} for c in changes]}
    ).encode()


KEYS = [
    (recorded("entra_v2_keys"), {"keys_usable": Status.PASS}),
    (recorded("entra_v1_keys"), {"keys_usable": Status.PASS}),
    (keys({}), {"keys_usable": Status.PASS}),
    (keys({"kid": None, "use": None}), {"keys_usable": Status.PASS}),
    (keys({}, {"kid": "b", "use": "enc"}), {"keys_usable": Status.PASS}),
    (
        keys({"use": None}, {"kid": "b", "use": "enc"}),
        {"keys_usable": Status.PASS, "keys_use_missing": Status.WARN},
    ),
    (
        keys({"kid": None}, {"kid": "b"}),
        {"keys_usable": Status.PASS, "keys_without_kid": Status.WARN},
    ),
    (keys({}, {}), {"keys_usable": Status.PASS, "keys_same_kid": Status.WARN}),
    (keys({"d": "AQAB"}), {"keys_private": Status.FAIL}),
    (keys({}, {"kid": "b", "kty": "oct", "k": "AAAA"}), {"keys_symmetric": Status.FAIL}),
    (keys({"use": "enc"}), {"keys_none_usable": Status.FAIL}),
    (keys({"alg": "RS512"}), {"keys_none_usable": Status.FAIL}),
    (keys({"n": "AQAB"}), {"keys_none_usable": Status.FAIL}),
    (b'{"keys": []}', {"keys_none_usable": Status.FAIL}),
    (b'{"keys": {}}', {"keys_no_list": Status.FAIL}),
    (b'{"keys": [1]}', {"keys_none_usable": Status.FAIL}),
    (b"{}", {"keys_no_list": Status.FAIL}),
    (b"<html>", {"keys_not_json": Status.FAIL}),
    (b'{"keys": [' + b",".join([b"{}"] * 200) + b"]}", {"keys_too_many": Status.FAIL}),
]


@pytest.mark.parametrize(("body", "expected"), KEYS)
def test_the_keys_are_judged(body, expected):
    jwks, findings = judge_keys(body, "RS256")
    assert statuses(findings) == expected
    assert (jwks is None) is (Status.FAIL in expected.values())


def test_some_usable_keys_are_counted():
    _, (finding,) = judge_keys(keys({}, {"kid": "b", "use": "enc"}), "RS256")
    assert finding.actual == "1 of 2"


def test_with_a_mac_the_set_is_only_read_for_keys_that_must_not_be_there():
    assert judge_keys(b'{"keys": []}', "HS256") == ({"keys": []}, [])
    _, (finding,) = judge_keys(keys({"kty": "oct", "k": "AAAA"}), "HS256")
    assert finding.code == "keys_symmetric"


_MEMBERS = st.sampled_from(["kty", "kid", "alg", "use", "key_ops", "crv", "n", "e", "x", "y", "d"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)
_KEY = st.dictionaries(_MEMBERS, st.sampled_from(["RSA", "EC", "oct", "sig", "AQAB"]) | _JSON)


@made_up(500)
@given(
    st.binary(max_size=100)
    | _JSON.map(lambda value: json.dumps(value).encode())
    | st.lists(_KEY | _JSON, max_size=4).map(lambda found: json.dumps({"keys": found}).encode()),
    st.sampled_from(["RS256", "ES256", "HS256", "none", ""]),
)
def test_any_octets_in_place_of_keys_are_judged_without_a_crash(body, alg):
    found, findings = judge_keys(body, alg)
    assert found is not None or any(f.status is Status.FAIL for f in findings)
    json.dumps([[f.expected, f.actual] for f in findings], ensure_ascii=False).encode()
