"""Serves an OpenID Provider out of a Python package on loopback: `python_op.py canaille|mock`.

Prints "ready <issuer>" and runs until it is ended. Clients register themselves (RFC 7591).
"""

import os
import secrets
import sys

from werkzeug.serving import make_server


def canaille(address: str):
    from canaille import create_app
    from joserfc.jwk import RSAKey

    key = RSAKey.generate_key(2048, parameters={"kid": "test"}).as_dict(private=True)
    return create_app(
        config={
            "SECRET_KEY": secrets.token_hex(16),
            # Without these it answers 500 to a wrong secret.
            "SERVER_NAME": address,
            "PREFERRED_URL_SCHEME": "http",
            "CANAILLE": {"DATABASE": "memory"},
            "CANAILLE_OIDC": {
                "DYNAMIC_CLIENT_REGISTRATION_OPEN": True,
                "ACTIVE_JWKS": [dict(key)],
            },
        }
    )


def mock(address: str):
    from oidc_provider_mock import app

    return app(require_client_registration=True)


def main() -> None:
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    make = {"canaille": canaille, "mock": mock}[sys.argv[1]]
    server = make_server("127.0.0.1", 0, None, threaded=True)
    address = f"127.0.0.1:{server.server_port}"
    server.app = make(address)
    print(f"ready http://{address}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
