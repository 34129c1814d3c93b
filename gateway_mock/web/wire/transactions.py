"""The transaction object and the operation result. Amounts are cents."""

from collections.abc import Iterable, Mapping

from gateway_mock.core.ledger import Transaction
from gateway_mock.core.modes import Mode, Operation
from gateway_mock.core.statuses import TransactionStatus
from gateway_mock.records import Moments, TransactionRecord
from gateway_mock.service.transactions import Done
from gateway_mock.times import optional_seconds_text, ticks_text, us_text
from gateway_mock.web.wire.fields import Json

NUMBERS: Mapping[TransactionStatus, int] = {
    TransactionStatus.STARTED: 1,
    TransactionStatus.AUTHORIZING: 2,
    TransactionStatus.AUTHORIZED: 3,
    TransactionStatus.ANALYZING_RISK: 4,
    TransactionStatus.RISK_APPROVED: 5,
    TransactionStatus.RISK_REJECTED: 6,
    TransactionStatus.APPROVED: 8,
    TransactionStatus.CANCELLING: 9,
    TransactionStatus.CANCELLED: 10,
    TransactionStatus.SETTLING: 11,
    TransactionStatus.FINISHED: 13,
}
"""Public texts show 8, 10, 11 and 13; 9 is inferred; 1 to 6 are placeholders (S34)."""


def result(done: Done, *, refunded: int = 0, cancelled: int = 0) -> Json:
    """The answer to authorize, settle, refund and cancel: the transaction's status after the operation (S35)."""
    ledger = done.record.ledger
    moments = done.record.moments
    return {
        "id": None,
        "token": moments.authorization_token or ledger.id,
        "status": NUMBERS[ledger.status],
        "statusDetail": ledger.status,
        "processingDate": ticks_text(moments.last_transition),
        "refundedValue": refunded,
        "refundedToken": moments.refunding_token if refunded else None,
        "message": None,
        "code": None,
        "connectorRefundedValue": ledger.total("refunded") if refunded else 0,
        "cancelledValue": cancelled,
    }


def transaction(record: TransactionRecord, account: str) -> Json:
    """The transaction object."""
    ledger = record.ledger
    return {
        "id": ledger.id,
        "transactionId": ledger.id,
        "referenceKey": record.reference,
        **{name: {"href": f"/api/pvt/transactions/{ledger.id}/{name}"} for name in _LINKS},
        "timeoutStatus": _timeout_status(ledger),
        "totalRefunds": ledger.total("refunded"),
        "status": ledger.status,
        "value": ledger.value,
        **_dates(record.moments),
        "fields": [{"name": name, "value": value} for name, value in _fields(record)],
        **_session(dict(record.fields)),
        "owner": record.owner,
        "orderId": record.order_id or dict(record.fields).get("orderId"),
        "channel": record.channel,
        "salesChannel": record.sales_channel,
        "urn": record.urn,
        "softDescriptor": record.soft_descriptor,
        "markedForRecurrence": False,
        "merchantName": account,
        **_UNKNOWN,
    }


def _dates(moments: Moments) -> Json:
    return {
        "startDate": ticks_text(moments.started),
        "authorizationToken": moments.authorization_token,
        "authorizationDate": optional_seconds_text(moments.authorized),
        "commitmentToken": moments.commitment_token,
        "commitmentDate": optional_seconds_text(moments.committed),
        "refundingToken": moments.refunding_token,
        "refundingDate": optional_seconds_text(moments.refunded),
        "cancelationToken": moments.cancellation_token,
        "cancelationDate": optional_seconds_text(moments.cancelled),
    }


def _session(data: Mapping[str, str]) -> Json:
    """What the shopper's browser told, when the additional data have it."""
    return {
        "ipAddress": data.get("ip"),
        "sessionId": data.get("sessionId"),
        "macId": data.get("macId", ""),
        "userAgent": data.get("userAgent", ""),
        "acceptHeader": data.get("acceptHeader", ""),
        "shopperInteraction": data.get("shopperInteraction", "ecommerce"),
    }


_UNKNOWN: Json = dict.fromkeys(
    (
        "receiverUri",
        "vtexFingerprint",
        "chargeback",
        "whiteSignature",
        "antifraudTid",
        "antifraudResponse",
        "antifraudReference",
        "antifraudAffiliationId",
        "buyer",
    )
)
"""Fields that the object has and this sandbox has nothing to say of."""

_LINKS = ("interactions", "settlements", "payments", "refunds", "cancellations", "capabilities")


def _timeout_status(ledger: Transaction) -> int:
    """0 not started, 1 ending, 2 ending by timeout, 3 ended, 4 tries exceeded (documented; which when: ours)."""
    match ledger.status:
        case TransactionStatus.CANCELLING:
            return 2 if ledger.given_up is Operation.AUTHORIZE else 1
        case TransactionStatus.CANCELLED | TransactionStatus.FINISHED:
            return 4 if ledger.given_up in {Operation.SETTLE, Operation.CANCEL} else 3
        case _:
            return 0


def _fields(record: TransactionRecord) -> Iterable[tuple[str, str]]:
    yield "owner", record.owner
    yield "lastTransitionDate", us_text(record.moments.last_transition)
    spent = (record.moments.last_transition - record.moments.started) / 1000
    yield "TotalTimeSpentInTransitionsUntilThisTransition", f"{spent:.4f}"
    yield "channel", record.channel
    yield "salesChannel", record.sales_channel
    yield from record.fields
    if record.ledger.status is not TransactionStatus.STARTED:
        yield "retainPartialSettlements", str(record.ledger.mode is Mode.HOLD)
