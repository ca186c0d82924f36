"""The practice application put together. Wiring only."""

import logging
from pathlib import Path

from flask import Flask, render_template
from flask_wtf.csrf import CSRFError, CSRFProtect

from wizard.compiled_templates import PRACTICE, CompiledTemplates
from wizard.practice.guard import HostCheck, add_headers, allowed_hosts
from wizard.practice.portal import add_portal
from wizard.practice.product import add_product
from wizard.practice.protocol import add_protocol
from wizard.practice.provider import PracticeProvider
from wizard.practice.store import PracticeStore
from wizard.store_file import StoreError

_PROJECT = Path(__file__).resolve().parents[2]
_MAX_BODY_BYTES = 128 * 1024

# Authlib writes tokens, codes and verifiers to its debug log; no setting may bring them out.
logging.getLogger("authlib").setLevel(logging.INFO)


def create(*, port: int, data_dir: Path) -> Flask:
    """See `wizard.practice.create_practice_app`."""
    provider = PracticeProvider(port, PracticeStore(data_dir))
    app = Flask(
        "wizard.practice",
        static_folder=str(_PROJECT / "static"),
        static_url_path="/static",
        template_folder=str(_PROJECT / "templates"),
    )
    app.config.update(
        SECRET_KEY=provider.cookie_key,
        # Browsers share cookies among the ports of a host, so the name carries the port.
        SESSION_COOKIE_NAME=f"practice_{port}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=False,  # plain http, on loopback only
        WTF_CSRF_TIME_LIMIT=None,  # a page may stay open for a day
        MAX_CONTENT_LENGTH=_MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=_MAX_BODY_BYTES,
    )
    app.jinja_options = {"bytecode_cache": CompiledTemplates(data_dir, PRACTICE)}
    provider.install(app)
    app.after_request(add_headers)
    csrf = CSRFProtect(app)
    add_protocol(app, provider, csrf)
    add_portal(app)
    add_product(app)
    app.context_processor(lambda: {"latchkey": provider.latchkey})
    for error, template, status in (
        (404, "unknown", 404),
        (405, "unknown", 405),
        (413, "too_much", 413),
        (CSRFError, "reload", 400),
        (400, "reload", 400),
        (500, "failed", 500),
    ):
        app.register_error_handler(error, _page(template, status))
    app.register_error_handler(StoreError, _store_page)
    app.wsgi_app = HostCheck(app.wsgi_app, allowed_hosts(port))
    return app


def _page(template: str, status: int):
    return lambda error: (render_template(f"practice/{template}.html"), status)


def _store_page(error: StoreError):
    return render_template("practice/failed.html", sentence=error.sentence), 500
