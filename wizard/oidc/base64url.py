"""Base64url without padding, in its one canonical spelling. RFC 7515, section 2."""

import base64
import binascii
import re

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


def encode(data: bytes) -> str:
    """`data` in base64url, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """The bytes `text` stands for. ValueError unless `text` is the very spelling `encode` gives.

    Padding, white space, the `+/` alphabet and stray bits in the last character are refused: with
    them one token could be written in several ways.
    """
    if not _ALPHABET.fullmatch(text):
        raise ValueError("a character outside base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("a length no base64url has") from error
    if encode(data) != text:
        raise ValueError("stray bits in the last character")
    return data
