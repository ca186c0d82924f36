"""Each mistake that can be practised: made, seen at the first place that can see it, mended there.

The way to the mistake is not under test: application and setup are made without the browser.
"""

import re
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.practice.portal import Portal as QuickPortal
from tests.practice.portal import Registered
from tests.support.latchkey import Latchkey
from tests.support.lint import assert_clean
from tests.support.practice_walk import Portal, at_practice_sign_in
from tests.support.visitor import Visitor
from tests.support.walk import Walk, findings, verdict

PRODUCT_URI = "https://product.example/openid_connect/callback"


@pytest.fixture(scope="module")
def latchkey(tmp_path_factory):
    with Latchkey(tmp_path_factory.mktemp("mistakes"), practice=True) as running:
        yield running


@dataclass
class Admin:
    """Somebody with the wizard in one tab, and the practice portal in another when she needs it."""

    context: BrowserContext
    latchkey: Latchkey
    walk: Walk = field(init=False)

    def __post_init__(self):
        self.walk = Walk(self.context, self.latchkey)
        self.walk.enter()

    @property
    def page(self) -> Page:
        return self.walk.page

    @property
    def both_uris(self) -> list[str]:
        return [PRODUCT_URI, self.latchkey.callback]

    def registered(self, *redirect_uris: str, **options: object) -> Registered:
        """An application of these redirect URIs, or of the two it should have."""
        portal = QuickPortal(Visitor.of_server(self.latchkey.practice.rstrip("/")))
        application = portal.register(*(redirect_uris or self.both_uris), **options)
        self.walk.secrets.append(application.secret_value)
        return application

    def portal(self) -> Portal:
        return Portal(self.context, self.latchkey.practice)

    def comes_to(self, step: str, product: str = "syncro", **values: str) -> None:
        """A setup whose steps before `step` are answered with `values`; she opens it there."""
        visitor = Visitor.of_server(self.latchkey.base)
        visitor.get(self.latchkey.launch_url)
        page = visitor.submit(visitor.get("/setups/new"), product=product, provider="practice")
        while (here := page.path.rsplit("/", 1)[-1]) != step:
            fields = {e.get("name") for e in page.form().all("input")}
            given = {name: value for name, value in values.items() if name in fields}
            page = visitor.submit(page, **given)
            assert not page.path.endswith(f"/{here}"), f"stuck at {here}: {page.words}"
        self.walk.go(page.path)
        assert self.walk.step == step

    def pastes(self, name: str, value: str) -> None:
        """What a paste and a glance elsewhere set off: the live check."""
        self.walk.fill(**{name: value})
        self.page.locator(f"[name={name}]").blur()

    def sees(self, code: str, *words: str, status: str = "fail", about: str = "") -> None:
        """The one finding of that code (about that value), and what its words must name."""
        row = _row(self.page, code, about)
        expect(row).to_have_count(1)
        expect(row).to_have_attribute("data-status", status)
        for each in words:
            expect(row).to_contain_text(each)

    def is_stopped_at(self, step: str) -> None:
        """Continue says no: she is where she was, and may go on anyway."""
        self.walk.press_continue()
        assert self.walk.step == step
        expect(self.page.locator("[name=go_on_anyway]")).to_have_count(1)

    def follows(self, words: str) -> None:
        """The way to the step that mends it, out of the finding."""
        self.walk.press(self.page.locator("#checks").get_by_role("link", name=words).first)

    def continues_to(self, step: str) -> None:
        self.walk.press_continue()
        assert self.walk.step == step, self.page.locator("main").inner_text()

    def signs_in(self, user: str = "with-email") -> None:
        """The test sign-in passes."""
        outcome = self.walk.sign_in(at_practice_sign_in(user))
        assert verdict(outcome) == "pass", findings(outcome)

    def is_refused_at_the_provider(self, user: str, number: int) -> str:
        """Signs in, and ends on the provider's own page; what it says."""
        with self.context.expect_page() as opened:
            self.page.locator("#start-sign-in").click()
        tab = opened.value
        at_practice_sign_in(user)(tab)
        expect(tab.get_by_role("heading", level=1)).to_have_text("You cannot be signed in")
        assert tab.url.startswith(self.latchkey.practice), "it never came back"
        said = assert_clean(tab.content()).one("main").text
        assert f"AADSTS{number}: " in said
        tab.close()
        return said

    def has_explained(self, said: str) -> None:
        """Pastes what the provider's page said into the box for it."""
        self.page.locator("[name=provider_error]").fill(said)
        self.walk.press(self.page.get_by_role("button", name="Explain this error"))
        self.walk.look()


