"""The page of rules: what `ppp-contracts` holds a connector, and a gateway, to."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from contracts.suite.gateway.load import all_gateway_rules
from contracts.suite.load import all_rules
from contracts.suite.rule import AnyRule
from docs.markdown_parts import Row, code, page, table

HEAD = ("Rule", "Kind", "Profile", "What is true", "Needs", "Sources")


def rules() -> str:
    """Every rule, in the order in which it is told."""
    return page(
        "Rules",
        "contracts/rules",
        "What `ppp-contracts check connector URL` and `check gateway URL` hold the judged to. A rule says what is "
        "true of whoever is correct. `ppp-contracts explain RULE-ID` says of one what exactly, why, and by which "
        "steps it is found out; [Testing](../testing.md#judge-a-connector) and "
        "[Judge a gateway](../gateways.md) say how to run them.",
        "A breach of a `must` fails. A breach of a `should` is advice, and fails with `--strict`; one of an "
        "`advice` never fails. The profile is the smallest one that plays the rule. Where the judged does not "
        "offer what a rule needs, or cannot do it, within its rights, the report says so and leaves it out. "
        "A source is documented, inferred from what is documented, or recommended where VTEX's texts contradict "
        "each other (C and a number) or say nothing (S and a number).",
        "## Rules for connectors",
        *_families(all_rules()),
        "## Rules for gateways",
        *_families(all_gateway_rules()),
    )


def _families(told: Iterable[AnyRule]) -> Iterator[str]:
    for family, of_it in groupby(told, lambda rule: rule.family):
        yield f"### {family}\n\n{table(HEAD, map(_row, of_it))}"


def _row(rule: AnyRule) -> Row:
    return (
        code(rule.id),
        rule.kind,
        rule.profile,
        rule.title,
        ", ".join(rule.needs) or "-",
        "; ".join(map(str, rule.sources)),
    )
