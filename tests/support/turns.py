"""Rows that can each be met in several ways: in one here, and the ways take turns."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

import pytest


def in_turn(
    rows: Iterable[Any], ways: Callable[[Any], Collection[Any]], name: Callable[[Any, Any], str]
) -> list[Any]:
    """Each of `rows` with one of its `ways`; with the others it is for `make test-products`."""
    return [
        pytest.param(
            row,
            way,
            id=name(row, way),
            marks=() if n % len(ways(row)) == m else pytest.mark.products,
        )
        for n, row in enumerate(rows)
        for m, way in enumerate(ways(row))
    ]
