"""The switches of the line: what a connector gets to hear with each, and what it hears without."""

from decimal import Decimal

import pytest

from gateway_mock.adapters.quirks import LINE_QUIRKS
from gateway_mock.core.quirks_line import LINE

DAY = 86_400

EXAMPLES = """
id                                 | given            | merchant         | connectors hear | answer       | S X R  | c v r  | balanced
settle.ack-lost off                | A 100 partial    | settle 40        | settle A 40     | 11 Settling  | 40 0 0 | 40 0 0 | yes
settle.ack-lost on                 | A 100 partial    | settle 40        | settle A 40     | 11 Settling  | 40 0 0 | 0 0 0  | no
                                   |                  | advance 3600     | settle A 40     | send         | 40 0 0 | 40 0 0 | yes
settle.async-capture-as-done off   | A 100 partial    | settle 40 (A refuses) | settle A 40 | 11 Settling | 40 0 0 | 0 0 0  | no
                                   |                  | advance 3600     | settle A 40     | send         | 40 0 0 | 40 0 0 | yes
settle.async-capture-as-done on    | A 100 partial    | settle 40 (A refuses) | settle A 40 | 11 Settling | 40 0 0 | 40 0 0 | yes
                                   |                  | advance 3600     | -               | -            | 40 0 0 | 40 0 0 | yes
cancel.already-done off            | A 100 total      | cancel 100       | cancel A 100    | 10 Cancelled cancelled 100 | 0 100 0 | 0 100 0 | yes
                                   |                  | advance 3600     | -               | -            | 0 100 0 | 0 100 0 | yes
cancel.already-done on             | A 100 total      | cancel 100       | cancel A 100    | 9 Cancelling cancelled 100 | 0 100 0 | 0 0 0 | no
                                   |                  | advance 3600     | cancel A 100    | send         | 0 100 0 | 0 100 0 | yes
cancel.payment-left-authorized off | A 100 total      | cancel 100       | cancel A 100    | 10 Cancelled cancelled 100 | 0 100 0 | 0 100 0 | yes
cancel.payment-left-authorized on  | A 100 total      | cancel 100       | -               | 9 Cancelling cancelled 100 | 0 100 0 | 0 0 0 | no
                                   |                  | advance 3600     | -               | send         | 0 100 0 | 0 0 0 | no
auth.early-duplicate off           | new A 100 total  | authorize        | authorize A 100 | 8 Approved   | 0 0 0  | 0 0 0  | yes
auth.early-duplicate on            | new A 100 total  | authorize        | authorize A 100, authorize A 100 | 8 Approved | 0 0 0 | 0 0 0 | yes
auth.interim-as-denied off         | new A 100 total  | authorize (A garbles) | authorize A 100 | 2 Authorizing | 0 0 0 | 0 0 0 | yes
                                   |                  | advance 3600     | authorize A 100 | send         | 0 0 0  | 0 0 0  | yes
auth.interim-as-denied on          | new A 100 total  | authorize (A garbles) | authorize A 100 | 10 Cancelled | 0 100 0 | 0 0 0 | yes
giftcard.ambiguous-outcome off     | new A 70 total, C 30 total | authorize | authorize A 70, authorize C 30 | 8 Approved | 0 0 0 | 0 0 0 | yes
giftcard.ambiguous-outcome on      | new A 70 total, C 30 total | authorize | authorize A 70, authorize C 30 | 2 Authorizing | 0 0 0 | 0 0 0 | yes
                                   |                  | advance 3600     | authorize C 30  | send         | 0 0 0  | 0 0 0  | yes
                                   |                  | settle 100       | settle C 30, settle A 70 | 11 Settling | 100 0 0 | 70 0 0 | no
giftcard.three-payments-negative off | A 66.99 total, B 67 total, C 30.99 total | settle 164.98 | settle C 30.99, settle A 66.99, settle B 67 | 13 Finished | 164.98 0 0 | 164.98 0 0 | yes
                                   |                  | refund 104.99    | refund C 30.99, refund A 66.99, refund B 7.01 | 13 Finished refunded 104.99 | 164.98 0 104.99 | 164.98 0 104.99 | yes
"""  # noqa: E501


def test_a_switch_shows_its_symptom_and_off_it_does_not(example, world, switch):
    """What connectors hear, what the merchant is told, what the ledger says: with the switch, and without."""
    name, state = example.name.split()
    switch(name, on=state == "on")
    example.play(world)


def test_every_switch_of_the_line_does_something_there():
    """The catalogue and the adapter speak of the same switches."""
    assert list(LINE_QUIRKS) == list(LINE)
    assert all(row.breaks or row.asks or row.reads for row in LINE_QUIRKS.values())


def test_a_fault_that_was_asked_for_goes_before_one_that_a_switch_plans(world, switch):
    """The settle never arrives; the one that a switch would have planned is not made up for later."""
    switch("settle.ack-lost")
    transaction = world.given("A 100 partial")
    world.merchant.send("POST", "/_mock/faults", {"operation": "settle", "kind": "drop-request"})
    transaction.ask("settle", 4000)
    assert world.heard == []
    world.merchant.advance(3600)
    assert transaction.ledger()["payments"][0]["captured"] == 4000


