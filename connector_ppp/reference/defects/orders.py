"""Defects of orders that several payments pay: what is one payment's is taken for another's."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from connector_ppp.reference.book import Book, Page
from connector_ppp.reference.defects.defect import OK, Defect, told
from connector_ppp.reference.handling import Around, Creation, Handler, Move
from connector_ppp.reference.payment import Payment, Refund, Status
from connector_ppp.reference.replies import Reply, authorize_response


def _order(callback_url: str) -> str:
    """What the callback addresses of one transaction begin with."""
    return callback_url.partition("/payments/")[0]


def _of_the_order(book: Book, callback_url: str) -> Iterator[Page]:
    """The payments of an order that were created, oldest first."""
    for page in book.pages():
        if page.checkout is not None and _order(page.checkout.callback_url) == _order(callback_url):
            yield page


def _answers_with_the_first(is_like: Callable[[Payment, Creation], bool]) -> Around[Creation]:
    """A create is answered with the first payment of its order that is like it."""

    def answer(handle: Handler[Creation], call: Creation) -> Reply:
        pages = _of_the_order(call.book, call.checkout.callback_url)
        first = next((page for page in pages if is_like(page.payment, call)), None)
        if first is None or first.payment.payment_id == call.request.payment_id:
            return handle(call)
        return Reply(OK, authorize_response(first.payment, first.checkout))

    return answer


def _any_payment(_first: Payment, _call: Creation) -> bool:
    return True


def _of_the_same_value(first: Payment, call: Creation) -> bool:
    return first.value == call.request.value


def _cancels_the_order(handle: Handler[Move], call: Move) -> Reply:
    """A cancel without a value ends every payment of the order."""
    reply = handle(call)
    checkout = call.book.checkout(call.request.payment_id)
    if reply.status == OK and checkout is not None and call.request.value is None:
        for page in _of_the_order(call.book, checkout.callback_url):
            page.payment = replace(page.payment, status=Status.CANCELLED)
    return reply


def _believes_the_settle_id(handle: Handler[Move], call: Move) -> Reply:
    """A refund is of the payment whose settleId it names, and not of the one that it names."""
    request = call.request
    pages = call.book.pages() if isinstance(request, Refund) else ()
    owner = next((page.payment.payment_id for page in pages if _settled(page.payment, request)), None)
    if owner is None:
        return handle(call)
    reply = handle(replace(call, request=replace(request, payment_id=owner)))
    return told(reply, payment_id=request.payment_id)


def _settled(payment: Payment, request: object) -> bool:
    settle_id = request.settle_id if isinstance(request, Refund) else None
    return any(entry.settle_id == settle_id for entry in payment.settlements)


ROWS: Final = (
    Defect(
        "keys-by-order",
        "a create of an order that has a payment already is answered with that payment",
        "the paymentId is the idempotency key of a create (documented)",
        "the merchant, who ships an order of which one card was charged, and the other was not",
        create=_answers_with_the_first(_any_payment),
    ),
    Defect(
        "guards-against-duplicates",
        "a second payment of the same value within one order is answered with the first",
        "the paymentId is the idempotency key of a create (documented; known issue 1118560)",
        "the merchant, who is paid half",
        create=_answers_with_the_first(_of_the_same_value),
    ),
    Defect(
        "cancels-the-order",
        "a cancel of one payment cancels all payments of its order",
        "a cancel is of the payment that it names (documented)",
        "the merchant, who cannot capture what the other card holds",
        cancel=_cancels_the_order,
    ),
    Defect(
        "refunds-by-settle-id",
        "a refund is taken from the payment whose settleId it names, whichever payment it is of",
        "a refund is of the payment that it names, and refunded <= captured (documented)",
        "the shopper, whose other card gets the money",
        refund=_believes_the_settle_id,
    ),
)
