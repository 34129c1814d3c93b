"""The suite's own books and the auditor: what exchanges add up to, and what they must never show."""

from decimal import Decimal

import pytest

from contracts.suite.answers import answer_of
from contracts.suite.auditor import Traffic, audit
from contracts.suite.books import books_of


def totals(*exchanges):
    """Authorized, captured, voided, refunded, open, refundable; currency units."""
    books = books_of(exchanges)
    return books.authorized, books.captured, books.voided, books.refunded, books.open, books.refundable


def test_a_payment_is_a_fold_over_its_exchanges(created, moved):
    """100 authorized, 60 and 25 captured, 10 cancelled, 20 of the first capture given back."""
    assert totals(
        created(),
        moved("settle", "Q1", "60.00", "S1"),
        moved("settle", "Q2", "25.00", "S2"),
        moved("cancel", "Q3", Decimal("10.00"), "C1"),
        moved("refund", "Q4", "20.00", "R1"),
    ) == (100, 85, 10, 20, 5, 65)


def test_a_request_counts_once(created, moved):
    """However often it was answered, and with whatever id."""
    settle = moved("settle", "Q1", "30.00", "S1")
    assert totals(created(), settle, settle, moved("settle", "Q1", "40.00", "S2"))[1] == 30


def test_what_was_refused_does_not_count(created, moved):
    """A null id with a value of 0 moved nothing."""
    assert totals(created(), moved("settle", "Q1", "30.00", None, 500, said=0))[1] == 0


def test_less_than_asked_stands_and_more_does_not(created, moved):
    """S14 and S15: what a connector says is believed up to what it was asked."""
    assert totals(created(), moved("settle", "Q1", "30.00", "S1", said=25))[1] == 25
    assert totals(created(), moved("settle", "Q1", "30.00", "S1", said=3000))[1] == 30


def test_a_cancel_in_cents_is_read_as_cents(created, moved):
    """An int is cents, a Decimal currency units, nothing is all that is open (C1)."""
    assert totals(created(), moved("cancel", "Q1", 4000, "C1"))[2] == 40
    assert totals(created(), moved("cancel", "Q1", None, "C1"))[2] == 100


def test_an_undefined_payment_has_nothing_to_capture(created):
    """Nothing is authorized before the approval."""
    assert totals(created("undefined"))[0] == 0


def test_where_captured_and_cancelled_overlap_that_much_was_given_back(created, moved):
    """C31: a cancel of captured money that is done is a refund."""
    books = totals(created(), moved("settle", "Q1", "100.00", "S1"), moved("cancel", "Q2", None, "C1"))
    assert books[5] == 0


def test_beside_the_settle_of_a_part_a_cancel_without_an_amount_voided_the_rest(created, moved):
    """Whichever of the two the log names first: they may have met at the connector."""
    settle, cancel = moved("settle", "Q1", "100.00", "S1", said=25), moved("cancel", "Q2", None, "C1")
    assert totals(created(), settle, cancel)[5] == 25
    assert totals(created(), cancel, settle)[5] == 25
    whole = moved("settle", "Q1", "100.00", "S1")
    assert totals(created(), cancel, whole)[5] == 0


# --- answers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "said", "word"),
    [
        (200, {"status": "approved"}, "approved"),
        (200, {"status": "authorized"}, "approved"),
        (200, {"status": "denied"}, "denied"),
        (200, {"status": "undefined"}, "undefined"),
        (200, {"status": "processing"}, "refused"),
        (500, {"status": "approved"}, "refused"),
    ],
)
def test_a_create_claims_its_status(created, exchanged, status, said, word):
    """Only under HTTP 200."""
    assert answer_of(exchanged(created().request, said, status)).word == word


@pytest.mark.parametrize(
    ("told", "said", "status", "word"),
    [
        ("S1", 30, 200, "done"),
        ("S1", 30, 500, "refused"),
        (None, 0, 200, "refused"),
        (None, 0, 500, "refused"),
        (None, 30, 200, "done"),
        ("null", 0, 200, "refused"),
        ("undefined", 0, 200, "refused"),
    ],
)
def test_a_settle_is_done_when_it_has_an_id_or_says_that_money_moved(moved, told, said, status, word):
    """The missing id is a fault of its own, and hides nothing else."""
    assert answer_of(moved("settle", "Q1", "30.00", told, status, said=said)).word == word


