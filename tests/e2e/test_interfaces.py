"""The control plane as section 6 of the design fixes it, on real processes: what outsiders' tests rely on."""

import json
import re
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import requests

SECONDS_MAX = 15
BIN = Path(sys.executable).parent
APP_KEY, APP_TOKEN = "vtexappkey-sandbox-LOCAL", "sandbox"
APPROVED, DENIED = "4444333322221111", "4444333322221112"
ASYNC_APPROVED, ASYNC_DENIED = "4222222222222224", "4222222222222225"
MODES = ("total", "hold", "partial")


def free_port():
    """A port of loopback where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Served:
    """One `serve` command on a free port, until it is closed."""

    def __init__(self, command, *options, ready):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [str(BIN / command), "serve", "--port", f"{self.port}", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = []
        for line in self.process.stdout:
            self.said.append(line)
            if ready in line:
                return
        pytest.fail(f"{command} did not start: {''.join(self.said)}")

    def kill(self):
        """SIGKILL, and gone."""
        self.process.kill()
        self.process.communicate(timeout=SECONDS_MAX)

    def close(self):
        """End it if it still runs."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.communicate(timeout=SECONDS_MAX)


def served_sandbox(*options):
    """A sandbox, ready to answer."""
    return Served("gateway-mock", *options, ready="Not for production")


def served_connector(*options):
    """A reference connector, ready to answer."""
    return Served("ppp-connector", *options, ready="http://127.0.0.1")


