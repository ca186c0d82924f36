"""One answer of the token, introspection or revocation endpoint, as far as a secret is judged."""

from dataclasses import dataclass, field

from wizard.fetch import FetchError
from wizard.oidc.plain import Hidden, plain
from wizard.oidc.strict_json import StrictJsonError, parse_object
from wizard.probes import dialect
from wizard.probes.asking import Outcome, why_unavailable

# How a refused secret is told. RFC 6749, 5.2 says invalid_client; unauthorized_client is seen with
# Keycloak, access_denied and a 403 without a word elsewhere.
_REFUSALS = frozenset({"invalid_client", "unauthorized_client", "access_denied"})


@dataclass(frozen=True, slots=True)
class TokenReply:
    """`refused`: the client's authentication failed. `sure`: by words that mean nothing else.

    `busy`: come back later. A 200 holds no `error` and its body is not looked at here: there may
    be a token in it.
    """

    status: int = 0
    error: str = ""
    description: str = field(default="", repr=False)
    numbers: tuple[int, ...] = ()
    unavailable: str = ""
    busy: bool = False
    took_ms: int | None = None

    @property
    def refused(self) -> bool:
        if self.unavailable or self.status < 400:
            return False
        if dialect.CODE_REFUSED.intersection(self.numbers):
            return False  # it got as far as the code, whatever the status
        bare = self.status == 403 and not self.error
        return self.status == 401 or self.error in _REFUSALS or bare

    @property
    def past_authentication(self) -> bool:
        """The client was let through, and the request refused for something else.

        invalid_request does not show that: it is also said of a secret whose form is refused.
        """
        if self.unavailable or self.refused:
            return False
        return bool(self.numbers) or self.error != "invalid_request"

    @property
    def sure(self) -> bool:
        """400 unauthorized_client alone may mean "not this grant". RFC 6749, 5.2."""
        return self.refused and not (self.status == 400 and self.error == "unauthorized_client")

    @property
    def outcome(self) -> str:
        """The answer in a few words."""
        if self.unavailable:
            return self.unavailable
        number = f", AADSTS{self.numbers[0]}" if self.numbers else ""
        return f"{self.status}{' ' if self.error else ''}{self.error}{number}"

    @property
    def said(self) -> str:
        """The answer with the provider's own words. Entra's begin with the number once more."""
        number = f"AADSTS{self.numbers[0]}: " if self.numbers else ""
        words = self.description.removeprefix(number)
        return plain(": ".join(part for part in (self.outcome, words) if part), 240)


def read_token_reply(outcome: Outcome, hidden: Hidden) -> TokenReply:
    """`outcome` of a request that carried `hidden` values, which are taken out of its words."""
    if isinstance(outcome, FetchError):
        return TokenReply(unavailable=why_unavailable(outcome), busy=True)
    unavailable = why_unavailable(outcome)
    facts = {"status": outcome.status, "took_ms": outcome.took_ms}
    if unavailable:
        return TokenReply(unavailable=unavailable, busy=outcome.status in (429, 503), **facts)
    if outcome.status < 400:
        return TokenReply(**facts)
    body = outcome.body.decode("utf-8", "replace")
    numbers = dialect.numbers_in(body)
    if dialect.TRANSIENT.intersection(numbers):
        why = f"AADSTS{numbers[0]}, passing trouble at the provider"
        return TokenReply(unavailable=why, busy=True, numbers=numbers, **facts)
    error, description = _error_of(outcome.body)
    return TokenReply(
        error=plain(error, 60, hide=hidden),
        description=plain(description, 200, hide=hidden),
        numbers=numbers,
        **facts,
    )


def _error_of(body: bytes) -> tuple[str, str]:
    try:
        answer = parse_object(body)
    except StrictJsonError:
        return "", ""
    error, description = answer.get("error"), answer.get("error_description")
    return (
        error if isinstance(error, str) else "",
        description if isinstance(description, str) else "",
    )
