"""Spreading an amount: the rooms are filled in their order, to the last cent, or it is an error."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_mock.core.allocation import Capture, DoesNotFitError, Room, first_in_first_out, in_proportion, spread

ROOMS = st.lists(st.integers(min_value=0, max_value=50), max_size=5)
PROFILE = settings(derandomize=True, max_examples=100, deadline=None, database=None)


@pytest.mark.parametrize(
    ("amount", "capacities", "shares"),
    [
        (0, (40, 60), {}),
        (30, (40, 60), {"P0": 30}),
        (40, (40, 60), {"P0": 40}),
        (41, (40, 60), {"P0": 40, "P1": 1}),
        (100, (40, 60), {"P0": 40, "P1": 60}),
        (10, (0, 60), {"P1": 10}),
        (0, (), {}),
    ],
)
def test_rooms_are_filled_in_their_order(amount, capacities, shares):
    """Only rooms that take something are named."""
    rooms = [Room(f"P{number}", capacity) for number, capacity in enumerate(capacities)]
    assert spread(amount, rooms) == shares


@pytest.mark.parametrize(("amount", "capacities"), [(1, ()), (101, (40, 60)), (1, (0,)), (-1, (40,))])
def test_what_does_not_fit_is_an_error(amount, capacities):
    """Nothing is left over in silence, and nothing is taken from a room."""
    with pytest.raises(DoesNotFitError, match=f"{amount} cents found no room"):
        spread(amount, [Room(f"P{number}", capacity) for number, capacity in enumerate(capacities)])


@PROFILE
@given(ROOMS, st.integers(min_value=0, max_value=300))
def test_the_shares_add_up(capacities, amount):
    """They make up the amount, each fits its room, and only the last one leaves room behind it."""
    rooms = [Room(f"P{number}", capacity) for number, capacity in enumerate(capacities)]
    if amount > sum(capacities):
        with pytest.raises(DoesNotFitError):
            spread(amount, rooms)
        return
    shares = spread(amount, rooms)
    assert sum(shares.values()) == amount
    taken = [shares.get(room.payment_id, 0) for room in rooms]
    full = [share == room.capacity for share, room in zip(taken, rooms, strict=True)]
    used = [number for number, share in enumerate(taken) if share]
    assert all(full[: used[-1]] if used else [])


def test_a_refund_takes_the_oldest_capture_first():
    """S10: 80 out of captures of 60 and 40 is 60 and 20, each with its settleId."""
    captures = (Capture("first", "A", 6000), Capture("second", "A", 4000))
    assert list(first_in_first_out(8000, captures)) == [("first", 6000), ("second", 2000)]


def test_what_was_refunded_is_not_refunded_again():
    """A capture gives back what is left of it."""
    captures = (Capture("first", "A", 6000, refunded=5000), Capture("second", "A", 4000, refunded=4000))
    assert list(first_in_first_out(1000, captures)) == [("first", 1000)]


def test_captures_that_hold_less_than_the_refund_are_an_error():
    """The request should have been refused before."""
    with pytest.raises(DoesNotFitError):
        list(first_in_first_out(6001, (Capture("first", "A", 6000),)))


@PROFILE
@given(
    st.lists(st.integers(min_value=1, max_value=1000), min_size=1, max_size=6),
    st.integers(min_value=0, max_value=5000),
)
def test_parts_in_proportion_add_up_to_the_whole(invoices, interest):
    """Whatever the invoices, the last one takes the remainder and none is negative (E6)."""
    whole = sum(invoices)
    invoiced = taken = 0
    for invoice in invoices:
        invoiced += invoice
        due = in_proportion(whole + interest, invoiced, whole, taken)
        assert due >= invoice * (whole + interest) // whole
        taken += due
    assert taken == whole + interest
