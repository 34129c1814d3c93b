"""The shrinker alone: of a list that fails, a part of which nothing can be left out."""

from hypothesis import given
from hypothesis import strategies as st

from gateway_mock.simulation.shrink import shrunk


def test_one_culprit_is_left_alone():
    """Of 100 items only the one that fails stays."""
    assert shrunk(range(100), lambda part: 42 in part) == (42,)


def test_two_culprits_far_apart_stay_in_order():
    """Both are needed, so both stay, the earlier one first."""
    assert shrunk(range(100), lambda part: {3, 97} <= set(part)) == (3, 97)


def test_what_fails_with_nothing_shrinks_to_nothing():
    """A failure that needs no item has none in the end."""
    assert shrunk("abcdef", lambda _part: True) == ()


def test_an_empty_list_stays_empty():
    """There is nothing to leave out."""
    assert shrunk((), lambda _part: True) == ()


def test_few_questions_are_asked():
    """One culprit of 64 is found by halving, not by trying every part."""
    asked = []

    def fails(part):
        asked.append(part)
        return 13 in part

    assert shrunk(range(64), fails) == (13,)
    assert len(asked) < 40


@given(st.sets(st.integers(0, 39), max_size=6))
def test_exactly_the_culprits_are_left(culprits):
    """Whatever set of items it takes to fail, that set is what stays."""
    assert set(shrunk(range(40), lambda part: culprits <= set(part))) == culprits


@given(st.lists(st.integers(0, 5), min_size=1, max_size=24), st.integers(1, 30))
def test_no_single_item_can_be_left_out(items, limit):
    """A part of at least so much in sum: without any one item of it, it is too little."""
    if sum(items) < limit:
        return
    part = shrunk(items, lambda some: sum(some) >= limit)
    assert sum(part) >= limit
    assert all(sum(part) - item < limit for item in part)
