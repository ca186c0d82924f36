"""Every way the network can go wrong has its own code, in bounded time and memory."""

import contextlib
import datetime
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import tomllib
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wizard
from tests.support.certificates import DAY, NOW, authority, server_file
from tests.support.fault_server import FAULTS, OK, WHOLE, Client, FaultServer
from tests.support.made_up import made_up
from wizard.fetch import (
    CODES,
    MAX_BYTES,
    Answer,
    Fetcher,
    FetchError,
    check_url,
    is_loopback_host,
    network_finding,
)
from wizard.fetch.failure import bare_url
from wizard.oidc.finding import Status

SHORT = 0.5
LONG = 8.0
MARGIN = 1.0
CANARY = "cAnArY-5ecret"

ADVICE = Path(wizard.__file__).parent / "catalogue" / "advice" / "network.toml"


@pytest.fixture(scope="module", autouse=True)
def _plain_environment():
    """No proxy and no extra certificates but those a test sets, and takes away again."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def server():
    with FaultServer() as running:
        yield running


@pytest.fixture(scope="module")
def ours():
    return authority("Authority of the tests")


@pytest.fixture
def trusted(ours, tmp_path, monkeypatch):
    """The tests' authority, trusted by way of SSL_CERT_FILE."""
    path = tmp_path / "ca.pem"
    path.write_bytes(ours.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return ours


def failure(url: str, *, deadline: float = LONG, post: bool = False, **options) -> FetchError:
    """The error that asking `url` ends with, in at most the deadline."""
    started = time.monotonic()
    with Fetcher(deadline=deadline, **options) as fetcher, pytest.raises(FetchError) as caught:
        fetcher.post_form(url, [("client_secret", CANARY)]) if post else fetcher.get(url)
    assert time.monotonic() - started < deadline + MARGIN
    return caught.value


# -- what a server can do wrong ----------------------------------------------------------------

WAITS = {
    "silent": "connected, but no whole answer",
    "header-drip": "connected, but no whole answer",
    "status-drip": "connected, but no whole answer",
    "for-ever-100": "connected, but no whole answer",
    "body-drip": "the answer started, but did not end",
    "chunk-drip": "the answer started, but did not end",
    "stops-half-way": "the answer started, but did not end",
}

BREAKS = {
    "endless": ("too_large", "more than 1 MiB"),
    "endless-chunks": ("too_large", "more than 1 MiB"),
    "says-5-mb": ("too_large", "more than 1 MiB"),
    "one-mib-and-one": ("too_large", "more than 1 MiB"),
    "redirect-long": ("too_large", "more than 1 MiB"),
    "gzip-bomb": ("encoded", "gzip"),
    "bad-gzip": ("encoded", "gzip"),
    "brotli": ("encoded", "br"),
    "gzip-transfer": ("encoded", "gzip, chunked"),
    "truncated": ("protocol", "the answer was cut short"),
    "truncated-chunk": ("protocol", "the answer was cut short"),
    "no-chunk-size": ("protocol", None),
    "two-lengths": ("protocol", None),
    "many-headers": ("protocol", "the answer is not HTTP as it should be"),
    "long-header": ("protocol", "a header of the answer is too long"),
    "ssh": ("protocol", "the first line of the answer is not HTTP"),
    "binary": ("protocol", "the first line of the answer is not HTTP"),
    "reset": ("reset", ""),
    "closed": ("reset", ""),
}


@pytest.fixture(scope="module")
def waited_for(server):
    """How asking for each fault that waits ended, by GET and by POST: all side by side, to wait
    once. Each has a Fetcher of its own, so none can tell of another."""
    asked = [(fault, post) for fault in WAITS for post in (False, True)]
    with ThreadPoolExecutor(len(asked)) as threads:
        return {
            each: threads.submit(failure, server.url(each[0]), deadline=SHORT, post=each[1])
            for each in asked
        }


@pytest.mark.parametrize("fault", WAITS)
def test_an_answer_that_does_not_end_is_cut_at_the_deadline(waited_for, fault):
    for post in (False, True):
        error = waited_for[fault, post].result()
        assert error.code == "timeout"
        assert error.detail == f"{WAITS[fault]} within 0.5 seconds"


@pytest.mark.parametrize("post", [False, True], ids=["get", "post"])
@pytest.mark.parametrize("fault", BREAKS)
def test_a_broken_answer_has_its_own_code(server, fault, post):
    error = failure(server.url(fault), post=post)
    code, detail = BREAKS[fault]
    assert error.code == code
    assert detail is None or error.detail == detail


def test_every_fault_of_the_server_is_tried_here():
    answered = {"good", "cookie", "no-length", "chunked", "nothing", "busy", "one-mib"}
    redirects = {name for name in FAULTS if name.startswith("redirect-")} | {"redirect"}
    assert set(FAULTS) == set(WAITS) | set(BREAKS) | answered | redirects


def test_an_endless_answer_is_not_read_on():
    with FaultServer() as server:
        failure(server.url("endless"))
        assert server.sent < 20 * MAX_BYTES  # what fits in the sockets' buffers, not 1680 MiB


def test_a_server_that_waits_does_not_hold_up_other_questions(server):
    with Fetcher(deadline=SHORT) as fetcher, ThreadPoolExecutor(8) as threads:
        slow = threads.submit(fetcher.get, server.url("silent"))
        quick = list(threads.map(fetcher.get, [server.url("good")] * 30))
        assert not slow.done()
        assert {answer.status for answer in quick} == {200}
        assert slow.exception().code == "timeout"


# -- answers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        ("good", 200, b"{}"),
        ("chunked", 200, b"{}"),
        ("no-length", 200, b"{}"),
        ("nothing", 204, b""),
        ("busy", 429, b""),
        ("one-mib", 200, b" " * MAX_BYTES),
    ],
)
def test_an_answer_is_read_whole_whatever_its_status(server, fault, status, body):
    with Fetcher() as fetcher:
        answer = fetcher.get(server.url(fault))
    assert (answer.status, answer.body) == (status, body)


