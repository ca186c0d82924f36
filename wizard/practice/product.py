"""The made-up practice product: single sign-on settings, a switch, and a real login."""

import logging
from dataclasses import dataclass, field

from authlib.integrations.base_client import MismatchingStateError, OAuthError
from flask import (
    Blueprint,
    Flask,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)

from wizard.practice.forms import ProductForm
from wizard.practice.provider import practice
from wizard.practice.relying_party import (
    NotVerified,
    Settings,
    SignInsUnderWay,
    login_client,
    verify,
)

LOCAL_ACCOUNT = "the local account"
_EXTENSION = "practice_product"
_USER = "product_user"

pages = Blueprint("product", __name__, url_prefix="/product")
log = logging.getLogger(__name__)


@dataclass
class ProductMemory:
    """What the product keeps in this process only: somebody's real secret may be among it."""

    client_secret: str = field(default="", repr=False)
    sign_ins: SignInsUnderWay = field(default_factory=SignInsUnderWay)


def add_product(app: Flask) -> None:
    """Register the product's pages on `app`."""
    app.extensions[_EXTENSION] = ProductMemory()
    app.register_blueprint(pages)


def redirect_uri() -> str:
    return f"{practice().base}/product/callback"


@pages.get("/")
def home():
    saved = _saved()
    return render_template(
        "practice/product_home.html",
        user=session.get(_USER),
        enabled=saved["enabled"],
        ready=bool(_memory().client_secret),
    )


@pages.route("/settings", methods=["GET", "POST"])
def settings():
    """Save & verify. The secret's field comes back empty; empty keeps the one pasted before."""
    saved, memory = _saved(), _memory()
    form = ProductForm(client_id=saved["client_id"], discovery_url=saved["discovery_url"])
    verified = problem = None
    if form.validate_on_submit():
        memory.client_secret = form.client_secret.data or memory.client_secret
        if not memory.client_secret:
            form.client_secret.errors = ["Enter the client secret."]
        else:
            problem = _problem(form, memory.client_secret)
            verified = problem is None
            saved = _save(form, verified)
    return render_template(
        "practice/product_settings.html",
        form=form,
        redirect_uri=redirect_uri(),
        verified=verified,
        problem=problem,
        saved=saved,
        secret_kept=bool(memory.client_secret),
    )


@pages.post("/enable")
def enable():
    """The switch. Off is always possible; on only after Save & verify worked."""
    saved = _saved()
    wanted = request.form.get("enabled") == "yes" and saved["verified"]
    practice().store.save_texts(product_enabled="yes" if wanted else "")
    return redirect(url_for("product.settings"), 303)


@pages.post("/local")
def local():
    """The local login. It is never switched off: the way back when single sign-on fails."""
    session[_USER] = LOCAL_ACCOUNT
    return redirect(url_for("product.home"), 303)


@pages.post("/sign-out")
def sign_out():
    session.pop(_USER, None)
    return redirect(url_for("product.home"), 303)


@pages.get("/sign-in")
def sign_in():
    """A link, not a form: Chromium would hold a form to form-action on its way to the provider."""
    saved, memory = _saved(), _memory()
    if not saved["enabled"]:
        return _stopped("Single sign-on is switched off in this product's settings.")
    if not memory.client_secret:
        return _stopped(
            "The practice product keeps the client secret only while it runs. Paste it again in"
            " its settings."
        )
    try:
        return _client(saved).authorize_redirect(redirect_uri())
    except NotVerified as problem:
        return _stopped(str(problem))


@pages.get("/callback")
def callback():
    """Where the provider sends the browser back to. OpenID Connect Core 3.1.2.5 to 3.1.3.7."""
    saved = _saved()
    try:
        token = _client(saved).authorize_access_token()
        claims = token["userinfo"]
    except NotVerified as problem:
        return _stopped(str(problem))
    except MismatchingStateError:
        return _stopped("This sign-in is not one that this browser started, or it is too old.")
    except OAuthError as error:
        said = f"{error.error}: {error.description}" if error.description else str(error.error)
        return _stopped(f"The identity provider answered: {said[:400]}")
    except Exception as error:
        # Whatever else a provider can answer (keys, tokens, JSON): refused, and only its kind
        # logged, because its text may hold a token.
        log.warning("practice product: the answer was refused (%s)", type(error).__name__)
        return _stopped("The identity provider's answer could not be checked, so it was refused.")
    email = claims.get("email")
    if not isinstance(email, str) or not email:
        return _stopped(
            "There is no matching technician: the identity provider sent no email address for"
            " this user, and this product knows people by their email address."
        )
    session[_USER] = email
    return redirect(url_for("product.home"), 303)


def _memory() -> ProductMemory:
    return current_app.extensions[_EXTENSION]


def _saved() -> dict[str, str]:
    """The saved settings; empty texts for what was never saved."""
    names = ("client_id", "discovery_url", "verified", "enabled")
    texts = practice().store.texts(f"product_{name}" for name in names)
    return {name: texts.get(f"product_{name}", "") for name in names}


def _save(form: ProductForm, verified: bool) -> dict[str, str]:
    """Settings that do not work switch single sign-on off again."""
    store = practice().store
    store.save_texts(
        product_client_id=form.client_id.data,
        product_discovery_url=form.discovery_url.data,
        product_verified="yes" if verified else "",
    )
    if not verified:
        store.save_texts(product_enabled="")
    return _saved()


def _problem(form: ProductForm, client_secret: str) -> str | None:
    try:
        verify(
            Settings(form.client_id.data, client_secret, form.discovery_url.data), redirect_uri()
        )
    except NotVerified as problem:
        return str(problem)
    return None


def _client(saved: dict[str, str]):
    settings = Settings(saved["client_id"], _memory().client_secret, saved["discovery_url"])
    return login_client(current_app, _memory().sign_ins, settings)


def _stopped(sentence: str):
    return render_template("practice/product_stopped.html", sentence=sentence), 403
