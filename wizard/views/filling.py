"""A question's form: what is saved put in its fields, and its answers read."""

from flask_wtf import FlaskForm

from wizard import judging, product_uris, times
from wizard.forms import form_of
from wizard.setups import Setup


def answers_of(form: FlaskForm) -> dict[str, str | None]:
    """The form's answers by field, dates as ISO text, an emptied date as empty."""
    answers: dict[str, str | None] = {}
    for field in form:
        if field.name in ("csrf_token", "go_on_anyway"):
            continue
        if field.name == "secret_expires":
            answers[field.name] = field.data.isoformat() if field.data else ""
        else:
            answers[field.name] = field.data or ""
    return answers


def filled_form(setup: Setup, slug: str) -> FlaskForm:
    """The form with what is saved in it; never with the secret."""
    form = form_of(setup.product, slug)(formdata=None)
    for field in form:
        if field.name == "secret_expires" and setup.values.secret_expires:
            field.process_data(times.as_date(setup.values.secret_expires))
        elif field.name in ("redirect_uri", "client_id", "metadata_url"):
            field.process_data(getattr(setup.values, field.name))
    if slug == "metadata" and not setup.values.metadata_url:
        form.metadata_url.process_data(judging.only_address(setup))
    if slug == "redirect-uri":
        fill_made(setup, form)
    return form


def fill_made(setup: Setup, form: FlaskForm) -> None:
    """What a redirect URI was made from, in its fields, and what came of it."""
    values, product = setup.values, setup.product
    if not product_uris.is_made(product):
        return
    made = product_uris.own(product, values.product_address, values.parts)
    form.redirect_uri.process_data(values.redirect_uri or made)
    form.redirect_uri_before.process_data(values.redirect_uri or made)
    if product_uris.ADDRESS in form:
        form[product_uris.ADDRESS].process_data(values.product_address)
    given = product_uris.defaults(product) | dict(values.parts)
    for name in product_uris.part_names(product):
        form[product_uris.part_field(name)].process_data(given[name])
