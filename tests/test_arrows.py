"""Imports point one way. This holds the arrows of ARCHITECTURE.md."""

import ast
from pathlib import Path

import pytest

from tests.support.source import imports

ROOT = Path(__file__).resolve().parent.parent
WIZARD = ROOT / "wizard"

# Which parts a part may know. A part is a module or a package straight under wizard/.
MAY_KNOW = {
    "oidc": set(),
    "entra_secret": set(),
    "paste": {"oidc", "entra_secret"},
    "fetch": {"oidc"},
    "private_file": set(),
    "store_file": {"private_file"},
    "store": {"store_file"},
    "vault_keyring": {"private_file"},
    "vault": {"vault_keyring"},
    "catalogue": set(),
    "mistakes": set(),
    "guard": {"mistakes"},
    "serve": set(),
    "compressing": set(),
    "static_files": {"compressing"},
    "warming": set(),
    "compiled_templates": {"private_file"},
    "extensions": set(),
    "instance": {"private_file", "serve", "guard"},
    "open_browser": {"private_file"},
    "probes": {"fetch", "oidc"},
    "matching": {"catalogue", "oidc"},
    "product_uris": {"catalogue"},
    "setups": {"catalogue", "oidc", "product_uris", "store", "vault"},
    "clouds": {"catalogue", "oidc"},
    "judging": {"catalogue", "clouds", "paste", "oidc", "product_uris", "setups"},
    "asking": {"fetch", "judging", "oidc", "probes", "setups"},
    "steps": {"judging", "setups"},
    "kept": {"asking", "oidc", "setups", "store"},
    "again": {"asking", "judging", "kept", "oidc", "setups", "store"},
    "clean_up": {"asking", "fetch", "oidc", "probes", "setups"},
    "expiry": set(),
    "said": {"again", "asking", "catalogue", "judging", "kept", "oidc", "setups", "store"},
    "renewal": {
        "answering",
        "asking",
        "judging",
        "kept",
        "live",
        "oidc",
        "setups",
        "steps",
        "store",
        "vault",
    },
    "live": {"asking", "judging", "mistakes", "probes", "fetch", "oidc", "setups"},
    "offers": {"judging", "paste", "oidc", "setups"},
    "answering": {
        "asking",
        "judging",
        "kept",
        "live",
        "offers",
        "oidc",
        "paste",
        "product_uris",
        "setups",
        "store",
        "vault",
    },
    "clock": set(),
    "round_trip": {"asking", "clock", "matching", "probes", "fetch", "oidc", "setups"},
    "provider_error": {"catalogue", "oidc"},
    "deep_links": {"catalogue"},
    "times": set(),
    "own_print": set(),
    "wording": {"catalogue", "deep_links", "oidc", "provider_error", "setups"},
    "check_command": {
        "asking",
        "catalogue",
        "judging",
        "oidc",
        "paste",
        "setups",
        "store",
        "wording",
    },
    "guide_command": {"catalogue"},
    "choosing": {"catalogue"},
    "forms": {"catalogue", "paste", "product_uris"},
    "snippets": {"catalogue"},
    "certain": {"catalogue", "setups"},
    "handover": {"catalogue", "certain", "setups", "snippets"},
    "sketching": {"catalogue", "handover", "oidc", "setups"},
    "withheld": {"oidc"},
    "provisioning": set(),
    "reminder": {"catalogue", "setups", "withheld"},
    "sign_in_map": {"oidc"},
    "mapped": {"oidc", "setups", "sign_in_map", "store", "wording"},
    "record": {
        "catalogue",
        "handover",
        "judging",
        "mapped",
        "oidc",
        "paste",
        "product_uris",
        "setups",
        "steps",
        "store",
        "times",
        "withheld",
        "wording",
    },
    "markdown": {"record"},
    "exchange": {"catalogue", "oidc", "product_uris", "setups", "store", "withheld"},
    "practice": {
        "compiled_templates",
        "entra_secret",
        "fetch",
        "oidc",
        "private_file",
        "serve",
        "store_file",
    },
}
TOP = {"application", "command", "views"}  # what knows everything; nobody else knows them


def _parts() -> list[str]:
    return sorted(
        path.stem
        for path in WIZARD.iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    )


def _imports(path: Path) -> set[str]:
    known = set()
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in imports(path):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            module = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            names = [f"{module}.{alias.name}" for alias in node.names]
        known |= {name.split(".")[1] for name in names if name.startswith("wizard.")}
    return known


def _files(part: str) -> list[Path]:
    single = WIZARD / f"{part}.py"
    return [single] if single.exists() else sorted((WIZARD / part).rglob("*.py"))


@pytest.mark.parametrize("part", _parts())
def test_a_part_knows_only_what_lies_below_it(part):
    assert part in MAY_KNOW or part in TOP, f"{part} has no place in the picture"
    known = set().union(*map(_imports, _files(part))) - {part}
    if part not in TOP:
        assert known <= MAY_KNOW[part]
    elif part == "views":
        assert "practice" not in known, "the pages start it through the desk only"


PURE = ["oidc", "paste", "entra_secret", "provider_error", "provisioning", "withheld"]
FORBIDDEN = {"flask", "requests", "socket", "time", "random", "secrets", "os", "pathlib", "sqlite3"}


@pytest.mark.parametrize("part", PURE)
def test_the_pure_parts_have_no_network_clock_file_or_randomness(part):
    for path in _files(part):
        for node in imports(path):
            roots = set()
            if isinstance(node, ast.Import):
                roots = {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                roots = {(node.module or "").split(".")[0]}
            assert not roots & FORBIDDEN, f"{path.name} imports {roots & FORBIDDEN}"


def test_only_the_guard_calls_python_jose():
    callers = {
        path.relative_to(WIZARD).as_posix()
        for path in WIZARD.rglob("*.py")
        if "jose" in {n.split(".")[0] for n in _roots(path)}
    }
    assert callers == {"oidc/jose_guard.py"}


def test_only_fetch_opens_outgoing_connections():
    callers = {
        path.relative_to(WIZARD).parts[0]
        for path in WIZARD.rglob("*.py")
        if "requests" in {n.split(".")[0] for n in _roots(path)}
    }
    assert callers - {"practice"} == {"fetch"}


def _roots(path: Path) -> set[str]:
    found = set()
    for node in imports(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module)
    return found
