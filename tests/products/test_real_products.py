"""Real products sign a user in with nothing but what the hand-over page hands over.

The settings are read off the page as they are pasted, the secret as it is shown when asked for. The
product's address is all that was entered about it.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.support.oidc_provider import client
from tests.support.walk import Walk, at_oidc_provider, verdict

# Letters, digits and . _ ~ - only: pgAdmin sends other signs unencoded, against RFC 6749, 2.3.1.
SECRET = "Ab8Q~a.secret_of-the-test~1234567890"
USER = "user@example.org"


def connect(walk: Walk, slug: str, address: str, metadata_url: str) -> tuple[str, str]:
    """A setup of that product up to the hand-over page; the settings on it, and the secret."""
    walk.enter()
    walk.new_setup(slug, "oidc")
    walk.answer("before")
    walk.answer("redirect-uri", product_address=address)
    walk.answer("client-id", client_id=slug)
    walk.answer("client-secret", client_secret=SECRET)
    walk.answer("metadata", metadata_url=metadata_url)
    assert verdict(walk.sign_in(at_oidc_provider(USER))) == "pass"
    walk.go(f"{walk.setup_path}/handover")
    settings = walk.copyable("snippet_1")
    assert SECRET not in settings
    walk.press(walk.page.get_by_role("button", name="Show"))
    return settings, walk.copyable("client_secret")


def registered(slug: str, path: str, product, latchkey):
    """The registration that the guide's redirect URI asks for."""
    return client(slug, f"{product.base}{path}", latchkey.callback, client_secret=SECRET)


def leave(page: Page) -> None:
    """Before the product ends: a page of its own that still asks it something would complain."""
    page.wait_for_load_state()
    page.close()


def hub_user(page: Page, product) -> None:
    page.goto(f"{product.base}/hub/login")
    page.get_by_role("link", name="Sign in").or_(
        page.get_by_role("button", name="Sign in")
    ).first.click()
    at_oidc_provider(USER)(page)


def test_jupyterhub_signs_a_user_in_with_the_settings_from_the_page(
    opened, started, provider, jupyterhub
):
    latchkey = started()
    op = provider(registered("jupyterhub", "/hub/oauth_callback", jupyterhub, latchkey))
    walk = Walk(opened(), latchkey, secrets=[SECRET])
    settings, secret = connect(walk, "jupyterhub", f"{jupyterhub.base}/hub/login", op.metadata_url)
    assert secret == SECRET

    jupyterhub.start(settings, {"OAUTH_CLIENT_SECRET": secret})
    page = opened().new_page()
    hub_user(page, jupyterhub)
    page.wait_for_url(f"{jupyterhub.base}/hub/home")
    expect(page.locator("body")).to_contain_text(USER)
    leave(page)

    # The proof can fail: with another secret the same hub signs nobody in.
    jupyterhub.start(settings, {"OAUTH_CLIENT_SECRET": "another"})
    page = opened(tolerated=["Failed to load resource"]).new_page()
    hub_user(page, jupyterhub)
    page.wait_for_url(f"{jupyterhub.base}/hub/oauth_callback**")
    expect(page.locator("body")).not_to_contain_text(USER)
    leave(page)


@pytest.mark.parametrize("right", [True, False], ids=["the secret", "another secret"])
def test_pgadmin_signs_a_user_in_with_the_settings_from_the_page(
    opened, started, provider, pgadmin, right
):
    latchkey = started()
    op = provider(registered("pgadmin", "/oauth2/authorize", pgadmin, latchkey))
    walk = Walk(opened(), latchkey, secrets=[SECRET])
    settings, secret = connect(walk, "pgadmin", pgadmin.base, op.metadata_url)

    pgadmin.start(settings, {"PGADMIN_OIDC_CLIENT_SECRET": secret if right else "another"})
    page = opened(tolerated=["Failed to load resource", "pgAdmin"]).new_page()
    page.goto(f"{pgadmin.base}/login")
    page.get_by_role("button", name="Login with Single sign-on").click()
    at_oidc_provider(USER)(page)
    if right:
        page.wait_for_url(f"{pgadmin.base}/browser/**")
        expect(page.get_by_text(USER).first).to_be_visible()
    else:
        page.wait_for_url(f"{pgadmin.base}/oauth2/authorize**")
        expect(page.locator("body")).to_contain_text("invalid_client")
        expect(page.get_by_text(USER)).to_have_count(0)
    leave(page)
