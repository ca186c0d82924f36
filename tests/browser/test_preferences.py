"""What she has asked her system for is honoured: no motion, her own colours; what is read out."""

import pytest
from playwright.sync_api import expect

from tests.browser.tours import CLIENT_ID, ENTRA_SECRET, REDIRECT_URI
from tests.support.walk import Walk

# Milliseconds of the longest motion there is on the page, or can be.
_LONGEST = """() => Math.max(0, ...[...document.querySelectorAll("*")].flatMap((each) =>
  ["", "::before", "::after"].flatMap((part) => {
    const style = getComputedStyle(each, part);
    const moves = style.animationName === "none" ? [] : style.animationDuration.split(",");
    return [...moves, ...style.transitionDuration.split(",")].map(
      (time) => parseFloat(time) * (time.trim().endsWith("ms") ? 1 : 1000));
  })))"""
_LISTEN = """() => {
  window.spoken = [];
  new MutationObserver((all) => {
    const added = all.flatMap((each) => [...each.addedNodes]);
    window.spoken.push(...added.map((each) => each.textContent.trim()));
  }).observe(document.getElementById("said"), { childList: true, subtree: true });
}"""


@pytest.fixture
def walk(latchkey, entra, opened):
    """At the metadata URL, everything before it answered."""
    found = Walk(opened(), latchkey, secrets=[ENTRA_SECRET])
    found.enter()
    found.new_setup("syncro", "entra")
    found.answer("before")
    found.answer("redirect-uri", redirect_uri=REDIRECT_URI)
    found.answer("client-id", client_id=CLIENT_ID)
    found.answer("client-secret", client_secret=ENTRA_SECRET)
    return found


def asks(walk, url):
    field = walk.page.locator("input[name=metadata_url]")
    field.fill(url)
    field.blur()


def test_nothing_moves_for_who_wants_no_motion(walk, entra):
    page = walk.page
    gate = entra.hold("/token")
    asks(walk, entra.metadata_url)
    expect(page.locator("#checks .busy .spin")).to_have_count(1)
    assert page.evaluate(_LONGEST) > 100
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(_LONGEST) <= 1
    gate.open()


def test_each_row_is_read_out_once(walk, entra):
    page = walk.page
    page.evaluate(_LISTEN)
    asks(walk, entra.metadata_url)
    expect(page.locator('#checks [data-code="client_secret_accepted"]')).to_be_visible()
    expect(page.locator("#checks [data-more]")).to_have_count(0)
    spoken = page.evaluate("window.spoken")
    assert len(spoken) > 2
    assert len(spoken) == page.locator("#checks .rows > ul").count(), spoken
    assert spoken == page.locator("#said p").all_inner_texts(), "nothing is taken back or repeated"
    # And nobody else speaks of the same: the rows themselves stand in no live region.
    assert page.locator("#checks[aria-live], #checks [aria-live], #judged[aria-live]").count() == 0


def test_with_forced_colours_all_is_told_apart(walk, entra):
    page = walk.page
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    current = page.locator(".rail a[aria-current]")
    assert current.locator(".dot").inner_text() == "→"
    assert current.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    walk.answer("metadata", metadata_url=entra.metadata_url)
    with walk.context.expect_page() as opened:
        page.locator("#start-sign-in").click()
    expect(page.locator('[data-verdict="fail"]')).to_have_count(1)
    legs = page.locator("[data-leg]")
    lines = legs.evaluate_all(
        """all => all.map((leg) => {
          const style = getComputedStyle(leg.querySelector(".arrow"));
          return [leg.dataset.state, style.borderTopStyle + " " + style.borderTopWidth];
        })"""
    )
    kinds = dict(lines)
    assert len(set(kinds.values())) == len(kinds), kinds
    page.keyboard.press("Tab")
    ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert ring == "solid"
    opened.value.close()
