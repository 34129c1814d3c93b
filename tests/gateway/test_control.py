"""The control plane: connectors, clock, quirks, what went over the line."""

import json
from decimal import Decimal

import pytest

from tests.gateway.wire_stage import fault_of


def test_it_is_well(world):
    """`/_mock/health` answers as soon as the sandbox does, and says on every answer that it is a mock."""
    answer = world.app.test_client().get("/_mock/health")
    assert (answer.status_code, answer.json, answer.headers["X-Mock"]) == (200, {"status": "ok"}, "gateway-mock")


# --- Connectors ------------------------------------------------------------------------------------------------


def test_a_connector_is_shown_as_it_was_put(world):
    """Every setting comes back but the token; the payment systems route to it."""
    settings = {
        "kind": "ppp",
        "url": "http://a.test",
        "mode": "hold",
        "appKey": "key-1",
        "headers": "provider",
        "paymentSystems": [2, 4],
    }
    answer = world.merchant.put_connector("acme", **settings, appToken="secret")
    assert answer.status_code == 200
    assert {name: answer.json[name] for name in settings} == settings
    assert answer.json["name"] == "acme"
    assert answer.json in world.merchant.read("/_mock/connectors")["connectors"]


def test_a_connector_put_again_is_changed(world):
    """One name is one connector: its new settings count for new transactions."""
    for mode in ("total", "partial"):
        world.merchant.put_connector("A", kind="ppp", url="http://a.test", mode=mode, paymentSystems=[2])
    named = [each for each in world.merchant.read("/_mock/connectors")["connectors"] if each["name"] == "A"]
    assert [each["mode"] for each in named] == ["partial"]


def test_a_transaction_keeps_the_mode_of_its_authorization(world):
    """S23: a connector that is switched to Partial later leaves the authorized transaction in Hold."""
    transaction = world.given("A 100 hold")
    world.merchant.put_connector("A", kind="ppp", url="http://a.test", mode="partial", paymentSystems=[2])
    transaction.ask("settle", 4000)
    assert world.heard == []
    assert transaction.ledger()["payments"][0]["mode"] == "hold"


@pytest.mark.parametrize("mode", ["hold", "partial"])
def test_a_legacy_connector_cannot_hold_or_settle_in_part(mode, world):
    """422, and the connector is not there (release note of 2022-06-27)."""
    answer = world.merchant.put_connector("old", kind="legacy", mode=mode)
    assert (answer.status_code, fault_of(answer)) == (422, None)
    assert "old" not in [each["name"] for each in world.merchant.read("/_mock/connectors")["connectors"]]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "ppf"},
        {"kind": None},
        {"mode": "TOTAL"},
        {"mode": "half"},
        {"headers": "both"},
        {"paymentSystems": [0]},
        {"paymentSystems": [-1]},
        {"paymentSystems": ["2"]},
        {"paymentSystems": [2**31]},
        {"settlesAfter": -1},
        {"unknown": 1},
    ],
    ids=str,
)
def test_what_is_no_connector_is_refused(change, world):
    """A 4xx in the envelope, and the account's connectors stay as they were."""
    before = world.merchant.read("/_mock/connectors")
    answer = world.merchant.put_connector("A", **({"kind": "ppp", "url": "http://a.test"} | change))
    assert fault_of(answer) is None
    assert world.merchant.read("/_mock/connectors") == before


ADDRESSES = [
    "",
    "nonsense",
    "ftp://a.test",
    "http://",
    "http:///path",
    "http://user:password@a.test",
    "http://a.test?query=1",
    "http://a.test#part",
    "http://a.test:0",
    "http://a.test:99999",
    "http://[::1",
    "http://a b.test",
    "http://a.test\r\nHost: b",
    "http://\x00",
    "http://" + "a" * 300 + ".test",
    "http://127.0.0.1:1",
]


@pytest.mark.parametrize("url", ADDRESSES, ids=lambda url: repr(url[:40]))
def test_an_address_that_cannot_be_called_is_refused_or_survived(url, open_world):
    """Refused when it is put, or the payment waits as with a connector that is away: never a 5xx."""
    world = open_world(transport=lambda _url: None)
    answer = world.merchant.put_connector("A", kind="ppp", url=url, paymentSystems=[2])
    if answer.status_code != 200:
        assert fault_of(answer) is None
        return
    transaction = world.merchant.start(10000)
    assert transaction.pay({"value": 10000}).status_code == 201
    answer = transaction.authorize()
    assert (answer.status_code, answer.json.get("statusDetail")) == (200, "Authorizing"), answer.text
    assert transaction.show("/payments")[0]["returnMessage"]


