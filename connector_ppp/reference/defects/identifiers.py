"""Defects of ids: constant, shared, printed where there is none."""

from typing import Final

from connector_ppp.reference.defects.defect import OK, Defect, saying, success_says, told
from connector_ppp.reference.handling import Handler, Move
from connector_ppp.reference.payment import Refund, identifier
from connector_ppp.reference.replies import Reply


def _id_of_the_payment(handle: Handler[Move], call: Move) -> Reply:
    """One id for all settles of a payment."""
    reply = handle(call)
    shared = identifier("settle", call.request.payment_id)
    return told(reply, settle_id=shared) if reply.status == OK else reply


def _id_of_the_capture(handle: Handler[Move], call: Move) -> Reply:
    """A refund has the id of the capture that it gives back."""
    reply = handle(call)
    named = call.request.settle_id if isinstance(call.request, Refund) else None
    return told(reply, refund_id=named) if reply.status == OK and named else reply


ROWS: Final = (
    Defect(
        "constant-tid",
        "all payments have one tid",
        "the tid is the provider's id of one payment (documented)",
        "the merchant: refunds and reconciliations go to the wrong payment",
        create=saying(tid="TID"),
    ),
    Defect(
        "constant-settle-id",
        "all settles have one settleId",
        "a refund names a capture by its settleId (documented; C23)",
        "the shopper of another order, who gets the refund",
        settle=success_says(settle_id="SETTLED"),
    ),
    Defect(
        "settle-id-of-the-payment",
        "all settles of a payment have one settleId",
        "a refund names a capture by its settleId (documented; C23)",
        "the merchant: which of two invoices a refund belongs to is lost",
        settle=_id_of_the_payment,
    ),
    Defect(
        "constant-cancellation-id",
        "all cancels have one cancellationId",
        "a cancellationId names one cancellation (inferred)",
        "support, which cannot prove that anything was cancelled",
        cancel=success_says(cancellation_id="CANCELLED"),
    ),
    Defect(
        "constant-refund-id",
        "all refunds have one refundId",
        "a refundId names one refund (inferred)",
        "the shopper, who cannot be told where the money is",
        refund=success_says(refund_id="REFUNDED"),
    ),
    Defect(
        "refund-id-of-the-settle",
        "a refund is answered with the settleId that it gives back",
        "each operation has an id of its own (inferred)",
        "support: one id, and two movements of money behind it",
        refund=_id_of_the_capture,
    ),
    Defect(
        "prints-undefined",
        "the settleId is the text undefined",
        "an id is no printed word of nothing (inferred; known issue 855864)",
        "the merchant, who can never refund",
        settle=success_says(settle_id="undefined"),
    ),
    Defect(
        "prints-null",
        "the refundId is the text null",
        "an id is no printed word of nothing (inferred)",
        "the merchant, who refunds by hand what is refunded",
        refund=success_says(refund_id="null"),
    ),
    Defect(
        "empty-cancellation-id",
        "the cancellationId is an empty text",
        "an id is no empty text (inferred; known issue 855864)",
        "the shopper, whose checkout waits for ever",
        cancel=success_says(cancellation_id=""),
    ),
)
