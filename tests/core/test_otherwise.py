"""The known issues of the rules, one at a time, against whatever merchants ask and connectors answer.

A switch may leave a transaction stuck; it may never make the books impossible, and a switch that is off leaves the
rules alone.
"""

from dataclasses import replace
from random import Random

import pytest

from gateway_mock.core import confirm as answers
from gateway_mock.core import otherwise
from gateway_mock.core import plan as requests
from gateway_mock.core.allocation import Capture
from gateway_mock.core.confirm import Outcome, Result
from gateway_mock.core.ledger import Payment, Step, Transaction, broken
from gateway_mock.core.modes import Mode, Operation
from gateway_mock.core.policy import RECOMMENDED
from gateway_mock.core.quirks import with_quirks
from gateway_mock.core.quirks_policy import READINGS
from gateway_mock.core.refusals import Refused
from gateway_mock.core.requests import Authorize, AutoSettle, Cancel, Judge, Refund, Settle

STEPS = 30


class Case:
    """One transaction of 100.00 in one or two payments, and a merchant and connectors that do anything."""

    def __init__(self, seed, policy):
        self.random = Random(seed)  # noqa: S311 - no secret
        self.policy = policy
        mode = self.random.choice(list(Mode))
        values = self.random.choice([[10_000], [6000, 4000]])
        payments = tuple(
            Payment(id=f"P{number}", value=value, connector="C", mode=mode) for number, value in enumerate(values)
        )
        self.transaction = Transaction(id="T", value=10_000, payments=payments)
        self.waiting, self.captures = [], []

    def play(self):
        """Each step asks for something, or answers the oldest call that waits."""
        self.ask(Authorize(antifraud=self.random.random() < 0.2))
        for _ in range(STEPS):
            if self.waiting and self.random.random() < 0.6:
                self.answer(self.waiting.pop(0))
            else:
                self.ask(self.request())

    def request(self):
        """Anything that a merchant, a delay or an anti-fraud may ask for."""
        value = self.random.choice([0, 1000, 2000, 4000, 6000, 10_000])
        captures = tuple(capture for capture in self.captures if capture.refundable)
        wanted = [
            Authorize(),
            Settle(value),
            Settle(value),
            AutoSettle("P0"),
            Cancel(value, captures),
            Refund(value, captures),
        ]
        if not self.transaction.total("settling"):  # else a verdict waits
            wanted.append(Judge(self.random.random() < 0.5, captures))
        return self.random.choice(wanted)

    def ask(self, request):
        """Put a request."""
        verdict = otherwise.plan(self.transaction, request, self.policy)
        if not isinstance(verdict, Refused):
            self.take(verdict)

    def answer(self, call):
        """End a call in any way."""
        ways = [Result.DONE, Result.DONE, Result.DONE, Result.GIVEN_UP]
        ways += [Result.DENIED] if call.operation is Operation.AUTHORIZE else [Result.BY_HAND]
        result = self.random.choice(ways)
        value = self.random.choice([call.value, call.value, call.value // 2]) if result is Result.DONE else 0
        settle_id = f"S{len(self.captures)}"
        if call.operation is Operation.SETTLE and value:
            self.captures.append(Capture(settle_id, call.payment_id, value))
        if result is Result.DONE:
            self.give_back(call, value - call.value)
        outcome = Outcome(result, value, settle_id=settle_id, inside=self.random.random() < 0.1)
        self.take(otherwise.confirm(self.transaction, call, outcome, self.policy))

    def take(self, step: Step):
        """The next ledger, and the calls that wait now."""
        assert list(broken(step.transaction)) == []
        self.transaction = step.transaction
        self.waiting += step.calls
        for call in step.calls:
            if not call.auto:
                self.give_back(call, call.value)

    def give_back(self, call, value):
        """Take a refund's part from the capture that it names, or free it."""
        if call.operation is Operation.REFUND:
            self.captures = [
                replace(capture, refunded=capture.refunded + value)
                if capture.settle_id == call.settle_id
                else capture
                for capture in self.captures
            ]


@pytest.mark.parametrize("name", READINGS)
def test_no_switch_makes_the_books_impossible(name):
    """Nothing is captured, voided or given back that was not there, whatever gets stuck."""
    for seed in range(40):
        Case(f"{name} {seed}", with_quirks([name])).play()


def test_all_switches_together_keep_the_books_possible():
    """A connector may be put through all of them at once."""
    for seed in range(300):
        Case(seed, with_quirks(READINGS)).play()


def test_without_a_switch_the_rules_decide():
    """The same step, to the letter, for the same request and the same answer."""
    payment = Payment(id="P", value=10_000, connector="C", mode=Mode.PARTIAL)
    transaction = Transaction(id="T", value=10_000, payments=(payment,))
    for request, result in (
        (Authorize(), Result.DONE),
        (Settle(4000), Result.DONE),
        (Cancel(6000), Result.GIVEN_UP),
    ):
        step = otherwise.plan(transaction, request, RECOMMENDED)
        assert step == requests.plan(transaction, request, RECOMMENDED)
        (call,) = step.calls
        outcome = Outcome(result, call.value)
        ended = otherwise.confirm(step.transaction, call, outcome, RECOMMENDED)
        assert ended == answers.confirm(step.transaction, call, outcome, RECOMMENDED)
        transaction = ended.transaction
    assert transaction.status == "Finished"
