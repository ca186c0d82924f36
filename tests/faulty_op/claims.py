"""Faults in the claims of a token that is signed well. OpenID Connect Core 1.0, 2 and 3.1.3.7."""

from functools import partial

from tests.faulty_op.changes import both, claims, payload
from tests.faulty_op.fault import CODE, CODE_QUERY, Fault, Way
from wizard.oidc.finding import Status

fault = partial(Fault, way=Way.TOKEN)
warning = partial(fault, status=Status.WARN)
WEEK = 7 * 86400


def _suite(*names, old=()):
    return (*(f"oidcc-client-test-{name}" for name in names), *(f"rp-{name}" for name in old))


def _written(name, number):
    """A claim's number written as the JSON text `number`, which Python cannot write."""
    marked = b"1234567890123"
    return both(
        claims(**{name: 1234567890123}), payload(lambda octets: octets.replace(marked, number))
    )


ISSUER = (
    fault(
        "iss is the right one and a 1",
        claims(iss=lambda right: right + "1"),
        "token_issuer_other",
        suite=_suite("invalid-iss", old=("id_token-issuer-mismatch",)),
    ),
    fault("iss is https://example.org/", claims(iss="https://example.org/"), "token_issuer_other"),
    fault("iss ends in a slash", claims(iss=lambda right: right + "/"), "token_issuer_slash"),
    fault("iss is in capitals", claims(iss=str.upper), "token_issuer_other"),
    fault(
        "iss is missing",
        claims(iss=...),
        "token_issuer_missing",
        suite=("fapi-invalid-missing-iss",),
    ),
    fault("iss is null", claims(iss=None), "token_issuer_missing"),
    fault("iss is a list", claims(iss=lambda right: [right]), "token_issuer_other"),
    fault("iss is a number", claims(iss=1), "token_issuer_other"),
)

AUDIENCE = (
    fault(
        "aud is the client ID and a 1",
        claims(aud=lambda right: right + "1"),
        "audience_other",
        suite=_suite("invalid-aud", old=("id_token-aud",)),
    ),
    fault("aud is https://example.com/", claims(aud="https://example.com/"), "audience_other"),
    fault("aud is missing", claims(aud=...), "audience_missing", suite=_suite("missing-aud")),
    fault("aud is null", claims(aud=None), "audience_missing"),
    fault("aud is an empty list", claims(aud=[]), "audience_missing"),
    fault("aud is an empty text", claims(aud=""), "audience_other"),
    fault(
        "aud has a second audience",
        claims(aud=lambda right: [right, "another"]),
        "audience_also_others",
        suite=("fapi-invalid-secondary-aud",),
    ),
    fault("aud has a number beside ours", claims(aud=lambda right: [right, 1]),
          "audience_not_text"),
    fault("aud is an object", claims(aud={}), "audience_not_text"),
    fault("aud has ours in capitals", claims(aud=str.upper), "audience_other"),
    fault("azp is another client", claims(azp="another"), "authorized_party_other"),
    fault("azp is null", claims(azp=None), "authorized_party_other"),
)  # fmt: skip

