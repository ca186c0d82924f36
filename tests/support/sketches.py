"""Every sketch of every guide, drawn without a store: for tests, and to be looked at.

python -m tests.support.sketches FOLDER [GUIDE ...] takes each at 1280 and 360 pixels, light and
dark.
"""

import itertools
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from flask import Flask

from tests.support.browser import run_chromium, run_context, screenshot
from wizard import catalogue, sketching, wording
from wizard.catalogue.guides import Product, Provider
from wizard.oidc.finding import passed
from wizard.setups import Setup, Values, as_rows
from wizard.sketching import Drawing
from wizard.store import Check, SetupRow

ROOT = Path(__file__).resolve().parents[2]
SECRET = "q7w8-not-a-real-secret-9e0r"
TENANT = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
HERS = Values(
    redirect_uri="https://product.example/sso/callback/with-a-rather-long-path/that-has-to-wrap",
    client_id="7c9e6679-7425-40de-944b-e07fc1f90ae7",
    client_secret=SECRET,
    secret_version="1",
    secret_expires="2099-12-31",
    metadata_url=f"https://login.microsoftonline.com/{TENANT}/v2.0/.well-known/openid-configuration",
)


def setup_of(product: Product, provider: Provider, values: Values) -> Setup:
    """A setup that is nowhere kept; with values, the provider knows the client ID."""
    day = "2026-11-03T10:00:00+00:00"
    row = SetupRow("id", product.slug, provider.slug, "", day, day)
    setup = Setup(row, product, provider, values, {}, checks={}, runs=[], ticks={}, port=8765)
    if not values.client_id:
        return setup
    facts = {"metadata_facts": json.dumps({"tenant": TENANT})}
    found = {"discovery": [], "registration": as_rows([passed("client_id_known")])}
    checks = {
        topic: Check(topic, setup.fingerprint(topic), rows, day) for topic, rows in found.items()
    }
    return replace(setup, answers=facts, checks=checks)


def guides(*slugs: str) -> Iterator[Product | Provider]:
    """Every guide that has sketches; only those of `slugs`, where there are any."""
    for folder, read in (("products", catalogue.product), ("providers", catalogue.provider)):
        for path in sorted((ROOT / "wizard" / "catalogue" / folder).glob("*.toml")):
            wanted = not slugs or path.stem in slugs
            if wanted and "\n[sketches." in path.read_text("utf-8"):
                yield read(path.stem)


def drawn(guide: Product | Provider, name: str, values: Values) -> Drawing:
    """A sketch of `guide` with these values, in a setup with Entra or with Syncro."""
    mine = isinstance(guide, Product)
    setup = setup_of(
        guide if mine else catalogue.product("syncro"),
        catalogue.provider("entra") if mine else guide,
        values,
    )
    return sketching.draw(setup, guide.sketches[name])


def html(drawing: Drawing) -> str:
    """The figure as the pages have it."""
    app = _app()
    with app.app_context():
        return str(app.jinja_env.get_template("components/sketch.html").module.sketch(drawing))


@cache
def _app() -> Flask:
    """Keeps nothing from one figure to the next but the compiled template."""
    app = Flask("sketches", template_folder=str(ROOT / "templates"))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["on_screen"] = wording.on_screen
    return app


def page(title: str, *figures: str) -> str:
    """A page of figures, as wide as the pages of a step, with its looks inside it."""
    names = ("vendor/pico.min.css", "wizard.css")
    looks = "".join((ROOT / "static" / name).read_text("utf-8") for name in names)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><style>{looks}</style></head>'
        f'<body><main class="plain"><h1>{title}</h1><section class="where">{"".join(figures)}'
        "</section></main></body></html>"
    )


def main(folder: Path, *slugs: str) -> None:
    """Every guide's sketches on one page, without and with her values; `slugs` are some only."""
    with run_chromium() as browser:
        for guide, (kind, values) in itertools.product(
            guides(*slugs), {"empty": Values(), "hers": HERS}.items()
        ):
            figures = [html(drawn(guide, name, values)) for name in guide.sketches]
            for width, scheme in itertools.product((1280, 360), ("light", "dark")):
                with run_context(browser, size=(width, 900), colour_scheme=scheme) as context:
                    tab = context.new_page()
                    tab.set_content(page(guide.name, *figures))
                    screenshot(tab, folder / f"{guide.slug}-{kind}-{width}-{scheme}.png")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Usage: python -m tests.support.sketches FOLDER [GUIDE ...]")
    main(Path(sys.argv[1]), *sys.argv[2:])
