"""Entra's dialect: the AADSTS numbers, and which of our questions each one answers.

A number is the only thing looked at: status, wording and language of Entra's answers vary, and
Microsoft says that they may change. A number that is not here decides nothing. The numbers mean
the same wherever they turn up, so nothing asks which provider this is.
learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

import re

from wizard.oidc.strict_json import StrictJsonError, parse_object

_NUMBER = re.compile(r"AADSTS0{0,4}(\d{4,9})(?!\d)")
_MAX_NUMBERS = 5

# The application. 70001 and 700011 are older answers to the same mistake as 700016.
UNKNOWN_CLIENT = frozenset({700016, 700011, 70001})
DISABLED_CLIENT = frozenset({7000112})
NO_SERVICE_PRINCIPAL = frozenset({7000229})
PUBLIC_CLIENT = frozenset({700025})
OTHER_ACCOUNTS = frozenset({9002331, 9002332})

# The redirect URI.
UNKNOWN_URI = frozenset({50011, 70004})
NO_URI = frozenset({500113, 900971})
HTTP_URI = frozenset({500117})
SPA_URI = frozenset({9002325, 9002326, 9002327})

# The answer asked for.
ID_TOKENS_OFF = frozenset({700054})
RESPONSE_TYPE = frozenset({700051, 70005})
RESPONSE_MODE = frozenset({70007})
SCOPE = frozenset({70011, 650053, 1002012})
NOBODY_SIGNED_IN = frozenset({50058, 16000})

# The tenant in the address.
UNKNOWN_TENANT = frozenset({90002})
MALFORMED_TENANT = frozenset({900023})
TENANT_WANTED = frozenset({50194, 50059, 90019, 50128, 90130})
OTHER_CLOUD = frozenset({90038, 900439, 900432, 900382})

# The secret.
WRONG_SECRET = frozenset({7000215, 70002, 50012})
EXPIRED_SECRET = frozenset({7000222})
SECRET_WANTED = frozenset({7000218})
BLOCKED_BY_POLICY = frozenset({53003})
# The code or refresh token, which a made-up one always is.
CODE_REFUSED = frozenset({9002313, 70000, 70008, 54005})

# Passing trouble at Microsoft.
TRANSIENT = frozenset({90033, 90055, 90006, 50000})

CLIENT = UNKNOWN_CLIENT | DISABLED_CLIENT | NO_SERVICE_PRINCIPAL | PUBLIC_CLIENT | OTHER_ACCOUNTS
URI = UNKNOWN_URI | NO_URI | HTTP_URI
TENANT = UNKNOWN_TENANT | MALFORMED_TENANT | TENANT_WANTED | OTHER_CLOUD


def numbers_in(*texts: str) -> tuple[int, ...]:
    """The AADSTS numbers in `texts`, each once, in their order.

    JSON's error_codes come first. Inside a page the text is often escaped twice over, but the
    number itself never is.
    """
    found: list[int] = []
    for text in texts:
        if text.lstrip()[:1] == "{":
            found += _error_codes(text)
        found += [int(match[1]) for match in _NUMBER.finditer(text)]
    return tuple(dict.fromkeys(found))[:_MAX_NUMBERS]


def _error_codes(text: str) -> list[int]:
    try:
        codes = parse_object(text).get("error_codes")
    except StrictJsonError:
        return []
    if not isinstance(codes, list):
        return []
    return [code for code in codes[:_MAX_NUMBERS] if type(code) is int and code > 0]
