"""Connectors put by the control plane: one call makes the affiliation and the rules behind them."""

from dataclasses import replace

import pytest
from msgspec import structs

from gateway_mock.core.modes import Kind, Mode
from gateway_mock.core.payment_systems import UnknownPaymentSystemError
from gateway_mock.records import ConnectorSettings, HeaderStyle, Settings
from gateway_mock.service.configuration import connectors, put_connector
from gateway_mock.service.connector_entries import ConnectorRefusedError
from gateway_mock.service.sandbox import Sandbox, settings_of

PPP = ConnectorSettings(name="", kind=Kind.PPP, mode=Mode.PARTIAL, url="http://127.0.0.1:5010")
LEGACY = ConnectorSettings(name="", kind=Kind.LEGACY)


def settings(sandbox: Sandbox) -> Settings:
    """The account's settings, as the request path reads them."""
    with sandbox.store.read("shop") as unit:
        return settings_of(unit, sandbox)


def taking(connector: ConnectorSettings, *systems: int) -> ConnectorSettings:
    """The connector with those payment systems."""
    return ConnectorSettings(
        name="", kind=connector.kind, mode=connector.mode, url=connector.url, payment_systems=systems
    )


def test_a_connector_is_saved_as_it_was_put(sandbox):
    """Nothing is lost on the way through affiliation and rules."""
    whole = ConnectorSettings(
        name="another name",
        kind=Kind.PPP,
        mode=Mode.HOLD,
        url="https://pay.example/v1",
        app_key="key",
        app_token="s3cr3t",
        headers=HeaderStyle.PROVIDER,
        payment_systems=(4, 2),
        refunds_in_part=False,
        settles_after=345_600,
        affiliation_id="another affiliation",
    )
    saved = put_connector(sandbox, "shop", "acme", whole)
    assert saved.affiliation_id not in {"", "another affiliation"}
    assert saved == ConnectorSettings(
        name="acme",
        kind=Kind.PPP,
        mode=Mode.HOLD,
        url="https://pay.example/v1",
        app_key="key",
        app_token="s3cr3t",
        headers=HeaderStyle.PROVIDER,
        payment_systems=(2, 4),
        refunds_in_part=False,
        settles_after=345_600,
        affiliation_id=saved.affiliation_id,
    )
    assert connectors(sandbox, "shop") == (saved,)


def test_the_affiliation_and_rules_of_a_put_connector_are_shown(sandbox, client):
    """The Payments Gateway API tells the same story, the secret masked."""
    wanted = ConnectorSettings(
        name="", kind=Kind.PPP, url="https://pay.example", app_token="s", payment_systems=(2,)
    )
    put_connector(sandbox, "shop", "acme", wanted)
    (affiliation,) = client.get("/api/pvt/affiliations").json
    (rule,) = client.get("/api/pvt/rules").json
    assert affiliation["implementation"].endswith(".PaymentProviderConnector_acme")
    assert {"name": "appToken", "value": "**********", "valueKey": None} in affiliation["configuration"]
    assert rule["connector"] == {
        "implementation": affiliation["implementation"],
        "affiliationId": affiliation["id"],
    }
    assert (rule["paymentSystem"]["id"], rule["enabled"]) == (2, True)


def test_the_first_connector_is_the_default(sandbox):
    """It stays the default when another is put."""
    put_connector(sandbox, "shop", "first", LEGACY)
    put_connector(sandbox, "shop", "second", PPP)
    assert settings(sandbox).default_connector == "first"
    assert settings(sandbox).route(999).name == "first"


def test_an_affiliation_alone_is_no_default(sandbox, client, provider):
    """Only a put connector gets payments that no rule is about."""
    client.post("/api/pvt/affiliations", json=provider("acme"))
    assert settings(sandbox).default_connector == ""


def test_a_connector_that_takes_a_payment_system_takes_it_from_the_other(sandbox):
    """The last one put wins, and putting the first again brings it back."""
    put_connector(sandbox, "shop", "old", taking(LEGACY, 2, 4))
    put_connector(sandbox, "shop", "new", taking(PPP, 2))
    assert {each.name: each.payment_systems for each in connectors(sandbox, "shop")} == {"old": (4,), "new": (2,)}
    put_connector(sandbox, "shop", "old", taking(LEGACY, 2, 4))
    assert {each.name: each.payment_systems for each in connectors(sandbox, "shop")} == {"old": (2, 4), "new": ()}


