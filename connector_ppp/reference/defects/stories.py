"""Defects of stories: a settle, cancel or refund that forgets what the others have done to the payment."""

from dataclasses import replace
from typing import Final

from connector_ppp.reference.defects.defect import OK, SERVER_ERROR, Defect, payment_of, refused
from connector_ppp.reference.handling import Around, Handler, Move
from connector_ppp.reference.payment import Cancel, Cancelled, Payment, Refund, Settle, identifier
from connector_ppp.reference.replies import Reply
from connector_ppp.reference.rules import Refusal, Rules

NOT_IMPLEMENTED: Final = 501


def _counts_refunds_as_open(rules: Rules) -> Rules:
    """What is open is what was authorized, less what the merchant has."""
    settle = {**rules.settle, Refusal.SETTLE_ABOVE_OPEN: _above_what_is_kept}
    return replace(rules, settle=settle, invariants=False)


def _above_what_is_kept(payment: Payment, request: Settle) -> bool:
    return request.value > payment.open + payment.refunded


def _releases_the_rest(handle: Handler[Move], call: Move) -> Reply:
    """A refund ends the payment: what is still open of it is released."""
    reply = handle(call)
    page = call.book.page(call.request.payment_id)
    if reply.status == OK and page.payment.open > 0:
        released = Cancelled(identifier("release", call.request.request_id), page.payment.open)
        page.payment = replace(page.payment, cancellations=(*page.payment.cancellations, released))
    return reply


def _voids_the_rest(handle: Handler[Move], call: Move) -> Reply:
    """A cancel of a part, once something is captured, voids all that is open."""
    payment = payment_of(call)
    part = payment.captured > 0 and 0 < (call.request.value or 0) < payment.open
    return handle(replace(call, request=replace(call.request, value=payment.open)) if part else call)


def _needs_an_amount(handle: Handler[Move], call: Move) -> Reply:
    """A cancel without a value fails as soon as something is captured."""
    nameless = call.request.value is None and payment_of(call).captured > 0
    return refused(call, SERVER_ERROR, "value-is-missing") if nameless else handle(call)


def _begins_anew(handle: Handler[Move], call: Move) -> Reply:
    """What went back in full was never captured."""
    reply = handle(call)
    page = call.book.page(call.request.payment_id)
    if reply.status == OK and not page.payment.refundable:
        page.payment = replace(page.payment, settlements=(), refunds=())
    return reply


def _forgets_refunds(handle: Handler[Move], call: Move) -> Reply:
    """A settle counts from the beginning what can go back."""
    reply = handle(call)
    page = call.book.page(call.request.payment_id)
    if reply.status == OK:
        settled = tuple(replace(entry, refunded=0) for entry in page.payment.settlements)
        page.payment = replace(page.payment, settlements=settled, refunds=())
    return reply


def _ends_with_the_cancel(handle: Handler[Move], call: Move) -> Reply:
    """A payment of which the rest was cancelled is cancelled, and gives nothing back."""
    over = payment_of(call).voided > 0 and not payment_of(call).open
    return refused(call, SERVER_ERROR, "payment-cancelled") if over else handle(call)


def _counts_cancels_as_refunds(payment: Payment, request: Refund) -> bool:
    """What is cancelled cannot go back once more, and was never captured."""
    return request.value > payment.refundable - payment.voided


def _counts_refunds_as_voided(payment: Payment, request: Cancel) -> bool:
    return (request.value or 0) > payment.open - payment.refunded


def _keeps_cancels_apart(rules: Rules) -> Rules:
    return replace(rules, refund={**rules.refund, Refusal.REFUND_ABOVE_CAPTURED: _counts_cancels_as_refunds})


def _keeps_refunds_apart(rules: Rules) -> Rules:
    return replace(rules, cancel={**rules.cancel, Refusal.CANCEL_ABOVE_OPEN: _counts_refunds_as_voided})


def _closes_with_the_refund(handle: Handler[Move], call: Move) -> Reply:
    """What went back in full is over, however much of the payment is open."""
    payment = payment_of(call)
    new = identifier("settle", payment.payment_id, call.request.request_id)
    known = any(entry.settle_id == new for entry in payment.settlements)
    over = payment.refunded > 0 and not payment.refundable and not known
    return refused(call, SERVER_ERROR, "refunded") if over else handle(call)


