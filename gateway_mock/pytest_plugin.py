"""The pytest plugin: fixtures that put a gateway behind VTEX's hosts, and the marker that says how it behaves.

It is loaded in every pytest run of whoever has installed this package, so nothing else is imported before a test
asks for a fixture. Every fixture can be overridden: `ppp_connector` to put your own connector behind the gateway.
"""

from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, cast

import pytest

if TYPE_CHECKING:
    from gateway_mock.fixtures.behind import Target
    from gateway_mock.fixtures.clock import AccountClock
    from gateway_mock.fixtures.connector import PPPConnector
    from gateway_mock.fixtures.gateway import Gateway
    from gateway_mock.fixtures.options import Given
    from gateway_mock.fixtures.orders import OrderFactory

MARKER = "vtex"
HELP = (
    "vtex(mode, quirks, faults, store, defects, legacy, account, app_key, app_token): "
    "how the gateway of this test behaves; see docs/testing.md of ppp-harness"
)

_GATEWAY: "pytest.StashKey[Gateway]" = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", HELP)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Fail a test for what the sandbox or a connector raised in it; show of a failing one what happened."""
    try:
        yield
    except (Exception, pytest.fail.Exception) as error:
        if _GATEWAY in item.stash:
            _tell(item, item.stash[_GATEWAY], error)
        raise
    if _GATEWAY in item.stash:
        item.stash[_GATEWAY].raise_what_was_raised()


def _tell(item: pytest.Item, gateway: "Gateway", error: BaseException) -> None:
    """Add to a report what its error does not say itself."""
    from gateway_mock.fixtures.assertions import LedgerError  # noqa: PLC0415

    unseen = [f"raised: {each!r}" for each in gateway.take_raised() if each is not error]
    told = [] if isinstance(error, LedgerError) else list(gateway.story())
    if lines := [*told, *unseen]:
        item.add_report_section("call", "gateway", "\n".join(lines))


@contextmanager
def _explained() -> Iterator[None]:
    """A wrong option is the test's mistake: say which, without a traceback through this package."""
    try:
        yield
    except ValueError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


@pytest.fixture
def vtex_options(request: pytest.FixtureRequest) -> "Given":
    """The options of this test: those of its markers, the nearest one first. Override it for other defaults."""
    options: Given = {}
    for marker in reversed(list(request.node.iter_markers(MARKER))):
        if marker.args:
            pytest.fail(f"options of vtex have names: vtex(mode='partial'), not {marker.args!r}", pytrace=False)
        options = cast("Given", {**options, **marker.kwargs})
    return options


@pytest.fixture
def ppp_connector(vtex_options: "Given") -> "Iterator[PPPConnector]":
    """The reference connector with empty books. Override it: a URL or a WSGI application is a connector, too."""
    from gateway_mock.fixtures.connector import lent_connector  # noqa: PLC0415
    from gateway_mock.fixtures.options import read_options  # noqa: PLC0415

    with _explained():
        defects = read_options(vtex_options).defects
    with lent_connector(defects) as connector:
        yield connector


@pytest.fixture
def gateway(request: pytest.FixtureRequest, vtex_options: "Given", ppp_connector: "Target") -> "Iterator[Gateway]":
    """A gateway in an account of its own; it answers what the test sends with `requests` to VTEX's hosts."""
    from gateway_mock import sandbox  # noqa: PLC0415

    with ExitStack() as stack:
        with _explained():
            opened = stack.enter_context(sandbox(ppp_connector, **vtex_options))
        request.node.stash[_GATEWAY] = opened
        yield opened


@pytest.fixture
def gateway_server(gateway: "Gateway") -> "Gateway":
    """The same gateway, live: `gateway_server.url` answers other processes and other HTTP clients, too."""
    gateway.serve()
    return gateway


@pytest.fixture
def order(gateway: "Gateway") -> "OrderFactory":
    """Makes orders at the gateway."""
    return gateway.order


@pytest.fixture
def clock(gateway: "Gateway") -> "AccountClock":
    """The gateway's clock, which stands still until the test moves it."""
    return gateway.clock
