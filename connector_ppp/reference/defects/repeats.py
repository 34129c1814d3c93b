"""Defects of repeats: the same call again, and calls that are only taken for the same."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from connector_ppp.reference.book import Received
from connector_ppp.reference.defects.defect import OK, SERVER_ERROR, Defect, asked_as, payment_of, refused, told
from connector_ppp.reference.handling import Around, Handler, Move
from connector_ppp.reference.ledger import Answer
from connector_ppp.reference.payment import Payment, Request, Status, identifier
from connector_ppp.reference.replies import Reply, move_reply

SHORT: Final = 20
"""A requestId of VTEX's own gateway has the second in its first 19 characters, and more behind them (S8)."""


def _forgets_request_ids(handle: Handler[Move], call: Move) -> Reply:
    return asked_as(handle, call, f"{call.request.request_id}#{len(call.book.received)}")


def _remembers_the_newest(handle: Handler[Move], call: Move) -> Reply:
    """Only the requestId of the newest settle, cancel or refund of a payment is known; an older one is new."""
    request = call.request
    same = [each.request_id for each in call.book.received if _is_like(each, request)]
    forgotten = request.request_id in same[:-1] and same[-1] != request.request_id
    return asked_as(handle, call, f"{request.request_id}#{len(same)}") if forgotten else handle(call)


def _remembers(known: int) -> Around[Move]:
    """As many requestIds of an operation are known as this; an older one is new."""

    def answer(handle: Handler[Move], call: Move) -> Reply:
        request = call.request
        same = list(dict.fromkeys(seen.request_id for seen in call.book.received if _is_like(seen, request)))
        forgotten = request.request_id in same[:-known]
        return asked_as(handle, call, f"{request.request_id}#{len(same)}") if forgotten else handle(call)

    return answer


def _refuses_repeats_once(is_over: Callable[[Payment], bool]) -> Around[Move]:
    """A repeat fails as soon as something else has happened to the payment."""

    def answer(handle: Handler[Move], call: Move) -> Reply:
        over = _seen(call) and is_over(payment_of(call))
        return refused(call, SERVER_ERROR, "too-late") if over else handle(call)

    return answer


def _keys_by_body(handle: Handler[Move], call: Move) -> Reply:
    """A requestId belongs to the bytes that it first came with."""
    key = identifier("body", call.request.request_id)
    record = call.book.page(key)
    first = record.payment.currency or call.raw.hex()
    record.payment = replace(record.payment, currency=first)
    return handle(call) if first == call.raw.hex() else refused(call, SERVER_ERROR, "other-body")


def _numbers_its_answers(handle: Handler[Move], call: Move) -> Reply:
    """A repeat is answered with a requestId of its own."""
    seen = _seen(call)
    reply = handle(call)
    return told(reply, request_id=identifier("again", call.request.request_id)) if seen else reply


def _answers_for_the_other(handle: Handler[Move], call: Move) -> Reply:
    """A requestId that another payment used gets the answer that this one got, to the letter."""
    request = call.request
    first = next((seen for seen in call.book.received if seen.request_id == request.request_id), None)
    other = first is not None and first.payment_id != request.payment_id
    return (
        handle(replace(call, request=replace(request, payment_id=first.payment_id)))
        if other and first
        else handle(call)
    )


def _is_like(received: Received, request: Request) -> bool:
    operation = type(request).__name__.lower()
    return (received.operation, received.payment_id) == (operation, request.payment_id)


def _keys_by_value(handle: Handler[Move], call: Move) -> Reply:
    request = call.request
    return asked_as(handle, call, f"{type(request).__name__} {request.payment_id} {request.value}")


def _keys_by_the_beginning(handle: Handler[Move], call: Move) -> Reply:
    return asked_as(handle, call, call.request.request_id[:SHORT])


def _keys_without_case(handle: Handler[Move], call: Move) -> Reply:
    return asked_as(handle, call, call.request.request_id.lower())


def _keys_by_id_and_value(handle: Handler[Move], call: Move) -> Reply:
    return asked_as(handle, call, f"{call.request.request_id} {call.request.value}")


def _seen(call: Move) -> bool:
    """Whether this requestId came before, on any payment."""
    return any(seen.request_id == call.request.request_id for seen in call.book.received)


