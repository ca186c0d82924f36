"""The app factory: everything a request needs, put together once."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, current_app, url_for

from wizard import catalogue, deep_links, sketching, wording
from wizard.extensions import csrf
from wizard.guard import init_guard
from wizard.store import Store
from wizard.vault import Vault

if TYPE_CHECKING:
    from wizard.live import Runs
    from wizard.offers import Offers
    from wizard.practice import PracticeServer
    from wizard.round_trip import SignIns

ROOT = Path(__file__).resolve().parent.parent


@dataclass(slots=True)
class Desk:
    """What the pages work with: where things are kept, and what is running."""

    port: int
    store: Store
    vault: Vault
    practice: "PracticeServer | None"
    sign_ins: "SignIns" = field(repr=False)
    runs: "Runs" = field(repr=False)
    offers: "Offers" = field(repr=False)


def desk() -> Desk:
    """The desk of the app that answers this request."""
    return current_app.extensions["latchkey"]


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

    Whoever ends the app before the process ends brings `runs` and closes them.
    """
    from wizard.live import Runs
    from wizard.offers import Offers
    from wizard.round_trip import SignIns
    from wizard.steps import STEPS
    from wizard.views import init_views

    app = Flask(
        "latchkey", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    app.config.update(SECRET_KEY=secret_key, DATA_DIR=data_dir)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        on_screen=wording.on_screen,
        ago=wording.ago,
        day=wording.day,
        begin=wording.begin,
        error_page=catalogue.error_page,
        fill=lambda text, setup: catalogue.fill(text, setup.words),
        url_of=lambda link, setup: deep_links.url_of(link, setup.words),
        page_in=lambda text, setup: deep_links.page_in(text, setup.provider, setup.words),
    )
    app.jinja_env.globals.update(
        static_url=static_url,
        step_title={step.slug: step.title for step in STEPS}.get,
        drawings=sketching.draw_all,
        drawings_for=sketching.for_finding,
    )
    app.extensions["latchkey"] = Desk(
        port, store, vault, practice, SignIns(), runs or Runs(), Offers()
    )
    init_guard(app, port=port, launch_token=launch_token)
    csrf.init_app(app)
    init_views(app)
    return app


def static_url(name: str) -> str:
    """The address of a static file, with a print of its content: it may be kept for long."""
    return url_for("static", filename=name, v=_print_of(name))


@lru_cache(maxsize=64)
def _print_of(name: str) -> str:
    return hashlib.sha256((ROOT / "static" / name).read_bytes()).hexdigest()[:12]
