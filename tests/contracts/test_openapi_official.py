"""What VTEX's own files show as requests is taken, and what we answer is what they promise."""

from collections.abc import Iterator
from copy import deepcopy

import jsonschema_rs
import pytest
from werkzeug.test import TestResponse

from connector_ppp.reference.app import create_app
from contracts.openapi import document
from gateway_mock.core.modes import Mode
from tests.contracts.openapi_judge import Judged, judge_of
from tests.contracts.openapi_sandbox import Merchant
from tests.contracts.openapi_upstream import FILES, Upstream, anonymous, upstream_of

ORDERS = "/api/oms/pvt/orders"
CHANGES = "/api/order-system/orders"
TRANSACTION = "/api/pvt/transactions/{}"


def official(name: str) -> Upstream:
    """VTEX's own document, where it lies beside the project."""
    theirs = upstream_of(name)
    if theirs is None:
        pytest.skip(f"VTEX's {FILES[name]} is not beside the project")
    return theirs


@pytest.mark.parametrize("name", FILES)
def test_our_schemas_accept_what_the_official_examples_send(name):
    """An example that is right by its own file is right by ours; there is at least one such example."""
    judge, seen = judge_of(name), 0
    ours = {(method, anonymous(path)): each for (method, path), each in judge.operations.items()}
    for method, path, value in official(name).requests():
        if (method, path) not in ours:
            continue
        (media,) = ours[method, path]["requestBody"]["content"].values()
        schema = media["schema"] | {"components": judge.document["components"]}
        errors = [error.message[:200] for error in jsonschema_rs.Draft202012Validator(schema).iter_errors(value)]
        assert errors == [], f"{method} {path}"
        seen += 1
    assert seen


# --- What the examples send, sent ----------------------------------------------------------------------------


def transaction(merchant: Merchant, example: list) -> tuple[str, object]:
    """A transaction of the value that the payments of the example have together."""
    start = {"value": example[0]["value"], "referenceId": "1", "channel": "store", "salesChannel": "1"}
    started = merchant.ok("POST", "/api/pvt/transactions", start)["id"]
    example[0]["transaction"]["id"] = started
    return started, example


def started(merchant: Merchant, example: object) -> tuple[str, object]:
    """A transaction that waits for its authorization."""
    return merchant.started(20_000).rpartition("/")[2], example


def named(merchant: Merchant, example: dict) -> tuple[str, object]:
    """The same, and its id in the body, too."""
    transaction_id, _ = started(merchant, example)
    return transaction_id, example | {"transactionId": transaction_id}


def approved(merchant: Merchant, example: object) -> tuple[str, object]:
    """An authorized transaction."""
    return merchant.approved(20_000).rpartition("/")[2], example


def settled(merchant: Merchant, example: object) -> tuple[str, object]:
    """A transaction of which everything is settled."""
    transaction_id, _ = approved(merchant, example)
    merchant.ok("POST", f"/api/pvt/transactions/{transaction_id}/settlement-request", {"value": 20_000})
    return transaction_id, example


def pending(merchant: Merchant, example: dict) -> tuple[str, object]:
    """A payment of that value, which nobody has paid yet."""
    payment = {"value": round(example["valuePaid"] * 100), "paymentSystem": 6}
    made = merchant.order(value=payment["value"], payments=[payment])
    return made["payments"][0]["id"], example


def affiliated(merchant: Merchant, example: dict) -> tuple[str, object]:
    """The affiliation that is there already."""
    known = merchant.ok("GET", "/api/pvt/affiliations")[0]["id"]
    return known, example | {"id": known}


def connected(merchant: Merchant, example: dict) -> tuple[str, object]:
    """An affiliation of the connector that the rule names."""
    wanted = {"name": "Any", "implementation": example["connector"]["implementation"], "configuration": []}
    affiliation = merchant.ok(
        "POST", "/api/pvt/affiliations", wanted | {"isdelivered": True, "isConfigured": True}
    )
    example["connector"]["affiliationId"] = affiliation["id"]
    return "", example


def ruled(merchant: Merchant, example: dict) -> tuple[str, object]:
    """A rule, and what it can name."""
    _, body = connected(merchant, example)
    known = merchant.ok("POST", "/api/pvt/rules", body)["id"]
    return known, body | {"id": known}


def order(merchant: Merchant, example: object) -> tuple[str, object]:
    """An order of what the examples sell: in its change something goes for 24.99."""
    items = [{"id": "0", "price": 2_499, "quantity": 1}, {"id": "123", "price": 1_250, "quantity": 2}]
    return merchant.order(value=4_999, items=items)["orderId"], example


def invoiced(merchant: Merchant, example: object) -> tuple[str, object]:
    """An order with an invoice, its parcel on the way."""
    order_id, _ = order(merchant, example)
    sale = {"type": "Output", "issuanceDate": "2024-01-31", "invoiceNumber": "1", "invoiceValue": "2499"}
    merchant.ok("POST", f"{ORDERS}/{order_id}/invoice", sale | {"trackingNumber": "T1", "items": []})
    return order_id, example


def nothing(_merchant: Merchant, example: object) -> tuple[str, object]:
    """Nothing has to be there before."""
    return "", example


