"""What a page is written in, piece by piece: its tags, its text, its doctype."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser

Attributes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Start:
    """A start tag; a bare attribute is "". `alone` is `<tag/>`.

    `by_name` has the attributes once more, the last of two of a name.
    """

    tag: str
    attributes: Attributes
    alone: bool
    by_name: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", dict(self.attributes))


@dataclass(frozen=True, slots=True)
class End:
    tag: str


@dataclass(frozen=True, slots=True)
class Doctype:
    text: str


Piece = Start | End | Doctype | str
Pieces = list[tuple[int, Piece]]  # with the line each begins at; of text, 0


def pieces(text: str) -> Pieces:
    """The pieces of a page, text as a reader sees it."""
    found = plain_pieces(text)
    return any_pieces(text) if found is None else found


def any_pieces(text: str) -> Pieces:
    """Those of whatever text. The standard library's parser knows all of HTML, and takes longer
    over a page than the wizard takes to make it."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    return parser.found


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: Pieces = []

    def _found(self, piece: Piece) -> None:
        self.found.append((self.getpos()[0], piece))

    def handle_decl(self, decl: str) -> None:
        self._found(Doctype(decl))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._found(Start(tag, tuple((name, value or "") for name, value in attrs), alone=False))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._found(Start(tag, tuple((name, value or "") for name, value in attrs), alone=True))

    def handle_endtag(self, tag: str) -> None:
        self._found(End(tag))

    def handle_data(self, data: str) -> None:
        self.found.append((0, data))


# What leaves no doubt: a tag whose attributes are apart and whose values are closed, and text.
_NAME = r"[a-z_:@][-\w:.@]*"
_BARE = r"""[^\s"'=<>`/]+(?=[\s>]|\Z)"""
_ATTRIBUTE = re.compile(
    rf"""\s+({_NAME})(?:=(?:"([^"]*)"|'([^']*)'|({_BARE})))?""", re.ASCII | re.IGNORECASE
)
_TAG = re.compile(
    rf"""(?:([a-z][a-z0-9-]*)((?:\s+{_NAME}(?:=(?:"[^"]*"|'[^']*'|{_BARE}))?)*)\s*(/?)"""
    r"""|/([a-z][a-z0-9-]*)\s*|!(doctype\s[^<>"']*)|!--(?:(?!--).)*--)>""",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_RAW = {"script", "style"}
_READ_IN_ITS_OWN_WAY = {"xmp", "iframe", "noembed", "noframes", "plaintext"}


def plain_pieces(text: str) -> Pieces | None:
    """Those of a page in which every tag is plain; None where one is not."""
    first, *others = text.split("<")
    found: Pieces = [(0, unescape(first))] if first else []
    line = 1 + first.count("\n")
    raw = ""
    for other in others:
        known = _from_a_tag_on(other)
        if known is None:
            return None
        piece, words, lines = known
        if raw and piece != End(raw):
            return None
        raw = ""
        if piece is not None:
            found.append((line, piece))
            if type(piece) is Start and piece.tag in _RAW:
                raw = piece.tag
        if words:
            found.append((0, words))
        line += lines
    return None if raw else found


# Most tags, and the words after them, are those of another page too.
@lru_cache(maxsize=1 << 16)
def _from_a_tag_on(text: str) -> tuple[Piece | None, str, int] | None:
    """A tag without its "<", and the words up to the next: what they are, and how many lines."""
    read = _TAG.match(text)
    if read is None:
        return None
    tag, attributes, alone, closes, doctype = read.groups()
    words, lines = text[read.end() :], text.count("\n")
    if tag:
        tag = tag.lower()
        if tag in _READ_IN_ITS_OWN_WAY or (tag in _RAW and alone):
            return None
        piece = Start(tag, _read(attributes), bool(alone))
        return piece, words if tag in _RAW else unescape(words), lines
    piece = End(closes.lower()) if closes else Doctype(doctype) if doctype else None
    return piece, unescape(words), lines


def _read(attributes: str) -> Attributes:
    given = _ATTRIBUTE.findall(attributes)
    return tuple(
        (n.lower(), unescape(double or single or bare)) for n, double, single, bare in given
    )
