"""What bad input gets: a clear sentence at the right place, the typed value kept, nothing lost."""

import contextlib
import http.server
import threading
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.app import BASE, REDIRECT_URI, SECRET, wizard
from tests.support.made_up import made_up
from wizard import setups


@pytest.fixture
def provider(npm_provider):
    """Its client "client" is what the wizard is told in these tests."""
    return npm_provider


@contextlib.contextmanager
def answering(body: bytes, content_type: str = "text/html", status: int = 200):
    """A server on loopback that answers everything with this; its base address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.005,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def error_at(page, name):
    """The sentence at a field; the summary must say the same and lead to it."""
    shown = page.root.one("p", id=f"{name}-error").text.removeprefix("Error: ")
    summary = page.root.one("div", id="summary")
    assert [(a.get("href"), a.text) for a in summary.all("a")] == [(f"#{name}", shown)]
    return shown


def field(page, name):
    return page.root.one("input", name=name).get("value")


FIELD_ERRORS = [
    ("redirect-uri", "redirect_uri", "", "Enter the redirect URI"),
    ("redirect-uri", "redirect_uri", " \u200b\u00a0 ", "Enter the redirect URI"),
    (
        "redirect-uri",
        "redirect_uri",
        "https://product.example/" + "a" * 2048,
        "The redirect URI is longer than 2048 characters",
    ),
    (
        "redirect-uri",
        "redirect_uri",
        "http://product.example/sso/callback",
        "The redirect URI must start with https",
    ),
    ("redirect-uri", "redirect_uri", "sso/callback", "The redirect URI is not a whole address"),
    ("client-id", "client_id", "", "Enter the client ID"),
    ("client-id", "client_id", "c" * 513, "The client ID is longer than 512 characters"),
    ("client-secret", "client_secret", "", "Enter the client secret"),
    (
        "client-secret",
        "client_secret",
        "s" * 2049,
        "The client secret is longer than 2048 characters",
    ),
    ("metadata", "metadata_url", "", "Enter the metadata URL"),
    ("metadata", "metadata_url", "not an address", "That is not an address"),
    (
        "metadata",
        "metadata_url",
        "http://idp.example/.well-known/openid-configuration",
        "The metadata URL does not start with https",
    ),
]


@pytest.mark.parametrize(("step", "name", "value", "sentence"), FIELD_ERRORS)
def test_a_text_that_cannot_be_right_is_an_error_at_its_field(wiz, step, name, value, sentence):
    page = wiz.saved_at(step)
    page = wiz.visitor.submit(page, **{name: value})
    assert page.path.endswith(f"/{step}"), "she stays where she is"
    assert error_at(page, name) == sentence
    kept = "" if name == "client_secret" or not value.strip(" \u200b\u00a0") else value
    assert field(page, name) == kept


def test_a_date_that_is_none_is_an_error_and_the_secret_pasted_beside_it_is_not_asked_again(wiz):
    page = wiz.saved_at("client-secret")
    page = wiz.visitor.submit(page, client_secret=SECRET, secret_expires="31.12.2027")
    assert error_at(page, "secret_expires") == "Enter the date as year-month-day, like 2027-05-01"
    assert field(page, "client_secret") == ""
    page = wiz.visitor.submit(page, secret_expires="2027-12-31")
    assert page.path.endswith("/metadata")


def test_nothing_chosen_is_said_at_both_questions(wiz):
    page = wiz.visitor.get("/setups/new")
    page = wiz.visitor.submit(page, name="First customer")
    summary = page.root.one("div", id="summary")
    assert [a.text for a in summary.all("a")] == [
        "Choose the product",
        "Choose the identity provider",
    ]
    assert field(page, "name") == "First customer"


def test_a_made_up_product_is_not_believed(wiz):
    page = wiz.visitor.get("/setups/new")
    page = wiz.visitor.submit(page, product="../providers/entra", provider="oidc")
    assert "Choose the product" in page.words
    assert wiz.store.setups() == []


def test_a_metadata_url_that_cannot_be_reached_is_named_and_kept(wiz):
    page = wiz.saved_at("metadata")
    url = "http://127.0.0.1:9/.well-known/openid-configuration"
    page = wiz.visitor.submit(page, metadata_url=url)
    assert page.status_of("network_refused") == ["fail"]
    assert field(page, "metadata_url") == url
    assert page.root.one("input", name="go_on_anyway")


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"<!doctype html><title>Welcome</title>", "text/html", 200, "metadata_web_page"),
        (b"{not json", "application/json", 200, "metadata_not_json"),
        (b"[]", "application/json", 200, "metadata_not_json"),
        (b"", "application/json", 200, "metadata_empty"),
        (b'{"issuer":1}', "application/json", 200, "metadata_member_wrong_type"),
    ],
)
def test_what_is_not_a_metadata_document_is_named_as_what_it_is(
    wiz, body, content_type, status, code
):
    page = wiz.saved_at("metadata")
    with answering(body, content_type, status) as base:
        page = wiz.visitor.submit(page, metadata_url=f"{base}/.well-known/openid-configuration")
    assert page.status_of(code)[:1] == ["fail"], page.findings


def test_somebody_elses_issuer_stops_before_any_secret_is_sent(wiz, provider):
    before = len(provider.requests())
    page = wiz.saved_at("metadata", client_secret=SECRET)
    url = provider.metadata_url.replace("127.0.0.1", "localhost")
    page = wiz.visitor.submit(page, metadata_url=url)
    failing = [code for code, status, _ in page.findings if status == "fail"]
    assert failing == ["metadata_issuer_other"]
    asked = [request["path"] for request in provider.requests()[before:]]
    assert set(asked) <= {"/.well-known/openid-configuration", "/jwks"}


def test_an_issuer_pasted_for_the_metadata_url_is_offered_as_one_not_taken(wiz, provider):
    page = wiz.saved_at("metadata")
    page = wiz.visitor.submit(page, metadata_url=provider.issuer)
    assert page.status_of("metadata_url_suggested") == ["warn"]
    assert field(page, "metadata_url") == provider.metadata_url
    assert "metadata_url" not in wiz.store.answers(wiz.store.setups()[0].id)
    page = wiz.visitor.submit(page, metadata_url=provider.metadata_url)
    assert page.path.endswith("/client-secret") or page.path.endswith("/test")


@pytest.mark.parametrize(
    "pasted",
    ["8f0c2b1e-55a1-4c0e-9d55-6a1fce7d0a1b", "contoso.com"],
)
def test_a_tenant_pasted_for_entras_metadata_url_is_offered_as_one(wiz, pasted):
    page = wiz.saved_at(
        "metadata", provider="entra", client_id="00001111-aaaa-2222-bbbb-3333cccc4444"
    )
    page = wiz.visitor.submit(page, metadata_url=pasted)
    assert page.status_of("metadata_url_suggested") == ["warn"]
    assert field(page, "metadata_url") == (
        f"https://login.microsoftonline.com/{pasted}/v2.0/.well-known/openid-configuration"
    )


def test_a_wrong_client_id_is_told_before_anybody_signs_in(wiz, provider):
    page = wiz.saved_at("metadata", client_id="another-client")
    page = wiz.visitor.submit(page, metadata_url=provider.metadata_url)
    assert page.path.endswith("/metadata")
    failing = {code for code, status, _ in page.findings if status == "fail"}
    assert failing == {"client_id_or_redirect_uri_refused", "client_secret_or_id_refused"}
    assert "another-client" in page.words


def test_a_wrong_secret_is_told_apart_and_the_field_comes_back_empty(wiz, provider):
    wrong = "another-secret-by-mistake"
    wiz.visitor.secrets.append(wrong)
    page = wiz.saved_at("metadata", client_secret=wrong)
    page = wiz.visitor.submit(page, metadata_url=provider.metadata_url)
    assert [c for c, status, _ in page.findings if status == "fail"] == ["client_secret_refused"]
    page = wiz.visitor.get(page.path.replace("metadata", "client-secret"))
    assert page.status_of("client_secret_refused") == ["fail"]
    assert field(page, "client_secret") == ""
    assert "Leave empty to keep what you pasted" in page.words
    page = wiz.visitor.submit(page, client_secret=SECRET)
    assert page.path.endswith("/test"), "mended, and nothing else is asked again"


def test_a_rejected_secret_is_kept_so_that_she_can_go_on_with_it_anyway(wiz, provider):
    wrong = "another-secret-by-mistake"
    page = wiz.saved_at("metadata", client_secret=wrong)
    page = wiz.visitor.submit(page, metadata_url=provider.metadata_url)
    page = wiz.visitor.get(page.path.replace("metadata", "client-secret"))
    page = wiz.visitor.submit(page, go_on_anyway="y")
    assert page.path.endswith("/test")
    setup = setups.load(wiz.store, wiz.vault, wiz.store.setups()[0].id, 8765)
    assert setup.values.client_secret == wrong
    assert setup.answers["went_on:client-secret"] == setup.values.secret_version


def test_a_user_who_declines_ends_on_her_own_page_with_the_providers_words(wiz, provider):
    page = wiz.saved_at("metadata")
    page = wiz.visitor.submit(page, metadata_url=provider.metadata_url)
    _, params = wiz.start_sign_in(page)
    page = wiz.come_back(
        error="access_denied",
        error_description="<b>The user cancelled</b>",
        state=params["state"],
        iss=provider.issuer,
    )
    assert page.path.endswith("/test")
    assert page.verdict == "fail"
    assert page.status_of("callback_access_denied") == ["fail"]
    assert "<b>The user cancelled</b>" in page.words, "text, never markup"


def refused(page):
    assert page.status == 400
    assert page.h1 == "The sign-in did not count"
    [(code, status, _)] = page.findings
    assert status == "fail"
    return code


def test_an_answer_with_a_wrong_state_belongs_to_no_sign_in(wiz, provider):
    page = wiz.visitor.submit(wiz.saved_at("metadata"), metadata_url=provider.metadata_url)
    wiz.start_sign_in(page)
    before = len(provider.requests())
    assert refused(wiz.come_back(code="c", state="wrong")) == "sign_in_state_unknown"
    assert refused(wiz.come_back(code="c")) == "sign_in_state_missing"
    assert len(provider.requests()) == before, "nothing was sent to the provider"


def test_a_used_state_is_used_up(wiz, provider):
    page = wiz.visitor.submit(wiz.saved_at("metadata"), metadata_url=provider.metadata_url)
    _, params = wiz.start_sign_in(page)
    answer = {"error": "access_denied", "state": params["state"], "iss": provider.issuer}
    assert wiz.come_back(**answer).verdict == "fail"
    assert refused(wiz.come_back(**answer)) == "sign_in_state_unknown"


def test_a_callback_after_a_restart_says_what_to_do(tmp_path, provider):
    with wizard(tmp_path) as first:
        page = first.visitor.submit(first.saved_at("metadata"), metadata_url=provider.metadata_url)
        _, params = first.start_sign_in(page)
    with wizard(tmp_path) as second:
        page = second.come_back(code="c", state=params["state"], iss=provider.issuer)
        assert refused(page) == "sign_in_state_unknown"
        assert "Latchkey was started again in between" in page.words


@pytest.mark.parametrize(
    ("path", "h1"),
    [
        ("/setups/nosuchsetup1", "There is no such setup on this computer"),
        ("/setups/nosuchsetup1/before", "There is no such setup on this computer"),
        ("/nothing/here", "There is no page here"),
    ],
)
def test_an_unknown_address_gets_a_page_with_a_way_out(wiz, path, h1):
    page = wiz.visitor.get(path)
    assert (page.status, page.h1) == (404, h1)
    assert "/" in [a.get("href") for a in page.root.all("a")]


def test_an_unknown_step_and_one_that_does_not_apply_are_no_pages(wiz):
    page = wiz.saved_at("before", product="connectwise")
    base = page.path.removesuffix("/before")
    for step in ("client-secret", "no-such-step"):
        assert wiz.visitor.get(f"{base}/{step}").status == 404


def test_a_step_that_is_not_open_yet_leads_to_where_she_stands(wiz):
    setup = f"/setups/{wiz.store.create_setup('syncro', 'oidc')}"
    for step in ("redirect-uri", "metadata", "test", "handover", "turn-on"):
        assert wiz.visitor.get(f"{setup}/{step}").path == f"{setup}/before"


def test_an_oversized_request_is_refused_with_a_sentence(wiz):
    page = wiz.saved_at("redirect-uri")
    page = wiz.visitor.submit(page, redirect_uri="https://product.example/" + "a" * 70_000)
    assert (page.status, page.h1) == (413, "That is more than Latchkey takes at once")


def test_a_form_of_an_earlier_start_changes_nothing_and_says_so(wiz):
    page = wiz.saved_at("redirect-uri")
    page = wiz.visitor.submit(page, redirect_uri=REDIRECT_URI, csrf_token="stale")
    assert (page.status, page.h1) == (400, "This page is from an earlier start of Latchkey")
    assert "redirect_uri" not in wiz.store.answers(wiz.store.setups()[0].id)


def test_a_setup_whose_guide_is_gone_says_which_file_is_missing(wiz):
    wiz.store.create_setup("no-such-product", "oidc")
    page = wiz.visitor.get("/")
    assert (page.status, page.h1) == (500, "A guide cannot be used")
    assert "products/no-such-product.toml is not there any more" in page.words


def test_names_from_outside_are_text(wiz):
    page = wiz.visitor.get("/setups/new")
    name = '<script>alert(1)</script>"&'
    page = wiz.visitor.submit(page, product="syncro", provider="oidc", name=name)
    assert f"Syncro, {name}" in page.words
    assert "<script>alert" not in page.text
    assert f"Syncro, {name}" in wiz.visitor.get("/").words


def test_base_is_the_canonical_host():
    assert BASE.startswith("http://localhost:")


# --- any text at all, over HTTP

_ANY = st.text(st.characters(exclude_categories=()), max_size=80) | st.sampled_from(
    [
        "https://",
        "http://[",
        "https://a.example:99999/",
        "9999-99-99",
        "{",
        "\x00",
        "%",
        "../..",
        "[]",
    ]
)


@pytest.fixture(scope="module")
def open_wizard(tmp_path_factory):
    """One wizard with a setup whose every step is open, for a great many requests."""
    with wizard(tmp_path_factory.mktemp("any")) as wiz:
        yield wiz, setup_of(wiz)


def setup_of(wiz):
    page = wiz.saved_at("metadata")
    return page.path.rsplit("/", 1)[0], page.form().one("input", name="csrf_token").get("value")


FIELDS = {
    "redirect-uri": ("redirect_uri",),
    "client-id": ("client_id",),
    "client-secret": ("client_secret", "secret_expires"),
    "metadata": ("metadata_url",),
}


@made_up(300)
@given(st.sampled_from(sorted(FIELDS)), _ANY, _ANY, st.sampled_from(["", "/check"]))
def test_any_text_in_any_field_gets_a_page_or_the_next_step(open_wizard, slug, one, two, ending):
    wiz, (setup, csrf) = open_wizard
    fields = [("csrf_token", csrf), *zip(FIELDS[slug], (one, two), strict=False)]
    page = wiz.visitor._send(
        "POST",
        f"{BASE}{setup}/{slug}{ending}",
        encodable(fields),
        {"Sec-Fetch-Site": "same-origin"},
    )
    assert page.status in (200, 303), page.text[:500]


def encodable(fields):
    return [(name, value.encode("utf-8", "replace").decode()) for name, value in fields]


@made_up(300)
@given(
    st.lists(st.tuples(st.sampled_from(["state", "code", "iss", "error", "h", "x", ""]), _ANY)),
    st.sampled_from(["GET", "POST"]),
    st.sampled_from(["/callback", "/callback/continue", "/launch"]),
    st.binary(max_size=50),
)
def test_any_answer_to_the_callback_is_refused_with_a_page(open_wizard, params, method, path, raw):
    wiz, _ = open_wizard
    query = "&".join(f"{name}={quote(value.encode('utf-8', 'replace'))}" for name, value in params)
    query += "&" + quote(raw, safe="%&=;+")
    answer = wiz.app.test_client().open(
        path if method == "POST" else f"{path}?{query}",
        method=method,
        data=query.encode() + raw if method == "POST" else None,
        content_type="application/x-www-form-urlencoded",
        base_url=BASE,
    )
    assert answer.status_code in (400, 403, 405), answer.text[:500]