@pytest.mark.parametrize(
    ("status", "code", "word"),
    [
        (501, "refund-manually", "manual"),
        (501, None, "manual"),
        (500, "refund-manually", "manual"),
        (500, "no", "refused"),
    ],
)
def test_a_refund_that_people_do_is_manual(exchanged, moved, status, code, word):
    """By HTTP 501, or by its code."""
    asked = moved("refund", "Q1", "30.00").request
    assert answer_of(exchanged(asked, {"refundId": None, "value": 0, "code": code}, status)).word == word


def test_a_value_in_a_text_is_read_all_the_same(moved):
    """So that one fault does not hide another."""
    assert answer_of(moved("settle", "Q1", "30.00", "S1", said="25.50")).value == Decimal("25.50")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'"text"', b"\xff", b"[" * 10_000])
def test_what_is_no_object_has_no_fields(exchanged, moved, body):
    """It claims nothing."""
    answer = answer_of(exchanged(moved("settle", "Q1", "30.00").request, body))
    assert (answer.word, answer.fields) == ("refused", {})


# --- audits -------------------------------------------------------------------------------------------------


def found(name, *exchanges):
    """What an audit finds, as texts."""
    return [str(finding.difference) for finding in audit(name, Traffic(exchanges))]


def test_one_request_with_two_ids_moved_twice(created, moved):
    """And a repeat with its first id did not."""
    first, again = moved("settle", "Q1", "30.00", "S1"), moved("settle", "Q1", "30.00", "S2")
    assert found("moved-once", created(), first, first) == []
    assert found("moved-once", created(), first, again) == [
        "requestId Q1: expected one id for all its repeats, got S1, S2"
    ]


def test_more_than_authorized_is_found(created, moved):
    """60 and 60 of 100."""
    settles = moved("settle", "Q1", "60.00", "S1"), moved("settle", "Q2", "60.00", "S2")
    assert found("captured-within-authorized", created(), *settles) == [
        "payment P1: expected at most 100.00, got captured 120.00"
    ]
    assert found("captured-within-authorized", created(), settles[0]) == []


def test_more_than_captured_is_found(created, moved):
    """50 back of 40."""
    settle, refund = moved("settle", "Q1", "40.00", "S1"), moved("refund", "Q2", "50.00", "R1")
    assert found("refunded-within-captured", created(), settle, refund) == [
        "payment P1: expected at most 40.00 refunded, got 50.00"
    ]


def test_an_undefined_payment_that_was_captured_is_found(created, moved):
    """A later create still says undefined; one before it says nothing."""
    settle = moved("settle", "Q1", "40.00", "S1")
    assert found("captured-after-approval", created("undefined"), settle, created("undefined")) == [
        "payment P1: expected approved before anything is captured, got undefined"
    ]
    assert found("captured-after-approval", created("undefined"), settle, created("approved")) == []


def test_a_cancelled_payment_that_says_denied_is_not_accused(created, moved):
    """A cancelled payment is denied to later creates (known issue 1417330)."""
    moves = moved("settle", "Q1", "40.00", "S1"), moved("cancel", "Q2", None, "C1")
    assert found("captured-after-approval", created(), *moves, created("denied")) == []


def test_an_id_of_two_owners_is_found(created, moved):
    """A tid of two payments, a settleId of two settles; a cancellationId may repeat within one payment."""
    assert found("tids-are-unique", created(tid="T"), created(payment_id="P2", tid="T")) == [
        "tid: expected another one each time, got T for 2 payments"
    ]
    assert found("tids-are-unique", created(), created(), created(payment_id="P2")) == []
    twice = moved("settle", "Q1", "1.00", "S"), moved("settle", "Q2", "1.00", "S")
    assert found("settle-ids-are-unique", *twice) == [
        "settleId: expected another one each time, got S for 2 settles"
    ]
    cancels = moved("cancel", "Q1", None, "C"), moved("cancel", "Q2", None, "C")
    assert found("cancellation-ids-are-unique", *cancels) == []
    assert found("cancellation-ids-are-unique", *cancels, moved("cancel", "Q3", None, "C", payment_id="P2"))


def test_a_printed_nothing_is_found(moved):
    """The text undefined is no id."""
    assert found("ids-are-real", moved("settle", "Q1", "1.00", "undefined")) == [
        "settleId: expected an id, or null, got 'undefined'"
    ]


def test_an_id_that_changes_is_found(created):
    """Where both creates have one."""
    assert found("ids-are-stable", created(), created(tid=None), created(tid="other")) == [
        "payment P1, tid: expected one value, got other, tid of P1"
    ]
