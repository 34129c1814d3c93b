"""Affiliations: kept as they were sent, secrets hidden, and each a connector of the account."""

import pytest

from gateway_mock.core.modes import Kind, Mode
from gateway_mock.records import ConnectorSettings, HeaderStyle, Settings
from gateway_mock.service.accounts import configure
from gateway_mock.service.configuration import connectors
from gateway_mock.service.connector_entries import kind_of
from gateway_mock.service.sandbox import Sandbox

URL = "/api/pvt/affiliations"


def test_a_new_affiliation_comes_back_with_an_id(client, provider):
    """What was sent comes back, with an id, in the official spelling."""
    answer = client.post(URL, json=provider("acme", serviceUrl="https://pay.example", isProduction="false"))
    assert answer.status_code == 200
    affiliation = answer.json
    assert len(affiliation.pop("id")) == 36
    assert affiliation == {
        "implementation": "Vtex.PaymentGateway.Connectors.PaymentProvider.PaymentProviderConnector_acme",
        "name": "acme of the shop",
        "configuration": [
            {"name": "serviceUrl", "value": "https://pay.example", "valueKey": None},
            {"name": "isProduction", "value": "false", "valueKey": None},
        ],
        "isdelivered": True,
        "isConfigured": True,
    }


def test_affiliations_are_listed_in_the_order_they_were_made(client, provider):
    """The list and each single affiliation say the same."""
    made = [client.post(URL, json=provider(name)).json for name in ("zeta", "alpha", "mid", "last")]
    client.put(f"{URL}/{made[2]['id']}", json=made[2])
    assert client.get(URL).json == made
    assert [client.get(f"{URL}/{each['id']}").json for each in made] == made


@pytest.mark.parametrize("name", ["appToken", "MerchantKey", "ClientSecret", "applePay_MerchantPassword"])
def test_secrets_come_back_as_ten_stars(client, provider, name):
    """Documented: keys, tokens, secrets and passwords are masked in every answer."""
    made = client.post(URL, json=provider("acme", **{name: "s3cr3t"}))
    again = client.get(f"{URL}/{made.json['id']}")
    for answer in (made, again, client.get(URL)):
        assert "s3cr3t" not in answer.text
    assert again.json["configuration"] == [{"name": name, "value": "**********", "valueKey": None}]


@pytest.mark.parametrize("name", ["appKey", "MerchantId", "softDescriptor"])
def test_what_is_no_secret_is_shown(client, provider, name):
    """Identifiers and texts come back in clear, as in the documented example."""
    made = client.post(URL, json=provider("acme", **{name: "visible"})).json
    assert made["configuration"][0]["value"] == "visible"


def test_a_mask_sent_back_keeps_the_secret(client, provider, sandbox):
    """Reading an affiliation and putting it back changes nothing."""
    made = client.post(URL, json=provider("acme", appKey="key", appToken="s3cr3t")).json
    assert client.put(f"{URL}/{made['id']}", json=made).json == made
    assert [each.app_token for each in connectors(sandbox, "shop")] == ["s3cr3t"]


def test_another_secret_takes_its_place(client, provider, sandbox):
    """A value that is no mask is the new secret."""
    made = client.post(URL, json=provider("acme", appToken="old")).json
    client.put(f"{URL}/{made['id']}", json=provider("acme", appToken="new"))
    assert [each.app_token for each in connectors(sandbox, "shop")] == ["new"]


def test_a_mask_with_nothing_behind_it_is_kept(client, provider):
    """Documented by an example: an affiliation may be created with ten stars for a secret."""
    made = client.post(URL, json=provider("acme", MerchantKey="**********"))
    assert made.status_code == 200
    assert made.json["configuration"][0]["value"] == "**********"


def test_the_configuration_entries_are_the_connector(client, provider, sandbox):
    """Every entry of a PPP affiliation arrives at the connector."""
    entries = {
        "serviceUrl": "http://127.0.0.1:5010",
        "appKey": "vtexappkey-acme",
        "appToken": "s3cr3t",
        "mode": "Partial",
        "headers": "provider",
        "refundsInPart": "false",
        "settlesAfter": "90",
    }
    made = client.post(URL, json=provider("acme", **entries)).json
    assert connectors(sandbox, "shop") == (
        ConnectorSettings(
            name="acme",
            kind=Kind.PPP,
            mode=Mode.PARTIAL,
            url="http://127.0.0.1:5010",
            app_key="vtexappkey-acme",
            app_token="s3cr3t",
            headers=HeaderStyle.PROVIDER,
            refunds_in_part=False,
            settles_after=90,
            affiliation_id=made["id"],
        ),
    )


