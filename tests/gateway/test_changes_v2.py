"""Changes of version 2: acknowledged at once, computed by the platform, to be asked for afterwards."""

import pytest

from gateway_mock.records_orders import ChangeRecord
from tests.gateway.orders_shop import TWO_LINES, Shop
from tests.gateway.world import Killed

SETTINGS = "/api/order-system/orders/changes/settings"

LATER = {"settings": {"_mock": {"delaySeconds": 30}}}
"""The change runs by a job, half a minute after its acknowledgement."""


def code(answer):
    """Status and code of a refusal."""
    return answer.status_code, answer.json["error"]["code"]


def totals(change):
    """The totals of a change by their ids."""
    return {each["id"]: each["value"] for each in change["totals"]}


def test_the_acknowledgement_knows_no_prices_yet(world):
    """Documented: 202 with ids, empty totals and null prices; the order may have moved meanwhile."""
    shop = Shop(world, **TWO_LINES)
    answer = shop.remove(1, "B")
    assert answer.status_code == 202
    told = answer.json
    assert (told["status"], told["inProgress"], told["finished"]) == ("waiting-acknowledgement", True, False)
    assert (told["totals"], told["totalChangeValue"]) == ([], 0)
    assert told["remove"]["items"][0]["price"] is None
    assert (told["add"], told["replace"], told["cancellationData"]) == (None, None, None)
    assert told["origin"] == {"account": "sandbox", "orderId": shop.id, "component": "MarketplaceComponent"}


def test_the_details_tell_how_it_ended(world):
    """Done: the delta and where it comes from, the prices of the purchase, and the log."""
    shop = Shop(world, **TWO_LINES)
    told = shop.outcome(shop.remove(1, "B"))
    assert (told["status"], told["inProgress"], told["finished"]) == ("done", False, True)
    assert told["totalChangeValue"] == -3100
    assert totals(told) == {"Items": -2500, "Shipping": -600}
    assert (told["remove"]["items"][0]["price"], told["remove"]["items"][0]["name"]) == (2500, "Item B")
    assert [entry["status"] for entry in told["logs"]] == ["waiting-acknowledgement", "done"]


@pytest.mark.parametrize("query", ["", "?an=store", "?accountName=store"])
def test_the_account_parameter_is_optional(world, query):
    """C11: `an` and `accountName` are both taken, neither is needed."""
    shop = Shop(world)
    body = {"reason": "stock", "manualDiscountValue": 1}
    answer = shop.send("PATCH", f"/api/order-system/orders/{shop.id}/changes{query}", body)
    assert answer.status_code == 202


@pytest.mark.parametrize(
    "body",
    [
        {"manualDiscountValue": 300, "manualIncrementValue": 100},
        {
            "replace": [
                {
                    "from": {"items": [{"id": "1", "quantity": 1}]},
                    "to": {
                        "items": [
                            {
                                "id": "1",
                                "quantity": 1,
                                "manualDiscountValue": 300,
                                "manualIncrementValue": 100,
                            }
                        ]
                    },
                }
            ]
        },
    ],
)
def test_manual_values_stand_in_either_place(world, body):
    """C10: at the top as in the examples, or in the items that come as in the schema."""
    shop = Shop(world)
    told = shop.outcome(shop.modify({"reason": "price"} | body))
    assert (told["manualDiscountValue"], told["manualIncrementValue"]) == (300, 100)
    assert (told["totalChangeValue"], totals(told)) == (-200, {"ManualValues": -200})
    assert shop.show()["value"] == 9800


def test_one_article_comes_for_another(world):
    """Replace: A (30.00, freight 8.00) goes, C (20.00, freight 5.00) comes: 13.00 less."""
    shop = Shop(world, "partial", **TWO_LINES)
    given = {
        "items": [{"id": "C", "quantity": 1, "price": 2000}],
        "shippingData": {"logisticsInfo": [{"itemIndex": 0, "selectedSla": "Normal", "price": 500}]},
    }
    pair = {"from": {"items": [{"id": "A", "quantity": 1}]}, "to": given}
    told = shop.outcome(shop.modify({"reason": "stock", "replace": [pair]}))
    assert (told["status"], told["totalChangeValue"]) == ("done", -1300)
    assert told["replace"][0]["to"]["items"][0]["price"] == 2000
    assert shop.heard() == "cancel A 13"
    shown = shop.show()
    assert [(item["id"], item["price"]) for item in shown["items"]] == [("B", 2500), ("C", 2000)]
    assert {each["id"]: each["value"] for each in shown["totals"]} == {
        "Items": 7000,
        "Discounts": 0,
        "Shipping": 1700,
        "Tax": 0,
    }


