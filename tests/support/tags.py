"""What a page is written in, piece by piece: its tags, its text, its doctype."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser

Attributes = Sequence[tuple[str, str]]


@dataclass(slots=True)
class Start:
    """A start tag; a bare attribute is "". `alone` is `<tag/>`."""

    line: int
    tag: str
    attributes: Attributes
    alone: bool


@dataclass(slots=True)
class End:
    line: int
    tag: str


@dataclass(slots=True)
class Doctype:
    text: str


Piece = Start | End | Doctype | str


def pieces(text: str) -> list[Piece]:
    """The pieces of a page, text as a reader sees it."""
    found = plain_pieces(text)
    return any_pieces(text) if found is None else found


def any_pieces(text: str) -> list[Piece]:
    """Those of whatever text. The standard library's parser knows all of HTML, and takes longer
    over a page than the wizard takes to make it."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    return parser.found


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Piece] = []

    def handle_decl(self, decl: str) -> None:
        self.found.append(Doctype(decl))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, attrs, alone=False)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, attrs, alone=True)

    def _start(self, tag: str, attrs: list[tuple[str, str | None]], *, alone: bool) -> None:
        given = [(name, value or "") for name, value in attrs]
        self.found.append(Start(self.getpos()[0], tag, given, alone))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(End(self.getpos()[0], tag))

    def handle_data(self, data: str) -> None:
        self.found.append(data)


# What leaves no doubt: text, and tags whose attributes are apart and whose values are closed.
_NAME = r"[a-z_:@][-\w:.@]*"
_BARE = r"""[^\s"'=<>`/]+(?=[\s>]|\Z)"""
_ATTRIBUTE = re.compile(
    rf"""\s+({_NAME})(?:=(?:"([^"]*)"|'([^']*)'|({_BARE})))?""", re.ASCII | re.IGNORECASE
)
_PIECE = re.compile(
    rf"""([^<]+)"""
    rf"""|<([a-z][a-z0-9-]*)((?:\s+{_NAME}(?:=(?:"[^"]*"|'[^']*'|{_BARE}))?)*)\s*(/?)>"""
    r"""|</([a-z][a-z0-9-]*)\s*>|<!(doctype\s[^<>"']*)>|<!--(?:(?!--).)*-->""",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_RAW = {"script", "style"}
_READ_IN_ITS_OWN_WAY = {"xmp", "iframe", "noembed", "noframes", "plaintext"}


def plain_pieces(text: str) -> list[Piece] | None:
    """Those of a page in which every tag is plain; None where one is not."""
    found: list[Piece] = []
    at, line = 0, 1
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None:
            return None
        words, tag, attributes, alone, closes, doctype = piece.groups()
        if words:
            found.append(unescape(words))
        elif tag:
            tag = tag.lower()
            if tag in _READ_IN_ITS_OWN_WAY or (tag in _RAW and alone):
                return None
            found.append(Start(line, tag, _read(attributes), bool(alone)))
        elif closes:
            found.append(End(line, closes.lower()))
        elif doctype:
            found.append(Doctype(doctype))
        end = piece.end()
        if tag in _RAW:
            until = text.find("</", end)
            closed = _PIECE.match(text, until) if until >= 0 else None
            if closed is None or (closed[5] or "").lower() != tag:
                return None
            if until > end:
                found.append(text[end:until])
            end = until
        line += text.count("\n", at, end)
        at = end
    return found


def _read(attributes: str) -> Attributes:
    given = _ATTRIBUTE.findall(attributes) if attributes else ()
    return [
        (name.lower(), unescape(double or single or bare)) for name, double, single, bare in given
    ]
