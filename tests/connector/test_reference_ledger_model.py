"""Random sequences of operations: the ledger against a model that only adds and subtracts."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from connector_ppp.reference.book import Book
from connector_ppp.reference.payment import Authorize, Cancel, Refund, Settle, Status
from connector_ppp.reference.scenarios import APPROVE, ASYNC_APPROVE, DENY, Checkout

PAYMENTS = st.sampled_from(["P1", "P2"])
REQUEST_IDS = st.sampled_from([f"Q{number}" for number in range(12)])
VALUES = st.integers(min_value=-1, max_value=120)
FLOWS = st.sampled_from([APPROVE, ASYNC_APPROVE, DENY])
TOTAL = 100


class Naive:
    """One payment as plain counters, written from the protocol's sentences and from nothing else."""

    def __init__(self):
        self.status = "absent"
        self.captured = self.voided = self.refunded = 0

    @property
    def open(self):
        """What may still be settled or cancelled."""
        return TOTAL - self.captured - self.voided if self.status == "approved" else 0


class LedgerMachine(RuleBasedStateMachine):
    """Both are told the same; both have to say and know the same."""

    @initialize()
    def start(self):
        """Two payments that nobody created, and no requestId used."""
        self.book = Book()
        self.naive = {"P1": Naive(), "P2": Naive()}
        self.used = {}
        self.answers = {}

    def send(self, content, request):
        """Perform; say whether the model may move, after the promises on requestIds were checked."""
        known = self.used.setdefault(request.request_id, content)
        decision = self.book.perform(request)
        if known != content:
            assert decision.answer.refusal == "request-id-conflict"
            return None
        if request.request_id in self.answers:
            assert decision.answer == self.answers[request.request_id]
            return None
        if decision.answer.refusal not in {"unknown-payment", "payment-not-approved"}:
            self.answers[request.request_id] = decision.answer
        return decision.answer

    @rule(payment=PAYMENTS, flow=FLOWS)
    def create(self, payment, flow):
        """A create counts once; what is dead stays dead."""
        self.book.authorize(Authorize(payment, TOTAL, "BRL"), Checkout(flow, "", ""))
        if self.naive[payment].status == "absent":
            self.naive[payment].status = flow.status.value

    @rule(payment=PAYMENTS, status=st.sampled_from([Status.APPROVED, Status.DENIED]))
    def resolve(self, payment, status):
        """A verdict reaches undefined payments only."""
        self.book.resolve(payment, status)
        if self.naive[payment].status == "undefined":
            self.naive[payment].status = status.value

    @rule(payment=PAYMENTS, request_id=REQUEST_IDS, value=VALUES)
    def settle(self, payment, request_id, value):
        """It succeeds exactly when the value is positive and open."""
        answer = self.send(("settle", payment, value), Settle(request_id, payment, value))
        if answer is None:
            return
        naive = self.naive[payment]
        assert (answer.identifier is not None) == (0 < value <= naive.open)
        if answer.identifier:
            naive.captured += value

    @rule(payment=PAYMENTS, request_id=REQUEST_IDS, value=st.none() | VALUES)
    def cancel(self, payment, request_id, value):
        """It succeeds where nothing is held or where the value is open."""
        answer = self.send(("cancel", payment, value), Cancel(request_id, payment, value))
        if answer is None:
            return
        naive = self.naive[payment]
        asked = value if value is not None else (TOTAL if naive.status == "undefined" else naive.open)
        fits = {"approved": asked <= naive.open and asked > 0, "undefined": asked >= TOTAL}
        expected = fits.get(naive.status, True) and (value is None or value > 0)
        assert (answer.identifier is not None) == expected
        if expected:
            naive.voided += asked if naive.status == "approved" else 0
            if naive.open == 0 and naive.captured == 0:
                naive.status = "cancelled"

    @rule(payment=PAYMENTS, request_id=REQUEST_IDS, value=VALUES)
    def refund(self, payment, request_id, value):
        """It succeeds exactly when the value is positive, captured and not refunded."""
        answer = self.send(("refund", payment, value), Refund(request_id, payment, value))
        if answer is None:
            return
        naive = self.naive[payment]
        assert (answer.identifier is not None) == (0 < value <= naive.captured - naive.refunded)
        if answer.identifier:
            naive.refunded += value

    @invariant()
    def books_agree(self):
        """Captured, voided, refunded and the status are what the model says."""
        for payment_id, naive in getattr(self, "naive", {}).items():
            payment = self.book.payment(payment_id)
            assert payment.status == naive.status
            assert (payment.captured, payment.voided, payment.refunded) == (
                naive.captured,
                naive.voided,
                naive.refunded,
            )


def test_any_sequence_of_operations_leaves_the_same_books_as_the_model():
    """Captured, voided, refunded and status agree after every step of every sequence."""
    run_state_machine_as_test(
        LedgerMachine, settings=settings(max_examples=60, stateful_step_count=40, deadline=None)
    )
