"""The settings of a product that is configured by a file, written out ready to paste. Pure.

Every value is written as its language writes a string, so that none of it is read as anything else.
Where a language has no quotes of its own, a value with a sign that such files read in their own
ways is not written at all, and neither is the snippet. The client secret is never among the values.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wizard.catalogue.guides import Snippet

BY_HAND = "PASTE-THE-CLIENT-SECRET-HERE"
SECRET = "client_secret"  # noqa: S105 - the name of a value
_NAME = re.compile(r"@([a-z][a-z0-9_]*)@")
# Read alike by every reader of such files, wherever on the line: no quotes, no #, no $, no \.
_BARE = re.compile(r"[A-Za-z0-9._~:/?&=+@,()-]+(?: [A-Za-z0-9._~:/?&=+@,()-]+)*")


@dataclass(frozen=True, slots=True)
class Written:
    """A snippet with its values in it; or no text, and the names of the values that hinder it.

    `missing` are those nobody has named yet, `unwritable` those the language has no sure spelling
    for.
    """

    text: str
    missing: tuple[str, ...] = ()
    unwritable: tuple[str, ...] = ()


class Unwritable(Exception):
    """A value that the language has no sure spelling for."""


def names_in(snippet: Snippet) -> list[str]:
    """The values it wants, each once, in their order."""
    return list(dict.fromkeys(_NAME.findall(snippet.text)))


def write(snippet: Snippet, values: Mapping[str, str]) -> Written:
    """The snippet with `values` by name. In the secret's place stands a word that is none.

    KeyError for a name that no value has: a mistake in the guide.
    """
    known = {**values, SECRET: BY_HAND}
    literals: dict[str, str] = {}
    missing, unwritable = [], []
    for name in names_in(snippet):
        if not known[name]:
            missing.append(name)
            continue
        try:
            literals[name] = literal(snippet.language, known[name])
        except Unwritable:
            unwritable.append(name)
    if missing or unwritable:
        return Written("", tuple(missing), tuple(unwritable))
    return Written(_NAME.sub(lambda match: literals[match[1]], snippet.text))


def literal(language: str, text: str) -> str:
    """`text` as a string of that language. Raises Unwritable where it has none for it."""
    if not text.isprintable():
        raise Unwritable
    return _LITERAL[language](text)


def _bare(text: str) -> str:
    if not _BARE.fullmatch(text):
        raise Unwritable
    return text


def _json(text: str) -> str:
    """RFC 8259, section 7."""
    return json.dumps(text, ensure_ascii=False)


def _yaml(text: str) -> str:
    """A double-quoted scalar, which takes JSON's escapes. YAML 1.2, section 7.3.1.

    Compose, Argo CD and Jenkins read a $ inside of one, each in a way of its own.
    """
    if "$" in text:
        raise Unwritable
    return _json(text)


def _ruby(text: str) -> str:
    """In single quotes, where # { } and $ are themselves."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _hcl(text: str) -> str:
    """HCL's native syntax: a template, so its ${ and %{ are doubled."""
    return _json(text).replace("${", "$${").replace("%{", "%%{")


def _shell(text: str) -> str:
    """One word of a POSIX shell (section 2.2.2, single quotes)."""
    return "'" + text.replace("'", "'\\''") + "'"


_LITERAL: Mapping[str, Callable[[str], str]] = {
    "ini": _bare,
    "env": _bare,
    "properties": _bare,
    "yaml": _yaml,
    "json": _json,
    "python": repr,
    "ruby": _ruby,
    "hcl": _hcl,
    "shell": _shell,
}
