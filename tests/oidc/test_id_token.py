"""The rules on an ID token's claims: each has its own code, held or broken."""

import json
import math
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.made_up import made_up
from wizard.oidc import id_token
from wizard.oidc.finding import Status
from wizard.oidc.id_token import Expected
from wizard.oidc.jose_guard import verify

from . import tokens
from .tokens import CLIENT_ID, ISSUER, NONCE, NOW, claims, half_hash

SECOND = int(NOW.timestamp())
EXPECTED = Expected(issuer=ISSUER, client_id=CLIENT_ID, nonce=NONCE, now=NOW)
HEADER = {"alg": "RS256"}
TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
COMMON = "https://login.microsoftonline.com/{tenantid}/v2.0"
OF_TENANT = COMMON.replace("{tenantid}", TENANT)


def judged(payload, expected=EXPECTED, header=HEADER, **changes):
    """The findings on `payload`."""
    return id_token.judge(payload, header, replace(expected, **changes))


def failures(findings):
    return [finding.code for finding in findings if finding.status is Status.FAIL]


def warnings(findings):
    return [finding.code for finding in findings if finding.status is Status.WARN]


def test_a_good_token_passes_every_rule_in_the_order_of_the_standard():
    findings = judged(claims())
    assert [(finding.code, finding.about) for finding in findings] == [
        ("token_issuer_matches", "iss"),
        ("audience_matches", "aud"),
        ("authorized_party_not_named", "azp"),
        ("expiry_ahead", "exp"),
        ("issued_at_recent", "iat"),
        ("nonce_matches", "nonce"),
        ("subject_named", "sub"),
        ("access_token_hash_not_needed", "at_hash"),
    ]
    assert {finding.status for finding in findings} == {Status.PASS}
    assert all(finding.spec for finding in findings)


GOOGLE = "https://accounts.google.com"


@pytest.mark.parametrize(
    ("issuer", "iss", "failed", "warned"),
    [
        (GOOGLE, GOOGLE, [], []),
        (GOOGLE, "accounts.google.com", [], ["token_issuer_without_scheme"]),
        (GOOGLE, "accounts.google.com/", ["token_issuer_other"], []),
        (GOOGLE, "http://accounts.google.com", ["token_issuer_other"], []),
        ("https://other.example", "accounts.google.com", ["token_issuer_other"], []),
    ],
)
def test_only_google_may_leave_out_the_scheme_of_its_issuer(issuer, iss, failed, warned):
    findings = judged(claims(iss=iss), issuer=issuer)
    assert failures(findings) == failed
    assert warnings(findings) == warned


