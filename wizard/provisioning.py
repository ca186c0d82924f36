"""The registration as a script, for those who prefer it to clicks. Pure: values in, text out.

Three ways to the same application at Microsoft Entra ID: Azure CLI, Microsoft Graph PowerShell, and
the calls of Microsoft Graph as JSON. Each looks for the name first and stops if it is taken: Azure
CLI would change the application it found instead of making one. What the scripts print is what
`paste.recognise` reads.
"""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

# What New registration in the portal gives every application: User.Read of Microsoft Graph.
_GRAPH_APP = "00000003-0000-0000-c000-000000000000"
_USER_READ = "e1fe6dd8-ba31-4d61-89e7-88639da4683d"
_ACCESS = [
    {"resourceAppId": _GRAPH_APP, "resourceAccess": [{"id": _USER_READ, "type": "Scope"}]},
]
_EMAIL = {"idToken": [{"name": "email", "essential": False}]}
# Without it the service principal is missing from the portal's list of Enterprise apps.
_TAG = "WindowsAzureActiveDirectoryIntegratedApp"
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Cloud:
    """A cloud of Microsoft's: what Azure CLI and Graph PowerShell call it, and its Graph.

    `shell` is where its Azure Cloud Shell opens, "" where there is none.
    """

    cli: str
    powershell: str
    graph: str
    shell: str


GLOBAL = Cloud("AzureCloud", "Global", "https://graph.microsoft.com", "https://shell.azure.com/")
# https://learn.microsoft.com/graph/deployments, az cloud list, Get-MgEnvironment
CLOUDS = {
    "microsoft-graph": GLOBAL,
    "microsoft-graph-us": Cloud(
        "AzureUSGovernment",
        "USGov",
        "https://graph.microsoft.us",
        "https://portal.azure.us/#cloudshell/",
    ),
    "microsoft-graph-cn": Cloud(
        "AzureChinaCloud", "China", "https://microsoftgraph.chinacloudapi.cn", ""
    ),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be registered. Every text may come from outside.

    `secret_name` is the description of the client secret, empty where the product needs none;
    `expires` its last day; `tenant` the tenant ID if it is known; `cloud` where it is.
    `public_redirect_uris` are for the platform Mobile and desktop applications: those of a product
    without a secret, and addresses that are not of its server.
    """

    app_name: str
    redirect_uris: Sequence[str]
    id_tokens: bool
    email_claim: bool
    secret_name: str
    expires: date
    tenant: str = ""
    cloud: Cloud = GLOBAL
    public_redirect_uris: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One text to copy. `name` tells it from the others on the page."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Script:
    """One way: its parts are to be run in order."""

    title: str
    how: str
    parts: Sequence[Part]
    shell: str = ""  # where the shell it is made for opens


def scripts(plan: Plan) -> list[Script]:
    """The same registration in three ways, filled with the plan's values."""
    plan = _cleaned(plan)
    return [
        Script(
            "Azure CLI",
            _shell(plan, "Bash"),
            [Part("script_az", "Script for Azure CLI", azure_cli(plan))],
            plan.cloud.shell,
        ),
        Script(
            "Microsoft Graph PowerShell",
            _shell(plan, "PowerShell")
            + " Elsewhere, first: Install-Module Microsoft.Graph.Applications",
            [Part("script_powershell", "Script for PowerShell", graph_powershell(plan))],
        ),
        Script(
            "Microsoft Graph, as JSON",
            "For Graph Explorer or a tool of your own, signed in with the permission"
            " **Application.ReadWrite.All**. Send them in this order.",
            graph_calls(plan),
        ),
    ]


def _shell(plan: Plan, kind: str) -> str:
    if not plan.cloud.shell:
        return f"Open a shell of your own ({kind}), paste all of it and press Enter."
    return f"Open **Azure Cloud Shell**, choose **{kind}**, paste all of it and press Enter."


def _cleaned(plan: Plan) -> Plan:
    return Plan(
        app_name=_name(plan.app_name, 120) or "Single sign-on",
        redirect_uris=[uri for uri in map(_one_line, plan.redirect_uris) if uri],
        id_tokens=plan.id_tokens,
        email_claim=plan.email_claim,
        secret_name=_name(plan.secret_name, 60),
        expires=plan.expires,
        tenant=plan.tenant if _GUID.fullmatch(plan.tenant) else "",
        public_redirect_uris=[uri for uri in map(_one_line, plan.public_redirect_uris) if uri],
        cloud=plan.cloud,
    )


def _one_line(text: str, longest: int = 2048) -> str:
    """`text` as one line that Azure CLI takes neither for an option nor for the name of a file.

    It reads a file for a value that begins with @.
    """
    shown = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text[:longest])
    return " ".join(shown.split()).lstrip("@- ")


