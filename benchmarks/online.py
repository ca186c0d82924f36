"""All online checks together, the provider 100 ms away, against what must be asked in sequence."""

import socket
from urllib.parse import quote, urlsplit

from benchmarks import provider, walking
from benchmarks.common import Part, Place, Row, interleaved, ratio, timed
from tests.support.app import PORT, App, wizard
from wizard import asking, judging, setups
from wizard.setups import Setup

AWAY_MS = 100
HOW = f"""\
One check of everything (metadata, keys, client ID, both redirect URIs, client secret), as Continue
at the metadata step makes it, on a connection pool of its own. The provider is on loopback and
made {AWAY_MS} ms distant: it holds each answer back by {AWAY_MS} ms, and the first of a connection
by {AWAY_MS} ms more, for TCP's handshake; loopback itself has no distance, and giving it one needs
administrator's rights.

What must follow one another: the metadata document names all other addresses, so it comes first.
The keys, each question at the authorization endpoint and each at the token endpoint (with the
secret and with a made-up one) need nothing but it, and not one another: their answers are only
compared. So the longest chain has two requests, the document and any one of the others. By bare
sockets it is made twice: over one connection that is kept, which is the least there can be; and
with a connection for each request, which is what questions side by side need in HTTP/1.1."""


def measure(runs: int, place: Place) -> Part:
    """The rows of the online checks."""
    with wizard(place.fresh("online")) as app:
        with provider.running() as near:
            page = walking.answer(app.visitor, walking.new(app.visitor), near, "metadata")
        setup_id = walking.setup_id(page)
        with provider.running(AWAY_MS) as far, provider.running() as near:
            distant, close = (_setup(app, setup_id, issuer) for issuer in (far, near))
            seen = interleaved(
                runs,
                {
                    "all": lambda: timed(lambda: _ask(distant)),
                    "kept": lambda: timed(lambda: _chain(far, kept=True)),
                    "each": lambda: timed(lambda: _chain(far, kept=False)),
                    "near": lambda: timed(lambda: _ask(close)),
                    "near kept": lambda: timed(lambda: _chain(near, kept=True)),
                },
            )
    checks = f"all online checks, provider {AWAY_MS} ms away"
    chain = "document, then one question, by bare sockets"
    rows: list[Row] = [
        ratio(checks, f"{chain}, a connection each", seen["all"], seen["each"], 1.25),
        ratio(checks, f"{chain}, over one connection", seen["all"], seen["kept"]),
        ratio("the same, provider 0 ms away", f"{chain}", seen["near"], seen["near kept"]),
    ]
    return Part("Online checks", rows, HOW)


def _setup(app: App, setup_id: str, issuer: str) -> Setup:
    app.store.save_answers(setup_id, {"metadata_url": provider.metadata_url(issuer)})
    return setups.load(app.store, app.vault, setup_id, PORT)


def _ask(setup: Setup) -> None:
    found = asking.ask(setup, setup.values, judging.TOPICS).findings
    codes = {finding.code for topic in found.values() for finding in topic}
    wanted = {"client_id_known", "redirect_uri_accepted", "client_secret_accepted"}
    if not wanted <= codes:
        raise RuntimeError(f"not everything was found out: {sorted(codes)}")


def _chain(issuer: str, *, kept: bool) -> None:
    """The document and the question about the product's redirect URI."""
    with _connected(issuer) as first:
        document = _asked(first, issuer, "/.well-known/openid-configuration")
        if b"authorization_endpoint" not in document:
            raise RuntimeError("that is no document")
        query = (
            f"?client_id={provider.CLIENT_ID}&redirect_uri={quote(provider.REDIRECT_URI, safe='')}"
            "&response_type=code&scope=openid&prompt=none&state=s&nonce=n"
        )
        if kept:
            answer = _asked(first, issuer, f"/authorize{query}")
        else:
            with _connected(issuer) as second:
                answer = _asked(second, issuer, f"/authorize{query}")
    if b"login_required" not in answer:
        raise RuntimeError("that is no answer of the authorization endpoint")


def _connected(issuer: str) -> socket.socket:
    parts = urlsplit(issuer)
    found = socket.create_connection((parts.hostname, parts.port))
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


def _asked(there: socket.socket, issuer: str, path: str) -> bytes:
    """Head and body of the answer to a GET."""
    host = urlsplit(issuer).netloc
    there.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += there.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(int(each[15:]) for each in lines if each.startswith(b"content-length:"))
    while len(body) < length:
        body += there.recv(65536)
    return head + body
