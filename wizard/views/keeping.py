"""What is kept of a setup outside Latchkey: the change record, a reminder, a file; and one read."""

import re
from datetime import UTC, datetime

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from wizard import exchange, markdown, record
from wizard.application import desk
from wizard.exchange import ExchangeError
from wizard.forms import PlainForm
from wizard.setups import Setup
from wizard.views.steps import load

Answer = tuple[str, int]


def show(setup_id: str) -> str:
    """The change record as a page to print or to save as PDF."""
    setup = load(setup_id)
    return render_template("record.html", setup=setup, record=record.build(setup, _now()))


def as_markdown(setup_id: str) -> Response:
    """The change record for a ticket."""
    setup = load(setup_id)
    text = markdown.write(record.build(setup, _now()))
    return _file(setup, text.encode("utf-8", "replace"), "text/markdown", "record.md")


def as_reminder(setup_id: str) -> Response | Answer:
    """The reminder to renew the secret; a page that says why not where no date was entered."""
    from wizard import reminder  # late: the library of calendars is larger than all of ours

    setup = load(setup_id)
    if not setup.product.protocol.uses_secret:
        return _none(f"{setup.product.name} has no client secret, so nothing expires.")
    if not setup.values.secret_expires:
        return _none(
            "No expiry date was entered for the client secret. Enter it at Client secret, beside"
            " the secret."
        )
    return _file(setup, reminder.calendar(setup, _now()), "text/calendar", "reminder.ics")


def _none(sentence: str) -> Answer:
    return render_template(
        "errors/plain.html",
        title="There is no date to be reminded of",
        sentence=sentence,
        way_out="Your setups are on the home page.",
    ), 404


def export(setup_id: str) -> Response:
    """The setup as a file for another computer, without the secret."""
    setup = load(setup_id)
    return _file(setup, exchange.write(setup, _now()), "application/json", "setup.json")


def import_file() -> BaseResponse | Answer:
    """Read such a file: a new setup that waits for its secret, or a sentence that says why not."""
    if not PlainForm().validate_on_submit():
        return redirect(url_for("home.index"), 303)
    given = request.files.get("file")
    try:
        if given is None or not given.filename:
            raise ExchangeError("No file was chosen.")
        file = exchange.read(given.stream.read(exchange.MAX_BYTES + 1))
    except ExchangeError as error:
        return render_template(
            "errors/plain.html",
            title="This file was not imported",
            sentence=error.sentence,
            way_out="Nothing was changed. Your setups are on the home page.",
        ), 400
    setup_id = desk().store.import_setup(
        file.product, file.provider, file.name, file.given(), {"turn-on": file.ticks}, file.rows()
    )
    return redirect(url_for("steps.resume", setup_id=setup_id), 303)


def _now() -> datetime:
    return datetime.now(UTC)


def _file(setup: Setup, data: bytes, kind: str, ending: str) -> Response:
    """A download, named for product and customer in letters that every system takes."""
    words = re.sub(r"[^a-z0-9]+", "-", f"{setup.product.slug} {setup.row.name}".lower())[:60]
    answer = Response(data, content_type=f"{kind}; charset=utf-8")
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="latchkey-{words.strip("-")}-{ending}"'
    )
    return answer
