"""A new setup, and the practice provider."""

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from wizard import catalogue, choosing, warming
from wizard.application import desk
from wizard.catalogue.guides import Entry
from wizard.forms import LONGEST, NewSetupForm


def page() -> str:
    """Choose product and identity provider; a search has its texts and what was chosen before."""
    warming.after_this_page()
    form = _form()
    for field in (form.product, form.provider):
        given = request.args.get(field.name)
        field.data = given if given in dict(field.choices) else None
    form.name.data = request.args.get("name", "")[: LONGEST["name"]]
    return _choose(form)


def create() -> Response | tuple[str, int]:
    """Make a setup and go to its first step; or, without script, show what a search finds.

    What was chosen already comes along, and the token of the form stays out of the address.
    """
    form = _form()
    if _searched(form):
        given = {name: request.form.get(name, "") for name in _KEPT}
        place = "provider" if _asked("provider") else "product"
        kept = {name: text[: choosing.LONGEST_QUERY] for name, text in given.items() if text}
        return redirect(url_for("new.page", **kept, _anchor=place), 303)
    if not form.validate_on_submit():
        return _choose(form), 400
    if "practice" in (form.product.data, form.provider.data) and (failed := _start_practice()):
        return _choose(form, practice_failed=failed), 503
    setup_id = desk().store.create_setup(
        form.product.data, form.provider.data, form.name.data or ""
    )
    return redirect(url_for("steps.show", setup_id=setup_id, slug="before"), 303)


def practise() -> Response | tuple[str, int]:
    """Start the practice provider, and on to a practice setup, a new one if there is none.

    With `back`, the id of a setup that waits for the practice provider, to that one.
    """
    if failed := _start_practice():
        return render_template(
            "errors/plain.html",
            title="The practice provider could not be started",
            sentence=failed,
            way_out="Your setups are on the home page.",
        ), 503
    waiting = desk().store.setup(request.form.get("back", ""))
    if waiting:
        return redirect(url_for("steps.resume", setup_id=waiting.id), 303)
    rows = desk().store.setups()
    kept = next((r.id for r in rows if r.product == r.provider == "practice"), None)
    setup_id = kept or desk().store.create_setup("practice", "practice", "")
    return redirect(url_for("steps.resume", setup_id=setup_id), 303)


def _start_practice() -> str:
    """Have it running; the sentence that says why it cannot be, else nothing."""
    practice = desk().practice
    if practice is None:
        return "This copy of Latchkey was started without one."
    if practice.running:
        return ""
    try:
        practice.start()
    except OSError as error:
        return str(error)
    return ""


_KEPT = ("find_product", "find_provider", "product", "provider", "name")


def _searched(form: NewSetupForm) -> bool:
    """Whether Search was pressed. Enter in another field presses it too: then she goes on."""
    chosen = form.product.data and form.provider.data
    return "search" in request.form and (_asked("product") or _asked("provider") or not chosen)


def _asked(name: str) -> bool:
    """Whether the text to search for is another than the one the list was searched for."""
    return request.form.get(f"find_{name}", "") != request.form.get(f"found_{name}", "")


def _form() -> NewSetupForm:
    form = NewSetupForm()
    products, providers = _offered()
    form.product.choices = [(entry.slug, entry.name) for entry in products]
    form.provider.choices = [(entry.slug, entry.name) for entry in providers]
    return form


def _offered() -> tuple[list[Entry], list[Entry]]:
    """The products and the identity providers of both lists, read once a request."""
    if "offered" not in g:
        g.offered = catalogue.product_entries(), catalogue.provider_entries()
    return g.offered


def _choose(form: NewSetupForm, practice_failed: str = "") -> str:
    products, providers = _offered()
    return render_template(
        "new.html",
        form=form,
        products=choosing.lists(
            products,
            request.values.get("find_product", ""),
            form.product.data or "",
            choosing.PRODUCTS,
            catalogue.saml_only(),
        ),
        providers=choosing.lists(
            providers,
            request.values.get("find_provider", ""),
            form.provider.data or "",
            choosing.PROVIDERS,
        ),
        saml_found=choosing.SAML_FOUND,
        longest_query=choosing.LONGEST_QUERY,
        practice_failed=practice_failed,
    )
