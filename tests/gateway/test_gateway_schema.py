"""What the gateway answers beside the official OpenAPI file, where a copy of it lies next to the repository."""

import json
from functools import cache
from pathlib import Path

import jsonschema_rs
import pytest

OFFICIAL = Path(__file__).parents[3] / "shared" / "upstream" / "vtex" / "payments-gateway-api.json"

pytestmark = pytest.mark.skipif(not OFFICIAL.exists(), reason=f"the official file is not at {OFFICIAL}")

TRANSACTION = "/api/pvt/transactions/{transactionId}"
PUBLIC_PAYMENTS = "/api/payments/transactions/{transactionId}/payments"
NOTIFICATION = "/api/payments/pvt/payments/{paymentId}/payment-notification"

STORIES = {
    "started": ("new A 100 partial", []),
    "pending": ("new A 100 partial", ["authorize (A waits)"]),
    "approved": ("A 100 partial", []),
    "denied": ("new A 100 partial", ["authorize (A denies)"]),
    "settling": ("A 100 partial", ["settle 40"]),
    "failing": ("A 100 partial", ["settle 40 (A fails)"]),
    "finished": ("A 60 partial, B 40 partial", ["settle 100", "refund 70"]),
    "by hand": ("A 100 total", ["settle 100", "refund 100 (A manually)"]),
    "cancelling": ("A 100 total", ["cancel 100 (A fails)"]),
    "cancelled": ("A 100 hold", ["cancel 100"]),
    "held": ("A 100 hold", ["settle 30", "cancel 20"]),
    "automatic": ("A 100 total", ["advance 345600", "settle 50"]),
    "legacy": ("A 100 total legacy", ["settle 100", "refund 30"]),
}

OURS = {
    "shopperInteraction": "declared for the transaction, not for its start",
    "merchantName": "the sandbox's own: the account",
    "paymentUrl": "the sandbox's own: where the shopper pays",
    "acquirer": "the sandbox's own: what the connector said",
    "$.actions[].id": "the sandbox's own: mirrors the id of a request",
}
"""What the answers have beyond their schema, and why."""


@cache
def official():
    """The official file."""
    return json.loads(OFFICIAL.read_text(encoding="utf-8"))


