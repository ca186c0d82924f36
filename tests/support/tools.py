"""Programs that some tests need and that may be missing on a machine.

`python -m tests.support.tools chromium` exits 0 when the tool is there: the Makefile asks that way,
so that what it installs and what the tests look for are decided in one place.
"""

import os
import shutil
import sys
from pathlib import Path

import pytest

PROVIDERS = Path(__file__).parents[1] / "providers"
ROOT = Path(__file__).parents[2]
PRODUCTS = Path(__file__).parents[1] / "products"
# Environments of their own, made by the Makefile.
_ENVIRONMENTS = {
    "azure-cli": ROOT / ".venv-azure-cli",
    "jupyterhub": ROOT / ".venv-jupyterhub",
    "pgadmin": ROOT / ".venv-pgadmin",
}

# Names on the PATH first, then where the installers of macOS and Windows put a browser.
_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
_INSTALLED = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)


def find(tool: str) -> str | None:
    """The path of a tool, or None: `chromium` is any browser of its family, `oidc-provider` the
    installed npm package, `azure-cli`, `jupyterhub` and `pgadmin` the Python that has it,
    `configurable-http-proxy` its script, `mod_auth_openidc` Debian's module of Apache, everything
    else a program on the PATH."""
    if tool == "chromium":
        found = next(filter(None, map(shutil.which, _CHROMIUMS)), None)
        return found or next((path for path in _INSTALLED if Path(path).exists()), None)
    if tool == "mod_auth_openidc":
        module = Path("/usr/lib/apache2/modules/mod_auth_openidc.so")
        return str(module) if module.exists() else None
    if tool in _ENVIRONMENTS:
        folder = _ENVIRONMENTS[tool]
        return str(folder / "bin" / "python") if (folder / ".installed").exists() else None
    if tool == "configurable-http-proxy":
        script = PRODUCTS / "node_modules" / ".bin" / tool
        return str(script) if script.exists() else None
    if tool in ("oidc-provider", "axe-core"):
        package = PROVIDERS / "node_modules" / tool
        return str(package) if package.is_dir() else None
    return shutil.which(tool)


def need(tool: str, reason: str) -> str:
    """The path of `tool`; without it the test is skipped with `reason`, and fails where CI=true.

    A machine at hand may lack Node.js or a browser; the one that decides may not.
    """
    found = find(tool)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(f"{tool} is missing: {reason}", pytrace=False)
    if found is None:
        pytest.skip(f"{tool} is missing: {reason}")
    return found


if __name__ == "__main__":
    sys.exit(0 if find(sys.argv[1]) else 1)
