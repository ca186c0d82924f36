"""What leaves the program as a record or a file has the client secret in it nowhere. Pure."""

from wizard.oidc.plain import without

LEFT_OUT = "(client secret left out)"
_SHORTEST = 6  # anything shorter is part of ordinary words


def withhold(text: str, secret: str) -> str:
    """`text` without `secret`, should somebody have put it where it does not belong."""
    return without(text, [secret], LEFT_OUT) if len(secret) >= _SHORTEST else text
