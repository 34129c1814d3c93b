"""Ledger, exchanges, clock, quirks, faults, reset and the commands, as outsiders' tests rely on them."""

import subprocess
from contextlib import closing

import pytest
import requests

from tests.e2e.test_interfaces_stage import (
    APP_KEY,
    APP_TOKEN,
    BIN,
    SECONDS_MAX,
    Account,
    new_account,
    served_connector,
    served_sandbox,
)

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
