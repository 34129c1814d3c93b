"""What the tests of the suite for gateways share: a sandbox in this process, and a judge for it."""

import socket
from itertools import count

import pytest

from connector_ppp.transports import WSGITransport
from contracts.suite.gateway.load import all_gateway_rules, chosen_gateway_rules
from contracts.suite.gateway.run import run
from contracts.suite.gateway.target import GatewayTarget
from gateway_mock.web.app import Config, build, create_app
from tests.contracts.gateway.planted_lines import Line
from tests.contracts.judgement import Judgement

URL = "http://127.0.0.1:5005"


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
def served_gateway(served, free_port):
    """The address of a sandbox behind a socket, with a manual clock."""
    return served(create_app(Config(clock="manual", base_url=f"http://127.0.0.1:{free_port}")), free_port)
