"""Pick the values out of a whole page or a tool's output: offered, never put in silently.

Understood: Entra's Overview and Certificates & secrets pages (English), `az ad app create`,
`az ad app credential reset`, Graph PowerShell as list or table, an app manifest or Graph object,
environment variables, and the JSON in which Google and others hand out a client.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from wizard.oidc.strict_json import StrictJsonError, parse_object
from wizard.paste.shapes import ENTRA_SECRET, FIELD_OF_LABEL, GUID, is_invisible, label_of

MAX_CHARACTERS = 65536
_IDS = ("client_id", "tenant_id", "object_id", "secret_id")
_METADATA_URL = re.compile(r"https://[^\s\"'<>]{1,400}/\.well-known/openid-configuration")


@dataclass(frozen=True, slots=True)
class Recognised:
    """The values found; an empty text where there was none. `len` is how many there are.

    `doubtful` names those that the text gives in more than one way, or in one that reads as two.
    """

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    tenant_id: str = ""
    object_id: str = ""
    secret_id: str = ""
    metadata_url: str = ""
    secret_expires: str = ""
    doubtful: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.offers())

    def offers(self) -> dict[str, str]:
        """What was found, by field; it may hold the secret."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in found.items() if value and name != "doubtful"}


def recognise(text: str) -> Recognised:
    """The values named in `text`. Never raises; a field named twice differently is left out."""
    text = "".join(c for c in text[:MAX_CHARACTERS] if not is_invisible(c))
    # JSON first and alone: a line of it has its escapes still in it.
    named = list(_from_json(text)) or [*_from_lines(text), *_from_tables(text)]
    if not any(_fitting(name, value) for name, value in named):
        named = list(_from_one_line(text))
    found: dict[str, set[str]] = {}
    unread = set()
    for name, value in named:
        if fitting := _fitting(name, value):
            found.setdefault(name, set()).add(fitting)
        elif name == "secret_expires":
            unread.add(name)
    values = {name: options.pop() for name, options in found.items() if len(options) == 1}
    doubtful = frozenset(found.keys() - values.keys() | unread)
    return _by_shape(text, Recognised(**values, doubtful=doubtful))


def _fitting(name: str, value: str) -> str:
    """`value` if it can be a `name`, in the form that is offered; else ""."""
    if name == "client_secret":
        return value.strip()
    value = value.strip().strip("\"'`,;").strip()
    if name in _IDS:
        if GUID.fullmatch(value):
            return value.lower()
        # Other providers' client IDs are any text; the others exist at Entra alone.
        plain = re.fullmatch(r"[\x21-\x7e]{3,200}", value) and not value.startswith(("{", "["))
        return value if name == "client_id" and plain else ""
    if name == "metadata_url":
        return value if value.startswith(("https://", "http://")) else ""
    if name == "secret_expires":
        return _iso_date(value)
    return ""


def _iso_date(text: str) -> str:
    """The day in `text` as an ISO date where it can be read in one way only; else ""."""
    found = re.match(r"(\d{4})-(\d{2})-(\d{2})(?!\d)", text)
    if found:
        year, month, day = map(int, found.groups())
    else:
        found = re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)", text)
        if not found:
            return ""
        first, second, year = map(int, found.groups())
        american = bool(re.search(r"\b[AP]M\b", text))
        if first > 12 or second > 12 or first == second or american:
            month, day = (second, first) if first > 12 else (first, second)
        else:
            return ""  # 3/4/2027 is a day in March or in April
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


# -- JSON --------------------------------------------------------------------------------------

_JSON_NAMES = {
    "appId": "client_id",
    "client_id": "client_id",
    "clientId": "client_id",
    "password": "client_secret",
    "secretText": "client_secret",
    "client_secret": "client_secret",
    "clientSecret": "client_secret",
    "tenant": "tenant_id",
    "tenantId": "tenant_id",
    "appOwnerOrganizationId": "tenant_id",  # of a service principal's own tenant
    "keyId": "secret_id",
    "endDateTime": "secret_expires",
}


def _from_json(text: str) -> Iterator[tuple[str, str]]:
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return
    try:
        document = parse_object(text[start : end + 1])
    except StrictJsonError:
        return
    yield from _members(document)
    for name in ("web", "installed"):  # Google's client file
        inner = document.get(name)
        if isinstance(inner, Mapping):
            yield from _members(inner)
    credentials = document.get("passwordCredentials")
    if (
        isinstance(credentials, list)
        and len(credentials) == 1
        and isinstance(credentials[0], Mapping)
    ):
        yield from _members(credentials[0])