TIMES = (
    fault("exp is missing", claims(exp=...), "expiry_missing", suite=("fapi-invalid-missing-exp",)),
    fault(
        "exp was two hours ago",
        claims(exp=lambda right: right - 3 * 3600),
        "expiry_passed",
        suite=("fapi-invalid-expired-exp",),
    ),
    fault("exp was 90 seconds ago", claims(exp=lambda right: right - 3690), "expiry_passed"),
    fault("exp is a text", claims(exp=str), "expiry_not_a_number"),
    fault("exp is a list", claims(exp=lambda right: [right]), "expiry_not_a_number"),
    fault("exp is true", claims(exp=True), "expiry_not_a_number"),
    fault("exp is null", claims(exp=None), "expiry_missing"),
    fault("exp is 0", claims(exp=0), "expiry_passed"),
    fault("exp is NaN", claims(exp=float("nan")), "token_claims_not_json", said="not_a_number"),
    fault("exp is 1e400", _written("exp", b"1e400"), "token_claims_not_json", said="not_a_number"),
    fault(
        "exp has 5 000 digits",
        _written("exp", b"9" * 5000),
        "token_claims_not_json",
        said="not_a_number",
    ),
    warning("exp is in the year 9999", claims(exp=253402300799), "expiry_far_ahead"),
    warning("exp has 200 digits", _written("exp", b"9" * 200), "expiry_far_ahead"),
    fault(
        "iat is missing",
        claims(iat=...),
        "issued_at_missing",
        suite=_suite("missing-iat", old=("id_token-iat",)),
    ),
    fault(
        "iat was a week ago",
        claims(iat=lambda right: right - WEEK),
        "issued_at_too_old",
        suite=("fapi-iat-is-week-in-past",),
    ),
    fault("iat is in an hour", claims(iat=lambda right: right + 3600), "issued_at_ahead"),
    fault("iat is in 90 seconds", claims(iat=lambda right: right + 90), "issued_at_ahead"),
    fault("iat is a text", claims(iat=str), "issued_at_not_a_number"),
    fault("iat is in milliseconds", claims(iat=lambda right: right * 1000), "issued_at_ahead"),
    fault("nbf is in an hour", claims(nbf=lambda _: 4102444800), "not_before_ahead"),
    fault("nbf is a text", claims(nbf="now"), "not_before_not_a_number"),
    fault("nbf is null", claims(nbf=None), "not_before_not_a_number"),
)

NONCE = (
    fault(
        "nonce is the right one and a 1",
        claims(nonce=lambda right: right + "1"),
        "nonce_other",
        suite=_suite("nonce-invalid", old=("nonce-invalid",)),
    ),
    fault("nonce is 012345678", claims(nonce="012345678"), "nonce_other"),
    fault("nonce is a number", claims(nonce=12345678), "nonce_other"),
    fault(
        "nonce is missing",
        claims(nonce=...),
        "nonce_missing",
        suite=("fapi-invalid-missing-nonce",),
    ),
    fault("nonce is null", claims(nonce=None), "nonce_missing"),
)

SUBJECT = (
    fault(
        "sub is missing",
        claims(sub=...),
        "subject_missing",
        suite=_suite("missing-sub", old=("id_token-sub",)),
    ),
    fault("sub is null", claims(sub=None), "subject_missing"),
    fault("sub is empty", claims(sub=""), "subject_empty"),
    fault("sub has 256 characters", claims(sub="s" * 256), "subject_too_long"),
    fault("sub is a number", claims(sub=248289761001), "subject_not_text"),
    fault("sub is a list", claims(sub=["248289761001"]), "subject_not_text"),
    warning("sub has an accent", claims(sub="renée"), "subject_not_ascii"),
)

HASHES = (
    fault(
        "at_hash is that of another access token",
        claims(at_hash="77QmUPtjPfzWtF2AnpK9RQ"),
        "access_token_hash_other",
        flows=CODE,
        suite=_suite("invalid-athash"),
    ),
    fault("at_hash is a number", claims(at_hash=1), "access_token_hash_other", flows=CODE),
)

PRODUCT = (
    warning("there is no email claim", claims(email=...), "product_email_missing"),
    warning("the email claim is empty", claims(email=""), "product_email_missing"),
    warning("the email claim is a name", claims(email="somebody"), "product_email_strange"),
    warning("the email claim is a list", claims(email=["a@example.com"]),
            "product_email_strange"),
    warning("the email address is not verified", claims(email_verified=False),
            "product_email_unverified", flows=(CODE_QUERY,)),
)  # fmt: skip

FAULTS = (*ISSUER, *AUDIENCE, *TIMES, *NONCE, *SUBJECT, *HASHES, *PRODUCT)
