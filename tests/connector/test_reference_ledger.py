"""The reference connector's ledger: every state met by every operation, typed by hand."""

from dataclasses import replace

import pytest

from connector_ppp.reference.ledger import (
    Answer,
    InvariantError,
    Record,
    authorize,
    check,
    decide,
    perform,
    resolve,
)
from connector_ppp.reference.payment import (
    TRANSITIONS,
    Authorize,
    Cancel,
    Cancelled,
    Payment,
    Refund,
    Refunded,
    Settle,
    Settled,
    Status,
    identifier,
)
from connector_ppp.reference.rules import EXPLANATIONS, RULES, Refusal

ABSENT = Payment("P")
UNDEFINED = Payment("P", Status.UNDEFINED, 100_00, "BRL")
APPROVED = Payment("P", Status.APPROVED, 100_00, "BRL", "A1")
DENIED = Payment("P", Status.DENIED, 100_00, "BRL")
CANCELLED = Payment("P", Status.CANCELLED, 100_00, "BRL", "A1", cancellations=(Cancelled("C1", 100_00),))
TRIMMED = replace(APPROVED, cancellations=(Cancelled("C1", 20_00),))
PART = replace(APPROVED, settlements=(Settled("S1", 60_00),))
CLOSED = replace(PART, cancellations=(Cancelled("C1", 40_00),))
SETTLED = replace(APPROVED, settlements=(Settled("S1", 60_00), Settled("S2", 40_00)))
REFUNDED = replace(
    APPROVED,
    settlements=(Settled("S1", 100_00, refunded=100_00),),
    refunds=(Refunded("R1", 100_00, "S1"),),
)

STATES = {
    "absent": ABSENT,
    "undefined": UNDEFINED,
    "approved": APPROVED,
    "denied": DENIED,
    "cancelled": CANCELLED,
    "trimmed": TRIMMED,
    "part": PART,
    "closed": CLOSED,
    "settled": SETTLED,
    "refunded": REFUNDED,
}

# 100.00 were asked for. trimmed: 20 voided. part: 60 captured. closed: 60 captured, 40 voided.
# settled: 60 and 40 captured. refunded: 100 captured and given back.
MATRIX = """
            | settle 40            | settle 100           | settle 100.01        | settle 0
absent      | unknown-payment      | unknown-payment      | unknown-payment      | value-not-positive
undefined   | payment-not-approved | payment-not-approved | payment-not-approved | value-not-positive
approved    | done                 | done                 | settle-above-open    | value-not-positive
denied      | payment-denied       | payment-denied       | payment-denied       | value-not-positive
cancelled   | payment-cancelled    | payment-cancelled    | payment-cancelled    | value-not-positive
trimmed     | done                 | settle-above-open    | settle-above-open    | value-not-positive
part        | done                 | settle-above-open    | settle-above-open    | value-not-positive
closed      | settle-above-open    | settle-above-open    | settle-above-open    | value-not-positive
settled     | settle-above-open    | settle-above-open    | settle-above-open    | value-not-positive
refunded    | settle-above-open    | settle-above-open    | settle-above-open    | value-not-positive

            | cancel all              | cancel 40               | cancel 100              | cancel 0
absent      | done                    | done                    | done                    | value-not-positive
undefined   | done                    | payment-not-approved    | done                    | value-not-positive
approved    | done                    | done                    | done                    | value-not-positive
denied      | done                    | done                    | done                    | value-not-positive
cancelled   | done                    | done                    | done                    | value-not-positive
trimmed     | done                    | done                    | cancel-above-open       | value-not-positive
part        | done                    | done                    | payment-already-settled | value-not-positive
closed      | payment-already-settled | payment-already-settled | payment-already-settled | value-not-positive
settled     | payment-already-settled | payment-already-settled | payment-already-settled | value-not-positive
refunded    | payment-already-settled | payment-already-settled | payment-already-settled | value-not-positive

            | refund 40             | refund 100            | refund 0           | refund 60 of S1         | refund 1 of S9
absent      | unknown-payment       | unknown-payment       | value-not-positive | unknown-payment         | unknown-payment
undefined   | refund-above-captured | refund-above-captured | value-not-positive | refund-above-captured   | refund-above-captured
approved    | refund-above-captured | refund-above-captured | value-not-positive | refund-above-captured   | refund-above-captured
denied      | refund-above-captured | refund-above-captured | value-not-positive | refund-above-captured   | refund-above-captured
cancelled   | refund-above-captured | refund-above-captured | value-not-positive | refund-above-captured   | refund-above-captured
trimmed     | refund-above-captured | refund-above-captured | value-not-positive | refund-above-captured   | refund-above-captured
part        | done                  | refund-above-captured | value-not-positive | done                    | unknown-settlement
closed      | done                  | refund-above-captured | value-not-positive | done                    | unknown-settlement
settled     | done                  | done                  | value-not-positive | done                    | unknown-settlement
refunded    | refund-above-captured | refund-above-captured | value-not-positive | refund-above-captured   | refund-above-captured
"""  # noqa: E501 - a table is read by its columns


