"""Answers beside the official OpenAPI file, where a copy of it lies next to the repository."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from gateway_mock.core.modes import Kind
from gateway_mock.records import Card, ConnectorSettings, PaymentRecord
from gateway_mock.service.configuration import put_connector

OFFICIAL = Path(__file__).parents[4] / "shared" / "upstream" / "vtex" / "payments-gateway-api.json"

pytestmark = pytest.mark.skipif(not OFFICIAL.exists(), reason=f"the official file is not at {OFFICIAL}")

Json = dict[str, object]

TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}


@cache
def official() -> Json:
    """The official file."""
    return json.loads(OFFICIAL.read_text(encoding="utf-8"))


def resolved(schema: Json) -> Json:
    """The schema that a reference means."""
    while "$ref" in schema:
        target: Json = official()
        for part in str(schema["$ref"]).removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema


def differences(schema: Json, value: object, where: str = "$") -> Iterator[str]:
    """What is wrong with a value: type, null, enumeration, required and undeclared properties."""
    schema = resolved(schema)
    if value is None:
        if not schema.get("nullable"):
            yield f"{where} is null"
        return
    kind = str(schema["type"])
    if not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        yield f"{where} is a {type(value).__name__}, not a {kind}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is {value!r}"
    if kind == "object":
        yield from inside(schema, value, where)
    if kind == "array":
        for position, item in enumerate(value):
            yield from differences(schema["items"], item, f"{where}[{position}]")


def inside(schema: Json, value: Json, where: str) -> Iterator[str]:
    """What is wrong with the properties of an object."""
    properties = schema.get("properties", {})
    yield from (f"{where}.{name} is missing" for name in schema.get("required", ()) if name not in value)
    yield from (f"{where}.{name} is not declared" for name in value if name not in properties)
    for name in value.keys() & properties.keys():
        yield from differences(properties[name], value[name], f"{where}.{name}")


def against(answer, verb: str, path: str) -> list[str]:
    """The differences between an answer and what the official file says of the operation."""
    documented = official()["paths"][path][verb]["responses"][str(answer.status_code)]
    schema = documented["content"]["application/json"]["schema"]
    return list(differences(schema, answer.json))


@pytest.fixture
def affiliation(client, provider):
    """An affiliation with a secret."""
    return client.post("/api/pvt/affiliations", json=provider("acme", appToken="s3cr3t", mode="partial")).json


@pytest.fixture
def rule(client, affiliation, rule_for):
    """A rule with everything in it."""
    whole = rule_for(
        affiliation,
        installmentOptions={"interestRateMethod": 2, "installments": [{"quantity": 2, "interestRate": 1.5}]},
        condition={"id": "1"},
        country={"isoCode": "BRA"},
        dateIntervals=[{"start": "* * 11", "end": "* * 18"}],
        deadlines=[{"paymentOptions": [{"days": 30}]}],
        multiMerchantList=["shop"],
        antifraud={},
        minimumValue=2.5,
    )
    return client.post("/api/pvt/rules", json=whole).json


def test_the_walker_finds_what_is_wrong():
    """It sees a missing, an undeclared, a null and a mistyped property, and a value outside its enumeration."""
    schema = {
        "type": "object",
        "required": ["a", "b"],
        "properties": {
            "a": {"type": "string"},
            "b": {"type": "array", "items": {"type": "integer", "enum": [1]}},
            "c": {"type": "number"},
            "d": {"type": "number", "nullable": True},
        },
    }
    assert set(differences(schema, {"b": [1, 2, True], "c": None, "d": None, "e": 1})) == {
        "$.a is missing",
        "$.b[1] is 2",
        "$.b[2] is a bool, not a integer",
        "$.c is null",
        "$.e is not declared",
    }


def test_affiliation_answers_are_official(client, affiliation):
    """All four operations."""
    path, one = "/api/pvt/affiliations", f"/api/pvt/affiliations/{affiliation['id']}"
    by_id = f"{path}/{{affiliationId}}"
    assert against(client.post(path, json=affiliation | {"configuration": []}), "post", path) == []
    assert against(client.get(path), "get", path) == []
    assert against(client.get(one), "get", by_id) == []
    assert against(client.put(one, json=affiliation), "put", by_id) == []


def test_a_whole_body_of_the_official_shape_is_taken(client, affiliation, rule):
    """What the answers look like is also what the operations take."""
    assert client.put(f"/api/pvt/affiliations/{affiliation['id']}", json=affiliation).status_code == 200
    assert client.put(f"/api/pvt/rules/{rule['id']}", json=rule).status_code == 200


def test_rule_answers_are_official(client, affiliation, rule, rule_for):
    """All four operations that answer with a body, for a rule with everything and one with next to nothing."""
    path, one = "/api/pvt/rules", f"/api/pvt/rules/{rule['id']}"
    by_id = f"{path}/{{ruleId}}"
    assert against(client.post(path, json=rule), "post", path) == []
    assert against(client.post(path, json=rule_for(affiliation, connector=None)), "post", path) == []
    assert against(client.get(path), "get", path) == []
    assert against(client.get(one), "get", by_id) == []
    assert against(client.put(one, json=rule), "put", by_id) == []


def test_payment_systems_are_official(client, sandbox):
    """Every well-known system and one of the store's own."""
    wanted = ConnectorSettings(name="", kind=Kind.LEGACY, payment_systems=(201, 401))
    put_connector(sandbox, "shop", "old", wanted)
    path = "/api/pvt/merchants/payment-systems"
    answer = client.get(path)
    assert len(answer.json) > 15
    assert against(answer, "get", path) == []


