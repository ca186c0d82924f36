"""CONTRIBUTING's recipe for a product, followed to the letter: one file, and it is there."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RECIPE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
SLUG = "example-wiki"

# In the copy: the product is chosen, every question answered, signed in, and handed over to.
WALK = """
import sys
from pathlib import Path
from tests.support.app import wizard
from tests.support.in_use import InUse, StrictProvider

with StrictProvider() as provider, wizard(Path(sys.argv[1])) as app:
    page = app.visitor.get("/setups/new?find_product=exwiki")
    assert page.form().all("input", name="product", value="example-wiki")
    used = InUse(app, provider)
    used.sign_in(used.to_test(product="example-wiki"))
    page = used.get("/handover")
    assert page.copyable("issuer") == provider.issuer
    assert "OIDC_CLIENT_ID" in page.words
    print(page.h1)
"""


@pytest.fixture
def project(tmp_path):
    """A copy of the project as it is."""
    copy = tmp_path / "project"
    left_out = shutil.ignore_patterns("node_modules")
    for name in ("wizard", "templates", "static", "tests"):
        shutil.copytree(ROOT / name, copy / name, ignore=left_out)
    shutil.copy(ROOT / "app.py", copy)
    return copy


def run(project: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable if part == "python" else part for part in command],
        cwd=project,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files(project: Path) -> set[str]:
    found = (path for path in project.rglob("*") if path.is_file())
    return {p.relative_to(project).as_posix() for p in found if "__pycache__" not in p.parts}


def test_the_recipe_followed_to_the_letter_adds_a_product_by_one_file(project, tmp_path):
    recipe = RECIPE.partition("## Add a product")[2].partition("\n## ")[0]
    commands = [shlex.split(line) for line in re.findall(r"^ {7}(\S.*<slug>.*)$", recipe, re.M)]
    assert [command[0] for command in commands] == ["cp", "python"]
    before = files(project)

    told = ""
    for command in commands:
        told = run(project, *(part.replace("<slug>", SLUG) for part in command))
    assert told == f"{SLUG}.toml: all right (a product, with a snippet)\n"
    assert files(project) - before == {f"wizard/catalogue/products/{SLUG}.toml"}

    data = tmp_path / "data"
    data.mkdir()
    assert run(project, "python", "-c", WALK, str(data)) == ("Paste these into Example Wiki\n")
