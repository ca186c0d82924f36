"""The forms of the practice portal and product: shape only."""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from wizard.practice.redirect_uris import MAX_COUNT, MAX_LENGTH, objection
from wizard.practice.users import OWN_USERS

NAME_LENGTH = 120  # Entra's limit

ID_TOKENS = "ID tokens (used for implicit and hybrid flows)"
WEB, SINGLE_PAGE = "web", "spa"
PLATFORMS = (
    SelectChoice(WEB, "Web"),
    SelectChoice(SINGLE_PAGE, "Single-page application (SPA)"),
)
YES, NO = "yes", "no"
YES_NO = (SelectChoice(YES, "Yes"), SelectChoice(NO, "No"))

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


class UriList(TextAreaField):
    """Redirect URIs, one a line, each of them one that Entra would take."""

    def __init__(self, label: str, **options: object) -> None:
        most = _at_most(MAX_COUNT * (MAX_LENGTH + 2))
        super().__init__(label, validators=[most], render_kw=_CODE | {"rows": 4}, **options)

    @property
    def uris(self) -> tuple[str, ...]:
        """The lines that hold something, each once, in their order."""
        lines = (line.strip() for line in (self.data or "").splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))

    def pre_validate(self, form: FlaskForm) -> None:
        if len(self.uris) > MAX_COUNT:
            raise ValidationError(f"An application has at most {MAX_COUNT} redirect URIs.")
        for uri in self.uris:
            if sentence := objection(uri):
                raise ValidationError(sentence)


class AuthenticationForm(FlaskForm):
    """Authentication: the redirect URIs of each platform, and the ID tokens box."""

    redirect_uris = UriList("Redirect URIs of the platform Web")
    spa_redirect_uris = UriList("Redirect URIs of the platform Single-page application")
    id_tokens = BooleanField(ID_TOKENS)

    def validate_spa_redirect_uris(self, field: UriList) -> None:
        for uri in field.uris:
            if uri in self.redirect_uris.uris:
                raise ValidationError(
                    f"{uri} is under Web too. An address can be under one platform only."
                )


class RegistrationForm(FlaskForm):
    """New registration: a platform for the redirect URIs, as Entra asks for it."""

    name = StringField(
        "Name",
        filters=[_stripped],
        validators=[
            _entered("Enter a name for the application."),
            _at_most(NAME_LENGTH),
        ],
        render_kw={"autocomplete": "off"},
    )
    platform = SelectField("Platform of the redirect URIs", choices=PLATFORMS)
    redirect_uris = UriList("Redirect URIs")
    id_tokens = BooleanField(ID_TOKENS)


class PropertiesForm(FlaskForm):
    """Properties of the enterprise application."""

    enabled = RadioField("Enabled for users to sign-in?", choices=YES_NO)
    assignment_required = RadioField("Assignment required?", choices=YES_NO)


class UsersForm(FlaskForm):
    """Users and groups of the enterprise application; `user` has one box a user."""

    user = SelectMultipleField(
        "Add user/group",
        choices=[SelectChoice(user.slug, user.name) for user in OWN_USERS],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
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
