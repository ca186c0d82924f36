"""Sending an answer back to the application: query, fragment or form_post.

OAuth 2.0 Multiple Response Type Encoding Practices 2.1; OAuth 2.0 Form Post Response Mode.
Authlib's own answers are not used: it sends errors of the implicit grant as a fragment even when
form_post was asked for, and percent-encodes the values in a form.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from flask import render_template, request

from wizard.practice.guard import LEAVING_POLICY
from wizard.practice.redirect_uris import with_root_path

Params = Sequence[tuple[str, str]]
MODES = ("query", "fragment", "form_post")


@dataclass(frozen=True, slots=True)
class WayBack:
    """Where and how the application wants its answer; the redirect URI is a registered one."""

    redirect_uri: str
    mode: str
    state: str | None

    def answer(self, params: Params) -> tuple[int, str, list[tuple[str, str]]]:
        """Status, body and headers of the answer that carries `params` and the state.

        A redirect is 302 after a GET, and 303 after the sign-in page's POST (RFC 9700 4.12).
        """
        if self.state is not None:
            params = [*params, ("state", self.state)]
        if self.mode == "form_post":
            page = render_template(
                "practice/form_post.html",
                action=self.redirect_uri,
                host=urlsplit(self.redirect_uri).netloc,
                params=params,
            )
            headers = [("Content-Type", "text/html; charset=utf-8")]
            return 200, page, [*headers, ("Content-Security-Policy", LEAVING_POLICY)]
        return 303 if request.method == "POST" else 302, "", [("Location", self._address(params))]

    def _address(self, params: Params) -> str:
        uri = with_root_path(self.redirect_uri)
        extra = urlencode(params, quote_via=quote)
        if self.mode == "fragment":
            return f"{uri}#{extra}"
        return f"{uri}{'&' if '?' in uri else '?'}{extra}"
