"""Which address a page may tell of itself: to others none, and to ourselves only from our forms."""

import pytest

from tests.support.app import BASE


def told(page) -> tuple[str, list[str]]:
    """What the header allows, and what the page itself says instead."""
    said = [meta.get("content") for meta in page.root.all("meta", name="referrer")]
    return page.headers["Referrer-Policy"], said


@pytest.mark.parametrize("path", ["/", "/setups/new", "{setup}/before"])
def test_a_page_with_a_form_of_ours_may_name_itself_to_us_so_that_the_form_has_an_origin(wiz, path):
    setup = wiz.setup().path.removesuffix("/before")
    page = wiz.visitor.get(path.format(setup=setup))
    assert page.root.all("form")
    assert told(page) == ("no-referrer", ["same-origin"])


@pytest.mark.parametrize(
    "path",
    ["/launch?t=guess", "/callback?code=c&state=s", "/callback/continue?h=x", "/nowhere?x=y"],
)
def test_an_address_that_may_hold_a_token_or_code_is_told_to_nobody(wiz, path):
    page = wiz.visitor.get(path)
    assert page.status >= 400
    assert told(page) == ("no-referrer", [])


def test_the_pages_that_lead_on_name_themselves_to_nobody(wiz):
    """The one between her and the provider, and the one between the provider and the verdict."""
    with wiz.app.test_request_context(base_url=BASE):
        text = wiz.app.jinja_env.get_template("steps/onward.html").render(
            url="https://idp.example/", title="t", sentence="s", link="l"
        )
    assert "referrer" not in text.replace("noreferrer", "")
