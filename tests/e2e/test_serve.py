"""`gateway-mock serve` as a process: what it says, on which stores, how it ends and comes back."""

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Event

import pytest
import requests

LAST_LINE = "Not for production: never send it real cards.\n"
SECONDS_MAX = 15
CREDENTIALS = {"X-VTEX-API-AppKey": "vtexappkey-sandbox-LOCAL", "X-VTEX-API-AppToken": "sandbox"}
CENTS = 10_000


class Sandbox:
    """One `gateway-mock serve` on a free port, started again as often as a test likes."""

    def __init__(self, *options: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.options = options
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Start it, and tell what it said until it was ready."""
        start = [sys.executable, "-c", "from gateway_mock.cli import main; main()", "serve"]
        command = [*start, "--port", f"{self.port}", *self.options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = []
        for line in self.process.stdout:
            said.append(line)
            if line == LAST_LINE:
                return "".join(said)
        pytest.fail(f"the sandbox did not start: {''.join(said)}")

    def end(self, how: signal.Signals) -> tuple[int, str]:
        """Send a signal, and tell the exit code and what it still said."""
        self.process.send_signal(how)
        said, _ = self.process.communicate(timeout=SECONDS_MAX)
        return self.process.returncode, said

    def close(self) -> None:
        """End it if it still runs."""
        if self.process is not None and self.process.poll() is None:
            self.end(signal.SIGTERM)

    def call(self, method, path, body=None):
        """One call with the credentials of the first account."""
        return requests.request(method, self.base_url + path, json=body, headers=CREDENTIALS, timeout=SECONDS_MAX)

    def order(self, **order):
        """A new order of 100.00, or of other content."""
        made = self.call("POST", "/_mock/orders", {"value": CENTS} | order)
        assert made.status_code == 201, made.text
        return made.json()

    def ledger(self, made):
        """What the ledger says of an order's transaction."""
        return self.call("GET", f"/_mock/transactions/{made['transactionId']}/ledger").json()


@pytest.fixture
def serve():
    """Make sandboxes that end with the test."""
    with ExitStack() as stack:
        yield lambda *options: stack.enter_context(closing(Sandbox(*options)))


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store_url(request, tmp_path):
    """The URL of an empty store of each kind."""
    if request.param == "postgresql":
        return request.getfixturevalue("empty_postgres_url")
    return {"memory": "memory:", "sqlite": f"sqlite:///{tmp_path / 'mock.db'}"}[request.param]


def refused(port):
    """Whether nobody listens there."""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) != 0


def eventually(holds):
    """Ask until it holds, a few seconds at most."""
    pause = Event()
    return any(holds() or pause.wait(0.05) for _ in range(200))


def test_it_serves_on_every_store_and_ends_at_sigterm(serve, store_url):
    """An order can be made and invoiced; SIGTERM ends it with 0 and lets the port go."""
    sandbox = serve("--store", store_url)
    sandbox.start()
    made = sandbox.order()
    invoice = {
        "type": "Output",
        "issuanceDate": "2026-01-02T10:00:00Z",
        "invoiceNumber": "1",
        "invoiceValue": CENTS,
        "items": [],
    }
    assert sandbox.call("POST", f"/api/oms/pvt/orders/{made['orderId']}/invoice", invoice).status_code == 200
    assert sandbox.ledger(made)["payments"][0]["captured"] == CENTS
    assert sandbox.end(signal.SIGTERM) == (0, "")
    assert refused(sandbox.port)


def test_sigint_ends_it_cleanly(serve):
    """Ctrl-C is no error and prints no traceback."""
    sandbox = serve("--store", "memory:")
    sandbox.start()
    assert sandbox.end(signal.SIGINT) == (0, "")


def test_it_says_what_a_caller_needs(serve):
    """URL, store, clock, connector, credentials, and that it is not for production."""
    sandbox = serve("--store", "memory:", "--clock", "manual")
    assert sandbox.start() == (
        f"gateway-mock at {sandbox.base_url}\n"
        "  store      memory:\n"
        "  clock      manual\n"
        "  connector  a legacy one inside\n"
        "  app key    vtexappkey-sandbox-LOCAL\n"
        "  app token  sandbox\n" + LAST_LINE
    )


def test_it_never_shows_the_password_of_its_database(serve, empty_postgres_url):
    """The store's URL is shown up to the password, whether it is a part of the URL or of its query."""
    sandbox = serve("--store", f"{empty_postgres_url}&password=secret".replace("postgres:@", "postgres:secret@"))
    said = sandbox.start()
    assert "postgresql://" in said
    assert "secret" not in said