# claims changed (... takes one out), the code of the one rule that fails
BROKEN = {
    "iss missing": ({"iss": ...}, "token_issuer_missing"),
    "iss null": ({"iss": None}, "token_issuer_missing"),
    "iss another": ({"iss": ISSUER + "1"}, "token_issuer_other"),
    "iss another host": ({"iss": "https://example.org/"}, "token_issuer_other"),
    "iss with a slash": ({"iss": ISSUER + "/"}, "token_issuer_slash"),
    "iss without a scheme": ({"iss": ISSUER.removeprefix("https://")}, "token_issuer_other"),
    "iss in capitals": ({"iss": ISSUER.upper()}, "token_issuer_other"),
    "iss with a port": ({"iss": "https://op.example:443/tenant"}, "token_issuer_other"),
    "iss http": ({"iss": ISSUER.replace("https", "http")}, "token_issuer_other"),
    "iss a list": ({"iss": [ISSUER]}, "token_issuer_other"),
    "iss empty": ({"iss": ""}, "token_issuer_other"),
    "aud missing": ({"aud": ...}, "audience_missing"),
    "aud null": ({"aud": None}, "audience_missing"),
    "aud an empty list": ({"aud": []}, "audience_missing"),
    "aud another": ({"aud": CLIENT_ID + "1"}, "audience_other"),
    "aud empty": ({"aud": ""}, "audience_other"),
    "aud two others": ({"aud": ["a", "b"]}, "audience_other"),
    "aud ours among others": ({"aud": [CLIENT_ID, "other"]}, "audience_also_others"),
    "aud ours last": ({"aud": ["other", CLIENT_ID]}, "audience_also_others"),
    "aud part of ours": ({"aud": CLIENT_ID[:-1]}, "audience_other"),
    "aud a number": ({"aud": 1}, "audience_not_text"),
    "aud an object": ({"aud": {CLIENT_ID: 1}}, "audience_not_text"),
    "aud with a number": ({"aud": [CLIENT_ID, 1]}, "audience_not_text"),
    "azp another": ({"azp": "other"}, "authorized_party_other"),
    "azp null": ({"azp": None}, "authorized_party_other"),
    "azp a list": ({"azp": [CLIENT_ID]}, "authorized_party_other"),
    "exp missing": ({"exp": ...}, "expiry_missing"),
    "exp null": ({"exp": None}, "expiry_missing"),
    "exp text": ({"exp": str(SECOND + 600)}, "expiry_not_a_number"),
    "exp true": ({"exp": True}, "expiry_not_a_number"),
    "exp a list": ({"exp": [SECOND + 600]}, "expiry_not_a_number"),
    "exp NaN": ({"exp": math.nan}, "expiry_not_a_number"),
    "exp an hour ago": ({"exp": SECOND - 3600}, "expiry_passed"),
    "exp at the end of the leeway": ({"exp": SECOND - 60}, "expiry_passed"),
    "exp zero": ({"exp": 0}, "expiry_passed"),
    "exp far below zero": ({"exp": -(10**299)}, "expiry_passed"),
    "nbf ahead": ({"nbf": SECOND + 61}, "not_before_ahead"),
    "nbf text": ({"nbf": "now"}, "not_before_not_a_number"),
    "nbf null": ({"nbf": None}, "not_before_not_a_number"),
    "iat missing": ({"iat": ...}, "issued_at_missing"),
    "iat text": ({"iat": str(SECOND)}, "issued_at_not_a_number"),
    "iat false": ({"iat": False}, "issued_at_not_a_number"),
    "iat ahead": ({"iat": SECOND + 61}, "issued_at_ahead"),
    "iat in a year": ({"iat": SECOND + 365 * 86400}, "issued_at_ahead"),
    "iat 10**299": ({"iat": 10**299}, "issued_at_ahead"),
    "iat eleven minutes ago": ({"iat": SECOND - 661}, "issued_at_too_old"),
    "iat a week ago": ({"iat": SECOND - 7 * 86400}, "issued_at_too_old"),
    "iat ten years ago": ({"iat": SECOND - 3650 * 86400}, "issued_at_too_old"),
    "nonce missing": ({"nonce": ...}, "nonce_missing"),
    "nonce null": ({"nonce": None}, "nonce_missing"),
    "nonce longer": ({"nonce": NONCE + "1"}, "nonce_other"),
    "nonce another": ({"nonce": "012345678"}, "nonce_other"),
    "nonce empty": ({"nonce": ""}, "nonce_other"),
    "nonce a list": ({"nonce": [NONCE]}, "nonce_other"),
    "sub missing": ({"sub": ...}, "subject_missing"),
    "sub null": ({"sub": None}, "subject_missing"),
    "sub empty": ({"sub": ""}, "subject_empty"),
    "sub 256 characters": ({"sub": "x" * 256}, "subject_too_long"),
    "sub 10 kB": ({"sub": "x" * 10_000}, "subject_too_long"),
    "sub a number": ({"sub": 17}, "subject_not_text"),
    "sub a list": ({"sub": ["17"]}, "subject_not_text"),
}


