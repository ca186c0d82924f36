"""Values that must be wrong: of the same look as the real ones, and nobody's."""

import re
import secrets
import string
from urllib.parse import urlsplit
from uuid import uuid4

_RUN = re.compile(r"[A-Za-z0-9]+")
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_guid(text: str) -> bool:
    """Whether `text` is a GUID, as Entra's IDs are (a Secret ID among them)."""
    return _GUID.fullmatch(text) is not None


def made_up_client(client_id: str) -> str:
    """A client ID that nobody has, of the same look, so that it fails for being unknown only."""
    if is_guid(client_id):
        return str(uuid4())
    runs = sorted(_RUN.finditer(client_id), key=lambda match: len(match[0]))
    if not runs:
        return client_id + _letters(16)
    longest = runs[-1]
    made_up = "".join(_alike(character) for character in longest[0])
    if len(made_up) < 12:
        made_up += _letters(12)
    return client_id[: longest.start()] + made_up + client_id[longest.end() :]


def made_up_path(redirect_uri: str) -> str:
    """The same scheme, host and port with a path nobody registered.

    A made-up port, query or trailing slash proves nothing: several providers accept those on
    loopback.
    """
    path = f"/not-registered-{_letters(12)}"
    return urlsplit(redirect_uri)._replace(path=path, query="", fragment="").geturl()


def made_up_secret(client_secret: str) -> str:
    """A secret that nobody has, of the same look.

    It keeps the punctuation, the spaces and whatever is not ASCII: a provider that refuses those
    for their form alone then treats both secrets alike, and nothing is concluded from it.
    """
    made_up = "".join(_alike(character) for character in client_secret)
    changeable = sum(character.isascii() and character.isalnum() for character in client_secret)
    return made_up if changeable >= 16 else made_up + _letters(16)


def _alike(character: str) -> str:
    for family in (string.digits, string.ascii_lowercase, string.ascii_uppercase):
        if character in family:
            return secrets.choice(family)
    return character


def _letters(count: int) -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(count))
