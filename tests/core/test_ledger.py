"""The ledger's own rules, fed with ledgers that break them, and its history, added up by somebody else."""

from dataclasses import replace

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from gateway_mock.core.ledger import (
    Draft,
    Entry,
    Happening,
    InvariantBrokenError,
    Payment,
    Transaction,
    broken,
    verified,
)
from gateway_mock.core.modes import Mode, Operation

PAYMENT = Payment(id="A", value=10000, connector="c", authorized=10000, captured=4000, voided=1000, refunded=500)
SOUND = Transaction(id="T", value=10000, settled=4000, cancelled=1000, refunded=500, payments=(PAYMENT,))


@pytest.mark.parametrize(
    ("figures", "rule"),
    [
        ({"settled": -1}, "a total is negative"),
        ({"cancelled": -1}, "a total is negative"),
        ({"refunded": -1}, "a total is negative"),
        ({"reduced": -1}, "a total is negative"),
        ({"settled": 9001}, "settled + cancelled + reduced exceed the value"),
        ({"cancelled": 6001}, "settled + cancelled + reduced exceed the value"),
        ({"reduced": 5001}, "settled + cancelled + reduced exceed the value"),
        ({"value": 4999}, "settled + cancelled + reduced exceed the value"),
    ],
)
def test_the_requests_never_exceed_the_value(figures, rule):
    """S + X + D <= V and nothing is negative: each way to break it is named."""
    assert list(broken(replace(SOUND, **figures))) == [rule]


@pytest.mark.parametrize(
    ("figures", "rule"),
    [
        ({"captured": 9001}, "captured + voided exceed authorized"),
        ({"voided": 6001}, "captured + voided exceed authorized"),
        ({"settling": 5001}, "captured + voided exceed authorized"),
        ({"cancelling": 5001}, "captured + voided exceed authorized"),
        ({"authorized": 4999}, "captured + voided exceed authorized"),
        ({"refunded": 4001}, "refunded exceeds captured"),
        ({"refunding": 3501}, "refunded exceeds captured"),
        ({"by_hand": 3501}, "refunded exceeds captured"),
        ({"voided": -1}, "a figure is negative"),
        ({"refunded": -1}, "a figure is negative"),
        ({"by_hand": -1}, "a figure is negative"),
        ({"calls": -1}, "a figure is negative"),
        ({"settling": -1}, "an amount on its way is negative"),
        ({"cancelling": -1}, "an amount on its way is negative"),
        ({"refunding": -1}, "an amount on its way is negative"),
        ({"captured": -1, "refunded": 0}, "a figure is negative"),
    ],
)
def test_a_payment_never_moves_more_than_it_has(figures, rule):
    """Per payment c + v <= a and r <= c, what is on its way included: each breach is named."""
    corrupt = replace(SOUND, payments=(replace(PAYMENT, **figures),))
    assert f"payment A: {rule}" in list(broken(corrupt))


@pytest.mark.parametrize(
    "figures",
    [{"captured": 9000}, {"voided": 6000}, {"settling": 5000}, {"refunded": 4000}, {"refunding": 3500}],
)
def test_everything_may_be_used_up(figures):
    """The limits themselves are sound."""
    assert verified(replace(SOUND, payments=(replace(PAYMENT, **figures),))).payments[0] is not PAYMENT


def test_a_sound_ledger_is_handed_back():
    """It is the very same ledger, and nothing is said about it."""
    assert verified(SOUND) is SOUND
    assert list(broken(SOUND)) == []


def test_a_broken_ledger_raises_with_every_fault():
    """The error names all rules that are broken, not just the first."""
    corrupt = replace(SOUND, settled=-1, payments=(replace(PAYMENT, captured=9001, settling=-1),))
    with pytest.raises(InvariantBrokenError, match="a total is negative; payment A: an amount on its way is neg"):
        verified(corrupt)


def test_a_step_that_breaks_the_ledger_is_never_finished():
    """A draft is verified when it becomes a step."""
    draft = Draft(SOUND)
    draft.pay("A", captured=5001)
    with pytest.raises(InvariantBrokenError, match=r"payment A: captured \+ voided exceed authorized"):
        draft.step()


def test_figures_of_a_transaction_follow_from_its_payments():
    """Open, refundable and remaining are differences; totals are sums over the payments."""
    other = replace(
        PAYMENT, id="B", captured=1000, settling=200, cancelling=300, refunding=50, by_hand=25, calls=1
    )
    transaction = replace(SOUND, payments=(PAYMENT, other))
    assert (PAYMENT.open, PAYMENT.refundable) == (5000, 3500)
    assert (other.open, other.refundable) == (7500, 425)
    assert transaction.remaining == 5000
    assert transaction.total("captured") == 5000
    assert transaction.in_flight
    assert not SOUND.in_flight
    assert transaction.payment("B") is other
    assert transaction.payment("C") is None


