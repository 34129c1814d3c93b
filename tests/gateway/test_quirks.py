"""The switches: names, what they change, and what they do over HTTP."""

from dataclasses import fields

import pytest

from gateway_mock.core.policy import RECOMMENDED, Policy
from gateway_mock.core.quirks import QUIRKS, UnknownQuirkError, with_quirks
from gateway_mock.web.app import Config, create_app

HEADERS = {"X-VTEX-API-AppKey": "vtexappkey-sandbox-LOCAL", "X-VTEX-API-AppToken": "sandbox"}


@pytest.fixture
def client():
    """A client of a fresh sandbox with a legacy connector."""
    return create_app(Config()).test_client()


def test_every_field_of_the_policy_has_one_switch():
    """What no switch changes could never be tried; what two change would be ambiguous."""
    changed = [name for quirk in QUIRKS.values() for name in quirk.changes]
    assert sorted(changed) == sorted(field.name for field in fields(Policy))


@pytest.mark.parametrize("name", QUIRKS)
def test_a_switch_changes_its_field_and_nothing_else(name):
    """To another value of the same type."""
    policy = with_quirks([name])
    different = {
        field.name: getattr(policy, field.name)
        for field in fields(Policy)
        if getattr(policy, field.name) != getattr(RECOMMENDED, field.name)
    }
    assert different == dict(QUIRKS[name].changes)
    assert all(type(value) is type(getattr(RECOMMENDED, field)) for field, value in different.items())


@pytest.mark.parametrize("name", QUIRKS)
def test_a_switch_says_what_it_does_and_how_to_live_with_it(name):
    """One line each."""
    quirk = QUIRKS[name]
    assert quirk.does
    assert quirk.defence
    assert "\n" not in quirk.does + quirk.defence


def test_all_switches_are_off_at_first(client):
    """And each is listed by its name."""
    assert client.get("/_mock/quirks", headers=HEADERS).json == dict.fromkeys(QUIRKS, False)


def test_switches_are_turned_on_and_off_by_name(client):
    """What is not named stays as it is."""
    on = client.put("/_mock/quirks", json={"settle.zero": True, "refund-card-first": True}, headers=HEADERS).json
    assert {name for name, state in on.items() if state} == {"settle.zero", "refund-card-first"}
    off = client.put("/_mock/quirks", json={"refund-card-first": False}, headers=HEADERS).json
    assert {name for name, state in off.items() if state} == {"settle.zero"}


def test_an_unknown_switch_is_refused_and_nothing_is_switched(client):
    """422, for a typing error would otherwise pass for a test of the quirk."""
    answer = client.put("/_mock/quirks", json={"settle.zero": True, "settle.zeroo": True}, headers=HEADERS)
    assert answer.status_code == 422
    assert "settle.zeroo" in answer.json["error"]["message"]
    assert client.get("/_mock/quirks", headers=HEADERS).json["settle.zero"] is False
    with pytest.raises(UnknownQuirkError):
        with_quirks(["settle.zeroo"])


def test_a_settle_of_zero_finishes_only_with_its_switch(client):
    """Known issue 1349027, and the correct refusal without it."""
    made = client.post("/_mock/orders", json={"value": 10000}, headers=HEADERS).json
    path = f"/api/pvt/transactions/{made['transactionId']}/settlement-request"
    client.post(path, json={"value": 5000}, headers=HEADERS)
    refused = client.post(path, json={"value": 0}, headers=HEADERS)
    assert (refused.status_code, refused.json["error"]["code"]) == (400, "1402")
    client.put("/_mock/quirks", json={"settle.zero": True}, headers=HEADERS)
    finished = client.post(path, json={"value": 0}, headers=HEADERS)
    assert (finished.status_code, finished.json["statusDetail"]) == (200, "Finished")
    late = client.post(path, json={"value": 5000}, headers=HEADERS)
    assert (late.status_code, late.json["error"]["code"]) == (400, "1402")


def test_changes_of_version_1_can_be_switched_off(client):
    """410 with the switch, a receipt without it."""
    made = client.post("/_mock/orders", json={"value": 10000}, headers=HEADERS).json
    path = f"/api/oms/pvt/orders/{made['orderId']}/changes"
    change = {"requestId": "1", "reason": "less", "discountValue": 1000, "incrementValue": 0}
    client.put("/_mock/quirks", json={"changes-v1-off": True}, headers=HEADERS)
    assert client.post(path, json=change, headers=HEADERS).status_code == 410
    client.put("/_mock/quirks", json={"changes-v1-off": False}, headers=HEADERS)
    assert client.post(path, json=change, headers=HEADERS).status_code == 200
