"""The practice application's own defence: who may ask it, and what its pages may do."""

from collections.abc import Callable, Iterable

_BASE_POLICY = (
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
POLICY = "; ".join((*_BASE_POLICY, "form-action 'self'"))
"""For pages whose forms stay here."""

LEAVING_POLICY = "; ".join(_BASE_POLICY)
"""For pages whose form ends at somebody else's redirect URI: the sign-in page and form_post.

Chromium applies form-action to the redirects after the form too, and where a product sends the
browser after its callback nobody can list, so the directive is left out there.
"""

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def allowed_hosts(port: int) -> frozenset[str]:
    """The only Host headers that are answered."""
    return frozenset(f"{host}:{port}" for host in ("localhost", "127.0.0.1", "[::1]"))


class HostCheck:
    """Answers 421 to any other Host before anything is routed: the defence against DNS rebinding.

    RFC 9110 7.4 (Misdirected Request).
    """

    def __init__(self, app: Callable, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if environ.get("HTTP_HOST") in self._hosts:
            return self._app(environ, start_response)
        body = b"This address is not one that the practice provider answers.\n"
        start_response(
            "421 Misdirected Request",
            [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))],
        )
        return [body]


def add_headers(response):
    """A view that needs another policy has set its own header already."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    # Flask's own for static files would be no-cache; a page must not be on the disk either.
    response.headers["Cache-Control"] = "no-store"
    return response
