"""Is Latchkey's own redirect URI gone at the identity provider? Asked after she took it out.

The same question with which a redirect URI is checked, so the same canaries hold: "gone" is said
only where the provider knows the client ID and refuses this very address. The product's own
address is asked about beside it: it must still be there.
"""

import time
from collections.abc import Sequence

from wizard import asking, probes
from wizard.fetch import Fetcher
from wizard.oidc.finding import Finding, Status, could_not_tell, passed, warned
from wizard.setups import Setup

_GONE = frozenset({"redirect_uri_refused", "redirect_uri_none_registered"})


def ask(setup: Setup) -> list[Finding]:
    """Ask the provider, and judge its answer."""
    values, own = setup.values, setup.callback_uri
    with Fetcher(typed_url=values.metadata_url) as fetcher:
        needs = asking.needs_of(setup)
        found = probes.ask_discovery(fetcher, values.metadata_url, needs, time.time)
        broken = next((f for f in found.findings if f.status is Status.FAIL), None)
        if found.metadata is None or broken:
            why = broken.actual if broken else ""
            return [could_not_tell("test_redirect_uri_unknown", about=own, actual=why)]
        protocol = setup.product.protocol
        registration = probes.Registration(
            client_id=values.client_id,
            redirect_uris=_product_first(setup, own),
            response_type=protocol.response_type,
            response_mode=protocol.response_mode,
            scopes=protocol.scopes,
        )
        findings = probes.ask_registration(fetcher, found.metadata, registration)
    return judge(findings, own, values.redirect_uri)


def _product_first(setup: Setup, own: str) -> tuple[tuple[str, str], ...]:
    """All that are asked about, Latchkey's own among them even where it is ticked as removed."""
    asked = setup.redirect_uris(setup.values)
    own_row = ("test", own)
    return asked if own_row in asked else (*asked[:1], own_row, *asked[1:])


def judge(findings: Sequence[Finding], own: str, product: str) -> list[Finding]:
    """What the answers about the redirect URIs `own` and `product` say. Pure."""
    by_uri = {f.about: f for f in findings if f.code.startswith("redirect_uri_")}
    seen = by_uri.get(own)
    known = any(f.code == "client_id_known" for f in findings)
    facts = {"about": own, "actual": seen.actual if seen else "", "expected": "refused"}
    if seen:
        facts |= {"evidence": seen.evidence, "took_ms": seen.took_ms}
    if seen and seen.code in _GONE and known:
        verdict = passed("test_redirect_uri_gone", **facts)
    elif seen and seen.status is Status.PASS:
        verdict = warned("test_redirect_uri_still_there", **facts)
    else:
        verdict = could_not_tell("test_redirect_uri_unknown", **facts)
    return [verdict, *([by_uri[product]] if product in by_uri and product != own else [])]
