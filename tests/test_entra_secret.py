"""The checksum of an Entra client secret's value."""

import pytest

from wizard.entra_secret import checksum_holds, complete

# Microsoft's own documented example of the shape (security-utilities, SEC101/156).
PUBLISHED = "zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP"


def test_the_published_example_holds():
    assert checksum_holds(PUBLISHED) is True


def test_every_body_is_completed_to_a_value_that_holds():
    for filler in ("a", "Z", "9", ".", "-", "_", "~"):
        value = complete("aB1" + "8Q~" + filler * 31)
        assert len(value) == 40
        assert checksum_holds(value) is True


@pytest.mark.parametrize("place", [0, 1, 2, *range(6, 40)])
def test_one_mistyped_character_is_noticed(place):
    other = "x" if PUBLISHED[place] != "x" else "y"
    assert checksum_holds(PUBLISHED[:place] + other + PUBLISHED[place + 1 :]) is False


@pytest.mark.parametrize(
    "secret",
    [
        "",
        PUBLISHED[:-1],
        PUBLISHED + "z",
        PUBLISHED.replace("8Q~", "7Q~"),
        "yyy7Q~yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",
        "z" * 34,
        "00000000-0000-0000-0000-000000000000",
        PUBLISHED[:20] + " " + PUBLISHED[21:],
        PUBLISHED[:20] + "é" + PUBLISHED[21:],
        PUBLISHED + "\n",
    ],
)
def test_nothing_is_said_about_a_secret_of_another_kind(secret):
    assert checksum_holds(secret) is None


@pytest.mark.parametrize("body", ["", "zzz8Q~", "zzz7Q~" + "z" * 31, "zzz8Q~" + "z" * 30 + "é"])
def test_a_body_of_another_shape_is_not_completed(body):
    with pytest.raises(ValueError, match="3 characters, 8Q~, and 31"):
        complete(body)
