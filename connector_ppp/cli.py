"""The command `ppp-connector`: serve the reference connector, or call any connector once.

A call ends with 0 when the connector answered well, 1 when it failed the operation or broke the protocol, and 2
when nobody answered or the call could not be made.
"""

import secrets
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import partial, wraps
from typing import TYPE_CHECKING, Final, Literal, TypeVar

import click

if TYPE_CHECKING:
    from flask import Flask

    from connector_ppp.exchange import AnyExchange
    from connector_ppp.messages import Request, Response

Build = TypeVar("Build", bound=Callable[..., object])

GOOD_VERDICTS: Final = frozenset({"done", "denied", "pending"})
"""Denied and pending are answers of a create, not failures."""

COLOURS: Final[Mapping[str, str]] = {"error": "red", "warning": "yellow"}


def amount(text: str) -> Decimal:
    """Currency units, exact."""
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is no amount; write it like 40.00") from error


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ppp-harness")
def main() -> None:
    """The connector side of VTEX's Payment Provider Protocol."""


# --- serve --------------------------------------------------------------------------------------------------


def _list_defects(ctx: click.Context, _param: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's shape
    if not value:
        return
    from connector_ppp.reference.defects import DEFECTS  # noqa: PLC0415

    for defect in DEFECTS.values():
        click.echo(f"{defect.name}\n    {defect.effect}\n    rule: {defect.breaks}\n    hurts: {defect.hurts}")
    ctx.exit()


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=5010, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--defect", "defects", multiple=True, metavar="NAME", help="Switch a defect on; may be repeated.")
@click.option("--app-key", help="App key that callers must send; with --app-token.")
@click.option("--app-token", help="App token that callers must send; with --app-key.")
@click.option(
    "--callbacks",
    type=click.Choice(["auto", "manual"]),
    default="auto",
    show_default=True,
    help="End undefined payments by itself, or wait for POST /_reference/payments/ID/resolve.",
)
@click.option(
    "--list-defects",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_defects,
    help="List all defects and leave.",
)
def serve(
    *,
    host: str,
    port: int,
    defects: tuple[str, ...],
    app_key: str | None,
    app_token: str | None,
    callbacks: Literal["auto", "manual"],
) -> None:
    """Serve the reference connector until it is interrupted."""
    from connector_ppp.reference.app import create_app  # noqa: PLC0415
    from connector_ppp.reference.server import serve as serve_app  # noqa: PLC0415

    make_app: Callable[[], Flask] = partial(
        create_app, app_key=app_key, app_token=app_token, defects=defects, callbacks=callbacks
    )
    try:
        make_app()  # to hear of wrong options here, and not in the process that serves
        serve_app(make_app, host=host, port=port, probe_path="/manifest", on_ready=partial(_say_ready, defects))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}") from error


def _say_ready(defects: tuple[str, ...], base_url: str) -> None:
    click.echo(f"reference connector at {base_url}")
    for name in defects:
        click.echo(f"defect: {name}")


# --- calls --------------------------------------------------------------------------------------------------


def _call(build: Callable[..., "Request[Response]"]) -> Callable[..., None]:
    """Make a command of a function that builds a request: it performs, shows and judges it too."""

    @click.argument("url")
    @click.option("--app-key", default="", help="App key to send.")
    @click.option("--app-token", default="", help="App token to send.")
    @click.option("--headers", type=click.Choice(["vtex", "provider"]), default="vtex", help="Header pair to use.")
    @click.option("--timeout", default=20.0, show_default=True, help="Seconds to wait for the answer.")
    @wraps(build)
    def perform(
        url: str,
        app_key: str,
        app_token: str,
        headers: Literal["vtex", "provider"],
        timeout: float,
        **fields: object,
    ) -> None:
        from connector_ppp.client import Credentials, PPPClient  # noqa: PLC0415
        from connector_ppp.errors import PPPError  # noqa: PLC0415

        try:
            credentials = Credentials(app_key, app_token, headers)
            client = PPPClient(url, credentials=credentials, timeout_seconds=timeout)
            exchange = client.perform(build(**fields))
        except PPPError as error:
            raise click.UsageError(str(error)) from error
        _show(exchange)
        click.get_current_context().exit(_exit_code(exchange))

    return perform


def _exit_code(exchange: "AnyExchange") -> int:
    if exchange.status is None:
        return 2
    broken = any(problem.severity == "error" for problem in exchange.problems)
    return 1 if broken or exchange.verdict not in GOOD_VERDICTS else 0


