"""A page as a tree, for tests that look at it without a browser. Standard library only.

Stricter than browsers are: what a browser would mend silently is kept in `Document.mended`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tests.support.tags import End, Pieces, Start, pieces

_VOID = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"),
    *("source", "track", "wbr"),
}
# Elements whose end tag may be left out.
_OPTIONAL_END = {
    *("p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot"),
    *("option", "optgroup", "colgroup"),
}
_CLOSES_P = {
    *("address", "article", "aside", "blockquote", "details", "div", "dl", "fieldset"),
    *("figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main"),
    *("nav", "ol", "p", "pre", "section", "table", "ul"),
}
_CLOSES_THE_LAST = {"li", "dt", "dd", "option", "tr", "td", "th"}
_NOT_IN_ITSELF = {"form", "a", "button", "label", "option"}
_MATTERS_WHERE = _CLOSES_P | _CLOSES_THE_LAST | _NOT_IN_ITSELF


@dataclass(slots=True)
class Element:
    """One element: its tag, attributes (a bare one is ""), and children (elements and text)."""

    tag: str
    attributes: dict[str, str]
    line: int
    parent: "Element | None" = field(default=None, repr=False)
    children: "list[Element | str]" = field(default_factory=list, repr=False)

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    @property
    def text(self) -> str:
        """All text inside, with spaces as a reader sees them."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in ("script", "style", "template"):
                yield from child._texts()
                if child.tag not in _INLINE:
                    yield " "

    def walk(self) -> "Iterator[Element]":
        """Every element inside, in the order of the page."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def all(self, tag: str | None = None, **attributes: str) -> "list[Element]":
        """Elements by tag and attributes: `all("input", name="client_id")`.

        Underscores stand for hyphens: `data_code="x"`.
        """
        wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
        return [
            e
            for e in self._with(tag)
            if all(e.attributes.get(name) == value for name, value in wanted.items())
        ]

    def _with(self, tag: str | None) -> "Iterable[Element]":
        return (e for e in self.walk() if tag is None or e.tag == tag)

    def where(self, holds: "Callable[[Element], bool]") -> "list[Element]":
        return [element for element in self.walk() if holds(element)]

    def one(self, tag: str | None = None, **attributes: str) -> "Element":
        """The only such element."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} elements {tag or ''} {attributes}, expected one"
        return found[0]

    def inside(self, tag: str) -> "Element | None":
        """The nearest element around it with this tag."""
        around = self.parent
        while around is not None and around.tag != tag:
            around = around.parent
        return around


_INLINE = {
    *("a", "abbr", "b", "bdi", "cite", "code", "data", "em", "i", "kbd", "mark", "q", "s"),
    *("samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr"),
}


@dataclass
class Document(Element):
    """The whole page."""

    doctype: str = ""
    mended: list[str] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list, repr=False)

    def walk(self) -> Iterator[Element]:
        return iter(self.elements)

    def _with(self, tag: str | None) -> Iterable[Element]:
        return self.elements if tag is None else self._by_tag.get(tag, ())

    @cached_property
    def _by_tag(self) -> dict[str, list[Element]]:
        found: dict[str, list[Element]] = {}
        for element in self.elements:
            found.setdefault(element.tag, []).append(element)
        return found


def parse(text: str) -> Document:
    """The page as a tree."""
    return tree(pieces(text))


def tree(of: Pieces) -> Document:
    """The tree that these pieces make."""
    grown = _Tree()
    tags, within, elements = grown.tags, grown.open, grown.document.elements
    for line, piece in of:
        kind = type(piece)
        if kind is str:
            within[-1].children.append(piece)
        elif kind is Start:
            tag = piece.tag
            if tag in _MATTERS_WHERE or len(piece.by_name) != len(piece.attributes):
                grown.before(line, piece)
            parent = within[-1]
            element = Element(tag, piece.by_name.copy(), line, parent)
            parent.children.append(element)
            elements.append(element)
            if tag not in _VOID and not piece.alone:
                within.append(element)
                tags.append(tag)
        elif kind is End:
            if piece.tag == tags[-1]:
                tags.pop()
                within.pop()
            else:
                grown.end(line, piece.tag)
        else:
            grown.document.doctype = piece.text
    grown.finish()
    return grown.document


class _Tree:
    """What is open, and what is done about a tag that does not simply open or close an element."""

    def __init__(self) -> None:
        self.document = Document("", {}, 0)
        self.open: list[Element] = [self.document]
        self.tags = [""]  # of those that are open

    def _leave(self) -> Element:
        self.tags.pop()
        return self.open.pop()

    def _mended(self, line: int, what: str) -> None:
        self.document.mended.append(f"line {line}: {what}")

    def before(self, line: int, start: Start) -> None:
        tag, within = start.tag, self.tags[-1]
        if len(start.by_name) != len(start.attributes):
            self._mended(line, f"<{tag}> has an attribute twice")
        inside_itself = tag in _NOT_IN_ITSELF and tag in self.tags
        if tag in _CLOSES_P and within == "p":
            self._leave()  # and a later </p> is a stray one
        elif tag in _CLOSES_P and "p" in self.tags:
            self._mended(line, f"<{tag}> inside <p>")
        if tag in _CLOSES_THE_LAST and within == tag:
            self._leave()
        if inside_itself:
            self._mended(line, f"<{tag}> inside <{tag}>")

    def end(self, line: int, tag: str) -> None:
        if tag in _VOID or tag not in self.tags:
            self._mended(line, f"stray </{tag}>")
            return
        while self.tags[-1] != tag:
            left = self._leave()
            if left.tag not in _OPTIONAL_END:
                what = f"<{left.tag}> of line {left.line} is not closed before </{tag}>"
                self._mended(line, what)
        self._leave()

    def finish(self) -> None:
        for left in self.open[1:]:
            if left.tag not in _OPTIONAL_END:
                self._mended(left.line, f"<{left.tag}> of line {left.line} is never closed")
