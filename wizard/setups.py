"""A setup: its saved facts, and what follows from them (values, what is still proved, its words).

Where she stands and whether a verdict still holds are derived here and in `steps.py`, never stored.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from wizard import catalogue, product_uris
from wizard.catalogue.guides import Product, Provider
from wizard.oidc.finding import Finding, Status
from wizard.oidc.issuer_rules import tenant_in_issuer
from wizard.product_uris import Uri
from wizard.store import Check, Run, SetupRow, Store
from wizard.vault import Vault

_G = TypeVar("_G", Product, Provider)
REMOVED_TICK = "remove-test-redirect-uri"  # in every provider's guide, under clean_up
TESTED = ("client_id", "secret_version", "metadata_url")
_ABOUT_URIS = ("registration", "last-good", "again")
_TOPIC_VALUES = {
    "discovery": ("metadata_url",),
    "registration": ("metadata_url", "client_id", "redirect_uri"),
    "secret": ("metadata_url", "client_id", "secret_version"),
    "clean-up": ("metadata_url", "client_id"),
    "last-good": ("metadata_url", "client_id", "redirect_uri", "secret_version"),
    "again": ("metadata_url", "client_id", "redirect_uri", "secret_version"),
}


class UnknownSetup(Exception):
    """There is no setup of that id on this computer."""


@dataclass(frozen=True, slots=True)
class Values:
    """What she has entered. `secret_version` stands for the secret wherever it must not appear.

    `product_address` and `parts` (name, value) are what the redirect URI was made from, where it
    was made, and what the product's other redirect URIs are made from.
    """

    redirect_uri: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    secret_version: str = ""
    secret_expires: str = ""
    metadata_url: str = ""
    auth_method: str = ""
    product_address: str = ""
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Setup:
    """One product connected to one identity provider, as far as she has come."""

    row: SetupRow
    product: Product
    provider: Provider
    values: Values
    answers: Mapping[str, str]
    checks: Mapping[str, Check]
    runs: list[Run]
    ticks: Mapping[str, Mapping[str, str]]
    port: int
    secret_held: bool = False

    @cached_property
    def known(self) -> dict[tuple[str, ...], Any]:
        """What was worked out of this setup before. None of its facts ever changes."""
        return {}

    @property
    def has_secret(self) -> bool:
        """Whether the client secret is here. In a list of setups its value is not read for that."""
        return bool(self.values.client_secret) or self.secret_held

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def name(self) -> str:
        """Product and, where she named one, customer."""
        return f"{self.product.name}, {self.row.name}" if self.row.name else self.product.name

    @property
    def app_name(self) -> str:
        """What to call the application at the identity provider."""
        return f"{self.product.name} single sign-on"

    @property
    def callback_uri(self) -> str:
        """Latchkey's own redirect URI, for the test sign-in."""
        return f"http://localhost:{self.port}/callback"

    def redirect_uris(self, values: Values) -> tuple[tuple[str, str], ...]:
        """The redirect URIs to ask the provider about, each with whose it is.

        Latchkey's own is not asked about once it is to be gone; its check at the end asks for it.
        Of the product's others only those it needs wherever it is used, at its server.
        """
        product = (("product", values.redirect_uri),) if values.redirect_uri else ()
        others = tuple(("product", uri.uri) for uri in self.other_uris(values) if uri.asked)
        if not self.comes_back or (product and self.cleaned_up):
            return (*product, *others)
        return (*product, ("test", self.callback_uri), *others)

    def other_uris(self, values: Values | None = None) -> list[Uri]:
        """What the product has beside its own redirect URI, as far as its address is known."""
        chosen = values or self.values
        if not chosen.redirect_uri:
            return []
        return product_uris.others(
            self.product, chosen.redirect_uri, chosen.product_address, chosen.parts
        )

    @property
    def redirect_uri_use(self) -> str:
        """What the product's own redirect URI is for, where the product has several."""
        return product_uris.what_of(self.product)

    @property
    def is_public(self) -> bool:
        """Whether the product redeems a code without a secret: a public client. RFC 6749, 2.1."""
        protocol = self.product.protocol
        return protocol.response_type == "code" and not protocol.uses_secret

    @property
    def comes_back(self) -> bool:
        """Whether the provider may send a browser back to this computer, so that one can try.

        Where its guide does not know, she says so once it has refused the address.
        """
        rule = self.provider.localhost.allowed
        return rule == "yes" or (rule == "unknown" and not self.refuses_localhost)

    @property
    def refuses_localhost(self) -> bool:
        """Whether she has said that the provider refuses Latchkey's own redirect URI."""
        return self.answers.get("localhost") == "refused"

    @property
    def cleaned_up(self) -> bool:
        """Whether Latchkey's own redirect URI has been taken out at the provider, as she ticked."""
        return REMOVED_TICK in self.ticks.get("turn-on", {})

    @property
    def practice_url(self) -> str:
        return f"http://localhost:{self.port + 1}/"

    @property
    def practises(self) -> bool:
        return "practice" in (self.product.slug, self.provider.slug)

    def fingerprint(self, topic: str = "sign-in", values: Values | None = None) -> str:
        """Stands for the values a verdict on `topic` was reached with."""
        if values is None:
            key = ("fingerprint", topic)
            if key not in self.known:
                self.known[key] = self._fingerprint(topic, self.values)
            return self.known[key]
        return self._fingerprint(topic, values)

    def _fingerprint(self, topic: str, chosen: Values) -> str:
        protocol = self.product.protocol
        parts = [getattr(chosen, name) for name in _TOPIC_VALUES.get(topic, TESTED)]
        parts += [
            protocol.response_type,
            protocol.response_mode,
            protocol.scopes,
            self.callback_uri,
        ]
        if topic in _ABOUT_URIS and not self.comes_back:
            parts.append("without the test's own")
        if topic in _ABOUT_URIS:
            parts += [uri.uri for uri in self.other_uris(chosen) if uri.asked]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]

    @property
    def proof(self) -> Run | None:
        """The newest test sign-in with the values of today that says something of them.

        Where somebody was denied, after somebody else was let in, it says something of that user.
        """
        mine = [run for run in self.runs if run.fingerprint == self.fingerprint()]
        telling = (run for run in mine if not _only_denied(run))
        return next(telling, mine[0] if mine else None)

    @cached_property
    def run(self) -> Run | None:
        """The newest test sign-in, if it was made with the values as they are now."""
        newest = self.runs[0] if self.runs else None
        return newest if newest and newest.fingerprint == self.fingerprint() else None

    @property
    def withdrawn_run(self) -> Run | None:
        """The newest test sign-in, where a tested value has changed since."""
        if not self.runs or self.run or self.imported_run:
            return None
        return self.runs[0]

    @property
    def imported_run(self) -> Run | None:
        """The newest test sign-in, where it was made on another computer: no proof here."""
        newest = self.runs[0] if self.runs else None
        return newest if newest and newest.details.get("imported") else None

    def current_check(self, topic: str) -> Check | None:
        """The saved live check of `topic`, if it was about the values as they are now."""
        check = self.checks.get(topic)
        return check if check and check.fingerprint == self.fingerprint(topic) else None

    @cached_property
    def metadata(self) -> Mapping[str, str]:
        """What the last check of the metadata document told that later pages show."""
        check = self.current_check("discovery")
        facts = self.answers.get("metadata_facts") if check else None
        return json.loads(facts) if facts else {}

    @cached_property
    def tenant_id(self) -> str:
        """The tenant, by the metadata document, its address, or a paste she took over."""
        told = self.metadata.get("tenant") or tenant_in_issuer(self.values.metadata_url)
        return told or self.answers.get("seen:tenant_id", "")

    @cached_property
    def words(self) -> dict[str, str]:
        """What a guide's {placeholders} are filled with."""
        return {
            "product": self.product.name,
            "provider": self.provider.short,
            "app_name": self.app_name,
            "product_redirect_uri": self.values.redirect_uri,
            "test_redirect_uri": self.callback_uri,
            "response_type": self.product.protocol.response_type,
            "practice_url": self.practice_url,
            "practice_port": str(self.port + 1),
            "portal": self.provider.portal,
            "client_id": self.values.client_id,
            "tenant_id": self.tenant_id,
        }