def modern(schema):
    """An OpenAPI 3.0 schema as JSON Schema: references resolved, `nullable` as a type of its own."""
    if isinstance(schema, list):
        return [modern(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        target = official()
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return modern(target)
    plain = {name: modern(each) for name, each in schema.items() if name not in {"example", "nullable", "default"}}
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain


@cache
def schema_of(verb, path, status="200"):
    """The schema of an answer; None where none is declared, and the body is to be empty."""
    content = official()["paths"][path][verb]["responses"][status].get("content")
    return modern(content["application/json"]["schema"]) if content else None


def undeclared(schema, value, where="$"):
    """The properties that no schema declares, as paths."""
    for each in schema.get("anyOf", ()):
        if each.get("type") != "null":
            schema = each
    if isinstance(value, list):
        for item in value:
            yield from undeclared(schema.get("items", {}), item, f"{where}[]")
    elif isinstance(value, dict) and "properties" in schema:
        for name, each in value.items():
            if name in schema["properties"]:
                yield from undeclared(schema["properties"][name], each, f"{where}.{name}")
            else:
                yield f"{where}.{name}"


def hold(answer, verb, path):
    """The answer satisfies what the official file declares, and has nothing beyond it but what is ours."""
    schema = schema_of(verb, path, str(answer.status_code))
    if schema is None:
        assert answer.data == b""
        return
    value = json.loads(answer.text)
    faults = jsonschema_rs.validator_for(schema).iter_errors(value)
    assert [f"{fault.instance_path}: {fault.message}" for fault in faults] == []
    beyond = set(undeclared(schema, value))
    assert {each for each in beyond if each not in OURS and each.rpartition(".")[2] not in OURS} == set()


@pytest.fixture(params=STORIES, name="story")
def story_fixture(request, world):
    """A transaction in each state that answers can tell of."""
    given, lines = STORIES[request.param]
    transaction = world.given(given)
    for line in lines:
        assert world.perform(transaction, line).status_code == 200
    return transaction


def test_the_transaction_is_as_declared(story):
    """In every state."""
    hold(story.merchant.send("GET", story.path()), "get", TRANSACTION)


def test_every_payment_is_as_declared(story):
    """Alone, and in the list that the transaction's link names."""
    listed = story.show("/payments")
    for payment in listed:
        answer = story.merchant.send("GET", story.path(f"/payments/{payment['id']}"))
        hold(answer, "get", f"{TRANSACTION}/payments/{{paymentId}}")
        assert answer.json == payment


@pytest.mark.parametrize("view", ["settlements", "refunds", "cancellations"])
def test_requests_and_actions_are_as_declared(view, story):
    """Settlements as declared; refunds and cancellations mirror them (recommended, nothing is declared)."""
    hold(story.merchant.send("GET", story.path(f"/{view}")), "get", f"{TRANSACTION}/settlements")


@pytest.mark.parametrize("operation", ["authorization", "settlement", "refunding", "cancellation"])
def test_every_operation_result_is_as_declared(operation, story):
    """Whatever the state: a 200 has every field of its schema, all else is in the error envelope."""
    answer = story.merchant.send("POST", story.path(f"/{operation}-request"), {"value": 1})
    if answer.status_code == 200:
        hold(answer, "post", f"{TRANSACTION}/{operation}-request")
    else:
        assert set(answer.json) == {"error"}
        assert set(answer.json["error"]) == {"code", "message", "exception"}


def test_a_start_is_as_declared(world):
    """The transaction object of the first answer."""
    asked = {"value": 100, "referenceId": "1", "channel": "store", "salesChannel": "1", "urn": None}
    hold(world.merchant.send("POST", "/api/pvt/transactions", asked), "post", "/api/pvt/transactions")


def test_what_is_declared_empty_is_empty(world):
    """Send payments 201; additional data, and payment notifications, 200: all without a body."""
    transaction = world.open("A 100 total")
    hold(transaction.pay({"value": 100}), "post", PUBLIC_PAYMENTS)
    data = [{"name": "cart", "value": "{}"}]
    for verb in ("post", "patch"):
        path = f"{TRANSACTION}/additional-data"
        hold(world.merchant.send(verb.upper(), transaction.path("/additional-data"), data), verb, path)
    (payment,) = transaction.names
    path = NOTIFICATION.replace("{paymentId}", payment)
    hold(world.merchant.send("GET", path), "get", NOTIFICATION)
    paid = {"paymentDate": "31/12/2025", "valuePaid": 50.1}
    hold(world.merchant.send("POST", path, paid), "post", NOTIFICATION)


def test_every_official_path_is_served(shared_app):
    """All 25 operations of the file are in the application's map."""
    served = {
        (method.lower(), "/".join("{}" if part.startswith("<") else part for part in rule.rule.split("/")))
        for rule in shared_app.url_map.iter_rules()
        for method in rule.methods
    }
    declared = {
        (verb, "/".join("{}" if part.startswith("{") else part for part in path.split("/")))
        for path, operations in official()["paths"].items()
        for verb in operations
        if verb in {"get", "post", "put", "patch", "delete"}
    }
    assert len(declared) == 25
    assert declared - served == set()


@pytest.mark.parametrize(
    "name", ["interactions", "settlements", "payments", "refunds", "cancellations", "capabilities"]
)
def test_every_link_of_a_transaction_leads_somewhere(name, story):
    """The hrefs of the transaction object answer 200."""
    link = story.show()[name]["href"]
    assert story.merchant.send("GET", link).status_code == 200


def test_a_payments_link_leads_to_itself(story):
    """`self.href` answers with the same payment."""
    for payment in story.show("/payments"):
        assert story.merchant.read(payment["self"]["href"]) == payment


def test_the_schemas_bite(world):
    """A missing, a null and a wrongly typed field are found, and so is one that nobody declared."""
    transaction = world.given("A 100 total")
    schema, good = schema_of("get", TRANSACTION), transaction.show()
    validator = jsonschema_rs.validator_for(schema)
    assert validator.is_valid(good)
    for change in ({"status": None}, {"value": "10000"}, {"fields": {}}, {"timeoutStatus": True}):
        assert not validator.is_valid(good | change), change
    assert not validator.is_valid({name: value for name, value in good.items() if name != "id"})
    assert list(undeclared(schema, good | {"surprise": 1})).count("$.surprise") == 1
