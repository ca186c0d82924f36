"""A thing that is wrong with a guide, and what its rules need to look for them. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the key it is at, and what is wrong and to do, in a sentence."""

    key: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.key}: {self.sentence}"


def of_kind(value: object, kind: type, key: str = "") -> Iterator[tuple[str, object]]:
    """Every table of that kind in `value`, by its key."""
    if isinstance(value, kind):
        yield key, value
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from of_kind(getattr(value, name), kind, f"{key}.{name}" if key else name)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from of_kind(inner, kind, f"{key}[{number}]")


def unique(key: str, names: Iterable[str]) -> Iterator[Problem]:
    """A problem for each name that is there before."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield Problem(key, f"{name!r} is there twice")
        seen.add(name)


def listed(names: Iterable[str]) -> str:
    """The names in a sentence."""
    return ", ".join(sorted(names))