def _members(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, field_name in _JSON_NAMES.items():
        if isinstance(document.get(name), str):
            yield field_name, document[name]
    # Every object of Graph has an id; it is the application's only beside an appId.
    if isinstance(document.get("id"), str) and isinstance(document.get("appId"), str):
        yield "object_id", document["id"]


# -- lines: "label: value", "LABEL=value", a label with its value on the next line ----------------

_PAIR = re.compile(
    r"\s*(?:export\s+|set\s+|\$env:)?([^:=\t]{2,60}?)\s*(?::|=|\t)\s*(\S.*)", re.IGNORECASE
)


def _from_lines(text: str) -> Iterator[tuple[str, str]]:
    # A lone ":" is how the portal's label and value are parted when copied.
    lines = [line.strip() for line in text.splitlines() if line.strip() not in ("", ":")]
    known = sum(_field_of(line) is not None for line in lines)
    position = 0
    while position < len(lines):
        line = lines[position]
        position += 1
        following = lines[position] if position < len(lines) else ""
        if _field_of(line) and following and not _field_of(following):
            pair = _PAIR.fullmatch(following)
            if not (pair and _field_of(pair[1])):
                yield from _named(_field_of(line), following, alone=known == 1)
                position += 1
                continue
        pair = _PAIR.fullmatch(line)
        if pair and _field_of(pair[1]):
            yield from _named(_field_of(pair[1]), pair[2].lstrip(": \t"), alone=len(lines) == 1)


def _field_of(label: str) -> str | None:
    # "Value", "Secret" and "Id" as words of a sentence are too common for anything but a label.
    return FIELD_OF_LABEL.get(label_of(label)) if len(label) <= 60 else None


def _named(name: str | None, value: str, *, alone: bool) -> Iterator[tuple[str, str]]:
    if name == "client_secret":
        value = value.strip()
        if value[:1] in "\"'`" and value.rstrip(",;")[-1:] == value[:1]:
            value = value.rstrip(",;")[1:-1]
        elif value.endswith(('",', "',")):
            value = value[:-2].lstrip("\"'")
        if not value or re.search(r"\s|[*•●]{3}|\\", value):
            return
    if name and not (name == "object_id" and alone):
        yield name, value


# -- a page whose line breaks were lost: a field of one line leaves them out ---------------------

_ID_AFTER_LABEL = re.compile(
    r"((?:application \(client\)|client|directory \(tenant\)|tenant|object|secret) id)"
    rf"\s*:?\s*({GUID.pattern})",
    re.IGNORECASE,
)


def _from_one_line(text: str) -> Iterator[tuple[str, str]]:
    pairs = _ID_AFTER_LABEL.findall(text)
    # One alone is a value with its label, which cleaning takes away.
    for label, value in pairs if len(pairs) > 1 else ():
        yield FIELD_OF_LABEL[label_of(label)], value


# -- PowerShell's and az's tables ------------------------------------------------------------------


def _from_tables(text: str) -> Iterator[tuple[str, str]]:
    lines = text.splitlines()
    for above, rule, row in zip(lines, lines[1:], lines[2:], strict=False):
        if not re.fullmatch(r"\s*-{2,}(?:\s+-{2,})+\s*", rule):
            continue
        starts = [found.start() for found in re.finditer(r"-+", rule)]
        for start, end in zip(starts, [*starts[1:], None], strict=True):
            name = _field_of(above[start:end])
            value = row[start:end].strip()
            if name and value and "…" not in value and not value.endswith("..."):
                yield from _named(name, value, alone=False)


# -- values that say themselves what they are --------------------------------------------------


def _by_shape(text: str, found: Recognised) -> Recognised:
    secrets = set(re.findall(rf"(?<![\w.~-]){ENTRA_SECRET.pattern}(?![\w~-])", text))
    if secrets - {found.client_secret} and (found.client_secret or len(secrets) > 1):
        found = replace(found, doubtful=found.doubtful | {"client_secret"})
    elif secrets and not found.client_secret and "client_secret" not in found.doubtful:
        (secret,) = secrets
        found = replace(found, client_secret=secret)
        # The row of Certificates & secrets: description, expires, value, Secret ID.
        row = next(line for line in text.splitlines() if secret in line)
        ids = GUID.findall(row.partition(secret)[2])
        day = re.findall(r"\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2}", row.partition(secret)[0])
        if len(ids) == 1 and not found.secret_id and not found.client_id:
            found = replace(found, secret_id=ids[0].lower())
        if len(day) == 1 and not found.secret_expires:
            found = replace(found, secret_expires=_iso_date(day[0]))
        if day and not found.secret_expires:
            found = replace(found, doubtful=found.doubtful | {"secret_expires"})
    urls = set(_METADATA_URL.findall(text))
    if not found.metadata_url and len(urls) == 1:
        found = replace(found, metadata_url=urls.pop())
    elif urls - {found.metadata_url}:
        found = replace(found, doubtful=found.doubtful | {"metadata_url"})
    return found
