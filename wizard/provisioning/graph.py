"""The registration as calls of Microsoft Graph. Pure."""

import json
from urllib.parse import quote

from .plan import ACCESS, EMAIL, TAG, Part, Plan


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
        **({"optionalClaims": EMAIL} if plan.email_claim else {}),
        "requiredResourceAccess": ACCESS,
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
            {"appId": "APP_ID", "tags": [TAG]},
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


def odata_quoted(text: str) -> str:
    """`text` as a string of an OData filter: a quote in it is doubled (OData 4.01)."""
    return "'" + text.replace("'", "''") + "'"
