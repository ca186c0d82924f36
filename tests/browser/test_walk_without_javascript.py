"""The whole way with JavaScript off, on a narrow screen: every step works by its form alone."""

from tests.support.oidc_provider import client
from tests.support.practice_walk import Portal, at_practice_sign_in
from tests.support.walk import Walk, at_oidc_provider, verdict

REDIRECT_URI = "https://product.example/callback"
SECRET = "a secret without script"
PHONE = (360, 780)


def test_syncro_without_javascript(opened, started, provider):
    latchkey = started()
    registered = client("syncro", REDIRECT_URI, latchkey.callback, client_secret=SECRET)
    op = provider(registered)
    walk = Walk(opened(javascript=False, size=PHONE), latchkey, secrets=[SECRET], javascript=False)

    walk.enter()
    walk.new_setup("syncro", "oidc")
    walk.answer("before")
    walk.answer("redirect-uri", redirect_uri=REDIRECT_URI)
    walk.answer("client-id", client_id="syncro")
    walk.answer("client-secret", client_secret=SECRET, secret_expires="2099-12-31")
    walk.answer("metadata", metadata_url=op.metadata_url)
    outcome = walk.sign_in(at_oidc_provider(javascript=False))

    assert verdict(outcome) == "pass"
    walk.hand_over(client_id="syncro", client_secret=SECRET, metadata_url=op.metadata_url)
    walk.turn_on()


def test_connectwise_with_the_practice_provider_without_javascript(opened, started):
    latchkey = started(practice=True)
    context = opened(javascript=False, size=PHONE)
    walk = Walk(context, latchkey, javascript=False)

    walk.enter()
    walk.new_setup("connectwise", "practice")
    walk.answer("before")
    walk.answer("redirect-uri", redirect_uri=REDIRECT_URI)
    portal = Portal(context, latchkey.practice)
    registered = portal.register(
        "Latchkey practice", [REDIRECT_URI, latchkey.callback], id_tokens=True
    )
    walk.answer("client-id", client_id=registered.client_id)
    walk.answer("metadata", metadata_url=registered.metadata_url)
    outcome = walk.sign_in(at_practice_sign_in(javascript=False))

    assert verdict(outcome) == "pass"
    walk.hand_over(client_id=registered.client_id, metadata_url=registered.metadata_url)
    walk.turn_on()
