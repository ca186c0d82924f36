"""The checksum inside a Microsoft Entra client secret's value. Pure.

Since 2021 a value is 40 characters: 3 random ones, `8Q~`, 31 random ones, and 3 that are computed
from the 37 before them. So a value that was cut short, mistyped or mixed up can be told offline.
The algorithm is published by Microsoft (github.com/microsoft/security-utilities, MIT licence:
Marvin32 over the text, then the leading digits in base 66). The older shapes (34 characters, and
37 with `7Q~`) carry no checksum.
"""

import re

DIGITS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~"
MARK = "8Q~"
CHECKED_LENGTH = 37

_SHAPE = re.compile(r"[A-Za-z0-9._~-]{3}8Q~[A-Za-z0-9._~-]{34}")
_SEED = int.from_bytes(b"AadPwd00", "big")
_WORD = 0xFFFFFFFF


def checksum_holds(secret: str) -> bool | None:
    """Whether the last three characters of `secret` follow from the rest.

    None when it is not of the kind that carries a checksum (any other length or alphabet, or
    without `8Q~` in its place): nothing can be said about it then.
    """
    if not _SHAPE.fullmatch(secret):
        return None
    return complete(secret[:CHECKED_LENGTH]) == secret


def complete(body: str) -> str:
    """The whole 40-character value whose first 37 characters are `body`.

    Raises ValueError for a body of another length, alphabet or mark.
    """
    if not _SHAPE.fullmatch(body + "aaa"):
        raise ValueError("a body is 3 characters, 8Q~, and 31 characters of the secret alphabet")
    number = _marvin32(body.encode("ascii"))
    base = len(DIGITS)
    return body + "".join(DIGITS[number // base**place % base] for place in (5, 4, 3))


def _marvin32(data: bytes) -> int:
    """Marvin32 of `data` under Entra's seed, its two halves folded into 32 bits."""
    low, high = _SEED & _WORD, _SEED >> 32
    padded = data + b"\x80"
    padded += bytes(-len(padded) % 4)
    for start in range(0, len(padded), 4):
        low = (low + int.from_bytes(padded[start : start + 4], "little")) & _WORD
        low, high = _mixed(low, high)
    low, high = _mixed(low, high)
    return low ^ high


def _mixed(low: int, high: int) -> tuple[int, int]:
    """One round of Marvin32's mixing."""
    high ^= low
    low = (_turned(low, 20) + high) & _WORD
    high = _turned(high, 9) ^ low
    low = (_turned(low, 27) + high) & _WORD
    return low, _turned(high, 19)


def _turned(word: int, bits: int) -> int:
    return (word << bits | word >> 32 - bits) & _WORD
