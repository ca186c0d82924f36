"""The answer judged: the code redeemed, the ID token verified, every rule held or not."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from wizard import clock, matching, probes
from wizard.clock import ProviderClock
from wizard.fetch import Fetcher, FetchError, network_finding
from wizard.oidc import id_token, jose_guard, sign_in
from wizard.oidc.discovery import tenant_of
from wizard.oidc.finding import Finding, Status, passed, warned, worst
from wizard.oidc.plain import Hidden
from wizard.oidc.token_answer import TokenAnswer, judge_token_answer
from wizard.round_trip.waiting import Pending
from wizard.setups import Setup


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sign-in proved: every rule judged, the claims, and who signed in.

    `took_ms` has the milliseconds of each request ("metadata", "keys", "tokens", "keys_again"), and
    as "all" those from the button to the verdict, her own time at the provider included.
    """

    findings: tuple[Finding, ...]
    claims: dict = field(repr=False, default_factory=dict)
    took_ms: dict[str, int] = field(default_factory=dict)

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

    No secret, code, verifier or token that was sent is in the outcome, claims included.
    """
    took_ms = dict(pending.took_ms)
    outcome = _judge(pending, setup, now, steady, took_ms)
    took_ms["all"] = max(0, round((steady() - pending.began) * 1000))
    # Whatever a provider repeats, wherever, it goes no further than this.
    sent = [value for name, value in pending.params if name in _SECRET_PARAMETERS]
    hidden = Hidden([pending.client_secret, pending.code_verifier, *sent, *_credentials(pending)])
    return Outcome(
        tuple(_hidden_in(finding, hidden) for finding in outcome.findings),
        hidden.out_of_json(outcome.claims),
        took_ms,
    )


_SECRET_PARAMETERS = frozenset({"code", "id_token", "access_token"})


def _credentials(pending: Pending) -> list[str]:
    """What HTTP Basic made of client ID and secret."""
    if pending.auth_method != "client_secret_basic" or not pending.client_secret:
        return []
    _, headers = sign_in.token_request(
        code="",
        redirect_uri="",
        client_id=pending.client_id,
        client_secret=pending.client_secret,
        auth_method=pending.auth_method,
    )
    return [headers["Authorization"].removeprefix("Basic ")]


def _hidden_in(finding: Finding, hidden: Hidden) -> Finding:
    return replace(
        finding,
        about=hidden.out_of(finding.about),
        expected=hidden.out_of(finding.expected),
        actual=hidden.out_of(finding.actual),
        evidence=tuple(hidden.out_of(line) for line in finding.evidence),
    )


def _judge(
    pending: Pending,
    setup: Setup,
    now: Callable[[], float],
    steady: Callable[[], float],
    took_ms: dict[str, int],
) -> Outcome:
    metadata = pending.metadata
    answer = sign_in.judge_callback(
        pending.params,
        response_type=pending.response_type,
        issuer=metadata.issuer,
        iss_supported=metadata.iss_parameter_supported,
        hide=[pending.client_secret],
    )
    asked = _registration(pending, setup)
    findings = [passed("sign_in_came_back", spec="RFC 9700, 2.1")]
    findings += [probes.name_refusal(finding, asked) for finding in answer.findings]
    if worst(findings) is Status.FAIL:
        return Outcome(tuple(findings))
    with Fetcher(typed_url=pending.metadata_url) as fetcher:
        token, access_token = answer.id_token, None
        clocks = [pending.provider_clock]
        if pending.response_type == "code":
            since = time.monotonic()
            redeemed, found, date = _redeem(fetcher, pending, answer.code or "")
            took_ms["tokens"] = round((time.monotonic() - since) * 1000)
            if date:
                clocks.append(ProviderClock(date.timestamp(), steady()))
            findings += [probes.name_refusal(finding, asked) for finding in found]
            if redeemed is None or worst(findings) is Status.FAIL:
                return Outcome(tuple(findings))
            token, access_token = redeemed.id_token, redeemed.access_token
        verified, found = _verify(fetcher, pending, token or "", took_ms)
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
        tenant = tenant_of(metadata) or setup.answers.get("seen:tenant_id", "")
        findings += matching.judge(setup.product, verified.claims, tenant)
    return Outcome(tuple(findings), dict(verified.claims))


def _registration(pending: Pending, setup: Setup) -> probes.Registration:
    """What was signed in with, as the checks before the sign-in would be asked about it."""
    return probes.Registration(
        client_id=pending.client_id,
        redirect_uris=(("test", pending.redirect_uri),),
        response_type=pending.response_type,
        scopes=setup.product.protocol.scopes,
        client_secret=pending.client_secret or None,
    )


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
    credentials = headers.get("Authorization", "").removeprefix("Basic ")
    try:
        got = fetcher.post_form(pending.metadata.token_endpoint, fields, headers=headers)
    except FetchError as error:
        return None, [network_finding(error, Status.FAIL)], None
    answer = judge_token_answer(
        got.status,
        got.body,
        got.headers.get("content-type"),
        location=got.headers.get("location"),
        hide=(pending.client_secret, code, pending.code_verifier, credentials),
    )
    return answer, list(answer.findings), got.date


def _verify(
    fetcher: Fetcher, pending: Pending, token: str, took_ms: dict[str, int]
) -> tuple[jose_guard.Verified | None, list[Finding]]:
    try:
        try:
            verified = _opened(pending, token, pending.keys)
        except jose_guard.TokenRefused as refusal:
            if refusal.code != "key_unknown_kid":
                raise
            # Keys may have changed since the start: one more look, and no more than one.
            address = pending.metadata.jwks_uri
            since = time.monotonic()
            keys, found, _ = probes.ask_keys(fetcher, address, pending.alg, afresh=True)
            took_ms["keys_again"] = round((time.monotonic() - since) * 1000)
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
