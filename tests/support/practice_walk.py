"""What an administrator does in the practice portal, in a tab of its own beside the wizard."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Page

from tests.support.lint import assert_clean
from tests.support.walk import AtProvider, assert_fits, send_by_hand


@dataclass(frozen=True)
class Registered:
    """The application she registered, as the portal shows it for copying."""

    client_id: str
    tenant_id: str
    object_id: str
    secret_value: str = field(repr=False)
    secret_id: str
    metadata_url: str


def mistyped(secret: str) -> str:
    """The secret with another last character, whichever it ends with."""
    return secret[:-1] + ("b" if secret.endswith("a") else "a")


class Portal:
    """The portal at `address`; each of its pages is linted, and shown to `watch` with a name."""

    def __init__(
        self,
        context: BrowserContext,
        address: str,
        *,
        watch: Callable[[Page, str], None] | None = None,
    ):
        self.page = context.new_page()
        self.address = address
        self.watch = watch
        self.page.goto(address)
        self._look()

    def register(
        self, name: str, redirect_uris: Sequence[str], *, id_tokens: bool = False
    ) -> Registered:
        """Register an application, add a secret, and copy everything the portal shows."""
        page = self.page
        self._follow("New registration")
        page.locator("[name=name]").fill(name)
        page.locator("[name=redirect_uris]").fill("\n".join(redirect_uris))
        page.locator("[name=id_tokens]").set_checked(id_tokens)
        self._send("Register")
        ids = {each: self.copyable(each) for each in ("client_id", "tenant_id", "object_id")}
        self._follow("Certificates & secrets")
        self._send("Add")
        secret = {each: self.copyable(each) for each in ("secret_value", "secret_id")}
        self._follow("Endpoints")
        return Registered(**ids, **secret, metadata_url=self.copyable("metadata_url"))

    def open(self, client_id: str, page: str) -> None:
        """One of the application's pages: authentication, secrets, properties, users."""
        self.page.goto(f"{self.address}apps/{client_id}/{page}")
        self._look()

    def save_authentication(
        self, client_id: str, *, id_tokens: bool | None = None, **uris: Sequence[str]
    ) -> None:
        """`uris` by the field's name: redirect_uris (Web), spa_redirect_uris."""
        self.open(client_id, "authentication")
        for name, values in uris.items():
            self.page.locator(f"[name={name}]").fill("\n".join(values))
        if id_tokens is not None:
            self.page.locator("[name=id_tokens]").set_checked(id_tokens)
        self._send("Save")

    def add_secret(self, client_id: str) -> str:
        """The value of a new client secret."""
        self.open(client_id, "secrets")
        self._send("Add")
        return self.copyable("secret_value")

    def delete_secret(self, client_id: str, secret_id: str) -> None:
        """Nobody signs in with it from then on."""
        self.open(client_id, "secrets")
        self._follow(f"Delete {secret_id}")
        self._send("Delete")

    def assign(self, client_id: str, user: str) -> None:
        self.open(client_id, "users")
        self.page.locator(f'[name=user][value="{user}"]').check()
        self._send("Save")

    def require_assignment(self, client_id: str) -> None:
        self.open(client_id, "properties")
        self.page.locator('[name=assignment_required][value="yes"]').check()
        self._send("Save")

    def copyable(self, name: str) -> str:
        return self.page.locator(f'[data-copy="{name}"]').inner_text().strip()

    def _follow(self, words: str) -> None:
        self.page.bring_to_front()
        link = self.page.locator("a").filter(has_text=re.compile(f"^{re.escape(words)}$"))
        if not link.is_visible():  # in a narrow window the menu is folded
            self.page.locator("nav.rail summary").click()
        with self.page.expect_navigation():
            link.click()
        self._look()

    def _send(self, words: str) -> None:
        self.page.bring_to_front()
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words, exact=True).click()
        self._look()

    def _look(self) -> None:
        assert_fits(self.page)
        document = assert_clean(self.page.content())
        if self.watch:
            name = document.one("h1").text.lower().replace(" ", "-").replace("&", "and")
            self.watch(self.page, f"portal-{name}")


def at_practice_sign_in(user: str = "with-email", *, javascript: bool = True) -> AtProvider:
    """Choose a user on the practice provider's sign-in page."""

    def act(tab: Page) -> None:
        button = tab.locator(f'button[name=user][value="{user}"]')
        button.wait_for()
        assert_clean(tab.content())
        button.click()
        if not javascript:
            send_by_hand(tab)

    return act
