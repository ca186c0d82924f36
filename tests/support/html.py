"""A page as a tree, for tests that look at it without a browser. Standard library only.

Stricter than browsers are: what a browser would mend silently is kept in `Document.mended`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tests.support.tags import Attributes, Doctype, End, Pieces, Start, pieces

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
_NOT_IN_ITSELF = {"form", "a", "button", "label", "option"}


@dataclass
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
        return self.where(
            lambda e: (
                (tag is None or e.tag == tag)
                and all(e.attributes.get(name) == value for name, value in wanted.items())
            )
        )

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

    def all(self, tag: str | None = None, **attributes: str) -> list[Element]:
        if tag is None or attributes:
            return super().all(tag, **attributes)
        return list(self._by_tag.get(tag, ()))

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
    for line, piece in of:
        if isinstance(piece, str):
            grown.open[-1].children.append(piece)
        elif isinstance(piece, Start):
            grown.start(line, piece.tag, piece.attributes)
            if piece.alone and piece.tag not in _VOID:
                grown.leave()
        elif isinstance(piece, End):
            grown.end(line, piece.tag)
        elif isinstance(piece, Doctype):
            grown.document.doctype = piece.text
    grown.finish()
    return grown.document


class _Tree:
    def __init__(self) -> None:
        self.document = Document("", {}, 0)
        self.open: list[Element] = [self.document]
        self._tags = [""]  # of those that are open
        self._line = 0

    def leave(self) -> Element:
        self._tags.pop()
        return self.open.pop()

    def _mended(self, what: str) -> None:
        self.document.mended.append(f"line {self._line}: {what}")

    def start(self, line: int, tag: str, given: Attributes) -> None:
        self._line = line
        attributes = dict(given)
        if len(attributes) != len(given):
            self._mended(f"<{tag}> has an attribute twice")
        within = self._tags[-1]
        inside_itself = tag in _NOT_IN_ITSELF and tag in self._tags
        if tag in _CLOSES_P and within == "p":
            self.leave()  # and a later </p> is a stray one
        elif tag in _CLOSES_P and "p" in self._tags:
            self._mended(f"<{tag}> inside <p>")
        if tag in ("li", "dt", "dd", "option", "tr", "td", "th") and within == tag:
            self.leave()
        if inside_itself:
            self._mended(f"<{tag}> inside <{tag}>")
        element = Element(tag, attributes, line, self.open[-1])
        self.open[-1].children.append(element)
        self.document.elements.append(element)
        if tag not in _VOID:
            self.open.append(element)
            self._tags.append(tag)

    def end(self, line: int, tag: str) -> None:
        self._line = line
        if tag in _VOID or tag not in self._tags:
            self._mended(f"stray </{tag}>")
            return
        while self._tags[-1] != tag:
            left = self.leave()
            if left.tag not in _OPTIONAL_END:
                self._mended(f"<{left.tag}> of line {left.line} is not closed before </{tag}>")
        self.leave()

    def finish(self) -> None:
        for left in self.open[1:]:
            if left.tag not in _OPTIONAL_END:
                self._mended(f"<{left.tag}> of line {left.line} is never closed")
