"""Every finding the program can give, read out of its source: code, outcome, standard, module.

A code is the first argument of the functions in `wizard/oidc/finding.py` and of `TokenRefused`, or
the `code` that another finding is given anew. Where it is no literal, the literals that its name
can stand for are looked up in the same module: assignments, tables, loops over tables, returns.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.support.source import tree
from wizard.fetch import CODES
from wizard.provider_error.wordings import KNOWN

ROOT = Path(__file__).resolve().parents[2]
WIZARD = ROOT / "wizard"
_OUTCOME = {
    "passed": "pass",
    "warned": "warn",
    "failed": "fail",
    "could_not_tell": "unknown",
    "TokenRefused": "fail",
}
_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")
# To read a module takes time; one without any of these calls makes no finding.
_MAKES_ONE = re.compile(rf"(?<![.\w])({'|'.join(_OUTCOME)}|Finding|replace)\(")
# Where findings are made of something else than a literal: what they are made of is here.
_MADE_ELSEWHERE = {
    "oidc/finding.py": (),  # the functions themselves
    "oidc/jose_guard.py": (),  # TokenRefused's own, whose code was counted where it is raised
    "setups.py": (),  # read back from the store
    "fetch/failure.py": tuple(
        (f"network_{code}", outcome) for code in CODES for outcome in ("fail", "unknown")
    ),
    "provider_error/decoding.py": (
        *((f"provider_error_{error}", "fail") for error in (*KNOWN, "unknown")),
        ("provider_error_unknown_number", "fail"),
    ),
}


@dataclass(slots=True)
class Raised:
    """What the source says of one code."""

    outcomes: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    specs: set[str] = field(default_factory=set)


@cache
def raised() -> dict[str, Raised]:
    """Every code with what is known of it. AssertionError for a place that cannot be read."""
    found: dict[str, Raised] = {}
    for path in sorted(WIZARD.rglob("*.py")):
        if "practice" in path.parts:
            continue  # an identity provider of its own
        elsewhere = path.relative_to(WIZARD).as_posix() in _MADE_ELSEWHERE
        if not elsewhere and not _MAKES_ONE.search(path.read_text("utf-8")):
            continue
        module = _module(path)
        for code, outcome, spec in module.findings():
            one = found.setdefault(code, Raised())
            one.modules.add(module.name)
            one.outcomes |= {outcome} if outcome else set()
            one.specs |= {spec} if spec else set()
    return found


@cache
def _module(path: Path) -> "_Module":
    return _Module(path)


class _Module:
    def __init__(self, path: Path) -> None:
        self.name = path.relative_to(WIZARD).as_posix()
        self.tree = tree(path)
        self.top = {
            target.id: node.value
            for node in self.tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        self.functions = {
            node.name: node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)
        }

    def findings(self) -> Iterator[tuple[str, str, str]]:
        unread = []
        for scope, call in self._calls():
            outcome, first = self._made(call)
            if first is None:
                continue
            codes = [c for c in self._texts(first, scope) if _CODE.fullmatch(c)]
            if not codes:
                unread.append(call.lineno)
            spec = self._spec(call, scope)
            for code in codes:
                yield code, outcome, spec
        made = _MADE_ELSEWHERE.get(self.name)
        for code, outcome in made or ():
            yield code, outcome, ""
        assert made is not None or not unread, f"{self.name}: which code at line {unread}?"

    def _calls(self) -> Iterator[tuple[ast.AST, ast.Call]]:
        """Each call with the innermost function around it."""

        def walk(node: ast.AST, scope: ast.AST) -> Iterator[tuple[ast.AST, ast.Call]]:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.Call):
                    yield scope, child
                yield from walk(child, child if isinstance(child, ast.FunctionDef) else scope)

        yield from walk(self.tree, self.tree)

    def _made(self, call: ast.Call) -> tuple[str, ast.expr | None]:
        name = getattr(call.func, "id", "")
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        status = getattr(given.get("status"), "attr", "").lower()
        if name in _OUTCOME:
            return _OUTCOME[name], call.args[0] if call.args else None
        if name == "Finding":
            return "", call.args[0] if call.args else given.get("code", ast.Name("code"))
        if name == "replace":
            # Only refusals are named anew without a word on the outcome.
            return status or "fail", given.get("code")
        return "", None

    def _texts(self, node: ast.expr, scope: ast.AST, deep: int = 0) -> list[str]:
        """The literal texts that `node` can be."""
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else []
        if isinstance(node, ast.IfExp):
            return self._texts(node.body, scope, deep) + self._texts(node.orelse, scope, deep)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in self.functions:
            inner = self.functions[node.func.id]
            returns = [n for n in ast.walk(inner) if isinstance(n, ast.Return) and n.value]
            return [t for n in returns for t in self._texts(n.value, inner, deep + 1)]
        if isinstance(node, ast.Name) and deep < 8:
            return [t for value in self._bound(node.id, scope) for t in value]
        return []

    def _bound(self, name: str, scope: ast.AST) -> Iterator[list[str]]:
        """What a name stands for, by every assignment and loop that gives it a value."""
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign):
                pairs = [(target, node.value) for target in node.targets]
            elif isinstance(node, (ast.For, ast.comprehension)):
                pairs = [(node.target, node.iter)]
            else:
                continue
            for target, value in pairs:
                if isinstance(target, ast.Name) and target.id == name:
                    looped = not isinstance(node, ast.Assign)
                    yield self._items(value, scope) if looped else self._texts(value, scope, 1)
                elif isinstance(target, ast.Tuple):
                    names = [getattr(each, "id", "") for each in target.elts]
                    if name in names:
                        yield self._column(value, names.index(name), len(names), scope)
        if name in self.top and not isinstance(scope, ast.Module):
            yield self._texts(self.top[name], self.tree, 1)

    def _items(self, node: ast.expr, scope: ast.AST) -> list[str]:
        found = ast.walk(self.top.get(node.id, node)) if isinstance(node, ast.Name) else ()
        return [n.value for n in found if isinstance(n, ast.Constant) and isinstance(n.value, str)]

    def _column(self, node: ast.expr, index: int, width: int, scope: ast.AST) -> list[str]:
        """The texts at one place of every tuple of that width within `node` and what it names."""
        found, names, seen = [], [node], set()
        while names:
            for inner in ast.walk(names.pop()):
                if isinstance(inner, ast.Tuple) and len(inner.elts) == width:
                    found += self._texts(inner.elts[index], scope, 7)
                elif isinstance(inner, ast.Name) and inner.id not in seen:
                    seen.add(inner.id)
                    names += self._values(inner.id, scope)
                elif isinstance(inner, ast.Call):
                    function = self.functions.get(getattr(inner.func, "id", ""))
                    if function and function.name not in seen:
                        seen.add(function.name)
                        names.append(function)
        return found

    def _values(self, name: str, scope: ast.AST) -> list[ast.expr]:
        """The tables behind a name: of the module, or looped over in the function."""
        values = [self.top[name]] if name in self.top else []
        for node in ast.walk(scope):
            if isinstance(node, ast.For) and name in {
                getattr(each, "id", "") for each in ast.walk(node.target)
            }:
                values.append(node.iter)
        return values

    def _spec(self, call: ast.Call, scope: ast.AST) -> str:
        """The section of the standard, where it stands at the call or in the facts given along."""
        if getattr(call.func, "id", "") == "TokenRefused" and len(call.args) > 3:
            return self._text(call.args[3], scope)
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if "spec" in given:
            return self._text(given["spec"], scope)
        return self._in_facts(given[None], scope) if None in given else ""

    def _in_facts(self, node: ast.expr, scope: ast.AST) -> str:
        """What a dict of facts has as `spec`: in its literal, merged in, or put in afterwards."""
        if isinstance(node, ast.BinOp):
            return self._in_facts(node.right, scope) or self._in_facts(node.left, scope)
        if isinstance(node, ast.Dict):
            for key, value in reversed(list(zip(node.keys, node.values, strict=True))):
                if key is None:
                    return self._in_facts(value, scope)
                if getattr(key, "value", "") == "spec":
                    return self._text(value, scope)
        if isinstance(node, ast.Name):
            told = (self._told(each, node.id, scope) for each in ast.walk(scope))
            return next((spec for spec in told if spec), "")
        return ""

    def _told(self, node: ast.AST, name: str, scope: ast.AST) -> str:
        """The `spec` that one statement gives the facts called `name`."""
        if isinstance(node, ast.AugAssign) and getattr(node.target, "id", "") == name:
            return self._in_facts(node.value, scope)
        for target in node.targets if isinstance(node, ast.Assign) else ():
            if getattr(target, "id", "") == name:
                return self._in_facts(node.value, scope)
            is_spec = getattr(getattr(target, "slice", None), "value", "") == "spec"
            if is_spec and getattr(target.value, "id", "") == name:
                return self._text(node.value, scope)
        return ""

    def _text(self, node: ast.expr, scope: ast.AST) -> str:
        """One text put together from literals and names."""
        if isinstance(node, ast.BinOp):
            return self._text(node.left, scope) + self._text(node.right, scope)
        if isinstance(node, ast.JoinedStr):
            return "".join(self._text(each, scope) for each in node.values)
        if isinstance(node, ast.FormattedValue):
            return self._text(node.value, scope)
        if isinstance(node, ast.Name) and node.id not in self.top:
            for at in self.tree.body:
                if isinstance(at, ast.ImportFrom) and any(a.name == node.id for a in at.names):
                    folder = (WIZARD / self.name).parent if at.level else ROOT
                    path = folder / f"{(at.module or '').replace('.', '/')}.py"
                    if path.exists():
                        return _module(path)._text(node, ast.Module([], []))
        return next(iter(self._texts(node, scope)), "")