def sent(world, operation):
    """The last request of an operation that any connector heard."""
    return next(heard.body for heard in reversed(world.heard) if heard.operation == operation)


@pytest.mark.parametrize(
    ("on", "references"),
    [(False, ("auth-A", "tid-A", "nsu-A")), (True, (None, None, None))],
    ids=["off", "on"],
)
def test_a_cancel_may_come_without_the_connectors_references(on, references, world, switch):
    """Known issue 486752: the paymentId alone has to be enough."""
    switch("cancel.no-provider-reference", on=on)
    transaction = world.given("A 100 partial")
    transaction.ask("cancel", 2000)
    cancel = sent(world, "cancel")
    assert (cancel["authorizationId"], cancel["tid"], cancel["nsu"]) == references
    assert cancel["paymentId"] in transaction.names


def test_a_repeated_cancel_is_a_new_one_to_its_connector(world, switch):
    """Known issue 740084: another requestId, so that no store of answers helps, the payment's own state does."""
    switch("cancel.already-done")
    transaction = world.given("A 100 total")
    transaction.ask("cancel", 10_000)
    world.merchant.advance(3600)
    first, second = (heard.body["requestId"] for heard in world.heard)
    assert second == f"{first}-2"
    assert transaction.show()["status"] == "Cancelled"
    assert world.merchant.advance(DAY) == []


@pytest.mark.parametrize("operation", ["settle", "cancel", "refund"])
@pytest.mark.parametrize("on", [False, True], ids=["off", "on"])
def test_the_connectors_tid_may_get_lost(operation, on, world, switch):
    """Known issue 308214: a later reference overwrote the first one; both name the payment."""
    switch("auth.reference-changes", on=on)
    transaction = world.given("A 100 partial")
    if operation == "refund":
        transaction.ask("settle", 2000)
    transaction.ask(operation, 2000)
    assert sent(world, operation)["tid"] == (transaction.id if on else "tid-A")


@pytest.mark.parametrize(("on", "days"), [(False, 10), (True, 7)], ids=["off", "on"])
def test_a_slip_may_be_cancelled_before_it_is_due(on, days, world, switch):
    """Known issue 374288: the connector asked for ten days, the budget of tries ends after seven."""
    switch("auth.polling-budget", on=on)
    world.connectors["A"].always = f"waits {10 * DAY}"
    transaction = world.open("A 100 total")
    transaction.authorize()
    world.merchant.advance(days * DAY - 1)
    assert {heard.operation for heard in world.heard} == {"authorize"}
    world.merchant.advance(1)
    assert str(world.heard[-1]) == "cancel A 100"


@pytest.mark.parametrize(("on", "status", "after"), [(False, 200, "Approved"), (True, 403, "Authorizing")])
def test_callbacks_of_a_disabled_owner_are_forbidden(on, status, after, world, switch):
    """Known issue 775235: 403 to each; the connector keeps its result, and the next create gets it."""
    switch("callback.forbidden", on=on)
    transaction = world.open("A 100 total")
    world.perform(transaction, "authorize (A waits)")
    create = sent(world, "authorize")
    address = create["callbackUrl"].removeprefix("http://127.0.0.1:5005")
    news = {"paymentId": create["paymentId"], "status": "approved"}
    assert world.app.test_client().post(address, json=news).status_code == status
    assert transaction.show()["status"] == after
    world.merchant.advance(3600)
    assert transaction.show()["status"] == "Approved"


def test_with_the_merchants_account_a_forbidden_callback_gets_through(world, switch):
    """The page allows it: the connector puts the store's own account into the address."""
    switch("callback.forbidden")
    transaction = world.open("A 100 total")
    world.perform(transaction, "authorize (A waits)")
    create = sent(world, "authorize")
    address = create["callbackUrl"].removeprefix("http://127.0.0.1:5005")
    assert "accountName=disabled-owner&" in address
    mended = address.replace("accountName=disabled-owner&", "accountName=sandbox&")
    news = {"paymentId": create["paymentId"], "status": "approved"}
    assert world.app.test_client().post(mended, json=news).status_code == 200
    assert transaction.show()["status"] == "Approved"


# --- Splits -------------------------------------------------------------------------------------------------


def shares(request):
    """What the recipients of a request are given, in currency units; the store comes first."""
    return [each["amount"] for each in request.get("recipients", [])]


