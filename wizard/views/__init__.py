"""Routes: every address, and the view that answers it.

A view's module is loaded when the first request for it comes, so that a start loads only what the
first page needs.
"""

import threading
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask
from werkzeug.routing import Map, Rule

from wizard.extensions import csrf

# Endpoint (module.view), address, methods.
ROUTES = (
    ("home.index", "/", "GET"),
    ("new.page", "/setups/new", "GET"),
    ("new.create", "/setups", "POST"),
    ("new.practise", "/practice", "POST"),
    ("sign_in.show", "/setups/<setup_id>/test", "GET"),
    ("sign_in.start", "/setups/<setup_id>/test", "POST"),
    ("sign_in.localhost", "/setups/<setup_id>/localhost", "POST"),
    ("sign_in.left_error", "/setups/<setup_id>/test/error", "GET"),
    ("sign_in.explain", "/setups/<setup_id>/test/error", "POST"),
    ("sign_in.one", "/setups/<setup_id>/test/<int:run_id>", "GET"),
    ("sign_in.left_asking", "/setups/<setup_id>/test/ask", "GET"),
    ("sign_in.ask", "/setups/<setup_id>/test/ask", "POST"),
    ("sign_in.newest", "/setups/<setup_id>/test/newest", "GET"),
    ("sign_in.callback", "/callback", "GET POST"),
    ("sign_in.proceed", "/callback/continue", "GET"),
    ("turn_on.hand_over", "/setups/<setup_id>/handover", "GET"),
    ("turn_on.show_secret", "/setups/<setup_id>/handover/secret", "POST"),
    ("turn_on.handed_over", "/setups/<setup_id>/handover", "POST"),
    ("turn_on.turn_on", "/setups/<setup_id>/turn-on", "GET"),
    ("turn_on.ask_whether_gone", "/setups/<setup_id>/turn-on/gone", "POST"),
    ("turn_on.save_ticks", "/setups/<setup_id>/turn-on", "POST"),
    ("said.ask", "/setups/<setup_id>/handover/said", "POST"),
    ("said.nothing_said", "/setups/<setup_id>/handover/said", "GET"),
    ("said.show", "/setups/<setup_id>/handover/said/<name>", "GET"),
    ("upkeep.check_all", "/check-again", "POST"),
    ("upkeep.check_one", "/setups/<setup_id>/check-again", "POST"),
    ("upkeep.checked", "/setups/<setup_id>/check-again", "GET"),
    ("upkeep.renew", "/setups/<setup_id>/renew", "GET"),
    ("upkeep.new_secret", "/setups/<setup_id>/renew", "POST"),
    ("upkeep.check_new_secret", "/setups/<setup_id>/renew/check", "POST"),
    ("upkeep.show_new_secret", "/setups/<setup_id>/renew/secret", "POST"),
    ("upkeep.renewed_handed_over", "/setups/<setup_id>/renew/handed-over", "POST"),
    ("upkeep.old_removed", "/setups/<setup_id>/renew/removed", "POST"),
    ("upkeep.ask_delete", "/setups/<setup_id>/delete", "GET"),
    ("upkeep.delete", "/setups/<setup_id>/delete", "POST"),
    ("checks.check", "/setups/<setup_id>/<slug>/check", "POST"),
    ("checks.more", "/setups/<setup_id>/<slug>/check/<run_id>", "GET"),
    ("checks.change_cloud", "/setups/<setup_id>/cloud", "POST"),
    ("checks.take", "/setups/<setup_id>/offer", "POST"),
    ("steps.resume", "/setups/<setup_id>", "GET"),
    ("steps.show", "/setups/<setup_id>/<slug>", "GET"),
    ("steps.answer", "/setups/<setup_id>/<slug>", "POST"),
    ("keeping.show", "/setups/<setup_id>/record", "GET"),
    ("keeping.as_markdown", "/setups/<setup_id>/record.md", "GET"),
    ("keeping.as_reminder", "/setups/<setup_id>/reminder.ics", "GET"),
    ("keeping.export", "/setups/<setup_id>/export", "GET"),
    ("keeping.import_file", "/setups/import", "POST"),
)


