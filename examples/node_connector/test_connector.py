"""A connector in another language, judged from outside, and put behind a gateway: both over HTTP."""

import subprocess
import sys
from pathlib import Path

import pytest
import requests

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def ppp_connector():
    """The connector, as its own process; the port is any free one, and it says which."""
    with subprocess.Popen(["node", HERE / "connector.mjs", "0"], stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().rpartition(" ")[2].strip()
        process.terminate()


def test_the_suite_has_nothing_to_say(ppp_connector):
    """Every rule that applies holds, in every settlement mode."""
    command = [sys.executable, "-m", "contracts", "check", "connector", ppp_connector]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


@pytest.mark.vtex(mode="partial")
def test_the_announcements_story(gateway_server, order):
    """Order 100, invoice 40, invoice 60, return 15: the shopper has paid 85 in the end."""
    bought = order("100.00")
    for kind, number, value in (("Output", "1", 4000), ("Output", "2", 6000), ("Input", "R1", 1500)):
        document = {"type": kind, "invoiceNumber": number, "invoiceValue": value, "items": []}
        document["issuanceDate"] = "2026-01-02T10:00:00Z"
        url = f"{gateway_server.url}/api/oms/pvt/orders/{bought.id}/invoice"
        requests.post(url, json=document, headers=gateway_server.headers, timeout=30).raise_for_status()
    gateway_server.assert_connector_received(["authorize 100.00", "settle 40.00", "settle 60.00", "refund 15.00"])
    gateway_server.assert_balanced(bought)
