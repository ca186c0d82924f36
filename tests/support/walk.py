"""Walks the wizard in a browser as an administrator does, by the names of the contract only."""

import re
from collections.abc import Callable, Mapping, Sequence

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.support.html import Document
from tests.support.latchkey import Latchkey
from tests.support.lint import assert_clean

SIGN_IN_PAGE = re.compile(r"/setups/[^/]+/test(\?.*)?$")
_UNTICKED = "form#answer input[type=checkbox]:not(:checked)"
AtProvider = Callable[[Page], None]


class Walk:
    """One administrator in one browser. Every page she comes to is linted, `secrets` included."""

    def __init__(
        self,
        context: BrowserContext,
        latchkey: Latchkey,
        *,
        secrets: Sequence[str] = (),
        javascript: bool = True,
        watch: Callable[[Page, str], None] | None = None,
    ):
        self.context = context
        self.latchkey = latchkey
        self.secrets = list(secrets)
        self.javascript = javascript
        self.watch = watch
        self.page = context.new_page()

    def enter(self) -> Document:
        """Open the wizard by the address it printed; she is on its home page."""
        self.page.goto(self.latchkey.launch_url)
        return self.look("home")

    def go(self, path: str) -> Document:
        self.page.goto(f"{self.latchkey.base}{path}")
        return self.look(self.step or path.strip("/").replace("/", "-") or "home")

    def look(self, name: str = "", page: Page | None = None) -> Document:
        """The page as a tree, linted; it fits its window. `watch` gets it with a name for it."""
        page = page or self.page
        if self.watch:
            self.watch(page, name or self.step)
        assert_fits(page)
        return assert_clean(page.content(), secrets=self.secrets)

    @property
    def step(self) -> str:
        """The slug of the step she is at; "" elsewhere."""
        found = re.search(r"/setups/[^/]+/([a-z-]+)", self.page.url)
        return found.group(1) if found else ""

    @property
    def setup_path(self) -> str:
        """`/setups/<id>` of the setup she is in."""
        return re.search(r"/setups/[^/]+", self.page.url).group()

    def new_setup(self, product: str, provider: str, name: str = "") -> None:
        """Choose product and identity provider; she is at the first step afterwards."""
        self.go("/setups/new")
        self.fill(product=product, provider=provider, **({"name": name} if name else {}))
        self.press_continue()

    def fill(self, **fields: str) -> None:
        """Enter values into form#answer: text, dates, radio buttons, lists."""
        for name, value in fields.items():
            field = self.page.locator(f'form#answer [name="{name}"]')
            kind = field.first.evaluate("e => e.type")
            if kind == "radio":
                self.page.locator(f'form#answer [name="{name}"][value="{value}"]').check()
            elif kind.startswith("select"):
                field.select_option(value)
            else:
                field.fill(value)

    def press_continue(self) -> None:
        self.press(self.page.locator("form#answer button[type=submit]"))

    def press(self, button: Locator) -> None:
        """Click what leads to a page, and be on it.

        Her tab comes to the front, as it must for her: one behind another hardly draws at all.
        """
        self.page.bring_to_front()
        with self.page.expect_navigation():
            button.click()

    def answer(self, step: str, **fields: str) -> None:
        """Answer the step she must be at; she must be past it afterwards."""
        self.try_answer(step, **fields)
        assert self.step != step, f"still at {step}: {self.page.locator('main').inner_text()}"

    def try_answer(self, step: str, **fields: str) -> Document:
        """Answer the step she must be at; the page that comes of it."""
        assert self.step == step, f"at {self.step or self.page.url}, not at {step}"
        self.look()
        self.fill(**fields)
        self.press_continue()
        return self.look()

    def sign_in(self, at_provider: AtProvider) -> Document:
        """The test sign-in, in this tab or the new one it opens; the page of its outcome.

        With script a waiting first tab must come to the same verdict by itself.
        """
        assert self.step == "test", f"at {self.page.url}, not at the test"
        self.look()
        before = self.page.locator("form#go").get_attribute("data-newest")
        tab = self._start_sign_in()
        at_provider(tab)
        tab.wait_for_url(lambda url: self._is_outcome(url))
        expect(tab.locator("[data-verdict]")).to_have_count(1)
        outcome = self.look("test-outcome", tab)
        if tab is not self.page:
            if not self.javascript:
                self.page.reload()  # nothing in a tab without script can notice the other one
            # Until it has gone on by itself it shows the run before this one, if there was one.
            expect(self.page.locator(f'form#go[data-newest="{before}"]')).to_have_count(0)
            self.page.wait_for_load_state()
            expect(self.page.locator(f'[data-verdict="{verdict(outcome)}"]')).to_have_count(1)
            self.look("test-outcome-first-tab")
            tab.close()
        return outcome

    def _start_sign_in(self) -> Page:
        start = self.page.locator("#start-sign-in")
        opens_a_tab = start.evaluate(
            "e => [e.target, e.formTarget, e.form && e.form.target].includes('_blank')"
        )
        if not opens_a_tab:
            start.click()
            return self.page
        with self.context.expect_page() as opened:
            start.click()
        return opened.value

    def _is_outcome(self, url: str) -> bool:
        return url.startswith(self.latchkey.base) and bool(SIGN_IN_PAGE.search(url))

    def hand_over(self, **expected: str) -> None:
        """At the hand-over: each value is there to copy, the secret only once she asks to see it.

        The step is done afterwards.
        """
        if self.step == "test":
            self.go(f"{self.setup_path}/handover")
        assert self.step == "handover", f"at {self.page.url}, not at the hand-over"
        self.look()
        secret = expected.pop("client_secret", None)
        for name, value in expected.items():
            assert self.copyable(name) == value
        if secret:
            assert self.page.locator("[data-copy=client_secret]").count() == 0
            self.press(self.page.get_by_role("button", name="Show"))
            assert self.copyable("client_secret") == secret
        self.go(f"{self.setup_path}/handover")
        self.press_continue()
        assert self.step == "turn-on"

    def turn_on(self) -> None:
        """At the last step: tick everything; the ticks are still there on return."""
        assert self.step == "turn-on", f"at {self.page.url}, not at the last step"
        self.look()
        assert self.ticks_left() > 0
        while self.javascript and self.ticks_left():
            self.press(self.page.locator(_UNTICKED).first)  # script saves each tick at once
        for box in self.page.locator("form#answer input[type=checkbox]").all():
            box.check()
        self.press_continue()
        self.go(f"{self.setup_path}/turn-on")
        assert self.ticks_left() == 0

    def ticks_left(self) -> int:
        """How many boxes of the last step are not ticked yet."""
        return self.page.locator(_UNTICKED).count()

    def copyable(self, name: str) -> str:
        """The value shown for copying under this name."""
        return self.page.locator(f'[data-copy="{name}"]').first.inner_text().strip()


