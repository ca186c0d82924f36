"""What the guides of a setup are not certain of, so that its pages say so. Pure.

A guide for products or providers in general is uncertain as such, and says that in its own words.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from wizard.catalogue import statements
from wizard.catalogue.guides import Product, Source
from wizard.catalogue.statements import Told
from wizard.setups import Setup

_REQUEST = "What {product} asks {provider} for: the response type, the scopes and PKCE"
_SURE = {"D": "documented", "T": "seen in public", "U": "not certain"}


@dataclass(frozen=True, slots=True)
class Uncertain:
    """One thing that is not certain, and where the little that is known comes from."""

    what: str
    source: Source | None


def unsure(setup: Setup, thing: object, but: object = None) -> Told | None:
    """What is told of `thing`, a table of one of the setup's guides, where that is not certain.

    None where it is, and where `but` (the table around it, which the page has said it of) is not.
    """
    if but is not None and unsure(setup, but):
        return None
    for guide in (setup.product, setup.provider):
        told = None if guide.general else statements.told_of(guide, thing)
        if told:
            return told if told.unsure else None
    return None


def uncertainties(setup: Setup) -> list[Uncertain]:
    """What the setup's guides call uncertain, the product's first."""
    return [*_of_protocol(setup), *_of_sources(setup)]


def sources(setup: Setup) -> list[tuple[Source, str]]:
    """Every source of the setup's guides with how sure it is, in words."""
    guides = [guide for guide in (setup.product, setup.provider) if not guide.general]
    return [(source, _SURE[source.certainty]) for guide in guides for source in guide.sources]


def _of_protocol(setup: Setup) -> Iterator[Uncertain]:
    told = unsure(setup, setup.product.protocol)
    if told and not (told.source and told.source.certainty == "U"):
        what = _REQUEST.format(product=setup.product.name, provider=setup.provider.short)
        yield Uncertain(what, told.source)


def _of_sources(setup: Setup) -> Iterator[Uncertain]:
    for guide in (setup.product, setup.provider):
        for source in statements.unsure_sources(guide) if not guide.general else ():
            about = "" if isinstance(guide, Product) else f"{guide.name}: "
            yield Uncertain(about + source.what, source)