def _cells():
    for block in MATRIX.strip("\n").split("\n\n"):
        header, *rows = [[cell.strip() for cell in line.split("|")] for line in block.splitlines()]
        for state, *verdicts in rows:
            for operation, verdict in zip(header[1:], verdicts, strict=True):
                yield pytest.param(state, operation, verdict, id=f"{state}-{operation.replace(' ', '-')}")


def _request(text):
    """`settle 40`, `cancel all`, `refund 60 of S1` as a request on payment P."""
    kind, value, *of = text.split()
    minor = None if value == "all" else round(float(value) * 100)
    if kind == "settle":
        return Settle("Q", "P", minor)
    return Cancel("Q", "P", minor) if kind == "cancel" else Refund("Q", "P", minor, of[1] if of else None)


@pytest.mark.parametrize(("state", "operation", "verdict"), list(_cells()))
def test_each_operation_on_each_state_has_exactly_this_outcome(state, operation, verdict):
    """The matrix above is the ledger's behaviour, and a refused operation changes nothing."""
    before = STATES[state]
    decision = decide(before, _request(operation))
    assert (decision.answer.refusal or "done") == verdict
    if verdict != "done":
        assert decision.answer == Answer(None, 0, Refusal(verdict))
        assert decision.payment == before


def test_the_matrix_meets_every_state_of_a_payment():
    """No status is left out of the matrix."""
    assert {payment.status for payment in STATES.values()} == set(Status)


@pytest.mark.parametrize("state", list(STATES))
def test_the_states_of_the_matrix_add_up(state):
    """The matrix starts from books that are in order."""
    check(STATES[state])


def test_a_refund_above_its_settlement_is_refused_even_when_others_would_cover_it():
    """A refund with a settleId is held to that settlement's balance."""
    assert decide(SETTLED, Refund("Q", "P", 60_01, "S1")).answer.refusal == "refund-above-settlement"


def test_a_settle_is_one_more_settlement():
    """60 after nothing, then 40: two settlements, nothing open."""
    first = decide(APPROVED, Settle("Q1", "P", 60_00))
    second = decide(first.payment, Settle("Q2", "P", 40_00))
    assert [entry.value for entry in second.payment.settlements] == [60_00, 40_00]
    assert (second.payment.captured, second.payment.open) == (100_00, 0)
    assert first.answer.identifier != second.answer.identifier


def test_partial_cancels_void_until_the_payment_is_dead():
    """20 and then 80 of 100: approved after the first, cancelled after the second."""
    first = decide(APPROVED, Cancel("Q1", "P", 20_00))
    second = decide(first.payment, Cancel("Q2", "P", 80_00))
    assert (first.payment.status, first.payment.open) == ("approved", 80_00)
    assert (second.payment.status, second.payment.voided, second.payment.open) == ("cancelled", 100_00, 0)


def test_a_cancel_after_a_partial_settle_frees_the_rest_and_keeps_the_captured():
    """S9: settle 60, cancel the rest: 60 captured, 40 voided, and the payment lives for refunds."""
    after = decide(PART, Cancel("Q", "P")).payment
    assert (after.status, after.captured, after.voided, after.open) == ("approved", 60_00, 40_00, 0)


def test_a_cancel_after_a_cancel_has_the_original_id():
    """Known issue 740084: already cancelled is a success."""
    assert decide(CANCELLED, Cancel("Q9", "P")).answer == Answer("C1", 0)


@pytest.mark.parametrize("state", ["absent", "undefined", "denied"])
def test_a_cancel_of_what_holds_nothing_voids_nothing(state):
    """Known issue 486752: it succeeds, moves no money, and the payment is dead."""
    after = decide(STATES[state], Cancel("Q", "P")).payment
    assert (after.status, after.authorized, after.voided) == ("cancelled", 0, 0)


def test_a_create_after_a_cancel_stays_cancelled():
    """Known issue 1417330: nothing is authorized once a cancel came, not even the first create."""
    dead = decide(ABSENT, Cancel("Q", "P")).payment
    decision = authorize(dead, Authorize("P", 100_00, "BRL"), Status.APPROVED)
    assert (decision.payment.status, decision.payment.authorized) == ("cancelled", 0)


