"""Guides and advice, read from TOML when they are needed and judged whole.

A guide that is wrong raises `GuideError` with the file and the key, so that no page is ever half
filled. Nothing here is read at import, a list reads the heads of the guides only.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from . import reading, rules, sketches
from .guides import Advice, Entry, ErrorCode, Product, Provider, SamlOnly
from .problems import Problem
from .reading import GuideError

__all__ = ["Entry", "GuideError"]

HERE = Path(__file__).parent
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_T = TypeVar("_T", Product, Provider)
_WORD = re.compile(r"\{([^{}]*)\}")
_SPOKEN = frozenset({"product", "provider"})  # filled in with words of a sentence


def read_guide(path: Path, kind: type[_T]) -> _T:
    """The guide at `path`: its shape, and whatever would break a page. Raises GuideError."""
    guide = reading.guide(path, kind)
    for problem in _broken(path, guide):
        raise GuideError(f"{path.name}: {problem}")
    return guide


def load(path: Path) -> Product | Provider:
    """A guide from anywhere, by its shape alone: what it is, its tables tell. Raises GuideError."""
    return reading.guide(path, reading.kind_of(path))


def judge(path: Path, guide: Product | Provider) -> Iterator[Problem]:
    """Everything wrong with a guide, in full: what breaks a page, and why it does not count."""
    yield from _broken(path, guide)
    yield from rules.unproved(guide)
    for code in getattr(guide, "advice", {}):
        if code not in general_advice():
            yield Problem(f"advice.{code}", "there is no finding of that code")


def paths(folder: str) -> list[Path]:
    """The files of all guides that ship, of "products" or "providers"."""
    return sorted((HERE / folder).glob("*.toml"))


def product(slug: str) -> Product:
    """The product's guide. KeyError for a slug no file has, GuideError for a wrong file."""
    return _guide(_path("products", slug), Product)


def provider(slug: str) -> Provider:
    """The identity provider's guide. KeyError for a slug no file has, GuideError otherwise."""
    return _guide(_path("providers", slug), Provider)


def products() -> list[Product]:
    """All product guides in full, most used first. A list needs `product_entries` only."""
    return [product(entry.slug) for entry in product_entries()]


def providers() -> list[Provider]:
    """All identity provider guides in full, most used first."""
    return [provider(entry.slug) for entry in provider_entries()]


def product_entries() -> list[Entry]:
    """What a list shows of every product: most used first, then by name. Raises GuideError."""
    return _entries("products")


def provider_entries() -> list[Entry]:
    """What a list shows of every identity provider, as with the products."""
    return _entries("providers")


def saml_only() -> list[SamlOnly]:
    """Products that sign in by SAML alone, by name. Raises GuideError."""
    path = HERE / "saml_only.toml"
    found = reading.saml_only(path).product
    for number, each in enumerate(found):
        for problem in rules.judge_text(f"product[{number}].sentence", each.sentence):
            raise GuideError(f"{path.name}: {problem}")
    return sorted(found, key=lambda each: each.name.casefold())


@lru_cache(maxsize=1)
def general_advice() -> Mapping[str, Advice]:
    """What every code means where no identity provider's guide says it better."""
    found: dict[str, Advice] = {}
    for path in sorted((HERE / "advice").glob("*.toml")):
        for code, advice in reading.convert(path, reading.toml(path), dict[str, Advice]).items():
            if code in found:
                raise GuideError(f"{path.name}: {code} stands in another advice file too")
            if not advice.title:
                raise GuideError(f"{path.name}: {code} has no title")
            if advice.sketches:
                raise GuideError(f"{path.name}: {code}: a sketch is in a provider's guide")
            for text in (advice.title, advice.advice, advice.clock_agrees, advice.without_secret):
                for problem in rules.judge_text(code, text):
                    raise GuideError(f"{path.name}: {problem}")
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
        clock_agrees=own.clock_agrees or ("" if own.advice else general.clock_agrees),
        without_secret=own.without_secret or ("" if own.advice else general.without_secret),
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

    "your identity provider" begins a sentence, or the text, with a capital.
    """

    def word(match: re.Match[str]) -> str:
        given = words.get(match[1], "")
        begins = not match.start() or text[: match.start()].endswith((". ", "? "))
        if match[1] in _SPOKEN and begins:
            return given[:1].upper() + given[1:]
        return given

    return _WORD.sub(word, text)


def _guide(path: Path, kind: type[_T]) -> _T:
    """Kept while the file, and the one it is based on, are as they were."""
    based_on = reading.entry(path).base if kind is Provider else ""
    under = reading.beside(path, based_on) if based_on else None
    return _kept(path, kind, reading.stamp(path), reading.stamp(under) if under else None)


@lru_cache(maxsize=256)
def _kept(path: Path, kind: type[_T], _stamp: object, _under: object) -> _T:
    return read_guide(path, kind)


def _entries(folder: str) -> list[Entry]:
    found = []
    for path in paths(folder):
        entry = reading.entry(path)
        if entry.slug != path.stem:
            raise GuideError(f"{path.name}: slug is {entry.slug!r}, not the file's name")
        found.append(entry)
    return sorted(found, key=lambda entry: (entry.rank, entry.name.casefold()))


def _path(folder: str, slug: str) -> Path:
    path = HERE / folder / f"{slug}.toml"
    if not _SLUG.fullmatch(slug) or not path.is_file():
        raise KeyError(slug)
    return path


def _broken(path: Path, guide: Product | Provider) -> Iterator[Problem]:
    if guide.slug != path.stem:
        yield Problem("slug", f"it is {guide.slug!r}, the file's name says {path.stem!r}")
    yield from rules.broken(guide)
    for key, why in sketches.judge(guide):
        yield Problem(key, why)
    if isinstance(guide, Provider) and guide.codes_from:
        other = reading.beside(path, guide.codes_from)
        if guide.codes:
            yield Problem("codes_from", "codes and codes_from exclude each other")
        elif other is None or not reading.toml(other).get("codes"):
            yield Problem("codes_from", f"{guide.codes_from}.toml has no codes")
