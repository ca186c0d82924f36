"""A good OpenID Provider on loopback, in a process of its own, at a distance that is made up.

    python -m benchmarks.provider [--away-ms 100]

It prints "ready ISSUER". Every client ID that begins with `KNOWN` is registered, with every
redirect URI that does not speak of not being registered, and with two secrets. Whoever comes
without prompt=none is signed in at once; with `--asks` after one click.

The distance: loopback has none and cannot be given one without administrator's rights, so each
answer is held back by it (a request and its answer take one round trip), and the first answer of a
connection twice (TCP's handshake is one round trip more). TLS is not used.
"""

import argparse
import base64
import hashlib
import json
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from benchmarks.common import ROOT, environment
from benchmarks.running import Program

KNOWN = "latchkey-benchmark-"
CLIENT_ID = f"{KNOWN}client"
SECRET = "not-a-real-secret-7Qx2mW9zLr4kTb8vNc3p"
NEW_SECRET = "nor-this-one-5Hy8jK3sDf6gW1pRz0Tn"
REDIRECT_URI = "https://syncro.example/openid_connect/callback"
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(number: int) -> str:
    return _encoded(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _document(issuer: str) -> dict:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/keys",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email"],
        "claims_supported": ["sub", "email", "name"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
    }


def _keys() -> dict:
    numbers = _KEY.public_key().public_numbers()
    key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one"}
    return {"keys": [{**key, "n": _number(numbers.n), "e": _number(numbers.e)}]}


def _id_token(issuer: str, client_id: str, nonce: str, access_token: str) -> str:
    now = int(time.time())
    claims = {
        "iss": issuer,
        "sub": "the-user-of-the-benchmark",
        "aud": client_id,
        "iat": now,
        "exp": now + 600,
        "nonce": nonce,
        "email": "admin@example.org",
        "email_verified": True,
        "name": "User of the benchmark",
        "at_hash": _encoded(hashlib.sha256(access_token.encode()).digest()[:16]),
    }
    header = {"alg": "RS256", "typ": "JWT", "kid": "one"}
    signed = ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
    signature = _KEY.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{_encoded(signature)}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    away = 0.0
    asks = False
    issuer = ""

    def setup(self) -> None:
        super().setup()
        self._is_first = True

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = dict(parse_qsl(parts.query))
        if parts.path == "/.well-known/openid-configuration":
            self._json(200, _document(self.issuer))
        elif parts.path == "/keys":
            self._json(200, _keys())
        elif parts.path == "/authorize":
            self._authorize(asked)
        else:
            self._page(404, "Nothing here")

    def do_POST(self) -> None:
        asked = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        client_id, secret = asked.get("client_id", ""), asked.get("client_secret", "")
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            pair = base64.b64decode(value).decode().partition(":")
            client_id, secret = unquote_plus(pair[0]), unquote_plus(pair[2])
        if not client_id.startswith(KNOWN) or secret not in (SECRET, NEW_SECRET):
            return self._json(401, {"error": "invalid_client"})
        try:
            nonce = base64.urlsafe_b64decode(asked.get("code", "")).decode().removeprefix("nonce=")
        except ValueError:
            nonce = ""
        if asked.get("grant_type") != "authorization_code" or not nonce:
            return self._json(400, {"error": "invalid_grant"})
        token = secrets.token_urlsafe(24)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": 600}
        answer["id_token"] = _id_token(self.issuer, client_id, nonce, token)
        return self._json(200, answer)

    def _authorize(self, asked: dict[str, str]) -> None:
        uri, client_id = asked.get("redirect_uri", ""), asked.get("client_id", "")
        if not client_id.startswith(KNOWN):
            return self._page(400, "Error: this client is unknown")
        if "not-registered" in uri:
            return self._page(400, "Error: this redirect URI is not registered")
        back = {"state": asked.get("state", "")}
        if asked.get("prompt") == "none":
            return self._away_to(f"{uri}?{urlencode({**back, 'error': 'login_required'})}")
        there = f"{uri}?{urlencode({**back, 'code': code_for(asked.get('nonce', ''))})}"
        if self.asks:
            link = there.replace("&", "&amp;")
            return self._page(200, "Sign in", f'<a id="sign-in" href="{link}">Sign in</a>')
        return self._away_to(there)

    def _away_to(self, where: str) -> None:
        self._answer(302, b"", "text/html", Location=where)

    def _page(self, status: int, title: str, body: str = "") -> None:
        text = f"<!doctype html><title>{title}</title><h1>{title}</h1>{body}"
        self._answer(status, text.encode(), "text/html; charset=utf-8")

    def _json(self, status: int, body: dict) -> None:
        self._answer(status, json.dumps(body).encode(), "application/json")

    def _answer(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        if self.away:
            time.sleep(self.away * (2 if self._is_first else 1))
        self._is_first = False
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Cache-Control": "no-store", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self._headers_buffer.append(b"\r\n" + body)  # one write, and so one packet
        self.flush_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(prog="benchmarks.provider")
    parser.add_argument("--away-ms", type=float, default=0.0)
    parser.add_argument("--asks", action="store_true")
    options = parser.parse_args()
    with _Server(("127.0.0.1", 0), _Handler) as server:
        _Handler.away = options.away_ms / 1000
        _Handler.asks = options.asks
        _Handler.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        print(f"ready {_Handler.issuer}", flush=True)
        server.serve_forever()


@contextmanager
def running(away_ms: float = 0.0, *, asks: bool = False) -> Iterator[str]:
    """The issuer of a provider that runs inside the `with`."""
    command = [sys.executable, "-m", "benchmarks.provider", "--away-ms", str(away_ms)]
    with Program([*command, *(["--asks"] if asks else [])], cwd=ROOT, env=environment()) as program:
        yield program.line("ready ")


def code_for(nonce: str) -> str:
    """A code that any such provider redeems: it keeps nothing."""
    return base64.urlsafe_b64encode(f"nonce={nonce}".encode()).decode()


def metadata_url(issuer: str) -> str:
    """Where the document of that issuer is."""
    return f"{issuer}/.well-known/openid-configuration"


if __name__ == "__main__":
    main()
