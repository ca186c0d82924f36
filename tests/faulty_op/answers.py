"""Faults in the answer to the browser, and in the answer of the token endpoint."""

from functools import partial

from tests.faulty_op.changes import (
    answer,
    both,
    document,
    entra_says,
    error_answer,
    issuer_in_answer,
    repeats_what_it_was_sent,
    says,
    token_answer,
)
from tests.faulty_op.fault import ALL, CODE, CODE_FORM, ID_TOKEN, Fault, Way
from wizard.oidc.finding import Status

back = partial(Fault, way=Way.CALLBACK)
token = partial(Fault, way=Way.TOKEN, flows=CODE)

STATE = (
    back(
        "state is another one",
        answer(state=lambda right: right + "1"),
        "sign_in_state_unknown",
        suite=("fapi-ensure-authorization-response-with-invalid-state",),
    ),
    back(
        "state is missing",
        answer(state=...),
        "sign_in_state_missing",
        suite=("fapi-ensure-authorization-response-with-missing-state",),
    ),
    back("state is empty", answer(state=""), "sign_in_state_missing"),
    back("state comes twice", answer(state=lambda right: [right, right]), "sign_in_state_repeated"),
    back(
        "an error comes with another state",
        error_answer("access_denied", state=lambda right: right + "1"),
        "sign_in_state_unknown",
    ),
)

ISSUER = (
    back(
        "iss of the answer is another one",
        issuer_in_answer(lambda issuer: issuer + "1"),
        "callback_issuer_other",
        suite=("fapi-invalid-authorization-response-iss",),
    ),
    back(
        "iss of the answer has a slash more",
        issuer_in_answer(lambda issuer: issuer + "/"),
        "callback_issuer_other",
    ),
    back("iss of the answer is empty", issuer_in_answer(lambda _: ""), "callback_issuer_other"),
    back(
        "iss of the answer is missing although it was announced",
        issuer_in_answer(lambda _: ...),
        "callback_issuer_missing",
        flows=CODE,
        suite=("fapi-remove-authorization-response-iss",),
    ),
    back(
        "iss of the answer is another one, and nobody announced it",
        answer(iss="https://other.example"),
        "callback_issuer_other",
    ),
    back(
        "an error comes from another issuer",
        both(issuer_in_answer(lambda issuer: issuer + "1"), error_answer("access_denied")),
        "callback_issuer_other",
    ),
)

CONTENTS = (
    back("the answer has no code", answer(code=...), "callback_code_missing", flows=CODE),
    back("the answer has an empty code", answer(code=""), "callback_code_missing", flows=CODE),
    back(
        "the code comes twice",
        answer(code=lambda right: [right, "another"]),
        "callback_parameter_twice",
        flows=CODE,
    ),
    back(
        "the answer has no ID token",
        answer(id_token=...),
        "callback_id_token_missing",
        flows=ID_TOKEN,
    ),
    back(
        "the ID token comes twice",
        answer(id_token=lambda right: [right, right]),
        "callback_parameter_twice",
        flows=ID_TOKEN,
    ),
    back(
        "an ID token comes beside the code",
        answer(id_token="a.b.c"),
        "callback_value_unasked",
        flows=CODE,
    ),
    back(
        "a code comes beside the ID token",
        answer(code="unasked"),
        "callback_value_unasked",
        flows=ID_TOKEN,
    ),
    back(
        "an access token comes that nobody asked for",
        answer(access_token="unasked"),
        "callback_value_unasked",
    ),
    back(
        "an error comes together with what was asked for",
        answer(error="access_denied"),
        "callback_error_and_more",
        also=("callback_access_denied",),
    ),
    back(
        "the error comes twice",
        error_answer("access_denied", more=["1", "2"]),
        "callback_parameter_twice",
    ),
)


def _refused(error, code, **more):
    return back(f"the answer is the error {error}", error_answer(error), code, said=error, **more)


ERRORS = (
    _refused("invalid_request", "callback_invalid_request"),
    _refused("unauthorized_client", "callback_unauthorized_client"),
    _refused("access_denied", "callback_access_denied"),
    _refused("unsupported_response_type", "callback_unsupported_response_type"),
    _refused("invalid_scope", "callback_invalid_scope"),
    _refused("server_error", "callback_server_error"),
    _refused("temporarily_unavailable", "callback_temporarily_unavailable"),
    _refused("interaction_required", "callback_interaction_required"),
    _refused(
        "login_required",
        "callback_login_required",
        suite=("oidcc-client-test-form-post-error",),
    ),
    _refused("account_selection_required", "callback_interaction_required"),
    _refused("consent_required", "callback_consent_required"),
    _refused("request_not_supported", "callback_other_error"),
    _refused("an_error_of_its_own", "callback_other_error"),
)