def _only_denied(run: Run) -> bool:
    failed = {row["code"] for row in run.findings if row["status"] == "fail"}
    return failed == {"callback_access_denied"}


def load(store: Store, vault: Vault, setup_id: str, port: int) -> Setup:
    """The setup of that id. Raises UnknownSetup, GuideError, StoreError."""
    row = store.setup(setup_id)
    if row is None:
        raise UnknownSetup(setup_id)
    return _assemble(store, vault, row, port)


def load_all(store: Store, vault: Vault, port: int) -> list[Setup]:
    """Every setup on this computer, the one changed last first."""
    return [_assemble(store, vault, row, port) for row in store.setups()]


def look(store: Store, vault: Vault, row: SetupRow, port: int) -> Setup:
    """A setup to look at in a list: all but the client secret's value, which stays where it is."""
    return _assemble(store, vault, row, port, with_secret=False)


def _assemble(
    store: Store, vault: Vault, row: SetupRow, port: int, *, with_secret: bool = True
) -> Setup:
    answers = store.answers(row.id)
    version = answers.get("secret_version", "")
    product = _guide(catalogue.product, "products", row.product)
    names = ("redirect_uri", "client_id", "secret_expires", "metadata_url", "auth_method")
    values = Values(
        **{name: answers.get(name, "") for name in names},
        **_made_from(product, answers),
        secret_version=version,
        client_secret=(vault.get(row.id, version) or "") if version and with_secret else "",
    )
    return Setup(
        row=row,
        product=product,
        provider=_guide(catalogue.provider, "providers", row.provider),
        values=values,
        answers=answers,
        checks=store.checks(row.id),
        runs=store.runs(row.id),
        ticks=store.ticks(row.id),
        port=port,
        secret_held=bool(version) and not with_secret and vault.holds(row.id, version),
    )


