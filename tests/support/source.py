"""Our own modules as Python reads them: each is read once a process."""

import ast
from functools import cache
from pathlib import Path


@cache
def tree(path: Path) -> ast.Module:
    """The module's tree; nobody changes it."""
    return ast.parse(path.read_text("utf-8"))


@cache
def imports(path: Path) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """Every import in it, those inside functions too."""
    return tuple(n for n in ast.walk(tree(path)) if isinstance(n, (ast.Import, ast.ImportFrom)))
