"""Authorization codes: single use, ten minutes, in memory (a restart ends the sign-ins under way).

RFC 6749 4.1.2; RFC 7636 4.4.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

LIFETIME_SECONDS = 600
MOST = 1000


@dataclass(frozen=True, slots=True)
class Granted:
    """What a code stands for: who signed in, to what, and what the request was bound to.

    It is what Authlib calls an authorization code, hence the getters.
    """

    client_id: str
    redirect_uri: str | None
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    user: str
    single_page: bool = False

    def get_redirect_uri(self) -> str | None:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> None:
        """Entra sends no auth_time unless it is asked for."""

    def get_acr(self) -> None:
        """Entra sends no acr."""

    def get_amr(self) -> None:
        """Entra's v2 tokens hold no amr."""


class CodeRefused(Exception):
    """`number` is the AADSTS number that tells why."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Codes:
    """The codes given out lately; the used ones are remembered for as long as they would work."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._given: dict[str, tuple[float, Granted]] = {}
        self._used: set[str] = set()

    def give(self, code: str, granted: Granted) -> None:
        with self._lock:
            self._given[code] = (self._clock(), granted)
            while len(self._given) > MOST:
                self._forget(next(iter(self._given)))

    def redeem(self, code: str, client_id: str) -> Granted:
        """Use the code up. Raises CodeRefused: never given (9002313), another client's (700007),
        used before (54005), too old (70008)."""
        with self._lock:
            given_at, granted = self._given.get(code, (0.0, None))
            if granted is None:
                raise CodeRefused(9002313)
            if granted.client_id != client_id:
                raise CodeRefused(700007)
            if code in self._used:
                raise CodeRefused(54005)
            if self._clock() - given_at > LIFETIME_SECONDS:
                raise CodeRefused(70008)
            self._used.add(code)
            return granted

    def _forget(self, code: str) -> None:
        del self._given[code]
        self._used.discard(code)
