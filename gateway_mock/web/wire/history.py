"""What happened to a transaction: requests beside actions, and the events. Amounts are cents."""

from collections.abc import Iterable, Mapping, Sequence

from gateway_mock.core.ledger import Happening
from gateway_mock.core.modes import Operation
from gateway_mock.core.statuses import TransactionStatus
from gateway_mock.records import History, TransactionRecord
from gateway_mock.times import ticks, ticks_text
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


def interactions(entries: Sequence[History], record: TransactionRecord) -> list[Json]:
    """The events of a transaction, newest first; each keeps the status that the transaction had then."""
    status: str = TransactionStatus.STARTED
    shown: list[Json] = []
    mailing = _mailing(entries)
    for number, each in enumerate(entries):
        if each.entry.happening is Happening.TRANSACTION_STATUS:
            status = each.entry.after or status
        told = ("PaymentGateway", _MAIL) if number in mailing else _told(each, record)
        shown.append(_interaction(each, record, number, status, told))
    return shown[::-1]


_MAILS = frozenset({Happening.TOLD_PERSON, Happening.HANDED_TO_PERSON})
_MAIL = "The e-mail with subject gateway-manual-reversal-requested has been successfully sent to user@store.com"


def _mailing(entries: Sequence[History]) -> frozenset[int]:
    """The positions of the entries that send a person an e-mail: the first one of each call, never a second."""
    backwards = reversed([*enumerate(entries)])
    return frozenset({each.request_id: at for at, each in backwards if each.entry.happening in _MAILS}.values())


def _interaction(
    each: History, record: TransactionRecord, number: int, status: str, told: tuple[str, str]
) -> Json:
    source, message = told
    return {
        "Id": each.token or f"{record.id[:24]}{number:08X}",
        "PaymentId": each.entry.payment_id,
        "TransactionId": record.id,
        "Source": source,
        "Status": f"Transaction {status}",
        "Date": ticks_text(each.date)[:-1],
        "Message": message,
        "Ticks": ticks(each.date),
    }


def _told(each: History, record: TransactionRecord) -> tuple[str, str]:
    """Source and message of one entry, worded as the known messages where there is one."""
    entry = each.entry
    match entry.happening:
        case Happening.TRANSACTION_STATUS:
            source = "AntiFraud" if entry.after in _RISK else "TransactionWorkFlowChangeStatus"
            return source, f"Status change: from {entry.before} to {entry.after}."
        case Happening.PAYMENT_STATUS:
            return "PaymentWorkFlowChangeStatus", f"Status change: from {entry.before} to {entry.after}."
        case Happening.REQUESTED:
            return "PaymentGateway", f"Transaction {_NOUNS[entry.operation]} started\r\nAuthor: {record.owner}."
        case Happening.CONFIRMED if entry.auto:
            done = f"Auto settlement worker processed payment {entry.payment_id} without errors."
            return "PaymentAutoSettlementWorker", done
        case Happening.RECEIVED:
            return "PaymentGateway", f"Payment of {_units(entry.value)} received."
        case _:
            verb = f"{_NOUNS[entry.operation]} of {_units(entry.value)} {entry.happening}"
            return _connector_of(record, entry.payment_id), f"Payment {verb}{_because(entry.note)}"


_RISK = frozenset({TransactionStatus.RISK_APPROVED, TransactionStatus.RISK_REJECTED})

_NOUNS: Mapping[Operation | None, str] = {
    Operation.AUTHORIZE: "authorization",
    Operation.SETTLE: "settlement",
    Operation.CANCEL: "cancelation",
    Operation.REFUND: "refund",
    None: "operation",
}


def _units(value: int | None) -> str:
    return f"{(value or 0) / 100:.2f}"


def _because(note: str | None) -> str:
    return f": {note}" if note else "."


def _connector_of(record: TransactionRecord, payment_id: str | None) -> str:
    known = record.ledger.payment(payment_id or "")
    return known.connector if known else "PaymentGateway"
