"""The practice provider as one object: its tenants, key, store and codes."""

import secrets
from dataclasses import dataclass, field
from functools import cached_property
from uuid import uuid4

from flask import current_app, g
from joserfc.jwk import RSAKey

from wizard.practice.codes import Codes
from wizard.practice.records import Application
from wizard.practice.store import PracticeStore
from wizard.practice.tenants import HOME_DOMAIN, OTHER_DOMAIN, Tenant

_EXTENSION = "practice_provider"


@dataclass
class PracticeProvider:
    """Served on `port` of localhost. The tenants' IDs and the key are made once and kept."""

    port: int
    store: PracticeStore
    codes: Codes = field(default_factory=Codes)

    @cached_property
    def home(self) -> Tenant:
        """The tenant where applications are registered."""
        tenant_id = self.store.fact("tenant_id", lambda: str(uuid4()))
        return Tenant(tenant_id, "Practice", HOME_DOMAIN, self.base)

    @cached_property
    def other(self) -> Tenant:
        """The tenant where nothing is registered."""
        tenant_id = self.store.fact("other_tenant_id", lambda: str(uuid4()))
        return Tenant(tenant_id, "Another practice tenant", OTHER_DOMAIN, self.base)

    def tenant(self, name: str) -> Tenant | None:
        """The tenant that an address means by this ID or domain, in any letter case."""
        known = (self.home, self.other)
        return next((each for each in known if name.lower() in (each.id, each.domain)), None)

    def application(self, tenant: Tenant, client_id: str) -> Application | None:
        """The application as that tenant knows it; None where it does not."""
        return self.store.application(client_id) if tenant == self.home else None

    @cached_property
    def cookie_key(self) -> str:
        """Kept too, so that a page opened before a restart can still be sent after it."""
        return self.store.fact("cookie_key", lambda: secrets.token_urlsafe(32))

    @cached_property
    def signing_key(self) -> RSAKey:
        """RSA, 2048 bits. Both tenants sign with it, as Entra's tenants share keys."""
        return RSAKey.import_key(self.store.fact("signing_key", _new_key))

    @cached_property
    def kid(self) -> str:
        """The key's thumbprint. RFC 7638."""
        return self.signing_key.thumbprint()

    @property
    def base(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def latchkey(self) -> str:
        """Latchkey itself, which the practice pages link to: always the port before ours."""
        return f"http://localhost:{self.port - 1}/"

    def error_uri(self, number: int) -> str:
        return f"{self.base}/error?code={number}"

    def keys(self, tenant: Tenant) -> dict[str, list[dict[str, object]]]:
        """The key set: like Entra's, `use` and `issuer` on the key, no `alg`. RFC 7517."""
        public = self.signing_key.as_dict(private=False)
        key = {name: public[name] for name in ("kty", "n", "e")}
        return {"keys": [{**key, "use": "sig", "kid": self.kid, "issuer": tenant.issuer}]}

    def install(self, app) -> None:
        app.extensions[_EXTENSION] = self


def practice() -> PracticeProvider:
    """The provider of the application that answers the current request."""
    return current_app.extensions[_EXTENSION]


def enter(tenant: Tenant) -> None:
    """From here on the current request is one to this tenant."""
    g.practice_tenant = tenant


def asked_tenant() -> Tenant:
    """The tenant that the address of the current request names."""
    return g.practice_tenant


def _new_key() -> str:
    return RSAKey.generate_key(2048).as_pem(private=True).decode("ascii")