def test_a_preview_is_the_later_result(world):
    """The dry run tells the same totals and lines, without ids; the order stays as it is."""
    shop = Shop(world, **TWO_LINES)
    body = {"reason": "stock", "remove": {"items": [{"id": "B", "quantity": 1}]}, "manualDiscountValue": 50}
    preview = shop.send("POST", shop.changes_path("/preview"), body)
    assert preview.status_code == 200
    assert shop.show()["value"] == 10_000
    later = shop.outcome(shop.modify(body))
    assert {"requestId", "workflowId", "status"}.isdisjoint(preview.json)
    same = set(preview.json) - {"date"}
    assert {name: preview.json[name] for name in same} == {name: later[name] for name in same}
    assert preview.json["totalChangeValue"] == -3150


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"manualDiscountValue": 10_000}, (400, "CHK0034")),
        ({"remove": {"items": [{"id": "9", "quantity": 1}]}}, (404, "CHK0035")),
        ({}, (400, "CHK0124")),
    ],
)
def test_a_preview_says_why_not(world, body, refusal):
    """What the change would end as is the answer of the dry run."""
    shop = Shop(world)
    assert code(shop.send("POST", shop.changes_path("/preview"), {"reason": "stock"} | body)) == refusal


MESSAGES = [
    ({"reason": " "}, 400, "Mock.ChangeReason", "Field reason not set"),
    ({"manualDiscountValue": -1}, 400, "CHK0098", "The change value needs to be greater or equal than zero."),
    ({"manualDiscountValue": 0}, 400, "CHK0124", "Invalid change for order."),
    ({"remove": {"items": [{"id": "", "quantity": 1}]}}, 400, "CHK0022", "Invalid id for item."),
    ({"remove": {"items": [{"id": "1", "quantity": 0}]}}, 400, "CHK0023", "Invalid quantity for item."),
    ({"add": {"items": [{"id": "1", "quantity": -3}]}}, 400, "CHK0023", "Invalid quantity for item."),
    (
        {"remove": {"items": [{"id": "9", "quantity": 1}]}},
        404,
        "CHK0035",
        "Removed item does not exist in order: 9",
    ),
    (
        {"remove": {"items": [{"id": "1", "quantity": 1, "uniqueId": "X"}]}},
        400,
        "SalesOrderSystem026",
        "Unable to match an item of article 1 by its uniqueId.",
    ),
]


@pytest.mark.parametrize(("fields", "status", "name", "message"), MESSAGES)
def test_what_the_order_alone_can_tell_is_refused_at_once(world, fields, status, name, message):
    """With version 2's own words; no change is made of it."""
    shop = Shop(world)
    answer = shop.modify({"reason": "stock", "manualDiscountValue": 100} | fields)
    assert (answer.status_code, answer.json["error"]) == (
        status,
        {"code": name, "message": message, "exception": None},
    )
    assert shop.merchant.read(shop.changes_path())["requests"] == []


def test_an_order_in_another_status_is_not_changed(world):
    """Before the handling, when it is invoiced, when it is canceled."""
    before = Shop(world, status="ready-for-handling")
    assert code(before.change("-10")) == (400, "CHK0124")
    invoiced = Shop(world)
    invoiced.output("100")
    assert code(invoiced.change("-10")) == (400, "CHK0124")
    canceled = Shop(world)
    canceled.cancel()
    assert code(canceled.change("-10")) == (400, "SalesOrderSystem008")


def test_units_that_were_invoiced_stay(world):
    """Documented (046): what left in a parcel cannot be removed; the rest can."""
    shop = Shop(world, **TWO_LINES)
    parcel = {
        "type": "Output",
        "issuanceDate": "2024-01-31T10:00:00",
        "invoiceNumber": "N1",
        "invoiceValue": "3100",
        "items": [{"id": "B", "price": 2500, "quantity": 1}],
    }
    assert shop.send("POST", shop.path("/invoice"), parcel).status_code == 200
    assert code(shop.remove(2, "B")) == (400, "SalesOrderSystem046")
    assert shop.outcome(shop.remove(1, "B"))["status"] == "done"


