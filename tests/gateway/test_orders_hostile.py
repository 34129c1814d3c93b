"""Bodies that nobody should send to Orders: each is answered 4xx in the envelope, and nothing changes."""

import json

import pytest

from tests.gateway.orders_shop import Shop, invoice


def _everywhere(text):
    """A body that has the text in a field of each operation."""
    names = (b"reason", b"type", b"trackingNumber", b"denyReason")
    fields = b", ".join(b'"%s": "%s"' % (name, text) for name in names)
    settings = b'"paymentConfiguration": {"customPaymentSystemsAllowed": ["%s"]}' % text
    return b"{%s, %s}" % (fields, settings)


BODIES = {
    "nothing": b"",
    "half an object": b'{"type": "Output"',
    "a list": b"[]",
    "a number": b"7",
    "null": b"null",
    "text": b"Output",
    "not a number": b'{"invoiceValue": NaN, "discountValue": NaN, "manualDiscountValue": NaN}',
    "half a surrogate": _everywhere(rb"\ud800"),
    "no UTF-8": _everywhere(b"\xff"),
    "deep": b"[" * 100_000,
    "ten megabytes": b'{"reason": "' + b"x" * 10_000_000 + b'"}',
}

WRITES = {
    "invoice": ("POST", "/api/oms/pvt/orders/{id}/invoice"),
    "invoices": ("POST", "/api/orders/pvt/document/{id}/invoices"),
    "track": ("PATCH", "/api/oms/pvt/orders/{id}/invoice/N1"),
    "deliver": ("PUT", "/api/oms/pvt/orders/{id}/invoice/N1/tracking"),
    "register": ("POST", "/api/oms/pvt/orders/{id}/changes"),
    "create": ("PATCH", "/api/order-system/orders/{id}/changes"),
    "preview": ("POST", "/api/order-system/orders/{id}/changes/preview"),
    "cancel a change": ("POST", "/api/order-system/orders/{id}/changes/nothing/cancel"),
    "settings": ("PUT", "/api/order-system/orders/changes/settings"),
    "deny": ("POST", "/api/orders/pvt/document/{id}/deny-cancellation-request"),
    "make": ("POST", "/_mock/orders"),
}


def send_raw(shop, name, body):
    """A body as it is, with the merchant's credentials."""
    method, path = WRITES[name]
    headers = shop.merchant.headers | {"Content-Type": "application/json"}
    client = shop.world.app.test_client()
    return client.open(path.format(id=shop.id), method=method, data=body, headers=headers)


def is_refused(answer):
    """Whether the answer is a 4xx in the envelope of Orders."""
    error = json.loads(answer.text)["error"]
    return 400 <= answer.status_code < 500 and set(error) == {"code", "message", "exception"} and error["message"]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_none_is_refused(world, write, body):
    """Malformed, of another type, too deep, too long: never a 500."""
    shop = Shop(world)
    answer = send_raw(shop, write, BODIES[body])
    assert is_refused(answer), (answer.status_code, answer.text[:200])
    assert (shop.heard(), shop.state()) == ("-", ["handling 100/0", "0 0 0", "yes"])


NUMBERS = [
    "1e400000",
    "-1e400000",
    "1.5",
    "1e3",
    "9" * 400,
    "-" + "9" * 400,
    "true",
    '"1"',
    "[]",
    "{}",
    "1_0",
    "NaN",
]

PLACES = {
    "discount": ("register", '{"requestId": "R", "reason": "x", "discountValue": %s, "incrementValue": 0}'),
    "increment": ("register", '{"requestId": "R", "reason": "x", "discountValue": 0, "incrementValue": %s}'),
    "units of version 1": (
        "register",
        """{"requestId": "R", "reason": "x", "discountValue": 1, "incrementValue": 0,
            "itemsRemoved": [{"id": "1", "price": 1, "quantity": %s}]}""",
    ),
    "manual discount": ("create", '{"reason": "x", "manualDiscountValue": %s}'),
    "manual increment": ("preview", '{"reason": "x", "manualIncrementValue": %s}'),
    "units": ("create", '{"reason": "x", "remove": {"items": [{"id": "1", "quantity": %s}]}}'),
    "price": ("create", '{"reason": "x", "add": {"items": [{"id": "1", "quantity": 1, "price": %s}]}}'),
    "order": ("make", '{"value": %s}'),
}


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("place", PLACES)
def test_a_number_that_is_none_is_refused(world, place, number):
    """NaN, overflow, fractions, text, other types: cents and units are whole numbers."""
    shop = Shop(world)
    write, template = PLACES[place]
    answer = send_raw(shop, write, (template % number).encode())
    assert is_refused(answer), (answer.status_code, answer.text[:200])
    assert (shop.heard(), shop.state()) == ("-", ["handling 100/0", "0 0 0", "yes"])


@pytest.mark.parametrize("mode", ["total", "hold", "partial"])
def test_the_largest_change_is_refused_without_harm(world, mode):
    """A million units at the highest price: more than any amount can be, found out by the platform alone."""
    shop = Shop(world, mode)
    line = {"id": "9", "quantity": 1_000_000, "price": 10**15 - 1}
    change = shop.outcome(shop.modify({"reason": "x", "add": {"items": [line] * 50}}))
    assert change["status"] == "canceled"
    assert shop.state() == ["handling 100/0", "0 0 0", "yes"]


@pytest.mark.parametrize(
    "fields",
    [
        {"remove": {"items": [{"id": "1", "quantity": 1, "unitMultiplier": 3.0}]}},
        {
            "add": {
                "items": [{"id": "1", "quantity": 1, "priceTags": [{"name": "DISCOUNT@MANUALPRICE", "value": 1}]}]
            }
        },
    ],
)
def test_what_is_not_modelled_is_said(world, fields):
    """Better a clear refusal than a wrong amount."""
    answer = Shop(world).modify({"reason": "x"} | fields)
    assert answer.status_code == 400
    assert "unitMultiplier" in answer.json["error"]["message"]


def test_unknown_fields_are_no_fault(world):
    """Clients send more than is documented; the sandbox takes what it knows."""
    shop = Shop(world)
    assert shop.send("POST", shop.path("/invoice"), invoice("N1", "4000", cfop="5100")).status_code == 200
    assert shop.modify({"reason": "x", "manualDiscountValue": 1, "customData": {}}).status_code == 202


def test_names_may_hold_anything(world):
    """Articles, reasons and requestIds come back as they were sent."""
    shop = Shop(world)
    odd = "ß \u0000 \U0001f980 ' \" ; -- %s {0}"
    body = {"requestId": odd, "reason": odd, "discountValue": 1, "incrementValue": 0}
    line = {"id": odd, "price": 1, "quantity": 1}
    assert shop.send("POST", shop.path("/changes"), body | {"itemsAdded": [line]}).status_code == 200
    assert shop.send("POST", shop.path("/changes"), body).status_code == 200
    change = shop.show()["changesAttachment"]["changesData"]
    assert [each["reason"] for each in change] == [odd]
    assert change[0]["itemsAdded"][0]["id"] == odd


def test_braces_in_an_article_do_not_break_a_message(world):
    """The id of an unknown article is part of the refusal's words."""
    shop = Shop(world)
    answer = shop.remove(1, "{0} {id} %s")
    assert answer.json["error"]["message"] == "Removed item does not exist in order: {0} {id} %s"
