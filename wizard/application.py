"""The app factory: everything a request needs, put together once."""

import threading
from collections.abc import Callable, MutableMapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app
from flask.templating import Environment

from wizard.compiled_templates import CompiledTemplates
from wizard.compressing import init_compressing
from wizard.extensions import csrf
from wizard.guard import init_guard
from wizard.static_files import init_static_files
from wizard.store import Store
from wizard.vault import Vault

if TYPE_CHECKING:
    from wizard.live import Runs
    from wizard.offers import Offers
    from wizard.practice import PracticeServer
    from wizard.round_trip import SignIns

ROOT = Path(__file__).resolve().parent.parent


class Desk:
    """What the pages work with: where things are kept, and what is running.

    What only later pages need is made, and its libraries loaded, when the first of them asks.
    """

    def __init__(
        self,
        port: int,
        store: Store,
        vault: Vault,
        practice: "PracticeServer | None",
        runs: "Runs | None",
    ) -> None:
        self.port = port
        self.store = store
        self.vault = vault
        self.practice = practice
        self._runs = runs
        self._offers: Offers | None = None
        self._sign_ins: SignIns | None = None
        self._lock = threading.Lock()

    @property
    def runs(self) -> "Runs":
        """The live checks under way."""
        with self._lock:
            if self._runs is None:
                from wizard.live import Runs

                self._runs = Runs()
            return self._runs

    @property
    def offers(self) -> "Offers":
        """What was recognised in a paste, until she takes it."""
        with self._lock:
            if self._offers is None:
                from wizard.offers import Offers

                self._offers = Offers()
            return self._offers

    @property
    def sign_ins(self) -> "SignIns":
        """The test sign-ins that have been started."""
        with self._lock:
            if self._sign_ins is None:
                from wizard.round_trip import SignIns

                self._sign_ins = SignIns()
            return self._sign_ins

    def close(self) -> None:
        """End the live checks."""
        with self._lock:
            runs, self._runs = self._runs, None
        if runs is not None:
            runs.close()


def desk() -> Desk:
    """The desk of the app that answers this request."""
    return current_app.extensions["latchkey"]


# What templates call, and where it is. Loaded by the first page that calls it.
_FILTERS = {
    "on_screen": "wizard.wording.on_screen",
    "ago": "wizard.times.ago",
    "day": "wizard.times.day",
    "moment": "wizard.times.moment",
    "lasted": "wizard.times.lasted",
    "begin": "wizard.wording.begin",
    "fill": "wizard.wording.fill",
    "url_of": "wizard.wording.url_of",
    "page_in": "wizard.wording.page_in",
    "error_page": "wizard.catalogue.error_page",
}
_FUNCTIONS = {
    "unsure_of": "wizard.certain.unsure",
    "uncertainties": "wizard.certain.uncertainties",
    "sources_of": "wizard.certain.sources",
    "step_title": "wizard.steps.title_of",
    "drawings": "wizard.sketching.draw_all",
    "drawings_for": "wizard.sketching.for_finding",
    "scripts_for": "wizard.views.scripted.scripts_for",
}


def _late(where: str) -> Callable[..., Any]:
    module, _, name = where.rpartition(".")

    @cache
    def found() -> Callable[..., Any]:
        return getattr(import_module(module), name)

    def call(*given: Any, **named: Any) -> Any:
        return found()(*given, **named)

    return call


class _Templates(Environment):
    """Jinja's environment, for templates that are never given names of their own.

    Jinja would lay an empty map over the app's names for each template, and look through both
    whenever one imports another: a tenth of what a page takes.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def create_app(
    *,
    port: int,
    data_dir: Path,
    launch_token: str,
    secret_key: bytes,
    vault: Vault,
    store: Store,
    practice: "PracticeServer | None" = None,
    runs: "Runs | None" = None,
) -> Flask:
    """The wizard's Flask app for one data directory. `store` must be open.

    Whoever ends the app closes its desk, and with it the live checks.
    """
    from wizard.views import init_views

    app = Flask("latchkey", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(SECRET_KEY=secret_key, DATA_DIR=data_dir)
    app.jinja_environment = _Templates
    app.jinja_options = {"bytecode_cache": CompiledTemplates(data_dir)}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update({name: _late(where) for name, where in _FILTERS.items()})
    app.jinja_env.globals.update({name: _late(where) for name, where in _FUNCTIONS.items()})
    app.extensions["latchkey"] = Desk(port, store, vault, practice, runs)
    init_static_files(app)
    init_compressing(app)
    init_guard(app, port=port, launch_token=launch_token)
    csrf.init_app(app)
    init_views(app)
    return app
