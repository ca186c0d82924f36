"""Ways through every page there is, in every state worth looking at.

Each tour hands the pages it comes to, with a name for the state, to whoever watches: to be
photographed (screens.py), to be judged by axe-core (test_axe.py).
"""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.support.entra_like import App
from tests.support.latchkey import Latchkey
from tests.support.oidc_provider import OpenIDProvider, client
from tests.support.practice_walk import Portal, at_practice_sign_in, mistyped
from tests.support.walk import Walk, at_oidc_provider
from tests.support.whole_provider import WholeProvider

Watch = Callable[[Page, str], None]
Tour = Callable[[BrowserContext, Latchkey, Watch], None]

REDIRECT_URI = "https://syncro.example/openid_connect/callback"
SECRET = "not-a-real-secret"
CLIENT_ID = "5d1a0f0e-2f6b-4c1e-9a55-0c1f2e3d4b5a"
TENANT = "8f14e45f-ceea-467d-9a2b-7c5b1f0d2e3c"
# Microsoft's own published example.
ENTRA_SECRET = "zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP"
OVERVIEW = f"Application (client) ID\n{CLIENT_ID}\nDirectory (tenant) ID\n{TENANT}\n"


def choosing(context: BrowserContext, latchkey: Latchkey, watch: Watch) -> None:
    """The first page, and the lists of a new setup as they are searched."""
    walk = Walk(context, latchkey, watch=watch)
    page = walk.page
    walk.enter()
    page.locator(".import summary").click()
    watch(page, "home-import-open")
    walk.go("/setups/new")
    for name, query in {"hits": "wiki", "saml-only": "hudu", "none": "nothing of the kind"}.items():
        page.locator("#find_product").fill(query)
        expect(page.locator("#product [role=status]")).not_to_have_text("")
        page.wait_for_timeout(300)  # what is found is told a moment after the last key
        watch(page, f"new-search-{name}")
    walk.go("/setups/new")
    page.locator("#saml-only summary").click()
    watch(page, "new-saml-list")
    walk.press_continue()
    walk.look("new-nothing-chosen")
    walk.go("/")
    page.locator(".import summary").click()
    page.set_input_files(
        "#file", {"name": "setup.json", "mimeType": "application/json", "buffer": b"[]"}
    )
    walk.press(page.get_by_role("button", name="Import"))
    walk.look("import-of-no-setup")
    page.close()


def with_a_provider(context: BrowserContext, latchkey: Latchkey, watch: Watch) -> None:
    """Syncro against a real provider, with a wrong answer at every step first."""
    registered = client("syncro", REDIRECT_URI, latchkey.callback, client_secret=SECRET)
    with OpenIDProvider([registered]) as op:
        walk = Walk(context, latchkey, secrets=[SECRET], watch=watch)
        page = walk.page
        walk.enter()
        walk.new_setup("syncro", "oidc", name="First customer")
        walk.answer("before")
        walk.try_answer("redirect-uri", redirect_uri="syncro.example/callback")
        walk.answer("redirect-uri", redirect_uri=REDIRECT_URI)
        walk.try_answer("client-id", client_id="")
        walk.answer("client-id", client_id="syncro-wrong")
        walk.try_answer("client-secret", client_secret="")
        walk.answer("client-secret", client_secret=SECRET, secret_expires="2099-12-31")
        walk.try_answer("metadata", metadata_url=f"{op.issuer}/nothing/here")
        walk.try_answer("metadata", metadata_url=op.metadata_url)
        walk.go(f"{walk.setup_path}/client-id")
        walk.try_answer("client-id", client_id="syncro")
        walk.go(walk.setup_path)
        walk.sign_in(at_oidc_provider(cancel=True))
        page.get_by_text("Go on without a proven sign-in").click()
        watch(page, "test-go-on-open")
        walk.sign_in(at_oidc_provider("admin@example.org"))
        walk.press(page.locator(".people a").last)
        walk.look("one-earlier-run")
        _hand_over(walk, watch)
        walk.turn_on()
        walk.go(f"{walk.setup_path}/turn-on")
        walk.go(f"{walk.setup_path}/record")
        walk.go(f"{walk.setup_path}/renew")
        walk.go(f"{walk.setup_path}/delete")
        walk.go("/")
        walk.press(page.get_by_role("button", name=re.compile("^Check again")))
        walk.look("checked-again")
        page.close()


