"""What happens to an answer: cleaned, judged, saved, and asked about. Flask-free.

Order of saving: the secret goes into the vault before the store names its version, and the old
version is forgotten afterwards, so that a kill in between loses nothing.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from wizard import judging, kept, paste, product_uris, setups
from wizard.asking import Asked
from wizard.live import Cancelled, Run, Runs
from wizard.offers import Offer
from wizard.oidc.discovery import suggest_metadata_url
from wizard.oidc.finding import Finding, Status, warned
from wizard.setups import Setup, UnknownSetup, Values
from wizard.store import Store, StoreError
from wizard.vault import Vault

# A text these say no to cannot be right, whatever the world says: an error at the field.
CANNOT_BE_RIGHT = frozenset(
    {
        "redirect_uri_not_absolute",
        "redirect_uri_unreadable",
        "redirect_uri_several",
        "redirect_uri_not_https",
        "product_address_unreadable",
        "product_part_unfit",
        "metadata_url_not_a_url",
        "metadata_url_not_https",
    }
)

_SAVED = (
    "redirect_uri",
    "product_address",
    "client_id",
    "metadata_url",
    "secret_expires",
    "secret_version",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Values as they would be, and what their shape says. `at` is the field that says it."""

    values: Values
    findings: Sequence[Finding]
    suggested_url: str = ""
    at: str = ""

    @property
    def wrong(self) -> Finding | None:
        """The finding that makes this an error at the field, if there is one."""
        return next((f for f in self.findings if f.code in CANNOT_BE_RIGHT), None)


def consider(setup: Setup, slug: str, answers: Mapping[str, str | None]) -> Candidate:
    """Judge `answers` by their shape. An empty secret keeps the one there is."""
    given = {name: value for name, value in answers.items() if value is not None}
    if slug == "redirect-uri" and product_uris.is_made(setup.product):
        return _consider_redirect_uri(setup, given)
    if not given.get("client_secret"):
        given.pop("client_secret", None)
    elif given["client_secret"] != setup.values.client_secret:
        given["secret_version"] = secrets.token_hex(8)
    values = replace(setup.values, **given)
    if slug == "metadata" and values.metadata_url:
        suggestion = suggest_metadata_url(values.metadata_url, judging.address_rules(setup))
        if suggestion and suggestion.url != values.metadata_url:
            found = warned(
                "metadata_url_suggested",
                about=values.metadata_url,
                expected=suggestion.url,
                actual=suggestion.kind.replace("_", " "),
            )
            return Candidate(values, [found], suggestion.url)
    return Candidate(values, judging.shape(setup, slug, values))


def _consider_redirect_uri(setup: Setup, given: Mapping[str, str]) -> Candidate:
    """A redirect URI that is made from the product's address, or pasted whole.

    One that was pasted counts letter by letter, and tells the address where it follows the
    product's pattern. One that stands there from before gives way to a changed address.
    """
    product, saved = setup.product, setup.values
    typed = given.get("redirect_uri", "")
    told = product_uris.derive(product, typed) if typed else None
    if _gives_way(given, told):
        typed = ""
    if typed and typed != saved.redirect_uri and told is not None:
        return _judged(setup, typed, given | told, "redirect_uri")
    read = paste.read_product_address(
        given.get(product_uris.ADDRESS, ""), product_uris.first_segments(product)
    )
    answers = {**given, product_uris.ADDRESS: read.value or saved.product_address}
    if any(finding.status is Status.FAIL for finding in read.findings):
        values = replace(saved, redirect_uri="", product_address=read.value)
        return Candidate(values, read.findings, at=product_uris.ADDRESS)
    made = product_uris.own(product, answers[product_uris.ADDRESS], _parts(setup, answers))
    same = (
        answers[product_uris.ADDRESS] == saved.product_address
        and _parts(setup, answers) == saved.parts
    )
    pasted = typed and (typed != saved.redirect_uri or same)
    at = "redirect_uri" if pasted else product_uris.ADDRESS
    return _judged(setup, typed if pasted else made or typed, answers, at, read.findings)


def _gives_way(given: Mapping[str, str], told: Mapping[str, str] | None) -> bool:
    """Whether the address was changed and the redirect URI is what stood there before.

    It need not be the saved one: another tab may have saved another since.
    """
    if told is None or given["redirect_uri"] != given.get("redirect_uri_before"):
        return False
    return any(given.get(name, text) not in ("", text) for name, text in told.items())


