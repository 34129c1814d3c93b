"""Hostile callers: whatever they send, the answer is a 4xx in the error envelope and nothing has changed."""

import json

import pytest

from gateway_mock.service.configuration import connectors

AFFILIATIONS = "/api/pvt/affiliations"
RULES = "/api/pvt/rules"

NO_JSON = {
    "nothing": b"",
    "a brace": b"{",
    "no UTF-8": b'{"name":"\xff"}',
    "half a surrogate": b'{"name":"\\ud800"}',
    "NaN": b'{"name":"x","enabled":true,"paymentSystem":{"id":NaN}}',
    "two documents": b"{}{}",
    "a deep nest": b"[" * 100_000,
    "a list": b"[]",
    "a text": b'"affiliation"',
    "null": b"null",
}


@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON.keys())
@pytest.mark.parametrize("url", [AFFILIATIONS, RULES])
def test_a_body_that_is_no_object_is_refused(client, url, body):
    """Nothing is saved of it."""
    answer = client.post(url, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "Mock.MalformedRequest"
    assert client.get(url).json == []


# A path into a good rule, and what is put there.
BAD_RULES = [
    ("name", 7),
    ("name", None),
    ("name", "x" * 257),
    ("enabled", "true"),
    ("enabled", 1),
    ("enabled", None),
    ("paymentSystem", None),
    ("paymentSystem", 2),
    ("paymentSystem.id", 0),
    ("paymentSystem.id", -2),
    ("paymentSystem.id", 2.5),
    ("paymentSystem.id", "2"),
    ("paymentSystem.id", True),
    ("paymentSystem.id", 10**400),
    ("connector", "acme"),
    ("connector", {}),
    ("connector.affiliationId", None),
    ("connector.affiliationId", "\x00"),
    ("salesChannels", [{"id": 1}]),
    ("minimumValue", -1),
    ("minimumValue", 10**13),
    ("minimumValue", "12.50"),
    ("multiMerchantList", ["x"] * 1001),
    ("country", {"name": "Brasil"}),
    ("dateIntervals", [{"start": "* * 11"}]),
    ("deadlines", [{"paymentOptions": [{"days": -1}]}]),
    ("installmentOptions", {"dueDateType": 2}),
    ("installmentOptions", {"interestRateMethod": 3}),
    ("installmentOptions", {"minimumInstallmentValue": -0.01}),
    ("installmentOptions", {"installments": [{"quantity": 0}]}),
    ("installmentOptions", {"installments": [{"quantity": 121}]}),
    ("installmentOptions", {"installments": [{"quantity": 10**30}]}),
    ("installmentOptions", {"installments": [{"quantity": 2, "interestRate": -1}]}),
    ("installmentOptions", {"installments": [{"quantity": 2, "interestRate": 1001}]}),
    ("installmentOptions", {"installments": [{"quantity": 1}] * 121}),
]


@pytest.mark.parametrize(("path", "value"), BAD_RULES)
def test_a_rule_with_a_wrong_value_is_refused(client, provider, rule_for, path, value):
    """A new rule is not saved, and the one it would have replaced stays as it was."""
    affiliation = client.post(AFFILIATIONS, json=provider("acme")).json
    good = client.post(RULES, json=rule_for(affiliation)).json
    bad = json.loads(json.dumps(good))
    *parents, last = path.split(".")
    inside = bad
    for parent in parents:
        inside = inside[parent]
    inside[last] = value
    for answer in (client.post(RULES, json=bad), client.put(f"{RULES}/{good['id']}", json=bad)):
        assert answer.status_code == 400
        assert answer.json["error"]["message"]
    assert client.get(RULES).json == [good]


@pytest.mark.parametrize(
    ("number", "status"), [("1e400", 400), ("-1e400", 400), ("9" * 100_000, 400), ("1e-400000000", 200)]
)
def test_a_number_without_end_is_refused(client, provider, rule_for, number, status):
    """Nobody waits for an absurd exponent; what is too small to be seen is zero."""
    affiliation = client.post(AFFILIATIONS, json=provider("acme")).json
    body = json.dumps(rule_for(affiliation, minimumValue=0)).replace(
        '"minimumValue": 0', f'"minimumValue": {number}'
    )
    answer = client.post(RULES, data=body, content_type="application/json")
    assert answer.status_code == status
    assert [each["minimumValue"] for each in client.get(RULES).json] == ([0] if status == 200 else [])


ENTRY = {"name": "mode", "value": "total"}
BAD_AFFILIATIONS = [
    ("implementation", None),
    ("implementation", 7),
    ("implementation", "x" * 257),
    ("name", None),
    ("configuration", None),
    ("configuration", {}),
    ("configuration", [ENTRY, ENTRY]),
    ("configuration", [ENTRY] * 201),
    ("configuration", [{"name": "mode"}]),
    ("configuration", [{"name": "mode", "value": 1}]),
    ("configuration", [{"name": "mode", "value": "split"}]),
    ("configuration", [{"name": "headers", "value": "both"}]),
    ("configuration", [{"name": "refundsInPart", "value": "sometimes"}]),
    ("configuration", [{"name": "serviceUrl", "value": "javascript:alert(1)"}]),
    ("configuration", [{"name": "serviceUrl", "value": "x" * 8193}]),
    ("configuration", [{"name": "settlesAfter", "value": "-1"}]),
    ("configuration", [{"name": "settlesAfter", "value": "1.5"}]),
    ("configuration", [{"name": "settlesAfter", "value": "\u0663"}]),
    ("configuration", [{"name": "settlesAfter", "value": "31536001"}]),
    ("configuration", [{"name": "settlesAfter", "value": "9" * 5000}]),
    ("configuration", [{"name": "autoSettle", "value": "4"}, {"name": "autoSettleDelay", "value": "8761"}]),
    ("isdelivered", "yes"),
    ("isConfigured", None),
]


@pytest.mark.parametrize(("name", "value"), BAD_AFFILIATIONS)
def test_an_affiliation_with_a_wrong_value_is_refused(client, provider, sandbox, name, value):
    """Neither a new one nor a change is saved, and the connector stays as it was."""
    good = client.post(AFFILIATIONS, json=provider("acme", mode="partial")).json
    before = connectors(sandbox, "shop")
    bad = {**good, name: value}
    for answer in (client.post(AFFILIATIONS, json=bad), client.put(f"{AFFILIATIONS}/{good['id']}", json=bad)):
        assert answer.status_code == 400
        assert answer.json["error"]["message"]
    assert client.get(AFFILIATIONS).json == [good]
    assert connectors(sandbox, "shop") == before


@pytest.mark.parametrize("key", ["%00", "..%2f", "%F0%9F", "x" * 5000, "%E2%80%AE", "'; --"])
def test_an_id_that_is_none_is_not_found(client, provider, rule_for, key):
    """On every path that takes an id."""
    affiliation = client.post(AFFILIATIONS, json=provider("acme")).json
    bodies = {AFFILIATIONS: affiliation | {"id": ""}, RULES: rule_for(affiliation)}
    for url, body in bodies.items():
        assert client.get(f"{url}/{key}").status_code == 404
        assert client.put(f"{url}/{key}", json=body).status_code == 404
    assert client.delete(f"{RULES}/{key}").status_code == 404
    assert client.get(f"/api/payments/pvt/account/{key}").status_code == 404
    assert len(client.get(AFFILIATIONS).json) == 1
