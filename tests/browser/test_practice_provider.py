"""The practice provider and product in a real browser, with and without script.

The application that the provider answers stands at an origin of its own here, and sends the
browser on to a third one: what a policy with form-action would not let happen.
"""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.support.lint import assert_clean
from tests.support.practice_walk import Portal, at_practice_sign_in
from tests.support.processes import free_port_pair
from tests.support.walk import assert_fits
from wizard.practice import PracticeServer

BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
END = b"<!doctype html><title>Arrived</title><link rel=icon href=data:,><h1>Arrived</h1>"


@pytest.fixture
def practice(tmp_path):
    server = PracticeServer(free_port_pair() + 1, tmp_path)
    server.start()
    yield server
    server.stop()


class Application(ThreadingHTTPServer):
    """Takes any answer at `redirect_uri`, and sends the browser on to another origin."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        port = self.server_address[1]
        self.redirect_uri = f"http://localhost:{port}/callback"
        self.elsewhere = f"http://127.0.0.1:{port}/arrived"
        self.received: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/arrived":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(END)
        else:
            self._send_on(self.path)

    def do_POST(self):
        self._send_on(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _send_on(self, received):
        self.server.received.append(received)
        self.send_response(303)
        self.send_header("Location", self.server.elsewhere)
        self.end_headers()

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture
def application():
    with Application() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@BOTH
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("response_type=code", "code="),
        ("response_type=code&response_mode=form_post", "code="),
        ("response_type=id_token&response_mode=form_post&nonce=n", "id_token="),
    ],
)
def test_an_answer_arrives_at_an_application_that_sends_the_browser_on(
    practice, application, opened, javascript, asked, expected
):
    context = opened(javascript=javascript)
    registered = Portal(context, practice.url).register(
        "A product", [application.redirect_uri], id_tokens=True
    )
    page = context.new_page()
    page.goto(
        f"{practice.url}{registered.tenant_id}/oauth2/v2.0/authorize?{asked}"
        f"&client_id={registered.client_id}&redirect_uri={application.redirect_uri}"
        f"&scope=openid&state=the-state"
    )
    at_practice_sign_in(javascript=javascript)(page)
    page.wait_for_url(application.elsewhere)
    (received,) = application.received
    assert expected in received
    assert "state=the-state" in received


def test_no_page_of_the_portal_is_wider_than_a_phone(practice, opened):
    portal = Portal(opened(size=(360, 780)), practice.url)
    app = portal.register("A product", ["https://product.example/openid/callback"])
    for page in ("authentication", "secrets", "properties", "users"):
        portal.open(app.client_id, page)
    portal.open(app.client_id, f"secrets/{app.secret_id}/delete")
    portal.page.goto(f"{practice.url}directories")
    assert_fits(portal.page)


@BOTH
def test_the_product_is_set_up_and_signed_in_to(practice, opened, javascript):
    context = opened(javascript=javascript, tolerated=["403"])
    page = context.new_page()
    page.goto(f"{practice.url}product/settings")
    redirect_uri = page.locator("[data-copy=redirect_uri]").inner_text()
    registered = Portal(context, practice.url).register("Practice product", [redirect_uri])
    page.locator("[name=client_id]").fill(registered.client_id)
    page.locator("[name=client_secret]").fill(registered.secret_value)
    page.locator("[name=discovery_url]").fill(registered.metadata_url)
    page.get_by_role("button", name="Save & verify").click()
    expect(page.get_by_text("✓ Verified")).to_be_visible()
    assert_clean(page.content(), secrets=[registered.secret_value])
    page.get_by_role("button", name="Enable single sign-on").click()
    expect(page.get_by_text("Single sign-on is on")).to_be_visible()

    page.get_by_role("link", name="To the sign-in page").click()
    page.get_by_role("button", name="Sign in with single sign-on").click()
    at_practice_sign_in("without-email")(page)
    expect(page.get_by_text("There is no matching technician")).to_be_visible()
    page.get_by_role("button", name="To the sign-in page").click()
    page.get_by_role("button", name="Sign in with single sign-on").click()
    at_practice_sign_in("with-email")(page)
    expect(page.locator("[data-user]")).to_have_text("with-email@practice.example")
