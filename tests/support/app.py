"""The wizard's Flask app in this process, with a visitor who has been let in."""

import sys
import threading
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket
from keyring.backends.fail import Keyring as NoKeyring

from tests.support.visitor import Page, Visitor
from wizard import answering, application, setups, steps
from wizard.application import create_app
from wizard.live import Runs
from wizard.practice import PracticeServer
from wizard.store import Store
from wizard.vault import Vault

PORT = 8765
BASE = f"http://localhost:{PORT}"
CALLBACK = f"{BASE}/callback"
REDIRECT_URI = "https://product.example/sso/callback"
SECRET = "q7w8-not-a-real-secret-9e0r"

# The addresses of an app are compiled, and Python 3.11's compiler counts its depth for all threads
# together: two apps made at once end with "AST constructor recursion depth mismatch".
_ONE_AT_A_TIME = threading.Lock()


class _CompiledOnce(FileSystemBytecodeCache):
    """The compiled templates of all apps of this process, by name and source as Jinja has them.

    They are kept beside this module's own bytecode for the next process, if that may be written.
    What Jinja is told to do with templates stands in the factory, so that is part of their names.
    """

    def __init__(self) -> None:
        folder = Path(__file__).with_name("__pycache__")
        factory = zlib.crc32(Path(application.__file__).read_bytes())
        super().__init__(str(folder), f"template-%s-{factory:08x}")
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))
        if bucket.code is None:
            super().load_bytecode(bucket)
            if bucket.code is not None:
                self._codes[bucket.key, bucket.checksum] = bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                super().dump_bytecode(bucket)


_COMPILED = _CompiledOnce()


# Where `walk_to` has led in this process. At these steps no provider has been asked yet.
_WALKED: set[tuple[str | tuple[str, str], ...]] = set()
_ASKS_NOBODY = ("before", "redirect-uri", "client-id", "client-secret", "metadata")


@dataclass
class App:
    """The app and who looks at it. `again()` is the same data after a restart."""

    app: Flask
    store: Store
    vault: Vault
    visitor: Visitor

    def setup(self, product: str = "syncro", provider: str = "oidc", name: str = "") -> Page:
        """A new setup; the page of its first step."""
        page = self.visitor.get("/setups/new")
        return self.visitor.submit(page, product=product, provider=provider, name=name)

    def walk_to(self, step: str, **values: str) -> Page:
        """From a new setup to `step`, answering with `values` or with plausible ones.

        The same way is walked once a process; after that what it leaves is saved, `saved_at`. A
        way on which the provider is asked is always walked.
        """
        way = (step, *sorted(values.items()))
        if way in _WALKED:
            return self.saved_at(step, **values)
        page = self.walk_by_its_pages_to(step, **values)
        if step in _ASKS_NOBODY:
            _WALKED.add(way)
        return page

    def walk_by_its_pages_to(self, step: str, **values: str) -> Page:
        """The same, walked in any case."""
        answers = {
            "redirect-uri": {"redirect_uri": REDIRECT_URI},
            "client-id": {"client_id": "client"},
            "client-secret": {"client_secret": SECRET},
            "metadata": {"metadata_url": ""},
        }
        page = self.setup(values.pop("product", "syncro"), values.pop("provider", "oidc"))
        for _ in range(8):
            here = page.path.rsplit("/", 1)[-1]
            if here == step:
                return page
            given = {name: values.get(name, v) for name, v in answers.get(here, {}).items()}
            page = self.visitor.submit(page, **given)
            assert not page.path.endswith(f"/{here}"), f"stuck at {here}: {page.words}"
        raise AssertionError(f"never came to {step}")

    def saved_before(self, step: str, **values: str) -> str:
        """The id of a setup in which all before `step` is answered as `walk_to` answers it, and
        nobody was asked about it. No page was shown: for tests that are not about those pages."""
        answers = {
            "redirect-uri": {"redirect_uri": REDIRECT_URI},
            "client-id": {"client_id": "client"},
            "client-secret": {"client_secret": SECRET},
        }
        product, provider = values.pop("product", "syncro"), values.pop("provider", "oidc")
        setup_id = self.store.create_setup(product, provider)
        self.store.set_ticks(setup_id, "before", {"ready": True})
        setup = setups.load(self.store, self.vault, setup_id, PORT)
        for each in steps.flow(setup):
            if each.slug == step:
                return setup_id
            given = {name: values.get(name, v) for name, v in answers.get(each.slug, {}).items()}
            if given:
                found = answering.consider(setup, each.slug, given)
                setup = answering.save(self.store, self.vault, setup, found.values)
        raise AssertionError(f"there is no {step}")

    def saved_at(self, step: str, **values: str) -> Page:
        """The page of `step` in such a setup."""
        page = self.visitor.get(f"/setups/{self.saved_before(step, **values)}/{step}")
        assert page.path.endswith(f"/{step}"), f"led to {page.path}: {page.words}"
        return page

    def start_sign_in(self, page: Page) -> tuple[Page, dict[str, str]]:
        """Press the button; the page that leads away, and the parameters it leads with."""
        leaving = self.visitor.submit(page, "go")
        refresh = leaving.root.one("meta", http_equiv="refresh").get("content")
        query = parse_qs(urlsplit(refresh.partition("url=")[2]).query)
        return leaving, {name: values[0] for name, values in query.items()}

    def come_back(self, **params: str) -> Page:
        """The provider sends the browser back with these parameters; the page that comes of it."""
        page = self.visitor.fetch(
            "GET", f"/callback?{urlencode(params)}", headers={"Sec-Fetch-Site": "cross-site"}
        )
        refresh = page.root.where(lambda e: e.get("http-equiv") == "refresh")
        if not refresh:
            return page
        return self.visitor.get(refresh[0].get("content").partition("url=")[2])


@contextmanager
def wizard(
    data_dir: Path,
    *,
    vault: Vault | None = None,
    practice: PracticeServer | None = None,
    runs: Runs | None = None,
) -> Iterator[App]:
    """The app on `data_dir`, without a keyring unless `vault` brings one."""
    with Store(data_dir) as store, ExitStack() as at_exit:
        vault = vault or Vault(data_dir, backend=NoKeyring())
        with _ONE_AT_A_TIME:
            app = create_app(
                port=PORT,
                data_dir=data_dir,
                launch_token="launch-token-of-the-test",
                secret_key=b"0" * 32,
                vault=vault,
                store=store,
                practice=practice,
                runs=runs,
            )
        app.jinja_env.bytecode_cache = _COMPILED
        at_exit.callback(app.extensions["latchkey"].close)
        visitor = Visitor.of_app(app, BASE, secrets=[SECRET])
        let_in = visitor.get("/launch?t=launch-token-of-the-test", follow=False)
        assert let_in.location == f"{BASE}/"
        yield App(app, store, vault, visitor)