def _entra_back(number, error, text, code, flows=ALL):
    description = f"AADSTS{number}: {text} Trace ID: 0f1e Timestamp: 2026-03-02 12:00:00Z"
    return back(
        f"Entra answers the browser with AADSTS{number}",
        error_answer(error, description, error_uri=f"https://login.microsoftonline.com/{number}"),
        code,
        flows=flows,
        said=f"AADSTS{number}",
    )


ENTRA_BACK = (
    _entra_back(
        65004, "access_denied", "User declined to consent.", "callback_access_denied"
    ),
    _entra_back(
        700054,
        "unsupported_response_type",
        "response_type 'id_token' is not enabled for the application.",
        "id_tokens_not_enabled",
        flows=ID_TOKEN,
    ),
    _entra_back(
        700051,
        "unsupported_response_type",
        "response_type 'token' is not enabled for the application.",
        "response_type_refused",
        flows=ID_TOKEN,
    ),
    _entra_back(
        65001,
        "interaction_required",
        "The user or administrator has not consented to use the application.",
        "callback_interaction_required",
    ),
    _entra_back(
        50058, "login_required", "A silent sign-in request was sent.", "callback_login_required"
    ),
    _entra_back(
        16000, "interaction_required", "User account exists.", "callback_interaction_required"
    ),
    _entra_back(
        53003,
        "access_denied",
        "Access has been blocked by Conditional Access policies.",
        "callback_access_denied",
    ),
    _entra_back(
        70011, "invalid_scope", "The provided value for scope is not valid.",
        "scope_refused",
    ),
    _entra_back(
        90033,
        "temporarily_unavailable",
        "A transient error has occurred.",
        "callback_temporarily_unavailable",
    ),
    _entra_back(
        70007,
        "unsupported_response_mode",
        "'form_post' is not a supported value of 'response_mode'.",
        "response_mode_refused",
        flows=(CODE_FORM, *ID_TOKEN),
    ),
    _entra_back(
        90014,
        "invalid_request",
        "The required field 'nonce' is missing.",
        "callback_invalid_request",
    ),
)  # fmt: skip


def _entra_token(number, error, status, text, code):
    return token(
        f"Entra's token endpoint answers AADSTS{number}",
        entra_says(number, error, status, text),
        code,
        said=f"AADSTS{number}",
    )


CLIENT, GRANT = "token_answer_invalid_client", "token_answer_invalid_grant"
REQUEST, UNAUTHORIZED = "token_answer_invalid_request", "token_answer_unauthorized_client"
ENTRA_TOKEN = (
    _entra_token(
        7000215, "invalid_client", 401, "Invalid client secret provided.", "client_secret_refused"
    ),
    _entra_token(
        7000222,
        "invalid_client",
        401,
        "The client secret keys are expired.",
        "client_secret_expired",
    ),
    _entra_token(7000218, "invalid_client", 401, "The body must contain client_secret.", CLIENT),
    _entra_token(
        7000229,
        "invalid_client",
        401,
        "Missing service principal.",
        "app_without_service_principal",
    ),
    _entra_token(700025, "invalid_client", 401, "Client is public.", "app_is_public_client"),
    _entra_token(
        50011, "invalid_client", 400, "The redirect URI does not match.", "redirect_uri_refused"
    ),
    _entra_token(700016, "unauthorized_client", 400, "Application not found.", "client_id_unknown"),
    _entra_token(7000112, "unauthorized_client", 400, "Application is disabled.", "app_disabled"),
    _entra_token(
        9002327,
        "invalid_request",
        400,
        "Tokens for SPA, cross-origin.",
        "redirect_uri_spa_platform",
    ),
    _entra_token(90002, "invalid_request", 400, "Tenant not found.", "tenant_unknown"),
    _entra_token(900023, "invalid_request", 400, "Not a valid DNS name.", "tenant_malformed"),
    _entra_token(54005, "invalid_grant", 400, "The code was already redeemed.", GRANT),
    _entra_token(50148, "invalid_grant", 400, "The code_verifier does not match.", GRANT),
    _entra_token(70008, "invalid_grant", 400, "The code has expired.", GRANT),
    _entra_token(70000, "invalid_grant", 400, "The grant is not valid.", GRANT),
    _entra_token(9002313, "invalid_grant", 400, "Request is malformed.", GRANT),
    _entra_token(65001, "invalid_grant", 400, "The user has not consented.", GRANT),
    _entra_token(53003, "invalid_grant", 400, "Blocked by Conditional Access.", GRANT),
    _entra_token(70011, "invalid_scope", 400, "The scope is not valid.", "scope_refused"),
    _entra_token(90033, "temporarily_unavailable", 503, "Transient.", "token_answer_other_error"),
)


