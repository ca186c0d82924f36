"""What the product gets: its own labels in its own order, each with the value it wants."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from wizard import catalogue
from wizard.catalogue.guides import HandOverField
from wizard.setups import Setup


@dataclass(frozen=True, slots=True)
class Row:
    """One field of the product's form. `value` is empty where there is nothing to copy.

    `secret` says that the value is the client secret: then it is never in `value`, and a page
    shows it only when asked.
    """

    label: str
    name: str
    value: str
    note: str = ""
    secret: bool = False
    if_asked: bool = False


# Read from the metadata document, so they are there only while its check is about today's URL.
OF_METADATA = {
    "issuer": "issuer",
    "tenant_id": "tenant",
    "authorization_endpoint": "authorization_endpoint",
    "token_endpoint": "token_endpoint",
    "userinfo_endpoint": "userinfo_endpoint",
    "jwks_uri": "jwks_uri",
    "end_session_endpoint": "end_session_endpoint",
}


def rows(setup: Setup, only: Collection[str] | None = None) -> list[Row]:
    """The fields to fill in, in the product's order; `only` those of these values."""
    return [
        replace(_row(setup, field), if_asked=field.if_asked)
        for field in setup.product.hand_over.fields
        if only is None or field.value in only
    ]


def _row(setup: Setup, field: HandOverField) -> Row:
    note = catalogue.fill(field.note, setup.words)
    if field.value == "client_secret":
        return Row(field.label, field.value, "", note, secret=True)
    if field.value == "from_product":
        return Row(field.label, field.value, "", f"{note} {setup.provider.logout}".strip())
    if field.value == "text":
        name = field.label.lower().replace(" ", "_")
        return Row(field.label, name, catalogue.fill(field.text, setup.words), note)
    if field.value in OF_METADATA:
        value = str(setup.metadata.get(OF_METADATA[field.value]) or "")
        if not value:
            note = f"The metadata of {setup.provider.name} names none."
        return Row(field.label, field.value, value, note)
    value = {
        "client_id": setup.values.client_id,
        "secret_expires": setup.values.secret_expires,
        "metadata_url": setup.values.metadata_url,
        "response_type": setup.product.protocol.response_type,
        "redirect_uri": setup.values.redirect_uri,
        "scopes": setup.product.protocol.scopes,
        "product_name": setup.product.name,
    }[field.value]
    if field.value == "secret_expires" and not value:
        note = f"You entered no date. {setup.provider.name} shows it beside the secret. {note}"
    return Row(field.label, field.value, value, note.strip())
