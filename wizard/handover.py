"""What the product gets: its own labels in its own order, each with the value it wants."""

from dataclasses import dataclass

from wizard import catalogue
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


def rows(setup: Setup) -> list[Row]:
    """The fields to fill in, in the product's order."""
    return [_row(setup, field) for field in setup.product.hand_over.fields]


def _row(setup: Setup, field) -> Row:
    note = catalogue.fill(field.note, setup.words)
    if field.value == "client_secret":
        return Row(field.label, field.value, "", note, secret=True)
    if field.value == "from_product":
        return Row(field.label, field.value, "", f"{note} {setup.provider.logout}".strip())
    if field.value == "text":
        name = field.label.lower().replace(" ", "_")
        return Row(field.label, name, catalogue.fill(field.text, setup.words), note)
    value = {
        "client_id": setup.values.client_id,
        "secret_expires": setup.values.secret_expires,
        "metadata_url": setup.values.metadata_url,
        "issuer": setup.metadata.get("issuer", ""),
        "response_type": setup.product.protocol.response_type,
        "product_name": setup.product.name,
    }[field.value]
    if field.value == "secret_expires" and not value:
        note = f"You entered no date. {setup.provider.name} shows it beside the secret. {note}"
    return Row(field.label, field.value, value, note.strip())
