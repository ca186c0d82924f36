"""JSON as the specifications mean it: an object, no duplicate names, no NaN, bounded.

Python's own reader takes the last of two equal names, NaN and Infinity, and dies on deep nesting
with RecursionError. RFC 8259; the member name rule: RFC 7519, section 4, and RFC 7515, section 4.
"""

import json
import math
import re
from typing import Any, NoReturn

from .plain import kind, plain

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
_MAX_DIGITS = 300  # every whole number of 300 digits still fits a float

# A string is one match even when it is never closed (so that scanning stays linear); inside it
# brackets do not count.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class StrictJsonError(ValueError):
    """Text that is not the JSON object it should be.

    `code` is one of not_utf8, not_json, not_an_object, duplicate_name, not_a_number, too_deep,
    too_large, empty; `detail` says where or what, in at most 100 characters, never a value.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


def parse_object(data: bytes | str) -> dict[str, Any]:
    """The JSON object in `data`: UTF-8, at most 1 MiB and 32 levels deep. One BOM is dropped.

    Raises StrictJsonError, and nothing else for any text or bytes.
    """
    text = _text(data)
    if not text.strip(" \t\r\n"):
        raise StrictJsonError("empty")
    _refuse_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_not_a_number,
            parse_float=_float,
            parse_int=_int,
        )
    except json.JSONDecodeError as error:
        raise StrictJsonError("not_json", f"line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise StrictJsonError("too_deep") from None
    if not isinstance(value, dict):
        raise StrictJsonError("not_an_object", kind(value))
    if _ESCAPED_SURROGATE.search(text):
        _refuse_lone_surrogates(value)
    return value


def _text(data: bytes | str) -> str:
    if len(data) > MAX_BYTES:
        raise StrictJsonError("too_large", "more than 1 MiB")
    try:
        text = data.encode("utf-8") if isinstance(data, str) else bytes(data)
        if len(text) > MAX_BYTES:
            raise StrictJsonError("too_large", "more than 1 MiB")
        return text.decode("utf-8-sig")
    except UnicodeError:
        raise StrictJsonError("not_utf8") from None


def _refuse_depth(text: str) -> None:
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        mark = match[0]
        if mark in ("{", "["):
            depth += 1
            if depth > MAX_DEPTH:
                raise StrictJsonError("too_deep", f"more than {MAX_DEPTH} levels")
        elif mark in ("}", "]"):
            depth -= 1


def _refuse_lone_surrogates(value: dict[str, Any]) -> None:
    # Half a character passes the reader and breaks whoever encodes it later.
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise StrictJsonError("not_utf8", "half of a character pair") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise StrictJsonError("duplicate_name", plain(name, 60))
        found[name] = value
    return found


def _not_a_number(word: str) -> NoReturn:
    raise StrictJsonError("not_a_number", word)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise StrictJsonError("not_a_number", "too large for a number")
    return number


def _int(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise StrictJsonError("not_a_number", "too large for a number")
    return int(digits)