class Account:
    """One account of a sandbox, as an outsider's test uses it."""

    def __init__(self, url, pair, connector_url=None):
        self.url, self.pair, self.connector_url = url, pair, connector_url
        self.headers = {"X-VTEX-API-AppKey": pair["appKey"], "X-VTEX-API-AppToken": pair["appToken"]}

    def call(self, method, path, body=None, **options):
        """One call with the account's credentials."""
        headers = self.headers | options.pop("headers", {})
        return requests.request(
            method, self.url + path, json=body, headers=headers, timeout=SECONDS_MAX, **options
        )

    def good(self, method, path, body=None, status=200):
        """What such a call answers, which must have that status."""
        answer = self.call(method, path, body)
        assert answer.status_code == status, (method, path, body, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def refused(self, method, path, body=None, status=400):
        """The error of a call that must be refused with that status, in the envelope."""
        answer = self.call(method, path, body)
        assert answer.status_code == status, (method, path, body, answer.status_code, answer.text)
        error = answer.json()["error"]
        assert set(error) == {"code", "message", "exception"}
        return error

    def connect(self, name, **settings):
        """A connector of this account."""
        return self.good("PUT", f"/_mock/connectors/{name}", settings)

    def ppp(self, mode, name="Mine", **settings):
        """The reference connector, in a mode."""
        return self.connect(name, kind="ppp", url=self.connector_url, mode=mode, **settings)

    def order(self, value=10_000, **order):
        """A new order."""
        return self.good("POST", "/_mock/orders", {"value": value, **order}, 201)

    def ledger(self, made):
        """The ledger of an order's transaction, which must have the fixed shape."""
        found = self.good("GET", f"/_mock/transactions/{made['transactionId']}/ledger")
        assert_ledger(found)
        return found

    def exchanges(self, made):
        """The exchanges of an order's transaction, which must have the fixed shape."""
        found = self.good("GET", f"/_mock/transactions/{made['transactionId']}/exchanges")["exchanges"]
        for exchange in found:
            assert_exchange(exchange)
        return found

    def ask(self, made, what, value):
        """Settle, refund or cancel at the gateway."""
        path = {"settle": "settlement", "refund": "refunding", "cancel": "cancellation"}[what]
        return self.call("POST", f"/api/pvt/transactions/{made['transactionId']}/{path}-request", {"value": value})

    def invoice(self, made, kind, number, value, items=()):
        """An invoice of an order."""
        return self.call(
            "POST",
            f"/api/oms/pvt/orders/{made['orderId']}/invoice",
            {
                "type": kind,
                "issuanceDate": "2026-01-02T10:00:00Z",
                "invoiceNumber": number,
                "invoiceValue": value,
                "items": list(items),
            },
        )

    def change(self, made, request_id, *, discount=0, increment=0):
        """A change of version 1."""
        return self.call(
            "POST",
            f"/api/oms/pvt/orders/{made['orderId']}/changes",
            {
                "requestId": request_id,
                "reason": "Out of stock",
                "discountValue": discount,
                "incrementValue": increment,
            },
        )

    def status(self, made):
        """The order's status."""
        return self.good("GET", f"/api/oms/pvt/orders/{made['orderId']}")["status"]

    def transaction(self, made):
        """The transaction's status."""
        return self.good("GET", f"/api/pvt/transactions/{made['transactionId']}")["status"]

    def received(self, made):
        """What the reference connector says that it was called for, such as `settle 40.00`, first come first."""
        ids = {payment["id"] for payment in self.ledger(made)["payments"]}
        book = requests.get(f"{self.connector_url}/_reference/payments", timeout=SECONDS_MAX)
        calls = json.loads(book.text, parse_float=str)["calls"]
        return [f"{call['operation']} {call['value']}" for call in calls if call["paymentId"] in ids]


def new_account(url, connector_url=None, **body):
    """A new account of a sandbox."""
    made = requests.post(f"{url}/_mock/accounts", json=body, timeout=SECONDS_MAX)
    assert made.status_code == 201, made.text
    return Account(url, made.json(), connector_url)


def assert_ledger(found):
    """The keys and types of section 6, no more and no less."""
    assert set(found) == {"value", "requested", "payments", "order", "balanced", "differences"}
    assert type(found["value"]) is int
    assert set(found["requested"]) == {"settled", "cancelled", "refunded"}
    assert all(type(amount) is int for amount in found["requested"].values())
    for payment in found["payments"]:
        amounts = {"authorized", "captured", "voided", "refunded", "open"}
        assert set(payment) == {"id", "connector", "mode"} | amounts
        assert all(type(payment[name]) is int for name in amounts)
        assert payment["mode"] in MODES
        assert payment["open"] == payment["authorized"] - payment["captured"] - payment["voided"]
    if found["order"] is not None:
        assert set(found["order"]) == {"value", "invoiced", "returned"}
        assert all(type(amount) is int for amount in found["order"].values())
    assert type(found["balanced"]) is bool
    assert all(type(text) is str for text in found["differences"])
    assert found["balanced"] == (not found["differences"])


def assert_exchange(found):
    """The keys of section 6, no more and no less."""
    keys = {
        "operation",
        "paymentId",
        "requestId",
        "attempt",
        "request",
        "response",
        "status",
        "elapsedMs",
        "error",
    }
    assert set(found) == keys
    assert type(found["attempt"]) is int
    assert isinstance(found["elapsedMs"], int | float)


@pytest.fixture(scope="module")
def connector():
    """A reference connector for the module."""
    with closing(served_connector()) as served:
        yield served


@pytest.fixture(scope="module")
def sandbox():
    """A sandbox with a manual clock for the module."""
    with closing(served_sandbox("--store", "memory:", "--clock", "manual")) as served:
        yield served


@pytest.fixture
def account(sandbox, connector):
    """A new account."""
    return new_account(sandbox.url, connector.url)


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
    """The head of the first request that arrives; it is answered with 500."""
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


# --- Ledger and exchanges ----------------------------------------------------------------------------------------


def test_the_ledger_of_a_transaction_without_an_order_has_none(account):
    """`order` is null where the merchant drives the gateway alone."""
    begun = {"value": 1000, "referenceId": "1", "channel": "MKP", "urn": None, "salesChannel": "1"}
    started = account.good("POST", "/api/pvt/transactions", begun)
    ledger = account.ledger({"transactionId": started["transactionId"]})
    assert ledger["order"] is None
    assert ledger["payments"] == []


def test_exchanges_are_told_oldest_first_with_what_was_sent_and_answered(account):
    """Operation, ids, attempt, request, response, status: of each call, credentials masked."""
    account.ppp("partial", appKey="my-app-key", appToken="my-app-token")
    made = account.order()
    account.ask(made, "settle", 4000)
    account.ask(made, "cancel", 1000)
    account.ask(made, "settle", 5000)
    account.ask(made, "refund", 1500)
    answer = account.call("GET", f"/_mock/transactions/{made['transactionId']}/exchanges")
    assert "my-app-token" not in answer.text
    found = account.exchanges(made)
    assert [each["operation"] for each in found] == ["authorize", "settle", "cancel", "settle", "refund"]
    assert [each["request"]["value"] for each in found] == [100.0, 40.0, 10.0, 50.0, 15.0]
    assert [each["status"] for each in found] == [200] * 5
    assert [each["attempt"] for each in found] == [1] * 5
    assert {each["paymentId"] for each in found} == {made["payments"][0]["id"]}
    assert found[0]["requestId"] in (None, made["payments"][0]["id"])  # paymentId is the key of a create
    ids = [each["requestId"] for each in found[1:]]
    assert len(set(ids)) == 4
    assert [each["request"]["requestId"] for each in found[1:]] == ids
    assert [each["response"]["requestId"] for each in found[1:]] == ids
    assert all(each["error"] is None for each in found)


def test_an_unknown_transaction_has_no_ledger_and_no_exchanges(account):
    """404 in the envelope."""
    for what in ("ledger", "exchanges"):
        account.refused("GET", f"/_mock/transactions/{'0' * 32}/{what}", status=404)


# --- Clock -------------------------------------------------------------------------------------------------------


def test_a_manual_clock_moves_when_told(account):
    """`now` and `mode`; advancing tells `now` and what `ran`."""
    before = account.good("GET", "/_mock/clock")
    assert set(before) == {"now", "mode"}
    assert before["mode"] == "manual"
    assert account.good("GET", "/_mock/clock") == before
    moved = account.good("POST", "/_mock/clock", {"advance": 3600})
    assert set(moved) == {"now", "ran"}
    assert moved["now"] > before["now"]
    assert account.good("GET", "/_mock/clock")["now"] == moved["now"]


@pytest.mark.parametrize(
    "body", [{}, {"advance": -1}, {"advance": "1"}, {"advance": None}, {"advance": 10**30}, {"advanced": 1}, []]
)
def test_a_wrong_advance_is_told(account, body):
    """4xx in the envelope, and the clock stands."""
    before = account.good("GET", "/_mock/clock")
    answer = account.call("POST", "/_mock/clock", body)
    assert answer.status_code in (400, 422), answer.text
    assert account.good("GET", "/_mock/clock") == before


def test_advancing_runs_due_jobs_in_order(account):
    """Automatic settlements of two orders on one manual clock: each names job and due, by due."""
    account.connect("Auto", kind="legacy", settlesAfter=60)
    account.connect("Later", kind="legacy", settlesAfter=120)
    later, first = (
        account.order(payments=[{"paymentSystem": 2, "value": 10_000, "connector": name}])
        for name in ("Later", "Auto")
    )
    ran = account.good("POST", "/_mock/clock", {"advance": 59})["ran"]
    assert ran == []
    ran = account.good("POST", "/_mock/clock", {"advance": 3600})["ran"]
    assert all({"job", "due"} <= set(each) for each in ran)
    assert [each["due"] for each in ran] == sorted(each["due"] for each in ran)
    for made in (later, first):
        assert account.ledger(made)["payments"][0]["captured"] == 10_000


# --- Quirks ------------------------------------------------------------------------------------------------------


def test_settle_zero_is_a_quirk_that_is_switched_on_and_off(account):
    """Off: 400 and 1402. On: a settlement of 0 is taken, as known issue 1349027 has it. Off again: refused."""
    account.ppp("partial")
    assert account.good("GET", "/_mock/quirks")["settle.zero"] is False
    made = account.order()
    account.ask(made, "settle", 4000)
    refused = account.ask(made, "settle", 0)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "1402")
    assert account.good("PUT", "/_mock/quirks", {"settle.zero": True})["settle.zero"] is True
    assert account.good("GET", "/_mock/quirks")["settle.zero"] is True
    assert account.ask(made, "settle", 0).status_code == 200
    assert account.transaction(made) == "Finished"
    account.good("PUT", "/_mock/quirks", {"settle.zero": False})
    assert account.ask(account.order(), "settle", 0).status_code == 400


