"""Would this product let this user in? Judged by the product's matching rule, out of its guide."""

from collections.abc import Mapping

from wizard.catalogue.guides import Product
from wizard.oidc.finding import Finding, passed, warned


def judge(product: Product, claims: Mapping[str, object]) -> list[Finding]:
    """What the product will make of the claims. The sign-in itself has been proved before.

    Products that match by email need the email claim; a sign-in without one works at the identity
    provider and then fails at the product, for this user. OpenID Connect Core 5.1.
    """
    if product.protocol.match != "email":
        return []
    email = claims.get("email")
    if email is None or email == "":
        seen = claims.get("preferred_username")
        return [
            warned(
                "product_email_missing",
                expected="an email claim",
                actual=f"none; preferred_username is {seen}" if isinstance(seen, str) else "none",
                spec="OpenID Connect Core 5.1",
            )
        ]
    if not isinstance(email, str) or "@" not in email:
        return [
            warned(
                "product_email_strange",
                expected="an email address",
                actual=str(email)[:200],
                spec="OpenID Connect Core 5.1",
            )
        ]
    found = [passed("product_email_present", actual=email[:320], spec="OpenID Connect Core 5.1")]
    if claims.get("email_verified") is False:
        found.append(warned("product_email_unverified", about=email[:320], actual="false"))
    return found
