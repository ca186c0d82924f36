"""Does the provider offer what the product needs? OpenID Connect Discovery 1.0, section 3.

A list that the document leaves out is read as the standard's default where it has one. Providers
may leave names out of optional lists, so only a list that is there and lacks the name fails.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .finding import Finding, could_not_tell, failed, passed, warned
from .metadata import Metadata
from .plain import plain

SPEC = "OpenID Connect Discovery 1.0, 3"
SECRET_METHODS = ("client_secret_basic", "client_secret_post")


@dataclass(frozen=True, slots=True)
class Needs:
    """What a product asks of a provider. `response_mode` None sends none; `scopes` is one text."""

    response_type: str = "code"
    response_mode: str | None = None
    scopes: str = "openid"
    alg: str = "RS256"
    uses_secret: bool = True


def judge_needs(metadata: Metadata, needs: Needs) -> list[Finding]:
    """Findings on each need, in the order of the document's lists."""
    rules = (
        _response_type,
        _response_mode,
        _grant_type,
        _auth_method,
        _alg,
        _scopes,
        _pkce,
        _pushed,
    )
    return [finding for rule in rules for finding in rule(metadata, needs)]


def _response_type(metadata: Metadata, needs: Needs) -> Iterator[Finding]:
    offered = metadata.response_types_supported
    if offered is None:
        return  # required: its absence is said elsewhere
    facts = {"about": needs.response_type, "actual": plain(list(offered)), "spec": SPEC}
    wanted = sorted(needs.response_type.split())
    if any(sorted(name.split()) == wanted for name in offered):
        yield passed("metadata_response_type_offered", **facts)
    else:
        yield failed("metadata_response_type_not_offered", expected=needs.response_type, **facts)


def _response_mode(metadata: Metadata, needs: Needs) -> Iterator[Finding]:
    mode = needs.response_mode
    if mode is None:
        return
    listed = metadata.response_modes_supported
    facts = {"about": mode, "expected": mode, "actual": plain(list(metadata.response_modes))}
    facts["spec"] = "OAuth 2.0 Form Post Response Mode" if mode == "form_post" else SPEC
    default = "query" if needs.response_type == "code" else "fragment"
    if mode in metadata.response_modes:
        yield passed("metadata_response_mode_offered", **facts)
    elif listed is None:
        yield could_not_tell("metadata_response_mode_not_listed", **facts)
    elif mode == default:
        # Every response type has its default mode, listed or not. Multiple Response Types, 2.1.
        yield warned("metadata_response_mode_default_not_listed", **facts)
    else:
        yield failed("metadata_response_mode_not_offered", **facts)


def _grant_type(metadata: Metadata, needs: Needs) -> Iterator[Finding]:
    wanted = []
    if "code" in needs.response_type.split():
        wanted.append("authorization_code")
    if {"id_token", "token"} & set(needs.response_type.split()):
        wanted.append("implicit")
    for grant in wanted:
        if grant not in metadata.grant_types:
            yield warned(
                "metadata_grant_type_not_listed",
                about=grant,
                expected=grant,
                actual=plain(list(metadata.grant_types)),
                spec=SPEC,
            )


def _auth_method(metadata: Metadata, needs: Needs) -> Iterator[Finding]:
    if not needs.uses_secret:
        return
    offered = metadata.token_endpoint_auth_methods
    facts = {
        "about": "token_endpoint_auth_methods_supported",
        "expected": " or ".join(SECRET_METHODS),
        "actual": plain(list(offered)),
        "spec": SPEC,
    }
    if any(method in offered for method in SECRET_METHODS):
        yield passed("metadata_auth_method_offered", **facts)
    else:
        yield failed("metadata_auth_method_not_offered", **facts)


def _alg(metadata: Metadata, needs: Needs) -> Iterator[Finding]:
    offered = metadata.id_token_signing_alg_values_supported
    if offered is None:
        return  # required: its absence is said elsewhere
    facts = {"about": needs.alg, "expected": needs.alg, "actual": plain(list(offered))}
    if needs.alg in offered:
        yield passed("metadata_alg_offered", spec=SPEC, **facts)
    else:
        yield failed("metadata_alg_not_offered", spec=SPEC, **facts)


def _scopes(metadata: Metadata, needs: Needs) -> Iterator[Finding]:
    """Servers may leave supported scopes out of the list, so a missing one proves nothing."""
    offered = metadata.scopes_supported
    missing = [name for name in needs.scopes.split() if offered is not None and name not in offered]
    if missing:
        yield could_not_tell(
            "metadata_scope_not_listed",
            about=" ".join(missing),
            expected=needs.scopes,
            actual=plain(list(offered or ())),
            spec=SPEC,
        )


def _pkce(metadata: Metadata, needs: Needs) -> Iterator[Finding]:
    """No list does not mean no PKCE: Entra has none and takes S256. RFC 8414, 2."""
    offered = metadata.code_challenge_methods_supported
    if "code" in needs.response_type.split() and offered is not None and "S256" not in offered:
        yield warned(
            "metadata_pkce_s256_not_listed",
            about="S256",
            expected="S256",
            actual=plain(list(offered)),
            spec="RFC 8414, section 2",
        )


def _pushed(metadata: Metadata, needs: Needs) -> Iterator[Finding]:
    """A provider that takes only pushed or signed requests refuses what products send."""
    for name, spec in (
        ("require_pushed_authorization_requests", "RFC 9126, section 5"),
        ("require_signed_request_object", "RFC 9101, section 10.5"),
    ):
        if metadata.raw.get(name) is True:
            yield failed(
                "metadata_ordinary_request_refused",
                about=name,
                expected="false",
                actual="true",
                spec=spec,
            )
