"""What can be read of a transaction and its payments: moments, tokens, events, links."""

import json
import re
from itertools import pairwise

import pytest

HEX = re.compile(r"[0-9A-F]{32}")
STORIES = [
    ("A 100 partial", ["settle 40", "cancel 25", "settle 35", "refund 60"]),
    ("A 40 total, B 60 total", ["settle 100 (B fails)", "advance 3600", "refund 10 (A manually)"]),
    ("new A 100 total", ["authorize (A waits 900)", "advance 300", "cancel 100"]),
]


def told(world, given, lines):
    """The transaction, and its events after each line."""
    transaction = world.given(given)
    views = [transaction.show("/interactions")]
    for line in lines:
        world.perform(transaction, line)
        views.append(transaction.show("/interactions"))
    return transaction, views


# --- Events ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "lines"), STORIES)
def test_an_event_that_was_told_stays_as_it_was(given, lines, world):
    """Newest first, and only ever added to: what was there before is still there, word for word."""
    _, views = told(world, given, lines)
    for before, after in pairwise(views):
        assert after[len(after) - len(before) :] == before


@pytest.mark.parametrize(("given", "lines"), STORIES)
def test_events_have_the_documented_shape(given, lines, world):
    """Id of 32 hexadecimals and its own, transaction, source, message, and one moment in two spellings."""
    transaction, views = told(world, given, lines)
    events = views[-1]
    assert len({each["Id"] for each in events}) == len(events)
    for each in events:
        names = {"Id", "PaymentId", "TransactionId", "Source", "Status", "Date", "Message", "Ticks"}
        assert set(each) == names
        assert HEX.fullmatch(each["Id"])
        assert each["TransactionId"] == transaction.id
        assert each["PaymentId"] in {None, *transaction.names}
        assert re.fullmatch(r"2026-01-01T\d\d:\d\d:\d\d\.\d{7}", each["Date"])
        assert each["Source"]
        assert each["Message"]
    ticks = [each["Ticks"] for each in events]
    assert ticks == sorted(ticks, reverse=True)
    # 2026-01-01T00:00:00 is 739 616 days after 0001-01-01, 864 000 000 000 ticks each.
    assert ticks[-1] == 639_028_224_000_000_000


def test_events_tell_the_documented_messages(world):
    """The words that were seen: status changes with their source, and who asked."""
    transaction = world.given("A 100 total")
    transaction.ask("settle", 10000)
    told_ = [(each["Source"], each["Message"]) for each in reversed(transaction.show("/interactions"))]
    changes = [message for source, message in told_ if source == "TransactionWorkFlowChangeStatus"]
    assert changes == [
        "Status change: from Started to Authorizing.",
        "Status change: from Authorizing to Authorized.",
        "Status change: from Authorized to Approved.",
        "Status change: from Approved to Settling.",
        "Status change: from Settling to Finished.",
    ]
    payments = [message for source, message in told_ if source == "PaymentWorkFlowChangeStatus"]
    assert payments[:2] == [
        "Status change: from Received to Authorizing.",
        "Status change: from Authorizing to Authorized.",
    ]
    assert ("PaymentGateway", "Transaction authorization started\r\nAuthor: vtexappkey-sandbox-LOCAL.") in told_
    assert ("PaymentGateway", "Transaction settlement started\r\nAuthor: vtexappkey-sandbox-LOCAL.") in told_


def test_a_status_change_shows_the_status_that_it_led_to(world):
    """Seen with `Status change: from Started to Authorizing.`: `Transaction Authorizing`."""
    transaction = world.given("A 100 total")
    transaction.ask("settle", 10000)
    changes = [
        (each["Message"], each["Status"])
        for each in transaction.show("/interactions")
        if each["Source"] == "TransactionWorkFlowChangeStatus"
    ]
    assert changes
    for message, status in changes:
        assert status == "Transaction " + message.rstrip(".").rpartition(" ")[2]


# --- The transaction object ------------------------------------------------------------------------------------


def fields_of(transaction):
    """The `fields` of a transaction by name."""
    return {each["name"]: each["value"] for each in transaction.show()["fields"]}


