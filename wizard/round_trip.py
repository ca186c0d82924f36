"""The test sign-in: what is kept on the server while she is away, the start, and the finish.

Everything needed to judge the answer is kept in memory under `state`, for ten minutes and for one
use. The answer arrives without a cookie (a form_post from another site carries none), so it is
first put aside under a one-time handle, and judged only when the same browser session comes for
it. RFC 9700 2.1 and 4.2; OAuth 2.0 Form Post Response Mode.
"""

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from wizard import clock, judging, matching, probes
from wizard.clock import ProviderClock
from wizard.fetch import Fetcher, FetchError, network_finding
from wizard.oidc import id_token, jose_guard, sign_in
from wizard.oidc.discovery import Metadata
from wizard.oidc.finding import Finding, Status, failed, passed, warned, worst
from wizard.oidc.token_answer import TokenAnswer, judge_token_answer
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
    """One sign-in on its way. Secrets stay out of its repr."""

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
    provider_clock: ProviderClock | None = None
    state: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(32))
    nonce: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(32))
    code_verifier: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(48))
    params: Sequence[tuple[str, str]] = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class Started:
    """Where to send the browser; or, when it cannot be sent, why."""

    url: str = field(default="", repr=False)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sign-in proved: every rule judged, the claims, and who signed in."""

    findings: tuple[Finding, ...]
    claims: dict = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """pass, warn or fail: a rule that could not be judged is not a pass."""
        status = worst(self.findings)
        return "warn" if status is Status.UNKNOWN else status.value

    @property
    def account(self) -> str:
        """The name she will recognise the signed-in account by."""
        for claim in ("preferred_username", "upn", "email", "name", "sub"):
            value = self.claims.get(claim)
            if isinstance(value, str) and value:
                return value[:200]
        return ""


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

    def start(self, setup: Setup, sid: str) -> Started:
        """Read the metadata afresh, remember the sign-in, and give the address to send her to.

        A document that failed stops here: she is not sent to an address out of it.
        """
        asked = judging.ask(setup, setup.values, ())
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
            started=self._now(),
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
                        spec="RFC 9700 2.1",
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
                raise SignInUnknown(failed("sign_in_state_unknown", spec="RFC 9700 2.1"))
            if not secrets.compare_digest(pending.sid.encode(), sid.encode()):
                raise SignInUnknown(
                    failed(
                        "sign_in_other_browser",
                        expected="the browser session that began the sign-in",
                        actual="another one",
                        spec="RFC 9700 4.7",
                    )
                )
            del self._by_handle[handle]
        return pending

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


def finish(
    pending: Pending,
    setup: Setup,
    now: Callable[[], float] = time.time,
    steady: Callable[[], float] = clock.steady,
) -> Outcome:
    """Judge an answer in full. After a rule that failed nothing more is sent to the provider.

    `now` is this computer's time in seconds since 1970, `steady` as `SignIns` has it. Where the
    provider's own time shows `now` to be wrong the token is judged by the provider's: the clock is
    then what is wrong, and the token is not called expired or made in the future for it.
    """
    metadata = pending.metadata
    answer = sign_in.judge_callback(
        pending.params,
        response_type=pending.response_type,
        issuer=metadata.issuer,
        iss_supported=metadata.iss_parameter_supported,
    )
    findings = [passed("sign_in_came_back", spec="RFC 9700 2.1"), *answer.findings]
    if worst(findings) is Status.FAIL:
        return Outcome(tuple(findings))
    with Fetcher(typed_url=pending.metadata_url) as fetcher:
        token, access_token = answer.id_token, None
        clocks = [pending.provider_clock]
        if pending.response_type == "code":
            redeemed, found, date = _redeem(fetcher, pending, answer.code or "")
            if date:
                clocks.append(ProviderClock(date.timestamp(), steady()))
            findings += found
            if redeemed is None or worst(findings) is Status.FAIL:
                return Outcome(tuple(findings))
            token, access_token = redeemed.id_token, redeemed.access_token
        verified, found = _verify(fetcher, pending, token or "")
    findings += found
    if verified is None:
        return Outcome(tuple(findings))
    moment, found = _judge_clock(now(), clock.provider_time(clocks, now(), steady()))
    findings += found
    findings += id_token.judge(
        verified.claims,
        verified.header,
        id_token.Expected(
            issuer=metadata.issuer,
            client_id=pending.client_id,
            nonce=pending.nonce,
            now=datetime.fromtimestamp(moment, UTC),
            alg=pending.alg,
            response_type=pending.response_type,
            access_token=access_token,
            key_issuer=verified.key_issuer,
        ),
    )
    if worst(findings) is not Status.FAIL:
        findings += matching.judge(setup.product, verified.claims)
    return Outcome(tuple(findings), dict(verified.claims))


def _redeem(
    fetcher: Fetcher, pending: Pending, code: str
) -> tuple[TokenAnswer | None, list[Finding], datetime | None]:
    fields, headers = sign_in.token_request(
        code=code,
        redirect_uri=pending.redirect_uri,
        client_id=pending.client_id,
        client_secret=pending.client_secret,
        auth_method=pending.auth_method,
        code_verifier=pending.code_verifier,
    )
    try:
        got = fetcher.post_form(pending.metadata.token_endpoint, fields, headers=headers)
    except FetchError as error:
        return None, [network_finding(error, Status.FAIL)], None
    answer = judge_token_answer(
        got.status,
        got.body,
        got.headers.get("content-type"),
        location=got.headers.get("location"),
        hide=(pending.client_secret, code, pending.code_verifier),
    )
    return answer, list(answer.findings), got.date


def _verify(
    fetcher: Fetcher, pending: Pending, token: str
) -> tuple[jose_guard.Verified | None, list[Finding]]:
    try:
        try:
            verified = _opened(pending, token, pending.keys)
        except jose_guard.TokenRefused as refusal:
            if refusal.code != "key_unknown_kid":
                raise
            # Keys may have changed since the start: one more look, and no more than one.
            address = pending.metadata.jwks_uri
            keys, found, _ = probes.ask_keys(fetcher, address, pending.alg, afresh=True)
            if keys is None:
                return None, found
            verified = _opened(pending, token, keys)
    except jose_guard.TokenRefused as refusal:
        return None, [refusal.finding]
    return verified, list(verified.findings)


def _opened(pending: Pending, token: str, keys: dict) -> jose_guard.Verified:
    return jose_guard.verify(
        token,
        keys,
        alg=pending.alg,
        offered=pending.metadata.id_token_signing_alg_values_supported,
        client_secret=pending.client_secret or None,
    )


def _clock_at_start(ahead: float | None) -> ProviderClock | None:
    return None if ahead is None else ProviderClock(time.time() - ahead, clock.steady())


def _judge_clock(here: float, there: float | None) -> tuple[float, list[Finding]]:
    """The time to judge the token by, and what that says of this computer's clock.

    A clock that is right to a minute is within what every rule allows. Core 3.1.3.7, rule 9.
    """
    if there is None:
        return here, []
    ahead = here - there
    facts = {"about": "clock", "expected": f"within {clock.GOOD_SECONDS} seconds"}
    facts |= {"spec": "OpenID Connect Core 1.0, 3.1.3.7, rules 9 and 10"}
    if abs(ahead) <= clock.GOOD_SECONDS:
        return here, [passed("sign_in_clock_agrees", **facts)]
    actual = f"{clock.length(abs(ahead))} {'ahead' if ahead > 0 else 'behind'}"
    return there, [warned("sign_in_clock_differs", actual=actual, **facts)]


def chosen_alg(setup: Setup) -> str:
    """The algorithm an ID token must have: what the product is registered for, RS256 by default.

    OpenID Connect Core 3.1.3.7, rule 7. What the provider offers does not choose it: a product
    that was never told of another algorithm refuses one, so a test sign-in that took it would be
    a false green. HS256 above all is taken from no list: Discovery 1.0, 3, demands RS256 in every
    one, and a token that the product's own secret could have signed proves nothing to anybody who
    shares that secret. A provider that offers neither is stopped at the start, with its reason.
    """
    return judging.needs_of(setup).alg


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
