"""Accounts, connectors and orders of the control plane, as its fixed interface has them, on real processes."""

import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import requests

from tests.e2e.test_interfaces_stage import (
    APP_KEY,
    APP_TOKEN,
    APPROVED,
    DENIED,
    MODES,
    SECONDS_MAX,
    Account,
    new_account,
    served_connector,
)

# --- Accounts and credentials ------------------------------------------------------------------------------------


def test_the_first_credentials_work_without_making_an_account(sandbox):
    """A fresh sandbox has the one pair of section 6."""
    first = Account(sandbox.url, {"appKey": APP_KEY, "appToken": APP_TOKEN})
    assert first.order()["orderId"]


def test_health_asks_for_no_credentials(sandbox):
    """Whoever waits for the sandbox has none yet."""
    assert requests.get(f"{sandbox.url}/_mock/health", timeout=SECONDS_MAX).status_code == 200


@pytest.mark.parametrize("named", [True, False])
def test_an_account_is_made_with_and_without_a_name(sandbox, named):
    """201 with account, appKey and appToken."""
    name = {"account": "shop-of-mine"} if named else {}
    made = requests.post(f"{sandbox.url}/_mock/accounts", json=name, timeout=SECONDS_MAX)
    assert made.status_code == 201
    assert set(made.json()) == {"account", "appKey", "appToken"}
    if named:
        assert made.json()["account"] == "shop-of-mine"


def test_an_account_is_made_without_any_body(sandbox):
    """`account` is optional, so a POST without a body is one without a name."""
    made = requests.post(f"{sandbox.url}/_mock/accounts", timeout=SECONDS_MAX)
    assert made.status_code == 201, made.text


@pytest.mark.parametrize("body", [{"account": 5}, {"account": ""}, {"account": "a/b"}, {"acount": "x"}, [], "x"])
def test_a_wrong_account_name_is_told(sandbox, body):
    """4xx in the envelope, and no account."""
    made = requests.post(f"{sandbox.url}/_mock/accounts", json=body, timeout=SECONDS_MAX)
    assert made.status_code in (400, 422), made.text
    assert made.json()["error"]["message"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-VTEX-API-AppKey": APP_KEY},
        {"X-VTEX-API-AppToken": APP_TOKEN},
        {"X-VTEX-API-AppKey": APP_KEY, "X-VTEX-API-AppToken": "wrong"},
        {"X-VTEX-API-AppKey": "wrong", "X-VTEX-API-AppToken": APP_TOKEN},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/pvt/transactions"),
        ("GET", "/api/oms/pvt/orders/1-01"),
        ("GET", "/api/pvt/transactions/00000000000000000000000000000000"),
        ("POST", "/api/pvt/affiliations"),
        ("GET", "/api/order-system/orders/changes/settings"),
    ],
)
def test_without_the_right_credentials_it_is_401(sandbox, headers, method, path):
    """In the error envelope, with the code that was seen."""
    answer = requests.request(method, sandbox.url + path, json={}, headers=headers, timeout=SECONDS_MAX)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "1"


def test_whoever_may_control_needs_no_credentials_but_no_wrong_ones(sandbox):
    """Without a pair the control plane speaks of the first account; a half or wrong pair is 401, not that one."""
    first = Account(sandbox.url, {"appKey": APP_KEY, "appToken": APP_TOKEN})
    first.connect("Seen", kind="legacy")
    assert "Seen" in requests.get(f"{sandbox.url}/_mock/connectors", timeout=SECONDS_MAX).text
    for wrong in (
        {"X-VTEX-API-AppKey": APP_KEY},
        {"X-VTEX-API-AppToken": APP_TOKEN},
        {"X-VTEX-API-AppToken": "wrong"},
        {"X-VTEX-API-AppKey": "wrong", "X-VTEX-API-AppToken": APP_TOKEN},
    ):
        answer = requests.get(f"{sandbox.url}/_mock/connectors", headers=wrong, timeout=SECONDS_MAX)
        assert answer.status_code == 401, wrong


def test_accounts_do_not_see_each_other(sandbox, connector):
    """Another account's transaction and order are 404; its connectors are not listed; its reset is its own."""
    mine, other = (new_account(sandbox.url, connector.url) for _ in range(2))
    mine.ppp("hold")
    made = mine.order()
    for path in (
        f"/api/pvt/transactions/{made['transactionId']}",
        f"/api/pvt/transactions/{made['transactionId']}/settlements",
        f"/api/oms/pvt/orders/{made['orderId']}",
        f"/_mock/transactions/{made['transactionId']}/ledger",
        f"/_mock/transactions/{made['transactionId']}/exchanges",
    ):
        assert other.refused("GET", path, status=404)["message"]
    assert other.ask(made, "settle", 100).status_code == 404
    assert other.invoice(made, "Output", "1", 100).status_code == 404
    assert "Mine" not in {each["name"] for each in other.good("GET", "/_mock/connectors")["connectors"]}
    assert other.call("POST", "/_mock/reset").ok
    assert mine.status(made) == "handling"
    assert mine.call("POST", "/_mock/reset").ok
    assert mine.call("GET", f"/api/oms/pvt/orders/{made['orderId']}").status_code == 404


