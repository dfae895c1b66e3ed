"""Canonical JSON: byte for byte what RFC 8785 says, held against an implementation that is not ours."""

import json
from datetime import date
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from evidence.canonical import GREATEST_NUMBER, canonical, encode

texts = st.text(st.characters(exclude_categories=["Cs"]))
keys = st.text(st.characters(max_codepoint=127), max_size=12)
whole = st.integers(-GREATEST_NUMBER, GREATEST_NUMBER)
values = st.recursive(
    st.none() | st.booleans() | whole | texts,
    lambda parts: st.lists(parts, max_size=5) | st.dictionaries(keys, parts, max_size=6),
    max_leaves=25,
)
others = (
    st.floats()
    | st.dates()
    | st.binary()
    | st.decimals()
    | st.just({1, 2})
    | st.integers(GREATEST_NUMBER + 1)
    | st.integers(max_value=-GREATEST_NUMBER - 1)
)


@given(values)
def test_the_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert canonical(value).encode() == rfc8785.dumps(value)


@given(values)
def test_what_was_written_is_read_again(value: Any) -> None:
    assert json.loads(canonical(value)) == value


@given(st.dictionaries(keys, values, min_size=2), st.randoms())
def test_the_order_in_which_a_value_was_built_leaves_no_trace(value: dict[str, Any], chance: Any) -> None:
    shuffled = list(value.items())
    chance.shuffle(shuffled)
    assert encode(dict(shuffled)) == encode(value)


@given(others)
def test_what_has_no_one_form_is_refused_wherever_it_stands(value: Any) -> None:
    for wrapped in (value, [value], {"a": [1, {"b": value}]}):
        with pytest.raises(ValueError, match="canonical JSON: expected"):
            canonical(wrapped)


@given(texts.filter(lambda key: not key.isascii()))
def test_a_key_that_is_not_ascii_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="expected an ASCII key"):
        canonical({"a": [{key: 1}]})


def test_a_key_that_is_no_text_is_refused() -> None:
    with pytest.raises(ValueError, match="expected an ASCII key, got 1"):
        canonical({1: "a"})  # type: ignore[dict-item]


@pytest.mark.parametrize("half", ["\ud800", "a\udfff"])
def test_half_a_surrogate_pair_is_refused(half: str) -> None:
    with pytest.raises(ValueError, match="surrogates not allowed"):
        canonical({"a": half})


def test_a_date_is_not_written_in_secret_as_text() -> None:
    with pytest.raises(ValueError, match=r"got datetime\.date"):
        canonical({"on": date(2027, 1, 1)})


def test_control_characters_and_signs_are_written_the_one_way() -> None:
    assert canonical({"b": '\x00\t\n"\\/\x7f', "a": "消防"}) == '{"a":"消防","b":"\\u0000\\t\\n\\"\\\\/\x7f"}'
