"""The guard: who may ask Latchkey for what. Requests to a small app behind the real guard."""

import http.client
import logging
import re
import socket
import threading
import time
from pathlib import Path

import pytest
from flask import Flask, session
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from jinja2 import DictLoader

from wizard import serve
from wizard.guard import MAX_BODY, current_sid, init_guard

PORT = 8765
TOKEN = "the-launch-token-of-this-test"
OWN = f"http://localhost:{PORT}"


def small_app(port: int = PORT, static: Path | None = None) -> Flask:
    app = Flask(
        "small",
        static_folder=str(static) if static else None,
        static_url_path="/static",
    )
    # The real page is the application's; what the guard says is judged here.
    app.jinja_env.loader = DictLoader(
        {"errors/plain.html": "{{ title }} {{ sentence }} {{ way_out }}"}
    )
    app.changes = []
    init_guard(app, port=port, launch_token=TOKEN)
    csrf = CSRFProtect(app)
    app.add_url_rule("/", "home", lambda: f"home of {current_sid()} {generate_csrf()}")
    app.add_url_rule("/fault", "fault", lambda: 1 / 0)
    app.add_url_rule("/callback/continue", "continue", lambda: "continued")

    @app.post("/change")
    def change():
        app.changes.append(current_sid())
        return "changed"

    @app.route("/callback", methods=["GET", "POST"])
    @csrf.exempt
    def callback():
        return f"callback of {current_sid()}"

    @app.get("/session")
    def what_the_cookie_holds():
        return dict(session)

    return app


@pytest.fixture(scope="module")
def one_app(tmp_path_factory):
    static = tmp_path_factory.mktemp("static")
    (static / "wizard.css").write_text("body{}")
    return small_app(static=static)


@pytest.fixture
def app(one_app):
    """It knows its visitors by their cookies, and keeps nothing of them but what they changed."""
    one_app.changes.clear()
    return one_app


@pytest.fixture
def stranger(app):
    """A browser that was never at the launch address."""
    return app.test_client()


@pytest.fixture
def visitor(app):
    """A browser that came in by the launch address."""
    client = app.test_client()
    answer = client.get(f"/launch?t={TOKEN}", base_url=OWN)
    assert (answer.status_code, answer.location) == (303, "/")
    return client


def ask(client, method="GET", path="/", host=f"localhost:{PORT}", headers=(), **rest):
    """One request. A path that begins with two slashes is sent as it is, not as a host."""
    if path.startswith("//"):
        rest["environ_overrides"] = {"PATH_INFO": path}
        path = "/"
    headers = {"Host": host, **dict(headers)}
    # Buffered, so that the file behind a static answer is closed.
    return client.open(path, method=method, base_url=OWN, headers=headers, buffered=True, **rest)


def csrf_of(client) -> str:
    return ask(client).text.split()[-1]


# --- Host

OUR_HOSTS = [f"localhost:{PORT}", f"127.0.0.1:{PORT}", f"[::1]:{PORT}"]
OTHER_HOSTS = [
    "",
    f":{PORT}",
    "localhost",
    "localhost:80",
    f"localhost:{PORT + 1}",
    f"localhost.:{PORT}",
    f"evil.example:{PORT}",
    f"localhost.evil.example:{PORT}",
    f"127.0.0.1.nip.io:{PORT}",
    "127.0.0.1",
    f"127.0.0.2:{PORT}",
    f"127.1:{PORT}",
    f"2130706433:{PORT}",
    f"0.0.0.0:{PORT}",
    f"[::ffff:127.0.0.1]:{PORT}",
    f"[0:0:0:0:0:0:0:1]:{PORT}",
    f"::1:{PORT}",
    f"a@localhost:{PORT}",
    f"localhost:{PORT}, evil.example",
    f"localhost:{PORT}/",
    f" localhost:{PORT}x",
]


@pytest.mark.parametrize("path", ["/", "/nowhere", "/static/wizard.css", "/callback", "/launch"])
@pytest.mark.parametrize("host", OTHER_HOSTS)
def test_a_host_that_is_not_ours_is_refused_before_anything_else(visitor, host, path):
    for method in ("GET", "POST", "OPTIONS", "HEAD"):
        answer = ask(visitor, method, path, host)
        assert answer.status_code == 421
        assert answer.mimetype == "text/plain"
        if method != "HEAD":
            assert answer.text == f"Latchkey answers at {OWN} only.\n"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_forwarded_host_does_not_count(visitor):
    answer = ask(visitor, host="evil.example", headers={"X-Forwarded-Host": f"localhost:{PORT}"})
    assert answer.status_code == 421
    answer = ask(visitor, headers={"X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 200


@pytest.mark.parametrize("host", OUR_HOSTS[1:])
@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/", "/"),
        (f"/launch?t={TOKEN}", f"/launch?t={TOKEN}"),
        ("/callback?code=a%2Bb&state=c+d&code=2", "/callback?code=a%2Bb&state=c+d&code=2"),
        ("//evil.example/x", "/evil.example/x"),
        ("/sp ace/%C3%BC", "/sp%20ace/%C3%BC"),
    ],
)
def test_a_page_opened_on_a_number_moves_to_localhost(stranger, host, path, location):
    answer = ask(stranger, "GET", path, host)
    assert answer.status_code == 303
    assert answer.location == OWN + location


