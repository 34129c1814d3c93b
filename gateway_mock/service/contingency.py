"""Contingency mode (documented, formerly Mode-off): a connector that keeps failing is left alone for a while.

More than 5 errors within 5 minutes, and for about two hours card payments are not sent any more: they are parked
as pending, up to 2,000 of them, and go out when the time is over. Errors are creations that were answered 500 or
408, or not in time. At VTEX this happens by itself; here a connector is asked to have it, for a test of failures
would otherwise meet it after the sixth.
"""

from http import HTTPStatus

from msgspec.structs import replace

from gateway_mock.core.modes import Operation
from gateway_mock.ports import Answer, Ended, Work
from gateway_mock.records import (
    SETTINGS_KEY,
    ConnectorSettings,
    Contingency,
    ErrorsRecord,
    OperationRecord,
    Settings,
)
from gateway_mock.service.booking import Desk
from gateway_mock.service.sandbox import Sandbox
from gateway_mock.service.schedule import HOUR, MINUTE

ERRORS_MAX = 5
WITHIN = 5 * MINUTE
LASTS = 2 * HOUR
PARKED_MAX = 2000
CARDS = frozenset({"creditCard", "debitCard"})
"""The groups of payments that a shopper may be told of later (documented: those that can be asynchronous)."""

PARKED = Answer(ended=Ended.PENDING, message="contingency mode: parked, and sent when it is over")
NEVER_SENT = Answer(ended=Ended.DONE, message="the connector was never asked for this payment")


def answer_instead(sandbox: Sandbox, work: Work, settings: Settings) -> Answer | None:
    """What a call is answered with, in place of being made; None when it is to be made."""
    connector = settings.connector(work.payment.connector)
    contingency = settings.contingency(work.payment.connector)
    if connector is None or contingency is None:
        return None
    if work.call.operation is Operation.CANCEL:
        return NEVER_SENT if _is_parked(sandbox, work) else None
    if work.call.operation is not Operation.AUTHORIZE or work.payment.group not in CARDS:
        return None
    is_on = sandbox.clock.now(work.account) < contingency.until
    return PARKED if is_on and _has_room(sandbox, work, connector) else None


def _is_parked(sandbox: Sandbox, work: Work) -> bool:
    """Whether the payment was parked before its connector ever heard of it."""
    with sandbox.store.read(work.account) as unit:
        row = unit.load(OperationRecord, work.payment.id)
    return row is not None and not row.value.attempt


def _has_room(sandbox: Sandbox, work: Work, connector: ConnectorSettings) -> bool:
    with sandbox.store.read(work.account) as unit:
        row = unit.load(ErrorsRecord, _key(connector))
    return row is None or row.value.parked < PARKED_MAX


def count(desk: Desk, connector: ConnectorSettings, answer: Answer) -> None:
    """Count a creation that failed, or was parked; after the sixth error the contingency begins."""
    if not connector.contingency or not (answer is PARKED or _is_error(answer)):
        return
    row = desk.unit.load(ErrorsRecord, _key(connector))
    so_far = row.value if row else ErrorsRecord()
    if answer is PARKED:
        errors = replace(so_far, parked=so_far.parked + 1)
    else:
        recent = (moment for moment in so_far.moments if moment > desk.now - WITHIN)
        errors = replace(so_far, moments=(*recent, desk.now))
        if len(errors.moments) > ERRORS_MAX:
            errors = ErrorsRecord()
            _begin(desk, connector.name)
    desk.unit.save(_key(connector), errors, row.version if row else 0)


def _key(connector: ConnectorSettings) -> str:
    """A name may have letters that no store takes in a key."""
    return connector.affiliation_id or connector.name


def _is_error(answer: Answer) -> bool:
    if answer.ended is not Ended.FAILED:
        return False
    status = answer.exchange.status if answer.exchange else None
    return status in {None, HTTPStatus.REQUEST_TIMEOUT} or (status or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR


def _begin(desk: Desk, name: str) -> None:
    row = desk.unit.load(Settings, SETTINGS_KEY)
    others = tuple(each for each in desk.settings.contingencies if each.connector != name)
    begun = replace(desk.settings, contingencies=(*others, Contingency(connector=name, until=desk.now + LASTS)))
    desk.unit.save(SETTINGS_KEY, begun, row.version if row else 0)
