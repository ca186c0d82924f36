"""One answer at the authorization endpoint, made comparable: is it the same answer as another?

The same answer means opposite things at different providers, so a verdict is only ever drawn from
the difference between an answer and the answer to a value that must be wrong.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urljoin, urlsplit

from wizard.fetch import FetchError
from wizard.oidc.plain import plain
from wizard.oidc.strict_json import StrictJsonError, parse_object
from wizard.probes import dialect
from wizard.probes.asking import Outcome, why_unavailable
from wizard.probes.page import Page, read_page

_WORD = re.compile(r"[\w~+/=%-]+")
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]{0,19}://\S+")
_LONG = 20
_ERROR_WORDS = re.compile(
    r"\b(error|invalid|unknown|unregistered|not (found|registered|valid|allowed|recogni[sz]ed)"
    r"|mismatch|does not match|denied|refused|unauthori[sz]ed|bad request|something went wrong"
    r"|fehler|ungültig|erreur|errore|inconnu)"
)
_SIGN_IN_WORDS = re.compile(
    r"\b(sign[ -]?in|log[ -]?in|password|passwort|anmelden|connexion|username|user name)\b"
)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to an authorization request.

    `back`: it goes to the redirect URI that was sent (`by_form`: as a form, not by redirect), with
    `error` and `description` when it says so. Otherwise `place` is where it redirects, `shape`
    its words less what echoes the request, `shown` its words. `unavailable` says why it is no
    answer at all.
    """

    status: int = 0
    back: bool = False
    by_form: bool = False
    error: str = ""
    description: str = ""
    place: str = ""
    shape: str = field(default="", repr=False)
    shown: str = field(default="", repr=False)
    asks_anything: bool = False
    numbers: tuple[int, ...] = ()
    unavailable: str = ""
    took_ms: int | None = None

    @property
    def is_error_page(self) -> bool:
        """A page that refuses: by its status, or by its words when it asks nothing."""
        if self.back or self.unavailable or self.place:
            return False
        if self.status >= 400 or self.numbers:
            return True
        words = self.shown[:600].casefold()
        return bool(
            not self.asks_anything
            and _ERROR_WORDS.search(words)
            and not _SIGN_IN_WORDS.search(words)
        )

    @property
    def outcome(self) -> str:
        """The answer in a few words, for the evidence."""
        if self.unavailable:
            return self.unavailable
        if self.back:
            way = "a form that posts to the redirect URI" if self.by_form else "redirect URI"
            said = f", error={self.error}" if self.error else ""
            return (
                f"{self.status} to the {way}{said}"
                if not self.by_form
                else f"{self.status}, {way}{said}"
            )
        if self.place:
            return f"{self.status} to {self.place}"
        words = f": {plain(self.shown, 160)}" if self.shown else ""
        return f"{self.status}, {'an error page' if self.is_error_page else 'a page'}{words}"


def read_reply(outcome: Outcome, redirect_uri: str, echoed: Iterable[str]) -> Reply:
    """`outcome` of an authorization request that sent `redirect_uri`.

    `echoed` are the values of all requests of the run that an answer may repeat.
    """
    unavailable = why_unavailable(outcome)
    if isinstance(outcome, FetchError):
        return Reply(unavailable=unavailable)
    body = outcome.body.decode("utf-8", "replace")
    location = outcome.headers.get("Location", "") if 300 <= outcome.status < 400 else ""
    facts: dict[str, Any] = {"status": outcome.status, "took_ms": outcome.took_ms}
    if location:
        return _read_redirect(_joined(outcome.url, location), redirect_uri, facts, unavailable)
    page = read_page(body)
    for form in page.forms:
        if form.action and same_place(_joined(outcome.url, form.action), redirect_uri):
            return _back(form.fields, {**facts, "by_form": True}, "")
    numbers = dialect.numbers_in(body)
    if dialect.TRANSIENT.intersection(numbers):
        unavailable = unavailable or f"AADSTS{numbers[0]}, passing trouble at the provider"
    shown = _words_of(body, page)
    return Reply(
        **facts,
        shape=shape_of(shown, echoed),
        shown=plain(shown, 600),
        asks_anything=page.asks_anything,
        numbers=numbers,
        unavailable=unavailable,
    )


