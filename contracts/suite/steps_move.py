"""Steps that send one request about money, and the one that sends an earlier request again."""

from decimal import Decimal
from typing import Final

from msgspec import structs

from connector_ppp.messages import (
    AuthorizeRequest,
    CancelRequest,
    InboundRequest,
    RefundRequest,
    RequestData,
    SettleRequest,
)
from contracts.suite import vocabulary as words
from contracts.suite.answers import answer_of, is_filled
from contracts.suite.books import Books
from contracts.suite.happened import Happened, sent
from contracts.suite.scene import Scene

UNKNOWN_SETTLEMENT: Final = "settlement-that-never-was"


def settle(scene: Scene, step: words.Settle) -> Happened:
    """Capture a value."""
    books = scene.books(step.payment)
    value = step.value.within(books.authorized, books.open)
    return sent(scene, step, settlement(scene, step.payment, value, scene.request_id_of(step, value)))


def settlement(scene: Scene, name: str, value: Decimal, request_id: str = "") -> SettleRequest:
    """A new settle of a payment of the scene, currency units."""
    payment = scene.payment(name)
    return SettleRequest(
        transaction_id=payment.transaction_id,
        request_id=request_id or scene.request_id(),
        payment_id=payment.payment_id,
        value=value,
        authorization_id=payment.told("authorizationId"),
        tid=payment.told("tid"),
        nsu=payment.told("nsu"),
    )


def cancel(scene: Scene, step: words.Cancel) -> Happened:
    """Void a value, or everything."""
    books = scene.books(step.payment)
    value = None if step.value is None else step.value.within(books.authorized, books.open)
    in_unit = None if value is None else scene.cancel_value(value)
    request_id = scene.request_id_of(step, books.open if value is None else value)
    return sent(scene, step, cancellation(scene, step.payment, in_unit, request_id))


def cancellation(scene: Scene, name: str, value: int | Decimal | None, request_id: str = "") -> CancelRequest:
    """A new cancel of a payment of the scene; an int is cents, a Decimal currency units, None everything."""
    payment = scene.payment(name)
    request = CancelRequest(
        transaction_id=payment.transaction_id,
        request_id=request_id or scene.request_id(),
        payment_id=payment.payment_id,
        authorization_id=payment.told("authorizationId"),
        tid=payment.told("tid"),
        nsu=payment.told("nsu"),
    )
    return request if value is None else structs.replace(request, value=value)


def refund(scene: Scene, step: words.Refund) -> Happened:
    """Give a value of one capture back."""
    books = scene.books(step.payment)
    settle_id = _named(scene, step.of) if step.of else _newest(books)
    if not settle_id:
        return Happened(blocked="the settle told no settleId, and a refund needs one")
    value = step.value.within(books.captured, books.refundable)
    request_id = scene.request_id_of(step, value)
    return sent(scene, step, giving_back(scene, step.payment, value, settle_id, request_id))


def _named(scene: Scene, step: str) -> str:
    settle_id = scene.marks[step].fields.get("settleId")
    return str(settle_id) if is_filled(settle_id) else ""


def _newest(books: Books) -> str:
    return books.captures[-1].settle_id if books.captures else UNKNOWN_SETTLEMENT


def giving_back(scene: Scene, name: str, value: Decimal, settle_id: str, request_id: str = "") -> RefundRequest:
    """A new refund of one capture of a payment of the scene, currency units."""
    payment = scene.payment(name)
    return RefundRequest(
        transaction_id=payment.transaction_id,
        request_id=request_id or scene.request_id(),
        payment_id=payment.payment_id,
        settle_id=settle_id,
        value=value,
        authorization_id=payment.told("authorizationId"),
        tid=payment.told("tid"),
        nsu=payment.told("nsu"),
    )


def inbound(scene: Scene, step: words.Inbound) -> Happened:
    """Hand a third party's message over."""
    payment = scene.payment(step.payment)
    request = InboundRequest(
        request_id=scene.request_id(),
        transaction_id=payment.transaction_id,
        payment_id=payment.payment_id,
        request_data=RequestData(body='{"event":"notified"}'),
        authorization_id=payment.told("authorizationId"),
        nsu=payment.told("nsu"),
        tid=payment.told("tid"),
    )
    return sent(scene, step, request, step.action)


def repeat(scene: Scene, step: words.Repeat) -> Happened:
    """Send an earlier request again, perhaps with another value."""
    request = scene.sent[step.of].request
    if step.value is not None:
        value = step.value.within(Decimal(0), Decimal(0))
        in_unit = scene.cancel_value(value) if isinstance(request, CancelRequest) else value
        request = structs.replace(request, value=in_unit)
    if isinstance(request, AuthorizeRequest):
        payment = scene.named(scene.sent[step.of]) or scene.payment(step.payment)
        exchange = scene.create(request, payment, step)
        return Happened((answer_of(exchange),), (exchange,))
    return sent(scene, step, request)