def _hand_over(walk: Walk, watch: Watch) -> None:
    page = walk.page
    walk.go(f"{walk.setup_path}/handover")
    walk.press(page.get_by_role("button", name="Show"))
    watch(page, "handover-secret-shown")
    walk.go(f"{walk.setup_path}/handover")
    walk.press(page.get_by_role("button", name="Find out"))
    walk.look("said-nothing")
    page.locator("[name=said]").first.check()
    walk.press(page.get_by_role("button", name="Find out"))
    walk.look("said")
    walk.go(f"{walk.setup_path}/handover")
    walk.hand_over(client_id="syncro")


def at_entra(context: BrowserContext, latchkey: Latchkey, watch: Watch) -> None:
    """The guide with the most in it: sketches, scripts, live checks, offers, the tab that waits."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    app = App(CLIENT_ID, (REDIRECT_URI, latchkey.callback), {ENTRA_SECRET: ""})
    with WholeProvider(app) as entra:
        walk = Walk(context, latchkey, secrets=[ENTRA_SECRET], watch=watch)
        page = walk.page
        walk.enter()
        walk.new_setup("syncro", "entra", name="With Entra")
        walk.answer("before")
        walk.answer("redirect-uri", redirect_uri=REDIRECT_URI)
        _unfold(page, watch, "client-id-unfolded")
        page.evaluate("text => navigator.clipboard.writeText(text)", OVERVIEW)
        page.locator("button[data-pastes=client_id]").click()
        expect(page.locator("[data-offer]")).to_be_visible()
        watch(page, "client-id-offer")
        walk.press(page.locator("[data-offer] button"))
        walk.look("client-id-taken")
        walk.answer("client-id", client_id=CLIENT_ID)
        walk.answer("client-secret", client_secret=ENTRA_SECRET, secret_expires="2099-12-31")
        _clouds(walk, watch)
        gate = entra.hold("/token")
        field = page.locator("input[name=metadata_url]")
        field.fill(entra.metadata_url)
        field.blur()
        expect(page.locator("#checks .busy")).to_have_count(1)
        watch(page, "metadata-while-it-asks")
        gate.open()
        _all_checked(page)
        watch(page, "metadata-all-there")
        walk.answer("metadata", metadata_url=entra.metadata_url)
        _waiting(walk, entra, watch)
        page.locator("[name=provider_error]").fill("AADSTS50011: The redirect URI does not match.")
        walk.press(page.get_by_role("button", name="Explain this error"))
        _unfold(page, watch, "test-error-explained")
        page.close()


def _clouds(walk: Walk, watch: Watch) -> None:
    page = walk.page
    host = "https://login.microsoftonline.us"
    field = page.locator("input[name=metadata_url]")
    field.fill(f"{host}/{TENANT}/v2.0/.well-known/openid-configuration")
    field.blur()
    expect(page.locator('#checks [data-code="metadata_url_other_cloud"]')).to_be_visible()
    _all_checked(page)
    watch(page, "metadata-other-cloud")


def _all_checked(page: Page) -> None:
    """The live check is over: its last row is there, and htmx has finished putting it in."""
    expect(page.locator("#checks [data-over]")).to_have_count(1)
    under_way = [f".htmx-{each}" for each in ("request", "swapping", "added", "settling")]
    expect(page.locator(", ".join(under_way))).to_have_count(0)


def _waiting(walk: Walk, entra: WholeProvider, watch: Watch) -> None:
    page = walk.page
    walk.look("test-before")
    page.evaluate("document.getElementById('go').dataset.late = '3'")
    gate = entra.hold("/authorize")
    with walk.context.expect_page() as opened:
        page.locator("#start-sign-in").click()
    expect(page.locator("#waiting")).to_contain_text("Waiting for you")
    watch(page, "test-waiting")
    expect(page.locator("#waiting")).to_contain_text("Nothing has come back")
    watch(page, "test-two-minutes-later")
    gate.open()
    expect(page.locator("[data-verdict]")).to_have_count(1)
    walk.look("test-failed-at-entra")
    opened.value.close()


def _unfold(page: Page, watch: Watch, name: str) -> None:
    """With everything open that was folded away, the step list too."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    watch(page, name)


