"""The registration as a script, for those who prefer it to clicks. Pure: values in, text out.

Three ways to the same application at Microsoft Entra ID: Azure CLI, Microsoft Graph PowerShell, and
the calls of Microsoft Graph as JSON. Each looks for the name first and stops if it is taken: Azure
CLI would change the application it found instead of making one. What the scripts print is what
`paste.recognise` reads.
"""

import re
import unicodedata

from .azure_cli import azure_cli, bash_quoted
from .graph import graph_calls, odata_quoted
from .plan import CLOUDS, GLOBAL, Cloud, Part, Plan, Script
from .powershell import graph_powershell, powershell_quoted

__all__ = [
    "CLOUDS",
    "GLOBAL",
    "Cloud",
    "Part",
    "Plan",
    "Script",
    "azure_cli",
    "bash_quoted",
    "graph_calls",
    "graph_powershell",
    "odata_quoted",
    "powershell_quoted",
    "scripts",
]

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


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
