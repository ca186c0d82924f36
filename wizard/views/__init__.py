"""Routes: one module a part of the flow, and the pages for what went wrong."""

from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError

from wizard import snippets
from wizard.catalogue import GuideError
from wizard.setups import UnknownSetup
from wizard.store import StoreError
from wizard.views import checks, home, keeping, said, scripted, sign_in, steps, turn_on, upkeep

Answer = tuple[str, int]


def init_views(app: Flask) -> None:
    """Register every route, and a page with one clear sentence for every error."""
    for blueprint in (
        home.pages,
        sign_in.pages,
        turn_on.pages,
        said.pages,
        upkeep.pages,
        checks.pages,
        steps.pages,
    ):
        app.register_blueprint(blueprint)
    app.register_blueprint(keeping.pages)
    app.jinja_env.globals["scripts_for"] = scripted.scripts_for
    app.jinja_env.globals["by_hand"] = snippets.BY_HAND
    app.register_error_handler(404, _not_found)
    app.register_error_handler(405, _not_found)
    app.register_error_handler(413, _too_large)
    app.register_error_handler(500, _our_mistake)
    app.register_error_handler(UnknownSetup, _unknown_setup)
    app.register_error_handler(GuideError, _broken_guide)
    app.register_error_handler(StoreError, _store_failed)
    app.register_error_handler(CSRFError, _stale_form)


def _page(status: int, title: str, sentence: str, way_out: str = "") -> Answer:
    return render_template(
        "errors/plain.html", title=title, sentence=sentence, way_out=way_out
    ), status


def _not_found(_error: Exception) -> Answer | Response:
    return _page(
        404,
        "There is no page here",
        "The address leads to nothing in Latchkey.",
        "Your setups are on the home page.",
    )


def _unknown_setup(_error: Exception) -> Answer:
    return _page(
        404,
        "There is no such setup on this computer",
        "It may have been deleted, or it was made on another computer.",
        "Your setups are on the home page.",
    )


def _too_large(_error: Exception) -> Answer:
    return _page(
        413,
        "That is more than Latchkey takes at once",
        "No answer in this wizard is longer than a few lines.",
        "Go back and paste only the value that was asked for.",
    )


def _broken_guide(error: Exception) -> Answer:
    return _page(
        500,
        "A guide cannot be used",
        f"One of Latchkey's guide files is wrong: {error}.",
        "Nothing you entered is lost. Mend the file, or install Latchkey again.",
    )


def _store_failed(error: StoreError) -> Answer:
    status = 404 if error.code == "no_setup" else 503
    return _page(status, "That could not be saved", error.sentence, "Nothing was half saved.")


def _stale_form(_error: Exception) -> Answer:
    return _page(
        400,
        "This page is from an earlier start of Latchkey",
        "Its form is no longer known, so nothing was changed.",
        "Go back, reload the page, and send it again.",
    )


def _our_mistake(_error: Exception) -> Answer:
    # The traceback is in the terminal; the page must not show it.
    if request.endpoint == "static":
        return "Latchkey made a mistake.", 500
    return _page(
        500,
        "Latchkey made a mistake",
        "It is not yours. What you saved before is still there.",
        "Try again. The terminal that Latchkey runs in shows what happened.",
    )