def test_a_started_transaction_shows_what_it_was_started_with(world):
    """Value, reference, channels, owner; the links without host; no tokens yet."""
    shown = world.merchant.start(20000).show()
    assert (shown["id"], shown["value"], shown["status"]) == (shown["transactionId"], 20000, "Started")
    assert (shown["referenceKey"], shown["channel"], shown["salesChannel"]) == ("1234567", "store", "1")
    assert HEX.fullmatch(shown["id"])
    assert shown["owner"] == "vtexappkey-sandbox-LOCAL"
    assert shown["startDate"] == "2026-01-01T00:00:00.0000000Z"
    for name in ("interactions", "settlements", "payments", "refunds", "cancellations", "capabilities"):
        assert shown[name] == {"href": f"/api/pvt/transactions/{shown['id']}/{name}"}
    for name in ("authorization", "commitment", "refunding", "cancelation"):
        assert (shown[f"{name}Token"], shown[f"{name}Date"]) == (None, None)
    assert (shown["timeoutStatus"], shown["totalRefunds"]) == (0, 0)


@pytest.mark.parametrize(
    ("given", "lines", "tokens", "timeout"),
    [
        ("A 100 total", [], {"authorization"}, 0),
        ("A 100 total", ["settle 40"], {"authorization"}, 0),
        ("A 100 total", ["settle 100"], {"authorization", "commitment"}, 3),
        ("A 100 total", ["settle 100", "refund 25"], {"authorization", "commitment", "refunding"}, 3),
        ("A 100 total", ["cancel 100 (A fails)"], {"authorization"}, 1),
        ("A 100 total", ["cancel 100"], {"authorization", "cancelation"}, 3),
    ],
)
def test_each_step_leaves_its_token_and_date(given, lines, tokens, timeout, world):
    """Authorization, commitment, refunding and `cancelation` (with one l) are filled as they happen."""
    transaction = world.given(given)
    for line in lines:
        world.perform(transaction, line)
    shown = transaction.show()
    filled = {
        name for name in ("authorization", "commitment", "refunding", "cancelation") if shown[f"{name}Token"]
    }
    assert filled == tokens
    assert {
        name for name in ("authorization", "commitment", "refunding", "cancelation") if shown[f"{name}Date"]
    } == tokens
    assert shown["timeoutStatus"] == timeout


def test_refunds_add_up_in_the_transaction(world):
    """`totalRefunds` is what connectors gave back; the status stays Finished."""
    transaction = world.given("A 100 total")
    for line in ("settle 100", "refund 20", "refund 15 (A manually)", "refund 30"):
        world.perform(transaction, line)
    shown = transaction.show()
    assert (shown["totalRefunds"], shown["status"]) == (5000, "Finished")


@pytest.mark.parametrize(("mode", "retained"), [("total", "False"), ("hold", "True"), ("partial", "False")])
def test_hold_is_visible(mode, retained, world):
    """`retainPartialSettlements` is the visible trace of Hold."""
    assert fields_of(world.given(f"A 100 {mode}"))["retainPartialSettlements"] == retained


def test_moments_are_spelt_as_the_gateway_does(world):
    """`lastTransitionDate` is American; the time between start and the last transition is in milliseconds."""
    transaction = world.open("A 100 total")
    world.merchant.advance(16 * 3600 + 5 * 60 + 44)
    transaction.authorize()
    fields = fields_of(transaction)
    assert fields["lastTransitionDate"] == "1/1/2026 4:05:44 PM"
    assert fields["TotalTimeSpentInTransitionsUntilThisTransition"] == "57944000.0000"
    assert transaction.show()["authorizationDate"] == "2026-01-01T16:05:44"


def test_a_soft_descriptor_is_kept(world):
    """What the authorization-request says shows on the transaction."""
    transaction = world.open("A 100 total")
    asked = {"transactionId": transaction.id, "softDescriptor": "ACME", "prepareForRecurrency": False}
    assert world.merchant.send("POST", transaction.path("/authorization-request"), asked).status_code == 200
    assert transaction.show()["softDescriptor"] == "ACME"


def test_an_authorization_of_another_transaction_is_refused(world):
    """Path and body name one transaction, or a program has mixed up two shoppers."""
    transaction = world.open("A 100 total")
    answer = world.merchant.send("POST", transaction.path("/authorization-request"), {"transactionId": "F00"})
    assert answer.status_code == 400
    assert "the body is about 'F00'" in answer.json["error"]["message"]
    assert world.heard == []


