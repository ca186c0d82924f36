"""Every code that discovery and the probes can give has its advice, and means one outcome."""

import ast
import re
import tomllib
from pathlib import Path

import wizard.oidc
import wizard.probes
from wizard import catalogue
from wizard.fetch import CODES

_CODE = re.compile(
    r"(metadata|keys|clock|client_id|client_secret|redirect_uri|response_type|response_mode|scope"
    r"|app|tenant|id_tokens|provider)_[a-z0-9_]+"
)
_NO_CODES = {
    *("client_secret_basic", "client_secret_post", "metadata_from", "metadata_url"),
    *("tenant_id", "tenant_of", "tenant_region_scope", "tenant_region_sub_scope"),
}
_OUTCOMES = ("passed", "warned", "failed", "could_not_tell")
_MODULES = (
    *("discovery", "issuer_rules", "endpoint_rules", "need_rules", "key_rules", "metadata"),
    "metadata_url",
)


def nodes():
    oidc = Path(wizard.oidc.__file__).parent
    paths = [oidc / f"{name}.py" for name in _MODULES]
    for path in (*paths, *Path(wizard.probes.__file__).parent.glob("*.py")):
        yield from ast.walk(ast.parse(path.read_text("utf-8")))


def texts():
    """Every literal in the modules that looks like a code: some reach their finding by a table."""
    literals = (node.value for node in nodes() if isinstance(node, ast.Constant))
    found = {text for text in literals if isinstance(text, str) and _CODE.fullmatch(text)}
    return found - _NO_CODES


def outcomes():
    """The outcomes that each literal code is used with."""
    found = {}
    for node in nodes():
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
            continue
        first = node.args[0]
        if node.func.id in _OUTCOMES and isinstance(first, ast.Constant):
            found.setdefault(first.value, set()).add(node.func.id)
    return found


def test_every_code_has_advice():
    codes = {*texts(), *outcomes(), *(f"network_{code}" for code in CODES)}
    assert len(codes) > 100
    assert sorted(codes - set(catalogue.general_advice())) == []


def test_every_advice_belongs_to_a_code_and_says_what_to_do_unless_it_is_a_pass():
    codes, used = texts(), outcomes()
    for name in ("discovery.toml", "provider.toml"):
        entries = tomllib.loads((catalogue.HERE / "advice" / name).read_text("utf-8"))
        assert sorted(set(entries) - codes) == []
        silent = {code for code, entry in entries.items() if not entry.get("advice")}
        assert sorted(code for code in silent if used.get(code) != {"passed"}) == []


def test_a_code_means_one_outcome():
    assert {code: used for code, used in outcomes().items() if len(used) > 1} == {}
