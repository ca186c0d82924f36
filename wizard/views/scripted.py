"""The scripted way: the same registration as scripts, filled with what she has entered."""

from datetime import UTC, datetime, timedelta

from wizard import provisioning
from wizard.provisioning import Plan, Script
from wizard.setups import Setup
from wizard.wording import as_date

_DAYS = 180  # what Entra itself proposes for a new secret


def scripts_for(setup: Setup) -> list[Script]:
    """The scripts for this setup; none where its identity provider has none."""
    if not setup.provider.scripts:
        return []
    today = datetime.now(UTC).date()
    entered = as_date(setup.values.secret_expires)
    protocol = setup.product.protocol
    own = setup.callback_uri if setup.comes_back else ""
    plan = Plan(
        app_name=setup.app_name,
        redirect_uris=[uri for uri in (setup.values.redirect_uri, own) if uri],
        id_tokens=protocol.response_type == "id_token",
        email_claim=protocol.match == "email",
        secret_name=setup.product.name if protocol.uses_secret else "",
        expires=entered if entered and entered > today else today + timedelta(days=_DAYS),
        tenant=setup.metadata.get("tenant", ""),
        cloud=provisioning.CLOUDS[setup.provider.scripts],
    )
    return provisioning.scripts(plan)
