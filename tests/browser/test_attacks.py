"""Attacks on the wizard in a real Chromium: each is refused, with the right page, to no effect.

"To no effect" is looked up: in the saved data, and in what the identity provider was asked.
"""

import contextlib
import re
import sqlite3
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Response

from tests.support.browser import run_another, run_context
from tests.support.hostile import HostileSite, Wire
from tests.support.latchkey import Latchkey
from tests.support.lint import assert_clean
from tests.support.oidc_provider import OpenIDProvider, client
from tests.support.visitor import Visitor
from tests.support.walk import Walk, at_oidc_provider, findings, verdict
from wizard.store_file import FILE_NAME

REDIRECT_URI = "https://product.example/sso/callback"
SECRET = "a secret that no attack brings to light"
# What Chromium says of what is refused, and of a frame that may not be shown.
REFUSALS = ("Failed to load resource", "Refused to", "frame-ancestors", "X-Frame-Options", "CORS")


@dataclass
class Scene:
    """A running Latchkey with two setups ready to sign in, its provider, and somebody else's site.

    `visitor` is the administrator without a browser; `opened` gives browser profiles.
    """

    latchkey: Latchkey
    op: OpenIDProvider
    site: HostileSite
    visitor: Visitor
    syncro: str
    connectwise: str
    profiles: contextlib.ExitStack
    browser: object
    wire: Wire

    def saved(self) -> list[str]:
        """Everything in the database, as SQL."""
        path = self.latchkey.data_dir / FILE_NAME
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            return list(db.iterdump())

    @contextlib.contextmanager
    def without_effect(self):
        """Nothing is saved meanwhile, and the provider is asked nothing."""
        saved, asked = self.saved(), len(self.op.requests())
        yield
        assert self.saved() == saved
        assert self.op.requests()[asked:] == []

    def opened(self, **options) -> BrowserContext:
        """A fresh profile that was never at the launch address."""
        options = {"tolerated": REFUSALS, "proxy": self.wire.address} | options
        return self.profiles.enter_context(run_context(self.browser, **options))

    def let_in(self, **options) -> BrowserContext:
        """The administrator's own profile, at home in the wizard."""
        context = self.opened(**options)
        page = context.new_page()
        page.goto(self.latchkey.launch_url)
        assert page.url == f"{self.latchkey.base}/"
        page.close()
        return context

    def on_its_way(self, setup: str) -> dict[str, str]:
        """A sign-in the administrator has begun; the parameters the provider was asked with."""
        page = self.visitor.get(f"{setup}/test")
        leaving = self.visitor.submit(page, "go")
        refresh = leaving.root.one("meta", http_equiv="refresh").get("content")
        return dict(parse_qsl(urlsplit(refresh.partition("url=")[2]).query))


@pytest.fixture(scope="module")
def running(chromium, tmp_path_factory):
    folder = tmp_path_factory.mktemp("attacked")
    with contextlib.ExitStack() as stack:
        latchkey = stack.enter_context(Latchkey(folder, keyring="none"))
        uris = (REDIRECT_URI, latchkey.callback)
        op = stack.enter_context(
            OpenIDProvider(
                [
                    client("syncro", *uris, client_secret=SECRET),
                    client("connectwise", *uris, response_types=["id_token"]),
                ],
                consent=False,
            )
        )
        site = stack.enter_context(HostileSite())
        visitor = Visitor.of_server(latchkey.base, secrets=[SECRET])
        visitor.get(latchkey.launch_url)
        setups = [
            _ready(visitor, product, op.metadata_url) for product in ("syncro", "connectwise")
        ]
        yield latchkey, op, site, visitor, *setups


def _ready(visitor: Visitor, product: str, metadata_url: str) -> str:
    """A new setup, answered up to the test sign-in; its path."""
    page = visitor.submit(visitor.get("/setups/new"), product=product, provider="oidc")
    setup = page.path.removesuffix("/before")
    page = visitor.submit(page)
    page = visitor.submit(page, redirect_uri=REDIRECT_URI)
    page = visitor.submit(page, client_id=product)
    if product == "syncro":
        page = visitor.submit(page, client_secret=SECRET)
    page = visitor.submit(page, metadata_url=metadata_url)
    assert page.path == f"{setup}/test", page.words
    return setup


@pytest.fixture
def scene(chromium, running):
    # The profiles end before the servers: a page still loading would complain.
    with Wire() as wire, contextlib.ExitStack() as profiles:
        yield Scene(*running, profiles, chromium, wire)