@pytest.mark.parametrize(("changes", "code"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_claim_fails_its_own_rule_and_no_other(changes, code):
    assert failures(judged(claims(**changes))) == [code]


HELD = {
    "aud as a list": {"aud": [CLIENT_ID]},
    "aud twice ours": {"aud": [CLIENT_ID, CLIENT_ID]},
    "azp ours": {"azp": CLIENT_ID},
    "exp within the leeway": {"exp": SECOND - 59},
    "exp with a fraction": {"exp": SECOND + 0.5},
    "nbf within the leeway": {"nbf": SECOND + 60},
    "nbf in 1970": {"nbf": 0},
    "iat within the leeway": {"iat": SECOND + 60},
    "iat with a fraction": {"iat": SECOND - 0.25},
    "iat five minutes ago, as Entra writes it": {"iat": SECOND - 300, "nbf": SECOND - 300},
    "iat at the end of the window": {"iat": SECOND - 660},
    "sub of 255 characters": {"sub": "x" * 255},
    "claims nobody asked for": {"acr": 0, "amr": None, "auth_time": "then", "c_hash": 1},
}


@pytest.mark.parametrize("changes", HELD.values(), ids=HELD.keys())
def test_a_claim_at_the_edge_of_what_is_right_passes(changes):
    findings = judged(claims(**changes))
    assert failures(findings) + warnings(findings) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": 253_402_300_799}, "expiry_far_ahead"),
        ({"exp": 10**299}, "expiry_far_ahead"),
        ({"sub": "ü"}, "subject_not_ascii"),
    ],
)
def test_an_odd_claim_is_warned_about(changes, code):
    findings = judged(claims(**changes))
    assert (failures(findings), warnings(findings)) == ([], [code])


def test_missing_and_wrong_say_what_was_expected_and_what_was_there():
    other = next(f for f in judged(claims(aud=["other"])) if f.code == "audience_other")
    assert (other.expected, other.actual) == (CLIENT_ID, "other")
    missing = next(f for f in judged(claims(aud=...)) if f.code == "audience_missing")
    assert (missing.expected, missing.actual) == (CLIENT_ID, "")


@pytest.mark.parametrize(
    ("changes", "code", "actual"),
    [
        ({"exp": SECOND - 3600}, "expiry_passed", "2026-03-02 11:00:00 UTC, 60 min ago"),
        ({"exp": SECOND - 90}, "expiry_passed", "2026-03-02 11:58:30 UTC, 90 s ago"),
        ({"exp": SECOND + 7200}, "expiry_ahead", "2026-03-02 14:00:00 UTC, 2 h ahead"),
        ({"iat": SECOND}, "issued_at_recent", "2026-03-02 12:00:00 UTC, now"),
        ({"iat": SECOND - 4 * 86400}, "issued_at_too_old", "2026-02-26 12:00:00 UTC, 4 d ago"),
        ({"iat": 10**299}, "issued_at_ahead", "a very large number"),
    ],
)
def test_a_time_is_shown_as_a_date_with_its_distance(changes, code, actual):
    found = next(finding for finding in judged(claims(**changes)) if finding.code == code)
    assert found.actual == actual


def test_a_clock_that_is_wrong_moves_every_time_with_it():
    late = judged(claims(), now=NOW + timedelta(hours=2))
    assert failures(late) == ["expiry_passed", "issued_at_too_old"]
    early = judged(claims(nbf=SECOND), now=NOW - timedelta(minutes=3))
    assert failures(early) == ["not_before_ahead", "issued_at_ahead"]
    assert failures(judged(claims(nbf=SECOND), now=NOW - timedelta(seconds=30))) == []


def test_now_must_know_its_time_zone():
    with pytest.raises(ValueError, match="aware"):
        judged(claims(), now=datetime(2026, 3, 2, 12, 0, 0))


@pytest.mark.parametrize(
    ("iss", "tid", "codes"),
    [
        (OF_TENANT, TENANT, []),
        (OF_TENANT, TENANT.upper(), ["token_issuer_other"]),
        (OF_TENANT, "00000000-0000-4000-8000-000000000000", ["token_issuer_other"]),
        (OF_TENANT, ..., ["tenant_missing"]),
        (OF_TENANT, None, ["tenant_missing"]),
        (OF_TENANT, "", ["tenant_not_an_id"]),
        (OF_TENANT, 17, ["tenant_not_an_id"]),
        ("https://login.microsoftonline.com/a/../b/v2.0", "a/../b", ["tenant_not_an_id"]),
        (COMMON, "{tenantid}", ["tenant_not_an_id"]),
        (OF_TENANT + "/", TENANT, ["token_issuer_slash"]),
        (..., TENANT, ["token_issuer_missing"]),
    ],
)
def test_an_issuer_with_a_place_for_the_tenant_takes_only_the_tokens_own_tenant_id(iss, tid, codes):
    assert failures(judged(claims(iss=iss, tid=tid), issuer=COMMON)) == codes


