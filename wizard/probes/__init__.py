"""Questions asked of the identity provider before anybody signs in; the answers as findings.

Each question is asked again with a value that must be wrong, and a verdict is given only where
the two answers differ. What could not be told says so and never blocks.
"""

from wizard.probes.by_number import name_refusal
from wizard.probes.discovery import (
    Discovered,
    Document,
    ask_discovery,
    ask_document,
    ask_keys,
    ask_keys_of,
)
from wizard.probes.registration import Registration, ask_registration
from wizard.probes.secret import MAY_BE_TOO_FRESH, SecretAnswer, ask_secret
from wizard.probes.together import settle

__all__ = [
    "MAY_BE_TOO_FRESH",
    "Discovered",
    "Document",
    "Registration",
    "SecretAnswer",
    "ask_discovery",
    "ask_document",
    "ask_keys",
    "ask_keys_of",
    "ask_registration",
    "ask_secret",
    "name_refusal",
    "settle",
]
