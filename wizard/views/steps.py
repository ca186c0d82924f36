"""The question pages: one value a page, judged when it is pasted and again on Continue."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps

from flask import abort, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from wizard import answering, judging, setups, steps, warming, wording
from wizard.answering import Candidate
from wizard.application import desk
from wizard.forms import BeforeForm, form_of
from wizard.live import Run
from wizard.offers import Offer
from wizard.oidc.finding import Finding
from wizard.setups import Setup
from wizard.steps import Step
from wizard.views import showing
from wizard.views.filling import answers_of, fill_made, filled_form


def load(setup_id: str) -> Setup:
    """The setup of this request."""
    return setups.load(desk().store, desk().vault, setup_id, desk().port)


def open_step(setup: Setup, slug: str) -> Step | Response:
    """The step to show; or, while it is closed, the way to where she stands. 404 for no step."""
    step = steps.find(setup, slug)
    if step is None:
        abort(404)
    if not steps.is_open(setup, step):
        return to_position(setup)
    return step


def at_step(slug: str) -> Callable[[Callable], Callable]:
    """A view of one step gets the setup while it is open; else she is led to where she stands."""

    def of(view: Callable) -> Callable:
        @wraps(view)
        def opened(setup_id: str) -> object:
            setup = load(setup_id)
            step = open_step(setup, slug)
            return step if isinstance(step, Response) else view(setup)

        return opened

    return of


def to_position(setup: Setup, taken: Iterable[str] = ()) -> Response:
    """On to the first step that is not done. `taken` are fields that its page tells of."""
    slug = steps.position(setup).slug
    return redirect(url_for("steps.show", setup_id=setup.id, slug=slug, taken=sorted(taken)), 303)


def step_url(setup: Setup, step: Step) -> str:
    """The address of a step's page."""
    return url_for("steps.show", setup_id=setup.id, slug=step.slug)


def render_step(
    setup: Setup,
    step: Step,
    template: str = "",
    *,
    back: str = "",
    taken: Iterable[str] = (),
    **facts: object,
) -> str:
    """A step's page in its frame: the rail, where she stands, and the step's own template.

    `taken` are fields that an answer has filled; a redirect after it names them in its address.
    """
    warming.after_this_page()
    filled = request.args.getlist("taken") if request.method == "GET" else taken
    earlier = steps.before(setup, step)
    unasked = judging.unasked(setup)
    return render_template(
        template or f"steps/{step.slug}.html",
        setup=setup,
        step=step,
        rail=_rail(setup, step),
        place=[each.slug for each in steps.flow(setup)].index(step.slug) + 1,
        places=len(steps.flow(setup)),
        back=back or (step_url(setup, earlier) if earlier else "/"),
        practice_stopped=setup.practises
        and not (desk().practice is not None and desk().practice.running),
        taken=showing.taken(setup, filled),
        to_be_asked=wording.to_be_asked(setup, unasked) if unasked else "",
        **facts,
    )


def _rail(setup: Setup, current: Step) -> list[tuple[str, list[dict[str, object]]]]:
    """The step list by groups: what is done, what needs a look, what is not open yet."""
    groups: list[tuple[str, list[dict[str, object]]]] = []
    reachable = True
    for step in steps.flow(setup):
        done = step.done(setup)
        group = step.group.format(provider=setup.provider.short, product=setup.product.name)
        if not groups or groups[-1][0] != group:
            groups.append((group, []))
        groups[-1][1].append(
            {
                "step": step,
                "state": _state(setup, step, done),
                "open": reachable or step.answered(setup),
                "current": step.slug == current.slug,
            }
        )
        reachable = reachable and done
    return groups


def _state(setup: Setup, step: Step, done: bool) -> str:
    verdict = setup.proof.verdict if step.slug == "test" and setup.proof else ""
    if verdict == "fail" or (
        step.slug in judging.TOPICS_OF_STEP and judging.blocked(setup, step.slug)
    ):
        return "fail"
    unproved = step.slug == "test" and done and not steps.signed_in(setup)
    if verdict == "warn" or unproved or (done and judging.went_on(setup, step.slug)):
        return "warn"
    return "ok" if done else ""


def resume(setup_id: str) -> Response:
    """To where she stands."""
    return to_position(load(setup_id))


def show(setup_id: str, slug: str) -> str | Response:
    """A step's page, with what was found out about its value and how long ago."""
    setup = load(setup_id)
    step = open_step(setup, slug)
    if isinstance(step, Response):
        return step
    if slug == "before":
        return render_step(setup, step, form=BeforeForm())
    return _question(
        setup,
        step,
        filled_form(setup, slug),
        findings=_known(setup, slug),
        stopped=judging.blocked(setup, slug),
    )


