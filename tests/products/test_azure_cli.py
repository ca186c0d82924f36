"""Every call of the az script is one that Azure CLI itself understands, and understands as meant.

The script runs in bash with a stand-in that notes the arguments; the same arguments then go to the
real az, in an environment where nobody is signed in. It parses and validates them, and stops there.
"""

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.fake_az import run_bash
from tests.support.tools import need
from tests.test_provisioning import (
    ANSWERS,
    CLIENT,
    HOSTILE,
    IMPLICIT,
    PLAN,
    REDIRECT_URIS,
    TENANT,
    az_script,
)

REASON = "the script's arguments are checked by azure-cli (make azure-cli)"
RUNNER = Path(__file__).with_name("az_parser.py")
NOT_SIGNED_IN = "Please run 'az login' to setup account."


@pytest.fixture
def az(tmp_path):
    """Asks az: its exit code, what it understood (None if nothing), and what it said."""
    python = need("azure-cli", REASON)
    environment = {
        **os.environ,
        "AZURE_CONFIG_DIR": str(tmp_path / "nobody"),
        "AZURE_CORE_COLLECT_TELEMETRY": "0",
        "PYTHONWARNINGS": "ignore",
    }

    def ask(call: list[str]) -> tuple[int, dict | None, str]:
        done = subprocess.run(
            [python, str(RUNNER), *call],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        understood = json.loads(done.stdout.splitlines()[0]) if done.stdout else None
        return done.returncode, understood, done.stderr

    return ask


def understood(az, call: list[str]) -> dict:
    """What az made of a call, which it must have found nothing wrong with."""
    code, meant, said = az(call)
    assert NOT_SIGNED_IN in said, f"az {' '.join(call)}: {said}"
    assert code == 1
    assert meant is not None
    return meant


def test_azure_cli_understands_every_call_of_the_script(az, tmp_path):
    ran = run_bash(az_script(replace(PLAN, tenant=TENANT)), tmp_path / "run", ANSWERS)
    told = {" ".join(call[:4]): understood(az, call) for call in ran.calls}
    assert [each["command"] for each in told.values()] == [
        "account show",
        "ad app list",
        "ad app create",
        "ad sp create",
        "ad sp update",
        "ad app credential reset",
    ]
    create = told["ad app create --display-name"]
    assert create["display_name"] == PLAN.app_name
    assert create["web_redirect_uris"] == list(REDIRECT_URIS)
    assert create["sign_in_audience"] == "AzureADMyOrg"
    assert create["optional_claims"] == {"idToken": [{"name": "email", "essential": False}]}
    assert create["required_resource_accesses"][0]["resourceAccess"][0]["type"] == "Scope"
    assert "enable_id_token_issuance" not in create
    reset = told["ad app credential reset"]
    assert reset["append"] is True
    assert (reset["identifier"], reset["end_date"]) == (CLIENT, "2027-05-01")


def test_azure_cli_understands_the_script_of_a_product_that_wants_id_tokens(az, tmp_path):
    ran = run_bash(az_script(IMPLICIT), tmp_path / "run", ANSWERS)
    create = understood(az, ran.call("ad", "app", "create"))
    assert create["enable_id_token_issuance"] is True


def test_azure_cli_takes_hostile_names_as_names(az, tmp_path):
    for number, text in enumerate(HOSTILE):
        plan = replace(PLAN, app_name=text, secret_name=text)
        ran = run_bash(az_script(plan), tmp_path / str(number), ANSWERS)
        create = ran.call("ad", "app", "create")
        meant = understood(az, create)
        assert meant["display_name"] == create[create.index("--display-name") + 1]
        assert meant["web_redirect_uris"] == list(REDIRECT_URIS)


def test_azure_cli_says_so_when_a_call_is_wrong(az):
    code, meant, said = az(["ad", "app", "create", "--display-nam", "x", "--nothing-like-it"])
    assert (code, meant) == (2, None)
    assert "unrecognized arguments" in said
    code, _, said = az(["ad", "app", "create", "--display-name", "x", "--optional-claims", "{x"])
    assert code == 1
    assert "Failed to parse string as JSON" in said