def test_the_options_reach_the_sandbox(serve):
    """Other credentials, a manual clock, a PPP connector in Partial mode, a control token."""
    options = ("--app-key", "KEY", "--app-token", "TOKEN", "--control-token", "CONTROL", "--clock", "manual")
    sandbox = serve("--store", "memory:", "--connector", "http://127.0.0.1:9", "--mode", "partial", *options)
    said = sandbox.start()
    assert "http://127.0.0.1:9, mode partial" in said
    pair = {"X-VTEX-API-AppKey": "KEY", "X-VTEX-API-AppToken": "TOKEN"}
    control = {"X-Mock-Control-Token": "CONTROL"}
    url = f"{sandbox.base_url}/_mock/connectors"
    assert requests.get(url, headers=pair, timeout=SECONDS_MAX).status_code == 403
    assert requests.get(url, headers=CREDENTIALS | control, timeout=SECONDS_MAX).status_code == 401
    (connector,) = requests.get(url, headers=pair | control, timeout=SECONDS_MAX).json()["connectors"]
    assert (connector["kind"], connector["mode"], connector["url"]) == ("ppp", "partial", "http://127.0.0.1:9")
    clock = requests.post(
        f"{sandbox.base_url}/_mock/clock", json={"advance": 60}, headers=pair | control, timeout=SECONDS_MAX
    )
    assert clock.json()["now"] == "2026-01-01T00:01:00.000Z"


def test_a_kill_loses_nothing_on_sqlite(serve, tmp_path):
    """SIGKILL and a new start: the port is free at once, the transaction is there and can go on."""
    sandbox = serve("--store", f"sqlite:///{tmp_path / 'mock.db'}")
    sandbox.start()
    made = sandbox.order()
    before = sandbox.ledger(made)
    sandbox.end(signal.SIGKILL)
    assert eventually(lambda: refused(sandbox.port)), "the serving process outlived its parent"
    sandbox.start()
    assert sandbox.ledger(made) == before
    settled = sandbox.call(
        "POST", f"/api/pvt/transactions/{made['transactionId']}/settlement-request", {"value": CENTS}
    )
    assert settled.status_code == 200
    assert sandbox.end(signal.SIGTERM)[0] == 0


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found by /proc, which is Linux's")
def test_without_its_serving_process_it_ends(serve):
    """Nobody is left who says that it serves and does not."""
    sandbox = serve("--store", "memory:")
    sandbox.start()
    pid = sandbox.process.pid
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    os.kill(int(child), signal.SIGKILL)
    sandbox.process.communicate(timeout=SECONDS_MAX)
    assert sandbox.process.returncode == 2


def test_on_a_real_clock_jobs_run_by_themselves(serve):
    """A legacy connector that settles after a second captures although nobody calls."""
    sandbox = serve("--store", "memory:")
    sandbox.start()
    assert sandbox.call("PUT", "/_mock/connectors/Auto", {"kind": "legacy", "settlesAfter": 1}).status_code == 200
    made = sandbox.order(payments=[{"paymentSystem": 2, "value": CENTS, "connector": "Auto"}])
    assert sandbox.ledger(made)["payments"][0]["captured"] == 0
    assert eventually(lambda: sandbox.ledger(made)["payments"][0]["captured"] == CENTS)


def test_half_open_sockets_shut_nobody_out(serve):
    """300 callers that connect and say half a line do not delay the next one."""
    sandbox = serve("--store", "memory:")
    sandbox.start()
    with ExitStack() as stack:
        for _ in range(300):
            silent = stack.enter_context(
                socket.create_connection(("127.0.0.1", sandbox.port), timeout=SECONDS_MAX)
            )
            silent.sendall(b"GET /_mock/health HT")
        answer = requests.get(f"{sandbox.base_url}/_mock/health", timeout=2)
        assert answer.json() == {"status": "ok"}
        assert sandbox.order()["status"] == "handling"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--store", "sqlite:////no/such/folder/mock.db"), "the folder of /no/such/folder/mock.db does not exist"),
        (("--store", "mysql://127.0.0.1/mock"), "there is no store for 'mysql'"),
        (("--store", "postgresql://127.0.0.1:1/mock"), "the database does not open"),
        (("--host", "203.0.113.1"), "cannot listen on 203.0.113.1"),
        (("--mode", "hold"), "mode hold needs a PPP connector"),
    ],
)
def test_what_cannot_start_says_why_in_one_line(options, said, tmp_path):
    """Exit 2, and no traceback from either process."""
    start = [sys.executable, "-c", "from gateway_mock.cli import main; main()", "serve", "--port", "5999"]
    ended = subprocess.run(
        [*start, *options], capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert [line for line in ended.stderr.splitlines() if line.startswith("Error: ")] == [
        ended.stderr.splitlines()[-1]
    ]
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_two_never_share_a_port(serve):
    """The second one says that somebody listens there; the first one goes on."""
    first = serve("--store", "memory:")
    first.start()
    start = [sys.executable, "-c", "from gateway_mock.cli import main; main()", "serve", "--store", "memory:"]
    second = subprocess.run(
        [*start, "--port", f"{first.port}"], capture_output=True, text=True, timeout=60, check=False
    )
    assert second.returncode == 2
    assert re.search(rf"cannot listen on 127\.0\.0\.1:{first.port}: .*in use", second.stderr)
    assert first.order()["status"] == "handling"
