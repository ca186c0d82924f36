"""Pages go out compressed to who takes it, and are the same when they are unpacked."""

import gzip
import re

import pytest
from flask import Flask, Response

from tests.support.app import BASE, wizard
from tests.support.in_use import SECRET, InUse, StrictProvider
from tests.support.visitor import fields_of
from wizard.compressing import LEAST, init_compressing

BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
LONG = "<p>A sentence that comes again and again.</p>" * LEAST


@pytest.fixture(scope="module")
def path(client):
    """A setup that has come to its client ID."""
    return client.wiz.walk_to("client-id").path


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with wizard(tmp_path_factory.mktemp("data")) as wiz:
        client = wiz.app.test_client()
        client.get("/launch?t=launch-token-of-the-test", base_url=BASE)
        client.wiz = wiz
        yield client


def whole(text):
    """A page without its CSRF tokens, which tell the time."""
    return re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", text)


@pytest.mark.parametrize("name", ["/", "/setups/new", "/nothing", "the setup"])
def test_a_page_is_compressed_and_the_same_when_unpacked(client, path, name):
    address = path if name == "the setup" else name
    plain = client.get(address, base_url=BASE)
    packed = client.get(address, base_url=BASE, headers=BROWSER)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    assert whole(gzip.decompress(packed.data).decode()) == whole(plain.text)
    assert packed.status_code == plain.status_code
    same = ("Content-Type", "Vary", "Cache-Control", "Content-Security-Policy")
    assert [packed.headers[each] for each in same] == [plain.headers[each] for each in same]
    assert "Accept-Encoding" in packed.vary


def test_the_head_of_a_page_is_that_of_the_page(client):
    page = client.get("/nothing", base_url=BASE, headers=BROWSER)
    head = client.head("/nothing", base_url=BASE, headers=BROWSER)
    assert head.data == b""
    assert dict(head.headers) == dict(page.headers)
    assert head.headers["Content-Encoding"] == "gzip"


def test_the_page_that_shows_the_secret_is_not_compressed(tmp_path):
    with StrictProvider() as op, wizard(tmp_path) as app:
        used = InUse(app, op)
        used.to_signed_in()
        page = used.get("/handover")
        (form,) = (f for f in page.root.all("form") if f.get("class") == "reveal")
        app.visitor.secrets.clear()
        asks = {**BROWSER, "Accept": "text/html"}
        shown = app.visitor.fetch("POST", form.get("action"), fields_of(form), asks)
    assert shown.copyable("client_secret") == SECRET
    assert "Content-Encoding" not in shown.headers
    assert len(shown.text) > LEAST


# --- what is left as it is


def _answer(kind):
    if kind == "a stream":
        return Response((part for part in [LONG, LONG]), mimetype="text/html")
    if kind == "packed already":
        packed = Response(gzip.compress(LONG.encode()), mimetype="text/html")
        packed.content_encoding = "gzip"
        return packed
    if kind == "a short page":
        return Response("<p>Short</p>", mimetype="text/html")
    if kind == "nothing new":
        return Response(status=304)
    return Response(LONG, mimetype="text/plain" if kind == "a text" else "text/html")


@pytest.fixture(scope="module")
def small():
    app = Flask(__name__, static_folder=None)
    init_compressing(app)
    app.add_url_rule(
        "/<kind>", view_func=lambda kind: _answer(kind), methods=["GET", "POST"], endpoint="any"
    )
    return app.test_client()


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        *(("a stream", "GET"), ("packed already", "GET"), ("a short page", "GET")),
        *(("nothing new", "GET"), ("a text", "GET"), ("a page", "POST")),
    ],
)
def test_what_is_no_page_or_is_packed_or_short_or_posted_stays_as_it_is(small, kind, method):
    was = _answer(kind)
    answer = small.open(f"/{kind}", method=method, headers=BROWSER)
    assert answer.data == was.get_data()
    assert answer.headers.get("Content-Encoding") == was.headers.get("Content-Encoding")
    assert answer.headers.get("Content-Length") == was.headers.get("Content-Length")


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("br, zstd", False),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("gzip;q=0.5, identity", False),
        ("gzip;q=0.5, identity;q=0.1", True),
        ("identity;q=0, gzip;q=0.001", True),
        ("gzip;q=nonsense", False),
    ],
)
def test_only_who_takes_gzip_gets_it(small, accepted, packed):
    headers = {} if accepted is None else {"Accept-Encoding": accepted}
    answer = small.get("/a page", headers=headers)
    assert (answer.headers.get("Content-Encoding") == "gzip") is packed
    assert answer.headers["Vary"] == "Accept-Encoding"
    text = gzip.decompress(answer.data) if packed else answer.data
    assert text.decode() == LONG
