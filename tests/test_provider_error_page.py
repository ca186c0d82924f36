"""The box on the test page: what she copied from the provider's error page is explained there."""

import pytest

from tests.support.app import CALLBACK, SECRET, wizard

TRACE = "b2f6a1aa-52c5-4c8b-8a0f-63d7c3a45d00"
CORRELATION = "0d2e8f74-8f0f-4f2b-a3a2-5e0cbd8d9c11"
DETAILS = (
    f"Request Id: {TRACE}\r\nCorrelation Id: {CORRELATION}\r\nTimestamp: 2026-05-04T10:11:12Z\r\n"
    f"Message: AADSTS50011: The redirect URI '{CALLBACK}' is not registered."
)


# What is pasted is answered and not kept, so the tests here share a setup.
@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def app(data):
    with wizard(data) as app:
        yield app


@pytest.fixture(scope="module")
def page(app, npm_provider):
    """The test page, all answers given."""
    page = app.saved_at("metadata")
    page = app.visitor.submit(page, metadata_url=npm_provider.metadata_url)
    assert page.path.endswith("/test"), page.words
    return page


def paste(app, page, text):
    return app.visitor.submit(page, "provider-stopped", provider_error=text)


def box(page):
    return "".join(page.root.one("textarea", name="provider_error").children).removeprefix("\r\n")


def test_before_the_button_it_says_what_to_do_when_the_provider_stops(page):
    words = page.words
    told = words.index("stops on an error page of its own")
    assert told < words.index("Start the test sign-in") < words.index("What its page says")
    assert page.findings == []


def test_a_pasted_page_becomes_a_finding_with_the_step_that_mends_it(app, page):
    page = paste(app, page, DETAILS)
    assert page.status == 200
    assert page.findings == [("provider_error_50011", "fail", CALLBACK)]
    assert "The redirect URI is not registered for this app" in page.words
    row = page.root.one(data_code="provider_error_50011")
    assert row.one("a").get("href").endswith("/redirect-uri")
    assert "Authentication" in [bold.text for bold in row.all("b")]
    assert page.copyable("correlation_id") == CORRELATION
    assert page.copyable("trace_id") == TRACE
    assert page.copyable("timestamp") == "2026-05-04T10:11:12Z"
    assert box(page).split() == DETAILS.split()
    links = [a.get("href") for a in page.root.all("a", target="_blank")]
    assert "https://login.microsoftonline.com/error?code=50011" in links
    assert page.verdict is None, "no sign-in was judged"
    step = app.visitor.get(row.one("a").get("href"))
    assert step.path.endswith("/redirect-uri")


def test_an_unknown_number_keeps_its_text_and_links_the_providers_own_page(app, page):
    page = paste(app, page, "AADSTS7654321: Something <b>new</b>")
    assert page.findings == [("provider_error_7654321", "fail", "AADSTS7654321")]
    assert "AADSTS7654321: Something <b>new</b>" in page.words
    links = [a.get("href") for a in page.root.all("a", target="_blank")]
    assert "https://login.microsoftonline.com/error?code=7654321" in links


def test_an_error_without_a_number_is_explained_too(app, page):
    page = paste(app, page, "Callback URL mismatch. The provided redirect_uri is not in the list")
    assert page.status_of("provider_error_redirect_uri_mismatch") == ["fail"]
    assert not page.root.all("a", target="_blank")
    assert "microsoft" not in page.words.lower()
    assert not page.root.where(lambda e: "data-copy" in e)


def test_hostile_text_stays_text(app, page):
    text = "</textarea><script>alert(1)</script> AADSTS50011: '\"><img src=x onerror=alert(1)>'"
    page = paste(app, page, text)
    assert page.status_of("provider_error_50011") == ["fail"]
    assert box(page) == text
    assert not page.root.all("img")
    assert "alert" not in "".join(str(s.children) for s in page.root.all("script"))


def test_a_code_in_a_pasted_address_is_not_shown_again_and_nothing_is_stored(app, page, data):
    app.visitor.secrets.append("canary-of-a-code")
    text = f"{CALLBACK}?code=canary-of-a-code&state=x AADSTS54005 {SECRET}"
    page = paste(app, page, text)
    assert page.status_of("provider_error_54005") == ["fail"]
    assert box(page) == f"{CALLBACK}?code=(removed)&state=(removed) AADSTS54005 (removed)"
    assert "were left out" in page.words
    kept = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    assert b"canary-of-a-code" not in kept
    assert b"AADSTS54005" not in kept
    assert app.visitor.get(page.url).findings == []


def test_an_empty_box_is_an_error_at_the_field(app, page):
    for text in ("", " \r\n\t"):
        answer = paste(app, page, text)
        assert answer.root.one(id="provider_error-error").text == "Error: Paste what the page says"
        assert answer.root.one(id="summary").one("a").get("href") == "#provider_error"
        assert answer.findings == []


def test_the_sign_in_still_starts_from_the_explained_page(app, page):
    page = paste(app, page, DETAILS)
    leaving, sent = app.start_sign_in(page)
    assert leaving.path.endswith("/test")
    assert sent["redirect_uri"] == CALLBACK


def test_a_long_page_is_cut_and_said_to_be(app, page):
    page = paste(app, page, "AADSTS50011 " + "x" * 20_000)
    assert "10,000" in page.words
    assert len(box(page)) == 10_000


def test_before_the_test_is_open_it_leads_to_where_she_stands(app):
    setup_id = app.store.create_setup("syncro", "oidc")
    answer = app.visitor.get(f"/setups/{setup_id}/test/error")
    assert answer.path.endswith("/before")
