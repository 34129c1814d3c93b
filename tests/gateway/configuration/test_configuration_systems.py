"""Payment systems and cards: what a shopper can pay with, and what may be known of it."""

import pytest

from gateway_mock.core.modes import Kind
from gateway_mock.core.payment_systems import (
    PAYMENT_SYSTEMS,
    Source,
    UnknownPaymentSystemError,
    payment_system,
)
from gateway_mock.records import Card, ConnectorSettings, PaymentRecord
from gateway_mock.service import payment_systems
from gateway_mock.service.configuration import put_connector
from gateway_mock.service.sandbox import Sandbox

URL = "/api/pvt/merchants/payment-systems"

# Number, name, group and protocol name, from the public texts.
SYSTEMS = """
1   | American Express | creditCard     | American Express
2   | Visa             | creditCard     | Visa
3   | Diners           | creditCard     | Diners
4   | Mastercard       | creditCard     | Mastercard
6   | Boleto Bancário  | bankInvoice    | BankInvoice
8   | Hipercard        | creditCard     | Hipercard
9   | Elo              | creditCard     | Elo
16  | Vale             | giftCard       | Vale
17  | Promissory       | promissory     | Promissories
39  | Maestro          | debitCard      | Maestro
47  | Cash             | cash           | Cash
64  | Customer Credit  | creditControl  | Customer Credit
72  | PicPay           | picPay         | PicPay
125 | Pix              | instantPayment | Pix
169 | Google Pay       | Google Pay     | Google Pay
"""


@pytest.mark.parametrize("row", SYSTEMS.strip().splitlines())
def test_a_payment_system_is_known_by_its_number(row):
    """The number says name, group and what a connector hears."""
    number, name, group, method = (cell.strip() for cell in row.split("|"))
    system = payment_system(int(number))
    assert (system.name, system.group, system.method) == (name, group, method)


@pytest.mark.parametrize(
    ("number", "group", "method"),
    [
        (201, "custom201PaymentGroup", "Promissories"),
        (401, "customPrivate_401", "Privatelabels"),
        (501, "customPrivate_501", "Privatelabels"),
        (2**31 - 1, "custom2147483647PaymentGroup", "Promissories"),
    ],
)
def test_any_other_number_is_the_stores_own_method(number, group, method):
    """Connectors hear the type of a custom method, never its label."""
    system = payment_system(number)
    assert (system.group, system.method, system.traits.custom) == (group, method, True)
    assert system.source is Source.OURS


@pytest.mark.parametrize("number", [0, -2, 2**31])
def test_no_payment_system_has_that_number(number):
    """Numbers are positive and fit in 31 bits."""
    with pytest.raises(UnknownPaymentSystemError):
        payment_system(number)


def test_every_well_known_system_says_how_sure_it_is():
    """A well-known system is documented or inferred, and filed under its own number."""
    for number, system in PAYMENT_SYSTEMS.items():
        assert system.id == number
        assert system.source in {Source.DOCUMENTED, Source.INFERRED}


# --- Over HTTP ----------------------------------------------------------------------------------------------


def test_nothing_can_be_paid_without_a_connector(client):
    """A store without connectors has no payment systems."""
    assert client.get(URL).json == []


def test_a_rule_makes_a_payment_system_usable(client, provider, rule_for):
    """It shows the class and the affiliation of the connector that takes it."""
    made = client.post("/api/pvt/affiliations", json=provider("acme")).json
    client.post("/api/pvt/rules", json=rule_for(made, 2))
    (visa,) = client.get(URL).json
    assert (visa["id"], visa["name"], visa["groupName"]) == (2, "Visa", "creditCard")
    assert visa["connectorImplementation"] == made["implementation"]
    assert visa["affiliationId"] == made["id"]
    assert visa["isAvailable"] is True


def test_a_rule_names_the_stores_own_method(client, provider, rule_for):
    """The label of a custom method is the store's."""
    made = client.post("/api/pvt/affiliations", json=provider("acme")).json
    system = {"id": 201, "name": "Pay the courier", "implementation": None}
    client.post("/api/pvt/rules", json=rule_for(made, paymentSystem=system))
    (own,) = client.get(URL).json
    assert (own["name"], own["isCustom"], own["allowNotification"]) == ("Pay the courier", True, True)


def test_a_default_connector_takes_every_payment_system(client, sandbox):
    """All well-known systems are usable, each under its number."""
    put_connector(sandbox, "shop", "old", ConnectorSettings(name="", kind=Kind.LEGACY))
    numbers = [each["id"] for each in client.get(URL).json]
    assert numbers == sorted(numbers)
    assert {1, 2, 4, 6, 16, 39, 64, 72, 125, 169} <= set(numbers)


