"""The claims of an Entra v2 ID token.

learn.microsoft.com/entra/identity-platform/id-token-claims-reference; OpenID Connect Core 2, 5.4.
"""

from wizard.practice.provider import asked_tenant, practice
from wizard.practice.tenants import ALGORITHM
from wizard.practice.users import PracticeUser


class EntraIdToken:
    """Laid over either of Authlib's classes that make an ID token."""

    def resolve_client_private_key(self, client):
        return practice().signing_key

    def get_encode_header(self, client) -> dict[str, str]:
        return {"typ": "JWT", "alg": ALGORITHM, "kid": practice().kid}

    def get_client_claims(self, client) -> dict[str, object]:
        """`aud` is one string in Entra's tokens, where Authlib would make it a list."""
        tenant = asked_tenant()
        return {
            "aud": client.get_client_id(),
            "iss": tenant.issuer,
            "tid": tenant.id,
            "ver": "2.0",
        }

    def get_compatible_claims(self, request) -> dict[str, object]:
        """Authlib adds iat, exp and an auth_time, which Entra does not send unasked."""
        claims = super().get_compatible_claims(request)
        del claims["auth_time"]
        claims["nbf"] = claims["iat"]
        claims["sub"] = request.user.subject(claims["tid"], claims["aud"])
        return claims

    def generate_user_info(self, user: PracticeUser, scope: str) -> dict[str, str]:
        """What the scopes release; `email` only for a user who has one."""
        scopes = scope.split()
        claims = {}
        if "profile" in scopes:
            claims |= {
                "name": user.name,
                "preferred_username": user.username,
                "oid": user.object_id(asked_tenant().id),
            }
        if "email" in scopes and user.email:
            claims["email"] = user.email
        return claims

    def exists_nonce(self, nonce: str, request) -> bool:
        """A nonce is the application's to check; Entra does not remember them."""
        return False
