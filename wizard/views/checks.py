"""The live check: the shape at once, what the provider answers row by row, what a paste offers."""

import threading

from flask import (
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from wizard import answering, asking, clouds, judging, steps, wording
from wizard.application import desk
from wizard.forms import FORM_OF_STEP, PlainForm, form_of
from wizard.setups import Setup
from wizard.views import showing
from wizard.views.filling import answers_of
from wizard.views.steps import load

LONGEST_WAIT = 10.0
# Each one that waits keeps a thread of the server from other pages.
_may_wait = threading.BoundedSemaphore(4)


def check(setup_id: str, slug: str) -> str | Response:
    """What Continue would find, without saving anything.

    A page gets the shape at once and then a row a topic; a script (JSON) waits for the whole.
    """
    setup = _open(setup_id, slug)
    form = form_of(setup.product, slug)()
    form.validate()
    candidate = answering.consider(setup, slug, answers_of(form))
    findings = [*showing.cleaned(form), *candidate.findings]
    found = showing.recognised(setup, form, candidate)
    topics = judging.TOPICS_OF_STEP[slug]
    # A secret in another field's place would go out in an address.
    can_go_out = not answering.has_failed(findings) and not showing.holds_secret(form)
    ask = showing.complete(slug, candidate) and can_go_out
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) != "text/html":
        if ask:
            asked = asking.ask(setup, candidate.values, topics)
            findings += showing.all_relevant(setup, slug, asked.findings)
        shown = wording.show(setup, showing.in_order(findings))
        return jsonify(findings=[each.as_json() for each in shown])
    run = desk().runs.start(setup, slug, candidate.values, topics) if ask else None
    return render_template(
        "components/live.html",
        setup=setup,
        slug=slug,
        # Of a text that Continue takes apart only its parts count.
        shape=showing.plain_row(setup, [] if found and found.goes else findings),
        rows=showing.busy_rows(setup, run) if run else [],
        run=run,
        offer=showing.offered(setup, found),
        made=showing.made(setup, candidate.values) if slug == "redirect-uri" else [],
    )


def more(setup_id: str, slug: str, run_id: str) -> str | Response:
    """What a check has heard since turn `after`; waits for it up to ten seconds."""
    setup = _open(setup_id, slug)
    run = desk().runs.find(run_id, setup.id)
    if run is None:
        gone = make_response(render_template("components/check_gone.html"))
        gone.headers["HX-Retarget"] = "#checks"
        gone.headers["HX-Reswap"] = "innerHTML"
        return gone
    waits = _may_wait.acquire(blocking=False)
    try:
        after = request.args.get("after", 0, type=int)
        heard, again, turn, over = run.news(after, LONGEST_WAIT if waits else 0)
    finally:
        if waits:
            _may_wait.release()
    rows = [showing.heard_row(setup, slug, run, each, again) for each in heard]
    if over:
        rows += showing.unheard_rows(setup, run)
    mended = run.turned and not showing.is_blocked(load(setup_id), slug)
    return render_template(
        "components/more.html",
        setup=setup,
        slug=slug,
        run=run,
        rows=rows,
        turn=turn,
        over=over,
        waits=waits,
        broken=run.trouble is not None,
        mended=mended,
    )


def change_cloud(setup_id: str) -> Response:
    """The setup becomes one of the cloud that the metadata URL belongs to: she has asked for it."""
    setup = _open(setup_id, "metadata")
    url = request.form.get("metadata_url", "")
    other = clouds.of(setup.provider, url)
    if PlainForm().validate_on_submit() and other:
        desk().store.change_provider(setup.id, other.slug)
        setup = load(setup.id)
        candidate = answering.consider(setup, "metadata", {"metadata_url": url})
        if not candidate.wrong:
            answering.save(desk().store, desk().vault, setup, candidate.values)
    return redirect(url_for("steps.show", setup_id=setup.id, slug="metadata"), 303)


def take(setup_id: str) -> Response | tuple[str, int]:
    """Put what was recognised in a paste in the right fields: she has asked for it."""
    setup = load(setup_id)
    offer = desk().offers.take(setup.id, request.form.get("handle", ""))
    slug = request.form.get("back", "")
    if steps.find(setup, slug) is None:
        slug = steps.position(setup).slug
    if offer is None:
        page = render_template(
            "errors/plain.html",
            title="What was pasted is not kept any more",
            sentence="It is kept in memory for ten minutes, and used once.",
            way_out="Go back and paste it again.",
        )
        return page, 410
    setup = answering.take_over(desk().store, desk().vault, setup, offer)
    taken = sorted(offer.values)
    return redirect(url_for("steps.show", setup_id=setup.id, slug=slug, taken=taken), 303)


def _open(setup_id: str, slug: str) -> Setup:
    setup = load(setup_id)
    if slug not in FORM_OF_STEP or steps.find(setup, slug) is None:
        abort(404)
    return setup
