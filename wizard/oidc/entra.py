"""What Microsoft Entra ID does otherwise than the standard says."""

import re

from .finding import Finding, failed
from .plain import plain

PLACE = "{tenantid}"
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def issuer_of_tenant(issuer: str, tenant: object) -> tuple[str, Finding | None]:
    """The issuer a token of `tenant` must have, and a finding when the tenant cannot be known.

    The metadata of `/common` and `/organizations` has the literal text {tenantid} in its issuer,
    which OpenID Connect Discovery does not know; the token has its own tenant there and repeats it
    in `tid`. Only a GUID is put in, so that a token cannot write itself any issuer it likes. An
    issuer without the place is given back as it is. openid-client does the same (handleEntraId).
    """
    if PLACE not in issuer:
        return issuer, None
    if isinstance(tenant, str) and _GUID.fullmatch(tenant):
        return issuer.replace(PLACE, tenant), None
    spec = "Microsoft: Validate the issuer"
    if tenant is None:
        return issuer, failed("tenant_missing", about="tid", expected="a tenant ID", spec=spec)
    return issuer, failed(
        "tenant_not_an_id", about="tid", expected="a tenant ID", actual=plain(tenant, 80), spec=spec
    )


def tenant_in(issuer: str, actual: str) -> str | None:
    """What stands in `actual` where `issuer` has {tenantid}; None when the rest differs."""
    before, place, after = issuer.partition(PLACE)
    if not place or not (actual.startswith(before) and actual.endswith(after)):
        return None
    return actual[len(before) : len(actual) - len(after)]
