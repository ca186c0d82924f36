"""What a page does by itself: the tab that waits, paste buttons, first focus, nothing moves."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.tours import CLIENT_ID, ENTRA_SECRET, REDIRECT_URI
from tests.support.walk import Walk
from tests.support.whole_provider import WholeProvider

OVERVIEW = (
    f"Application (client) ID\n{CLIENT_ID}\nObject ID\na87ff679-a2f3-471d-8d9e-3b2c1a0f9e8d\n"
)

# Counts what moves without her doing; what follows her own input within half a second is hers.
_SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (!entry.hadRecentInput) window.shifts.push(entry.value);
    }
  }).observe({ type: "layout-shift", buffered: false });
}"""


@pytest.fixture
def at_step(latchkey, opened):
    """Opens a fresh profile at the client ID; with the clipboard, where it is granted."""

    def open_it(*permissions: str) -> Walk:
        context = opened()
        context.grant_permissions([*permissions])
        walk = Walk(context, latchkey, secrets=[ENTRA_SECRET])
        walk.enter()
        walk.new_setup("syncro", "entra")
        walk.answer("before")
        walk.answer("redirect-uri", redirect_uri=REDIRECT_URI)
        return walk

    return open_it


def to_test(walk: Walk, entra: WholeProvider) -> Page:
    walk.answer("client-id", client_id=CLIENT_ID)
    walk.answer("client-secret", client_secret=ENTRA_SECRET)
    walk.answer("metadata", metadata_url=entra.metadata_url)
    return walk.page


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.name || document.activeElement.id")


def test_the_tab_that_waits_says_so_and_once_when_nothing_comes_back(at_step, entra):
    walk = at_step()
    page = to_test(walk, entra)
    status = page.locator("#waiting")
    expect(status).to_have_text("")
    page.evaluate(
        """() => {
          document.getElementById("go").dataset.late = "2";
          window.said = [];
          const status = document.getElementById("waiting");
          const note = () => window.said.push(status.textContent);
          new MutationObserver(note).observe(status, { childList: true });
        }"""
    )
    gate = entra.hold("/authorize")  # its sign-in page does not even come
    with walk.context.expect_page() as opened:
        page.locator("#start-sign-in").click()
    expect(status).to_contain_text("Waiting for you to sign in, in the other tab.")
    expect(status).to_contain_text("Nothing has come back", timeout=15_000)
    page.wait_for_timeout(2500)  # two more looks: they must not speak again
    said = page.evaluate("window.said")
    assert [text.split(".")[0].split(",")[0] for text in said] == [
        "Waiting for you to sign in",
        "Nothing has come back for 2 minutes",
    ]
    page.reload()
    expect(status).to_contain_text("Waiting for you to sign in")
    gate.open()
    expect(page.locator("[data-verdict]")).to_have_count(1)
    opened.value.close()


def test_the_first_field_has_the_focus_and_enter_continues(at_step, entra):
    walk = at_step()
    page = walk.page
    assert focused(page) == "client_id"
    assert page.evaluate("window.scrollY") == 0
    page.keyboard.insert_text(CLIENT_ID)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert walk.step == "client-secret"
    assert focused(page) == "client_secret"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert focused(page) == "summary"
    assert page.title().startswith(page.locator("h1").inner_text())


def test_an_answer_that_came_back_opens_at_its_field_and_what_was_found(at_step, entra):
    walk = at_step()
    page = walk.page
    page.set_viewport_size({"width": 360, "height": 780})
    walk.answer("client-id", client_id=CLIENT_ID)
    walk.answer("client-secret", client_secret=ENTRA_SECRET)
    assert page.evaluate("window.scrollY") == 0
    walk.try_answer("metadata", metadata_url=f"{entra.metadata_url}/nothing")
    assert focused(page) == "metadata_url"
    expect(page.locator("[name=metadata_url]")).to_be_in_viewport(ratio=1)
    expect(page.locator("#checks .fail .what").first).to_be_in_viewport(ratio=1)
    walk.go(f"{walk.setup_path}/metadata")
    assert page.evaluate("window.scrollY") == 0, "when she comes back to it, it is read anew"


