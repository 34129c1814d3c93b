"""The reference pages, made of the code: `python docs/generate.py` writes them.

`python docs/generate.py --check` writes nothing, and ends with 1 when a page is not what the code says.
"""

import ast
import inspect
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import click
import msgspec

from connector_ppp.cli import main as ppp_connector
from connector_ppp.reference.defects import FAMILIES, Defect
from contracts.cli import main as ppp_contracts
from docs.endpoints_page import endpoints
from docs.markdown_parts import Row, code, page, table
from docs.rules_page import rules
from gateway_mock.cli import main as gateway_mock
from gateway_mock.core import statuses
from gateway_mock.core.policy import RECOMMENDED
from gateway_mock.core.quirks import QUIRKS
from gateway_mock.core.refusals import Refusal
from gateway_mock.records import FaultKind
from gateway_mock.web.wire.control import AccountBody, AntifraudBody, ClockBody, ConnectorBody, FaultBody
from gateway_mock.web.wire.made_orders import CardBody, ItemBody, OrderBody, PaymentBody

FOLDER = Path(__file__).parent / "reference"


# --- Refusals, quirks, statuses -----------------------------------------------------------------------------


def refusals() -> str:
    """Every refusal of the core, strongest first."""
    rows = (
        (code(words.code), str(words.http_status), code(words.message), words.source)
        for words in (refusal.words for refusal in Refusal)
    )
    return page(
        "Refusals",
        "gateway_mock/core/refusals.py",
        "A refused request has changed nothing, and no connector was called. The answer is "
        '`{"error":{"code":"…","message":"…","exception":null}}`. '
        "When two refusals apply, the one that stands first here is the answer.",
        "Codes that start with `Mock.` are ours, because the public texts have none; "
        "the others were seen in them. "
        "Words in braces are figures of the request. "
        "HTTP statuses of Orders are recommended: VTEX documents the successful ones alone. "
        "Errors before a rule is asked (malformed requests, wrong credentials, the control plane itself) stand in "
        "[the control plane](../control-plane.md#errors).",
        table(("Code", "HTTP", "Words", "Source"), rows),
    )


def quirks() -> str:
    """Every switch of what the real platform is known to do otherwise."""
    rows = (
        (
            code(name),
            quirk.does,
            ", ".join(map(str, quirk.issues)) or "-",
            quirk.defence,
            ", ".join(f"`{name}`: {_plain(getattr(RECOMMENDED, name))}" for name in quirk.changes) or "line",
        )
        for name, quirk in QUIRKS.items()
    )
    return page(
        "Quirks",
        "gateway_mock/core/quirks_policy.py and quirks_line.py",
        "Each switch is off in a new account. "
        "On, it shows what the real platform is known to do, "
        "or another reading of texts that contradict each other. "
        "`PUT /_mock/quirks` turns switches on and off, [as shown here](../control-plane.md#quirks). "
        "The last column is the reading that holds while the switch is off; "
        "a switch of the *line* touches what goes over the line to a PPP connector, and no rule.",
        table(("Name", "On, it does this", "Known issues", "How to defend", "Off means"), rows),
    )


def _plain(value: object) -> str:
    return str(value).lower()


def transitions() -> str:
    """Every change of status, and the states in which nothing happens any more."""
    parts = (
        f"## {name}\n\n{table(('Status', 'Event', 'Next'), rows)}"
        for name, rows in (
            ("Transactions", _edges(statuses.TRANSACTION)),
            ("Payments", _edges(statuses.PAYMENT)),
            ("Orders", _edges(statuses.ORDER)),
        )
    )
    return page(
        "Statuses",
        "gateway_mock/core/statuses.py",
        "Status, event, next status. "
        "What does not stand here does not happen: the request is refused, or nothing changes. "
        "The names of statuses are documented; the names of events are ours.",
        *parts,
    )


def _edges(edges: Mapping[statuses.S, Mapping[statuses.Event, statuses.S]]) -> Iterator[Row]:
    for state, row in edges.items():
        yield from ((code(state), event, code(after)) for event, after in row.items())
        if not row:
            yield code(state), "-", "final"


# --- Faults -------------------------------------------------------------------------------------------------