def _refuses_repeats(code: str) -> Around[Move]:
    return lambda handle, call: refused(call, SERVER_ERROR, code) if _seen(call) else handle(call)


def _compares_with_the_whole(handle: Handler[Move], call: Move) -> Reply:
    """A repeat looks the capture up, and takes it for done only if it is of the whole payment."""
    less = payment_of(call).captured < payment_of(call).authorized and payment_of(call).voided > 0
    return refused(call, SERVER_ERROR, "not-captured") if _seen(call) and less else handle(call)


def _numbers_its_cancels(handle: Handler[Move], call: Move) -> Reply:
    reply = handle(call)
    number = identifier("cancel", str(len(call.book.received)))
    return told(reply, cancellation_id=number) if reply.status == OK else reply


def _refuses_the_cancelled(handle: Handler[Move], call: Move) -> Reply:
    if payment_of(call).status is Status.CANCELLED and not _seen(call):
        return refused(call, SERVER_ERROR, "already-cancelled")
    return handle(call)


def _known_elsewhere(operation: str) -> Around[Move]:
    """A requestId that was used before, for something else, is answered as if this had been it."""

    def answer(handle: Handler[Move], call: Move) -> Reply:
        request = call.request
        first = next((seen for seen in call.book.received if seen.request_id == request.request_id), None)
        if first is None or (first.operation, first.payment_id) == (operation, request.payment_id):
            return handle(call)
        done = identifier(first.operation, first.payment_id, request.request_id)
        return move_reply(request, Answer(done, request.value or 0), call.decimals)

    return answer


