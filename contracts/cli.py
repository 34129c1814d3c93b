"""The command `ppp-contracts`: judge a connector or a gateway, list the rules, explain one.

`check` ends with 0 when nothing is wrong, 1 when a rule is broken, 2 when nothing could be judged.
"""

import secrets
from collections.abc import Callable
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contracts.openapi import Document
    from contracts.reports.listeners import Listener
    from contracts.suite.events import Event
    from contracts.suite.gateway.target import GatewayTarget
    from contracts.suite.rule import AnyRule
    from contracts.suite.target import Target

Command = TypeVar("Command", bound=Callable[..., Any])
Chosen = TypeVar("Chosen", bound="AnyRule")

PROFILES: Final = ("official", "partial", "full")
SETUPS: Final = ("auto", "control", "affiliations", "by-hand")
ROUTES: Final = ("total", "hold", "partial", "pix", "legacy")


class _Seconds(click.FloatRange):
    """How long something may take: more than no time, an hour at most."""

    name = "seconds"

    def __init__(self) -> None:
        super().__init__(min=0, min_open=True, max=3600)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401
        """Refuse what is no number at all, too; no comparison would."""
        seconds = super().convert(value, param, ctx)
        return self.fail(f"{value} is no number of seconds.", param, ctx) if isnan(seconds) else seconds


SECONDS: Final = _Seconds()


class CouldNotJudgeError(click.ClickException):
    """An address or a file that cannot be used."""

    exit_code = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ppp-harness")
def main() -> None:
    """Judge connectors and gateways of VTEX's Payment Provider Protocol by rules that are data."""


@main.group()
def check() -> None:
    """Judge something that answers over HTTP."""


def _reporting(command: Command) -> Command:
    """The options of every report."""
    for option in reversed(
        (
            click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML."),
            click.option("--json", "json_", type=click.Path(dir_okay=False, path_type=Path), help="Write JSON."),
            click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write one HTML page."),
            click.option("--quiet", "-q", is_flag=True, help="Show the verdict and what failed, nothing else."),
        )
    ):
        command = option(command)
    return command


@check.command()
@click.argument("url")
@click.option("--app-key", default="", help="App key to send.")
@click.option("--app-token", default="", envvar="PPP_APP_TOKEN", help="App token to send; or set PPP_APP_TOKEN.")
@click.option(
    "--headers", type=click.Choice(["vtex", "provider"]), default="vtex", help="Header pair to use (C18)."
)
@click.option("--only", multiple=True, metavar="GLOB", help="Play these rules only; may be repeated.")
@click.option(
    "--profile", type=click.Choice(PROFILES), default="full", show_default=True, help="How much to play."
)
@click.option("--payment-method", metavar="NAME", help="Pay with this method of the manifest.")
@click.option("--currency", default="BRL", show_default=True, help="ISO 4217 code of two decimals.")
@click.option("--strict", is_flag=True, help="Let a broken should fail, too.")
@click.option(
    "--timeout",
    "timeout_seconds",
    default=20.0,
    show_default=True,
    type=SECONDS,
    help="Seconds to wait for an answer.",
)
@click.option(
    "--callback-timeout",
    "callback_seconds",
    default=15.0,
    show_default=True,
    type=SECONDS,
    help="Seconds to wait for a callback.",
)
@click.option("--workers", default=12, show_default=True, type=click.IntRange(1, 64), help="Rules side by side.")
@click.option(
    "--listen", default="127.0.0.1:0", show_default=True, metavar="HOST:PORT", help="Take callbacks here."
)
@click.option(
    "--callback-url",
    "callback_base_url",
    metavar="URL",
    help="How the connector reaches that address; a tunnel, perhaps.",
)
@_reporting
@click.pass_context
def connector(
    ctx: click.Context,
    /,
    *,
    url: str,
    only: tuple[str, ...],
    profile: str,
    junit: Path | None,
    json_: Path | None,
    html: Path | None,
    quiet: bool,
    listen: str,
    **settings: Any,  # noqa: ANN401 - the fields of a target
) -> None:
    """Judge the connector at URL."""
    from contracts.suite.load import chosen_rules  # noqa: PLC0415
    from contracts.suite.rule import Profile  # noqa: PLC0415
    from contracts.suite.run import run  # noqa: PLC0415

    rules = _some(chosen_rules(only, Profile(profile)), only)
    target = _target(url, listen, **settings)
    ctx.exit(_judge(run(target, rules), _files(junit, json_, html), quiet=quiet))


