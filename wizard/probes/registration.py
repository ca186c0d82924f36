"""Asks the authorization endpoint whether it knows a client ID and its redirect URIs.

prompt=none, no cookies, no redirects followed: nobody signs in, and no page is shown to anybody.
OpenID Connect Core 1.0, 3.1.2.1; the decision table is in `verdict`.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import urlsplit

from wizard.fetch import Answer, Fetcher
from wizard.oidc.discovery import Metadata
from wizard.oidc.finding import Finding, Status, could_not_tell, failed
from wizard.oidc.plain import plain
from wizard.oidc.sign_in import authorization_url, s256
from wizard.probes.asking import Outcome, can_be_sent, side_by_side, trouble
from wizard.probes.canary import made_up_client, made_up_path
from wizard.probes.contrast import Reply, read_reply
from wizard.probes.verdict import Judged, decide, judge_response

MOST_REQUESTS = 10


@dataclass(frozen=True, slots=True)
class Registration:
    """What was registered at the provider. `redirect_uris` are (label, URI) pairs."""

    client_id: str
    redirect_uris: tuple[tuple[str, str], ...]
    response_type: str = "code"
    response_mode: str | None = None
    scopes: str = "openid"
    client_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Question:
    """One authorization request: what is asked, with which values."""

    client_id: str
    redirect_uri: str
    own: bool
    words: str


def ask_registration(
    fetcher: Fetcher, metadata: Metadata, registration: Registration
) -> list[Finding]:
    """One finding on the client ID, one on each redirect URI, one on the response type.

    More only for trouble on the way, a refused scope, or a wrong tenant. At most 10 requests;
    redirect URIs that would need more are left unasked, and said to be.
    """
    return _Run(fetcher, metadata, registration).findings()


class _Run:
    """The requests of one run and their answers; nothing of it is kept for another."""

    def __init__(self, fetcher: Fetcher, metadata: Metadata, registration: Registration) -> None:
        self.fetcher = fetcher
        self.metadata = metadata
        self.registration = registration
        mode = registration.response_mode
        # With a code in the query the baseline is the very request: no second one is needed.
        self.needs_own = registration.response_type != "code" or mode not in (None, "query")
        self.most = (MOST_REQUESTS - 4) // 2 if self.needs_own else MOST_REQUESTS - 2
        uris = list(dict.fromkeys(uri for _, uri in registration.redirect_uris))
        self.uris, self.unasked = uris[: self.most], uris[self.most :]
        self.made_up_client = made_up_client(registration.client_id)
        self.made_up_uri = made_up_path(uris[0]) if uris else ""
        self.outcomes: list[Outcome] = []
        self.lines: list[tuple[str, str]] = []

    def findings(self) -> list[Finding]:
        if not self.uris:
            return []
        client_id = self.registration.client_id
        if not can_be_sent(client_id, *self.uris):
            why = "it holds stray bytes"
            return [could_not_tell("client_id_could_not_tell", about="client ID", actual=why)]
        baseline = [
            _Question(client_id, self.made_up_uri, False, "a made-up redirect URI"),
            _Question(self.made_up_client, self.uris[0], False, "a made-up client ID"),
            *(
                _Question(client_id, uri, False, f"redirect URI {plain(uri, 200)}")
                for uri in self.uris
            ),
        ]
        own = [
            _Question(client_id, uri, True, f"redirect URI {plain(uri, 200)}")
            for uri in self.uris
            if self.needs_own
        ]
        replies = self._ask([*baseline, *own])
        b, c, rest = replies[0], replies[1], replies[2:]
        coded, owned = rest[: len(self.uris)], rest[len(self.uris) :]
        judged = [decide(a, b, c) for a in coded]
        if any(reply.back and not _good(one) for one, reply in zip(judged, owned, strict=False)):
            judged = self._judge_again(judged, owned)
        asked_for = owned or coded
        return [*self._summed_up(judged, asked_for), *self._trouble()]

    def _judge_again(self, judged: Sequence[Judged], owned: Sequence[Reply]) -> list[Judged]:
        """Where a code is not to be had, the product's own request gets canaries of its own."""
        b, c = self._ask(
            [
                _Question(self.registration.client_id, self.made_up_uri, True, "a made-up path"),
                _Question(self.made_up_client, self.uris[0], True, "a made-up client ID"),
            ]
        )
        again = [decide(a, b, c) for a in owned]
        return [
            new if _good(new) and not _good(old) else old
            for old, new in zip(judged, again, strict=True)
        ]

    def _ask(self, questions: Sequence[_Question]) -> list[Reply]:
        calls = [partial(self.fetcher.get, self._url(question), None, "text/html, application/json")
                 for question in questions]  # fmt: skip
        outcomes = side_by_side(calls)
        self.outcomes += outcomes
        echoed = (
            self.registration.client_id,
            self.made_up_client,
            self.made_up_uri,
            *self.uris,
            *(urlsplit(uri).path for uri in (self.made_up_uri, *self.uris)),
        )
        replies = []
        for question, outcome in zip(questions, outcomes, strict=True):
            reply = read_reply(outcome, question.redirect_uri, [each for each in echoed if each])
            replies.append(reply)
            self.lines.append((question.redirect_uri, self._line(question, reply)))
        return replies

    def _url(self, question: _Question) -> str:
        own = self.registration if question.own else None
        response_type = own.response_type if own else "code"
        with_code = "code" in response_type.split()
        return authorization_url(
            self.metadata,
            client_id=question.client_id,
            redirect_uri=question.redirect_uri,
            response_type=response_type,
            response_mode=own.response_mode if own else None,
            scope=self.registration.scopes,
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            code_challenge=s256(secrets.token_urlsafe(48)) if with_code else None,
            extra=[("prompt", "none")],
        )

    def _line(self, question: _Question, reply: Reply) -> str:
        own = self.registration if question.own else None
        asked = own.response_type if own else "code"
        mode = f", response_mode={own.response_mode}" if own and own.response_mode else ""
        where = self.metadata.authorization_endpoint.partition("?")[0]
        return (
            f"GET {where} prompt=none, response_type={asked}{mode}, {question.words}"
            f" → {reply.outcome}"
        )

    def _summed_up(self, judged: Sequence[Judged], asked_for: Sequence[Reply]) -> Iterator[Finding]:
        """One verdict on the client ID out of all, then each redirect URI, then the rest."""
        tenant = next((one.tenant for one in judged if one.tenant), None)
        if tenant:
            yield self._about(tenant, self.metadata.authorization_endpoint.partition("?")[0])
        client = _on_client([one.client for one in judged])
        yield self._about(client, self.registration.client_id)
        for uri, one, reply in zip(self.uris, judged, asked_for, strict=True):
            finding = one.uri
            if one.either and client.status is Status.PASS:
                # Another redirect URI has shown that the client ID is known.
                finding = failed("redirect_uri_refused", actual=one.client.actual)
            yield replace(self._about(finding, uri), took_ms=reply.took_ms)
        for uri in self.unasked:
            yield could_not_tell(
                "redirect_uri_not_asked", about=uri, expected=f"at most {self.most} redirect URIs"
            )
        yield from self._on_response(judged, asked_for)

    def _on_response(
        self, judged: Sequence[Judged], asked_for: Sequence[Reply]
    ) -> Iterator[Finding]:
        found = [
            judge_response(
                reply,
                own=self.needs_own,
                form_post=self.registration.response_mode == "form_post",
            )
            for one, reply in zip(judged, asked_for, strict=True)
            if _good(one)
        ]
        by_status = {finding.status: finding for finding in reversed(found)}
        finding = by_status.get(Status.FAIL) or by_status.get(Status.PASS)
        finding = finding or by_status.get(Status.UNKNOWN) or judged[0].response
        about = self.registration.response_type
        if finding.code == "scope_refused":
            about = self.registration.scopes
        yield self._about(finding, about)

    def _about(self, finding: Finding, about: str) -> Finding:
        """`finding` with the requests that show it; those for other redirect URIs left out."""
        others = set(self.uris) - {about} if about in self.uris else set()
        lines = [line for uri, line in self.lines if uri not in others or "made-up" in line]
        took = [outcome.took_ms for outcome in self.outcomes if isinstance(outcome, Answer)]
        return replace(finding, about=about, evidence=tuple(lines), took_ms=max(took, default=None))

    def _trouble(self) -> list[Finding]:
        return trouble(self.outcomes, self.metadata.authorization_endpoint.partition("?")[0])


def _good(one: Judged) -> bool:
    return one.uri.status is Status.PASS and one.client.status is Status.PASS


def _on_client(findings: Sequence[Finding]) -> Finding:
    """The strongest word on the client ID; known beats "one of the two is refused"."""
    known = next((f for f in findings if f.status is Status.PASS), None)
    either = "client_id_or_redirect_uri_refused"
    named = next((f for f in findings if f.status is Status.FAIL and f.code != either), None)
    if known and named:
        return could_not_tell("client_id_could_not_tell", actual=named.actual)
    return known or named or next((f for f in findings if f.status is Status.FAIL), findings[0])
