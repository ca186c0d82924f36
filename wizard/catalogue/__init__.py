"""Guides and advice, read from TOML when they are needed and judged whole.

A guide that is wrong raises `GuideError` with the file and the key, so that no page is ever half
filled. Nothing here is read at import.
"""

import re
import threading
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from . import sketches
from .guides import WORDS, Advice, ErrorCode, Product, Provider

HERE = Path(__file__).parent
_T = TypeVar("_T", Product, Provider)
_WORD = re.compile(r"\{([^{}]*)\}")
_SPOKEN = frozenset({"product", "provider"})  # filled in with words of a sentence
# These speak of {tenant} and {number}, which are filled in elsewhere.
_NAMED_TWICE = frozenset({"address", "codes_page"})

# msgspec learns a type at its first use, and two threads that teach it the same one at once end the
# process with a segmentation fault.
_ONE_AT_A_TIME = threading.Lock()


class GuideError(Exception):
    """A guide or an advice file that cannot be used; the message names the file and the key."""


def read_guide(path: Path, kind: type[_T]) -> _T:
    """The guide at `path`, judged whole: its shape, its placeholders, its slug, its names."""
    guide = _convert(path, _toml(path), kind)
    if guide.slug != path.stem:
        raise GuideError(f"{path.name}: slug is {guide.slug!r}, the file's name says {path.stem!r}")
    for key, text in _texts(msgspec.structs.asdict(guide)):
        if key.split(".")[0] not in _NAMED_TWICE:
            _judge_text(path, key, text)
    for key, why in sketches.judge(guide):
        raise GuideError(f"{path.name}: {key}: {why}")
    ticks = [tick.name for tick in _ticks(guide)]
    for name in ticks:
        if ticks.count(name) > 1:
            raise GuideError(f"{path.name}: two ticks are named {name!r}")
    if isinstance(guide, Provider) and guide.codes_from:
        _judge_codes_from(path, guide)
    return guide


@lru_cache(maxsize=64)
def product(slug: str) -> Product:
    """The product's guide. KeyError for a slug no file has, GuideError for a wrong file."""
    return read_guide(_path("products", slug), Product)


@lru_cache(maxsize=64)
def provider(slug: str) -> Provider:
    """The identity provider's guide. KeyError for a slug no file has, GuideError otherwise."""
    return read_guide(_path("providers", slug), Provider)


def products() -> list[Product]:
    """All product guides, most used first."""
    return sorted(map(product, _slugs("products")), key=lambda guide: (guide.rank, guide.name))


def providers() -> list[Provider]:
    """All identity provider guides, most used first."""
    return sorted(map(provider, _slugs("providers")), key=lambda guide: (guide.rank, guide.name))


@lru_cache(maxsize=1)
def general_advice() -> Mapping[str, Advice]:
    """What every code means where no identity provider's guide says it better."""
    found: dict[str, Advice] = {}
    for path in sorted((HERE / "advice").glob("*.toml")):
        for code, advice in _convert(path, _toml(path), dict[str, Advice]).items():
            if code in found:
                raise GuideError(f"{path.name}: {code} stands in another advice file too")
            if not advice.title:
                raise GuideError(f"{path.name}: {code} has no title")
            if advice.sketches:
                raise GuideError(f"{path.name}: {code}: a sketch is in a provider's guide")
            for text in (advice.title, advice.advice):
                _judge_text(path, code, text)
            found[code] = advice
    return found


def advice_for(code: str, guide: Provider) -> Advice:
    """The advice on `code`: the provider guide's words first, the general ones behind them."""
    general = general_advice().get(code, Advice(title=code))
    own = guide.advice.get(code)
    if own is None:
        return general
    return Advice(
        title=own.title or general.title,
        advice=own.advice or general.advice,
        step=own.step or general.step,
        sketches=own.sketches,
    )


def error_codes(guide: Provider) -> Mapping[str, ErrorCode]:
    """What the numbers on the provider's own error pages mean: its codes, or those it shares."""
    return _keeper(guide).codes


def error_page(guide: Provider, number: int) -> str:
    """The address where the provider itself explains `number`; "" when it has none."""
    return _keeper(guide).codes_page.replace("{number}", str(number))


def _keeper(guide: Provider) -> Provider:
    return provider(guide.codes_from) if guide.codes_from else guide


def fill(text: str, words: Mapping[str, str]) -> str:
    """`text` with its placeholders filled in; a word nobody gave stays empty.

    "your identity provider" begins a sentence with a capital.
    """

    def word(match: re.Match[str]) -> str:
        given = words.get(match[1], "")
        if match[1] in _SPOKEN and text[: match.start()].endswith((". ", "? ")):
            return given[:1].upper() + given[1:]
        return given

    return _WORD.sub(word, text)


def _path(folder: str, slug: str) -> Path:
    if slug not in _slugs(folder):
        raise KeyError(slug)
    return HERE / folder / f"{slug}.toml"


@lru_cache(maxsize=4)
def _slugs(folder: str) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in (HERE / folder).glob("*.toml")))


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise GuideError(f"{path.name}: {error}") from error


def _convert(path: Path, data: dict[str, Any], kind: type) -> Any:
    try:
        with _ONE_AT_A_TIME:
            return msgspec.convert(data, kind, strict=True)
    except msgspec.ValidationError as error:
        raise GuideError(f"{path.name}: {error}") from error


def _judge_text(path: Path, key: str, text: str) -> None:
    for word in _WORD.findall(text):
        if word not in WORDS:
            raise GuideError(f"{path.name}: {key}: nobody fills in {{{word}}}")
    if text.count("**") % 2:
        raise GuideError(f"{path.name}: {key}: a ** is not closed")
    if "<" in text and re.search(r"<[a-z/!]", text):
        raise GuideError(f"{path.name}: {key}: no HTML in a guide")


def _judge_codes_from(path: Path, guide: Provider) -> None:
    if guide.codes:
        raise GuideError(f"{path.name}: codes and codes_from exclude each other")
    other = path.with_stem(guide.codes_from)
    if other == path or not other.exists() or not _toml(other).get("codes"):
        raise GuideError(f"{path.name}: codes_from: {other.name} has no codes")


def _texts(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, msgspec.Struct):
        yield from _texts(msgspec.structs.asdict(value), key)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{key}[{number}]")


def _ticks(guide: Product | Provider) -> list:
    if isinstance(guide, Product):
        plan = guide.turn_on
        return [*plan.plan, *plan.switch, *plan.prove]
    return list(guide.clean_up)