def test_installments_are_official(client, rule):
    """With a rule, without one, and refused."""
    path, asked = "/api/pvt/installments", "request.value=250&request.paymentDetails[0].id="
    assert rule["installmentOptions"] is not None
    assert against(client.get(f"{path}?{asked}2"), "get", path) == []
    assert against(client.get(f"{path}?{asked}4"), "get", path) == []
    assert against(client.get(f"{path}?request.value=0"), "get", path) == []


def test_card_data_is_official(client, sandbox):
    """Found, unknown, and known by its id alone."""
    path = "/api/payments/pvt/account/{cardId}"
    for card_id, number in (("whole", "4444333322221111"), ("bare", None)):
        payment = PaymentRecord(
            id=card_id,
            transaction_id="T",
            sequence=0,
            payment_system=2,
            payment_system_name="Visa",
            group="creditCard",
            connector="acme",
            card=Card(number=number, month="12", year="28", document="1", account_id=card_id),
        )
        with sandbox.store.write("shop") as unit:
            unit.save(payment.id, payment, 0)
    found, unknown, bare = (client.get(path.replace("{cardId}", each)) for each in ("whole", "none", "bare"))
    assert [each.status_code for each in (found, unknown, bare)] == [200, 404, 500]
    assert [against(each, "get", path) for each in (found, unknown, bare)] == [[], [], []]


def example_of(verb: str, path: str) -> Json:
    """The example of a request body."""
    return official()["paths"][path][verb]["requestBody"]["content"]["application/json"]["example"]


def test_the_official_affiliation_examples_are_taken(client):
    """The second is about the first, under its id, with its secret masked."""
    path = "/api/pvt/affiliations"
    made = client.post(path, json=example_of("post", path))
    assert made.status_code == 200
    changed = example_of("put", f"{path}/{{affiliationId}}") | {"id": made.json["id"]}
    assert client.put(f"{path}/{made.json['id']}", json=changed).status_code == 200


def test_the_official_rule_examples_are_taken(client, affiliation):
    """Once their connector is one that the account has."""
    path = "/api/pvt/rules"
    connector = {"implementation": affiliation["implementation"], "affiliationId": affiliation["id"]}
    made = client.post(path, json=example_of("post", path) | {"connector": connector})
    assert made.status_code == 200
    changed = example_of("put", f"{path}/{{ruleId}}") | {"connector": connector, "id": made.json["id"]}
    assert client.put(f"{path}/{made.json['id']}", json=changed).status_code == 200
