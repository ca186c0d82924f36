"""Authlib's authorization server, set up to grant and refuse as Entra does."""

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import (
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    ClientMixin,
    InvalidClientError,
    InvalidGrantError,
    InvalidRequestError,
)
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, OpenIDImplicitGrant
from flask import Flask, Response, jsonify, request

from wizard.practice.codes import CodeRefused, Granted
from wizard.practice.delivery import WayBack
from wizard.practice.dialect import Incident, Refusal
from wizard.practice.id_token import EntraIdToken
from wizard.practice.provider import PracticeProvider, asked_tenant, practice
from wizard.practice.records import Application
from wizard.practice.redirect_uris import matching
from wizard.practice.tenants import CHALLENGE_METHOD
from wizard.practice.users import USERS, PracticeUser

AUTH_METHODS = ["client_secret_post", "client_secret_basic"]
TOKEN_LIFETIME_SECONDS = 3600


class PracticeClient(ClientMixin):
    """An application as Authlib asks about it."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def get_client_id(self) -> str:
        return self.application.client_id

    def get_default_redirect_uri(self) -> str | None:
        return next(iter(self.application.redirect_uris), None)

    def get_allowed_scope(self, scope: str | None) -> str:
        return scope or ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return matching(self.application.redirect_uris, redirect_uri)

    def check_client_secret(self, client_secret: str) -> bool:
        return practice().store.judge_secret(self.get_client_id(), client_secret) == "right"

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in AUTH_METHODS

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" or (
            response_type == "id_token" and self.application.id_tokens
        )

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in ("authorization_code", "client_credentials")


class EntraLikeServer(AuthorizationServer):
    """Authlib decides; what it refuses at the token endpoint is told in Entra's words."""

    def authenticate_client(self, request, methods, endpoint="token"):
        try:
            client = super().authenticate_client(request, methods, endpoint)
        except (InvalidClientError, ValueError):  # ValueError: a Basic header that is not base64
            raise _why_refused(request) from None
        if not client.application.enabled:
            raise _disabled(client.application)
        return client

    def get_token_grant(self, request):
        grant_type = request.payload.grant_type
        if not grant_type:
            raise Refusal(900144, value="grant_type")
        if grant_type not in ("authorization_code", "client_credentials"):
            raise Refusal(70003, value=grant_type)
        return super().get_token_grant(request)

    def create_token_response(self, request=None):
        try:
            return super().create_token_response(request)
        except OAuth2Error as error:  # raised where Authlib looks for UnsupportedGrantTypeError
            return self.handle_error_response(None, error)

    def handle_error_response(self, request, error):
        """JSON in Entra's shape. RFC 6749 5.2."""
        refusal = error if isinstance(error, Refusal) else _translated(error)
        return refusal_as_json(refusal)


def refusal_as_json(refusal: Refusal) -> Response:
    """The answer of the token endpoint and of discovery. RFC 6749 5.2."""
    response = jsonify(Incident(refusal).body(practice().error_uri(refusal.number)))
    response.status_code = refusal.status_code
    if refusal.status_code == 401 and "Authorization" in request.headers:
        response.headers["WWW-Authenticate"] = 'Basic realm="practice"'
    return response


def _translated(error: OAuth2Error) -> Refusal:
    number = 70000 if error.error == "invalid_grant" else 90013
    return Refusal(number, value=error.get_error_description())


def _why_refused(request) -> Refusal:
    """Why this client's credentials do not do, in the order in which Entra looks."""
    try:
        client_id, secret = extract_basic_authorization(request.headers)
    except ValueError:
        client_id, secret = None, None
    client_id = client_id or request.form.get("client_id")
    secret = secret or request.form.get("client_secret")
    if not client_id:
        return Refusal(900144, value="client_id")
    provider, tenant = practice(), asked_tenant()
    application = provider.application(tenant, client_id)
    if application is None:
        return Refusal(700016, client_id=client_id, tenant=tenant.id)
    if not application.enabled:
        return _disabled(application)
    if not secret:
        return Refusal(7000218)
    state = provider.store.judge_secret(client_id.lower(), secret)
    return Refusal(7000222 if state == "expired" else 7000215, client_id=client_id)


def _disabled(application: Application) -> Refusal:
    return Refusal(7000112, client_id=application.client_id, name=application.name)


class PracticeOpenIDCode(EntraIdToken, OpenIDCode):
    """The ID token of the code flow."""


