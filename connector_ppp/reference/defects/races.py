"""Defects that only show when calls meet: what is checked is no longer so when it is done.

The pause between the two is what makes a race of some microseconds happen each time.
"""

from dataclasses import replace
from time import sleep
from typing import Final

from connector_ppp.reference.defects.defect import Defect, asked_as, payment_of, told
from connector_ppp.reference.handling import Creation, Handler, Move
from connector_ppp.reference.payment import Payment, Status, identifier
from connector_ppp.reference.replies import Reply, authorize_response
from connector_ppp.reference.rules import Rules

PAUSE_SECONDS: Final = 0.1

KINDS: Final = ("settle", "cancel", "refund")
"""Of ids, see `payment.identifier`."""


def _looks_too_early(handle: Handler[Move], call: Move) -> Reply:
    """What is open is read, and used a moment later, while others move; all of them are booked."""
    page = call.book.page(call.request.payment_id)
    seen = page.payment
    sleep(PAUSE_SECONDS)
    with page.lock:
        meanwhile, page.payment = page.payment, seen
        reply = handle(call)
        page.payment = _added(meanwhile, seen, page.payment)
    return reply


def _overwrites(handle: Handler[Move], call: Move) -> Reply:
    """What is open is read, and written back a moment later; what others did meanwhile is gone."""
    page = call.book.page(call.request.payment_id)
    seen = page.payment
    sleep(PAUSE_SECONDS)
    with page.lock:
        page.payment = seen
        return handle(call)


def _added(books: Payment, before: Payment, after: Payment) -> Payment:
    """The books with what came new between before and after."""
    return replace(
        books,
        status=after.status if after.status is not before.status else books.status,
        settlements=books.settlements + after.settlements[len(before.settlements) :],
        cancellations=books.cancellations + after.cancellations[len(before.cancellations) :],
        refunds=books.refunds + after.refunds[len(before.refunds) :],
    )


def _proves_nothing(rules: Rules) -> Rules:
    """Books that no longer add up go on."""
    return replace(rules, invariants=False)


def _knows_the_finished_only(handle: Handler[Move], call: Move) -> Reply:
    """A copy that comes while the first is in work is a new request."""
    known = _is_done(call)
    sleep(PAUSE_SECONDS)
    with call.book.page(call.request.payment_id).lock:
        if not known and _is_done(call):
            return asked_as(handle, call, f"{call.request.request_id}#{_moves(payment_of(call))}")
        return handle(call)


def _is_done(call: Move) -> bool:
    payment, request = payment_of(call), call.request
    done = {
        *(entry.settle_id for entry in payment.settlements),
        *(entry.cancellation_id for entry in payment.cancellations),
        *(entry.refund_id for entry in payment.refunds),
    }
    return any(identifier(kind, request.payment_id, request.request_id) in done for kind in KINDS)


def _moves(payment: Payment) -> int:
    return len(payment.settlements) + len(payment.cancellations) + len(payment.refunds)


def _denies_the_second(handle: Handler[Creation], call: Creation) -> Reply:
    """A create that comes while the same one is in work is a duplicate, and denied."""
    page = call.book.page(call.request.payment_id)
    if not page.lock.acquire(blocking=False):
        denied = authorize_response(replace(page.payment, status=Status.DENIED), call.checkout)
        return told(Reply(200, denied), code="duplicate", authorization_id=None)
    try:
        sleep(PAUSE_SECONDS)
        return handle(call)
    finally:
        page.lock.release()


ROWS: Final = (
    Defect(
        "settles-without-a-lock",
        "settles that arrive at once are each measured against what was open before all of them",
        "captured + cancelled <= authorized, whatever comes at once (documented; known issue 1348894)",
        "the shopper is charged more than was authorized",
        settle=_looks_too_early,
        rules=_proves_nothing,
        leaves_out=frozenset({"lock"}),
    ),
    Defect(
        "refunds-without-a-lock",
        "refunds that arrive at once are each measured against what was captured before all of them",
        "refunded <= captured, whatever comes at once (documented; known issue 1154224)",
        "the merchant gives back more than was paid",
        refund=_looks_too_early,
        rules=_proves_nothing,
        leaves_out=frozenset({"lock"}),
    ),
    Defect(
        "settles-overwrite-each-other",
        "of two settles that arrive at once only the later one is booked, though both are answered",
        "captured + cancelled <= authorized, whatever comes at once (documented; known issue 1319395)",
        "the shopper can be charged once more",
        settle=_overwrites,
        leaves_out=frozenset({"lock"}),
    ),
    Defect(
        "cancels-overwrite-each-other",
        "of two cancels that arrive at once only the later one is booked, though both are answered",
        "captured + cancelled <= authorized, whatever comes at once (documented; known issue 1309799)",
        "the shopper pays for what was cancelled",
        cancel=_overwrites,
        leaves_out=frozenset({"lock"}),
    ),
    Defect(
        "refunds-overwrite-each-other",
        "of two refunds that arrive at once only the later one is booked, though both are answered",
        "refunded <= captured, whatever comes at once (documented; known issue 1154224)",
        "the merchant gives back more than was paid",
        refund=_overwrites,
        leaves_out=frozenset({"lock"}),
    ),
    Defect(
        "settles-while-it-cancels",
        "a settle and a cancel that arrive at once both move the same money",
        "captured + cancelled <= authorized, whatever comes at once (known issues 1400005 and 1309799)",
        "the shopper, who is charged for a cancelled order",
        settle=_looks_too_early,
        cancel=_looks_too_early,
        rules=_proves_nothing,
        leaves_out=frozenset({"lock"}),
    ),
    Defect(
        "settles-each-copy-in-flight",
        "copies of one settle that arrive at once capture once each",
        "the same requestId moves money once, even while the first is in work (documented)",
        "the shopper pays twice when the gateway repeats too early",
        settle=_knows_the_finished_only,
        leaves_out=frozenset({"lock"}),
    ),
    Defect(
        "refunds-each-copy-in-flight",
        "copies of one refund that arrive at once give back once each",
        "the same requestId moves money once, even while the first is in work (documented)",
        "the merchant gives the money back twice",
        refund=_knows_the_finished_only,
        leaves_out=frozenset({"lock"}),
    ),
    Defect(
        "cancels-each-copy-in-flight",
        "copies of one cancel that arrive at once void once each",
        "the same requestId moves money once, even while the first is in work (documented)",
        "the merchant can no longer capture what was sold",
        cancel=_knows_the_finished_only,
        leaves_out=frozenset({"lock"}),
    ),
    Defect(
        "denies-copies-in-flight",
        "a create that arrives while the same one is in work is denied",
        "a copy in flight waits or is undefined, never denied (known issues 1165831, 884154 and 541687)",
        "the shopper, whose paid order is cancelled",
        create=_denies_the_second,
        leaves_out=frozenset({"lock"}),
    ),
)
