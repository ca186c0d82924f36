"""The pages that stand in for Entra's admin centre, under Entra's own labels."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Flask, abort, redirect, render_template, url_for

from wizard.practice.forms import ApplicationForm, RegistrationForm, SecretForm
from wizard.practice.provider import practice
from wizard.practice.store import Application

pages = Blueprint("portal", __name__)


def add_portal(app: Flask) -> None:
    """Register the portal's pages on `app`."""
    app.register_blueprint(pages)


@pages.get("/")
def home():
    """App registrations."""
    return render_template("practice/home.html", applications=practice().store.applications())


@pages.route("/apps/new", methods=["GET", "POST"])
def register():
    form = RegistrationForm()
    if form.validate_on_submit():
        application = practice().store.register(form.name.data, form.uris, form.id_tokens.data)
        return redirect(url_for("portal.overview", client_id=application.client_id), 303)
    return render_template("practice/register.html", form=form)


@pages.get("/apps/<client_id>")
def overview(client_id: str):
    return _page("overview", _known(client_id), tenant_id=practice().tenant_id)


@pages.route("/apps/<client_id>/authentication", methods=["GET", "POST"])
def authentication(client_id: str):
    """Redirect URIs and the ID tokens box."""
    application = _known(client_id)
    form = ApplicationForm(
        redirect_uris="\n".join(application.redirect_uris), id_tokens=application.id_tokens
    )
    if form.validate_on_submit():
        practice().store.change(application.client_id, form.uris, form.id_tokens.data)
        return redirect(url_for("portal.authentication", client_id=client_id, saved="yes"), 303)
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


@pages.get("/apps/<client_id>/endpoints")
def endpoints(client_id: str):
    return _page("endpoints", _known(client_id), provider=practice())


def _known(client_id: str) -> Application:
    application = practice().store.application(client_id)
    if application is None:
        abort(404)
    return application


def _page(name: str, application: Application, **values: object) -> str:
    return render_template(f"practice/{name}.html", application=application, here=name, **values)
