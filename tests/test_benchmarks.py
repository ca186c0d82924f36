"""How the table of benchmarks/RESULTS.md judges; what it is made of is measured, never asserted."""

from pathlib import Path

import pytest

from benchmarks.common import Part, Row, Series, interleaved, ratio
from benchmarks.run import PARTS, as_markdown


def test_each_part_is_a_module_of_its_own():
    folder = Path(__file__).parents[1] / "benchmarks"
    assert [name for name in PARTS if not (folder / f"{name}.py").is_file()] == []


def test_sides_take_turns_and_what_warms_up_does_not_count():
    turns = []

    def side(name):
        turns.append(name)
        return len(turns)

    seen = interleaved(2, {"a": lambda: side("a"), "b": lambda: side("b")}, warm=1)
    assert turns == ["a", "b", "a", "b", "a", "b"]
    assert (seen["a"].values, seen["b"].values) == ((3, 5), (4, 6))


@pytest.mark.parametrize(
    ("ours", "limit", "told"),
    [((3.0, 2.0, 9.0), 1.5, "reached"), ((3.1, 9.0, 2.0), 1.5, "**missed**"), ((9.0,), None, "–")],
)
def test_medians_are_compared_and_exactly_the_limit_is_reached(ours, limit, told):
    row = ratio("figure", "the other", Series(ours), Series((2.0, 1.0, 7.0)), limit)
    assert row.reached == told


def test_p95_is_a_value_that_was_measured():
    assert Series(tuple(range(1, 101))).p95 == 95
    assert Series((5.0,)).p95 == 5.0


def test_the_results_count_what_was_reached_and_show_every_row():
    rows = [Row("one", "–", "1 ms", 1.0, 2.0, "ms"), Row("two", "–", "3 ms", 3.0, 2.0, "ms")]
    text = as_markdown([("Date", "today")], 9, [Part("Title", rows, "How.", "More.")])
    assert "1 of 2 targets reached." in text
    assert "| one | – | at most 2 ms | 1 ms | – | 1 ms | reached |" in text
    assert "| two | – | at most 2 ms | 3 ms | – | 3 ms | **missed** |" in text
    assert text.endswith("## Title\n\nHow.\n\nMore.\n")
