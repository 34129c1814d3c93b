"""Connectors of strangers are not accused: four that know nothing of the reference connector, over HTTP.

Each was written from the protocol's text alone, with other ideas of ids, storage, units, time and rights.
"""

import importlib.util
from pathlib import Path
from threading import Thread

import pytest

from connector_ppp.transports import HTTPTransport

FOLDER = Path(__file__).with_name("strangers")

# What each runs, and what it says that it cannot do; typed by hand from what each is.
STRANGERS = {
    "rows": {
        "modes": ("yes", "yes", "yes"),
        "notes": ("the value of a cancel is read in currency units, like every other amount",),
        "not supported": {"settle/three-decimals", "settle/no-decimals"},
    },
    "bare": {
        "modes": ("yes", "yes", "yes"),
        "notes": ("the value of a cancel is read in cents",),
        "not supported": set(),
    },
    "later": {
        "modes": ("with limits", "with limits", "no"),
        "notes": (),
        "not supported": {
            "authorize/at-once",
            "official/authorize",
            "official/denied",
            "settle/several-parts",
            "cancel/part",
            "refund/full",
            "refund/part",
        },
    },
    "sale": {
        "modes": ("with limits", "with limits", "no"),
        "notes": (),
        "not supported": {"settle/part", "settle/several-parts", "cancel/part"},
    },
}


def _module(name):
    spec = importlib.util.spec_from_file_location(f"stranger_{name}", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def stranger(served):
    """Where a stranger answers."""
    servers = []

    def serve(name):
        module = _module(name)
        if not hasattr(module, "serve"):
            return served(module.create_app())
        server = module.serve()
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def judge_stranger(judge, stranger):
    """Judge a stranger over HTTP, by every rule."""

    def judged(name):
        transport = HTTPTransport()
        try:
            return judge(url=stranger(name), transport=transport, callback_seconds=5.0)
        finally:
            transport.close()

    return judged


@pytest.mark.parametrize("name", list(STRANGERS))
def test_a_stranger_is_not_accused(judge_stranger, name):
    """No failure, no advice, nothing blocked; its modes, its unit of a cancel (C1), and what it lacks are told."""
    judgement = judge_stranger(name)
    lacking = {rule_id for rule_id, outcome in judgement.outcomes.items() if outcome == "not supported"}
    assert judgement.findings == {}
    assert "blocked" not in judgement.outcomes.values()
    assert judgement.finished.exit_code == 0
    assert tuple(judgement.modes.values()) == STRANGERS[name]["modes"]
    assert judgement["cancel/part"].notes == STRANGERS[name]["notes"]
    assert STRANGERS[name]["not supported"] <= lacking


def test_strangers_know_nothing_of_the_project():
    """Neither the reference connector nor the protocol's types are imported."""
    for path in FOLDER.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "connector_ppp" not in text
        assert "contracts" not in text


def test_every_stranger_is_judged():
    """No file of the folder is forgotten."""
    assert {path.stem for path in FOLDER.glob("*.py")} == set(STRANGERS)