def test_a_failure_that_only_money_knows_ends_the_change(world):
    """Documented: canceled by the system, with the reason in the log; the order is as it was."""
    shop = Shop(world, payments=[{"paymentSystem": 125, "value": 10_000}])
    told = shop.outcome(shop.change("+20"))
    message = "CHK00342: Change order cannot increase the value for this payment method."
    assert told["status"] == "canceled"
    assert told["logs"][-1]["message"] == message
    assert told["cancellationData"]["requestedByUser"] is False
    assert shop.show()["value"] == 10_000
    assert shop.merchant.read(shop.changes_path())["requests"] == []


def test_a_preview_of_an_increase_says_why_not(world):
    """Pix: CHK00342 at once, in version 2's words."""
    shop = Shop(world, payments=[{"paymentSystem": 125, "value": 10_000}])
    answer = shop.send("POST", shop.changes_path("/preview"), {"reason": "more", "manualIncrementValue": 1})
    assert code(answer) == (400, "CHK00342")


def test_version_2_knows_no_limit(world):
    """C8: more than 50 changes of one order."""
    shop = Shop(world)
    for _ in range(51):
        assert shop.outcome(shop.change("-0.01"))["status"] == "done"
    assert shop.show()["value"] == 9949


def test_the_settings_may_allow_another_payment_system(world):
    """`customPaymentSystemsAllowed`: for the account, or for one change."""
    shop = Shop(world, payments=[{"paymentSystem": 125, "value": 10_000}])
    allowed = {"paymentConfiguration": {"customPaymentSystemsAllowed": ["125"]}}
    raised = shop.modify({"reason": "more", "manualIncrementValue": 2000, "settings": allowed})
    assert shop.outcome(raised)["status"] == "done"
    assert shop.send("PUT", SETTINGS, allowed).status_code == 200
    assert shop.outcome(shop.change("+10"))["status"] == "done"
    assert shop.heard() == "authorize A 20, authorize A 10"


def test_a_second_payment_is_of_the_same_kind(world):
    """E3: the increase is one more payment in the same transaction, by the same card."""
    shop = Shop(world)
    shop.change("+20")
    payments = shop.show()["paymentData"]["transactions"][0]["payments"]
    assert [(each["paymentSystemName"], each["value"]) for each in payments] == [("Visa", 10_000), ("Visa", 2000)]
    heard = world.heard[-1].body
    assert heard["card"]["number"] == "4444333322221111"
    assert (heard["value"], heard["installments"], heard["installmentsValue"]) == (20, 1, 20)
    second = shop.merchant.read(f"/api/pvt/transactions/{shop.transaction_id}/payments")[1]
    assert (second["value"], second["referenceValue"], second["installmentsValue"]) == (2000, 2000, 2000)


def test_a_denied_increase_is_not_shown_as_a_payment(world):
    """The payments of the order add up to what it costs."""
    shop = Shop(world)
    shop.perform("change +20 (A denies)")
    payments = shop.show()["paymentData"]["transactions"][0]["payments"]
    assert [each["value"] for each in payments] == [10_000]


# --- One at a time ------------------------------------------------------------------------------------------


def later(shop, **fields):
    """A change that waits for its job; its id."""
    answer = shop.modify({"reason": "stock", "manualDiscountValue": 1000} | LATER | fields)
    assert answer.status_code == 202, answer.text
    return answer.json["requestId"]


def status(shop, change):
    """Where the change is now."""
    return shop.merchant.read(shop.changes_path(f"/{change}"))["status"]


def test_a_delayed_change_runs_by_its_job(world):
    """S11: until then the order is as it was; then the change is done, and the job is gone."""
    shop = Shop(world)
    change = later(shop)
    assert (status(shop, change), shop.show()["value"]) == ("waiting-acknowledgement", 10_000)
    assert shop.merchant.advance(29) == []
    assert shop.merchant.advance(1) == ["change"]
    assert (status(shop, change), shop.show()["value"]) == ("done", 9000)
    assert shop.merchant.advance(86_400 * 3) == []


