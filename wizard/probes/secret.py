"""Asks the token endpoint whether it accepts a client secret, without a user.

A request that must fail anyway (a made-up code) is sent with the admin's secret and with a made-up
one: only the difference says anything. RFC 6749, 2.3.1, 4.1.3, 5.2 and 6; RFC 7009; RFC 7662.
"""

import secrets
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote_plus

from wizard.fetch import Fetcher
from wizard.oidc.discovery import Metadata
from wizard.oidc.finding import could_not_tell, failed, passed, warned
from wizard.probes.asking import can_be_sent
from wizard.probes.by_number import by_number
from wizard.probes.registration import Registration
from wizard.probes.secret_run import (
    BASIC,
    BASIC_UNENCODED,
    POST,
    Fields,
    SecretAnswer,
    SecretRun,
)
from wizard.probes.token_reply import TokenReply

Question = Literal["bogus_code", "client_credentials"]
# Entra may take seconds to know a new secret: worth asking again when it was made just now.
MAY_BE_TOO_FRESH = frozenset({"client_secret_refused", "client_secret_expired"})


def ask_secret(
    fetcher: Fetcher,
    metadata: Metadata,
    registration: Registration,
    question: Question = "bogus_code",
    scope: str | None = None,
) -> SecretAnswer:
    """The verdict on the client secret. At most 12 requests; no finding when there is no secret.

    `question` client_credentials (with `scope`) is for providers known to answer it with AADSTS
    numbers; a token in the answer is thrown away unread. Where nothing is known by it, the made-up
    code is asked after all.
    """
    if not registration.client_secret:
        return SecretAnswer([])
    sendable = can_be_sent(registration.client_id, registration.client_secret)
    if not metadata.token_endpoint or not sendable:
        why = "the metadata name no token endpoint" if sendable else "it holds stray bytes"
        return SecretAnswer([could_not_tell("client_secret_could_not_tell", actual=why)])
    run = SecretRun(fetcher, metadata, registration)
    if question == "client_credentials":
        answer = _ask_client_credentials(run, scope)
        if answer:
            return answer
    return _ask_by_contrast(run)


def _ask_client_credentials(run: SecretRun, scope: str | None) -> SecretAnswer | None:
    """RFC 6749, 4.4. None when the answers say nothing and another question is worth asking.

    The right secret gets a real token here, and that shows in Entra's log of service principal
    sign-ins: for Entra it is the one question seen to work, for others the last resort.
    """
    fields = [("grant_type", "client_credentials"), *([("scope", scope)] if scope else [])]
    right, wrong = run.ask_both(run.metadata.token_endpoint, "client_credentials", fields, POST)
    if right.unavailable or wrong.unavailable:
        return _could_not_tell(run, right.unavailable or wrong.unavailable)
    if right.status == 200 and wrong.refused:
        finding = passed("client_secret_accepted", **run.facts(actual=f"by {POST}"))
        return run.done(finding, method=POST)
    if right.numbers:
        return by_number(run, right, wrong, POST) or _could_not_tell(run, right.said)
    return None


@dataclass(slots=True)
class _Method:
    """How far one authentication method has come."""

    name: str
    refusals: list[TokenReply] = field(default_factory=list)
    not_looked_at: bool = False
    unclear: bool = False

    @property
    def refused(self) -> bool:
        """Refused with every question that told anything, at least once in sure words."""
        sure = any(reply.sure for reply in self.refusals)
        return sure and not self.not_looked_at and not self.unclear


def _ask_by_contrast(run: SecretRun) -> SecretAnswer:
    """Every question by every method, until one method is confirmed or nothing is left to ask."""
    methods = [_Method(name) for name in _by_preference(run.metadata)]
    last = ""
    kept_back = 2 if _encoding_matters(run) else 0  # for the question that ends it
    for name, url, fields in _questions(run):
        for method in methods:
            if name == "a made-up refresh token" and method.not_looked_at:
                continue  # the same endpoint would not look at the secret again
            if run.left < kept_back + 2:
                break
            right, wrong = run.ask_both(url, name, fields, method.name)
            last = right.said
            if right.busy or wrong.busy:
                return _could_not_tell(run, right.unavailable or wrong.unavailable)
            named = by_number(run, right, wrong, method.name)
            if named:
                return named
            if wrong.refused and right.past_authentication:
                return _accepted(run, method, methods)
            _note(method, right, wrong)
    if methods and all(method.refused for method in methods):
        return _unencoded(run) or run.done(
            failed("client_secret_or_id_refused", **run.facts(actual=last))
        )
    return _could_not_tell(run, "a made-up secret gets the same answer" if last else "not asked")


def _note(method: _Method, right: TokenReply, wrong: TokenReply) -> None:
    if right.unavailable or wrong.unavailable:
        method.unclear = True
    elif right.refused and wrong.refused:
        method.refusals.append(right)
    elif right.refused:
        method.unclear = True  # the made-up secret did better than the real one
    elif not method.refusals:
        method.not_looked_at = True


def _accepted(run: SecretRun, method: _Method, methods: list[_Method]) -> SecretAnswer:
    refused = [each.name for each in methods if each is not method and each.refusals]
    actual = f"by {method.name}" + (f"; {refused[0]} is refused" if refused else "")
    return run.done(
        passed("client_secret_accepted", **run.facts(actual=actual)), method=method.name
    )


def _unencoded(run: SecretRun) -> SecretAnswer | None:
    """Some providers take the secret in a Basic header as it is, against RFC 6749, 2.3.1."""
    if not _encoding_matters(run):
        return None
    name, url, fields = _questions(run)[1]
    right, wrong = run.ask_both(url, name, fields, BASIC_UNENCODED)
    if right.unavailable or wrong.unavailable:
        return _could_not_tell(run, right.unavailable or wrong.unavailable)
    if wrong.refused and right.past_authentication:
        finding = warned("client_secret_accepted_unencoded", **run.facts(actual=BASIC_UNENCODED))
        return run.done(finding, method=BASIC)
    return None


def _encoding_matters(run: SecretRun) -> bool:
    pair = run.registration.client_id + run.real
    return quote_plus(pair) != pair


def _could_not_tell(run: SecretRun, why: str) -> SecretAnswer:
    return run.done(could_not_tell("client_secret_could_not_tell", **run.facts(actual=why)))


def _by_preference(metadata: Metadata) -> list[str]:
    """Basic first, as the standard's default; a method that is not listed comes last."""
    listed = metadata.token_endpoint_auth_methods
    return sorted((BASIC, POST), key=lambda method: method not in listed)


def _questions(run: SecretRun) -> list[tuple[str, str, Fields]]:
    """What to ask, in order: words, endpoint, fields. All of it must fail for the right secret
    too, so nothing is granted, found or revoked."""
    made_up = secrets.token_urlsafe(24)
    uris = run.registration.redirect_uris
    code = [
        ("grant_type", "authorization_code"),
        ("code", made_up),
        *([("redirect_uri", uris[0][1])] if uris else []),
        ("code_verifier", secrets.token_urlsafe(48)),
    ]
    # No redirect URI in this one: a wrong one can look like a wrong secret.
    refresh = [("grant_type", "refresh_token"), ("refresh_token", made_up)]
    metadata = run.metadata
    questions = [
        ("a made-up code", metadata.token_endpoint, code),
        ("a made-up refresh token", metadata.token_endpoint, refresh),
    ]
    for words, url in (
        ("introspection of a made-up token", metadata.introspection_endpoint),
        ("revocation of a made-up token", metadata.revocation_endpoint),
    ):
        if url:
            questions.append((words, url, [("token", made_up)]))
    return questions