@pytest.mark.parametrize(
    ("schedule", "seconds"), [({"autoSettle": "4"}, 172_800), ({"autoSettle": "0"}, None), ({}, None)]
)
def test_a_scheduled_settle_counts_whole_hours(client, provider, sandbox, schedule, seconds):
    """Documented: `autoSettle` 4 means scheduled, and 48 hours are 172,800 seconds."""
    client.post(URL, json=provider("acme", autoSettleDelay="48", **schedule))
    assert connectors(sandbox, "shop")[0].settles_after == seconds


KINDS = {
    "Vtex.PaymentGateway.Connectors.PaymentProvider.PaymentProviderConnector_PicPay": Kind.PPP,
    "Vtex.PaymentGateway.Connectors.PaymentProvider.PaymentProviderConnector": Kind.PPP,
    "Vtex.PaymentGateway.Connectors.PaymentProvider.PaymentProviderConnectorOld": Kind.LEGACY,
    "Vtex.PaymentGateway.Connectors.CieloV3Connector": Kind.LEGACY,
    "Vtex.PaymentGateway.Connectors.AuthorizeDotNet.AuthorizeDotNetConnector": Kind.LEGACY,
    "Vtex.PaymentGateway.Connectors.": None,
    "Vtex.PaymentGateway.Antifraud.ClearSale": None,
    "PaymentProviderConnector_PicPay": None,
}


@pytest.mark.parametrize(("implementation", "kind"), KINDS.items())
def test_the_class_says_what_a_connector_speaks(implementation, kind):
    """Documented: PaymentProviderConnector with or without a name is PPP, others under Connectors are legacy."""
    assert kind_of(implementation) is kind


NAMES = {
    "Vtex.PaymentGateway.Connectors.PaymentProvider.PaymentProviderConnector_PicPay": "PicPay",
    "Vtex.PaymentGateway.Connectors.PaymentProvider.PaymentProviderConnector": "My shop",
    "Vtex.PaymentGateway.Connectors.AuthorizeDotNet.AuthorizeDotNetConnector": "AuthorizeDotNetConnector",
}


@pytest.mark.parametrize(("implementation", "name"), NAMES.items())
def test_a_connector_is_known_by_the_short_name_of_its_class(client, sandbox, implementation, name):
    """A class without a name of its own takes that of the affiliation."""
    client.post(URL, json={"implementation": implementation, "name": "My shop", "configuration": []})
    assert [each.name for each in connectors(sandbox, "shop")] == [name]


def test_two_affiliations_of_one_class_are_two_connectors(client, provider, sandbox):
    """The second is numbered, and neither changes its name with a change of its settings."""
    first, second = (client.post(URL, json=provider("acme")).json for _ in range(2))
    client.put(f"{URL}/{first['id']}", json=provider("acme", mode="hold"))
    found = {each.affiliation_id: (each.name, each.mode) for each in connectors(sandbox, "shop")}
    assert found == {first["id"]: ("acme", Mode.HOLD), second["id"]: ("acme-2", Mode.TOTAL)}


def test_a_connector_keeps_its_name_when_its_class_changes(client, provider, sandbox):
    """Payments know their connector by name, and outlive a change of the configuration."""
    made = client.post(URL, json=provider("acme")).json
    client.put(f"{URL}/{made['id']}", json={**made, "implementation": "Vtex.PaymentGateway.Connectors.Cielo"})
    assert [(each.name, each.kind) for each in connectors(sandbox, "shop")] == [("acme", Kind.LEGACY)]


def test_an_antifraud_affiliation_is_no_connector(client, sandbox):
    """Documented: affiliations are payment or anti-fraud providers; the second kind is only kept."""
    body = {"implementation": "Vtex.PaymentGateway.Antifraud.Any", "name": "a guard", "configuration": []}
    assert client.post(URL, json=body).status_code == 200
    assert connectors(sandbox, "shop") == ()
    assert len(client.get(URL).json) == 1


@pytest.mark.parametrize("mode", ["hold", "partial"])
def test_a_legacy_connector_cannot_hold_or_settle_in_part(client, mode):
    """Documented: partial settlement takes a PPP connector; nothing is kept of the attempt."""
    body = {
        "implementation": "Vtex.PaymentGateway.Connectors.CieloV3Connector",
        "name": "Cielo",
        "configuration": [{"name": "mode", "value": mode}],
    }
    answer = client.post(URL, json=body)
    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "Mock.ConnectorRefused"
    assert "settles the total only" in answer.json["error"]["message"]
    assert client.get(URL).json == []


def test_a_refused_change_changes_nothing(client, provider, sandbox):
    """The affiliation and its connector are as they were before the refusal."""
    made = client.post(URL, json=provider("acme", mode="hold")).json
    before = connectors(sandbox, "shop")
    assert client.put(f"{URL}/{made['id']}", json=provider("acme", mode="sometimes")).status_code == 400
    assert client.get(f"{URL}/{made['id']}").json == made
    assert connectors(sandbox, "shop") == before


