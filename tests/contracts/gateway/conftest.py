"""What the tests of the suite for gateways share: a sandbox in this process, and a judge for it."""

import socket
from dataclasses import dataclass
from itertools import count
from threading import Thread

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from connector_ppp.transports import WSGITransport
from contracts.suite.events import CaseFinished, RunFinished
from contracts.suite.gateway.load import all_gateway_rules, chosen_gateway_rules
from contracts.suite.gateway.run import run
from contracts.suite.gateway.target import GatewayTarget
from gateway_mock.web.app import Config, build, create_app
from tests.contracts.gateway.planted_lines import Line

URL = "http://127.0.0.1:5005"


@dataclass(frozen=True)
class Judgement:
    """What a run came to."""

    finished: RunFinished

    def __getitem__(self, rule_id) -> CaseFinished:
        return next(case for case in self.finished.cases if case.rule.id == rule_id)

    @property
    def outcomes(self):
        """Outcome by rule id."""
        return {case.rule.id: case.outcome.value for case in self.finished.cases}

    @property
    def tripped(self):
        """The rules that accuse the gateway, each with its reason."""
        return {
            case.rule.id: case.reason for case in self.finished.cases if case.outcome.value in {"fail", "advice"}
        }

    @property
    def modes(self):
        """Whether it has them, by mode."""
        return {verdict.mode.value: verdict.runs.value for verdict in self.finished.modes}


@pytest.fixture
def make_sandbox():
    """A sandbox in this process, with a manual clock; a fault of its line, if there is one."""
    lines = []

    def make(line=None, *, clock="manual", **config):
        settings = Config(clock=clock, base_url=URL, **config)
        if line is None:
            return create_app(settings)
        lines.append(Line(line))
        return create_app(settings, sandbox=build(settings, transport_for=lambda _url: lines[-1]))

    yield make
    for each in lines:
        each.close()


@pytest.fixture
def judge_gateway(make_sandbox):
    """Judge an application in this process: (app, rules to play) -> Judgement."""

    def judged(app=None, only=(), **settings):
        numbers = count(1)
        defaults = {
            "url": URL,
            "transport": WSGITransport(app or make_sandbox()),
            "patience_seconds": 0.02,
        }
        target = GatewayTarget(new_id=lambda: f"{next(numbers):032X}", **defaults | settings)
        rules = chosen_gateway_rules(only) if only else all_gateway_rules()
        return Judgement(list(run(target, rules))[-1])

    return judged


@pytest.fixture
def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serve():
    """Puts an application behind a socket: (application, port) -> its address."""
    servers = []

    def served(app, port):
        server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{port}"

    yield served
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


class Quiet(WSGIRequestHandler):
    """Says nothing of the requests that it handles."""

    def log(self, *_arguments):
        """Be silent."""


@pytest.fixture
def served_gateway(serve, free_port):
    """The address of a sandbox behind a socket, with a manual clock."""
    return serve(create_app(Config(clock="manual", base_url=f"http://127.0.0.1:{free_port}")), free_port)
