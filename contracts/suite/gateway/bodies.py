"""The bodies that a merchant sends, as the official texts have them; pure. Amounts go out as whole cents."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from connector_ppp.amounts import minor_units
from contracts.suite.gateway.vocabulary import Invoice, Line, Paying
from contracts.suite.methods import CARDS

Json = dict[str, object]

DAY: Final = "2026-01-02T10:00:00.000Z"


def transaction(value: Decimal, reference: str) -> Json:
    """A transaction to start."""
    return {
        "value": minor_units(value),
        "referenceId": reference,
        "channel": "suite",
        "salesChannel": "1",
        "urn": None,
    }


def payments(paying: Sequence[Paying], systems: Mapping[str, int], transaction_id: str) -> list[Json]:
    """How it is paid."""
    return [_payment(each, systems[each.route], transaction_id) for each in paying]


def _payment(paying: Paying, system: int, transaction_id: str) -> Json:
    cents = minor_units(paying.value)
    return {
        "paymentSystem": system,
        "installments": paying.installments,
        "currencyCode": paying.currency,
        "value": cents,
        "installmentsInterestRate": 0,
        "installmentsValue": cents // paying.installments,
        "referenceValue": cents,
        "fields": {
            "holderName": "BIA ENSAIO",
            "cardNumber": CARDS[paying.card],
            "validationCode": "123",
            "dueDate": "12/31",
            "document": "00000000191",
            "accountId": None,
            "address": _ADDRESS,
            "callbackUrl": "https://suite.example/return",
        },
        "transaction": {"id": transaction_id, "merchantName": "suite"},
    }


_ADDRESS: Final[Json] = {
    "addressType": "residential",
    "receiverName": "Bia Ensaio",
    "postalCode": "20040-002",
    "city": "Rio de Janeiro",
    "state": "RJ",
    "country": "BRA",
    "street": "Rua do Ensaio",
    "number": "10",
    "neighborhood": "Centro",
    "complement": None,
    "reference": None,
    "geoCoordinates": [],
}

ADDITIONAL_DATA: Final[Sequence[Json]] = (
    {"name": "clientProfileData", "value": '{"email":"bia@suite.example","firstName":"Bia","lastName":"Ensaio"}'},
)


def authorization(transaction_id: str) -> Json:
    """A request to authorize."""
    return {"transactionId": transaction_id, "softDescriptor": None, "prepareForRecurrency": False}


def order(
    value: Decimal,
    paying: Sequence[Paying],
    systems: Mapping[str, int],
    shipping: Decimal | None,
    lines: Sequence[Line],
) -> Json:
    """An order that the control plane is asked for."""
    made: Json = {
        "value": minor_units(value),
        "payments": [
            {
                "paymentSystem": systems[each.route],
                "value": minor_units(each.value),
                "card": CARDS[each.card],
                "installments": each.installments,
            }
            for each in paying
        ],
    }
    if shipping is not None:
        made["shipping"] = minor_units(shipping)
    if lines:
        made["items"] = [
            {"id": each.id, "price": minor_units(each.price), "quantity": each.quantity} for each in lines
        ]
    return made


def invoice(step: Invoice) -> Json:
    """A sale or a return."""
    return {
        "type": step.kind,
        "issuanceDate": DAY,
        "invoiceNumber": step.number,
        "invoiceValue": str(minor_units(step.value)),
        "items": [],
    }
