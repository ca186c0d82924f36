"""Faults in the ID token's form, header and signature, and in the keys when it is verified."""

import base64
import json
from functools import partial

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.faulty_op.changes import (
    both,
    claims,
    document,
    header,
    keys,
    later,
    part,
    payload,
    says,
    signed,
    token,
    unsigned,
)
from tests.faulty_op.fault import Fault, Way
from tests.oidc import tokens
from wizard.oidc import base64url

fault = partial(Fault, way=Way.TOKEN)
NEW = partial(tokens.rsa_key, "rsa-new")
OTHER = partial(tokens.rsa_key, "rsa-other")


def _offered(*algs):
    return document(id_token_signing_alg_values_supported=["RS256", *algs])


def _public_pem(op):
    public = tokens.rsa_key().private.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _public_der(op):
    public = tokens.rsa_key().private.public_key()
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _secret(op):
    return op.secret


def _other_alphabet(text):
    """The standard alphabet where base64url has - and _ (there is one in every such signature)."""
    return text.replace("-", "+").replace("_", "/")


def _loose_end(text):
    """The last character changed in the bits that stand for nothing: 256 octets leave two."""
    last = base64url.decode(text[-2:])
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = next(c for c in alphabet if c != text[-1] and _octets(text[-2] + c) == last)
    return text[:-1] + other


def _octets(text):
    return base64.urlsafe_b64decode(text + "==")


def _encrypted(text):
    head = {"alg": "RSA-OAEP", "enc": "A256GCM", "kid": "enc-1"}
    parts = [json.dumps(head).encode(), b"key" * 80, b"iv" * 6, text.encode(), b"tag" * 5]
    return ".".join(base64url.encode(octets) for octets in parts)


FORM = (
    fault(
        "the ID token is one word",
        token(lambda _: "opaque-0123456789abcdef"),
        "token_not_three_parts",
    ),
    fault(
        "the ID token has no signature part",
        token(lambda text: text.rpartition(".")[0]),
        "token_not_three_parts",
    ),
    fault(
        "the ID token has a fourth part", token(lambda text: text + ".x"), "token_not_three_parts"
    ),
    fault("the ID token is encrypted", token(_encrypted), "token_encrypted"),
    fault(
        "the ID token is of 40 kB",
        claims(groups=["00000000-0000-4000-8000-000000000000"] * 800),
        "token_too_large",
    ),
    fault("the signature is padded", token(lambda text: text + "=="), "token_not_base64url"),
    fault("the signature ends in loose bits", token(_loose_end), "token_not_base64url"),
    fault(
        "the ID token is in the other base64 alphabet",
        both(claims(sub="~~~???~~~???"), token(_other_alphabet)),
        "token_not_base64url",
    ),
    fault("a line break follows the ID token", token(lambda t: t + "\n"), "token_not_base64url"),
    fault("the header is a list", token(part(0, lambda _: b"[]")), "token_header_not_json"),
    fault(
        "the header names its algorithm twice",
        token(part(0, lambda octets: b'{"alg":"none",' + octets[1:])),
        "token_header_not_json",
        said="duplicate_name",
    ),
    fault(
        "the header is nested 1 000 deep",
        token(part(0, lambda _: b'{"a":' * 1000)),
        "token_header_not_json",
        said="too_deep",
    ),
    fault(
        "the claims are a text", payload(lambda _: b'"claims"'), "token_claims_not_json"
    ),
    fault(
        "the claims name the audience twice",
        payload(lambda octets: b'{"aud":"another",' + octets[1:]),
        "token_claims_not_json",
        said="duplicate_name",
    ),
    fault(
        "the claims are nested 5 000 deep",
        payload(lambda octets: octets[:-1] + b',"a":' + b"[" * 5000 + b"]" * 5000 + b"}"),
        "token_claims_not_json",
        said="too_deep",
    ),
    fault(
        "the claims are in Latin-1",
        payload(lambda octets: octets[:-1] + b',"name2":"\xe9"}'),
        "token_claims_not_json",
        said="not_utf8",
    ),
)  # fmt: skip

ALGORITHM = (
    fault(
        "alg is none and there is no signature",
        token(unsigned),
        "token_alg_none",
        suite=("oidcc-client-test-idtoken-sig-none",),
    ),
    fault("alg is nOnE and there is no signature",
          token(lambda t: part(0, lambda _: b'{"alg":"nOnE"}')(unsigned(t))), "token_alg_none"),
    fault("alg is none in a token signed well", header(alg="none"), "token_alg_none"),
    fault(
        "alg is null", header(alg=None), "token_alg_missing", suite=("fapi-invalid-null-alg",)
    ),
    fault("alg is missing", header(alg=...), "token_alg_missing"),
    fault("alg is a list", header(alg=["RS256"]), "token_alg_missing"),
    fault(
        "alg is ES256, and RS256 was chosen",
        both(_offered("ES256"), keys(tokens.rsa_key, tokens.ec_key),
             signed("ES256", tokens.ec_key)),
        "token_alg_other",
        suite=("fapi-invalid-alternate-alg",),
    ),
    fault("alg is RS512, and RS256 was chosen", both(_offered("RS512"), signed("RS512")),
          "token_alg_other"),
    fault(
        "alg is HS256, with the client secret",
        both(_offered("HS256"), signed("HS256", mac_key=_secret)),
        "token_alg_other",
    ),
    fault(
        "alg is HS256, with the public key as PEM",
        signed("HS256", mac_key=_public_pem),
        "token_alg_other",
    ),
    fault(
        "alg is HS256, with the public key as DER",
        signed("HS256", mac_key=_public_der),
        "token_alg_other",
    ),
    fault("alg is PS256", both(_offered("PS256"), signed("PS256")), "token_alg_not_judged",
          said="PS256"),
    fault(
        "alg is EdDSA",
        both(_offered("EdDSA"), keys(tokens.rsa_key, tokens.ed_key),
             signed("EdDSA", tokens.ed_key)),
        "token_alg_not_judged",
        said="EdDSA",
    ),
    fault("alg is of a sort nobody knows", header(alg="XX999"), "token_alg_not_judged"),
)  # fmt: skip

