"""Every page in every state: axe-core finds nothing, light and dark, and nothing is ever cut off.

How many pages and states were judged is said at the end of the run.
"""

import pytest

from tests.browser.tours import TOURS
from tests.support.axe import Axe
from tests.support.layout import Layout

# What is judged at 320 pixels, too: of every kind of page one, the fullest.
NARROW = frozenset(
    {
        "home-with-an-expiry",
        "new-search-hits",
        "before",
        "redirect-uri-made-from-an-address",
        "client-id-unfolded",
        "metadata-all-there",
        "test-before",
        "test-outcome",
        "handover-files-unfolded",
        "turn-on",
        "record",
        "delete",
        "portal-certificates-and-secrets",
        "practice-sign-in",
        "error-no-such-page",
    }
)

# How many different pages and states each tour comes to: none is lost, or there by chance.
STATES = {
    "choosing": 9,
    "with-a-provider": 29,
    "entra": 18,
    "other-guides": 21,
    "practice": 45,
    "refusals": 8,
}

# These look at pages like the others' once more, with other guides and other findings on them.
SLOW = ("with-a-provider", "other-guides")

# What axe-core leaves to the eye, each looked at once in both schemes.
UNDECIDED = (
    # Nothing stands in an empty field, so nothing is to be read; filled, the field was judged.
    "Element has no value",
    # Pico's own signs at the right edge of a field: the text beside them has the field's colours.
    "background color could not be determined due to a background image",
    # Cells of a wide table, scrolled out of a narrow window; in a wide one they were judged.
    "background color could not be determined because it's partially obscured by another element",
)


@pytest.mark.parametrize(
    "tour",
    [pytest.param(each, marks=[pytest.mark.products] * (each in SLOW)) for each in TOURS],
)
def test_nothing_stands_in_anybodys_way(tour, opened, started, record_property):
    axe, layout, judged = Axe(NARROW), Layout(), []

    def judge(page, name):
        if axe.take(page, name):
            judged.append(name)
            layout.take(page, name)

    TOURS[tour](opened(tolerated=["Failed to load resource"]), started(practice=True), judge)
    assert len(judged) == STATES[tour], f"a state was lost, or is new: {judged}"
    assert not layout.wrong, "\n".join(layout.wrong)
    assert not axe.violations, "\n".join(map(str, axe.violations))
    undecided = [each for each in axe.undecided if not each.says(UNDECIDED)]
    assert not undecided, "\n".join(map(str, undecided))
    record_property(
        "tally",
        f"axe-core: {tour}: {axe.states} pages in their states, {axe.ran} runs, 0 violations; "
        f"{layout.judged} times looked at small or magnified, nothing cut off",
    )


def test_what_is_wrong_is_found(opened, started):
    page = opened().new_page()
    page.goto(started().launch_url)
    for break_it, rule in {
        "e => { e.querySelector('main p').style.color = '#ccc' }": "color-contrast",
        "e => { e.querySelector('h1').outerHTML = '<h4>A title</h4>' }": "page-has-heading-one",
        "e => { e.querySelector('#file').removeAttribute('id') }": "label",
        "e => { e.documentElement.removeAttribute('lang') }": "html-has-lang",
    }.items():
        page.reload()
        page.locator(".import summary").click()
        page.locator("html").evaluate(f"() => ({break_it})(document)")
        axe = Axe()
        axe.take(page, "broken")
        assert axe.ran == 2
        assert {each.rule for each in axe.violations} >= {rule}


def test_what_is_cut_off_or_lies_over_something_else_is_found(opened, started):
    page = opened().new_page()
    page.goto(started().launch_url)
    for break_it, found in {
        "h1 { width: 3rem; overflow: hidden; white-space: nowrap }": "cut off: h1",
        "h1 { margin-bottom: -3rem }": "overlap: h1",
        "h1 { width: 90rem }": "scrolls sideways",
        "h1 { position: relative; left: -3rem }": "beside the window: h1",
    }.items():
        page.reload()
        page.evaluate("rule => document.styleSheets[1].insertRule(rule, 200)", break_it)
        layout = Layout()
        layout.take(page, "broken")
        assert any(found in each for each in layout.wrong), (found, layout.wrong)
