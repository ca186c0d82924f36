"""The registration as a script for Microsoft Graph PowerShell. Pure."""

import re

from .graph import odata_quoted
from .plan import GLOBAL, GRAPH_APP, TAG, USER_READ, Plan, secret_only

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
        f"    -RequiredResourceAccess @(@{{ ResourceAppId = '{GRAPH_APP}'; ResourceAccess ="
        f" @(@{{ Id = '{USER_READ}'; Type = 'Scope' }}) }})",
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
        *secret_only(plan, f"  $expires = '{plan.expires.isoformat()}'"),
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
        f"  New-MgServicePrincipal -AppId $app.AppId -Tags '{TAG}' | Out-Null",
        *secret_only(
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
