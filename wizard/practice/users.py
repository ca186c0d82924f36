"""The two people one can sign in as: one with an email address, one without."""

import base64
import hashlib
from dataclasses import dataclass
from uuid import UUID, uuid5

DOMAIN = "practice.example"


@dataclass(frozen=True, slots=True)
class PracticeUser:
    """A user of the practice tenant; `email` is None for the one without a mail attribute."""

    slug: str
    name: str
    username: str
    email: str | None

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
            f"with-email@{DOMAIN}",
            f"with-email@{DOMAIN}",
        ),
        PracticeUser(
            "without-email",
            "User without an email address",
            f"without-email@{DOMAIN}",
            None,
        ),
    )
}
