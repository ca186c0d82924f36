"""What is wrong with the addresses a guide makes: its redirect URIs and links. Pure."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from .guides import Link, Page, Product, Provider, RedirectUri
from .problems import Problem, listed, of_kind, unique

_WORD = re.compile(r"\{([^{}]*)\}")
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def redirect_uris(guide: Product) -> Iterator[Problem]:
    """Whether each pattern makes an address, of nothing but what she is asked for."""
    address = guide.address
    parts = [part.name for part in address.parts] if address else []
    names = [*(["base"] if address is None or address.base else []), *parts]
    yield from unique("address.parts", names)
    used: set[str] = set()
    for number, uri in enumerate(guide.redirect_uris):
        key = f"redirect_uris[{number}].pattern"
        words = _WORD.findall(uri.pattern)
        used |= set(words)
        for word in words:
            if word not in names:
                asked = listed(names) or "nothing"
                yield Problem(key, f"nobody enters {{{word}}}: she is asked for {asked}")
        if uri.platform == "web" and not uri.pattern.startswith(("{base}", "https://", "http://")):
            yield Problem(key, 'a scheme of its own belongs under platform = "native"')
        yield from _readable(key, uri)
        if "#" in uri.pattern or "*" in uri.pattern:
            yield Problem(key, "a redirect URI has neither # nor *: write each one out")
    for name in names if address else ():
        if name not in used:
            yield Problem("address", f"{{{name}}} is asked for, but is in no redirect URI")
    for number, field in enumerate(guide.hand_over.fields):
        if field.part and (field.value != "text" or field.text or field.part not in parts):
            key = f"hand_over.fields[{number}].part"
            yield Problem(key, 'a name of [[address.parts]], with value = "text" and no text')


def _readable(key: str, uri: RedirectUri) -> Iterator[Problem]:
    """Whether its pattern makes an address, and at no other host than her product's."""
    if not uri.pattern.isprintable() or re.search(r"[{}]", _WORD.sub("", uri.pattern)):
        yield Problem(key, "a brace that has no other, or a sign that nobody sees, is in it")
    if uri.pattern.rfind("{base}") > 0 or re.match(r"\{base\}[^/?]", uri.pattern):
        yield Problem(key, "{base} begins it, and / or ? follows: it has the whole host")
    web = uri.pattern.startswith(("{base}", "https://", "http://"))
    made = _WORD.sub("x", uri.pattern.replace("{base}", "https://host", 1))
    if web and (not host_of(made) or "@" in urlsplit(made).netloc):
        yield Problem(key, "that is no address of a host")
    if made.startswith("http://") and host_of(made) not in _HERE:
        yield Problem(key, "http is for an address on this computer only")


def links(guide: Product | Provider) -> Iterator[Problem]:
    """Links lead to a host that the guide names, whatever is filled in."""
    for kind in (Link, Page):
        for key, link in of_kind(guide, kind):
            for name in ("url", "fallback"):
                url = getattr(link, name)
                if url.startswith("{portal}"):
                    portal = getattr(guide, "portal", "")
                    follows = url.removeprefix("{portal}")[:1]
                    if not portal or follows not in ("", "/", "#", "?"):
                        yield Problem(f"{key}.{name}", "{portal} is not known, or no / follows it")
                elif url and (not host_of(url) or "{" in urlsplit(url).netloc.partition(":")[0]):
                    yield Problem(f"{key}.{name}", "that is no address of a host the guide names")


def host_of(url: str) -> str:
    """The host of `url`; "" where it has none or is no URL."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
