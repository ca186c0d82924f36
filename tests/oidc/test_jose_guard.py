"""What python-jose lets through is refused by its own code; what it trips over is accepted."""

import base64
import json
import time

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from tests.support.made_up import made_up
from wizard.oidc import base64url
from wizard.oidc.finding import Status
from wizard.oidc.jose_guard import ALGS, TokenRefused, Verified, describe_keys, usable_keys, verify

from . import tokens
from .tokens import ec_key, ed_key, key_for, key_set, rsa_key, token

SECRET = "x~8Q-made-up-secret-of-forty-characters."
RSA = rsa_key()
OTHER = rsa_key("rsa-2")
EC = ec_key()


def refused(text, jwks=None, *, alg="RS256", offered=("RS256",), secret=None):
    """The refusal of `text`."""
    jwks = key_set(RSA) if jwks is None else jwks
    with pytest.raises(TokenRefused) as caught:
        verify(text, jwks, alg=alg, offered=offered, client_secret=secret)
    return caught.value


def accepted(text, jwks=None, *, alg="RS256", offered=("RS256",), secret=None):
    """`text` opened, which must work."""
    jwks = key_set(RSA) if jwks is None else jwks
    return verify(text, jwks, alg=alg, offered=offered, client_secret=secret)


def header(**members):
    return {"alg": "RS256", "kid": RSA.kid, **members}


def with_part(number, change):
    """A good token with one of its three parts written otherwise."""
    parts = token().split(".")
    parts[number] = change(parts[number])
    return ".".join(parts)