def _row(page: Page, code: str, about: str) -> Locator:
    about = f'[data-about="{about}"]' if about else ""
    return page.locator(f'[data-code="{code}"]{about}')


@pytest.fixture
def admin(opened, latchkey):
    # A page that refuses answers 400, which the browser notes in its console.
    return Admin(opened(tolerated=["400 (BAD REQUEST)"]), latchkey)


def test_the_object_id_in_the_client_ids_place(admin):
    app = admin.registered()
    secret, url = app.secret_value, _url(app)
    admin.comes_to(
        "metadata", redirect_uri=PRODUCT_URI, client_id=app.object_id, client_secret=secret
    )
    admin.pastes("metadata_url", url)
    admin.sees("client_id_unknown", "Overview", "Application (client) ID", about=app.object_id)
    admin.is_stopped_at("metadata")

    admin.follows("Go to Client ID")
    assert admin.walk.step == "client-id"
    admin.pastes("client_id", app.client_id)
    admin.sees("client_id_known", status="pass")
    admin.continues_to("test")
    admin.signs_in()


def test_the_secret_id_in_the_secrets_place(admin):
    app = admin.registered()
    admin.comes_to("client-secret", redirect_uri=PRODUCT_URI, client_id=app.client_id)
    admin.pastes("client_secret", app.secret_id)
    admin.sees("client_secret_is_secret_id", "Certificates & secrets", "Value")
    admin.is_stopped_at("client-secret")

    value = admin.portal().add_secret(app.client_id)
    admin.walk.secrets.append(value)
    admin.pastes("client_secret", value)
    admin.sees("client_secret_checksum_holds", status="pass")
    admin.continues_to("metadata")
    admin.pastes("metadata_url", _url(app))
    admin.sees("client_secret_accepted", status="pass")
    admin.continues_to("test")


def test_the_secret_id_is_told_by_the_provider_too(admin):
    """She goes on anyway with what its shape gave away: AADSTS7000215 says the same."""
    app = admin.registered()
    admin.comes_to("client-secret", redirect_uri=PRODUCT_URI, client_id=app.client_id)
    admin.walk.fill(client_secret=app.secret_id)
    admin.walk.press_continue()
    admin.walk.fill(client_secret=app.secret_id)
    admin.page.locator("[name=go_on_anyway]").check()
    admin.continues_to("metadata")
    admin.pastes("metadata_url", _url(app))
    admin.sees("client_secret_refused_secret_id", "Certificates & secrets", "Value")
    admin.follows("Go to Client secret")
    admin.pastes("client_secret", app.secret_value)
    admin.sees("client_secret_checksum_holds", status="pass")
    admin.continues_to("metadata")


def test_an_expired_secret(admin):
    app = admin.registered(expires="-1")
    admin.comes_to(
        "metadata",
        redirect_uri=PRODUCT_URI,
        client_id=app.client_id,
        client_secret=app.secret_value,
    )
    admin.pastes("metadata_url", _url(app))
    admin.sees("client_secret_expired", "Certificates & secrets", "New client secret")
    admin.is_stopped_at("metadata")

    value = admin.portal().add_secret(app.client_id)
    admin.walk.secrets.append(value)
    admin.follows("Go to Client secret")
    admin.pastes("client_secret", value)
    admin.sees("client_secret_accepted", status="pass")
    admin.continues_to("test")
    admin.signs_in()