@pytest.mark.parametrize("name", ["appKey", "appToken"])
@pytest.mark.parametrize("text", ["a\r\nb: c", "\x00", "caf\u00e9", "\U0001f4b8", "\u007f"], ids=repr)
def test_credentials_that_cannot_travel_are_refused_or_survived(name, text, open_world):
    """A header takes printable ASCII: refused when it is put, or the payment waits; never a 5xx."""
    world = open_world(transport=lambda _url: None)
    settings = {"kind": "ppp", "url": "http://127.0.0.1:1", "paymentSystems": [2], name: text}
    answer = world.merchant.put_connector("A", **settings)
    if answer.status_code != 200:
        assert fault_of(answer) is None
        return
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000})
    assert transaction.authorize().status_code == 200


# --- The clock -------------------------------------------------------------------------------------------------


def test_a_manual_clock_moves_only_when_told(world):
    """It begins on 2026-01-01 and goes where it is told, to the millisecond."""
    assert world.merchant.read("/_mock/clock") == {"now": "2026-01-01T00:00:00.000Z", "mode": "manual"}
    for seconds, now in ((0, "00:00:00.000"), (1.5, "00:00:01.500"), (86_398.5, "24:00:00")):
        answer = world.merchant.send("POST", "/_mock/clock", {"advance": seconds})
        expected = "2026-01-02T00:00:00.000Z" if now == "24:00:00" else f"2026-01-01T{now}Z"
        assert answer.json == {"now": expected, "ran": []}


def test_what_falls_due_runs_in_order_each_at_its_moment(world):
    """Two retries and an automatic settle: oldest first, each with its due time, and dated so."""
    world.connectors["A"].delays = {"delayToAutoSettle": 5400}
    first, second = world.given("A 100 partial"), world.given("B 100 partial")
    world.perform(second, "settle 40 (B fails)")
    answer = world.merchant.send("POST", "/_mock/clock", {"advance": 7200})
    ran = [(each["job"], each["due"]) for each in answer.json["ran"]]
    assert ran == [("send", "2026-01-01T01:00:00.000Z"), ("auto-settle", "2026-01-01T01:30:00.000Z")]
    (action,) = first.show("/settlements")["actions"]
    assert action["date"] == "2026-01-01T01:30:00.0000000Z"
    assert answer.json["now"] == "2026-01-01T02:00:00.000Z"


@pytest.mark.parametrize("advance", [-1, "1", None, True, [1], 1e12, {}], ids=repr)
def test_a_clock_that_cannot_go_there_stays(advance, world):
    """Backwards, or no number: a 4xx, and it stands where it stood."""
    answer = world.merchant.send("POST", "/_mock/clock", {"advance": advance})
    assert fault_of(answer) is None
    assert world.merchant.read("/_mock/clock")["now"] == "2026-01-01T00:00:00.000Z"


def test_a_real_clock_is_not_moved(open_world):
    """409 in the envelope; it tells the time all the same."""
    world = open_world(clock="real")
    answer = world.merchant.send("POST", "/_mock/clock", {"advance": 1})
    assert (answer.status_code, fault_of(answer)) == (409, None)
    assert world.merchant.read("/_mock/clock")["mode"] == "real"


def test_the_clock_stands_where_it_stood_after_a_restart(open_world):
    """Over a database a manual clock survives."""
    world = open_world("sqlite")
    world.merchant.advance(3600)
    world.restart()
    assert world.merchant.read("/_mock/clock")["now"] == "2026-01-01T01:00:00.000Z"


# --- Quirks ----------------------------------------------------------------------------------------------------

QUIRKS = {
    "settle.zero",
    "amount.interest-not-settled",
    "total-ignores-partial-cancel",
    "single-settle-id",
    "cancel-after-capture-refunds",
    "refund-card-first",
    "invoice-number-once",
    "cancel-in-two-steps",
}


def test_all_quirks_are_off_at_first(world):
    """A fresh account behaves as recommended."""
    quirks = world.merchant.read("/_mock/quirks")
    assert set(quirks) >= QUIRKS
    assert set(quirks.values()) == {False}


def test_a_quirk_is_switched_on_and_off(world):
    """Only the named one changes, and the answer tells how all stand."""
    on = world.merchant.send("PUT", "/_mock/quirks", {"settle.zero": True})
    assert {name for name, value in on.json.items() if value} == {"settle.zero"}
    assert world.merchant.read("/_mock/quirks") == on.json
    off = world.merchant.send("PUT", "/_mock/quirks", {"settle.zero": False})
    assert set(off.json.values()) == {False}


def test_an_unknown_quirk_is_refused(world):
    """422, and the known one beside it was not switched."""
    answer = world.merchant.send("PUT", "/_mock/quirks", {"settle.zero": True, "settle.nothing": True})
    assert (answer.status_code, fault_of(answer)) == (422, None)
    assert world.merchant.read("/_mock/quirks")["settle.zero"] is False


