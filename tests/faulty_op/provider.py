"""The provider. It does everything right until a change is made to it.

What a relying party must get right is checked, and kept in `objections`: a fault must not hide a
mistake of ours. Every request is in `asked`, in its order.
"""

import html
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any
from urllib.parse import urlencode

from tests.faulty_op.fault import CODE_QUERY, Flow
from tests.oidc import tokens
from tests.support.odd_provider import Asked, OddProvider, Said
from wizard.oidc.sign_in import s256

WELL_KNOWN = "/.well-known/openid-configuration"
ACCESS_TOKEN = "at-0123456789abcdefghijklmnopqrstuvwxyz"
Pairs = list[tuple[str, str]]


@dataclass
class Grant:
    """What a code was given for."""

    redirect_uri: str
    challenge: str
    nonce: str
    used: bool = False


class FaultyProvider(OddProvider):
    """Runs inside a `with`. `clock_ahead` (seconds) moves its Date headers and its tokens.

    `when` holds what to do once before a path is answered, or before "sign"; the other lists hold
    changes of what is about to be said, made in their order.
    """

    def __init__(self, flow: Flow = CODE_QUERY, *, redirect_uri: str, clock_ahead: float = 0):
        super().__init__(
            authorize=self._authorize,
            token=self.right_token,
            pages={WELL_KNOWN: self._document, "/keys": self._keys},
            auth_methods=["client_secret_basic", "client_secret_post"],
            redirect_uris=(redirect_uri,),
        )
        self.flow = flow
        self.clock_ahead = clock_ahead
        self.tells_time = True
        self.tells_right_time = False
        self.date_says = ""  # a Date header as it is written here
        self.signing_key = tokens.rsa_key()
        self.published: list[Any] = [self.signing_key]
        self.alg = "RS256"
        self.mac_key: str | bytes | None = None
        self.objections: list[str] = []
        self.when: dict[str, Callable[[], None]] = {}
        self.said: dict[str, Said] = {}  # a whole answer of a path, in the right one's place
        self.on_document: list[Callable[[dict], dict]] = []
        self.on_key_set: list[Callable[[dict], dict]] = []
        self.on_header: list[Callable[[dict], dict]] = []
        self.on_claims: list[Callable[[dict], dict]] = []
        self.on_payload: list[Callable[[bytes], bytes]] = []
        self.on_token: list[Callable[[str], str]] = []
        self.on_answer: list[Callable[[Pairs], Pairs]] = []
        self.on_token_answer: list[Callable[[dict], dict]] = []
        self.token_says: Said | None = None
        self._grants: dict[str, Grant] = {}
        self._given: list[str] = []

    @property
    def secrets(self) -> list[str]:
        """What no finding may show: given out here, or sent here by the client."""
        names = ("nonce", "state", "code_verifier", "code")
        sent = [asked.params.get(name, "") for asked in self.asked for name in names]
        sent += [asked.headers.get("Authorization", "")[len("Basic ") :] for asked in self.asked]
        return [self.secret, ACCESS_TOKEN, *self._given, *(text for text in sent if text)]

    @property
    def metadata_url(self) -> str:
        return self.issuer + WELL_KNOWN

    @property
    def paths(self) -> list[str]:
        """The paths asked for, in their order."""
        return [asked.path for asked in self.asked]

    def publish(self, *keys: Any, sign_with: tokens.SigningKey | None = None) -> None:
        """From now on the key set holds `keys`, and tokens are signed with `sign_with`."""
        self.published = list(keys)
        self.signing_key = sign_with or self.signing_key

    def _hear(self, path: str, params: dict[str, str], headers: Any) -> Said:
        self._moment(path)
        ahead = 0 if self.tells_right_time else self.clock_ahead
        right_date = formatdate(time.time() + ahead, usegmt=True) if self.tells_time else ""
        self.date = self.date_says or right_date
        right = super()._hear(path, params, headers)
        return self.said.get(path, right)

    def _moment(self, name: str) -> None:
        self.when.pop(name, lambda: None)()

    def _document(self, asked: Asked) -> Said:
        document = self.document
        document["token_endpoint_auth_methods_supported"] = self.auth_methods
        return _json(_changed(document, self.on_document))

    def _keys(self, asked: Asked) -> Said:
        return _json(_changed(tokens.key_set(*self.published), self.on_key_set))

    # The authorization endpoint

    def _authorize(self, asked: Asked) -> Said:
        params = asked.params
        self._expect("response_type", params, self.flow.response_type)
        self._expect("client_id", params, self.client_id)
        self._expect("redirect_uri", params, self.redirect_uris[0])
        mode = None if self.flow.response_mode == "query" else self.flow.response_mode
        self._expect("response_mode", params, mode)
        if "openid" not in params.get("scope", "").split():
            self.objections.append("no openid in the scope")
        if len(params.get("nonce", "")) < 22 or len(params.get("state", "")) < 22:
            self.objections.append("nonce or state too short to be unguessable")
        answer: Pairs = [("state", params.get("state", ""))]
        if self.flow.response_type == "code":
            self._expect("code_challenge_method", params, "S256")
            code = secrets.token_urlsafe(32)
            challenge = params.get("code_challenge", "")
            self._grants[code] = Grant(asked.uri, challenge, params.get("nonce", ""))
            answer.insert(0, ("code", code))
        else:
            answer.insert(0, ("id_token", self.id_token(params.get("nonce", ""))))
        return self._back(asked.uri, _changed(answer, self.on_answer))

    def _back(self, uri: str, answer: Pairs) -> Said:
        if self.flow.response_mode == "query":
            return Said(302, headers={"Location": f"{uri}?{urlencode(answer)}"})
        fields = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in answer
        )
        body = f'<form method="post" action="{html.escape(uri)}">{fields}</form>'
        title = "<!doctype html><html lang=en><title>Working</title>"
        return Said(200, f"{title}<body onload='document.forms[0].submit()'>{body}")

    # The token endpoint

    def right_token(self, asked: Asked) -> Said:
        """The token endpoint: everything is checked, then the tokens given."""
        grant = self._grants.get(asked.params.get("code", ""))
        objections = [
            (asked.params.get("grant_type") != "authorization_code", "another grant_type"),
            (not asked.right_secret, "another client ID or secret"),
            (asked.method == "basic" and "client_secret" in asked.params, "two authentications"),
            (f"client_secret_{asked.method}" not in self.auth_methods, "another method"),
            (grant is None or grant.used, "no such code, or one used before"),
            (grant and asked.uri != grant.redirect_uri, "another redirect_uri"),
            (grant and s256(_verifier(asked)) != grant.challenge, "another code_verifier"),
        ]
        wrong = [text for is_wrong, text in objections if is_wrong]
        self.objections += wrong
        if wrong:
            return _json({"error": "invalid_grant", "error_description": wrong[0]}, 400)
        grant.used = True
        if self.token_says:
            return self.token_says
        answer = {
            "access_token": ACCESS_TOKEN,
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": "openid profile email",
            "id_token": self.id_token(grant.nonce),
        }
        return _json(_changed(answer, self.on_token_answer))

    def _expect(self, name: str, params: dict[str, str], wanted: str | None) -> None:
        if params.get(name) != wanted:
            self.objections.append(f"{name} is {params.get(name)}, not {wanted}")

    # The ID token

    def id_token(self, nonce: str) -> str:
        """A token for this sign-in, with every change made to it."""
        self._moment("sign")
        second = int(time.time() + self.clock_ahead)
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "248289761001",
            "exp": second + 3600,
            "iat": second,
            "nonce": nonce,
            "email": "user-with-an-address@example.com",
            "email_verified": True,
            "name": "User with an address",
        }
        header = {"alg": self.alg, "typ": "JWT", "kid": self.signing_key.kid}
        payload = json.dumps(_changed(claims, self.on_claims)).encode()
        token = tokens.token(
            _changed(payload, self.on_payload),
            json.dumps(_changed(header, self.on_header)).encode(),
            alg=self.alg,
            key=self.signing_key,
            secret=self.mac_key,
        )
        self._given += [token, _changed(token, self.on_token)]
        return self._given[-1]


def _json(value: Any, status: int = 200) -> Said:
    return Said(status, value, content_type="application/json")


def _changed(value: Any, changes: list[Callable[[Any], Any]]) -> Any:
    for change in changes:
        value = change(value)
    return value


def _verifier(asked: Asked) -> str:
    given = asked.params.get("code_verifier", "")
    return given if given.isascii() else ""
