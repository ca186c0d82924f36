"""The sign-ins on their way: begun here, kept on the server, and handed on once.

Everything needed to judge the answer is kept in memory under `state`, for ten minutes and for one
use. The answer arrives without a cookie (a form_post from another site carries none), so it is
first put aside under a one-time handle, and handed on only when the same browser session comes for
it. RFC 9700 2.1 and 4.2; OAuth 2.0 Form Post Response Mode.
"""

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from wizard import asking, clock
from wizard.clock import ProviderClock
from wizard.oidc import sign_in
from wizard.oidc.discovery import Metadata
from wizard.oidc.finding import Finding, Status, failed
from wizard.setups import Setup

LIFETIME = 600  # seconds she may take at the identity provider
MOST_PENDING = 20


class SignInUnknown(Exception):
    """An answer that belongs to no sign-in we are waiting for. Carries its finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


@dataclass(slots=True)
class Pending:
    """One sign-in on its way. Secrets stay out of its repr.

    `began` is when the button was pressed, `started` when the provider's answers were in and she
    was sent there, both as `SignIns` counts seconds; `took_ms` are the requests made meanwhile.
    """

    setup_id: str
    sid: str = field(repr=False)
    fingerprint: str
    redirect_uri: str
    response_type: str
    client_id: str
    client_secret: str = field(repr=False)
    auth_method: str
    alg: str
    metadata_url: str
    metadata: Metadata
    keys: dict = field(repr=False)
    started: float
    began: float = 0.0
    took_ms: dict[str, int] = field(default_factory=dict)
    provider_clock: ProviderClock | None = None
    state: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(32))
    nonce: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(32))
    code_verifier: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(48))
    params: Sequence[tuple[str, str]] = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sign-in on its way has come: seconds since she was sent, and whether she is back.

    `answered` says that the provider's answer is here, and is being judged.
    """

    seconds: int
    answered: bool


@dataclass(frozen=True, slots=True)
class Started:
    """Where to send the browser; or, when it cannot be sent, why."""

    url: str = field(default="", repr=False)
    findings: tuple[Finding, ...] = ()


