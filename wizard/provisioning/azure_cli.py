"""The registration as a script for Azure CLI, in bash. Pure."""

import json
from collections.abc import Sequence

from .plan import ACCESS, EMAIL, GLOBAL, TAG, Plan, secret_only


def azure_cli(plan: Plan) -> str:
    """Bash. In parentheses, so that a stop does not close the Cloud Shell it was pasted into."""
    create = [
        'made=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg',
        *_uris_bash("--web-redirect-uris", plan.redirect_uris),
        *_uris_bash("--public-client-redirect-uris", plan.public_redirect_uris),
        *(["  --enable-id-token-issuance true"] if plan.id_tokens else []),
        *([f"  --optional-claims {bash_quoted(_compact(EMAIL))}"] if plan.email_claim else []),
        f"  --required-resource-accesses {bash_quoted(_compact(ACCESS))}",
        "  --query appId --output tsv)",
    ]
    tags = bash_quoted(f"tags={_compact([TAG])}")
    lines = [
        "(",
        "set -eu",
        f"name={bash_quoted(plan.app_name)}",
        *secret_only(plan, f"expires={bash_quoted(plan.expires.isoformat())}"),
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
        *secret_only(
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


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
