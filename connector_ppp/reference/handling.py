"""The connector's two handlers, and the seam where defects wrap them.

A handler takes a call that has been read and gives the reply. A defect is a function around a handler: it may
change the call, the reply, or not ask the handler at all. Nothing else in the connector knows about defects.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from connector_ppp.reference.book import Book
from connector_ppp.reference.payment import Authorize, Request
from connector_ppp.reference.replies import Reply, authorize_response, failure, move_reply
from connector_ppp.reference.rules import EXPLANATIONS
from connector_ppp.reference.scenarios import Checkout


@dataclass(frozen=True, slots=True)
class Creation:
    """A create call: the request in minor units, how the shopper came here, and the body as it arrived."""

    book: Book
    request: Authorize
    checkout: Checkout
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Move:
    """A settle, cancel or refund call: the request in minor units.

    Attributes:
        book: the provider's memory.
        request: what is asked.
        decimals: of the payment's currency.
        raw: the body as it arrived.
    """

    book: Book
    request: Request
    decimals: int
    raw: bytes = b""


Call = TypeVar("Call", Creation, Move)
Handler: TypeAlias = Callable[[Call], Reply]
Around: TypeAlias = Callable[[Handler[Call], Call], Reply]

Hears: TypeAlias = Callable[[str, bytes], bytes]
"""What is made of a body before it is read: (the paymentId in the path, empty for a create; the body)."""


def handle_create(call: Creation) -> Reply:
    """Create a payment, or say where it stands."""
    decision = call.book.authorize(call.request, call.checkout)
    refusal = decision.answer.refusal
    if refusal is not None:
        return failure(400, refusal.value, EXPLANATIONS[refusal])
    page = call.book.page(call.request.payment_id)
    return Reply(200, authorize_response(decision.payment, page.checkout))


def handle_move(call: Move) -> Reply:
    """Settle, cancel or refund."""
    decision = call.book.perform(call.request)
    return move_reply(call.request, decision.answer, call.decimals)


def wrap(handler: Handler[Call], around: Around[Call]) -> Handler[Call]:
    """The same handler with one function around it."""
    return lambda call: around(handler, call)


def hear_as_sent(_payment_id: str, body: bytes) -> bytes:
    """Every body as it came."""
    return body


@dataclass(frozen=True, slots=True)
class Handlers:
    """What answers each operation, with every defect that is on already around it.

    Attributes:
        create: answers creates.
        settle: answers settles.
        cancel: answers cancels.
        refund: answers refunds.
        hears: what is made of a body before it is read.
        locked: whether the calls of one payment wait for each other.
        answer_first: whether a callback leaves after the answer to the create.
        silent: whether none leaves where that answer was final.
    """

    create: Handler[Creation] = handle_create
    settle: Handler[Move] = handle_move
    cancel: Handler[Move] = handle_move
    refund: Handler[Move] = handle_move
    hears: Hears = hear_as_sent
    locked: bool = True
    answer_first: bool = True
    silent: bool = True