@pytest.mark.parametrize("missing", ["the product's", "Latchkey's own"])
def test_a_redirect_uri_that_was_not_registered(admin, missing):
    there, absent = admin.both_uris
    if missing == "the product's":
        there, absent = absent, there
    app = admin.registered(there)
    admin.comes_to(
        "metadata",
        redirect_uri=PRODUCT_URI,
        client_id=app.client_id,
        client_secret=app.secret_value,
    )
    admin.pastes("metadata_url", _url(app))
    admin.sees("redirect_uri_refused", "Authentication", "Web", about=absent)
    admin.sees("redirect_uri_accepted", status="pass", about=there)
    admin.is_stopped_at("metadata")

    admin.portal().save_authentication(app.client_id, redirect_uris=admin.both_uris)
    admin.continues_to("test")
    admin.signs_in()


def test_id_tokens_that_were_not_switched_on(admin):
    app = admin.registered()
    admin.comes_to(
        "metadata", product="connectwise", redirect_uri=PRODUCT_URI, client_id=app.client_id
    )
    admin.pastes("metadata_url", _url(app))
    admin.sees("id_tokens_not_enabled", "Authentication", "ID tokens (used for implicit")
    admin.is_stopped_at("metadata")

    admin.portal().save_authentication(app.client_id, id_tokens=True)
    admin.continues_to("test")
    admin.signs_in()


def test_a_redirect_uri_of_the_platform_single_page_application(admin):
    """Nothing before the code is redeemed shows it: the first place is the test sign-in."""
    app = admin.registered(platform="spa")
    admin.comes_to(
        "test",
        redirect_uri=PRODUCT_URI,
        client_id=app.client_id,
        client_secret=app.secret_value,
        metadata_url=_url(app),
    )
    outcome = admin.walk.sign_in(at_practice_sign_in())
    assert verdict(outcome) == "fail"
    admin.sees(
        "redirect_uri_spa_platform",
        *("Authentication", "Single-page application", "Web", "AADSTS9002327"),
        about=admin.latchkey.callback,
    )

    admin.portal().save_authentication(
        app.client_id, redirect_uris=admin.both_uris, spa_redirect_uris=[]
    )
    admin.signs_in()


def test_a_user_who_is_not_assigned(admin):
    app = admin.registered()
    portal = admin.portal()
    portal.require_assignment(app.client_id)
    admin.comes_to(
        "test",
        redirect_uri=PRODUCT_URI,
        client_id=app.client_id,
        client_secret=app.secret_value,
        metadata_url=_url(app),
    )
    said = admin.is_refused_at_the_provider("with-email", 50105)
    assert "Users and groups" in said
    admin.has_explained(said)
    admin.sees("provider_error_50105", "Users and groups", about="with-email@practice.example")

    portal.assign(app.client_id, "with-email")
    admin.signs_in()


def test_an_account_of_another_tenant(admin):
    app = admin.registered()
    admin.comes_to(
        "test",
        redirect_uri=PRODUCT_URI,
        client_id=app.client_id,
        client_secret=app.secret_value,
        metadata_url=_url(app),
    )
    said = admin.is_refused_at_the_provider("other-tenant", 50020)
    admin.has_explained(said)
    admin.sees("provider_error_50020", "an account of the customer's tenant")
    admin.signs_in("with-email")


def test_the_metadata_url_of_another_tenant(admin):
    app = admin.registered()
    admin.comes_to(
        "metadata",
        redirect_uri=PRODUCT_URI,
        client_id=app.client_id,
        client_secret=app.secret_value,
    )
    portal = admin.portal()
    portal.page.get_by_role("link", name=re.compile("^Directories$")).click()
    admin.pastes("metadata_url", portal.copyable("other_metadata_url"))
    admin.sees("client_id_unknown", "Endpoints", "tenant", about=app.client_id)
    admin.is_stopped_at("metadata")

    admin.pastes("metadata_url", portal.copyable("metadata_url"))
    admin.sees("client_id_known", status="pass", about=app.client_id)
    admin.continues_to("test")
    admin.signs_in()


def _url(app: Registered) -> str:
    return f"{app.metadata['issuer']}/.well-known/openid-configuration"