@pytest.mark.parametrize("body", [{"settle.two": True}, {"": True}, {"settle.zero": True, "nothing": False}])
def test_an_unknown_quirk_is_422_and_switches_nothing(account, body):
    """It names the unknown one, and a known one beside it stays off."""
    error = account.refused("PUT", "/_mock/quirks", body, 422)
    assert "quirk" in error["message"]
    assert account.good("GET", "/_mock/quirks")["settle.zero"] is False


@pytest.mark.parametrize("body", [{"settle.zero": "yes"}, {"settle.zero": 1}, [], "settle.zero"])
def test_a_quirk_is_true_or_false(account, body):
    """4xx in the envelope."""
    answer = account.call("PUT", "/_mock/quirks", body)
    assert answer.status_code in (400, 422), answer.text


# --- Faults ------------------------------------------------------------------------------------------------------

KINDS = ("drop-reply", "drop-request", "timeout", "status", "malformed", "duplicate", "delay")


@pytest.mark.parametrize("kind", KINDS)
def test_each_fault_is_survived_and_money_moves_once(account, kind):
    """Whatever happens to a settle on the line, in the end the connector has captured exactly once."""
    account.ppp("partial")
    made = account.order()
    extra = {"seconds": 0} if kind == "delay" else {}
    added = account.call("POST", "/_mock/faults", {"operation": "settle", "kind": kind, **extra})
    assert added.ok, added.text
    assert account.ask(made, "settle", 4000).status_code == 200
    account.good("POST", "/_mock/clock", {"advance": 3600})
    assert account.ledger(made)["payments"][0]["captured"] == 4000
    assert account.ledger(made)["balanced"]
    settles = [each for each in account.exchanges(made) if each["operation"] == "settle"]
    assert len({each["requestId"] for each in settles}) == 1
    if kind not in ("delay", "duplicate"):
        assert settles[0]["error"] or settles[0]["status"] != 200
        assert [each["attempt"] for each in settles] == [1, 2]
    book = requests.get(
        f"{account.connector_url}/_reference/payments/{made['payments'][0]['id']}", timeout=SECONDS_MAX
    ).json()
    assert book["captured"] == 40.0
    arrived = [each for each in account.received(made) if each.startswith("settle")]
    assert len(arrived) == {"drop-reply": 2, "duplicate": 2, "malformed": 2, "timeout": 2, "status": 1}.get(
        kind, 1
    )