def test_while_a_change_runs_nothing_else_moves_the_order(world):
    """S11: another change, an invoice, a cancel and version 1 all are told 409 (known issue 1348894)."""
    shop = Shop(world)
    change = later(shop)
    for answer in (shop.change("-10"), shop.output("40"), shop.cancel(), shop.register("-10")):
        assert code(answer) == (409, "SalesOrderSystem014")
    preview = shop.send("POST", shop.changes_path("/preview"), {"reason": "x", "manualDiscountValue": 1})
    assert code(preview) == (409, "SalesOrderSystem014")
    assert (shop.show()["allowCancellation"], shop.show()["allowEdition"]) == (False, False)
    shop.merchant.advance(30)
    assert status(shop, change) == "done"
    assert shop.output("40").status_code == 200


def test_a_waiting_change_may_be_dropped(world):
    """Canceled by its user, with the reason; the order is free again, a second cancel is refused."""
    shop = Shop(world)
    change = later(shop)
    path = shop.changes_path(f"/{change}/cancel")
    assert shop.send("POST", path, {"reason": "found it"}).status_code == 200
    told = shop.merchant.read(shop.changes_path(f"/{change}"))
    assert (told["status"], told["inProgress"]) == ("canceled", False)
    assert told["cancellationData"]["requestedByUser"] is True
    assert told["cancellationData"]["reason"] == "found it"
    assert code(shop.send("POST", path, {"reason": "again"})) == (409, "Mock.CannotCancelChange")
    assert shop.merchant.advance(60) == []
    assert shop.show()["value"] == 10_000
    assert shop.output("100").status_code == 200


def test_a_done_change_is_neither_dropped_nor_retried(world):
    """Documented: it can only be undone by a new change."""
    shop = Shop(world)
    change = shop.change("-10").json["requestId"]
    assert code(shop.send("POST", shop.changes_path(f"/{change}/cancel"), {"reason": "x"})) == (
        409,
        "Mock.CannotCancelChange",
    )
    assert code(shop.send("POST", shop.changes_path(f"/{change}/retry"))) == (409, "SalesOrderSystem016")
    assert shop.outcome(shop.change("+10"))["status"] == "done"


def test_a_waiting_change_may_be_run_at_once(world):
    """Retry: 204, and the job finds nothing left to do."""
    shop = Shop(world)
    change = later(shop)
    answer = shop.send("POST", shop.changes_path(f"/{change}/retry"), {"reason": "ignored"})
    assert (answer.status_code, answer.data) == (204, b"")
    assert status(shop, change) == "done"
    assert shop.merchant.advance(60) == []


def test_a_canceled_change_is_not_retried(world):
    """016 for a change that failed."""
    shop = Shop(world)
    change = shop.change("-100").json["requestId"]
    assert code(shop.send("POST", shop.changes_path(f"/{change}/retry"))) == (409, "SalesOrderSystem016")


# --- A payment that takes its time --------------------------------------------------------------------------


def pending(world, **wanted):
    """A shop whose increase of 20.00 the connector has left undefined; with the id of the change."""
    shop = Shop(world, "partial", **wanted)
    answer = shop.perform("change +20 (A waits)")
    change = shop.outcome(answer)
    assert (change["status"], change["inProgress"]) == ("waiting-confirmation", True)
    world.heard.clear()
    return shop, change["requestId"]


def increase_of(shop):
    """The id of the additional payment."""
    return shop.ledger()["payments"][1]["id"]


def test_an_increase_waits_for_its_payment(world):
    """The order grows only when the payment was approved, and the change notices by itself."""
    shop, change = pending(world)
    assert shop.show()["value"] == 10_000
    path = shop.path(f"/payments/{increase_of(shop)}/payment-notification")
    assert shop.send("POST", path).status_code == 200
    assert shop.merchant.advance(300) == ["change"]
    assert (status(shop, change), shop.show()["value"]) == ("done", 12_000)
    assert shop.output("120").status_code == 200
    assert shop.state() == ["invoiced 120/120", "120 0 0", "yes"]


def test_an_increase_that_stays_pending_is_let_go(world):
    """Known issue 1155646: after five looks the change ends, and the connector is told to let go."""
    shop, change = pending(world)
    assert shop.merchant.advance(24 * 60) == ["change"] * 4
    assert status(shop, change) == "waiting-confirmation"
    assert shop.merchant.advance(60) == ["change"]
    told = shop.merchant.read(shop.changes_path(f"/{change}"))
    assert (told["status"], told["cancellationData"]["requestedByUser"]) == ("canceled", False)
    assert told["logs"][-1]["message"] == "Change process was automatically canceled after failed retries."
    assert shop.heard() == "cancel A 20"
    assert shop.merchant.advance(86_400 * 8 - 25 * 60) == ["auto-settle"]  # the payment of 100.00, after four days
    assert shop.heard() == "settle A 100"
    assert shop.show()["value"] == 10_000


