"""The additional data of a transaction, which travels to the connector as the shopping cart."""

import json
from decimal import Decimal

import pytest

CART = {
    "freight": 1144,
    "tax": 1001,
    "items": [
        {"id": "31", "name": "Shoe", "value": 213490, "quantity": 2, "discount": 500},
        {"id": "32", "name": "Lace", "value": 2198, "quantity": 1},
    ],
}
BUYER = {
    "firstName": "Ana",
    "lastName": "Lima",
    "document": "1",
    "documentType": "cpf",
    "email": "a@b.c",
    "phone": "2",
}
ADDRESS = {
    "country": "CHL",
    "street": "Alameda",
    "number": "7",
    "neighborhood": "Centro",
    "postalCode": "1",
    "city": "Santiago",
    "state": "RM",
}


def add(transaction, method="POST", **data):
    """Send additional data, each value as the escaped JSON document that it is."""
    pieces = [{"name": name, "value": value} for name, value in data.items()]
    return transaction.merchant.send(method, transaction.path("/additional-data"), pieces)


def heard_cart(world, transaction):
    """The cart that the connector hears."""
    answer = transaction.authorize()
    assert answer.status_code == 200, answer.text
    assert answer.json["statusDetail"] == "Approved"
    return world.heard[-1].body["miniCart"]


def test_the_cart_reaches_the_connector_in_currency_units(world):
    """Items, freight, tax and discounts are divided by 100; buyer and address keep their words."""
    transaction = world.open("A 4307.23 total")
    shipping = json.dumps({"address": ADDRESS})
    add(transaction, cart=json.dumps(CART), clientProfileData=json.dumps(BUYER), shippingData=shipping)
    cart = heard_cart(world, transaction)
    assert (cart["shippingValue"], cart["taxValue"]) == (Decimal("11.44"), Decimal("10.01"))
    assert [(each["id"], each["price"], each["quantity"], each["discount"]) for each in cart["items"]] == [
        ("31", Decimal("2134.90"), 2, 5),
        ("32", Decimal("21.98"), 1, 0),
    ]
    assert {name: cart["buyer"][name] for name in BUYER} == BUYER
    assert {name: cart["shippingAddress"][name] for name in ADDRESS} == ADDRESS


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_piece_that_comes_again_replaces_itself(method, world):
    """The later value counts, for both verbs, and the transaction shows it once."""
    transaction = world.open("A 100 total")
    add(transaction, cart=json.dumps({"freight": 100}))
    assert add(transaction, method, cart=json.dumps({"freight": 250}), ip="127.0.0.1").status_code == 200
    fields = [(each["name"], each["value"]) for each in transaction.show()["fields"]]
    assert [value for name, value in fields if name == "cart"] == ['{"freight": 250}']
    assert heard_cart(world, transaction)["shippingValue"] == Decimal("2.50")


def test_a_transaction_without_data_has_a_cart_all_the_same(world):
    """The protocol requires it: one item that costs the whole order, and a shopper of the sandbox."""
    cart = heard_cart(world, world.open("A 42.50 total"))
    assert [(each["price"], each["quantity"]) for each in cart["items"]] == [(Decimal("42.50"), 1)]
    assert all(cart["buyer"][name] for name in ("firstName", "lastName", "document", "email", "phone"))
    assert all(cart["billingAddress"][name] for name in ADDRESS)


HOSTILE = {
    "no JSON": "{",
    "empty": "",
    "an array": "[1, 2]",
    "a number": "42",
    "null": "null",
    "deep": "[" * 100_000,
    "NaN": '{"freight": NaN, "items": [{"id": "1", "value": NaN, "quantity": NaN}]}',
    "infinite": '{"freight": 1e999, "items": [{"id": "1", "value": 1e999, "quantity": 1e999}]}',
    "huge": '{"freight": %s, "items": [{"id": "1", "value": %s, "quantity": %s}]}' % (("9" * 400,) * 3),
    "5000 digits": '{"freight": %s}' % ("9" * 5000),
    "64 bits": '{"items": [{"id": "1", "value": 100, "quantity": 18446744073709551616}]}',
    "negative": '{"freight": -1, "items": [{"id": "1", "value": -100, "quantity": -1, "discount": -5}]}',
    "booleans": '{"freight": true, "items": [{"id": true, "value": true, "quantity": true}]}',
    "texts": '{"freight": "10", "items": [{"id": 1, "name": 2, "value": "100", "quantity": "1"}]}',
    "half a pair": '{"items": [{"id": "\\ud800", "name": "\\udfff", "value": 100, "quantity": 1}]}',
    "NUL": '{"items": [{"id": "a\\u0000b", "name": "\\u0000", "value": 100, "quantity": 1}]}',
    "objects": '{"items": {"id": "1"}, "freight": {}}',
    "items of items": '{"items": [[], null, 1, {"id": []}, {"id": {}, "name": {"a": []}}]}',
    "nothing inside": '{"items": [{}], "address": {}}',
    "an address of lists": '{"address": {"street": [], "number": 7, "city": null}}',
    "a name of half a pair": '{"firstName": "\\ud800", "email": "\\udfff", "address": {"street": "\\ud83d"}}',
}


@pytest.mark.parametrize("name", ["cart", "clientProfileData", "shippingData", "anything"])
@pytest.mark.parametrize("document", HOSTILE.values(), ids=list(HOSTILE))
def test_a_damaged_document_breaks_nothing(name, document, world):
    """It is kept as it came; what cannot be read of it is filled in, and the payment is authorized."""
    transaction = world.open("A 100 total")
    assert add(transaction, **{name: document}).status_code == 200
    cart = heard_cart(world, transaction)
    assert cart["items"]
    assert isinstance(cart["shippingValue"], int | Decimal)


def test_a_large_cart_is_kept(world):
    """Three hundred lines arrive, each with its price."""
    items = [{"id": str(number), "name": "x" * 50, "value": number, "quantity": 1} for number in range(1, 301)]
    transaction = world.open("A 451.50 total")
    add(transaction, cart=json.dumps({"items": items}))
    cart = heard_cart(world, transaction)
    assert sum(each["price"] for each in cart["items"]) == Decimal("451.50")


@pytest.mark.parametrize("due_date", ["13/31", "00/31", "1/31", "12-31", "12/3", "12/20311", "ab/cd", "12/31 "])
def test_a_card_that_expires_never_is_refused(due_date, world):
    """`dueDate` is mm/yy (or mm/yyyy): else 400, and nothing is kept."""
    transaction = world.merchant.start(100)
    answer = transaction.pay({"value": 100, "fields": {"dueDate": due_date}})
    assert answer.status_code == 400
    assert transaction.show("/payments") == []


@pytest.mark.parametrize(("due_date", "year"), [("12/31", "2031"), ("01/2035", "2035"), ("07/99", "2099")])
def test_a_card_travels_with_two_digits_and_four(due_date, year, world):
    """The protocol wants month `MM` and year `YYYY`."""
    world.merchant.put_connector("A", kind="ppp", url="http://a.test", paymentSystems=[2])
    transaction = world.merchant.start(100)
    transaction.pay({"value": 100, "fields": {"dueDate": due_date, "cardNumber": "4111111111111111"}})
    transaction.authorize()
    assert world.heard[-1].body["card"]["expiration"] == {"month": due_date[:2], "year": year}
