"""What a guide states, where each statement comes from, and how sure it is.

The source and the certainty of a statement are its own where it names them, else those of the table
around it, in the end the guide's own. The nearest one that says something decides.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import msgspec

from .guides import Known, Product, Protocol, Provider, Source
from .sketches import Sketch

STATES = (Known, Protocol, Sketch)


@dataclass(frozen=True, slots=True)
class Told:
    """Where a statement comes from. `certainty` is D, T or U, or "" where nobody says."""

    source: Source | None = None
    certainty: str = ""

    @property
    def unsure(self) -> bool:
        """Whether the page has to say that it may be otherwise."""
        return self.certainty == "U"


def statements(guide: Product | Provider) -> Iterator[tuple[str, msgspec.Struct, Told]]:
    """Every statement of the guide with its key, such as "hand_over.fields[2]", and what holds."""
    sources = {source.name: source for source in guide.sources if source.name}
    own = sources.get(guide.source)
    told = Told(own, own.certainty if own else "")
    for name in guide.__struct_fields__:
        yield from _walk(getattr(guide, name), name, told, sources)


def told_of(guide: Product | Provider, thing: object) -> Told | None:
    """What holds for `thing`, one of the tables of this very guide; None where it is of another."""
    found = _all_told(_Same(guide)).get(id(thing))
    return found[1] if found else None


class _Same:
    """A guide as a key: itself, and no other that says the same."""

    def __init__(self, guide: Product | Provider) -> None:
        self.guide = guide

    def __hash__(self) -> int:
        return id(self.guide)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.guide is self.guide


@lru_cache(maxsize=64)
def _all_told(same: _Same) -> Mapping[int, tuple[object, Told]]:
    # What is kept keeps its statements too, so that no other can have the address of one of them.
    return {id(found): (found, told) for _, found, told in statements(same.guide)}


def unsure_sources(guide: Product | Provider) -> list[Source]:
    """What the guide itself calls uncertain, in its own order."""
    return [source for source in guide.sources if source.certainty == "U"]


def _walk(
    value: object, key: str, around: Told, sources: Mapping[str, Source]
) -> Iterator[tuple[str, msgspec.Struct, Told]]:
    if isinstance(value, STATES):
        around = _of(value, around, sources)
        yield key, value, around
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _walk(getattr(value, name), f"{key}.{name}", around, sources)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _walk(inner, f"{key}.{name}", around, sources)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _walk(inner, f"{key}[{number}]", around, sources)


def _of(value: Known | Protocol | Sketch, around: Told, sources: Mapping[str, Source]) -> Told:
    told = around
    if value.source:
        named = sources.get(value.source)
        told = Told(named, named.certainty if named else "")
    return replace(told, certainty=value.certainty) if value.certainty else told
