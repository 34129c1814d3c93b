"""Transactions, payments and their history as the Payments Gateway API spells them. Amounts are cents."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

import msgspec

from gateway_mock.core.ledger import Happening, Payment
from gateway_mock.core.modes import Mode, Operation
from gateway_mock.core.money import CENTS_MAX
from gateway_mock.core.statuses import TransactionStatus
from gateway_mock.records import Card, History, PaymentRecord, TransactionRecord
from gateway_mock.service.transactions import Done
from gateway_mock.times import seconds_text, ticks, ticks_text, us_text

Json = dict[str, object]
Cents = Annotated[int, msgspec.Meta(ge=-CENTS_MAX, le=CENTS_MAX)]
Count = Annotated[int, msgspec.Meta(ge=0, le=999)]
SystemId = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Text = Annotated[str, msgspec.Meta(max_length=4096)]

NUMBERS: Mapping[TransactionStatus, int] = {
    TransactionStatus.STARTED: 1,
    TransactionStatus.AUTHORIZING: 2,
    TransactionStatus.AUTHORIZED: 3,
    TransactionStatus.APPROVED: 8,
    TransactionStatus.CANCELLING: 9,
    TransactionStatus.CANCELLED: 10,
    TransactionStatus.SETTLING: 11,
    TransactionStatus.FINISHED: 13,
}
"""Public texts show 8, 10, 11 and 13; 9 is inferred; 1 to 3 are placeholders (S34)."""


# --- Requests -----------------------------------------------------------------------------------------------


class StartBody(msgspec.Struct, rename="camel"):
    """A transaction to start; what is null or missing is refused by the gateway's own words."""

    value: Cents | None = None
    reference_id: Text | None = None
    channel: Text | None = None
    sales_channel: Text | None = None
    urn: Text | None = None


class FieldsBody(msgspec.Struct, rename="camel"):
    """The shopper's card; `dueDate` is `mm/yy`."""

    holder_name: Text | None = None
    card_number: Text | None = None
    validation_code: Text | None = None
    due_date: Annotated[str, msgspec.Meta(pattern=r"^(0[1-9]|1[0-2])/\d{2}(\d{2})?$")] | None = None
    document: Text | None = None
    account_id: Text | None = None


class MerchantBody(msgspec.Struct, rename="camel"):
    """Which transaction a payment is for."""

    id: Text | None = None
    merchant_name: Text | None = None


class PaymentBody(msgspec.Struct, rename="camel"):
    """One payment of the shopper. `value` and its siblings are cents."""

    payment_system: SystemId
    value: Cents
    installments: Count = 1
    currency_code: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")] = "BRL"
    installments_interest_rate: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 0.0
    installments_value: Cents = 0
    reference_value: Cents = 0
    fields: FieldsBody | None = None
    transaction: MerchantBody | None = None

    def card(self) -> Card:
        """The card as the connector gets it: month of two digits, year of four."""
        fields = self.fields or FieldsBody()
        month, _, year = (fields.due_date or "").partition("/")
        return Card(
            sent=self.fields is not None,
            holder=fields.holder_name,
            number=fields.card_number,
            csc=fields.validation_code,
            month=month or None,
            year=f"20{year}"[-4:] if year else None,
            document=fields.document,
            account_id=fields.account_id,
        )


