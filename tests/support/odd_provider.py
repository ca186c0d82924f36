"""An OpenID Provider on loopback whose answers a test writes: one function an endpoint.

A function is given what was asked and what of it is right, and returns a `Said`. Everything asked
is kept in `asked`, so that a test can count.
"""

import base64
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from wizard.oidc.discovery import Metadata, metadata_from

CLIENT_ID = "7f3a9c2e-aaaa-4bbb-8ccc-000000000001"
SECRET = "s3cr~t.Value+of/40 characters"
PRODUCT_URI = "https://product.example/sso/callback"
TEST_URI = "http://localhost:8765/callback"


@dataclass
class Said:
    """One answer. `body` may be text, bytes or something to write as JSON."""

    status: int = 200
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str | None = "text/html; charset=utf-8"


@dataclass
class Asked:
    """One request: its parameters (query or form), and how the client showed its secret."""

    path: str
    params: dict[str, str]
    client_id: str
    secret: str | None = None
    method: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    provider: "OddProvider | None" = None

    @property
    def uri(self) -> str:
        return self.params.get("redirect_uri", "")

    @property
    def right_client(self) -> bool:
        return self.client_id == self.provider.client_id

    @property
    def right_uri(self) -> bool:
        return self.uri in self.provider.redirect_uris

    @property
    def right_secret(self) -> bool:
        return self.right_client and self.secret == self.provider.secret

    @property
    def is_code(self) -> bool:
        return self.params.get("response_type") == "code"


Answering = Callable[[Asked], Said]


def page(text: str, status: int = 200, title: str = "") -> Said:
    return Said(status, f"<!doctype html><title>{title}</title><h1>{title}</h1><p>{text}</p>")


def login_page(asked: Asked | None = None) -> Said:
    body = "<title>Sign in</title><form action='/login'><input name=u><input type=password></form>"
    return Said(200, body)


def back(asked: Asked, status: int = 302, **params: str) -> Said:
    """To the redirect URI that was sent, by query (code) or fragment (ID token)."""
    given = urlencode({"state": asked.params.get("state", ""), **params})
    mark = "?" if asked.is_code else "#"
    return Said(status, headers={"Location": f"{asked.uri}{mark}{given}"})


def form_back(asked: Asked, status: int = 200, content_type: str | None = "text/html", **params):
    """As a form that posts itself. OAuth 2.0 Form Post Response Mode."""
    fields = "".join(f'<input type="hidden" name="{k}" value="{v}">' for k, v in params.items())
    form = f'<form method="post" action="{asked.uri}">{fields}</form>'
    body = f'<body onload="document.forms[0].submit()">{form}'
    return Said(status, body, content_type=content_type)


def oauth_error(error: str, status: int = 400, **more: Any) -> Said:
    return Said(status, {"error": error, **more}, content_type="application/json")


class OddProvider:
    """Runs inside a `with`. Endpoints without a function are not in the metadata."""

    def __init__(
        self,
        *,
        authorize: Answering | None = None,
        token: Answering | None = None,
        introspect: Answering | None = None,
        revoke: Answering | None = None,
        pages: Mapping[str, Answering] | None = None,
        auth_methods: list[str] | None = None,
        client_id: str = CLIENT_ID,
        secret: str = SECRET,
        redirect_uris: tuple[str, ...] = (PRODUCT_URI, TEST_URI),
    ):
        self.client_id = client_id
        self.secret = secret
        self.redirect_uris = redirect_uris
        self.auth_methods = auth_methods
        self.answers: dict[str, Answering] = dict(pages or {})
        for path, answering in (
            ("/authorize", authorize),
            ("/token", token),
            ("/introspect", introspect),
            ("/revoke", revoke),
        ):
            if answering:
                self.answers[path] = answering
        self.asked: list[Asked] = []
        self._lock = threading.Lock()

    def __enter__(self) -> "OddProvider":
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body go out together, once an answer is whole.
            wbufsize = -1
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                self._answer(parts.path, dict(parse_qsl(parts.query)))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self._answer(self.path, dict(parse_qsl(body.decode())))

            def _answer(self, path: str, params: dict[str, str]) -> None:
                said = provider._hear(path, params, self.headers)
                body = said.body
                if not isinstance(body, (str, bytes)):
                    body = json.dumps(body)
                body = body.encode() if isinstance(body, str) else body
                self.send_response(said.status)
                if said.content_type:
                    self.send_header("Content-Type", said.content_type)
                for name, value in said.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Quiet."""

            def send_header(self, keyword: str, value: str) -> None:
                if not (keyword == "Date" and provider.date is not None):
                    super().send_header(keyword, value)
                elif provider.date:
                    super().send_header(keyword, provider.date)

        self.date: str | None = None
        self._server = self._listening(Handler)
        self._server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,))
        self._thread.start()
        return self

    def _listening(self, handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
        return ThreadingHTTPServer(("127.0.0.1", 0), handler)

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def document(self) -> dict[str, Any]:
        """The metadata document that belongs to the functions given."""
        found: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code", "id_token"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        for path, name in (
            ("/token", "token_endpoint"),
            ("/introspect", "introspection_endpoint"),
            ("/revoke", "revocation_endpoint"),
        ):
            if path in self.answers:
                found[name] = self.issuer + path
        if self.auth_methods:
            found["token_endpoint_auth_methods_supported"] = self.auth_methods
        return found

    @property
    def metadata(self) -> Metadata:
        return metadata_from(self.document)

    def count(self, path: str) -> int:
        return sum(asked.path == path for asked in self.asked)

    def _hear(self, path: str, params: dict[str, str], headers: Mapping[str, str]) -> Said:
        asked = _read(path, params, headers, self)
        with self._lock:
            self.asked.append(asked)
        answering = self.answers.get(path)
        return answering(asked) if answering else page("nothing here", 404)


def _read(path: str, params: dict[str, str], headers: Mapping[str, str], provider) -> Asked:
    facts = {"params": params, "headers": headers, "provider": provider}
    scheme, _, value = headers.get("Authorization", "").partition(" ")
    if scheme == "Basic":
        pair = base64.b64decode(value).decode()
        client_id, _, secret = pair.partition(":")
        known = unquote_plus(secret)
        return Asked(path, client_id=unquote_plus(client_id), secret=known, method="basic", **facts)
    return Asked(
        path,
        client_id=params.get("client_id", ""),
        secret=params.get("client_secret"),
        method="post" if "client_secret" in params else "",
        **facts,
    )
