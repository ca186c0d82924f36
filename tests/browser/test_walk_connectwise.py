"""ConnectWise: the ID token straight from the authorization endpoint, by form_post, no secret."""

from tests.support.oidc_provider import client
from tests.support.walk import Walk, at_oidc_provider, findings, verdict

REDIRECT_URI = "https://connectwise.example/oidc/callback"


def test_connectwise_ends_with_a_proven_sign_in_and_was_never_asked_for_a_secret(
    opened, started, provider
):
    latchkey = started()
    registered = client("connectwise", REDIRECT_URI, latchkey.callback, response_types=["id_token"])
    op = provider(registered)
    walk = Walk(opened(), latchkey)

    walk.enter()
    walk.new_setup("connectwise", "oidc")
    walk.answer("before")
    walk.answer("redirect-uri", redirect_uri=REDIRECT_URI)
    walk.answer("client-id", client_id="connectwise")
    assert walk.step == "metadata", "a product without a secret has no such step"
    walk.answer("metadata", metadata_url=op.metadata_url)
    outcome = walk.sign_in(at_oidc_provider("admin@example.org"))

    assert verdict(outcome) == "pass"
    assert "fail" not in findings(outcome).values()
    assert "admin@example.org" in outcome.text
    answers = [request for request in op.requests() if request["path"] == "/token"]
    assert answers == [], "no code, so nothing to redeem"

    walk.hand_over(client_id="connectwise", response_type="id_token", metadata_url=op.metadata_url)
    walk.turn_on()