class PracticeCodeGrant(AuthorizationCodeGrant):
    """Authorization code. RFC 6749 4.1, OpenID Connect Core 3.1."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    way: WayBack

    def create_authorization_response(self, redirect_uri, grant_user):
        self.request.user = grant_user
        code = self.generate_authorization_code()
        self.save_authorization_code(code, self.request)
        return self.way.answer([("code", code)])

    def save_authorization_code(self, code, request) -> None:
        sent = request.payload.data
        granted = Granted(
            client_id=request.client.get_client_id(),
            redirect_uri=request.payload.redirect_uri,
            scope=request.scope,
            nonce=sent.get("nonce"),
            code_challenge=sent.get("code_challenge"),
            code_challenge_method=sent.get("code_challenge_method"),
            user=request.user.slug,
            single_page=request.client.application.is_single_page(self.way.redirect_uri),
        )
        practice().codes.give(code, granted)

    def query_authorization_code(self, code: str, client: PracticeClient) -> Granted:
        try:
            granted = practice().codes.redeem(code, client.get_client_id())
        except CodeRefused as refused:
            raise Refusal(refused.number) from None
        if granted.redirect_uri and self.request.payload.redirect_uri != granted.redirect_uri:
            raise Refusal(500112)
        if granted.single_page:
            # There is no single-page application here that could redeem it from a browser.
            raise Refusal(9002327 if granted.code_challenge else 9002325)
        return granted

    def validate_token_request(self):
        if not self.request.form.get("code"):
            self.authenticate_token_endpoint_client()
            raise Refusal(900144, value="code")
        return super().validate_token_request()

    def authenticate_user(self, authorization_code: Granted) -> PracticeUser | None:
        return USERS.get(authorization_code.user)

    def delete_authorization_code(self, authorization_code: Granted) -> None:
        """Redeeming it has used it up already, in one step with looking it up."""


class PracticeCodeChallenge(CodeChallenge):
    """PKCE with S256 only. RFC 7636."""

    DEFAULT_CODE_CHALLENGE_METHOD = CHALLENGE_METHOD
    SUPPORTED_CODE_CHALLENGE_METHOD = [CHALLENGE_METHOD]  # noqa: RUF012 - Authlib's own name

    def validate_code_verifier(self, grant, result) -> None:
        try:
            super().validate_code_verifier(grant, result)
        except (InvalidGrantError, InvalidRequestError):
            raise Refusal(501481) from None


class PracticeImplicitGrant(EntraIdToken, OpenIDImplicitGrant):
    """ID token from the authorization endpoint. OpenID Connect Core 3.2."""

    RESPONSE_TYPES = {"id_token"}  # noqa: RUF012 - Authlib's own name
    way: WayBack

    def authenticate_token_endpoint_client(self) -> PracticeClient | None:
        """Nobody authenticates at the authorization endpoint, but Authlib would take only a
        client without a secret here. The request's rules have found this one already."""
        return self.server.query_client(self.request.payload.client_id)

    def create_authorization_response(self, redirect_uri, grant_user):
        granted = dict(self.create_granted_params(grant_user))
        return self.way.answer([("id_token", granted["id_token"])])


class PracticeClientCredentials(ClientCredentialsGrant):
    """An application by itself. RFC 6749 4.4; Entra wants `<resource>/.default` as scope."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    def validate_requested_scope(self) -> None:
        scope = self.request.payload.scope
        if not scope:
            raise Refusal(900144, value="scope")
        if not scope.endswith("/.default"):
            raise Refusal(1002012, value=scope)


def authorization_server(app: Flask, provider: PracticeProvider) -> EntraLikeServer:
    def query_client(client_id: str) -> PracticeClient | None:
        application = provider.application(asked_tenant(), client_id)
        return PracticeClient(application) if application else None

    app.config["OAUTH2_TOKEN_EXPIRES_IN"] = dict.fromkeys(
        ("authorization_code", "implicit", "client_credentials"), TOKEN_LIFETIME_SECONDS
    )
    # No token is kept: there is nothing here that an access token would open.
    server = EntraLikeServer(app, query_client, save_token=lambda token, request: None)
    server.register_grant(
        PracticeCodeGrant, [PracticeOpenIDCode(), PracticeCodeChallenge(required=False)]
    )
    server.register_grant(PracticeImplicitGrant)
    server.register_grant(PracticeClientCredentials)
    return server