def faults() -> str:
    """Every kind of fault, and the body that asks for one."""
    told = _docstrings_of_members(FaultKind)
    return page(
        "Faults",
        "gateway_mock/records.py and gateway_mock/web/wire/control.py",
        "What can go wrong on the line between the gateway and a PPP connector. "
        "`POST /_mock/faults` asks for one, [as shown here](../control-plane.md#faults). "
        "A legacy connector lives inside the gateway, so it has no line.",
        table(("Kind", "What happens"), ((code(kind), told[kind]) for kind in FaultKind)),
        f"## The body\n\n{body(FaultBody)}",
        "`operation` `*` is every operation. "
        "`after` calls of the operation go well first, then `times` calls meet the fault. "
        "`status` counts for the kind `status`, `seconds` for `delay`.",
    )


def _docstrings_of_members(kind: type[StrEnum]) -> dict[str, str]:
    """What is written below each member; Python itself does not keep it."""
    (definition,) = ast.parse(inspect.getsource(kind)).body
    found: dict[str, str] = {}
    value = ""
    for node in ast.iter_child_nodes(definition):
        match node:
            case ast.Assign(value=ast.Constant(value=str(value))):
                found[value] = ""
            case ast.Expr(value=ast.Constant(value=str(text))) if value:
                found[value] = text
    return found


# --- Defects ------------------------------------------------------------------------------------------------


def defects() -> str:
    """Every defect of the reference connector, by what it is about."""
    head = ("Name", "What goes wrong", "The rule that it breaks", "Who is hurt")
    parts = (f"## {family}\n\n{table(head, _defects(rows))}" for family, rows in FAMILIES.items())
    return page(
        "Defects",
        "connector_ppp/reference/defects",
        "Faults that the reference connector shows on request: `ppp-connector serve --defect NAME`, "
        "as many of them as wished, [as shown here](../connectors.md#defects). "
        "Everything else stays correct, so that a test, or `ppp-contracts`, has to find exactly this. "
        "Where a defect is within the rights of a provider, its rule says that it is allowed.",
        *parts,
    )


def _defects(rows: Iterable[Defect]) -> Iterator[Row]:
    return ((code(row.name), row.effect, row.breaks, row.hurts) for row in rows)


# --- Bodies -------------------------------------------------------------------------------------------------


class Schema(msgspec.Struct, rename="camel"):
    """As much of JSON Schema as the bodies use."""

    reference: str = msgspec.field(name="$ref", default="")
    type: str = ""
    title: str = ""
    enum: list[str] = []
    any_of: list["Schema"] = []
    items: "Schema | None" = None
    properties: dict[str, "Schema"] = {}
    required: list[str] = []
    pattern: str = ""
    default: object = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    min_length: int | None = None
    max_length: int | None = None
    max_items: int | None = None


Named = Mapping[str, Schema]


def body(kind: type[msgspec.Struct]) -> str:
    """The fields of a JSON body: name, what it may be, what it is when left out."""
    _, components = msgspec.json.schema_components([kind])
    named = msgspec.convert(components, dict[str, Schema])
    schema = named[kind.__name__]
    rows = (
        (
            code(name),
            _kind(field, named),
            "required" if name in schema.required else code(json.dumps(field.default)),
        )
        for name, field in schema.properties.items()
    )
    return table(("Field", "Value", "Left out"), rows)


def _kind(field: Schema, named: Named) -> str:
    schema = named[field.reference.rpartition("/")[2]] if field.reference else field
    if schema.any_of:
        return " or ".join(_kind(each, named) for each in schema.any_of)
    if schema.enum:
        return ", ".join(map(code, schema.enum))
    if schema.items is not None:
        return f"list of {_kind(schema.items, named)}{_bounds(None, schema.max_items)}"
    if schema.type == "object":
        return f"[{schema.title}](#{schema.title.lower()})"
    if schema.pattern:
        return f"text like {code(schema.pattern)}"
    if schema.type == "string":
        return f"text{_bounds(schema.min_length, schema.max_length)}"
    return f"{schema.type}{_bounds(schema.minimum, schema.maximum)}"


def _bounds(least: float | None, most: float | None) -> str:
    match least, most:
        case None, None:
            return ""
        case None, _:
            return f", at most {most:,}"
        case _, None:
            return f", at least {least:,}"
        case _:
            return f", {least:,} to {most:,}"


