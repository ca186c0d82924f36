"""Links that open the very page at the identity provider: filled with the portal and its IDs.

Pure. What is not known yet falls away (a tenant), or another page is opened (a list, for one app).
"""

import re
from collections.abc import Mapping
from urllib.parse import quote

from wizard import catalogue
from wizard.catalogue.guides import Link, Page, Provider

_WORD = re.compile(r"\{([^{}]*)\}")
_ON_SCREEN = re.compile(r"\*\*(.+?)\*\*")
_ADDRESSES = frozenset(
    {"portal", "practice_url"}
)  # addresses themselves, nothing to escape in them
_TENANT = "/{tenant_id}"


def url_of(link: Link | Page, words: Mapping[str, str]) -> str:
    """The address of `link`. `words` are what a guide's placeholders are filled with.

    A tenant in the path chooses the directory; without one the portal opens the directory that she
    is signed in to. Another word that is missing leads to the fallback, or stays empty.
    """
    url = link.url
    if not words.get("tenant_id"):
        url = url.replace(_TENANT, "")
    if link.fallback and not all(words.get(word) for word in _WORD.findall(url)):
        url = link.fallback if words.get("tenant_id") else link.fallback.replace(_TENANT, "")
    return catalogue.fill(url, {name: _safe(name, text) for name, text in words.items()})


def page_in(text: str, provider: Provider, words: Mapping[str, str]) -> Link | None:
    """The first page of the portal that `text` names, ready to open; None when it names none.

    `text` is a guide's sentence, in which `**Users and groups**` and `**Entra ID › Enterprise
    apps**` are names on a screen. The last page of such a way is the one to open. A link that is
    not certain says so.
    """
    pages = {page.name.lower(): page for page in provider.pages}
    for way in _ON_SCREEN.findall(text):
        for name in reversed(way.split(" › ")):
            page = pages.get(name.lower())
            if page:
                title = f"Open {page.name} in {provider.short}"
                if page.certainty == "U":
                    title += " (it may open another page)"
                return Link(words=title, url=url_of(page, words))
    return None


def _safe(name: str, text: str) -> str:
    return text if name in _ADDRESSES else quote(text, safe="")