def test_a_repeated_create_keeps_its_ids_and_shows_the_status_of_now():
    """C24: tid and authorizationId are stable, the status moves on."""
    asked = Authorize("P", 100_00, "BRL")
    first = authorize(ABSENT, asked, Status.UNDEFINED).payment
    approved = resolve(first, Status.APPROVED)
    again = authorize(approved, asked, Status.UNDEFINED)
    assert again.repeated
    assert again.payment == approved
    assert (first.tid, first.nsu) == (again.payment.tid, again.payment.nsu)
    assert (first.authorization_id is None, again.payment.authorization_id is None) == (True, False)


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (Authorize("P", 100_01, "BRL"), "payment-id-conflict"),
        (Authorize("P", 100_00, "USD"), "payment-id-conflict"),
        (Authorize("P", 0, "BRL"), "payment-id-conflict"),
    ],
)
def test_a_known_payment_id_with_other_content_is_refused(request_, refusal):
    """S7 by analogy: nothing is charged for the other content."""
    decision = authorize(APPROVED, request_, Status.APPROVED)
    assert (decision.answer.refusal, decision.payment) == (refusal, APPROVED)


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (Authorize("P", 0, "BRL"), "value-not-positive"),
        (Authorize("P", -1, "BRL"), "value-not-positive"),
        (Authorize("P", 100_00, "BRL", (60_00, 30_00)), "recipients-do-not-add-up"),
        (Authorize("P", 100_00, "BRL", (110_00, -10_00)), "recipients-do-not-add-up"),
    ],
)
def test_a_create_that_makes_no_sense_creates_nothing(request_, refusal):
    """The payment stays absent."""
    decision = authorize(ABSENT, request_, Status.APPROVED)
    assert (decision.answer.refusal, decision.payment) == (refusal, ABSENT)


@pytest.mark.parametrize(
    "request_",
    [Settle("Q", "P", 45_00, (7_20, 37_00)), Refund("Q", "P", 45_00, None, (7_20, 37_00))],
    ids=["settle", "refund"],
)
def test_recipients_have_to_make_up_the_value(request_):
    """7.20 and 37.00 are not 45.00; with 37.80, as in VTEX's example, they are."""
    assert decide(SETTLED, request_).answer.refusal == "recipients-do-not-add-up"
    exact = replace(request_, recipients=(7_20, 37_80))
    assert decide(PART, replace(exact, value=45_00)).answer.refusal != "recipients-do-not-add-up"


def test_only_an_undefined_payment_is_resolved():
    """Known issue 740499: a late verdict never changes a final status."""
    assert resolve(UNDEFINED, Status.DENIED).status == "denied"
    for final in (ABSENT, APPROVED, DENIED, CANCELLED):
        assert resolve(final, Status.APPROVED) == final


def test_a_refund_without_a_settle_id_takes_the_oldest_settlement_first():
    """80 of 60 + 40: all of the first and 20 of the second (S10)."""
    after = decide(SETTLED, Refund("Q", "P", 80_00)).payment
    assert [entry.refunded for entry in after.settlements] == [60_00, 20_00]


def test_a_refund_with_a_settle_id_takes_only_that_settlement():
    """30 of the second: the first stays whole."""
    after = decide(SETTLED, Refund("Q", "P", 30_00, "S2")).payment
    assert [entry.refunded for entry in after.settlements] == [0, 30_00]


def test_the_same_request_gets_the_same_answer_and_moves_nothing():
    """Documented: money moves once for a requestId."""
    asked = Settle("Q", "P", 40_00)
    first = perform(APPROVED, asked, None)
    again = perform(first.payment, asked, Record(asked, first.answer))
    assert (again.answer, again.payment, again.repeated) == (first.answer, first.payment, True)


@pytest.mark.parametrize(
    "other",
    [
        Settle("Q", "P", 40_01),
        Settle("Q", "OTHER", 40_00),
        Settle("Q", "P", 40_00, (40_00,)),
        Refund("Q", "P", 40_00),
        Cancel("Q", "P", 40_00),
    ],
    ids=["value", "payment", "recipients", "refund", "cancel"],
)
def test_a_known_request_id_with_other_content_is_a_conflict(other):
    """S7: neither replayed nor done; and a conflict wins over every other refusal."""
    first = Record(Settle("Q", "P", 40_00), Answer("S1", 40_00))
    decision = perform(Payment(other.payment_id), other, first)
    assert decision.answer.refusal == "request-id-conflict"
    assert not decision.lasting


