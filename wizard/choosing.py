"""Choosing a product and an identity provider: the lists, what a search leaves of them. Pure.

Nothing is taken out of a list: what a search does not find is hidden, so that script can show it
again without asking. What is chosen, and the guides for everything else, are never hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from wizard.catalogue import search
from wizard.catalogue.guides import Entry, SamlOnly

MOST_USED = 4  # so many stand on top, with a sentence each; the rest are names to look through
LONGEST_QUERY = search.LONGEST


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a list. `names` is what script searches in."""

    entry: Entry
    names: str
    found: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Choices that stand together; `plain` ones have their name only."""

    title: str
    choices: Sequence[Choice]
    plain: bool = False

    @property
    def hidden(self) -> bool:
        return all(choice.hidden for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Other:
    """A product that signs in by SAML alone."""

    product: SamlOnly
    names: str
    found: bool


@dataclass(frozen=True, slots=True)
class Words:
    """How the number of what was found is told. Script says the same."""

    one: str
    many: str
    none: str


PRODUCTS = Words(
    "product found",
    "products found",
    "Nothing found by this name. “Another product” is for any that takes OpenID Connect.",
)
PROVIDERS = Words(
    "identity provider found",
    "identity providers found",
    "Nothing found by this name. “Another OpenID Provider” is for any other.",
)
SAML_FOUND = "It signs in by SAML only: see below."


@dataclass(frozen=True, slots=True)
class Lists:
    """One list to choose from, as a search leaves it."""

    query: str
    groups: Sequence[Group]
    others: Sequence[Other]
    words: Words

    @property
    def told(self) -> str:
        """What the search found, in a sentence; nothing where nobody searched."""
        if not self.query.strip():
            return ""
        number = sum(choice.found for group in self.groups for choice in group.choices)
        if number:
            return f"{number} {self.words.one if number == 1 else self.words.many}"
        return SAML_FOUND if any(other.found for other in self.others) else self.words.none


def lists(
    entries: Sequence[Entry],
    query: str,
    chosen: str,
    words: Words,
    others: Sequence[SamlOnly] = (),
) -> Lists:
    """The entries (most used first) in groups, by what `query` finds."""
    query = query[:LONGEST_QUERY]

    own = [entry for entry in entries if not entry.general]
    rest = sorted(own[MOST_USED:], key=lambda entry: entry.name.casefold())

    def group(title: str, some: Sequence[Entry], plain: bool = False) -> Group:
        return Group(title, [_choice(entry, query, chosen) for entry in some], plain)

    groups = (
        group("Most used", own[:MOST_USED]),
        group("By name", rest, plain=True),
        group("If yours is not here", [entry for entry in entries if entry.general]),
    )
    return Lists(
        query,
        [each for each in groups if each.choices],
        [_other(each, query) for each in others],
        words,
    )


def _choice(entry: Entry, query: str, chosen: str) -> Choice:
    names = search.names(entry.name, entry.aliases, entry.slug)
    found = search.matches(query, names)
    return Choice(entry, names, found, not (found or entry.general or entry.slug == chosen))


def _other(product: SamlOnly, query: str) -> Other:
    names = search.names(product.name, product.aliases)
    return Other(product, names, search.matches(query, names))
