"""Finding a product or an identity provider by what people call it. Pure.

`static/js/find.js` decides the same in the browser, from the same words.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

LONGEST = 80  # characters of a query that are looked at


def words(*texts: str) -> list[str]:
    """The words of the texts: small letters and digits, no accents. "Azure AD" is azure, ad."""
    plain = unicodedata.normalize("NFKD", " ".join(texts).casefold())
    return re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))


def names(name: str, aliases: Iterable[str], slug: str = "") -> str:
    """Everything it may be found by, a name after the other: "|azure ad|aad|"."""
    return _names(name, *aliases, slug)


@lru_cache(maxsize=512)  # guides' names are the same for every page
def _names(*texts: str) -> str:
    found = [" ".join(words(each)) for each in texts]
    return "|".join(["", *dict.fromkeys(found), ""])


def matches(query: str, found_by: str) -> bool:
    """Whether `query` finds what has these `names`. An empty query finds everything.

    Every word of it begins a word of a name; or, written as one, it begins a name: "azuread".
    """
    asked = words(query[:LONGEST])
    if not asked:
        return True
    there = re.findall(r"[a-z0-9]+", found_by)
    if all(any(word.startswith(each) for word in there) for each in asked):
        return True
    return "|" + "".join(asked) in found_by.replace(" ", "")