SEND_FORM = """([action, fields]) => {
  const form = document.createElement("form");
  form.method = "post"; form.action = action;
  for (const [name, value] of fields) {
    const input = document.createElement("input");
    input.type = "hidden"; input.name = name; input.value = value;
    form.append(input);
  }
  document.body.append(form); form.submit();
}"""


def send_form(page: Page, action: str, fields=()) -> Response:
    """The page sends a form and the browser goes where it leads; the answer."""
    with page.expect_navigation() as went:
        page.evaluate(SEND_FORM, [action, [list(field) for field in fields]])
    return went.value


def assert_page(page: Page, response: Response, status: int, h1: str) -> None:
    """The answer is a whole page of the wizard's with this status and heading."""
    assert response.status == status
    assert assert_clean(page.content(), secrets=[SECRET]).one("h1").text == h1


def assert_refused_callback(page: Page, code: str) -> None:
    document = assert_clean(page.content(), secrets=[SECRET])
    assert document.one("h1").text == "The sign-in did not count"
    assert findings(document) == {code: "fail"}


# --- another web page in the same browser

FORMS = {
    "a new setup": ("/setups", [("product", "syncro"), ("provider", "oidc")]),
    "another client ID": ("{setup}/client-id", [("client_id", "theirs"), ("go_on_anyway", "y")]),
    "another metadata URL": ("{setup}/metadata", [("metadata_url", "https://evil.example/x")]),
    "a live check": ("{setup}/client-id/check", [("client_id", "theirs")]),
    "the secret": ("{setup}/handover/secret", []),
    "a sign-in": ("{setup}/test", []),
    "the practice provider": ("/practice", []),
}
# Where the other page is, by what the browser says of it.
PLACES = {"elsewhere": "cross-site", "same_site": "same-site"}


@pytest.mark.parametrize("place", PLACES)
def test_a_form_of_another_page_is_refused_with_a_page_that_says_so(scene, place):
    context = scene.let_in()
    for path, fields in FORMS.values():
        page = context.new_page()
        page.goto(getattr(scene.site, place))
        action = scene.latchkey.base + path.format(setup=scene.syncro)
        with scene.without_effect():
            response = send_form(page, action, fields)
            assert_page(page, response, 403, "Another page sent this")
    sent = [heard for heard in scene.wire.heard if heard.method == "POST"]
    assert len(sent) == len(FORMS)
    for heard in sent:
        assert heard.headers["Sec-Fetch-Site"] == PLACES[place]
        # Ports of one host share cookies, so the cookie alone must not be enough.
        assert ("latchkey_" in heard.headers.get("Cookie", "")) == (place == "same_site")


FETCH = """async ([url, options]) => {
  try {
    const answer = await fetch(url, {credentials: "include", ...options});
    return answer.type + " " + answer.status + " " + (await answer.text());
  } catch (error) { return "refused"; }
}"""
FETCHES = {
    "a POST without asking": {"method": "POST", "mode": "no-cors", "body": "product=syncro"},
    "a POST that asks": {"method": "POST", "mode": "cors", "headers": {"X-CSRFToken": "x"}},
    "a GET without asking": {"mode": "no-cors"},
    "a GET that asks": {"mode": "cors"},
}


@pytest.mark.parametrize("place", PLACES)
def test_script_of_another_page_neither_changes_nor_reads_anything(scene, place):
    context = scene.let_in()
    page = context.new_page()
    page.goto(getattr(scene.site, place))
    scene.wire.heard.clear()
    for path in ("/setups", scene.syncro + "/test", "/static/icon.svg"):
        for options in FETCHES.values():
            with scene.without_effect():
                said = page.evaluate(FETCH, [scene.latchkey.base + path, options])
            assert said in ("refused", "opaque 0 "), f"{path} {options}"
    assert len(scene.wire.heard) == 3 * len(FETCHES)
    assert {heard.status for heard in scene.wire.heard} == {403}


EMBED = """([tag, name, url]) => new Promise((done) => {
  const element = document.createElement(tag);
  element.addEventListener("load", () => done("load"));
  element.addEventListener("error", () => done("error"));
  element[name] = url;
  document.body.append(element);
})"""


