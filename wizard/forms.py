"""One form a page. A form judges shape only: it never asks the network.

A text that cannot be right is a form error, shown at the field; a text that is plausible but that
the world disagrees with is a finding, judged elsewhere.
"""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    PasswordField,
    RadioField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from wizard import paste, product_uris
from wizard.catalogue.guides import Product

LONGEST = {
    "redirect_uri": 2048,
    "product_address": 1024,
    "part": 100,
    "client_id": 512,
    "client_secret": 2048,
    "metadata_url": 2048,
    "name": 80,
}


def _cleaned(value: str | None) -> str | None:
    return paste.clean(value).value if isinstance(value, str) else value


def _cleaned_outside(value: str | None) -> str | None:
    return paste.clean(value, keep_inside=True).value if isinstance(value, str) else value


def _entered(sentence: str) -> InputRequired:
    return InputRequired(sentence)


def _at_most(name: str, what: str) -> Length:
    longest = LONGEST[name]
    return Length(max=longest, message=f"{what} is longer than {longest} characters")


class _Answer(FlaskForm):
    """What every question page has: the answer, and the box that follows a sure failure."""

    go_on_anyway = BooleanField("Go on anyway")


class _NotEmpty:
    """After cleaning nothing may be left of nothing: a paste of invisible characters is empty."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, _form: FlaskForm, field: StringField) -> None:
        if not field.data:
            raise ValidationError(self.sentence)


class NewSetupForm(FlaskForm):
    """Which product, which identity provider, and for whom."""

    product = RadioField("Product", validators=[InputRequired("Choose the product")])
    provider = RadioField(
        "Identity provider", validators=[InputRequired("Choose the identity provider")]
    )
    name = StringField(
        "Customer (optional)",
        filters=[lambda value: value.strip() if value else value],
        validators=[Optional(), _at_most("name", "The customer's name")],
    )


class BeforeForm(FlaskForm):
    """Nothing to enter: she has read it."""


class RedirectUriForm(_Answer):
    """The product's redirect URI."""

    redirect_uri = StringField(
        "Redirect URI",
        filters=[_cleaned],
        validators=[
            _NotEmpty("Enter the redirect URI"),
            _at_most("redirect_uri", "The redirect URI"),
        ],
    )


class _MadeRedirectUriForm(_Answer):
    """What the redirect URI is made from; or the whole of it, as the product shows it.

    `redirect_uri_before` is what stood in the field when the page was made: in another tab it may
    have been changed since, and then this one's was not pasted by her.
    """

    redirect_uri = StringField(
        "Redirect URI",
        filters=[_cleaned],
        validators=[_at_most("redirect_uri", "The redirect URI")],
    )
    redirect_uri_before = HiddenField(validators=[_at_most("redirect_uri", "The redirect URI")])


def _made_form(product: Product) -> type[FlaskForm]:
    """The form for this product: its address and the names in it, none of which must be given
    where the whole redirect URI is."""

    class MadeRedirectUriForm(_MadeRedirectUriForm):
        def validate(self, extra_validators: object = None) -> bool:
            valid = super().validate(extra_validators)
            if self.redirect_uri.data:
                return valid
            for name, sentence in missing.items():
                field = self[name]
                if not field.data and not field.errors:
                    field.errors = [*field.errors, sentence]
                    valid = False
            return valid

    missing: dict[str, str] = {}
    if product_uris.takes_address(product):
        name = product_uris.ADDRESS
        missing[name] = f"Enter the address of {product.name}"
        whole = _at_most(name, "The address")
        field = StringField("Address", filters=[_cleaned], validators=[whole])
        setattr(MadeRedirectUriForm, name, field)
    for part in product.address.parts if product.address else ():
        name = product_uris.part_field(part.name)
        if not part.default:
            missing[name] = f"Enter {part.label}"
        whole = _at_most("part", part.label)
        field = StringField(part.label, filters=[_cleaned], validators=[whole])
        setattr(MadeRedirectUriForm, name, field)
    if not missing:
        missing["redirect_uri"] = "Enter the redirect URI"
    return MadeRedirectUriForm


def form_of(product: Product, slug: str) -> type[FlaskForm]:
    """The form of a question. KeyError for a step that is none."""
    if slug == "redirect-uri" and product_uris.is_made(product):
        return _made_form(product)
    return FORM_OF_STEP[slug]


class ClientIdForm(_Answer):
    """The client ID the identity provider gave."""

    client_id = StringField(
        "Client ID",
        filters=[_cleaned],
        validators=[_NotEmpty("Enter the client ID"), _at_most("client_id", "The client ID")],
    )


class ClientSecretForm(_Answer):
    """The client secret. Its field is never filled in by us; empty means: keep what there is."""

    client_secret = PasswordField(
        "Client secret",
        filters=[_cleaned_outside],
        validators=[_at_most("client_secret", "The client secret")],
    )
    secret_expires = DateField("Expires on", validators=[Optional()])

    def validate_secret_expires(self, field: DateField) -> None:
        if field.raw_data and field.raw_data[0] and field.data is None:
            # In place of the library's own words, which process() has left here.
            field.errors = []
            raise StopValidation("Enter the date as year-month-day, like 2027-05-01")


class MetadataForm(_Answer):
    """The metadata URL, or what one can be made from."""

    metadata_url = StringField(
        "Metadata URL",
        filters=[_cleaned],
        validators=[
            _NotEmpty("Enter the metadata URL"),
            _at_most("metadata_url", "The metadata URL"),
        ],
    )


class ProviderErrorForm(FlaskForm):
    """The identity provider's own error page, as it was copied."""

    provider_error = TextAreaField(
        "What its page says",
        filters=[lambda value: value if value and value.strip() else ""],
        validators=[_NotEmpty("Paste what the page says")],
        render_kw={"rows": 6},
    )


class ProductSaidForm(FlaskForm):
    """The product's message: one of those its guide knows, or another as it was copied.

    Text in the box counts without a choice: whoever pastes has chosen.
    """

    said = RadioField("What it said", validate_choice=False)
    product_message = TextAreaField("Its message", render_kw={"rows": 3})

    def validate_said(self, field: RadioField) -> None:
        """A choice, or something in the box."""
        names = {value for value, _ in field.choices}
        if field.data not in names and not (self.product_message.data or "").strip():
            raise ValidationError("Choose what it said, or paste its message")

    def validate_product_message(self, field: TextAreaField) -> None:
        """Another message must be there to be read."""
        if self.said.data == "other" and not (field.data or "").strip():
            raise ValidationError("Paste the message")


class PlainForm(FlaskForm):
    """A button and nothing else; it carries the CSRF token."""


class NewSecretForm(ClientSecretForm):
    """The secret that is to take the place of the one in force. It may not be empty."""

    def validate_client_secret(self, field: PasswordField) -> None:
        if not field.data:
            raise ValidationError("Enter the new client secret")


FORM_OF_STEP = {
    "redirect-uri": RedirectUriForm,
    "client-id": ClientIdForm,
    "client-secret": ClientSecretForm,
    "metadata": MetadataForm,
}
