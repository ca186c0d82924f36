"""What leaves the program as a record or a file has the client secret in it nowhere. Pure."""

from urllib.parse import quote, quote_plus

LEFT_OUT = "(client secret left out)"
_SHORTEST = 6  # anything shorter is part of ordinary words


def withhold(text: str, secret: str) -> str:
    """`text` without `secret`, should somebody have put it where it does not belong."""
    if len(secret) < _SHORTEST:
        return text
    for spelling in (secret, quote(secret), quote(secret, safe=""), quote_plus(secret)):
        text = text.replace(spelling, LEFT_OUT)
    return text
