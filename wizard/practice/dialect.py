"""Refusals as Entra gives them: an OAuth error with an AADSTS number and a sentence of our own.

learn.microsoft.com/entra/identity-platform/reference-error-codes; RFC 6749 4.1.2.1 and 5.2.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from authlib.oauth2 import OAuth2Error

# number: OAuth error, HTTP status, sentence. Sentences keep to the characters that RFC 6749
# allows in error_description (ASCII without the double quote and the backslash).
REFUSALS: dict[int, tuple[str, int, str]] = {
    50011: ("invalid_request", 400, "The redirect URI '{redirect_uri}' in the request is not one"
            " of those registered for the application '{client_id}'."),
    50020: ("access_denied", 400, "The account '{user}' does not exist in the tenant '{tenant}', so"
            " it cannot sign in to the application '{client_id}' ({name}). Sign in with an account"
            " of that tenant, or have this one added there as a guest."),
    50058: ("login_required", 400, "A silent sign-in was asked for (prompt=none), but nobody is"
            " signed in."),
    50105: ("access_denied", 400, "The application '{client_id}' ({name}) lets in assigned users"
            " only, and '{user}' is not one. Assign the user under Users and groups, or set"
            " Assignment required? to No under Properties."),
    50147: ("invalid_request", 400, "The code_challenge is missing, has the wrong length, or its"
            " code_challenge_method is not S256."),
    54005: ("invalid_grant", 400, "The authorization code was redeemed before. A code works"
            " once."),
    65004: ("access_denied", 400, "The user declined to sign in to the application."),
    70000: ("invalid_grant", 400, "The grant could not be used."),
    70003: ("unsupported_grant_type", 400, "The grant type '{value}' is not supported here."),
    70005: ("unsupported_response_type", 400, "The response type '{value}' is not supported here;"
            " use code or id_token."),
    70007: ("invalid_request", 400, "'{value}' is not a response_mode that goes with this"
            " response_type."),
    70008: ("invalid_grant", 400, "The authorization code is older than ten minutes."),
    70011: ("invalid_scope", 400, "The scope '{value}' is not one that can be asked for here."),
    90002: ("invalid_request", 400, "There is no tenant '{tenant}' here. Compare it with"
            " Directory (tenant) ID on the application's Overview page."),
    90013: ("invalid_request", 400, "The request could not be understood: {value}"),
    90014: ("invalid_request", 400, "The required field '{value}' is missing from the request."),
    500112: ("invalid_grant", 400, "The redirect_uri sent with the code is not the one the code"
             " was asked for with."),
    500113: ("invalid_request", 400, "The application '{client_id}' has no redirect URI."),
    501481: ("invalid_grant", 400, "The code_verifier does not belong to the code_challenge that"
             " the code was asked for with."),
    700007: ("invalid_grant", 400, "The authorization code was given to another client ID."),
    700016: ("unauthorized_client", 400, "There is no application with the client ID"
             " '{client_id}' in the tenant '{tenant}'."),
    700051: ("unsupported_response_type", 400, "The response_type 'token' is not switched on for"
             " this application."),
    700054: ("unsupported_response_type", 400, "The response_type 'id_token' is not switched on"
             " for this application. Tick ID tokens on its Authentication page."),
    900023: ("invalid_request", 400, "'{tenant}' in the address is neither a tenant ID nor a"
             " domain name."),
    900144: ("invalid_request", 400, "The request must contain the parameter '{value}'."),
    900561: ("invalid_request", 405, "The token endpoint takes POST requests only; this was"
             " {value}."),
    1002012: ("invalid_scope", 400, "The scope '{value}' does not fit client_credentials: it must"
              " end in /.default."),
    7000112: ("unauthorized_client", 400, "The application '{client_id}' ({name}) is disabled:"
              " under Properties, Enabled for users to sign-in? is No."),
    7000215: ("invalid_client", 401, "The client secret is not one of those of the application"
              " '{client_id}'. What must be sent is the secret's Value, not its Secret ID."),
    7000218: ("invalid_client", 401, "The request must contain client_secret: the application is"
              " of the platform Web."),
    7000222: ("invalid_client", 401, "The client secret of the application '{client_id}' has"
              " expired. Add a new one under Certificates & secrets."),
    9002313: ("invalid_grant", 400, "The authorization code is malformed or was never given"
              " out."),
    9002325: ("invalid_request", 400, "The redirect URI is registered for a single-page"
              " application, which must send a code_challenge with its request."),
    9002327: ("invalid_request", 400, "The redirect URI is registered for a single-page"
              " application, so only a browser may redeem its codes, and this request does not"
              " come from one. Register it under Web."),
}  # fmt: skip

_ECHO_LENGTH = 300


class Refusal(OAuth2Error):
    """One of REFUSALS. `error` replaces the usual OAuth error where an endpoint has its own."""

    def __init__(self, number: int, *, error: str | None = None, **facts: str | None) -> None:
        usual_error, status, sentence = REFUSALS[number]
        self.number = number
        self.sentence = sentence.format(**{name: _echo(fact) for name, fact in facts.items()})
        super().__init__(self.sentence, status_code=status, error=error or usual_error)


@dataclass(frozen=True, slots=True)
class Incident:
    """One refusal as it was told: Entra names the same three values on every one."""

    refusal: Refusal
    trace_id: str = field(default_factory=lambda: str(uuid4()))
    correlation_id: str = field(default_factory=lambda: str(uuid4()))
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def timestamp(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%SZ}"

    @property
    def message(self) -> str:
        return f"AADSTS{self.refusal.number}: {self.refusal.sentence}"

    @property
    def description(self) -> str:
        """`error_description`, as one line."""
        return (
            f"{self.message} Trace ID: {self.trace_id} Correlation ID: {self.correlation_id}"
            f" Timestamp: {self.timestamp}"
        )

    def params(self, error_uri: str) -> list[tuple[str, str]]:
        """What is sent back to the redirect URI. RFC 6749 4.1.2.1."""
        return [
            ("error", self.refusal.error),
            ("error_description", self.description),
            ("error_uri", error_uri),
        ]

    def body(self, error_uri: str) -> dict[str, object]:
        """The JSON object of the token endpoint and of discovery. RFC 6749 5.2."""
        return {
            **dict(self.params(error_uri)),
            "error_codes": [self.refusal.number],
            "timestamp": self.timestamp,
            "trace_id": self.trace_id,
            "correlation_id": self.correlation_id,
        }


def _echo(value: str | None) -> str:
    """What was sent, bounded and without characters that error_description cannot hold."""
    text = (value or "")[:_ECHO_LENGTH]
    return "".join(char if " " <= char <= "~" and char not in '"\\' else "?" for char in text)
