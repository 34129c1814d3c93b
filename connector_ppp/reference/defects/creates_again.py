"""Defects of creates that come again: another payment, another status, or other ids."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from connector_ppp.reference.defects.defect import Defect, payment_of, told
from connector_ppp.reference.handling import Around, Creation, Handler
from connector_ppp.reference.payment import Payment, Status, identifier
from connector_ppp.reference.replies import Reply


def _says_by_its_books(is_so: Callable[[Payment], bool], **fields: object) -> Around[Creation]:
    """A repeated create of a payment in such a state carries these fields."""

    def say(handle: Handler[Creation], call: Creation) -> Reply:
        known = payment_of(call)
        return told(handle(call), **fields) if is_so(known) else handle(call)

    return say


def _denies_repeats(handle: Handler[Creation], call: Creation) -> Reply:
    known = payment_of(call).status is not Status.ABSENT
    reply = handle(call)
    return told(reply, status="denied", code="duplicate", authorization_id=None) if known else reply


def _mints_a_tid_each_time(handle: Handler[Creation], call: Creation) -> Reply:
    return told(handle(call), tid=identifier("tid", str(len(call.book.received))))


def _says_otherwise_later(**fields: object) -> Around[Creation]:
    """A repeated create of a denied payment carries these fields."""

    def say(handle: Handler[Creation], call: Creation) -> Reply:
        denied = payment_of(call).status is Status.DENIED
        return told(handle(call), **fields) if denied else handle(call)

    return say


def _still_undefined(handle: Handler[Creation], call: Creation) -> Reply:
    """What was undefined at first stays so in every answer, whatever the callback said."""
    first_undefined = call.checkout.flow.status is Status.UNDEFINED
    reply = handle(call)
    return told(reply, status="undefined", authorization_id=None) if first_undefined else reply


def _counts_creates(handle: Handler[Creation], call: Creation) -> Reply:
    """Each create reserves its value anew."""
    page = call.book.page(call.request.payment_id)
    known = page.payment.status is Status.APPROVED
    reply = handle(call)
    if known:
        page.payment = replace(page.payment, value=page.payment.value + call.request.value)
    return reply


ROWS: Final = (
    Defect(
        "denies-duplicate-create",
        "a repeated create is answered denied",
        "a repeat shows where the payment stands (documented; known issue 1165831)",
        "the shopper, whose paid order is cancelled",
        create=_denies_repeats,
    ),
    Defect(
        "reserves-on-each-create",
        "a repeated create reserves its value once more",
        "a repeat charges nothing (documented)",
        "the shopper, whose limit is used up",
        create=_counts_creates,
    ),
    Defect(
        "new-tid-on-repeat",
        "each create answers another tid",
        "the tid of a payment never changes (C24, recommended; known issue 308214)",
        "support: later calls carry a tid that nobody knows",
        create=_mints_a_tid_each_time,
    ),
    Defect(
        "reconsiders-a-denial",
        "a repeated create of a denied payment is approved",
        "denied is final (documented)",
        "the shopper, who was told no and is charged",
        create=_says_otherwise_later(status="approved", authorization_id="late"),
    ),
    Defect(
        "forgets-a-denial",
        "a repeated create of a denied payment is undefined again",
        "denied is final (documented; known issue 1129281)",
        "the merchant: goods stay reserved for a week",
        create=_says_otherwise_later(status="undefined"),
    ),
    Defect(
        "undefined-for-ever",
        "creates still say undefined after the callback has approved",
        "once it is known, every create says it (known issue 1129281)",
        "the shopper: a paid order is cancelled when its callback got lost",
        create=_still_undefined,
    ),
    Defect(
        "denies-the-captured",
        "a create that is repeated after everything was captured is answered denied",
        "the status only moves on (documented; known issue 740499)",
        "the shopper, whose paid order is cancelled",
        create=_says_by_its_books(
            lambda payment: payment.captured > 0 and not payment.open, status="denied", authorization_id=None
        ),
    ),
    Defect(
        "waits-for-the-rest",
        "a create that is repeated while parts are captured is answered undefined",
        "the status only moves on (documented; known issue 740499)",
        "the shopper, whose paid order is cancelled at the end of delayToCancel",
        create=_says_by_its_books(lambda payment: payment.captured > 0 and payment.open > 0, status="undefined"),
    ),
    Defect(
        "denies-the-shortened",
        "a create that is repeated after a part was cancelled is answered denied",
        "the status only moves on (documented)",
        "the shopper, whose whole order is cancelled with one item",
        create=_says_by_its_books(lambda payment: payment.voided > 0, status="denied", authorization_id=None),
    ),
    Defect(
        "new-authorization-after-settle",
        "after the first settle a create has another authorizationId",
        "the authorizationId of a payment never changes (C24, recommended)",
        "support: later calls carry an id that nobody knows",
        create=_says_by_its_books(lambda payment: payment.captured > 0, authorization_id="capture"),
    ),
)
