"""Home. What only a home with setups needs is loaded once there are some."""

from flask import render_template, request

from wizard.application import desk


def index() -> str:
    """The setups on this computer, each with where it stands and what is next."""
    shelf = None
    if desk().store.has_setups():
        from wizard.views.shelf import shelf as page_of

        page = request.args.get("page", 1, type=int)
        shelf = page_of(request.args.get("search", ""), page)
    return render_template("home.html", shelf=shelf, deleted="deleted" in request.args)
