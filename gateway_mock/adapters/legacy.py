"""A legacy connector: a class inside the gateway, so no protocol, no requestIds, no HTTP.

Documented: legacy connectors settle the total whatever was invoiced (their mode is always Total). What they do
with a partial refund differs from class to class, so it is a setting; a connector that cannot leaves the
difference to a person outside VTEX.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gateway_mock.core.modes import Operation
from gateway_mock.ports import Answer, Ended, Work
from gateway_mock.records import ConnectorSettings

DENIED_CARDS = frozenset({"4444333322221112"})
"""The official suite's denied card."""

WAITING_GROUPS = frozenset({"bankInvoice", "instantPayment"})
"""Methods that a shopper pays later; a payment notification confirms them."""


def perform_legacy(settings: ConnectorSettings, work: Work) -> Answer:
    """One call, answered at once."""
    return _PERFORM[work.call.operation](settings, work)


def _authorize(_settings: ConnectorSettings, work: Work) -> Answer:
    if work.payment.card.number in DENIED_CARDS:
        return Answer(ended=Ended.DENIED, message="Denied")
    if work.payment.group in WAITING_GROUPS:
        return Answer(ended=Ended.PENDING, message="Waiting for the payment")
    return _done(work)


def _refund(settings: ConnectorSettings, work: Work) -> Answer:
    payment = work.transaction.ledger.payment(work.call.payment_id)
    in_part = payment is not None and work.call.value < payment.captured
    if in_part and not settings.refunds_in_part:
        return Answer(ended=Ended.BY_HAND, code="refund-manually", message="This connector refunds in full only.")
    return _done(work)


def _done(work: Work) -> Answer:
    reference = work.request_id[-8:]
    return Answer(
        ended=Ended.DONE,
        value=work.call.value,
        settle_id=work.request_id if work.call.operation is Operation.SETTLE else None,
        tid=work.payment.id[:20],
        authorization_id=reference,
        message="Approved",
    )


def _always(_settings: ConnectorSettings, work: Work) -> Answer:
    return _done(work)


_PERFORM: Mapping[Operation, Callable[[ConnectorSettings, Work], Answer]] = MappingProxyType(
    {
        Operation.AUTHORIZE: _authorize,
        Operation.SETTLE: _always,
        Operation.CANCEL: _always,
        Operation.REFUND: _refund,
    }
)
