"""The hand-over is enough: a relying party that we did not write signs a user in with it.

Debian's mod_auth_openidc gets the values of the hand-over page and nothing else from us; what is
its own (its redirect URI, how it asks) is as in the product whose shape is tried.
"""

from playwright.sync_api import Page

from tests.support.apache import Apache
from tests.support.oidc_provider import client
from tests.support.walk import Walk, at_oidc_provider, findings, verdict
from wizard import catalogue

SECRET = "the secret: 100% right & +proper"
USER = "user@example.org"


def as_product(slug: str) -> dict[str, str]:
    """How the product asks, by its guide; no value of a setup is among these."""
    protocol = catalogue.product(slug).protocol
    return {
        "OIDCScope": protocol.scopes,
        "OIDCResponseType": protocol.response_type,
        **({"OIDCResponseMode": "form_post"} if protocol.response_mode == "form_post" else {}),
    }


def sign_in(page: Page, apache: Apache) -> None:
    """Open the product, and do what its identity provider asks for."""
    page.goto(apache.url)
    at_oidc_provider(USER)(page)


def assert_signed_in(page: Page, apache: Apache) -> None:
    page.wait_for_url(apache.url)
    assert page.locator("h1").inner_text() == "Signed in"
    assert page.locator("#email").inner_text() == USER


def test_with_the_values_handed_over_for_syncro_it_signs_a_user_in_by_code(
    opened, started, provider, apache
):
    latchkey = started()
    registered = client("syncro", apache.redirect_uri, latchkey.callback, client_secret=SECRET)
    op = provider(registered)
    walk = Walk(opened(), latchkey, secrets=[SECRET])
    walk.enter()
    walk.new_setup("syncro", "oidc")
    walk.answer("before")
    walk.answer("redirect-uri", redirect_uri=apache.redirect_uri)
    walk.answer("client-id", client_id="syncro")
    walk.answer("client-secret", client_secret=SECRET)
    walk.answer("metadata", metadata_url=op.metadata_url)
    assert verdict(walk.sign_in(at_oidc_provider(USER))) == "pass"
    walk.go(f"{walk.setup_path}/handover")
    client_id, metadata_url = walk.copyable("client_id"), walk.copyable("metadata_url")
    walk.press(walk.page.get_by_role("button", name="Show"))
    handed_over = {
        "OIDCClientID": client_id,
        "OIDCClientSecret": walk.copyable("client_secret"),
        "OIDCProviderMetadataURL": metadata_url,
    }

    apache.start(handed_over | as_product("syncro"))
    page = opened().new_page()
    sign_in(page, apache)
    assert_signed_in(page, apache)

    # The proof can fail: with another secret the same product signs nobody in.
    apache.start(handed_over | as_product("syncro") | {"OIDCClientSecret": "another"})
    page = opened(tolerated=["Failed to load resource"]).new_page()
    sign_in(page, apache)
    page.wait_for_url(f"{apache.redirect_uri}**")
    assert "Signed in" not in page.locator("body").inner_text()


def test_with_the_values_for_connectwise_it_signs_in_by_form_post_and_not_without_id_tokens(
    opened, started, provider, apache
):
    latchkey = started()
    uris = (apache.redirect_uri, latchkey.callback)
    op = provider(client("connectwise", *uris, response_types=["id_token"]))
    walk = Walk(opened(), latchkey)
    walk.enter()
    walk.new_setup("connectwise", "oidc")
    walk.answer("before")
    walk.answer("redirect-uri", redirect_uri=apache.redirect_uri)
    walk.answer("client-id", client_id="connectwise")
    walk.answer("metadata", metadata_url=op.metadata_url)
    assert verdict(walk.sign_in(at_oidc_provider(USER))) == "pass"
    walk.go(f"{walk.setup_path}/handover")
    handed_over = {
        "OIDCClientID": walk.copyable("client_id"),
        "OIDCProviderMetadataURL": walk.copyable("metadata_url"),
    }
    assert walk.copyable("response_type") == as_product("connectwise")["OIDCResponseType"]
    apache.start(handed_over | as_product("connectwise"))
    page = opened().new_page()
    sign_in(page, apache)
    assert_signed_in(page, apache)
    assert [r for r in op.requests() if r["path"] == "/token"] == [], "no code, nothing to redeem"

    # ID tokens off: the same provider without them, and everything else as it was.
    off = provider(client("connectwise", *uris, response_types=["code"]))
    apache.start(
        handed_over | as_product("connectwise") | {"OIDCProviderMetadataURL": off.metadata_url}
    )
    page = opened(tolerated=["Failed to load resource"]).new_page()
    page.goto(apache.url)
    page.wait_for_url(f"{apache.redirect_uri}**")
    said = page.locator("body").inner_text()
    assert "response_type is not allowed for this client" in said
    assert "Signed in" not in said
    walk.go(f"{walk.setup_path}/metadata")
    told = walk.try_answer("metadata", metadata_url=off.metadata_url)
    assert findings(told)["response_type_refused"] == "fail"
