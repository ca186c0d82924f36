"""What values look like, and what the screens and tools call them."""

import re
import unicodedata

GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

# Entra's client secrets say what they are in characters 4 to 6.
ENTRA_SECRET = re.compile(r"[A-Za-z0-9._~-]{3}[0-9]Q~[A-Za-z0-9._~-]{31,34}")
GOOGLE_SECRET = re.compile(r"GOCSPX-[A-Za-z0-9_-]{20,40}")

# Characters that are not in the Unicode category Cf and still show as nothing.
_BLANKS = frozenset(
    "\u115f\u1160\u2800\u3164\uffa0\u034f\u180b\u180c\u180d\u17b4\u17b5\ufe0e\ufe0f"
)

# The labels of the values on screens and in tools' output, as `label_of` writes them.
LABELS = {
    "client_id": (
        "application client id",
        "application id",
        "app id",
        "appid",
        "client id",
        "clientid",
        "azure client id",
        "arm client id",
        "oidc client id",
        "oauth client id",
        "consumer key",
    ),
    "client_secret": (
        "client secret",
        "clientsecret",
        "client secret value",
        "secret value",
        "secret",
        "secrettext",
        "value",
        "password",
        "azure client secret",
        "arm client secret",
        "oidc client secret",
        "oauth client secret",
        "consumer secret",
    ),
    "secret_id": ("secret id", "secretid", "keyid", "key id"),
    "tenant_id": (
        "directory tenant id",
        "directory id",
        "tenant id",
        "tenantid",
        "tenant",
        "azure tenant id",
        "arm tenant id",
        "appownerorganizationid",
    ),
    "object_id": ("object id", "objectid", "id"),
    "metadata_url": (
        "openid connect metadata document",
        "openid connect metadata url",
        "openid connect discovery",
        "openid configuration",
        "discovery document",
        "discovery url",
        "metadata document",
        "metadata url",
        "well known",
        "wellknown",
    ),
    "redirect_uri": (
        "redirect uri",
        "redirect uris",
        "redirect url",
        "redirect callback url",
        "redirect uri web",
        "web redirect uri",
        "callback url",
        "callback uri",
        "reply url",
        "sign in redirect uri",
        "url",
        "uri",
    ),
    "secret_expires": (
        "expires",
        "expires on",
        "expiry",
        "expiry date",
        "expiration date",
        "enddatetime",
        "end date time",
        "enddate",
    ),
    "name": ("display name", "displayname", "name"),
}
FIELD_OF_LABEL = {label: field for field, labels in LABELS.items() for label in labels}


def label_of(text: str) -> str:
    """`text` as a label is looked up: lower case, signs as spaces, no quotes around it."""
    words = re.sub(r"[^a-z0-9]+", " ", text.lower()[:80])
    return " ".join(words.split())


def is_invisible(character: str) -> bool:
    """Whether `character` shows as nothing and is not a space: zero-width, direction, control."""
    if character in "\t\n\r\v\f":
        return False
    return character in _BLANKS or unicodedata.category(character) in ("Cc", "Cf", "Cn", "Cs")


def is_example(text: str) -> bool:
    """Whether `text` is a placeholder of a guide: <client-id>, YOUR_SECRET, {tenant}, $ID, xxxx."""
    value = text.strip()
    if re.fullmatch(r"<[^<>]*>|\{\{?[A-Za-z _.-]*\}?\}|\$\{?[A-Z_]+\}?|%[A-Z_]+%", value):
        return True
    if re.fullmatch(r"([xX0])\1{3,}(-\1+)*", value):
        return True
    words = label_of(value)
    return bool(
        re.fullmatch(r"(your|my|enter|paste|insert|the)( [a-z]+)* (id|secret|value|here)", words)
    ) or words in ("changeme", "change me", "todo", "tbd", "n a", "none", "null", "undefined")


def looks_secret(text: str) -> bool:
    """Whether `text` is a client secret by its shape alone."""
    return bool(ENTRA_SECRET.fullmatch(text) or GOOGLE_SECRET.fullmatch(text))


def looks_like_email(text: str) -> bool:
    """Whether `text` is an email address or a user name of that form."""
    return bool(re.fullmatch(r"[^\s@/:]{1,64}@[^\s@/:]{1,200}\.[^\s@/:.]{2,20}", text))


def looks_like_url(text: str) -> bool:
    """Whether `text` starts as a web address does."""
    return bool(re.match(r"(?:https?|api|urn|spn):/{0,2}[^\s]", text, re.IGNORECASE))