def same(one: Reply, other: Reply) -> bool:
    """Whether two answers are the same but for what echoes the request.

    AADSTS numbers decide where there are any: everything else about such answers varies.
    """
    if one.numbers or other.numbers:
        return one.numbers[:1] == other.numbers[:1]
    return (one.status, one.back, one.error, one.place, one.shape) == (
        other.status,
        other.back,
        other.error,
        other.place,
        other.shape,
    )


def same_place(address: str, redirect_uri: str) -> bool:
    """Whether `address` less query and fragment is `redirect_uri`.

    A URI registered without a path may come back with "/" (Microsoft: Redirect URI restrictions).
    """
    return _bare(address) == _bare(redirect_uri)


def shape_of(text: str, echoed: Iterable[str]) -> str:
    """The words of `text` less echoed values, addresses, numbers and long random strings."""
    text = text.casefold()
    for value in sorted({form for each in echoed for form in _forms(each)}, key=len, reverse=True):
        if value in text:  # most are not, and each is a pattern of its own
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", " ", text)
    text = _ADDRESS.sub(" ", text)
    words = (match[0] for match in _WORD.finditer(text))
    return " ".join(word for word in words if not _is_random(word))


def _is_random(word: str) -> bool:
    """Whether `word` looks made by a machine: it has a digit, or is long and no compound."""
    if any(map(str.isdigit, word)):
        return True
    parts = re.split(r"[_=/-]", word)
    return len(word) >= _LONG and not (len(parts) > 1 and all(len(p) < _LONG for p in parts))


def _forms(value: str) -> set[str]:
    value = value.casefold()
    return {value, quote(value, safe="").casefold(), quote_plus(value).casefold()} - {""}


def _read_redirect(
    target: str, redirect_uri: str, facts: dict[str, Any], unavailable: str
) -> Reply:
    try:
        parts = urlsplit(target)
        given = dict(parse_qsl(parts.query, max_num_fields=100))
        given |= dict(parse_qsl(parts.fragment, max_num_fields=100))
    except ValueError:
        return Reply(**facts, place="an address that cannot be read", unavailable=unavailable)
    if same_place(target, redirect_uri):
        return _back(given, facts, unavailable)
    path = "/".join(
        "*" if not shape_of(part, ()) and part else part for part in parts.path.split("/")
    )
    return Reply(
        **facts,
        place=plain(f"{parts.netloc.rpartition('@')[2]}{path}", 120),
        numbers=dialect.numbers_in(" ".join(given.values())),
        unavailable=unavailable,
    )


def _back(given: dict[str, str], facts: dict[str, Any], unavailable: str) -> Reply:
    description = given.get("error_description", "")
    return Reply(
        **facts,
        back=True,
        error=plain(given.get("error", ""), 60),
        description=plain(description),
        numbers=dialect.numbers_in(description),
        unavailable=unavailable,
    )


def _bare(address: str) -> str:
    bare = re.split(r"[?#]", address, maxsplit=1)[0]
    return bare + "/" if re.fullmatch(r"[a-z]+://[^/]*", bare) else bare


def _joined(base: str, target: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError:
        return target


def _words_of(body: str, page: Page) -> str:
    try:
        return " ".join(_leaves(parse_object(body)))
    except StrictJsonError:
        return page.text


def _leaves(value: object) -> list[str]:
    """Names and values of a JSON object as words."""
    if isinstance(value, dict):
        return [word for name, inner in value.items() for word in (name, *_leaves(inner))]
    if isinstance(value, list):
        return [word for inner in value for word in _leaves(inner)]
    return [str(value)] if isinstance(value, str) else []
