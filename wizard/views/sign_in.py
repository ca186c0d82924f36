"""The test sign-in: check your answers, go, come back, and what it proved."""

from flask import abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from wizard import (
    again,
    asking,
    catalogue,
    judging,
    kept,
    mapped,
    provider_error,
    round_trip,
    steps,
    wording,
)
from wizard.application import desk
from wizard.catalogue.guides import Advice
from wizard.forms import PlainForm, ProviderErrorForm
from wizard.guard import current_sid
from wizard.oidc.finding import Finding, Status, gravest_first, worst
from wizard.round_trip import SignInUnknown
from wizard.setups import Setup, as_rows, from_rows
from wizard.store import Run
from wizard.views.steps import at_step, load, render_step, to_position


@at_step("test")
def show(setup: Setup) -> str | Response:
    """Everything so far on one page, the button, and the newest run."""
    return _page(setup)


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
    if not setup.comes_back:
        return _page(setup)
    started = desk().sign_ins.start(setup, current_sid())
    if not started.url:
        return _page(setup, stopped=list(started.findings))
    return render_template(
        "steps/onward.html",
        url=started.url,
        title=f"To {setup.provider.in_full}",
        sentence="Your browser is on its way there.",
        link="Go there now",
    )


def localhost(setup_id: str) -> Response:
    """She says whether the provider refused Latchkey's redirect URI, where its guide cannot say."""
    setup = load(setup_id)
    if PlainForm().validate_on_submit() and setup.provider.localhost.allowed == "unknown":
        refused = "refused" if request.form.get("refused") else None
        desk().store.save_answers(setup.id, {"localhost": refused})
    return redirect(url_for("steps.show", setup_id=setup.id, slug="client-id"), 303)


@at_step("test")
def left_error(setup: Setup) -> Response:
    """Opened by its address: nothing of a pasted page is kept, so it is the test page."""
    return redirect(url_for("sign_in.show", setup_id=setup.id), 303)


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
    asked: list[Finding] | None = None,
) -> str:
    step = steps.find(setup, "test")
    run = setup.run
    progress = desk().sign_ins.progress(setup.id, current_sid())
    return render_step(
        setup,
        step,
        form=form or ProviderErrorForm(formdata=None),
        decoded=decoded,
        explained=[wording.show_error(setup, decoded)] if decoded else [],
        **_judged(setup, run),
        map=mapped.of_stopped(setup, stopped) if stopped else _map(setup, run),
        people=_people(setup),
        renewed=not run and steps.signed_in(setup),
        stopped=wording.show(setup, stopped or []),
        asked=None if asked is None else wording.show(setup, gravest_first(asked)),
        newest=setup.runs[0].id if setup.runs else 0,
        progress=progress,
        # What every identity provider shows, where the guide does not know its screens.
        shows=setup.provider.sign_in_shows or catalogue.provider("oidc").sign_in_shows,
        late=LATE,
        vault=desk().vault,
        proved=step.done(setup),
    )


_STATES = ("pass", "warn", "fail", "unknown")
LATE = 120  # seconds after which the waiting tab says that nothing has come back


def _judged(setup: Setup, run: Run | None) -> dict[str, object]:
    """What the pages show of one test sign-in."""
    found = wording.show(setup, from_rows(run.findings)) if run else []
    return {
        "run": run,
        "found": found,
        "shown": [each for each in found if not _is_about_user(each.finding.code)],
        "user": [each for each in found if _is_about_user(each.finding.code)],
        "counts": {
            state: sum(1 for each in found if each.finding.status == state) for state in _STATES
        },
    }


def _map(setup: Setup, run: Run | None) -> list[mapped.Mapped]:
    return mapped.of_run(setup, run) if run else mapped.of_plan(setup)


