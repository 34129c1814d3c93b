"""The dashboard's page and what it asks for: served beside the APIs, safe from other sites, exact to the cent."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from gateway_mock.records import FaultKind
from gateway_mock.web.access import CONTROL_TOKEN
from tests.contracts.openapi_sandbox import Merchant
from tests.gateway.wire_stage import fault_of

PAGE = "/_mock/dashboard"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def policy(answer) -> dict[str, str]:
    """Its Content-Security-Policy, by directive."""
    return dict(each.strip().split(" ", 1) for each in answer.headers["Content-Security-Policy"].split(";"))


# --- The page --------------------------------------------------------------------------------------------------


def test_the_page_is_one_file_that_may_do_nothing_but_ask_this_sandbox(world):
    """Its policy knows style and script by their hashes, and forbids all else; no other host is named."""
    answer = world.app.test_client().get(PAGE)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    hashes = {
        name: f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
        for name, text in re.findall(r"<(style|script)>(.*?)</\1>", answer.text, re.DOTALL)
    }
    assert policy(answer) == {
        "default-src": "'none'",
        "style-src": hashes["style"],
        "script-src": hashes["script"],
        "connect-src": "'self'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert re.findall(r"https?://", answer.text) == []


def test_nothing_becomes_markup(world):
    """The script knows no way from a text to an element, but through a text node."""
    text = world.app.test_client().get(PAGE).text
    assert text.count("replaceChildren") > 0
    assert re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|srcdoc", text) == []


def test_every_kind_of_fault_can_be_chosen(world):
    """The page lists those that the sandbox knows."""
    (listed,) = re.findall(
        r'<select name="kind">(.*?)</select>', world.app.test_client().get(PAGE).text, re.DOTALL
    )
    assert sorted(re.findall(r"<option>(.*?)</option>", listed)) == sorted(FaultKind)


def test_a_browser_at_the_front_door_is_led_to_the_page(world):
    """Everybody else is told that nothing is there, as before."""
    client = world.app.test_client()
    led = client.get("/", headers=BROWSER)
    assert (led.status_code, led.headers["Location"]) == (302, PAGE)
    for answer in (client.get("/"), client.post("/", headers=BROWSER), client.get("/nothing", headers=BROWSER)):
        assert (answer.status_code, fault_of(answer)) == (404, None)


# --- Who may see it --------------------------------------------------------------------------------------------


def test_with_a_token_the_page_is_served_and_nothing_else(open_world):
    """It holds no data: a browser cannot send the token before the page asks for it."""
    client = open_world(control_token="secret").app.test_client()
    elsewhere = {"environ_base": {"REMOTE_ADDR": "10.0.0.7"}}
    assert client.get(PAGE, **elsewhere).status_code == 200
    for path in ("transactions", "accounts", "jobs", "clock"):
        assert client.get(f"/_mock/{path}", **elsewhere).status_code == 403
        assert client.get(f"/_mock/{path}", headers={CONTROL_TOKEN: "secret"}, **elsewhere).status_code == 200


def test_without_a_token_the_page_is_for_loopback(world):
    """As the control plane is."""
    answer = world.app.test_client().get(PAGE, environ_base={"REMOTE_ADDR": "10.0.0.7"})
    assert (answer.status_code, fault_of(answer)) == (403, None)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example.com", "Host": "127.0.0.1:5005"},
        {"Origin": "http://127.0.0.1:8080", "Host": "127.0.0.1:5005"},
        {"Origin": "null", "Host": "127.0.0.1:5005"},
        {"Origin": "http://rebound.evil.com:5005", "Host": "rebound.evil.com:5005"},
        {"Host": "rebound.evil.com"},
        {"Host": "127.0.0.1.evil.com:5005"},
        {"Host": "evil.com."},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", [PAGE, "/_mock/accounts"])
def test_a_page_of_another_site_is_refused(headers, path, world):
    """By what its browser says of it, also when its own name points to this machine (DNS rebinding)."""
    client = world.app.test_client()
    for answer in (client.get(path, headers=headers), client.post("/_mock/reset", headers=headers)):
        assert (answer.status_code, fault_of(answer)) == (403, None)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:5005",
        "localhost:5005",
        "[::1]:5005",
        "sandbox:5005",
        "store.localhost",
        "gateway.test",
        "mac.local:5005",
        "mystore.vtexcommercestable.com.br",
    ],
)
def test_names_that_nobody_can_buy_are_at_home(host, world):
    """Addresses, local names and VTEX's own; the page's own requests say the same origin."""
    headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    assert world.app.test_client().get("/_mock/health", headers=headers).status_code == 200


def test_a_token_stands_for_any_name(open_world):
    """Behind a proxy with a name of its own: no other site can send the token's header."""
    client = open_world(control_token="secret").app.test_client()
    headers = {"Host": "127.0.0.1:5005", "Origin": "https://sandbox.mycompany.com", CONTROL_TOKEN: "secret"}
    assert client.get("/_mock/health", headers=headers).status_code == 200


