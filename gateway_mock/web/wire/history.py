"""What happened to a transaction: requests beside actions, and whether its value may change. Amounts are cents."""

from collections.abc import Iterable, Mapping

from gateway_mock.core.ledger import Happening
from gateway_mock.core.modes import Operation
from gateway_mock.records import History, TransactionRecord
from gateway_mock.times import ticks_text
from gateway_mock.web.wire.fields import Json
from gateway_mock.web.wire.payments import payment_href

_TYPES: Mapping[Happening, str] = {
    Happening.CONFIRMED: "upon-request",
    Happening.HANDED_TO_PERSON: "email-notification",
}


def movements(entries: Iterable[History], operation: Operation, transaction_id: str) -> Json:
    """What was requested beside what connectors did: documented for settlements, inferred for the others."""
    own = [each for each in entries if each.entry.operation is operation]
    return {
        "requests": [
            {"id": each.token, "date": ticks_text(each.date), "value": each.entry.value}
            for each in own
            if each.entry.happening is Happening.REQUESTED
        ],
        "actions": [_action(each, transaction_id) for each in own if each.entry.happening in _TYPES],
    }


def _action(each: History, transaction_id: str) -> Json:
    entry = each.entry
    online = entry.operation is Operation.REFUND and entry.happening is Happening.CONFIRMED
    by_itself = entry.auto and entry.operation is Operation.SETTLE
    kind = "auto-settlement" if by_itself else "online" if online else _TYPES[entry.happening]
    return {
        "id": each.token,
        "paymentId": entry.payment_id,
        "payment": {"href": payment_href(transaction_id, entry.payment_id or "")},
        "date": ticks_text(each.date),
        "type": kind,
        "value": entry.value,
        "connectorResponse": each.response,
    }


def capabilities(record: TransactionRecord) -> Json:
    """Decimals, as the undocumented route answers (known issue 825122)."""
    maximum = record.ledger.remaining / 100
    return {"isValueChangeable": maximum > 0.01, "minimumValue": 0.01, "maximumValue": maximum}  # noqa: PLR2004