def other_guides(context: BrowserContext, latchkey: Latchkey, watch: Watch) -> None:
    """Redirect URIs made from an address, several of them, files, a provider's own oddities."""
    walk = Walk(context, latchkey, watch=watch)
    page = walk.page
    walk.enter()
    walk.new_setup("nextcloud", "entra-us-gov")
    walk.answer("before")
    walk.look()
    page.locator("[name=product_address]").fill("https://cloud.example")
    page.locator("[name=product_address]").blur()
    expect(page.locator("#made")).to_be_visible()
    watch(page, "redirect-uri-made-from-an-address")
    _unfold(page, watch, "redirect-uri-unfolded")
    walk.press_continue()
    walk.look("client-id-national-cloud")
    walk.new_setup("mattermost", "duo")
    walk.answer("before")
    walk.try_answer("redirect-uri", product_address="")
    walk.answer("redirect-uri", product_address="https://chat.example")
    walk.look("client-id-several-redirect-uris")
    walk.press(page.get_by_role("button", name="It refuses Latchkey's address"))
    walk.look("client-id-localhost-refused")
    _files(walk, latchkey, watch)
    page.close()


def _files(walk: Walk, latchkey: Latchkey, watch: Watch) -> None:
    """Argo CD takes its settings in files; nothing can come back, so nobody signs in first."""
    registered = client("argocd", "https://argocd.example/auth/callback", client_secret=SECRET)
    with OpenIDProvider([registered]) as op:
        walk.secrets.append(SECRET)
        walk.new_setup("argocd", "oidc")
        walk.answer("before")
        walk.answer("redirect-uri", product_address="https://argocd.example")
        walk.press(walk.page.get_by_role("button", name="It refuses Latchkey's address"))
        walk.answer("client-id", client_id="argocd")
        if walk.step == "client-secret":
            walk.answer("client-secret", client_secret=SECRET)
        walk.answer("metadata", metadata_url=op.metadata_url)
        walk.look("test-without-a-way-back")
        walk.press(walk.page.get_by_role("button", name="Continue without a test sign-in"))
        _unfold(walk.page, watch, "handover-files-unfolded")
        walk.go(f"{walk.setup_path}/record")


def practice(context: BrowserContext, latchkey: Latchkey, watch: Watch) -> None:
    """The practice product with the practice provider, the portal's pages, and a renewal."""
    walk = Walk(context, latchkey, watch=watch)
    walk.enter()
    walk.new_setup("practice", "practice")
    walk.answer("before")
    portal = Portal(context, latchkey.practice, watch=watch)
    product = context.new_page()
    _look_at(product, f"{latchkey.practice}product/", "practice-product-off", watch)
    _look_at(product, f"{latchkey.practice}product/settings", "practice-product-settings", watch)
    redirect_uri = product.locator('[data-copy="redirect_uri"]').inner_text().strip()
    walk.answer("redirect-uri", redirect_uri=redirect_uri)
    portal._follow("New registration")
    portal._send("Register")
    portal.page.goto(latchkey.practice)
    registered = portal.register("Latchkey practice", [redirect_uri, latchkey.callback])
    for each in ("authentication", "secrets", "properties", "users"):
        portal.open(registered.client_id, each)
    for path, name in {"": "apps", "directories": "directories"}.items():
        _look_at(portal.page, f"{latchkey.practice}{path}", f"portal-{name}", watch)
    walk.secrets.append(registered.secret_value)
    walk.answer("client-id", client_id=registered.client_id)
    walk.answer("client-secret", client_secret=registered.secret_value)
    walk.answer("metadata", metadata_url=registered.metadata_url)

    def sign_in(tab: Page) -> None:
        tab.locator("button[name=user]").first.wait_for()
        watch(tab, "practice-sign-in")
        at_practice_sign_in("without-email")(tab)

    walk.sign_in(sign_in)
    walk.sign_in(at_practice_sign_in("with-email"))
    _practice_product(product, registered, latchkey, watch)
    walk.go(f"{walk.setup_path}/handover")
    walk.hand_over()
    walk.turn_on()
    walk.press(walk.page.get_by_role("button", name="Check that it is gone"))
    walk.look("turn-on-not-gone-yet")
    _renew(walk, portal, registered.client_id, registered.secret_id)
    walk.page.close()
    portal.page.close()
    product.close()


