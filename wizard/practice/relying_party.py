"""The practice product's side of OpenID Connect: verify the pasted values, and sign in with them.

A relying party on Authlib's client: authorization code with PKCE, state and nonce (OpenID Connect
Core 3.1). It talks to whatever provider was entered, the practice one or a real one, over HTTP.
"""

import io
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import requests
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask

from wizard.fetch import Fetcher, FetchError
from wizard.oidc.strict_json import StrictJsonError, parse_object

ALGORITHMS = ["RS256"]
SCOPE = "openid profile email"
SIGN_IN_SECONDS = 600
MOST_SIGN_INS = 100
_NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Settings:
    """The three values as they were pasted."""

    client_id: str
    client_secret: str = field(repr=False)
    discovery_url: str


class NotVerified(Exception):
    """The settings do not work; the text says which and how it was seen."""


class SignInsUnderWay:
    """State, nonce and verifier of the sign-ins that were started, for ten minutes, in memory."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, str]] = {}

    def get(self, key: str) -> str | None:
        started, value = self._kept.get(key, (0.0, None))
        return value if value and self._clock() - started <= SIGN_IN_SECONDS else None

    def set(self, key: str, value: str, _expires_in: int) -> None:
        self._kept[key] = (self._clock(), value)
        for oldest in list(self._kept)[:-MOST_SIGN_INS]:
            self._kept.pop(oldest, None)

    def delete(self, key: str) -> None:
        self._kept.pop(key, None)


class _BoundedSession(OAuth2Session):
    """Authlib's session, its requests carried by our own bounded fetch.

    `typed_url` is the discovery URL: a document from elsewhere may not name this computer.
    """

    def __init__(self, *args: object, typed_url: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._typed_url = typed_url

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:
        wanted = ("Authorization", "Accept")
        headers = {name: request.headers[name] for name in wanted if name in request.headers}
        with Fetcher(typed_url=self._typed_url) as fetcher:
            if request.method == "POST":
                fields = parse_qsl(request.body or "", keep_blank_values=True)
                answer = fetcher.post_form(request.url, fields, headers)
            else:
                answer = fetcher.get(request.url, headers)
        response = requests.Response()
        response.status_code = answer.status
        response.headers.update(answer.headers)
        response.url, response.request = answer.url, request
        response.raw = io.BytesIO(answer.body)
        return response


class _PracticeProductApp(FlaskOAuth2App):
    client_cls = _BoundedSession


def login_client(app: Flask, sign_ins: SignInsUnderWay, settings: Settings) -> FlaskOAuth2App:
    """Authlib's client for these settings. Raises NotVerified when the document is no use."""
    document = discover(settings.discovery_url)
    offered = document.get("token_endpoint_auth_methods_supported")
    by_post = isinstance(offered, list) and "client_secret_post" in offered
    oauth = OAuth(app, cache=sign_ins)
    return oauth.register(
        "practice_product",
        client_cls=_PracticeProductApp,
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        authorize_url=document["authorization_endpoint"],
        access_token_url=document["token_endpoint"],
        issuer=document["issuer"],
        jwks_uri=document["jwks_uri"],
        id_token_signing_alg_values_supported=ALGORITHMS,
        client_kwargs={
            "scope": SCOPE,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_post"
            if by_post
            else "client_secret_basic",
            "typed_url": settings.discovery_url,
            "trust_env": False,  # netrc would replace our Authorization header
        },
    )


def verify(settings: Settings, redirect_uri: str) -> None:
    """Ask the provider about the values, as a product's "Save & verify" does.

    The secret is shown with a code that cannot be right: a provider authenticates the client
    first (RFC 6749 3.2.1, 5.2), so it names either the client or the code. Raises NotVerified.
    """
    document = discover(settings.discovery_url)
    question = [
        ("grant_type", "authorization_code"),
        ("code", secrets.token_urlsafe(32)),
        ("redirect_uri", redirect_uri),
        ("client_id", settings.client_id),
        ("client_secret", settings.client_secret),
    ]
    try:
        with Fetcher(typed_url=settings.discovery_url) as fetcher:
            answer = fetcher.post_form(document["token_endpoint"], question)
    except FetchError as error:
        raise NotVerified(f"The token endpoint could not be asked ({error.code}).") from None
    try:
        told = parse_object(answer.body)
    except StrictJsonError:
        told = {}
    error = told.get("error")
    if error == "invalid_grant":
        return
    said = str(told.get("error_description") or error or f"HTTP status {answer.status}")[:500]
    said = said.replace(settings.client_secret, "(the secret)")
    if answer.status == 401 or error in ("invalid_client", "unauthorized_client"):
        raise NotVerified(
            "The identity provider refused the client ID or the client secret. It answered: " + said
        )
    raise NotVerified(f"The identity provider gave an answer that says nothing clear: {said}")


def discover(url: str) -> dict:
    """The discovery document, with the four texts a login needs. Raises NotVerified."""
    try:
        with Fetcher(typed_url=url) as fetcher:
            answer = fetcher.get(url)
    except FetchError as error:
        reason = error.detail or error.code
        raise NotVerified(f"The discovery URL could not be read: {reason}.") from None
    try:
        document = parse_object(answer.body)
    except StrictJsonError:
        document = {}
    if answer.status != 200 or not all(isinstance(document.get(k), str) for k in _NEEDED):
        raise NotVerified(
            "There is no OpenID Connect discovery document at the discovery URL."
            f" What came back has HTTP status {answer.status}."
        )
    return document
