"""The payment object: what the ledger knows, and the gateway's memory of the connector conversation."""

from collections.abc import Iterable, Mapping, Sequence

from gateway_mock.core.ledger import Payment
from gateway_mock.core.modes import Operation
from gateway_mock.records import History, PaymentRecord
from gateway_mock.times import optional_seconds_text, seconds_text
from gateway_mock.web.wire.fields import Json


def payment(record: PaymentRecord, ledger: Payment, entries: Sequence[History], account: str) -> Json:
    """The payment object."""
    response = _connector_response(record)
    return {
        "id": record.id,
        "paymentSystem": record.payment_system,
        "paymentSystemName": record.payment_system_name,
        "merchantName": record.merchant_name,
        "group": record.group,
        "allowNotification": record.group not in {"creditCard", "debitCard"},
        "authorizationDate": optional_seconds_text(record.authorized),
        "self": {"href": payment_href(record.transaction_id, record.id)},
        "tid": record.tid,
        "nsu": record.nsu,
        "returnCode": record.code,
        "returnMessage": record.message,
        "status": ledger.status,
        "connector": record.connector,
        "ConnectorResponses": response,
        "connectorResponse": response,
        "value": record.value,
        "installmentsInterestRate": record.interest_rate,
        "installmentsValue": record.installments_value,
        "referenceValue": record.reference_value,
        "installments": record.installments,
        "currencyCode": record.currency,
        "fields": [{"name": name, "value": value} for name, value in _payment_fields(record, entries, account)],
        "paymentUrl": record.payment_url,
        **_ALWAYS,
    }


_ALWAYS: Json = {
    "isCustom": False,
    "allowInstallments": True,
    "requiresAuthentication": False,
    "allowIssuer": False,
    "isAvailable": True,
    "ShowConnectorResponses": True,
    "userProfileId": None,
    "description": None,
    "provider": None,
    "isBillingAddressDifferent": None,
    "sheets": None,
    "originalPaymentId": None,
    "isRegexValid": None,
    "isLuhnValid": None,
}


def payment_href(transaction_id: str, payment_id: str) -> str:
    """Where a payment is, without host."""
    return f"/api/pvt/transactions/{transaction_id}/payments/{payment_id}"


def _connector_response(record: PaymentRecord) -> Json:
    """What the connector told; the official schema has texts here, so the unknown is an empty one."""
    told = {
        "Tid": record.tid,
        "ReturnCode": record.code,
        "Message": record.message,
        "authId": record.authorization_id,
        "nsu": record.nsu,
        "acquirer": record.acquirer,
    }
    return {name: value or "" for name, value in told.items()}


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
