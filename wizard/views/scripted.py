"""The scripted way: the same registration as scripts, filled with what she has entered."""

from datetime import UTC, datetime, timedelta

from wizard import provisioning
from wizard.provisioning import Plan, Script
from wizard.setups import Setup
from wizard.times import as_date

_DAYS = 180  # what Entra itself proposes for a new secret


def scripts_for(setup: Setup) -> list[Script]:
    """The scripts for this setup; none where its identity provider has none."""
    if not setup.provider.scripts:
        return []
    return provisioning.scripts(plan_of(setup))


def plan_of(setup: Setup) -> Plan:
    """What is to be registered for this setup, by the platform each redirect URI belongs under.

    Those she needs only at times are hers to add.
    """
    today = datetime.now(UTC).date()
    entered = as_date(setup.values.secret_expires)
    protocol = setup.product.protocol
    needed = [uri for uri in setup.other_uris() if not uri.if_used]
    server = [setup.values.redirect_uri, *(uri.uri for uri in needed if not uri.native)]
    if setup.comes_back:
        server.insert(1, setup.callback_uri)
    server = [uri for uri in server if uri]
    native = [uri.uri for uri in needed if uri.native]
    return Plan(
        app_name=setup.app_name,
        redirect_uris=[] if setup.is_public else server,
        id_tokens=protocol.response_type == "id_token",
        email_claim=protocol.match == "email",
        secret_name=setup.product.name if protocol.uses_secret else "",
        expires=entered if entered and entered > today else today + timedelta(days=_DAYS),
        tenant=setup.metadata.get("tenant", ""),
        cloud=provisioning.CLOUDS[setup.provider.scripts],
        public_redirect_uris=[*server, *native] if setup.is_public else native,
    )
