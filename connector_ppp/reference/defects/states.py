"""Defects of states: what is done to a payment at the wrong time, and what is only said to be done."""

from dataclasses import replace
from typing import Final

from connector_ppp.reference.defects.defect import OK, SERVER_ERROR, Defect, payment_of, refused
from connector_ppp.reference.handling import Around, Creation, Handler, Move
from connector_ppp.reference.ledger import Answer
from connector_ppp.reference.payment import Payment, Settle, Status, identifier
from connector_ppp.reference.replies import Reply, move_reply
from connector_ppp.reference.rules import Refusal, Rules


def _forgets_cancels(rules: Rules) -> Rules:
    """A settle looks at what was authorized and captured, and never at what was cancelled."""
    settle = {
        **rules.without(Refusal.PAYMENT_CANCELLED).settle,
        Refusal.SETTLE_ABOVE_OPEN: _above_uncaptured,
    }
    return replace(rules, settle=settle, invariants=False)


def _above_uncaptured(payment: Payment, request: Settle) -> bool:
    return request.value > payment.authorized - payment.captured


def _granted(call: Move) -> Reply:
    """The answer of an operation that is done, whatever the books say."""
    done = identifier("granted", call.request.payment_id, call.request.request_id)
    return move_reply(call.request, Answer(done, call.request.value or 0), call.decimals)


def _grants(*refusals: Refusal) -> Around[Move]:
    """What is refused for one of these reasons is said to be done."""
    codes = {refusal.value for refusal in refusals}

    def grant(handle: Handler[Move], call: Move) -> Reply:
        reply = handle(call)
        return _granted(call) if getattr(reply.message, "code", None) in codes else reply

    return grant


def _grants_unasked(handle: Handler[Move], call: Move) -> Reply:
    """Nothing is done, and done is what is said."""
    return handle(call) if payment_of(call).status is Status.ABSENT else _granted(call)


def _drops_parts(handle: Handler[Move], call: Move) -> Reply:
    """A cancel of a part is done by nobody, and answered as if it were."""
    part = call.request.value is not None and 0 < call.request.value < payment_of(call).open
    return _granted(call) if part else handle(call)


def _fails_when_done(handle: Handler[Move], call: Move) -> Reply:
    """The capture is done, and an error is answered: what was committed is not told."""
    reply = handle(call)
    return refused(call, SERVER_ERROR, "internal-error") if reply.status == OK else reply


def _revives(handle: Handler[Creation], call: Creation) -> Reply:
    """A create of a cancelled payment is a new payment."""
    page = call.book.page(call.request.payment_id)
    if page.payment.status is Status.CANCELLED:
        page.payment = Payment(call.request.payment_id)
    return handle(call)


def _forgets_early_cancels(handle: Handler[Creation], call: Creation) -> Reply:
    """A cancel of what nobody knew is done, and not kept."""
    page = call.book.page(call.request.payment_id)
    if page.checkout is None:
        page.payment = Payment(call.request.payment_id)
    return handle(call)


def _leaves_the_undefined(handle: Handler[Move], call: Move) -> Reply:
    """A cancel of what nobody has paid is not passed on, and the shopper can still pay."""
    undefined = payment_of(call).status is Status.UNDEFINED
    return _granted(call) if undefined else handle(call)


def _needs_approval(handle: Handler[Move], call: Move) -> Reply:
    """Only what is approved can be cancelled."""
    undefined = payment_of(call).status is Status.UNDEFINED
    return refused(call, SERVER_ERROR, "not-approved") if undefined else handle(call)


def _refuses_the_denied(handle: Handler[Move], call: Move) -> Reply:
    denied = payment_of(call).status is Status.DENIED
    return refused(call, SERVER_ERROR, "payment-denied") if denied else handle(call)


