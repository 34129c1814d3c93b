"""Transactions at a glance: the figures of both clocks added up, and what happened. Amounts are cents."""

from collections.abc import Iterable

from gateway_mock.core.balance import differences
from gateway_mock.core.ledger import Payment
from gateway_mock.records import History
from gateway_mock.service.queries import Told
from gateway_mock.web.wire.control import moment
from gateway_mock.web.wire.fields import Json


def latest(listed: Iterable[Told]) -> Json:
    """The transactions in the order in which they come."""
    return {"transactions": [_row(told) for told in listed]}


def _row(told: Told) -> Json:
    books, order = told.record.ledger, told.order.order if told.order else None
    return {
        "transactionId": books.id,
        "orderId": told.record.order_id,
        "started": moment(told.record.moments.started),
        "status": books.status,
        "orderStatus": order.status if order else None,
        "mode": books.mode,
        "value": books.value,
        "open": books.remaining,
        "requested": {"settled": books.settled, "cancelled": books.cancelled, "refunded": books.refunded},
        "confirmed": {name: books.total(name) for name in ("authorized", "captured", "voided", "refunded")},
        "payments": [_payment(each) for each in books.payments],
        "balanced": not differences(books, order),
    }


def _payment(books: Payment) -> Json:
    return {
        "id": books.id,
        "status": books.status,
        "settling": books.settling,
        "cancelling": books.cancelling,
        "refunding": books.refunding,
    }


def history(entries: Iterable[History]) -> Json:
    """Every entry with its moment; `requestId` names the call whose answer it tells of."""
    return {"history": [_entry(each) for each in entries]}


def _entry(each: History) -> Json:
    told = each.entry
    return {
        "date": moment(each.date),
        "happening": told.happening,
        "operation": told.operation,
        "paymentId": told.payment_id,
        "value": told.value,
        "before": told.before,
        "after": told.after,
        "byItself": told.auto,
        "note": told.note,
        "requestId": each.request_id,
    }
