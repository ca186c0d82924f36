"""Ways to make the provider do one thing otherwise. Each gives a change to be put into a row.

In `claims`, `header`, `document`, `token_answer` and `answer` a value is put in the place of the
right one, ... takes the member out, and a function is given the right value.
"""

import json
from collections.abc import Callable
from typing import Any

from tests.faulty_op.fault import Change
from tests.faulty_op.provider import FaultyProvider
from tests.oidc import tokens
from tests.support.odd_provider import Asked, Said
from wizard.oidc import base64url


def both(*changes: Change) -> Change:
    """Several changes that together are one fault."""

    def change(op: FaultyProvider) -> None:
        for each in changes:
            each(op)

    return change


def nothing(op: FaultyProvider) -> None:
    """Everything right."""


def claims(**members: Any) -> Change:
    """Claims of the ID token. A function may take the provider as a second argument."""
    return lambda op: op.on_claims.append(_members(members))


def header(**members: Any) -> Change:
    """Members of the ID token's header."""
    return lambda op: op.on_header.append(_members(members))


def document(**members: Any) -> Change:
    """Members of the metadata document."""
    return lambda op: op.on_document.append(_members(members))


def token_answer(**members: Any) -> Change:
    """Members of the token endpoint's answer."""
    return lambda op: op.on_token_answer.append(_members(members))


def answer(**members: Any) -> Change:
    """Parameters of the answer to the browser; a list of values comes as often as it is long."""

    def pairs(given: list[tuple[str, str]]) -> list[tuple[str, str]]:
        found = _members(members)(dict(given))
        several = {n: v if isinstance(v, list) else [v] for n, v in found.items()}
        return [(name, value) for name, values in several.items() for value in values]

    return lambda op: op.on_answer.append(pairs)


def error_answer(error: str, description: str = "", **more: Any) -> Change:
    """An error in the place of code or ID token. RFC 6749, 4.1.2.1."""
    told = {"error_description": description} if description else {}
    return answer(code=..., id_token=..., error=error, **told, **more)


def issuer_in_answer(value: Callable[[str], Any]) -> Change:
    """The parameter iss of RFC 9207, announced in the document; ... leaves it out."""

    def change(op: FaultyProvider) -> None:
        document(authorization_response_iss_parameter_supported=True)(op)
        answer(iss=value(op.issuer))(op)

    return change


def says(path: str, status: int = 200, body: Any = "", kind: str | None = None, **headers: str):
    """A whole answer of `path`; `body` is written as JSON unless it is text or bytes."""
    kind = kind or ("text/html" if isinstance(body, str) else "application/json")
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def change(op: FaultyProvider) -> None:
        said = Said(status, body, named, kind)
        if path == "/token":
            op.token_says = said  # after the request has been checked
        else:
            op.said[path] = said

    return change


def repeats_what_it_was_sent(op: FaultyProvider) -> None:
    """The token endpoint's error holds code, verifier, secret and Authorization header."""

    def answering(asked: Asked) -> Said:
        op.right_token(asked)
        sent = [*asked.params.values(), asked.secret or "", asked.headers.get("Authorization", "")]
        body = {"error": "invalid_grant", "error_description": f"refused: {' '.join(sent)}"}
        return Said(400, body, content_type="application/json")

    op.answers["/token"] = answering


def entra_says(number: int, error: str, status: int, text: str) -> Change:
    """An error of the token endpoint as Entra writes it."""
    body = {
        "error": error,
        "error_description": f"AADSTS{number}: {text} Trace ID: 0f1e Correlation ID: 2d3c",
        "error_codes": [number],
        "error_uri": f"https://login.microsoftonline.com/error?code={number}",
    }
    return says("/token", status, body)


def keys(*published: Any, sign_with: Callable[[], tokens.SigningKey] | None = None) -> Change:
    """The key set. A function is called for its key; a dict stands as it is."""

    def change(op: FaultyProvider) -> None:
        made = [key() if callable(key) else key for key in published]
        op.publish(*made, sign_with=sign_with() if sign_with else None)

    return change


def key(**members: Any) -> Change:
    """Members of the one key published."""

    def one(found: dict[str, Any]) -> dict[str, Any]:
        return {"keys": [_members(members)(jwk) for jwk in found["keys"]]}

    return lambda op: op.on_key_set.append(one)


def later(moment: str, change: Change) -> Change:
    """`change` happens just before a path is answered for the next time, or before "sign"."""
    return lambda op: op.when.update({moment: lambda: change(op)})


def signed(
    alg: str,
    make_key: Callable[[], tokens.SigningKey] | None = None,
    mac_key: Callable[[FaultyProvider], str | bytes] | None = None,
) -> Change:
    """The ID token's algorithm, the key it is signed with, or the key of its MAC."""

    def change(op: FaultyProvider) -> None:
        op.alg = alg
        if make_key:
            op.signing_key = make_key()
        if mac_key:
            op.mac_key = mac_key(op)

    return change


def token(change: Callable[[str], str]) -> Change:
    """The signed token, changed afterwards."""
    return lambda op: op.on_token.append(change)


def payload(change: Callable[[bytes], bytes]) -> Change:
    """The octets of the claims, before they are signed."""
    return lambda op: op.on_payload.append(change)


def part(number: int, change: Callable[[bytes], bytes]) -> Callable[[str], str]:
    """A change of one part's octets, for `token`."""

    def changed(text: str) -> str:
        parts = text.split(".")
        parts[number] = base64url.encode(change(base64url.decode(parts[number])))
        return ".".join(parts)

    return changed


def unsigned(text: str) -> str:
    """alg none: the same claims, and no signature."""
    claims_part = text.split(".")[1]
    return f"{base64url.encode(json.dumps({'alg': 'none'}).encode())}.{claims_part}."


def _members(changes: dict[str, Any]) -> Callable[[dict], dict]:
    def changed(right: dict[str, Any]) -> dict[str, Any]:
        found = dict(right)
        for name, value in changes.items():
            found[name] = value(right.get(name)) if callable(value) else value
        return {name: value for name, value in found.items() if value is not ...}

    return changed