def test_a_pending_increase_may_be_dropped_by_its_user(world):
    """Canceled by the user; the payment is withdrawn, a late approval changes nothing."""
    shop, change = pending(world)
    payment = increase_of(shop)
    assert shop.send("POST", shop.changes_path(f"/{change}/cancel"), {"reason": "no"}).status_code == 200
    assert (status(shop, change), shop.heard()) == ("canceled", "cancel A 20")
    assert shop.send("POST", shop.path(f"/payments/{payment}/payment-notification")).status_code == 400
    assert shop.show()["value"] == 10_000
    assert shop.output("100").status_code == 200
    assert shop.state() == ["invoiced 100/100", "100 0 0", "yes"]


def test_a_change_whose_payment_came_is_not_dropped(world):
    """Approved, though its change has not noticed yet: too late to cancel; then it is done."""
    shop, change = pending(world)
    shop.send("POST", shop.path(f"/payments/{increase_of(shop)}/payment-notification"))
    answer = shop.send("POST", shop.changes_path(f"/{change}/cancel"), {"reason": "no"})
    assert code(answer) == (409, "Mock.CannotCancelChange")
    assert shop.merchant.advance(300) == ["change"]
    assert status(shop, change) == "done"


def test_an_increase_survives_the_end_of_the_process(world):
    """Killed inside the connector's call: the next process asks again under the same key, and the change ends."""
    shop = Shop(world)
    with pytest.raises(Killed):
        shop.perform("change +20 (A dies did)")
    world.restart()
    shop.merchant = world.merchant
    assert [str(each) for each in world.heard] == ["authorize A 20", "authorize A 20"]
    assert len({each.body["paymentId"] for each in world.heard}) == 1
    assert shop.merchant.advance(120) == ["change"]
    assert shop.state() == ["handling 120/0", "0 0 0", "yes"]


# --- Reading ------------------------------------------------------------------------------------------------


def test_versions_do_not_mix(world):
    """Documented (015): after a change of version 1 the order takes no more of version 2."""
    shop = Shop(world)
    shop.register("-10")
    assert code(shop.change("-10")) == (409, "SalesOrderSystem015")
    assert shop.merchant.read(shop.changes_path())["requests"] == []


def test_the_history_has_what_was_done_oldest_first(world):
    """Failed and waiting changes are not in it."""
    shop = Shop(world)
    shop.change("-10")
    shop.change("-100")
    shop.change("-20")
    later(shop)
    told = shop.merchant.read(shop.changes_path())
    assert [each["totalChangeValue"] for each in told["requests"]] == [-1000, -2000]
    assert told["actions"] == []


@pytest.mark.parametrize(
    ("method", "end"),
    [
        ("PATCH", ""),
        ("POST", "/preview"),
        ("GET", ""),
        ("GET", "/nothing"),
        ("POST", "/nothing/retry"),
        ("POST", "/nothing/cancel"),
    ],
)
def test_an_unknown_order_is_not_found(world, method, end):
    """404 with the documented code, whatever is asked of it."""
    path = f"/api/order-system/orders/nobody-01/changes{end}"
    body = {"reason": "stock", "manualDiscountValue": 1} if method != "GET" else None
    assert code(world.merchant.send(method, path, body)) == (404, "CHK0201")


@pytest.mark.parametrize(("method", "end"), [("GET", ""), ("POST", "/retry"), ("POST", "/cancel")])
def test_an_unknown_change_is_not_found(world, method, end):
    """404 with a code of its own."""
    shop = Shop(world)
    body = {"reason": "stock"} if method != "GET" else None
    assert code(shop.send(method, shop.changes_path(f"/nothing{end}"), body)) == (404, "CHK0289")


def test_a_change_belongs_to_its_order(world):
    """Under the path of another order it is not found."""
    shop, other = Shop(world), Shop(world)
    change = shop.change("-10").json["requestId"]
    assert code(other.send("GET", other.changes_path(f"/{change}"))) == (404, "CHK0289")
    assert shop.outcome(shop.change("-1"))["status"] == "done"


