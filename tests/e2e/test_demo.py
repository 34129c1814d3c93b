"""`gateway-mock demo` on real servers: it holds, it is judged, and nothing is left behind."""

import io
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import responses
from rich.console import Console

from gateway_mock.demo import main, stage, story
from gateway_mock.demo.answers import MadeOrder
from gateway_mock.demo.line import Line, UnexpectedAnswerError
from gateway_mock.demo.stage import Server, StageError
from gateway_mock.demo.trace import Silence

COMMAND = [sys.executable, "-c", "from gateway_mock.cli import main; main()", "demo"]
SECONDS_MAX = 60


def answers(url):
    """Whether anybody listens there."""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", urlsplit(url).port)) == 0


@pytest.fixture
def console():
    """A console that remembers what was printed."""
    return Console(file=io.StringIO(), width=120, highlight=False)


def test_the_story_holds():
    """Exit 0, the net of 75.00 in four columns, and the words for a file are as wide as the table wants."""
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    demo = subprocess.run(
        COMMAND, capture_output=True, text=True, timeout=SECONDS_MAX, env=environment, check=False
    )
    assert (demo.returncode, demo.stderr) == (0, "")
    (net,) = [line.split() for line in demo.stdout.splitlines() if line.startswith("  net ")]
    assert net == ["net", "75.00", "75.00", "75.00", "75.00"]
    assert demo.stdout.endswith("Every figure is the documented one. Net 75.00 everywhere.\n")
    assert max(map(len, demo.stdout.splitlines())) <= 120


def test_the_trace_shows_both_sides(console):
    """The merchant's calls with their bodies, and what the gateway called; no line is cut."""
    assert main.run(trace=True, console=console) == 0
    text = console.file.getvalue()
    assert "PPP Partial: invoice 40.00" in text
    assert '"invoiceValue": "4000"' in text
    assert "    gateway calls connector: settle" in text
    assert '"value":40.00' in text.replace(" ", "")
    assert "CHK0096" in text


def test_a_figure_that_is_not_documented_ends_with_1(console, monkeypatch):
    """Were the documents otherwise, the demo would say so: it compares, it does not recite."""
    table = story.PARTIAL.documented
    wrong = story.Story(
        "PPP Partial", story.PARTIAL.connector, story.Course(table.steps, story.HOLD.documented.end)
    )
    monkeypatch.setattr(main, "STORIES", (wrong,))
    assert main.run(trace=False, console=console) == 1
    assert "not 10.00" in console.file.getvalue()


def test_a_connector_that_hides_what_it_captured_is_found_out(console, monkeypatch):
    """It takes 100.00 and reports 40.00: the gateway cannot know, the connector's own books tell."""
    servers = dict(stage.SERVERS)
    servers["connector"] = Server("connector_ppp.cli", ("serve", "--defect", "hides-full-capture"), "/manifest")
    monkeypatch.setattr(stage, "SERVERS", servers)
    monkeypatch.setattr(main, "STORIES", (story.PARTIAL,))
    assert main.run(trace=False, console=console) == 1
    text = console.file.getvalue()
    assert "not 40.00" in text
    assert "captured" in text
    assert "Every figure" not in text


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_the_servers_end_with_the_block(error):
    """They answer inside, and nobody does after it, however it ended."""
    with pytest.raises(error), stage.stage() as servers:  # noqa: PT012 - it is the block that matters
        assert answers(servers.sandbox)
        assert answers(servers.connector)
        raise error
    assert not answers(servers.sandbox)
    assert not answers(servers.connector)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found by /proc, which is Linux's")
@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_demo_leaves_nobody_behind(how, code):
    """Whoever it started has ended before it ends."""
    with subprocess.Popen(
        [*COMMAND, "--trace"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as demo:
        demo.stdout.readline()  # the first call: both servers are up
        children = Path(f"/proc/{demo.pid}/task/{demo.pid}/children").read_text().split()
        demo.send_signal(how)
        _, errors = demo.communicate(timeout=SECONDS_MAX)
    assert (demo.returncode, errors) == (code, "")
    assert len(children) == 2
    assert not any(Path("/proc", child).exists() for child in children)


def test_a_server_that_does_not_start_says_why(capsys, console, monkeypatch):
    """Exit 2 and the server's own words, and the other one is ended."""
    servers = dict(stage.SERVERS)
    servers["sandbox"] = Server("gateway_mock.cli", ("serve", "--store", "nowhere:"), "/_mock/health")
    monkeypatch.setattr(stage, "SERVERS", servers)
    assert main.run(trace=False, console=console) == 2
    assert "gateway_mock.cli did not start: Error: this is not the URL of a store" in capsys.readouterr().err
    assert console.file.getvalue() == ""


def test_a_server_that_never_answers_is_given_up(monkeypatch):
    """After the last try; it is ended all the same."""
    monkeypatch.setattr(stage, "TRIES_MAX", 2)
    servers = {
        name: Server("gateway_mock.cli", ("serve", "--store", "memory:"), "/nowhere")
        for name in ("sandbox", "connector")
    }
    monkeypatch.setattr(stage, "SERVERS", servers)
    with pytest.raises(StageError, match="did not start: it said nothing"), stage.stage():
        pytest.fail("nobody is ready")


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (422, '{"error": {}}', 'POST /_mock/orders answered 422: {"error": {}}'),
        (201, '{"orderId": 1}', "POST /_mock/orders answered something else: "),
        (201, "<html>", "POST /_mock/orders answered something else: "),
    ],
)
def test_an_answer_that_no_story_has_is_told(status, body, said):
    """Which call, and what came."""
    with responses.RequestsMock() as mock:
        mock.post("http://sandbox.test/_mock/orders", body=body, status=status)
        with pytest.raises(UnexpectedAnswerError) as told:
            Line("http://sandbox.test", Silence()).ask(MadeOrder, "POST", "/_mock/orders", {})
    assert str(told.value).startswith(said)


def test_a_server_that_is_gone_in_the_middle_ends_with_1(capsys, console, monkeypatch):
    """The message names the connection, there is no traceback."""

    def gone(*_arguments):
        raise requests.ConnectionError("connection refused")

    monkeypatch.setattr(main, "play", gone)
    assert main.run(trace=False, console=console) == 1
    assert capsys.readouterr().err == "connection refused\n"
