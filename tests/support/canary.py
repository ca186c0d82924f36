"""Secrets made to be looked for: in pages, headers, cookies, logs, files, however spelled."""

import base64
import html
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

from tests.support.visitor import Page, Visitor


class Canaries:
    """Values by what they are. `say` adds one; `found_in` names those a text or file holds."""

    def __init__(self, **values: str) -> None:
        self._spellings: dict[bytes, str] = {}
        for name, value in values.items():
            self.say(name, value)

    def say(self, name: str, value: str) -> None:
        """Look for `value` as it is and in every spelling it may be sent, written or shown in."""
        for spelling, words in _spellings(value):
            self._spellings.setdefault(spelling, f"{name} ({words})")

    def say_credentials(self, client_id: str, secret: str) -> None:
        """What HTTP Basic makes of both, form-encoded as RFC 6749 2.3.1 says, and not."""
        for encode in (str, quote_plus):
            pair = f"{encode(client_id)}:{encode(secret)}".encode()
            self._spellings[base64.b64encode(pair).rstrip(b"=")] = "client secret (Basic)"

    def found_in(self, data: str | bytes) -> set[str]:
        """Which of them are in `data`."""
        octets = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        return {name for spelling, name in self._spellings.items() if spelling in octets}

    def found_in_files(self, folder: Path) -> dict[str, set[str]]:
        """Which of them are in the raw octets of which file under `folder`."""
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        assert files, f"{folder} is empty: nothing was looked at"
        found = {path.name: self.found_in(path.read_bytes()) for path in files}
        return {name: what for name, what in found.items() if what}

    def found_in_pages(self, pages: list[Page]) -> dict[str, set[str]]:
        """Which of them are in which answer: text, headers, and what its cookie says."""
        found = {}
        for page in pages:
            said = "\n".join(f"{name}: {value}" for name, value in page.headers.items())
            what = self.found_in(page.text) | self.found_in(said)
            for cookie in _cookies(page.headers):
                what |= self.found_in(cookie)
            if what:
                found[f"{page.status} {page.path}"] = what
        return found


def _spellings(value: str) -> Iterator[tuple[bytes, str]]:
    yield value.encode(), "as it is"
    yield quote(value, safe="").encode(), "percent-encoded"
    yield quote(value).encode(), "percent-encoded"
    yield quote_plus(value).encode(), "form-encoded"
    yield html.escape(value).encode(), "as HTML"
    yield html.escape(value).replace("&quot;", "&#34;").encode(), "as HTML"
    yield json.dumps(value)[1:-1].encode(), "as JSON"
    yield json.dumps(value, ensure_ascii=False)[1:-1].encode(), "as JSON"
    yield json.dumps(json.dumps(value)[1:-1])[1:-1].encode(), "as JSON in JSON"
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(value.encode()).rstrip(b"="), "base64"


def _cookies(headers: Mapping[str, str]) -> Iterator[bytes]:
    """The cookies an answer sets, and what is inside those that Flask signed."""
    get_all = getattr(headers, "getlist", None) or getattr(headers, "get_all", None)
    values = get_all("Set-Cookie") if get_all else [headers.get("Set-Cookie", "")]
    for value in values:
        content = value.partition("=")[2].partition(";")[0]
        yield content.encode()
        compressed, payload = content.startswith("."), content.lstrip(".").partition(".")[0]
        try:
            octets = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
            yield zlib.decompress(octets) if compressed else octets
        except (ValueError, zlib.error):
            continue


def watch(visitor: Visitor) -> list[Page]:
    """From now on every answer the visitor gets is kept in the list given back."""
    pages: list[Page] = []
    send = visitor._send

    def sending(*asked) -> Page:
        pages.append(send(*asked))
        return pages[-1]

    visitor._send = sending
    visitor.secrets = []  # they are looked for in all pages at once, at the end
    return pages