def last_bits_changed(part):
    """Another spelling of the same octets: the last character's stray bits set."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert len(part) % 4 in (2, 3)
    return part[:-1] + alphabet[alphabet.index(part[-1]) + 1]


# A signature of 2048 bits ends in a character with stray bits.
SHAPES = {
    "nothing": ("", "token_not_three_parts"),
    "one part": ("abc", "token_not_three_parts"),
    "two parts": ("a.b", "token_not_three_parts"),
    "four parts": ("a.b.c.d", "token_not_three_parts"),
    "encrypted": ("a.b.c.d.e", "token_encrypted"),
    "six parts": ("a.b.c.d.e.f", "token_not_three_parts"),
    "5 MB": ("x" * 5_000_000, "token_too_large"),
    "just over 32 kB": (token({"a": "x" * 24_500}), "token_too_large"),
    "space before": (" " + token(), "token_not_base64url"),
    "line break after": (token() + "\n", "token_not_base64url"),
    "padded signature": (token() + "====", "token_not_base64url"),
    "last character changed": (with_part(2, last_bits_changed), "token_not_base64url"),
    "plain base64 alphabet": (
        with_part(2, lambda part: "+/" + part[2:]),
        "token_not_base64url",
    ),
    "a length no base64 has": (
        with_part(1, lambda part: part + "A" * ((1 - len(part)) % 4)),
        "token_not_base64url",
    ),
    "a letter outside ASCII": (with_part(2, lambda part: "é" + part[1:]), "token_not_base64url"),
    "a lone surrogate": (with_part(2, lambda part: "\ud800" + part[1:]), "token_not_base64url"),
}


@pytest.mark.parametrize(("text", "code"), SHAPES.values(), ids=SHAPES.keys())
def test_a_token_of_another_shape_is_refused(text, code):
    assert refused(text).code == code


@pytest.mark.parametrize("value", [None, 17, [], {}, b"a.b.c", True])
def test_a_token_that_is_not_text_is_refused(value):
    assert refused(value).code == "token_not_text"


DEEP = b'{"alg":"RS256","a":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
HEADERS = {
    "not JSON": (b"RS256", "token_header_not_json", "not_json"),
    "a list": (b'["RS256"]', "token_header_not_json", "not_an_object"),
    "two algs": (b'{"alg":"none","alg":"RS256"}', "token_header_not_json", "duplicate_name"),
    "NaN": (b'{"alg":"RS256","a":NaN}', "token_header_not_json", "not_a_number"),
    "nested 10 000 deep": (DEEP, "token_header_not_json", "too_deep"),
    "not UTF-8": (b'{"alg":"RS256","a":"\xff"}', "token_header_not_json", "not_utf8"),
    "a number of 5000 digits": (
        b'{"alg":"RS256","a":' + b"9" * 5000 + b"}",
        "token_header_not_json",
        "not_a_number",
    ),
    "no alg": ({"kid": RSA.kid}, "token_alg_missing", ""),
    "alg null": (header(alg=None), "token_alg_missing", ""),
    "alg empty": (header(alg=""), "token_alg_missing", ""),
    "alg a number": (header(alg=256), "token_alg_missing", "256"),
    "alg a list": (header(alg=["RS256"]), "token_alg_missing", "RS256"),
    "alg none": (header(alg="none"), "token_alg_none", "none"),
    "alg NONE": (header(alg="NoNe"), "token_alg_none", "NoNe"),
    "PS256": (header(alg="PS256"), "token_alg_not_judged", "PS256"),
    "EdDSA": (header(alg="EdDSA"), "token_alg_not_judged", "EdDSA"),
    "ES256K": (header(alg="ES256K"), "token_alg_not_judged", "ES256K"),
    "rs256 in small letters": (header(alg="rs256"), "token_alg_not_judged", "rs256"),
    "RS384 where RS256 was chosen": (header(alg="RS384"), "token_alg_other", "RS384"),
    "HS256 where RS256 was chosen": (header(alg="HS256"), "token_alg_other", "HS256"),
    "crit": (header(crit=["exp"], exp=1), "token_crit", "exp"),
    "crit empty": (header(crit=[]), "token_crit", "an empty list"),
    "b64 false": (header(b64=False), "token_b64", "false"),
    "b64 true": (header(b64=True), "token_b64", "true"),
    "zip": (header(zip="DEF"), "token_zip", "DEF"),
    "an access token": (header(typ="at+jwt"), "token_typ_other", "at+jwt"),
    "a logout token": (header(typ="logout+jwt"), "token_typ_other", "logout+jwt"),
    "typ a number": (header(typ=1), "token_typ_other", "1"),
    "typ null": (header(typ=None), "token_typ_other", "null"),
    "kid a number": (header(kid=1), "token_kid_not_text", "a number"),
    "kid null": (header(kid=None), "token_kid_not_text", "null"),
    "kid a list": (header(kid=[RSA.kid]), "token_kid_not_text", "a list"),
}


@pytest.mark.parametrize(("octets", "code", "actual"), HEADERS.values(), ids=HEADERS.keys())
def test_a_header_is_judged_before_any_key_is_touched(octets, code, actual):
    refusal = refused(token(header=octets), jwks={})
    assert (refusal.code, refusal.actual.partition(":")[0]) == (code, actual)


@pytest.mark.parametrize("typ", [None, "JWT", "jwt", "application/jwt", "APPLICATION/JWT"])
def test_a_typ_of_jwt_or_none_at_all_is_accepted(typ):
    assert accepted(token(typ=typ)).claims["sub"]


CLAIMS = {
    "empty": (b"", "empty"),
    "text": (b"hello", "not_json"),
    "a list": (b"[]", "not_an_object"),
    "aud twice": (b'{"aud":"other","aud":"me"}', "duplicate_name"),
    "exp NaN": (b'{"exp":NaN}', "not_a_number"),
    "exp 1e400": (b'{"exp":1e400}', "not_a_number"),
    "nested 10 000 deep": (b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}", "too_deep"),
    "not UTF-8": (b'{"sub":"\xe9"}', "not_utf8"),
}


@pytest.mark.parametrize(("payload", "reason"), CLAIMS.values(), ids=CLAIMS.keys())
def test_signed_claims_that_are_not_strict_json_are_refused(payload, reason):
    refusal = refused(token(payload))
    assert (refusal.code, refusal.actual.partition(":")[0]) == ("token_claims_not_json", reason)


@pytest.mark.parametrize("alg", [alg for alg in ALGS if not alg.startswith("HS")])
def test_each_algorithm_we_support_verifies_and_a_changed_signature_does_not(alg):
    keys = key_set(ed_key(), key_for(alg))
    text = token(alg=alg)
    verified = accepted(text, keys, alg=alg, offered=None)
    assert verified.claims == tokens.claims()
    assert verified.kid == key_for(alg).kid
    assert [finding.code for finding in verified.findings] == [
        "token_alg_agreed",
        "token_signature_holds",
    ]
    wrong = tokens.changed_signature(text)
    assert refused(wrong, keys, alg=alg, offered=None).code == "token_signature_wrong"


@pytest.mark.parametrize("alg", ["PS256", "EdDSA"])
def test_an_algorithm_we_do_not_judge_is_named_and_not_called_forged(alg):
    refusal = refused(token(alg=alg), key_set(key_for(alg)), offered=(alg,))
    assert (refusal.code, refusal.expected, refusal.actual) == (
        "token_alg_not_judged",
        "RS256",
        alg,
    )


def test_an_algorithm_the_provider_does_not_offer_is_refused():
    refusal = refused(token(), offered=("ES256", "PS256"))
    assert (refusal.code, refusal.expected) == ("token_alg_not_offered", "ES256, PS256")


@pytest.mark.parametrize("offered", [None, ("RS256",), ["PS256", "RS256"]])
def test_no_list_of_algorithms_means_no_restriction_beyond_the_chosen_one(offered):
    assert accepted(token(), offered=offered).claims["iss"] == tokens.ISSUER


def test_the_chosen_algorithm_is_a_whole_word():
    assert refused(token(), alg="RS256,HS256", offered=None).code == "token_alg_other"


@pytest.mark.parametrize(
    ("name", "text"),
    {
        "another key's": token(key=OTHER, kid="rsa-1"),
        "none": token().rpartition(".")[0] + ".",
        "another token's": ".".join([*token().split(".")[:2], token({}).split(".")[2]]),
        "of changed claims": with_part(1, lambda _: base64url.encode(b'{"sub":"admin"}')),
        "cut": token()[:-2],  # 340 characters are whole groups of four
        "an attacker's key in the header": token(key=OTHER, kid="rsa-1", jwk=OTHER.jwk()),
        "an attacker's address in the header": token(
            key=OTHER, kid="rsa-1", jku="https://evil.example/keys"
        ),
    }.items(),
)
def test_a_signature_that_is_not_the_keys_is_refused(name, text):
    assert refused(text).code == "token_signature_wrong", name


# Keys of other kinds, and broken ones: all are in sets in the field, and none may hurt.
FOREIGN = {
    "EC": EC.jwk(),
    "OKP": ed_key().jwk(),
    "RSA without n": {"kty": "RSA", "kid": "no-n", "e": "AQAB"},
    "x5c only": {"kty": "RSA", "kid": "x5c", "x5c": ["MIIB"]},
    "unknown curve": {"kty": "EC", "kid": "k1", "crv": "secp256k1", "x": "AA", "y": "AA"},
    "unknown kty": {"kty": "AKP", "kid": "ml", "alg": "ML-DSA-44", "pub": "AA"},
    "kty a list": {"kty": ["RSA"], "kid": "list"},
    "for encryption": OTHER.jwk(kid="enc", use="enc"),
    "without kid": OTHER.jwk(kid=None),
    "not a key": "text",
    "null": None,
    "kid a number": OTHER.jwk(kid=7),
    "RSA-1024": rsa_key("small", 1024).jwk(),
    "members null": {"kty": None, "n": None, "kid": None},
}


@pytest.mark.parametrize("key", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_foreign_key_before_ours_never_hurts(key):
    assert accepted(token(), key_set(key, RSA)).kid == RSA.kid


@pytest.mark.parametrize("name", [name for name in FOREIGN if name != "without kid"])
def test_a_foreign_key_before_ours_never_hurts_a_token_without_kid(name):
    assert accepted(token(kid=None), key_set(FOREIGN[name], RSA)).kid is None


def test_all_foreign_keys_together_never_hurt():
    assert accepted(token(), key_set(*FOREIGN.values(), RSA)).kid == RSA.kid


def test_a_member_that_is_null_counts_as_absent():
    key = {**RSA.jwk(), "use": None, "alg": None, "key_ops": None, "d": None, "k": None}
    assert accepted(token(), key_set(key)).kid == RSA.kid


def test_the_same_kid_on_an_encryption_key_does_not_hurt():
    keys = key_set(OTHER.jwk(use="enc", kid=RSA.kid), RSA)
    assert accepted(token(), keys).kid == RSA.kid


def test_a_member_named_keys_in_a_key_is_not_read_as_a_set():
    keys = key_set({**RSA.jwk(), "keys": [OTHER.jwk()]})
    assert refused(token(key=OTHER, kid=RSA.kid), keys).code == "token_signature_wrong"
    assert accepted(token(), keys).kid == RSA.kid


def even(number):
    return tokens.integer(number & ~1)


MODULUS = RSA.private.public_key().public_numbers().n
UNFIT = {
    "use enc": (RSA.jwk(use="enc"), "use is enc, not sig"),
    "use a list": (RSA.jwk(use=["sig"]), "use is sig, not sig"),
    "key_ops encrypt": (RSA.jwk(key_ops=["encrypt"]), "key_ops does not hold verify"),
    "key_ops text": (RSA.jwk(key_ops="verify"), "key_ops does not hold verify"),
    "alg RS512": (RSA.jwk(alg="RS512"), "alg is RS512, not RS256"),
    "alg PS256": (RSA.jwk(alg="PS256"), "alg is PS256, not RS256"),
    "kty EC": (EC.jwk(kid=RSA.kid), "kty is EC, RS256 needs RSA"),
    "no n": (RSA.jwk(n=None), "n or e is missing or not base64url"),
    "n padded": (RSA.jwk(n=RSA.jwk()["n"] + "=="), "n or e is missing or not base64url"),
    "n a number": (RSA.jwk(n=MODULUS), "n or e is missing or not base64url"),
    "n 1 MB": (RSA.jwk(n="x" * 1_000_000), "n or e is missing or not base64url"),
    "1024 bits": (rsa_key("small", 1024).jwk(kid=RSA.kid), "1024 bits, not 2048 to 8192"),
    "8200 bits": (RSA.jwk(n=tokens.integer(1 << 8199 | 1)), "8200 bits, not 2048 to 8192"),
    "even n": (RSA.jwk(n=even(MODULUS)), "n is an even number"),
    "e 1": (RSA.jwk(e="AQ"), "e is not an odd number of 3 or more"),
    "e even": (RSA.jwk(e="AQAA"), "e is not an odd number of 3 or more"),
    "e zero": (RSA.jwk(e="AA"), "e is not an odd number of 3 or more"),
    "e of 2048 bits": (RSA.jwk(e=RSA.jwk()["n"]), "e is not an odd number of 3 or more"),
}


@pytest.mark.parametrize(("key", "reason"), UNFIT.values(), ids=UNFIT.keys())
def test_a_key_that_does_not_fit_is_refused_with_the_reason(key, reason):
    refusal = refused(token(), key_set(key))
    assert (refusal.code, refusal.actual) == ("token_key_unfit", reason)


X, Y = EC.jwk()["x"], EC.jwk()["y"]
P384 = ec_key("ec-384", "P-384")
UNFIT_EC = {
    "crv P-384": (P384.jwk(kid=EC.kid), "crv is P-384, ES256 needs P-256"),
    "crv secp256k1": (
        ec_key("k1", "secp256k1").jwk(kid=EC.kid),
        "crv is secp256k1, ES256 needs P-256",
    ),
    "no y": (EC.jwk(y=None), "x or y is missing or not base64url"),
    "x cut": (EC.jwk(x=X[:-2]), "x or y is missing or not base64url"),
    "31 octets": (
        EC.jwk(x=base64url.encode(base64url.decode(X)[1:])),
        "x and y are not 32 octets each",
    ),
    "not on the curve": (EC.jwk(x=Y, y=X), "not a point on P-256"),
    "the origin": (EC.jwk(x="A" * 43, y="A" * 43), "not a point on P-256"),
    "beyond the field": (
        EC.jwk(x=base64url.encode(b"\xff" * 32)),
        "not a point on P-256",
    ),
}


@pytest.mark.parametrize(("key", "reason"), UNFIT_EC.values(), ids=UNFIT_EC.keys())
def test_a_curve_key_that_does_not_fit_is_refused_with_the_reason(key, reason):
    refusal = refused(token(alg="ES256", key=EC), key_set(key), alg="ES256", offered=None)
    assert (refusal.code, refusal.actual) == ("token_key_unfit", reason)


def test_es256_with_a_key_of_p384_is_refused():
    text = token(alg="ES256", key=P384)
    assert refused(text, key_set(P384), alg="ES256", offered=None).code == "token_key_unfit"


SETS = {
    "no list": ({}, "token_keys_no_list"),
    "not an object": ([], "token_keys_no_list"),
    "none": (None, "token_keys_no_list"),
    "keys an object": ({"keys": {"0": RSA.jwk()}}, "token_keys_no_list"),
    "empty": ({"keys": []}, "key_unknown_kid"),
    "65 keys": (key_set(*[RSA] * 65), "token_keys_too_many"),
    "10 000 keys": (key_set(*[RSA.jwk()] * 10_000), "token_keys_too_many"),
    "another kid": (key_set(OTHER), "key_unknown_kid"),
    "kid in capitals": (key_set(RSA.jwk(kid="RSA-1")), "key_unknown_kid"),
    "the right key without kid": (key_set(RSA.jwk(kid=None)), "key_unknown_kid"),
    "kid names another key": (
        key_set(OTHER.jwk(kid=RSA.kid), RSA.jwk(kid="rsa-2")),
        "token_signature_wrong",
    ),
    "kid twice": (key_set(OTHER.jwk(kid=RSA.kid), RSA), "token_key_twice"),
    "a private key": (key_set(RSA.private_jwk()), "token_keys_private"),
    "another's private key": (key_set(EC.private_jwk(), RSA), "token_keys_private"),
    "a symmetric key": (key_set({"kty": "oct", "k": "c2VjcmV0"}, RSA), "token_keys_symmetric"),
    "k in an RSA key": (key_set(RSA.jwk(k="c2VjcmV0")), "token_keys_symmetric"),
}


@pytest.mark.parametrize(("jwks", "code"), SETS.values(), ids=SETS.keys())
def test_a_key_set_is_judged_before_its_keys_are_used(jwks, code):
    with pytest.raises(TokenRefused) as caught:
        verify(token(), jwks, alg="RS256", offered=None)
    assert caught.value.code == code


def test_an_unknown_kid_tells_what_was_asked_and_what_is_there():
    refusal = refused(token(kid="gone"), key_set(RSA, EC))
    assert (refusal.code, refusal.actual) == ("key_unknown_kid", "gone")
    assert refusal.expected == "rsa-1, ec-1"


def test_a_token_without_kid_finds_the_one_key_that_fits():
    assert accepted(token(kid=None), key_set(EC, RSA.jwk(kid=None))).kid is None


def test_a_token_without_kid_is_tried_with_up_to_eight_keys():
    others = [OTHER] * 8
    assert accepted(token(kid=None), key_set(*others[:7], RSA)).claims["sub"]
    assert refused(token(kid=None), key_set(*others)).code == "token_signature_wrong"
    refusal = refused(token(kid=None), key_set(*others, RSA))
    assert (refusal.code, refusal.actual) == ("token_key_not_named", "9 keys fit")


@pytest.mark.parametrize(
    ("jwks", "actual"),
    [
        ({"keys": []}, "no keys"),
        (key_set(EC), "ec-1: kty is EC, RS256 needs RSA"),
        (key_set(RSA.jwk(use="enc", kid=None)), "number 1: use is enc, not sig"),
    ],
)
def test_a_token_without_kid_and_no_fitting_key_is_told_why(jwks, actual):
    refusal = refused(token(kid=None), jwks)
    assert (refusal.code, refusal.actual) == ("token_key_none_fits", actual)


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_hmac_is_verified_with_the_client_secret_where_it_was_chosen(alg):
    secret = SECRET * 2
    text = token(alg=alg, secret=secret)
    assert accepted(text, None, alg=alg, offered=(alg,), secret=secret).claims["sub"]
    wrong = refused(text, None, alg=alg, offered=(alg,), secret=secret + "x")
    assert wrong.code == "token_signature_wrong"


@pytest.mark.parametrize(
    "secret", ['"abc"', "[1]", "true", "17", "{}", "ü~ß", "-----BEGIN KEY-----"]
)
def test_a_client_secret_that_looks_like_something_else_is_taken_as_text(secret):
    text = token(alg="HS256", secret=secret)
    verified = accepted(text, alg="HS256", offered=None, secret=secret)
    assert verified.findings[-1].code == "token_mac_key_short"
    assert verified.findings[-1].status is Status.WARN
    assert secret not in repr(verified.findings)


@pytest.mark.parametrize(
    ("secret", "warned"), [("x" * 31, True), ("x" * 32, False), ("é" * 16, False)]
)
def test_a_short_client_secret_as_a_key_is_warned_about(secret, warned):
    found = accepted(token(alg="HS256", secret=secret), alg="HS256", offered=None, secret=secret)
    codes = [finding.code for finding in found.findings]
    assert ("token_mac_key_short" in codes) is warned


@pytest.mark.parametrize("secret", [None, ""])
def test_hmac_without_a_client_secret_is_refused(secret):
    refusal = refused(token(alg="HS256", secret=""), alg="HS256", offered=None, secret=secret)
    assert refusal.code == "token_mac_key_missing"


def test_a_secret_with_half_a_character_is_no_accident():
    refusal = refused(token(alg="HS256", secret="x"), alg="HS256", offered=None, secret="\ud800")
    assert refusal.code == "token_signature_wrong"


def public_key_spellings():
    public = RSA.private.public_key()
    for encoding, form in (
        (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        (Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        (Encoding.OpenSSH, PublicFormat.OpenSSH),
    ):
        yield public.public_bytes(encoding, form)
    yield base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    yield RSA.jwk()["n"].encode()


@pytest.mark.parametrize(
    "public", list(public_key_spellings()), ids=["PEM", "DER", "SSH", "base64", "n"]
)
def test_hmac_made_with_the_public_key_is_refused(public):
    text = token(alg="HS256", secret=public, kid=RSA.kid)
    assert refused(text, offered=None).code == "token_alg_other"
    chosen = refused(text, alg="HS256", offered=None, secret=SECRET)
    assert chosen.code == "token_signature_wrong"


def test_hmac_never_takes_its_key_from_the_key_set():
    jwks = key_set({"kty": "oct", "kid": "rsa-1", "k": base64url.encode(b"published" * 4)}, RSA)
    text = token(alg="HS256", secret="published" * 4, kid="rsa-1")
    assert refused(text, jwks, alg="HS256", offered=None, secret=SECRET).code == (
        "token_signature_wrong"
    )
    assert refused(text, jwks, alg="HS256", offered=None).code == "token_mac_key_missing"


def test_the_issuer_entra_writes_into_its_keys_is_handed_on():
    keys = key_set(RSA.jwk(issuer="https://login.example/{tenantid}/v2.0"))
    assert accepted(token(), keys).key_issuer == "https://login.example/{tenantid}/v2.0"
    assert accepted(token(), key_set(RSA.jwk(issuer=7))).key_issuer is None


def test_what_is_verified_keeps_its_claims_out_of_its_repr():
    assert "248289761001" not in repr(accepted(token()))


def test_a_refusal_is_a_finding_that_failed():
    finding = refused(token(typ="at+jwt")).finding
    assert (finding.code, finding.status, finding.actual) == (
        "token_typ_other",
        Status.FAIL,
        "at+jwt",
    )
    assert finding.spec == "RFC 8725, section 3.11"


def test_a_key_set_is_described_for_discovery():
    enc = OTHER.jwk(use="enc", kid="enc")
    jwks = key_set(RSA, EC, enc, EC.private_jwk(), {"kty": "oct"}, "text")
    found = describe_keys(jwks, "RS256")
    assert [key["kid"] for key in found.usable] == ["rsa-1"]
    assert [(key.kid, key.reason) for key in found.unfit] == [
        ("ec-1", "kty is EC, RS256 needs RSA"),
        ("enc", "use is enc, not sig"),
        ("ec-1", "kty is EC, RS256 needs RSA"),
        ("number 5", "kty is oct, RS256 needs RSA"),
        ("", "not a key but text"),
    ]
    assert (found.private, found.symmetric, found.total) == (("ec-1",), ("number 5",), 6)
    assert usable_keys(jwks, "ES256") == [EC.jwk()]
    assert usable_keys(jwks, "PS256") == []


@pytest.mark.parametrize(
    ("jwks", "problem"),
    [
        ({}, "no_list"),
        (None, "no_list"),
        ({"keys": "x"}, "no_list"),
        ({"keys": [1] * 65}, "too_many"),
    ],
)
def test_a_key_set_that_cannot_be_read_says_why(jwks, problem):
    assert describe_keys(jwks, "RS256").problem == problem


def test_a_full_set_of_the_largest_keys_is_judged_in_a_moment():
    big = RSA.jwk(n=tokens.integer(1 << 8191 | 1), kid=None)
    started = time.thread_time()
    assert refused(token(kid=None), key_set(*[big] * 8)).code in (
        "token_signature_wrong",
        "token_key_unreadable",
    )
    assert time.thread_time() - started < 5


def outcome(text, jwks, **options):
    """The token opened, or the refusal. Anything else is raised."""
    try:
        return verify(text, jwks, **options)
    except TokenRefused as refusal:
        return refusal


def judged(result):
    assert isinstance(result, Verified | TokenRefused)
    if isinstance(result, TokenRefused):
        assert len(result.expected) <= 300
        assert len(result.actual) <= 300
        assert result.actual.isprintable()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
segments = st.binary(max_size=60).map(base64url.encode)


@made_up(400)
@given(
    st.text(max_size=200)
    | st.tuples(segments, segments, segments).map(".".join)
    | st.integers(0, len(token()) - 1).map(lambda at: token()[:at] + "A" + token()[at + 1 :])
)
def test_nothing_but_a_refusal_leaves_for_any_text(text):
    judged(outcome(text, key_set(RSA), alg="RS256", offered=None))


members = st.sampled_from(["alg", "kid", "typ", "crit", "b64", "zip", "jwk", "x"])


@made_up(300)
@given(st.dictionaries(members, anything))
def test_nothing_but_a_refusal_leaves_for_any_header(changes):
    octets = json.dumps({"alg": "RS256", **changes}).encode()
    judged(outcome(token(header=octets), key_set(RSA), alg="RS256", offered=None))


key_members = st.sampled_from(
    ["kty", "kid", "use", "alg", "key_ops", "crv", "n", "e", "x", "y", "d", "k", "keys", "x5c"]
)
some_values = anything | st.sampled_from(
    ["RSA", "EC", "oct", "sig", "enc", "P-256", "RS256", "AQAB", "rsa-1", RSA.jwk()["n"], X, Y]
)


@made_up(350)
@given(
    st.lists(
        st.dictionaries(key_members, some_values)
        | st.dictionaries(key_members, some_values, max_size=2).map(lambda key: RSA.jwk() | key)
        | anything,
        max_size=4,
    )
    | anything,
    st.sampled_from(["RS256", "ES256"]),
    st.booleans(),
)
def test_nothing_but_a_refusal_leaves_for_any_key_set(keys, alg, named):
    text = token(alg=alg, key=EC if alg == "ES256" else RSA, kid="rsa-1" if named else None)
    judged(outcome(text, {"keys": keys}, alg=alg, offered=None))


@made_up(100)
@given(st.binary(max_size=100) | anything.map(lambda value: json.dumps(value).encode()))
def test_nothing_but_a_refusal_leaves_for_any_signed_payload(payload):
    judged(outcome(token(payload), key_set(RSA), alg="RS256", offered=None))