# --- What it asks for ------------------------------------------------------------------------------------------


def test_the_newest_transactions_are_listed_with_both_clocks(world):
    """Requested beside confirmed, and what is on its way; without an order there is none."""
    old, new = world.given("A 100 partial"), world.given("B 60 partial")
    world.perform(old, "settle 40")
    world.perform(new, "settle 10 (B fails)")
    listed = {each["transactionId"]: each for each in world.merchant.read("/_mock/transactions")["transactions"]}
    assert len(listed) == 2
    first, second = listed[old.id], listed[new.id]
    assert (first["value"], first["open"], first["mode"], first["status"]) == (10000, 6000, "partial", "Settling")
    assert first["requested"] == {"settled": 4000, "cancelled": 0, "refunded": 0}
    assert first["confirmed"] == {"authorized": 10000, "captured": 4000, "voided": 0, "refunded": 0}
    assert (first["orderId"], first["orderStatus"], first["balanced"]) == (None, None, True)
    assert [each["settling"] for each in first["payments"]] == [0]
    assert [each["settling"] for each in second["payments"]] == [1000]
    assert second["balanced"] is False


def test_at_most_fifty_are_listed_and_the_newest_first(world):
    """Also where the clock stands still: orders are numbered."""
    made = [world.merchant.send("POST", "/_mock/orders", {"value": 100}).json["orderId"] for _ in range(52)]
    listed = [each["orderId"] for each in world.merchant.read("/_mock/transactions")["transactions"]]
    assert listed == made[:1:-1]


def test_the_history_names_the_call_that_it_tells_of(world):
    """The answer's entry has the requestId of its exchange."""
    transaction = world.given("A 100 partial")
    world.perform(transaction, "settle 40")
    path = f"/_mock/transactions/{transaction.id}"
    (settled,) = [
        each
        for each in world.merchant.read(f"{path}/history")["history"]
        if (each["happening"], each["operation"]) == ("confirmed", "settle")
    ]
    *_, call = world.merchant.read(f"{path}/exchanges")["exchanges"]
    assert (settled["value"], settled["requestId"]) == (4000, call["requestId"])
    assert fault_of(world.merchant.send("GET", "/_mock/transactions/none/history")) is None


def test_what_the_clock_will_run_is_listed(world):
    """A settle that failed is sent again; what then ran is what was listed."""
    transaction = world.given("A 100 partial")
    world.perform(transaction, "settle 40 (A fails)")
    first, *_ = world.merchant.read("/_mock/jobs")["jobs"]
    assert first["job"] == "send"
    ran = world.merchant.send("POST", "/_mock/clock", {"advance": 3600}).json["ran"]
    assert ran == [first]


def test_the_accounts_are_named(world):
    """Whose credentials they are, and who else is there."""
    world.merchant.send("POST", "/_mock/accounts", {"account": "another"})
    assert world.merchant.read("/_mock/accounts") == {"account": "sandbox", "accounts": ["another", "sandbox"]}


def test_what_it_asks_for_is_documented():
    """The answers are what `control.yaml` says, refusals too."""
    merchant = Merchant()
    transaction = merchant.order()["transactionId"]
    for name in ("accounts", "jobs", "transactions", f"transactions/{transaction}/history"):
        assert merchant.ok("GET", f"/_mock/{name}")
    merchant.refused("GET", "/_mock/transactions/none/history", status=404)