@pytest.mark.parametrize("host", OUR_HOSTS[1:])
def test_a_form_posted_to_the_callback_on_a_number_stays_there(stranger, host):
    assert ask(stranger, "POST", "/callback", host, data={"state": "x"}).status_code == 200
    assert ask(stranger, "GET", "/static/wizard.css", host).status_code == 200


def test_on_port_80_the_host_has_no_port():
    client = small_app(80).test_client()
    assert client.get("/", headers={"Host": "localhost"}).status_code == 403
    assert client.get("/", headers={"Host": "localhost:8765"}).status_code == 421


# --- the launch token and the cookie


def test_without_the_launch_token_only_three_doors_are_open(stranger):
    for path, status in {
        "/": 403,
        "/session": 403,
        "/nowhere": 403,
        "/callback/continue": 403,
        "/callback/": 403,
        "/static/wizard.css": 200,
        "/callback": 200,
        "/launch": 403,
    }.items():
        assert ask(stranger, path=path).status_code == status, path
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
        assert ask(stranger, method, "/change").status_code == 403, method
    assert ask(stranger, "OPTIONS", "/callback").status_code == 403
    assert ask(stranger, "POST", "/launch").status_code == 403


def test_a_browser_that_was_not_let_in_is_told_where_to_come_in(stranger):
    page = ask(stranger).text
    assert "This browser has not been let in since Latchkey started." in page
    assert f"Open the address that was printed when Latchkey started, which begins with {OWN}" in (
        page
    )


@pytest.mark.parametrize(
    "given", ["", "t=", f"t={TOKEN}x", f"t={TOKEN[:-1]}", "t=%ff", f"T={TOKEN}"]
)
def test_a_wrong_launch_token_opens_nothing_and_sets_no_cookie(stranger, given):
    answer = ask(stranger, path=f"/launch?{given}")
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    assert "This address does not open Latchkey" in answer.text
    assert ask(stranger).status_code == 403


def test_the_cookie_carries_the_port_and_ends_with_the_browser(stranger):
    cookie = ask(stranger, path=f"/launch?t={TOKEN}").headers["Set-Cookie"]
    name, _, attributes = cookie.partition("=")
    assert name == f"latchkey_{PORT}"
    assert {part.strip() for part in attributes.split(";")[1:]} == {
        "HttpOnly",
        "Path=/",
        "SameSite=Lax",
    }


def test_the_cookie_holds_a_random_name_and_the_csrf_token_only(visitor):
    csrf_of(visitor)
    held = ask(visitor, path="/session").json
    assert set(held) == {"sid", "csrf_token"}
    assert len(held["sid"]) >= 43  # 256 bits in base64url
    assert TOKEN not in str(held)


def test_each_browser_has_a_session_of_its_own_and_keeps_it_when_it_launches_again(app, visitor):
    other = app.test_client()
    ask(other, path=f"/launch?t={TOKEN}")
    first = ask(visitor, path="/session").json["sid"]
    token = csrf_of(visitor)
    assert ask(other, path="/session").json["sid"] != first
    ask(visitor, path=f"/launch?t={TOKEN}")
    assert ask(visitor, path="/session").json["sid"] == first
    assert ask(visitor, "POST", "/change", data={"csrf_token": token}).status_code == 200


def test_a_session_begun_on_the_callback_is_not_one_that_was_let_in(app):
    other = app.test_client()
    with other.session_transaction(base_url=OWN) as before:
        before["csrf_token"] = "planted"
    assert ask(other).status_code == 403
    ask(other, path=f"/launch?t={TOKEN}")
    assert set(ask(other, path="/session").json) == {"sid"}


COOKIES = {
    "none": None,
    "not signed": "eyJzaWQiOiJhYmMifQ.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb",
    "of another process": "another",
    "noise": '"\\377;;==',
}


@pytest.mark.parametrize("which", COOKIES)
def test_a_cookie_this_process_did_not_sign_does_not_let_in(app, which):
    value = COOKIES[which]
    if value == "another":
        earlier = small_app().test_client()
        value = ask(earlier, path=f"/launch?t={TOKEN}").headers["Set-Cookie"].split("=", 1)[1]
        value = value.split(";")[0]
    client = app.test_client(use_cookies=False)
    headers = {} if value is None else {"Cookie": f"latchkey_{PORT}={value}"}
    assert ask(client, headers=headers).status_code == 403