ROWS: Final = (
    Defect(
        "settle-after-cancel",
        "a cancelled payment is captured",
        "after a cancel the payment is dead (documented; S6; known issue 1417330)",
        "the shopper, who is charged for a cancelled order",
        rules=_forgets_cancels,
    ),
    Defect(
        "revives-cancelled",
        "a create that comes after the cancel makes the payment anew, and it can be captured",
        "cancelled is final (known issue 1417330)",
        "the shopper, who is charged for a cancelled order",
        create=_revives,
    ),
    Defect(
        "approves-the-cancelled",
        "a payment that was cancelled while it was undefined is approved when the shopper pays",
        "after a cancel the payment is dead, whatever the shopper does (S6; known issue 1417330)",
        "the shopper, who pays for a cancelled order",
        cancel=_leaves_the_undefined,
    ),
    Defect(
        "settles-before-approval",
        "a payment that is still undefined is captured",
        "captured <= authorized (documented)",
        "the shopper, who has not paid yet; or the merchant, who ships unpaid goods",
        settle=_grants(Refusal.PAYMENT_NOT_APPROVED),
    ),
    Defect(
        "settles-the-denied",
        "a denied payment is captured",
        "what was denied was never authorized (documented)",
        "the merchant, who ships unpaid goods",
        settle=_grants(Refusal.PAYMENT_DENIED),
    ),
    Defect(
        "moves-the-unknown",
        "settles and refunds of a payment that was never created are said to be done",
        "nothing moves on a payment that nobody knows (S29, recommended; known issue 1411012)",
        "the merchant, who ships unpaid goods",
        settle=_grants(Refusal.UNKNOWN_PAYMENT),
        refund=_grants(Refusal.UNKNOWN_PAYMENT),
    ),
    Defect(
        "refunds-the-uncaptured",
        "money that was never captured is said to be refunded",
        "refunded <= captured (documented; S12, recommended)",
        "the shopper, who waits for money that was never taken",
        refund=_grants(Refusal.REFUND_ABOVE_CAPTURED),
    ),
    Defect(
        "cancels-the-captured",
        "a cancel of captured money succeeds, and no money goes back",
        "captured money is refunded, never voided (C31; known issue 1341471)",
        "the shopper, who paid for a cancelled order",
        cancel=_grants(Refusal.ALREADY_SETTLED),
    ),
    Defect(
        "cancels-in-name-only",
        "a cancel succeeds before the acquirer was asked, and nothing is released",
        "a cancel is done when the last step is done (known issues 451735 and 429082)",
        "the shopper, whose money stays reserved, and can still be taken",
        cancel=_grants_unasked,
    ),
    Defect(
        "drops-partial-cancels",
        "a cancel of a part succeeds, and nothing is released",
        "what is not supported says so; silence is no success (known issue 286738)",
        "the shopper, who pays for what was cancelled",
        cancel=_drops_parts,
    ),
    Defect(
        "settles-in-name-only",
        "a settle that the acquirer only received is answered with a settleId, and nothing is captured",
        "a settleId means captured, not acknowledged (documented; known issues 976005 and 360653)",
        "the merchant, who ships unpaid goods",
        settle=_grants_unasked,
    ),
    Defect(
        "refunds-in-name-only",
        "a refund that the acquirer has not done is answered with a refundId",
        "a 200 means that the refund is done for good (documented; known issue 545331)",
        "the shopper, who never sees the money",
        refund=_grants_unasked,
    ),
    Defect(
        "captures-and-fails",
        "a settle captures, and is answered with an error",
        "what is said is what was done (known issues 760896 and 491195)",
        "the shopper, who is charged for what the gateway calls failed",
        settle=_fails_when_done,
    ),
    Defect(
        "cancel-needs-approval",
        "a cancel of an undefined payment fails",
        "what the shopper never paid can be cancelled (documented; known issue 506914)",
        "the shopper, who stays before a code that nobody takes away",
        cancel=_needs_approval,
    ),
    Defect(
        "cancel-needs-success",
        "a cancel of a denied payment fails",
        "where nothing is held, a cancel succeeds (known issues 486752 and 429082)",
        "support: one denied card keeps the whole transaction cancelling",
        cancel=_refuses_the_denied,
    ),
    Defect(
        "forgets-early-cancels",
        "a create that comes after its own cancel is approved, and can be captured",
        "after a cancel the payment is dead (S6; known issue 1417330)",
        "the shopper, who is charged for a cancelled order",
        create=_forgets_early_cancels,
    ),
)
