"""Parts of one service that have hosts of their own, as Entra's national clouds have.

A metadata URL tells by its host to which of them it belongs, and so whether another guide fits.
"""

from wizard import catalogue
from wizard.catalogue.guides import Provider
from wizard.oidc.web_address import host_of


def of(provider: Provider, url: str) -> Provider | None:
    """The guide of the other cloud that `url` belongs to; None for the provider's own, or none.

    Only guides that name each other as clouds of one service are read, and only for a host that
    is not the provider's own. Raises GuideError.
    """
    host = host_of(url)
    if not host or _is_at(provider, host):
        return None
    others = (catalogue.provider(slug) for slug in provider.clouds if slug != provider.slug)
    return next((other for other in others if _is_at(other, host)), None)


def _is_at(provider: Provider, host: str) -> bool:
    return any(
        host.endswith(known[1:]) if known.startswith("*.") else host == known
        for known in provider.address.hosts
    )
