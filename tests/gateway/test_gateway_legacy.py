"""A legacy connector through the gateway: it settles the total, and may be unable to refund a part."""

import pytest

from gateway_mock.records import OperationRecord

EXAMPLES = """
id      | given                            | merchant   | connectors hear | answer                    | S X R     | c v r     | balanced
settle  | A 100 total legacy               | settle 40  | -               | 11 Settling               | 40 0 0    | 100 0 0   | yes
        |                                  | settle 60  | -               | 13 Finished               | 100 0 0   | 100 0 0   | yes
cancel  | A 100 total legacy               | cancel 20  | -               | 8 Approved cancelled 20   | 0 20 0    | 0 0 0     | yes
        |                                  | cancel 80  | -               | 10 Cancelled cancelled 80 | 0 100 0   | 0 100 0   | yes
refund  | A 100 total legacy               | settle 100 | -               | 13 Finished               | 100 0 0   | 100 0 0   | yes
        |                                  | refund 15  | -               | 13 Finished refunded 15   | 100 0 15  | 100 0 15  | yes
        |                                  | refund 85  | -               | 13 Finished refunded 85   | 100 0 100 | 100 0 100 | yes
beside  | A 40 total legacy, B 60 hold     | settle 10  | settle B 60     | 11 Settling               | 10 0 0    | 100 0 0   | yes
        |                                  | refund 50  | refund B 10     | 11 Settling refunded 50   | 10 0 50   | 100 0 50  | yes
"""  # noqa: E501


def test_a_legacy_connector_settles_the_total(example, world):
    """Whatever was asked for, the first settle captures everything; refunds and cancels go as with PPP."""
    example.play(world)


@pytest.fixture(name="captured")
def captured_fixture(world):
    """A finished transaction of 100.00 at a legacy connector that refunds in full only."""
    world.merchant.put_connector("old", kind="legacy", paymentSystems=[2], refundsInPart=False)
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000})
    assert transaction.authorize().json["statusDetail"] == "Approved"
    assert transaction.ask("settle", 10000).json["statusDetail"] == "Finished"
    return transaction


def test_a_part_that_it_cannot_refund_is_left_to_a_person(captured):
    """The announcement's story: the merchant is told to give 15.00 back outside VTEX, and the ledger says so."""
    assert captured.ask("refund", 1500).status_code == 200
    (action,) = captured.show("/refunds")["actions"]
    assert (action["type"], action["value"]) == ("email-notification", 1500)
    ledger = captured.ledger()
    assert (ledger["payments"][0]["refunded"], ledger["balanced"]) == (0, False)
    assert any("a person has to refund 15.00 outside VTEX" in line for line in ledger["differences"])


def test_the_whole_it_refunds_itself(captured):
    """A refund of everything that was captured is confirmed at once."""
    captured.ask("refund", 10000)
    (action,) = captured.show("/refunds")["actions"]
    assert (action["type"], action["value"]) == ("online", 10000)
    assert captured.ledger()["balanced"]


def test_the_denied_card_of_the_official_suite_is_denied(world):
    """4444333322221112, with a legacy connector too."""
    world.merchant.put_connector("old", kind="legacy", paymentSystems=[2])
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000, "fields": {"cardNumber": "4444333322221112"}})
    assert transaction.authorize().json["statusDetail"] == "Cancelled"


@pytest.mark.parametrize("operation", ["settle", "cancel"])
def test_a_call_that_stays_inside_is_answered_in_the_unit_of_its_request(operation, world, monkeypatch):
    """Nothing goes out, so a crash has nothing to lose: one unit is opened, and the outbox is empty."""
    transaction = world.given("A 100 total legacy")
    opened = []
    write = world.store.write
    monkeypatch.setattr(
        type(world.store), "write", lambda _store, account: opened.append(account) or write(account)
    )
    assert transaction.ask(operation, 10000).status_code == 200
    assert opened == ["sandbox"]
    with world.store.read("sandbox") as unit:
        assert not unit.find(OperationRecord)
    assert sum(transaction.ledger()["payments"][0][moved] for moved in ("captured", "voided")) == 10000