def test_faults_are_counted_by_times_and_after_and_consumed_in_order(account):
    """`after` lets calls pass first, `times` says how many are hit, then the next fault's turn comes."""
    account.ppp("partial")
    made = account.order()
    account.good("POST", "/_mock/faults", {"operation": "settle", "kind": "status", "times": 2, "after": 1}, 201)
    for value in (1000, 1100, 1200, 1300):
        assert account.ask(made, "settle", value).status_code == 200
    settles = [each for each in account.exchanges(made) if each["operation"] == "settle"]
    assert [each["status"] for each in settles] == [200, 500, 500, 200]
    assert account.ledger(made)["payments"][0]["captured"] == 2300
    account.good("POST", "/_mock/clock", {"advance": 7200})
    assert account.ledger(made)["payments"][0]["captured"] == 4600


def test_delete_clears_faults(account):
    """The next call is undisturbed."""
    account.ppp("partial")
    made = account.order()
    account.good("POST", "/_mock/faults", {"operation": "settle", "kind": "status", "times": 9}, 201)
    assert account.call("DELETE", "/_mock/faults").ok
    account.ask(made, "settle", 1000)
    assert account.ledger(made)["payments"][0]["captured"] == 1000


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"operation": "settle"},
        {"kind": "status"},
        {"operation": "settle", "kind": "other"},
        {"operation": "capture", "kind": "status"},
        {"operation": "settle", "kind": "status", "times": 0},
        {"operation": "settle", "kind": "status", "times": "1"},
        {"operation": "settle", "kind": "status", "after": -1},
        [],
    ],
)
def test_a_wrong_fault_is_told(account, body):
    """4xx in the envelope, and none waits."""
    answer = account.call("POST", "/_mock/faults", body)
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["error"]["message"]