BODIES: Mapping[str, tuple[type[msgspec.Struct], ...]] = MappingProxyType(
    {
        "POST /_mock/accounts": (AccountBody,),
        "PUT /_mock/connectors/NAME": (ConnectorBody,),
        "POST /_mock/orders": (OrderBody, ItemBody, PaymentBody, CardBody),
        "POST /_mock/clock": (ClockBody,),
        "PUT /_mock/antifraud": (AntifraudBody,),
        "POST /_mock/faults": (FaultBody,),
    }
)


def _body_parts() -> Iterator[str]:
    for path, kinds in BODIES.items():
        yield f"### `{path}`"
        for kind in kinds:
            yield f"#### {kind.__name__}\n\n{inspect.getdoc(kind)}\n\n{body(kind)}"


# --- Commands -----------------------------------------------------------------------------------------------

PROGRAMS: Mapping[str, click.Group] = MappingProxyType(
    {"gateway-mock": gateway_mock, "ppp-connector": ppp_connector, "ppp-contracts": ppp_contracts}
)


WORDS: Mapping[str, str] = MappingProxyType(
    {
        "file": "file",
        "path": "file",
        "text": "text",
        "float": "number",
        "integer": "integer",
        "amount": "amount",
        "seconds": "number, above 0, at most 3600",
    }
)
"""Types of options as a reader calls them."""


def settings() -> str:
    """Every option of every command, and every field of the control plane's bodies."""
    commands = (part for name, program in PROGRAMS.items() for part in _command_parts(name, program))
    return page(
        "Settings",
        "the commands and gateway_mock/web/wire",
        "Options of the commands, then the bodies of the control plane. "
        "The entries of an affiliation stand in [connectors](../connectors.md#by-affiliation-and-rule).",
        "## Commands",
        *commands,
        "## Bodies of the control plane",
        "Amounts are cents. An unknown field is refused with 400 `Mock.MalformedRequest`.",
        *_body_parts(),
    )


def _command_parts(name: str, command: click.Command) -> Iterator[str]:
    if isinstance(command, click.Group):
        for word, inner in command.commands.items():
            yield from _command_parts(f"{name} {word}", inner)
        return
    arguments = " ".join(each.human_readable_name for each in command.params if isinstance(each, click.Argument))
    options = [_option(each) for each in command.params if isinstance(each, click.Option)]
    yield f"### `{f'{name} {arguments}'.strip()}`\n\n{command.get_short_help_str(200)}"
    if options:
        yield table(("Option", "Value", "Left out", "Says"), options)


def _option(option: click.Option) -> Row:
    default = "required" if option.required else _default(option.to_info_dict()["default"])
    return " ".join(map(code, option.opts)), _value(option), default, option.help or ""


def _default(value: object) -> str:
    if callable(value):
        return "a new id"
    return "" if value is False or value == () else code(value)


def _value(option: click.Option) -> str:
    if option.is_flag:
        return ""
    if option.metavar:
        return option.metavar
    match option.type:
        case click.Choice() as choice:
            return ", ".join(map(code, choice.choices))
        case click.IntRange() as bounds:
            return f"integer{_bounds(bounds.min, bounds.max)}"
    return WORDS[option.type.name]


# --- Writing ------------------------------------------------------------------------------------------------

PAGES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "refusals.md": refusals,
        "quirks.md": quirks,
        "statuses.md": transitions,
        "faults.md": faults,
        "defects.md": defects,
        "settings.md": settings,
        "rules.md": rules,
        "endpoints.md": endpoints,
    }
)


def stale(folder: Path = FOLDER) -> list[str]:
    """The pages that are not what the code says."""
    return [name for name, make in PAGES.items() if _text(folder / name) != make()]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; end with 1 when a page is stale.")
def main(*, check: bool) -> None:
    """Write the reference pages."""
    if check:
        found = stale()
        for name in found:
            click.echo(f"docs/reference/{name} is stale; run python docs/generate.py", err=True)
        sys.exit(1 if found else 0)
    FOLDER.mkdir(exist_ok=True)
    for name, make in PAGES.items():
        (FOLDER / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
