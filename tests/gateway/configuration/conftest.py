"""The configuration side of the gateway over HTTP, on a store in memory and on one in a file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, g, request
from flask.testing import FlaskClient

from gateway_mock.adapters.clock import ManualClock
from gateway_mock.adapters.ids import SequentialIds
from gateway_mock.adapters.stores import open_store
from gateway_mock.ports import Answer, Work
from gateway_mock.records import ConnectorSettings, Settings
from gateway_mock.service.sandbox import Sandbox
from gateway_mock.web import configuration, errors
from gateway_mock.web.http import EXTENSION

Json = dict[str, object]


class NobodyCalls:
    """Configuring calls no connector."""

    def perform(self, settings: ConnectorSettings, work: Work) -> Answer:
        """Fail the test."""
        raise AssertionError(f"{settings.name} was called: {work}")


@pytest.fixture(params=["memory", "sqlite"])
def sandbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sandbox]:
    """The ports behind the application: nothing is configured yet, the clock says 2026-01-01."""
    store = open_store("memory:" if request.param == "memory" else f"sqlite:///{tmp_path}/sandbox.db")
    yield Sandbox(
        store=store,
        clock=ManualClock(store),
        ids=SequentialIds(),
        connector=NobodyCalls(),
        default_settings=Settings(),
    )
    store.close()


@pytest.fixture
def client(sandbox: Sandbox) -> FlaskClient:
    """A caller; the header `X-Account` says of which account, `shop` without one."""
    app = Flask(__name__)
    app.extensions[EXTENSION] = sandbox

    @app.before_request
    def name_account() -> None:
        g.account = request.headers.get("X-Account", "shop")

    errors.install(app)
    app.register_blueprint(configuration.blueprint)
    return app.test_client()


@pytest.fixture
def provider() -> Callable[..., Json]:
    """Makes the body of an affiliation with a Payment Provider Protocol connector."""

    def make(name: str = "acme", **entries: str) -> Json:
        return {
            "implementation": f"Vtex.PaymentGateway.Connectors.PaymentProvider.PaymentProviderConnector_{name}",
            "name": f"{name} of the shop",
            "configuration": [{"name": each, "value": value, "valueKey": None} for each, value in entries.items()],
            "isdelivered": True,
            "isConfigured": True,
        }

    return make


@pytest.fixture
def rule_for() -> Callable[..., Json]:
    """Makes the body of a rule that brings an affiliation a payment system."""

    def make(affiliation: Json, system: int = 2, **others: object) -> Json:
        connector = {"implementation": affiliation["implementation"], "affiliationId": affiliation["id"]}
        return {
            "name": "a rule",
            "paymentSystem": {"id": system},
            "connector": connector,
            "enabled": True,
            **others,
        }

    return make
