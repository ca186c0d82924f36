"""Sketches with her own values in them: what a page draws of a guide's sketch.

Nothing here is HTML, and no secret gets here: of the hand-over form the secret is drawn as dots,
and guides have no word for it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from wizard import catalogue, handover
from wizard.catalogue import statements
from wizard.catalogue.guides import Product, Provider
from wizard.catalogue.sketches import (
    AnyPart,
    Box,
    Button,
    Choice,
    Field,
    Form,
    Mark,
    Sketch,
    Switch,
    Table,
    Value,
)
from wizard.oidc.finding import Finding, Status
from wizard.setups import Setup

_NUMBERED = re.compile(r"provider_error_([0-9]+)")
_WORD = re.compile(r"\{([^{}]*)\}")
DOTS = "••••••••••••"
_HERE = {
    Value: "this one",
    Field: "here",
    Choice: "choose",
    Box: "tick",
    Switch: "switch on",
    Button: "click",
    Table: "this one",
}
_NOT = "not this one"


@dataclass(frozen=True, slots=True)
class Text:
    """A text on the screen. `fake` is made up; `words` stand beside it where it is marked."""

    text: str
    fake: bool = False
    mark: Mark = ""
    words: str = ""
    on: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A part of the screen: its kind, its name, and what it holds."""

    kind: str
    label: Text
    holds: list[Text] = field(default_factory=list)
    columns: list[Text] = field(default_factory=list)
    rows: list[list[Text]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A sketch as it is drawn. `name` is what it is called where it is folded away."""

    name: str
    title: str
    crumbs: str
    menu: list[Text]
    tabs: list[Text]
    bar: list[Text]
    lines: list[Line]
    says: str
    unsure: bool = False  # the guide itself calls it uncertain

    @property
    def has_fakes(self) -> bool:
        """Whether something in it is made up, because it is not known or not hers alone."""
        texts = (
            text
            for line in self.lines
            for group in (line.holds, *line.rows)
            for text in (line.label, *group)
        )
        return any(text.fake for text in texts)


def draw_all(setup: Setup, guide: Product | Provider, names: Iterable[str]) -> list[Drawing]:
    """The sketches of these names in `guide`, with the setup's values."""
    found = [guide.sketches[name] for name in names]
    return [replace(draw(setup, each), unsure=_unsure(guide, each)) for each in found]


def for_finding(setup: Setup, finding: Finding) -> list[Drawing]:
    """Where a finding is mended, as the provider's guide draws it; nothing for a pass.

    Numbers may be explained by another provider's guide. Its screens are not those of this one.
    """
    guide = setup.provider
    if finding.status is Status.PASS:
        return []
    if number := _NUMBERED.fullmatch(finding.code):
        known = catalogue.error_codes(guide).get(number[1])
    else:
        known = guide.advice.get(finding.code)
    return draw_all(
        setup, guide, [n for n in known.sketches if n in guide.sketches] if known else ()
    )


def draw(setup: Setup, sketch: Sketch) -> Drawing:
    """One sketch with the setup's values."""
    words = _sure(setup)

    def said(text: str) -> str:
        return catalogue.fill(text, words)

    title, layout = said(sketch.title), said(sketch.layout)
    lines = [line for part in sketch.parts for line in _lines(setup, part, words)]
    fields = [line.label.text for part in sketch.parts for line in _form_lines(setup, part)]
    listed = f" Its fields, from top to bottom: {', '.join(fields)}." if fields else ""
    return Drawing(
        name=f"{title} ({layout})" if layout else title,
        title=title,
        crumbs=said(sketch.crumbs),
        menu=[Text(said(each), on=each == sketch.menu_on) for each in sketch.menu],
        tabs=[Text(said(each), on=each == sketch.tab_on) for each in sketch.tabs],
        bar=[_marked(Text(said(each.label)), each) for each in sketch.bar],
        lines=lines,
        says=said(sketch.says) + listed,
    )


def _unsure(guide: Product | Provider, sketch: Sketch) -> bool:
    told = statements.told_of(guide, sketch)
    return told is not None and told.unsure


def _sure(setup: Setup) -> dict[str, str]:
    """What sketches are filled with: an ID only where the provider has confirmed it.

    Else the ID she copied by mistake would stand at the very place where the right one is.
    """
    asked = setup.current_check("registration")
    known = asked is not None and any(
        row["code"] == "client_id_known" and row["status"] == Status.PASS.value
        for row in asked.findings
    )
    words = setup.words | {"tenant_id": setup.metadata.get("tenant", "")}
    return words if known else words | {"client_id": ""}


def _lines(setup: Setup, part: AnyPart, words: Mapping[str, str]) -> Iterator[Line]:
    kind = type(part).__struct_config__.tag
    label = Text(catalogue.fill(part.label, words))
    if isinstance(part, Value | Field):
        yield Line(kind, label, [_marked(_known(part.text, part.fake, words), part)])
    elif isinstance(part, Choice):
        yield Line(kind, label, [_option(part, name, words) for name in part.options])
    elif isinstance(part, Box):
        yield Line(kind, _marked(replace(label, on=part.on), part))
    elif isinstance(part, Switch):
        state = Text("On" if part.on else "Off", on=part.on)
        yield Line(kind, label, [_marked(state, part)])
    elif isinstance(part, Button):
        yield Line(kind, _marked(replace(label, on=part.main), part))
    elif isinstance(part, Table):
        yield _table(part, words)
    elif isinstance(part, Form):
        yield from _form_lines(setup, part)
    else:
        yield Line(kind, label)


def _marked(text: Text, part: AnyPart) -> Text:
    default = {"here": _HERE.get(type(part), ""), "not": _NOT, "": ""}[part.mark]
    return replace(text, mark=part.mark, words=part.words or default)


def _known(text: str, fake: str, words: Mapping[str, str]) -> Text:
    """`text` filled in; `fake` in its place while one of its words is not known."""
    if fake and not (text and all(words.get(name) for name in _WORD.findall(text))):
        return Text(catalogue.fill(fake, words), fake=True)
    return Text(catalogue.fill(text, words))


def _option(part: Choice, name: str, words: Mapping[str, str]) -> Text:
    text = Text(catalogue.fill(name, words), on=name == part.chosen)
    if name == part.chosen:
        return _marked(text, part)
    return replace(text, mark="not", words=_NOT) if name in part.look_alikes else text


def _table(part: Table, words: Mapping[str, str]) -> Line:
    def mark(column: str) -> Mark:
        return "here" if column == part.here else "not" if column in part.look_alikes else ""

    columns = [Text(column, mark=mark(column)) for column in part.columns]
    rows = [
        [
            Text(
                catalogue.fill(cell, words),
                fake=column in part.fakes,
                mark=mark(column),
                words={"here": part.words or _HERE[Table], "not": _NOT, "": ""}[mark(column)],
            )
            for column, cell in zip(part.columns, row, strict=True)
        ]
        for row in part.rows
    ]
    return Line("table", Text(catalogue.fill(part.label, words)), columns=columns, rows=rows)


def _form_lines(setup: Setup, part: AnyPart) -> Iterator[Line]:
    """The product's form out of its hand-over: each field with what is to be in it."""
    if not isinstance(part, Form):
        return
    shown = {each.label: each.value for each in setup.product.hand_over.fields}
    for row in handover.rows(setup):
        if row.label not in part.fields if part.fields else row.if_asked:
            continue
        if shown[row.label] == "from_product":
            yield Line("value", Text(row.label), [Text(f"shown by {setup.product.name}, to copy")])
            continue
        fixed = shown[row.label] == "text"
        text = DOTS if row.secret else row.value
        if text:
            held = Text(text, mark="here", words="enter this" if fixed else "paste here")
        else:
            held = Text("your choice" if fixed else "nothing to paste")
        yield Line("field", Text(row.label), [held])
