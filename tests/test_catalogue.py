"""Guides and advice: every file is judged whole, and a wrong one names itself and the key."""

import contextlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.made_up import made_up
from wizard import catalogue
from wizard.catalogue import GuideError, read_guide, reading
from wizard.catalogue.guides import Product, Provider

FOLDER = Path(catalogue.__file__).parent
PRODUCTS = sorted((FOLDER / "products").glob("*.toml"))
PROVIDERS = sorted((FOLDER / "providers").glob("*.toml"))


@pytest.mark.parametrize("path", PRODUCTS, ids=lambda path: path.stem)
def test_every_product_guide_is_whole(path):
    guide = read_guide(path, Product)
    assert guide.slug == path.stem
    labels = [field.value for field in guide.hand_over.fields]
    assert "client_id" in labels
    assert ("client_secret" in labels) is guide.protocol.uses_secret
    # A code is redeemed with a secret, or with PKCE alone; an ID token needs neither of them.
    redeems = guide.protocol.uses_secret or guide.protocol.pkce
    assert redeems is (guide.protocol.response_type == "code")


@pytest.mark.parametrize("path", PROVIDERS, ids=lambda path: path.stem)
def test_every_provider_guide_is_whole(path):
    guide = read_guide(path, Provider)
    for code in guide.advice:
        assert code in catalogue.general_advice(), f"{code} is no code of ours"
    assert guide.registration.id_token_steps


def test_the_slugs_are_those_that_outside_scripts_use():
    assert {"syncro", "connectwise", "other", "practice"} <= {p.slug for p in catalogue.products()}
    assert {"entra", "oidc", "practice"} <= {p.slug for p in catalogue.providers()}


def test_every_advice_has_a_title_and_reads_as_text():
    for code, advice in catalogue.general_advice().items():
        assert advice.title, code
        for word in ("invalid", "please", "sorry", "oops"):
            assert word not in f"{advice.title} {advice.advice}".lower(), code


SYNCRO = (FOLDER / "products" / "syncro.toml").read_text("utf-8")

BROKEN = {
    "not TOML": ("slug = ", "Invalid"),
    "a key nobody knows": (SYNCRO.replace("rank = 10", "rankk = 10"), "rankk"),
    "a key left out": (SYNCRO.replace('scopes = "openid profile email"\n', ""), "scopes"),
    "a wrong kind of value": (
        SYNCRO.replace("uses_secret = true", 'uses_secret = "yes"'),
        "secret",
    ),
    "a response type we do not do": (SYNCRO.replace('"code"', '"token"'), "protocol.response_type"),
    "a slug unlike the file": (SYNCRO.replace('slug = "syncro"', 'slug = "sincro"'), "sincro"),
    "a placeholder nobody fills in": (SYNCRO.replace("{provider}", "{povider}", 1), "povider"),
    "a mark not closed": (SYNCRO.replace("**Save**", "**Save", 1), "**"),
    "HTML": (SYNCRO.replace("**Save**", "<b>Save</b>", 1), "HTML"),
    "a tick named twice": (SYNCRO.replace('name = "save"', 'name = "enable"'), "enable"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_guide_is_an_error_that_names_file_and_key(kind, tmp_path):
    text, key = BROKEN[kind]
    assert text != SYNCRO
    path = tmp_path / "syncro.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(GuideError) as caught:
        read_guide(path, Product)
    assert "syncro.toml" in str(caught.value)
    assert key in str(caught.value)


def test_an_unknown_slug_is_no_path():
    for slug in ("nobody", "../providers/entra", "", "syncro.toml"):
        with pytest.raises(KeyError):
            catalogue.product(slug)


def test_placeholders_are_filled_in_and_nothing_else():
    words = {"product": "<Syncro> {provider}", "provider": "Entra"}
    assert catalogue.fill("{product} and {provider}{nobody}", words) == (
        "<Syncro> {provider} and Entra"
    )


def test_a_name_that_is_no_name_begins_a_sentence_with_a_capital():
    words = {"provider": "your identity provider", "client_id": "abc"}
    text = "Look. {provider} knows it? {client_id}. {client_id} at {provider}"
    filled = "Look. Your identity provider knows it? abc. abc at your identity provider"
    assert catalogue.fill(text, words) == filled
    assert catalogue.fill("{provider} says no", words) == "Your identity provider says no"


# Every thread of a process that has read no guide yet reads one of each kind at the same moment.
AT_ONCE = """
import sys, threading
from wizard import catalogue
sys.setswitchinterval(1e-6)
start = threading.Barrier({threads})
def read():
    start.wait()
    catalogue.product("syncro"), catalogue.provider("entra"), catalogue.general_advice()
threads = [threading.Thread(target=read) for _ in range({threads})]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


@pytest.mark.parametrize(
    ("threads", "processes"), [(4, 2), pytest.param(16, 9, marks=pytest.mark.products)]
)
def test_threads_that_read_the_first_guides_at_once_do_not_end_the_process(threads, processes):
    """Without its lock every second process ended with a segmentation fault here."""
    code = AT_ONCE.format(threads=threads)
    for _ in range(processes):
        subprocess.run([sys.executable, "-c", code], cwd=FOLDER.parents[1], check=True, timeout=60)


_TOML = st.recursive(
    st.text(max_size=20) | st.booleans() | st.integers(-9, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


def without_a_crash(path: Path, kind: type) -> None:
    with contextlib.suppress(GuideError):
        assert read_guide(path, kind).slug == path.stem


@made_up(300)
@given(st.data())
def test_a_guide_with_any_part_of_it_changed_is_read_or_named_as_wrong(tmp_path, data):
    source = data.draw(st.sampled_from([*PRODUCTS, *PROVIDERS]))
    text = source.read_text("utf-8")
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start, min(start + 40, len(text))))
    path = tmp_path / source.name
    path.write_text(
        text[:start] + data.draw(st.text(max_size=20)) + text[end:], "utf-8", newline=""
    )
    without_a_crash(path, Product if source in PRODUCTS else Provider)


@made_up(300)
@given(st.sampled_from([*PRODUCTS, *PROVIDERS]), st.data(), _TOML)
def test_a_guide_with_any_value_anywhere_is_read_or_named_as_wrong(source, data, value):
    guide = tomllib.loads(source.read_text("utf-8"))
    at = guide
    while True:
        key = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        if not isinstance(at[key], dict | list) or not at[key] or data.draw(st.booleans()):
            break
        at = at[key]
    at[key] = value
    with contextlib.suppress(GuideError):
        reading.convert(source, guide, Product if source in PRODUCTS else Provider)


@made_up(200)
@given(st.binary(max_size=200))
def test_any_octets_in_place_of_a_guide_are_named_as_wrong(tmp_path, octets):
    path = tmp_path / "guide.toml"
    path.write_bytes(octets)
    with pytest.raises(GuideError, match=r"^guide\.toml: "):
        read_guide(path, Product)