def _judged(
    setup: Setup,
    redirect_uri: str,
    answers: Mapping[str, str],
    at: str,
    read: Sequence[Finding] = (),
) -> Candidate:
    """These answers with that redirect URI, judged by their shape.

    Names in it are judged where it is made of them: a whole one that was pasted stands as it is.
    """
    parts = _parts(setup, answers)
    values = replace(
        setup.values,
        redirect_uri=redirect_uri,
        product_address=answers.get(product_uris.ADDRESS, ""),
        parts=parts,
    )
    labels = {part.name: part.label for part in setup.product.address.parts} if parts else {}
    for name, value in parts if at == product_uris.ADDRESS else ():
        in_host = product_uris.is_in_host(setup.product, name)
        found = paste.judge_address_part(labels[name], value, in_host=in_host)
        if found:
            return Candidate(values, found, at=product_uris.part_field(name))
    return Candidate(values, [*read, *judging.shape(setup, "redirect-uri", values)], at=at)


def _parts(setup: Setup, answers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The parts as answered, else as they were, else as the guide has them."""
    saved = dict(setup.values.parts)
    defaults = product_uris.defaults(setup.product)
    found = [
        (name, answers.get(product_uris.part_field(name)) or saved.get(name) or defaults[name])
        for name in product_uris.part_names(setup.product)
    ]
    return tuple((name, value) for name, value in found if value)


def save(store: Store, vault: Vault, setup: Setup, values: Values) -> Setup:
    """Save a step's values and give the setup as it then is."""
    answers: dict[str, str | None] = {}
    for name in _SAVED:
        value = getattr(values, name)
        if value != getattr(setup.values, name):
            answers[name] = value or None
    if values.parts != setup.values.parts:
        names = product_uris.part_names(setup.product)
        given = dict(values.parts)
        answers |= {product_uris.part_field(name): given.get(name) for name in names}
    if "secret_version" in answers:
        vault.put(setup.id, values.secret_version, values.client_secret)
        answers["auth_method"] = None  # found out with the old secret
    if "client_id" in answers or "metadata_url" in answers:
        answers["auth_method"] = None
    if answers:
        store.save_answers(setup.id, answers)
    if "secret_version" in answers and setup.values.secret_version:
        vault.forget(setup.id, setup.values.secret_version)
    return setups.load(store, vault, setup.id, setup.port)


def ask_and_keep(
    store: Store, vault: Vault, runs: Runs, setup: Setup, slug: str
) -> tuple[Setup, Run | None]:
    """Ask the provider what the step's value touches, keep the answers, and give the setup anew.

    The run is None when there is nobody to ask. A live check with the same values is taken up. A
    secret that was refused and is accepted moments later is kept as accepted then.
    """
    if not setup.values.metadata_url:
        return setup, None
    try:
        run = runs.ask(setup, slug, setup.values, judging.TOPICS_OF_STEP[slug])
    except Cancelled:  # Latchkey ends
        return setup, None
    asked = run.asked
    kept.keep(store, setup, asked)
    run.keep(asked, lambda later: _keep_if_still_so(store, vault, setup, later))
    return setups.load(store, vault, setup.id, setup.port), run


def _keep_if_still_so(store: Store, vault: Vault, setup: Setup, asked: Asked) -> None:
    """Keep an answer that came after the page was shown, if it is about the values of today."""
    try:
        today = setups.load(store, vault, setup.id, setup.port)
        if all(today.fingerprint(each) == setup.fingerprint(each) for each in asked.findings):
            kept.keep(store, today, asked)
    except (StoreError, UnknownSetup):
        return  # deleted meanwhile, or Latchkey ends: nobody waits for it


def take_over(store: Store, vault: Vault, setup: Setup, offer: Offer) -> Setup:
    """Save what was recognised in a paste, because she asked for it."""
    if offer.seen:
        seen = {f"seen:{name}": value for name, value in offer.seen.items()}
        store.save_answers(setup.id, seen)
    values = consider(setup, "", offer.values).values
    return save(store, vault, setup, values)


def go_on_anyway(store: Store, vault: Vault, setup: Setup, slug: str) -> Setup:
    """Record that she goes on with what failed at this step (at every step, from the metadata)."""
    slugs = judging.TOPICS_OF_STEP if slug == "metadata" else [slug]
    marks = {
        f"went_on:{each}": judging.override_mark(each, setup.values)
        for each in slugs
        if judging.failures(setup, each)
    }
    if marks:
        store.save_answers(setup.id, marks)
    return setups.load(store, vault, setup.id, setup.port)


def has_failed(findings: Sequence[Finding]) -> bool:
    """Whether one of them is a sure failure."""
    return any(finding.status is Status.FAIL for finding in findings)