@check.command()
@click.argument("url")
@click.option("--app-key", default="", help="App key of the account.")
@click.option("--app-token", default="", envvar="VTEX_APP_TOKEN", help="Its token; or set VTEX_APP_TOKEN.")
@click.option("--other-app-key", default="", help="App key of a second account.")
@click.option("--other-app-token", default="", envvar="VTEX_OTHER_APP_TOKEN", help="The token of that one.")
@click.option(
    "--setup",
    type=click.Choice(SETUPS),
    default="auto",
    show_default=True,
    help="How the gateway learns of the suite's connector.",
)
@click.option(
    "--connector",
    "systems",
    multiple=True,
    metavar="MODE=SYSTEM",
    help="You have set up: payments of this payment system reach the suite's connector in this mode (pix: by Pix, "
    "in Partial mode), or go to a legacy connector; may be repeated.",
)
@click.option("--control-token", default="", envvar="MOCK_CONTROL_TOKEN", help="Opens the control plane.")
@click.option("--only", multiple=True, metavar="GLOB", help="Play these rules only; may be repeated.")
@click.option("--strict", is_flag=True, help="Let a broken should fail, too.")
@click.option(
    "--timeout",
    "timeout_seconds",
    default=20.0,
    show_default=True,
    type=SECONDS,
    help="Seconds to wait for an answer.",
)
@click.option(
    "--patience",
    "patience_seconds",
    default=2.0,
    show_default=True,
    type=SECONDS,
    help="Seconds that a call to the connector may come after the answer.",
)
@click.option("--workers", default=6, show_default=True, type=click.IntRange(1, 64), help="Rules side by side.")
@click.option(
    "--listen", default="127.0.0.1:0", show_default=True, metavar="HOST:PORT", help="Be the connector here."
)
@click.option("--connector-url", metavar="URL", help="How the gateway reaches that address; a tunnel, perhaps.")
@_reporting
@click.pass_context
def gateway(
    ctx: click.Context,
    /,
    *,
    url: str,
    only: tuple[str, ...],
    junit: Path | None,
    json_: Path | None,
    html: Path | None,
    quiet: bool,
    **settings: Any,  # noqa: ANN401 - the fields of a target
) -> None:
    """Judge the gateway at URL, with the suite as its merchant and as its connector."""
    from contracts.suite.gateway.load import chosen_gateway_rules  # noqa: PLC0415
    from contracts.suite.gateway.run import run  # noqa: PLC0415

    rules = _some(chosen_gateway_rules(only), only)
    target = _gateway_target(url, **settings)
    ctx.exit(_judge(run(target, rules), _files(junit, json_, html), quiet=quiet))


def _some(rules: "tuple[Chosen, ...]", only: tuple[str, ...]) -> "tuple[Chosen, ...]":
    if not rules:
        raise click.UsageError(f"no rule matches {', '.join(only)}; `ppp-contracts list` shows them all")
    return rules


def _gateway_target(url: str, **settings: Any) -> "GatewayTarget":  # noqa: ANN401 - the fields of a target
    from contracts.suite.gateway.target import GatewayTarget  # noqa: PLC0415

    host, port = _address(settings.pop("listen"))
    other = settings.pop("other_app_key"), settings.pop("other_app_token")
    if urlsplit(url).scheme not in {"http", "https"}:
        raise click.UsageError(f"{url!r} is no address of a gateway; write http://HOST:PORT")
    return GatewayTarget(
        url=url,
        new_id=_new_id,
        other=other if any(other) else None,
        systems=dict(map(_system, settings.pop("systems"))),
        listen_host=host,
        listen_port=port,
        **settings,
    )


def _system(written: str) -> "tuple[str, int]":
    mode, _, system = written.partition("=")
    if mode not in ROUTES or not system.isdigit():
        raise click.UsageError(f"--connector is MODE=SYSTEM, such as hold=4, not {written!r}")
    return mode, int(system)


