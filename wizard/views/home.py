"""Home, a new setup, and the practice provider."""

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from wizard import again, catalogue, choosing, expiry, judging, renewal, setups, steps, wording
from wizard.application import desk
from wizard.forms import LONGEST, NewSetupForm, PlainForm
from wizard.oidc.finding import gravest_first
from wizard.setups import Setup, from_rows
from wizard.wording import begin, day

pages = Blueprint("home", __name__)


@pages.get("/")
def index() -> str:
    """The setups on this computer, each with where it stands and what is next."""
    here = setups.load_all(desk().store, desk().vault, desk().port)
    return render_template(
        "home.html",
        cards=[_card(setup) for setup in here],
        form=PlainForm(),
        desk=desk(),
        deleted="deleted" in request.args,
    )


def _card(setup: Setup) -> dict[str, object]:
    flow = steps.flow(setup)
    step = steps.position(setup)
    finished = all(each.done(setup) for each in flow)
    place = [each.slug for each in flow].index(step.slug) + 1
    said = []
    if setup.run:
        said.append(f"test sign-in {_VERDICT[setup.run.verdict]} {day(setup.run.ended_at)}")
    elif steps.signed_in(setup):
        said.append("secret renewed since the test sign-in")
    elif steps.proved(setup):
        said.append("gone on without a test sign-in")
    elif setup.imported_run:
        said.append("test sign-in made on another computer, no proof here")
    elif setup.withdrawn_run:
        said.append("a value changed since the test sign-in")
    if not finished:
        said.append(f"next: {step.title}")
    in_use = "handed-over" in setup.ticks.get("handover", {})
    look = in_use and any(judging.blocked(setup, slug) for slug in judging.TOPICS_OF_STEP)
    due = expiry.of(setup.values.secret_expires, date.today())
    if due and not due.notice:
        said.append(due.words)
    tag = "Done" if finished else f"Step {place} of {len(flow)}"
    return {
        "setup": setup,
        "step": step,
        "finished": finished,
        "look": look,
        "tag": "Needs a look" if look else tag,
        "said": said,
        "expiry": due if setup.product.protocol.uses_secret else None,
        "again": _again(setup),
        "checkable": again.can_be_checked(setup),
        "renew": _renew(setup),
    }


def _again(setup: Setup) -> dict[str, str] | None:
    """What was found when it was last checked again, in short."""
    check = setup.current_check(again.TOPIC)
    if not check:
        return None
    found = gravest_first(from_rows(check.findings))
    words = begin(wording.title_of(setup, found[0]))
    if len(found) > 1:
        words = f"{words}, and {len(found) - 1} more"
    return {"summary": again.summary(found), "at": check.checked_at, "words": words}


def _renew(setup: Setup) -> str:
    if not renewal.applies(setup):
        return ""
    return "Go on renewing the secret" if renewal.under_way(setup) else "Renew secret"


_VERDICT = {"pass": "passed", "warn": "passed with a warning", "fail": "failed"}


@pages.get("/setups/new")
def new() -> str:
    """Choose product and identity provider; a search has its texts and what was chosen before."""
    form = _form()
    for field in (form.product, form.provider):
        given = request.args.get(field.name)
        field.data = given if given in dict(field.choices) else None
    form.name.data = request.args.get("name", "")[: LONGEST["name"]]
    return _choose(form)


@pages.post("/setups")
def create() -> Response | tuple[str, int]:
    """Make a setup and go to its first step; or, without script, show what a search finds.

    What was chosen already comes along, and the token of the form stays out of the address.
    """
    form = _form()
    if _searched(form):
        given = {name: request.form.get(name, "") for name in _KEPT}
        place = "provider" if _asked("provider") else "product"
        kept = {name: text[: choosing.LONGEST_QUERY] for name, text in given.items() if text}
        return redirect(url_for("home.new", **kept, _anchor=place), 303)
    if not form.validate_on_submit():
        return _choose(form), 400
    if "practice" in (form.product.data, form.provider.data) and (failed := _start_practice()):
        return _choose(form, practice_failed=failed), 503
    setup_id = desk().store.create_setup(
        form.product.data, form.provider.data, form.name.data or ""
    )
    return redirect(url_for("steps.show", setup_id=setup_id, slug="before"), 303)


@pages.post("/practice")
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
    form.product.choices = [(entry.slug, entry.name) for entry in catalogue.product_entries()]
    form.provider.choices = [(entry.slug, entry.name) for entry in catalogue.provider_entries()]
    return form


def _choose(form: NewSetupForm, practice_failed: str = "") -> str:
    return render_template(
        "new.html",
        form=form,
        products=choosing.lists(
            catalogue.product_entries(),
            request.values.get("find_product", ""),
            form.product.data or "",
            choosing.PRODUCTS,
            catalogue.saml_only(),
        ),
        providers=choosing.lists(
            catalogue.provider_entries(),
            request.values.get("find_provider", ""),
            form.provider.data or "",
            choosing.PROVIDERS,
        ),
        saml_found=choosing.SAML_FOUND,
        longest_query=choosing.LONGEST_QUERY,
        practice_failed=practice_failed,
    )
