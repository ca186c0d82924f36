"""What is wrong with a guide beyond its shape, each with its key and what to do about it. Pure.

`broken` is what would break a page: such a guide is not used at all. `unproved` is why a guide does
not count, although it can be used: a step that names nothing, a statement without a source.
"""

import re
from collections.abc import Iterator, Mapping
from typing import get_args

import msgspec

from . import statements
from .guides import WORDS, HandOverField, Product, Provider, Registration, Snippet, Tick, Where
from .problems import Problem, listed, of_kind, unique
from .uri_rules import host_of, links, redirect_uris

_WORD = re.compile(r"\{([^{}]*)\}")
_MARKUP = re.compile(r"<[a-z/!]", re.IGNORECASE)
_PLACE = re.compile(r"@([a-z][a-z0-9_]*)@")
_OF_ADDRESS = ("product_address",)  # in a snippet, beside the names she chooses herself
_NAMED = re.compile(r"\*\*[^*]+\*\*")
_BARE = frozenset({"ini", "env", "properties"})  # the rest write a string with its quotes
HAND_OVER_VALUES = frozenset(get_args(HandOverField.__annotations__["value"])) - {
    "text",
    "from_product",
}


def broken(guide: Product | Provider) -> Iterator[Problem]:
    """What keeps the guide from being used."""
    for key, text in texts(guide):
        yield from judge_text(key, text)
    yield from _sources(guide)
    yield from unique("aliases", [a.casefold() for a in [guide.name, *guide.aliases]])
    yield from _ticks(guide)
    yield from links(guide)
    if isinstance(guide, Product):
        yield from _said(guide)
        yield from redirect_uris(guide)
        for number, snippet in enumerate(guide.snippets):
            yield from _snippet(f"snippets[{number}]", snippet, guide)
        yield from _secret(guide)
    elif guide.localhost.allowed != "yes" and not guide.localhost.note:
        yield Problem("localhost.note", "say what she has to know, for localhost is not allowed")


def unproved(guide: Product | Provider) -> Iterator[Problem]:
    """Why the guide is not counted; nothing for one that is general, and so never is."""
    if guide.general:
        return
    yield from _known_from(guide)
    if not getattr(guide, "values_only", False):
        yield from _steps_name_things(guide)
    if isinstance(guide, Provider) and not guide.registration.id_token_steps:
        yield Problem("registration.id_token_steps", "say how an ID token is allowed, or that not")


def judge_text(key: str, text: str) -> Iterator[Problem]:
    """A sentence of a guide: what is filled in, the marks of names on a screen, no HTML."""
    for word in _WORD.findall(text):
        if word not in WORDS:
            yield Problem(key, f"nobody fills in {{{word}}}; there are {listed(WORDS)}")
    if text.count("**") % 2:
        yield Problem(key, "a ** is not closed")
    if _MARKUP.search(text):
        yield Problem(key, "no HTML in a guide")
    if not text.isprintable():
        yield Problem(key, "a line break, or a sign that nobody sees, is in it")


def texts(guide: Product | Provider) -> Iterator[tuple[str, str]]:
    """Every text that is filled in and shown as a sentence, by its key."""
    for name in guide.__struct_fields__:
        # These two speak of {tenant} and {number}, which are filled in elsewhere.
        if not (isinstance(guide, Provider) and name in ("address", "codes_page")):
            yield from _texts(getattr(guide, name), name)


def _texts(value: object, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            # A snippet is text of another language, a pattern has words of its own.
            if (type(value).__name__, name) not in (
                ("Snippet", "text"),
                ("RedirectUri", "pattern"),
            ):
                yield from _texts(getattr(value, name), f"{key}.{name}")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, f"{key}.{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{key}[{number}]")


def _sources(guide: Product | Provider) -> Iterator[Problem]:
    names = [source.name for source in guide.sources if source.name]
    yield from unique("sources", names)
    for number, source in enumerate(guide.sources):
        first = source.where.partition(" ")[0]
        if not first or (first.startswith("https://") and not host_of(first)):
            yield Problem(f"sources[{number}].where", "that is no address to open")
    asked = [("source", guide.source)]
    asked += [(f"{key}.source", thing.source) for key, thing, _ in statements.statements(guide)]
    for key, name in asked:
        if name and name not in names:
            known = listed(names) or "none that has a name"
            yield Problem(key, f"there is no source {name!r}; there are {known}")