def _made_from(product: Product, answers: Mapping[str, str]) -> dict[str, object]:
    """What the redirect URI was made from: as she entered it, else as its pattern tells."""
    given = answers
    if product_uris.is_made(product) and not answers.get(product_uris.ADDRESS):
        derived = product_uris.derive(product, answers.get("redirect_uri", "")) or {}
        given = {**derived, **answers}
    names = product_uris.part_names(product)
    parts = [(name, given.get(product_uris.part_field(name), "")) for name in names]
    return {
        "product_address": given.get(product_uris.ADDRESS, ""),
        "parts": tuple((name, value) for name, value in parts if value),
    }


def _guide(read: Callable[[str], _G], folder: str, slug: str) -> _G:
    try:
        return read(slug)
    except KeyError:
        raise catalogue.GuideError(f"{folder}/{slug}.toml is not there any more") from None


def as_rows(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Findings as the store keeps them."""
    return [
        {
            "code": finding.code,
            "status": finding.status.value,
            "about": finding.about,
            "expected": finding.expected,
            "actual": finding.actual,
            "spec": finding.spec,
            "evidence": list(finding.evidence),
            "took_ms": finding.took_ms,
        }
        for finding in findings
    ]


def from_rows(rows: Iterable[Mapping[str, object]]) -> list[Finding]:
    """Findings as they were before `as_rows`."""
    return [
        Finding(**{**row, "status": Status(row["status"]), "evidence": tuple(row["evidence"])})
        for row in rows
    ]