@pytest.mark.parametrize(
    ("before", "asked", "lasting"),
    [
        (ABSENT, Settle("Q", "P", 1), False),
        (UNDEFINED, Settle("Q", "P", 1), False),
        (UNDEFINED, Cancel("Q", "P", 1), False),
        (APPROVED, Settle("Q", "P", 0), True),
        (APPROVED, Settle("Q", "P", 100_01), True),
        (APPROVED, Settle("Q", "P", 1), True),
        (PART, Refund("Q", "P", 60_01), True),
    ],
)
def test_only_what_time_can_heal_is_decided_anew(before, asked, lasting):
    """A gateway repeats a failed request for a day: "not approved yet" must not be its answer for ever."""
    assert decide(before, asked).lasting is lasting


def test_a_tid_is_no_part_of_what_is_asked():
    """Known issue 308214: a repeat with another tid is still the same request."""
    assert Settle("Q", "P", 1, tid="old") == Settle("Q", "P", 1, tid="new")


def test_the_checks_of_every_operation_stand_in_the_order_of_the_refusals():
    """Which refusal wins is the order of the enum, for all three operations."""
    order = list(Refusal)
    for checks in (RULES.settle, RULES.cancel, RULES.refund):
        assert sorted(checks, key=order.index) == list(checks)


def test_every_refusal_is_explained():
    """No refusal reaches the wire without a sentence."""
    assert set(EXPLANATIONS) == set(Refusal)


def test_every_status_has_a_row_and_the_dead_have_an_empty_one():
    """Cancelled is final; every other status leads somewhere, and all are reached from absent."""
    assert set(TRANSITIONS) == set(Status)
    assert TRANSITIONS[Status.CANCELLED] == frozenset()
    assert TRANSITIONS[Status.ABSENT] == {"undefined", "approved", "denied", "cancelled"}
    assert TRANSITIONS[Status.UNDEFINED] == {"approved", "denied", "cancelled"}
    assert TRANSITIONS[Status.APPROVED] == {"cancelled"}
    assert TRANSITIONS[Status.DENIED] == {"cancelled"}


def test_an_impossible_transition_raises():
    """A new payment is never absent again."""
    with pytest.raises(InvariantError, match="absent never becomes absent"):
        authorize(ABSENT, Authorize("P", 1, "BRL"), Status.ABSENT)


@pytest.mark.parametrize(
    ("corrupt", "sentence"),
    [
        (replace(PART, value=59_99), "captured \\+ voided <= authorized"),
        (replace(CLOSED, value=99_99), "captured \\+ voided <= authorized"),
        (replace(PART, authorization_id=None), "captured \\+ voided <= authorized"),
        (replace(APPROVED, settlements=(Settled("S", -1),)), "no settlement is negative"),
        (replace(APPROVED, cancellations=(Cancelled("C", -1),)), "no cancellation is negative"),
        (replace(APPROVED, refunds=(Refunded("R", -1, None),)), "no refund is negative"),
        (replace(PART, refunds=(Refunded("R", 60_01, "S1"),)), "refunded <= captured"),
        (replace(PART, refunds=(Refunded("R", 1, "S1"),)), "refunds = what settlements gave back"),
        (
            replace(
                APPROVED,
                settlements=(Settled("S1", 10, refunded=11), Settled("S2", 10)),
                refunds=(Refunded("R", 11, None),),
            ),
            "no settlement gives back more than it took",
        ),
        (replace(APPROVED, status=Status.CANCELLED), "a cancelled payment holds and took nothing"),
        (replace(CLOSED, status=Status.CANCELLED), "a cancelled payment holds and took nothing"),
    ],
)
def test_corrupt_books_raise(corrupt, sentence):
    """Every invariant is reached, by a payment that breaks it."""
    with pytest.raises(InvariantError, match=sentence):
        check(corrupt)


def test_a_decision_on_corrupt_books_raises():
    """The ledger proves its result, not only its input."""
    with pytest.raises(InvariantError):
        decide(replace(PART, value=50_00), Refund("Q", "P", 1))


def test_rules_without_a_check_let_it_through_and_prove_nothing():
    """How a defect is made: 100.01 of 100.00 is captured."""
    loose = RULES.without(Refusal.SETTLE_ABOVE_OPEN)
    after = perform(APPROVED, Settle("Q", "P", 100_01), None, loose).payment
    assert after.captured == 100_01


def test_ids_say_what_they_are_for():
    """32 upper-case hexadecimal characters; another kind or another name is another id."""
    one = identifier("settle", "P", "Q")
    assert one == identifier("settle", "P", "Q")
    assert (
        len({one, identifier("refund", "P", "Q"), identifier("settle", "PQ"), identifier("settle", "Q", "P")}) == 4
    )
    assert len(one) == 32
    assert set(one) <= set("0123456789ABCDEF")


def test_an_nsu_is_twelve_digits():
    """The provider's sequence number of a payment."""
    assert len(APPROVED.nsu) == 12
    assert APPROVED.nsu.isdecimal()
