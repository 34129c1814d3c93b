"""What Orders answers beside the official OpenAPI file, where a copy of it lies next to the repository."""

import json
from functools import cache
from pathlib import Path

import pytest

from tests.gateway.orders_shop import TWO_LINES, Shop, invoice

OFFICIAL = Path(__file__).parents[3] / "shared" / "upstream" / "vtex" / "orders-api.json"

pytestmark = pytest.mark.skipif(not OFFICIAL.exists(), reason=f"the official file is not at {OFFICIAL}")

ORDER = "/api/oms/pvt/orders/{orderId}"
CHANGES = "/api/order-system/orders/{changeOrderId}/changes"
SETTINGS = "/api/order-system/orders/changes/settings"

TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}

OURS = {
    "cancellationRequests": "documented in the guide, missing in the schema (C12)",
    "priceDefinition": "the example's spelling of priceDefinitions",
    "deliveryChannel": "the example's spelling of selectedDeliveryChannel",
    "status": "shown by every view of a change, declared for one (C10)",
    "inProgress": "the same",
    "finished": "in the help articles (C10)",
    "logs": "in the help articles",
    "cancellationData": "in the help articles",
    "totalChangesValueAggregated": "the example's spelling of totalChangeValueAggregated",
    "customPaymentSystemsAllowed": "declared flat for some views, nested for others",
    "paymentConfiguration": "the same",
    "rolloutConfiguration": "the same",
    "pipelineConfiguration": "the same",
    "uniqueId": "sent back with every line",
    "_mock": "the sandbox's own",
}
"""What the answers have beyond their schema, and why."""

LOOSE = {
    "price": "null or text in the schema, a number in its example",
    "replace": "null when it is not used (documented), an array in some schemas",
    "add": "an array of text in some schemas, an object in others and in the articles",
    "remove": "the same",
    "priceDefinition": "text in the schema, an object in its example",
    "totals": "an array of arrays in the schema of the summary",
    "priceValidUntil": "see the example",
}
"""Properties whose type the official file itself contradicts."""


@cache
def official():
    """The official file."""
    return json.loads(OFFICIAL.read_text(encoding="utf-8"))


def resolved(schema):
    """The schema that a reference means."""
    while "$ref" in schema:
        target = official()
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema


def differences(schema, value, where="$"):
    """What is wrong with a value: its type, null, its enumeration, missing and undeclared properties."""
    schema = resolved(schema)
    kind = schema.get("type", "object" if "properties" in schema else "array")
    if value is None:
        if not schema.get("nullable"):
            yield f"{where} is null"
    elif not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        yield f"{where} is a {type(value).__name__}, not a {kind}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{where} is {value!r}"
    elif kind == "object":
        yield from inside(schema, value, where)
    elif kind == "array":
        for item in value:
            yield from differences(schema["items"], item, f"{where}[]")


def inside(schema, value, where):
    """What is wrong with the properties of an object; every declared one has to be there."""
    properties = schema.get("properties", {})
    for name in properties.keys() - value.keys():
        yield f"{where}.{name} is missing"
    for name in value.keys() - properties.keys() - OURS.keys():
        yield f"{where}.{name} is not declared"
    for name in (value.keys() & properties.keys()) - LOOSE.keys():
        yield from differences(properties[name], value[name], f"{where}.{name}")


def against(answer, verb, path):
    """The differences between an answer and what the official file says of the operation."""
    documented = resolved(official()["paths"][path][verb]["responses"][str(answer.status_code)])
    (content,) = documented["content"].values()
    return sorted(set(differences(content["schema"], answer.json)))


@pytest.fixture(name="shop")
def shop_fixture(world):
    """An order with everything in it: a parcel that arrived, a change of version 1, a return."""
    shop = Shop(world, **TWO_LINES)
    removed = [{"id": "B", "price": 2500, "quantity": 1}]
    body = {"requestId": "R", "reason": "stock", "discountValue": 2500, "incrementValue": 0}
    shop.send("POST", shop.path("/changes"), body | {"itemsRemoved": removed})
    lines = [{"id": "A", "price": 3000, "quantity": 1, "description": "first"}]
    shop.send("POST", shop.path("/invoice"), invoice("N1", "7500", items=lines, embeddedInvoice="<x/>"))
    carrier = {"trackingNumber": "8", "trackingUrl": "u", "dispatchedDate": "2024-01-31", "courier": "c"}
    shop.send("PATCH", shop.path("/invoice/N1"), carrier)
    event = {"city": "Rio", "state": "RJ", "description": "there", "date": "2024-02-01"}
    arrived = {"isDelivered": True, "deliveredDate": "2024-02-01 10:00", "events": [event]}
    shop.send("PUT", shop.path("/invoice/N1/tracking"), arrived)
    shop.send("POST", shop.path("/invoice"), invoice("N2", "100", "Input", items=lines))
    return shop


NOT_SHOWN = {
    "$.paymentData.transactions[].payments[].connectorResponses.": "only what a connector said",
    "$.packageAttachment.packages[].restitutions": "on returns only (documented)",
}


def test_an_order_has_the_official_shape(shop):
    """Every declared field is there with its type; what is not says why."""
    found = against(shop.send("GET", shop.path()), "get", ORDER)
    assert [each for each in found if not each.startswith(tuple(NOT_SHOWN))] == []