def test_an_app_on_another_port_has_another_cookie(app):
    assert app.config["SESSION_COOKIE_NAME"] != small_app(PORT + 1).config["SESSION_COOKIE_NAME"]


# --- which page a request comes from

LOOKS = [
    # Sec-Fetch-Site, -Mode, -Dest, let in
    (None, None, None, True),
    ("none", "navigate", "document", True),
    ("same-origin", "navigate", "document", True),
    ("same-origin", "cors", "empty", True),
    ("same-origin", "no-cors", "style", True),
    ("cross-site", "navigate", "document", True),
    ("same-site", "navigate", "document", True),
    ("cross-site", "navigate", "iframe", False),
    ("cross-site", "navigate", "embed", False),
    ("cross-site", "no-cors", "image", False),
    ("cross-site", "no-cors", "script", False),
    ("cross-site", "cors", "empty", False),
    ("cross-site", "websocket", "websocket", False),
    ("cross-site", None, None, False),
    ("same-site", "no-cors", "empty", False),
    ("same-site", "navigate", "iframe", False),
    ("Same-Origin", "cors", "empty", False),
    ("", "cors", "empty", False),
]


@pytest.mark.parametrize(("site", "mode", "dest", "let_in"), LOOKS)
@pytest.mark.parametrize("path", ["/", "/static/wizard.css", "/callback"])
def test_another_page_may_only_open_latchkey_as_a_tab(visitor, path, site, mode, dest, let_in):
    given = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
    headers = {name: value for name, value in given.items() if value is not None}
    for method in ("GET", "HEAD"):
        answer = ask(visitor, method, path, headers=headers)
        assert answer.status_code == (200 if let_in else 403)


SENDERS = [
    # Sec-Fetch-Site, Origin, let in
    ("same-origin", OWN, True),
    ("same-origin", "null", True),  # Referrer-Policy no-referrer makes it null
    ("same-origin", None, True),
    ("same-site", f"http://localhost:{PORT + 1}", False),
    ("cross-site", "https://evil.example", False),
    ("cross-site", OWN, False),
    ("none", None, False),
    ("", OWN, False),
    (None, OWN, True),
    (None, f"http://127.0.0.1:{PORT}", False),
    (None, f"http://localhost:{PORT + 1}", False),
    (None, f"https://localhost:{PORT}", False),
    (None, "null", False),
    (None, "", False),
    (None, None, True),
]


@pytest.mark.parametrize(("site", "origin", "let_in"), SENDERS)
def test_only_our_own_pages_may_change_something(app, visitor, site, origin, let_in):
    data = {"csrf_token": csrf_of(visitor)}
    given = {"Sec-Fetch-Site": site, "Origin": origin}
    headers = {name: value for name, value in given.items() if value is not None}
    answer = ask(visitor, "POST", "/change", headers=headers, data=data)
    assert answer.status_code == (200 if let_in else 403)
    assert len(app.changes) == int(let_in)
    if not let_in:
        assert "not Latchkey&#39;s, so nothing was changed." in answer.text


@pytest.mark.parametrize(("site", "origin", "_let_in"), SENDERS)
def test_the_provider_may_post_to_the_callback_from_anywhere(stranger, site, origin, _let_in):
    given = {"Sec-Fetch-Site": site, "Origin": origin}
    headers = {name: value for name, value in given.items() if value is not None}
    answer = ask(stranger, "POST", "/callback", headers=headers, data={"state": "x"})
    assert (answer.status_code, answer.text) == (200, "callback of None")
    answer = ask(stranger, "POST", "/callback/continue", headers=headers)
    assert answer.status_code == 403


def test_the_csrf_token_is_asked_for_as_well(app, visitor):
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert ask(visitor, "POST", "/change", headers=headers).status_code == 400
    assert app.changes == []


def test_a_form_may_lie_open_for_hours(app, visitor, monkeypatch):
    token = csrf_of(visitor)
    real = time.time
    # The token's age is read from this clock when it is checked.
    monkeypatch.setattr(time, "time", lambda: real() + 12 * 3600)
    assert ask(visitor, "POST", "/change", data={"csrf_token": token}).status_code == 200


def test_the_callback_knows_the_browser_that_comes_back(visitor):
    sid = ask(visitor, path="/session").json["sid"]
    assert ask(visitor, path="/callback").text == f"callback of {sid}"


# --- what every answer says

