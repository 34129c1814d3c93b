"""The command `ppp-connector`: its calls in this process, and one real server on a free port."""

import re
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from click.testing import CliRunner

from connector_ppp import cli
from connector_ppp.reference.app import create_app
from connector_ppp.reference.defects import DEFECTS
from connector_ppp.transports import WSGITransport

URL = "http://connector.test"
MODULE = [sys.executable, "-c", "from connector_ppp.cli import main; main()"]


@pytest.fixture
def run(monkeypatch):
    """Run a command against a connector in this process; the first call may switch defects on."""
    apps = {}

    def perform(*arguments, defects=()):
        app = apps.setdefault("app", None) or create_app(callbacks="manual", defects=defects)
        apps["app"] = app
        monkeypatch.setattr("connector_ppp.client.HTTPTransport", lambda: WSGITransport(app))
        return CliRunner().invoke(cli.main, arguments)

    return perform


def _field(output, name):
    return re.findall(rf'"{name}": "([^"]+)"', output)[-1]


def test_the_manifest_is_shown_with_a_verdict(run):
    """The exchange, then what it means; exit 0."""
    result = run("manifest", URL)
    assert result.exit_code == 0
    assert f"GET {URL}/manifest" in result.output
    assert '"name": "Pix"' in result.output
    assert result.output.endswith("verdict: done\n")


def test_a_payment_lives_through_all_four_calls(run):
    """Authorize 100, settle 40, cancel the rest, refund 15."""
    created = run("authorize", URL, "--payment-id", "P1")
    assert created.exit_code == 0
    assert '"status": "approved"' in created.output
    settled = run("settle", URL, "--payment-id", "P1", "--value", "40.00")
    assert (settled.exit_code, '"value": 40.00' in settled.output) == (0, True)
    assert run("cancel", URL, "--payment-id", "P1").exit_code == 0
    settle_id = _field(settled.output, "settleId")
    refunded = run("refund", URL, "--payment-id", "P1", "--value", "15", "--settle-id", settle_id)
    assert (refunded.exit_code, '"value": 15.00' in refunded.output) == (0, True)


def test_numbers_are_shown_as_they_were_written(run):
    """40.10 is not 40.1: a reader who checks decimals sees them."""
    assert '"value": 40.10' in run("authorize", URL, "--value", "40.10").output


@pytest.mark.parametrize(
    ("card", "verdict"),
    [("4444333322221111", "done"), ("4444333322221112", "denied"), ("4222222222222224", "pending")],
)
def test_denied_and_pending_are_answers_not_failures(run, card, verdict):
    """Exit 0 for each word that a create may say."""
    result = run("authorize", URL, "--card", card)
    assert (result.exit_code, result.output.endswith(f"verdict: {verdict}\n")) == (0, True)


def test_a_create_without_a_card_and_with_another_method(run):
    """Cash in Chile, without decimals."""
    result = run(
        "authorize", URL, "--card", "", "--payment-method", "Cash", "--currency", "CLP", "--value", "1500"
    )
    assert result.exit_code == 0
    assert '"card"' not in result.output


def test_a_refused_operation_ends_with_1(run):
    """Settling what was never created."""
    result = run("settle", URL, "--payment-id", "P9", "--value", "1", "--request-id", "Q1")
    assert result.exit_code == 1
    assert "HTTP 500" in result.output
    assert '"code": "unknown-payment"' in result.output
    assert result.output.endswith("verdict: failed\n")


def test_a_broken_answer_ends_with_1_and_says_what_is_wrong(run):
    """The field, what it is, what was expected, and the rule."""
    run("authorize", URL, "--payment-id", "P1", defects=["wrong-payment-id-echo"])
    result = run("settle", URL, "--payment-id", "P1", "--value", "40")
    assert result.exit_code == 1
    assert re.search(
        r"\nerror: paymentId is [0-9A-F]{32}, expected P1\n    an answer repeats the ids", result.output
    )


def test_a_repeat_with_the_same_request_id_is_possible(run):
    """The same settleId comes back."""
    run("authorize", URL, "--payment-id", "P1")
    call = ("settle", URL, "--payment-id", "P1", "--value", "40", "--request-id", "Q1")
    assert _field(run(*call).output, "settleId") == _field(run(*call).output, "settleId")


