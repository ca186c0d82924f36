"""The local app's defence: who may ask it for what, from which page, and what a page may do.

Other pages in the same browser, other accounts on the same computer and names that resolve to
127.0.0.1 can all reach a port on loopback. So: an exact Host, a launch token traded for a cookie,
Fetch metadata or Origin on what changes something, and headers that shut the pages in.
"""

import hmac
import re
import secrets
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, make_response, redirect, render_template, request, session
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response as WerkzeugResponse

from wizard import mistakes

MAX_BODY = 64 * 1024
"""What one request may carry, in bytes."""

CALLBACK_PATH = "/callback"

_SAFE_METHODS = frozenset({"GET", "HEAD"})
_CONTENT_HASH = r"[0-9A-Za-z_-]{6,64}"

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

_ALWAYS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_Environ = dict[str, Any]
_StartResponse = Callable[..., Any]


def init_guard(app: Flask, *, port: int, launch_token: str) -> None:
    """Put the guard before everything else `app` does; call it before other `before_request`s.

    It adds the route `/launch` and sets the cookie, size and CSRF options; of an exception the log
    is told where and of what kind, not its words. Every other route but
    static files and `/callback` needs a browser that was at `/launch?t=<launch_token>` since this
    process started. `/callback` is where another site sends the browser: it is let in without a
    cookie and from any page, and must judge what it gets by `state`.
    """
    guard = _Guard(port, launch_token)
    app.config.update(
        SESSION_COOKIE_NAME=f"latchkey_{port}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # Plain http on loopback: browsers would not send a Secure cookie back.
        SESSION_COOKIE_SECURE=False,
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_DOMAIN=None,
        # A wizard may lie open for hours; the token ends with the session, and that with us.
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        MAX_FORM_PARTS=200,
    )
    if not app.secret_key:
        app.secret_key = secrets.token_bytes(32)
    app.add_url_rule("/launch", "launch", guard.launch, methods=["GET"])
    app.before_request(guard.judge)
    app.after_request(guard.shut_in)
    app.log_exception = lambda exc_info: _log_where(app, exc_info[1])  # type: ignore[method-assign]
    app.wsgi_app = guard.only_our_hosts(app.wsgi_app)  # type: ignore[method-assign]


def current_sid() -> str | None:
    """This browser's session id, to bind a sign-in to; None before `/launch` (only `/callback`)."""
    sid = session.get("sid")
    return sid if isinstance(sid, str) and sid else None


class _Guard:
    def __init__(self, port: int, launch_token: str) -> None:
        suffix = "" if port == 80 else f":{port}"
        self._origin = f"http://localhost{suffix}"
        self._canonical_host = f"localhost{suffix}"
        self._hosts = frozenset(f"{name}{suffix}" for name in ("localhost", "127.0.0.1", "[::1]"))
        self._launch_token = launch_token.encode()

    def __repr__(self) -> str:
        return f"<guard of {self._origin}>"

    # --- before routing

    def only_our_hosts(self, inner: Callable[..., Iterable[bytes]]) -> Callable[..., Any]:
        """WSGI: refuse a Host that is not ours, whatever the path and method (DNS rebinding)."""

        def wsgi(environ: _Environ, start_response: _StartResponse) -> Iterable[bytes]:
            # Two Host headers arrive joined by a comma, and none (HTTP/1.0) as nothing.
            if environ.get("HTTP_HOST", "") in self._hosts:
                return inner(environ, start_response)
            response = WerkzeugResponse(
                f"Latchkey answers at {self._origin} only.\n", 421, mimetype="text/plain"
            )
            _shut_in(response.headers)
            return response(environ, start_response)

        return wsgi

    # --- before the view

    def judge(self) -> WerkzeugResponse | None:
        """None lets the request go on; anything else is the answer."""
        safe = request.method in _SAFE_METHODS
        if safe and not _may_look(request.headers):
            return _refuse(
                "Another page asked for this",
                "A page that is not Latchkey's tried to load this one inside itself.",
                f"Open {self._origin}/ in a tab of its own.",
            )
        if safe and request.endpoint != "static" and request.host != self._canonical_host:
            # Cookies belong to one host name, so there must be only one in use.
            return redirect(self._here_on_canonical_host(), 303)
        if (safe and request.endpoint in ("static", "launch")) or _is_callback():
            return None
        if not safe and not self._comes_from_own_page(request.headers):
            return _refuse(
                "Another page sent this",
                "The form was sent from a page that is not Latchkey's, so nothing was changed.",
                f"Open {self._origin}/ and do it there.",
            )
        if current_sid() is None:
            return _refuse(
                "Open Latchkey from its own address",
                "This browser has not been let in since Latchkey started.",
                "Open the address that was printed when Latchkey started, which begins with"
                f" {self._origin}/launch, or start Latchkey again: that opens it for you.",
            )
        return None

    def _here_on_canonical_host(self) -> str:
        path = quote(request.path, safe="/~!$&'()*+,;=:@")
        query = quote(request.query_string, safe="/~!$&'()*+,;=:@?%[]")
        return f"{self._origin}{path}{'?' if query else ''}{query}"

    def _comes_from_own_page(self, headers: Headers) -> bool:
        # "same-site" is a page on another port of localhost: no friend of ours.
        if (site := headers.get("Sec-Fetch-Site")) is not None:
            return site == "same-origin"
        # Neither header means no browser of today: the cookie and the CSRF token still decide.
        origin = headers.get("Origin")
        return origin is None or origin == self._origin

    def launch(self) -> WerkzeugResponse:
        """Trade the launch token for the session cookie, and leave the token's address."""
        given = request.args.get("t", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._launch_token):
            return _refuse(
                "This address does not open Latchkey",
                "Its token is not the one of the Latchkey that is running now.",
                "Open the address that was printed when Latchkey started last, or start Latchkey"
                " again: that opens it for you.",
            )
        if current_sid() is None:
            session.clear()
            session["sid"] = secrets.token_urlsafe(32)
        # Else the session is kept, so that forms and sign-ins under way in other tabs go on. Nobody
        # can have planted it: only this process signs sessions, and only for this token.
        return redirect("/", 303)

    # --- after the view

    def shut_in(self, response: Response) -> Response:
        _shut_in(response.headers)
        if request.endpoint == "static" and response.status_code in (200, 304):
            # The address changes with the content, so it may be kept as long as one likes.
            hashed = re.fullmatch(_CONTENT_HASH, request.args.get("v", ""))
            response.headers["Cache-Control"] = (
                "private, max-age=31536000, immutable" if hashed else "no-cache"
            )
        return response


def _is_callback() -> bool:
    return request.path == CALLBACK_PATH and request.method in {"GET", "HEAD", "POST"}


def _may_look(headers: Headers) -> bool:
    """Fetch metadata: another site, or another port, may only open us as a tab's page."""
    site = headers.get("Sec-Fetch-Site")
    if site in (None, "same-origin", "none"):
        return True
    return (
        headers.get("Sec-Fetch-Mode") == "navigate" and headers.get("Sec-Fetch-Dest") == "document"
    )


def _shut_in(headers: Headers) -> None:
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    for name, value in _ALWAYS.items():
        headers[name] = value
    headers["Cache-Control"] = "no-store"


def _refuse(title: str, sentence: str, way_out: str) -> Response:
    page = render_template("errors/plain.html", title=title, sentence=sentence, way_out=way_out)
    return make_response(page, 403)


def _log_where(app: Flask, error: BaseException | None) -> None:
    at = f"{request.method} {request.path}"
    app.logger.error("Latchkey made a mistake. %s\n%s", at, mistakes.where(error))