def assert_framed_in_vain(page):
    """The page's one frame shows Chromium's own page. Its address may come after its `load`."""
    (frame,) = page.frames[1:]
    frame.wait_for_url(re.compile("^chrome-error:"))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("tag", "name", "path"),
    [
        ("img", "src", "/static/icon.svg"),
        ("img", "src", "/launch?t=guess"),
        ("script", "src", "/static/js/page.js"),
        ("iframe", "src", "/"),
        ("iframe", "src", "{setup}/test"),
        ("object", "data", "/"),
        ("iframe", "src", "/callback?code=c&state=s"),
    ],
)
def test_another_page_cannot_load_the_wizard_into_itself(scene, place, tag, name, path):
    context = scene.let_in()
    page = context.new_page()
    page.goto(getattr(scene.site, place))
    url = scene.latchkey.base + path.format(setup=scene.syncro)
    with scene.without_effect():
        outcome = page.evaluate(EMBED, [tag, name, url])
    assert (scene.wire.heard[-1].path, scene.wire.heard[-1].status) == (urlsplit(url)._replace(
        scheme="", netloc="").geturl(), 403)  # fmt: skip
    # A frame "loads" even what the browser refuses to show: then it is Chromium's own page.
    assert outcome == ("load" if tag == "iframe" else "error")
    if tag == "iframe":
        assert_framed_in_vain(page)
    assert not any(frame.url.startswith(scene.latchkey.base) for frame in page.frames)


def test_a_page_that_opens_the_wizard_in_a_tab_has_no_hold_on_it(scene):
    context = scene.let_in()
    page = context.new_page()
    page.goto(scene.site.same_site)
    with scene.without_effect(), context.expect_page() as opened:
        page.evaluate("url => { window.tab = window.open(url) }", scene.latchkey.base + "/")
    tab = opened.value
    tab.wait_for_load_state()
    assert "Your single sign-on setups" in tab.title(), "she may follow a link to it"
    assert page.evaluate("tab.closed"), "the page was cut off from the tab it opened"
    assert tab.evaluate("window.opener") is None


def test_a_host_name_that_was_turned_to_this_computer_is_answered_by_nothing(scene):
    """DNS rebinding: the browser takes http://evil.example:<our port> for the attacker's own."""
    told = (*REFUSALS, "Cross-Origin-Opener-Policy header has been ignored")
    with (
        run_another(scene.browser, ["evil.example"]) as browser,
        run_context(browser, tolerated=told, hosts=["evil.example"]) as context,
        scene.without_effect(),
    ):
        page = context.new_page()
        evil = f"http://evil.example:{scene.latchkey.port}"
        response = page.goto(f"{evil}/")
        only = f"Latchkey answers at {scene.latchkey.base} only.\n"
        assert (response.status, response.text()) == (421, only)
        for path in ("/", "/setups", f"{scene.syncro}/test", "/callback?code=c&state=s"):
            for options in ({}, {"method": "POST", "body": "product=syncro"}):
                # Same origin to the browser: it may read the answer, so the answer must be empty.
                assert page.evaluate(FETCH, [evil + path, options]) == f"basic 421 {only}"
        assert context.cookies() == []


# --- a browser without Fetch metadata


def test_a_browser_without_fetch_metadata_works_and_its_forms_carry_their_origin(scene):
    with Wire(fetch_metadata=False) as proxy:
        context = scene.let_in(proxy=proxy.address)
        walk = Walk(context, scene.latchkey)
        walk.new_setup("syncro", "oidc", name="From an older browser")
        walk.answer("before")
        walk.answer("redirect-uri", redirect_uri=REDIRECT_URI)
        context.close()
    posts = [heard.headers for heard in proxy.heard if heard.method == "POST"]
    assert len(posts) >= 3
    assert {headers["Origin"] for headers in posts} == {scene.latchkey.base}


@pytest.mark.parametrize("place", PLACES)
def test_a_browser_without_fetch_metadata_is_held_by_origin_and_headers(scene, place):
    with Wire(fetch_metadata=False) as proxy:
        context = scene.let_in(proxy=proxy.address)
        page = context.new_page()
        page.goto(getattr(scene.site, place))
        with scene.without_effect():
            url = f"{scene.latchkey.base}/static/icon.svg"
            assert page.evaluate(EMBED, ["img", "src", url]) == "error"
            page.evaluate(EMBED, ["iframe", "src", f"{scene.latchkey.base}/"])
            assert_framed_in_vain(page)  # frame-ancestors and X-Frame-Options
            said = page.evaluate(FETCH, [f"{scene.latchkey.base}/", {"mode": "no-cors"}])
            assert said == "refused", "Cross-Origin-Resource-Policy"
            for path, fields in FORMS.values():
                page.goto(getattr(scene.site, place))
                action = scene.latchkey.base + path.format(setup=scene.syncro)
                assert_page(page, send_form(page, action, fields), 403, "Another page sent this")
        context.close()


# --- the answer of the sign-in, forged and repeated


