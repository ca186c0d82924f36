"""Sketches in a browser: never wider than a phone, nothing to tab to, marks that stay."""

import pytest

from tests.support.sketches import HERS, drawn, guides, html, page
from wizard.setups import Values

GUIDES = list(guides())

WIDER = """() => [...document.querySelectorAll("*")]
  .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
  .map(each => each.className + ": " + each.textContent.trim().slice(0, 60))"""
FOCUSABLE = """() => [...document.querySelectorAll(".sketch, .sketch *")]
  .filter(each => each.tabIndex >= 0).map(each => each.outerHTML.slice(0, 80))"""
HERE = """() => [...document.querySelectorAll(".sketch .here")].map(each => {
  const look = getComputedStyle(each); return look.outlineStyle + " " + look.outlineWidth })"""
NOT = """() => [...document.querySelectorAll(".sketch .not")].map(
  each => getComputedStyle(each).textDecorationLine)"""


@pytest.fixture
def tab(chromium_context):
    return chromium_context.new_page()


@pytest.fixture
def chromium_context(opened):
    return opened(size=(320, 800), javascript=True)


def figures(guide) -> str:
    return page(
        guide.name,
        *(
            html(drawn(guide, name, values))
            for name in guide.sketches
            for values in (Values(), HERS)
        ),
    )


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.slug)
def test_at_320_pixels_nothing_is_cut_or_scrolls_sideways_and_nothing_takes_the_focus(guide, tab):
    tab.set_content(figures(guide))
    assert tab.locator(".sketch").count() == 2 * len(guide.sketches)
    assert tab.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert tab.evaluate(WIDER) == []
    assert tab.evaluate(FOCUSABLE) == []
    # Of a side menu only where she is stays.
    assert tab.locator(".sketch .menu div:not(.on):visible").count() == 0
    with_menu = [name for name in guide.sketches if guide.sketches[name].menu]
    assert tab.locator(".sketch .menu .on:visible").count() == 2 * len(with_menu)


def test_marks_stay_with_forced_colours(tab):
    (entra,) = guides("entra")
    tab.emulate_media(forced_colors="active")
    tab.set_content(figures(entra))
    assert set(tab.evaluate(HERE)) == {"solid 2px"}
    assert set(tab.evaluate(NOT)) == {"line-through"}


def test_beside_a_tick_a_sketch_leaves_the_words_their_room(opened):
    (syncro,) = guides("syncro")
    figure = html(drawn(syncro, "enable-sso", HERS))
    tick = (
        '<div class="tick"><input type="checkbox" id="a"><label for="a">Set it</label>'
        '<p class="note">More</p><div class="aside"><details class="show-me" open>'
        f"<summary>Show me where</summary>{figure}</details></div></div>"
    )
    tab = opened(size=(360, 800)).new_page()
    tab.set_content(page("Ticks", tick))
    label, sketch = (tab.locator(each).bounding_box() for each in (".tick label", ".tick .sketch"))
    assert label["x"] == sketch["x"]
    assert label["x"] < 100
    assert sketch["y"] > label["y"] + label["height"]
