"""Asking the identity provider about the values of a setup.

The live check, Continue, the renewal and the command line all come through here, so that they
cannot differ.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace

from wizard import probes
from wizard.fetch import Fetcher
from wizard.judging import TOPICS, topics_of
from wizard.oidc.discovery import Metadata, Needs
from wizard.oidc.finding import Finding, Status, passed
from wizard.setups import Setup, Values, from_rows


@dataclass(frozen=True, slots=True)
class Asked:
    """What the identity provider answered, by topic, and what later pages need of it."""

    findings: dict[str, list[Finding]]
    metadata: Metadata | None = None
    keys: dict | None = field(default=None, repr=False)
    auth_method: str | None = None
    clock_ahead: float | None = None


Heard = Callable[[str, list[Finding], int], None]


def _nobody(_topic: str, _findings: list[Finding], _took_ms: int) -> None:
    """For those who wait for the whole."""


def needs_of(setup: Setup) -> Needs:
    """What the product needs of the identity provider."""
    protocol = setup.product.protocol
    return Needs(
        response_type=protocol.response_type,
        response_mode=protocol.response_mode,
        scopes=protocol.scopes,
        uses_secret=protocol.uses_secret,
    )


def ask(
    setup: Setup,
    values: Values,
    topics: Iterable[str],
    *,
    heard: Heard = _nobody,
    fetcher: Fetcher | None = None,
) -> Asked:
    """Ask the identity provider about `topics`; the metadata document is always read first.

    Nothing is sent to an address out of a document that failed: a secret must not go to an
    endpoint that somebody else's document names. All the rest needs nothing but the document, the
    keys too, and is asked side by side. `heard` is called (in this thread) with each topic's
    findings and the milliseconds it took, as soon as no other answer can change them, discovery
    first. `fetcher` is the run's own where it has one.
    """
    if fetcher is None:
        with Fetcher(typed_url=values.metadata_url) as fetcher:
            return ask(setup, values, topics, heard=heard, fetcher=fetcher)
    since = time.monotonic()
    needs = needs_of(setup)
    document = probes.ask_document(fetcher, values.metadata_url, needs, time.time)
    read = time.monotonic()
    with ThreadPoolExecutor(max_workers=3) as pool:
        keys = pool.submit(probes.ask_keys_of, fetcher, document, needs, time.time)
        jobs: dict[Future, str] = {}
        if document.passed:
            wanted = topics_of(values, topics)
            registration = _registration(setup, values)
            about = (fetcher, document.metadata, registration)
            if "registration" in wanted:
                jobs[pool.submit(probes.ask_registration, *about)] = "registration"
            if "secret" in wanted:
                jobs[pool.submit(_ask_secret, setup, *about)] = "secret"
        discovered = keys.result()
        heard("discovery", list(discovered.findings), _ms(since))
        asked = Asked(
            {"discovery": list(discovered.findings)},
            discovered.metadata,
            discovered.jwks,
            clock_ahead=discovered.clock_ahead,
        )
        return _with_client(setup, values, jobs, heard, asked, read) if jobs else asked


def _with_client(
    setup: Setup,
    values: Values,
    jobs: dict[Future, str],
    heard: Heard,
    asked: Asked,
    since: float,
) -> Asked:
    """What was asked, with registration and secret as `jobs` bring them, one settling the other."""
    method = None
    told: dict[str, list[Finding]] = {}
    answers = {
        topic: _known(setup, values, topic)
        for topic in ("registration", "secret")
        if topic not in jobs.values()
    }
    for job in as_completed(jobs):
        topic = jobs[job]
        if topic == "secret":
            answers[topic], method = job.result().findings, job.result().auth_method
        else:
            answers[topic] = job.result()
        whole = len(answers) == 2
        if whole:
            pair = probes.settle(answers["registration"], answers["secret"])
            answers["registration"], answers["secret"] = map(list, pair)
        for each in jobs.values():
            done = each in answers and (whole or not _may_change(answers[each]))
            if done and told.get(each) != answers[each]:
                told[each] = answers[each]
                heard(each, answers[each], _ms(since))
    found = {topic: told[topic] for topic in TOPICS if topic in told}
    return replace(asked, findings={**asked.findings, **found}, auth_method=method)


def _may_change(findings: Sequence[Finding]) -> bool:
    """Whether the other probe's best news would make these findings say something else."""
    news = [passed("client_id_known"), passed("client_secret_accepted")]
    as_client, as_secret = probes.settle(findings, news)[0], probes.settle(news, findings)[1]
    return not list(as_client) == list(as_secret) == list(findings)


def ask_secret_again(setup: Setup, values: Values, asked: Asked, fetcher: Fetcher) -> Asked:
    """What was asked, with the client secret asked about once more: it may have been too fresh."""
    registration = _registration(setup, values)
    answer = _ask_secret(setup, fetcher, asked.metadata, registration)
    client = asked.findings.get("registration") or _known(setup, values, "registration")
    settled, secret = probes.settle(client, answer.findings)
    findings = {**asked.findings, "secret": list(secret)}
    if "registration" in findings:
        findings["registration"] = list(settled)
    return replace(asked, findings=findings, auth_method=answer.auth_method)


def _ask_secret(
    setup: Setup, fetcher: Fetcher, metadata: Metadata, registration: probes.Registration
) -> probes.SecretAnswer:
    plan = setup.provider.secret_check
    return probes.ask_secret(
        fetcher, metadata, registration, question=plan.question, scope=plan.scope or None
    )


def may_be_too_fresh(setup: Setup, asked: Asked) -> bool:
    """Whether the secret was refused in a way in which this provider refuses a new one, too."""
    fails = _fails(asked.findings.get("secret", ()))
    plan = setup.provider.secret_check
    return bool(
        plan.fresh_seconds and fails and all(f.code in probes.MAY_BE_TOO_FRESH for f in fails)
    )


def _ms(since: float) -> int:
    return round((time.monotonic() - since) * 1000)


def _known(setup: Setup, values: Values, topic: str) -> list[Finding]:
    """What was found out about the same values before: it settles whose fault a refusal is."""
    check = setup.checks.get(topic)
    if check and check.fingerprint == setup.fingerprint(topic, values):
        return from_rows(check.findings)
    return []


def _registration(setup: Setup, values: Values) -> probes.Registration:
    protocol = setup.product.protocol
    return probes.Registration(
        client_id=values.client_id,
        redirect_uris=setup.redirect_uris(values),
        response_type=protocol.response_type,
        response_mode=protocol.response_mode,
        scopes=protocol.scopes,
        client_secret=values.client_secret or None,
    )


def _fails(findings: Iterable[Finding]) -> Sequence[Finding]:
    return [finding for finding in findings if finding.status is Status.FAIL]
