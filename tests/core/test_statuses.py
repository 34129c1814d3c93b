"""The transition tables are total: every state has a row, every target is a state, everything can be reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import pytest

from gateway_mock.core.statuses import (
    ORDER,
    PAYMENT,
    TRANSACTION,
    Event,
    IllegalTransitionError,
    OrderStatus,
    PaymentStatus,
    TransactionStatus,
    after,
    can,
)


@dataclass(frozen=True)
class Machine:
    """One table, with what is documented about it."""

    table: Mapping
    states: type
    start: str
    terminal: frozenset[str]

    def reachable(self, start):
        """Every state that some row of events leads to."""
        seen, frontier = set(), {start}
        while frontier:
            seen |= frontier
            frontier = {target for state in frontier for target in self.table[state].values()} - seen
        return seen


MACHINES = pytest.mark.parametrize(
    "machine",
    [
        Machine(TRANSACTION, TransactionStatus, "Started", frozenset({"Finished", "Cancelled"})),
        Machine(PAYMENT, PaymentStatus, "Received", frozenset({"Finished", "Cancelled"})),
        Machine(ORDER, OrderStatus, "payment-pending", frozenset({"invoiced", "canceled"})),
    ],
    ids=["transaction", "payment", "order"],
)

DOCUMENTED = """
Started Authorizing Authorized Approved Settling Finished
Started Cancelling Cancelled
Authorizing Cancelling Cancelled
Authorizing Authorized AnalyzingRisk RiskApproved Approved
Authorized AnalyzingRisk RiskRejected Cancelling Cancelled
AnalyzingRisk Cancelling Cancelled
Approved Cancelling Cancelled
"""


@MACHINES
def test_every_state_has_a_row(machine):
    """A state without a row would be one that nobody thought about."""
    assert set(machine.table) == set(machine.states)


@MACHINES
def test_every_event_leads_to_a_state(machine):
    """Rows are keyed by events, and their targets are members of the same enumeration."""
    for row in machine.table.values():
        assert all(isinstance(event, Event) for event in row)
        assert all(isinstance(target, machine.states) for target in row.values())


@MACHINES
def test_every_state_is_reachable(machine):
    """No state is dead: the start leads to all of them."""
    assert machine.reachable(machine.states(machine.start)) == set(machine.states)


@MACHINES
def test_the_terminal_rows_are_empty_and_no_others(machine):
    """What is over stays over (known issues 1417330 and 1341471 are the opposite)."""
    assert {state.value for state, row in machine.table.items() if not row} == machine.terminal


@MACHINES
def test_every_state_leads_to_an_end(machine):
    """From everywhere at least one terminal state can be reached: nothing is stuck for good."""
    for state in machine.states:
        assert {each.value for each in machine.reachable(state)} & machine.terminal


@MACHINES
def test_an_event_without_a_cell_raises(machine):
    """`can` says no exactly where `after` raises, and the table is as it was."""
    table = machine.table
    before = {state: dict(row) for state, row in table.items()}
    for state in machine.states:
        for event in Event:
            if event in before[state]:
                assert can(table, state, event)
                assert after(table, state, event) is before[state][event]
                continue
            assert not can(table, state, event)
            with pytest.raises(IllegalTransitionError, match=f"{event} does nothing to {state}"):
                after(table, state, event)
    assert table == before


@pytest.mark.parametrize("path", DOCUMENTED.strip().splitlines())
def test_the_documented_paths_of_a_transaction_exist(path):
    """Each state of a documented flow leads to the next one by some event."""
    states = [TransactionStatus(name) for name in path.split()]
    for state, following in pairwise(states):
        assert following in TRANSACTION[state].values()


def test_a_partial_settlement_keeps_a_transaction_settling():
    """Documented: Settling -> Settling on further partial settlements."""
    assert after(TRANSACTION, TransactionStatus.SETTLING, Event.SETTLE) is TransactionStatus.SETTLING


def test_a_partially_invoiced_order_goes_back_to_payment_approved():
    """Documented: payment-approved is entered again after each partial invoice."""
    assert after(ORDER, OrderStatus.INVOICE, Event.REOPEN) is OrderStatus.PAYMENT_APPROVED


@pytest.mark.parametrize("start", ["window-to-cancel", "ready-for-handling", "handling", "payment-approved"])
def test_an_order_can_be_cancelled_until_it_is_invoiced(start):
    """Documented: cancelled at once or through a request, from every state before the invoice."""
    assert ORDER[OrderStatus(start)][Event.CANCEL] is OrderStatus.CANCEL
    assert after(ORDER, OrderStatus.CANCEL, Event.CANCELLED) is OrderStatus.CANCELED


def test_an_invoice_while_a_cancellation_is_requested_continues_the_order():
    """Documented: sending an invoice instead of the second cancel keeps the order alive."""
    assert after(ORDER, OrderStatus.CANCELLATION_REQUESTED, Event.INVOICE) is OrderStatus.INVOICE
