"""Strict JSON: what the specifications mean by a JSON object, and nothing looser."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.made_up import made_up
from wizard.oidc.strict_json import MAX_BYTES, MAX_DEPTH, StrictJsonError, parse_object

CODES = {
    "not_utf8",
    "not_json",
    "not_an_object",
    "duplicate_name",
    "not_a_number",
    "too_deep",
    "too_large",
    "empty",
}


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"{}", {}),
        (b'{"a": 1}', {"a": 1}),
        ('{"a": "é"}', {"a": "é"}),
        ('{"a": "é"}'.encode(), {"a": "é"}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('\ufeff{"a": 1}', {"a": 1}),
        (b' \r\n\t{"a": [true, false, null]} \n', {"a": [True, False, None]}),
        (b'{"a": 1.5e3}', {"a": 1500.0}),
        (b'{"a": {"a": {"a": 1}}, "b": {"a": 2}}', {"a": {"a": {"a": 1}}, "b": {"a": 2}}),
        (b'{"brackets": "' + b"[" * 100 + b'"}', {"brackets": "[" * 100}),
        (rb'{"quote": "\"[[[[\\"}', {"quote": '"[[[[\\'}),
        (rb'{"pair": "\ud83d\ude00"}', {"pair": "😀"}),
        (b'{"digits": ' + b"9" * 300 + b"}", {"digits": int("9" * 300)}),
    ],
)
def test_a_json_object_is_read(data, value):
    assert parse_object(data) == value


def test_an_object_may_be_as_deep_as_the_limit():
    assert parse_object('{"a":' + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1) + "}")


@pytest.mark.parametrize(
    ("data", "code", "detail"),
    [
        (b"", "empty", ""),
        (b" \r\n", "empty", ""),
        (b"\xef\xbb\xbf", "empty", ""),
        (b"<html></html>", "not_json", "line 1, column 1"),
        (b'{"a": 1', "not_json", "line 1, column 8"),
        (b'{"a": 1}\n{"a": 2}', "not_json", "line 2, column 1"),
        (b'{"a": 1,}', "not_json", "line 1, column 9"),
        (b"{'a': 1}", "not_json", "line 1, column 2"),
        (b'{"a": "\n"}', "not_json", "line 1, column 8"),
        (b'\xef\xbb\xbf\xef\xbb\xbf{"a": 1}', "not_json", "line 1, column 1"),
        (b'{"a": 01}', "not_json", "line 1, column 8"),
        (b'"', "not_json", "line 1, column 1"),
        (b"[]", "not_an_object", "a list"),
        (b"null", "not_an_object", "null"),
        (b'"text"', "not_an_object", "text"),
        (b"17", "not_an_object", "a number"),
        (b'{"iss": 1, "iss": 2}', "duplicate_name", "iss"),
        (rb'{"iss": 1, "\u0069ss": 2}', "duplicate_name", "iss"),
        (b'{"a": {"b": [{"c": 1, "c": 1}]}}', "duplicate_name", "c"),
        (b'{"exp": NaN}', "not_a_number", "NaN"),
        (b'{"exp": [Infinity]}', "not_a_number", "Infinity"),
        (b'{"exp": -Infinity}', "not_a_number", "-Infinity"),
        (b'{"exp": 1e400}', "not_a_number", "too large for a number"),
        (b'{"exp": ' + b"9" * 301 + b"}", "not_a_number", "too large for a number"),
        (b'{"exp": ' + b"9" * 5000 + b"}", "not_a_number", "too large for a number"),
        (b"[" * 33 + b"]" * 33, "too_deep", "more than 32 levels"),
        (b"[" * 200_000, "too_deep", "more than 32 levels"),
        (b'{"a":' * 200_000, "too_deep", "more than 32 levels"),
        (b'{"a": "\xff"}', "not_utf8", ""),
        ('{"a": 1}'.encode("utf-16"), "not_utf8", ""),
        ('{"a": "\ud800"}', "not_utf8", ""),
        (rb'{"a": ["\ud800"]}', "not_utf8", "half of a character pair"),
        (rb'{"\udc00": 1}', "not_utf8", "half of a character pair"),
        (b'{"a": "' + b"x" * MAX_BYTES + b'"}', "too_large", "more than 1 MiB"),
        ('{"a": "' + "é" * (MAX_BYTES // 2) + '"}', "too_large", "more than 1 MiB"),
    ],
)
def test_anything_else_is_refused_by_its_own_code(data, code, detail):
    with pytest.raises(StrictJsonError) as refused:
        parse_object(data)
    assert (refused.value.code, refused.value.detail) == (code, detail)


def test_a_refusal_shows_a_long_name_cut_and_never_a_value():
    name, value = "n" * 500, "the-value"
    with pytest.raises(StrictJsonError) as refused:
        parse_object(json.dumps({name: value})[:-1] + f', "{name}": "{value}"}}')
    assert len(refused.value.detail) == 60
    assert value not in str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": "' + rb"\"" * 500_000,
        b'"' * 1_000_000,
        b"[]," * 300_000,
        b"{" + b'"a":1,' * 170_000,
        b'{"a": ' + b"1" * 1_000_000 + b"}",
        b'{"a": 1' + b" " * 1_000_000,
    ],
    ids=["escaped quotes", "quotes", "brackets", "members", "digits", "spaces"],
)
def test_a_mebibyte_made_to_be_slow_is_refused_in_a_moment(data):
    started = time.thread_time()
    with pytest.raises(StrictJsonError):
        parse_object(data)
    assert time.thread_time() - started < 5


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def outcome(data):
    """What the reader makes of `data`: the object, or the refusal. Anything else is raised."""
    try:
        return parse_object(data)
    except StrictJsonError as refusal:
        return refusal


@made_up(600)
@given(st.binary(max_size=200) | st.text(max_size=200) | json_values.map(json.dumps))
def test_nothing_but_our_own_exception_leaves_the_reader(data):
    result = outcome(data)
    if isinstance(result, StrictJsonError):
        assert result.code in CODES
        assert len(result.detail) <= 100
    else:
        assert isinstance(result, dict)
        json.dumps(result, allow_nan=False, ensure_ascii=False).encode()


@made_up(300)
@given(st.text(alphabet='{}[]",:\\u0dD8aetrfn1eE+-. \n', max_size=80))
def test_nothing_but_our_own_exception_leaves_the_reader_for_almost_json(text):
    assert isinstance(outcome(text), dict | StrictJsonError)
