"""A setup in use: checked again, its secret renewed, or deleted."""

from concurrent.futures import ThreadPoolExecutor

from flask import abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from wizard import again, answering, handover, judging, kept, renewal, setups, steps, wording
from wizard.application import desk
from wizard.forms import NewSecretForm, PlainForm
from wizard.oidc.finding import gravest_first
from wizard.setups import Setup, from_rows
from wizard.views import showing
from wizard.views.filling import answers_of
from wizard.views.steps import load, render_step

_SIDE_BY_SIDE = 4


def check_all() -> Response:
    """Check every setup that can be; home says what was found of each."""
    if PlainForm().validate_on_submit():
        here = setups.load_all(desk().store, desk().vault, desk().port)
        here = [setup for setup in here if again.can_be_checked(setup)]
        with ThreadPoolExecutor(max_workers=_SIDE_BY_SIDE) as pool:
            for setup, asked in zip(here, pool.map(again.ask, here), strict=True):
                again.keep(desk().store, setup, asked)
    return redirect(url_for("home.index"), 303)


def check_one(setup_id: str) -> Response:
    """Check one setup, and on to what has changed."""
    setup = load(setup_id)
    if PlainForm().validate_on_submit() and again.can_be_checked(setup):
        again.keep(desk().store, setup, again.ask(setup))
        return redirect(url_for("upkeep.checked", setup_id=setup.id), 303)
    return redirect(url_for("home.index"), 303)


def checked(setup_id: str) -> str | Response:
    """What had changed when it was last checked again."""
    setup = load(setup_id)
    check = setup.current_check(again.TOPIC)
    if check is None:
        return redirect(url_for("home.index"), 303)
    found = from_rows(check.findings)
    return render_template(
        "checked.html",
        setup=setup,
        shown=wording.show(setup, gravest_first(found)),
        asked_at=check.checked_at,
        summary=again.summary(found),
        well_at=_well_at(setup) if again.summary(found) == "fail" else "",
        form=PlainForm(),
        renews=renewal.applies(setup) and again.is_about_secret(found),
    )


def _well_at(setup: Setup) -> str:
    good = kept.last_good(setup)
    return good.at if good else ""


# --- renew the secret


def renew(setup_id: str) -> str:
    """What is next: the new secret, the hand-over, or the old one's removal.

    With `another`, the first again: the new one did not do.
    """
    setup = _renewable(setup_id)
    stage = "secret" if "another" in request.args else renewal.stage(setup)
    return _renew_page(setup, stage)


def new_secret(setup_id: str) -> str | Response:
    """Ask the provider about the new secret. Only one that it does not refuse is saved."""
    setup = _renewable(setup_id)
    form = NewSecretForm()
    if not form.validate_on_submit():
        return _renew_page(setup, "secret", form=form)
    candidate = answering.consider(setup, "client-secret", answers_of(form))
    if candidate.values.secret_version == setup.values.secret_version:
        form.client_secret.errors = ["That is the client secret you have. Add a new one"]
        return _renew_page(setup, "secret", form=form)
    tried = renewal.try_secret(desk().runs, setup, candidate.values)
    if tried.is_refused:
        return _renew_page(setup, "secret", tried=tried)
    renewal.save(desk().store, desk().vault, setup, candidate.values, tried.run.asked)
    return redirect(url_for("upkeep.renew", setup_id=setup.id), 303)


def check_new_secret(setup_id: str) -> str:
    """The live check of a new secret: as at its own step, but nothing is offered to be saved."""
    setup = _renewable(setup_id)
    form = NewSecretForm()
    form.validate()
    candidate = answering.consider(setup, "client-secret", answers_of(form))
    findings = [*showing.cleaned(form), *candidate.findings]
    slug = "client-secret"
    run = None
    if form.client_secret.data and not answering.has_failed(findings):
        topics = judging.TOPICS_OF_STEP[slug]
        run = desk().runs.start(setup, slug, candidate.values, topics)
    return render_template(
        "components/live.html",
        setup=setup,
        slug=slug,
        shape=showing.plain_row(setup, findings),
        rows=showing.busy_rows(setup, run) if run else [],
        run=run,
        offer=None,
    )