def test_putting_again_replaces_the_payment_systems(sandbox, client):
    """Rules that are not wanted any more are disabled, not removed."""
    put_connector(sandbox, "shop", "acme", taking(PPP, 2, 4, 4))
    saved = put_connector(sandbox, "shop", "acme", taking(PPP, 4, 125))
    assert saved.payment_systems == (4, 125)
    enabled = {rule["paymentSystem"]["id"]: rule["enabled"] for rule in client.get("/api/pvt/rules").json}
    assert enabled == {2: False, 4: True, 125: True}
    assert put_connector(sandbox, "shop", "acme", taking(PPP, 2)).payment_systems == (2,)
    assert len(client.get("/api/pvt/rules").json) == 3


def test_putting_again_keeps_the_affiliation(sandbox, client):
    """Its id, and the entries that say nothing about the connector, stay."""
    saved = put_connector(sandbox, "shop", "acme", PPP)
    url = f"/api/pvt/affiliations/{saved.affiliation_id}"
    affiliation = client.get(url).json
    affiliation["configuration"].append({"name": "softDescriptor", "value": "shop", "valueKey": None})
    client.put(url, json=affiliation)
    again = put_connector(sandbox, "shop", "acme", LEGACY)
    assert (again.affiliation_id, again.kind, again.mode) == (saved.affiliation_id, Kind.LEGACY, Mode.TOTAL)
    assert {"name": "softDescriptor", "value": "shop", "valueKey": None} in client.get(url).json["configuration"]


def test_a_connector_put_over_an_affiliation_changes_that(sandbox, client, provider):
    """The name of a connector is the short name of its class, wherever it came from."""
    made = client.post("/api/pvt/affiliations", json=provider("acme", mode="hold")).json
    saved = put_connector(sandbox, "shop", "acme", PPP)
    assert (saved.affiliation_id, saved.mode) == (made["id"], Mode.PARTIAL)


@pytest.mark.parametrize("mode", [Mode.HOLD, Mode.PARTIAL])
def test_a_legacy_connector_is_refused_hold_and_partial(sandbox, mode):
    """Documented: they take a PPP connector; the connector that was there stays."""
    put_connector(sandbox, "shop", "old", taking(LEGACY, 2))
    before = settings(sandbox)
    wanted = ConnectorSettings(name="", kind=Kind.LEGACY, mode=mode)
    with pytest.raises(ConnectorRefusedError, match=f"cannot run in mode {mode}"):
        put_connector(sandbox, "shop", "old", wanted)
    assert settings(sandbox) == before


@pytest.mark.parametrize("name", ["", "a" * 65, "a\nb", "PaymentProvider.PaymentProviderConnector_x"])
def test_a_name_that_cannot_be_one_is_refused(sandbox, name):
    """Names are short and printable, and a legacy connector is not called like a PPP one."""
    with pytest.raises(ConnectorRefusedError):
        put_connector(sandbox, "shop", name, LEGACY)
    assert connectors(sandbox, "shop") == ()


@pytest.mark.parametrize("system", [0, -1, 2**31])
def test_a_number_that_is_no_payment_system_is_refused(sandbox, system):
    """Nothing of the connector is saved."""
    with pytest.raises(UnknownPaymentSystemError):
        put_connector(sandbox, "shop", "acme", taking(PPP, 2, system))
    assert connectors(sandbox, "shop") == ()


@pytest.mark.parametrize("url", ["ftp://pay.example", "pay.example", "http://", "http://[", "http://h:99999"])
def test_an_address_that_cannot_be_called_is_refused(sandbox, url):
    """A service answers under an http or https address."""
    with pytest.raises(ConnectorRefusedError, match="serviceUrl is an http or https address"):
        put_connector(sandbox, "shop", "acme", ConnectorSettings(name="", kind=Kind.PPP, url=url))


def test_a_connector_takes_over_from_the_one_that_the_sandbox_started_with(sandbox):
    """Unless it claims payment systems: then it gets those and no others."""
    first = structs.replace(LEGACY, name="TestConnector")
    started = Settings(connectors=(first,), default_connector=first.name)
    fresh = replace(sandbox, default_settings=started)
    put_connector(fresh, "one", "picky", structs.replace(LEGACY, payment_systems=(4,)))
    put_connector(fresh, "two", "ours", LEGACY)
    put_connector(fresh, "two", "another", LEGACY)
    defaults = []
    for account in ("one", "two"):
        with fresh.store.read(account) as unit:
            defaults.append(settings_of(unit, fresh).default_connector)
    assert defaults == ["TestConnector", "ours"]


def test_a_ppp_connector_needs_an_address(sandbox):
    """Nobody could call it; nothing is saved."""
    with pytest.raises(ConnectorRefusedError):
        put_connector(sandbox, "shop", "acme", ConnectorSettings(name="", kind=Kind.PPP))
    assert connectors(sandbox, "shop") == ()
