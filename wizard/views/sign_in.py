"""The test sign-in: check your answers, go, come back, and what it proved."""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from wizard import catalogue, provider_error, round_trip, steps, wording
from wizard.application import desk
from wizard.catalogue.guides import Advice
from wizard.extensions import csrf
from wizard.forms import PlainForm, ProviderErrorForm
from wizard.guard import current_sid
from wizard.oidc.finding import Finding, Status, worst
from wizard.round_trip import SignInUnknown
from wizard.setups import Setup, as_rows, from_rows
from wizard.views.steps import at_step, load, render_step, to_position

pages = Blueprint("sign_in", __name__)


@pages.get("/setups/<setup_id>/test")
@at_step("test")
def show(setup: Setup) -> str | Response:
    """Everything so far on one page, the button, and the newest run."""
    return _page(setup)


@pages.post("/setups/<setup_id>/test")
@at_step("test")
def start(setup: Setup) -> str | Response:
    """Begin a test sign-in. Answers 200 with a refresh that leads to the identity provider.

    Not a 303: Chromium holds a form's redirects to form-action, and the provider may send her on
    to hosts nobody can list beforehand.
    """
    if not PlainForm().validate_on_submit():
        return _page(setup)
    if request.form.get("go_on_anyway"):
        desk().store.save_answers(setup.id, {"went_on:test": setup.fingerprint()})
        return to_position(load(setup.id))
    started = desk().sign_ins.start(setup, current_sid())
    if not started.url:
        return _page(setup, stopped=list(started.findings))
    return render_template(
        "steps/onward.html",
        url=started.url,
        title=f"To {setup.provider.name}",
        sentence="Your browser is on its way there.",
        link="Go there now",
    )


@pages.get("/setups/<setup_id>/test/error")
@at_step("test")
def left_error(setup: Setup) -> Response:
    """Opened by its address: nothing of a pasted page is kept, so it is the test page."""
    return redirect(url_for("sign_in.show", setup_id=setup.id), 303)


@pages.post("/setups/<setup_id>/test/error")
@at_step("test")
def explain(setup: Setup) -> str:
    """What the page on which the identity provider stopped means. Nothing of it is stored."""
    form = ProviderErrorForm()
    if not form.validate_on_submit():
        return _page(setup, form=form)
    decoded = provider_error.decode(
        form.provider_error.data,
        catalogue.error_codes(setup.provider),
        hide=[setup.values.client_secret],
    )
    form.provider_error.data = decoded.text
    return _page(setup, form=form, decoded=decoded)


def _page(
    setup: Setup,
    stopped: list[Finding] | None = None,
    form: ProviderErrorForm | None = None,
    decoded: provider_error.Decoded | None = None,
) -> str:
    step = steps.find(setup, "test")
    run = setup.run
    found = wording.show(setup, from_rows(run.findings)) if run else []
    shown = [each for each in found if not _is_about_user(each.finding)]
    return render_step(
        setup,
        step,
        form=form or ProviderErrorForm(formdata=None),
        decoded=decoded,
        explained=[wording.show_error(setup, decoded)] if decoded else [],
        run=run,
        shown=shown,
        user=[each for each in found if _is_about_user(each.finding)],
        found=found,
        counts={state: sum(1 for s in found if s.finding.status == state) for state in _STATES},
        people=_people(setup),
        renewed=not run and steps.signed_in(setup),
        stopped=wording.show(setup, stopped or []),
        newest=setup.runs[0].id if setup.runs else 0,
        vault=desk().vault,
        proved=step.done(setup),
    )


_STATES = ("pass", "warn", "fail", "unknown")


def _is_about_user(finding: Finding) -> bool:
    """Whether it is about this one user at the product, and not about the values."""
    return finding.code.startswith("product_")


def _people(setup: Setup) -> list[dict[str, object]]:
    """Every test sign-in that is kept, the newest first: who, when, what it proved."""
    today = setup.fingerprint()
    return [
        {
            "at": run.ended_at,
            "account": run.details.get("account", ""),
            "verdict": run.verdict,
            "user": _user_verdict(from_rows(run.findings)),
            "counts": run.fingerprint == today,
            "imported": bool(run.details.get("imported")),
        }
        for run in setup.runs
    ]


def _user_verdict(findings: list[Finding]) -> str:
    """ "yes", "look" or "" where nothing was judged: would the product let this user in?"""
    about = [finding for finding in findings if _is_about_user(finding)]
    if not about:
        return ""
    return "yes" if worst(about) is Status.PASS else "look"


@pages.get("/setups/<setup_id>/test/newest")
def newest(setup_id: str) -> Response:
    """The number of the newest run, for the tab that waits."""
    runs = load(setup_id).runs
    return jsonify(run=runs[0].id if runs else 0)


@pages.route("/callback", methods=["GET", "POST"])
@csrf.exempt
def callback() -> str | tuple[str, int]:
    """Where the identity provider sends the browser back. Nothing is judged or sent here yet.

    The answer comes from another site, so it may arrive without our cookie; the page sends the
    browser on to ourselves, and that request carries it in every browser. A refresh also takes
    the code out of the address bar and the history.
    """
    params = request.form if request.method == "POST" else request.args
    try:
        handle = desk().sign_ins.arrive(list(params.items(multi=True)))
    except SignInUnknown as unknown:
        return _refused(unknown.finding), 400
    onward = f"http://localhost:{desk().port}" + url_for("sign_in.proceed", h=handle)
    return render_template(
        "steps/onward.html",
        url=onward,
        title="Checking the answer",
        sentence="The identity provider has answered.",
        link="See what it proved",
    )


@pages.get("/callback/continue")
def proceed() -> Response | tuple[str, int]:
    """Judge the answer, for the browser session that began the sign-in, and show what it proved."""
    try:
        pending = desk().sign_ins.collect(request.args.get("h", ""), current_sid())
    except SignInUnknown as unknown:
        return _refused(unknown.finding), 400
    setup = load(pending.setup_id)
    outcome = round_trip.finish(pending, setup)
    desk().store.add_run(
        setup.id,
        pending.fingerprint,
        outcome.verdict,
        as_rows(outcome.findings),
        {
            "claims": outcome.claims,
            "account": outcome.account,
            "redirect_uri": pending.redirect_uri,
            "client_id": pending.client_id,
            "issuer": pending.metadata.issuer,
        },
    )
    return redirect(url_for("sign_in.show", setup_id=setup.id), 303)


def _refused(finding: Finding) -> str:
    advice = catalogue.general_advice().get(finding.code, Advice(title=finding.code))
    shown = wording.Shown(finding, advice.title, advice.advice, "")
    return render_template("errors/callback.html", shown=shown)