class DataBody(msgspec.Struct, rename="camel"):
    """One piece of additional data; `value` is an escaped JSON document."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
    value: str


class AuthorizeBody(msgspec.Struct, rename="camel"):
    """An authorization request."""

    transaction_id: Text | None = None
    soft_descriptor: Text | None = None
    prepare_for_recurrency: bool | None = None


class ValueBody(msgspec.Struct, rename="camel"):
    """A settle or cancel request, in cents."""

    value: Cents


class RefundBody(msgspec.Struct, rename="camel"):
    """A refund request. `freight` and `tax` break `value` down, they do not add to it (C5, recommended)."""

    value: Cents
    freight: Cents | None = None
    tax: Cents | None = None
    minicart: dict[str, msgspec.Raw] | list[msgspec.Raw] | None = None


class NotificationBody(msgspec.Struct, rename="camel"):
    """A payment that came in by another way; `valuePaid` is the one amount in currency units."""

    payment_date: Annotated[str, msgspec.Meta(pattern=r"^\d{2}/\d{2}/\d{4}$")]
    value_paid: Annotated[float, msgspec.Meta(ge=0, le=1e12)]


# --- Answers ------------------------------------------------------------------------------------------------


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
    ledger, moments = record.ledger, record.moments
    data = dict(record.fields)
    return {
        "id": ledger.id,
        "transactionId": ledger.id,
        "referenceKey": record.reference,
        **{name: {"href": f"/api/pvt/transactions/{ledger.id}/{name}"} for name in _LINKS},
        "timeoutStatus": _TIMEOUT_STATUS.get(ledger.status, 0),
        "totalRefunds": ledger.total("refunded"),
        "status": ledger.status,
        "value": ledger.value,
        "receiverUri": None,
        "startDate": ticks_text(moments.started),
        "authorizationToken": moments.authorization_token,
        "authorizationDate": _date(moments.authorized),
        "commitmentToken": moments.commitment_token,
        "commitmentDate": _date(moments.committed),
        "refundingToken": moments.refunding_token,
        "refundingDate": _date(moments.refunded),
        "cancelationToken": moments.cancellation_token,
        "cancelationDate": _date(moments.cancelled),
        "fields": [{"name": name, "value": value} for name, value in _fields(record)],
        "ipAddress": data.get("ip"),
        "sessionId": data.get("sessionId"),
        "macId": data.get("macId", ""),
        "vtexFingerprint": None,
        "chargeback": None,
        "whiteSignature": None,
        "owner": record.owner,
        "orderId": record.order_id or data.get("orderId"),
        "userAgent": data.get("userAgent", ""),
        "acceptHeader": data.get("acceptHeader", ""),
        "antifraudTid": None,
        "antifraudResponse": None,
        "antifraudReference": None,
        "antifraudAffiliationId": None,
        "channel": record.channel,
        "salesChannel": record.sales_channel,
        "urn": record.urn,
        "softDescriptor": record.soft_descriptor,
        "markedForRecurrence": False,
        "buyer": None,
        "shopperInteraction": data.get("shopperInteraction", "ecommerce"),
        "merchantName": account,
    }


_LINKS = ("interactions", "settlements", "payments", "refunds", "cancellations", "capabilities")

_TIMEOUT_STATUS: Mapping[TransactionStatus, int] = {
    TransactionStatus.CANCELLING: 1,
    TransactionStatus.CANCELLED: 3,
    TransactionStatus.FINISHED: 3,
}


def _date(moment: int | None) -> str | None:
    return None if moment is None else seconds_text(moment)


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


def payment(record: PaymentRecord, ledger: Payment, entries: Sequence[History], account: str) -> Json:
    """The payment object: what the ledger knows, and the gateway's memory of the connector conversation."""
    response = _connector_response(record)
    return {
        "id": record.id,
        "paymentSystem": record.payment_system,
        "paymentSystemName": record.payment_system_name,
        "merchantName": record.merchant_name,
        "group": record.group,
        "userProfileId": None,
        "isCustom": False,
        "allowInstallments": True,
        "requiresAuthentication": False,
        "allowIssuer": False,
        "allowNotification": record.group not in {"creditCard", "debitCard"},
        "isAvailable": True,
        "description": None,
        "authorizationDate": _date(record.authorized),
        "self": {"href": payment_href(record.transaction_id, record.id)},
        "tid": record.tid,
        "nsu": record.nsu,
        "returnCode": record.code,
        "returnMessage": record.message,
        "status": ledger.status,
        "connector": record.connector,
        "ConnectorResponses": response,
        "connectorResponse": response,
        "ShowConnectorResponses": True,
        "value": record.value,
        "installmentsInterestRate": record.interest_rate,
        "installmentsValue": record.installments_value,
        "referenceValue": record.reference_value,
        "installments": record.installments,
        "currencyCode": record.currency,
        "provider": None,
        "isBillingAddressDifferent": None,
        "fields": [{"name": name, "value": value} for name, value in _payment_fields(record, entries, account)],
        "sheets": None,
        "originalPaymentId": None,
        "isRegexValid": None,
        "isLuhnValid": None,
        "paymentUrl": record.payment_url,
    }