def test_the_tenant_id_changes_nothing_where_the_issuer_has_no_place_for_it():
    assert failures(judged(claims(iss=OF_TENANT, tid="other"), issuer=OF_TENANT)) == []


@pytest.mark.parametrize(
    ("key_issuer", "code", "failed"),
    [
        (COMMON, "token_key_issuer_matches", []),
        (OF_TENANT, "token_key_issuer_matches", []),
        (
            COMMON.replace("{tenantid}", "00000000-0000-4000-8000-000000000000"),
            "token_key_issuer_other",
            ["token_key_issuer_other"],
        ),
    ],
)
def test_a_key_of_another_tenant_may_not_sign(key_issuer, code, failed):
    found = judged(claims(iss=OF_TENANT, tid=TENANT), issuer=COMMON, key_issuer=key_issuer)
    assert code in [finding.code for finding in found]
    assert failures(found) == failed


ACCESS = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
CODE = "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"


def test_the_hashes_are_those_of_the_standards_own_example():
    """OpenID Connect Core 1.0, A.4 and A.6."""
    assert half_hash(ACCESS) == "77QmUPtjPfzWtF2AnpK9RQ"
    assert half_hash(CODE) == "LDktKdoQak3Pk0cnXxCltA"


# response_type, from_browser, at_hash, access token, the code found
AT_HASH = [
    ("code", None, half_hash(ACCESS), ACCESS, "access_token_hash_matches"),
    ("code", None, ..., ACCESS, "access_token_hash_not_sent"),
    ("code", None, None, ACCESS, "access_token_hash_not_sent"),
    ("code", None, half_hash(ACCESS) + "1", ACCESS, "access_token_hash_other"),
    ("code", None, half_hash(ACCESS, "RS512"), ACCESS, "access_token_hash_other"),
    ("code", None, 17, ACCESS, "access_token_hash_other"),
    ("code", None, half_hash(ACCESS), None, "access_token_hash_not_needed"),
    ("id_token", None, ..., None, "access_token_hash_not_needed"),
    ("id_token token", None, half_hash(ACCESS), ACCESS, "access_token_hash_matches"),
    ("id_token token", None, ..., ACCESS, "access_token_hash_missing"),
    ("id_token token", None, "", ACCESS, "access_token_hash_other"),
    ("code id_token token", True, ..., ACCESS, "access_token_hash_missing"),
    ("code id_token token", False, ..., ACCESS, "access_token_hash_not_sent"),
]


@pytest.mark.parametrize(("response_type", "browser", "at_hash", "access", "code"), AT_HASH)
def test_at_hash_is_a_duty_only_where_the_access_token_came_through_the_browser(
    response_type, browser, at_hash, access, code
):
    found = judged(
        claims(at_hash=at_hash, c_hash=half_hash(CODE)),
        response_type=response_type,
        from_browser=browser,
        access_token=access,
        code=CODE,
    )
    assert [finding.code for finding in found if finding.about == "at_hash"] == [code]
    assert failures(found) == ([code] if code.endswith(("other", "missing")) else [])


# response_type, from_browser, c_hash, the codes found
C_HASH = [
    ("code id_token", None, half_hash(CODE), ["code_hash_matches"]),
    ("code id_token", None, ..., ["code_hash_missing"]),
    ("code id_token", None, half_hash(CODE) + "1", ["code_hash_other"]),
    ("code id_token", None, half_hash(ACCESS), ["code_hash_other"]),
    ("code id_token", False, ..., []),
    ("code", None, ..., []),
    ("id_token", None, ..., []),
]


