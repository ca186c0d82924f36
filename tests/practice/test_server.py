"""The practice provider as a server: its port, its hosts, its headers, and what it keeps."""

import os
import socket
import sqlite3
import stat
import subprocess
import sys

import pytest
import requests

from tests.practice.portal import (
    REDIRECT_URI,
    TIMEOUT,
    Portal,
    get,
    query_of,
    redeem,
    sign_in,
)
from tests.support.processes import free_port_pair
from tests.support.visitor import Visitor
from wizard.practice import PortTaken, PracticeFailed, PracticeServer
from wizard.practice.store import FILE_NAME


@pytest.fixture
def stopped(tmp_path):
    """A server that is not running yet."""
    server = PracticeServer(free_port_pair() + 1, tmp_path / "data")
    yield server
    server.stop()


def test_it_starts_stops_and_starts_again(stopped):
    assert not stopped.running
    for _ in range(2):
        stopped.start()
        stopped.start()
        assert stopped.running
        assert get(stopped.url).status_code == 200
        stopped.stop()
        stopped.stop()
        assert not stopped.running
        with pytest.raises(requests.ConnectionError):
            get(stopped.url)


def test_authlib_is_not_loaded_before_it_starts():
    script = "import sys, wizard.practice; sys.exit('authlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_taken_port_is_told_in_a_sentence(stopped, host):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as other:
        try:
            other.bind((host, stopped.port))
        except OSError:
            pytest.skip("this machine has no IPv6 loopback")
        other.listen()
        with pytest.raises(PortTaken) as raised:
            stopped.start()
    assert str(raised.value).startswith(f"Port {stopped.port} is in use by another program")
    assert isinstance(raised.value, OSError)
    assert not stopped.running
    stopped.start()
    assert get(stopped.url).status_code == 200


@pytest.mark.skipif(os.name != "posix", reason="modes are a matter of POSIX systems")
def test_its_file_is_for_its_owner_only(stopped):
    stopped.start()
    mode = (stopped.data_dir / FILE_NAME).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_everything_survives_a_restart(stopped):
    stopped.start()
    visitor = Visitor.of_server(stopped.url.rstrip("/"))
    application = Portal(visitor).register(REDIRECT_URI, id_tokens=True)
    page = visitor.get(f"/apps/{application.client_id}/authentication")
    keys = get(application.metadata["jwks_uri"]).json()
    stopped.stop()

    again = PracticeServer(stopped.port, stopped.data_dir)
    again.start()
    try:
        assert get(application.metadata["jwks_uri"]).json() == keys
        code = query_of(sign_in(application).headers["Location"])["code"]
        assert redeem(application, code).status_code == 200
        # A form that was open while it restarted can still be sent.
        saved = visitor.submit(page, page.root.one("form"))
        assert "Saved" in saved.words
        assert "1 Web, 0 Single-page application, ID tokens on" in saved.words
    finally:
        again.stop()