def payment_href(transaction_id: str, payment_id: str) -> str:
    """Where a payment is, without host."""
    return f"/api/pvt/transactions/{transaction_id}/payments/{payment_id}"


def _connector_response(record: PaymentRecord) -> Json:
    return {
        "Tid": record.tid,
        "ReturnCode": record.code,
        "Message": record.message,
        "authId": record.authorization_id,
        "nsu": record.nsu,
        "acquirer": record.acquirer,
    }


_SLOTS: Mapping[Operation, str] = {
    Operation.AUTHORIZE: "authorizationConnectorResponse",
    Operation.SETTLE: "settlementConnectorResponse",
    Operation.REFUND: "refundingConnectorResponse",
    Operation.CANCEL: "cancellationConnectorResponse",
}


def _payment_fields(record: PaymentRecord, entries: Sequence[History], account: str) -> Iterable[tuple[str, str]]:
    card = record.card
    known = {
        "callbackUrl": None,
        "baseUrl": f"https://{account}.vtexpayments.com.br:443",
        "currencyCode": record.currency,
        "cardHolder": card.holder,
        "firstDigits": card.number[:6] if card.number else None,
        "lastDigits": card.number[-4:] if card.number else None,
        "expiryMonth": card.month,
        "expiryYear": card.year,
        "accountId": card.account_id,
        "paymentMethod": record.payment_system_name,
        "tid": record.tid,
        "connector": record.connector,
        "waitingForAutoSettle": seconds_text(record.settles_at) if record.settles_at is not None else None,
    }
    yield from ((name, value) for name, value in known.items() if value is not None)
    # Only one slot an operation exists, however many settlements there were: the last answer stays.
    last = {
        _SLOTS[each.entry.operation]: each.response for each in entries if each.response and each.entry.operation
    }
    yield from ((name, value) for name, value in last.items() if value is not None)


# --- Requests and actions -----------------------------------------------------------------------------------

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
    kind = "auto-settlement" if entry.auto else "online" if online else _TYPES[entry.happening]
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
    """The events of a transaction, newest first."""
    return [_interaction(each, record) for each in reversed(entries)]


def _interaction(each: History, record: TransactionRecord) -> Json:
    source, message = _told(each, record)
    return {
        "Id": each.token or f"{ticks(each.date):032X}",
        "PaymentId": each.entry.payment_id,
        "TransactionId": record.id,
        "Source": source,
        "Status": f"Transaction {record.ledger.status}",
        "Date": ticks_text(each.date)[:-1],
        "Message": message,
        "Ticks": ticks(each.date),
    }


def _told(each: History, record: TransactionRecord) -> tuple[str, str]:
    """Source and message of one entry, worded as the known messages where there is one."""
    entry = each.entry
    match entry.happening:
        case Happening.TRANSACTION_STATUS:
            return "TransactionWorkFlowChangeStatus", f"Status change: from {entry.before} to {entry.after}."
        case Happening.PAYMENT_STATUS:
            return "PaymentWorkFlowChangeStatus", f"Status change: from {entry.before} to {entry.after}."
        case Happening.REQUESTED:
            return "PaymentGateway", f"Transaction {_NOUNS[entry.operation]} started\r\nAuthor: {record.owner}."
        case Happening.HANDED_TO_PERSON:
            mail = "The e-mail with subject gateway-manual-reversal-requested has been successfully sent"
            return "PaymentGateway", f"{mail} to user@store.com"
        case Happening.RECEIVED:
            return "PaymentGateway", f"Payment of {_units(entry.value)} received."
        case _:
            verb = f"{_NOUNS[entry.operation]} of {_units(entry.value)} {entry.happening}"
            return _connector_of(record, entry.payment_id), f"Payment {verb}{_because(entry.note)}"


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