def test_parallel_tests_take_an_account_each(sandbox, connector):
    """16 clients at once, each with its own account, quirk and story; nobody sees anything of the others."""

    def story(number):
        mine = new_account(sandbox.url, connector.url)
        mine.ppp(MODES[number % 3])
        mine.good("PUT", "/_mock/quirks", {"settle.zero": number % 2 == 0})
        made = mine.order(10_000 + number)
        assert mine.invoice(made, "Output", "1", 4_000 + number).status_code == 200
        assert mine.ask(made, "settle", 0).status_code == (200 if number % 2 == 0 else 400)
        assert mine.good("GET", "/api/oms/pvt/orders")["paging"]["total"] == 1
        return mine.pair["account"], mine.ledger(made)["order"]["value"]

    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(story, range(16)))
    assert len({account for account, _ in told}) == 16
    assert [value for _, value in told] == [10_000 + number for number in range(16)]


# --- Connectors --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["hold", "partial"])
def test_a_legacy_connector_refuses_hold_and_partial(account, mode):
    """422, with words that say why, and nothing is configured."""
    error = account.refused("PUT", "/_mock/connectors/Old", {"kind": "legacy", "mode": mode}, 422)
    assert mode in error["message"].lower()
    assert "Old" not in {each["name"] for each in account.good("GET", "/_mock/connectors")["connectors"]}


def test_connectors_are_listed_as_configured(account):
    """Name, kind, mode and URL come back; the token does not."""
    account.ppp("partial", appKey="key", appToken="secret-token", headers="provider", paymentSystems=[4])
    account.connect("Old", kind="legacy")
    answer = account.call("GET", "/_mock/connectors")
    found = {each["name"]: each for each in answer.json()["connectors"]}
    assert (found["Mine"]["kind"], found["Mine"]["mode"], found["Mine"]["url"]) == (
        "ppp",
        "partial",
        account.connector_url,
    )
    assert (found["Old"]["kind"], found["Old"]["mode"]) == ("legacy", "total")
    assert "secret-token" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "other"},
        {"kind": "ppp"},
        {"kind": "ppp", "url": "no url"},
        {"kind": "ppp", "url": "ftp://127.0.0.1"},
        {"kind": "ppp", "url": "http://127.0.0.1:1", "mode": "half"},
        {"kind": "ppp", "url": "http://127.0.0.1:1", "headers": "both"},
        {"kind": "ppp", "url": "http://127.0.0.1:1", "paymentSystems": ["2"]},
        {"kind": "ppp", "url": "http://127.0.0.1:1", "paymentSystem": [2]},
        {"kind": "ppp", "url": 5},
        [],
    ],
)
def test_a_wrong_connector_is_told(account, body):
    """4xx in the envelope, and it is not there afterwards."""
    answer = account.call("PUT", "/_mock/connectors/Wrong", body)
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["error"]["message"]
    assert "Wrong" not in account.call("GET", "/_mock/connectors").text


@pytest.mark.parametrize(
    ("headers", "prefix"), [("vtex", "X-VTEX-API"), ("provider", "X-PROVIDER-API"), (None, "X-VTEX-API")]
)
def test_the_connector_gets_its_credentials_in_the_wanted_headers(sandbox, headers, prefix):
    """`headers` says which pair travels, vtex by default; appKey and appToken are sent as configured."""
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as pool:
        listening.settimeout(SECONDS_MAX)
        seen = pool.submit(first_request, listening)
        account = new_account(sandbox.url)
        wanted = {"headers": headers} if headers else {}
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        account.connect("Mine", kind="ppp", url=url, appKey="my-key", appToken="my-token", **wanted)
        account.call("POST", "/_mock/orders", {"value": 1000})
        lines = seen.result(SECONDS_MAX).split("\r\n")
    sent = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
    assert lines[0] == "POST /payments HTTP/1.1"
    assert sent[f"{prefix}-AppKey".lower()] == "my-key"
    assert sent[f"{prefix}-AppToken".lower()] == "my-token"
    other = {"X-VTEX-API": "X-PROVIDER-API", "X-PROVIDER-API": "X-VTEX-API"}[prefix]
    assert f"{other}-AppKey".lower() not in sent


def first_request(listening):
    """The head of the first request but for the manifest, which is read before; all are answered with 500."""
    head = "GET /manifest"
    while head.startswith("GET /manifest"):
        caller, _ = listening.accept()
        with caller:
            head = caller.recv(65_536).decode("latin-1").partition("\r\n\r\n")[0]
            caller.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    return head


