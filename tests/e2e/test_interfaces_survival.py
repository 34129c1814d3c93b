"""An outsider who is not nice: hostile bodies, crowds, kills; nothing is lost, nothing is doubled."""

import json
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import pytest
import requests

from tests.e2e.test_interfaces_stage import SECONDS_MAX, Account, new_account, served_sandbox


@pytest.fixture
def account(sandbox, connector):
    """A new account with the reference connector in Partial mode."""
    account = new_account(sandbox.url, connector.url)
    account.ppp("partial")
    return account


def eventually(holds):
    """Ask until it holds, a few seconds at most."""
    pause = threading.Event()
    return any(holds() or pause.wait(0.05) for _ in range(200))


# --- Hostile bodies ----------------------------------------------------------------------------------------------

NO_AMOUNTS = (
    b"",
    b"{",
    b"null",
    b"[]",
    b'"x"',
    b"{}",
    b'{"value":NaN}',
    b'{"value":Infinity}',
    b'{"value":-Infinity}',
    b'{"value":1e400000}',
    b'{"value":1e400000000000000}',
    b'{"value":1.000000000000000000000000000000001}',
    b'{"value":100.5}',
    b'{"value":"100"}',
    b'{"value":true}',
    b'{"value":null}',
    b'{"value":[1]}',
    b'{"value":{"value":1}}',
    b'{"value":0}',
    b'{"value":-1}',
    b'{"value":99999999999999999999999999999999999999}',
    b'{"value":' + b"9" * 5000 + b"}",
    b"\xff\xfe\x00",
    b'{"value":1}{"value":1}',
    b"[" * 100_000,
    b'{"value":' * 50_000,
)


@pytest.mark.parametrize("number", range(len(NO_AMOUNTS)))
@pytest.mark.parametrize("what", ["settlement", "refunding", "cancellation"])
def test_what_is_no_amount_is_a_clear_400_and_changes_nothing(account, number, what):
    """In the envelope with a message, never a 500; the ledger is as before."""
    made = account.order()
    before = account.ledger(made)
    url = f"{account.url}/api/pvt/transactions/{made['transactionId']}/{what}-request"
    answer = requests.post(url, data=NO_AMOUNTS[number], headers=account.headers, timeout=SECONDS_MAX)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "exception"}
    assert error["message"]
    assert account.ledger(made) == before


@pytest.mark.parametrize(
    "path",
    [
        "/api/pvt/transactions",
        "/api/pvt/transactions/{transactionId}/settlement-request",
        "/api/oms/pvt/orders/{orderId}/invoice",
        "/api/oms/pvt/orders/{orderId}/changes",
        "/_mock/orders",
        "/_mock/faults",
    ],
)
def test_ten_megabytes_are_413_in_the_envelope(account, path):
    """And the next call is answered."""
    made = account.order()
    body = b'{"value":1,"reason":"' + b"a" * 10_000_000 + b'"}'
    answer = requests.post(
        account.url + path.format(**made), data=body, headers=account.headers, timeout=SECONDS_MAX
    )
    assert answer.status_code == 413
    assert set(answer.json()["error"]) == {"code", "message", "exception"}
    assert account.status(made) == "handling"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/nothing", 404),
        ("GET", "/api/pvt/nothing", 404),
        ("GET", "/_mock/nothing", 404),
        ("PUT", "/api/pvt/transactions", 405),
        ("DELETE", "/api/oms/pvt/orders", 405),
        ("PATCH", "/_mock/quirks", 405),
        ("GET", "/api/pvt/transactions/%00", 400),
        ("GET", "/api/pvt/rules/none", 404),
        ("GET", "/api/pvt/affiliations/none", 404),
        ("GET", "/api/oms/pvt/orders/none", 404),
        ("GET", "/api/pvt/transactions/none/settlements", 404),
        ("GET", "/api/order-system/orders/none/changes", 404),
        ("GET", "/api/orders/pvt/document/none/change-summary", 404),
    ],
)
def test_what_is_not_there_is_told_in_the_envelope(account, method, path, status):
    """Unknown addresses, methods and ids."""
    answer = account.call(method, path)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/xml;q=0.9", "%%%", "", "a/b;q=x"])
def test_no_accept_header_hurts(account, accept):
    """It answers JSON, and goes on."""
    answer = account.call("GET", "/api/oms/pvt/orders", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.json()["list"] == []


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/json; charset=utf-8", "nonsense"])
def test_a_missing_or_odd_content_type_is_no_obstacle(account, content_type):
    """VTEX marks the headers as required; curl users leave them out."""
    made = account.order()
    headers = account.headers | ({"Content-Type": content_type} if content_type else {})
    url = f"{account.url}/api/pvt/transactions/{made['transactionId']}/settlement-request"
    answer = requests.post(url, data=b'{"value":4000}', headers=headers, timeout=SECONDS_MAX)
    assert answer.status_code == 200


# --- A callback --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [{"status": "gone"}, {"paymentId": "another", "status": "approved"}, {}, {"status": 5}, [], "approved"],
)
def test_a_callback_that_says_nothing_sensible_changes_nothing(account, body):
    """An unknown status, another payment's id (S17), no status, another shape: a clear 4xx, still pending."""
    made = account.order(payments=[{"paymentSystem": 125, "value": 10_000}])
    url = account.exchanges(made)[0]["request"]["callbackUrl"]
    answer = requests.post(url, json=body, timeout=SECONDS_MAX)
    assert account.status(made) == "payment-pending"
    assert 400 <= answer.status_code < 500, answer.text


# --- Crowds ------------------------------------------------------------------------------------------------------


