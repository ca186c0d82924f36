"""Syncro with the practice provider, from nothing: the application is registered on the way."""

from tests.support.practice_walk import Portal, at_practice_sign_in
from tests.support.walk import Walk, findings, verdict

REDIRECT_URI = "https://syncro.example/openid_connect/callback"


def test_from_nothing_to_a_proven_sign_in_without_leaving_the_computer(opened, started):
    latchkey = started(practice=True)
    context = opened()
    walk = Walk(context, latchkey)

    walk.enter()
    walk.new_setup("syncro", "practice")
    walk.answer("before")
    walk.answer("redirect-uri", redirect_uri=REDIRECT_URI)
    portal = Portal(context, latchkey.practice)
    registered = portal.register("Latchkey practice", [REDIRECT_URI, latchkey.callback])
    walk.secrets.append(registered.secret_value)
    walk.answer("client-id", client_id=registered.client_id)
    walk.answer("client-secret", client_secret=registered.secret_value)
    walk.answer("metadata", metadata_url=registered.metadata_url)
    outcome = walk.sign_in(at_practice_sign_in("with-email"))

    assert verdict(outcome) == "pass"
    assert "fail" not in findings(outcome).values()
    walk.hand_over(
        client_id=registered.client_id,
        client_secret=registered.secret_value,
        metadata_url=registered.metadata_url,
    )
    walk.turn_on()


def test_a_user_without_an_email_address_is_told_before_the_product_says_so(opened, started):
    latchkey = started(practice=True)
    context = opened()
    walk = Walk(context, latchkey)

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
    outcome = walk.sign_in(at_practice_sign_in("without-email"))

    assert verdict(outcome) == "warn", "the sign-in itself works"
    assert findings(outcome)["product_email_missing"] == "warn"
