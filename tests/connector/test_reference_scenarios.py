"""Which course a payment takes: the documented test cards, the methods, and what the shopper is shown."""

import json

import pytest

from connector_ppp.reference.app import create_app
from connector_ppp.reference.manifest import MANIFEST
from connector_ppp.reference.scenarios import CARD_METHODS, METHODS, flow_of

# VTEX docs, the test suite's cards: what the create answers, and what an undefined payment becomes.
CARDS = [
    ("4444333322221111", "approved", "approved"),
    ("4444333322221112", "denied", "denied"),
    ("4222222222222224", "undefined", "approved"),
    ("4222222222222225", "undefined", "denied"),
]

# Method, card number, answered at once, becomes, seconds until the gateway may give up.
COURSES = [
    ("Visa", "5555444433331111", "approved", "approved", 86_400),
    ("Visa", None, "undefined", "approved", 86_400),
    ("Visa", "", "approved", "approved", 86_400),
    ("Mastercard", None, "undefined", "approved", 86_400),
    ("Safetypay", None, "undefined", "approved", 86_400),
    ("BankInvoice", None, "undefined", "approved", 604_800),
    ("BankInvoice", "null", "undefined", "approved", 604_800),
    ("Pix", None, "undefined", "approved", 900),
    ("Pix", "4444333322221112", "undefined", "approved", 900),
    ("Cash", None, "approved", "approved", 86_400),
    ("Promissories", None, "approved", "approved", 86_400),
    ("a method nobody knows", None, "approved", "approved", 86_400),
]


def _create(client, **changes):
    body = {
        "paymentId": "P1",
        "value": 100.0,
        "currency": "BRL",
        "paymentMethod": "Visa",
        "card": {"number": "4444333322221111"},
        "callbackUrl": "http://127.0.0.1:9/callback",
    }
    return client.post("/payments", json=body | changes)


@pytest.fixture
def client():
    """A connector that calls nobody back by itself."""
    return create_app(callbacks="manual").test_client()


@pytest.mark.parametrize(("number", "status", "outcome"), CARDS)
def test_each_documented_card_takes_its_course(client, number, status, outcome):
    """The four cards of the official suite, answered and resolved as documented."""
    assert _create(client, card={"number": number}).json["status"] == status
    resolved = client.post("/_reference/payments/P1/resolve")
    assert resolved.status_code == (200 if status == "undefined" else 409)
    assert _create(client, card={"number": number}).json["status"] == outcome


@pytest.mark.parametrize(("method", "number", "status", "outcome", "delay"), COURSES)
def test_each_method_takes_its_course(method, number, status, outcome, delay):
    """BankInvoice, Pix and redirects wait for the shopper; every other method approves."""
    flow = flow_of(method, number)
    assert (flow.status, flow.outcome, flow.delay_to_cancel) == (status, outcome, delay)


def test_a_card_behind_the_secure_proxy_is_no_redirect(client):
    """`numberToken` instead of `number`: it is hidden there, not missing."""
    assert _create(client, card={"numberToken": "#vtex#token#1#number#"}).json["status"] == "approved"


def test_no_card_at_all_is_no_redirect(client):
    """Only a card whose number is null asks for the shopper."""
    assert _create(client, card=None).json["status"] == "approved"


@pytest.mark.parametrize("card", [{}, {"number": None}, {"number": ""}])
def test_a_card_method_without_a_number_redirects(client, card):
    """However the number of the card is missing, the shopper is sent to a page."""
    answer = _create(client, card=card).json
    assert (answer["status"], answer["paymentUrl"]) == ("undefined", "http://localhost/_reference/payments/P1")


def test_a_bank_invoice_shows_a_slip(client):
    """An invoice URL, a number of 44 digits and a bar code of type i25."""
    answer = _create(client, paymentMethod="BankInvoice", card=None).json
    assert answer["paymentUrl"] == "http://localhost/_reference/payments/P1"
    assert answer["barCodeImageType"] == "i25"
    assert answer["identificationNumber"] == answer["barCodeImageNumber"]
    assert len(answer["identificationNumber"]) == 44
    assert answer["identificationNumberFormatted"].replace(" ", "") == answer["identificationNumber"]


def test_pix_shows_a_payment_app_with_a_code(client):
    """The payload is JSON in a text, and the gateway may give up after 900 seconds."""
    answer = _create(client, paymentMethod="Pix", card=None).json
    assert answer["paymentAppData"]["appName"] == "vtex.pix-payment"
    assert json.loads(answer["paymentAppData"]["payload"])["code"].startswith("PIX")
    assert answer["paymentUrl"] == "http://localhost/_reference/payments/P1"
    assert answer["delayToCancel"] == 900


def test_a_card_payment_shows_nothing(client):
    """No page, no slip, no app."""
    assert not {"paymentUrl", "paymentAppData", "identificationNumber"} & set(_create(client).json)


def test_both_auto_settle_delays_are_equal(client):
    """Known issue 369633: without anti-fraud the shorter one wins, so they must not differ."""
    answer = _create(client).json
    assert answer["delayToAutoSettle"] == answer["delayToAutoSettleAfterAntifraud"] == 345_600


def test_no_method_has_two_courses():
    """A method with its own course is no card method."""
    assert not CARD_METHODS & set(METHODS)


def test_the_manifest_offers_every_course():
    """Cards, slip, Pix and a redirect method can be chosen."""
    offered = {method.name for method in MANIFEST.payment_methods}
    assert {"Visa", "BankInvoice", "Pix", "Safetypay"} <= offered