def test_a_change_of_version_1_is_not_one_of_version_2(world):
    """Its record cannot be reached by the paths of version 2."""
    shop = Shop(world)
    shop.register("-10")
    with world.store.read("sandbox") as unit:
        ((change, _),) = unit.find(ChangeRecord)
    assert code(shop.send("GET", shop.changes_path(f"/{change}"))) == (404, "CHK0289")


def test_settings_are_replaced_and_shown(world):
    """Before anybody set them they are the defaults and say so."""
    before = world.merchant.read(SETTINGS)
    assert before["rolloutConfiguration"]["usingDefaultBehavior"] is True
    assert before["pipelineConfiguration"]["compensateShippingChanges"] is False
    wanted = {
        "paymentConfiguration": {"customPaymentSystemsAllowed": ["201"]},
        "rolloutConfiguration": {"enableApi": False, "enableMyOrders": {"enabledWorkspaces": ["beta"]}},
        "pipelineConfiguration": {"compensateShippingChanges": True},
    }
    put = world.merchant.send("PUT", SETTINGS, wanted)
    assert put.status_code == 200
    after = world.merchant.read(SETTINGS)
    assert put.json == after
    assert after["paymentConfiguration"] == {"customPaymentSystemsAllowed": ["201"]}
    assert after["rolloutConfiguration"] == {
        "usingDefaultBehavior": False,
        "enableApi": False,
        "enableAdminOrders": {"enabledWorkspaces": ["*"]},
        "enableMyOrders": {"enabledWorkspaces": ["beta"]},
    }
    assert after["pipelineConfiguration"]["compensateShippingChanges"] is True


def test_the_account_may_keep_the_freight(world):
    """`compensateShippingChanges` of the account holds where the change does not say otherwise."""
    world.merchant.send("PUT", SETTINGS, {"pipelineConfiguration": {"compensateShippingChanges": True}})
    shop = Shop(world, **TWO_LINES)
    body = {"reason": "stock", "remove": {"items": [{"id": "B", "quantity": 1}]}}
    assert shop.outcome(shop.modify(body))["totalChangeValue"] == -2500
    other = Shop(world, **TWO_LINES)
    assert other.outcome(other.remove(1, "B"))["totalChangeValue"] == -3100


def test_the_summary_adds_up(world):
    """Original lines, what came and went, and an aggregate that is the sum of the totals (official example)."""
    shop = Shop(world, **TWO_LINES)
    shop.remove(1, "B")
    shop.change("-5")
    shop.change("+1")
    told = shop.merchant.read(f"/api/orders/pvt/document/{shop.id}/change-summary")
    assert [(item["id"], item["quantity"]) for item in told["original"]] == [("A", 1), ("B", 2)]
    assert [(item["id"], item["quantity"], item["price"]) for item in told["removed"]] == [("B", 1, 2500)]
    assert (told["added"], told["replaced"]) == ([], [])
    assert (told["manualDiscountValueAggregated"], told["manualIncrementValueAggregated"]) == (500, 100)
    assert told["totalChangesValueAggregated"] == -3500
    assert told["totalChangeValueAggregated"] == -3500
    assert totals(told) == {"Items": -2500, "Discounts": -500, "Shipping": -600, "Tax": 100}


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"id": "C", "quantity": 1, "price": 3000}, "ItemReplacement"),
        ({"id": "A", "quantity": 1, "price": 2900}, "PriceChange"),
        ({"id": "A", "quantity": 2, "price": 1000}, "QuantityChange"),
    ],
)
def test_the_summary_names_the_kind_of_replacement(world, given, kind):
    """Another article, another price, another quantity."""
    shop = Shop(world, **TWO_LINES)
    pair = {"from": {"items": [{"id": "A", "quantity": 1}]}, "to": {"items": [given]}}
    shop.modify({"reason": "x", "replace": [pair]})
    replaced = shop.merchant.read(f"/api/orders/pvt/document/{shop.id}/change-summary")["replaced"]
    assert [each["replaceType"] for each in replaced] == [kind]


def test_an_order_without_changes_has_a_summary_of_nothing(world):
    """Original lines, zeros; an unknown order is not found."""
    shop = Shop(world)
    told = shop.merchant.read(f"/api/orders/pvt/document/{shop.id}/change-summary")
    assert (told["totalChangesValueAggregated"], len(told["original"])) == (0, 1)
    assert code(shop.send("GET", "/api/orders/pvt/document/nobody-01/change-summary")) == (404, "CHK0201")
