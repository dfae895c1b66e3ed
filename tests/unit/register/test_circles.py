from hypothesis import given
from hypothesis import strategies as st

from tasks.register.circles import find_circles

CODES = st.sampled_from("ABCDEFGH")


def is_in_circle(code: str, above: dict[str, str | None]) -> bool:
    step = above.get(code)
    for _ in above:
        if step is None or step == code:
            break
        step = above.get(step)
    return step == code


@given(st.dictionaries(CODES, st.none() | CODES))
def test_each_body_in_a_circle_is_in_exactly_one_that_is_found(above: dict[str, str | None]) -> None:
    circles = list(find_circles(above))
    found = [code for circle in circles for code in circle]
    assert sorted(found) == sorted(code for code in above if is_in_circle(code, above))
    for circle in circles:
        assert [above[code] for code in circle] == [*circle[1:], circle[0]]


@given(st.dictionaries(CODES, CODES))
def test_a_circle_begins_with_the_body_that_comes_first(above: dict[str, str | None]) -> None:
    order = list(above)
    for circle in find_circles(above):
        assert circle[0] == min(circle, key=order.index)


def test_a_long_chain_is_no_circle() -> None:
    above = {str(number): str(number + 1) for number in range(50_000)}
    assert list(find_circles(above)) == []