def test_a_card_brand_says_how_its_cards_are_typed(client, sandbox):
    """Documented for American Express: 15 digits, a code of four, weights that begin with 1."""
    put_connector(sandbox, "shop", "old", ConnectorSettings(name="", kind=Kind.LEGACY))
    by_id = {each["id"]: each["validator"] for each in client.get(URL).json}
    assert by_id[1] == {
        "regex": "^3[47][0-9]{13}$",
        "mask": "9999 999999 99999",
        "cardCodeMask": "9999",
        "cardCodeRegex": "^[0-9]{4}$",
        "weights": [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1],
        "useCvv": True,
        "useExpirationDate": True,
        "useCardHolderName": True,
        "useBillingAddress": True,
        "validCardLengths": None,
    }
    assert by_id[2]["weights"] == [2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]
    assert by_id[125]["regex"] is None
    assert by_id[125]["weights"] is None
    assert by_id[125]["useCvv"] is False


def test_a_payment_is_due_in_a_week(client, sandbox):
    """The moment is that of the account's clock, with seven digits and Z."""
    put_connector(sandbox, "shop", "old", ConnectorSettings(name="", kind=Kind.LEGACY))
    sandbox.clock.advance("shop", 86_400_000_000)
    visa = client.get(URL).json[1]
    assert (visa["dueDate"], visa["dueDateMinutes"]) == ("2026-01-09T00:00:00.0000000Z", 10080)


# --- Cards --------------------------------------------------------------------------------------------------

CARD_ID = "719f3698-d8cb-41af-13a7-41f63982bcd2"
CARDS = f"/api/payments/pvt/account/{CARD_ID}"


def pay(sandbox: Sandbox, payment_id: str, card: Card, account: str = "shop") -> None:
    """Keep a payment as the transaction process does."""
    record = PaymentRecord(
        id=payment_id,
        transaction_id="T",
        sequence=0,
        payment_system=2,
        payment_system_name="Visa",
        group="creditCard",
        connector="acme",
        card=card,
    )
    with sandbox.store.write(account) as unit:
        unit.save(payment_id, record, 0, owner="T")


WHOLE_CARD = Card(
    holder="A HOLDER",
    number="4444 3333 2222 1111",
    csc="123",
    month="12",
    year="28",
    document="12345678900",
    account_id=CARD_ID,
)


def test_a_used_card_shows_its_public_data(client, sandbox):
    """First six and last four digits, when it ends, whose it is: never the number, code or holder."""
    pay(sandbox, "P1", WHOLE_CARD)
    answer = client.get(CARDS)
    assert answer.status_code == 200
    assert answer.json == {
        "bin": "444433",
        "lastDigits": "1111",
        "expiryMonth": "12",
        "expiryYear": "2028",
        "mask": "XXXX-XXXX-XXXX-1111",
        "paymentSystem": 2,
        "paymentSystemName": "Visa",
        "document": "12345678900",
    }


def test_a_card_is_found_among_many_payments(client, sandbox, monkeypatch):
    """On any page of payments; one with the card's id alone does not hide the one with its number."""
    monkeypatch.setattr(payment_systems, "PAGE", 3)
    for number in range(7):
        pay(sandbox, f"P{number}", Card(number="5555666677778884", account_id=f"other {number}"))
    pay(sandbox, "P7", Card(account_id=CARD_ID))
    pay(sandbox, "P8", WHOLE_CARD)
    assert client.get(CARDS).json["lastDigits"] == "1111"


def test_an_unknown_card_is_not_found(client, sandbox):
    """Documented: 404, in an envelope without `exception`; other accounts' cards are unknown too."""
    pay(sandbox, "P1", WHOLE_CARD, account="other")
    answer = client.get(CARDS)
    assert answer.status_code == 404
    assert answer.json == {"error": {"code": "MissingRequestData", "message": f"Could not find account {CARD_ID}"}}


@pytest.mark.parametrize("number", [None, "", "#vtex#token#"])
def test_a_card_without_a_number_is_an_inconsistency(client, sandbox, number):
    """Documented: 500, when nothing is known but the card's id."""
    pay(sandbox, "P1", Card(number=number, account_id=CARD_ID))
    answer = client.get(CARDS)
    assert answer.status_code == 500
    assert answer.json == {
        "error": {"code": "DatabaseInconsistency", "message": f"Card without payment details {CARD_ID}"}
    }