# What a start needs. Werkzeug compiles each address it is told, which for all of them takes as long
# as everything else of ours at the start together.
_AT_ONCE = frozenset({"home.index"})
_ADDRESSES = {endpoint: address for endpoint, address, _ in ROUTES}
_AT_ONCE_PATHS = frozenset({"/", "/launch"})


_MAPS: dict[tuple[tuple[str, str], ...], Map] = {}
_ONE_AT_A_TIME = threading.Lock()


def _with_all(known: tuple[Rule, ...]) -> Map:
    """The rules that an app has and all the others, compiled once for every app of this process.

    Nothing in the map belongs to one app: it leads from addresses to the names of views.
    """
    names = tuple((rule.rule, rule.endpoint) for rule in known)
    if names not in _MAPS:
        # Another Flask compiles them: an app takes no more once it has answered a request.
        all_of_them = Flask("addresses", static_folder=None)
        for rule in known:
            all_of_them.url_map.add(rule.empty())
        for endpoint, address, methods in ROUTES:
            if endpoint not in _AT_ONCE:
                all_of_them.add_url_rule(address, endpoint, methods=methods.split())
        _MAPS[names] = all_of_them.url_map
    return _MAPS[names]


class _Late:
    """A view by its name. It is looked up at each call: modules are loaded only once."""

    def __init__(self, endpoint: str) -> None:
        module, _, self.__name__ = endpoint.partition(".")
        self.__module__ = f"{__name__}.{module}"

    def __call__(self, *given: Any, **arguments: Any) -> Any:
        return getattr(import_module(self.__module__), self.__name__)(*given, **arguments)


class _Addresses:
    """The addresses of `app`: a few at once, all of them as soon as any other is asked for.

    The complete map takes the place of the first one in one step, so that a request under way in
    another thread keeps the one it began with.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._wsgi_app = app.wsgi_app
        self._complete = False
        for endpoint, rule, methods in ROUTES:
            if endpoint in _AT_ONCE:
                app.add_url_rule(rule, endpoint, _Late(endpoint), methods=methods.split())
            else:
                app.view_functions[endpoint] = _Late(endpoint)
        app.url_build_error_handlers.append(self._build)
        app.wsgi_app = self._wsgi  # type: ignore[method-assign]

    def _wsgi(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path not in _AT_ONCE_PATHS and not path.startswith("/static/"):
            self._complete_them()
        return self._wsgi_app(environ, start_response)

    def _build(self, error: Exception, endpoint: str, values: dict[str, Any]) -> str:
        """The address of `endpoint`, which the map that the request began with may not know.

        It is made from the table: to compile all the others for one link would take much longer.
        """
        address = _ADDRESSES.get(endpoint)
        if address is None:
            raise error
        given = {
            name: value
            for name, value in values.items()
            if not name.startswith("_") and value is not None
        }
        path = address.replace("<int:", "<")
        for name in [each for each in given if f"<{each}>" in path]:
            path = path.replace(f"<{name}>", quote(str(given.pop(name)), safe=""))
        if "<" in path:  # a part that was not given: what is given has no such sign any more
            raise error
        query = f"?{urlencode(given, doseq=True)}" if given else ""
        anchor = f"#{quote(values['_anchor'])}" if values.get("_anchor") else ""
        return f"{path}{query}{anchor}"

    def _complete_them(self) -> None:
        with _ONE_AT_A_TIME:
            if self._complete:
                return
            self._app.url_map = _with_all(tuple(self._app.url_map.iter_rules()))
            self._complete = True


def init_views(app: Flask) -> None:
    """Register every route, and a page with one clear sentence for every error."""
    _Addresses(app)
    # Where the identity provider sends the browser: it knows no token of ours, and brings `state`.
    csrf.exempt(f"{__name__}.sign_in.callback")
    app.register_error_handler(Exception, _Late("errors.answer_to"))
    app.register_error_handler(500, _Late("errors.our_mistake"))
