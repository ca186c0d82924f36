"""Take away what clipboards bring, and say what it was."""

import re
from dataclasses import dataclass, field

from wizard.oidc.finding import Finding, passed
from wizard.paste.shapes import FIELD_OF_LABEL, GUID, is_invisible, label_of

_QUOTES = {
    '"': '"',
    "'": "'",
    "`": "`",
    "“": "”",
    "”": "”",
    "„": "“",
    "‘": "’",
    "’": "’",
    "‚": "‘",
    "«": "»",
    "»": "«",
    "‹": "›",
}
_BRACKETS = {"<": ">", "(": ")", "[": "]", "{": "}"}
_LINK = re.compile(r"\[[^\[\]]*\]\(\s*(\S+?)\s*\)")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−﹣－"), "-")
# A person's or a company's name may have these in front of a colon; an ID may hold the others.
_NEVER_STRIPPED = frozenset({"name", "display name", "displayname", "id"})
_COMMON_WORDS = frozenset({"secret", "value", "password", "tenant", "url", "uri", "expires"})
_SIGNS = "\"'`*-• "
_ROUNDS = 100  # each takes one layer off


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The value, and in words what was taken away from around it."""

    value: str = field(repr=False)
    removed: tuple[str, ...] = ()


def clean(text: str, *, keep_inside: bool = False) -> Cleaned:
    """`text` without what a clipboard added.

    White space, line breaks, invisible and direction characters, quotation marks and brackets
    around it, a known label in front (`Client ID: …`), a full stop, comma or semicolon behind. With
    `keep_inside`, for secrets: only white space and invisible characters at both ends, and one pair
    of quotation marks; whatever is between stays as it is. Never raises.
    """
    if keep_inside:
        return _clean_outside(text)
    removed: list[str] = []
    value = _without_invisible(text, removed)
    for _ in range(_ROUNDS):
        before = value
        for step in (_strip_space, _join_lines, _strip_pairs, _strip_label, _strip_stop):
            value = step(value, removed)
        if value == before:
            break
    value = _plain_dashes(value, removed)
    return Cleaned(value, tuple(dict.fromkeys(removed)))


def judge_cleaning(text: str, *, keep_inside: bool = False, about: str = "") -> list[Finding]:
    """One finding that says what `clean` took away, or none."""
    cleaned = clean(text, keep_inside=keep_inside)
    if not cleaned.removed or not cleaned.value:
        return []
    return [passed("paste_cleaned", about=about, actual=", ".join(cleaned.removed))]


def _clean_outside(text: str) -> Cleaned:
    removed: list[str] = []
    value = _strip_ends(text, removed)
    if len(value) > 2 and _QUOTES.get(value[0]) == value[-1]:
        removed.append("quotation marks around it")
        value = _strip_ends(value[1:-1], removed)
    return Cleaned(value, tuple(dict.fromkeys(removed)))


def _strip_ends(text: str, removed: list[str]) -> str:
    start, end = 0, len(text)
    while start < end and (text[start].isspace() or is_invisible(text[start])):
        start += 1
    while end > start and (text[end - 1].isspace() or is_invisible(text[end - 1])):
        end -= 1
    gone = text[:start] + text[end:]
    if any(character in "\r\n" for character in gone):
        removed.append("line breaks")
    if any(c.isspace() and c not in "\r\n" for c in gone):
        removed.append("spaces around it")
    if any(is_invisible(character) for character in gone):
        removed.append("invisible characters")
    return text[start:end]


def _without_invisible(text: str, removed: list[str]) -> str:
    value = "".join(character for character in text if not is_invisible(character))
    if value != text:
        removed.append("invisible characters")
    return value


def _strip_space(value: str, removed: list[str]) -> str:
    return _strip_ends(value, removed)


def _join_lines(value: str, removed: list[str]) -> str:
    """One line. A value that a mail or a PDF broke in two is joined; other lines stay apart."""
    lines = [line.strip() for line in value.splitlines() if line.strip()]
    if len(lines) < 2:
        return value
    removed.append("line breaks")
    joined = "".join(lines)
    starts = re.match(r"https?://", joined, re.IGNORECASE)
    one_url = starts and not re.search(r"\s|.https?://", joined, re.IGNORECASE)
    if one_url or GUID.fullmatch(joined):
        return joined
    return " ".join(lines)


def _strip_pairs(value: str, removed: list[str]) -> str:
    link = _LINK.fullmatch(value)
    if link:
        removed.append("brackets around it")
        return link[1]
    if len(value) > 2 and _QUOTES.get(value[0]) == value[-1]:
        removed.append("quotation marks around it")
        return value[1:-1]
    inside = value[1:-1]
    # <client-id> and {tenant} are placeholders: taking the brackets away would hide that.
    plain = GUID.fullmatch(inside) or re.fullmatch(r"https?://\S+", inside, re.IGNORECASE)
    if plain and _BRACKETS.get(value[0]) == value[-1]:
        removed.append("brackets around it")
        return inside
    return value


def _strip_label(value: str, removed: list[str]) -> str:
    found = re.match(r"([^:=\n]{2,60}?)\s*[:=](\s*)(?=\S)(?!//)", value)
    if not found:
        return value
    label, rest = label_of(found[1]), value[found.end() :]
    before_url = re.match(r"https?://", rest, re.IGNORECASE) and re.fullmatch(
        r"[A-Za-z][A-Za-z ()/.-]*", found[1]
    )
    if not (before_url and found[2]) and (
        label not in FIELD_OF_LABEL
        or label in _NEVER_STRIPPED
        or (label in _COMMON_WORDS and not found[2])
    ):
        return value
    removed.append(f"the label “{' '.join(found[1].split()).strip(_SIGNS)}”")
    return rest


def _strip_stop(value: str, removed: list[str]) -> str:
    # A name may end in a full stop (Example Inc.); an address or an ID never does.
    if len(value) > 1 and value[-1] in ".,;" and not re.search(r"\s", value):
        if value.endswith(".."):
            return value  # an ellipsis: something is missing, and that has to be seen
        removed.append({".": "a full stop", ",": "a comma", ";": "a semicolon"}[value[-1]])
        return value[:-1]
    return value


def _plain_dashes(value: str, removed: list[str]) -> str:
    plain = value.translate(_DASHES)
    if plain != value and GUID.fullmatch(plain):
        removed.append("long dashes, now hyphens")
        return plain
    return value
