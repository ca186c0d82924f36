"""A refused test sign-in is named by its AADSTS number, where there is one that says more."""

import json

import pytest

from wizard.oidc.finding import Status, could_not_tell, failed, passed
from wizard.oidc.sign_in import judge_callback, judge_token_answer
from wizard.probes import Registration, name_refusal

CLIENT_ID = "6731de76-14a6-49ae-97bc-6eba6914391e"
URI = "http://localhost:8765/callback"
SECRET = "abc8Q~made.up-value_of-forty-characters0"
SECRET_ID = "5f0c9f0e-1111-4222-8333-444455556666"


def registration(secret=SECRET, response_type="code"):
    return Registration(
        CLIENT_ID, (("test", URI),), response_type, None, "openid email", secret or None
    )


def from_token_endpoint(number, error, text=""):
    body = {"error": error, "error_description": f"AADSTS{number}: Etwas stimmt nicht. {text}"}
    answer = judge_token_answer(400, json.dumps(body).encode(), "application/json")
    return answer.findings[-1]


def sent_back(number, error):
    params = [("error", error), ("error_description", f"AADSTS{number}: Something. Trace ID: 1")]
    answer = judge_callback(params, response_type="code", issuer="x", iss_supported=False)
    return answer.findings[-1]


ENDPOINT = "token endpoint"
BY_NUMBER = [
    (from_token_endpoint, 9002327, "invalid_request", "redirect_uri_spa_platform", URI),
    (from_token_endpoint, 9002325, "invalid_request", "redirect_uri_spa_platform", URI),
    (from_token_endpoint, 7000215, "invalid_client", "client_secret_refused", ENDPOINT),
    (from_token_endpoint, 7000222, "invalid_client", "client_secret_expired", ENDPOINT),
    (from_token_endpoint, 700016, "unauthorized_client", "client_id_unknown", CLIENT_ID),
    (from_token_endpoint, 7000112, "unauthorized_client", "app_disabled", CLIENT_ID),
    (from_token_endpoint, 700025, "invalid_client", "app_is_public_client", CLIENT_ID),
    (from_token_endpoint, 7000229, "invalid_client", "app_without_service_principal", CLIENT_ID),
    (from_token_endpoint, 90002, "invalid_request", "tenant_unknown", ENDPOINT),
    (from_token_endpoint, 9002331, "invalid_request", "app_for_other_accounts", CLIENT_ID),
    (from_token_endpoint, 9002332, "invalid_request", "app_for_other_accounts", CLIENT_ID),
    (sent_back, 50194, "invalid_request", "tenant_specific_url_needed", "error"),
    (sent_back, 500117, "invalid_request", "redirect_uri_http_refused", URI),
    (sent_back, 700054, "unsupported_response_type", "id_tokens_not_enabled", "code"),
    (sent_back, 700051, "unsupported_response_type", "response_type_refused", "code"),
    (sent_back, 70007, "invalid_request", "response_mode_refused", "code"),
    (sent_back, 70011, "invalid_scope", "scope_refused", "openid email"),
]


@pytest.mark.parametrize(("seen", "number", "error", "code", "about"), BY_NUMBER)
def test_the_number_says_what_the_oauth_error_does_not(seen, number, error, code, about):
    before = seen(number, error)
    named = name_refusal(before, registration())
    assert (named.code, named.status, named.about) == (code, Status.FAIL, about)
    assert named.actual == before.actual
    assert f"AADSTS{number}" in named.actual
    assert (named.evidence, named.spec) == (before.evidence, before.spec)


def test_a_refused_secret_that_is_a_guid_is_told_to_be_the_secret_id():
    refused = from_token_endpoint(7000215, "invalid_client")
    named = name_refusal(refused, registration(secret=SECRET_ID))
    assert named.code == "client_secret_refused_secret_id"


UNNAMED = [
    from_token_endpoint(54005, "invalid_grant"),
    from_token_endpoint(70002, "invalid_grant", "AADSTS70008: The code is expired."),
    from_token_endpoint(4711999, "invalid_request"),
    sent_back(65004, "access_denied"),
    failed("token_answer_invalid_client", actual="invalid_client: no number"),
    failed("aud_other", actual="AADSTS7000222: a claim that looks like an answer"),
    passed("callback_code_sent", actual="AADSTS7000222: "),
    could_not_tell("callback_x", actual="AADSTS7000222: "),
]


@pytest.mark.parametrize("finding", UNNAMED, ids=lambda finding: f"{finding.code} {finding.actual}")
def test_any_other_finding_stays_as_it_is(finding):
    assert name_refusal(finding, registration()) == finding


def test_without_a_secret_nothing_is_said_of_one():
    refused = from_token_endpoint(7000215, "invalid_client")
    assert name_refusal(refused, registration(secret="")) == refused


@pytest.mark.parametrize(
    "refused",
    [
        from_token_endpoint(7000218, "invalid_client"),
        failed("token_answer_invalid_client", actual="invalid_client: no number"),
    ],
    ids=["by Entra's number", "by the standard's error"],
)
def test_who_sent_no_secret_is_told_that_one_is_wanted(refused):
    named = name_refusal(refused, registration(secret=""))
    assert named.code == "client_secret_wanted"
