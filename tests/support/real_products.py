"""Products that we did not write, started with what was handed over to them and nothing else.

Each is set up as its administrator would have it (where it listens, where its data is); all that
concerns the sign-in comes as the text to paste and the secret.
"""

import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path

from tests.support.processes import Process, free_port_pair
from tests.support.tools import need

JUPYTERHUB_REASON = "the proof needs JupyterHub and its proxy (make test-products installs them)"
PGADMIN_REASON = "the proof needs pgAdmin 4 (make test-products installs it)"


class RealProduct(ABC):
    """A product at `base`, running between `start` and the end of the `with` it is in."""

    def __init__(self) -> None:
        self.port = free_port_pair()
        self.base = f"http://localhost:{self.port}"
        self._process: Process | None = None

    def __enter__(self) -> "RealProduct":
        self._need()
        self._folder = Path(tempfile.mkdtemp(prefix="latchkey-product-"))
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self, settings: str, environment: Mapping[str, str]) -> None:
        """Run with `settings` pasted into its file and `environment` put into its own."""
        self.stop()
        inherited = {"PATH": os.environ["PATH"], "HOME": str(self._folder), "LANG": "C.UTF-8"}
        self._process = Process(
            # Both speak on standard error, which is not waited for.
            ["/bin/sh", "-c", 'exec "$@" 2>&1', "sh", *self._command(settings)],
            log=self._folder / "errors.log",
            env={**inherited, **self._own_environment(), **environment},
            cwd=self._folder,
        )
        self._process.wait_for_line(self._ready, timeout=120)

    def stop(self) -> None:
        if self._process and self._process.running:
            self._process.stop()
        self._process = None

    @property
    def lines(self) -> list[str]:
        """What it printed while it started."""
        return self._process.lines if self._process else []

    _ready = ""

    @abstractmethod
    def _need(self) -> None:
        """Skip, with the reason, where it is not installed."""

    @abstractmethod
    def _command(self, settings: str) -> list[str]:
        """What starts it."""

    def _own_environment(self) -> dict[str, str]:
        return {}


class JupyterHub(RealProduct):
    """JupyterHub with oauthenticator; nobody's notebook is started."""

    _ready = "JupyterHub is now running at"

    def _need(self) -> None:
        self._python = need("jupyterhub", JUPYTERHUB_REASON)
        self._proxy = need("configurable-http-proxy", JUPYTERHUB_REASON)
        self._node = need("node", JUPYTERHUB_REASON)

    def _command(self, settings: str) -> list[str]:
        hub, api = self.port + 1, free_port_pair()
        mine = [
            f'c.JupyterHub.bind_url = "http://127.0.0.1:{self.port}"',
            f"c.JupyterHub.hub_port = {hub}",
            f'c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"',
            f"c.ConfigurableHTTPProxy.command = {[self._node, self._proxy]!r}",
            'c.JupyterHub.spawner_class = "simple"',
            'c.JupyterHub.default_url = "/hub/home"',
            'c.Application.log_format = "%(message)s"',
        ]
        file = self._folder / "jupyterhub_config.py"
        file.write_text("\n".join(mine) + "\n\n" + settings)
        return [self._python, "-m", "jupyterhub", "-f", str(file)]


class PgAdmin(RealProduct):
    """pgAdmin 4 in server mode, on a database of its own users."""

    email = "administrator@example.org"
    password = "break-glass-of-the-test"
    _ready = "Werkzeug appears to be used"  # its server listens by then

    def _need(self) -> None:
        self._python = need("pgadmin", PGADMIN_REASON)

    def _own_environment(self) -> dict[str, str]:
        return {
            "PYTHONPATH": str(self._folder),
            "PGADMIN_SETUP_EMAIL": self.email,
            "PGADMIN_SETUP_PASSWORD": self.password,
        }

    def _command(self, settings: str) -> list[str]:
        mine = [
            "SERVER_MODE = True",
            'DEFAULT_SERVER = "127.0.0.1"',
            f"DEFAULT_SERVER_PORT = {self.port}",
            f"DATA_DIR = {str(self._folder)!r}",
            f"LOG_FILE = {str(self._folder / 'pgadmin4.log')!r}",
            f"SQLITE_PATH = {str(self._folder / 'pgadmin4.db')!r}",
            f"SESSION_DB_PATH = {str(self._folder / 'sessions')!r}",
            f"STORAGE_DIR = {str(self._folder / 'storage')!r}",
            "UPGRADE_CHECK_ENABLED = False",
            "SHOW_GRAVATAR_IMAGE = False",
            'CONSOLE_LOG_FORMAT = "%(message)s"',
            "MASTER_PASSWORD_REQUIRED = False",
        ]
        (self._folder / "config_local.py").write_text("\n".join(mine) + "\n\n" + settings)
        folder = Path(self._python).parents[1]
        [application] = folder.glob("lib/python*/site-packages/pgadmin4")
        return [self._python, "-u", str(application / "pgAdmin4.py")]
