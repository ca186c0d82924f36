"""The two pages at the product: hand over the values, and switch it on without a lock-out."""

from flask import jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from wizard import catalogue, clean_up, handover, said, steps, wording
from wizard.application import desk
from wizard.forms import PlainForm, ProductSaidForm
from wizard.oidc.finding import Status
from wizard.setups import REMOVED_TICK, Setup, as_rows, from_rows
from wizard.views.steps import at_step, load, render_step, to_position


@at_step("handover")
def hand_over(setup: Setup) -> str | Response:
    """The product's own fields with the value for each; the secret is masked."""
    return hand_over_page(setup)


def product_said_form(setup: Setup, *, empty: bool = True) -> ProductSaidForm:
    """The product's messages as choices; `empty` for a page that shows it unanswered."""
    form = ProductSaidForm(formdata=None) if empty else ProductSaidForm()
    messages = setup.product.hand_over.said
    form.said.choices = [(each.name, catalogue.fill(each.text, setup.words)) for each in messages]
    form.said.choices.append((said.OTHER, "Another message"))
    return form


def hand_over_page(setup: Setup, secret: str = "", form: ProductSaidForm | None = None) -> str:
    """The page; `secret` only when it was asked for, `form` where its answer has to be mended."""
    return render_step(
        setup,
        steps.find(setup, "handover"),
        form=form or product_said_form(setup),
        rows=handover.rows(setup),
        product_files=handover.files(setup),
        secret=secret,
        proved=steps.signed_in(setup),
    )


@at_step("handover")
def show_secret(setup: Setup) -> str | Response:
    """The one place that gives the secret out: when she asks to see or copy it.

    A POST, so that no link, history entry or prefetch can ask for it.
    """
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "text/html":
        return hand_over_page(setup, setup.values.client_secret)
    return jsonify(client_secret=setup.values.client_secret)


@at_step("handover")
def handed_over(setup: Setup) -> str | Response:
    """She has pasted them."""
    if not PlainForm().validate_on_submit():
        return hand_over_page(setup)
    desk().store.set_ticks(setup.id, "handover", {"handed-over": True})
    return to_position(load(setup.id))


@at_step("turn-on")
def turn_on(setup: Setup) -> str | Response:
    """The product's own steps to switch it on, a tick each."""
    plan = setup.product.turn_on
    asked = setup.current_check("clean-up")
    return render_step(
        setup,
        steps.find(setup, "turn-on"),
        form=PlainForm(),
        parts=[
            ("Before the switch", plan.plan),
            ("Switch it on", plan.switch),
            ("Prove it", plan.prove),
            ("Clean up", steps.clean_up_ticks(setup)),
        ],
        ticked=setup.ticks.get("turn-on", {}),
        finished=steps.find(setup, "turn-on").done(setup),
        gone=wording.show(setup, from_rows(asked.findings)) if asked else [],
        gone_at=asked.checked_at if asked else "",
    )


@at_step("turn-on")
def ask_whether_gone(setup: Setup) -> Response:
    """Ask whether Latchkey's redirect URI is gone at the provider; its tick follows the answer."""
    if PlainForm().validate_on_submit() and setup.comes_back:
        found = clean_up.ask(setup)
        mark = setup.fingerprint("clean-up")
        desk().store.save_check(setup.id, "clean-up", mark, as_rows(found))
        if found[0].status is not Status.UNKNOWN:
            gone = found[0].status is Status.PASS
            desk().store.set_ticks(setup.id, "turn-on", {REMOVED_TICK: gone})
    return redirect(url_for("turn_on.turn_on", setup_id=setup.id) + "#clean-up", 303)


@at_step("turn-on")
def save_ticks(setup: Setup) -> str | Response:
    """Keep the ticks as they are on the page."""
    if PlainForm().validate_on_submit():
        ticked = set(request.form.getlist("tick"))
        marks = {tick.name: tick.name in ticked for tick in steps.turn_on_ticks(setup)}
        desk().store.set_ticks(setup.id, "turn-on", marks)
    return redirect(url_for("turn_on.turn_on", setup_id=setup.id), 303)