def _token_error(error, code, status=400):
    return token(
        f"the token endpoint answers {error} with HTTP {status}",
        says("/token", status, {"error": error}),
        code,
        said=error,
    )


TOKEN_ERRORS = (
    _token_error("invalid_client", CLIENT, 401),
    _token_error("invalid_grant", GRANT),
    _token_error("invalid_grant", GRANT, 200),
    _token_error("unauthorized_client", UNAUTHORIZED),
    _token_error("unsupported_grant_type", "token_answer_unsupported_grant_type"),
    _token_error("invalid_request", REQUEST),
    _token_error("invalid_scope", "token_answer_invalid_scope"),
    _token_error("use_dpop_nonce", "token_answer_other_error"),
)

TOKEN_ANSWER = (
    token(
        "the token endpoint's error repeats code, verifier and secret",
        repeats_what_it_was_sent,
        GRANT,
        said="refused",
    ),
    token(
        "the token endpoint redirects with 307",
        says("/token", 307, Location="https://elsewhere.example/token?code=1"),
        "token_answer_redirect",
        said="elsewhere.example",
    ),
    token(
        "the token endpoint redirects with 302 to itself",
        says("/token", 302, Location="/token"),
        "token_answer_redirect",
    ),
    token(
        "the token endpoint answers with a web page",
        says("/token", body="<!doctype html><title>Network sign-in</title>"),
        "token_answer_html",
        said="Network sign-in",
    ),
    token("the token endpoint answers with nothing", says("/token"), "token_answer_empty"),
    token("the token endpoint's answer is cut", says("/token", body=b'{"id_'),
          "token_answer_not_json"),
    token("the token endpoint's answer is a list", says("/token", body=["id_token"]),
          "token_answer_not_json"),
    token(
        "the token endpoint's answer is in Latin-1",
        says("/token", body='{"id_token": "é"}'.encode("latin-1"), kind="application/json"),
        "token_answer_not_json",
    ),
    token(
        "the token endpoint's answer names the ID token twice",
        says("/token", body=b'{"token_type":"Bearer","id_token":"a","id_token":"b"}'),
        "token_answer_not_json",
        said="duplicate_name",
    ),
    token(
        "the token endpoint's answer holds NaN",
        token_answer(expires_in=float("nan")),
        "token_answer_not_json",
    ),
    token(
        "the token endpoint's answer is nested a thousand deep",
        says("/token", body=b'{"a":' * 1000 + b"1" + b"}" * 1000),
        "token_answer_not_json",
    ),
    token("the token endpoint answers HTTP 401 only", says("/token", 401),
          "token_answer_unauthorized"),
    token("the token endpoint answers HTTP 404", says("/token", 404), "token_answer_other_status"),
    token("the token endpoint answers HTTP 502", says("/token", 502), "token_answer_server_error"),
    token("the token endpoint answers HTTP 429", says("/token", 429),
          "token_answer_too_many_requests"),
    token("the token endpoint's answer is of 2 MB", says("/token", body=b" " * 2_000_000),
          "network_too_large"),
    token("the ID token is missing", token_answer(id_token=...), "id_token_missing"),
    token("the ID token is null", token_answer(id_token=None), "id_token_not_text"),
    token("the ID token is a list", token_answer(id_token=["a.b.c"]), "id_token_not_text"),
    token("the ID token is empty", token_answer(id_token=""), "id_token_not_text"),
    token("token_type is missing", token_answer(token_type=...), "token_type_missing"),
    token("token_type is DPoP", token_answer(token_type="DPoP"), "token_type_other"),
    token("token_type is a number", token_answer(token_type=1), "token_type_other"),
    token("the access token is a number", token_answer(access_token=1), "access_token_not_text"),
    token(
        "the access token is missing",
        token_answer(access_token=...),
        "access_token_missing",
        status=Status.WARN,
    ),
)  # fmt: skip

NOBODY_THERE = (
    Fault(
        "nothing listens at the token endpoint",
        document(token_endpoint="http://127.0.0.1:9/token"),
        "network_refused",
        way=Way.CALLBACK,
        flows=CODE,
    ),
)

FAULTS = (
    *STATE,
    *ISSUER,
    *CONTENTS,
    *ERRORS,
    *ENTRA_BACK,
    *ENTRA_TOKEN,
    *TOKEN_ERRORS,
    *TOKEN_ANSWER,
    *NOBODY_THERE,
)