@pytest.mark.parametrize("params", ["code=c&state=guess", "code=c", "code=c&state=a&state=b"])
def test_a_forged_answer_gets_a_page_that_says_it_did_not_count(scene, params):
    code = {1: "sign_in_state_unknown", 2: "sign_in_state_repeated", 0: "sign_in_state_missing"}
    scene.on_its_way(scene.syncro)
    context = scene.let_in()
    page = context.new_page()
    with scene.without_effect():
        response = page.goto(f"{scene.latchkey.callback}?{params}")
        assert response.status == 400
        assert_refused_callback(page, code[params.count("state")])
        page.goto(scene.site.elsewhere)
        response = send_form(page, scene.latchkey.callback, parse_qsl(params))
        assert response.status == 400
        assert_refused_callback(page, code[params.count("state")])


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_known_state_is_of_no_use_in_another_browser_profile(scene, method):
    """An answer of one's own, brought into somebody else's browser, or the other way round."""
    other = scene.let_in()
    page = other.new_page()
    page.goto(scene.site.elsewhere)
    answer = {"code": "stolen", "iss": scene.op.issuer}
    answer["state"] = scene.on_its_way(scene.syncro)["state"]
    with scene.without_effect():
        bring(page, scene, method, answer)
        page.wait_for_url("**/callback/continue?**")
        assert_refused_callback(page, "sign_in_other_browser")
        # It is used up for everybody: whoever knows a state cannot even try twice.
        bring(page, scene, method, answer)
        assert_refused_callback(page, "sign_in_state_unknown")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_known_state_is_of_no_use_without_the_launch_token(scene, method):
    page = scene.opened().new_page()
    page.goto(scene.site.elsewhere)
    answer = {"code": "stolen", "iss": scene.op.issuer}
    answer["state"] = scene.on_its_way(scene.syncro)["state"]
    with scene.without_effect():
        bring(page, scene, method, answer)
        page.wait_for_url("**/callback/continue?**")
        document = assert_clean(page.content(), secrets=[SECRET])
        assert document.one("h1").text == "Open Latchkey from its own address"


def bring(page: Page, scene: Scene, method: str, answer: dict[str, str]) -> None:
    """Bring an answer to the callback as a link or as a form."""
    if method == "GET":
        query = "&".join(f"{name}={value}" for name, value in answer.items())
        page.goto(f"{scene.latchkey.callback}?{query}")
    else:
        page.goto(scene.site.elsewhere)
        send_form(page, scene.latchkey.callback, answer.items())


@pytest.mark.parametrize(
    ("product", "method"), [("syncro", "GET"), ("connectwise", "POST")], ids=["query", "form_post"]
)
def test_an_answer_that_counted_does_not_count_twice(scene, product, method):
    context = scene.let_in()
    seen = []
    context.on("request", lambda request: seen.append(request))
    walk = Walk(context, scene.latchkey, secrets=[SECRET])
    walk.go(f"{getattr(scene, product)}/test")
    assert verdict(walk.sign_in(at_oidc_provider(consent=False))) == "pass"

    (came,) = [request for request in seen if request.url.startswith(f"{scene.latchkey.callback}")
               and "/callback/" not in request.url]  # fmt: skip
    assert came.method == method
    sent = came.post_data if method == "POST" else urlsplit(came.url).query
    (went_on,) = [request.url for request in seen if "/callback/continue" in request.url]
    page = context.new_page()
    with scene.without_effect():
        bring(page, scene, method, dict(parse_qsl(sent)))
        assert_refused_callback(page, "sign_in_state_unknown")
        assert page.goto(went_on).status == 400
        assert_refused_callback(page, "sign_in_state_unknown")


# --- a browser that was not let in


def test_a_second_browser_profile_without_the_launch_token_sees_nothing(scene):
    page = scene.opened().new_page()
    base = scene.latchkey.base
    with scene.without_effect():
        for path in ("/", "/setups/new", f"{scene.syncro}/test", f"{scene.syncro}/handover"):
            response = page.goto(base + path)
            assert_page(page, response, 403, "Open Latchkey from its own address")
        response = page.goto(f"{base}/launch?t={scene.latchkey.launch_token[:-1]}x")
        assert_page(page, response, 403, "This address does not open Latchkey")
        # From the wizard's own origin, so that only the cookie is missing.
        for path, fields in FORMS.values():
            response = send_form(page, base + path.format(setup=scene.syncro), fields)
            assert_page(page, response, 403, "Open Latchkey from its own address")
        assert page.context.cookies() == []