@pytest.mark.parametrize("post", [False, True], ids=["get", "post"])
@pytest.mark.parametrize(
    ("fault", "location"),
    [
        ("redirect", "http://169.254.169.254/latest"),
        ("redirect-307", "/good"),
        ("redirect-odd", "http://[oops"),
        ("redirect-file", "file:///etc/passwd"),
    ],
)
def test_a_redirect_is_shown_and_not_followed(fault, location, post):
    with FaultServer() as server, Fetcher() as fetcher:
        url = server.url(fault)
        answer = fetcher.post_form(url, [("client_secret", CANARY)]) if post else fetcher.get(url)
        assert answer.headers["location"] == location
        assert 300 <= answer.status < 400
        assert len(server.requests) == 1


def test_a_form_goes_out_in_utf_8_with_our_headers_only():
    with FaultServer() as server, Fetcher() as fetcher:
        fetcher.post_form(
            server.url("good"), [("a", "ü +&"), ("a", "2")], headers={"Authorization": "Basic eA=="}
        )
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = {line.partition(b":")[0].lower() for line in head.split(b"\r\n")[1:]}
    assert body == b"a=%C3%BC+%2B%26&a=2"
    assert b"Accept-Encoding: identity" in head
    assert b"Authorization: Basic eA==" in head
    assert b"Content-Type: application/x-www-form-urlencoded" in head
    assert lines == {
        b"host",
        b"accept",
        b"accept-encoding",
        b"user-agent",
        b"content-type",
        b"content-length",
        b"authorization",
    }


def test_cookies_are_not_kept(server):
    with Fetcher() as fetcher:
        fetcher.get(server.url("cookie"))
        fetcher.get(server.url("good"))
    assert b"cookie" not in server.requests[-1].lower()


def test_netrc_does_not_replace_our_authorization(tmp_path, monkeypatch):
    path = tmp_path / "netrc"
    path.write_text("default login somebody password else\n")
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))
    with FaultServer() as server, Fetcher() as fetcher:
        fetcher.get(server.url("good"), headers={"Authorization": "Bearer ours"})
        fetcher.get(server.url("good"))
        assert b"Authorization: Bearer ours" in server.requests[0]
        assert b"authorization" not in server.requests[1].lower()


def test_one_connection_serves_a_run_and_the_next_run_has_its_own():
    with FaultServer() as server:
        for _ in range(2):
            with Fetcher() as fetcher:
                for _ in range(5):
                    fetcher.get(server.url("good"))
        assert server.connections == 2


