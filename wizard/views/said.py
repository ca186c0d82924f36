"""What did the product say: a choice or a paste, and what settles it."""

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from wizard import catalogue, handover, judging, provider_error, said, steps, wording
from wizard.application import desk
from wizard.oidc.finding import Status, gravest_first
from wizard.setups import Setup
from wizard.views.steps import load, open_step, render_step
from wizard.views.turn_on import hand_over_page, product_said_form


def ask(setup_id: str) -> str | Response:
    """Run the checks that settle it, and on to what they found.

    What was asked before may be asked once more, though the answer has closed the hand-over.
    """
    setup = load(setup_id)
    step = open_step(setup, "handover")
    if isinstance(step, Response) and not said.settled(setup, request.form.get("said", ""))[0]:
        return step
    form = product_said_form(setup, empty=False)
    if not form.validate_on_submit():
        return hand_over_page(setup, form=form)
    text = form.product_message.data or ""
    known = said.find(setup, form.said.data or "") or said.recognise(setup, text)
    if known:
        said.settle(desk().store, setup, known.name, known.settled_by)
        return redirect(url_for("said.show", setup_id=setup.id, name=known.name), 303)
    decoded = provider_error.decode(
        text, catalogue.error_codes(setup.provider), hide=[setup.values.client_secret]
    )
    said.settle(desk().store, setup, said.OTHER, judging.TOPICS)
    return _page(load(setup.id), said.OTHER, decoded)


def nothing_said(setup_id: str) -> Response:
    """Opened by its address: nothing of a pasted message is kept."""
    return redirect(url_for("turn_on.hand_over", setup_id=setup_id), 303)


def show(setup_id: str, name: str) -> str | Response:
    """What was found when it was last asked. It stays open when the answer closed the hand-over."""
    setup = load(setup_id)
    if name != said.OTHER and said.find(setup, name) is None:
        abort(404)
    if not said.settled(setup, name)[0]:
        return redirect(url_for("turn_on.hand_over", setup_id=setup_id), 303)
    return _page(setup, name)


def _page(setup: Setup, name: str, decoded: provider_error.Decoded | None = None) -> str:
    message = said.find(setup, name)
    findings, asked_at = said.settled(setup, name)
    told_first = [f for f in findings if f.status is not Status.PASS or f.code in _TELLING]
    conclusion = said.conclusion(findings)
    told = decoded is not None and decoded.advice_code != "provider_error_unknown"
    again = message.copy_again if message else ()
    return render_step(
        setup,
        steps.find(setup, "handover"),
        "steps/said.html",
        message=message,
        pasted=decoded.text if decoded else "",
        explained=[wording.show_error(setup, decoded)] if told else [],
        shown=wording.show(setup, gravest_first(told_first)),
        quiet=wording.show(setup, [f for f in findings if f not in told_first]),
        asked_at=asked_at,
        conclusion=conclusion,
        accepted=conclusion == "fine" and any(f.code in _ACCEPTED for f in findings),
        rows=handover.rows(setup, again) if conclusion != "refused" and again else [],
        causes=message.causes if message else setup.product.hand_over.causes,
    )


# Of what passed, what the product most likely complained of.
_TELLING = (
    "client_id_known",
    "redirect_uri_accepted",
    "response_type_accepted",
    "client_secret_accepted",
    "client_secret_accepted_policy_blocks",
    "metadata_issuer_matches",
)
_ACCEPTED = ("client_secret_accepted", "client_secret_accepted_policy_blocks")