def assert_fits(page: Page) -> None:
    """The page does not scroll sideways, however narrow the window is."""
    wide, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= window, f"{page.url} is {wide} pixels wide in a window of {window}"


def verdict(outcome: Document) -> str:
    """The page's only verdict."""
    shown = outcome.where(lambda e: "data-verdict" in e)
    assert len(shown) == 1, f"{len(shown)} verdicts on the page, expected one"
    return shown[0].get("data-verdict")


def findings(page: Document) -> Mapping[str, str]:
    """The status of each finding shown, by its code; the worst where a code is there twice."""
    order = ["pass", "warn", "unknown", "fail"]
    found: dict[str, str] = {}
    for element in page.where(lambda e: "data-code" in e):
        code, status = element.get("data-code"), element.get("data-status")
        found[code] = max(found.get(code, "pass"), status, key=order.index)
    return found


def at_oidc_provider(
    login: str = "admin@example.org",
    *,
    cancel: bool = False,
    consent: bool = True,
    javascript: bool = True,
) -> AtProvider:
    """What she does at npm oidc-provider: signs in and allows, or cancels."""

    def act(tab: Page) -> None:
        tab.locator("input[name=login]").fill(login)
        tab.locator("button[value=cancel]" if cancel else "button[value=sign_in]").click()
        if consent and not cancel:
            tab.locator("button[value=allow]").click()
        if not javascript:
            send_by_hand(tab)

    return act


def send_by_hand(tab: Page) -> None:
    """Without script a form_post answer is a page with a button; a query answer is no page."""
    tab.wait_for_load_state()
    button = tab.locator("form:has(input[type=hidden][name=state]) button")
    if button.count():
        button.click()
