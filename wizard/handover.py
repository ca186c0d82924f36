"""What the product gets: its own labels in its own order, each with the value it wants."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from urllib.parse import unquote

from wizard import catalogue, certain, snippets
from wizard.catalogue.guides import HandOverField
from wizard.catalogue.statements import Told
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
    unsure: Told | None = None  # where the guide is not certain of this field


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

# What users read on a button, where the guide is for providers in general and knows no name.
BY_NO_NAME = "Single sign-on"


@dataclass(frozen=True, slots=True)
class File:
    """Settings for a file of the product's, ready to paste; or `why` they could not be written.

    `name` tells it from the others on the page. `secret` says how the product gets the secret:
    "reference", "by-hand", or "none".
    """

    name: str
    title: str
    into: str
    language: str
    text: str
    secret: str
    note: str = ""
    why: str = ""

    @property
    def language_name(self) -> str:
        """What to call its language, as its users do."""
        return _LANGUAGES[self.language]

    @property
    def by_hand(self) -> str:
        """The word in it whose place the client secret takes."""
        return snippets.BY_HAND


_LANGUAGES = {
    "ini": "INI",
    "env": "Environment variables",
    "yaml": "YAML",
    "json": "JSON",
    "python": "Python",
    "ruby": "Ruby",
    "hcl": "HCL",
    "shell": "Shell commands",
    "properties": "Properties",
}


def rows(setup: Setup, only: Collection[str] | None = None) -> list[Row]:
    """The fields to fill in, in the product's order; `only` those of these values."""
    around = setup.product.hand_over.where
    return [
        replace(
            _row(setup, field), if_asked=field.if_asked, unsure=certain.unsure(setup, field, around)
        )
        for field in setup.product.hand_over.fields
        if only is None or field.value in only
    ]


def files(setup: Setup) -> list[File]:
    """What goes into the product's files, with the values of today and without the secret."""
    known = values(setup)
    found = []
    for number, snippet in enumerate(setup.product.snippets, 1):
        written = snippets.write(snippet, known)
        found.append(
            File(
                f"snippet_{number}",
                catalogue.fill(snippet.title, setup.words),
                catalogue.fill(snippet.into, setup.words),
                snippet.language,
                written.text,
                snippet.secret,
                catalogue.fill(snippet.note, setup.words),
                _why(setup, written),
            )
        )
    return found


def _why(setup: Setup, written: snippets.Written) -> str:
    if written.missing:
        names = ", ".join(map(_spoken, written.missing))
        return f"It needs what {setup.provider.in_full} has not named yet: {names}."
    if written.unwritable:
        names = ", ".join(map(_spoken, written.unwritable))
        return (
            f"A sign in {names} is read in different ways in such a file. Write it yourself, after"
            f" {setup.product.name}'s own documentation."
        )
    return ""


def _spoken(name: str) -> str:
    return name.replace("_", " ").replace("uri", "URI").replace("url", "URL").replace(" id", " ID")


def values(setup: Setup) -> dict[str, str]:
    """Every value that can be handed over, by name; empty where it is not known. No secret."""
    entered = setup.values
    found = {name: str(setup.metadata.get(key) or "") for name, key in OF_METADATA.items()}
    return {
        **found,
        "client_id": entered.client_id,
        "secret_expires": entered.secret_expires,
        "metadata_url": entered.metadata_url,
        "metadata_path": metadata_path(entered.metadata_url, found["issuer"]),
        "response_type": setup.product.protocol.response_type,
        "redirect_uri": entered.redirect_uri,
        "scopes": setup.product.protocol.scopes,
        "product_name": setup.product.name,
        "provider_name": BY_NO_NAME if setup.provider.general else setup.provider.name,
        "product_address": entered.product_address,
        **names_of_hers(setup),
    }


def names_of_hers(setup: Setup) -> dict[str, str]:
    """The names she chose in the redirect URI, as the product has them: nothing escaped."""
    return {name: unquote(text) for name, text in setup.values.parts}


def metadata_path(metadata_url: str, issuer: str) -> str:
    """What the metadata URL adds to the issuer, for products that ask for both apart.

    "" where it does not lie under the issuer. OpenID Connect Discovery 1.0, section 4.1.
    """
    base = issuer.rstrip("/")
    under = bool(base) and metadata_url.startswith(f"{base}/")
    return metadata_url[len(base) :] if under else ""


def _row(setup: Setup, field: HandOverField) -> Row:
    note = catalogue.fill(field.note, setup.words)
    if field.value == "client_secret":
        return Row(field.label, field.value, "", note, secret=True)
    if field.value == "from_product":
        return Row(field.label, field.value, "", f"{note} {setup.provider.logout}".strip())
    if field.value == "text" and field.part:
        return Row(field.label, field.part, names_of_hers(setup).get(field.part, ""), note)
    if field.value == "text":
        name = field.label.lower().replace(" ", "_")
        by_no_name = field.text == "{provider}" and setup.provider.general
        shown = BY_NO_NAME if by_no_name else catalogue.fill(field.text, setup.words)
        return Row(field.label, name, shown, note)
    value = values(setup)[field.value]
    if field.value in OF_METADATA and not value:
        note = f"The metadata of {setup.provider.in_full} names none."
        if not setup.metadata:
            note = f"Not known: {setup.provider.in_full} was not asked with the values of today."
    elif field.value == "metadata_path" and setup.metadata and not value:
        note = f"The metadata URL does not lie under the issuer, as {setup.product.name} needs it."
    elif field.value == "secret_expires" and not value:
        note = f"You entered no date; {setup.provider.in_full} shows it beside the secret. {note}"
    return Row(field.label, field.value, value, note.strip())
