"""What a client secret cannot be, and when it ends. The secret is in no finding."""

import re
from datetime import date, timedelta
from typing import Literal

from wizard.entra_secret import checksum_holds
from wizard.oidc.finding import Finding, failed, passed, warned
from wizard.paste.recognising import recognise
from wizard.paste.shapes import (
    ENTRA_SECRET,
    FIELD_OF_LABEL,
    GUID,
    is_example,
    is_invisible,
    label_of,
)

WHAT = "client secret"
EXPIRES = "secret's end"
SOON = timedelta(days=30)
LONGEST_MONTHS = 24  # Entra's portal offers no more

_HIDDEN = re.compile(r"\S{0,8}(?:\*{3,}|[•●∙·‧⋅○◦▪⚫]{3,})|\S{1,8}(?:\.{3,}|…)")
_ENTRA_SIGNS = re.compile(r"[A-Za-z0-9._~-]*")


def judge_client_secret(
    value: str,
    *,
    shape: Literal["entra", "text"],
    client_id: str | None = None,
    secret_id: str | None = None,
) -> list[Finding]:
    """What is wrong with `value` (cleaned outside only) as a client secret; or that it passes.

    `shape` is entra where Entra generates it, text where it can be anything. `client_id` and
    `secret_id` are those values where they are known.
    """
    sure = _surely_wrong(value, secret_id)
    if sure:
        return [failed(sure, about=WHAT)]
    if client_id and value.lower() == client_id.lower():
        return [
            failed("client_secret_is_client_id", about=WHAT)
            if shape == "entra"
            else warned("client_secret_same_as_client_id", about=WHAT)
        ]
    if shape == "entra" and GUID.fullmatch(value):
        return [failed("client_secret_is_secret_id", about=WHAT, actual="8-4-4-4-12, as an ID is")]
    doubts = _doubts(value)
    if shape == "entra" and not doubts:
        return _entra(value)
    if len(value) < 8:
        doubts.append(warned("client_secret_short", about=WHAT, actual=_length(value)))
    return doubts or [passed("client_secret_shape", about=WHAT)]


def judge_secret_expires(
    value: date | None, today: date, *, shape: Literal["entra", "text"] = "text"
) -> list[Finding]:
    """Whether the day the secret ends has passed, is near, or (Entra) further than it can be."""
    if value is None:
        return []
    facts = {"about": EXPIRES, "actual": value.isoformat()}
    if value < today:
        return [failed("secret_expires_passed", expected=f"after {today.isoformat()}", **facts)]
    if value - today <= SOON:
        return [warned("secret_expires_soon", **facts)]
    months = (value.year - today.year) * 12 + value.month - today.month
    too_far = months > LONGEST_MONTHS or (months == LONGEST_MONTHS and value.day > today.day)
    if shape == "entra" and too_far:
        expected = f"within {LONGEST_MONTHS} months"
        return [warned("secret_expires_far", expected=expected, **facts)]
    return [passed("secret_expires_later", **facts)]


def _surely_wrong(value: str, secret_id: str | None) -> str:
    """The code of a mistake that leaves no doubt, "" if there is none."""
    if _HIDDEN.fullmatch(value):
        return "client_secret_hidden"
    if re.fullmatch(r"<[A-Za-z _-]+>|\{\{?[A-Za-z _-]+\}?\}", value):
        return "client_secret_is_example"
    if secret_id and value.lower() == secret_id.lower():
        return "client_secret_is_secret_id"
    if value.startswith("-----BEGIN"):
        return "client_secret_is_certificate"
    if re.match(r"https?://", value, re.IGNORECASE):
        return "client_secret_is_url"
    if _is_whole_output(value):
        return "client_secret_is_whole_output"
    return ""


def _is_whole_output(value: str) -> bool:
    offered = recognise(value)
    return bool(offered.client_secret) and offered.client_secret != value and len(offered) > 1


def _doubts(value: str) -> list[Finding]:
    found = []
    if is_example(value):
        found.append(warned("client_secret_looks_like_example", about=WHAT))
    label, colon, rest = value.partition(":")
    if colon and rest.strip() and FIELD_OF_LABEL.get(label_of(label)) == "client_secret":
        found.append(warned("client_secret_with_label", about=WHAT))
    elif any(character.isspace() for character in value):
        found.append(warned("client_secret_holds_spaces", about=WHAT))
    if any(is_invisible(character) for character in value):
        found.append(warned("client_secret_holds_invisible", about=WHAT))
    return found


def _entra(value: str) -> list[Finding]:
    """A value that Entra made. A warning at most: Microsoft may change the shape any day."""
    holds = checksum_holds(value)
    if holds:
        return [passed("client_secret_checksum_holds", about=WHAT)]
    if holds is False:
        return [warned("client_secret_checksum_wrong", about=WHAT)]
    if ENTRA_SECRET.fullmatch(value) and value[3:6] == "7Q~" and len(value) == 37:
        return [passed("client_secret_shape", about=WHAT)]
    if not _ENTRA_SIGNS.fullmatch(value):
        return [warned("client_secret_foreign_characters", about=WHAT)]
    if re.fullmatch(r"[0-9A-F]{40}|[0-9a-f]{40}", value):
        return [warned("client_secret_is_thumbprint", about=WHAT)]
    if value[3:6] == "8Q~" and len(value) != 40:
        return [_cut(value, "40 characters")]
    if not 16 <= len(value) <= 64:
        return [_cut(value, "16 to 64 characters")]
    return [passed("client_secret_shape", about=WHAT)]


def _cut(value: str, expected: str) -> Finding:
    return warned("client_secret_cut", about=WHAT, expected=expected, actual=_length(value))


def _length(value: str) -> str:
    return "1 character" if len(value) == 1 else f"{len(value)} characters"
