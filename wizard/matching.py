"""Would this product let this user in? Judged by the product's matching rule, out of its guide.

The sign-in itself has been proved before, so nothing here is a failure of the setup: a warning
says that this one user may be turned away, and why.
"""

import re
from collections.abc import Iterator, Mapping

from wizard.catalogue.guides import Product
from wizard.oidc.finding import Finding, passed, warned
from wizard.oidc.plain import plain

CORE = "OpenID Connect Core 1.0, 5.1"
_PAIRWISE = "OpenID Connect Core 1.0, 8.1"
_STABLE = "OpenID Connect Core 1.0, 5.7"
_SECTIONS = {"sub": "OpenID Connect Core 2", "oid": "", "upn": "", "unique_name": ""}
# Names that an administrator can give to somebody else some day.
_MAY_CHANGE = ("preferred_username", "upn", "unique_name", "name", "nickname")
_GUEST_MARK = "#ext#"
_NAMES = ("preferred_username", "upn", "unique_name")
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def judge(product: Product, claims: Mapping[str, object], tenant: str = "") -> list[Finding]:
    """What the product will make of the claims. `tenant` is the one the setup is for, if known."""
    found = list(_judge_claim(product.protocol.match, claims))
    return [*found, *_judge_tenant(claims, tenant), *_judge_guest(claims), *_judge_groups(claims)]


def _judge_claim(name: str, claims: Mapping[str, object]) -> Iterator[Finding]:
    """The claim the product finds its user by. "none": it finds nobody by a claim."""
    if name == "none":
        return
    if name == "email":
        yield from _judge_email(claims)
        return
    value = claims.get(name)
    facts = {"expected": f"a {name} claim", "spec": _SECTIONS.get(name, CORE)}
    if value is None or value == "":
        yield warned("product_claim_missing", about=name, actual=_instead(name, claims), **facts)
        return
    shown = plain(value, 320)
    if not isinstance(value, str) or value != value.strip():
        yield warned("product_claim_strange", about=name, actual=shown, **facts)
        return
    if _GUEST_MARK in value.lower():
        yield warned("product_claim_of_guest", about=name, actual=shown, **facts)
        return
    yield passed("product_claim_present", about=name, actual=shown, **facts)
    if name == "sub" and claims.get("tid") and claims.get("oid"):
        # Entra's sub is another one for every application. OpenID Connect Core 8.1.
        yield passed("product_sub_is_pairwise", about=name, actual=shown, spec=_PAIRWISE)
    elif name in _MAY_CHANGE:
        yield passed("product_claim_may_change", about=name, actual=shown, spec=_STABLE)


def _instead(name: str, claims: Mapping[str, object]) -> str:
    """What of the user the token does name, where the claim is not there."""
    for other in ("preferred_username", "email", "upn", "sub"):
        value = claims.get(other)
        if other != name and isinstance(value, str) and value:
            return f"none; {other} is {plain(value, 200)}"
    return "none"


def _judge_email(claims: Mapping[str, object]) -> Iterator[Finding]:
    """Products that match by email need the email claim, as their own user has it.

    The local part is case-sensitive by the standard (RFC 5321 2.4) and hardly anywhere in life; a
    product may compare either way. "email_verified: false" is for the product to judge.
    """
    email = claims.get("email")
    if email is None or email == "":
        seen = claims.get("preferred_username")
        actual = f"none; preferred_username is {plain(seen)}" if isinstance(seen, str) else "none"
        yield warned("product_email_missing", expected="an email claim", actual=actual, spec=CORE)
        return
    if not isinstance(email, str) or "@" not in email:
        shown = plain(email)
        yield warned("product_email_strange", expected="an email address", actual=shown, spec=CORE)
        return
    shown = plain(email, 320)
    if _GUEST_MARK in email.lower():
        yield warned("product_email_of_guest", about=shown, expected="the guest's own address")
        return
    yield passed("product_email_present", actual=shown, spec=CORE)
    if email != email.lower():
        yield warned("product_email_capitals", about=shown, expected=plain(email.lower(), 320))
    if claims.get("email_verified") in (False, "false"):
        yield warned("product_email_unverified", about=shown, actual="false", spec=CORE)


def _judge_tenant(claims: Mapping[str, object], tenant: str) -> Iterator[Finding]:
    """Entra names the tenant that vouches for the account in `tid`."""
    seen = claims.get("tid")
    if tenant and isinstance(seen, str) and seen and seen.lower() != tenant.lower():
        facts = {"about": _who(claims), "expected": tenant, "actual": plain(seen, 80)}
        yield warned("product_user_of_other_tenant", **facts)


def _judge_guest(claims: Mapping[str, object]) -> Iterator[Finding]:
    """A guest's home is elsewhere: #EXT# in a name, `acct` 1, or an `idp` of another tenant."""
    named = next((n for n in _NAMES if _GUEST_MARK in plain(claims.get(n, ""), 320).lower()), "")
    if named:
        why = f"{named} is {plain(claims[named], 200)}"
    elif claims.get("acct") in (1, "1") and not isinstance(claims.get("acct"), bool):
        why = "acct is 1"
    elif home := _other_home(claims):
        why = f"idp is {plain(home, 200)}"
    else:
        return
    yield warned("product_user_is_guest", about=_who(claims), actual=why)


def _other_home(claims: Mapping[str, object]) -> str:
    """The identity provider of the account's home, where it is not the tenant of the token."""
    idp, tid = claims.get("idp"), claims.get("tid")
    if not isinstance(idp, str) or not isinstance(tid, str) or idp == claims.get("iss"):
        return ""
    home = _GUID.search(idp)
    return "" if home and home[0].lower() == tid.lower() else idp


def _judge_groups(claims: Mapping[str, object]) -> Iterator[Finding]:
    """Too many groups for a token: only a reference is sent. OpenID Connect Core 5.6.2."""
    names = claims.get("_claim_names")
    told = ""
    if isinstance(names, Mapping) and "groups" in names:
        told = "_claim_names refers to groups"
    elif claims.get("hasgroups") in (True, "true"):
        told = "hasgroups is true"
    if told:
        yield warned(
            "product_groups_left_out",
            about=_who(claims),
            expected="a groups claim",
            actual=told,
            spec="OpenID Connect Core 1.0, 5.6.2",
        )


def _who(claims: Mapping[str, object]) -> str:
    names = (claims.get(name) for name in ("preferred_username", "upn", "email", "sub"))
    return plain(next((n for n in names if isinstance(n, str) and n), ""), 200)
