"""The control plane under `/_reference/`: what a test may see and do, and no gateway ever calls.

Amounts are decimal currency units. There are no credentials: it shows and moves play money only.

    GET  /_reference/payments               every payment, every call in order, the defects that are on
    GET  /_reference/payments/ID            one payment
    POST /_reference/payments/ID/resolve    {"status"?: "approved" | "denied"}: end an undefined payment, call back
    POST /_reference/reset                  forget everything
"""

from collections.abc import Iterable, Mapping
from typing import Final

from flask import Blueprint, Response
from msgspec import UNSET, UnsetType

from connector_ppp.amounts import currency_units
from connector_ppp.messages import Number
from connector_ppp.reference.book import Book, Notified, Page, Received
from connector_ppp.reference.callbacks import Callbacks
from connector_ppp.reference.payment import Payment, Status
from connector_ppp.reference.reading import decimals_of
from connector_ppp.reference.replies import Reply, failure
from connector_ppp.reference.web import read, render
from connector_ppp.wire import Wire


class SettlementView(Wire, frozen=True, kw_only=True):
    """One capture and what went back of it."""

    settle_id: str
    value: Number
    refunded: Number


class ReceivedView(Wire, frozen=True, kw_only=True):
    """One call that arrived, as asked, with the HTTP status that it got."""

    operation: str
    payment_id: str
    request_id: str | None
    value: Number | None
    status: int


class NotifiedView(Wire, frozen=True, kw_only=True):
    """One callback that left."""

    status: str
    answered: int | None
    error: str | None


class PaymentView(Wire, frozen=True, kw_only=True):
    """The books of one payment, with the calls it got, oldest first."""

    payment_id: str
    status: str
    flow: str | None
    currency: str | None
    authorized: Number
    captured: Number
    voided: Number
    refunded: Number
    open: Number
    settlements: tuple[SettlementView, ...]
    calls: tuple[ReceivedView, ...]
    callbacks: tuple[NotifiedView, ...]


class BookView(Wire, frozen=True, kw_only=True):
    """Everything: payments in order of arrival, and all calls in order."""

    payments: tuple[PaymentView, ...]
    calls: tuple[ReceivedView, ...]
    defects: tuple[str, ...]


class Resolution(Wire, frozen=True, kw_only=True):
    """What an undefined payment shall become; its own course decides when nothing is said."""

    status: str | UnsetType = UNSET


class Resolved(Wire, frozen=True, kw_only=True):
    """What it became, and what happened to the callback."""

    payment_id: str
    status: str
    callback: NotifiedView


OUTCOMES: Final[Mapping[str, Status]] = {"approved": Status.APPROVED, "denied": Status.DENIED}
"""What an undefined payment can become."""


class Nothing(Wire, frozen=True, kw_only=True):
    """An empty object."""


def control_of(book: Book, callbacks: Callbacks, defects: tuple[str, ...]) -> Blueprint:
    """The control plane over one book."""
    blueprint = Blueprint("control", __name__, url_prefix="/_reference")

    @blueprint.get("/payments")
    def payments() -> Response:
        return render(Reply(200, _book_view(book, defects)))

    @blueprint.get("/payments/<payment_id>")
    def payment(payment_id: str) -> Response:
        if book.payment(payment_id).status is Status.ABSENT and not _calls(book, payment_id):
            return render(failure(404, "unknown-payment", "this payment was never named here"))
        return render(Reply(200, _payment_view(book, book.page(payment_id))))

    @blueprint.post("/payments/<payment_id>/resolve")
    def resolve(payment_id: str) -> Response:
        return render(_resolve(book, callbacks, payment_id, read(Resolution, empty=b"{}")))

    @blueprint.post("/reset")
    def reset() -> Response:
        book.reset()
        return render(Reply(200, Nothing()))

    return blueprint


def _resolve(book: Book, callbacks: Callbacks, payment_id: str, asked: Resolution) -> Reply:
    checkout = book.checkout(payment_id)
    if checkout is None:
        return failure(404, "unknown-payment", "this payment was never created here")
    if asked.status is not UNSET and asked.status not in OUTCOMES:
        return failure(422, "unknown-status", f"status is one of {', '.join(OUTCOMES)}")
    status = checkout.flow.outcome if asked.status is UNSET else OUTCOMES[asked.status]
    notified = callbacks.resolve(payment_id, status)
    if notified is None:
        return failure(409, "not-undefined", f"the payment is {book.payment(payment_id).status}")
    return Reply(200, Resolved(payment_id=payment_id, status=notified.status, callback=_notified_view(notified)))


def _book_view(book: Book, defects: tuple[str, ...]) -> BookView:
    return BookView(
        payments=tuple(_payment_view(book, page) for page in book.pages()),
        calls=_received_views(book, book.received),
        defects=defects,
    )


def _payment_view(book: Book, page: Page) -> PaymentView:
    payment = page.payment
    decimals = decimals_of(payment.currency)
    return PaymentView(
        payment_id=payment.payment_id,
        status=payment.status.value,
        flow=None if page.checkout is None else page.checkout.flow.name,
        currency=payment.currency or None,
        authorized=currency_units(payment.authorized, decimals),
        captured=currency_units(payment.captured, decimals),
        voided=currency_units(payment.voided, decimals),
        refunded=currency_units(payment.refunded, decimals),
        open=currency_units(payment.open, decimals),
        settlements=_settlement_views(payment, decimals),
        calls=_received_views(book, _calls(book, payment.payment_id)),
        callbacks=tuple(
            _notified_view(notified) for notified in book.notified if notified.payment_id == payment.payment_id
        ),
    )


def _calls(book: Book, payment_id: str) -> tuple[Received, ...]:
    return tuple(received for received in book.received if received.payment_id == payment_id)


def _settlement_views(payment: Payment, decimals: int) -> tuple[SettlementView, ...]:
    return tuple(
        SettlementView(
            settle_id=settled.settle_id,
            value=currency_units(settled.value, decimals),
            refunded=currency_units(settled.refunded, decimals),
        )
        for settled in payment.settlements
    )


def _received_views(book: Book, calls: Iterable[Received]) -> tuple[ReceivedView, ...]:
    return tuple(_received_view(book, received) for received in calls)


def _received_view(book: Book, received: Received) -> ReceivedView:
    decimals = decimals_of(book.payment(received.payment_id).currency)
    return ReceivedView(
        operation=received.operation,
        payment_id=received.payment_id,
        request_id=received.request_id,
        value=None if received.value is None else currency_units(received.value, decimals),
        status=received.status,
    )


def _notified_view(notified: Notified) -> NotifiedView:
    return NotifiedView(status=notified.status, answered=notified.answered, error=notified.error)
