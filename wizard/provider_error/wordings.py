"""How providers without numbers say what is wrong, turned into OAuth's own error codes. Pure.

Seen in Google, Okta, Auth0, Keycloak, authentik, Authelia, AD FS, PingFederate, oidc-provider.
"""

import re

# RFC 6749 4.1.2.1 and 5.2; OpenID Connect Core 3.1.2.6; and Google's own.
SPECIFIC = (
    "redirect_uri_mismatch",
    "invalid_redirect_uri",
    "unauthorized_client",
    "invalid_client",
    "disabled_client",
    "deleted_client",
    "access_denied",
    "org_internal",
    "admin_policy_enforced",
    "unsupported_response_type",
    "unsupported_response_mode",
    "unsupported_grant_type",
    "invalid_scope",
    "invalid_grant",
    "login_required",
    "interaction_required",
    "consent_required",
    "account_selection_required",
    "temporarily_unavailable",
)
# These say little: a sentence beside them says more.
GENERAL = ("invalid_request", "server_error")
KNOWN = (*SPECIFIC, *GENERAL)

_REDIRECT = r"(?:redirect[ _]ur[il]s?|redirection ur[il]|redirect address|callback ur[il])"
_WRONG = (
    r"(?:mismatch|invalid|not (?:a )?valid|not allowed|not registered|not in the list|not match"
    r"|not configured|must be a login redirect|unknown|is not one of|wrong)"
)


def _near(first: str, second: str) -> str:
    """Both within a sentence, in either order."""
    return rf"{first}\W[^\n]{{0,120}}?{second}|{second}\b[^\n]{{0,60}}?\W{first}"


_WORDINGS = (
    ("redirect_uri_mismatch", r"callback url mismatch"),
    ("invalid_redirect_uri", r"invalid parameter: redirect_uri"),
    ("redirect_uri_mismatch", r"did not match any of the client's registered redirect_uris"),
    ("redirect_uri_mismatch", r"does not match any of the oauth 2\.0 client's pre-registered"),
    ("invalid_redirect_uri", _near(_REDIRECT, _WRONG)),
    ("access_denied", r"is not assigned to the client application"),
    ("invalid_client", r"client not found|unknown client\b|client is invalid|no such client"),
    ("invalid_client", r"requested client could not be found|oauth client was not found"),
    ("invalid_client", _near(r"client[ _]?id(?:entifier)?", r"(?:invalid|unknown|not found)")),
    ("invalid_client", r"client authentication failed|invalid client credentials"),
    ("unauthorized_client", r"client is not allowed to initiate browser login"),
    ("unauthorized_client", r"grant type '?\w{1,40}'? not allowed for the client"),
    ("unauthorized_client", r"(?:client|login) (?:is )?disabled"),
    ("unsupported_response_type", r"invalid parameter: response_type"),
    ("invalid_scope", r"invalid scopes?:|scopes are not configured"),
)
_BY_WORDING = [(code, re.compile(pattern, re.IGNORECASE)) for code, pattern in _WORDINGS]
_BY_WORD = re.compile(rf"(?<![\w-])({'|'.join(KNOWN)})(?![\w-])")

# The parameter of the request that such an error is about.
VALUE_OF = {
    "redirect_uri_mismatch": "redirect_uri",
    "invalid_redirect_uri": "redirect_uri",
    "invalid_client": "client_id",
    "unauthorized_client": "client_id",
    "disabled_client": "client_id",
    "deleted_client": "client_id",
    "unsupported_response_type": "response_type",
    "unsupported_response_mode": "response_mode",
    "invalid_scope": "scope",
}


def oauth_error_in(named: str, text: str) -> str:
    """The OAuth error that a page means; "" when it says none.

    `named` is what stands as `error` in an address or JSON. A known error beats a sentence, and a
    sentence beats the general ones, which say little.
    """
    if named in SPECIFIC:
        return named
    words = _BY_WORD.findall(text)
    for word in words:
        if word not in GENERAL:
            return word
    for code, pattern in _BY_WORDING:
        if pattern.search(text):
            return code
    return named or next(iter(words), "")
