"""The vault: secrets in the keyring where there is one, and never anywhere else on the disk."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from keyring import errors
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyrings.alt.file import PlaintextKeyring

from wizard.vault import Vault

ROOT = Path(__file__).resolve().parent.parent
SECRET = "S3CRET~canary~of~the~vault"


class Cupboard(KeyringBackend):
    """A keyring in a dict. `refuses` names the failure each kind of question raises."""

    priority = 0.1
    name = "vault test box"

    def __init__(self, **refuses):
        super().__init__()
        self.kept = {}
        self.refuses = refuses
        self.callers = set()

    def _called(self, kind):
        self.callers.add(threading.current_thread().name)
        if kind in self.refuses:
            raise self.refuses[kind]

    def get_password(self, service, username):
        self._called("get")
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self._called("put")
        self.kept[service, username] = password

    def delete_password(self, service, username):
        self._called("delete")
        del self.kept[service, username]


class ShortCupboard(Cupboard):
    """Cuts long values without a word."""

    def set_password(self, service, username, password):
        super().set_password(service, username, password[:8])


class SlowCupboard(Cupboard):
    """Takes nothing until `open` is set, as one that waits for a password does."""

    def __init__(self):
        super().__init__()
        self.open = threading.Event()
        self.emptied = threading.Event()

    def set_password(self, service, username, password):
        self.open.wait(30)
        super().set_password(service, username, password)

    def delete_password(self, service, username):
        super().delete_password(service, username)
        self.emptied.set()


@pytest.fixture
def file_keyring(tmp_path):
    backend = PlaintextKeyring()
    backend.file_path = str(tmp_path / "keyring" / "pass.cfg")
    return backend


def test_a_secret_in_the_keyring_is_there_after_a_restart(tmp_path, file_keyring):
    vault = Vault(tmp_path, file_keyring)
    vault.put("setup1", "1", SECRET)
    assert vault.place == "keyring"
    assert vault.why_memory == ""
    again = Vault(tmp_path, file_keyring)
    assert again.get("setup1", "1") == SECRET
    assert again.place_of("setup1", "1") == "keyring"
    assert again.get("setup1", "2") is None
    assert again.place_of("setup1", "2") is None


def test_two_data_directories_do_not_share_secrets(tmp_path, file_keyring):
    Vault(tmp_path / "a", file_keyring).put("setup1", "1", SECRET)
    assert Vault(tmp_path / "b", file_keyring).get("setup1", "1") is None


def test_the_keyring_entry_is_named_after_latchkey_the_directory_and_the_setup(tmp_path):
    cupboard = Cupboard()
    Vault(tmp_path, cupboard).put("setup1", "3", SECRET)
    ((service, user),) = cupboard.kept
    assert service.startswith("Latchkey ")
    assert len(service) == len("Latchkey ") + 8
    assert user == "setup1.3"


@pytest.mark.parametrize("nothing", [fail.Keyring, null.Keyring], ids=["fail", "null"])
def test_without_a_keyring_the_secret_lives_as_long_as_the_process(tmp_path, nothing):
    vault = Vault(tmp_path, nothing())
    assert (vault.place, vault.keyring_name) == ("memory", "")
    vault.put("setup1", "1", SECRET)
    assert vault.get("setup1", "1") == SECRET
    assert vault.place_of("setup1", "1") == "memory"
    assert vault.why_memory == ("This computer offers no keyring that Latchkey can use.")
    assert Vault(tmp_path, nothing()).get("setup1", "1") is None


REFUSALS = [
    (errors.KeyringLocked("said with " + SECRET), "Vault test box is locked."),
    (errors.InitError("said with " + SECRET), "Vault test box could not be opened."),
    (errors.PasswordSetError("said with " + SECRET), "Vault test box did not take the secret."),
    (OSError(1783, SECRET), "Vault test box answered with an error (OSError)."),
    (SystemExit(SECRET), "Vault test box answered with an error (SystemExit)."),
]


@pytest.mark.parametrize(("error", "sentence"), REFUSALS, ids=lambda one: type(one).__name__)
def test_a_secret_the_keyring_refuses_is_kept_in_memory_with_the_reason(tmp_path, error, sentence):
    cupboard = Cupboard(put=error)
    vault = Vault(tmp_path, cupboard)
    assert vault.place == "keyring"
    vault.put("setup1", "1", SECRET)
    assert vault.get("setup1", "1") == SECRET
    assert (vault.place, vault.place_of("setup1", "1")) == ("memory", "memory")
    assert vault.why_memory == sentence
    del cupboard.refuses["put"]
    vault.put("setup1", "2", SECRET)
    vault.forget("setup1", "1")
    assert (vault.place, vault.why_memory) == ("keyring", "")


def test_a_keyring_that_cuts_long_secrets_is_found_out(tmp_path):
    cupboard = ShortCupboard()
    vault = Vault(tmp_path, cupboard)
    vault.put("setup1", "1", SECRET)
    assert vault.get("setup1", "1") == SECRET
    assert cupboard.kept == {}
    assert vault.why_memory.endswith("did not give the secret back unchanged.")


def test_a_keyring_that_will_not_open_gives_no_secret_and_says_why(tmp_path):
    cupboard = Cupboard(get=errors.KeyringLocked())
    vault = Vault(tmp_path, cupboard)
    assert vault.get("setup1", "1") is None
    assert vault.place_of("setup1", "1") is None
    assert vault.why_not_found.endswith("is locked.")


def test_a_keyring_that_never_answers_is_given_up_and_a_late_entry_is_taken_out(tmp_path):
    cupboard = SlowCupboard()
    vault = Vault(tmp_path, cupboard, patience=0.2)
    vault.put("setup1", "1", SECRET)
    assert vault.get("setup1", "1") == SECRET
    assert vault.place == "memory"
    assert "did not answer within" in vault.why_memory
    cupboard.open.set()
    assert cupboard.emptied.wait(10)
    assert cupboard.kept == {}


def test_one_version_or_all_of_a_setup_are_forgotten(tmp_path):
    cupboard = Cupboard()
    vault = Vault(tmp_path, cupboard)
    for setup_id, version in (("one", "1"), ("one", "2"), ("one", "3"), ("two", "1")):
        vault.put(setup_id, version, SECRET)
    vault.forget("one", "1")
    assert {user for _, user in cupboard.kept} == {"one.2", "one.3", "two.1"}
    Vault(tmp_path, cupboard).forget("one")
    assert {user for _, user in cupboard.kept} == {"two.1"}


def test_a_setup_in_memory_is_forgotten_whole(tmp_path):
    vault = Vault(tmp_path, fail.Keyring())
    vault.put("one", "1", SECRET)
    vault.put("one", "2", SECRET)
    vault.forget("one")
    assert (vault.get("one", "1"), vault.get("one", "2")) == (None, None)


def test_what_a_killed_process_left_in_the_keyring_is_swept_at_the_next_start(tmp_path):
    cupboard = Cupboard()
    vault = Vault(tmp_path, cupboard)
    vault.put("one", "1", SECRET)
    vault.put("one", "2", SECRET)  # killed before the store said that 2 counts
    Vault(tmp_path, cupboard).sweep({("one", "1")})
    assert {user for _, user in cupboard.kept} == {"one.1"}


def test_an_entry_that_could_not_be_taken_out_is_tried_again(tmp_path):
    cupboard = Cupboard()
    Vault(tmp_path, cupboard).put("one", "1", SECRET)
    cupboard.refuses["delete"] = errors.KeyringLocked()
    Vault(tmp_path, cupboard).forget("one")
    assert cupboard.kept
    del cupboard.refuses["delete"]
    Vault(tmp_path, cupboard).sweep(set())
    assert cupboard.kept == {}


def test_a_damaged_list_of_names_costs_no_secret(tmp_path):
    cupboard = Cupboard()
    Vault(tmp_path, cupboard).put("one", "1", SECRET)
    for damage in (b"{", b"7", b'["a"]', b"[1]", b"\xff", b'{"a": 1}'):
        (tmp_path / "vault-names.json").write_bytes(damage)
        vault = Vault(tmp_path, cupboard)
        assert vault.get("one", "1") == SECRET
        vault.sweep({("one", "1")})
        assert vault.get("one", "1") == SECRET


def test_nothing_in_the_data_directory_and_no_repr_holds_the_secret(tmp_path, file_keyring):
    data = tmp_path / "data"
    data.mkdir()
    for backend in (file_keyring, fail.Keyring(), Cupboard(put=OSError(SECRET))):
        vault = Vault(data, backend)
        vault.put("setup1", "1", SECRET)
        for text in (repr(vault), str(vault), vault.why_memory, repr(vault._keyring)):
            assert SECRET not in text
    for file in data.iterdir():
        assert SECRET.encode() not in file.read_bytes()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_threads_share_a_vault_and_the_keyring_sees_one(tmp_path):
    cupboard = Cupboard()
    vault = Vault(tmp_path, cupboard)
    wrong = []

    def use(name: str) -> None:
        for turn in range(20):
            vault.put(name, str(turn), f"{name} {turn}")
            if vault.get(name, str(turn)) != f"{name} {turn}":
                wrong.append((name, turn))
            vault.forget(name, str(turn))

    threads = [threading.Thread(target=use, args=(f"setup{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert cupboard.kept == {}
    assert cupboard.callers == {"keyring"}


# --- which keyring is found, in a process of its own

FIND = """
import sys
from pathlib import Path
from wizard.vault import Vault
assert "keyring" not in sys.modules
vault = Vault(Path(sys.argv[1]))
assert "keyring" not in sys.modules
vault.put("one", "1", "x")
print(vault.place, vault.keyring_name, vault.why_memory, sep="|")
"""


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        (
            {"PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring"},
            "keyring|file PlaintextKeyring|",
        ),
        (
            {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
            "memory||This computer offers no keyring that Latchkey can use.",
        ),
        (
            {"PYTHON_KEYRING_BACKEND": "no.such.Keyring"},
            "memory||The keyring answered with an error (ModuleNotFoundError).",
        ),
    ],
    ids=["a file keyring somebody named", "none on purpose", "one that is not installed"],
)
def test_a_keyring_named_in_the_environment_is_used(tmp_path, environment, found):
    assert found_by_a_child(tmp_path, environment) == found


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a keyring")
def test_a_text_file_is_never_taken_for_a_keyring_unless_somebody_named_it(tmp_path):
    """keyrings.alt is installed here, and the keyring library would choose its file by itself."""
    assert found_by_a_child(tmp_path, {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}) == (
        "memory||This computer offers no keyring that Latchkey can use."
    )


def found_by_a_child(tmp_path: Path, environment: dict[str, str]) -> str:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHON_KEYRING_BACKEND"}
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", FIND, str(tmp_path)],
        cwd=ROOT,
        env=kept | home | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()
