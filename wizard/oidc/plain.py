"""Text from outside, made fit to show: one line, bounded, no control or direction characters."""

import base64
import html
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, quote_plus

LIMIT = 300
_UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LARGEST_SHOWN = 1 << 64
_SHORTEST_HIDDEN = 4  # hiding less would blacken every word
# As .NET writes JSON: these four are never themselves in it.
_NET = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&'"})
_SHORTEST_CUT = 8  # the beginning of a secret, where a text was cut in the middle of it


def plain(value: object, limit: int = LIMIT, hide: "Sequence[str | None] | Hidden" = ()) -> str:
    """`value` (any JSON value) as at most `limit` characters of text, an ellipsis when cut.

    Texts in `hide` are taken out first, in any spelling: a provider may echo the code or the secret
    it was sent.
    Control characters, bidirectional marks, lone surrogates and line separators become a space;
    runs of spaces become one. Never raises, and never walks deeper than one list.
    """
    return _one_line(_words(value, limit, hide), limit)


def without(text: str, hide: "Sequence[str | None] | Hidden", instead: str = "(hidden)") -> str:
    """`text` without the texts in `hide`, in whatever spelling they stand there.

    Also without the beginning of one where `text` ends in the middle of it. Shorter ones than four
    characters stay: taking them out would blacken every word.
    """
    if not text or not hide:
        return text
    return (hide if isinstance(hide, Hidden) else Hidden(hide)).out_of(text, instead)


class Hidden:
    """Texts that are to be seen nowhere, all their spellings worked out once for many texts."""

    __slots__ = ("_heads", "_longest_first")

    def __init__(self, hide: Sequence[str | None]) -> None:
        secrets = {secret for secret in hide if secret and len(secret) >= _SHORTEST_HIDDEN}
        every = {spelling for secret in secrets for spelling in spellings(secret)}
        self._longest_first = sorted(every, key=lambda one: (-len(one), one))
        self._heads = {one[:_SHORTEST_CUT] for one in every if len(one) >= _SHORTEST_CUT}

    def __repr__(self) -> str:
        return f"<Hidden: {len(self._longest_first)} spellings>"

    def out_of(self, text: str, instead: str = "(hidden)") -> str:
        """As `without` says."""
        if not text:
            return text
        for spelling in self._longest_first:
            text = text.replace(spelling, instead)
        end = text.removesuffix("…").rstrip()
        if not any(head in end for head in self._heads):
            return text
        for spelling in self._longest_first:
            if (cut := _cut_in(end, spelling)) is not None:
                return end[:cut] + instead
        return text

    def out_of_json(self, value: Any) -> Any:
        """A JSON value with them out of every text in it, names of members included.

        For values of strict_json, whose depth is bounded.
        """
        if isinstance(value, str):
            return self.out_of(value)
        if isinstance(value, Mapping):
            return {self.out_of(name): self.out_of_json(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.out_of_json(one) for one in value]
        return value


def _cut_in(end: str, spelling: str) -> int | None:
    """Where in `end` its last words are the beginning of `spelling`, cut off; None where not."""
    head = spelling[:_SHORTEST_CUT]
    if len(head) < _SHORTEST_CUT:
        return None
    at = end.find(head, max(0, len(end) - len(spelling)))
    while at >= 0 and not spelling.startswith(end[at:]):
        at = end.find(head, at + 1)
    return at if at >= 0 else None


def spellings(text: str) -> set[str]:
    """`text` as it may be written in an address, a form, a header, a page or JSON."""
    percent = {
        quote(text, safe="", errors="replace"),
        quote(text, errors="replace"),
        quote_plus(text, errors="replace"),
    }
    percent |= {re.sub("%..", lambda found: found[0].lower(), one) for one in percent}
    page = html.escape(text)
    marked_up = {page, page.replace("&#x27;", "&#39;").replace("&quot;", "&#34;")}
    written = {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    written |= {one.translate(_NET) for one in written}
    octets = text.encode("utf-8", "replace")
    coded = {encode(octets).decode() for encode in (base64.b64encode, base64.urlsafe_b64encode)}
    return {text} | percent | marked_up | written | {one.rstrip("=") for one in coded} | coded


def kind(value: object) -> str:
    """What sort of JSON value this is, in words: "text", "a number", "a list" ..."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, Mapping):
        return "an object"
    return "a list" if isinstance(value, list | tuple) else "something else"


def _words(value: object, limit: int, hide: Sequence[str | None] | Hidden = ()) -> str:
    if isinstance(value, str):
        return without(value, hide)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        # str() of an int of thousands of digits is slow, and refused by Python above 4300.
        return str(value) if abs(value) < _LARGEST_SHOWN else "a very large number"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list | tuple):
        if not value:
            return "an empty list"
        shown = [_member(member, limit, hide) for member in value[:5]]
        return ", ".join(shown) + (f" and {len(value) - 5} more" if len(value) > 5 else "")
    return kind(value)


def _member(value: object, limit: int, hide: Sequence[str | None] | Hidden) -> str:
    if isinstance(value, list | tuple | Mapping):
        return kind(value)
    return _one_line(_words(value, limit, hide), limit)


def _one_line(text: str, limit: int) -> str:
    # Four times the limit is enough to fill it, however many characters fall away.
    kept = text[: 4 * limit]
    if not kept.isprintable():
        kept = "".join(" " if unicodedata.category(one) in _UNSHOWABLE else one for one in kept)
    line = " ".join(kept.split())
    cut = len(line) > limit or len(text) > 4 * limit
    return line[: limit - 1].rstrip() + "…" if cut else line
