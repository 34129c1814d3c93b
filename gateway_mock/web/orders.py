"""Orders: reading, handling, invoices, tracking, cancels."""

from http import HTTPStatus

from flask import Blueprint, Response, request

from gateway_mock.core.refusals import Refusal, refuse
from gateway_mock.service import callbacks, order_queries, orders
from gateway_mock.service.order_queries import OrderTold
from gateway_mock.service.orders import Receipt
from gateway_mock.web.http import accepted, account, body, empty, reply, sandbox
from gateway_mock.web.problem import Refusing
from gateway_mock.web.wire import order_document, order_list
from gateway_mock.web.wire import orders as wire
from gateway_mock.web.wire.orders import CancelBody, DeliveryBody, DenyBody, InvoiceBody, TrackingBody

blueprint = Blueprint("orders", __name__)

ORDERS = "/api/oms/pvt/orders"
DOCUMENTS = "/api/orders/pvt/document"


@blueprint.get(ORDERS)
def list_orders() -> Response:
    """One page of the orders."""
    query = order_list.list_query(request.args.to_dict())
    return reply(order_list.order_page(order_queries.orders(sandbox(), account(), query), query))


@blueprint.get(f"{ORDERS}/<order_id>")
def details(order_id: str) -> Response:
    """The order with everything about it."""
    return reply(order_document.order(_told(order_id), account()))


@blueprint.get(f"{ORDERS}/<order_id>/payment-transaction")
def payment_transaction(order_id: str) -> Response:
    """The order's payments."""
    return reply(wire.payment_transaction(_told(order_id), account()))


def _told(order_id: str) -> OrderTold:
    return accepted(order_queries.order(sandbox(), account(), order_id))


@blueprint.post(f"{ORDERS}/<order_id>/start-handling")
def start_handling(order_id: str) -> Response:
    """Begin to handle the order."""
    accepted(orders.start_handling(sandbox(), account(), order_id))
    return empty(HTTPStatus.NO_CONTENT)


@blueprint.post(f"{ORDERS}/<order_id>/invoice")
@blueprint.post(f"{DOCUMENTS}/<order_id>/invoices")
def invoice(order_id: str) -> Response:
    """Take a sale or a return."""
    return _receipt(accepted(orders.take_invoice(sandbox(), account(), order_id, body(InvoiceBody).invoice())))


@blueprint.patch(f"{ORDERS}/<order_id>/invoice/<number>")
def track(order_id: str, number: str) -> Response:
    """Add the carrier to an invoice."""
    tracking = body(TrackingBody).tracking()
    return _receipt(accepted(orders.track(sandbox(), account(), order_id, number, tracking)))


@blueprint.put(f"{ORDERS}/<order_id>/invoice/<number>/tracking")
def deliver(order_id: str, number: str) -> Response:
    """Tell where a parcel is."""
    delivery = body(DeliveryBody).delivery()
    return _receipt(accepted(orders.deliver(sandbox(), account(), order_id, number, delivery)))


@blueprint.post(f"{ORDERS}/<order_id>/cancel")
def cancel(order_id: str) -> Response:
    """Cancel the order; the body may be missing."""
    wanted = body(CancelBody) if request.content_length else CancelBody()
    taken = orders.cancel(sandbox(), account(), order_id, wanted.reason, by_user=wanted.requested_by_user)
    return _receipt(accepted(taken))


@blueprint.post(f"{DOCUMENTS}/<order_id>/deny-cancellation-request")
def deny_cancel(order_id: str) -> Response:
    """Refuse a cancellation that was asked for."""
    wanted = body(DenyBody)
    request_id, why = wanted.cancellation_request_id, wanted.deny_reason
    accepted(orders.deny_cancel(sandbox(), account(), order_id, request_id, why))
    return empty()


@blueprint.post(f"{ORDERS}/<order_id>/payments/<payment_id>/payment-notification")
def payment_notification(order_id: str, payment_id: str) -> Response:
    """Confirm a pending payment of the order."""
    if payment_id not in {payment.id for payment in _told(order_id).payments}:
        raise Refusing(refuse(Refusal.PAYMENT_NOT_FOUND, id=payment_id))
    accepted(callbacks.confirm_pending(sandbox(), account(), payment_id))
    return empty()


def _receipt(taken: Receipt) -> Response:
    return reply(wire.receipt(taken))
