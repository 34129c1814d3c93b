"""The suite's own books of one payment: a fold over its exchanges, as far as the protocol shows.

A requestId counts once, however often it was answered. What a connector says to have moved stands when it is not
more than it was asked (S14, S15, recommended).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from connector_ppp.amounts import currency_units
from connector_ppp.exchange import AnyExchange
from connector_ppp.messages import AuthorizeRequest, CancelRequest, RefundRequest, SettleRequest
from contracts.suite.answers import Answer, answer_of, is_filled

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Capture:
    """One settlement: its id, empty where none was told, and what it took and gave back in currency units."""

    settle_id: str
    value: Decimal
    refunded: Decimal = ZERO

    @property
    def rest(self) -> Decimal:
        """Captured and not given back."""
        return self.value - self.refunded


@dataclass(frozen=True, slots=True)
class Books:
    """What a payment's exchanges add up to, in currency units.

    Attributes:
        asked: what was to be authorized, by the first create.
        approved: whether any create was answered approved.
        voided: what was cancelled.
        captures: what was settled, oldest first.
        seen: the requestIds that moved money, each with its operation.
        rest_voided: whether a cancel without an amount is done: it voids what is open then, however much that is.
    """

    asked: Decimal = ZERO
    approved: bool = False
    voided: Decimal = ZERO
    captures: tuple[Capture, ...] = ()
    seen: frozenset[tuple[str, str]] = frozenset()
    rest_voided: bool = False

    @property
    def authorized(self) -> Decimal:
        """What may be captured or cancelled in all."""
        return self.asked if self.approved else ZERO

    @property
    def captured(self) -> Decimal:
        """What was settled."""
        return sum((capture.value for capture in self.captures), ZERO)

    @property
    def refunded(self) -> Decimal:
        """What was given back."""
        return sum((capture.refunded for capture in self.captures), ZERO)

    @property
    def open(self) -> Decimal:
        """Authorized, neither captured nor cancelled."""
        return self.authorized - self.captured - self.voided

    @property
    def refundable(self) -> Decimal:
        """Captured and not given back.

        Where captured and cancelled overlap, whoever said that both are done has given that much back (C31).
        Beside the settle of a part, a cancel without an amount has voided the rest, whichever came first.
        """
        beside = self.rest_voided and self.captured < self.authorized
        return self.captured - self.refunded - (ZERO if beside else max(ZERO, -self.open))


def books_of(exchanges: Iterable[AnyExchange], payments: Collection[str] = ()) -> Books:
    """The books of one payment.

    Args:
        exchanges: those of the payment, oldest first.
        payments: all that the run knows; an answer that names another one of them moves nothing here: it is that
            payment's own, given again for a requestId that both came with (S7, recommended).
    """
    books = Books()
    for exchange in exchanges:
        answer = answer_of(exchange)
        named = answer.fields.get("paymentId")
        if named == exchange.payment_id or named not in payments:
            books = _booked(books, exchange, answer)
    return books


def _booked(books: Books, exchange: AnyExchange, answer: Answer) -> Books:
    request = exchange.request
    if isinstance(request, AuthorizeRequest):
        return replace(
            books,
            asked=books.asked or Decimal(request.value),
            approved=books.approved or answer.word == "approved",
        )
    if answer.word != "done" or exchange.request_id is None:
        return books
    # The real gateway makes a requestId of the second and the cents: a refund may share that of its settle (S8).
    key = (exchange.operation, exchange.request_id)
    if key in books.seen:
        return books
    books = replace(books, seen=books.seen | {key})
    match request:
        case SettleRequest():
            named = answer.fields.get("settleId")
            settle_id = str(named) if is_filled(named) else ""
            capture = Capture(settle_id, _credible(answer, Decimal(request.value)))
            return replace(books, captures=(*books.captures, capture))
        case CancelRequest():
            rest_voided = books.rest_voided or not isinstance(request.value, int | Decimal)
            return replace(books, voided=books.voided + _cancelled(books, request), rest_voided=rest_voided)
        case RefundRequest():
            value = _credible(answer, Decimal(request.value))
            return replace(books, captures=_given_back(books.captures, request.settle_id, value))
    return books


def _credible(answer: Answer, asked: Decimal) -> Decimal:
    return answer.value if ZERO <= answer.value <= asked else max(asked, ZERO)


def _cancelled(books: Books, request: CancelRequest) -> Decimal:
    """What a cancel that is done has voided, currency units.

    Its value is a Decimal of units, an int of cents, or nothing: all that is open, or, where nothing is, all that
    was captured.
    """
    value = request.value
    if isinstance(value, int | Decimal):
        asked = value if isinstance(value, Decimal) else currency_units(value)
        return min(asked, books.open) if books.open > 0 else asked
    return books.open if books.open > 0 else books.captured - books.refunded


def _given_back(captures: tuple[Capture, ...], settle_id: str, value: Decimal) -> tuple[Capture, ...]:
    """Book a refund on the capture that it names."""
    return tuple(
        replace(capture, refunded=capture.refunded + value) if capture.settle_id == settle_id else capture
        for capture in captures
    )
