"""Syncro, from New setup to Turn it on, against a certified provider that we did not write."""

from tests.support.oidc_provider import client
from tests.support.walk import Walk, at_oidc_provider, findings, verdict

REDIRECT_URI = "https://syncro.example/openid_connect/callback"
SECRET = "the secret: 100% right & +proper"


def test_syncro_ends_with_a_proven_sign_in_and_every_step_ticked(opened, started, provider):
    latchkey = started()
    registered = client("syncro", REDIRECT_URI, latchkey.callback, client_secret=SECRET)
    op = provider(registered)
    walk = Walk(opened(), latchkey, secrets=[SECRET])

    walk.enter()
    walk.new_setup("syncro", "oidc", name="First customer")
    walk.answer("before")
    walk.answer("redirect-uri", redirect_uri=REDIRECT_URI)
    walk.answer("client-id", client_id="syncro")
    walk.answer("client-secret", client_secret=SECRET, secret_expires="2099-12-31")
    walk.answer("metadata", metadata_url=op.metadata_url)
    outcome = walk.sign_in(at_oidc_provider("admin@example.org"))

    assert verdict(outcome) == "pass"
    assert "fail" not in findings(outcome).values()
    assert "admin@example.org" in outcome.text
    asked = [(request["method"], request["path"]) for request in op.requests()]
    assert ("POST", "/token") in asked

    walk.hand_over(
        client_id="syncro",
        client_secret=SECRET,
        secret_expires="2099-12-31",
        metadata_url=op.metadata_url,
    )
    walk.turn_on()
    assert "First customer" in walk.go("/").text
