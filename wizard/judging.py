"""What is wrong with the values of a setup: by their shape, and by what the provider last said.

Nothing is asked here (see `asking`), so that a page which only shows where things stand loads
nothing that asks. Findings are attributed to the step that mends them by the catalogue.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from wizard import catalogue, clouds, paste, product_uris
from wizard.oidc.finding import Finding, Status, warned, worst
from wizard.oidc.issuer_rules import tenant_in_issuer
from wizard.oidc.metadata_url import judge_metadata_url
from wizard.oidc.pasted_address import AddressRules
from wizard.oidc.plain import plain
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


def address_rules(setup: Setup) -> AddressRules:
    """How this identity provider's metadata URL is made from less."""
    address = setup.provider.address
    template = address.template
    if template:
        template = template.replace("{practice_port}", str(setup.port + 1))
    return AddressRules(template, tuple(address.hosts), address.only_id)


def only_address(setup: Setup) -> str:
    """The metadata URL of an identity provider that has one for everybody; else nothing."""
    template = setup.provider.address.template or ""
    return "" if "{" in template else template


def shape(setup: Setup, slug: str, values: Values, today: date | None = None) -> list[Finding]:
    """What can be said of a step's values without asking anybody. Empty values say nothing."""
    if slug == "redirect-uri" and values.redirect_uri:
        return _shape_of_redirect_uris(setup, values)
    if slug == "client-id" and values.client_id:
        return _shape_of_client_id(setup, values)
    if slug == "client-secret":
        return _shape_of_secret(setup, values, today or datetime.now(UTC).date())
    if slug == "metadata" and values.metadata_url:
        return [*judge_metadata_url(values.metadata_url), *_other_cloud(setup, values)]
    return []


def _other_cloud(setup: Setup, values: Values) -> list[Finding]:
    """A metadata URL of another cloud than the guide is for: the links and the checks differ."""
    other = clouds.of(setup.provider, values.metadata_url)
    if other is None:
        return []
    facts = {"about": plain(values.metadata_url), "expected": setup.provider.name}
    return [warned("metadata_url_other_cloud", actual=other.name, **facts)]


def _shape_of_redirect_uris(setup: Setup, values: Values) -> list[Finding]:
    """Of the product's own, and of its others that are registered for a web application."""
    product, provider = setup.product, setup.provider
    rules = {
        "portal_hosts": tuple(provider.portal_hosts),
        "strict": provider.registration.strict,
    }
    follows = {}
    if product_uris.is_made(product) and not product_uris.derive(product, values.redirect_uri):
        like = product_uris.expected(product, values.product_address, values.parts)
        # No text is like the pattern that this one does not follow.
        follows = {"pattern": "(?!)", "like": like} if values.redirect_uri != like else {}
    found = paste.judge_redirect_uri(values.redirect_uri, **rules, **follows)
    for each in setup.other_uris(values):
        if not each.native and worst(found) is not Status.FAIL:
            found += paste.judge_redirect_uri(each.uri, **rules)
    return found


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


def step_of(setup: Setup, topic: str, finding: Finding) -> str:
    """The wizard step that mends `finding`."""
    step = catalogue.advice_for(finding.code, setup.provider).step or _STEP_OF_TOPIC[topic]
    if step == "client-secret" and not setup.product.protocol.uses_secret:
        return "metadata"
    return step if step in TOPICS_OF_STEP else _STEP_OF_TOPIC[topic]


def saved(setup: Setup) -> list[tuple[str, Finding]]:
    """The saved live findings that are about today's values, each with the step that mends it."""
    if ("saved",) not in setup.known:
        found = []
        for topic in TOPICS:
            check = setup.current_check(topic)
            if check:
                found += [(step_of(setup, topic, f), f) for f in from_rows(check.findings)]
        setup.known["saved",] = found
    return setup.known["saved",]


def failures(setup: Setup, slug: str) -> list[Finding]:
    """The sure failures that stand at a step, by shape and by what the provider last said."""
    key = ("failures", slug)
    if key not in setup.known:
        found = _fails(shape(setup, slug, setup.values))
        setup.known[key] = [*found, *_fails(f for step, f in saved(setup) if step == slug)]
    return setup.known[key]


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
