"""What README and ARCHITECTURE claim about safety is held by tests that exist, by their names."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.faulty_op import FAULTS, VALID
from tests.support.app import SECRET, wizard
from tests.support.source import tree
from wizard.steps import STEPS

ROOT = Path(__file__).resolve().parent.parent
NAMED = re.compile(r"`([a-z_]+(?:/[a-z_]+)?)::([a-z0-9_]+)`")
ROW = re.compile(r'row "([^"]+)"')


def section(file: str, heading: str) -> str:
    """The text below a heading of the second level."""
    text = (ROOT / file).read_text("utf-8")
    assert text.count(f"\n## {heading}\n") == 1
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def rows(text: str) -> list[tuple[str, str]]:
    """The rows of its tables: what is claimed, and by what it is held."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert {len(cell) for cell in cells} == {2}
    return [(one, two) for one, two in cells if one not in ("", "rule", "---")]


@cache
def names_in(name: str) -> frozenset[str]:
    folder, _, file = name.rpartition("/")
    path = ROOT / "tests" / folder / f"test_{file}.py"
    assert path.exists(), f"{name}: there is no {path.name}"
    return frozenset(
        node.name.removeprefix("test_")
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


PLACES = {
    "README.md": "What it protects you from",
    "ARCHITECTURE.md": "Security rules and where they are held",
}


@pytest.mark.parametrize("file", PLACES)
def test_every_test_that_is_named_exists(file):
    named = NAMED.findall(section(file, PLACES[file]))
    assert len(named) >= 6
    missing = [f"{where}::{name}" for where, name in named if name not in names_in(where)]
    assert missing == []
    known = {row.what for row in (*FAULTS, *VALID)}
    assert [row for row in ROW.findall(section(file, PLACES[file])) if row not in known] == []


def test_every_claim_of_the_readme_has_its_test():
    claims = rows(section("README.md", PLACES["README.md"]))
    assert len(claims) >= 6
    assert [claim for claim, held in claims if not NAMED.search(held)] == []


def test_every_rule_has_its_test_or_the_reason_why_not():
    rules = rows(section("ARCHITECTURE.md", PLACES["ARCHITECTURE.md"]))
    assert len(rules) > 80
    for rule, held in rules:
        if not (NAMED.search(held) or ROW.search(held)):
            assert len(held.split()) >= 4, f"{rule}: neither a test nor a reason"


def test_every_redirect_of_the_app_is_a_303():
    """Not 307, which would carry a form on; RFC 9700, 4.12."""
    calls = []
    for path in (ROOT / "wizard").rglob("*.py"):
        if "practice" in path.parts:
            continue  # an identity provider of its own, which redirects as providers do
        if "redirect(" not in path.read_text("utf-8"):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "redirect":
                code = node.args[1].value if len(node.args) > 1 else None
                calls.append((path.name, node.lineno, code))
    assert len(calls) > 10
    assert [call for call in calls if call[2] != 303] == []


def test_looking_at_every_page_changes_nothing(tmp_path):
    with wizard(tmp_path) as wiz:
        page = wiz.saved_at("metadata")
        setup_id = page.path.split("/")[2]
        wiz.store.set_ticks(setup_id, "handover", {"handed-over": True})
        before = saved(wiz)
        looked = 0
        for rule in wiz.app.url_map.iter_rules():
            if "GET" not in rule.methods or not rule.arguments <= {"setup_id"}:
                continue
            page = wiz.visitor.fetch("GET", rule.rule.replace("<setup_id>", setup_id))
            assert page.status < 500, rule.rule
            looked += 1
        for step in STEPS:
            wiz.visitor.fetch("GET", f"/setups/{setup_id}/{step.slug}")
        assert looked > 12
        assert saved(wiz) == before
        version = wiz.store.answers(setup_id)["secret_version"]
        assert wiz.vault.get(setup_id, version) == SECRET


def saved(wiz) -> list[str]:
    """Everything in the database, as SQL, but the cards that home keeps of it."""
    lines = wiz.store._connection().iterdump()
    return [line for line in lines if not line.startswith('INSERT INTO "cards"')]
