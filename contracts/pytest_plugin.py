"""The suite as pytest items: `pytest --ppp-connector-url http://localhost:3000 --pyargs contracts`.

Every rule is a test item of its own, so `-k`, `-x`, `-n` and `--junitxml` work as with any other test. Like every
plugin this is loaded in each pytest run of whoever has the package, so nothing is imported before it is asked for.
"""

from typing import TYPE_CHECKING, cast

import pytest

if TYPE_CHECKING:
    from contracts.workers import Outbox

HEADERS = ("vtex", "provider")
PROFILES = ("official", "partial", "full")

NAMES = frozenset({"contracts", "ppp-contracts"})
"""What stands for the rules behind `--pyargs`; the second is a name that no folder on the path can take."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say where the connector is and how it is called."""
    group = parser.getgroup("ppp-contracts", "ppp-contracts: a connector of VTEX's Payment Provider Protocol")
    add = group.addoption
    add("--ppp-connector-url", metavar="URL", help="Judge this connector; --pyargs contracts collects the rules.")
    add("--ppp-app-key", default="", metavar="KEY", help="App key to send.")
    add("--ppp-app-token", default="", metavar="TOKEN", help="App token to send; or set PPP_APP_TOKEN.")
    add("--ppp-headers", default="vtex", choices=HEADERS, help="Header pair that carries them (C18).")
    add("--ppp-profile", default="full", choices=PROFILES, help="How many of the rules to collect.")
    add("--ppp-payment-method", metavar="NAME", help="Pay with this method of the manifest.")
    add("--ppp-currency", default="BRL", metavar="CODE", help="ISO 4217 code of two decimals.")
    add("--ppp-strict", action="store_true", help="Let a broken should fail, too.")
    add("--ppp-timeout", default=20.0, type=float, metavar="SECONDS", help="How long an answer may take.")
    add("--ppp-callback-timeout", default=15.0, type=float, metavar="SECONDS", help="As long for a callback.")
    add("--ppp-listen", default="127.0.0.1:0", metavar="HOST:PORT", help="Take callbacks here.")
    add("--ppp-callback-url", metavar="URL", help="How the connector reaches that address; a tunnel, perhaps.")


def pytest_configure(config: pytest.Config) -> None:
    """Judge, when there is a connector to judge; a wrong option is told before anything is collected."""
    if config.getoption("ppp_connector_url") is None:
        return
    from contracts.judging import FOLDER, Judging, target_of  # noqa: PLC0415
    from contracts.workers import Gatherer, Worker  # noqa: PLC0415

    try:
        judging = Judging(config, target_of(config))
    except ValueError as error:
        raise pytest.UsageError(f"--ppp-connector-url or --ppp-listen: {error}") from None
    if config.getoption("numprocesses", None) and judging.target.callback_port:
        raise pytest.UsageError("--ppp-listen names one port, and each worker listens: leave out -n, or the port")
    if config.getoption("pyargs"):
        config.args = [str(FOLDER) if argument in NAMES else argument for argument in config.args]
    config.pluginmanager.register(judging, "ppp-contracts judging")
    shared = Worker(cast("Outbox", config), judging) if hasattr(config, "workerinput") else Gatherer(judging)
    config.pluginmanager.register(shared, "ppp-contracts workers")