def test_a_canceled_order_has_the_official_shape(world):
    """With its cancellation data."""
    shop = Shop(world)
    shop.cancel()
    found = against(shop.send("GET", shop.path()), "get", ORDER)
    assert [each for each in found if not each.startswith(tuple(NOT_SHOWN))] == []


def test_the_list_has_the_official_shape(shop):
    """Its orders, paging and statistics."""
    assert against(shop.send("GET", "/api/oms/pvt/orders"), "get", "/api/oms/pvt/orders") == []


def test_the_payment_view_has_the_official_shape(shop):
    """All of it is required."""
    found = against(shop.send("GET", shop.path("/payment-transaction")), "get", f"{ORDER}/payment-transaction")
    assert found == []


@pytest.mark.parametrize(
    ("verb", "path", "end", "body"),
    [
        ("post", f"{ORDER}/invoice", "/invoice", invoice("N3", "100", "Input")),
        (
            "patch",
            f"{ORDER}/invoice/{{invoiceNumber}}",
            "/invoice/N1",
            {"trackingNumber": "8", "trackingUrl": None, "dispatchedDate": None, "courier": None},
        ),
        (
            "put",
            f"{ORDER}/invoice/{{invoiceNumber}}/tracking",
            "/invoice/N1/tracking",
            {"isDelivered": True, "deliveredDate": None, "events": []},
        ),
    ],
)
def test_receipts_have_the_official_shape(shop, verb, path, end, body):
    """Date, order, receipt."""
    assert against(shop.send(verb.upper(), shop.path(end), body), verb, path) == []


def test_the_receipts_of_a_change_and_a_cancel_have_the_official_shape(world):
    """The same receipt."""
    shop = Shop(world)
    assert against(shop.register("-10"), "post", f"{ORDER}/changes") == []
    assert against(shop.cancel(), "post", f"{ORDER}/cancel") == []


def test_the_error_of_the_handling_has_the_official_shape(shop):
    """409 OMS003."""
    assert against(shop.send("POST", shop.path("/start-handling")), "post", f"{ORDER}/start-handling") == []


REPLACE = {
    "reason": "size",
    "replace": [
        {
            "from": {"items": [{"id": "A", "quantity": 1}]},
            "to": {"items": [{"id": "C", "quantity": 1, "price": 2000}]},
        }
    ],
}


def test_changes_have_the_official_shape(world):
    """The acknowledgement, the preview, the details and the list, of a replacement."""
    shop = Shop(world, **TWO_LINES)
    preview = shop.send("POST", shop.changes_path("/preview"), REPLACE)
    assert against(preview, "post", f"{CHANGES}/preview") == []
    made = shop.modify(REPLACE)
    optional = "$.replace[].to.clientProfileData is missing"
    assert [each for each in against(made, "patch", CHANGES) if each != optional] == []
    details = shop.send("GET", shop.changes_path(f"/{made.json['requestId']}"))
    assert against(details, "get", f"{CHANGES}/{{changeRequestId}}") == []
    assert against(shop.send("GET", shop.changes_path()), "get", CHANGES) == []


def test_the_settings_have_the_official_shape(world):
    """Read and written."""
    merchant = world.merchant
    assert against(merchant.send("GET", SETTINGS), "get", SETTINGS) == []
    assert against(merchant.send("PUT", SETTINGS, {}), "put", SETTINGS) == []


def test_the_summary_has_the_official_shape(world):
    """Original, added, removed and replaced lines, and the aggregate."""
    shop = Shop(world, **TWO_LINES)
    shop.modify(REPLACE)
    shop.modify({"reason": "x", "remove": {"items": [{"id": "B", "quantity": 1}]}})
    shop.modify({"reason": "x", "add": {"items": [{"id": "D", "quantity": 1, "price": 5}]}})
    path = "/api/orders/pvt/document/{orderId}/change-summary"
    assert against(shop.send("GET", path.format(orderId=shop.id)), "get", path) == []


def example_of(verb, path):
    """The example of a request body."""
    return official()["paths"][path][verb]["requestBody"]["content"]["application/json"]["example"]


def test_the_official_examples_are_taken(world):
    """Invoice, tracking, delivery, cancel and settings, as they stand in the file."""
    shop = Shop(world)
    example = example_of("post", f"{ORDER}/invoice")
    assert shop.send("POST", shop.path("/invoice"), example).status_code == 200
    number = f"/invoice/{example['invoiceNumber']}"
    tracking = example_of("patch", f"{ORDER}/invoice/{{invoiceNumber}}")
    assert shop.send("PATCH", shop.path(number), tracking).status_code == 200
    delivery = example_of("put", f"{ORDER}/invoice/{{invoiceNumber}}/tracking")
    assert shop.send("PUT", shop.path(f"{number}/tracking"), delivery).status_code == 200
    assert shop.send("PUT", SETTINGS, example_of("put", SETTINGS)).status_code == 200
    other = Shop(world)
    assert other.send("POST", other.path("/cancel"), example_of("post", f"{ORDER}/cancel")).status_code == 200


def test_the_official_change_of_version_1_is_taken(world):
    """Its article is `0`; an increment and a discount of the same amount move nothing."""
    shop = Shop(world, items=[{"id": "0", "price": 10_000, "quantity": 1}])
    answer = shop.send("POST", shop.path("/changes"), example_of("post", f"{ORDER}/changes"))
    assert (answer.status_code, shop.heard()) == (200, "-")
    assert shop.show()["value"] == 10_000
