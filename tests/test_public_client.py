"""A product without a client secret that redeems a code: a public client, the whole way.

At npm oidc-provider, registered with token_endpoint_auth_method "none"; it demands PKCE of those.
And the reverse, a product with a secret and without PKCE: a verifier nobody announced is refused.
"""

import json
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
import requests

from tests.support.app import CALLBACK, wizard
from tests.support.shared_provider import NO_PKCE, PORTAINER
from tests.support.shared_provider import ZAMMAD as ADDRESS
from tests.support.shared_provider import ZAMMAD_URI as URI
from wizard import provisioning, setups
from wizard.views.scripted import plan_of

USER = "agent@example.org"


@pytest.fixture
def op(npm_provider):
    """Its clients here are "public", "confidential" and "no-pkce"."""
    return npm_provider


@pytest.fixture
def app(tmp_path):
    with wizard(tmp_path) as running:
        yield running


def to_test(app, op, client_id):
    """Zammad's flow up to the test sign-in, or to the page that stops it."""
    page = app.setup("zammad")
    answers = {
        "redirect-uri": {"product_address": ADDRESS},
        "client-id": {"client_id": client_id},
        "metadata": {"metadata_url": op.metadata_url},
    }
    seen = []
    while not page.path.endswith("/test"):
        here = page.path.rsplit("/", 1)[-1]
        seen.append(here)
        page = app.visitor.submit(page, **answers.get(here, {}))
        assert not page.path.endswith(f"/{here}"), f"stuck at {here}: {page.words}"
    assert seen == ["before", "redirect-uri", "client-id", "metadata"], "nothing asks for a secret"
    return page


def sign_in(app, page):
    """The test sign-in at the provider's own pages; the request it began with, the outcome."""
    leaving = app.visitor.submit(page, "go")
    url = leaving.root.one("meta", http_equiv="refresh").get("content").partition("url=")[2]
    decisions = ["sign_in", "allow"]
    with requests.Session() as http:
        http.trust_env = False
        answer = http.get(url, timeout=10, allow_redirects=False)
        while not answer.headers.get("Location", "").startswith(CALLBACK):
            location = answer.headers.get("Location")
            if location:
                answer = http.get(urljoin(answer.url, location), timeout=10, allow_redirects=False)
                continue
            assert answer.status_code == 200, answer.text
            data = {"login": USER, "decision": decisions.pop(0)}
            answer = http.post(answer.url, data=data, timeout=10, allow_redirects=False)
    params = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    return dict(parse_qsl(urlsplit(url).query)), app.come_back(**params)


def test_a_public_client_is_registered_checked_and_signed_in_without_a_secret(app, op):
    page = to_test(app, op, "public")
    setup = setups.load(app.store, app.vault, page.path.split("/")[2], 8765)
    found = {f["code"]: f["status"] for f in setup.checks["registration"].findings}
    assert found["client_id_known"] == "pass"
    assert found["redirect_uri_accepted"] == "pass"
    assert "secret" not in setup.checks

    asked, outcome = sign_in(app, page)
    assert asked["code_challenge_method"] == "S256"
    assert outcome.verdict == "pass", outcome.words
    assert USER in outcome.words

    there = app.visitor.get(f"/setups/{setup.id}/handover")
    assert there.path.endswith("/handover")
    assert there.copyable("client_id") == "public"
    assert "client secret" not in there.root.one("main").text.lower().replace(
        "no client secret", ""
    )


def test_an_application_that_wants_a_secret_refuses_the_code_of_one_without(app, op):
    _, outcome = sign_in(app, to_test(app, op, "confidential"))
    assert outcome.verdict == "fail"
    failed = [code for code, status, _ in outcome.findings if status == "fail"]
    assert failed == ["client_secret_wanted"]
    assert "public client" in outcome.words


def test_a_product_without_pkce_is_signed_in_as_it_will_be(app, op):
    page = app.walk_to(
        "test",
        product="portainer",
        redirect_uri=PORTAINER,
        client_id="no-pkce",
        client_secret=NO_PKCE,
        metadata_url=op.metadata_url,
    )
    asked, outcome = sign_in(app, page)
    assert "code_challenge" not in asked
    assert outcome.verdict == "pass", outcome.words


def test_the_page_says_how_a_public_client_is_registered(app):
    page = app.saved_at("client-id", product="zammad", provider="entra", redirect_uri=URI)
    assert "Public client/native (mobile & desktop)" in page.words
    assert "Web ✕ not this one" in " ".join(page.words.split()), "nor is it drawn otherwise"
    assert "platform Web, both addresses have to be listed" not in page.words


def test_the_scripts_register_a_public_client(app):
    setup_id = app.saved_before("client-id", product="zammad", provider="entra", redirect_uri=URI)
    setup = setups.load(app.store, app.vault, setup_id, 8765)
    plan = plan_of(setup)
    assert (list(plan.redirect_uris), list(plan.public_redirect_uris)) == ([], [URI, CALLBACK])
    az, powershell, graph = provisioning.scripts(plan)
    assert f"--public-client-redirect-uris '{URI}' '{CALLBACK}'" in az.parts[0].text
    assert "--web-redirect-uris" not in az.parts[0].text
    assert (
        f"-PublicClient @{{ RedirectUris = @('{URI}', '{CALLBACK}') }}" in powershell.parts[0].text
    )
    [body] = [p.text for p in graph.parts if p.name == "graph_application"]
    made = json.loads(body.partition("\n\n")[2])
    assert made["publicClient"] == {"redirectUris": [URI, CALLBACK]}
    assert "web" not in made
    for script in (az, powershell, graph):
        assert not any("secret" in part.text.lower() for part in script.parts)
