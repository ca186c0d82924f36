"""How many actions a whole Syncro walk takes: clicks, pastes, key chords."""

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Locator, Page

from benchmarks.common import Part, Place, Row
from tests.support.browser import run_chromium, run_context
from tests.support.latchkey import Latchkey
from tests.support.practice_walk import Portal, Registered, at_practice_sign_in

ALONE = 9
REDIRECT_URI = "https://syncro.example/openid_connect/callback"
HOW = """\
Syncro with the practice provider, whose portal has Entra's pages, in Chromium, from the home page
to the last tick. The driver does only what a user must do and takes the shortest way there is:
each click, each paste and each chord of keys is one action, a value is pasted where the focus is
already or else by the Paste button, and Enter goes on where it can. What is done in the portal and
in Syncro itself is counted apart: it has to be done without Latchkey, too. Reading, moving the
pointer and changing the tab are not counted. The figure it stands against is that of Syncro's page
and Entra alone, with nothing checked, tested or kept."""

LEFT = """\
What is left, and why. A click for what it tells: the product, the identity provider, that she
stays signed in at the product (the one rule against a lock-out), that the values are pasted there,
and the ticks of the last page, each of which stands for something done elsewhere. A click for what
it shows: the verdict of the test sign-in is read before she goes on. A copy button for each value
that has a field of its own. "New setup" is a page of its own because home is there before the
guides of the products are read."""


@dataclass
class Hands:
    """Whoever sits there; every action is written down."""

    page: Page
    done: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def click(self, what: Locator, words: str, *, leads: bool = False) -> None:
        """One click; `leads` says that another page comes of it."""
        self.done.append(f"click {words}")
        if leads:
            with self.page.expect_navigation():
                what.click()
        else:
            what.click()

    def paste(self, text: str, name: str, words: str) -> None:
        """Ctrl+V where she is already in the field, else its Paste button."""
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        if self.page.evaluate("document.activeElement.name") == name:
            self.done.append(f"paste {words}")
            self.page.keyboard.press("ControlOrMeta+v")
        else:
            button = self.page.locator(f"button[data-pastes={name}]")
            self.click(button, f"Paste, for {words}")
            # The clipboard is read for her; she sees the text in the field before she goes on.
            seen = "name => document.activeElement.name === name && document.activeElement.value"
            self.page.wait_for_function(seen, arg=name)

    def enter(self) -> None:
        """Enter, which sends the form."""
        self.done.append("press Enter (Save and continue)")
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def must_be_at(self, step: str) -> None:
        """Raises RuntimeError when the walk has come elsewhere."""
        if not self.page.url.partition("?")[0].endswith(step):
            raise RuntimeError(f"at {self.page.url}, not at {step}")


def measure(_runs: int, place: Place) -> Part:
    """The row of the actions, and the list of them."""
    with (
        Latchkey(place.fresh("actions"), practice=True) as latchkey,
        run_chromium() as browser,
        run_context(browser) as context,
    ):
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        hands = _walk(context, latchkey)
    figure = "actions of a whole Syncro walk"
    number = len(hands.done)
    row = Row(
        figure, "Syncro's page and Entra alone", str(number), number / ALONE, None, "×", str(ALONE)
    )
    return Part("Actions", [row], HOW, _listed(hands))


