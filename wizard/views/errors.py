"""The pages for what went wrong: one clear sentence each."""

from flask import Response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from wizard.catalogue import GuideError
from wizard.setups import UnknownSetup
from wizard.store import StoreError

Answer = tuple[str, int]


def answer_to(error: Exception) -> Answer | Response | HTTPException:
    """The page for `error`. What is nobody's but ours is raised again, to be logged."""
    if isinstance(error, CSRFError):
        return _stale_form()
    if isinstance(error, HTTPException):
        return {404: _not_found, 405: _not_found, 413: _too_large}.get(error.code, lambda: error)()
    if isinstance(error, UnknownSetup):
        return _unknown_setup()
    if isinstance(error, GuideError):
        return _broken_guide(error)
    if isinstance(error, StoreError):
        return _store_failed(error)
    raise error


def _page(status: int, title: str, sentence: str, way_out: str = "") -> Answer:
    return render_template(
        "errors/plain.html", title=title, sentence=sentence, way_out=way_out
    ), status


def _not_found() -> Answer:
    return _page(
        404,
        "There is no page here",
        "The address leads to nothing in Latchkey.",
        "Your setups are on the home page.",
    )


def _unknown_setup() -> Answer:
    return _page(
        404,
        "There is no such setup on this computer",
        "It may have been deleted, or it was made on another computer.",
        "Your setups are on the home page.",
    )


def _too_large() -> Answer:
    return _page(
        413,
        "That is more than Latchkey takes at once",
        "No answer in this wizard is longer than a few lines.",
        "Go back and paste only the value that was asked for.",
    )


def _broken_guide(error: GuideError) -> Answer:
    return _page(
        500,
        "A guide cannot be used",
        f"One of Latchkey's guide files is wrong: {error}.",
        "Nothing you entered is lost. Mend the file, or install Latchkey again.",
    )


def _store_failed(error: StoreError) -> Answer:
    status = 404 if error.code == "no_setup" else 503
    return _page(status, "That could not be saved", error.sentence, "Nothing was half saved.")


def _stale_form() -> Answer:
    return _page(
        400,
        "This page is from an earlier start of Latchkey",
        "Its form is no longer known, so nothing was changed.",
        "Go back, reload the page, and send it again.",
    )


def our_mistake(_error: Exception) -> Answer:
    # The traceback is in the terminal; the page must not show it.
    if request.endpoint == "static":
        return "Latchkey made a mistake.", 500
    return _page(
        500,
        "Latchkey made a mistake",
        "It is not yours. What you saved before is still there.",
        "Try again. The terminal that Latchkey runs in shows what happened.",
    )