def show_new_secret(setup_id: str) -> str | Response:
    """The new secret, when she asks to see or copy it for the product."""
    setup = _renewable(setup_id)
    if renewal.stage(setup) != "handover":
        abort(404)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "text/html":
        return _renew_page(setup, "handover", secret=setup.values.client_secret)
    return jsonify(client_secret=setup.values.client_secret)


def renewed_handed_over(setup_id: str) -> Response:
    """The product has the new secret."""
    setup = _renewable(setup_id)
    if PlainForm().validate_on_submit() and renewal.stage(setup) == "handover":
        renewal.handed_over(desk().store, setup)
    return redirect(url_for("upkeep.renew", setup_id=setup.id), 303)


def old_removed(setup_id: str) -> Response:
    """The old secret is gone, as she ticked: done."""
    setup = _renewable(setup_id)
    if not PlainForm().validate_on_submit() or renewal.stage(setup) != "old":
        return redirect(url_for("upkeep.renew", setup_id=setup.id), 303)
    if not request.form.get("removed"):
        return redirect(url_for("upkeep.renew", setup_id=setup.id), 303)
    renewal.old_removed(desk().store, setup)
    return redirect(url_for("home.index"), 303)


def _renewable(setup_id: str) -> Setup:
    setup = load(setup_id)
    if not renewal.applies(setup):
        abort(404)
    return setup


def _renew_page(
    setup: Setup,
    stage: str,
    *,
    form: NewSecretForm | None = None,
    tried: renewal.Tried | None = None,
    secret: str = "",
) -> str:
    check = setup.current_check("secret")
    judged, turn = _judged(setup, tried) if tried else ([], 0)
    return render_step(
        setup,
        steps.find(setup, "client-secret"),
        f"renew/{stage}.html",
        form=form or NewSecretForm(formdata=None),
        back="/",
        stage=stage,
        stages=renewal.STAGES,
        refused=tried is not None,
        rows=judged if stage == "secret" else handover.rows(setup, _RENEWED),
        run=tried.run if tried else None,
        turn=turn,
        offer=None,
        kept_shown=wording.show(setup, from_rows(check.findings)) if check else [],
        secret=secret,
        vault=desk().vault,
        under_way=renewal.under_way(setup),
        checked_at=None,
        stopped=False,
    )


def _judged(setup: Setup, tried: renewal.Tried) -> tuple[list[showing.Row], int]:
    """What was found of the new secret, in rows, and the turn up to which the page has heard."""
    rows = [showing.plain_row(setup, tried.shape)]
    if tried.run is None:
        return rows, 0
    heard, again_at, turn, _ = tried.run.news(0, 0)
    late = [showing.heard_row(setup, "client-secret", tried.run, row, again_at) for row in heard]
    return [*late, *rows], turn


_RENEWED = ("client_secret", "secret_expires")


# --- delete


def ask_delete(setup_id: str) -> str:
    """What goes and what stays, before anything is deleted."""
    setup = load(setup_id)
    place = desk().vault.place_of(setup.id, setup.values.secret_version)
    return render_template("delete.html", setup=setup, form=PlainForm(), place=place, desk=desk())


def delete(setup_id: str) -> str | Response:
    """Delete it. Killed in between, the next start takes the secret out of the keyring."""
    setup = load(setup_id)
    if not PlainForm().validate_on_submit():
        return redirect(url_for("upkeep.ask_delete", setup_id=setup.id), 303)
    desk().store.delete_setup(setup.id)
    desk().vault.forget(setup.id)
    return redirect(url_for("home.index", deleted="yes"), 303)