def _walk(context: BrowserContext, latchkey: Latchkey) -> Hands:
    hands = Hands(context.new_page())
    page = hands.page
    page.goto(latchkey.launch_url)
    hands.click(page.get_by_role("button", name="New setup"), "New setup", leads=True)
    hands.click(page.locator("[name=product][value=syncro]"), "Syncro")
    hands.click(page.locator("[name=provider][value=practice]"), "the identity provider")
    hands.enter()
    go_on = page.locator("form#answer button[type=submit]")
    hands.click(go_on, "I am signed in, continue", leads=True)
    hands.must_be_at("/redirect-uri")
    hands.elsewhere.append("Syncro: copy the redirect URI")
    hands.paste(REDIRECT_URI, "redirect_uri", "the redirect URI")
    hands.enter()
    hands.must_be_at("/client-id")
    registered, overview = _register(hands, context, latchkey)
    page.bring_to_front()
    hands.paste(overview, "client_id", "the portal's Overview, all of it")
    hands.enter()  # which puts them in their fields
    hands.must_be_at("/client-secret")
    hands.elsewhere.append("portal: copy the client secret")
    hands.paste(registered.secret_value, "client_secret", "the client secret")
    hands.enter()
    if page.url.endswith("/metadata"):
        if not page.locator("[name=metadata_url]").input_value():
            hands.elsewhere.append("portal: copy the metadata URL")
            hands.paste(registered.metadata_url, "metadata_url", "the metadata URL")
        hands.enter()
    _sign_in(hands, context)
    _hand_over(hands)
    _turn_on(hands)
    return hands


def _register(hands: Hands, context: BrowserContext, latchkey: Latchkey) -> tuple[Registered, str]:
    """At the portal: the application, its secret, and the words of its Overview page."""
    # The product's own redirect URI was copied in the product, and is on the clipboard still.
    button = hands.page.locator("[data-copies=test_redirect_uri]").first
    hands.click(button, "Copy beside Latchkey's redirect URI")
    portal = Portal(context, latchkey.practice)
    registered = portal.register("Syncro single sign-on", [REDIRECT_URI, latchkey.callback])
    hands.elsewhere += [
        *("portal: New registration", "portal: type a name", "portal: paste the redirect URI"),
        *("portal: paste Latchkey's redirect URI", "portal: Register"),
        *("portal: Certificates & secrets", "portal: Add", "portal: select and copy Overview"),
    ]
    portal.page.goto(f"{latchkey.practice}apps/{registered.client_id}")
    return registered, portal.page.locator("main").inner_text()


def _sign_in(hands: Hands, context: BrowserContext) -> None:
    hands.must_be_at("/test")
    page = hands.page
    with context.expect_page() as opened:
        hands.click(page.locator("#start-sign-in"), "Start the test sign-in")
    hands.elsewhere.append("provider: sign in")
    at_practice_sign_in("with-email")(opened.value)
    opened.value.locator('[data-verdict="pass"]').wait_for()
    page.bring_to_front()
    page.locator('[data-verdict="pass"]').wait_for()
    onward = page.locator('main a[href$="/handover"]').first
    hands.click(onward, f'"{onward.inner_text().strip()}"', leads=True)


def _hand_over(hands: Hands) -> None:
    hands.must_be_at("/handover")
    for name in ("client_id", "client_secret", "metadata_url"):
        button = hands.page.locator(f"[data-copies={name}]").first
        hands.click(button, f"Copy beside {name}")
        hands.elsewhere.append(f"Syncro: paste {name}")
    hands.click(
        hands.page.locator("form#answer button[type=submit]"),
        "I have pasted them, continue",
        leads=True,
    )


def _turn_on(hands: Hands) -> None:
    hands.must_be_at("/turn-on")
    left = hands.page.locator("form#answer input[type=checkbox]:not(:checked)")
    while left.count():
        part = hands.page.locator("[data-all]:visible").first
        if part.count():
            words = " ".join(part.inner_text().split())
            hands.click(part, words, leads=True)
            continue
        tick = left.first.get_attribute("value")
        hands.click(left.first, f"the tick {tick}", leads=True)


def _listed(hands: Hands) -> str:
    in_latchkey = [f"{number}. {each}" for number, each in enumerate(hands.done, 1)]
    elsewhere = [f"- {each}" for each in hands.elsewhere]
    lists = ["In Latchkey:", "", *in_latchkey, "", "Elsewhere:", "", *elsewhere]
    return "\n".join([*lists, "", LEFT])