SEEN = """
quirk                        | given                   | requests                      | off                                                     | on
settle.zero                  | A 100 partial           | settle 60; settle 0           | settle A 60 -> 400                                      | settle A 60 -> 200
total-ignores-partial-cancel | A 100 total             | cancel 20; settle 80          | settle A 80 -> 200                                      | settle A 100 -> 200
single-settle-id             | A 100 partial           | settle 60; settle 40; refund 80 | settle A 60, settle A 40, refund A 60, refund A 20 -> 200 | settle A 60, settle A 40, refund A 80 -> 200
cancel-after-capture-refunds | A 100 total             | settle 60; cancel 40          | settle A 100 -> 400                                     | settle A 100, refund A 40 -> 200
refund-card-first            | A 60 total, C 40 total  | settle 100; refund 50         | settle C 40, settle A 60, refund C 40, refund A 10 -> 200 | settle C 40, settle A 60, refund A 50 -> 200
refund-card-first            | A 60 partial, C 40 partial | settle 40; refund 50; settle 60 | settle C 40, settle A 60 -> 200                        | settle C 40, refund C 40, settle A 60, refund A 10 -> 200
"""  # noqa: E501


@pytest.mark.parametrize("row", SEEN.strip().splitlines()[1:], ids=lambda row: row.split()[0])
def test_a_quirk_does_what_its_name_says(row, world):
    """Off gives the recommended behaviour, on the one that was seen."""
    quirk, given, requests, *expected = (cell.strip() for cell in row.split("|"))
    found = []
    for value in (False, True):
        world.merchant.send("PUT", "/_mock/quirks", {quirk: value})
        transaction = world.given(given)
        answers = [world.perform(transaction, line.strip()).status_code for line in requests.split(";")]
        found.append(f"{', '.join(map(str, world.heard))} -> {answers[-1]}")
    assert found == expected


# --- What went over the line -----------------------------------------------------------------------------------


def test_exchanges_are_told_in_order_with_their_decimals(world):
    """Every try of every call: its key, its attempt, its messages to the letter, its HTTP status."""
    transaction = world.given("A 100 partial")
    world.perform(transaction, "settle 40 (A fails)")
    world.merchant.advance(3600)
    transaction.ask("refund", 1500)
    path = f"/_mock/transactions/{transaction.id}/exchanges"
    told = json.loads(world.merchant.send("GET", path).text, parse_float=Decimal)["exchanges"]
    (payment,) = transaction.names
    assert [(each["operation"], each["attempt"], each["status"]) for each in told] == [
        ("authorize", 1, 200),
        ("settle", 1, 500),
        ("settle", 2, 200),
        ("refund", 1, 200),
    ]
    assert {each["paymentId"] for each in told} == {payment}
    assert told[1]["requestId"] == told[2]["requestId"] != told[3]["requestId"]
    assert [each["request"] for each in told[1:]] == [heard.body for heard in world.heard]
    assert '"value":40.00' in world.merchant.send("GET", path).text.replace(" ", "")
    assert told[2]["response"]["settleId"] == f"id-{told[2]['requestId']}"
    assert all(each["elapsedMs"] >= 0 for each in told)
    assert told[3]["error"] is None


@pytest.mark.parametrize(
    ("answer", "status", "response"),
    [("garbles", 200, "<html>It works!</html>"), ("drops", None, None)],
)
def test_an_exchange_tells_what_went_wrong(answer, status, response, world):
    """What is no JSON is shown as text, what never came as null; `error` says why."""
    transaction = world.given("A 100 partial")
    world.perform(transaction, f"settle 40 (A {answer})")
    told = transaction.exchanges()[-1]
    assert (told["status"], told["response"]) == (status, response)
    assert told["error"]


def test_a_legacy_connector_has_no_exchanges(world):
    """It is a class inside the gateway: nothing goes over a line."""
    transaction = world.given("A 100 total legacy")
    transaction.ask("settle", 10000)
    assert transaction.exchanges() == []
    assert transaction.ledger()["payments"][0]["captured"] == 10000


def test_no_exchange_shows_credentials(world):
    """The connector's key and token are masked wherever a call is told."""
    settings = {"appKey": "k3y-of-a", "appToken": "t0ken-of-a"}
    world.merchant.put_connector("A", kind="ppp", url="http://a.test", paymentSystems=[2], **settings)
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000})
    transaction.authorize()
    text = world.merchant.send("GET", f"/_mock/transactions/{transaction.id}/exchanges").text
    assert "k3y-of-a" not in text
    assert "t0ken-of-a" not in text
