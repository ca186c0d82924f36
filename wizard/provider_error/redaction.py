"""What must not be kept of a pasted page or address: codes, tokens, secrets. Pure."""

import re
from collections.abc import Sequence

from wizard.oidc.plain import without

LIMIT = 10_000  # characters; an error page has a few hundred

_LEFT_OUT = "(removed)"
_NAMES = (
    "client_secret|client_assertion|assertion|id_token_hint|id_token|access_token|refresh_token"
    "|code_verifier|session_state|state|nonce|code|password|passwd|samlresponse|samlrequest"
    "|logout_token|device_code|sid|ctx|flowtoken|canary"
)
# In an address or a form body, also inside another address, where & and = are written as %26, %3D.
_PARAMETER = re.compile(
    rf"(?:(?<![a-z0-9_%])|(?<=%3f)|(?<=%26)|(?<=%23))({_NAMES})(=|%3d)((?:(?!%26)[^&\s\"'<>#])+)",
    re.IGNORECASE,
)
_MEMBER = re.compile(
    rf"(\\?[\"'])({_NAMES})\1(\s*:\s*)(\\?[\"'])(?:(?!\4|[\r\n]).)*", re.IGNORECASE
)
_LABELLED = re.compile(
    r"\b(client[ _-]?secret(?:[ _-]?value)?|password|cookie|authorization)([\"']?\s*[:=]\s*[\"']?)"
    r"[^\s\"'(][^\r\n\"']*",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"\b(basic|bearer)\s+[A-Za-z0-9._~+/=-]{20,}", re.IGNORECASE)
_JWT = re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){1,4}")
# Microsoft's page about a number is /error?code=50011, and that is no authorization code.
_NUMBER_OF_PAGE = re.compile(
    r"((?:/error/?\?(?:[^\s#]{0,200}&)?|error )code=)(\d{4,9})(?![^&\s#\"'<>)])", re.IGNORECASE
)
_SHIELD = "error_number="


def redact(text: str, hide: Sequence[str | None] = ()) -> str:
    """`text` without codes, tokens and secrets, each replaced by "(removed)".

    Known by their name in an address, a form body, JSON or after a colon, or by their shape; the
    texts in `hide` wherever they stand. Idempotent. Time is linear in the length of `text`.
    """
    text = without(text, hide, _LEFT_OUT)
    text = _NUMBER_OF_PAGE.sub(lambda m: f"{m[1][: -len('code=')]}{_SHIELD}{m[2]}", text)
    text = _JWT.sub(_LEFT_OUT, text)
    text = _PARAMETER.sub(lambda m: f"{m[1]}{m[2]}{_LEFT_OUT}", text)
    text = _MEMBER.sub(lambda m: f"{m[1]}{m[2]}{m[1]}{m[3]}{m[4]}{_LEFT_OUT}", text)
    text = _LABELLED.sub(lambda m: f"{m[1]}{m[2]}{_LEFT_OUT}", text)
    text = _SCHEME.sub(lambda m: f"{m[1]} {_LEFT_OUT}", text)
    return text.replace(_SHIELD, "code=")
