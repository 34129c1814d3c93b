"""The suite names the bug of this connector, and has nothing to say once it is repaired."""

import json
import subprocess
import sys
from threading import Thread

import pytest
import requests
from connector import by_request_id, by_value, create_app
from werkzeug.serving import make_server


@pytest.fixture
def served():
    """Serves an application on a free port; the URL."""
    servers = []

    def serve(app):
        server = make_server("127.0.0.1", 0, app, threaded=True)
        Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def judged(url, report):
    """The exit code of the suite, and the rules that it found broken."""
    command = [
        sys.executable,
        "-m",
        "contracts",
        "check",
        "connector",
        url,
        "--profile",
        "partial",
        "--json",
        report,
    ]
    code = subprocess.run(command, capture_output=True, check=False).returncode
    return code, {rule["id"] for rule in json.loads(report.read_text())["rules"] if rule["outcome"] == "fail"}


def test_the_bug_is_found(served, tmp_path):
    """Two equal settles, or refunds, of one payment are told apart by their requestIds only."""
    code, failed = judged(served(create_app(by_value)), tmp_path / "report.json")
    assert code == 1
    assert {"settle/equal-amounts", "refund/equal-amounts"} <= failed


def test_the_repair_is_enough(served, tmp_path):
    """One line: the requestId is the key."""
    assert judged(served(create_app(by_request_id)), tmp_path / "report.json") == (0, set())


@pytest.fixture
def ppp_connector():
    """Put this connector behind the gateway of the `gateway` fixture."""
    return create_app(by_value)


@pytest.mark.vtex(mode="partial")
def test_what_the_bug_costs(gateway, order, ppp_connector):
    """Two parcels of the same value: the gateway believes in both, the shopper was charged for one."""
    bought = order("100.00")
    for number in ("NF-1", "NF-2"):
        invoice(gateway, bought, number, 5000)
    gateway.assert_settled(bought, "100.00")
    assert ppp_connector.extensions["provider"].captured(bought.payments[0].id) == 50


def invoice(gateway, order, number, value):
    """Invoice a part of an order, in cents."""
    document = {"type": "Output", "invoiceNumber": number, "invoiceValue": value, "items": []}
    document["issuanceDate"] = "2026-01-02T10:00:00Z"
    url = f"{gateway.url}/api/oms/pvt/orders/{order.id}/invoice"
    requests.post(url, json=document, headers=gateway.headers, timeout=30).raise_for_status()
