"""A visitor without a browser: fetches pages, lints each, fills in forms as a browser would.

The same for a Flask test client (`Visitor.of_app`) and for a running server (`Visitor.of_server`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from tests.support.html import Document, Element
from tests.support.lint import assert_clean

# What a browser says of a click on a page of the wizard's own.
NAVIGATION = {
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-User": "?1",
}
Fields = list[tuple[str, str]]


@dataclass
class Page:
    """One answer. `url` is where it came from, `location` where it leads, if anywhere."""

    url: str
    status: int
    headers: Mapping[str, str]
    text: str
    document: Document | None = None

    @property
    def location(self) -> str:
        found = self.headers.get("Location", "")
        return urljoin(self.url, found) if found else ""

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @cached_property
    def root(self) -> Document:
        assert self.document is not None, f"{self.status} from {self.path} is not a page"
        return self.document

    @property
    def h1(self) -> str:
        return self.root.one("h1").text

    @property
    def words(self) -> str:
        """The page's visible text."""
        return self.root.one("body").text

    @property
    def findings(self) -> list[tuple[str, str, str]]:
        """(code, status, about) of every finding shown, in the order of the page."""
        shown = self.root.where(lambda e: "data-code" in e)
        return [(e.get("data-code"), e.get("data-status"), e.get("data-about")) for e in shown]

    def status_of(self, code: str) -> list[str]:
        """The status of every finding with this code."""
        return [status for found, status, _ in self.findings if found == code]

    @property
    def verdict(self) -> str | None:
        """`data-verdict`, or None where there is none; more than one is a mistake."""
        shown = self.root.where(lambda e: "data-verdict" in e)
        assert len(shown) <= 1, "more than one verdict"
        return shown[0].get("data-verdict") if shown else None

    def form(self, form_id: str = "answer") -> Element:
        return self.root.one("form", id=form_id)

    def copyable(self, name: str) -> str:
        """The value shown for copying under this name."""
        return self.root.one(data_copy=name).text


def fields_of(form: Element) -> Fields:
    """What a browser would send for this form, untouched, by the first submit button's rules."""
    fields: Fields = []
    for element in form.walk():
        name, kind = element.get("name"), element.get("type", "text")
        if not name or "disabled" in element:
            continue
        if element.tag == "textarea":
            fields.append((name, "".join(element.children).removeprefix("\n")))
        elif element.tag == "select":
            options = element.all("option")
            chosen = [o for o in options if "selected" in o] or options[:1]
            fields += [(name, option.get("value", option.text)) for option in chosen]
        elif element.tag == "input" and kind in ("checkbox", "radio"):
            if "checked" in element:
                fields.append((name, element.get("value", "on")))
        elif element.tag == "input" and kind not in ("submit", "button", "image", "reset"):
            fields.append((name, element.get("value")))
    return fields


class Visitor:
    """Fetches pages of the wizard at `base`; `secrets` must never be in one of them."""

    def __init__(self, base: str, send: Callable[..., Page], secrets: Sequence[str] = ()):
        self.base = base
        self.secrets = list(secrets)
        self._send = send

    @classmethod
    def of_app(cls, app: Any, base: str, secrets: Sequence[str] = ()) -> "Visitor":
        """A visitor of a Flask application, in this process."""
        client = app.test_client()

        def send(method: str, url: str, fields: Fields | None, headers: dict[str, str]) -> Page:
            data: dict[str, list[str]] = {}
            for name, value in fields or []:
                data.setdefault(name, []).append(value)
            path = url.removeprefix(base)
            answer = client.open(path, method=method, data=data, headers=headers, base_url=base)
            with answer:
                return Page(url, answer.status_code, answer.headers, answer.get_data(as_text=True))

        return cls(base, send, secrets)

    @classmethod
    def of_server(cls, base: str, secrets: Sequence[str] = ()) -> "Visitor":
        """A visitor of a running server, with cookies of its own."""
        session = requests.Session()
        session.trust_env = False

        def send(method: str, url: str, fields: Fields | None, headers: dict[str, str]) -> Page:
            answer = session.request(
                method, url, data=fields, headers=headers, timeout=30, allow_redirects=False
            )
            return Page(url, answer.status_code, answer.headers, answer.text)

        return cls(base, send, secrets)

    def fetch(
        self,
        method: str,
        url: str,
        fields: Fields | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        fragment: bool = False,
    ) -> Page:
        """One request, redirects not followed. A page is linted; so is a fragment, as one."""
        url = urljoin(f"{self.base}/", url)
        sent = dict(NAVIGATION) | ({"Origin": self.base} if method != "GET" else {})
        page = self._send(method, url, fields, sent | dict(headers or {}))
        is_html = page.headers.get("Content-Type", "").startswith("text/html")
        if is_html and not page.location:
            page.document = assert_clean(page.text, secrets=self.secrets, fragment=fragment)
        elif any(secret in f"{page.text} {page.location}" for secret in self.secrets):
            raise AssertionError(f"a secret is in the answer of {method} {page.path}")
        return page

    def get(self, url: str, *, follow: bool = True) -> Page:
        """A page, by default the one that redirects lead to."""
        page = self.fetch("GET", url)
        return self.follow(page) if follow else page

    def follow(self, page: Page) -> Page:
        """Where a page's redirects lead, within the wizard; the first answer that is none."""
        for _ in range(10):
            if not page.location.startswith(self.base):
                return page
            page = self.fetch("GET", page.location)
        raise AssertionError(f"redirected in circles: {page.url}")

    def submit(
        self, page: Page, form: str | Element = "answer", *, follow: bool = True, **answers: str
    ) -> Page:
        """Send a form of the page with these answers over what it holds already."""
        element = page.form(form) if isinstance(form, str) else form
        held = fields_of(element)
        names = {e.get("name") for e in element.walk() if "name" in e}
        assert set(answers) <= names, f"{set(answers) - names} not among {names}"
        fields = [(n, v) for n, v in held if n not in answers] + list(answers.items())
        answer = self.fetch("POST", urljoin(page.url, element.get("action")), fields)
        return self.follow(answer) if follow else answer
