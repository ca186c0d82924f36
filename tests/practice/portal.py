"""What an administrator does in the practice portal, without a browser, and the requests that an
application makes."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests

from tests.support.lint import assert_clean
from tests.support.visitor import Page, Visitor, fields_of

REDIRECT_URI = "https://product.example/openid/callback"
TIMEOUT = 30


@dataclass
class Registered:
    """An application as the portal shows it for copying."""

    client_id: str
    object_id: str
    tenant_id: str
    secret_value: str = field(repr=False)
    secret_id: str
    metadata: dict


class Portal:
    """The portal, through one visitor."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor

    def register(
        self,
        *redirect_uris: str,
        id_tokens: bool = False,
        expires: str = "180",
        platform: str = "web",
    ) -> Registered:
        """Register an application and add a secret to it."""
        overview = self.send_registration("Made for a test", redirect_uris, id_tokens, platform)
        added = self.add_secret(overview.copyable("client_id"), expires)
        endpoints = self.visitor.get(f"/apps/{overview.copyable('client_id')}/endpoints")
        return Registered(
            **{name: overview.copyable(name) for name in ("client_id", "object_id", "tenant_id")},
            secret_value=added.copyable("secret_value"),
            secret_id=added.copyable("secret_id"),
            metadata=get(endpoints.copyable("metadata_url")).json(),
        )

    def send_registration(
        self,
        name: str,
        redirect_uris: Sequence[str],
        id_tokens: bool = False,
        platform: str = "web",
    ) -> Page:
        page = self.visitor.get("/apps/new")
        ticked = {"id_tokens": "y"} if id_tokens else {}
        written = {"name": name, "redirect_uris": "\r\n".join(redirect_uris)} | ticked
        return self.visitor.submit(page, page.root.one("form"), platform=platform, **written)

    def change(self, client_id: str, page: str, **answers: str) -> Page:
        """Save one of the application's pages: authentication, properties, users."""
        shown = self.visitor.get(f"/apps/{client_id}/{page}")
        return self.visitor.submit(shown, shown.root.one("form"), **answers)

    def add_secret(self, client_id: str, expires: str = "180") -> Page:
        page = self.visitor.get(f"/apps/{client_id}/secrets")
        form = page.root.one("form")
        return self.visitor.submit(page, form, description="for a test", expires=expires)


def authorize(application: Registered, *, method: str = "GET", **params: str | None):
    """Ask the authorization endpoint as an application does, without cookies.

    The defaults are a good code request; a parameter of None is left out.
    """
    asked = {
        "client_id": application.client_id,
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": "openid profile email",
        "state": secrets.token_urlsafe(8),
    } | params
    asked = {name: value for name, value in asked.items() if value is not None}
    endpoint = application.metadata["authorization_endpoint"]
    if method == "POST":
        return requests.post(endpoint, asked, timeout=TIMEOUT, allow_redirects=False)
    return requests.get(endpoint, asked, timeout=TIMEOUT, allow_redirects=False)


def sign_in(application: Registered, button: dict[str, str] | None = None, **params: str):
    """Ask, and press a button on the sign-in page; the provider's answer, not followed."""
    with requests.Session() as browser:
        asked = {
            "client_id": application.client_id,
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": "openid profile email",
        } | params
        page = browser.get(
            application.metadata["authorization_endpoint"], params=asked, timeout=TIMEOUT
        )
        form = assert_clean(page.text).one("form")
        return browser.post(
            urljoin(page.url, form.get("action")),
            [*fields_of(form), *(button or {"user": "with-email"}).items()],
            timeout=TIMEOUT,
            allow_redirects=False,
        )


def redeem(application: Registered, code: str | None, *, basic: bool = False, **fields: str | None):
    """Ask the token endpoint for a code's tokens. A field of None is left out."""
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT_URI,
        "client_id": application.client_id,
        "client_secret": application.secret_value,
    } | fields
    auth = None
    if basic:
        auth = (sent.pop("client_id"), sent.pop("client_secret"))
    sent = {name: value for name, value in sent.items() if value is not None}
    endpoint = application.metadata["token_endpoint"]
    return requests.post(endpoint, sent, auth=auth, timeout=TIMEOUT)


def get(url: str, **options: object):
    return requests.get(url, timeout=TIMEOUT, allow_redirects=False, **options)


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, strict_parsing=True))


def fragment_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).fragment, strict_parsing=True))


def posted_by(text: str) -> tuple[str, dict[str, str]]:
    """Where a form_post page sends what."""
    form = assert_clean(text, csrf=False).one("form")
    return form.get("action"), dict(fields_of(form))


def number_in(text: str) -> int:
    """The AADSTS number in a page, a description or a JSON text."""
    found = {int(number) for number in re.findall(r"AADSTS(\d+): ", text)}
    assert len(found) == 1, f"numbers {found}"
    return found.pop()
