"""How each defect does what it does: one small function around a handler, or one change to the ledger's checks.

`defects` names them and says what they break.
"""

from dataclasses import replace
from typing import Final

from msgspec import UNSET, structs

from connector_ppp.amounts import currency_units
from connector_ppp.reference.handling import Creation, Handler, Move
from connector_ppp.reference.ledger import Answer
from connector_ppp.reference.payment import Payment, Refund, Request, Settle, Status, identifier
from connector_ppp.reference.replies import Reply, move_reply
from connector_ppp.reference.rules import Refusal, Rules

OK: Final = 200
SERVER_ERROR: Final = 500
NOT_IMPLEMENTED: Final = 501


# --- tools --------------------------------------------------------------------------------------------------


def _payment(call: Move | Creation) -> Payment:
    return call.book.page(call.request.payment_id).payment


def _told(reply: Reply, **fields: object) -> Reply:
    """The same reply with these fields, where its message has them; nothing checks their types."""
    known = {name: value for name, value in fields.items() if hasattr(reply.message, name)}
    return replace(reply, message=structs.replace(reply.message, **known))


def _asked_as(handle: Handler[Move], call: Move, request_id: str) -> Reply:
    """Handle the call under another requestId, and echo the real one."""
    reply = handle(replace(call, request=_renamed(call.request, request_id)))
    return _told(reply, request_id=call.request.request_id)


def _renamed(request: Request, request_id: str) -> Request:
    return replace(request, request_id=request_id)


def _refused(call: Move, status: int, code: str) -> Reply:
    reply = move_reply(call.request, Answer(None, 0), call.decimals)
    return replace(_told(reply, code=code, message=code), status=status)


# --- repeats ------------------------------------------------------------------------------------------------


def forgets_request_ids(handle: Handler[Move], call: Move) -> Reply:
    """Every call is a new one."""
    return _asked_as(handle, call, f"{call.request.request_id}#{len(call.book.received)}")


def keys_by_value(handle: Handler[Move], call: Move) -> Reply:
    """An operation of a value that was seen before is a repeat."""
    request = call.request
    return _asked_as(handle, call, f"{type(request).__name__} {request.payment_id} {request.value}")


def keys_by_id_and_value(handle: Handler[Move], call: Move) -> Reply:
    """A requestId counts as known only together with its value."""
    return _asked_as(handle, call, f"{call.request.request_id} {call.request.value}")


def denies_repeats(handle: Handler[Creation], call: Creation) -> Reply:
    """A paymentId that was seen before is a duplicate, and a duplicate is denied."""
    known = _payment(call).status is not Status.ABSENT
    reply = handle(call)
    return _told(reply, status="denied", code="duplicate", authorization_id=None) if known else reply


def mints_a_tid_each_time(handle: Handler[Creation], call: Creation) -> Reply:
    """Every create gets a tid of its own."""
    return _told(handle(call), tid=identifier("tid", str(len(call.book.received))))


def refuses_the_cancelled(handle: Handler[Move], call: Move) -> Reply:
    """A new cancel of a cancelled payment is refused; a repeat of the first one is not."""
    settled_before = any(seen.request_id == call.request.request_id for seen in call.book.received)
    if _payment(call).status is Status.CANCELLED and not settled_before:
        return _refused(call, SERVER_ERROR, "already-cancelled")
    return handle(call)


# --- amounts ------------------------------------------------------------------------------------------------


def settles_everything(handle: Handler[Move], call: Move) -> Reply:
    """Whatever part is asked for, the whole payment is captured."""
    whole = _payment(call).authorized - _payment(call).voided
    if isinstance(call.request, Settle) and 0 < call.request.value < whole:
        return handle(replace(call, request=replace(call.request, value=whole)))
    return handle(call)


def settles_everything_in_silence(handle: Handler[Move], call: Move) -> Reply:
    """The whole payment is captured, and the answer says that the part was."""
    reply = settles_everything(handle, call)
    asked = currency_units(call.request.value or 0, call.decimals)
    return _told(reply, value=asked) if reply.status == OK else reply