def _settles_at_most(times: int) -> Around[Move]:
    """The acquirer takes so many captures of a payment."""

    def settle(handle: Handler[Move], call: Move) -> Reply:
        payment = payment_of(call)
        new = identifier("settle", payment.payment_id, call.request.request_id)
        known = any(entry.settle_id == new for entry in payment.settlements)
        full = len(payment.settlements) >= times and not known
        return refused(call, SERVER_ERROR, "too-many-captures") if full else handle(call)

    return settle


def _refunds_once(handle: Handler[Move], call: Move) -> Reply:
    """The acquirer takes one refund of a payment."""
    refunds = payment_of(call).refunds
    known = identifier("refund", call.request.payment_id, call.request.request_id)
    again = bool(refunds) and known not in {entry.refund_id for entry in refunds}
    return refused(call, NOT_IMPLEMENTED, "refund-manually") if again else handle(call)


def _leaves_the_rest_to_people(handle: Handler[Move], call: Move) -> Reply:
    """What a settle has left is cancelled by people."""
    late = payment_of(call).captured > 0
    return refused(call, NOT_IMPLEMENTED, "cancel-manually") if late else handle(call)


ROWS: Final = (
    Defect(
        "settles-what-went-back",
        "what is refunded can be settled anew",
        "captured + voided <= authorized, whatever was refunded (documented)",
        "the shopper, who is charged once more for what came back",
        rules=_counts_refunds_as_open,
    ),
    Defect(
        "refund-releases-the-rest",
        "a refund releases what is not captured yet",
        "a refund is of captured money, and leaves what is open (documented)",
        "the merchant, who cannot capture the next invoice",
        refund=_releases_the_rest,
    ),
    Defect(
        "cancel-ends-the-payment",
        "a cancel of a part, once something is captured, voids all that is open",
        "a cancel is of its value (documented; S9, recommended)",
        "the merchant, who invoices 40, takes 10 out, and cannot capture the other 50",
        cancel=_voids_the_rest,
    ),
    Defect(
        "cancel-needs-a-value",
        "a cancel without a value fails when something is captured",
        "the value of a cancel is optional (C1)",
        "the shopper, whose money stays reserved",
        cancel=_needs_an_amount,
    ),
    Defect(
        "captures-anew-after-refund",
        "what was captured and refunded in full can be captured once more",
        "captured + voided <= authorized, whatever was refunded (documented)",
        "the shopper, who is charged again for what came back",
        refund=_begins_anew,
    ),
    Defect(
        "settle-forgets-refunds",
        "after another settle everything that was captured can go back, whatever went back before",
        "refunded <= captured (documented)",
        "the merchant, who gives back 140 of 100",
        settle=_forgets_refunds,
    ),
    Defect(
        "cancelled-rest-ends-refunds",
        "after the rest was cancelled nothing of what was captured can be refunded",
        "a cancel is of what is open, and ends no capture (documented)",
        "the shopper, who sends the parcel back, and gets nothing for it",
        refund=_ends_with_the_cancel,
    ),
    Defect(
        "refunds-once",
        "a second refund of a payment is left to people",
        "a limit within the protocol; it says refund-manually (documented)",
        "the merchant, who gives the second return back by hand",
        refund=_refunds_once,
    ),
    Defect(
        "no-late-cancels",
        "as soon as something is captured, cancels are left to people",
        "a limit within the protocol; it says cancel-manually (documented)",
        "the shopper, whose money stays reserved until it lapses",
        cancel=_leaves_the_rest_to_people,
    ),
    Defect(
        "refund-minus-cancels",
        "what was cancelled is taken from what can be refunded",
        "a cancel is of what is open, a refund of what is captured (documented)",
        "the shopper, who gets too little back for the parcel",
        rules=_keeps_cancels_apart,
    ),
    Defect(
        "cancel-minus-refunds",
        "what was refunded is taken from what can be cancelled",
        "a cancel is of what is open, a refund of what is captured (documented)",
        "the shopper, whose money stays reserved",
        rules=_keeps_refunds_apart,
    ),
    Defect(
        "refund-closes-the-payment",
        "after a refund of all that is captured nothing more can be captured",
        "a refund is of captured money, and leaves what is open (documented)",
        "the merchant, who cannot capture the next invoice",
        settle=_closes_with_the_refund,
    ),
    Defect(
        "captures-four-times",
        "a fifth capture of a payment fails",
        "a limit within the protocol; the acquirer takes no more (documented)",
        "the merchant of many parcels, whose last invoices are never captured",
        settle=_settles_at_most(4),
    ),
)