def test_without_a_request_id_every_call_is_a_new_one(run):
    """Two settles of 40 by hand are two settles."""
    run("authorize", URL, "--payment-id", "P1")
    call = ("settle", URL, "--payment-id", "P1", "--value", "40")
    assert _field(run(*call).output, "settleId") != _field(run(*call).output, "settleId")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["settle", URL, "--payment-id", "P", "--value", "forty"], "'forty' is no amount"),
        (["settle", URL, "--payment-id", "P", "--value", "NaN"], "an amount is finite"),
        (["settle", URL, "--payment-id", "P"], "Missing option '--value'"),
        (["settle", URL, "--payment-id", "..", "--value", "1"], "cannot stand in a path"),
        (["manifest", "connector.test"], "is no address"),
        (["manifest", URL, "--app-key", "schlüssel"], "credentials are printable ASCII"),
        (["serve", "--defect", "nope"], "no such defect: nope. --list-defects"),
        (["serve", "--defect", "over-setle"], "Did you mean over-settle?"),
        (["serve", "--app-key", "k"], "go together"),
        (["serve", "--port", "0"], "0 is not in the range"),
    ],
)
def test_a_call_that_cannot_be_made_ends_with_2(arguments, said):
    """Nothing was sent, and the user learns why."""
    result = CliRunner().invoke(cli.main, arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_nobody_answering_ends_with_2():
    """Port 9 is nobody's."""
    result = CliRunner().invoke(cli.main, ["manifest", "http://127.0.0.1:9", "--timeout", "1"])
    assert result.exit_code == 2
    assert "verdict: no answer, no connection" in result.output


def test_credentials_travel_and_are_not_shown(monkeypatch):
    """Under the chosen header pair."""
    app = create_app(app_key="key", app_token="hush", callbacks="manual")
    monkeypatch.setattr("connector_ppp.client.HTTPTransport", lambda: WSGITransport(app))
    base = ["authorize", URL, "--app-key", "key", "--headers", "provider"]
    assert CliRunner().invoke(cli.main, [*base, "--app-token", "wrong"]).exit_code == 1
    result = CliRunner().invoke(cli.main, [*base, "--app-token", "hush"])
    assert result.exit_code == 0
    assert "X-PROVIDER-API-AppToken: ***" in result.output
    assert "hush" not in result.output


def test_every_defect_is_listed_with_its_effect_and_its_rule():
    """Name, sentence, rule, who is hurt: four lines each."""
    result = CliRunner().invoke(cli.main, ["serve", "--list-defects"])
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[::4] == list(DEFECTS)
    assert [line.strip() for line in lines[1::4]] == [defect.effect for defect in DEFECTS.values()]
    assert [line.strip() for line in lines[2::4]] == [f"rule: {defect.breaks}" for defect in DEFECTS.values()]
    assert [line.strip() for line in lines[3::4]] == [f"hurts: {defect.hurts}" for defect in DEFECTS.values()]


@pytest.mark.parametrize(
    "command", [[], ["serve"], ["manifest"], ["authorize"], ["settle"], ["cancel"], ["refund"]]
)
def test_every_command_explains_itself(command):
    """`-h` works everywhere."""
    result = CliRunner().invoke(cli.main, [*command, "-h"])
    assert result.exit_code == 0
    assert "Usage: " in result.output


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
def server():
    """Start `ppp-connector serve` and wait until it says that it is ready; the process and its URL."""
    started = []

    def start(*arguments):
        port = _free_port()
        process = subprocess.Popen(
            [*MODULE, "serve", "--port", str(port), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        line = process.stdout.readline()
        assert line == f"reference connector at http://127.0.0.1:{port}\n"
        return process, f"http://127.0.0.1:{port}"

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _create(url, number="4444333322221111", callback_url="http://127.0.0.1:9/"):
    body = {
        "paymentId": "P1",
        "value": 100.0,
        "currency": "BRL",
        "paymentMethod": "Visa",
        "card": {"number": number},
        "callbackUrl": callback_url,
    }
    return requests.post(f"{url}/payments", json=body, timeout=5).json()


def test_a_served_connector_answers_at_once_keeps_its_memory_and_ends_cleanly(server):
    """Ready when it says so; one memory for all threads; SIGTERM ends it with 0, and the port is free."""
    process, url = server("--defect", "missing-delays")
    assert process.stdout.readline() == "defect: missing-delays\n"
    assert "delayToCancel" not in _create(url)
    body = {"requestId": "Q1", "paymentId": "P1", "value": 10.0}

    def settle(_):
        return requests.post(f"{url}/payments/P1/settlements", json=body, timeout=5).text

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(settle, range(32)))) == 1
    view = requests.get(f"{url}/_reference/payments/P1", timeout=5).json()
    assert (view["captured"], len(view["calls"])) == (10.0, 33)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/manifest", timeout=5)


def test_a_served_connector_calls_back(server):
    """An undefined payment is approved in the background, over a real socket."""
    with socket.create_server(("127.0.0.1", 0)) as gateway:
        gateway.settimeout(10)
        _, url = server()
        callback_url = f"http://127.0.0.1:{gateway.getsockname()[1]}/callback?X-VTEX-signature=s"
        assert _create(url, "4222222222222224", callback_url)["status"] == "undefined"
        connection, _ = gateway.accept()
        with connection:
            head = connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert head.startswith(b"POST /callback?X-VTEX-signature=s HTTP/1.1\r\n")
    assert _create(url, "4222222222222224", callback_url)["status"] == "approved"


@pytest.mark.parametrize(
    "opening",
    [
        b"",
        b"POST /payments HTTP/1.1\r\nHost: x\r\n",
        b"POST /payments HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
    ],
    ids=["silent", "half a header", "half a body"],
)
def test_three_hundred_half_open_sockets_shut_nobody_out(server, opening):
    """Others are answered, and SIGINT still ends the server."""
    process, url = server()
    host, port = url.removeprefix("http://").split(":")
    hanging = [socket.create_connection((host, int(port)), timeout=5) for _ in range(300)]
    try:
        for connection in hanging:
            connection.sendall(opening)
        assert requests.get(f"{url}/manifest", timeout=5).status_code == 200
        assert _create(url)["status"] == "approved"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
    finally:
        for connection in hanging:
            connection.close()


def test_a_killed_server_leaves_nobody_behind(server):
    """Granian serves from a child process: it ends with its parent, and the port is free."""
    process, url = server()
    process.kill()
    assert process.communicate(timeout=10) == ("", None)
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/manifest", timeout=5)


def test_a_second_server_on_the_same_port_is_refused(server):
    """It must not start in silence and take half of the calls."""
    _, url = server()
    port = url.rsplit(":", 1)[1]
    result = subprocess.run(
        [*MODULE, "serve", "--port", port], capture_output=True, text=True, check=False, timeout=20
    )
    assert result.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in result.stderr


def test_the_command_is_light_until_it_works():
    """Flask, granian and requests are imported by the commands that need them."""
    code = "import sys, connector_ppp.cli; print({'flask', 'granian', 'requests'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=20)
    assert result.stdout == "set()\n"