def _first_then_hang_up(client: Client) -> None:
    """Answers a connection's first question and closes on its second without a word."""
    client.send(WHOLE)
    if client.server.connections == 1:
        client.read_request()
        client.reset()
        raise ConnectionAbortedError


def test_a_kept_connection_closed_by_the_server_is_no_finding_for_a_get():
    with FaultServer({"*": _first_then_hang_up}) as server, Fetcher() as fetcher:
        fetcher.get(server.url("a"))
        assert fetcher.get(server.url("b")).status == 200
        assert server.connections == 2


def test_a_form_is_never_sent_twice():
    with FaultServer({"*": _first_then_hang_up}) as server, Fetcher() as fetcher:
        fetcher.post_form(server.url("a"), [])
        with pytest.raises(FetchError, match="reset"):
            fetcher.post_form(server.url("b"), [])
        assert server.connections == 1


def _answer(**headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    date = datetime.datetime(2030, 1, 1, 12, 0, tzinfo=datetime.UTC)
    return Answer("GET", "https://idp.test/x?q=1", 429, named, b"secret", 5, 0.0, date)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("99999999999999999999", 3600),
        ("Tue, 01 Jan 2030 12:01:30 GMT", 90),
        ("Tue, 01 Jan 2030 11:00:00 GMT", 0),
        ("Wed, 01 Jan 2031 11:00:00 GMT", 3600),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("²", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date_and_capped(text, seconds):
    assert _answer(Retry_After=text).retry_after == seconds


def test_the_date_header_is_read_with_the_time_it_came():
    dated = OK + b"Date: Tue, 01 Jan 2030 12:00:00 GMT\r\nContent-Length: 2\r\n\r\n{}"
    odd = OK + b"Date: yesterday\r\nContent-Length: 2\r\n\r\n{}"
    faults = {"dated": lambda c: c.send(dated), "odd": lambda c: c.send(odd)}
    before = time.time()
    with FaultServer(faults) as server, Fetcher() as fetcher:
        answer = fetcher.get(server.url("dated"))
        assert answer.date == datetime.datetime(2030, 1, 1, 12, 0, tzinfo=datetime.UTC)
        assert before <= answer.received_at <= time.time()
        assert fetcher.get(server.url("odd")).date is None


# -- which addresses may be asked --------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "",
        "idp.test",
        "idp.test/path",
        "//idp.test",
        "https://",
        "https:///path",
        "http://idp.test/",
        "http://10.0.0.1/",
        "http://localhost.evil.test/",
        "ftp://idp.test/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://user:password@idp.test/",
        "https://@idp.test/",
        "https://idp.test/#fragment",
        "https://idp.test/#",
        "https://idp.test:99999/",
        "https://idp.test:x/",
        "https://idp test/",
        "https://idp.test/a b",
        "https://idp.test\\@evil.test/",
        "https://idp.test/\n",
        "https://idp.test/\u202e",
        "https://[::1/",
        "https://2130706433/",
        "https://127.1/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.0.0.1./",
        "https://1.2.3.4.5/",
        "https://999.1.1.1/",
        "https://idp.test/" + "x" * 9000,
    ],
)
def test_an_address_that_cannot_be_right_is_refused_before_any_connection(url):
    assert failure(url, resolver=_never).code == "bad_url"


FORBIDDEN = [
    "169.254.169.254",
    "169.254.0.1",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.16689662",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[::a9fe:a9fe]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::1]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[fd00:ec2::254]",
    "[::]",
    "0.0.0.0",
    "0",
    "0.1.2.3",
    "224.0.0.1",
    "[ff02::1]",
    "255.255.255.255",
    "100.100.100.200",
    "168.63.129.16",
    "metadata.google.internal",
    "METADATA.google.internal.",
]


@pytest.mark.parametrize("host", FORBIDDEN)
def test_link_local_and_metadata_addresses_are_refused_whatever_their_spelling(host):
    assert failure(f"https://{host}/", resolver=_never).code == "address_refused"


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "fe80::1", "::ffff:169.254.1.1", "127.0.0.1", "::1", "0.0.0.0", "::"],
)
def test_a_name_that_leads_to_a_forbidden_address_is_refused(address):
    error = failure("https://idp.test/", resolver=lambda _host, _port: [address])
    assert error.code == "address_refused"
    assert f"it leads to {address}" in error.detail


