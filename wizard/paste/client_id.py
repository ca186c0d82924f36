"""What a client ID cannot be."""

import re
from collections.abc import Mapping
from typing import Literal

from wizard.oidc.finding import Finding, failed, passed, warned
from wizard.paste.shapes import GUID, is_example, looks_like_email, looks_like_url, looks_secret

WHAT = "client ID"

# Applications of Microsoft's own whose IDs stand in every tutorial.
_MICROSOFTS = {
    "00000003-0000-0000-c000-000000000000": "Microsoft Graph",
    "00000002-0000-0000-c000-000000000000": "Azure AD Graph",
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46": "Azure CLI",
    "14d82eec-204b-4c2f-b7e8-296a70dab67e": "Microsoft Graph PowerShell",
    "1950a258-227b-4e31-a9cf-717495945fc2": "Azure PowerShell",
}


def judge_client_id(
    value: str,
    *,
    shape: Literal["guid", "text"],
    tenant_id: str | None = None,
    others: Mapping[str, str] | None = None,
) -> list[Finding]:
    """What is wrong with `value` (cleaned) as a client ID; or that it passes.

    `shape` is guid for Entra. `tenant_id` is the tenant in the metadata URL. `others` are values
    given elsewhere, by what they are called ("Object ID", "client secret"). The value itself is in
    no finding: it may be a secret in the wrong field.
    """
    if is_example(value):
        # A provider on somebody's own computer may well be given "my-client-id".
        sure = shape == "guid" or value[:1] in "<{"
        return [
            failed("client_id_is_example", about=WHAT)
            if sure
            else warned("client_id_looks_like_example", about=WHAT)
        ]
    if looks_secret(value):
        return [failed("client_id_is_secret", about=WHAT)]
    if tenant_id and value.lower() == tenant_id.lower():
        return [failed("client_id_is_tenant_id", about=WHAT, actual="the Directory (tenant) ID")]
    for name, other in (others or {}).items():
        if other and value.lower() == other.lower():
            return [failed("client_id_is_other_value", about=WHAT, actual=f"the {name}")]
    if value.lower() in _MICROSOFTS:
        name = _MICROSOFTS[value.lower()]
        return [failed("client_id_is_microsofts", about=WHAT, actual=name)]
    return _guid(value) if shape == "guid" else _text(value)


def _guid(value: str) -> list[Finding]:
    expected = "8-4-4-4-12 letters a to f and digits"
    if GUID.fullmatch(value):
        return [passed("client_id_shape", about=WHAT, expected=expected)]
    if looks_like_url(value):
        return [failed("client_id_is_url", about=WHAT, expected=expected)]
    if looks_like_email(value):
        return [failed("client_id_is_email", about=WHAT, expected=expected)]
    if re.fullmatch(r"[0-9a-fA-F]{32}", value):
        return [warned("client_id_without_hyphens", about=WHAT, expected=expected)]
    if len(GUID.findall(value)) > 1:
        return [failed("client_id_several", about=WHAT, expected="one of them")]
    if re.fullmatch(r"[0-9a-fA-F-]{20,60}", value):
        actual = f"{len(value)} characters"
        return [failed("client_id_cut", about=WHAT, expected="36 characters", actual=actual)]
    return [
        failed(
            "client_id_not_guid", about=WHAT, expected=expected, actual=f"{len(value)} characters"
        )
    ]


def _text(value: str) -> list[Finding]:
    # Any provider may choose any text, RFC 6749 2.2: nothing here is sure.
    if looks_like_url(value):
        return [warned("client_id_looks_like_url", about=WHAT)]
    if looks_like_email(value):
        return [warned("client_id_looks_like_email", about=WHAT)]
    if re.search(r"\s", value):
        return [warned("client_id_holds_spaces", about=WHAT)]
    return [passed("client_id_shape", about=WHAT)]
