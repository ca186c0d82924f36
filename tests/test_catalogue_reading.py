"""How guides are read: a list by their heads, a guide when needed, one laid over another."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wizard import catalogue
from wizard.catalogue import GuideError, read_guide, reading
from wizard.catalogue.guides import Product, Provider

EXAMPLE = (catalogue.HERE / "example-wiki.toml").read_text("utf-8")


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8", newline="")
    return path


def test_a_list_reads_the_head_and_nothing_after_it(tmp_path):
    head = EXAMPLE.partition("[protocol]")[0]
    path = written(tmp_path / "example-wiki.toml", f"{head}[protocol]\nthis is = no TOML [[[\n")
    entry = reading.entry(path)
    assert (entry.slug, entry.name) == ("example-wiki", "Example Wiki")
    assert entry.aliases == ["ExWiki", "Example Docs"]
    with pytest.raises(GuideError, match=r"^example-wiki\.toml: "):
        read_guide(path, Product)


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_head_is_the_same_with_any_line_ends(end, tmp_path):
    path = written(tmp_path / "example-wiki.toml", EXAMPLE.replace("\n", end))
    assert reading.entry(path) == reading.entry(catalogue.HERE / "example-wiki.toml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "Example Wiki"', "name = 5", "name"),
        ('slug = "example-wiki"', 'slug = "Example Wiki"', "slug"),
        ('slug = "example-wiki"', "slug", "line 9"),
    ],
)
def test_a_wrong_head_is_named_with_file_and_key(old, new, said, tmp_path):
    path = written(tmp_path / "example-wiki.toml", EXAMPLE.replace(old, new, 1))
    with pytest.raises(GuideError, match=r"^example-wiki\.toml: ") as caught:
        reading.entry(path)
    assert said in str(caught.value)


def test_the_head_of_every_guide_says_what_the_whole_says():
    for entries, whole in (
        (catalogue.product_entries(), catalogue.product),
        (catalogue.provider_entries(), catalogue.provider),
    ):
        for entry in entries:
            guide = whole(entry.slug)
            told = (guide.name, guide.choose, guide.rank, guide.aliases, guide.general)
            assert told == (entry.name, entry.choose, entry.rank, entry.aliases, entry.general)


def test_a_guide_that_changed_is_read_again(tmp_path):
    path = written(tmp_path / "example-wiki.toml", EXAMPLE)
    assert reading.entry(path).name == "Example Wiki"
    written(path, EXAMPLE.replace('"Example Wiki"', '"Example Wiki 2"', 1))
    assert reading.entry(path).name == "Example Wiki 2"
    older = path.stat().st_mtime_ns - 10**9
    written(path, EXAMPLE.replace('"Example Wiki"', '"Example Wika"', 1))
    os.utime(path, ns=(older, older))
    assert reading.entry(path).name == "Example Wika"


def test_nothing_is_read_at_import_and_only_what_is_asked_for_later():
    """Which files of the catalogue a fresh process opens, told by Python's own audit events."""
    script = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
from wizard import catalogue
guides = lambda: [name for name in opened if name.endswith(".toml")]
assert guides() == [], guides()
catalogue.product("outline")
assert [name.rsplit("/", 1)[1] for name in guides()] == ["outline.toml"], guides()
catalogue.product("outline")
assert len(guides()) == 1
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=catalogue.HERE.parents[1],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


BASED = """
slug = "entra-elsewhere"
name = "Entra ID elsewhere"
choose = "Another cloud."
base = "entra"

[address]
hosts = ["login.example"]
"""


def test_a_guide_says_only_what_differs_from_another(tmp_path):
    entra = catalogue.provider("entra")
    mine = read_guide(written(tmp_path / "entra-elsewhere.toml", BASED), Provider)
    assert mine.name == "Entra ID elsewhere"
    assert mine.short == entra.short
    assert mine.address.hosts == ["login.example"]  # a list is replaced
    assert mine.address.template == entra.address.template  # a table is laid over
    assert mine.registration == entra.registration
    assert mine.aliases == []  # what tells two apart is never taken over
    assert mine.rank != entra.rank
    assert not mine.codes
    assert catalogue.error_codes(mine) == catalogue.error_codes(entra)


@pytest.mark.parametrize(
    ("base", "said"),
    [
        ("nobody", "there is no guide 'nobody'"),
        ("../providers/entra", "there is no guide"),
        ("entra-elsewhere", "there is no guide"),
        ("entra-china", "is based on another one itself"),
    ],
)
def test_a_base_that_is_none_is_an_error(base, said, tmp_path):
    text = BASED.replace('base = "entra"', f'base = "{base}"')
    with pytest.raises(GuideError, match=said):
        read_guide(written(tmp_path / "entra-elsewhere.toml", text), Provider)
