"""The forms of the practice portal and product: shape only."""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    PasswordField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, ValidationError

from wizard.practice.redirect_uris import MAX_COUNT, MAX_LENGTH, objection

NAME_LENGTH = 120  # Entra's limit

_CODE = {"class": "mono", "autocomplete": "off", "spellcheck": "false"}

EXPIRES = (
    SelectChoice("180", "180 days (6 months), recommended"),
    SelectChoice("90", "90 days (3 months)"),
    SelectChoice("365", "365 days (12 months)"),
    SelectChoice("545", "545 days (18 months)"),
    SelectChoice("730", "730 days (24 months)"),
    SelectChoice("-1", "Expired yesterday (to practise an expired secret)"),
)


def _stripped(text: str | None) -> str | None:
    return text.strip() if text else text


def _entered(sentence: str):
    """Like DataRequired, with a sentence of the field's own."""

    def check(form: FlaskForm, field) -> None:
        if not field.data:
            raise ValidationError(sentence)

    return check


def _at_most(length: int) -> Length:
    return Length(max=length, message=f"This takes at most {length} characters.")


class ApplicationForm(FlaskForm):
    """What Authentication edits: the redirect URIs, one a line, and the ID tokens box."""

    redirect_uris = TextAreaField(
        "Redirect URIs",
        validators=[_at_most(MAX_COUNT * (MAX_LENGTH + 2))],
        render_kw=_CODE | {"rows": 5},
    )
    id_tokens = BooleanField("ID tokens (used for implicit and hybrid flows)")

    @property
    def uris(self) -> tuple[str, ...]:
        """The lines that hold something, each once, in their order."""
        lines = (line.strip() for line in (self.redirect_uris.data or "").splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))

    def validate_redirect_uris(self, field) -> None:
        if len(self.uris) > MAX_COUNT:
            raise ValidationError(f"An application has at most {MAX_COUNT} redirect URIs.")
        for uri in self.uris:
            if sentence := objection(uri):
                raise ValidationError(sentence)


class RegistrationForm(ApplicationForm):
    """New registration."""

    name = StringField(
        "Name",
        filters=[_stripped],
        validators=[
            _entered("Enter a name for the application."),
            _at_most(NAME_LENGTH),
        ],
        render_kw={"autocomplete": "off"},
    )


class SecretForm(FlaskForm):
    """New client secret."""

    description = StringField(
        "Description",
        filters=[_stripped],
        validators=[_at_most(NAME_LENGTH)],
        render_kw={"autocomplete": "off"},
    )
    expires = SelectField("Expires", choices=EXPIRES)


class ProductForm(FlaskForm):
    """The practice product's single sign-on settings. The secret is never shown again."""

    client_id = StringField(
        "Client ID",
        filters=[_stripped],
        validators=[_entered("Enter the client ID."), _at_most(512)],
        render_kw=_CODE,
    )
    client_secret = PasswordField(
        "Client secret", filters=[_stripped], validators=[_at_most(1024)], render_kw=_CODE
    )
    discovery_url = StringField(
        "Discovery URL",
        filters=[_stripped],
        validators=[_entered("Enter the discovery URL."), _at_most(2048)],
        render_kw=_CODE,
    )
