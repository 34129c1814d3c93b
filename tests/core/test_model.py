"""A merchant and connectors that do anything, in any order, against an auditor who keeps books of its own.

Goal: no interleaving of requests and answers loses, doubles or hides a cent. Method: `Books` follows the requests
that were accepted and the answers that connectors gave, with nothing but additions, and never looks into the
ledger's figures; after each step the ledger has to agree with it. At the end everybody answers, the merchant
settles what is left, and the transaction has to come to its end.
"""

from collections import Counter
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gateway_mock.core.allocation import Capture
from gateway_mock.core.confirm import Outcome, Result, confirm
from gateway_mock.core.ledger import Payment, Transaction
from gateway_mock.core.modes import Mode, Operation
from gateway_mock.core.plan import plan
from gateway_mock.core.policy import RECOMMENDED
from gateway_mock.core.refusals import Refused
from gateway_mock.core.requests import (
    Authorize,
    AutoSettle,
    Cancel,
    Increase,
    Judge,
    Receive,
    Refund,
    Settle,
    Withdraw,
)
from tests.core.auditor import Account, Books

BEFORE = {"Started", "Authorizing"}
ANALYZING = "AnalyzingRisk"
ALIVE = {"Approved", "Settling"}
OPEN = ALIVE | {ANALYZING}
"""Every payment is authorized, and nothing has come to its end."""
OVER = {"Finished", "Cancelled"}

PARTS = st.sampled_from(["all", "half", "third", "one", "zero", "negative", "over"])
ANSWERS = ["full", "half", "nothing", "over", "negative", "gives up", "by hand", "denies"]
LOST = {"gives up": Result.GIVEN_UP, "by hand": Result.BY_HAND, "denies": Result.DENIED}
AMOUNTS = st.integers(min_value=1, max_value=60)