def test_private_ranges_are_allowed():
    for host in ("10.1.2.3", "192.168.0.1", "172.16.0.1", "[fd12::1]"):
        assert check_url(f"https://{host}/").hostname


def test_loopback_named_by_a_document_from_elsewhere_is_refused(server):
    with Fetcher(typed_url="https://idp.test/") as fetcher, pytest.raises(FetchError) as caught:
        fetcher.get(server.url("good"))
    assert caught.value.code == "address_refused"
    with Fetcher(typed_url=server.url("good")) as fetcher:
        assert fetcher.get(server.url("good", host="127.0.0.1")).status == 200


def test_the_address_judged_is_the_one_connected_to():
    """DNS is asked once: a second answer (rebinding) has no chance."""
    asked = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) > 1 else ["169.254.169.254"]

    assert failure("https://idp.test/", resolver=rebinding).code == "address_refused"
    assert asked == ["idp.test"]


def test_localhost_is_this_computer_without_asking_dns(server):
    with Fetcher(resolver=_never) as fetcher:
        for host in ("localhost", "LOCALHOST", "idp.localhost"):
            answer = fetcher.get(server.url("good", host=host))
            assert answer.address == "127.0.0.1"


def test_an_ipv6_only_server_on_localhost_is_reached():
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(FaultServer(host="::1"))
        except OSError:
            pytest.skip("this computer has no IPv6 loopback")
        fetcher = stack.enter_context(Fetcher())
        assert fetcher.get(server.url("good")).address == "::1"
        assert fetcher.get(server.url("good", host="[::1]")).address == "::1"


def _never(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host} was looked up")


@given(st.text(max_size=60))
@made_up(500)
def test_no_text_gets_past_the_check_with_anything_but_our_error(text):
    for url in (text, f"https://{text}", f"https://{text}/x?y", f"http://{text}:80/"):
        with contextlib.suppress(FetchError):
            parts = check_url(url)
            assert parts.hostname
            assert parts.scheme == "https" or is_loopback_host(parts.hostname)


# -- names and connections ---------------------------------------------------------------------


def test_an_unknown_name_is_told():
    assert failure("https://no-such-host.invalid/").code == "dns"
    assert failure("https://idp.test/", resolver=lambda _host, _port: []).code == "dns"


def test_a_label_that_dns_cannot_carry_is_a_bad_address():
    assert failure(f"https://{'x' * 64}.test/").code == "bad_url"


def test_a_name_server_that_does_not_answer_is_cut_at_the_deadline():
    released = threading.Event()

    def stalls(host: str, port: int) -> list[str]:
        released.wait(30)
        return ["127.0.0.1"]

    error = failure("https://idp.test/", deadline=SHORT, resolver=stalls)
    released.set()
    assert (error.code, error.detail) == ("timeout", "the name was not resolved within 0.5 seconds")


def test_a_closed_port_is_refused_and_says_where():
    with FaultServer() as server:
        port = server.port
    error = failure(f"http://localhost:{port}/")
    assert error.code == "refused"
    assert error.detail == f"127.0.0.1, ::1, port {port}"


NO_WAY = """
from wizard.fetch import Fetcher, FetchError
try:
    with Fetcher() as fetcher:
        fetcher.get("https://[2001:db8::1]/")
except FetchError as error:
    print(error.code, error.detail)
"""


