"""Entra's dialect: every documented answer leads to its own finding, by the number alone."""

import pytest

from tests.support.entra_like import TENANT, App, EntraLike
from tests.support.odd_provider import CLIENT_ID, PRODUCT_URI, TEST_URI, OddProvider, Said
from wizard.fetch import Fetcher
from wizard.oidc.discovery import Needs
from wizard.oidc.finding import Status
from wizard.probes import Registration, ask_discovery, ask_registration, ask_secret
from wizard.probes.dialect import numbers_in

SECRET = "abc8Q~made.up-value_of-forty-characters0"
SECRET_ID = "5f0c9f0e-1111-4222-8333-444455556666"
SCOPE = "https://graph.microsoft.com/.default"
GOOD = App(CLIENT_ID, (PRODUCT_URI, TEST_URI), {SECRET: "", "old": "expired"}, id_tokens=True)


def app(**changes):
    facts = {
        "redirect_uris": GOOD.redirect_uris,
        "secrets": GOOD.secrets,
        "id_tokens": True,
        **changes,
    }
    return App(CLIENT_ID, **facts)


def registration(kind="code", secret=None, client_id=CLIENT_ID):
    mode = "form_post" if kind == "id_token" else None
    uris = (("product", PRODUCT_URI), ("test", TEST_URI))
    return Registration(client_id, uris, kind, mode, "openid", secret)


def ask(provider, **values):
    with Fetcher() as fetcher:
        return ask_registration(fetcher, provider.metadata, registration(**values))


def ask_for_secret(provider, secret=SECRET, question="client_credentials", **values):
    with Fetcher() as fetcher:
        return ask_secret(
            fetcher,
            provider.metadata,
            registration(secret=secret, **values),
            question=question,
            scope=SCOPE,
        )


def told(findings):
    return {(finding.about, finding.code) for finding in findings}


KNOWN, ACCEPTED = (CLIENT_ID, "client_id_known"), "redirect_uri_accepted"
UNTOLD_CLIENT = (CLIENT_ID, "client_id_could_not_tell")
UNTOLD_URIS = {(uri, "redirect_uri_could_not_tell") for uri in (PRODUCT_URI, TEST_URI)}
UNTOLD_TYPE = ("code", "response_type_could_not_tell")
BOTH = {(PRODUCT_URI, ACCEPTED), (TEST_URI, ACCEPTED)}