EXPECTED_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src"
    " 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors"
    " 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/fault", 500),
        ("PUT", "/change", 405),
        ("POST", "/change", 400),
        ("GET", "/launch", 403),
        ("GET", f"/launch?t={TOKEN}", 303),
        ("GET", "/static/nowhere.css", 404),
        ("GET", "/static/../../etc/passwd", 404),
        ("GET", "/callback", 200),
    ],
)
def test_every_answer_shuts_the_page_in(app, visitor, monkeypatch, method, path, status):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    token = csrf_of(visitor) if method == "PUT" else ""
    answer = ask(visitor, method, path, headers={"X-CSRFToken": token} if token else {})
    assert answer.status_code == status
    for name, value in EXPECTED_HEADERS.items():
        assert answer.headers.getlist(name) == [value], name


def test_of_a_mistake_the_log_is_told_where_and_of_what_kind_but_not_its_words(logged):
    def fail():
        try:
            raise KeyError("what was entered")
        except KeyError as error:
            raise ValueError("what was entered") from error

    app = small_app()
    app.add_url_rule("/fail", "fail", fail)
    visitor = app.test_client()
    ask(visitor, path=f"/launch?t={TOKEN}")
    assert ask(visitor, path="/fail?code=what-was-entered").status_code == 500
    (told,) = [r.getMessage() for r in logged.records if r.levelno >= logging.WARNING]
    assert told.startswith("Latchkey made a mistake. GET /fail\n")
    assert "builtins.ValueError, its text left out\nwhich came of:" in told
    assert told.endswith("builtins.KeyError, its text left out")
    assert Path(__file__).name in told
    assert "what was" not in told.replace('Error("what was entered")', "")
    assert "what-was" not in logged.text


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("?v=0a1b2c3d4e5f", "private, max-age=31536000, immutable"),
        ("", "no-cache"),
        ("?v=", "no-cache"),
        ("?v=x", "no-cache"),
    ],
)
def test_a_static_file_is_kept_long_only_under_its_content_hash(stranger, query, kept):
    answer = ask(stranger, path=f"/static/wizard.css{query}")
    assert answer.headers.getlist("Cache-Control") == [kept]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_request_may_carry_64_kb_and_no_more(app, visitor):
    token = csrf_of(visitor)
    fits = {"csrf_token": token, "x": "y" * (MAX_BODY - 1000)}
    assert ask(visitor, "POST", "/change", data=fits).status_code == 200
    too_much = {"csrf_token": token, "x": "y" * MAX_BODY}
    assert ask(visitor, "POST", "/change", data=too_much).status_code == 413
    assert len(app.changes) == 1


# --- over the wire, for what a test client cannot say


@pytest.fixture(scope="module")
def wire():
    """The small app behind the real server on a port of its own; gives the port."""
    sockets = serve.bind(0)
    port = sockets[0].getsockname()[1]
    # A port of 0 asks the system for one, so the app is made when it is known.
    server = serve.create(small_app(port), sockets)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield port
    server.task_dispatcher.shutdown()


def said(port: int, request: str) -> tuple[int, str]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request.replace("\n", "\r\n").format(port=port).encode())
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status, str(answer.headers)


WIRE = [
    ("GET / HTTP/1.1\nHost: localhost:{port}\n\n", 403),
    ("GET / HTTP/1.0\n\n", 421),
    ("GET / HTTP/1.1\n\n", 421),
    ("GET / HTTP/1.1\nHost:\n\n", 421),
    ("GET / HTTP/1.1\nHost: localhost:{port}\nHost: localhost:{port}\n\n", 421),
    ("GET / HTTP/1.1\nHost: localhost:{port}\nHost: evil.example\n\n", 421),
    ("GET / HTTP/1.1\nHost: evil.example\nHost: localhost:{port}\n\n", 421),
    ("GET http://localhost:{port}/ HTTP/1.1\nHost: evil.example:{port}\n\n", 421),
    ("GET / HTTP/1.1\nHost: evil.example:{port}\nX-Forwarded-Host: localhost:{port}\n\n", 421),
    ("POST /callback HTTP/1.1\nHost: evil.example:{port}\nContent-Length: 0\n\n", 421),
    ("GET /static/x HTTP/1.1\nHost: evil.example:{port}\n\n", 421),
]


@pytest.mark.parametrize(("request_text", "status"), WIRE)
def test_on_the_wire_one_host_and_only_ours_is_let_in(wire, request_text, status):
    got, headers = said(wire, request_text)
    assert got == status
    assert not re.search(r"(?im)^server:", headers)
    assert "frame-ancestors 'none'" in headers


def test_it_listens_on_loopback_in_both_families_and_nowhere_else(wire):
    hosts = ["127.0.0.1"]
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
            hosts.append("::1")
        except OSError:
            pass
    for host in hosts:
        connection = http.client.HTTPConnection(host, wire, timeout=10)
        connection.request("GET", "/", headers={"Host": f"localhost:{wire}"})
        assert connection.getresponse().status == 403
        connection.close()
    outside = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None)}
    for host in outside - {"127.0.0.1", "127.0.1.1", "::1"}:
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((host, wire), timeout=10)
