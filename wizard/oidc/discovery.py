"""From what was pasted to a judged metadata document. OpenID Connect Discovery 1.0.

Pure: the document and the keys are fetched elsewhere. What the rules of the issuer, of the
addresses, of the product's needs and of the keys are is in the modules beside this one.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .endpoint_rules import judge_endpoints
from .finding import Finding, failed, passed, warned
from .issuer_rules import judge_issuer, tenant_in_issuer
from .key_rules import judge_keys
from .metadata import ADDRESSES, LISTS, WELL_KNOWN, Metadata, metadata_from, names_in
from .metadata_url import judge_metadata_url
from .need_rules import Needs, judge_needs
from .pasted_address import AddressRules, Suggestion, suggest_metadata_url
from .plain import kind, plain
from .strict_json import StrictJsonError, parse_object
from .web_address import without_userinfo

__all__ = [
    "WELL_KNOWN",
    "AddressRules",
    "Metadata",
    "Needs",
    "Suggestion",
    "judge_keys",
    "judge_metadata_url",
    "metadata_from",
    "read_metadata",
    "suggest_metadata_url",
    "tenant_of",
]

SPEC = "OpenID Connect Discovery 1.0, 3"
# Microsoft's tenant of all personal accounts, which the name "consumers" stands for.
_PERSONAL_ACCOUNTS = "9188040d-6c67-4c5b-b112-36a304b66dad"
_REQUIRED_LISTS = (
    "response_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
)


def read_metadata(url: str, body: bytes, needs: Needs) -> tuple[Metadata | None, list[Finding]]:
    """The document fetched from `url`, and findings on it. Discovery 1.0, 3 and 4.3.

    None when nothing can be done with it: not a JSON object, or an address that the sign-in needs
    is missing or unfit. A document whose issuer is somebody else's is handed back with its failure,
    so that the page can name it; nothing secret may be sent to its addresses.
    """
    try:
        raw = parse_object(body)
    except StrictJsonError as error:
        return None, [_unreadable(url, body, error)]
    required = _required_addresses(needs)
    findings = [
        *_judge_required(raw, required),
        *judge_issuer(url, raw),
    ]
    good, on_addresses = judge_endpoints(url, raw, required)
    findings += on_addresses
    findings += _judge_lists(raw)
    if not isinstance(raw.get("issuer"), str) or not good.issuperset(required):
        return None, findings
    unfit = {name: "" for name in ADDRESSES if name not in good}
    metadata = replace(metadata_from(raw), **unfit)
    findings += _judge_tenant(metadata)
    findings += judge_needs(metadata, needs)
    return metadata, findings


def tenant_of(metadata: Metadata) -> str | None:
    """The tenant's ID where the issuer holds one as a path segment, as Entra's does."""
    return tenant_in_issuer(metadata.issuer)


def _unreadable(url: str, body: bytes, error: StrictJsonError) -> Finding:
    facts = {"about": plain(without_userinfo(url)), "expected": "a JSON object"}
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<!--")):
        return failed("metadata_web_page", actual="a web page", spec=SPEC, **facts)
    if start.startswith(b"<"):
        return failed("metadata_xml", actual="XML", spec=SPEC, **facts)
    code = "metadata_empty" if error.code == "empty" else "metadata_not_json"
    return failed(code, actual=str(error), spec="OpenID Connect Discovery 1.0, 4.2", **facts)


def _required_addresses(needs: Needs) -> tuple[str, ...]:
    """token_endpoint is "REQUIRED unless only the Implicit Flow is used". Discovery 1.0, 3."""
    base = ("authorization_endpoint", "jwks_uri")
    return (*base, "token_endpoint") if "code" in needs.response_type.split() else base


def _judge_required(raw: Mapping[str, Any], addresses: tuple[str, ...]) -> list[Finding]:
    findings = [
        failed("metadata_member_missing", about=name, expected=name, spec=SPEC)
        for name in ("issuer", *addresses)
        if raw.get(name) in (None, "")
    ]
    issuer = raw.get("issuer")
    if issuer is not None and not isinstance(issuer, str):
        findings.append(
            failed(
                "metadata_member_wrong_type",
                about="issuer",
                expected="text",
                actual=kind(issuer),
                spec=SPEC,
            )
        )
    return findings


def _judge_lists(raw: Mapping[str, Any]) -> list[Finding]:
    """Required lists are there; every list is a list of texts. A null counts as absent."""
    findings = []
    for name in LISTS:
        value = raw.get(name)
        if names_in(value) is not None:
            continue
        if value is not None and value != []:
            code = "metadata_list_wrong_type"
            actual = kind(value) if not isinstance(value, list) else "a list of other things"
        elif name in _REQUIRED_LISTS:
            code, actual = "metadata_list_missing", "" if value is None else "an empty list"
        else:
            continue
        facts = {"about": name, "expected": "a list of texts", "actual": actual, "spec": SPEC}
        findings.append(warned(code, **facts))
    return findings


def _judge_tenant(metadata: Metadata) -> list[Finding]:
    """Names the tenant and its cloud, so that a wrong customer's tenant is noticed."""
    tenant = tenant_of(metadata)
    if tenant is None:
        return []
    told = [tenant]
    for name, words in (
        ("tenant_region_scope", "region"),
        ("tenant_region_sub_scope", "part"),
        ("cloud_instance_name", "cloud"),
    ):
        value = metadata.raw.get(name)
        if isinstance(value, str) and value:
            told.append(f"{words} {plain(value, 40)}")
    if tenant.lower() == _PERSONAL_ACCOUNTS:
        return [warned("metadata_tenant_personal_accounts", about=tenant, actual=", ".join(told))]
    return [passed("metadata_tenant_named", about=tenant, actual=", ".join(told))]
