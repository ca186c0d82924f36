"""Pages go out compressed where the browser takes it (RFC 9110 8.4, 12.5.3).

Only what is asked for by GET: a client secret is shown in answers to a POST alone, so the length
of nothing that is compressed tells of it (BREACH).
"""

from flask import Flask, Response, request

LEAST = 1024
"""Octets below which nothing is won."""

_LEVEL = 6  # 0.15 ms for the longest page; the highest level saves nothing more
_GZIP = 31  # zlib's largest window, with gzip's head and tail around it


def init_compressing(app: Flask) -> None:
    """Compress the pages of `app` on their way out; files have their own way."""
    app.after_request(_compress)


def takes_gzip() -> bool:
    """Whether this request's browser takes gzip, and does not like the plain text better."""
    liked = request.accept_encodings.quality("gzip")
    return liked > 0 and liked >= request.accept_encodings.quality("identity")


def _compress(response: Response) -> Response:
    if (
        request.method not in {"GET", "HEAD"}
        or response.mimetype != "text/html"
        or response.is_streamed
        or response.direct_passthrough
        or response.content_encoding
        or len(page := response.get_data()) < LEAST
    ):
        return response
    response.vary.add("Accept-Encoding")
    if takes_gzip():
        import zlib

        response.set_data(zlib.compress(page, _LEVEL, _GZIP))  # the length follows
        response.content_encoding = "gzip"
    return response