AUTHORIZE = [
    ("right values", GOOD, {}, {KNOWN, *BOTH, ("code", "response_type_accepted")}),
    ("ID tokens ticked", GOOD, {"kind": "id_token"},
     {KNOWN, *BOTH, ("id_token", "response_type_could_not_tell")}),
    ("ID tokens not ticked", app(id_tokens=False), {"kind": "id_token"},
     {KNOWN, *BOTH, ("id_token", "id_tokens_not_enabled")}),
    ("ID tokens not ticked, code flow", app(id_tokens=False), {},
     {KNOWN, *BOTH, ("code", "response_type_accepted")}),
    ("one URI missing", app(redirect_uris=(PRODUCT_URI,)), {},
     {KNOWN, (PRODUCT_URI, ACCEPTED), (TEST_URI, "redirect_uri_refused"),
      ("code", "response_type_accepted")}),
    ("both URIs missing", app(redirect_uris=("https://other.example/",)), {},
     {KNOWN, (PRODUCT_URI, "redirect_uri_refused"), (TEST_URI, "redirect_uri_refused"),
      UNTOLD_TYPE}),
    ("no URI at all", app(redirect_uris=()), {},
     {KNOWN, (PRODUCT_URI, "redirect_uri_none_registered"),
      (TEST_URI, "redirect_uri_none_registered"), UNTOLD_TYPE}),
    ("unknown client ID", GOOD, {"client_id": SECRET_ID},
     {(SECRET_ID, "client_id_unknown"), *UNTOLD_URIS, UNTOLD_TYPE}),
    ("disabled", app(enabled=False), {},
     {(CLIENT_ID, "app_disabled"), *UNTOLD_URIS, UNTOLD_TYPE}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("known", "values", "expected"),
    [case[1:] for case in AUTHORIZE],
    ids=[case[0] for case in AUTHORIZE],
)
def test_the_authorization_endpoint_is_read_by_number(known, values, expected):
    with EntraLike(known) as provider:
        # Three times, for status, escaping and language change with every answer.
        for _ in range(3):
            assert told(ask(provider, **values)) == expected


def test_a_missing_tick_that_is_looked_at_after_the_session_is_no_false_green():
    with EntraLike(app(id_tokens=False), session_first=True) as provider:
        findings = ask(provider, kind="id_token")
    assert ("id_token", "response_type_could_not_tell") in told(findings)


@pytest.mark.parametrize(
    ("tenant", "code"),
    [(TENANT.replace("1", "2"), "tenant_unknown"), ("my tenant", "tenant_malformed")],
)
def test_a_wrong_tenant_is_named_by_both_endpoints(tenant, code):
    with EntraLike(GOOD, tenant=tenant) as provider:
        asked = ask(provider)
        answer = ask_for_secret(provider)
    assert (provider.metadata.authorization_endpoint, code) in told(asked)
    assert {f.code for f in asked if f.status is Status.FAIL} == {code}
    assert [f.code for f in answer.findings] == [code, "client_secret_could_not_tell"]


TOKEN = [
    ("right", GOOD, SECRET, ["client_secret_accepted"]),
    ("wrong", GOOD, SECRET[:-1] + "1", ["client_secret_refused"]),
    ("the Secret ID", GOOD, SECRET_ID, ["client_secret_refused_secret_id"]),
    ("expired", GOOD, "old", ["client_secret_expired"]),
    ("right, blocked by policy", app(policy_blocks=True), SECRET,
     ["client_secret_accepted_policy_blocks"]),
    ("wrong, blocked by policy", app(policy_blocks=True), "nonsense", ["client_secret_refused"]),
    ("no service principal", app(service_principal=False), SECRET,
     ["app_without_service_principal", "client_secret_could_not_tell"]),
    ("disabled", app(enabled=False), SECRET, ["app_disabled", "client_secret_could_not_tell"]),
    ("public client", app(platform="public"), SECRET,
     ["app_is_public_client", "client_secret_could_not_tell"]),
    ("no such client", App(SECRET_ID), SECRET,
     ["client_id_unknown", "client_secret_could_not_tell"]),
]  # fmt: skip


@pytest.mark.parametrize("question", ["client_credentials", "bogus_code"])
@pytest.mark.parametrize(
    ("known", "secret", "codes"), [case[1:] for case in TOKEN], ids=[case[0] for case in TOKEN]
)
def test_the_token_endpoint_is_read_by_number(known, secret, codes, question):
    with EntraLike(known) as provider:
        for _ in range(3):
            answer = ask_for_secret(provider, secret=secret, question=question)
            assert [f.code for f in answer.findings] == codes
        assert len(provider.asked) == 6
    assert (answer.auth_method is not None) is codes[0].startswith("client_secret_accepted")


def test_the_mistake_is_shown_at_the_value_that_is_wrong():
    with EntraLike(App(SECRET_ID)) as provider:
        named, untold = ask_for_secret(provider).findings
    assert (named.about, named.status) == (CLIENT_ID, Status.FAIL)
    assert untold.about == provider.metadata.token_endpoint


def test_passing_trouble_at_microsoft_is_no_verdict():
    with EntraLike(GOOD) as provider:
        provider.busy = True
        (finding,) = ask_for_secret(provider, secret="wrong").findings
    assert finding.code == "client_secret_could_not_tell"
    assert finding.status is Status.UNKNOWN


def answering(right, wrong, status=400):
    """Fixed numbers for the admin's and for any other secret."""

    def token(asked):
        number = right if asked.secret == SECRET else wrong
        return Said(status, {"error": "x", "error_codes": [number]}, {}, "application/json")

    return token


CONTRADICTED = [
    (7000215, 9002313),  # the made-up secret did better
    (7000222, 9002313),
    (53003, 53003),  # anybody gets the policy's answer
    (700016, 7000215),  # this very client was known a moment ago
    (7000229, 7000215),
    (4242424, 7000215),  # a number nobody knows
]


@pytest.mark.parametrize(("right", "wrong"), CONTRADICTED)
def test_a_number_that_the_made_up_secret_contradicts_is_no_verdict(right, wrong):
    with OddProvider(token=answering(right, wrong)) as provider:
        (finding,) = ask_for_secret(provider).findings
    assert (finding.code, finding.status) == ("client_secret_could_not_tell", Status.UNKNOWN)


def test_an_unknown_number_never_breaks_and_is_shown():
    def authorize(asked):
        return Said(200, "<script>$Config={'m': 'AADSTS4242424: new'}</script>")

    with OddProvider(authorize=authorize) as provider:
        findings = ask(provider)
    assert Status.PASS not in {f.status for f in findings}


NAMED = {
    "a plain http address": (
        (500117, 500117, 700016),
        {(PRODUCT_URI, "redirect_uri_http_refused"), (TEST_URI, "redirect_uri_http_refused")},
    ),
    "an app for work accounts at /consumers": (
        (9002332, 9002332, 700016),
        {(CLIENT_ID, "app_for_other_accounts")},
    ),
    "an app for personal accounts": (
        (9002331, 9002331, 700016),
        {(CLIENT_ID, "app_for_other_accounts")},
    ),
    "/common for an app of one tenant": ((50194, 50194, 700016), "tenant_specific_url_needed"),
    "no tenant to be told": ((50059, 50059, 50059), "tenant_specific_url_needed"),
    "a tenant of another cloud": ((90038, 90038, 90038), "tenant_in_other_cloud"),
}


@pytest.mark.parametrize("kind", NAMED)
def test_what_is_refused_on_a_page_is_named_by_its_number(kind):
    """The numbers are for the right values, a made-up redirect URI, and a made-up client ID."""
    (right, other_uri, other_client), expected = NAMED[kind]

    def authorize(asked):
        number = right if asked.right_uri else other_uri
        return Said(400, f"<p>AADSTS{number if asked.right_client else other_client}: x</p>")

    with OddProvider(authorize=authorize) as provider:
        findings = ask(provider)
        if isinstance(expected, str):
            expected = {(provider.metadata.authorization_endpoint, expected)}
    failed = [finding for finding in findings if finding.status is Status.FAIL]
    assert told(failed) == expected
    assert f"AADSTS{right}" in failed[0].actual


def test_numbers_that_the_made_up_client_contradicts_are_no_verdict():
    def authorize(asked):
        number = 700016 if asked.right_client else 90013
        return Said(400, f"AADSTS{number}: x")

    with OddProvider(authorize=authorize) as provider:
        findings = ask(provider)
    assert {f.status for f in findings} == {Status.UNKNOWN}


def test_a_redirect_uri_of_the_single_page_platform_is_named():
    with OddProvider(token=answering(9002327, 9002327)) as provider:
        codes = {f.about: f.code for f in ask_for_secret(provider, question="bogus_code").findings}
    assert codes[PRODUCT_URI] == "redirect_uri_spa_platform"


# Discovery

DISCOVERY = [
    (400, 90002, "tenant_unknown"),
    (404, 90002, "tenant_unknown"),
    (400, 900023, "tenant_malformed"),
    (400, 90038, "tenant_in_other_cloud"),
]


@pytest.mark.parametrize(("status", "number", "code"), DISCOVERY)
@pytest.mark.parametrize("escaped", [False, True], ids=["JSON", "page"])
def test_a_wrong_tenant_is_told_at_discovery(status, number, code, escaped):
    def document(asked):
        if escaped:
            return Said(status, f"<p>\\u0027AADSTS{number}\\u0027</p>")
        body = {"error": "invalid_tenant", "error_description": f"AADSTS{number}: no"}
        return Said(status, body, {}, "application/json")

    path = "/x/v2.0/.well-known/openid-configuration"
    with OddProvider(pages={path: document}) as provider, Fetcher() as fetcher:
        found = ask_discovery(fetcher, provider.issuer + path, Needs(), lambda: 0.0)
    assert found.metadata is None
    assert [f.code for f in found.findings if f.status is Status.FAIL] == [code]


NUMBERS = [
    ("AADSTS50011: x", (50011,)),
    ("\\u0027AADSTS700016: x\\u0027 and AADSTS50011", (700016, 50011)),
    ('{"error_codes": [7000215], "error_description": "AADSTS7000215: x"}', (7000215,)),
    ('{"error_codes": [7000215], "error_description": "kein Text"}', (7000215,)),
    ('{"error_codes": "7000215"}', ()),
    ('{"error_codes": [true, -1, 1.5, "x", {}]}', ()),
    ("AADSTS: x", ()),
    ("AADSTS12345678901234567890", ()),
    ("aadsts50011", ()),
    ("", ()),
]


@pytest.mark.parametrize(("text", "numbers"), NUMBERS)
def test_numbers_are_found_wherever_they_are_written(text, numbers):
    assert numbers_in(text) == numbers
