"""A page's title tells its state: after its own name, that an answer was refused."""

import pytest

from tests.support.app import wizard

NOWHERE = "http://127.0.0.1:9/.well-known/openid-configuration"
NAME = "Paste the metadata URL – Syncro – Latchkey"
REFUSED = "Paste the metadata URL – error – Syncro – Latchkey"


def title(page):
    return page.root.one("title").text


def stays_for(page):
    """Whether she may go on with the saved value as it is."""
    return bool(page.root.all("input", name="go_on_anyway"))


@pytest.fixture
def at_metadata(tmp_path):
    """Enters a metadata URL, and gives the page that comes of it."""
    with wizard(tmp_path) as wiz:
        page = wiz.saved_at("metadata")
        assert title(page) == NAME
        yield lambda url: wiz.visitor.submit(wiz.visitor.get(page.path), metadata_url=url)


@pytest.mark.parametrize("url", ["", "nothing at all", NOWHERE])
def test_an_answer_that_is_refused_is_in_the_title(at_metadata, url):
    assert title(at_metadata(url)) == REFUSED


def test_a_suggestion_is_no_refusal(at_metadata):
    assert title(at_metadata("https://login.example/tenant/")) == NAME


def test_a_refusal_is_in_the_title_until_the_value_is_mended(at_metadata):
    at_metadata(NOWHERE)
    page = at_metadata(f"{NOWHERE}?again")
    assert title(page) == REFUSED
    assert stays_for(page)


def test_what_was_entered_now_is_not_called_sure_to_fail_for_what_was_saved_before(at_metadata):
    assert stays_for(at_metadata(NOWHERE))
    for url in ("", "nothing at all", "https://login.example/tenant/"):
        assert not stays_for(at_metadata(url)), url


def test_nothing_chosen_is_in_the_title(wiz):
    page = wiz.visitor.submit(wiz.visitor.get("/setups/new"), name="First customer")
    assert title(page) == "What do you want to connect? – error – Latchkey"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "Connect a product to your identity provider – Latchkey"),
        ("/setups/new", "What do you want to connect? – Latchkey"),
        ("/nothing", "There is no page here – Latchkey"),
        ("/callback?state=unknown&code=x", "The sign-in did not count – Latchkey"),
    ],
)
def test_each_page_has_a_title_of_its_own(wiz, path, expected):
    assert title(wiz.visitor.fetch("GET", path)) == expected
