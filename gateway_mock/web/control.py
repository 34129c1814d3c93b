"""The control plane: what a test needs and VTEX does not have. Loopback only, unless a control token is set."""

from http import HTTPStatus
from urllib.parse import quote

from flask import Blueprint, Response, g, request

from gateway_mock.core.quirks import UnknownQuirkError
from gateway_mock.records import ConnectorSettings
from gateway_mock.service import (
    accounts,
    checkout,
    configuration,
    configuration_flow,
    faults,
    jobs,
    manifests,
    queries,
)
from gateway_mock.service import antifraud as antifrauds
from gateway_mock.service.configuration_flow import FlowFailedError
from gateway_mock.service.connector_entries import ConnectorRefusedError
from gateway_mock.service.routing import NotConfiguredError
from gateway_mock.web.errors import error_reply
from gateway_mock.web.http import accepted, account, body, body_or, empty, reply, sandbox
from gateway_mock.web.problem import Problem
from gateway_mock.web.wire import control as wire
from gateway_mock.web.wire import overview
from gateway_mock.web.wire.control import (
    AccountBody,
    AntifraudBody,
    ClockBody,
    ConnectorBody,
    FaultBody,
    QuirksBody,
)
from gateway_mock.web.wire.made_orders import OrderBody

blueprint = Blueprint("control", __name__, url_prefix="/_mock")

LISTED_MAX = 50
"""How many transactions, and how many jobs, are listed."""


@blueprint.get("/health")
def health() -> Response:
    """Whether the sandbox answers."""
    return reply({"status": "ok"})


@blueprint.post("/accounts")
def new_account() -> Response:
    """Make an account; one that is there already is answered with its credentials."""
    pair, is_new = accounts.new_account(sandbox(), body_or(AccountBody, AccountBody()).account)
    return reply(wire.pair(pair), HTTPStatus.CREATED if is_new else HTTPStatus.OK)


@blueprint.get("/accounts")
def known_accounts() -> Response:
    """The caller's account, and the names of all."""
    return reply({"account": account(), "accounts": accounts.account_names(sandbox())})


@blueprint.get("/connectors")
def connectors() -> Response:
    """The account's connectors."""
    found = configuration.connectors(sandbox(), account())
    read = manifests.manifests(sandbox(), account())
    return reply({"connectors": [wire.connector(each, read.get(each.affiliation_id)) for each in found]})


@blueprint.put("/connectors/<name>")
def put_connector(name: str) -> Response:
    """Make or change a connector; one of the protocol is asked for its manifest."""
    return _shown(_saved(name, body(ConnectorBody).settings(name)))


def _shown(settings: ConnectorSettings) -> Response:
    return reply(wire.connector(settings, manifests.manifests(sandbox(), account()).get(settings.affiliation_id)))


def _saved(name: str, wanted: ConnectorSettings) -> ConnectorSettings:
    try:
        return accepted(configuration.put_connector(sandbox(), account(), name, wanted))
    except ConnectorRefusedError as why:
        raise _unprocessable("Mock.ConnectorRefused", str(why)) from None


@blueprint.post("/connectors/<name>/authorization")
def begin_configuration(name: str) -> Response:
    """Begin the configuration flow: where the merchant's browser has to go."""
    return_url = f"{request.host_url}_mock/connectors/{quote(name, safe='')}/authorization/{quote(account())}/"
    return reply(wire.begun(configuration_flow.begin(sandbox(), account(), name, return_url)))


@blueprint.get("/connectors/<name>/authorization/<account_name>/<code>")
def end_configuration(name: str, account_name: str, code: str) -> Response:
    """The merchant's browser comes back with a code, which is traded for the connector's credentials."""
    g.account = account_name
    return _shown(accepted(configuration_flow.end(sandbox(), account_name, name, code)))


@blueprint.errorhandler(FlowFailedError)
def _flow_failed(error: FlowFailedError) -> Response:
    return error_reply(HTTPStatus.UNPROCESSABLE_ENTITY, "Mock.ConnectorFailed", str(error))


@blueprint.errorhandler(NotConfiguredError)
def _not_configured(error: NotConfiguredError) -> Response:
    return error_reply(HTTPStatus.NOT_FOUND, "Mock.NotConfigured", str(error))