def test_without_any_way_out_an_address_is_unreachable():
    """In a network of its own, which has no way anywhere. 2001:db8:: is nobody's, RFC 3849."""
    apart = ["unshare", "--map-root-user", "--net"]
    if (
        not shutil.which("unshare")
        or subprocess.run([*apart, "true"], capture_output=True).returncode
    ):
        pytest.skip("no network of its own can be had here")
    done = subprocess.run(
        [*apart, sys.executable, "-c", NO_WAY],
        cwd=Path(wizard.__file__).parent.parent,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.stdout == "unreachable 2001:db8::1, port 443\n", done.stderr


# -- TLS ---------------------------------------------------------------------------------------


def test_a_good_certificate_passes_with_the_authority_in_ssl_cert_file(trusted, tmp_path):
    with FaultServer(certificate=server_file(tmp_path, trusted)) as server, Fetcher() as fetcher:
        assert fetcher.get(server.url("good")).body == b"{}"
        assert fetcher.get(server.url("good", host="127.0.0.1")).body == b"{}"
        assert server.names[0] == "localhost"
        assert f"Host: localhost:{server.port}".encode() in server.requests[0]


def test_requests_ca_bundle_is_honoured_too(ours, tmp_path, monkeypatch):
    path = tmp_path / "bundle.pem"
    path.write_bytes(ours.pem)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    with FaultServer(certificate=server_file(tmp_path, ours)) as server, Fetcher() as fetcher:
        assert fetcher.get(server.url("good")).status == 200


def test_certificate_files_that_cannot_be_read_are_named(ours, tmp_path, monkeypatch):
    with FaultServer(certificate=server_file(tmp_path, ours)) as server:
        for variable in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
            with monkeypatch.context() as environment:
                environment.setenv(variable, str(tmp_path / "absent.pem"))
                error = failure(server.url("good"))
            assert error.code == "tls_other"
            assert variable in error.detail


INSPECTION = "Inspection by the company"


def minute(days: int) -> str:
    return f"{NOW + days * DAY:%Y-%m-%d %H:%M}"


def _expired(signer, directory):
    return server_file(directory, signer, starts=NOW - 9 * DAY, ends=NOW - 2 * DAY)


def _early(signer, directory):
    return server_file(directory, signer, starts=NOW + 2 * DAY, ends=NOW + 9 * DAY)


def _elsewhere(signer, directory):
    return server_file(directory, signer, hosts=("idp.test", "sso.idp.test"))


def _stranger(signer, directory):
    return server_file(directory, authority(INSPECTION))


def _stranger_with_root(signer, directory):
    return server_file(directory, authority(INSPECTION), with_root=True)


def _self_signed(signer, directory):
    return server_file(directory, None)


@pytest.mark.parametrize(
    ("make", "host", "code", "detail"),
    [
        (_expired, "localhost", "tls_expired", f"it ended on {minute(-2)} UTC"),
        (_early, "localhost", "tls_not_yet_valid", f"it starts on {minute(2)} UTC"),
        (_elsewhere, "localhost", "tls_wrong_host", "it is for idp.test, sso.idp.test"),
        (_elsewhere, "127.0.0.1", "tls_wrong_host", "it is for idp.test, sso.idp.test"),
        (_self_signed, "localhost", "tls_self_signed", "signed by localhost"),
        (_stranger, "localhost", "tls_unknown_issuer", f"signed by {INSPECTION}"),
        (_stranger_with_root, "localhost", "tls_unknown_issuer", f"signed by {INSPECTION}"),
    ],
)
def test_certificates_that_are_refused_are_told_apart(trusted, tmp_path, make, host, code, detail):
    with FaultServer(certificate=make(trusted, tmp_path)) as server:
        for post in (False, True):
            error = failure(server.url("good", host=host), post=post)
            assert (error.code, error.detail) == (code, detail)
        assert server.requests == []  # looking at the certificate asked nothing


def test_the_interceptor_is_named(trusted, tmp_path):
    with FaultServer(certificate=_stranger(trusted, tmp_path)) as server:
        error = failure(server.url("good"))
    assert error.issuer == INSPECTION
    assert f"the certificate is signed by {INSPECTION}" in error.notes
    assert any("SSL_CERT_FILE" in note for note in error.notes)


def test_the_system_store_does_not_trust_a_stranger(ours, tmp_path):
    with FaultServer(certificate=server_file(tmp_path, ours)) as server:
        assert failure(server.url("good")).code == "tls_unknown_issuer"


def _plain_http(client: Client) -> None:
    client.sock.recv(65536)
    client.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize("greet", [_plain_http, lambda c: c.send(b"SSH-2.0-OpenSSH_9.2\r\n" * 9)])
def test_a_port_without_tls_is_told(greet):
    with FaultServer({"greet": greet}) as server:
        assert failure(f"https://localhost:{server.port}/").code == "not_tls"


def test_plain_http_to_a_tls_port_is_told(ours, tmp_path):
    with FaultServer(certificate=server_file(tmp_path, ours)) as server:
        error = failure(f"http://localhost:{server.port}/good")
    assert (error.code, error.detail) in [
        ("protocol", "that port speaks TLS: the address should start with https"),
        ("reset", ""),
    ]


@pytest.mark.parametrize("stall", [Client.wait, lambda c: c.drip(b"\x16\x03\x03\x40\x00")])
def test_a_tls_handshake_that_stalls_is_cut_at_the_deadline(stall):
    with FaultServer({"greet": stall}) as server:
        error = failure(f"https://localhost:{server.port}/", deadline=SHORT)
    assert error.code == "timeout"
    assert error.detail == "connected, but the TLS handshake did not end within 0.5 seconds"


def test_a_stalled_handshake_does_not_hold_up_another(trusted, tmp_path):
    with (
        FaultServer({"greet": Client.wait}) as stalled,
        FaultServer(certificate=server_file(tmp_path, trusted)) as good,
        Fetcher(deadline=SHORT) as fetcher,
        ThreadPoolExecutor(2) as threads,
    ):
        slow = threads.submit(fetcher.get, f"https://localhost:{stalled.port}/")
        assert fetcher.get(good.url("good")).status == 200
        assert slow.exception().code == "timeout"


def test_a_connection_closed_in_the_handshake_is_told():
    with FaultServer({"greet": lambda c: None}) as server:
        assert failure(f"https://localhost:{server.port}/").code == "reset"


# -- proxies -----------------------------------------------------------------------------------


def _tunnel_to(port: int):
    """A proxy's CONNECT: joins both sides, wherever the client wanted to go."""

    def relay(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def connect(client: Client) -> None:
        with socket.create_connection(("127.0.0.1", port)) as inner:
            client.send(b"HTTP/1.1 200 Established\r\n\r\n")
            back = threading.Thread(target=relay, args=(inner, client.sock), daemon=True)
            back.start()
            relay(client.sock, inner)
            back.join(5)

    return connect


def test_the_environments_proxy_is_used_and_named(trusted, tmp_path, monkeypatch):
    certificate = server_file(tmp_path, trusted, hosts=("idp.test",))
    with (
        FaultServer(certificate=certificate) as server,
        FaultServer({"connect": _tunnel_to(server.port)}) as proxy,
        Fetcher() as fetcher,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:{CANARY}@127.0.0.1:{proxy.port}")
        answer = fetcher.get("https://idp.test/good", headers={"Authorization": "Basic ours"})
        assert answer.status == 200
        assert answer.proxy == f"127.0.0.1:{proxy.port}"
        assert f"through the proxy 127.0.0.1:{proxy.port}" in answer.evidence
        assert proxy.requests[0].startswith(b"CONNECT idp.test:443 HTTP/1.")
        assert b"Basic ours" not in proxy.requests[0]
        assert server.names == ["idp.test"]


def test_an_intercepting_proxy_is_named_too(trusted, tmp_path, monkeypatch):
    certificate = server_file(tmp_path, authority(INSPECTION), hosts=("idp.test",))
    with (
        FaultServer(certificate=certificate) as server,
        FaultServer({"connect": _tunnel_to(server.port)}) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        error = failure("https://idp.test/good")
    assert (error.code, error.issuer) == ("tls_unknown_issuer", INSPECTION)
    assert f"through the proxy 127.0.0.1:{proxy.port}, as the environment says" in error.notes


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "proxy_auth"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "proxy"),
        (b"HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n", "proxy"),
    ],
)
def test_a_proxy_that_refuses_is_named_without_its_password(monkeypatch, answer, code):
    with FaultServer({"connect": lambda c: c.send(answer)}) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:{CANARY}@127.0.0.1:{proxy.port}")
        error = failure("https://idp.test/")
    status = answer[9:12].decode()
    assert error.code == code
    assert error.detail == f"127.0.0.1:{proxy.port}: the proxy answered {status}"
    assert CANARY not in "".join((str(error), repr(error), *error.notes))


def test_a_proxy_that_is_not_there_is_named(monkeypatch):
    with FaultServer() as gone:
        port = gone.port
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    error = failure("https://idp.test/")
    assert (error.code, error.detail) == ("proxy", f"nothing answers at 127.0.0.1:{port}")


def test_a_proxy_whose_name_is_unknown_or_whose_kind_is_not_ours_is_named(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://no-such-proxy.invalid:3128")
    error = failure("https://idp.test/")
    assert (error.code, error.detail) == ("proxy", "nothing answers at no-such-proxy.invalid:3128")
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:1080")
    error = failure("https://idp.test/")
    assert (error.code, error.detail) == ("proxy", "a proxy of the kind socks5 is not supported")


def test_a_proxy_that_says_nothing_is_cut_at_the_deadline(monkeypatch):
    with FaultServer({"connect": Client.wait}) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        error = failure("https://idp.test/", deadline=SHORT)
    assert error.code in ("timeout", "proxy")
    assert any(f"127.0.0.1:{proxy.port}" in note for note in error.notes)


def test_loopback_never_goes_through_a_proxy(server, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with Fetcher() as fetcher:
        for host in ("localhost", "127.0.0.1", "idp.localhost"):
            answer = fetcher.get(server.url("good", host=host))
            assert (answer.status, answer.proxy) == (200, "")


def test_no_proxy_is_honoured(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "idp.test")
    error = failure("https://idp.test/", resolver=lambda _host, _port: ["169.254.1.1"])
    assert error.code == "address_refused"


def test_forbidden_addresses_stay_forbidden_through_a_proxy(monkeypatch):
    with FaultServer({"connect": Client.wait}) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        for host in FORBIDDEN:
            assert failure(f"https://{host}/").code == "address_refused"
        assert proxy.requests == []


def test_every_address_of_a_host_is_tried_before_it_is_called_refused(monkeypatch):
    """By a proxy's name, the one kind of name that may lead to this computer."""
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with FaultServer({"connect": lambda c: c.send(refusal)}) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://proxy.test:{proxy.port}")
        addresses = ["127.0.0.2", "127.0.0.3", "127.0.0.1"]
        error = failure("https://idp.test/", resolver=lambda _host, _port: addresses)
    assert error.code == "proxy_auth"


# -- nothing leaks -----------------------------------------------------------------------------


def test_no_query_body_or_header_is_in_an_error_an_answer_or_the_log(server, logged):
    seen = []
    with Fetcher(deadline=SHORT) as fetcher:
        for fault in (*BREAKS, "silent", "good", "redirect", "missing"):
            url = f"{server.url(fault)}?client_secret={CANARY}"
            try:
                answer = fetcher.post_form(
                    url, [("code", CANARY)], headers={"Authorization": f"Basic {CANARY}"}
                )
                seen += [repr(answer), str(answer), *answer.evidence]
            except FetchError as error:
                seen += [str(error), repr(error), error.url, error.detail, *error.notes]
                seen += traceback.format_exception(error)
    assert CANARY not in "".join(seen)
    assert CANARY not in logged.text


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://idp.test/x?secret=1#2", "https://idp.test/x"),
        ("https://user:secret@idp.test/x", "https://idp.test/x"),
        ("secret?secret", "secret"),
        ("https://idp.test/\u202ex", "https://idp.test/\ufffdx"),
    ],
)
def test_an_address_is_shown_without_query_and_user_name(url, shown):
    assert bare_url(url) == shown
    assert FetchError("dns", url).url == shown


# -- findings and advice -----------------------------------------------------------------------


def test_an_error_becomes_a_finding():
    error = FetchError("tls_expired", "https://idp.test/x?y", "it ended", notes=("trusted: z",))
    finding = network_finding(error, Status.FAIL)
    assert (finding.code, finding.status) == ("network_tls_expired", Status.FAIL)
    assert (finding.about, finding.actual) == ("https://idp.test/x", "it ended")
    assert finding.evidence == ("trusted: z",)


def test_every_code_has_advice_and_none_offers_to_stop_verifying():
    advice = tomllib.loads(ADVICE.read_text("utf-8"))
    assert set(advice) == {f"network_{code}" for code in CODES}
    for entry in advice.values():
        assert entry["title"]
        assert entry["advice"]
        text = (entry["title"] + entry["advice"]).lower()
        for word in ("verify", "insecure", "turn off", "switch off", "ignore", "invalid", "please"):
            assert word not in text


def test_every_code_written_in_the_package_is_listed():
    package = Path(wizard.__file__).parent / "fetch"
    text = "".join(path.read_text("utf-8") for path in package.glob("*.py"))
    raised = set(re.findall(r'FetchError\(\s*"([a-z_]+)"', text))
    assert raised <= set(CODES)
