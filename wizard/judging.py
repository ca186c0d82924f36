"""What is wrong with the values of a setup: by their shape at once, and by asking the provider.

The live check, Continue and (later) any other way of asking all come through here, so that they
cannot differ. Findings are attributed to the step that mends them by the catalogue.
"""

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from wizard import catalogue, paste, probes
from wizard.fetch import Fetcher
from wizard.oidc.discovery import AddressRules, Metadata, Needs, judge_metadata_url
from wizard.oidc.finding import Finding, Status
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
        return paste.judge_client_id(
            values.client_id,
            shape="guid" if provider.client_id.shape == "guid" else "text",
            tenant_id=setup.metadata.get("tenant"),
        )
    if slug == "client-secret":
        return _shape_of_secret(setup, values, today or datetime.now(UTC).date())
    if slug == "metadata" and values.metadata_url:
        return judge_metadata_url(values.metadata_url)
    return []


def _shape_of_secret(setup: Setup, values: Values, today: date) -> list[Finding]:
    found = []
    kind = "entra" if setup.provider.client_secret.shape == "entra" else "text"
    if values.client_secret:
        found += paste.judge_client_secret(
            values.client_secret, shape=kind, client_id=values.client_id or None
        )
    if values.secret_expires:
        expires = date.fromisoformat(values.secret_expires)
        found += paste.judge_secret_expires(expires, today, shape=kind)
    return found


def ask(setup: Setup, values: Values, topics: Iterable[str]) -> Asked:
    """Ask the identity provider about `topics`; the metadata document is always read first.

    Nothing is sent to an address out of a document that failed: a secret must not go to an
    endpoint that somebody else's document names.
    """
    wanted = set(topics)
    with Fetcher(typed_url=values.metadata_url) as fetcher:
        discovered = probes.ask_discovery(fetcher, values.metadata_url, needs_of(setup), time.time)
        asked: dict[str, list[Finding]] = {"discovery": list(discovered.findings)}
        method = None
        metadata = discovered.metadata
        if metadata is None or _fails(asked["discovery"]):
            return Asked(asked, metadata, discovered.jwks, clock_ahead=discovered.clock_ahead)
        registration = _registration(setup, values)
        provider = setup.provider.secret_check
        with ThreadPoolExecutor(max_workers=2) as pool:
            about_client = about_secret = None
            if "registration" in wanted and values.client_id:
                about_client = pool.submit(probes.ask_registration, fetcher, metadata, registration)
            if "secret" in wanted and values.client_id and values.client_secret:
                about_secret = pool.submit(
                    probes.ask_secret,
                    fetcher,
                    metadata,
                    registration,
                    question=provider.question,
                    scope=provider.scope or None,
                )
            client = about_client.result() if about_client else _known_client(setup, values)
            secret: list[Finding] = []
            if about_secret:
                answer = about_secret.result()
                secret, method = list(answer.findings), answer.auth_method
            client, secret = probes.settle(client, secret)
            if about_client:
                asked["registration"] = client
            if about_secret:
                asked["secret"] = secret
    return Asked(asked, metadata, discovered.jwks, method, discovered.clock_ahead)


def _known_client(setup: Setup, values: Values) -> list[Finding]:
    """What was found out about the same client ID before: it settles whose fault a refusal is."""
    check = setup.checks.get("registration")
    if check and check.fingerprint == setup.fingerprint("registration", values):
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
