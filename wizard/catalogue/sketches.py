"""The shape of a sketch: a screen she must find, drawn from a few lines of a guide.

A sketch is data like the rest of a guide. Its texts are filled in with her own values; where one is
not known yet, `fake` stands in its place, and the page says that it is made up. A place is marked
`here` (to click, copy or paste) or `not` (looks like it and is not). `says` is the same in a
sentence, for whoever does not see the drawing.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Label = Annotated[str, Meta(min_length=1, max_length=120)]
Mark = Literal["", "here", "not"]
_WORD = re.compile(r"\{([^{}]*)\}")
# These are always there; any other may be empty while she has not come so far.
_ALWAYS = frozenset({"product", "provider", "app_name", "test_redirect_uri", "response_type"})


class Drawn(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every table of a sketch has in common: it knows no key by chance."""


class Part(Drawn, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """One thing on the screen. `words` beside the mark say more than "click" or "not this one"."""

    label: Label
    mark: Mark = ""
    words: str = ""


class Value(Part, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="value"):
    """A name with a value to read or copy."""

    text: str = ""
    fake: str = ""


class Field(Part, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="field"):
    """A box to type or paste into; without text it is empty."""

    text: str = ""
    fake: str = ""


class Choice(Part, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="choice"):
    """A list of which one is taken. The mark is on the chosen one, `look_alikes` are struck out."""

    options: Annotated[list[Label], Meta(min_length=1)]
    chosen: Label
    look_alikes: list[Label] = []


class Box(Part, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="box"):
    """A box to tick, as it is to be."""

    on: bool = True


class Switch(Part, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="switch"):
    """A switch, as it is to be."""

    on: bool = True


class Button(Part, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="button"):
    """Something to click."""

    main: bool = False


class Heading(Part, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="heading"):
    """A line over what follows."""


class Table(Part, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="table"):
    """Rows under columns. `here` is the column to copy from, `look_alikes` those that are not it.

    `fakes` are the columns whose cells are made up.
    """

    columns: Annotated[list[Label], Meta(min_length=1, max_length=5)]
    rows: Annotated[list[list[str]], Meta(min_length=1, max_length=4)]
    here: str = ""
    look_alikes: list[str] = []
    fakes: list[str] = []


class Form(Part, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="hand-over"):
    """The product's own form: every field of `hand_over`, with her values, the secret masked.

    `fields` are the labels of those on this screen, all when empty. What the product itself shows
    (`from_product`) is drawn as something to copy.
    """

    label: Label = "The form"
    fields: list[Label] = []


AnyPart = Value | Field | Choice | Box | Switch | Button | Heading | Table | Form


class Sketch(Drawn, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One screen. `layout` names it among others where a screen exists in two.

    `source` and `certainty` are those of a statement: empty, they are the guide's.
    """

    title: Label
    says: Annotated[str, Meta(min_length=1, max_length=600)]
    source: Literal[""] | Name = ""
    certainty: Literal["", "D", "T", "U"] = ""
    layout: str = ""
    crumbs: str = ""
    menu: list[Label] = []
    menu_on: str = ""
    tabs: list[Label] = []
    tab_on: str = ""
    bar: list[Button] = []
    parts: Annotated[list[AnyPart], Meta(min_length=1, max_length=16)]


def marked(sketch: Sketch) -> list[str]:
    """The names of all marked places, in the order of the screen, as the guide has them."""
    found: list[str] = []
    for part in (*sketch.bar, *sketch.parts):
        if isinstance(part, Choice):
            found += [part.label, part.chosen] if part.mark else []
            found += part.look_alikes
        elif isinstance(part, Table):
            found += [part.here] if part.here else []
            found += part.look_alikes
        elif part.mark and not isinstance(part, Form):
            found.append(part.label)
    return found


def named(guide: object, key: str = "") -> Iterator[tuple[str, str]]:
    """(key, name) of every sketch that a guide's tables refer to."""
    if isinstance(guide, Drawn):
        return
    if isinstance(guide, Struct):
        for field, value in msgspec.structs.asdict(guide).items():
            here = f"{key}.{field}" if key else field
            if field.endswith("sketches") and isinstance(value, list):
                yield from ((here, name) for name in value)
            else:
                yield from named(value, here)
    elif isinstance(guide, Mapping):
        for name, value in guide.items():
            yield from named(value, f"{key}.{name}")
    elif isinstance(guide, list):
        for number, value in enumerate(guide):
            yield from named(value, f"{key}[{number}]")


def judge(guide: object) -> Iterator[tuple[str, str]]:
    """What is wrong with the sketches of a guide: the key, and why."""
    known: Mapping[str, Sketch] = guide.sketches
    for key, name in named(guide):
        if name not in known:
            yield key, f"there is no sketch {name!r}"
    hand_over = getattr(guide, "hand_over", None)
    labels = {field.label for field in hand_over.fields} if hand_over else set()
    for name, sketch in known.items():
        for why in _judge(sketch, labels):
            yield f"sketches.{name}", why


def _judge(sketch: Sketch, labels: set[str]) -> Iterator[str]:
    yield from _one_of(sketch.menu_on, sketch.menu, "menu_on")
    yield from _one_of(sketch.tab_on, sketch.tabs, "tab_on")
    has_form = any(isinstance(part, Form) for part in sketch.parts)
    places = marked(sketch)
    if not places and not has_form:
        yield "nothing is marked"
    for place in places:
        if place not in sketch.says:
            yield f"says does not name {place!r}"
    for part in sketch.parts:
        yield from (f"{part.label}: {why}" for why in _judge_part(part, labels))


def _judge_part(part: AnyPart, labels: set[str]) -> Iterator[str]:
    if isinstance(part, Value | Field):
        if set(_WORD.findall(part.text)) - _ALWAYS and not part.fake:
            yield "needs a fake for while the value is not known"
        if isinstance(part, Value) and not part.text and not part.fake:
            yield "has neither a text nor a fake"
    elif isinstance(part, Choice):
        yield from _one_of(part.chosen, part.options, "chosen")
        for name in part.look_alikes:
            yield from _one_of(name, part.options, "look_alikes")
    elif isinstance(part, Table):
        for name in (part.here, *part.look_alikes, *part.fakes):
            yield from _one_of(name, part.columns, "columns")
        if any(len(row) != len(part.columns) for row in part.rows):
            yield "a row has more or fewer cells than there are columns"
    elif isinstance(part, Form):
        if not labels:
            yield "only a product has a form to hand over to"
        for name in part.fields:
            yield from _one_of(name, sorted(labels), "fields")


def _one_of(name: str, names: list[str], key: str) -> Iterator[str]:
    if (name and name not in names) or (names and not name and key in ("menu_on", "tab_on")):
        yield f"{key}: {name!r} is not among {names}"
