"""Payments by their own id: the merchant's notifications, and the callbacks of connectors."""

from http import HTTPStatus

from flask import Blueprint, Response, request
from msgspec import UNSET

from connector_ppp import MessageError
from connector_ppp.messages import AuthorizeResponse, decode
from gateway_mock.core.refusals import Refusal, Refused, refuse
from gateway_mock.records import PaymentRecord
from gateway_mock.service import callbacks, inbound, queries
from gateway_mock.web.http import accepted, account, body, empty, sandbox
from gateway_mock.web.problem import Problem, Refusing, malformed
from gateway_mock.web.wire.transaction_bodies import NotificationBody

blueprint = Blueprint("payments", __name__)


@blueprint.get("/api/payments/pvt/payments/<payment_id>/payment-notification")
def paid_in_full(payment_id: str) -> Response:
    """The payment came in, in full, today. A GET with a side effect, as documented."""
    accepted(callbacks.confirm_pending(sandbox(), account(), payment_id))
    return empty()


@blueprint.post("/api/payments/pvt/payments/<payment_id>/payment-notification")
def paid(payment_id: str) -> Response:
    """The payment came in: when, and how much in currency units."""
    accepted(callbacks.confirm_pending(sandbox(), account(), payment_id, _paid(body(NotificationBody))))
    return empty()


def _paid(told: NotificationBody) -> int:
    try:
        return told.cents()
    except ValueError as why:
        raise malformed(str(why)) from None


@blueprint.post(
    "/api/payment-provider/transactions/<transaction_id>/payments/<payment_id>/inbound-request/<action>"
)
def inbound_request(transaction_id: str, payment_id: str, action: str) -> Response:
    """A third party's message for the connector, whose own answer it gets."""
    name = request.args.get("accountName", "")
    payment = accepted(queries.payment(sandbox(), name, payment_id))
    if payment.transaction_id != transaction_id:
        raise Refusing(refuse(Refusal.PAYMENT_NOT_FOUND, id=payment_id))
    try:
        told = inbound.hand_over(sandbox(), name, payment, action, request.get_data(as_text=True))
    except inbound.InboundFailedError as why:
        raise Problem(HTTPStatus.BAD_GATEWAY, "Mock.ConnectorFailed", str(why)) from None
    return Response(told.content, told.status, content_type=told.content_type)


@blueprint.post("/api/pvt/payment-provider/transactions/<transaction_id>/payments/<payment_id>/callback")
@blueprint.post("/api/payment-provider/transactions/<transaction_id>/payments/<payment_id>/callback")
@blueprint.post("/api/payment-provider/transactions/<transaction_id>/payments/<payment_id>/notification")
def callback(transaction_id: str, payment_id: str) -> Response:
    """With a body it is the news itself, without one it asks the gateway to ask again (C16)."""
    name = request.args.get("accountName", "")
    payment = _signed(name, transaction_id, payment_id)
    text = request.get_data(as_text=True)
    if not text:
        callbacks.retry(sandbox(), name, payment)
        return empty()
    accepted(callbacks.notify(sandbox(), name, payment, _news(text, payment_id), text))
    return empty()


def _signed(name: str, transaction_id: str, payment_id: str) -> PaymentRecord:
    signature = request.args.get("X-VTEX-signature", "")
    if not signature:
        raise _changed_address()
    payment = queries.payment(sandbox(), name, payment_id)
    if isinstance(payment, Refused) or payment.transaction_id != transaction_id:
        raise _changed_address()  # another account's address, too: 403 as in known issue 775235
    if not callbacks.signed(payment, signature):
        raise _changed_address()
    _require_partner(name, payment)
    return payment


def _require_partner(name: str, payment: PaymentRecord) -> None:
    """Documented: callbacks carry the partner's own credentials; none at all is 401, wrong ones are 403."""
    pair = [request.headers.get(header, "") for header in ("X-VTEX-API-AppKey", "X-VTEX-API-AppToken")]
    if callbacks.trusted(sandbox(), name, payment, *pair):
        return
    status = HTTPStatus.FORBIDDEN if all(pair) else HTTPStatus.UNAUTHORIZED
    raise Problem(status, "1", "Acesso não autorizado")


def _changed_address() -> Problem:
    return Problem(HTTPStatus.FORBIDDEN, "Mock.CallbackSignature", "The callback URL is to be used unchanged.")


def _news(text: str, payment_id: str) -> AuthorizeResponse:
    try:
        news = decode(text, AuthorizeResponse)
    except MessageError as why:
        raise malformed(str(why)) from None
    if news.payment_id not in (UNSET, None, payment_id):
        raise malformed("the body's paymentId is not the one of its callback URL")
    if news.status not in callbacks.WORDS:
        raise malformed(f"the body's status is one of {', '.join(sorted(callbacks.WORDS))}")
    return news