def _address(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise click.UsageError(f"--listen is HOST:PORT, not {listen!r}")
    return host, int(port)


def _new_id() -> str:
    return secrets.token_hex(16).upper()


def _target(url: str, listen: str, **settings: Any) -> "Target":  # noqa: ANN401 - the fields of a target
    from connector_ppp.errors import CallerError  # noqa: PLC0415
    from contracts.suite.target import Target  # noqa: PLC0415

    host, port = _address(listen)
    target = Target(url=url, new_id=_new_id, callback_host=host, callback_port=port, **settings)
    try:
        target.client()  # to hear of a wrong address before anything is played
    except CallerError as error:
        raise click.UsageError(str(error)) from error
    return target


def _files(junit: Path | None, json_: Path | None, html: Path | None) -> "list[Listener]":
    from contracts.reports.json_report import render_json  # noqa: PLC0415
    from contracts.reports.junit import render_junit  # noqa: PLC0415
    from contracts.reports.listeners import to_file  # noqa: PLC0415
    from contracts.reports.page import render_page  # noqa: PLC0415

    rows = ((junit, render_junit), (json_, render_json), (html, render_page))
    return [to_file(path, render) for path, render in rows if path is not None]


def _judge(events: "Iterable[Event]", files: "list[Listener]", *, quiet: bool) -> int:
    """Play a run and tell everybody; the exit code."""
    from rich.console import Console  # noqa: PLC0415

    from connector_ppp.errors import CallerError  # noqa: PLC0415
    from contracts.reports.console import ConsoleReport  # noqa: PLC0415
    from contracts.suite.events import ExitCode, RunFinished  # noqa: PLC0415

    report = ConsoleReport(Console(soft_wrap=True), quiet=quiet)
    listeners: list[Listener] = [report, *files]
    code = ExitCode.COULD_NOT_JUDGE
    try:
        for event in events:
            for listener in listeners:
                listener(event)
            code = event.exit_code if isinstance(event, RunFinished) else code
    except (OSError, CallerError) as error:
        raise CouldNotJudgeError(f"{error}") from error
    finally:
        report.close()
    return int(code)


@main.command("list")
@click.option("--only", multiple=True, metavar="GLOB", help="List these rules only; may be repeated.")
@click.option(
    "--profile", type=click.Choice(PROFILES), default="full", show_default=True, help="How much to list."
)
def list_(only: tuple[str, ...], profile: str) -> None:
    """List the rules: those for connectors, then those for gateways."""
    from contracts.suite.gateway.load import chosen_gateway_rules  # noqa: PLC0415
    from contracts.suite.load import chosen, chosen_rules  # noqa: PLC0415
    from contracts.suite.rule import Profile  # noqa: PLC0415

    listed = chosen(chosen_gateway_rules(), only, Profile(profile))
    rules: tuple[AnyRule, ...] = (*chosen_rules(only, Profile(profile)), *listed)
    width = max((len(rule.id) for rule in rules), default=0)
    for rule in rules:
        click.echo(f"{rule.id:{width}}  {rule.kind:6}  {rule.profile:8}  {rule.title}")


@main.command()
@click.argument("rule_id", metavar="RULE-ID")
def explain(rule_id: str) -> None:
    """Explain one rule: what it requires, where that comes from, and how it is played."""
    from contracts.reports.explanation import explanation  # noqa: PLC0415
    from contracts.suite.gateway.load import all_gateway_rules  # noqa: PLC0415
    from contracts.suite.load import all_rules  # noqa: PLC0415

    rules = (*all_rules(), *all_gateway_rules())
    found = next((rule for rule in rules if rule.id == rule_id), None)
    if found is None:
        raise click.UsageError(f"there is no rule {rule_id!r}; `ppp-contracts list` shows them all")
    click.echo(explanation(found))


@main.command()
@click.argument("official", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--against", metavar="NAME", help="Our document to compare: ppp, gateway, orders or control.")
@click.option("--all", "all_", is_flag=True, help="Show what is meant to differ, too, with its reason.")
@click.pass_context
def drift(ctx: click.Context, /, *, official: Path, against: str | None, all_: bool) -> None:
    """Compare our OpenAPI document with the OFFICIAL file, YAML or JSON.

    Ends with 0 when every difference is meant, 1 when one is not, 2 when there is nothing to compare.
    """
    from contracts import drift as drifting  # noqa: PLC0415
    from contracts.openapi import NAMES, deviations, document  # noqa: PLC0415

    theirs = _read_document(official)
    name = against or drifting.nearest(theirs)
    if name is None or name not in NAMES:
        raise click.UsageError(
            f"no document of ours has an operation of {official}; --against is {', '.join(NAMES)}"
        )
    found, known = drifting.drift(document(name), theirs), deviations(name)
    unmeant = drifting.unexplained(found, known)
    for each in found if all_ else unmeant:
        click.echo(f"{each.key}\n    ours: {each.ours}\n    official: {each.official}")
        if each not in unmeant:
            click.echo(f"    meant: {drifting.reason(each, known)}")
    click.echo(f"{name}: {len(found)} differences, {len(unmeant)} of them not explained")
    ctx.exit(1 if unmeant else 0)


def _read_document(path: Path) -> "Document":
    """An OpenAPI document of somebody else; JSON is YAML, too."""
    from yaml import YAMLError, safe_load  # noqa: PLC0415

    try:
        read = safe_load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path} cannot be read: {error}") from error
    if not isinstance(read, dict) or not isinstance(read.get("paths"), dict):
        raise click.UsageError(f"{path} is no OpenAPI document: it has no paths")
    return read