def _look_at(page: Page, address: str, name: str, watch: Watch) -> None:
    page.goto(address)
    watch(page, name)


def _practice_product(page: Page, registered, latchkey: Latchkey, watch: Watch) -> None:
    def send(words: str, name: str) -> None:
        with page.expect_navigation():
            page.get_by_role("button", name=words).click()
        watch(page, f"practice-product-{name}")

    settings = f"{latchkey.practice}product/settings"
    page.goto(settings)
    send("Save & verify", "nothing-entered")
    page.locator("[name=client_id]").fill(registered.client_id)
    page.locator("[name=discovery_url]").fill(registered.metadata_url)
    page.locator("[name=client_secret]").fill("wrong")
    send("Save & verify", "not-verified")
    page.locator("[name=client_secret]").fill(registered.secret_value)
    send("Save & verify", "verified")
    send("Enable single sign-on", "enabled")
    _look_at(page, f"{latchkey.practice}product/", "practice-product-on", watch)
    page.locator("main a[role=button]").click()
    at_practice_sign_in("with-email")(page)
    page.locator("[data-user]").wait_for()
    watch(page, "practice-product-signed-in")


def _renew(walk: Walk, portal: Portal, client_id: str, old: str) -> None:
    value = portal.add_secret(client_id)
    walk.secrets.append(value)
    walk.go(f"{walk.setup_path}/renew")
    walk.try_answer("renew", client_secret=mistyped(value))
    walk.try_answer("renew", client_secret=value, secret_expires="2026-12-01")
    walk.press_continue()
    walk.look("renew-remove-the-old-one")
    portal.delete_secret(client_id, old)
    walk.page.locator("[name=removed]").check()
    walk.press_continue()
    walk.look("home-with-an-expiry")


def refusals(context: BrowserContext, latchkey: Latchkey, watch: Watch) -> None:
    """Pages that say no, here and in the practice portal."""
    page = context.new_page()
    _look_at(page, latchkey.launch_url, "home-empty", watch)
    for name, path in {
        "no-such-page": "/nothing",
        "no-such-setup": "/setups/nothing/client-id",
        "wrong-launch-address": "/launch?t=wrong",
        "answer-nobody-waits-for": "/callback?code=x&state=unknown",
    }.items():
        _look_at(page, f"{latchkey.base}{path}", f"error-{name}", watch)
    for name, path in {
        "no-such-page": "nothing",
        "no-such-application": "apps/nothing",
        "error-number": "error",
        "no-such-tenant": f"{TENANT}/oauth2/v2.0/authorize?client_id=x",
        "product-answer-nobody-waits-for": "product/callback?code=x&state=unknown",
    }.items():
        _look_at(page, f"{latchkey.practice}{path}", f"practice-{name}", watch)
    page.close()


TOURS: dict[str, Tour] = {
    "choosing": choosing,
    "with-a-provider": with_a_provider,
    "entra": at_entra,
    "other-guides": other_guides,
    "practice": practice,
    "refusals": refusals,
}
