"""What is to be registered, and what a script of it is made of. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

# What New registration in the portal gives every application: User.Read of Microsoft Graph.
GRAPH_APP = "00000003-0000-0000-c000-000000000000"
USER_READ = "e1fe6dd8-ba31-4d61-89e7-88639da4683d"
ACCESS = [
    {"resourceAppId": GRAPH_APP, "resourceAccess": [{"id": USER_READ, "type": "Scope"}]},
]
EMAIL = {"idToken": [{"name": "email", "essential": False}]}
# Without it the service principal is missing from the portal's list of Enterprise apps.
TAG = "WindowsAzureActiveDirectoryIntegratedApp"


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


def secret_only(plan: Plan, *lines: str) -> list[str]:
    """The lines that are there only where the product needs a secret."""
    return list(lines) if plan.secret_name else []
