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
NOT_OURS = shutil.ignore_patterns("node_modules")

# In the copy: the page of a new setup, as one finds it there by another name it has.
FIND = """
import sys
from pathlib import Path
from wizard.application import create_app
from wizard.store import Store
from wizard.vault import Vault

folder, here = Path(sys.argv[1]), "http://localhost:8765"
with Store(folder) as store:
    app = create_app(port=8765, data_dir=folder, launch_token="t" * 20, secret_key=b"0" * 32,
                     vault=Vault(folder), store=store)
    client = app.test_client()
    client.get("/launch?t=" + "t" * 20, base_url=here)
    with client.get("/setups/new?find_product=exwiki", base_url=here) as page:
        print(page.text)
"""

# Every question answered, signed in, and handed over to.
WALK = """
import sys
from pathlib import Path
from tests.support.app import wizard
from tests.support.in_use import InUse, StrictProvider

with StrictProvider() as provider, wizard(Path(sys.argv[1])) as app:
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
    for name in ("wizard", "templates", "static"):
        shutil.copytree(ROOT / name, copy / name, ignore=NOT_OURS)
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


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def test_the_recipe_followed_to_the_letter_adds_a_product_by_one_file(project, data):
    recipe = RECIPE.partition("## Add a product")[2].partition("\n## ")[0]
    commands = [shlex.split(line) for line in re.findall(r"^ {7}(\S.*<slug>.*)$", recipe, re.M)]
    assert [command[0] for command in commands] == ["cp", "python"]
    before = files(project)

    told = ""
    for command in commands:
        told = run(project, *(part.replace("<slug>", SLUG) for part in command))
    assert told == f"{SLUG}.toml: all right (a product, with a snippet)\n"
    assert files(project) - before == {f"wizard/catalogue/products/{SLUG}.toml"}
    assert f'name="product" value="{SLUG}"' in run(project, "python", "-c", FIND, str(data))


@pytest.mark.products
def test_a_product_added_by_the_recipe_is_signed_in_to_and_handed_over(project, data):
    shutil.copytree(ROOT / "tests", project / "tests", ignore=NOT_OURS)
    added = project / "wizard" / "catalogue" / "products" / f"{SLUG}.toml"
    shutil.copy(project / "wizard" / "catalogue" / f"{SLUG}.toml", added)
    assert run(project, "python", "-c", WALK, str(data)) == ("Paste these into Example Wiki\n")
