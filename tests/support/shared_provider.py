"""The one npm oidc-provider that the tests of a process ask, and the clients it has.

To start it takes a second, and nothing a test does changes it: its clients are fixed,
and a sign-in lives in the cookies of who signs in. What it was asked is compared with what it had
been asked before.
"""

from tests.support.app import CALLBACK, REDIRECT_URI, SECRET
from tests.support.oidc_provider import client

SPACED = "a secret of some length ~ with + and /"
CANARY = "canary-Zk3~Secret.of+the/check"
NO_PKCE = "of-a-product-without-pkce"
OPENID_URI = "https://product.example/openid/callback"
ZAMMAD = "https://help.example.com"
ZAMMAD_URI = f"{ZAMMAD}/auth/openid_connect/callback"
PORTAINER = "https://portainer.example.com:9443"

CLIENTS = [
    # A product whose every answer is right, and the same where Latchkey is not registered.
    client("client", REDIRECT_URI, CALLBACK, client_secret=SECRET),
    client("product-alone", REDIRECT_URI, client_secret=SECRET),
    # By code and by ID token, with a secret that has to be encoded.
    client("code-client", OPENID_URI, CALLBACK, client_secret=SPACED),
    client("token-client", OPENID_URI, CALLBACK, response_types=["id_token"]),
    # The same where Latchkey is not registered, for the command line.
    client("product", REDIRECT_URI, client_secret=CANARY),
    client("token-product", REDIRECT_URI, response_types=["id_token"]),
    # Public, the reverse of it, and a product without PKCE.
    client("public", ZAMMAD_URI, CALLBACK),
    client("confidential", ZAMMAD_URI, CALLBACK, client_secret="the product has none"),
    client("no-pkce", PORTAINER, CALLBACK, client_secret=NO_PKCE),
]