EXAMPLES = {
    "gateway": {
        "POST /api/pvt/affiliations": nothing,
        "PUT /api/pvt/affiliations/{}": affiliated,
        "POST /api/pvt/rules": connected,
        "PUT /api/pvt/rules/{}": ruled,
        "POST /api/pvt/transactions": nothing,
        "POST /api/payments/transactions/{}/payments": transaction,
        f"POST {TRANSACTION}/additional-data": started,
        f"PATCH {TRANSACTION}/additional-data": started,
        f"POST {TRANSACTION}/authorization-request": named,
        f"POST {TRANSACTION}/settlement-request": approved,
        f"POST {TRANSACTION}/cancellation-request": approved,
        f"POST {TRANSACTION}/refunding-request": settled,
        "POST /api/payments/pvt/payments/{}/payment-notification": pending,
    },
    "orders": {
        f"POST {ORDERS}/{{}}/cancel": order,
        f"POST {ORDERS}/{{}}/changes": order,
        f"POST {ORDERS}/{{}}/invoice": order,
        f"PATCH {ORDERS}/{{}}/invoice/{{}}": invoiced,
        f"PUT {ORDERS}/{{}}/invoice/{{}}/tracking": invoiced,
        f"PUT {CHANGES}/changes/settings": nothing,
    },
}
"""What has to be there before an example can be sent: an id for its path, and the same id in its body."""


def sandbox(name: str, mode: Mode) -> Iterator[tuple[str, TestResponse]]:
    """What a fresh sandbox answers to each example of an operation that it has."""
    ours = {(method, anonymous(path)) for method, path in judge_of(name).operations}
    for method, path, example in official(name).requests():
        if (method, path) in ours:
            merchant, operation = Merchant(mode), f"{method} {path}"
            known, body = EXAMPLES[name][operation](merchant, deepcopy(example))
            yield operation, merchant.send(method, path.replace("{}", known, 1).replace("{}", "1"), body)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_sandbox_takes_every_official_example(name, mode):
    """Each is answered with a success, in every mode, once the ids in it are those of something that is there."""
    sent = set()
    for operation, answer in sandbox(name, mode):
        assert answer.status_code < 300, f"{operation}: {answer.text}"
        sent.add(operation)
    assert sent == EXAMPLES[name].keys()


def test_the_connector_takes_every_official_example():
    """Each payment that the protocol shows is made; nothing else is shown as a media type's example."""
    app = create_app(callbacks="manual")
    app.testing = True
    sent = 0
    for method, path, example in official("ppp").requests():
        assert (method, path) == ("POST", "/payments")
        answer = Judged(app, ("ppp",), {}).send(method, path, example)
        assert answer.json["paymentId"] == example["paymentId"]
        sent += 1
    assert sent


# --- What we answer, and what we ask a connector -------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_our_examples_are_what_the_official_schemas_promise(name):
    """Each body that our documents show is right by VTEX's own, but for what is meant to differ.

    Whatever the applications answer in the other tests is held to the same, wherever `Judged` stands between.
    """
    official(name)
    judge = judge_of(name)
    for (method, path), operation in judge.operations.items():
        holders = {f"response.{status}": judge.resolve(each) for status, each in operation["responses"].items()}
        for place, holder in {"request": operation.get("requestBody", {}), **holders}.items():
            for media in holder.get("content", {}).values():
                for example in media["examples"].values():
                    assert judge.breaches(method, path, place, judge.resolve(example)["value"]) == []


PATHS = {
    "authorize": "/payments",
    "settle": "/payments/{paymentId}/settlements",
    "cancel": "/payments/{paymentId}/cancellations",
    "refund": "/payments/{paymentId}/refunds",
}


@pytest.mark.parametrize("mode", Mode)
def test_the_gateway_asks_connectors_what_the_official_schemas_promise(mode):
    """Each body that a connector gets is right by the protocol's own file, but for what is meant to differ."""
    official("ppp")
    merchant, asked = Merchant(mode), set()
    first, second = merchant.approved(), merchant.approved()
    merchant.ok("POST", f"{first}/settlement-request", {"value": 10_000})
    merchant.ok("POST", f"{first}/refunding-request", {"value": 2_000})
    merchant.ok("POST", f"{second}/cancellation-request", {"value": 10_000})
    for path in (first, second):
        told = merchant.ok("GET", f"/_mock/transactions/{path.rpartition('/')[2]}/exchanges")
        for operation, body in ((each["operation"], each["request"]) for each in told["exchanges"]):
            assert judge_of("ppp").breaches("POST", PATHS[operation], "request", body) == []
            asked.add(operation)
    assert asked == PATHS.keys()


def test_the_official_schemas_bite():
    """A field of another type, or one that is not there, is a breach."""
    official("gateway")
    judge = judge_of("gateway")
    shown = document("gateway")["components"]["examples"]["Result"]["value"]
    path = "/api/pvt/transactions/{transactionId}/settlement-request"
    assert judge.breaches("POST", path, "response.200", shown) == []
    assert judge.breaches("POST", path, "response.200", shown | {"statusDetail": 1}) != []
    assert judge.breaches("POST", path, "response.200", {}) != []
