"""Faults in the metadata document and in the key set: the browser is not sent away at all."""

from functools import partial

from tests.faulty_op.changes import document, key, keys, says
from tests.faulty_op.fault import CODE, ID_TOKEN, Fault, Way
from tests.faulty_op.provider import WELL_KNOWN
from tests.oidc import tokens

fault = partial(Fault, way=Way.START)
KEYS = "/keys"


def _oct():
    return {"kty": "oct", "kid": "mac", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"}


def _algs(*names):
    return document(id_token_signing_alg_values_supported=list(names))


DOCUMENT = (
    fault(
        "the document's issuer is another one",
        document(issuer="https://example.com"),
        "metadata_issuer_other",
        suite=("oidcc-client-test-discovery-issuer-mismatch", "rp-discovery-issuer-mismatch"),
    ),
    fault(
        "the document's issuer ends in a path",
        document(issuer=lambda right: f"{right}/realm"),
        "metadata_issuer_other",
    ),
    fault(
        "the document's issuer is plain http on another host",
        document(issuer="http://idp.example"),
        "metadata_issuer_not_https",
    ),
    fault(
        "the document's issuer has a query",
        document(issuer=lambda right: f"{right}?tenant=1"),
        "metadata_issuer_query_or_fragment",
    ),
    fault("the document has no issuer", document(issuer=...), "metadata_member_missing"),
    fault(
        "the document's issuer has {tenantid} in it, as Entra's common has",
        document(issuer="https://login.microsoftonline.com/{tenantid}/v2.0"),
        "metadata_issuer_any_tenant",
    ),
    fault(
        "the authorization endpoint is missing",
        document(authorization_endpoint=...),
        "metadata_member_missing",
    ),
    fault(
        "the token endpoint is missing, and a code must be redeemed",
        document(token_endpoint=...),
        "metadata_member_missing",
        flows=CODE,
    ),
    fault(
        "jwks_uri is missing",
        document(jwks_uri=...),
        "metadata_member_missing",
    ),
    fault(
        "the authorization endpoint is a relative address",
        document(authorization_endpoint="/authorize"),
        "metadata_endpoint_not_a_url",
    ),
    fault(
        "the token endpoint is plain http on another host",
        document(token_endpoint="http://idp.example/token"),
        "metadata_endpoint_not_https",
        flows=CODE,
    ),
    fault(
        "the authorization endpoint has a user name",
        document(authorization_endpoint="https://user@idp.example/authorize"),
        "metadata_endpoint_userinfo",
    ),
    fault(
        "the token endpoint has a fragment",
        document(token_endpoint="https://idp.example/token#here"),
        "metadata_endpoint_fragment",
        flows=CODE,
    ),
    fault(
        "jwks_uri is a number",
        document(jwks_uri=7),
        "metadata_member_wrong_type",
    ),
    fault("the only algorithm is HS256", _algs("HS256"), "metadata_alg_not_offered"),
    fault("the only algorithm is PS256", _algs("PS256"), "metadata_alg_not_offered"),
    fault("the only algorithm is EdDSA", _algs("EdDSA"), "metadata_alg_not_offered"),
    fault("the only algorithm is none", _algs("none"), "metadata_alg_not_offered"),
    fault(
        "the response type is not offered",
        document(response_types_supported=["code token"]),
        "metadata_response_type_not_offered",
    ),
    fault(
        "form_post is not offered",
        document(response_modes_supported=["query", "fragment"]),
        "metadata_response_mode_not_offered",
        flows=ID_TOKEN,
    ),
    fault(
        "a client secret is not taken",
        document(token_endpoint_auth_methods_supported=["private_key_jwt"]),
        "metadata_auth_method_not_offered",
        flows=CODE,
    ),
    fault(
        "only pushed authorization requests are taken",
        document(require_pushed_authorization_requests=True),
        "metadata_ordinary_request_refused",
    ),
    fault(
        "only signed request objects are taken",
        document(require_signed_request_object=True),
        "metadata_ordinary_request_refused",
    ),
    fault(
        "the document is a web page",
        says(WELL_KNOWN, body="<!doctype html><title>Sign in</title>"),
        "metadata_web_page",
    ),
    fault("the document is XML", says(WELL_KNOWN, body="<?xml version='1.0'?>"), "metadata_xml"),
    fault("the document is empty", says(WELL_KNOWN, body=b""), "metadata_empty"),
    fault("the document is a list", says(WELL_KNOWN, body=["issuer"]), "metadata_not_json"),
    fault(
        "the document names its issuer twice",
        says(WELL_KNOWN, body=b'{"issuer":"https://a.example","issuer":"https://b.example"}'),
        "metadata_not_json",
        said="duplicate_name",
    ),
    fault("the document is not found", says(WELL_KNOWN, 404), "metadata_not_found"),
    fault("the document is forbidden", says(WELL_KNOWN, 403), "metadata_forbidden"),
    fault("the provider is down", says(WELL_KNOWN, 503), "metadata_server_error"),
    fault("the provider is asked too often", says(WELL_KNOWN, 429), "metadata_too_many_requests"),
    fault(
        "the document is elsewhere",
        says(WELL_KNOWN, 302, Location="https://elsewhere.example/configuration"),
        "metadata_redirected",
    ),
    fault(
        "the document is of 2 MB",
        says(WELL_KNOWN, body=b" " * 2_000_000),
        "network_too_large",
    ),
)

KEY_SET = (
    fault("the key set holds no key", keys(), "keys_none_usable"),
    fault("the key set is a web page", says(KEYS, body="<html>"), "keys_not_json"),
    fault("the key set has no list", says(KEYS, body={}), "keys_no_list"),
    fault("the key set's list is an object", says(KEYS, body={"keys": {}}), "keys_no_list"),
    fault("the key set is not found", says(KEYS, 404), "keys_http_status"),
    fault("the key set cannot be had now", says(KEYS, 503), "keys_unavailable"),
    fault(
        "the key set is elsewhere",
        says(KEYS, 302, Location="https://elsewhere.example/keys"),
        "keys_http_status",
    ),
    fault("the key set is of 5 MB", says(KEYS, body=b" " * 5_000_000), "network_too_large"),
    fault(
        "the key set holds 10 000 keys",
        says(KEYS, body={"keys": [{"kty": "RSA", "kid": str(n)} for n in range(10_000)]}),
        "keys_too_many",
    ),
    fault(
        "the key set says one name twice",
        says(KEYS, body=b'{"keys":[],"keys":[]}'),
        "keys_not_json",
    ),
    fault(
        "the private key is published",
        keys(lambda: tokens.rsa_key().private_jwk()),
        "keys_private",
    ),
    fault(
        "a private key is published beside the right one",
        keys(tokens.rsa_key, lambda: tokens.ec_key().private_jwk()),
        "keys_private",
    ),
    fault(
        "a symmetric key is published beside the right one",
        keys(tokens.rsa_key, _oct),
        "keys_symmetric",
    ),
    fault("the only key is an EC key", keys(tokens.ec_key), "keys_none_usable"),
    fault(
        "the only RSA key has 1024 bits",
        keys(lambda: tokens.rsa_key("rsa-1024", 1024)),
        "keys_none_usable",
    ),
    fault("the only key is for encryption", key(use="enc"), "keys_none_usable"),
    fault("the only key is for signing only", key(key_ops=["sign"]), "keys_none_usable"),
    fault("the only key is for RS512", key(alg="RS512"), "keys_none_usable"),
    fault("the only key has no modulus", key(n=...), "keys_none_usable"),
    fault("the only key has the exponent 1", key(e="AQ"), "keys_none_usable"),
    fault(
        "the only key is a certificate",
        key(n=..., e=..., x5c=["MIIB"]),
        "keys_none_usable",
    ),
    fault("the only key is null", keys(lambda: None), "keys_none_usable"),
)

FAULTS = (*DOCUMENT, *KEY_SET)
