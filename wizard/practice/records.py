"""What the practice store gives out: an application, its secrets."""

from dataclasses import dataclass, field
from datetime import datetime

from wizard.practice.redirect_uris import matching


@dataclass(frozen=True, slots=True)
class Application:
    """An app registration and its enterprise application. Its three IDs are lower-case GUIDs.

    `assigned` holds the slugs of the users assigned to it, which count only where
    `assignment_required`.
    """

    client_id: str
    object_id: str
    name: str
    id_tokens: bool
    enabled: bool
    assignment_required: bool
    web_uris: tuple[str, ...]
    spa_uris: tuple[str, ...]
    assigned: frozenset[str]

    @property
    def redirect_uris(self) -> tuple[str, ...]:
        """Those of every platform."""
        return self.web_uris + self.spa_uris

    def is_single_page(self, redirect_uri: str) -> bool:
        """Whether this redirect URI is registered for a single-page application only."""
        return not matching(self.web_uris, redirect_uri) and matching(self.spa_uris, redirect_uri)


@dataclass(frozen=True, slots=True)
class SecretRow:
    """What is still known of a secret once its page was left; `hint` is its first 3 characters."""

    secret_id: str
    description: str
    hint: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret at the one moment its value is known."""

    secret_id: str
    value: str = field(repr=False)