def part_of(limit, part):
    """That part of what is allowed, or a figure beside it."""
    parts = {"all": limit, "half": (limit + 1) // 2, "third": limit // 3, "over": limit + 1}
    return {**parts, "one": 1, "zero": 0, "negative": -1}[part]


def outcome_of(value, kind):
    """The end of a call for that many cents."""
    confirmed = {"full": value, "half": value // 2, "nothing": 0, "over": value + 1, "negative": -1}
    return Outcome(LOST[kind]) if kind in LOST else Outcome(Result.DONE, confirmed[kind])


class Life(RuleBasedStateMachine):
    """One transaction from its payments to its end."""

    @initialize(
        amounts=st.lists(AMOUNTS, min_size=1, max_size=3),
        mode=st.sampled_from(list(Mode)),
        odd=st.sampled_from([None, None, None, *Mode]),
        approved=st.sampled_from([True, True, True, False]),
        antifraud=st.sampled_from([False, False, True]),
    )
    def arrive(self, amounts, mode, odd, approved, antifraud):
        """One to three payments arrive; mostly they are approved at once, and mostly their modes are equal."""
        self.antifraud = antifraud
        modes = [odd or mode, *[mode] * (len(amounts) - 1)]
        names = [f"P{number}" for number in range(1, len(amounts) + 1)]
        payments = tuple(
            Payment(id=name, value=value, connector="c", mode=each)
            for name, value, each in zip(names, amounts, modes, strict=True)
        )
        kept = str(mode) if len(set(modes)) == 1 else "total"
        self.books = Books(sum(amounts), kept, {each.id: Account(each.value) for each in payments})
        if len(amounts) == 1:
            self.books.mode = str(modes[0])
        self.transaction = Transaction(id="T", value=sum(amounts))
        self.waiting, self.captures = [], []
        self.follow(plan(self.transaction, Receive(payments), RECOMMENDED))
        if approved:
            self.authorize()
            self.answer_everything()

    # --- What the merchant does ------------------------------------------------------------------------------

    @rule()
    def authorize(self):
        """The first time every connector is asked, later nothing happens."""
        first = self.status == "Started"
        calls = self.follow(plan(self.transaction, Authorize(self.antifraud), RECOMMENDED))
        assert sum(call.value for call in calls) == (self.books.value if first else 0)

    @rule(part=PARTS)
    def settle(self, part):
        """Accepted when it is positive and nobody has asked for it."""
        value = part_of(self.books.remaining, part)
        verdict = plan(self.transaction, Settle(value), RECOMMENDED)
        if self.status in BEFORE | {ANALYZING}:
            self.refused(verdict, "NOT_APPROVED")
        elif not 0 < value <= self.books.remaining:
            self.refused(verdict, "SETTLE_EXCEEDS")
        else:
            self.books.settled += value
            due = self.books.due_to_settle()
            asked = self.sums(self.follow(verdict))["settle"]
            assert asked == due or (self.books.reduced and min(value, due) <= asked <= due)

    @rule(part=PARTS)
    def cancel(self, part):
        """Accepted when it is positive, nobody has asked for it, and it is not captured."""
        value = part_of(self.books.remaining, part)
        verdict = plan(self.transaction, Cancel(value), RECOMMENDED)
        if self.status in BEFORE and value != self.books.value:
            self.refused(verdict, "CANCEL_VALUE_DIFFERS")
        elif self.status not in BEFORE and not 0 < value <= self.books.remaining:
            self.refused(verdict, "CANCEL_EXCEEDS")
        elif self.status not in BEFORE and value > self.books.add("open") - self.books.held_cancels:
            self.refused(verdict, "CANCEL_AFTER_CAPTURE")
        else:
            partial = self.status in OPEN and self.books.mode == "partial"
            self.books.cancelled += value
            if self.status in OPEN and not partial:
                self.books.hold(value)
            sums = self.sums(self.follow(verdict))
            assert not partial or sums["cancel"] == value
            assert not (partial and sums["settle"]) or self.books.reduced

    @rule(part=PARTS, reduces=st.booleans())
    def refund(self, part, reduces):
        """Accepted when it is positive and captured; one that lowers the order has to be unsettled, too."""
        limit = min(self.books.refundable, self.books.remaining) if reduces else self.books.refundable
        value = part_of(limit, part)
        captures = tuple(each for each in self.captures if each.refundable)
        verdict = plan(self.transaction, Refund(value, captures, reduces), RECOMMENDED)
        if self.status not in ALIVE | {"Finished"} | ({ANALYZING} if reduces else set()):
            self.refused(verdict, "NOT_APPROVED")
        elif not 0 < value <= limit:
            self.refused(verdict, "REFUND_EXCEEDS")
        else:
            self.books.refunded += value
            self.books.reduced += value if reduces else 0
            assert self.sums(self.follow(verdict))["refund"] == value

    @rule(value=AMOUNTS)
    def increase(self, value):
        """One more payment, while the transaction is alive."""
        name = f"P{len(self.books.accounts) + 1}"
        payment = Payment(id=name, value=value, connector="c", increase=True)
        verdict = plan(self.transaction, Increase(payment), RECOMMENDED)
        if self.status not in ALIVE:
            self.refused(verdict, "NOT_APPROVED")
        else:
            self.books.accounts[name] = Account(value, first=False)
            assert self.sums(self.follow(verdict)) == {"authorize": value}

    @rule(pick=st.integers(min_value=0, max_value=3))
    def withdraw(self, pick):
        """A pending increase is let go once; everything else stays as it is."""
        name = list(self.books.accounts)[pick % len(self.books.accounts)]
        account = self.books.accounts[name]
        pending = any(call.operation == "authorize" and call.payment_id == name for call in self.waiting)
        told = any(call.operation == "cancel" and call.payment_id == name for call in self.waiting)
        lets_go = pending and not told and not account.gone and not account.first
        calls = self.follow(plan(self.transaction, Withdraw(name), RECOMMENDED))
        assert self.sums(calls) == ({"cancel": account.value} if lets_go else {})

    @rule(pick=st.integers(min_value=0, max_value=3))
    def delay_runs_out(self, pick):
        """One payment captures what is open and not cancelled in the gateway."""
        name, account = list(self.books.accounts.items())[pick % len(self.books.accounts)]
        due = account.open - account.held if self.status in OPEN else 0
        calls = self.follow(plan(self.transaction, AutoSettle(name), RECOMMENDED))
        assert self.sums(calls) == ({"settle": due} if due else {})
        assert {call.payment_id for call in calls} <= {name}

    @precondition(lambda self: not self.books.add("settling"))
    @rule(approved=st.booleans())
    def judge(self, approved):
        """The verdict of an anti-fraud waits for captures; a no takes everything back, later it means nothing."""
        captured, open_ = self.books.refundable, self.books.add("open")
        captures = tuple(each for each in self.captures if each.refundable)
        rejected = self.status == ANALYZING and not approved
        calls = self.follow_judged(plan(self.transaction, Judge(approved, captures), RECOMMENDED), rejected)
        assert self.sums(calls) == Counter({"refund": captured, "cancel": open_} if rejected else {})
        if self.transaction.antifraud:
            assert self.status != ANALYZING or not self.transaction.payments

    def follow_judged(self, step, rejected):
        """Take the verdict's step; the merchant's totals first, when it takes everything back."""
        if rejected:
            captured = self.books.refundable
            self.books.refunded += captured
            self.books.reduced += captured
            self.books.cancelled += self.books.remaining
        return self.follow(step)

    # --- What connectors do ----------------------------------------------------------------------------------

    @precondition(lambda self: self.waiting)
    @rule(pick=st.integers(min_value=0, max_value=9), kind=st.sampled_from(ANSWERS))
    def answer(self, pick, kind):
        """Any open call comes to its end, in any way."""
        call = self.waiting.pop(pick % len(self.waiting))
        outcome = outcome_of(call.value, kind)
        before = replace(self.books)
        cancelled = self.status in {"Cancelling", "Cancelled"}
        self.books.answered(call, outcome, cancelled)
        self.keep(call, outcome)
        step = confirm(self.transaction, call, outcome)
        self.adopt(before, step.transaction, call, kind)
        self.follow(step)

    def adopt(self, before, after, call, kind):
        """What the merchant's totals become when an answer is short or lost: bounded here, not predicted.

        A full answer changes none of them. A short settle may only take back what no connector captures (C29), a
        lost one, or a denial, may only cancel, and no more than what cannot be captured any more (C10).
        """
        books = self.books
        if call.operation == "settle" and kind in {"half", "nothing", *LOST}:
            assert min(before.settled, books.add("secured") - books.reduced) <= after.settled <= before.settled
            books.settled = after.settled
        if call.operation in {"settle", "authorize"} and kind in LOST:
            assert before.cancelled <= after.cancelled
            books.cancelled = after.cancelled

    def answer_everything(self):
        """Every connector confirms what it was asked for, until nobody owes an answer."""
        while self.waiting:
            self.answer(pick=0, kind="full")

    def keep(self, call, outcome):
        """Captures as a use case keeps them, for the refunds to name."""
        booked = outcome.value if 0 <= outcome.value <= call.value else call.value
        if outcome.result is not Result.DONE:
            return
        if call.operation is Operation.SETTLE and booked:
            self.captures.append(Capture(f"S{len(self.captures)}", call.payment_id, booked))
        if call.operation is Operation.REFUND:
            self.give_back(call, booked - call.value)

    def give_back(self, call, value):
        """Count a refund against its capture, from the moment it is asked for."""
        self.captures = [
            replace(each, refunded=each.refunded + value) if each.settle_id == call.settle_id else each
            for each in self.captures
        ]

    # --- Small change ----------------------------------------------------------------------------------------

    @property
    def status(self):
        """The transaction's status, as the API spells it."""
        return self.transaction.status.value

    @staticmethod
    def sums(calls):
        """Cents asked for, by operation."""
        found = Counter()
        for call in calls:
            found[call.operation.value] += call.value
        return found

    @staticmethod
    def refused(verdict, name):
        """The verdict is that refusal: nothing was recorded, nothing is called."""
        assert isinstance(verdict, Refused)
        assert verdict.refusal.name == name

    def follow(self, step):
        """Take the next ledger; its calls wait for their answers."""
        assert not isinstance(step, Refused), step
        before = self.status if hasattr(self, "transaction") else None
        self.transaction = step.transaction
        assert before not in OVER or self.status == before
        for call in step.calls:
            assert call.value > 0
            assert (call.settle_id is not None) is (call.operation is Operation.REFUND)
            self.books.called(call)
            self.waiting.append(call)
            if call.operation is Operation.REFUND:
                self.give_back(call, call.value)
        return step.calls

    # --- What is always true ---------------------------------------------------------------------------------

    @invariant()
    def the_ledger_agrees_with_the_books(self):
        """Every figure that follows from requests and answers is the same on both sides."""
        ours, theirs = self.books, self.transaction
        names = ("value", "settled", "cancelled", "refunded", "reduced")
        assert {name: getattr(theirs, name) for name in names} == {name: getattr(ours, name) for name in names}
        for payment in theirs.payments:
            account = ours.accounts[payment.id]
            for name in ("authorized", "captured", "voided", "refunded", "by_hand"):
                assert getattr(payment, name) == getattr(account, name), (payment.id, name)
            for name in ("settling", "cancelling", "refunding"):
                assert getattr(payment, name) == getattr(account, name), (payment.id, name)

    @invariant()
    def nobody_moves_more_than_there_is(self):
        """S + X + D <= V, c + v <= a and r <= c, what is on its way included."""
        assert self.books.remaining >= 0
        assert min(self.books.settled, self.books.cancelled, self.books.refunded, self.books.reduced) >= 0
        for account in self.books.accounts.values():
            assert account.open >= 0
            assert account.refunded + account.refunding + account.by_hand <= account.captured

    @invariant()
    def cancelled_cents_are_voided_or_held(self):
        """While a transaction is alive, what was cancelled is voided, on its way, or still open to be voided."""
        if self.status in OPEN:
            assert 0 <= self.books.held_cancels == self.books.add("held") <= self.books.add("open")

    @invariant()
    def settled_cents_are_captured_or_held(self):
        """C29: what counts as settled is captured, on its way, or (not closed yet) kept for the closing."""
        # A refund that lowers the order may take what a settle leaned on; the closing captures it elsewhere.
        held = (self.books.mode == "hold" or self.books.reduced) and self.books.remaining > 0
        backing = self.books.add("secured") + (self.books.add("open") - self.books.held_cancels if held else 0)
        if self.status in ALIVE:
            assert self.books.settled + self.books.reduced <= backing

    @invariant()
    def an_end_is_an_end(self):
        """What is over owes nothing: the merchant has what it settled, the shopper has the rest."""
        if self.status not in OVER or self.waiting:
            return
        assert self.books.remaining == 0
        captured = self.books.add("captured")
        assert captured - self.books.reduced == self.books.settled
        assert (self.status == "Finished") is (self.books.settled > 0)
        for account in self.books.accounts.values():
            assert account.captured or not account.open

    def teardown(self):
        """Everybody answers, the merchant settles what is left, and the transaction comes to its end."""
        if not hasattr(self, "books"):
            return
        self.authorize()
        self.answer_everything()
        self.judge(approved=True)
        if self.status in ALIVE:
            self.settle("all")
            self.answer_everything()
        assert self.status in OVER
        self.the_ledger_agrees_with_the_books()
        self.an_end_is_an_end()


def test_no_interleaving_loses_doubles_or_hides_a_cent():
    """Requests and answers in any order keep the ledger in agreement with the auditor's books."""
    run_state_machine_as_test(
        Life,
        settings=settings(
            derandomize=True,
            max_examples=500,
            stateful_step_count=30,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
        ),
    )