class SignIns:
    """The sign-ins on their way. Threads may share it; nothing of it outlives the process.

    `now` gives seconds of which only differences count: this computer's clock may be put right
    while she is away.
    """

    def __init__(self, now: Callable[[], float] = clock.steady) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._by_state: dict[str, Pending] = {}
        self._by_handle: dict[str, Pending] = {}
        self._judged: list[Pending] = []

    def start(self, setup: Setup, sid: str) -> Started:
        """Read the metadata afresh, remember the sign-in, and give the address to send her to.

        A document that failed stops here: she is not sent to an address out of it.
        """
        began = self._now()
        asked = asking.ask(setup, setup.values, ())
        metadata = asked.metadata
        broken = [f for f in asked.findings["discovery"] if f.status is Status.FAIL]
        if metadata is None or broken or asked.keys is None:
            return Started(findings=tuple(broken or asked.findings["discovery"]))
        protocol = setup.product.protocol
        pending = Pending(
            setup_id=setup.id,
            sid=sid,
            fingerprint=setup.fingerprint(),
            redirect_uri=setup.callback_uri,
            response_type=protocol.response_type,
            client_id=setup.values.client_id,
            client_secret=setup.values.client_secret,
            auth_method=_auth_method(setup, metadata),
            alg=chosen_alg(setup),
            metadata_url=setup.values.metadata_url,
            metadata=metadata,
            keys=asked.keys,
            # A verifier without a challenge before it is refused (RFC 9700, section 4.8.2).
            code_verifier=secrets.token_urlsafe(48) if protocol.pkce else "",
            started=self._now(),
            began=began,
            took_ms=_reading_took(asked.findings["discovery"]),
            provider_clock=_clock_at_start(asked.clock_ahead),
        )
        self._remember(pending)
        url = sign_in.authorization_url(
            metadata,
            client_id=pending.client_id,
            redirect_uri=pending.redirect_uri,
            response_type=protocol.response_type,
            # The default mode is left out: some providers stumble over a needless parameter.
            response_mode=None if protocol.response_mode == "query" else protocol.response_mode,
            scope=protocol.scopes,
            state=pending.state,
            nonce=pending.nonce,
            code_challenge=sign_in.s256(pending.code_verifier) if protocol.pkce else None,
            extra=[(parameter.name, parameter.value) for parameter in setup.provider.extra],
        )
        return Started(url=url)

    def arrive(self, params: Sequence[tuple[str, str]]) -> str:
        """Put an answer aside and return its one-time handle. Raises SignInUnknown.

        The state is used up here, so that the same answer cannot come a second time.
        """
        states = [value for name, value in params if name == "state"]
        if len(states) != 1 or not states[0]:
            code = "sign_in_state_repeated" if len(states) > 1 else "sign_in_state_missing"
            raise SignInUnknown(failed(code, expected="one state", actual=str(len(states))))
        with self._lock:
            self._forget_old()
            pending = self._by_state.pop(states[0], None)
            if pending is None:
                raise SignInUnknown(
                    failed(
                        "sign_in_state_unknown",
                        expected="the state of a sign-in started here, not used yet",
                        actual="another one",
                        spec="RFC 9700, 2.1",
                    )
                )
            handle = secrets.token_urlsafe(32)
            pending.params = [(name, value) for name, value in params if name != "state"]
            self._by_handle[handle] = pending
        return handle

    def collect(self, handle: str, sid: str) -> Pending:
        """The sign-in of that handle, once, for the browser session that began it.

        Raises SignInUnknown, also for another session: then it stays for the right one.
        """
        with self._lock:
            self._forget_old()
            pending = self._by_handle.get(handle)
            if pending is None:
                raise SignInUnknown(failed("sign_in_state_unknown", spec="RFC 9700, 2.1"))
            if not secrets.compare_digest(pending.sid.encode(), sid.encode()):
                raise SignInUnknown(
                    failed(
                        "sign_in_other_browser",
                        expected="the browser session that began the sign-in",
                        actual="another one",
                        spec="RFC 9700, 4.7",
                    )
                )
            del self._by_handle[handle]
            self._judged.append(pending)
        return pending

    def ended(self, pending: Pending) -> None:
        """The answer of a collected sign-in has been judged, or never will be."""
        with self._lock:
            self._judged = [each for each in self._judged if each is not pending]

    def progress(self, setup_id: str, sid: str) -> Progress | None:
        """How far the newest sign-in of this setup and browser session is; None when none is."""
        with self._lock:
            self._forget_old()
            back = [*self._by_handle.values(), *self._judged]
            away = list(self._by_state.values())
            mine = [p for p in (*away, *back) if p.setup_id == setup_id and p.sid == sid]
            if not mine:
                return None
            newest = max(mine, key=lambda pending: pending.started)
            answered = any(newest is pending for pending in back)
            return Progress(int(self._now() - newest.started), answered)

    def _remember(self, pending: Pending) -> None:
        with self._lock:
            self._forget_old()
            while len(self._by_state) + len(self._by_handle) >= MOST_PENDING:
                oldest = self._by_state or self._by_handle
                del oldest[next(iter(oldest))]
            self._by_state[pending.state] = pending

    def _forget_old(self) -> None:
        oldest = self._now() - LIFETIME
        for kept in (self._by_state, self._by_handle):
            for key in [key for key, pending in kept.items() if pending.started < oldest]:
                del kept[key]


def _reading_took(findings: Sequence[Finding]) -> dict[str, int]:
    """How long the metadata document and the keys took to be read, as far as it is known."""
    took: dict[str, int] = {}
    for finding in findings:
        for name, start in (("metadata", "metadata_"), ("keys", "keys_")):
            if finding.code.startswith(start) and finding.took_ms is not None:
                took.setdefault(name, finding.took_ms)
    return took


def _clock_at_start(ahead: float | None) -> ProviderClock | None:
    return None if ahead is None else ProviderClock(time.time() - ahead, clock.steady())


def chosen_alg(setup: Setup) -> str:
    """The algorithm an ID token must have: what the product is registered for, RS256 by default.

    OpenID Connect Core 3.1.3.7, rule 7. What the provider offers does not choose it: a product
    that was never told of another algorithm refuses one, so a test sign-in that took it would be
    a false green. HS256 above all is taken from no list: Discovery 1.0, 3, demands RS256 in every
    one, and a token that the product's own secret could have signed proves nothing to anybody who
    shares that secret. A provider that offers neither is stopped at the start, with its reason.
    """
    return asking.needs_of(setup).alg


def _auth_method(setup: Setup, metadata: Metadata) -> str:
    """How the client secret is sent: as the check found it to work, else the standard's default."""
    if not setup.product.protocol.uses_secret:
        return "none"
    if setup.values.auth_method:
        return setup.values.auth_method
    offered = metadata.token_endpoint_auth_methods_supported or ("client_secret_basic",)
    if "client_secret_basic" not in offered and "client_secret_post" in offered:
        return "client_secret_post"
    return "client_secret_basic"