def answer(setup_id: str, slug: str) -> str | Response:
    """Continue: judge the answer, save it, ask about it; on to the next step or back with why."""
    setup = load(setup_id)
    step = open_step(setup, slug)
    if isinstance(step, Response):
        return step
    if slug == "before":
        if not BeforeForm().validate_on_submit():
            return render_step(setup, step, form=BeforeForm())
        desk().store.set_ticks(setup.id, "before", {"ready": True})
        return to_position(load(setup.id))
    form = form_of(setup.product, slug)()
    valid = form.validate_on_submit()
    if slug == "client-secret" and not form.client_secret.data and not setup.values.client_secret:
        form.client_secret.errors = [*form.client_secret.errors, "Enter the client secret"]
        valid = False
    candidate = answering.consider(setup, slug, answers_of(form))
    found = showing.recognised(setup, form, candidate)
    if found and found.goes and set(form.errors) <= set(found.offer.values):
        return _put(setup, step, found.offer)
    offer = showing.offered(setup, found)
    if showing.holds_secret(form):
        # It goes neither back into the page nor to the disk.
        empty = form_of(setup.product, slug)(formdata=None)
        return _question(setup, step, empty, findings=candidate.findings, offer=offer)
    if not valid:
        return _question(_secret_kept(setup, form), step, form, offer=offer)
    if candidate.suggested_url:
        form.metadata_url.data = candidate.suggested_url
        return _question(setup, step, form, findings=candidate.findings)
    if candidate.wrong:
        field = candidate.at or next(iter(answers_of(form)))
        form[field].errors = [wording.title_of(setup, candidate.wrong)]
        return _question(setup, step, form, findings=candidate.findings, offer=offer)
    return _go_on(setup, step, form, candidate, offer)


def _put(setup: Setup, step: Step, offer: Offer) -> str | Response:
    """What was recognised goes in its fields, where nothing is left to ask; then on as usual."""
    setup = answering.take_over(desk().store, desk().vault, setup, offer)
    form = filled_form(setup, step.slug)
    candidate = answering.consider(setup, step.slug, answers_of(form))
    return _go_on(setup, step, form, candidate, taken=offer.values)


def _go_on(
    setup: Setup,
    step: Step,
    form: FlaskForm,
    candidate: Candidate,
    offer: Mapping[str, object] | None = None,
    taken: Iterable[str] = (),
) -> str | Response:
    """Save an answer that can be right and ask about it; back to it if it is sure to be wrong."""
    slug = step.slug
    setup = answering.save(desk().store, desk().vault, setup, candidate.values)
    if slug == "redirect-uri":
        fill_made(setup, form)
    run = None
    if not answering.has_failed(candidate.findings):
        setup, run = answering.ask_and_keep(desk().store, desk().vault, desk().runs, setup, slug)
    if form.go_on_anyway.data:
        setup = answering.go_on_anyway(desk().store, desk().vault, setup, slug)
    if not showing.is_blocked(setup, slug):
        return to_position(setup, taken)
    asked = run.asked.findings if run else {}
    late = run if run and run.is_asking_again else None
    found = showing.all_relevant(setup, slug, asked, but="secret" if late else "")
    return _question(
        setup,
        step,
        filled_form(setup, slug),
        findings=[*candidate.findings, *found],
        stopped=True,
        run=late,
        offer=offer,
        taken=taken,
    )


def _secret_kept(setup: Setup, form: FlaskForm) -> Setup:
    """A good secret beside a wrong date: it must not be typed twice, nor written into the page."""
    if "client_secret" not in form or not form.client_secret.data or form.client_secret.errors:
        return setup
    answers = {"client_secret": form.client_secret.data}
    candidate = answering.consider(setup, "client-secret", answers)
    return answering.save(desk().store, desk().vault, setup, candidate.values)


def _known(setup: Setup, slug: str) -> list[Finding]:
    """What the page shows on return: the value's shape, and the saved answers about it."""
    shape = judging.shape(setup, slug, setup.values)
    return [*shape, *(f for step, f in judging.saved(setup) if slug in ("metadata", step))]


def _question(
    setup: Setup,
    step: Step,
    form: FlaskForm,
    findings: Sequence[Finding] = (),
    stopped: bool = False,
    run: Run | None = None,
    offer: Mapping[str, object] | None = None,
    taken: Iterable[str] = (),
) -> str:
    """A question's page. `findings` are all there; what `run` still asks about comes later.

    `stopped` is whether the saved value is sure to fail, so that she may go on with it anyway.
    """
    checked = [setup.current_check(t) for t in judging.TOPICS_OF_STEP.get(step.slug, ())]
    times = [check.checked_at for check in checked if check]
    rows = [showing.plain_row(setup, findings)]
    if run:
        late, again, turn, _ = run.news(0, 0)
        rows = [
            showing.heard_row(setup, step.slug, run, each, again)
            for each in late
            if each.topic == "secret"
        ] + rows
    return render_step(
        setup,
        step,
        form=form,
        rows=rows,
        run=run,
        turn=turn if run else 0,
        offer=offer,
        taken=taken,
        made=showing.made(setup, setup.values) if step.slug == "redirect-uri" else [],
        stopped=stopped,
        checked_at=min(times) if times else None,
        vault=desk().vault,
        lost_secret=bool(setup.values.secret_version and not setup.values.client_secret),
    )
