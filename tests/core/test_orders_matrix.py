"""Which operation an order takes in which status, and what each refused one is told."""

from dataclasses import replace

import pytest

from gateway_mock.core.changes import Change, take_change
from gateway_mock.core.orders import (
    Invoice,
    InvoiceType,
    Order,
    advance,
    cancel,
    deny_cancel,
    start_handling,
    take_invoice,
    track,
)
from gateway_mock.core.policy import RECOMMENDED, InvoiceReplay, Policy
from gateway_mock.core.refusals import Refused
from gateway_mock.core.statuses import OrderStatus

NO_REQUEST = "CANCELLATION_REQUEST_NOT_FOUND"

MATRIX = """
status                 | handle                 | output         | input          | change                 | cancel                    | deny
payment-pending        | NOT_READY_FOR_HANDLING | INVOICE_STATUS | INVOICE_STATUS | CHANGE_STATUS          | taken                     | NO_REQUEST
payment-approved       | NOT_READY_FOR_HANDLING | taken          | RETURN_EXCEEDS | CHANGE_STATUS          | taken                     | NO_REQUEST
payment-approved 40    | NOT_READY_FOR_HANDLING | taken          | taken          | taken                  | CANCEL_PARTIALLY_INVOICED | NO_REQUEST
window-to-cancel       | NOT_READY_FOR_HANDLING | INVOICE_STATUS | INVOICE_STATUS | CHANGE_STATUS          | taken                     | NO_REQUEST
ready-for-handling     | taken                  | taken          | RETURN_EXCEEDS | CHANGE_STATUS          | taken                     | NO_REQUEST
handling               | NOT_READY_FOR_HANDLING | taken          | RETURN_EXCEEDS | taken                  | taken                     | NO_REQUEST
invoice 40             | NOT_READY_FOR_HANDLING | taken          | taken          | CHANGE_STATUS          | CANCEL_PARTIALLY_INVOICED | NO_REQUEST
invoiced 100           | NOT_READY_FOR_HANDLING | INVOICE_STATUS | taken          | CHANGE_STATUS          | CANCEL_STATUS             | NO_REQUEST
cancellation-requested | NOT_READY_FOR_HANDLING | taken          | RETURN_EXCEEDS | CHANGE_STATUS          | taken                     | taken
cancel                 | NOT_READY_FOR_HANDLING | INVOICE_STATUS | INVOICE_STATUS | CHANGE_CANCELLED_ORDER | CANCEL_STATUS             | NO_REQUEST
canceled               | NOT_READY_FOR_HANDLING | INVOICE_STATUS | INVOICE_STATUS | CHANGE_CANCELLED_ORDER | CANCEL_STATUS             | NO_REQUEST
"""  # noqa: E501 - a table is read as one


def invoice(kind, value, number="N2"):
    """An invoice of that many cents."""
    return Invoice(number=number, type=kind, value=value, issuance_date="2024-01-31")


OPERATIONS = {
    "handle": lambda order, _: start_handling(order),
    "output": lambda order, books: take_invoice(order, books, invoice(InvoiceType.OUTPUT, 1000), RECOMMENDED),
    "input": lambda order, books: take_invoice(order, books, invoice(InvoiceType.INPUT, 1000), RECOMMENDED),
    "change": lambda order, books: take_change(
        order, books, Change(reason="stock", discount=1000), refunds_in_part=True
    ),
    "cancel": lambda order, books: cancel(order, books, RECOMMENDED),
    "deny": lambda order, _: deny_cancel(order, "request"),
}


def cells():
    """Every cell of the matrix as a test parameter."""
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in MATRIX.strip().splitlines())
    for status, *verdicts in rows:
        for operation, verdict in zip(head[1:], verdicts, strict=True):
            yield pytest.param(status, operation, verdict, id=f"{status}-{operation}")


def order_in(status, sold="0"):
    """An order of 100.00 in that status, of which so much was invoiced."""
    value = int(sold) * 100
    return Order(
        id="O",
        value=10_000,
        transaction_id="T",
        status=OrderStatus(status),
        before_request=OrderStatus.HANDLING if status == "cancellation-requested" else None,
        invoices=(invoice(InvoiceType.OUTPUT, value, "N1"),) if value else (),
    )


