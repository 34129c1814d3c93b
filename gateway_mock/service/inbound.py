"""A third party's message to a connector, by way of the gateway (documented as beta).

It comes to the `inboundRequestsUrl` of a payment, `:action` replaced; the gateway hands it over with what it knows
of the payment, and replays the `responseData` that comes back.
"""

from typing import NamedTuple

from connector_ppp import CallerError, Exchange, Verdict
from connector_ppp.messages import InboundRequest, InboundResponse, RequestData
from gateway_mock.answers import journal_of
from gateway_mock.core.modes import Kind
from gateway_mock.records import PaymentRecord, exchanges
from gateway_mock.service.sandbox import Sandbox, settings_of

STATUSES = range(200, 600)


class InboundFailedError(Exception):
    """The connector has no answer that could be replayed; the message says why."""


class Replayed(NamedTuple):
    """What the third party gets to hear."""

    status: int
    content_type: str
    content: str


def hand_over(sandbox: Sandbox, account: str, payment: PaymentRecord, action: str, body: str) -> Replayed:
    """Hand a message over, and tell what to answer to it; the call shows among the transaction's exchanges.

    Raises:
        InboundFailedError: there is no such answer.
    """
    with sandbox.store.read(account) as unit:
        connector = settings_of(unit, sandbox).connector(payment.connector)
    if connector is None or connector.kind is not Kind.PPP or sandbox.line is None:
        raise InboundFailedError("the payment's connector takes no inbound requests")
    request = InboundRequest(
        request_id=sandbox.ids.hex32(),
        transaction_id=payment.transaction_id,
        payment_id=payment.id,
        request_data=RequestData(body=body),
        authorization_id=payment.authorization_id,
        nsu=payment.nsu,
        tid=payment.tid,
    )
    try:
        exchange = sandbox.line.ask(connector, request, action=action)
    except CallerError as why:
        raise InboundFailedError(str(why)) from None
    with sandbox.store.write(account) as unit:
        unit.journal(exchanges(payment.transaction_id), [journal_of(exchange, request.request_id, 1)])
    return _replayed(exchange)


def _replayed(exchange: Exchange[InboundResponse]) -> Replayed:
    data = exchange.response.response_data if exchange.response and exchange.verdict is Verdict.DONE else None
    if not data:
        raise InboundFailedError(exchange.summary())
    status, content_type = data.status_code, data.content_type or "text/plain"
    if not isinstance(status, int) or status not in STATUSES:
        raise InboundFailedError(f"{status!r} is no HTTP status")
    if not (isinstance(content_type, str) and content_type.isascii() and content_type.isprintable()):
        raise InboundFailedError(f"{content_type!r} is no content type")
    return Replayed(status, content_type, data.content or "")
