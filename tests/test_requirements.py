"""requirements.txt and requirements-dev.txt name everything, exactly, for every system."""

import itertools
import re
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
SYSTEMS = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
TARGETS = [
    pytest.param(
        {
            "sys_platform": system,
            "platform_system": SYSTEMS[system],
            "os_name": "nt" if system == "win32" else "posix",
            "python_version": python,
            "python_full_version": f"{python}.4",
            "extra": "",
        },
        id=f"{system}-{python}",
    )
    for system, python in itertools.product(SYSTEMS, PYTHONS)
]


def listed(name):
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        text = line.split("#")[0].strip()
        if text.startswith("-r "):
            yield from listed(text.removeprefix("-r "))
        elif text:
            yield Requirement(text)


def holds(requirement, target, extra=""):
    return requirement.marker is None or requirement.marker.evaluate({**target, "extra": extra})


@cache
def requires(name):
    try:
        return [Requirement(text) for text in metadata.requires(name) or []]
    except metadata.PackageNotFoundError:  # another system's
        return []


def brought_by(requirement, target):
    extras = ["", *requirement.extras]
    return [
        r for r in requires(requirement.name) if any(holds(r, target, extra) for extra in extras)
    ]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_one_exact_version(name):
    loose = [str(r) for r in listed(name) if not re.fullmatch(r"==[\w.]+", str(r.specifier))]
    assert loose == []


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_whatever_a_requirement_brings_is_listed_too(name, target):
    pinned = {canonicalize_name(r.name): r for r in listed(name) if holds(r, target)}
    missing = [
        f"{requirement.name} brings {needed}"
        for requirement in pinned.values()
        for needed in brought_by(requirement, target)
        if (own := pinned.get(canonicalize_name(needed.name))) is None
        or not needed.specifier.contains(str(own.specifier).removeprefix("=="))
    ]
    assert missing == []


def test_no_build_file_names_a_package_registry():
    files = ["requirements.txt", "requirements-dev.txt", "Makefile", "start.cmd", ".ci/run"]
    files += ["tests/providers/.npmrc", "tests/providers/package.json"]
    named = [name for name in files if "://" in (ROOT / name).read_text(encoding="utf-8")]
    lock = (ROOT / "tests/providers/package-lock.json").read_text(encoding="utf-8")
    assert named == []
    assert '"resolved"' not in lock
