"""A stateful server that answers in Entra's dialect, as `entra` threads and documents show it.

What it knows (tenant, applications, secrets) decides its answers. Status, escaping and language of
the very same answer change from one request to the next, as Microsoft reserves the right to: only
the AADSTS number is to be relied on.
"""

import itertools
import json
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.support.odd_provider import Asked, OddProvider, Said, back, form_back

TENANT = "10c419d4-4a50-45b2-aa4e-919fb84df24f"

_ERRORS = {
    50011: "invalid_request", 50058: "login_required", 90002: "invalid_request",
    65001: "interaction_required", 700016: "unauthorized_client",
    700054: "unsupported_response_type",
    900023: "invalid_request", 7000112: "unauthorized_client", 7000229: "invalid_client",
    7000215: "invalid_client", 7000222: "invalid_client", 700025: "invalid_client",
    53003: "access_denied", 9002327: "invalid_request", 9002313: "invalid_grant",
    90033: "temporarily_unavailable", 500113: "invalid_request", 50194: "invalid_request",
    70011: "invalid_scope",
}  # fmt: skip
_SENTENCES = (
    "The application '{0}' was not found; reason \"none\" \u2014 see <link>.",
    "Die Anwendung „{0}“ wurde nicht gefunden – Uhrzeit 12:03:44.",
    "アプリケーション '{0}' が見つかりませんでした。",
)


@dataclass
class App:
    """One application registration."""

    client_id: str
    redirect_uris: tuple[str, ...] = ()
    secrets: dict[str, str] = field(default_factory=dict)  # value → "", "expired"
    id_tokens: bool = False
    platform: str = "web"
    enabled: bool = True
    service_principal: bool = True
    policy_blocks: bool = False


class EntraLike(OddProvider):
    """`apps` are in the one tenant it knows. `tenant` is the one in its addresses."""

    def __init__(self, *apps: App, tenant: str = TENANT, session_first: bool = False) -> None:
        super().__init__(authorize=self._authorize, token=self._token)
        self.apps = {app.client_id: app for app in apps}
        self.tenant = tenant
        self.session_first = session_first
        self.busy = False
        self._turn = itertools.count()

    # The authorization endpoint

    def _authorize(self, asked: Asked) -> Said:
        number = self._tenant_trouble() or self._authorize_trouble(asked)
        app = self.apps.get(asked.client_id)
        on_page = not (app and asked.uri in app.redirect_uris) or number in (90002, 900023, 7000112)
        if on_page:
            return self._page(number, asked)
        description = f"AADSTS{number}: {self._sentence(asked)}"
        error = _ERRORS[number]
        if asked.params.get("response_mode") == "form_post":
            return form_back(asked, error=error, error_description=quote(description, safe=": "))
        return back(asked, error=error, error_description=description)

    def _authorize_trouble(self, asked: Asked) -> int:
        app = self.apps.get(asked.client_id)
        if app is None:
            return 700016
        if not app.enabled:
            return 7000112
        if not app.redirect_uris:
            return 500113
        if asked.uri not in app.redirect_uris:
            return 50011
        if "id_token" in asked.params["response_type"] and not app.id_tokens:
            return 50058 if self.session_first else 700054
        return 50058

    def _page(self, number: int, asked: Asked) -> Said:
        turn = next(self._turn)
        text = f"AADSTS{number}: {self._sentence(asked)}"
        script = json.dumps({"strServiceExceptionMessage": text, "urlPost": ""})
        if turn % 2:
            script = script.replace("'", "\\u0027").replace("<", "\\u003c")
        body = f"<html><head><title>Sign in</title></head><body><script>$Config={script};</script>"
        if turn % 3 == 0:
            body += f"<div>Troubleshooting: {text.replace('<', '&lt;')}</div>"
        return Said(200 if turn % 2 else 400, body + "</body></html>")

    # The token endpoint

    def _token(self, asked: Asked) -> Said:
        if self.busy:
            return self._error(90033, asked, 200 if next(self._turn) % 2 else 400)
        number = self._tenant_trouble() or self._token_trouble(asked)
        if number == 0:
            return Said(200, '{"access_token": not even JSON', {}, "application/json")
        return self._error(number, asked)

    def _token_trouble(self, asked: Asked) -> int:
        app = self.apps.get(asked.client_id)
        if app is None:
            return 700016
        for wrong, number in (
            (not app.enabled, 7000112),
            (not app.service_principal, 7000229),
            (app.platform == "public", 700025),
        ):
            if wrong:
                return number
        state = app.secrets.get(asked.secret or "")
        if state is None:
            return 7000215
        if state == "expired":
            return 7000222
        if app.policy_blocks:
            return 53003
        return 0 if asked.params.get("grant_type") == "client_credentials" else 9002313

    def _error(self, number: int, asked: Asked, status: int = 0) -> Said:
        turn = next(self._turn)
        body = {
            "error": _ERRORS[number],
            "error_description": f"AADSTS{number}: {self._sentence(asked)} Trace ID: {turn:032x}",
            "error_codes": [number],
            "error_uri": f"https://login.microsoftonline.com/error?code={number}",
        }
        if turn % 3 == 0:
            del body["error_codes"]
        if turn % 3 == 1:
            body["error_description"] = "Etwas stimmt nicht."
        text = json.dumps(body, ensure_ascii=bool(turn % 2)).replace("'", "\\u0027")
        status = status or (400 if turn % 2 or number in (700016, 90002) else 401)
        return Said(status, text, {}, "application/json; charset=utf-8")

    def _tenant_trouble(self) -> int:
        if self.tenant == TENANT:
            return 0
        return 90002 if len(self.tenant) == len(TENANT) else 900023

    def _sentence(self, asked: Asked) -> str:
        return _SENTENCES[next(self._turn) % 3].format(asked.client_id)
