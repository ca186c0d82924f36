"""The keyring library, asked with patience but not for ever, and the list of what is in it."""

import contextlib
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.private_file import replace_private

if TYPE_CHECKING:
    import queue

    from keyring.backend import KeyringBackend

_KNOWN_AS = {
    "keyring.backends.Windows": "Windows Credential Manager",
    "keyring.backends.macOS": "the macOS Keychain",
    "keyring.backends.SecretService": "the desktop's keyring (Secret Service)",
    "keyring.backends.libsecret": "the desktop's keyring (Secret Service)",
    "keyring.backends.kwallet": "KDE Wallet",
}

_NO_KEYRING = "This computer offers no keyring that Latchkey can use."


class KeyringFailed(Exception):
    """The keyring did not do what was asked. `sentence` never holds its words, nor a secret."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class PatientKeyring:
    """One service of a keyring, used from one thread of its own.

    Backends are not made for several threads, and one that waits for a person may never answer:
    after `patience` seconds the caller goes on, and the keyring counts as unusable from then on.
    """

    def __init__(self, service: str, backend: "KeyringBackend | None", patience: float) -> None:
        self._service = service
        self._given = backend
        self._patience = patience
        self._backend: KeyringBackend | None = None
        self._looked = False
        self._questions: queue.SimpleQueue[_Question]
        self._worker: threading.Thread | None = None
        self.why_not = ""

    def __repr__(self) -> str:
        return f"<PatientKeyring {self._service}>"

    @property
    def usable(self) -> bool:
        """Whether there is a keyring that answers. Looks for one the first time."""
        if not self._looked:
            self._looked = True
            try:
                self._backend = self._ask(lambda: _find(self._given))
                self.why_not = "" if self._backend is not None else _NO_KEYRING
            except KeyringFailed as failure:
                self.why_not = failure.sentence
        return self._backend is not None

    @property
    def name(self) -> str:
        """What people call it; "" when there is none."""
        return _name(self._backend) if self.usable and self._backend is not None else ""

    def get(self, user: str) -> str | None:
        """The value, None when there is none. Raises KeyringFailed, as the others do."""
        backend = self._must()
        return self._ask(lambda: backend.get_password(self._service, user))

    def put(self, user: str, value: str) -> None:
        """Keep the value. One that gets in after patience ran out is taken out again."""
        backend = self._must()
        self._ask(
            lambda: backend.set_password(self._service, user, value),
            undo=lambda: backend.delete_password(self._service, user),
        )

    def delete(self, user: str) -> None:
        """Take the value out; nothing happens when there is none."""
        backend = self._must()

        def when_there() -> None:
            if backend.get_password(self._service, user) is not None:
                backend.delete_password(self._service, user)

        self._ask(when_there)

    def _must(self) -> "KeyringBackend":
        if not self.usable or self._backend is None:
            raise KeyringFailed(self.why_not)
        return self._backend

    def _ask(self, job: Callable[[], Any], undo: Callable[[], Any] | None = None) -> Any:
        if self._worker is None:
            import queue  # late: a start asks the keyring nothing

            self._questions = queue.SimpleQueue()
            # A daemon: a keyring that never answers must not keep the process from ending.
            self._worker = threading.Thread(target=self._work, name="keyring", daemon=True)
            self._worker.start()
        question = _Question(job, undo)
        self._questions.put(question)
        if not question.wait(self._patience):
            self._backend = None
            self.why_not = f"The keyring did not answer within {self._patience:.0f} seconds."
            raise KeyringFailed(self.why_not)
        if question.failure is not None:
            # Only the kind of failure is told: a keyring's own words may quote what it was given.
            raise KeyringFailed(_why(question.failure, self._backend)) from None
        return question.result

    def _work(self) -> None:
        while True:
            self._questions.get().answer()


class _Question:
    """One call for the keyring's thread, which the asker may stop waiting for."""

    def __init__(self, job: Callable[[], Any], undo: Callable[[], Any] | None) -> None:
        self._job = job
        self._undo = undo
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._given_up = False
        self.result: Any = None
        self.failure: type[BaseException] | None = None

    def wait(self, seconds: float) -> bool:
        """Whether the answer is there; if not, nobody will fetch it any more."""
        if self._done.wait(seconds):
            return True
        with self._lock:
            self._given_up = not self._done.is_set()
            return not self._given_up

    def answer(self) -> None:
        try:
            self.result = self._job()
        except BaseException as error:
            # Backends raise what they like: ctypes, D-Bus and pywin32 errors among it.
            self.failure = type(error)
        with self._lock:
            self._done.set()
            too_late = self._given_up
        if too_late and self.failure is None and self._undo is not None:
            with contextlib.suppress(Exception):
                self._undo()


def _find(given: "KeyringBackend | None") -> "KeyringBackend | None":
    """The keyring somebody named, else the best one the keyring library recommends here.

    Its own choice may be a plain text file, or a chain ending in one, when such a package is
    installed: fit only for those who named it.
    """
    # Loaded late: this takes a good part of a second.
    from keyring import backend, core
    from keyring.backends import chainer, fail, null

    chosen = given or core.load_env() or core.load_config()
    if chosen is not None:
        return None if isinstance(chosen, fail.Keyring | null.Keyring) else chosen
    fit = [
        one
        for one in backend.get_all_keyring()
        if one.priority >= 1 and not isinstance(one, chainer.ChainerBackend)
    ]
    return max(fit, key=backend.by_priority, default=None)


def _name(backend: "KeyringBackend") -> str:
    return _KNOWN_AS.get(type(backend).__module__, type(backend).name)


def _why(failure: type[BaseException], backend: "KeyringBackend | None") -> str:
    from keyring import errors

    name = _name(backend) if backend is not None else "The keyring"
    for kind, said in (
        (errors.KeyringLocked, "is locked"),
        (errors.InitError, "could not be opened"),
        (errors.PasswordSetError, "did not take the secret"),
        (errors.PasswordDeleteError, "did not let go of the secret"),
        (errors.NoKeyringError, "is not there"),
    ):
        if issubclass(failure, kind):
            return f"{name[0].upper()}{name[1:]} {said}."
    return f"{name[0].upper()}{name[1:]} answered with an error ({failure.__name__})."


class VaultNames:
    """Which (setup id, version) pairs the keyring may hold: names only, never a secret.

    A keyring cannot be asked for a list, so this file is it. One that is missing or damaged reads
    as empty: the worst that follows is an entry left in the keyring.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> set[tuple[str, str]]:
        try:
            pairs = json.loads(self._path.read_bytes())
            return {(str(setup_id), str(version)) for setup_id, version in pairs}
        except (OSError, ValueError, TypeError):
            return set()

    def add(self, key: tuple[str, str]) -> None:
        self._write(self.read() | {key})

    def discard(self, key: tuple[str, str]) -> None:
        self._write(self.read() - {key})

    def _write(self, keys: set[tuple[str, str]]) -> None:
        with contextlib.suppress(OSError):
            replace_private(self._path, json.dumps(sorted(keys)).encode())