def test_a_connector_that_wants_credentials_gets_them(sandbox):
    """The reference connector with a pair of its own: the right one authorizes, a wrong one does not."""
    with closing(served_connector("--app-key", "K", "--app-token", "T")) as guarded:
        right = new_account(sandbox.url, guarded.url)
        right.ppp("total", appKey="K", appToken="T", headers="provider")
        made = right.order()
        assert right.ledger(made)["payments"][0]["authorized"] == 10_000
        masked = json.dumps(right.exchanges(made))
        assert not re.search(r'"T"', masked)
        wrong = new_account(sandbox.url, guarded.url)
        wrong.ppp("total", appKey="K", appToken="no")
        answer = wrong.call("POST", "/_mock/orders", {"value": 1000})
        assert answer.status_code < 500


# --- Orders ------------------------------------------------------------------------------------------------------


def test_an_order_of_a_value_alone(account):
    """201 with orderId, orderGroup, transactionId and payments; the order is in handling."""
    account.ppp("partial")
    made = account.order()
    assert {"orderId", "orderGroup", "transactionId", "payments"} <= set(made)
    assert re.fullmatch(r"[0-9A-F]{32}", made["transactionId"])
    (payment,) = made["payments"]
    assert re.fullmatch(r"[0-9A-F]{32}", payment["id"])
    assert account.status(made) == "handling"
    assert account.transaction(made) == "Approved"
    ledger = account.ledger(made)
    assert ledger["value"] == 10_000
    assert ledger["order"] == {"value": 10_000, "invoiced": 0, "returned": 0}
    assert account.received(made) == ["authorize 100.00"]


def test_an_order_with_items_and_shipping(account):
    """Items and freight make its totals; the shopper pays the value."""
    items = [{"id": "A", "price": 3000, "quantity": 1}, {"id": "B", "price": 2500, "quantity": 2}]
    made = account.order(10_000, shipping=2000, items=items)
    order = account.good("GET", f"/api/oms/pvt/orders/{made['orderId']}")
    assert order["value"] == 10_000
    assert [(item["id"], item["price"], item["quantity"]) for item in order["items"]] == [
        ("A", 3000, 1),
        ("B", 2500, 2),
    ]
    totals = {total["id"]: total["value"] for total in order["totals"]}
    assert (totals["Items"], totals["Shipping"]) == (8000, 2000)
    assert sum(totals.values()) == 10_000


def test_an_order_with_several_payments_and_connectors(account):
    """Each payment goes to the connector that it names, with its installments."""
    account.ppp("partial", "First")
    account.ppp("partial", "Second")
    made = account.order(
        payments=[
            {"paymentSystem": 2, "value": 7000, "connector": "First", "card": APPROVED, "installments": 3},
            {"paymentSystem": 4, "value": 3000, "connector": "Second", "card": {"number": APPROVED}},
        ]
    )
    ledger = account.ledger(made)
    assert [(each["connector"], each["mode"], each["authorized"]) for each in ledger["payments"]] == [
        ("First", "partial", 7000),
        ("Second", "partial", 3000),
    ]
    assert [each["id"] for each in made["payments"]] == [each["id"] for each in ledger["payments"]]
    first, second = account.exchanges(made)
    assert first["request"]["installments"] == 3
    assert second["request"]["value"] == 30.0
    assert account.received(made) == ["authorize 70.00", "authorize 30.00"]


@pytest.mark.parametrize("body", ["payments", "items"])
def test_an_empty_list_is_as_good_as_none(account, body):
    """Both are optional."""
    assert account.order(**{body: []})["orderId"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"value": 0},
        {"value": -1},
        {"value": 100.5},
        {"value": "10000"},
        {"value": None},
        {"value": 10_000, "payments": [{"paymentSystem": 2, "value": 9_999}]},
        {"value": 10_000, "payments": [{"paymentSystem": 2, "value": 10_000, "connector": "Nobody"}]},
        {"value": 10_000, "payments": [{"paymentSystem": 2, "value": 10_000, "card": "4111"}]},
        {"value": 10_000, "payments": [{"paymentSystem": 2, "value": 10_000, "installments": 0}]},
        {"value": 10_000, "items": [{"id": "A", "price": -1, "quantity": 1}]},
        {"value": 10_000, "items": [{"id": "A", "price": 1, "quantity": 0}]},
        {"value": 10_000, "items": [{"id": "A", "price": 1, "quantity": -1}]},
        {"value": 10_000, "shipping": -1},
        {"value": 10_000, "shiping": 1},
        {"value": 10_000, "shipping": 10_001},
        {"value": 10**400},
        [],
    ],
)
def test_a_wrong_order_is_told(account, body):
    """4xx in the envelope, and no order is made."""
    answer = account.call("POST", "/_mock/orders", body)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json()["error"]["message"]
    assert account.good("GET", "/api/oms/pvt/orders")["paging"]["total"] == 0


def test_a_denied_card_makes_an_order_that_is_cancelled(account):
    """A denied payment cancels the whole transaction (documented); the answer says so."""
    account.ppp("partial")
    answer = account.call(
        "POST",
        "/_mock/orders",
        {"value": 1000, "payments": [{"paymentSystem": 2, "value": 1000, "card": DENIED}]},
    )
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert account.transaction(made) == "Cancelled"
    assert account.status(made) == "canceled"