def test_the_urn_is_kept(world):
    """An optional name of the merchant's own."""
    asked = {"value": 1, "referenceId": "1", "channel": "c", "salesChannel": "1", "urn": "urn:x"}
    assert world.merchant.send("POST", "/api/pvt/transactions", asked).json["urn"] == "urn:x"


# --- The payment object ----------------------------------------------------------------------------------------


def test_a_payment_remembers_its_connector(world):
    """Ids of the connector twice, its last answers as escaped JSON, the card without its middle."""
    transaction = world.given("A 100 partial")
    for line in ("settle 40", "settle 10", "refund 5"):
        world.perform(transaction, line)
    (payment,) = transaction.show("/payments")
    fields = {each["name"]: each["value"] for each in payment["fields"]}
    assert (payment["tid"], payment["nsu"], payment["connector"]) == ("tid-A", "nsu-A", "A")
    assert payment["ConnectorResponses"] == payment["connectorResponse"]
    assert payment["connectorResponse"]["authId"] == "auth-A"
    assert json.loads(fields["authorizationConnectorResponse"])["status"] == "approved"
    last = json.loads(fields["settlementConnectorResponse"])
    assert (last["value"], last["requestId"]) == (10, world.heard[1].body["requestId"])
    assert json.loads(fields["refundingConnectorResponse"])["refundId"] == f"id-{world.heard[2].body['requestId']}"
    assert (fields["firstDigits"], fields["lastDigits"]) == ("444433", "1111")
    assert payment["self"]["href"] == f"/api/pvt/transactions/{transaction.id}/payments/{payment['id']}"
    assert (payment["group"], payment["paymentSystemName"]) == ("creditCard", "Visa")


def test_a_denied_payment_says_why(world):
    """The connector's code and message."""
    transaction = world.open("A 100 total")
    world.perform(transaction, "authorize (A denies)")
    (payment,) = transaction.show("/payments")
    assert (payment["status"], payment["returnCode"], payment["returnMessage"]) == ("Cancelled", "51", "no funds")


def test_payments_keep_their_order(world):
    """As they were sent, over several parcels."""
    transaction = world.merchant.start(10000)
    for values in ((1000, 2000), (3000,), (4000,)):
        transaction.pay(*({"value": value} for value in values))
    assert [each["value"] for each in transaction.show("/payments")] == [1000, 2000, 3000, 4000]


@pytest.mark.parametrize(
    ("lines", "maximum", "changeable"),
    [([], 100, True), (["settle 40"], 60, True), (["cancel 99.99"], 0.01, False), (["settle 100"], 0, False)],
)
def test_the_capabilities_are_decimals(lines, maximum, changeable, world):
    """Known issue 825122: created with 0.01, and no longer changeable when minimum and maximum meet."""
    transaction = world.given("A 100 partial")
    for line in lines:
        world.perform(transaction, line)
    expected = {"isValueChangeable": changeable, "minimumValue": 0.01, "maximumValue": maximum}
    assert transaction.show("/capabilities") == expected


# --- The other prefix ------------------------------------------------------------------------------------------


def test_the_store_domains_prefix_is_the_same_api(shared_app):
    """Known issues show `/api/payments/pvt/transactions` beside `/api/pvt/transactions`: each path has both."""
    rules = {(rule.rule, frozenset(rule.methods)) for rule in shared_app.url_map.iter_rules()}
    ours = {(path, methods) for path, methods in rules if path.startswith("/api/pvt/transactions")}
    assert ours
    assert {(path.replace("/api/pvt/", "/api/payments/pvt/"), methods) for path, methods in ours} <= rules


def test_a_story_may_mix_the_prefixes(world):
    """A transaction started under one is settled under the other."""
    transaction = world.given("A 100 partial")
    path = transaction.path("/settlement-request").replace("/api/pvt/", "/api/payments/pvt/")
    assert world.merchant.send("POST", path, {"value": 4000}).status_code == 200
    assert transaction.ledger()["payments"][0]["captured"] == 4000