# --- Reset -------------------------------------------------------------------------------------------------------


def test_reset_forgets_everything_of_the_caller_but_its_credentials(account):
    """Orders, connectors, quirks and faults are gone; the account goes on."""
    account.ppp("partial")
    made = account.order()
    account.good("PUT", "/_mock/quirks", {"settle.zero": True})
    account.good("POST", "/_mock/faults", {"operation": "*", "kind": "status", "times": 5}, 201)
    assert account.call("POST", "/_mock/reset").ok
    assert account.call("GET", f"/api/pvt/transactions/{made['transactionId']}").status_code == 404
    assert account.good("GET", "/_mock/quirks")["settle.zero"] is False
    assert "Mine" not in account.call("GET", "/_mock/connectors").text
    account.ppp("partial")
    assert account.ledger(account.order())["payments"][0]["authorized"] == 10_000


# --- Commands ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        ("gateway-mock", "serve", "--port", "0"),
        ("gateway-mock", "serve", "--port", "65536"),
        ("gateway-mock", "serve", "--port", "x"),
        ("gateway-mock", "serve", "--clock", "fast"),
        ("gateway-mock", "serve", "--mode", "half"),
        ("gateway-mock", "serve", "--mode", "partial", "--store", "memory:"),
        ("gateway-mock", "serve", "--store", "oracle://x"),
        ("gateway-mock", "serve", "--store", "nonsense"),
        ("gateway-mock", "serve", "--store", "memory:", "--connector", "nonsense"),
        ("gateway-mock", "serve", "--stor", "memory:"),
        ("gateway-mock", "dmo"),
        ("ppp-connector", "serve", "--port", "-1"),
        ("ppp-connector", "serve", "--defect", "no-such-defect"),
    ],
)
def test_a_wrong_command_line_ends_with_2_and_one_clear_line(command, tmp_path):
    """No traceback, no server."""
    ended = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        cwd=tmp_path,
        check=False,
    )
    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("Error: ")
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_list_defects_needs_no_server():
    """It lists them and ends with 0."""
    ended = subprocess.run(
        [str(BIN / "ppp-connector"), "serve", "--list-defects"],
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert ended.returncode == 0
    assert "double-settle-on-repeat" in ended.stdout


def test_several_defects_are_switched_on(sandbox):
    """`--defect` may be repeated, and the connector behaves so: both are seen by the sandbox."""
    with closing(served_connector("--defect", "dedupe-by-value", "--defect", "no-refunds")) as broken:
        account = new_account(sandbox.url, broken.url)
        account.ppp("partial")
        made = account.order()
        for _ in range(2):
            account.ask(made, "settle", 2000)
        account.ask(made, "refund", 500)
        book = requests.get(f"{broken.url}/_reference/payments", timeout=SECONDS_MAX).json()
        assert set(book["defects"]) == {"dedupe-by-value", "no-refunds"}
        assert book["payments"][0]["captured"] == 20.0
        assert book["payments"][0]["refunded"] == 0.0


def test_serve_takes_a_connector_and_a_mode(connector):
    """Every account of it gets that connector in that mode; the reading of the other modes is the demo's."""
    options = ("--store", "memory:", "--connector", connector.url, "--mode", "partial", "--clock", "manual")
    with closing(served_sandbox(*options)) as served:
        for account in (
            Account(served.url, {"appKey": APP_KEY, "appToken": APP_TOKEN}, connector.url),
            new_account(served.url, connector.url),
        ):
            made = account.order()
            account.ask(made, "settle", 4000)
            assert account.ledger(made)["payments"][0]["mode"] == "partial"
            assert account.received(made)[1:] == ["settle 40.00"]
