"""What is wrong with the values of a setup: by their shape at once, and by asking the provider.

The live check, Continue and (later) any other way of asking all come through here, so that they
cannot differ. Findings are attributed to the step that mends them by the catalogue.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from wizard import catalogue, paste, probes
from wizard.fetch import Fetcher
from wizard.oidc.discovery import AddressRules, Metadata, Needs, judge_metadata_url
from wizard.oidc.finding import Finding, Status, passed
from wizard.oidc.issuer_rules import tenant_in_issuer
from wizard.setups import Setup, Values, from_rows

TOPICS = ("discovery", "registration", "secret")
TOPICS_OF_STEP = {
    "redirect-uri": ("registration",),
    "client-id": ("registration", "secret"),
    "client-secret": ("secret",),
    "metadata": TOPICS,
}
_STEP_OF_TOPIC = {
    "discovery": "metadata",
    "registration": "client-id",
    "secret": "client-secret",
}


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


def address_rules(setup: Setup) -> AddressRules:
    """How this identity provider's metadata URL is made from less."""
    address = setup.provider.address
    template = address.template
    if template:
        template = template.replace("{practice_port}", str(setup.port + 1))
    return AddressRules(template=template, hosts=tuple(address.hosts))


def shape(setup: Setup, slug: str, values: Values, today: date | None = None) -> list[Finding]:
    """What can be said of a step's values without asking anybody. Empty values say nothing."""
    provider = setup.provider
    if slug == "redirect-uri" and values.redirect_uri:
        return paste.judge_redirect_uri(
            values.redirect_uri,
            portal_hosts=tuple(provider.portal_hosts),
            strict=provider.registration.strict,
        )
    if slug == "client-id" and values.client_id:
        return _shape_of_client_id(setup, values)
    if slug == "client-secret":
        return _shape_of_secret(setup, values, today or datetime.now(UTC).date())
    if slug == "metadata" and values.metadata_url:
        return judge_metadata_url(values.metadata_url)
    return []


def _shape_of_client_id(setup: Setup, values: Values) -> list[Finding]:
    if setup.provider.client_id.shape != "guid":
        # Elsewhere an ID may be any text: it may stand in the issuer, or be given twice.
        return paste.judge_client_id(values.client_id, shape="text")
    seen = setup.answers  # IDs that came with a paste she has taken over
    return paste.judge_client_id(
        values.client_id,
        shape="guid",
        tenant_id=setup.metadata.get("tenant")
        or _tenant_in(values.metadata_url)
        or seen.get("seen:tenant_id"),
        others={
            "Object ID": seen.get("seen:object_id", ""),
            "Secret ID": seen.get("seen:secret_id", ""),
            "client secret": values.client_secret,
        },
    )


def _tenant_in(url: str) -> str | None:
    try:
        return tenant_in_issuer(url)
    except ValueError:
        return None


