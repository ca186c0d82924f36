"""What an AADSTS number says: of a client secret that was asked about, of a refused sign-in."""

from dataclasses import replace

from wizard.oidc.finding import Finding, Status, could_not_tell, failed, passed
from wizard.probes import dialect
from wizard.probes.canary import is_guid
from wizard.probes.registration import Registration
from wizard.probes.secret_run import SecretAnswer, SecretRun
from wizard.probes.token_reply import TokenReply

_ON_CLIENT = (
    ("client_id_unknown", dialect.UNKNOWN_CLIENT),
    ("app_disabled", dialect.DISABLED_CLIENT),
    ("app_without_service_principal", dialect.NO_SERVICE_PRINCIPAL),
    ("app_is_public_client", dialect.PUBLIC_CLIENT),
    ("app_for_other_accounts", dialect.OTHER_ACCOUNTS),
)
_ON_TENANT = (
    ("tenant_unknown", dialect.UNKNOWN_TENANT),
    ("tenant_malformed", dialect.MALFORMED_TENANT),
    ("tenant_specific_url_needed", dialect.TENANT_WANTED),
    ("tenant_in_other_cloud", dialect.OTHER_CLOUD),
)

_ON_URI = (
    ("redirect_uri_spa_platform", dialect.SPA_URI),
    ("redirect_uri_none_registered", dialect.NO_URI),
    ("redirect_uri_http_refused", dialect.HTTP_URI),
    ("redirect_uri_refused", dialect.UNKNOWN_URI),
)
_ON_RESPONSE = (
    ("id_tokens_not_enabled", dialect.ID_TOKENS_OFF),
    ("response_type_refused", dialect.RESPONSE_TYPE),
    ("response_mode_refused", dialect.RESPONSE_MODE),
)
# Which of a sign-in's refusals may be named anew: those that repeat what the provider said.
_TOLD = ("callback_", "token_answer_")


def name_refusal(finding: Finding, registration: Registration) -> Finding:
    """`finding` of a test sign-in with `registration`, by the AADSTS number it was refused with.

    OAuth's own error codes are few: invalid_request may be the platform of the redirect URI,
    invalid_client an expired secret. Where the number says which, the finding is the one that the
    checks before the sign-in give for it; anything else stays as it is. Evidence, time and the
    provider's words are kept.
    """
    if finding.status is not Status.FAIL or not finding.code.startswith(_TOLD):
        return finding
    numbers = set(dialect.numbers_in(finding.actual))
    uris = [uri for _, uri in registration.redirect_uris]
    if dialect.CODE_REFUSED & numbers:
        return finding  # an older text names credentials and code at once: it was the code
    for table, about in (
        (_ON_CLIENT, registration.client_id),
        (_ON_TENANT, finding.about),
        (_ON_URI, next(iter(uris), finding.about)),
        (_ON_RESPONSE, registration.response_type),
        ((("scope_refused", dialect.SCOPE),), registration.scopes),
        (_on_secret(registration), finding.about),
    ):
        for code, group in table:
            if group & numbers:
                return replace(finding, code=code, about=about)
    bare = finding.code == "token_answer_invalid_client" and not numbers
    if bare and not registration.client_secret:
        # Nothing but the client ID was sent to prove who asks. RFC 6749, 5.2.
        return replace(finding, code="client_secret_wanted", about=registration.client_id)
    return finding


def _on_secret(registration: Registration) -> tuple[tuple[str, frozenset[int]], ...]:
    secret = registration.client_secret
    if not secret:
        return (("client_secret_wanted", dialect.SECRET_WANTED),)
    wrong = "client_secret_refused_secret_id" if is_guid(secret) else "client_secret_refused"
    return ((wrong, dialect.WRONG_SECRET), ("client_secret_expired", dialect.EXPIRED_SECRET))


def by_number(
    run: SecretRun, right: TokenReply, wrong: TokenReply, method: str
) -> SecretAnswer | None:
    """The verdict that the number in `right` names, or None when it names none.

    `right` is the answer to the admin's secret, `wrong` to a made-up one, both by `method`. A
    verdict on the secret needs the made-up one to be refused for itself; one on the application
    or the tenant needs the very same answer to it.
    """
    numbers = set(right.numbers)
    if right.unavailable or wrong.unavailable or not numbers:
        return None
    facts = run.facts(actual=right.said)
    on_other = _not_the_secret(run, numbers, right.said)
    if on_other:
        if not numbers & set(wrong.numbers):
            return None
        return run.done(on_other, could_not_tell("client_secret_could_not_tell", **facts))
    if not _refused_for_itself(wrong):
        return None
    if dialect.WRONG_SECRET & numbers and is_guid(run.real):
        return run.done(failed("client_secret_refused_secret_id", **facts))
    if dialect.WRONG_SECRET & numbers:
        return run.done(failed("client_secret_refused", **facts))
    if dialect.EXPIRED_SECRET & numbers:
        return run.done(failed("client_secret_expired", **facts))
    if dialect.BLOCKED_BY_POLICY & numbers:
        return run.done(passed("client_secret_accepted_policy_blocks", **facts), method=method)
    if dialect.SCOPE & numbers:
        # Our own question was wrong; the scope is looked at after the secret.
        return run.done(passed("client_secret_accepted", **facts), method=method)
    return None


def _not_the_secret(run: SecretRun, numbers: set[int], said: str) -> Finding | None:
    """What the numbers say of the application, its platform or the tenant."""
    facts = run.facts(actual=said)
    for code, group in _ON_CLIENT:
        if group & numbers:
            return failed(code, **{**facts, "about": run.registration.client_id})
    for code, group in _ON_TENANT:
        if group & numbers:
            return failed(code, **facts)
    uris = run.registration.redirect_uris
    if dialect.SPA_URI & numbers and uris:
        return failed("redirect_uri_spa_platform", **{**facts, "about": uris[0][1]})
    return None


def _refused_for_itself(wrong: TokenReply) -> bool:
    about_secret = dialect.WRONG_SECRET | dialect.EXPIRED_SECRET
    return bool(about_secret.intersection(wrong.numbers)) or (wrong.refused and not wrong.numbers)