HEADER = (
    fault("typ is at+jwt: an access token", header(typ="at+jwt"), "token_typ_other"),
    fault("typ is logout+jwt", header(typ="logout+jwt"), "token_typ_other"),
    fault("typ is a number", header(typ=1), "token_typ_other"),
    fault("crit names an extension", header(crit=["exp2"], exp2=1), "token_crit"),
    fault("crit is an empty list", header(crit=[]), "token_crit"),
    fault("b64 is false", header(b64=False), "token_b64"),
    fault("zip is DEF", header(zip="DEF"), "token_zip"),
    fault("kid is a number", header(kid=1), "token_kid_not_text"),
)

SIGNATURE = (
    fault(
        "every octet of the RS256 signature is turned over",
        token(tokens.changed_signature),
        "token_signature_wrong",
        suite=("oidcc-client-test-invalid-sig-rs256", "rp-id_token-bad-sig-rs256"),
    ),
    fault(
        "every octet of an ES256 signature is turned over",
        both(_offered("ES256"), keys(tokens.rsa_key, tokens.ec_key),
             signed("ES256", tokens.ec_key), token(tokens.changed_signature)),
        "token_alg_other",
        suite=("oidcc-client-test-invalid-sig-es256", "rp-id_token-bad-sig-es256"),
    ),
    fault(
        "every octet of an HS256 signature is turned over",
        both(_offered("HS256"), signed("HS256", mac_key=_secret),
             token(tokens.changed_signature)),
        "token_alg_other",
        suite=("oidcc-client-test-invalid-sig-hs256", "rp-id_token-bad-sig-hs256"),
    ),
    fault("the signature is empty", token(lambda text: text.rpartition(".")[0] + "."),
          "token_signature_wrong"),
    fault("the signature is one octet short", token(part(2, lambda octets: octets[:-1])),
          "token_signature_wrong"),
    fault(
        "a claim is changed after signing",
        token(part(1, lambda octets: octets.replace(b"248289761001", b"248289761002"))),
        "token_signature_wrong",
    ),
    fault(
        "signed by a stranger under our kid",
        both(signed("RS256", OTHER), header(kid="rsa-1")),
        "token_signature_wrong",
    ),
    fault(
        "signed by a stranger whose key is in the header",
        both(signed("RS256", OTHER), header(kid="rsa-1", jwk=lambda _: OTHER().jwk())),
        "token_signature_wrong",
    ),
    fault(
        "signed by a stranger whose keys' address is in the header",
        both(signed("RS256", OTHER), header(kid="rsa-1", jku="https://stranger.example/keys")),
        "token_signature_wrong",
    ),
    fault(
        "signed by a stranger, and no kid",
        both(signed("RS256", OTHER), header(kid=...)),
        "token_signature_wrong",
    ),
    fault(
        "kid names another key of the set",
        both(keys(tokens.rsa_key, OTHER), header(kid="rsa-other")),
        "token_signature_wrong",
    ),
    fault(
        "kid names an EC key of the set",
        both(keys(tokens.rsa_key, tokens.ec_key), header(kid="ec-1")),
        "token_key_unfit",
    ),
    fault(
        "two keys have the token's kid",
        keys(tokens.rsa_key, lambda: OTHER().jwk(kid="rsa-1")),
        "token_key_twice",
    ),
    fault(
        "no kid, and nine keys that fit",
        both(keys(*[lambda n=n: tokens.rsa_key().jwk(kid=str(n)) for n in range(9)]),
             header(kid=...)),
        "token_key_not_named",
    ),
    fault(
        "kid has a space more, and the keys are looked at once again",
        header(kid=lambda right: right + " "),
        "key_unknown_kid",
        then=("/keys",),
    ),
    fault(
        "kid names no key, and the keys are looked at once again",
        header(kid="never-published"),
        "key_unknown_kid",
        then=("/keys",),
    ),
)  # fmt: skip


def _rotated(to):
    """The keys change after they were read at the start: `to` is what is published now."""
    return later("sign", both(signed("RS256", NEW), to))


def _after(what, to, code, **more):
    return fault(f"the keys changed, and {what}", _rotated(to), code, then=("/keys",), **more)


ROTATED = (
    _after("the new one is not published yet", keys(tokens.rsa_key), "key_unknown_kid"),
    _after("the set is empty now", keys(), "keys_none_usable"),
    _after("the set is a web page now", says("/keys", body="<html>"), "keys_not_json"),
    _after("the set cannot be had now", says("/keys", 503), "keys_unavailable"),
    _after("the set is not found now", says("/keys", 404), "keys_http_status"),
    _after("the set is of 5 MB now", says("/keys", body=b" " * 5_000_000), "network_too_large"),
    _after("the private key is published", keys(lambda: NEW().private_jwk()), "keys_private"),
    _after(
        "the new one comes twice",
        keys(NEW, lambda: OTHER().jwk(kid="rsa-new")),
        "token_key_twice",
    ),
    _after(
        "the signature is not by the new one",
        both(keys(NEW), token(tokens.changed_signature)),
        "token_signature_wrong",
    ),
    _after("the new one is for encryption", keys(tokens.rsa_key, lambda: NEW().jwk(use="enc")),
           "token_key_unfit"),
)  # fmt: skip

FAULTS = (*FORM, *ALGORITHM, *HEADER, *SIGNATURE, *ROTATED)
