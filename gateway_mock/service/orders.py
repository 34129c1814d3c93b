"""The use cases of Orders that change an order: handling, invoices, tracking, cancels.

Each goes: load the order and its transaction, let core decide, save the order and book what it asks of the gateway
in the same database transaction, then call the connectors outside of it. Booking an answer moves the order on.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from msgspec import structs

from gateway_mock.core import orders as core
from gateway_mock.core.ledger import Transaction
from gateway_mock.core.orders import (
    Invoice,
    InvoiceType,
    Order,
    OrderStep,
    OrderVerdict,
    TrackingEvent,
    fired,
)
from gateway_mock.core.refusals import Refusal, Refused, refuse
from gateway_mock.core.statuses import Event, OrderStatus
from gateway_mock.ports import Job, Row, Unit
from gateway_mock.records import (
    CancellationRequest,
    OrderRecord,
    PaymentRecord,
    TransactionRecord,
)
from gateway_mock.records_orders import ChangeRecord
from gateway_mock.service.booking import Booked, Desk, in_unit
from gateway_mock.service.dispatch import dispatch
from gateway_mock.service.sandbox import Sandbox
from gateway_mock.service.transactions import put_request


@dataclass(frozen=True, slots=True)
class Receipt:
    """What every write of Orders answers: that it was taken, and when (microseconds since 1970)."""

    order_id: str
    date: int
    receipt: str


@dataclass(frozen=True, slots=True)
class Case:
    """An order with its transaction, as a unit has loaded them."""

    order: Row[OrderRecord]
    transaction: Row[TransactionRecord]

    @property
    def now(self) -> Order:
        """What core decides on."""
        return self.order.value.order

    @property
    def ledger(self) -> Transaction:
        """The money behind it."""
        return self.transaction.value.ledger


Booking = tuple[Booked, ...]
Use = Callable[[Desk, Case], Booking | Refused]


# --- What the use cases of Orders share ---------------------------------------------------------------------


def load_case(unit: Unit, order_id: str) -> Case | Refused:
    """The order and its transaction.

    Raises:
        LookupError: the order has no transaction (a fault of this program).
    """
    order = unit.load(OrderRecord, order_id)
    if order is None:
        return refuse(Refusal.ORDER_NOT_FOUND, id=order_id)
    transaction = unit.load(TransactionRecord, order.value.order.transaction_id)
    if transaction is None:
        raise LookupError(f"the order {order_id} names a transaction that does not exist")
    return Case(order, transaction)


def changes_of(unit: Unit, order_id: str) -> tuple[Row[ChangeRecord], ...]:
    """Every change of an order, oldest first."""
    found = (row for _, row in unit.find(ChangeRecord, owner=order_id))
    return tuple(sorted(found, key=lambda row: row.value.sequence))


def payments_of(unit: Unit, transaction_id: str) -> tuple[PaymentRecord, ...]:
    """The payments of a transaction, by creation."""
    found = unit.find(PaymentRecord, owner=transaction_id)
    return tuple(sorted((row.value for _, row in found), key=lambda payment: payment.sequence))


def carry_out(desk: Desk, case: Case, step: OrderStep) -> Booking | Refused:
    """Save the order as decided, then put its requests to the gateway; all inside the unit.

    A refusal of the gateway comes back; whoever gets it decides whether the unit survives it.
    """
    order = step.order if step.requests else core.advance(step.order, case.ledger)
    desk.save_order(case.order, structs.replace(case.order.value, order=order))
    desk.tell(order.id, *step.notes)
    booked: list[Booked] = []
    for request in step.requests:
        answer = put_request(desk, order.transaction_id, request)
        if isinstance(answer, Refused):
            return answer
        booked.append(answer)
    return tuple(booked)


def _write(sandbox: Sandbox, account: str, order_id: str, use: Use) -> Receipt | Refused:
    """Run a use case of one order, call the connectors, and hand out the receipt."""

    def inside(desk: Desk) -> tuple[Receipt, Booking] | Refused:
        case = load_case(desk.unit, order_id)
        booked = case if isinstance(case, Refused) else use(desk, case)
        if isinstance(booked, Refused):
            return booked
        return Receipt(order_id, desk.now, sandbox.ids.hex32().lower()), booked

    done = in_unit(sandbox, account, inside)
    if isinstance(done, Refused):
        return done
    receipt, bookings = done
    for each in bookings:
        dispatch(sandbox, each)
    return receipt


def _decided(desk: Desk, case: Case, verdict: OrderVerdict) -> Booking | Refused:
    return verdict if isinstance(verdict, Refused) else carry_out(desk, case, verdict)


def _changing(desk: Desk, case: Case) -> Refused | None:
    """S11 of Orders: while a change runs, nothing else moves the order (known issue 1348894 is that race)."""
    running = any(row.value.in_progress for row in changes_of(desk.unit, case.now.id))
    return refuse(Refusal.CHANGE_IN_PROGRESS) if running else None


# --- Handling and invoices ----------------------------------------------------------------------------------


def start_handling(sandbox: Sandbox, account: str, order_id: str) -> Receipt | Refused:
    """The store begins to handle the order."""
    return _write(
        sandbox, account, order_id, lambda desk, case: _decided(desk, case, core.start_handling(case.now))
    )


def release(sandbox: Sandbox, job: Job) -> None:
    """The window to cancel is over: the order is ready for handling, unless it went on by itself."""

    def use(desk: Desk) -> None:
        desk.unit.unschedule(job.key)
        row = desk.unit.load(OrderRecord, job.subject)
        if row is not None and row.value.order.status is OrderStatus.WINDOW_TO_CANCEL:
            desk.save_order(row, structs.replace(row.value, order=fired(row.value.order, Event.RELEASE)))

    in_unit(sandbox, job.account, use)


def take_invoice(sandbox: Sandbox, account: str, order_id: str, invoice: Invoice) -> Receipt | Refused:
    """A sale or a return comes in.

    A settlement that the gateway refuses leaves the sale in place: the order waits in `invoice`, in error (S7 of
    Orders). A refund that the gateway refuses refuses the return.
    """
    return _write(sandbox, account, order_id, lambda desk, case: _take_invoice(desk, case, invoice))


def _take_invoice(desk: Desk, case: Case, invoice: Invoice) -> Booking | Refused:
    policy = desk.settings.policy
    changing = None if policy.invoice_during_change else _changing(desk, case)
    step = changing or core.take_invoice(case.now, case.ledger, invoice, policy)
    if isinstance(step, Refused):
        return step
    if step.replayed:
        desk.tell(case.now.id, *step.notes)
        return ()
    booked = carry_out(desk, case, step)
    if isinstance(booked, Refused) and invoice.type is InvoiceType.OUTPUT:
        return _in_error(desk, case, f"Invoice {invoice.number}: {booked.message}")
    return booked


def _in_error(desk: Desk, case: Case, why: str) -> Booking:
    row = desk.unit.load(OrderRecord, case.now.id) or case.order
    desk.save_order(row, structs.replace(row.value, order=replace(row.value.order, in_error=True)))
    desk.tell(case.now.id, why)
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """Who carries a parcel, and under which number."""

    number: str
    url: str | None
    dispatched_date: str | None
    courier: str | None


def track(sandbox: Sandbox, account: str, order_id: str, number: str, tracking: Tracking) -> Receipt | Refused:
    """Add the carrier to an invoice: no money moves."""

    def tracked(invoice: Invoice) -> Invoice:
        return replace(
            invoice,
            tracking_number=tracking.number,
            tracking_url=tracking.url,
            dispatched_date=tracking.dispatched_date,
            courier=tracking.courier,
        )

    return _write(sandbox, account, order_id, lambda desk, case: _track(desk, case, number, tracked))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Where the parcel was seen, and whether it arrived."""

    delivered: bool
    delivered_date: str | None
    events: tuple[TrackingEvent, ...]


