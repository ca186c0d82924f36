"""The scripted way: what is asked for, that nothing gets out of its quotes, what is printed."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fake_az import run_bash
from tests.support.made_up import made_up
from wizard.paste import recognise
from wizard.provisioning import (
    CLOUDS,
    GLOBAL,
    Plan,
    azure_cli,
    bash_quoted,
    graph_calls,
    graph_powershell,
    powershell_quoted,
    scripts,
)

CLIENT = "5d1a0f0e-2f6b-4c1e-9a55-0c1f2e3d4b5a"
TENANT = "8f14e45f-ceea-467d-9a2b-7c5b1f0d2e3c"
OBJECT = "a87ff679-a2f3-471d-8d9e-3b2c1a0f9e8d"
SECRET = "zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP"  # Microsoft's own published example
REDIRECT_URIS = ("https://product.example/sso/callback", "http://localhost:8765/callback")
PLAN = Plan("Syncro single sign-on", REDIRECT_URIS, False, True, "Syncro", date(2027, 5, 1))
IMPLICIT = replace(PLAN, id_tokens=True, secret_name="")
ANSWERS = {
    ("account", "show"): f"{TENANT}\n",
    ("ad", "app", "list"): "0\n",
    ("ad", "app", "create"): f"{CLIENT}\n",
    ("ad", "sp", "create"): "",
    ("ad", "sp", "update"): "",
    ("ad", "app", "credential", "reset"): f"{SECRET}\n",
}
OTHER_CLOUDS = {name: cloud for name, cloud in CLOUDS.items() if cloud != GLOBAL}
HOSTILE = [
    "O'Neil & Sons",
    'The "Best" Company',
    "$(touch owned)",
    "`touch owned`",
    "'; touch owned; '",
    "a\n touch owned",
    "\\",
    "ends with a backslash \\",
    "${HOME} $name !! !touch",
    "@/etc/passwd",
    "--id-tokens",
    "‘typographic’ ‚quotes‛",
    "zero\u200bwidth and \u202eturned round",
    "#comment <b>&amp;</b> | > file",
    "*?[a-z]{1,2}~",
]

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")


def az_script(plan: Plan) -> str:
    return scripts(plan)[0].parts[0].text


def values_of(call: list[str], option: str) -> list[str]:
    """The values after an option, up to the next one."""
    after = call[call.index(option) + 1 :]
    end = next((n for n, word in enumerate(after) if word.startswith("--")), len(after))
    return after[:end]


@needs_bash
def test_the_script_registers_what_the_clicks_register(tmp_path):
    ran = run_bash(az_script(PLAN), tmp_path, ANSWERS)
    create = ran.call("ad", "app", "create")
    assert values_of(create, "--display-name") == ["Syncro single sign-on"]
    assert values_of(create, "--sign-in-audience") == ["AzureADMyOrg"]
    assert values_of(create, "--web-redirect-uris") == list(REDIRECT_URIS)
    assert "--enable-id-token-issuance" not in create
    assert json.loads(values_of(create, "--optional-claims")[0])["idToken"][0]["name"] == "email"
    assert ran.call("ad", "sp", "create")[3:5] == ["--id", CLIENT]
    reset = ran.call("ad", "app", "credential", "reset")
    assert "--append" in reset, "without it every other secret is deleted"
    assert values_of(reset, "--end-date") == ["2027-05-01"]
    assert values_of(reset, "--display-name") == ["Syncro"]
    assert ran.code == 0


@needs_bash
def test_a_product_without_a_secret_gets_id_tokens_and_no_secret(tmp_path):
    ran = run_bash(az_script(IMPLICIT), tmp_path, ANSWERS)
    assert values_of(ran.call("ad", "app", "create"), "--enable-id-token-issuance") == ["true"]
    assert not [call for call in ran.calls if "credential" in call]
    assert recognise(ran.output).offers() == {"client_id": CLIENT, "tenant_id": TENANT}


@needs_bash
def test_what_the_script_prints_fills_every_field(tmp_path):
    ran = run_bash(az_script(PLAN), tmp_path, ANSWERS)
    meant = {
        "client_id": CLIENT,
        "tenant_id": TENANT,
        "client_secret": SECRET,
        "secret_expires": "2027-05-01",
    }
    assert recognise(ran.output).offers() == meant
    # The whole terminal: the script as it was pasted, az's warning, the output, the prompt.
    warning = "WARNING: The output includes credentials that you must protect.\n"
    whole = f"user [ ~ ]$ {az_script(PLAN)}\n{warning}{ran.output}user [ ~ ]$ "
    assert recognise(whole).offers() == meant


@needs_bash
@pytest.mark.parametrize("taken", ["1\n", "2\n"])
def test_a_taken_name_stops_the_script_before_anything_is_changed(taken, tmp_path):
    ran = run_bash(az_script(PLAN), tmp_path, {**ANSWERS, ("ad", "app", "list"): taken})
    assert [call[:2] for call in ran.calls] == [["account", "show"], ["ad", "app"]]
    assert ran.output == ""
    assert "Syncro single sign-on is there already" in ran.errors
    assert values_of(ran.calls[1], "--filter") == ["displayName eq 'Syncro single sign-on'"]


@needs_bash
def test_another_tenant_than_the_known_one_stops_it_too(tmp_path):
    elsewhere = {**ANSWERS, ("account", "show"): f"{OBJECT}\n"}
    ran = run_bash(az_script(replace(PLAN, tenant=TENANT.upper())), tmp_path, elsewhere)
    assert [call[:2] for call in ran.calls] == [["account", "show"]]
    assert f"signed in to another tenant, {OBJECT}" in ran.errors
    assert run_bash(az_script(replace(PLAN, tenant=TENANT)), tmp_path, ANSWERS).code == 0


@needs_bash
def test_a_stop_leaves_the_shell_it_was_pasted_into_open(tmp_path):
    failing = {**ANSWERS, ("ad", "app", "create"): ("", 3)}
    ran = run_bash(az_script(PLAN) + "\necho still here", tmp_path, failing)
    assert ran.output == "still here\n"
    assert not [call for call in ran.calls if call[:2] == ["ad", "sp"]]


@needs_bash
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_gets_out_of_its_quotes_in_bash(text, tmp_path):
    uri = f"https://product.example/{text}"
    plan = replace(PLAN, app_name=text, redirect_uris=(uri,), secret_name=text)
    ran = run_bash(az_script(plan), tmp_path, ANSWERS)
    create = ran.call("ad", "app", "create")
    shown = " ".join(text.replace("\u200b", " ").replace("\u202e", " ").split())
    # No option, no name of a file to read, and no quote that az's own query would trip over.
    assert values_of(create, "--display-name") == [shown.lstrip("@-").replace("'", "’")]
    assert values_of(create, "--web-redirect-uris") == [f"https://product.example/{shown}"]
    assert ran.code == 0, "a line that bash cannot read ends it with 2"
    assert not (tmp_path / "owned").exists()


@needs_bash
def test_a_redirect_uri_comes_through_letter_for_letter(tmp_path):
    uri = "https://product.example/cb?a='1'&b=$(id)&c=\"x\"#!z"
    ran = run_bash(az_script(replace(PLAN, redirect_uris=(uri,))), tmp_path, ANSWERS)
    assert values_of(ran.call("ad", "app", "create"), "--web-redirect-uris") == [uri]


@needs_bash
@made_up(30)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n")), max_size=5))
def test_a_quoted_word_is_that_word_to_bash(texts):
    words = " ".join(bash_quoted(text) for text in texts)
    done = subprocess.run(
        ["bash", "-c", f"set -- {words}; for each; do printf '%s\\0' \"$each\"; done"],
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().split("\0")[:-1] == texts


def powershell_read(text: str) -> tuple[str, str]:
    """A single-quoted string at the start of `text`, by PowerShell's rules, and what follows it.

    Any of five quotes opens and closes; two in a row are one that is meant (about_Quoting_Rules).
    """
    quotes = "'\u2018\u2019\u201a\u201b"
    assert text[0] in quotes
    said, place = "", 1
    while text[place] not in quotes or text[place + 1 : place + 2] in [*quotes]:
        said += text[place]
        place += 2 if text[place] in quotes else 1
    return said, text[place + 1 :]


@made_up(200)
@given(st.text(st.characters(codec="utf-8")))
def test_a_quoted_string_is_that_string_to_powershell(text):
    assert powershell_read(powershell_quoted(text) + ";") == (text, ";")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_gets_out_of_its_quotes_in_powershell(text):
    plan = replace(PLAN, app_name=text, redirect_uris=(f"https://product.example/{text}",))
    script = scripts(plan)[1].parts[0].text
    left, skeleton, found = script, "", []
    # What is outside of strings is ours: the same for every plan.
    while (start := re.search("['\u2018\u2019\u201a\u201b]", left)) is not None:
        skeleton += left[: start.start()] + "''"
        said, left = powershell_read(left[start.start() :])
        found.append(said)
    plain = replace(PLAN, app_name="x", redirect_uris=("https://product.example/x",))
    ours = re.sub(r"'[^']*'(?:'[^']*')*", "''", scripts(plain)[1].parts[0].text)
    assert skeleton + left == ours
    assert sum("product.example" in each for each in found) == 1


def test_powershell_looks_first_and_names_the_object_for_the_secret():
    script = graph_powershell(PLAN)
    assert script.index("Get-MgApplication -Filter") < script.index("New-MgApplication ")
    assert "Add-MgApplicationPassword -ApplicationId $app.Id " in script
    assert "New-MgServicePrincipal -AppId $app.AppId" in script
    assert "EnableIdTokenIssuance" not in script
    assert "EnableIdTokenIssuance = $true" in graph_powershell(IMPLICIT)
    assert "Add-MgApplicationPassword" not in graph_powershell(IMPLICIT)


def test_what_powershell_prints_fills_every_field():
    printed = re.findall(r'Write-Output "(.*)"', graph_powershell(PLAN))
    filled = {
        "$($app.AppId)": CLIENT,
        "$($app.Id)": OBJECT,
        "$((Get-MgContext).TenantId)": TENANT,
        "$($credential.SecretText)": SECRET,
        "$expires": "2027-05-01",
    }
    output = "\n".join(printed)
    for name, value in filled.items():
        assert name in output
        output = output.replace(name, value)
    meant = {
        "client_id": CLIENT,
        "object_id": OBJECT,
        "tenant_id": TENANT,
        "client_secret": SECRET,
        "secret_expires": "2027-05-01",
    }
    assert recognise(output).offers() == meant
    assert recognise(f"PS /home/user> {graph_powershell(PLAN)}\n\n{output}\n").offers() == meant


def bodies(plan: Plan) -> dict[str, dict]:
    return {
        part.name: json.loads(part.text.partition("\n\n")[2])
        for part in graph_calls(plan)
        if part.text.startswith("POST ")
    }


@pytest.mark.parametrize("text", ["Syncro single sign-on", *HOSTILE])
def test_the_calls_are_json_with_the_values_in_them(text):
    plan = replace(IMPLICIT, app_name=text, secret_name="Syncro")
    parts = {part.name: part.text for part in scripts(plan)[2].parts}
    application = json.loads(parts["graph_application"].partition("\n\n")[2])
    assert application["web"]["redirectUris"] == list(REDIRECT_URIS)
    assert application["web"]["implicitGrantSettings"]["enableIdTokenIssuance"] is True
    look = parts["graph_look"].removeprefix("GET ")
    assert re.fullmatch(r"[!-~]+", look)
    name = application["displayName"]
    assert parse_qs(urlsplit(look).query)["$filter"] == [f"displayName eq '{name}'"]


def test_the_answers_of_graph_fill_every_field():
    body = bodies(PLAN)
    assert "implicitGrantSettings" not in body["graph_application"]["web"]
    assert body["graph_secret"]["passwordCredential"]["endDateTime"] == "2027-05-01T00:00:00Z"
    application = {
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#applications/$entity",
        "id": OBJECT,
        "appId": CLIENT,
        **body["graph_application"],
        "passwordCredentials": [],
    }
    principal = {
        "id": "c4ca4238-a0b9-4382-8dcc-509a6f75849b",
        "appId": CLIENT,
        "appOwnerOrganizationId": TENANT,
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
    }
    secret = {
        "customKeyIdentifier": None,
        "displayName": "Syncro",
        "endDateTime": "2027-05-01T00:00:00Z",
        "hint": SECRET[:3],
        "keyId": "0cc175b9-c0f1-4b6a-831c-399e26977266",
        "secretText": SECRET,
    }
    answers = "\n".join(json.dumps(each, indent=4) for each in (application, principal, secret))
    found = recognise(answers).offers()
    assert found["client_id"] == CLIENT
    assert found["tenant_id"] == TENANT
    assert found["client_secret"] == SECRET
    assert found["secret_expires"] == "2027-05-01"


def test_the_secret_is_never_asked_for_where_the_product_has_none():
    names = [part.name for part in graph_calls(IMPLICIT)]
    assert names == ["graph_look", "graph_application", "graph_service_principal"]
    assert "credential" not in azure_cli(IMPLICIT)


@pytest.mark.parametrize("name", OTHER_CLOUDS)
def test_in_another_cloud_the_scripts_stop_in_the_wrong_one_and_ask_its_own_graph(name, tmp_path):
    cloud = OTHER_CLOUDS[name]
    plan = replace(PLAN, cloud=cloud, tenant=TENANT)
    there = ANSWERS | {("cloud", "show"): f"{cloud.cli}\n"}
    assert f"Application (client) ID: {CLIENT}" in run_bash(azure_cli(plan), tmp_path, there).output
    elsewhere = ANSWERS | {("cloud", "show"): "AzureCloud\n"}
    stopped = run_bash(azure_cli(plan), tmp_path, elsewhere)
    assert stopped.calls == [["cloud", "show", "--query", "name", "--output", "tsv"]]
    assert f"az cloud set --name {cloud.cli}" in stopped.errors
    assert f"Connect-MgGraph -Environment {cloud.powershell} -TenantId" in graph_powershell(plan)
    told = "\n".join(part.text for part in graph_calls(plan))
    assert f"{cloud.graph}/v1.0/applications" in told
    assert "graph.microsoft.com" not in told


def test_in_the_ordinary_cloud_nobody_is_asked_for_its_name():
    told = "".join(part.text for script in scripts(PLAN) for part in script.parts)
    assert "az cloud" not in told
    assert "-Environment" not in told
