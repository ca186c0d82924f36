"""Every code the sign-in and the ID token can end with has its words, and every word a code."""

import ast
import tomllib
from pathlib import Path

from wizard import catalogue

ROOT = Path(__file__).resolve().parents[2] / "wizard"
MODULES = ("entra", "id_token", "jose_guard", "sign_in", "token_answer")
FILES = ("id_token", "sign_in")
MAKERS = {"passed", "warned", "failed", "could_not_tell", "TokenRefused"}


def made_in(module):
    """Each call that makes a finding or a refusal: the maker's name and the code."""
    tree = ast.parse((ROOT / "oidc" / f"{module}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id in MAKERS:
            assert node.args, f"{module}.py:{node.lineno}: no code"
            code = node.args[0]
            assert isinstance(code, ast.Constant), f"{module}.py:{node.lineno}: not literal"
            yield node.func.id, code.value


MADE = [pair for module in MODULES for pair in made_in(module)]
ADVICE = {
    code: table
    for name in FILES
    for code, table in tomllib.loads(
        (ROOT / "catalogue" / "advice" / f"{name}.toml").read_text(encoding="utf-8")
    ).items()
}


def test_every_code_has_its_words_and_no_words_are_left_over():
    assert {code for _, code in MADE} == set(ADVICE)


def test_a_code_means_one_outcome():
    makers = {}
    for maker, code in MADE:
        makers.setdefault(code, set()).add("failed" if maker == "TokenRefused" else maker)
    assert [code for code, found in makers.items() if len(found) > 1] == []


def test_what_failed_says_what_to_do_and_where_and_what_passed_only_says_so():
    for maker, code in sorted(set(MADE)):
        table = ADVICE[code]
        assert table["title"], code
        assert len(table["title"]) <= 90, code
        assert not table["title"].endswith("."), code
        if maker == "passed":
            assert not table.get("advice"), code
        else:
            assert table["advice"].endswith((".", "!", "{actual}")), code
            assert table["step"], code


def test_the_words_blame_nobody():
    for code, table in ADVICE.items():
        words = f"{table['title']} {table.get('advice', '')}".lower()
        found = [word for word in ("invalid", "please", "sorry", "oops") if word in words]
        assert found == [], code


def test_the_catalogue_reads_them_all():
    known = catalogue.general_advice()
    assert set(ADVICE) <= set(known)