# --- The history, added up --------------------------------------------------------------------------------


def figures_of(transaction):
    """What the ledger says that connectors confirmed, per payment."""
    return {
        each.id: {
            "authorized": each.authorized,
            "captured": each.captured,
            "voided": each.voided,
            "refunded": each.refunded,
            "by_hand": each.by_hand,
            "calls": each.calls,
            "status": each.status.value,
        }
        for each in transaction.payments
    }


def added_up(entries):
    """The same figures, from the entries alone."""
    found = {}
    for entry in entries:
        if entry.happening is Happening.RECEIVED:
            names = ("authorized", "captured", "voided", "refunded", "by_hand", "calls")
            found[entry.payment_id] = {**dict.fromkeys(names, 0), "status": "Received"}
        elif entry.happening is Happening.PAYMENT_STATUS:
            assert found[entry.payment_id]["status"] == entry.before
            found[entry.payment_id]["status"] = entry.after
        elif entry.payment_id is not None:
            count(found[entry.payment_id], entry)
    return found


def count(payment, entry):
    """Add one entry of a call to the figures of its payment."""
    payment["calls"] += 1 if entry.happening is Happening.CALLED else -1
    if entry.happening is Happening.HANDED_TO_PERSON and entry.operation is Operation.REFUND:
        payment["by_hand"] += entry.value
    if entry.happening is not Happening.CONFIRMED:
        return
    if entry.operation is not Operation.CANCEL or payment["authorized"]:
        figures = {"authorize": "authorized", "settle": "captured", "cancel": "voided", "refund": "refunded"}
        payment[figures[entry.operation]] += entry.value


def last_status(entries):
    """The transaction's status by its history, each change joined to the one before."""
    status = "Started"
    for entry in entries:
        if entry.happening is Happening.TRANSACTION_STATUS:
            assert entry.before == status
            status = entry.after
    return status


def requested(entries: list[Entry], operation: Operation) -> int:
    """What the merchant asked for, added up."""
    return sum(
        entry.value for entry in entries if entry.happening is Happening.REQUESTED and entry.operation is operation
    )


AMOUNTS = st.sampled_from(["1", "10", "25.5", "30", "40", "60", "100"])
ANSWERS = st.sampled_from(["", " (A confirms 7)", " (A gives up)", " (B by hand)", " (B confirms 0)"])
REQUESTS = st.one_of(
    st.tuples(st.sampled_from(["settle", "cancel", "refund"]), AMOUNTS).map(" ".join),
    st.sampled_from(["auto A", "auto B", "authorize"]),
)
ROWS = st.tuples(REQUESTS, ANSWERS).map("".join)
GIVEN = st.sampled_from(list(Mode)).map(lambda mode: f"A 40 {mode}, B 60 {mode}")
RANDOM = settings(derandomize=True, max_examples=150, deadline=None, database=None)


@RANDOM
@hypothesis_given(GIVEN, st.lists(ROWS, max_size=8))
def test_the_history_adds_up_to_what_connectors_confirmed(start_and_perform, start, rows):
    """Whatever connectors answer: every figure and every status follows from the entries alone."""
    play = start_and_perform(start, rows)
    assert added_up(play.entries) == figures_of(play.transaction)
    assert last_status(play.entries) == play.transaction.status


@RANDOM
@hypothesis_given(GIVEN, st.lists(REQUESTS, max_size=8))
def test_the_history_adds_up_to_what_the_merchant_requested(start_and_perform, start, requests):
    """While connectors confirm everything, each total is the sum of the accepted requests."""
    play = start_and_perform(start, requests)
    assert requested(play.entries, Operation.SETTLE) == play.transaction.settled
    assert requested(play.entries, Operation.CANCEL) == play.transaction.cancelled
    assert requested(play.entries, Operation.REFUND) == play.transaction.refunded


@RANDOM
@hypothesis_given(GIVEN, st.lists(ROWS, max_size=8))
def test_the_confirmed_settles_are_what_was_captured(start_and_perform, start, rows):
    """The sum of the settlement actions is the money that was captured, and never more than authorized."""
    play = start_and_perform(start, rows)
    settles = [
        entry.value
        for entry in play.entries
        if entry.happening is Happening.CONFIRMED and entry.operation is Operation.SETTLE
    ]
    assert sum(settles) == play.transaction.total("captured") == sum(each.value for each in play.captures)


@pytest.fixture(name="start_and_perform", scope="session")
def start_and_perform_fixture(play_rows):
    """Performs random rows."""
    return play_rows
