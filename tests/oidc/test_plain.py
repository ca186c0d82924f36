"""Text from outside is one line, bounded, and without what could trick the eye."""

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.made_up import made_up
from wizard.oidc.plain import kind, plain, without


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("text", "text"),
        ("two\r\nlines\tand\x00more", "two lines and more"),
        ("right\u202eto left\u2066", "right to left"),
        ("\ud800half", "half"),
        ("<b>bold</b>", "<b>bold</b>"),
        (None, "null"),
        (True, "true"),
        (17, "17"),
        (10**400, "a very large number"),
        (1.5, "1.5"),
        ([], "an empty list"),
        (["a", "b"], "a, b"),
        (["a", ["b"], {"c": 1}], "a, a list, an object"),
        (list("abcdefg"), "a, b, c, d, e and 2 more"),
        ({"a": 1}, "an object"),
    ],
)
def test_a_value_from_outside_is_shown_in_plain_words(value, shown):
    assert plain(value) == shown


@pytest.mark.parametrize("text", ["x" * 301, "x" * 10_000, "\x00" * 1000 + "x" * 400])
def test_a_long_text_is_cut_and_says_so(text):
    assert len(plain(text)) <= 300
    assert plain(text).endswith("…")


@pytest.mark.parametrize(
    "text",
    [
        "the code was s3cr~t/+=",
        "x" * 295 + "s3cr~t/+=",
        "code=s3cr~t%2F%2B%3D is not known",
    ],
    ids=["whole", "across the cut", "in an address"],
)
def test_a_value_to_hide_is_not_shown_not_even_in_part(text):
    assert "s3" not in plain(text, hide=["s3cr~t/+=", None, ""])
    assert "s3" not in plain([text], hide=["s3cr~t/+="])


SECRET = "s3cr~t/+= <&\">'\u00fc%41 and more"
SPELLED = {
    "as it is": SECRET,
    "in an address": quote(SECRET),
    "in a query": quote(SECRET, safe=""),
    "in a form": quote_plus(SECRET),
    "in small hexadecimal": re.sub("%..", lambda c: c[0].lower(), quote(SECRET, safe="")),
    "on a page": html.escape(SECRET),
    "in JSON": json.dumps(SECRET)[1:-1],
    "in JSON of UTF-8": json.dumps(SECRET, ensure_ascii=False)[1:-1],
    "in base64": base64.b64encode(SECRET.encode()).decode(),
    "in base64url": base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
}


@pytest.mark.parametrize("how", SPELLED)
def test_a_value_to_hide_is_hidden_however_it_is_spelled(how):
    text = f"before {SPELLED[how]} after"
    assert without(text, [SECRET]).removesuffix(" after") in ("before (hidden)", "before (hidden)=")
    assert plain(text, hide=[SECRET]).startswith("before (hidden)")


@pytest.mark.parametrize("how", SPELLED)
@pytest.mark.parametrize("cut", ["", "…", " …"])
def test_a_value_to_hide_is_hidden_where_the_text_was_cut_in_its_middle(how, cut):
    assert without(f"before {SPELLED[how][:12]}{cut}", [SECRET]) == "before (hidden)"


def test_what_is_too_short_to_be_a_secret_is_not_hidden_in_every_word():
    assert without("before it is cut in its middle", ["be", "it", None, ""]) == (
        "before it is cut in its middle"
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"),
        (False, "true or false"),
        ("", "text"),
        (0, "a number"),
        (0.5, "a number"),
        ([], "a list"),
        ({}, "an object"),
    ],
)
def test_each_kind_of_json_value_has_a_name(value, words):
    assert kind(value) == words


@made_up(300)
@given(st.text() | st.integers() | st.floats() | st.lists(st.text()))
def test_whatever_is_shown_is_one_bounded_printable_line(value):
    shown = plain(value, 40)
    assert len(shown) <= 40
    assert shown.isprintable() or "\u3000" in shown or "\xa0" in shown
