"""Static files: compressed ahead of time, and addressed by their content so that they may be kept.

Beside each text file lies its gzip form, made by `make static`. It names the content it was made
of, so one that is out of date is never sent: the file itself goes out until it is made again.
Browsers offer gzip on plain http, and nothing better.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, send_from_directory

from wizard.compressing import takes_gzip

# A file may do nothing at all, and that is a shorter policy than the pages'.
_POLICY = "default-src 'none'; frame-ancestors 'none'"
FOLDER = Path(__file__).resolve().parent.parent / "static"
_ADDRESS = "/static/"
COMPRESSED = frozenset({".css", ".js", ".svg"})
_NAME_ENDS_WITHIN = 64  # bytes of a gzip header in which the name of ours ends


def init_static_files(app: Flask) -> None:
    """Serve `FOLDER` under /static/, as the endpoint "static"."""
    app.add_url_rule(f"{_ADDRESS}<path:filename>", "static", _send)
    app.jinja_env.globals["static_url"] = static_url


@lru_cache(maxsize=64)
def static_url(name: str) -> str:
    """The address of a static file, with a print of its content: it may be kept for long."""
    return f"{_ADDRESS}{name}?v={print_of(name)}"


@lru_cache(maxsize=64)
def print_of(name: str) -> str:
    """Twelve hexadecimal digits that stand for a file's content."""
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]


def compress(path: Path) -> Path:
    """Write the gzip form of `path` beside it, the same bytes for the same content (RFC 1952)."""
    import gzip

    content = path.read_bytes()
    packed = path.with_name(f"{path.name}.gz")
    with packed.open("wb") as out:
        name = hashlib.sha256(content).hexdigest()[:12]
        with gzip.GzipFile(name, "wb", 9, out, mtime=0) as file:
            file.write(content)
    return packed


def _send(filename: str) -> Response:
    packed = takes_gzip() and _packed(filename)
    response = send_from_directory(FOLDER, f"{filename}.gz" if packed else filename)
    # A name to save it under (here that of the gzip form), and what the ETag says better.
    for needless in ("Content-Disposition", "Last-Modified"):
        response.headers.pop(needless, None)
    response.headers["Content-Security-Policy"] = _POLICY
    if Path(filename).suffix in COMPRESSED:
        response.vary.add("Accept-Encoding")
    if packed:
        response.content_encoding = "gzip"
        # What was guessed from ".gz" is not what it holds.
        response.content_type = {
            ".css": "text/css; charset=utf-8",
            ".js": "text/javascript; charset=utf-8",
            ".svg": "image/svg+xml; charset=utf-8",
        }[Path(filename).suffix]
    return response


@lru_cache(maxsize=64)
def _packed(filename: str) -> bool:
    """Whether there is a gzip form that was made of the file as it is now."""
    if Path(filename).suffix not in COMPRESSED:
        return False
    try:
        with (FOLDER / f"{filename}.gz").open("rb") as file:
            head = file.read(_NAME_ENDS_WITHIN)
        # The header is ten bytes; the name follows, up to a zero (RFC 1952 2.3).
        return head[10:].partition(b"\0")[0].decode() == print_of(filename)
    except (OSError, ValueError):
        return False


if __name__ == "__main__":
    for each in sorted(FOLDER.rglob("*")):
        if each.suffix in COMPRESSED:
            compress(each)
