"""Sixteen callers at once over real sockets: the sandbox as its command serves it, a connector beside it."""

import json
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Thread

import pytest
import requests
from werkzeug.serving import make_server

from connector_ppp.reference.app import create_app as create_reference

CALLERS = 16
HEADERS = {"X-VTEX-API-AppKey": "vtexappkey-sandbox-LOCAL", "X-VTEX-API-AppToken": "sandbox"}
COMMAND = Path(sys.executable).with_name("gateway-mock")


@pytest.fixture
def connector():
    """The address of a reference connector on a port of its own."""
    server = make_server("127.0.0.1", 0, create_reference(callbacks="manual"), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def served(connector, tmp_path):
    """The address of a sandbox in a process of its own, in mode Partial over a SQLite file."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--port", str(port), "--store", f"sqlite:///{tmp_path / 'store.db'}", "--mode", "partial"]
    command = [COMMAND, "serve", *options, "--connector", connector]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert "gateway-mock at" in process.stdout.readline()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def send(base, method, path, body=None):
    """One request over a connection of its own."""
    return requests.request(method, base + path, json=body, headers=HEADERS, timeout=30)


def test_a_crowd_over_sockets_breaks_no_invariant(served, connector):
    """Sixteen settles of 10.00 of 100.00: ten are accepted, six refused, and both books say 100.00."""
    started = {"value": 10000, "referenceId": "1", "channel": "store", "salesChannel": "1"}
    transaction = send(served, "POST", "/api/pvt/transactions", started).json()["id"]
    path = f"/api/pvt/transactions/{transaction}"
    payment = {"paymentSystem": 2, "value": 10000, "installments": 1, "currencyCode": "BRL"}
    assert send(served, "POST", f"{path}/payments", [payment]).status_code == 201
    assert send(served, "POST", f"{path}/authorization-request", {}).json()["statusDetail"] == "Approved"
    barrier = Barrier(CALLERS)

    def settle(_number):
        barrier.wait()
        return send(served, "POST", f"{path}/settlement-request", {"value": 1000}).status_code

    with ThreadPoolExecutor(CALLERS) as pool:
        statuses = sorted(pool.map(settle, range(CALLERS)))
    assert statuses == [200] * 10 + [400] * 6
    (ours,) = send(served, "GET", f"/_mock/transactions/{transaction}/ledger").json()["payments"]
    (theirs,) = json.loads(send(connector, "GET", "/_reference/payments").text)["payments"]
    assert (ours["captured"], theirs["captured"]) == (10000, 100)
    settles = [call["requestId"] for call in theirs["calls"] if call["operation"] == "settle"]
    assert len(settles) == len(set(settles)) == 10