def test_300_half_open_sockets_shut_nobody_out(sandbox, account):
    """Neither those that say nothing nor those that stop in the middle of a body."""
    with ExitStack() as stack:
        for number in range(300):
            silent = stack.enter_context(
                socket.create_connection(("127.0.0.1", sandbox.port), timeout=SECONDS_MAX)
            )
            if number % 3 == 1:
                silent.sendall(b"POST /_mock/orders HT")
            if number % 3 == 2:
                silent.sendall(b"POST /_mock/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        answers = [requests.get(f"{sandbox.url}/_mock/health", timeout=2).status_code for _ in range(5)]
        assert answers == [200] * 5
        made = account.order()
        assert account.ask(made, "settle", 4000).status_code == 200


def storm(account):
    """16 clients settle, cancel and refund one transaction of two payments; the order, and what was taken."""
    made = account.order(
        payments=[{"paymentSystem": 2, "value": 6000}, {"paymentSystem": 2, "value": 4000}],
    )
    asked = [("settle", 700), ("cancel", 300), ("refund", 200), ("settle", 450)] * 12

    def ask(what_value):
        what, value = what_value
        answers = (account.ask(made, what, value) for _ in range(10))
        answer = next(each for each in answers if each.status_code != 409)  # "send the request again"
        assert answer.status_code in (200, 400), answer.text
        return what_value if answer.status_code == 200 else None

    with ThreadPoolExecutor(16) as pool:
        taken = [each for each in pool.map(ask, asked) if each]
    return made, taken


def assert_the_storm_adds_up(account, made, taken):
    """What was answered with 200, the ledger, the exchanges and the connector's own books say the same."""
    ledger = account.ledger(made)
    assert ledger["balanced"], ledger["differences"]
    sums = {what: sum(value for each, value in taken if each == what) for what in ("settle", "cancel", "refund")}
    assert ledger["requested"] == {
        "settled": sums["settle"],
        "cancelled": sums["cancel"],
        "refunded": sums["refund"],
    }
    assert sums["settle"] + sums["cancel"] <= 10_000
    for what, name in (("settle", "captured"), ("cancel", "voided"), ("refund", "refunded")):
        assert sum(payment[name] for payment in ledger["payments"]) == sums[what]
        sent = [each for each in account.exchanges(made) if each["operation"] == what]
        assert round(sum(each["request"]["value"] for each in sent) * 100) == sums[what]
        assert len({each["requestId"] for each in sent}) == len(sent)
    for payment in ledger["payments"]:
        url = f"{account.connector_url}/_reference/payments/{payment['id']}"
        book = json.loads(requests.get(url, timeout=SECONDS_MAX).text, parse_float=lambda text: text)
        for name in ("authorized", "captured", "voided", "refunded"):
            assert book[name] == f"{payment[name] / 100:.2f}", name


def test_16_clients_on_one_transaction_break_nothing(account):
    """In memory."""
    assert_the_storm_adds_up(account, *storm(account))


def file_url(_request, folder):
    """A store in a file."""
    return f"sqlite:///{folder / 'mock.db'}"


def postgres_url(request, _folder):
    """A schema on the tests' own server."""
    return request.getfixturevalue("empty_postgres_url")


@pytest.mark.parametrize("store", [file_url, postgres_url])
def test_crowds_and_kills_on_a_store_that_lasts(store, request, connector, tmp_path):
    """A storm, two answers lost after the work was done, SIGKILL, a new start: the books are whole again.

    What was pending goes out again with the same requestId, and moves money once.
    """
    url = store(request, tmp_path)
    with ExitStack() as stack:
        served = stack.enter_context(closing(served_sandbox("--store", url)))
        account = new_account(served.url, connector.url)
        account.ppp("partial")
        stormy = storm(account)
        lost = [lose_an_answer(account, operation) for operation in ("settle", "refund")]
        before = account.ledger(stormy[0])
        served.process.send_signal(signal.SIGKILL)
        served.process.communicate(timeout=SECONDS_MAX)
        again = stack.enter_context(closing(served_sandbox("--store", url)))
        account = Account(again.url, account.pair, connector.url)
        assert account.ledger(stormy[0]) == before
        assert_the_storm_adds_up(account, *stormy)
        for made, operation in lost:
            assert_repaired(account, made, operation)


NAMES = {"settle": "captured", "refund": "refunded"}


def lose_an_answer(account, operation):
    """An order of which 40.00 are settled or refunded by the connector, and the sandbox does not know it yet."""
    made = account.order()
    if operation == "refund":
        account.ask(made, "settle", 10_000)
    account.good("POST", "/_mock/faults", {"operation": operation, "kind": "drop-reply"}, 201)
    assert account.ask(made, operation, 4000).status_code == 200
    ledger = account.ledger(made)
    assert ledger["payments"][0][NAMES[operation]] == 0
    assert not ledger["balanced"]
    return made, operation


def assert_repaired(account, made, operation):
    """Both sides say 40.00, after two calls with one requestId."""
    name = NAMES[operation]
    assert eventually(lambda: account.ledger(made)["payments"][0][name] == 4000)
    assert account.ledger(made)["balanced"]
    calls = [each for each in account.exchanges(made) if each["operation"] == operation]
    assert [each["attempt"] for each in calls] == [1, 2]
    assert len({each["requestId"] for each in calls}) == 1
    (payment,) = made["payments"]
    url = f"{account.connector_url}/_reference/payments/{payment['id']}"
    assert requests.get(url, timeout=SECONDS_MAX).json()[name] == 40.0
    assert account.status(made) == "handling"