def _name(text: str, longest: int) -> str:
    """A display name. Azure CLI puts it unquoted into a query of its own, which a straight quote
    would break, so it gets the typographic one."""
    return _one_line(text, longest).replace("'", "’")


# -- Azure CLI -------------------------------------------------------------------------------------


def azure_cli(plan: Plan) -> str:
    """Bash. In parentheses, so that a stop does not close the Cloud Shell it was pasted into."""
    create = [
        'made=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg',
        *_uris_bash("--web-redirect-uris", plan.redirect_uris),
        *_uris_bash("--public-client-redirect-uris", plan.public_redirect_uris),
        *(["  --enable-id-token-issuance true"] if plan.id_tokens else []),
        *([f"  --optional-claims {bash_quoted(_compact(_EMAIL))}"] if plan.email_claim else []),
        f"  --required-resource-accesses {bash_quoted(_compact(_ACCESS))}",
        "  --query appId --output tsv)",
    ]
    tags = bash_quoted(f"tags={_compact([_TAG])}")
    lines = [
        "(",
        "set -eu",
        f"name={bash_quoted(plan.app_name)}",
        *_secret_only(plan, f"expires={bash_quoted(plan.expires.isoformat())}"),
        *_right_cloud_bash(plan),
        "tenant=$(az account show --query tenantId --output tsv)",
        *_right_tenant_bash(plan),
        "# A taken name: Azure CLI would change that application instead of making a new one.",
        "taken=$(az ad app list --filter \"displayName eq '$name'\""
        " --query 'length(@)' --output tsv)",
        'if [ "$taken" != 0 ]; then',
        "  printf 'Stopped, nothing was changed: %s is there already.\\n' \"$name\" >&2",
        "  exit 1",
        "fi",
        " \\\n".join(create),
        "printf 'Application (client) ID: %s\\n' \"$made\"",
        "printf 'Directory (tenant) ID: %s\\n' \"$tenant\"",
        "# Without the service principal nobody of the tenant can sign in.",
        'az ad sp create --id "$made" --output none',
        f'az ad sp update --id "$made" --set {tags} --output none ||'
        " printf 'It will not be in the list of Enterprise apps.\\n' >&2",
        *_secret_only(
            plan,
            "# --append: without it every other secret of the application would be deleted.",
            'shown=$(az ad app credential reset --id "$made" --append'
            f' --display-name {bash_quoted(plan.secret_name)} --end-date "$expires"'
            " --query password --output tsv)",
            "printf 'Client secret value: %s\\n' \"$shown\"",
            "printf 'Expires: %s\\n' \"$expires\"",
        ),
        ")",
    ]
    return "\n".join(lines)


def _right_cloud_bash(plan: Plan) -> list[str]:
    """It is asked, not set: that would change the shell she works in for everything else."""
    if plan.cloud == GLOBAL:
        return []
    name = plan.cloud.cli
    return [
        f'if [ "$(az cloud show --query name --output tsv)" != {bash_quoted(name)} ]; then',
        "  printf 'Stopped, nothing was changed: signed in to another cloud."
        f" First: az cloud set --name {name}, then az login\\n' >&2",
        "  exit 1",
        "fi",
    ]


def _uris_bash(option: str, uris: Sequence[str]) -> list[str]:
    return [f"  {option} " + " ".join(map(bash_quoted, uris))] if uris else []


def _right_tenant_bash(plan: Plan) -> list[str]:
    if not plan.tenant:
        return []
    return [
        f'if [ "$tenant" != {bash_quoted(plan.tenant.lower())} ]; then',
        "  printf 'Stopped, nothing was changed: signed in to another tenant, %s.\\n'"
        ' "$tenant" >&2',
        "  exit 1",
        "fi",
    ]


def bash_quoted(text: str) -> str:
    """`text` as one word of bash, whatever is in it; an interactive bash leaves its ! alone too."""
    return "'" + text.replace("'", "'\\''") + "'"


# -- Microsoft Graph PowerShell --------------------------------------------------------------------

# PowerShell takes each of these for a single quote, and two in a row for one that is meant.
_SINGLE_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")


