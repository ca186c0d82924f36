"""A guide's file, read: its TOML, its head alone, and what it says only by naming another.

What was read is kept by the file's time and size, so that a guide added or changed while Latchkey
runs is there at the next look. Nothing is read at import.
"""

import re
import threading
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from .guides import Entry, Product, Provider, SamlList

_HEADER = re.compile(r"^\s*\[\[?[A-Za-z0-9_.\-\" ]+\]\]?\s*(#.*)?$", re.ASCII)
_LONGEST = 400_000  # characters; the longest guide that ships has a tenth of it
_MOST_DOTS = 300  # on a line: tomllib takes time and memory by the square of a dotted key's length
# What tells two guides apart in a list is never taken over from the one it is based on.
_OWN = ("slug", "name", "choose", "rank", "aliases", "base")

# msgspec learns a type at its first use, and two threads that teach it the same one at once end the
# process with a segmentation fault.
_ONE_AT_A_TIME = threading.Lock()


class GuideError(Exception):
    """A guide or an advice file that cannot be used; the message names the file and the key."""


def convert(path: Path, data: object, kind: type) -> Any:
    """`data` as a `kind`, strictly. Raises GuideError with the key that is wrong."""
    try:
        with _ONE_AT_A_TIME:
            return msgspec.convert(data, kind, strict=True)
    except msgspec.ValidationError as error:
        raise GuideError(f"{path.name}: {error}") from error


def toml(path: Path) -> dict[str, Any]:
    """The file's tables as they stand. Raises GuideError."""
    return _parsed(path, _text(path))


def guide(path: Path, kind: type) -> Any:
    """The guide at `path`, by its shape alone; one with `base` is filled up from that one first."""
    data = toml(path)
    return convert(path, with_base(path, data) if kind is Provider else data, kind)


def kind_of(path: Path) -> type[Product] | type[Provider]:
    """What the file at `path` is a guide for, told by the tables only one of them has."""
    data = toml(path)
    if "protocol" in data or "hand_over" in data:
        return Product
    if "registration" in data or "base" in data:
        return Provider
    raise GuideError(
        f"{path.name}: it is no guide: a product has [protocol] and [hand_over], an identity"
        " provider has [registration] or base"
    )


def with_base(path: Path, data: dict[str, Any]) -> dict[str, Any]:
    """`data` over the guide it is based on, which stands beside it or among those that ship.

    Tables are merged, everything else is taken from `data` where it has it, lists too. What its
    numbers mean stays there, and is read when one is asked for. Raises GuideError.
    """
    name = data.get("base", "")
    if not name:
        return data
    other = beside(path, name)
    if other is None:
        raise GuideError(f"{path.name}: base: there is no guide {name!r} beside it")
    under = toml(other)
    if under.get("base"):
        raise GuideError(f"{path.name}: base: {other.name} is based on another one itself")
    under = {key: under[key] for key in under if key not in _OWN}
    if under.pop("codes", None) and "codes" not in data:
        under["codes_from"] = name
    return _merged(under, data)


def beside(path: Path, name: object) -> Path | None:
    """The file of the provider's guide that `path` names; None where there is none.

    It stands in the same folder, or among those that ship.
    """
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name):
        return None
    shipped = Path(__file__).parent / "providers"
    places = [folder / f"{name}.toml" for folder in (path.parent, shipped)]
    return next((place for place in places if place != path and place.is_file()), None)


def entry(path: Path) -> Entry:
    """What a list needs of the guide at `path`: its head, everything before the first table.

    Raises GuideError.
    """
    return _entry(path, stamp(path))


@lru_cache(maxsize=512)
def _entry(path: Path, _stamp: tuple[int, int]) -> Entry:
    head = _parsed(path, _text(path, head=True))
    known = {key: head[key] for key in Entry.__struct_fields__ if key in head}
    return convert(path, known, Entry)


def saml_only(path: Path) -> SamlList:
    """The products that sign in by SAML alone. Raises GuideError."""
    return _saml_only(path, stamp(path))


@lru_cache(maxsize=4)
def _saml_only(path: Path, _stamp: tuple[int, int]) -> SamlList:
    return convert(path, toml(path), SamlList)


def stamp(path: Path) -> tuple[int, int]:
    """What changes when the file does: its time in nanoseconds and its size. Raises GuideError."""
    try:
        found = path.stat()
    except OSError as error:
        raise GuideError(f"{path.name}: {error.strerror or error}") from error
    return found.st_mtime_ns, found.st_size


def _text(path: Path, *, head: bool = False) -> str:
    try:
        # Some editors begin a file with a byte order mark.
        with path.open(encoding="utf-8-sig", newline="") as file:
            text = file.read(_LONGEST + 1) if not head else _head(file)
    except OSError as error:
        raise GuideError(f"{path.name}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise GuideError(f"{path.name}: it is not text in UTF-8") from error
    if len(text) > _LONGEST:
        raise GuideError(f"{path.name}: it is longer than {_LONGEST} characters")
    return text


def _head(lines: Any) -> str:
    found: list[str] = []
    left = _LONGEST
    while left > 0 and (line := lines.readline(left)) and not _HEADER.match(line):
        found.append(line)
        left -= len(line)
    return "".join(found)


def _parsed(path: Path, text: str) -> dict[str, Any]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > _MOST_DOTS:
            raise GuideError(f"{path.name}: more than {_MOST_DOTS} dots on line {number}")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise GuideError(f"{path.name}: lists or tables stand too deep in each other") from error
    except ValueError as error:  # a number of thousands of digits is one too
        raise GuideError(f"{path.name}: {error}") from error


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merged(merged[key], value) if both else value
    return merged
