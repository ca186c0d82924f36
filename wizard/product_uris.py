"""A product's redirect URIs, made from its address and the names in it; and the way back. Pure.

Only a pattern of the product's guide is filled in; nothing is guessed. The first redirect URI that
is neither native nor needed only at times is the product's own, the one everything else speaks of.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wizard.catalogue.guides import Product, RedirectUri

ADDRESS = "product_address"  # what its field is called, in the page and among the answers
_BRACES = re.compile(r"\{([a-z][a-z0-9_]*)\}")
Parts = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Uri:
    """One redirect URI of the product: the address, what it is for, and how it is registered.

    `asked` says that the identity provider can be asked about it: it is for a web application, and
    the product needs it wherever it is used.
    """

    uri: str
    what: str
    native: bool = False
    if_used: bool = False

    @property
    def asked(self) -> bool:
        return not (self.native or self.if_used)


def is_made(product: Product) -> bool:
    """Whether this product's redirect URI is made from less than the whole of it."""
    return bool(product.redirect_uris)


def takes_address(product: Product) -> bool:
    """Whether its address is asked for: it differs from customer to customer."""
    return any("{base}" in each.pattern for each in product.redirect_uris) and (
        product.address is None or product.address.base
    )


def part_names(product: Product) -> tuple[str, ...]:
    """The names in its redirect URI that she chooses herself, in the guide's order."""
    return tuple(part.name for part in product.address.parts) if product.address else ()


def is_in_host(product: Product, name: str) -> bool:
    """Whether a part belongs to the host of a redirect URI, where one slip leads elsewhere."""
    hosts = (each.pattern.partition("://")[2].partition("/")[0] for each in product.redirect_uris)
    return any(f"{{{name}}}" in host for host in hosts)


def part_field(name: str) -> str:
    """What the field of a part is called, in the page and among the answers."""
    return f"part_{name}"


def defaults(product: Product) -> dict[str, str]:
    """What each part is unless she says otherwise."""
    return {p.name: p.default for p in product.address.parts} if product.address else {}


def make(product: Product, address: str, parts: Parts = ()) -> list[Uri]:
    """Every redirect URI of the product, in the guide's order; those that lack a value left out."""
    words = _words(product, address, parts)
    return [made for each in product.redirect_uris if (made := _filled(each, words))]


def own(product: Product, address: str, parts: Parts = ()) -> str:
    """The redirect URI that the product cannot do without; "" while a value for it is missing."""
    first = _first(product)
    made = _filled(first, _words(product, address, parts)) if first else None
    return made.uri if made else ""


def others(product: Product, redirect_uri: str, address: str, parts: Parts = ()) -> list[Uri]:
    """The product's redirect URIs beside `redirect_uri`, which may be another than the made one."""
    made = make(product, address, parts)
    instead_of = redirect_uri
    if redirect_uri not in (each.uri for each in made):
        instead_of = own(product, address, parts)
    return [each for each in made if each.uri != instead_of]


def what_of(product: Product) -> str:
    """What the product's own redirect URI is for, where the guide tells several apart."""
    first = _first(product)
    return first.what if first and len(product.redirect_uris) > 1 else ""


def derive(product: Product, redirect_uri: str) -> dict[str, str] | None:
    """The address and the parts that a whole redirect URI was made from, by their field names.

    None where it follows none of the product's patterns. A slash at the end that the pattern has
    not makes another address to most identity providers, so it is one that does not follow.
    """
    for each in _in_order(product):
        found = _pattern(each).fullmatch(redirect_uri)
        if found:
            named = found.groupdict()
            base = named.pop("base", "")
            given = {part_field(name): value for name, value in named.items()}
            return {**({ADDRESS: base} if base else {}), **given}
    return None


def expected(product: Product, address: str = "", parts: Parts = ()) -> str:
    """What the redirect URI should look like: made, or its pattern with words for what is open."""
    made = own(product, address, parts)
    first = _first(product)
    if made or first is None:
        return made
    return first.pattern.replace("{base}", "https://host")


def first_segments(product: Product) -> frozenset[str]:
    """The beginnings of the product's own pages: those its guide names, and what follows {base}."""
    named = product.address.pages if product.address else []
    tails = (each.pattern.partition("{base}/")[2] for each in product.redirect_uris)
    firsts = (tail.partition("/")[0] for tail in tails)
    return frozenset(named).union(first for first in firsts if first and "{" not in first)


def _first(product: Product) -> RedirectUri | None:
    return next(iter(_in_order(product)), None)


def _in_order(product: Product) -> Iterator[RedirectUri]:
    web = [each for each in product.redirect_uris if each.platform == "web"]
    yield from (each for each in web if not each.if_used)
    yield from (each for each in web if each.if_used)
    yield from (each for each in product.redirect_uris if each.platform != "web")


def _words(product: Product, address: str, parts: Parts) -> dict[str, str]:
    given = {name: value for name, value in parts if value}
    words = {name: value for name, value in (defaults(product) | given).items() if value}
    return {**words, "base": address.rstrip("/")} if address else words


def _filled(each: RedirectUri, words: Mapping[str, str]) -> Uri | None:
    if not set(_BRACES.findall(each.pattern)) <= set(words):
        return None
    uri = _BRACES.sub(lambda match: words[match[1]], each.pattern)
    return Uri(uri, each.what, each.platform == "native", each.if_used)


def _pattern(each: RedirectUri) -> re.Pattern[str]:
    """What the pattern's redirect URIs look like; a name that is there twice is the same twice."""
    seen: set[str] = set()
    text = ""
    for position, piece in enumerate(_BRACES.split(each.pattern)):
        if position % 2 == 0:
            text += re.escape(piece)
        elif piece in seen:
            text += f"(?P={piece})"
        else:
            seen.add(piece)
            inside = r"https?://[^\s?#]*[^\s?#/]" if piece == "base" else r"[^\s/?#]+"
            text += f"(?P<{piece}>{inside})"
    return re.compile(text)
