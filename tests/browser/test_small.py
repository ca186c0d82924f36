"""From home to the last tick in a window 320 pixels wide, and with the page magnified to 200 %."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.oidc_provider import client
from tests.support.practice_walk import Portal
from tests.support.walk import Walk, at_oidc_provider, verdict

REDIRECT_URI = "https://syncro.example/openid_connect/callback"
SECRET = "not-a-real-secret"
# A window of 1280 x 900 at 200 % has half of them, with two pixels of the screen to each.
WINDOWS = {"320 pixels": ((320, 640), 1), "200 %": ((640, 450), 2)}


def question_comes_first(page: Page, name: str) -> None:
    """The step list is one line until asked for, and the question is seen without scrolling."""
    rail = page.locator("nav.rail")
    if page.evaluate("window.scrollY") or not rail.count():
        return
    expect(rail.locator("summary")).to_be_visible()
    assert not rail.locator("ol").locator("visible=true").count(), f"{name}: the list is unfolded"
    expect(page.locator("h1")).to_be_in_viewport(ratio=1)
    assert rail.bounding_box()["height"] < 100, f"{name}: the folded list takes much room"


# Magnified, every state is looked at by the tours of test_axe.py, too; to walk so is slow proof.
@pytest.mark.parametrize(
    "window", ["320 pixels", pytest.param("200 %", marks=pytest.mark.products)]
)
def test_she_gets_everywhere(window, opened, started, provider):
    size, scale = WINDOWS[window]
    latchkey = started()
    op = provider(client("syncro", REDIRECT_URI, latchkey.callback, client_secret=SECRET))
    # A page that refuses answers 400, which the browser notes in its console.
    context = opened(size=size, scale=scale, tolerated=["400 (BAD REQUEST)"])
    walk = Walk(context, latchkey, secrets=[SECRET], watch=question_comes_first)
    walk.enter()
    walk.new_setup("syncro", "oidc", name="First customer")
    walk.answer("before")
    walk.try_answer("redirect-uri", redirect_uri="syncro.example/callback")
    expect(walk.page.locator("#summary")).to_be_in_viewport()
    walk.answer("redirect-uri", redirect_uri=REDIRECT_URI)
    _asks_for_the_list(walk)
    walk.answer("client-id", client_id="syncro")
    walk.answer("client-secret", client_secret=SECRET, secret_expires="2099-12-31")
    walk.answer("metadata", metadata_url=op.metadata_url)
    outcome = walk.sign_in(at_oidc_provider("admin@example.org"))
    assert verdict(outcome) == "pass"
    walk.hand_over(client_id="syncro", client_secret=SECRET)
    walk.turn_on()
    assert "Done" in walk.go("/").text


def _asks_for_the_list(walk: Walk) -> None:
    """It unfolds, leads to a step that is done, and is folded again there."""
    rail = walk.page.locator("nav.rail")
    rail.locator("summary").click()
    assert rail.locator("ol").locator("visible=true").count() > 2
    walk.press(rail.get_by_role("link", name="Redirect URI"))
    assert walk.step == "redirect-uri"
    walk.look()
    walk.press_continue()
    assert walk.step == "client-id"


def test_the_practice_portals_menu_too_is_one_line_until_asked_for(opened, started):
    latchkey = started(practice=True)
    portal = Portal(opened(size=WINDOWS["320 pixels"][0]), latchkey.practice)
    page = portal.page
    registered = portal.register("Latchkey practice", [latchkey.callback])
    portal.open(registered.client_id, "authentication")
    question_comes_first(page, "authentication")
    rail = page.locator("nav.rail")
    expect(rail.locator("summary")).to_have_text("Menu: Authentication")
    rail.locator("summary").click()
    rail.get_by_role("link", name="Users and groups").click()
    expect(page.locator("h1")).to_have_text("Users and groups")
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(rail.locator("summary")).to_be_hidden()
    expect(rail.get_by_role("link", name="Overview")).to_be_visible()