@pytest.mark.parametrize(("response_type", "browser", "c_hash", "codes"), C_HASH)
def test_c_hash_is_a_duty_where_code_and_id_token_came_together(
    response_type, browser, c_hash, codes
):
    found = judged(
        claims(c_hash=c_hash), response_type=response_type, from_browser=browser, code=CODE
    )
    assert [finding.code for finding in found if finding.about == "c_hash"] == codes


@pytest.mark.parametrize("alg", ["RS256", "RS384", "ES512", "HS384"])
def test_the_hash_is_the_one_the_tokens_algorithm_names(alg):
    found = judged(claims(at_hash=half_hash(ACCESS, alg)), header={"alg": alg}, access_token=ACCESS)
    assert found[-1].code == "access_token_hash_matches"


@pytest.mark.parametrize(
    ("auth_time", "codes"),
    [
        (SECOND - 300, ["auth_time_recent"]),
        (SECOND - 300.5, ["auth_time_recent"]),
        (SECOND - 360, ["auth_time_recent"]),
        (SECOND - 361, ["auth_time_too_old"]),
        (SECOND + 61, ["auth_time_ahead"]),
        (..., ["auth_time_missing"]),
        ("now", ["auth_time_not_a_number"]),
    ],
)
def test_auth_time_is_judged_when_max_age_was_asked(auth_time, codes):
    found = judged(claims(auth_time=auth_time), max_age=300)
    assert [finding.code for finding in found if finding.about == "auth_time"] == codes


def test_auth_time_is_not_judged_when_nobody_asked_for_it():
    assert not [f for f in judged(claims(auth_time="then")) if f.about == "auth_time"]


def test_no_finding_shows_nonce_code_or_token():
    found = judged(
        claims(nonce=NONCE + "1", at_hash="x", c_hash="y"),
        response_type="code id_token",
        code=CODE,
        access_token=ACCESS,
    )
    shown = repr(found)
    assert NONCE not in shown
    assert CODE not in shown
    assert ACCESS not in shown
    wrong = next(finding for finding in found if finding.code == "nonce_other")
    assert (wrong.expected, wrong.actual) == ("n-0S6_… (43 characters)", "n-0S6_… (44 characters)")


def test_what_is_expected_keeps_its_secrets_out_of_its_repr():
    shown = repr(replace(EXPECTED, code=CODE, access_token=ACCESS))
    assert NONCE not in shown
    assert CODE not in shown
    assert ACCESS not in shown


@pytest.mark.parametrize("alg", ["RS256", "ES256", "RS512"])
def test_the_whole_way_from_a_signed_token_to_its_verdict(alg):
    payload = claims(at_hash=half_hash(ACCESS, alg))
    text = tokens.token(payload, alg=alg)
    verified = verify(text, tokens.key_set(tokens.key_for(alg)), alg=alg, offered=[alg])
    found = judged(verified.claims, header=verified.header, alg=alg, access_token=ACCESS)
    assert failures(found) == []


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**30, max_value=10**299)
    | st.floats()
    | st.text(max_size=400),
    lambda inner: st.lists(inner, max_size=7) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)
names = st.sampled_from(
    [
        "iss",
        "aud",
        "azp",
        "exp",
        "nbf",
        "iat",
        "nonce",
        "sub",
        "tid",
        "auth_time",
        "at_hash",
        "c_hash",
        "acr",
    ]
)


@made_up(250)
@given(
    st.dictionaries(names, json_values),
    st.dictionaries(st.sampled_from(["alg", "kid"]), json_values),
    st.sampled_from([ISSUER, COMMON]),
)
def test_no_json_value_in_a_claim_raises_or_is_shown_unbounded(payload, header, issuer):
    found = judged(
        claims(**payload),
        header=header,
        issuer=issuer,
        response_type="code id_token token",
        code=CODE,
        access_token=ACCESS,
        max_age=300,
        key_issuer=COMMON,
    )
    assert found
    for finding in found:
        assert len(finding.expected) <= 300
        assert len(finding.actual) <= 300
        assert not any(ord(character) < 32 for character in finding.expected + finding.actual)
    json.dumps([finding.actual for finding in found], ensure_ascii=False).encode()
