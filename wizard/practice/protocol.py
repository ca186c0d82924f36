"""The provider's endpoints: discovery, keys, authorize and its sign-in page, token.

OpenID Connect Discovery 4, OpenID Connect Core 3.1 and 3.2, RFC 6749 3; addresses like Entra's.
"""

import re
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Flask, Response, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import MultiDict

from wizard.practice.delivery import WayBack
from wizard.practice.dialect import REFUSALS, Incident, Refusal
from wizard.practice.grants import EntraLikeServer, authorization_server, refusal_as_json
from wizard.practice.guard import LEAVING_POLICY
from wizard.practice.provider import PracticeProvider, asked_tenant, enter, practice
from wizard.practice.records import Application
from wizard.practice.request_rules import RefusedRequest, judge, judge_user
from wizard.practice.users import USERS, PracticeUser

_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def add_protocol(app: Flask, provider: PracticeProvider, csrf: CSRFProtect) -> None:
    """Register the endpoints on `app`."""
    server = authorization_server(app, provider)
    pages = Blueprint("protocol", __name__)

    @pages.get("/<tenant>/v2.0/.well-known/openid-configuration")
    @_of_a_tenant(lambda tenant: _refused_as_json(tenant, "invalid_tenant"))
    def discovery():
        return jsonify(asked_tenant().metadata())

    @pages.get("/<tenant>/discovery/v2.0/keys")
    @_of_a_tenant(lambda tenant: _refused_as_json(tenant, "invalid_tenant"))
    def keys():
        return jsonify(provider.keys(asked_tenant()))

    @pages.route("/<tenant>/oauth2/v2.0/authorize", methods=["GET", "POST"])
    @csrf.exempt  # both methods must work from anywhere (Core 3.1.2.1); nothing is granted here
    @_of_a_tenant(lambda tenant: error_page(_tenant_refusal(tenant)))
    def authorize():
        return _judged(server, provider, request.values, _sign_in_page)

    @pages.post("/<tenant>/login")
    @_of_a_tenant(lambda tenant: error_page(_tenant_refusal(tenant)))
    def login():
        """The sign-in page's answer. The request itself comes along in the query."""

        def signed_in(application: Application, way: WayBack, grant):
            if "decline" in request.form:
                return _sent_back(way, Refusal(65004))
            user = USERS.get(request.form.get("user", ""))
            if user is None:
                return _sign_in_page(application, way, grant)
            judge_user(asked_tenant(), application, user)
            return _granted(server, grant, way, user)

        return _judged(server, provider, request.args, signed_in)

    @pages.route("/<tenant>/oauth2/v2.0/token", methods=["GET", "POST"])
    @csrf.exempt  # asked by programs, which authenticate with their secret
    @_of_a_tenant(lambda tenant: refusal_as_json(_tenant_refusal(tenant)))
    def token():
        if request.method != "POST":
            return refusal_as_json(Refusal(900561, value=request.method))
        return server.create_token_response()

    @pages.get("/error")
    def error():
        """What `error_uri` points to: the number explained again, without its details."""
        number = request.args.get("code", type=int)
        if number not in REFUSALS:
            return render_template("practice/unknown.html"), 404
        return render_template("practice/error_number.html", number=number, about=REFUSALS[number])

    app.register_blueprint(pages)


def error_page(refusal: Refusal) -> Response:
    """Our own page: where the browser must not be sent on to the application."""
    page = render_template("practice/error.html", incident=Incident(refusal))
    return make_response(page, refusal.status_code)


def _of_a_tenant(refuse: Callable[[str], Response]) -> Callable:
    """Refuse, in the endpoint's own form, an address that names no tenant of ours."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def checked(tenant: str):
            known = practice().tenant(tenant)
            if known is None:
                return refuse(tenant)
            enter(known)
            return view()

        return checked

    return decorate


def _tenant_refusal(tenant: str, error: str | None = None) -> Refusal:
    try:
        UUID(tenant)
    except ValueError:
        if not _DOMAIN.fullmatch(tenant):
            return Refusal(900023, tenant=tenant, error=error)
    return Refusal(90002, tenant=tenant, error=error)


def _refused_as_json(tenant: str, error: str) -> Response:
    return refusal_as_json(_tenant_refusal(tenant, error))


def _judged(
    server: EntraLikeServer, provider: PracticeProvider, sent: MultiDict, go_on: Callable
) -> Response:
    """Judge the request in Entra's order, then let Authlib judge it, then `go_on`."""
    try:
        application, way = judge(provider, asked_tenant(), sent)
        grant = server.get_consent_grant(end_user=None)
        grant.way = way
        return go_on(application, way, grant)
    except RefusedRequest as refused:
        if refused.way is None:
            return error_page(refused.refusal)
        return _sent_back(refused.way, refused.refusal)
    except OAuth2Error as error:
        return error_page(Refusal(90013, value=error.get_error_description()))


def _sign_in_page(application: Application, way: WayBack, grant) -> Response:
    """Who asks, and a button a user. The whole request travels in the form's address, so that
    nothing is kept for a sign-in that is never finished."""
    names = (name for name in request.values if name not in ("user", "csrf_token"))
    asked = urlencode([(name, request.values[name]) for name in names])
    page = render_template(
        "practice/sign_in.html",
        application=application,
        host=urlsplit(way.redirect_uri).netloc,
        users=USERS.values(),
        action=f"/{asked_tenant().id}/login?{asked}",
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = LEAVING_POLICY
    return response


def _granted(server: EntraLikeServer, grant, way: WayBack, user: PracticeUser) -> Response:
    return server.create_authorization_response(grant_user=user, grant=grant)


def _sent_back(way: WayBack, refusal: Refusal) -> Response:
    incident = Incident(refusal)
    status, body, headers = way.answer(incident.params(practice().error_uri(refusal.number)))
    return Response(body, status=status, headers=headers)
