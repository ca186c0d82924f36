"""The whole wizard by keys alone: where she is can be seen, and she gets everywhere."""

import pytest
from playwright.sync_api import expect

from tests.support.keys import Keys
from tests.support.oidc_provider import client
from tests.support.walk import Walk

REDIRECT_URI = "https://syncro.example/openid_connect/callback"
SECRET = "not-a-real-secret"


@pytest.fixture
def walk(opened, started):
    # A page that refuses answers 400, which the browser notes in its console.
    context = opened(tolerated=["400 (BAD REQUEST)"])
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    walk = Walk(context, started(), secrets=[SECRET])
    # Without motion, so that a ring is not read while it still fades in.
    walk.page.emulate_media(reduced_motion="reduce")
    return walk


def test_from_home_to_the_last_tick_without_a_mouse(walk, provider, record_property):
    callback = walk.latchkey.callback
    op = provider(client("syncro", REDIRECT_URI, callback, client_secret=SECRET))
    walk.enter()
    page, keys = walk.page, Keys(walk.page)

    assert keys.press("Tab") == "Skip to the content"
    keys.press("Enter")
    assert keys.press("Tab") == "New setup"
    keys.goes("Space")

    _chooses(page, keys)
    assert walk.step == "before"
    keys.tab_to(page.get_by_role("button", name="I am signed in, continue"))
    keys.goes("Enter")

    # A wrong answer: its summary has the focus, and leads to the field.
    assert keys.starts_at() == "redirect_uri"
    page.keyboard.insert_text("syncro.example/callback")
    keys.goes("Enter")
    assert keys.here()["at"] == "summary"
    keys.press("Tab")
    assert keys.press("Enter") == "redirect_uri"
    keys.paste(REDIRECT_URI)
    keys.goes("Enter")

    assert keys.starts_at() == "client_id"
    _around(keys)
    page.reload()
    assert keys.starts_at() == "client_id"
    keys.paste("syncro")
    expect(page.locator('#checks [data-code="client_id_shape"]')).to_be_visible()
    keys.goes("Enter")
    keys.paste(SECRET)
    keys.goes("Enter")
    keys.paste(op.metadata_url)
    keys.goes("Enter")
    assert walk.step == "test"

    _signs_in(walk, keys)
    assert walk.step == "handover"
    _hands_over(page, keys)
    assert walk.step == "turn-on"
    _ticks(walk, keys)
    record_property("tally", f"keyboard: {keys.stops} stops, the focus seen at each")


def _chooses(page, keys):
    """Nothing first, and what comes of it; then by search."""
    keys.tab_to(page.locator("#name"))
    keys.goes("Enter")
    assert keys.here()["at"] == "summary"
    keys.press("Tab")
    assert keys.press("Enter") == "product"
    keys.tab_to(page.locator("#find_product"))
    page.keyboard.type("syncro")
    assert keys.press("Enter") == "product-syncro"
    keys.press("Space")
    keys.tab_to(page.locator("#find_provider"))
    page.keyboard.type("oidc")
    assert keys.press("Enter") == "provider-oidc"
    keys.press("Space")
    keys.goes("Enter")


def _around(keys):
    """Tab leaves the page at its end, having been everywhere once; Shift+Tab goes back."""
    stops = keys.all_around()
    assert stops[0] == "Skip to the content"
    assert {"client_id", "Save and continue", "Back"} <= set(stops)
    assert len(stops) == len(set(stops)) + stops.count("Copy") - 1, stops


def _signs_in(walk, keys):
    page = walk.page
    keys.tab_to(page.locator("#start-sign-in"))
    with walk.context.expect_page() as opened:
        page.keyboard.press("Enter")
    tab = opened.value
    tab.locator("input[name=login]:focus").wait_for()
    tab.keyboard.type("admin@example.org")
    tab.keyboard.press("Enter")
    tab.locator("button[value=allow]").wait_for()
    while not tab.locator("button[value=allow]:focus").count():
        tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.locator('[data-verdict="pass"]')).to_have_count(1)
    expect(page.locator('[data-verdict="pass"]')).to_have_count(1)
    tab.close()
    keys.tab_to(page.get_by_role("button", name="Continue to Syncro"))
    keys.goes("Space")


def _hands_over(page, keys):
    copy = page.locator("button[data-copies=client_id]")
    keys.tab_to(copy)
    keys.press("Enter")
    expect(copy).to_have_text("Copied ✓")
    assert page.evaluate("navigator.clipboard.readText()") == "syncro"
    keys.tab_to(page.get_by_role("button", name="Show"))
    keys.goes("Enter")
    # She goes on from where the secret is now, not from the top of the page.
    copy = page.locator("button[data-copies=client_secret]")
    assert keys.press("Tab") == "Copy"
    expect(copy).to_be_focused()
    keys.press("Space")
    expect(copy).to_have_text("Copied ✓")
    assert page.evaluate("navigator.clipboard.readText()") == SECRET
    keys.tab_to(page.get_by_role("button", name="I have pasted them, continue"))
    keys.goes("Enter")


def _ticks(walk, keys):
    """Each tick is saved at once, and she stays at it."""
    page = walk.page
    boxes = page.locator("form#answer input[type=checkbox]")
    ids = boxes.evaluate_all("all => all.map((each) => each.id)")
    for place, name in enumerate(ids):
        keys.tab_to(page.locator(f"#{name}"))
        keys.goes("Space")
        expect(page.locator(f"#{name}")).to_be_checked()
        if place < len(ids) - 1:
            assert keys.here()["at"] == name
    assert walk.ticks_left() == 0
    expect(page.get_by_text("All steps are ticked")).to_be_in_viewport()


def test_a_focus_that_cannot_be_seen_is_found(walk):
    walk.enter()
    page, keys = walk.page, Keys(walk.page)
    page.evaluate(
        """() => {
          const looks = new CSSStyleSheet();
          looks.replaceSync("* { outline: none !important; box-shadow: none !important }");
          document.adoptedStyleSheets = [looks];
        }"""
    )
    keys.press("Tab")  # the skip link shows itself
    with pytest.raises(AssertionError, match="looks as it does unfocused"):
        keys.press("Tab")
