"""Errors that come packed in an address or under a provider's own number. Pure.

Google leads to an error page whose address has all it says in `authError`: a Protocol Buffers
message (the error as field 1, the sentence as field 2) in base64. Nobody documents it; it is read
as it is seen in public, and left alone where it looks otherwise. Azure AD B2C numbers its errors.
"""

import base64
import binascii
import re
from urllib.parse import unquote

_AUTH_ERROR = re.compile(r"(?<![A-Za-z0-9_])authError=([A-Za-z0-9+/_=%-]{8,6000})")
_LONGEST = 3000  # octets of a field

# https://learn.microsoft.com/azure/active-directory-b2c/error-codes
_B2C = {
    "90006": "redirect_uri_mismatch",
    "90007": "redirect_uri_mismatch",
    "90008": "invalid_request",
    "90010": "invalid_scope",
    "90011": "invalid_client",
    "90012": "invalid_scope",
    "90013": "unsupported_response_type",
    "90014": "unsupported_response_mode",
    "90091": "access_denied",
}
_B2C_NUMBER = re.compile(r"AADB2C(\d{5})(?!\d)")


def google_error(text: str) -> tuple[str, str]:
    """(error, sentence) out of the first authError in `text`; empty texts where there is none."""
    found = _AUTH_ERROR.search(text)
    if not found:
        return "", ""
    packed = unquote(found[1]).rstrip("=").replace("+", "-").replace("/", "_")
    try:
        octets = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return "", ""
    fields = _texts(octets)
    error = fields.get(1, "")
    if not re.fullmatch(r"[a-z_]{3,60}", error):
        return "", ""
    return error, fields.get(2, "")


def b2c_error(text: str) -> str:
    """The OAuth error that an AADB2C number in `text` stands for; "" for none that is known."""
    return next((_B2C[number] for number in _B2C_NUMBER.findall(text) if number in _B2C), "")


def _texts(octets: bytes) -> dict[int, str]:
    """The texts of a message by field number, up to where it is no message any more."""
    found: dict[int, str] = {}
    at = 0
    while at < len(octets):
        key, at = _varint(octets, at)
        if key & 7 == 0:
            _, at = _varint(octets, at)
        elif key & 7 == 2:
            length, at = _varint(octets, at)
            if length > _LONGEST or at + length > len(octets):
                break
            found.setdefault(key >> 3, octets[at : at + length].decode(errors="replace"))
            at += length
        else:
            break
    return found


def _varint(octets: bytes, at: int) -> tuple[int, int]:
    """A number and where it ends. A cut one counts as it is."""
    value = shift = 0
    while at < len(octets) and shift < 35:
        octet = octets[at]
        at += 1
        value |= (octet & 0x7F) << shift
        shift += 7
        if octet < 0x80:
            break
    return value, at
