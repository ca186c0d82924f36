"""The provider that other tests sign in at does what they take for granted."""

import base64
import hashlib
import json
import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests

from tests.support.app import CALLBACK
from tests.support.oidc_provider import OpenIDProvider, client
from tests.support.shared_provider import SPACED

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")


@pytest.fixture
def provider(npm_provider):
    """It has "code-client" with a secret, and "token-client"."""
    return npm_provider


def metadata(provider):
    return requests.get(provider.metadata_url, timeout=10).json()


def sign_in(provider, client_id, *, decisions=("sign_in", "allow"), **parameters):
    """Walk the provider's pages; returns the last answer that is not a redirect to itself."""
    session = requests.Session()
    asked = {
        "client_id": client_id,
        "redirect_uri": CALLBACK,
        "scope": "openid email profile",
        "state": "a state",
        "nonce": "a nonce",
        **parameters,
    }
    answer = session.get(
        metadata(provider)["authorization_endpoint"],
        params=asked,
        timeout=10,
        allow_redirects=False,
    )
    decisions = list(decisions)
    while True:
        location = answer.headers.get("Location", "")
        if location.startswith((provider.issuer, "/")):
            target = requests.compat.urljoin(answer.url, location)
            answer = session.get(target, timeout=10, allow_redirects=False)
        elif "/interaction/" in answer.url and answer.status_code == 200:
            data = {"login": "admin@example.org", "decision": decisions.pop(0)}
            answer = session.post(answer.url, data=data, timeout=10, allow_redirects=False)
        else:
            return answer


def claims(id_token):
    payload = id_token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def test_the_code_flow_gives_an_id_token_with_the_email(provider):
    back = sign_in(
        provider,
        "code-client",
        response_type="code",
        code_challenge=CHALLENGE,
        code_challenge_method="S256",
    )
    address = urlsplit(back.headers["Location"])
    assert back.headers["Location"].startswith(CALLBACK)
    token = requests.post(
        metadata(provider)["token_endpoint"],
        auth=("code-client", quote(SPACED, safe="")),
        data={
            "grant_type": "authorization_code",
            "code": parse_qs(address.query)["code"][0],
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        },
        timeout=10,
    ).json()
    found = claims(token["id_token"])
    assert (found["iss"], found["aud"]) == (provider.issuer, "code-client")
    assert found["email"] == found["preferred_username"] == "admin@example.org"
    assert found["nonce"] == "a nonce"


def test_the_id_token_comes_back_by_form_post(provider):
    page = sign_in(
        provider, "token-client", response_type="id_token", response_mode="form_post"
    ).text
    assert f'action="{CALLBACK}"' in page
    id_token = re.search(r'name="id_token" value="([^"]+)"', page).group(1)
    assert claims(id_token)["email"] == "admin@example.org"


def test_a_user_who_cancels_is_sent_back_with_access_denied(provider):
    for decisions in (["cancel"], ["sign_in", "cancel"]):
        back = sign_in(provider, "code-client", response_type="code", decisions=decisions)
        query = parse_qs(urlsplit(back.headers["Location"]).query)
        assert query["error"] == ["access_denied"]


def test_a_wrong_client_gets_a_page_of_the_providers_own(provider):
    answer = sign_in(provider, "unknown", response_type="code")
    assert answer.status_code == 400
    assert "invalid_client" in answer.text
    assert "https://" not in answer.text, "its pages must not load anything from elsewhere"


@pytest.mark.products  # another start; tests with a browser sign in like this all the time
def test_one_page_is_enough_when_consent_is_left_out():
    registered = client("code-client", CALLBACK, client_secret="a secret")
    with OpenIDProvider([registered], consent=False) as provider:
        back = sign_in(provider, "code-client", response_type="code", decisions=["sign_in"])
    assert "code=" in back.headers["Location"]


def test_it_tells_what_it_was_asked(provider):
    before = len(provider.requests())
    requests.get(provider.metadata_url + "?secret=not-logged", timeout=10)
    assert provider.requests()[before:] == [
        {"method": "GET", "path": "/.well-known/openid-configuration", "status": 200}
    ]
