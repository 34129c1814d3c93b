"""Rules: kept as they were sent, and what routes a payment system to a connector."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway_mock.records import SETTINGS_KEY, ConnectorSettings, Settings
from gateway_mock.service.configuration import connectors
from gateway_mock.service.sandbox import Sandbox, settings_of

AFFILIATIONS = "/api/pvt/affiliations"
URL = "/api/pvt/rules"

WHOLE = {
    "name": "Amex in installments",
    "salesChannels": [{"id": "1"}, {"id": "2"}],
    "paymentSystem": {"id": 1, "name": "American Express", "implementation": None},
    "issuer": {"name": "a bank"},
    "antifraud": {"implementation": None, "affiliationId": None},
    "installmentOptions": {
        "dueDateType": 1,
        "interestRateMethod": 2,
        "minimumInstallmentValue": 50,
        "installments": [
            {
                "ruleId": None,
                "quantity": 6,
                "value": 0,
                "interestRate": 1.86,
                "isExternalInstallmentService": None,
                "interestTax": 0,
            }
        ],
    },
    "isSelfAuthorized": None,
    "requiresAuthentication": True,
    "enabled": True,
    "installmentsService": False,
    "isDefault": None,
    "beginDate": "2026-01-10T17:00:00Z",
    "endDate": "2026-02-10T17:00:00Z",
    "condition": {"id": "7", "pullRate": 0.5, "name": None},
    "multiMerchantList": ["shop one", "shop two"],
    "country": {"name": None, "isoCode": "BRA"},
    "dateIntervals": [{"start": "* * 11 * * 1 * -0300", "end": "* * 18 * * 1 * -0300"}],
    "externalInterest": True,
    "minimumValue": 12.5,
    "deadlines": [{"paymentOptions": [{"days": 30, "interestRate": 3.0}]}],
    "cobrand": {"name": "a cobrand"},
    "cardLevel": {"name": "gold"},
    "excludedBinsRanges": None,
}


def routed(sandbox: Sandbox, payment_system: int) -> str | None:
    """The name of the connector that gets a payment of that system."""
    with sandbox.store.read("shop") as unit:
        connector = settings_of(unit, sandbox).route(payment_system)
    return connector.name if connector else None


@pytest.fixture
def acme(client, provider):
    """An affiliation with a connector called acme."""
    return client.post(AFFILIATIONS, json=provider("acme")).json


@pytest.fixture
def zeta(client, provider):
    """Another one, called zeta."""
    return client.post(AFFILIATIONS, json=provider("zeta")).json


def test_a_whole_rule_comes_back_as_it_was_sent(client, acme):
    """Every documented field survives the store, numbers and nulls included."""
    sent = {**WHOLE, "connector": {"implementation": acme["implementation"], "affiliationId": acme["id"]}}
    made = client.post(URL, json=sent)
    assert made.status_code == 200
    assert {name: value for name, value in made.json.items() if name != "id"} == sent
    assert client.get(f"{URL}/{made.json['id']}").json == made.json
    assert client.get(URL).json == [made.json]


def test_a_rule_without_conditions_holds_everywhere(client, acme, rule_for):
    """What was left out is filled: every sales channel, the well-known name of the payment system."""
    made = client.post(URL, json=rule_for(acme, 4)).json
    assert made["salesChannels"] == [{"id": ":ALL:"}]
    assert made["paymentSystem"] == {"id": 4, "name": "Mastercard", "implementation": None}


def test_a_rule_routes_a_payment_system(client, acme, rule_for, sandbox):
    """The payment system of the rule goes to its connector, others go nowhere."""
    client.post(URL, json=rule_for(acme, 2))
    assert (routed(sandbox, 2), routed(sandbox, 4)) == ("acme", None)


def test_rules_gather_at_their_connector(client, acme, rule_for, sandbox):
    """A connector claims the payment systems of all its rules, by number."""
    for system in (125, 2, 4):
        client.post(URL, json=rule_for(acme, system))
    assert connectors(sandbox, "shop")[0].payment_systems == (2, 4, 125)


def test_a_disabled_rule_routes_nothing(client, acme, rule_for, sandbox):
    """Disabling takes the payment system from the connector, enabling brings it back."""
    made = client.post(URL, json=rule_for(acme, 2, enabled=False)).json
    assert routed(sandbox, 2) is None
    client.put(f"{URL}/{made['id']}", json={**made, "enabled": True})
    assert routed(sandbox, 2) == "acme"
    client.put(f"{URL}/{made['id']}", json={**made, "enabled": False})
    assert routed(sandbox, 2) is None


def test_a_rule_without_a_connector_routes_nothing(client, acme, rule_for, sandbox):
    """`connector` may be null, as documented; the rule before it still counts."""
    client.post(URL, json=rule_for(acme, 2))
    assert client.post(URL, json=rule_for(acme, 2, connector=None)).json["connector"] is None
    assert routed(sandbox, 2) == "acme"


def test_the_rule_saved_last_wins(client, acme, zeta, rule_for, sandbox):
    """Also when an older rule is saved again."""
    older = client.post(URL, json=rule_for(acme, 2)).json
    client.post(URL, json=rule_for(zeta, 2))
    assert routed(sandbox, 2) == "zeta"
    client.put(f"{URL}/{older['id']}", json=older)
    assert routed(sandbox, 2) == "acme"


def test_a_removed_rule_leaves_the_one_before(client, acme, zeta, rule_for, sandbox):
    """DELETE answers 200 without a body, and the id is gone."""
    client.post(URL, json=rule_for(acme, 2))
    made = client.post(URL, json=rule_for(zeta, 2)).json
    answer = client.delete(f"{URL}/{made['id']}")
    assert (answer.status_code, answer.data) == (200, b"")
    assert routed(sandbox, 2) == "acme"
    assert client.get(f"{URL}/{made['id']}").status_code == 404
    assert client.delete(f"{URL}/{made['id']}").status_code == 404


def test_a_rule_follows_its_affiliation_to_another_class(client, acme, rule_for, provider, sandbox):
    """An affiliation that is no connector any more gets no payments."""
    client.post(URL, json=rule_for(acme, 2))
    guard = {**provider("acme"), "implementation": "Vtex.PaymentGateway.Antifraud.Any"}
    client.put(f"{AFFILIATIONS}/{acme['id']}", json=guard)
    assert routed(sandbox, 2) is None


def test_a_rule_names_an_affiliation_that_exists(client, acme, rule_for):
    """An unknown affiliation is refused, and nothing is saved."""
    stranger = {**acme, "id": "0a8488e6-0c30-4150-be96-b0dcaaa6a0cd"}
    answer = client.post(URL, json=rule_for(stranger))
    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "Mock.ConnectorRefused"
    assert client.get(URL).json == []


def test_a_rule_names_the_class_of_its_affiliation(client, acme, rule_for):
    """Two names for one connector would route silently to the wrong one."""
    renamed = {**acme, "implementation": "Vtex.PaymentGateway.Connectors.CieloV3Connector"}
    assert client.post(URL, json=rule_for(renamed)).status_code == 400


def test_an_antifraud_provider_gets_no_payments(client, rule_for):
    """A rule whose connector is no connector is refused."""
    body = {"implementation": "Vtex.PaymentGateway.Antifraud.Any", "name": "a guard", "configuration": []}
    guard = client.post(AFFILIATIONS, json=body).json
    assert client.post(URL, json=rule_for(guard)).status_code == 400


@pytest.mark.parametrize("verb", ["get", "put", "delete"])
def test_an_unknown_rule_is_not_found(client, acme, rule_for, verb):
    """All three operations on one rule say so in the error envelope."""
    body = {"json": rule_for(acme)} if verb == "put" else {}
    answer = getattr(client, verb)(f"{URL}/fe6c470b-f80b-4bb1-a75c-378617f8767a", **body)
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "Mock.NotConfigured"


def test_the_body_speaks_of_the_rule_in_the_path(client, acme, rule_for):
    """A body with another id is a mistake of the caller."""
    made = client.post(URL, json=rule_for(acme)).json
    assert client.put(f"{URL}/{made['id']}", json={**made, "id": "another"}).status_code == 400


def test_an_account_does_not_see_the_rules_of_another(client, acme, rule_for):
    """Accounts are isolated."""
    made = client.post(URL, json=rule_for(acme)).json
    other = {"X-Account": "other"}
    assert client.get(URL, headers=other).json == []
    assert client.delete(f"{URL}/{made['id']}", headers=other).status_code == 404
    assert len(client.get(URL).json) == 1


def test_saving_keeps_the_rest_of_the_settings(client, acme, rule_for, sandbox):
    """Quirks that are on stay on."""
    with sandbox.store.write("shop") as unit:
        row = unit.load(Settings, SETTINGS_KEY)
        quirky = Settings(connectors=row.value.connectors, quirks=("settle.zero",))
        unit.save(SETTINGS_KEY, quirky, row.version)
    client.post(URL, json=rule_for(acme))
    with sandbox.store.read("shop") as unit:
        assert unit.load(Settings, SETTINGS_KEY).value.quirks == ("settle.zero",)


def test_changes_at_the_same_time_all_count(client, acme, rule_for, sandbox):
    """Eight threads save eight rules; the connector claims all eight payment systems."""
    application = client.application
    systems = (1, 2, 3, 4, 6, 8, 9, 125)

    def save(system: int) -> int:
        return application.test_client().post(URL, json=rule_for(acme, system)).status_code

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert list(pool.map(save, systems)) == [200] * 8
    claimed: tuple[ConnectorSettings, ...] = connectors(sandbox, "shop")
    assert claimed[0].payment_systems == systems
