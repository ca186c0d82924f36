"""A change record as Markdown for a ticket. Every text in it stays text. Pure. CommonMark 0.31."""

import re
import unicodedata

from wizard.record import Fact, Record, Section

# What may start something anywhere, an address that would be made a link, and what starts a list.
_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~&$]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
_START = re.compile(r"^(\d{0,9})([-+=.)])")
_ON_SCREEN = re.compile(r"\*\*(.+?)\*\*")


def write(record: Record) -> str:
    """The record as one Markdown document, with a line break at its end."""
    parts = [f"# {sentence(record.title)}", sentence(record.lede)]
    for section in record.sections:
        parts += [f"## {sentence(section.title)}", _body(section)]
    return "\n\n".join(parts) + "\n"


def _body(section: Section) -> str:
    lines = [_fact(fact) for fact in section.facts]
    lines += [f"- {sentence(point)}" for point in section.points]
    parts = ["\n".join(lines)] if lines else []
    parts += [f"{sentence(block.title)}:\n\n{_fenced(block.text)}" for block in section.blocks]
    return "\n\n".join(parts) or "Nothing."


def _fenced(text: str) -> str:
    """A fenced code block, by more backticks than its text has in a row. CommonMark, 4.5."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    lines = [_shown(line) for line in text.splitlines()]
    return "\n".join([fence, *lines, fence])


def _shown(line: str) -> str:
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") else c for c in line)


def _fact(fact: Fact) -> str:
    said = f"- {text(fact.label)}:"
    if fact.value:
        said += f" {code(fact.value)}"
    return f"{said} ({sentence(fact.note)})" if fact.value and fact.note else _noted(said, fact)


def _noted(said: str, fact: Fact) -> str:
    return f"{said} {sentence(fact.note)}" if fact.note else said


def sentence(marked: str) -> str:
    """Text in which `**Name**` is a name on a screen; everything else is text."""
    parts = [_SIGNS.sub(r"\\\1", part) for part in _ON_SCREEN.split(_one_line(marked))]
    bold = [f"**{part}**" if part.strip() == part else part for part in parts[1::2]]
    parts[1::2] = bold
    return _START.sub(r"\1\\\2", "".join(parts))


def text(plain: str) -> str:
    """`plain` with every sign that Markdown could take for its own escaped."""
    return _START.sub(r"\1\\\2", _SIGNS.sub(r"\\\1", _one_line(plain)))


def code(plain: str) -> str:
    """`plain` as a code span, fenced by more backticks than it has in a row."""
    plain = _one_line(plain)
    longest = max((len(run) for run in re.findall("`+", plain)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def _one_line(plain: str) -> str:
    shown = "".join(
        " " if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") else c for c in plain
    )
    return " ".join(shown.split())
