"""What a connector cannot do, within its rights or not; how fast it is, and to whom it opens."""

from time import sleep
from typing import Final

from flask import Response

from connector_ppp.reference.defects.defect import SERVER_ERROR, Defect, payment_of, refused
from connector_ppp.reference.handling import Handler, Move
from connector_ppp.reference.payment import Cancel, Refund, Settle, Status
from connector_ppp.reference.replies import Reply

NOT_IMPLEMENTED: Final = 501
SLOW_SECONDS: Final = 6.0


def _refunds_by_hand(_handle: Handler[Move], call: Move) -> Reply:
    """No refund is done by machine (VTEX docs: 501 with this code)."""
    return refused(call, NOT_IMPLEMENTED, "refund-manually")


def _cancels_by_hand(_handle: Handler[Move], call: Move) -> Reply:
    """No cancel is done by machine (VTEX docs: 501 with this code)."""
    return refused(call, NOT_IMPLEMENTED, "cancel-manually")


def _cancels_everything_by_machine(handle: Handler[Move], call: Move) -> Reply:
    """A cancel of a part is left to people."""
    part = isinstance(call.request, Cancel) and call.request.value not in {None, payment_of(call).open}
    return refused(call, NOT_IMPLEMENTED, "cancel-manually") if part else handle(call)


def _refunds_only_everything(handle: Handler[Move], call: Move) -> Reply:
    """A refund is of the whole capture or fails."""
    part = isinstance(call.request, Refund) and call.request.value < payment_of(call).captured
    return refused(call, SERVER_ERROR, "partial-refund-unsupported") if part else handle(call)


def _settles_only_everything(handle: Handler[Move], call: Move) -> Reply:
    """A settle is of the whole payment or fails."""
    part = isinstance(call.request, Settle) and call.request.value < payment_of(call).authorized
    return refused(call, SERVER_ERROR, "partial-settle-unsupported") if part else handle(call)


def _settles_once(handle: Handler[Move], call: Move) -> Reply:
    """The first capture is the last; repeats of it are answered."""
    settled = payment_of(call).captured > 0
    known = any(each.request_id == call.request.request_id for each in call.book.received)
    return refused(call, SERVER_ERROR, "already-captured") if settled and not known else handle(call)


def _needs_a_payment(handle: Handler[Move], call: Move) -> Reply:
    """A cancel of a payment that nobody created is an error."""
    known = payment_of(call).status is not Status.ABSENT
    return handle(call) if known else refused(call, SERVER_ERROR, "unknown-payment")


def _takes_its_time(endpoint: str, _response: Response) -> None:
    if endpoint.startswith("protocol."):
        sleep(SLOW_SECONDS)


ROWS: Final = (
    Defect(
        "no-refunds",
        "every refund is answered 501 refund-manually",
        "allowed: a provider may leave refunds to people (documented)",
        "nobody; the merchant has work",
        refund=_refunds_by_hand,
    ),
    Defect(
        "no-cancels",
        "every cancel is answered 501 cancel-manually",
        "allowed: a provider may leave cancels to people (documented)",
        "nobody; the merchant has work",
        cancel=_cancels_by_hand,
    ),
    Defect(
        "no-partial-cancels",
        "a cancel of a part is answered 501 cancel-manually",
        "allowed: a provider may leave cancels to people (documented)",
        "nobody; the merchant has work",
        cancel=_cancels_everything_by_machine,
    ),
    Defect(
        "partial-refund-unsupported",
        "a refund of a part fails",
        "a refund may be partial (documented)",
        "the merchant: the gateway repeats it for a day, and then leaves it to people",
        refund=_refunds_only_everything,
    ),
    Defect(
        "partial-settle-unsupported",
        "a settle of a part fails",
        "a connector for Partial mode settles parts (documented; known issue 1082298)",
        "the merchant, who cannot run Partial mode",
        settle=_settles_only_everything,
    ),
    Defect(
        "captures-once",
        "a second settle of a payment fails",
        "a connector for Partial mode settles several parts (documented; known issue 1082298)",
        "the merchant, who cannot run Partial mode",
        settle=_settles_once,
    ),
    Defect(
        "cancel-needs-payment",
        "a cancel before the create fails",
        "where nothing is held, a cancel succeeds (known issue 486752)",
        "support: the gateway repeats it for a day",
        cancel=_needs_a_payment,
    ),
    Defect(
        "answers-after-six-seconds",
        "every answer takes six seconds",
        "VTEX's suite allows five (documented; C13; known issues 421137 and 533844)",
        "the merchant, who is not homologated",
        writes=_takes_its_time,
    ),
    Defect(
        "open-door",
        "credentials are not looked at",
        "the app token tells the gateway from a stranger (documented)",
        "everybody",
        leaves_out=frozenset({"door"}),
    ),
)