ROWS: Final = (
    Defect(
        "double-settle-on-repeat",
        "a repeated settle captures again, with a new settleId",
        "the same requestId moves money once (documented; known issue 760458)",
        "the shopper pays twice whenever an answer gets lost",
        settle=_forgets_request_ids,
    ),
    Defect(
        "double-refund-on-repeat",
        "a repeated refund gives the money back again",
        "the same requestId moves money once (documented; known issue 615050)",
        "the merchant gives the money back twice",
        refund=_forgets_request_ids,
    ),
    Defect(
        "double-cancel-on-repeat",
        "a repeated partial cancel voids again",
        "the same requestId moves money once (documented)",
        "the merchant can no longer capture what was sold",
        cancel=_forgets_request_ids,
    ),
    Defect(
        "remembers-the-newest-only",
        "a repeat is known as long as no other operation of its kind came between; then it moves money again",
        "the same requestId moves money once, for a day (documented; known issue 760458)",
        "the shopper pays twice when the answer to an invoice gets lost, and the next one comes first",
        settle=_remembers_the_newest,
        cancel=_remembers_the_newest,
        refund=_remembers_the_newest,
    ),
    Defect(
        "dedupe-by-value",
        "a second settle, cancel or refund of an equal value is taken for a repeat: no money moves",
        "operations are told apart by requestId, not by value (known issues 1118560 and 309117)",
        "the shopper waits for a refund that everybody calls done",
        settle=_keys_by_value,
        cancel=_keys_by_value,
        refund=_keys_by_value,
    ),
    Defect(
        "request-id-reused",
        "a known requestId with another value moves money again",
        "a requestId belongs to the first content that it came with (S7, recommended)",
        "the shopper pays for a request that nobody made",
        settle=_keys_by_id_and_value,
        cancel=_keys_by_id_and_value,
        refund=_keys_by_id_and_value,
    ),
    Defect(
        "cuts-request-ids",
        "the first twenty characters of a requestId are kept: two operations of one second are one, or a conflict",
        "a requestId is opaque, and longer than the second in it (documented; S8, recommended)",
        "the merchant: the second invoice is never captured",
        settle=_keys_by_the_beginning,
        cancel=_keys_by_the_beginning,
        refund=_keys_by_the_beginning,
    ),
    Defect(
        "request-ids-without-case",
        "requestIds are compared without regard to case: xha7m and XHA7M are one operation",
        "a requestId is opaque (inferred)",
        "the merchant: the second invoice is never captured",
        settle=_keys_without_case,
        cancel=_keys_without_case,
        refund=_keys_without_case,
    ),
    Defect(
        "request-ids-of-all-payments",
        "a requestId that another payment used is answered with that payment's settleId: nothing is captured",
        "the real gateway makes a requestId of the second and the cents, so two payments may share one (S8)",
        "the merchant ships, and is never paid",
        settle=_known_elsewhere("settle"),
    ),
    Defect(
        "request-ids-of-all-operations",
        "a refund under the requestId of a settle is answered with that settle's id: nothing goes back",
        "the real gateway makes a requestId of the second and the cents, so two operations may share one (S8)",
        "the shopper never gets the money that the order says went back",
        refund=_known_elsewhere("refund"),
    ),
    Defect(
        "refuses-repeated-settle",
        "a repeated settle fails: already captured",
        "a repeat gets the first answer (documented; known issues 760458 and 490428)",
        "the merchant: the transaction stays in Settling and is given up",
        settle=_refuses_repeats("already-captured"),
    ),
    Defect(
        "refuses-repeated-refund",
        "a repeated refund fails: already refunded",
        "a repeat gets the first answer (documented; known issue 1351358)",
        "the merchant, who is told to refund by hand what is refunded",
        refund=_refuses_repeats("charge_already_refunded"),
    ),
    Defect(
        "compares-with-the-whole",
        "a repeated settle of what a cancel left fails, for it is not of the whole payment",
        "a repeat is measured against authorized minus cancelled (known issue 664081)",
        "the merchant: captured money, and a transaction that never settles",
        settle=_compares_with_the_whole,
    ),
    Defect(
        "refuses-second-cancel",
        "cancelling a cancelled payment fails",
        "already cancelled is a success, with the original id (known issue 740084)",
        "support: the transaction is cancelled over and over",
        cancel=_refuses_the_cancelled,
    ),
    Defect(
        "new-cancellation-id-on-repeat",
        "each answer to a cancel has another cancellationId",
        "the same requestId has the same result (documented)",
        "support, which finds several cancellations for one",
        cancel=_numbers_its_cancels,
    ),
    Defect(
        "remembers-two-only",
        "the two newest requestIds of an operation are known; an older one moves money again",
        "the same requestId moves money once, for a day (documented; known issue 760458)",
        "the shopper pays twice when the answer to an invoice gets lost on a busy day",
        settle=_remembers(2),
        cancel=_remembers(2),
        refund=_remembers(2),
    ),
    Defect(
        "refuses-repeats-after-a-refund",
        "a settle that is repeated after a refund fails",
        "the same requestId has the same result, whatever came after (documented)",
        "the merchant: what was captured is called failed",
        settle=_refuses_repeats_once(lambda payment: payment.refunded > 0),
    ),
    Defect(
        "refuses-repeats-after-a-settle",
        "a cancel of a part, and a refund, that is repeated after another settle fails",
        "the same requestId has the same result, whatever came after (documented)",
        "the merchant, who is told to do by hand what is done",
        cancel=_refuses_repeats_once(lambda payment: payment.captured > 0),
        refund=_refuses_repeats_once(lambda payment: len(payment.settlements) > 1),
    ),
    Defect(
        "cancel-under-its-settle",
        "a cancel under the requestId of a settle is answered as if it had been that: nothing is voided",
        "the real gateway makes a requestId of the second and the cents, so two operations may share one (S8)",
        "the shopper, whose money stays reserved",
        cancel=_known_elsewhere("cancel"),
    ),
    Defect(
        "compares-bytes",
        "a repeat whose bytes differ, though it says the same, is a conflict",
        "the same requestId has the same result; 30.0 is 30.00 (inferred)",
        "the merchant: the transaction settles until it is given up",
        settle=_keys_by_body,
    ),
    Defect(
        "repeats-under-its-own-id",
        "a repeated settle is answered with another requestId",
        "an answer repeats the ids that it was asked with (documented; S17, recommended)",
        "the merchant: the gateway takes the answer for somebody else's, and asks for a day",
        settle=_numbers_its_answers,
    ),
    Defect(
        "answers-for-the-other",
        "a requestId that another payment used is answered with that payment's answer, its paymentId included",
        "an answer with another paymentId is none (S7 and S17, recommended)",
        "the merchant ships, and is never paid",
        settle=_answers_for_the_other,
    ),
)