def test_the_body_speaks_of_the_affiliation_in_the_path(client, provider):
    """A body with another id is a mistake of the caller."""
    made = client.post(URL, json=provider("acme")).json
    assert client.put(f"{URL}/{made['id']}", json={**made, "id": "another"}).status_code == 400


def test_an_account_does_not_see_the_affiliations_of_another(client, provider):
    """Accounts are isolated, in both directions."""
    made = client.post(URL, json=provider("acme")).json
    other = {"X-Account": "other"}
    assert client.get(URL, headers=other).json == []
    assert client.get(f"{URL}/{made['id']}", headers=other).status_code == 404
    assert client.put(f"{URL}/{made['id']}", json=made, headers=other).status_code == 404


@pytest.mark.parametrize("verb", ["get", "put"])
def test_an_unknown_affiliation_is_not_found(client, provider, verb):
    """The answer is the error envelope and says which id."""
    body = {"json": provider("acme")} if verb == "put" else {}
    answer = getattr(client, verb)(f"{URL}/e046d326-5421-45ab-95ae-f13d37f260b5", **body)
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "Mock.NotConfigured"
    assert "e046d326-5421-45ab-95ae-f13d37f260b5" in answer.json["error"]["message"]
    assert answer.json["error"]["exception"] is None


def start_with(sandbox: Sandbox, *connectors: ConnectorSettings) -> None:
    """Give the sandbox connectors that nobody configured; the first is the default."""
    settings = Settings(connectors=connectors, default_connector=connectors[0].name)
    object.__setattr__(sandbox, "default_settings", settings)


@pytest.fixture
def started(sandbox: Sandbox) -> Sandbox:
    """A sandbox that starts with a connector which nobody configured."""
    start_with(sandbox, ConnectorSettings(name="TestConnector", kind=Kind.LEGACY, payment_systems=(2,)))
    return sandbox


@pytest.mark.usefixtures("started")
def test_the_connector_of_a_fresh_sandbox_is_an_affiliation_too(client):
    """It is shown before anything is saved, and found under its id."""
    (affiliation,) = client.get(URL).json
    assert affiliation["implementation"] == "Vtex.PaymentGateway.Connectors.TestConnector"
    assert client.get(f"{URL}/{affiliation['id']}").json == affiliation
    (rule,) = client.get("/api/pvt/rules").json
    assert rule["connector"]["affiliationId"] == affiliation["id"]
    assert rule["paymentSystem"] == {"id": 2, "name": "Visa", "implementation": None}


def test_the_connector_of_a_fresh_sandbox_outlives_the_first_change(started, client, provider):
    """Affiliation, rule and default stay what they were, now stored."""
    before = client.get(URL).json, client.get("/api/pvt/rules").json
    made = client.post(URL, json=provider("acme")).json
    assert client.get(URL).json == [*before[0], made]
    assert client.get("/api/pvt/rules").json == before[1]
    assert [each.name for each in connectors(started, "shop")] == ["TestConnector", "acme"]


def test_the_connector_of_a_fresh_sandbox_can_be_changed(started, client):
    """Its id, shown before anything was saved, is good for a PUT."""
    (affiliation,) = client.get(URL).json
    affiliation["configuration"] = [{"name": "settlesAfter", "value": "60"}]
    assert client.put(f"{URL}/{affiliation['id']}", json=affiliation).status_code == 200
    assert [each.settles_after for each in connectors(started, "shop")] == [60]


def test_the_connectors_of_a_fresh_sandbox_keep_their_payments(sandbox, client, provider):
    """Of two that claim Visa the first gets it, before and after the first change."""
    one, other = (
        ConnectorSettings(name=name, kind=Kind.LEGACY, payment_systems=(2, 4)) for name in ("One", "Other")
    )
    start_with(sandbox, one, other)
    client.post(URL, json=provider("acme"))
    claims = {each.name: each.payment_systems for each in connectors(sandbox, "shop")}
    assert claims == {"One": (2, 4), "Other": (), "acme": ()}


def test_what_an_account_starts_with_may_be_given_anew(started, client, provider):
    """A connector that is given again counts, however often the configuration was changed before."""
    client.post(URL, json=provider("acme"))
    again = ConnectorSettings(name="TestConnector", kind=Kind.LEGACY, payment_systems=(4,), settles_after=60)
    configure(started, "shop", Settings(connectors=(again,), default_connector="TestConnector"))
    assert [each["name"] for each in client.get(URL).json] == ["TestConnector", "acme of the shop"]
    client.post(URL, json=provider("zeta"))
    found = {each.name: (each.payment_systems, each.settles_after) for each in connectors(started, "shop")}
    assert found == {"TestConnector": ((2, 4), 60), "acme": ((), None), "zeta": ((), None)}