def one(setup_id: str, run_id: int) -> str:
    """One test sign-in, the newest or an earlier one, with what it proved at its time."""
    setup = load(setup_id)
    run = next((run for run in setup.runs if run.id == run_id), None)
    step = steps.find(setup, "test")
    if run is None:
        abort(404)
    return render_step(
        setup,
        step,
        "steps/sign-in-of.html",
        **_judged(setup, run),
        map=mapped.of_run(setup, run),
        standing=_standing(setup, run),
    )


def _standing(setup: Setup, run: Run) -> str:
    """What a test sign-in is today: "newest", "earlier", "other" values, or "imported"."""
    if run.details.get("imported"):
        return "imported"
    if run.fingerprint != setup.fingerprint():
        return "other"
    return "newest" if run.id == setup.runs[0].id else "earlier"


@at_step("test")
def left_asking(setup: Setup) -> Response:
    """Opened by its address: nothing is asked by looking, so it is the test page."""
    return redirect(url_for("sign_in.show", setup_id=setup.id), 303)


@at_step("test")
def ask(setup: Setup) -> str | Response:
    """Ask what nothing is known about with the values as they are now, and say what came of it."""
    topics = judging.unasked(setup)
    if not PlainForm().validate_on_submit() or not topics:
        return redirect(url_for("sign_in.show", setup_id=setup.id), 303)
    answered = asking.ask(setup, setup.values, topics)
    out_of_reach = again.unreached(answered)
    if out_of_reach:
        return _page(setup, asked=[again.not_reached(out_of_reach)])
    kept.keep(desk().store, setup, answered)
    setup = load(setup.id)
    if any(judging.blocked(setup, slug) for slug in judging.TOPICS_OF_STEP):
        return to_position(setup)
    found = [finding for topic in answered.findings.values() for finding in topic]
    return _page(setup, asked=found)


def _is_about_user(code: str) -> bool:
    """Whether a finding is about this one user at the product, and not about the values."""
    return code.startswith("product_")


def _people(setup: Setup) -> list[dict[str, object]]:
    """Every test sign-in that is kept, the newest first: who, when, what it proved."""
    today = setup.fingerprint()
    return [
        {
            "id": run.id,
            "at": run.ended_at,
            "account": run.details.get("account", ""),
            "verdict": run.verdict,
            "user": _user_verdict(run),
            "counts": run.fingerprint == today,
            "imported": bool(run.details.get("imported")),
        }
        for run in setup.runs
    ]


def _user_verdict(run: Run) -> str:
    """ "yes", "look" or "" where nothing was judged: would the product let this user in?"""
    about = from_rows(row for row in run.findings if _is_about_user(row["code"]))
    if not about:
        return ""
    return "yes" if worst(about) is Status.PASS else "look"


def newest(setup_id: str) -> Response:
    """For the tab that waits: the newest run, and how far the sign-in under way has come.

    `seconds` since she was sent to the provider, null when none is under way; `answered` once the
    provider's answer is here and is being judged.
    """
    runs = load(setup_id).runs
    progress = desk().sign_ins.progress(setup_id, current_sid())
    return jsonify(
        run=runs[0].id if runs else 0,
        seconds=progress.seconds if progress else None,
        answered=bool(progress and progress.answered),
    )


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


def proceed() -> Response | tuple[str, int]:
    """Judge the answer, for the browser session that began the sign-in, and show what it proved."""
    try:
        pending = desk().sign_ins.collect(request.args.get("h", ""), current_sid())
    except SignInUnknown as unknown:
        return _refused(unknown.finding), 400
    try:
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
                "took_ms": outcome.took_ms,
            },
        )
    finally:
        desk().sign_ins.ended(pending)
    return redirect(url_for("sign_in.show", setup_id=setup.id), 303)


def _refused(finding: Finding) -> str:
    advice = catalogue.general_advice().get(finding.code, Advice(title=finding.code))
    shown = wording.Shown(finding, advice.title, advice.advice, "")
    return render_template("errors/callback.html", shown=shown)