def _show(exchange: "AnyExchange") -> None:
    click.echo(f"{exchange.method} {exchange.url}")
    for name, value in exchange.request_headers.items():
        click.echo(f"{name}: {value}")
    click.echo(f"{_pretty(exchange.request_body)}\n")
    if exchange.status is not None:
        click.echo(f"HTTP {exchange.status} after {exchange.elapsed_ms:.0f} ms")
        click.echo(f"{_pretty(exchange.response_body or '')}\n")
    for problem in exchange.problems:
        severity = click.style(problem.severity, fg=COLOURS[problem.severity])
        click.echo(f"{severity}: {problem.field} is {problem.actual}, expected {problem.expected}")
        click.echo(f"    {problem.rule}")
    click.echo(f"verdict: {exchange.verdict}" + (f", {exchange.error}" if exchange.error else ""))


def _pretty(body: str) -> str:
    """A JSON body over several lines, its numbers as they were written; any other body as it is."""
    from msgspec import DecodeError, json  # noqa: PLC0415

    try:
        return json.format(body, indent=2)
    except DecodeError:
        return body


def _new_id() -> str:
    # Ids are the caller's; a hand-made call gets one that nobody used before, in the gateway's own shape.
    return secrets.token_hex(16).upper()


def _request_id(command: Build) -> Build:
    return click.option("--request-id", default=_new_id, help="Idempotency key; a new one when left out.")(command)


def _payment_id(command: Build) -> Build:
    return click.option("--payment-id", required=True, help="The payment, as it was created.")(command)


@main.command()
@_call
def manifest() -> "Request[Response]":
    """Ask what the connector at URL can do."""
    from connector_ppp.messages import ManifestRequest  # noqa: PLC0415

    return ManifestRequest()


@main.command()
@_call
@click.option("--value", type=amount, default="100.00", show_default=True, help="Currency units.")
@click.option("--currency", default="BRL", show_default=True, help="ISO 4217 code.")
@click.option("--payment-method", default="Visa", show_default=True, help="A name of the manifest.")
@click.option("--card", default="4444333322221111", show_default=True, help="Card number; empty for none.")
@click.option("--payment-id", default=_new_id, help="Idempotency key; a new one when left out.")
@click.option("--callback-url", default="http://127.0.0.1:5005/callback", show_default=True)
def authorize(
    *, value: Decimal, currency: str, payment_method: str, card: str, payment_id: str, callback_url: str
) -> "Request[Response]":
    """Create a payment at URL."""
    from connector_ppp.reference.sample import sample_authorization  # noqa: PLC0415

    return sample_authorization(
        payment_id,
        value,
        currency=currency,
        payment_method=payment_method,
        card_number=card or None,
        callback_url=callback_url,
    )


@main.command()
@_call
@_payment_id
@click.option("--value", type=amount, required=True, help="Currency units.")
@_request_id
@click.option("--authorization-id", help="As the create answered it.")
def settle(payment_id: str, value: Decimal, request_id: str, authorization_id: str | None) -> "Request[Response]":
    """Capture a value at URL."""
    from connector_ppp.messages import SettleRequest  # noqa: PLC0415

    return SettleRequest(
        transaction_id=f"transaction-{payment_id}",
        request_id=request_id,
        payment_id=payment_id,
        value=value,
        authorization_id=authorization_id,
    )


@main.command()
@_call
@_payment_id
@click.option("--value", type=amount, help="Currency units; all that is not captured when left out.")
@_request_id
@click.option("--authorization-id", help="As the create answered it.")
def cancel(
    payment_id: str, value: Decimal | None, request_id: str, authorization_id: str | None
) -> "Request[Response]":
    """Void a payment at URL, or a part of it."""
    from msgspec import UNSET  # noqa: PLC0415

    from connector_ppp.messages import CancelRequest  # noqa: PLC0415

    return CancelRequest(
        payment_id=payment_id,
        request_id=request_id,
        authorization_id=authorization_id,
        value=UNSET if value is None else value,
    )


@main.command()
@_call
@_payment_id
@click.option("--value", type=amount, required=True, help="Currency units.")
@click.option("--settle-id", required=True, help="As the settle answered it.")
@_request_id
@click.option("--tid", help="As the create answered it.")
def refund(
    payment_id: str, value: Decimal, settle_id: str, request_id: str, tid: str | None
) -> "Request[Response]":
    """Give captured money back at URL."""
    from connector_ppp.messages import RefundRequest  # noqa: PLC0415

    return RefundRequest(
        transaction_id=f"transaction-{payment_id}",
        request_id=request_id,
        payment_id=payment_id,
        settle_id=settle_id,
        value=value,
        tid=tid,
    )