def graph_powershell(plan: Plan) -> str:
    """PowerShell 7. In one block, so that a stop ends the script and not the session."""
    uris = ", ".join(powershell_quoted(uri) for uri in plan.redirect_uris)
    public = ", ".join(powershell_quoted(uri) for uri in plan.public_redirect_uris)
    id_tokens = "; ImplicitGrantSettings = @{ EnableIdTokenIssuance = $true }"
    create = [
        "  $app = New-MgApplication -DisplayName $name -SignInAudience AzureADMyOrg",
        *(
            [f"    -Web @{{ RedirectUris = @({uris}){id_tokens if plan.id_tokens else ''} }}"]
            if uris
            else []
        ),
        *([f"    -PublicClient @{{ RedirectUris = @({public}) }}"] if public else []),
        *(
            ["    -OptionalClaims @{ IdToken = @(@{ Name = 'email'; Essential = $false }) }"]
            if plan.email_claim
            else []
        ),
        f"    -RequiredResourceAccess @(@{{ ResourceAppId = '{_GRAPH_APP}'; ResourceAccess ="
        f" @(@{{ Id = '{_USER_READ}'; Type = 'Scope' }}) }})",
    ]
    tenant = f"-TenantId {powershell_quoted(plan.tenant)} " if plan.tenant else ""
    if plan.cloud != GLOBAL:
        tenant = f"-Environment {plan.cloud.powershell} {tenant}"
    taken = powershell_quoted(f"displayName eq {odata_quoted(plan.app_name)}")
    secret = powershell_quoted(plan.secret_name)
    lines = [
        "& {",
        "  $ErrorActionPreference = 'Stop'",
        f"  $name = {powershell_quoted(plan.app_name)}",
        *_secret_only(plan, f"  $expires = '{plan.expires.isoformat()}'"),
        f"  Connect-MgGraph {tenant}-Scopes 'Application.ReadWrite.All' -NoWelcome",
        f"  if (Get-MgApplication -Filter {taken}) {{",
        '    Write-Warning "Stopped, nothing was changed: $name is there already."',
        "    return",
        "  }",
        " `\n".join(create),
        '  Write-Output "Application (client) ID: $($app.AppId)"',
        '  Write-Output "Object ID: $($app.Id)"',
        '  Write-Output "Directory (tenant) ID: $((Get-MgContext).TenantId)"',
        "  # Without the service principal nobody of the tenant can sign in.",
        f"  New-MgServicePrincipal -AppId $app.AppId -Tags '{_TAG}' | Out-Null",
        *_secret_only(
            plan,
            "  # It wants the Object ID, not the client ID.",
            "  $credential = Add-MgApplicationPassword -ApplicationId $app.Id"
            f" -PasswordCredential @{{ displayName = {secret};"
            ' endDateTime = "${expires}T00:00:00Z" }',
            '  Write-Output "Client secret value: $($credential.SecretText)"',
            '  Write-Output "Expires: $expires"',
        ),
        "}",
    ]
    return "\n".join(lines)


def powershell_quoted(text: str) -> str:
    """`text` as a PowerShell string in which nothing is expanded (about_Quoting_Rules)."""
    return "'" + _SINGLE_QUOTES.sub(r"\1\1", text) + "'"


def odata_quoted(text: str) -> str:
    """`text` as a string of an OData filter: a quote in it is doubled (OData 4.01)."""
    return "'" + text.replace("'", "''") + "'"


# -- Microsoft Graph -------------------------------------------------------------------------------


def graph_calls(plan: Plan) -> list[Part]:
    """The requests, one a part; ID and APP_ID stand for what the second one's answer gives."""
    graph = plan.cloud.graph
    taken = quote(f"displayName eq {odata_quoted(plan.app_name)}", safe="'")
    web: dict[str, object] = {"redirectUris": list(plan.redirect_uris)}
    if plan.id_tokens:
        web["implicitGrantSettings"] = {
            "enableIdTokenIssuance": True,
            "enableAccessTokenIssuance": False,
        }
    application = {
        "displayName": plan.app_name,
        "signInAudience": "AzureADMyOrg",
        **({"web": web} if plan.redirect_uris else {}),
        **(
            {"publicClient": {"redirectUris": list(plan.public_redirect_uris)}}
            if plan.public_redirect_uris
            else {}
        ),
        **({"optionalClaims": _EMAIL} if plan.email_claim else {}),
        "requiredResourceAccess": _ACCESS,
    }
    parts = [
        Part(
            "graph_look",
            "Look first: go on only if the list in the answer is empty",
            f"GET {graph}/v1.0/applications?$filter={taken}&$select=appId,displayName",
        ),
        _post(graph, "graph_application", "Make the application", "/applications", application),
        _post(
            graph,
            "graph_service_principal",
            "Make its service principal: put the answer's appId for APP_ID",
            "/servicePrincipals",
            {"appId": "APP_ID", "tags": [_TAG]},
        ),
    ]
    if plan.secret_name:
        credential = {
            "displayName": plan.secret_name,
            "endDateTime": f"{plan.expires.isoformat()}T00:00:00Z",
        }
        parts.append(
            _post(
                graph,
                "graph_secret",
                "Add the client secret: put the application's id, not its appId, for ID",
                "/applications/ID/addPassword",
                {"passwordCredential": credential},
            )
        )
    return parts


def _post(graph: str, name: str, title: str, path: str, body: object) -> Part:
    text = json.dumps(body, indent=2, ensure_ascii=False)
    return Part(name, title, f"POST {graph}/v1.0{path}\nContent-Type: application/json\n\n{text}")


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _secret_only(plan: Plan, *lines: str) -> list[str]:
    return list(lines) if plan.secret_name else []
