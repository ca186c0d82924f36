"""Where client secrets live: the operating system's keyring, or else this process's memory.

A secret is kept under a setup's id and a version. Write the new version here first, then let the
store say which version counts, then forget the old one: killed in between, the setup still has
the secret it says it has, and `sweep` at the next start takes away what was left over.
"""

import hashlib
import hmac
import threading
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.vault_keyring import KeyringFailed, PatientKeyring, VaultNames

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend


class Vault:
    """The secrets of one data directory. Threads may share it.

    The keyring is looked up at first use, for it takes time to load; `backend` names one instead.
    A question the keyring does not answer within `patience` seconds (somebody may have to type the
    keyring's password) counts as failed, and it is not asked again by this process. Nothing here
    raises for a keyring's failure: the value stays in memory and `why_memory` says why.
    """

    def __init__(
        self, data_dir: Path, backend: "KeyringBackend | None" = None, patience: float = 60.0
    ) -> None:
        directory = str(Path(data_dir).resolve())
        service = f"Latchkey {hashlib.sha256(directory.encode()).hexdigest()[:8]}"
        self._keyring = PatientKeyring(service, backend, patience)
        self._names = VaultNames(Path(data_dir) / "vault-names.json")
        self._memory: dict[tuple[str, str], str] = {}
        self._why = ""
        self._why_not_found = ""
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"<Vault of {len(self._memory)} secrets in memory>"

    @property
    def place(self) -> str:
        """ "keyring", or "memory" when there is no keyring or it did not take a secret kept now."""
        with self._lock:
            return "keyring" if self._keyring.usable and not self._memory else "memory"

    def place_of(self, setup_id: str, version: str) -> str | None:
        """Where this very secret is: "keyring", "memory", or None when it is in neither."""
        with self._lock:
            if (setup_id, version) in self._memory:
                return "memory"
            return "keyring" if self.get(setup_id, version) is not None else None

    @property
    def keyring_name(self) -> str:
        """What people call the keyring, such as "Windows Credential Manager"; "" without one."""
        with self._lock:
            return self._keyring.name

    @property
    def why_memory(self) -> str:
        """A sentence why secrets are only in memory; empty while the keyring takes them."""
        with self._lock:
            return "" if self.place == "keyring" else self._why or self._keyring.why_not

    @property
    def why_not_found(self) -> str:
        """A sentence why the last `get` may have missed a secret that is kept; empty as a rule."""
        with self._lock:
            return self._why_not_found or self._keyring.why_not

    def put(self, setup_id: str, version: str, secret: str) -> None:
        """Keep `secret`, in the keyring when it takes it, otherwise until this process ends."""
        key = (setup_id, version)
        with self._lock:
            if self._into_keyring(key, secret):
                self._memory.pop(key, None)
            else:
                self._memory[key] = secret

    def get(self, setup_id: str, version: str) -> str | None:
        """The secret, or None when it is not, or no longer, known (or the keyring is shut)."""
        with self._lock:
            if (kept := self._memory.get((setup_id, version))) is not None:
                return kept
            if not self._keyring.usable:
                return None
            try:
                kept = self._keyring.get(_user(setup_id, version))
            except KeyringFailed as failure:
                self._why_not_found = failure.sentence
                return None
            self._why_not_found = ""
            return kept

    def holds(self, setup_id: str, version: str) -> bool:
        """Whether the secret was kept and not forgotten, without asking the keyring for it.

        For a list of setups: a keyring may take its time, or ask for a password.
        """
        with self._lock:
            return (setup_id, version) in self._memory or (setup_id, version) in self._names.read()

    def forget(self, setup_id: str, version: str | None = None) -> None:
        """Take one version away, or all of the setup's."""
        with self._lock:
            versions = {key for key in self._memory if key[0] == setup_id}
            versions |= {key for key in self._names.read() if key[0] == setup_id}
            if version is not None:
                versions = {(setup_id, version)}
            for key in versions:
                self._memory.pop(key, None)
                self._out_of_keyring(key)

    @property
    def notes(self) -> set[tuple[str, str]]:
        """The (setup id, version) pairs that the keyring may hold, whichever start kept them."""
        with self._lock:
            return self._names.read()

    def sweep(self, keep: Collection[tuple[str, str]]) -> None:
        """Take from the keyring what no setup speaks of: leftovers of a process that was killed.

        `keep` are the (setup id, version) pairs the store knows.
        """
        with self._lock:
            for key in self._names.read() - set(keep):
                if key not in self._memory:
                    self._out_of_keyring(key)

    def _into_keyring(self, key: tuple[str, str], secret: str) -> bool:
        if not self._keyring.usable:
            return False
        # The name is noted first, so that nothing is in the keyring that `sweep` cannot find.
        self._names.add(key)
        try:
            self._keyring.put(_user(*key), secret)
            # Some keyrings cut long values, or take them and keep nothing.
            kept = self._keyring.get(_user(*key)) or ""
            if hmac.compare_digest(kept.encode(), secret.encode()):
                return True
            self._why = f"{self.keyring_name} did not give the secret back unchanged."
        except KeyringFailed as failure:
            self._why = failure.sentence
        self._out_of_keyring(key)
        return False

    def _out_of_keyring(self, key: tuple[str, str]) -> None:
        if not self._keyring.usable:
            return
        try:
            self._keyring.delete(_user(*key))
        except KeyringFailed:
            # Its name stays noted, and the next start tries again.
            return
        self._names.discard(key)


def _user(setup_id: str, version: str) -> str:
    return f"{setup_id}.{version}"
