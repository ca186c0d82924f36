"""Walks through Latchkey by plain HTTP, as an administrator without script would take them."""

from urllib.parse import parse_qs, urlsplit

from benchmarks import provider
from benchmarks.running import get
from tests.support.visitor import Page, Visitor, fields_of

ANSWERS = {
    "before": {},
    "redirect-uri": {"redirect_uri": provider.REDIRECT_URI},
    "client-id": {"client_id": provider.CLIENT_ID},
    "client-secret": {"client_secret": provider.SECRET, "secret_expires": "2099-12-31"},
    "metadata": {},
}
QUESTIONS = list(ANSWERS)


def at(page: Page) -> str:
    """The slug of the step she is at."""
    return page.path.rstrip("/").rpartition("/")[2]


def setup_id(page: Page) -> str:
    """The id of the setup that a page belongs to."""
    return page.path.split("/")[2]


def new(visitor: Visitor, name: str = "") -> Page:
    """A new setup of Syncro with any provider; the page of its first step."""
    page = visitor.get("/setups/new")
    return visitor.submit(page, product="syncro", provider="oidc", name=name)


def answer(visitor: Visitor, page: Page, issuer: str, until: str = "test", **other: str) -> Page:
    """Answer every question up to the step `until`; `other` are answers of one's own, by field."""
    while (here := at(page)) != until:
        given = dict(ANSWERS[here])
        if here == "metadata":
            given["metadata_url"] = provider.metadata_url(issuer)
        given = {name: other.get(name, value) for name, value in given.items()}
        page = visitor.submit(page, **given)
        if at(page) == here:
            raise RuntimeError(f"stuck at {here}: {page.words}")
    return page


def leave(visitor: Visitor, page: Page) -> str:
    """Start the test sign-in and sign in at the provider; where it sends the browser back to."""
    onward = visitor.submit(page, "go")
    refresh = onward.root.one("meta", http_equiv="refresh").get("content")
    back = get(refresh.partition("url=")[2]).location
    if "code" not in parse_qs(urlsplit(back).query):
        raise RuntimeError("the provider gave no code")
    return back


def come_back(visitor: Visitor, back: str) -> Page:
    """The browser arrives with the provider's answer; the page with the verdict."""
    parts = urlsplit(back)
    headers = {"Sec-Fetch-Site": "cross-site"}
    page = visitor.fetch("GET", f"{parts.path}?{parts.query}", headers=headers)
    refresh = page.root.one("meta", http_equiv="refresh").get("content")
    outcome = visitor.get(refresh.partition("url=")[2])
    if outcome.verdict != "pass":
        raise RuntimeError(f"the test sign-in ended in {outcome.verdict}: {outcome.words}")
    return outcome


def sign_in(visitor: Visitor, page: Page) -> Page:
    """The test sign-in from the button to its verdict."""
    return come_back(visitor, leave(visitor, page))


def hand_over(visitor: Visitor, setup: str) -> Page:
    """See the values and the secret, and go on; the last step's page."""
    page = visitor.get(f"/setups/{setup}/handover")
    shows = [form for form in page.root.all("form") if "/secret" in form.get("action")]
    kept, visitor.secrets = visitor.secrets, []  # the one page that may show it
    visitor.submit(page, shows[0])
    visitor.secrets = kept
    return visitor.submit(page)


def tick_all(visitor: Visitor, page: Page) -> Page:
    """Every box of the last step."""
    form = page.form()
    boxes = [box.get("value") for box in form.all("input", name="tick")]
    fields = [pair for pair in fields_of(form) if pair[0] != "tick"]
    fields += [("tick", box) for box in boxes]
    return visitor.follow(visitor.fetch("POST", page.url, fields))


def renew(visitor: Visitor, setup: str) -> None:
    """A new client secret: accepted, handed over, the old one removed."""
    page = visitor.get(f"/setups/{setup}/renew")
    page = visitor.submit(page, client_secret=provider.NEW_SECRET)
    page = visitor.submit(page)
    visitor.submit(page, removed="y")


def whole(visitor: Visitor, issuer: str, name: str = "") -> str:
    """From New setup to the last tick; the setup's id."""
    page = answer(visitor, new(visitor, name), issuer)
    setup = setup_id(page)
    sign_in(visitor, page)
    tick_all(visitor, hand_over(visitor, setup))
    return setup