@pytest.mark.parametrize(
    ("name", "settle", "refund"),
    [
        (None, [], []),
        ("payout-split", ["9.90", "89.10"], ["1.00", "9.00"]),
        ("amount.recipients-do-not-add-up", ["9.89", "89.10"], ["0.99", "9.00"]),
        ("amount.recipients-after-partial-cancel", ["10.00", "90.00"], []),
    ],
    ids=str,
)
def test_the_shares_of_a_split_may_miss_the_value(name, settle, refund, world, switch):
    """Known issues 698005, 489481: of 100 one is cancelled, 99 are settled, 10 given back."""
    if name:
        switch(name)
    transaction = world.given("A 100 hold")
    transaction.ask("cancel", 100)
    transaction.ask("settle", 9900)
    transaction.ask("refund", 1000)
    assert (sent(world, "settle")["value"], sent(world, "refund")["value"]) == (99, 10)
    assert shares(sent(world, "settle")) == [Decimal(amount) for amount in settle]
    assert shares(sent(world, "refund")) == [Decimal(amount) for amount in refund]


def test_shares_have_no_decimals_where_the_currency_has_none(world, switch):
    """Of 99 Chilean pesos the store keeps 9 and the seller gets 90; the smallest miss is a whole peso."""
    world.merchant.put_connector("A", kind="ppp", url="http://a.test", paymentSystems=[2])
    for name, store, seller in (("payout-split", 9, 90), ("amount.recipients-do-not-add-up", 9, 89)):
        switch(name)
        transaction = world.merchant.start(9900)
        assert transaction.pay({"value": 9900, "currencyCode": "CLP"}).status_code == 201
        transaction.authorize()
        transaction.ask("settle", 9900)
        assert shares(sent(world, "settle")) == [store, seller]
        switch(name, on=False)


@pytest.mark.parametrize(
    ("name", "captured"),
    [
        ("payout-split", 9900),
        ("amount.recipients-do-not-add-up", 0),
        ("amount.recipients-after-partial-cancel", 0),
    ],
)
def test_the_reference_connector_refuses_shares_that_do_not_add_up(name, captured, against):
    """With a null settleId: nothing is captured, the gateway tries again."""
    transaction = against(name, mode="hold").order(10_000)
    transaction.ask("cancel", 100)
    transaction.ask("settle", 9900)
    assert transaction.ledger()["payments"][0]["captured"] == captured


def test_the_gift_card_may_be_subtracted_twice_from_a_refund(world, switch):
    """Known issue 464837: of 104.99 the gift card gave 30.99, a card 66.99, and -23.98 were asked of the last."""
    switch("giftcard.three-payments-negative")
    world.connectors["B"].script = ["confirms", "confirms", "refuses"]
    transaction = world.given("A 66.99 total, B 67 total, C 30.99 total")
    transaction.ask("settle", 16_498)
    world.heard.clear()
    transaction.ask("refund", 10_499)
    assert [str(heard) for heard in world.heard] == ["refund C 30.99", "refund A 66.99", "refund B -23.98"]


# --- Connectors that defend themselves, and connectors that do not ---------------------------------------------


@pytest.mark.parametrize(
    ("quirk", "defect", "done", "voided"),
    [
        ("cancel.no-provider-reference", None, "Cancelled", 10_000),
        ("cancel.no-provider-reference", "cancel-needs-tid", "Cancelling", 0),
        (None, "cancel-needs-tid", "Cancelled", 10_000),
        ("cancel.already-done", None, "Cancelled", 10_000),
        ("cancel.already-done", "refuses-second-cancel", "Cancelling", 0),
        (None, "refuses-second-cancel", "Cancelled", 10_000),
    ],
)
def test_a_cancel_ends_well_with_a_connector_that_defends_itself(quirk, defect, done, voided, against):
    """After a few hours; the same defect does no harm while the switch is off."""
    world = against(quirk, *filter(None, [defect]))
    transaction = world.order(10_000)
    transaction.ask("cancel", 10_000)
    world.merchant.advance(3 * 3600)
    assert transaction.show()["status"] == done
    assert transaction.ledger()["payments"][0]["voided"] == voided


@pytest.mark.parametrize(
    ("quirk", "defect", "status"),
    [
        ("auth.early-duplicate", None, "Approved"),
        ("auth.early-duplicate", "denies-duplicate-create", "Cancelled"),
        (None, "denies-duplicate-create", "Approved"),
    ],
)
def test_a_duplicate_of_a_create_is_harmless_to_a_connector_that_knows_it(quirk, defect, status, against):
    """Known issue 1165831: one that denies it loses the sale."""
    world = against(quirk, *filter(None, [defect]))
    assert world.order(10_000).show()["status"] == status


@pytest.mark.parametrize(
    ("quirk", "defect", "captured"),
    [
        ("settle.ack-lost", None, 40),
        ("settle.ack-lost", "double-settle-on-repeat", 80),
        (None, "double-settle-on-repeat", 40),
    ],
)
def test_a_lost_answer_moves_money_twice_only_where_the_request_is_not_known(quirk, defect, captured, against):
    """Known issue 760458: the provider's own book, after the repeat."""
    world = against(quirk, *filter(None, [defect]))
    world.order(10_000).ask("settle", 4000)
    world.merchant.advance(3600)
    assert world.provider()["captured"] == captured