@blueprint.post("/orders")
def new_order() -> Response:
    """Run the official steps: start, payments, additional data, authorization; the order ends up in handling."""
    record = accepted(checkout.make_order(sandbox(), account(), body(OrderBody).wanted()))
    told = accepted(queries.told(sandbox(), account(), record.order.transaction_id))
    return reply(wire.order(told), HTTPStatus.CREATED)


@blueprint.get("/transactions")
def latest_transactions() -> Response:
    """The newest transactions, with or without an order."""
    return reply(overview.latest(queries.latest(sandbox(), account(), LISTED_MAX)))


@blueprint.get("/transactions/<transaction_id>/ledger")
def ledger(transaction_id: str) -> Response:
    """What was requested beside what connectors confirmed."""
    return reply(wire.ledger(accepted(queries.told(sandbox(), account(), transaction_id))))


@blueprint.get("/transactions/<transaction_id>/exchanges")
def exchanges(transaction_id: str) -> Response:
    """Every call to a connector, oldest first."""
    return reply(wire.exchanged(accepted(queries.exchanged(sandbox(), account(), transaction_id))))


@blueprint.get("/transactions/<transaction_id>/history")
def history(transaction_id: str) -> Response:
    """Everything that happened to it, oldest first."""
    return reply(overview.history(accepted(queries.told(sandbox(), account(), transaction_id)).entries))


@blueprint.get("/jobs")
def waiting_jobs() -> Response:
    """What the clock will run, first to come first."""
    return reply({"jobs": [wire.job(each) for each in queries.jobs(sandbox(), account(), LISTED_MAX)]})


@blueprint.get("/clock")
def clock() -> Response:
    """Where the account's clock stands."""
    port = sandbox().clock
    return reply(wire.clock(port.now(account()), manual=port.manual))


@blueprint.post("/clock")
def advance() -> Response:
    """Move a manual clock on; what falls due on the way happens, in order."""
    seconds = body(ClockBody).advance
    if not sandbox().clock.manual:
        raise Problem(HTTPStatus.CONFLICT, "Mock.RealClock", "The clock is real; start with --clock manual.")
    now, ran = jobs.advance(sandbox(), account(), round(seconds * 1_000_000))
    return reply(wire.advanced(now, ran))


@blueprint.get("/quirks")
def quirks() -> Response:
    """How every known-issue switch stands."""
    return reply(accounts.switch_quirks(sandbox(), account(), {}))


@blueprint.put("/quirks")
def switch_quirks() -> Response:
    """Turn known-issue switches on and off."""
    try:
        return reply(accounts.switch_quirks(sandbox(), account(), body(QuirksBody)))
    except UnknownQuirkError as name:
        raise _unprocessable("Mock.UnknownQuirk", f"There is no quirk {name}.") from None


@blueprint.get("/antifraud")
def antifraud() -> Response:
    """Who judges the risk of transactions, if anybody."""
    return reply(wire.antifraud(antifrauds.antifraud(sandbox(), account())))


@blueprint.put("/antifraud")
def put_antifraud() -> Response:
    """Have every transaction judged between its authorization and its approval."""
    wanted = body(AntifraudBody).antifraud()
    return reply(wire.antifraud(accepted(antifrauds.put_antifraud(sandbox(), account(), wanted))))


@blueprint.delete("/antifraud")
def remove_antifraud() -> Response:
    """Have nobody judged any more; what waits for its verdict is approved when its moment comes."""
    accepted(antifrauds.put_antifraud(sandbox(), account(), None))
    return empty(HTTPStatus.NO_CONTENT)


@blueprint.get("/faults")
def waiting_faults() -> Response:
    """The faults that wait for their calls."""
    return reply(wire.faults(faults.waiting_faults(sandbox(), account())))


@blueprint.post("/faults")
def add_fault() -> Response:
    """Put a fault on the line to PPP connectors."""
    wanted = body(FaultBody).fault()
    return reply(wire.faults(accepted(faults.add_fault(sandbox(), account(), wanted))), HTTPStatus.CREATED)


@blueprint.delete("/faults")
def clear_faults() -> Response:
    """Forget every fault that waits."""
    accepted(faults.clear_faults(sandbox(), account()))
    return empty(HTTPStatus.NO_CONTENT)


@blueprint.post("/reset")
def reset() -> Response:
    """Forget everything of the account but its credentials."""
    accounts.reset(sandbox(), account())
    return empty(HTTPStatus.NO_CONTENT)


def _unprocessable(code: str, message: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, code, message)
