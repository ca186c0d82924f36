"""What two probes say together: each may settle what the other left open."""

from collections.abc import Sequence
from dataclasses import replace

from wizard.oidc.finding import Finding, Status

# Whatever else is said, the secret was right.
ACCEPTED = frozenset(
    {
        "client_secret_accepted",
        "client_secret_accepted_unencoded",
        "client_secret_accepted_policy_blocks",
    }
)
_CLIENT_OPEN = frozenset(
    {
        "client_id_or_redirect_uri_refused",
        "client_id_could_not_tell",
        "client_id_any_accepted",
    }
)
_URI_OPEN = frozenset({"redirect_uri_not_judged", "redirect_uri_or_client_id_refused"})


def settle(
    registration: Sequence[Finding], secret: Sequence[Finding]
) -> tuple[list[Finding], list[Finding]]:
    """The findings of both probes for the same client ID, made more precise by one another.

    An accepted secret shows that the client ID is known: then a refusal of "client ID or redirect
    URI" is about the URI. A known client ID shows that a refusal of "secret or client ID" is about
    the secret. Nothing else changes.
    """
    accepted = any(finding.code in ACCEPTED for finding in secret)
    known = any(finding.code == "client_id_known" for finding in registration)
    about_client = [_with_known_client(f) if accepted else f for f in registration]
    about_secret = [_for_the_secret(f) if known else f for f in secret]
    return about_client, about_secret


def _with_known_client(finding: Finding) -> Finding:
    if finding.code in _CLIENT_OPEN:
        told = ("client secret accepted",)
        evidence = (*finding.evidence, *told)
        return replace(finding, code="client_id_known", status=Status.PASS, evidence=evidence)
    if finding.code in _URI_OPEN:
        return replace(finding, code="redirect_uri_refused", status=Status.FAIL)
    return finding


def _for_the_secret(finding: Finding) -> Finding:
    if finding.code == "client_secret_or_id_refused":
        return replace(finding, code="client_secret_refused")
    return finding
