"""Home. What only a home with setups needs is loaded once there are some."""

from flask import render_template, request

from wizard.application import desk


def index() -> str:
    """The setups on this computer, each with where it stands and what is next."""
    cards = []
    if desk().store.setups():
        from wizard.views.cards import all_of_them

        cards = all_of_them()
    return render_template("home.html", cards=cards, desk=desk(), deleted="deleted" in request.args)