def deliver(sandbox: Sandbox, account: str, order_id: str, number: str, delivery: Delivery) -> Receipt | Refused:
    """Tell where a parcel is; documented only for parcels that have a tracking number."""

    def delivered(invoice: Invoice) -> Invoice | Refused:
        if not invoice.tracking_number:
            return refuse(Refusal.INVOICE_INVALID, why=f"invoice {number} has no tracking number yet")
        return replace(
            invoice,
            delivered=delivery.delivered,
            delivered_date=delivery.delivered_date,
            events=delivery.events,
        )

    return _write(sandbox, account, order_id, lambda desk, case: _track(desk, case, number, delivered))


def _track(
    desk: Desk, case: Case, number: str, changed: Callable[[Invoice], Invoice | Refused]
) -> Booking | Refused:
    known = case.now.invoice(number)
    if known is None:
        return refuse(Refusal.INVOICE_NOT_FOUND)
    tracked = changed(known)
    if isinstance(tracked, Refused):
        return tracked
    return _decided(desk, case, core.track(case.now, number, tracked))


# --- Cancels ------------------------------------------------------------------------------------------------


def cancel(sandbox: Sandbox, account: str, order_id: str, reason: str, *, by_user: bool) -> Receipt | Refused:
    """Take the order back whole; with the account's two steps the first call only asks the seller."""
    return _write(sandbox, account, order_id, lambda desk, case: _cancel(desk, case, reason, by_user=by_user))


def _cancel(desk: Desk, case: Case, reason: str, *, by_user: bool) -> Booking | Refused:
    step = _changing(desk, case) or core.cancel(case.now, case.ledger, desk.settings.policy)
    if isinstance(step, Refused):
        return step
    record = structs.replace(case.order.value, cancel_reason=reason, cancelled_by_user=by_user)
    if step.order.status is OrderStatus.CANCELLATION_REQUESTED:
        asked = CancellationRequest(id=desk.sandbox.ids.uuid(), reason=reason, by_user=by_user, date=desk.now)
        record = structs.replace(case.order.value, cancellation_requests=(*record.cancellation_requests, asked))
    return carry_out(desk, replace(case, order=replace(case.order, value=record)), step)


def deny_cancel(sandbox: Sandbox, account: str, order_id: str, request_id: str, why: str) -> Receipt | Refused:
    """The seller refuses the cancellation that was asked for."""
    return _write(sandbox, account, order_id, lambda desk, case: _deny_cancel(desk, case, request_id, why))


def _deny_cancel(desk: Desk, case: Case, request_id: str, why: str) -> Booking | Refused:
    record = case.order.value
    if not any(each.id == request_id and not each.denied for each in record.cancellation_requests):
        return refuse(Refusal.CANCELLATION_REQUEST_NOT_FOUND, id=request_id)
    answered = tuple(
        structs.replace(each, denied=True, deny_reason=why) if each.id == request_id else each
        for each in record.cancellation_requests
    )
    case = replace(case, order=replace(case.order, value=structs.replace(record, cancellation_requests=answered)))
    return _decided(desk, case, core.deny_cancel(case.now, request_id))
