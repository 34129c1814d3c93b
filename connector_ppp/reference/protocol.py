"""The protocol's own endpoints: manifest, create, settle, cancel, refund, inbound."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Final, Literal

from flask import Blueprint, Response, request

from connector_ppp.errors import MessageError
from connector_ppp.messages import InboundResponse, ResponseData
from connector_ppp.reference.book import Book, Page, Received
from connector_ppp.reference.callbacks import Callbacks
from connector_ppp.reference.handling import Creation, Handler, Handlers, Move
from connector_ppp.reference.manifest import MANIFEST
from connector_ppp.reference.payment import Request, Status
from connector_ppp.reference.reading import (
    AuthorizeBody,
    InboundBody,
    authorization,
    decimals_of,
    flow,
    read_cancel,
    read_refund,
    read_settle,
)
from connector_ppp.reference.replies import Reply
from connector_ppp.reference.scenarios import Checkout
from connector_ppp.reference.web import body, read, render
from connector_ppp.wire import decode

Moving = Literal["settle", "cancel", "refund"]

READERS: Final[Mapping[Moving, Callable[[bytes, int], Request]]] = {
    "settle": read_settle,
    "cancel": read_cancel,
    "refund": read_refund,
}

MANIFEST_REPLY: Final = Reply(200, MANIFEST)


def protocol_of(book: Book, handlers: Handlers, callbacks: Callbacks | None) -> Blueprint:
    """The endpoints over one book.

    Args:
        book: the provider's memory.
        handlers: what answers, defects included.
        callbacks: who calls back by itself; None leaves it to the control plane.
    """
    blueprint = Blueprint("protocol", __name__)

    @blueprint.get("/manifest")
    def manifest() -> Response:
        return render(MANIFEST_REPLY)

    @blueprint.post("/payments")
    def payments() -> Response:
        return _create(book, handlers, callbacks)

    @blueprint.post("/payments/<payment_id>/settlements")
    def settlements(payment_id: str) -> Response:
        return _move(book, "settle", payment_id, handlers)

    @blueprint.post("/payments/<payment_id>/cancellations")
    def cancellations(payment_id: str) -> Response:
        return _move(book, "cancel", payment_id, handlers)

    @blueprint.post("/payments/<payment_id>/refunds")
    def refunds(payment_id: str) -> Response:
        return _move(book, "refund", payment_id, handlers)

    # OpenAPI says inbound, VTEX's guides say inbound-request (C4): both are served.
    @blueprint.post("/payments/<payment_id>/inbound/<action>")
    @blueprint.post("/payments/<payment_id>/inbound-request/<action>")
    def inbound(payment_id: str, action: str) -> Response:
        return _inbound(book, payment_id, action)

    return blueprint


def _create(book: Book, handlers: Handlers, callbacks: Callbacks | None) -> Response:
    raw = body()
    asked = decode(handlers.hears("", raw), AuthorizeBody)
    checkout = Checkout(flow(asked), asked.callback_url, request.host_url)
    creation = Creation(book, authorization(asked), checkout, raw)
    page = book.page(asked.payment_id)
    with _held(page, handlers):
        reply = handlers.create(creation)
        book.received.append(Received("authorize", asked.payment_id, None, creation.request.value, reply.status))
        due = _first_undefined(page)
    response = render(reply)
    if due and callbacks is not None:
        _call_back(response, handlers, callbacks, asked.payment_id, checkout.flow.outcome)
    elif callbacks is not None and not handlers.silent and page.payment.status is Status.APPROVED:
        response.call_on_close(lambda: callbacks.again(asked.payment_id))
    return response


def _call_back(
    response: Response, handlers: Handlers, callbacks: Callbacks, payment_id: str, outcome: Status
) -> None:
    if handlers.answer_first:
        # Not before the answer is out: VTEX freezes a transaction that is called back inside its own request.
        response.call_on_close(lambda: callbacks.later(payment_id, outcome))
    else:
        callbacks.resolve(payment_id, outcome)


def _first_undefined(page: Page) -> bool:
    """Whether a callback is due for the first time; every payment gets one at most."""
    due = page.payment.status is Status.UNDEFINED and not page.callback_due
    page.callback_due |= due
    return due


def _held(page: Page, handlers: Handlers) -> AbstractContextManager[object]:
    """The payment's lock for a whole call, unless a defect does without."""
    return page.lock if handlers.locked else nullcontext()


def _move(book: Book, operation: Moving, payment_id: str, handlers: Handlers) -> Response:
    decimals = decimals_of(book.payment(payment_id).currency)
    raw = body()
    asked = READERS[operation](handlers.hears(payment_id, raw), decimals)
    _same_payment(payment_id, asked.payment_id)
    handle: Handler[Move] = getattr(handlers, operation)
    with _held(book.page(payment_id), handlers):
        reply = handle(Move(book, asked, decimals, raw))
        book.received.append(Received(operation, payment_id, asked.request_id, asked.value, reply.status))
    return render(reply)


def _inbound(book: Book, payment_id: str, action: str) -> Response:
    """Answer a third party's message with what is known of the payment; it moves no money."""
    asked = read(InboundBody)
    _same_payment(payment_id, asked.payment_id)
    status = book.payment(payment_id).status
    book.received.append(Received("inbound", payment_id, asked.request_id, None, 200))
    answer = InboundResponse(
        request_id=asked.request_id,
        payment_id=payment_id,
        code=None,
        message=f"{action} received",
        response_data=ResponseData(
            status_code=404 if status is Status.ABSENT else 200,
            content_type="text/plain",
            content=f"{action}: {len(asked.request_data.body)} characters; the payment is {status}",
        ),
    )
    return render(Reply(200, answer))


def _same_payment(in_path: str, in_body: str) -> None:
    if in_path != in_body:
        raise MessageError(f"paymentId is {in_path!r} in the path and {in_body!r} in the body")
