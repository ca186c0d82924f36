"""The people one can sign in as: with an email address, without one, and of another tenant."""

import base64
import hashlib
from dataclasses import dataclass
from uuid import UUID, uuid5

from wizard.practice.tenants import HOME_DOMAIN, OTHER_DOMAIN


@dataclass(frozen=True, slots=True)
class PracticeUser:
    """A user of a practice tenant; `email` is None for one without a mail attribute."""

    slug: str
    name: str
    username: str
    email: str | None
    domain: str = HOME_DOMAIN

    def object_id(self, tenant_id: str) -> str:
        """The same in every application of the tenant (`oid`)."""
        return str(uuid5(UUID(tenant_id), self.slug))

    def subject(self, tenant_id: str, client_id: str) -> str:
        """Different in every application (`sub`, pairwise). OpenID Connect Core 8.1."""
        digest = hashlib.sha256(f"{tenant_id}\n{client_id}\n{self.slug}".encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


USERS = {
    user.slug: user
    for user in (
        PracticeUser(
            "with-email",
            "User with an email address",
            f"with-email@{HOME_DOMAIN}",
            f"with-email@{HOME_DOMAIN}",
        ),
        PracticeUser(
            "without-email",
            "User without an email address",
            f"without-email@{HOME_DOMAIN}",
            None,
        ),
        PracticeUser(
            "other-tenant",
            "User of another tenant",
            f"user@{OTHER_DOMAIN}",
            f"user@{OTHER_DOMAIN}",
            OTHER_DOMAIN,
        ),
    )
}
OWN_USERS = tuple(user for user in USERS.values() if user.domain == HOME_DOMAIN)
"""Those of the tenant where applications are registered: they can be assigned to one."""
