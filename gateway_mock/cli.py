"""The command `gateway-mock`: serve the sandbox, see the announcement's story, or search for what breaks it.

Exit codes: 0 all went well, 1 the story or a history has a figure that is wrong, 2 it could not start. Heavy
imports stay inside the commands: help and wrong options answer at once.
"""

import gc
import os
import sys
from threading import Thread
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
    from flask import Flask

    from gateway_mock.adapters.stores import OpeningStore
    from gateway_mock.service.sandbox import Sandbox
    from gateway_mock.web.app import Config

COULD_NOT_START: Final = 2

REACHED_AT: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing is bound here
"""Where somebody beside us reaches a server that listens on all addresses."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ppp-harness")
def main() -> None:
    """A sandbox of VTEX's Payments Gateway and Orders. Not for production; never send it real cards."""


# --- serve --------------------------------------------------------------------------------------------------


def _web_address(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is None or _is_web_address(value):
        return value
    raise click.BadParameter(f"{value!r} is no http:// or https:// address.")


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _not_empty(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value == "":
        raise click.BadParameter("it is empty.")
    return value


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=5005, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option(
    "--store",
    default="sqlite:///gateway-mock.db",
    show_default=True,
    metavar="URL",
    help="Where everything is kept: memory:, sqlite:///FILE or postgresql://HOST/DATABASE.",
)
@click.option(
    "--clock",
    type=click.Choice(["real", "manual"]),
    default="real",
    show_default=True,
    help="Real time, or a clock that stands still until POST /_mock/clock moves it.",
)
@click.option(
    "--connector",
    metavar="URL",
    callback=_web_address,
    help="A PPP connector for every account; without one, a legacy connector inside the sandbox.",
)
@click.option(
    "--mode",
    type=click.Choice(["total", "hold", "partial"]),
    default="total",
    show_default=True,
    help="How that connector settles; hold and partial need --connector.",
)
@click.option("--app-key", default="vtexappkey-sandbox-LOCAL", show_default=True, callback=_not_empty)
@click.option("--app-token", default="sandbox", show_default=True, callback=_not_empty)
@click.option("--control-token", callback=_not_empty, help="What the control plane asks for instead of loopback.")
def serve(
    *,
    host: str,
    port: int,
    store: str,
    clock: Literal["real", "manual"],
    connector: str | None,
    mode: Literal["total", "hold", "partial"],
    app_key: str,
    app_token: str,
    control_token: str | None,
) -> None:
    """Serve the sandbox until it is interrupted."""
    gc.disable()  # nothing that starts is garbage; the serving process collects again once it listens
    click.get_current_context().call_on_close(gc.enable)
    from gateway_mock.core.modes import Mode  # noqa: PLC0415
    from gateway_mock.web.app import Config, first_settings  # noqa: PLC0415

    config = Config(
        store=store,
        clock=clock,
        connector=connector,
        mode=Mode(mode),
        app_key=app_key,
        app_token=app_token,
        base_url=_base_url(host, port),
        control_token=control_token,
    )
    try:
        first_settings(config)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    _serve(config, host, port)


def _base_url(host: str, port: int) -> str:
    reached_at = REACHED_AT.get(host, host)
    return f"http://{f'[{reached_at}]' if ':' in reached_at else reached_at}:{port}"


def _serve(config: "Config", host: str, port: int) -> None:
    from connector_ppp.reference.server import serve as serve_app  # noqa: PLC0415

    serving = _Serving(config)
    try:
        serve_app(serving.make_app, host=host, port=port, probe_path="/_mock/health", on_ready=serving.say_ready)
    except OSError as error:
        raise click.UsageError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    except SystemExit:  # the serving process ended by itself, after it said why
        sys.exit(COULD_NOT_START)


class _Serving:
    """What the serving process does: it listens at once, and meanwhile opens its store."""

    def __init__(self, config: "Config") -> None:
        self._config = config
        self._store: OpeningStore | None = None

    def make_app(self) -> "Flask":
        """Build the application, and start what works beside it; only the serving process does this."""
        from gateway_mock.adapters.stores import OpeningStore, require_store  # noqa: PLC0415
        from gateway_mock.web.app import build, create_app  # noqa: PLC0415

        try:
            require_store(self._config.store)
        except ValueError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(COULD_NOT_START)
        # Whoever waits for the store waits for the first account too.
        self._store = OpeningStore(lambda: build(self._config).store)
        sandbox = build(self._config, store=self._store, opens_account=False)
        app = create_app(self._config, sandbox=sandbox, recovers=False)
        self._store.start()
        Thread(target=self._begin, args=(self._store, sandbox), daemon=True).start()
        return app

    def _begin(self, store: "OpeningStore", sandbox: "Sandbox") -> None:
        """Run what is due and send again what a crash left open; a connector that hangs keeps nobody waiting."""
        from gateway_mock.service.jobs import hurry, recover  # noqa: PLC0415

        failure = store.failure()
        if failure is not None:
            click.echo(f"Error: {str(failure).splitlines()[0]}", err=True)
            os._exit(COULD_NOT_START)  # the process is not this thread's to end in any other way
        if self._config.clock == "manual":
            recover(sandbox)
        else:
            hurry(sandbox)
            _start_worker(sandbox)

    def say_ready(self, base_url: str) -> None:
        """Tell a person where the sandbox is, as soon as its store is open."""
        if self._store is not None and self._store.failure() is None:
            _say_ready(self._config, base_url)


def _start_worker(sandbox: "Sandbox") -> None:
    from multiprocessing.util import Finalize  # noqa: PLC0415

    from gateway_mock.adapters.worker import Worker  # noqa: PLC0415
    from gateway_mock.service.jobs import accounts_due, run_due  # noqa: PLC0415

    worker = Worker(
        lambda: accounts_due(sandbox),
        lambda account: run_due(sandbox, account, sandbox.clock.now(account), most=1),
    )
    worker.start()
    # A child process runs no `atexit`; this is how multiprocessing tells it that it ends.
    Finalize(worker, worker.stop, exitpriority=1)


def _say_ready(config: "Config", base_url: str) -> None:
    connector = "a legacy one inside" if config.connector is None else f"{config.connector}, mode {config.mode}"
    click.echo(f"gateway-mock at {base_url}")
    click.echo(f"  store      {_without_password(config.store)}")
    click.echo(f"  clock      {config.clock}")
    click.echo(f"  connector  {connector}")
    click.echo(f"  app key    {config.app_key}")
    click.echo(f"  app token  {config.app_token}")
    click.echo("Not for production: never send it real cards.")


def _without_password(url: str) -> str:
    """A store's URL as it may be shown."""
    before, at, after = url.partition("?")[0].rpartition("@")
    scheme, slashes, user = before.partition("://")
    return f"{scheme}{slashes}{user.partition(':')[0]}{at}{after}"


# --- demo ---------------------------------------------------------------------------------------------------


@main.command(short_help="Play the announcement's story, with every figure checked.")
@click.option("--trace", is_flag=True, help="Show each HTTP exchange as well.")
def demo(*, trace: bool) -> None:
    """Play the announcement's story: a legacy connector beside PPP in Total, Hold and Partial.

    Order 100.00: invoice 40, change -10, invoice 50, return 15, on real servers on free ports. Ends with 0 only if
    every figure is the documented one.
    """
    from gateway_mock.demo.main import run  # noqa: PLC0415

    sys.exit(run(trace=trace))


# --- simulate -----------------------------------------------------------------------------------------------


@main.command(short_help="Play random histories until a ledger disagrees.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Seed of the first history.")
@click.option("--histories", default=1000, show_default=True, type=click.IntRange(1), help="How many to play.")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1), help="In how many processes.")
@click.option("--whole", is_flag=True, help="Show failing histories with all their steps.")
def simulate(*, seed: int, histories: int, jobs: int, whole: bool) -> None:
    """Play random histories against the reference connector, with faults, crashes and time jumps.

    Each history has a seed of its own, counted up from SEED, and is the same in every run. Ends with 0 only if in
    every one the gateway's ledger, the connector's and the order agree, and nothing is stuck.
    """
    from gateway_mock.simulation.main import run  # noqa: PLC0415

    sys.exit(run(seed=seed, histories=histories, jobs=jobs, whole=whole))