def forgets_cancels(rules: Rules) -> Rules:
    """A settle looks at what was authorized and captured, and never at what was cancelled."""
    settle = {
        **rules.without(Refusal.PAYMENT_CANCELLED).settle,
        Refusal.SETTLE_ABOVE_OPEN: _above_uncaptured,
    }
    return replace(rules, settle=settle, invariants=False)


def _above_uncaptured(payment: Payment, request: Settle) -> bool:
    return request.value > payment.authorized - payment.captured


def value_as_text(handle: Handler[Move], call: Move) -> Reply:
    """The amount is a text."""
    reply = handle(call)
    return _told(reply, value=str(getattr(reply.message, "value", "")))


def value_in_cents(handle: Handler[Move], call: Move) -> Reply:
    """The amount is an integer of cents."""
    reply = handle(call)
    return _told(reply, value=int(getattr(reply.message, "value", 0) * 100))


# --- what is said -------------------------------------------------------------------------------------------


def wrong_request_id(handle: Handler[Move], call: Move) -> Reply:
    """The answer names another request."""
    return _told(handle(call), request_id=identifier("request", call.request.request_id))


def wrong_payment_id(handle: Handler[Move], call: Move) -> Reply:
    """The answer names another payment."""
    return _told(handle(call), payment_id=identifier("payment", call.request.payment_id))


def null_settle_id(handle: Handler[Move], call: Move) -> Reply:
    """The capture happened, but its id is missing."""
    return _told(handle(call), settle_id=None)


def failure_as_200(handle: Handler[Move], call: Move) -> Reply:
    """A refusal looks like an answer."""
    return replace(handle(call), status=OK)


def id_on_failure(handle: Handler[Move], call: Move) -> Reply:
    """A refusal has an id."""
    reply = handle(call)
    made_up = identifier("refused", call.request.request_id)
    ids = {"settle_id": made_up, "cancellation_id": made_up, "refund_id": made_up}
    return reply if reply.status == OK else _told(reply, **ids)


def null_authorization_id(handle: Handler[Creation], call: Creation) -> Reply:
    """The payment is approved, but nothing says under which id."""
    return _told(handle(call), authorization_id=None)


def no_delays(handle: Handler[Creation], call: Creation) -> Reply:
    """The gateway has to guess when to settle and when to give up."""
    return _told(
        handle(call),
        delay_to_auto_settle=UNSET,
        delay_to_auto_settle_after_antifraud=UNSET,
        delay_to_cancel=UNSET,
    )


# --- limits -------------------------------------------------------------------------------------------------


def refunds_by_hand(_handle: Handler[Move], call: Move) -> Reply:
    """No refund is done by machine (VTEX docs: 501 with this code)."""
    return _refused(call, NOT_IMPLEMENTED, "refund-manually")


def cancels_by_hand(_handle: Handler[Move], call: Move) -> Reply:
    """No cancel is done by machine (VTEX docs: 501 with this code)."""
    return _refused(call, NOT_IMPLEMENTED, "cancel-manually")


def refunds_only_everything(handle: Handler[Move], call: Move) -> Reply:
    """A refund is of the whole capture or fails."""
    part = isinstance(call.request, Refund) and call.request.value < _payment(call).captured
    return _refused(call, SERVER_ERROR, "partial-refund-unsupported") if part else handle(call)


def settles_only_everything(handle: Handler[Move], call: Move) -> Reply:
    """A settle is of the whole payment or fails."""
    part = isinstance(call.request, Settle) and call.request.value < _payment(call).authorized
    return _refused(call, SERVER_ERROR, "partial-settle-unsupported") if part else handle(call)


def needs_a_tid(handle: Handler[Move], call: Move) -> Reply:
    """A cancel is looked up by tid."""
    return handle(call) if call.request.tid else _refused(call, SERVER_ERROR, "tid-missing")


def needs_a_payment(handle: Handler[Move], call: Move) -> Reply:
    """A cancel of a payment that nobody created is an error."""
    known = _payment(call).status is not Status.ABSENT
    return handle(call) if known else _refused(call, SERVER_ERROR, "unknown-payment")
