"""What a person would see of an HTML page: words, forms, whether it asks who you are.

Pure and forgiving: what comes in is whatever an identity provider, a proxy or a captive portal
sent. Only the first part of a page is read.
"""

import contextlib
from dataclasses import dataclass, field
from html.parser import HTMLParser

MAX_CHARACTERS = 96 * 1024
_UNSEEN = frozenset({"script", "style", "template", "noscript"})
_TYPED = frozenset({"", "text", "email", "tel", "password", "search"})


@dataclass(frozen=True, slots=True)
class Form:
    """A form: where it goes and what it holds."""

    action: str
    fields: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """The words of a page (title included), its forms, and whether anything is to be typed."""

    text: str = ""
    forms: tuple[Form, ...] = ()
    asks_password: bool = False
    asks_anything: bool = False


def read_page(body: str) -> Page:
    """`body` as a page. Never raises."""
    reader = _Reader()
    # On a declaration it cannot make sense of, such as "<![0", the library gives up with an
    # AssertionError: what was read up to there counts.
    with contextlib.suppress(AssertionError):
        reader.feed(body[:MAX_CHARACTERS])
        reader.close()
    return Page(
        text=" ".join(" ".join(reader.words).split()),
        forms=tuple(reader.forms),
        asks_password=reader.asks_password,
        asks_anything=reader.asks_anything,
    )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.forms: list[Form] = []
        self.asks_password = False
        self.asks_anything = False
        self._unseen: list[str] = []
        self._in_form = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif tag == "form":
            self.forms.append(Form(given.get("action", "")))
            self._in_form = True
        elif tag == "input":
            self._input(given)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _UNSEEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False
        elif tag in self._unseen:
            self._unseen.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(data)

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "").lower()
        if kind in _TYPED:
            self.asks_anything = True
            self.asks_password = self.asks_password or kind == "password"
        if self._in_form and self.forms and given.get("name"):
            self.forms[-1].fields[given["name"]] = given.get("value", "")
