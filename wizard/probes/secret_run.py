"""The requests of one look at a client secret: how each is sent, and what shows them."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote, quote_plus, unquote_plus

from wizard.fetch import Fetcher
from wizard.oidc.discovery import Metadata
from wizard.oidc.finding import Finding
from wizard.oidc.plain import Hidden
from wizard.probes.asking import Outcome, side_by_side, trouble
from wizard.probes.canary import made_up_secret
from wizard.probes.registration import Registration
from wizard.probes.token_reply import TokenReply, read_token_reply

MOST_REQUESTS = 12
BASIC = "client_secret_basic"
POST = "client_secret_post"
BASIC_UNENCODED = "client_secret_basic, not form-encoded"

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SecretAnswer:
    """Findings on the secret, and the authentication method that worked (None: not known)."""

    findings: list[Finding]
    auth_method: str | None = None


class SecretRun:
    """The requests of one run: how each is sent, how many are left, and what shows them."""

    def __init__(self, fetcher: Fetcher, metadata: Metadata, registration: Registration) -> None:
        self.fetcher = fetcher
        self.metadata = metadata
        self.registration = registration
        self.real = registration.client_secret or ""
        self.made_up = made_up_secret(self.real)
        self._hidden = Hidden([*self._forms(self.real), *self._forms(self.made_up)])
        self.left = MOST_REQUESTS
        self.lines: list[str] = []
        self.outcomes: list[Outcome] = []
        self.took_ms: int | None = None

    def ask_both(
        self, url: str, words: str, fields: Fields, method: str
    ) -> tuple[TokenReply, TokenReply]:
        """The answers to the admin's secret and to a made-up one, asked side by side."""
        calls = [self._call(url, fields, method, each) for each in (self.real, self.made_up)]
        outcomes = side_by_side(calls)
        self.left -= len(calls)
        self.outcomes += outcomes
        right, wrong = (read_token_reply(outcome, self._hidden) for outcome in outcomes)
        if self.took_ms is None:
            self.took_ms = right.took_ms
        for whose, reply in (("your secret", right), ("a made-up secret", wrong)):
            where = url.partition("?")[0]
            self.lines.append(f"POST {where} {words}, {method}, {whose} → {reply.outcome}")
        return right, wrong

    def facts(self, **more: str) -> dict:
        """What every finding of the run carries."""
        return {
            "about": self.metadata.token_endpoint.partition("?")[0],
            "evidence": tuple(self.lines),
            "took_ms": self.took_ms,
            **more,
        }

    def done(self, *findings: Finding, method: str | None = None) -> SecretAnswer:
        """The answer of the run, with a finding for each trouble on the way."""
        troubles = trouble(self.outcomes, self.metadata.token_endpoint.partition("?")[0])
        return SecretAnswer([*findings, *troubles], method)

    def _forms(self, secret: str) -> tuple[str, ...]:
        """Every form in which a provider might repeat `secret`: as sent, and as misread."""
        credentials = [
            authenticate(method, self.registration.client_id, secret)[1]["Authorization"][6:]
            for method in (BASIC, BASIC_UNENCODED)
        ]
        forms = (secret, quote_plus(secret), quote(secret, safe=""), unquote_plus(secret))
        return (*credentials, *forms)

    def _call(self, url: str, fields: Fields, method: str, secret: str) -> Callable:
        more, headers = authenticate(method, self.registration.client_id, secret)
        return partial(self.fetcher.post_form, url, [*fields, *more], headers)


def authenticate(method: str, client_id: str, secret: str) -> tuple[Fields, dict[str, str]]:
    """Form fields and headers that show `secret`. RFC 6749, 2.3.1. Both hold it."""
    if method == POST:
        return [("client_id", client_id), ("client_secret", secret)], {}
    encode = str if method == BASIC_UNENCODED else quote_plus
    pair = f"{encode(client_id)}:{encode(secret)}".encode()
    return [], {"Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}