def _ticks(guide: Product | Provider) -> Iterator[Problem]:
    found = [tick.name for _, tick in of_kind(guide, Tick)]
    yield from unique("a tick", found)


def _said(guide: Product) -> Iterator[Problem]:
    fields = {field.value for field in guide.hand_over.fields}
    yield from unique("hand_over.said", [said.name for said in guide.hand_over.said])
    for number, said in enumerate(guide.hand_over.said):
        key = f"hand_over.said[{number}]"
        for name in said.copy_again:
            if name not in fields:
                yield Problem(f"{key}.copy_again", f"no field of hand_over has the value {name!r}")
        if "secret" in said.settled_by and not guide.protocol.uses_secret:
            yield Problem(f"{key}.settled_by", "this product has no secret to ask about")


def _snippet(key: str, snippet: Snippet, guide: Product) -> Iterator[Problem]:
    places = _PLACE.findall(snippet.text)
    parts = [part.name for part in guide.address.parts] if guide.address else []
    known = HAND_OVER_VALUES.union(parts, _OF_ADDRESS)
    for name in places:
        if name not in known:
            yield Problem(f"{key}.text", f"@{name}@ is no hand-over value: {listed(known)}")
    holds = "client_secret" in places
    if holds and snippet.secret != "by-hand":  # noqa: S105 - a word of the format
        yield Problem(f"{key}.secret", 'the text has @client_secret@, so it is "by-hand"')
    if not holds and snippet.secret == "by-hand":  # noqa: S105
        yield Problem(f"{key}.text", "by hand, but @client_secret@ is not in it")
    if snippet.secret != "none" and not guide.protocol.uses_secret:  # noqa: S105
        yield Problem(f"{key}.secret", 'this product has no secret: "none"')
    if snippet.language not in _BARE:
        for quoted in re.findall(r"[\"']@[a-z_]+@|@[a-z_]+@[\"']", snippet.text):
            yield Problem(f"{key}.text", f"{quoted}: leave the quotes away, they are put around it")


def _secret(guide: Product) -> Iterator[Problem]:
    """Whether the flow, the secret and the fields go together."""
    protocol, fields = guide.protocol, {field.value for field in guide.hand_over.fields}
    if "client_id" not in fields:
        yield Problem("hand_over.fields", "no field for the client_id")
    if protocol.uses_secret != ("client_secret" in fields):
        which = "no field" if protocol.uses_secret else "a field"
        yield Problem(
            "hand_over.fields", f"{which} for the client_secret; see protocol.uses_secret"
        )
    if "secret_expires" in fields and not protocol.uses_secret:
        yield Problem("hand_over.fields", "secret_expires, but this product has no secret")
    if protocol.response_type == "id_token" and protocol.uses_secret:
        yield Problem("protocol.uses_secret", "an ID token asked for straight away needs no secret")
    if protocol.response_type == "code" and not protocol.uses_secret and not protocol.pkce:
        yield Problem("protocol.pkce", "a code without a secret is redeemed with PKCE only")


def _known_from(guide: Product | Provider) -> Iterator[Problem]:
    if not guide.source:
        yield Problem("source", "name the source that holds where no other one is named")
    for number, source in enumerate(guide.sources):
        if not source.name:
            yield Problem(f"sources[{number}].name", "give it a name for source = to refer to")
        if not source.where.startswith("https://"):
            yield Problem(f"sources[{number}].where", "begin with the page's https address")


def _steps_name_things(guide: Product | Provider) -> Iterator[Problem]:
    found = [
        (f"{key}.steps[{number}]", step)
        for key, where in of_kind(guide, Where)
        for number, step in enumerate(where.steps)
    ]
    for key, way in of_kind(guide, Registration):
        for name in ("id_token_steps", "public_steps"):
            steps = getattr(way, name)
            found += [(f"{key}.{name}[{number}]", step) for number, step in enumerate(steps)]
    found += [(f"{key}.do", tick.do) for key, tick in of_kind(guide, Tick)]
    for key, step in found:
        if not _NAMED.search(step):
            yield Problem(
                key,
                "it names nothing she can see: put a screen, field, file or"
                " button between ** and **",
            )
