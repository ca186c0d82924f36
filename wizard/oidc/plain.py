"""Text from outside, made fit to show: one line, bounded, no control or direction characters."""

import unicodedata
from collections.abc import Mapping, Sequence
from urllib.parse import quote, quote_plus

LIMIT = 300
_UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LARGEST_SHOWN = 1 << 64
_SHORTEST_HIDDEN = 4  # hiding less would blacken every word


def plain(value: object, limit: int = LIMIT, hide: Sequence[str | None] = ()) -> str:
    """`value` (any JSON value) as at most `limit` characters of text, an ellipsis when cut.

    Texts in `hide` are taken out first: a provider may echo the code or the secret it was sent.
    Control characters, bidirectional marks, lone surrogates and line separators become a space;
    runs of spaces become one. Never raises, and never walks deeper than one list.
    """
    return _one_line(_words(value, limit, hide), limit)


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


def _words(value: object, limit: int, hide: Sequence[str | None] = ()) -> str:
    if isinstance(value, str):
        return _without(value, hide)
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


def _member(value: object, limit: int, hide: Sequence[str | None]) -> str:
    if isinstance(value, list | tuple | Mapping):
        return kind(value)
    return _one_line(_words(value, limit, hide), limit)


def _without(text: str, hide: Sequence[str | None]) -> str:
    for secret in hide:
        if secret and len(secret) >= _SHORTEST_HIDDEN:
            spellings = (
                quote(secret, safe="", errors="replace"),
                quote_plus(secret, errors="replace"),
            )
            for spelling in (secret, *spellings):
                text = text.replace(spelling, "(hidden)")
    return text


def _one_line(text: str, limit: int) -> str:
    # Four times the limit is enough to fill it, however many characters fall away.
    kept = (
        " " if unicodedata.category(character) in _UNSHOWABLE else character
        for character in text[: 4 * limit]
    )
    line = " ".join("".join(kept).split())
    cut = len(line) > limit or len(text) > 4 * limit
    return line[: limit - 1].rstrip() + "…" if cut else line
