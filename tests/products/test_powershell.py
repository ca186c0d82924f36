"""PowerShell itself parses the Graph PowerShell script, where there is one to ask."""

import shutil
import subprocess
from dataclasses import replace

import pytest

from tests.test_provisioning import HOSTILE, PLAN, graph_powershell


# No package of the test set-up brings a PowerShell, so this one is never asked for, CI included.
@pytest.mark.skipif(shutil.which("pwsh") is None, reason="there is no pwsh here")
@pytest.mark.parametrize("text", HOSTILE)
def test_powershell_itself_parses_the_script(tmp_path, text):
    path = tmp_path / "script.ps1"
    path.write_text(graph_powershell(replace(PLAN, app_name=text)), "utf-8")
    parse = (
        "$errors = $null; [System.Management.Automation.Language.Parser]::ParseFile("
        f"'{path}', [ref]$null, [ref]$errors) | Out-Null; exit $errors.Count"
    )
    ran = subprocess.run(["pwsh", "-NoProfile", "-Command", parse], check=False)
    assert ran.returncode == 0
