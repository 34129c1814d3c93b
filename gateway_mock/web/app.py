"""The composition root: every port is chosen here, nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response

from connector_ppp.transports import Transport
from gateway_mock.adapters.clock import ManualClock, RealClock
from gateway_mock.adapters.connectors import TIMEOUT_SECONDS, Connectors
from gateway_mock.adapters.ids import RandomIds
from gateway_mock.adapters.stores import open_store
from gateway_mock.core.modes import Kind, Mode, allowed
from gateway_mock.ports import Clock, Connector, Ids, Store
from gateway_mock.records import ConnectorSettings, Credentials, Settings
from gateway_mock.service.accounts import DEFAULT_ACCOUNT, open_account
from gateway_mock.service.jobs import recover
from gateway_mock.service.sandbox import Sandbox
from gateway_mock.web import (
    access,
    changes,
    configuration,
    control,
    dashboard,
    documents,
    errors,
    orders,
    payments,
    transactions,
)
from gateway_mock.web.http import EXTENSION
from gateway_mock.web.lean import LeanFlask

BODY_MAX = 1_000_000
"""Bytes of a request body; the largest documented bodies are a few kilobytes."""

LEGACY_CONNECTOR = "TestConnector"
PPP_CONNECTOR = "Provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """How a sandbox starts."""

    store: str = "memory:"
    clock: str = "real"
    connector: str | None = None
    """The URL of a PPP connector that every new account uses; without one, a legacy connector in-process."""
    mode: Mode = Mode.TOTAL
    app_key: str = "vtexappkey-sandbox-LOCAL"
    app_token: str = "sandbox"  # noqa: S105 - the documented pair of a fresh sandbox
    base_url: str = "http://127.0.0.1:5005"
    """Where connectors reach this sandbox."""
    control_token: str | None = None
    timeout_seconds: float = TIMEOUT_SECONDS


def first_settings(config: Config) -> Settings:
    """What a new account starts with: one connector, its default.

    Raises:
        ValueError: Hold or Partial without a PPP connector (documented: legacy ones only settle the total).
    """
    kind = Kind.LEGACY if config.connector is None else Kind.PPP
    if not allowed(kind, config.mode):
        raise ValueError(f"mode {config.mode} needs a PPP connector: a legacy one only settles the total")
    name = LEGACY_CONNECTOR if kind is Kind.LEGACY else PPP_CONNECTOR
    connector = ConnectorSettings(name=name, kind=kind, mode=config.mode, url=config.connector or "")
    return Settings(connectors=(connector,), default_connector=name)


def build(
    config: Config,
    *,
    store: Store | None = None,
    clock: Clock | None = None,
    ids: Ids | None = None,
    connector: Connector | None = None,
    transport_for: Callable[[str], Transport | None] = lambda _url: None,
    opens_account: bool = True,
) -> Sandbox:
    """Put the ports together; each may be given instead of chosen by the configuration.

    Args:
        config: how the sandbox starts.
        store: where it keeps its state.
        clock: its moments.
        ids: its identifiers.
        connector: what performs its calls.
        transport_for: how requests to a connector's URL travel; None means over HTTP.
        opens_account: whether the account of the configuration is made before this returns; nothing else here
            needs the store to be open.
    """
    store = open_store(config.store) if store is None else store
    if clock is None:
        clock = ManualClock(store) if config.clock == "manual" else RealClock()
    connectors = Connectors(lambda: config.base_url, transport_for, config.timeout_seconds)
    sandbox = Sandbox(
        store=store,
        clock=clock,
        ids=ids or RandomIds(),
        connector=connector or connectors,
        default_settings=first_settings(config),
        line=connectors,
    )
    if opens_account:
        pair = Credentials(account=DEFAULT_ACCOUNT, app_key=config.app_key, app_token=config.app_token)
        open_account(sandbox, pair)
    return sandbox


def create_app(config: Config | None = None, *, sandbox: Sandbox | None = None, recovers: bool = True) -> Flask:
    """The sandbox as a WSGI application.

    Args:
        config: how it starts; in memory, with a legacy connector, when none is given.
        sandbox: the ports, when they are not to be built from the configuration.
        recovers: whether operations that a crash left open are sent again before this returns; a server that
            wants to listen first calls `service.jobs.recover` itself.
    """
    config = config or Config()
    app = LeanFlask("gateway_mock", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=BODY_MAX, CONTROL_TOKEN=config.control_token)
    app.extensions[EXTENSION] = sandbox or build(config)
    if recovers:
        recover(app.extensions[EXTENSION])
    app.before_request(access.check)
    app.after_request(_banner)
    errors.install(app)
    # The paths of the official file first; the others are aliases seen in known issues and older texts.
    app.register_blueprint(transactions.blueprint, url_prefix="/api/pvt")
    app.register_blueprint(transactions.blueprint, url_prefix="/api/payments/pvt", name="alias")
    app.register_blueprint(transactions.public, url_prefix="/api/payments")
    app.register_blueprint(transactions.public, url_prefix="/api/pub", name="public_alias")
    for module in (payments, configuration, orders, changes, control, dashboard, documents):
        app.register_blueprint(module.blueprint)
    return app


def _banner(response: Response) -> Response:
    """Say on every answer that this is no real gateway."""
    response.headers["X-Mock"] = "gateway-mock"
    return response
