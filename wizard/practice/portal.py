"""The pages that stand in for Entra's admin centre, under Entra's own labels."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Flask, abort, redirect, render_template, url_for
from flask_wtf import FlaskForm

from wizard.practice.forms import (
    NO,
    SINGLE_PAGE,
    WEB,
    YES,
    AuthenticationForm,
    PropertiesForm,
    RegistrationForm,
    SecretForm,
    UsersForm,
)
from wizard.practice.provider import practice
from wizard.practice.records import Application

pages = Blueprint("portal", __name__)


def add_portal(app: Flask) -> None:
    """Register the portal's pages on `app`."""
    app.register_blueprint(pages)


@pages.get("/")
def home():
    """App registrations."""
    return render_template("practice/home.html", applications=practice().store.applications())


@pages.get("/directories")
def directories():
    """The tenants this account can see, as Entra's Directories + subscriptions lists them."""
    return render_template("practice/directories.html", provider=practice())


@pages.route("/apps/new", methods=["GET", "POST"])
def register():
    form = RegistrationForm()
    if form.validate_on_submit():
        by_platform = {WEB: (), SINGLE_PAGE: ()} | {form.platform.data: form.redirect_uris.uris}
        client_id = practice().store.register(
            form.name.data,
            web=by_platform[WEB],
            spa=by_platform[SINGLE_PAGE],
            id_tokens=form.id_tokens.data,
        )
        return redirect(url_for("portal.overview", client_id=client_id), 303)
    return render_template("practice/register.html", form=form)


@pages.get("/apps/<client_id>")
def overview(client_id: str):
    return _page("overview", _known(client_id), tenant=practice().home)


@pages.route("/apps/<client_id>/authentication", methods=["GET", "POST"])
def authentication(client_id: str):
    """Redirect URIs by platform, and the ID tokens box."""
    application = _known(client_id)
    form = AuthenticationForm(
        redirect_uris="\n".join(application.web_uris),
        spa_redirect_uris="\n".join(application.spa_uris),
        id_tokens=application.id_tokens,
    )
    if form.validate_on_submit():
        practice().store.change(
            application.client_id,
            web=form.redirect_uris.uris,
            spa=form.spa_redirect_uris.uris,
            id_tokens=form.id_tokens.data,
        )
        return _saved("authentication", client_id)
    return _page("authentication", application, form=form)


@pages.route("/apps/<client_id>/secrets", methods=["GET", "POST"])
def secrets(client_id: str):
    """Certificates & secrets.

    The answer to Add is the page itself, not a redirect to it: the value is in that one answer
    and nowhere else, so leaving the page loses it, as in Entra.
    """
    application = _known(client_id)
    form = SecretForm()
    new = None
    if form.validate_on_submit():
        expires_at = datetime.now(UTC) + timedelta(days=int(form.expires.data))
        new = practice().store.add_secret(
            application.client_id, form.description.data or "", expires_at
        )
        form = SecretForm(formdata=None)
    return _page(
        "secrets",
        application,
        form=form,
        new=new,
        rows=practice().store.secrets(application.client_id),
        now=datetime.now(UTC),
    )


@pages.route("/apps/<client_id>/secrets/<secret_id>/delete", methods=["GET", "POST"])
def delete_secret(client_id: str, secret_id: str):
    """Ask first, as Entra does: a deleted secret cannot be had back."""
    application = _known(client_id)
    rows = practice().store.secrets(application.client_id)
    row = next((row for row in rows if row.secret_id == secret_id), None)
    if row is None:
        abort(404)
    form = FlaskForm()
    if form.validate_on_submit():
        practice().store.delete_secret(application.client_id, secret_id)
        return redirect(url_for("portal.secrets", client_id=client_id), 303)
    return _page("secrets", application, "delete_secret", form=form, row=row)


@pages.get("/apps/<client_id>/endpoints")
def endpoints(client_id: str):
    return _page("endpoints", _known(client_id), tenant=practice().home)


@pages.route("/apps/<client_id>/properties", methods=["GET", "POST"])
def properties(client_id: str):
    """Of the enterprise application: whether anybody may sign in, and whether only the assigned."""
    application = _known(client_id)
    form = PropertiesForm(
        enabled=YES if application.enabled else NO,
        assignment_required=YES if application.assignment_required else NO,
    )
    if form.validate_on_submit():
        practice().store.change_properties(
            application.client_id,
            enabled=form.enabled.data == YES,
            assignment_required=form.assignment_required.data == YES,
        )
        return _saved("properties", client_id)
    return _page("properties", application, form=form)


@pages.route("/apps/<client_id>/users", methods=["GET", "POST"])
def users(client_id: str):
    """Users and groups of the enterprise application."""
    application = _known(client_id)
    form = UsersForm(user=sorted(application.assigned))
    if form.validate_on_submit():
        practice().store.assign(application.client_id, form.user.data)
        return _saved("users", client_id)
    return _page("users", application, form=form)


def _known(client_id: str) -> Application:
    application = practice().store.application(client_id)
    if application is None:
        abort(404)
    return application


def _saved(page: str, client_id: str):
    return redirect(url_for(f"portal.{page}", client_id=client_id, saved="yes"), 303)


def _page(here: str, application: Application, template: str = "", **values: object) -> str:
    """A page of the application's, `here` in its menu."""
    name = template or here
    return render_template(f"practice/{name}.html", application=application, here=here, **values)