def test_without_script_the_top_of_the_page_says_that_an_answer_came_back(latchkey, opened):
    walk = Walk(opened(javascript=False), latchkey, javascript=False)
    walk.enter()
    walk.new_setup("syncro", "oidc")
    walk.answer("before")
    walk.answer("redirect-uri", redirect_uri=REDIRECT_URI)
    walk.answer("client-id", client_id=CLIENT_ID)
    walk.answer("client-secret", client_secret="not-a-real-secret")
    page = walk.page
    said = page.locator("noscript .banner")  # text within a noscript is no text to playwright
    expect(said).to_have_count(0)
    walk.try_answer("metadata", metadata_url="http://127.0.0.1:9/.well-known/openid-configuration")
    expect(said).to_be_in_viewport()
    said.locator("a").click()
    expect(page.locator("#checks .fail .what").first).to_be_in_viewport()


def test_a_paste_button_is_a_paste(at_step, entra):
    walk = at_step("clipboard-read", "clipboard-write")
    page = walk.page
    button = page.locator("button[data-pastes=client_id]")
    expect(button).to_be_visible()
    page.evaluate("text => navigator.clipboard.writeText(text)", CLIENT_ID)
    button.click()
    expect(page.locator("[name=client_id]")).to_have_value(CLIENT_ID)
    expect(button).to_have_text("Pasted ✓")
    expect(page.locator('#checks [data-code="client_id_shape"]')).to_be_visible()
    page.evaluate("text => navigator.clipboard.writeText(text)", OVERVIEW)
    button.click()
    expect(page.locator("[data-offer]")).to_contain_text(CLIENT_ID)
    walk.look()


def test_a_refused_clipboard_says_what_to_do(at_step, entra):
    walk = at_step()
    page = walk.page
    page.locator("button[data-pastes=client_id]").click()
    expect(page.locator(".paste-said")).to_contain_text("Ctrl+V")
    assert focused(page) == "client_id"
    walk.look()


def test_nothing_moves_while_the_checks_arrive(at_step, entra):
    walk = at_step()
    page = walk.page
    walk.answer("client-id", client_id=CLIENT_ID)
    walk.answer("client-secret", client_secret=ENTRA_SECRET)
    gates = [entra.hold(path) for path in ("/authorize", "/token")]
    page.evaluate(_SHIFTS)
    button = page.locator("form#answer button[type=submit]")
    page.locator("[name=metadata_url]").fill(entra.metadata_url)
    page.locator("[name=metadata_url]").blur()
    expect(page.locator("#checks .busy")).to_have_count(2)
    stood = button.bounding_box()
    page.wait_for_timeout(700)  # what follows her own input is told apart by half a second
    for gate in gates:
        with page.expect_response(re.compile("/check/")):
            gate.open()
    expect(page.locator('#checks [data-code="client_secret_accepted"]')).to_be_visible()
    expect(page.locator("#checks .busy")).to_have_count(0)
    assert button.bounding_box() == stood
    moved = page.evaluate("window.shifts")
    assert sum(moved) == 0, moved


def test_on_paper_there_is_nothing_to_click(at_step, entra):
    walk = at_step()
    page = to_test(walk, entra)
    page.emulate_media(media="print")
    for gone in ("nav", ".topbar", "button", "#provider-stopped", ".actions"):
        assert page.locator(gone).locator("visible=true").count() == 0, gone
    assert page.locator(".map").is_visible()


def test_on_paper_no_secret_is_shown_even_where_it_was_asked_for(at_step, entra):
    walk = at_step()
    page = to_test(walk, entra)
    with walk.context.expect_page():
        page.locator("#start-sign-in").click()
    expect(page.locator('[data-verdict="fail"]')).to_have_count(1)
    page.get_by_text("Go on without a proven sign-in").click()
    page.locator("#go_on_anyway").check()
    walk.press(page.get_by_role("button", name="Continue unproved"))
    walk.press(page.get_by_role("button", name="Show"))
    secret = page.locator("[data-copy=client_secret]").first
    expect(secret).to_have_text(ENTRA_SECRET)
    page.emulate_media(media="print")
    expect(secret).to_be_hidden()
    expect(page.locator("[data-copy=client_id]").first).to_be_visible()