def _shape_of_secret(setup: Setup, values: Values, today: date) -> list[Finding]:
    found = []
    kind = "entra" if setup.provider.client_secret.shape == "entra" else "text"
    if values.client_secret:
        found += paste.judge_client_secret(
            values.client_secret,
            shape=kind,
            client_id=values.client_id or None,
            secret_id=setup.answers.get("seen:secret_id"),
        )
    if values.secret_expires:
        expires = date.fromisoformat(values.secret_expires)
        found += paste.judge_secret_expires(expires, today, shape=kind)
    return found


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
    endpoint that somebody else's document names. `heard` is called (in this thread) with each
    topic's findings and the milliseconds it took, as soon as no other answer can change them.
    `fetcher` is the run's own where it has one.
    """
    if fetcher is None:
        with Fetcher(typed_url=values.metadata_url) as fetcher:
            return ask(setup, values, topics, heard=heard, fetcher=fetcher)
    since = time.monotonic()
    discovered = probes.ask_discovery(fetcher, values.metadata_url, needs_of(setup), time.time)
    document = list(discovered.findings)
    heard("discovery", document, _ms(since))
    asked = Asked(
        {"discovery": document},
        discovered.metadata,
        discovered.jwks,
        clock_ahead=discovered.clock_ahead,
    )
    if discovered.metadata is None or _fails(document):
        return asked
    return _ask_about_client(setup, values, topics_of(values, topics), heard, fetcher, asked)


def _ask_about_client(
    setup: Setup,
    values: Values,
    topics: Sequence[str],
    heard: Heard,
    fetcher: Fetcher,
    asked: Asked,
) -> Asked:
    """Registration and secret, side by side."""
    since = time.monotonic()
    registration = _registration(setup, values)
    method = None
    answers: dict[str, list[Finding]] = {}
    told: dict[str, list[Finding]] = {}
    with ThreadPoolExecutor(max_workers=2) as pool:
        jobs: dict[Future, str] = {}
        if "registration" in topics:
            job = pool.submit(probes.ask_registration, fetcher, asked.metadata, registration)
            jobs[job] = "registration"
        else:
            answers["registration"] = _known(setup, values, "registration")
        if "secret" in topics:
            jobs[pool.submit(_ask_secret, setup, fetcher, asked.metadata, registration)] = "secret"
        else:
            answers["secret"] = _known(setup, values, "secret")
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


def topics_of(values: Values, topics: Iterable[str]) -> list[str]:
    """Which of `topics` can be asked about with these values, in their order. Discovery always."""
    wanted = set(topics)
    found = ["discovery"]
    if "registration" in wanted and values.client_id:
        found.append("registration")
    if "secret" in wanted and values.client_id and values.client_secret:
        found.append("secret")
    return found


def unasked(setup: Setup) -> list[str]:
    """The topics of which nothing is known about the values as they are now."""
    if not setup.values.metadata_url:
        return []
    return [t for t in topics_of(setup.values, TOPICS) if setup.current_check(t) is None]


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


def step_of(setup: Setup, topic: str, finding: Finding) -> str:
    """The wizard step that mends `finding`."""
    step = catalogue.advice_for(finding.code, setup.provider).step or _STEP_OF_TOPIC[topic]
    if step == "client-secret" and not setup.product.protocol.uses_secret:
        return "metadata"
    return step if step in TOPICS_OF_STEP else _STEP_OF_TOPIC[topic]


def saved(setup: Setup) -> list[tuple[str, Finding]]:
    """The saved live findings that are about today's values, each with the step that mends it."""
    found = []
    for topic in TOPICS:
        check = setup.current_check(topic)
        if check:
            found += [(step_of(setup, topic, f), f) for f in from_rows(check.findings)]
    return found


def failures(setup: Setup, slug: str) -> list[Finding]:
    """The sure failures that stand at a step, by shape and by what the provider last said."""
    found = _fails(shape(setup, slug, setup.values))
    return [*found, *_fails(f for step, f in saved(setup) if step == slug)]


def blocked(setup: Setup, slug: str) -> bool:
    """Whether a step's value is sure to be wrong and she has not chosen to go on anyway."""
    return bool(failures(setup, slug)) and not went_on(setup, slug)


def went_on(setup: Setup, slug: str) -> bool:
    """Whether she chose to go on anyway with the value as it is now."""
    mark = override_mark(slug, setup.values)
    return bool(mark) and setup.answers.get(f"went_on:{slug}") == mark


def override_mark(slug: str, values: Values) -> str:
    """What "go on anyway" is about: the step's own value, so that a changed one is judged anew."""
    return {
        "redirect-uri": values.redirect_uri,
        "client-id": values.client_id,
        "client-secret": values.secret_version,
        "metadata": values.metadata_url,
    }.get(slug, "")


def _fails(findings: Iterable[Finding]) -> Sequence[Finding]:
    return [finding for finding in findings if finding.status is Status.FAIL]