def test_no_secret_value_is_in_its_file(stopped):
    stopped.start()
    visitor = Visitor.of_server(stopped.url.rstrip("/"))
    redirect_uri = visitor.get("/product/settings").copyable("redirect_uri")
    application = Portal(visitor).register(redirect_uri)
    page = visitor.get("/product/settings")
    verified = visitor.submit(
        page,
        page.root.one("form", novalidate=""),
        client_id=application.client_id,
        client_secret=application.secret_value,
        discovery_url=f"{application.metadata['issuer']}/.well-known/openid-configuration",
    )
    assert "✓ Verified" in verified.words
    stopped.stop()
    files = [path for path in stopped.data_dir.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert application.secret_value.encode() not in path.read_bytes(), path.name


def test_the_product_asks_for_its_secret_again_after_a_restart(stopped):
    test_no_secret_value_is_in_its_file(stopped)
    stopped.start()
    visitor = Visitor.of_server(stopped.url.rstrip("/"))
    page = visitor.get("/product/settings")
    assert page.root.one("input", name="client_id").get("value")
    refused = visitor.submit(page, page.root.one("form", novalidate=""))
    assert refused.root.one(id="client_secret-error").text == "Error: Enter the client secret."


def test_a_damaged_file_is_kept_aside(stopped):
    stopped.data_dir.mkdir()
    (stopped.data_dir / FILE_NAME).write_bytes(b"this is not a database" * 1000)
    stopped.start()
    assert "No application is registered yet." in get(stopped.url).text
    assert (stopped.data_dir / f"{FILE_NAME}.damaged").exists()


# What the first version of Latchkey wrote.
VERSION_1 = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE applications (
 client_id TEXT PRIMARY KEY, object_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
 id_tokens INTEGER NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE redirect_uris (
 client_id TEXT NOT NULL REFERENCES applications, position INTEGER NOT NULL,
 uri TEXT NOT NULL, PRIMARY KEY (client_id, position)) WITHOUT ROWID;
CREATE TABLE secrets (
 secret_id TEXT PRIMARY KEY, client_id TEXT NOT NULL REFERENCES applications,
 description TEXT NOT NULL, hint TEXT NOT NULL, salt BLOB NOT NULL, digest BLOB NOT NULL,
 created_at TEXT NOT NULL, expires_at TEXT NOT NULL);
INSERT INTO facts VALUES ('tenant_id', '0b7a5c0e-0000-4000-8000-000000000001');
INSERT INTO applications VALUES ('0b7a5c0e-0000-4000-8000-000000000002',
 '0b7a5c0e-0000-4000-8000-000000000003', 'From before', 1, '2026-01-01T00:00:00+00:00');
INSERT INTO redirect_uris VALUES
 ('0b7a5c0e-0000-4000-8000-000000000002', 0, 'https://product.example/openid/callback');
PRAGMA user_version = 1;
"""


def test_a_file_of_the_first_version_is_carried_over(stopped):
    stopped.data_dir.mkdir()
    db = sqlite3.connect(stopped.data_dir / FILE_NAME)
    db.executescript(VERSION_1)
    db.close()
    stopped.start()
    visitor = Visitor.of_server(stopped.url.rstrip("/"))
    app = "/apps/0b7a5c0e-0000-4000-8000-000000000002"
    overview = visitor.get(app)
    assert overview.copyable("tenant_id") == "0b7a5c0e-0000-4000-8000-000000000001"
    assert "1 Web, 0 Single-page application" in overview.words
    page = visitor.get(f"{app}/authentication")
    assert page.root.one("textarea", name="redirect_uris").text == REDIRECT_URI
    assert "checked" in page.root.one("input", name="id_tokens")
    chosen = [r for r in visitor.get(f"{app}/properties").root.all("input") if "checked" in r]
    assert [(radio.get("name"), radio.get("value")) for radio in chosen] == [
        ("enabled", "yes"),
        ("assignment_required", "no"),
    ]
    stopped.stop()
    stopped.start()
    assert visitor.get(app).h1 == "Overview"


def test_a_file_of_a_newer_version_is_left_alone(stopped):
    stopped.data_dir.mkdir()
    path = stopped.data_dir / FILE_NAME
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = path.read_bytes()
    with pytest.raises(PracticeFailed, match="written by a newer Latchkey"):
        stopped.start()
    assert path.read_bytes() == before
    assert not stopped.running


HOSTS = ["evil.example:{port}", "localhost:80", "localhost", "127.0.0.1", "localhost.:{port}", ""]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/", "/static/practice.css", "/nothing", "/product/"])
def test_another_host_gets_nothing(practice, host, path):
    answer = get(practice.url.rstrip("/") + path, headers={"Host": host.format(port=practice.port)})
    assert answer.status_code in (400, 421)
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "Practice portal" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_the_names_of_this_computer_are_answered(practice, host):
    answer = get(practice.url, headers={"Host": f"{host}:{practice.port}"})
    assert answer.status_code == 200


def test_every_answer_is_shut_in(application, practice):
    wrong = requests.post(application.metadata["token_endpoint"], {}, timeout=TIMEOUT)
    for answer in (get(practice.url), get(practice.url + "static/practice.css"), wrong):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Server" not in answer.headers
    assert "form-action 'self'" in get(practice.url).headers["Content-Security-Policy"]


def test_its_cookie_carries_the_port_and_is_not_readable_by_script(practice):
    cookie = get(f"{practice.url}apps/new").headers["Set-Cookie"]
    assert cookie.startswith(f"practice_{practice.port}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
