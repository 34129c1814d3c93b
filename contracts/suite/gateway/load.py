"""The rules for gateways, from YAML files to typed rules."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import jsonschema_rs
import msgspec

from contracts.suite.gateway.vocabulary import GatewayRule
from contracts.suite.load import chosen, meta_schema, read_family, text_of, unique

FAMILIES: Final = (
    "modes",
    "orders",
    "legacy",
    "limits",
    "errors",
    "access",
    "repeats",
    "outages",
    "notices",
    "risk",
    "splits",
    "changes",
    "currencies",
    "wire",
)
"""The files of rules, in the order in which they are shown."""


@cache
def all_gateway_rules() -> tuple[GatewayRule, ...]:
    """Every rule for gateways, in the order in which they are shown.

    Raises:
        RuleError: a file breaks the schema, or an id stands twice.
    """
    return unique(
        rule for family in FAMILIES for rule in read_gateway_rules(family, text_of(f"gateway/{family}.yaml"))
    )


def read_gateway_rules(family: str, text: str) -> tuple[GatewayRule, ...]:
    """The rules of one file.

    Args:
        family: the name of the file; every id in it begins with it.
        text: YAML.

    Raises:
        RuleError: it breaks the schema.
    """
    return read_family(family, text, GatewayRule, _validator())


def chosen_gateway_rules(only: Sequence[str] = ()) -> tuple[GatewayRule, ...]:
    """The rules to run: all, or those whose ids match one of these glob patterns."""
    return chosen(all_gateway_rules(), only)


def gateway_meta_schema() -> dict[str, Any]:
    """The JSON Schema of a file of rules for gateways; what it shares with the other one it refers to."""
    schema: dict[str, Any] = msgspec.json.decode(text_of("gateway/schema.json"))
    return schema


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(gateway_meta_schema(), retriever=lambda _uri: meta_schema())
