"""What the identity provider answered, kept: the newest of each topic, and what was last good.

"Good" means that every topic that can be asked about was, with the values of today, and nothing
failed. While the newest answers are good they are the last good ones; when an answer with a failure
is about to take their place, they are put aside first, so that "what changed" can be told later.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wizard.oidc.finding import Finding, Status
from wizard.oidc.issuer_rules import tenant_in_issuer
from wizard.setups import Setup, as_rows, from_rows
from wizard.store import Store

if TYPE_CHECKING:
    from wizard.asking import Asked
    from wizard.oidc.metadata import Metadata

LAST_GOOD = "last-good"
_FACTS = (
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "end_session_endpoint",
)


@dataclass(frozen=True, slots=True)
class Good:
    """What was found when all was well: `at` is ISO time, `codes` are (code, about) seen then."""

    at: str
    facts: Mapping[str, str]
    keys: tuple[str, ...]
    codes: frozenset[tuple[str, str]]


def keep(store: Store, setup: Setup, asked: "Asked") -> None:
    """Save what was answered about the setup's values of today."""
    failed = any(f.status is Status.FAIL for found in asked.findings.values() for f in found)
    if failed and (good := _good_now(setup)):
        row = {
            "at": good.at,
            "facts": dict(good.facts),
            "keys": list(good.keys),
            "codes": sorted(map(list, good.codes)),
        }
        store.save_check(setup.id, LAST_GOOD, setup.fingerprint(LAST_GOOD), [row])
    facts: dict[str, str | None] = {}
    if asked.metadata:
        facts["metadata_facts"] = json.dumps(facts_of(asked.metadata))
    if asked.keys:
        facts["metadata_keys"] = json.dumps(key_names(asked.keys))
    if asked.auth_method:
        facts["auth_method"] = asked.auth_method
    # Unchanged facts are no change she made: the setup keeps its place on the home page.
    facts = {name: value for name, value in facts.items() if setup.answers.get(name) != value}
    if facts:
        store.save_answers(setup.id, facts)
    for topic, findings in asked.findings.items():
        store.save_check(setup.id, topic, setup.fingerprint(topic), as_rows(findings))


def facts_of(metadata: "Metadata") -> dict[str, str]:
    """What later pages show of the metadata document, and what products copy from it."""
    tenant = tenant_in_issuer(metadata.issuer) or ""
    return {"tenant": tenant, **{n: getattr(metadata, n) or "" for n in _FACTS}}


def key_names(jwks: Mapping[str, Any]) -> list[str]:
    """One name a key, in order: its `kid`, or a print of its members where it has none."""
    names = set()
    for key in jwks.get("keys", []):
        if isinstance(key, Mapping):
            kid = key.get("kid")
            text = json.dumps(key, sort_keys=True, default=str)
            printed = "print " + hashlib.sha256(text.encode()).hexdigest()[:16]
            names.add(kid if isinstance(kid, str) and kid else printed)
    return sorted(names)


def last_good(setup: Setup) -> Good | None:
    """What was found when all was last well with the values of today; None if it never was."""
    if now := _good_now(setup):
        return now
    check = setup.current_check(LAST_GOOD)
    if not check or not check.findings:
        return None
    row = check.findings[0]
    codes = frozenset((code, about) for code, about in row["codes"])
    return Good(row["at"], row["facts"], tuple(row["keys"]), codes)


def _good_now(setup: Setup) -> Good | None:
    checks = [setup.current_check(topic) for topic in wanted(setup)]
    if not checks or not all(checks):
        return None
    found = [finding for check in checks for finding in from_rows(check.findings)]
    if any(finding.status is Status.FAIL for finding in found):
        return None
    keys = json.loads(setup.answers.get("metadata_keys", "[]"))
    at = min(check.checked_at for check in checks)
    return Good(at, setup.metadata, tuple(keys), codes_of(found))


def wanted(setup: Setup) -> list[str]:
    """The topics an answer is needed of before all can be called well."""
    topics = ["discovery", "registration"] if setup.values.metadata_url else []
    return [*topics, "secret"] if topics and setup.product.protocol.uses_secret else topics


def codes_of(findings: Sequence[Finding]) -> frozenset[tuple[str, str]]:
    """What was found, as (code, about)."""
    return frozenset((finding.code, finding.about) for finding in findings)