@pytest.mark.parametrize(("status", "operation", "verdict"), list(cells()))
def test_an_order_takes_what_its_status_allows(given, perform, status, operation, verdict):
    """Each operation in each status is taken, or refused by the refusal of the matrix."""
    order = order_in(*status.split())
    play = given("A 100 total")
    if order.invoiced:
        perform(play, f"settle {order.invoiced // 100}")
    result = OPERATIONS[operation](order, play.transaction)
    found = result.refusal.name if isinstance(result, Refused) else "taken"
    assert found == {"NO_REQUEST": NO_REQUEST}.get(verdict, verdict)


def test_the_matrix_names_every_status():
    """No status is left out."""
    named = {line.split("|")[0].split()[0] for line in MATRIX.strip().splitlines()[1:]}
    assert named == set(OrderStatus)


@pytest.mark.parametrize("back", ["ready-for-handling", "handling", "payment-approved"])
def test_a_denied_cancellation_leads_back(given, back):
    """With two steps the first cancel only asks; denied, the order is where it was; repeated, it is canceled."""
    two_steps = replace(RECOMMENDED, cancel_in_two_steps=True)
    books = given("A 100 total").transaction
    asked = cancel(order_in(back), books, two_steps)
    assert asked.order.status == "cancellation-requested"
    assert asked.requests == ()
    assert deny_cancel(asked.order, "request").order.status == back
    assert cancel(asked.order, books, two_steps).order.status == "cancel"


def test_a_cancel_before_the_grace_period_ends_is_immediate(given):
    """Window-to-cancel knows no request for cancellation (documented)."""
    two_steps = replace(RECOMMENDED, cancel_in_two_steps=True)
    assert cancel(order_in("window-to-cancel"), given("A 100 total").transaction, two_steps).requests != ()


@pytest.mark.parametrize(
    ("until", "status"),
    [
        ("payment-approved", "payment-approved"),
        ("window-to-cancel", "window-to-cancel"),
        ("ready-for-handling", "ready-for-handling"),
        ("handling", "handling"),
    ],
)
def test_an_approved_payment_carries_the_order(given, until, status):
    """As far as the order says, and no further."""
    order = replace(order_in("payment-pending"), until=OrderStatus(until))
    assert advance(order, given("A 100 total").transaction).status == status


def test_a_payment_that_waits_keeps_the_order_pending(given):
    """Before the approval the order stays in payment-pending."""
    play = given("new A 100 total")
    assert advance(order_in("payment-pending"), play.transaction).status == "payment-pending"


def test_a_denied_payment_cancels_the_order(given, perform):
    """Documented: denied means canceled."""
    play = given("new A 100 total")
    perform(play, "authorize (A denies)")
    assert advance(order_in("payment-pending"), play.transaction).status == "canceled"


@pytest.mark.parametrize(
    ("kind", "policy", "verdict"),
    [
        (InvoiceType.OUTPUT, RECOMMENDED, "replayed"),
        (InvoiceType.INPUT, RECOMMENDED, "INVOICE_NUMBER_USED"),
        (InvoiceType.OUTPUT, Policy(invoice_replay=InvoiceReplay.REJECT), "INVOICE_NUMBER_USED"),
    ],
)
def test_the_same_number_again_moves_nothing(given, kind, policy, verdict):
    """C3: a new receipt only; a return under the number of a sale is refused, so is a strict replay."""
    order = order_in("payment-approved", "40")
    result = take_invoice(order, given("A 100 total").transaction, invoice(kind, 9_999, "N1"), policy)
    if verdict == "replayed":
        assert result.replayed
        assert (result.order, result.requests) == (order, ())
    else:
        assert result.refusal.name == verdict


def test_tracking_needs_its_invoice():
    """Known issue 631970: an unknown number is `Invoice Not Found`."""
    tracked = invoice(InvoiceType.OUTPUT, 4000, "N1")
    assert track(order_in("handling"), "N1", tracked).message == "Invoice Not Found"


def test_oddities_of_an_invoice_are_only_mentioned(given):
    """S9: articles that the order lacks, twice the same article, and another sum do not stop an invoice."""
    books = given("A 100 total").transaction
    order = replace(order_in("handling"), items=())
    assert take_invoice(order, books, invoice(InvoiceType.OUTPUT, 1000), RECOMMENDED).notes == ()
