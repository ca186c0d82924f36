"""Debian's Apache with mod_auth_openidc: a certified relying party that we did not write."""

import secrets
import shutil
import tempfile
from pathlib import Path

from tests.support.processes import Process, free_port_pair
from tests.support.tools import need

REASON = "the proof needs Debian's libapache2-mod-auth-openidc (apt-get, as root)"
_MODULES = Path("/usr/lib/apache2/modules")
_LOADED = ("mpm_event", "authn_core", "authz_core", "authz_user", "dir", "include", "auth_openidc")
# What the product shows to whoever is signed in: who that is, by which claim.
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>The product</title><link rel="icon" href="data:,"></head>
<body><h1>Signed in</h1>
<p id="subject"><!--#echo var="OIDC_CLAIM_sub" --></p>
<p id="email"><!--#echo var="OIDC_CLAIM_email" --></p>
</body></html>
"""


class Apache:
    """A product at `url`, which needs a sign-in; `redirect_uri` is its own.

    `start` takes the directives of mod_auth_openidc that an administrator would set. It is ended
    with the `with` it runs in.
    """

    def __init__(self):
        self.port = free_port_pair()
        self.base = f"http://localhost:{self.port}"
        self.url = f"{self.base}/index.shtml"
        self.redirect_uri = f"{self.base}/oidc/callback"
        self._process: Process | None = None

    def __enter__(self) -> "Apache":
        self._apache = need("apache2", REASON)
        need("mod_auth_openidc", REASON)
        # Apache's children are another account, which must be let into the folder.
        self._folder = Path(tempfile.mkdtemp(prefix="latchkey-apache-"))
        self._folder.chmod(0o755)
        site = self._folder / "site"
        site.mkdir()
        (site / "index.shtml").write_text(_PAGE)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def start(self, directives: dict[str, str]) -> None:
        """Run with these directives, instead of those before."""
        self.stop()
        configuration = self._folder / "apache.conf"
        configuration.write_text(self._configuration(directives))
        self._process = Process(
            [self._apache, "-DFOREGROUND", "-f", str(configuration)],
            log=self._folder / "stderr.log",
        )
        self._process.wait_for_line("AH00489: ")  # "resuming normal operations"

    def stop(self) -> None:
        if self._process and self._process.running:
            self._process.stop()
        self._process = None

    def _configuration(self, directives: dict[str, str]) -> str:
        site = self._folder / "site"
        lines = [
            f'ServerRoot "{self._folder}"',
            f"ServerName localhost:{self.port}",
            f"Listen 127.0.0.1:{self.port}",
            f"Listen [::1]:{self.port}",
            "PidFile apache.pid",
            f'DefaultRuntimeDir "{self._folder}"',
            "ErrorLog /dev/stdout",
            'ErrorLogFormat "%M"',
            "LogLevel notice",
            *(f"LoadModule {name}_module {_MODULES}/mod_{name}.so" for name in _LOADED),
            "User www-data",
            "Group www-data",
            f'DocumentRoot "{site}"',
            *(f"{name} {_quoted(value)}" for name, value in directives.items()),
            f"OIDCCryptoPassphrase {secrets.token_hex(16)}",
            f"OIDCRedirectURI {self.redirect_uri}",
            "<Location />",
            "  AuthType openid-connect",
            "  Require valid-user",
            "  Options +Includes",
            "  SetOutputFilter INCLUDES",
            "</Location>",
        ]
        return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
