"""The rules for gateways are data that proves itself: valid by their schema, complete, and written as facts."""

import re
from decimal import Decimal
from typing import get_args

import jsonschema_rs
import pytest

from contracts.suite.gateway.abilities import OFFERED
from contracts.suite.gateway.auditor import AUDITS
from contracts.suite.gateway.load import (
    FAMILIES,
    all_gateway_rules,
    chosen_gateway_rules,
    gateway_meta_schema,
    read_gateway_rules,
)
from contracts.suite.gateway.steps import PERFORMERS
from contracts.suite.gateway.vocabulary import (
    Advance,
    Antifraud,
    Expect,
    GatewayRule,
    Line,
    OrderSeen,
    Paying,
    PlaceOrder,
    Split,
    Step,
)
from contracts.suite.load import RuleError, all_rules
from contracts.suite.rule import Kind, Tag
from contracts.suite.vocabulary import Likeness
from tests.contracts.grammar import members, properties, steps_of

RULES = all_gateway_rules()
SCHEMA = gateway_meta_schema()
STEPS = get_args(Step)

RULE = """
- id: modes/some-fact
  title: A settle does something
  requirement: A settle does something that a settle has to do.
  kind: must
  sources: [{tag: documented, text: "VTEX docs"}]
  needs: [total]
  steps:
    - {do: settle, value: 40.10, hears: [settle 40.10]}
"""


def test_the_meta_schema_is_a_schema():
    """By the meta-schema of JSON Schema itself."""
    assert jsonschema_rs.meta.is_valid(SCHEMA)


@pytest.mark.parametrize("kind", STEPS, ids=lambda kind: kind.__name__)
def test_the_schema_knows_each_step_as_the_suite_does(kind):
    """The same steps, the same members in each, and somebody who does it."""
    assert properties(SCHEMA, kind.__struct_config__.tag) == members(kind)
    assert kind in PERFORMERS


@pytest.mark.parametrize(
    ("name", "kind", "left_out"),
    [
        # Nothing for gateways has a profile, proves an ability, or has to be alone.
        ("rule", GatewayRule, {"profile", "provides", "alone"}),
        ("expect", Expect, set()),
        ("likeness", Likeness, set()),
        ("order-seen", OrderSeen, set()),
        ("paying", Paying, set()),
        ("line", Line, set()),
    ],
)
def test_the_schema_knows_each_object_as_the_suite_does(name, kind, left_out):
    """The same members."""
    assert properties(SCHEMA, name) == members(kind) - left_out


def test_the_schema_knows_the_same_words_as_the_suite():
    """Needs and audits."""
    assert set(SCHEMA["$defs"]["need"]["enum"]) == set(OFFERED)
    assert set(SCHEMA["$defs"]["rule"]["properties"]["audit"]["enum"]) == set(AUDITS)


def test_the_families_are_there_in_their_order():
    """Fourteen files, each with rules; none has the name of a family for connectors."""
    assert tuple(dict.fromkeys(rule.family for rule in RULES)) == FAMILIES
    assert {rule.family for rule in RULES}.isdisjoint(rule.family for rule in all_rules())


@pytest.mark.parametrize(
    ("example", "rule_id"),
    {
        "T1": "modes/total-settles-in-two",
        "T2": "modes/total-cancels-in-two",
        "T3": "modes/total-refunds-in-two",
        "T4": "modes/total-settles-half",
        "H1": "modes/hold-settles-in-two",
        "H2": "modes/hold-cancels-in-two",
        "H3": "modes/hold-settles-what-a-cancel-left",
        "H4": "modes/hold-refunds-in-two",
        "H5": "modes/hold-waits-for-the-last-invoice",
        "P1": "modes/partial-settles-in-two",
        "P2": "modes/partial-cancels-in-two",
        "P3": "modes/partial-refunds-in-two",
        "P4": "modes/partial-settles-in-three",
        "X1": "modes/mixed-settles-as-total",
        "E1": "orders/story-partial",
        "E2": "orders/discount-of-the-rest-partial",
        "E3": "orders/increase-partial",
        "E4": "orders/cancel-total",
        "E5": "orders/items-and-freight-partial",
        "E6": "orders/interest-partial",
    }.items(),
)
def test_each_worked_example_has_a_rule(example, rule_id):
    """VTEX's own tables of modes, T1 to X1, and those of orders, E1 to E6."""
    assert len([rule for rule in RULES if rule.id == rule_id]) == 1, example


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_hangs_together(rule):
    """What it refers to was named before, and what its steps use is what it needs."""
    named, used = set(), set()
    for step in steps_of(rule):
        likenesses = [like.step for like in (step.expect.same, step.expect.different) if like]
        assert set(likenesses) <= named
        named.add(step.name)
        used |= {paying.route for paying in getattr(step, "payments", ())}
        used |= {"orders"} if isinstance(step, PlaceOrder) or "/oms/" in getattr(step, "path", "") else set()
        used |= {"clock"} if isinstance(step, Advance) else set()
        used |= {"antifraud"} if isinstance(step, Antifraud) else set()
        used |= {"split"} if isinstance(step, Split) else set()
        used |= {"other"} if getattr(step, "credentials", "") == "other" else set()
        used |= {"credentials"} if getattr(step, "credentials", "own") in {"none", "wrong"} else set()
    assert set(rule.needs) == used


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_refusal_moves_nothing(rule):
    """Where a step of money is refused and somebody looks at the connector, nothing is heard."""
    for step in steps_of(rule):
        if step.expect.words == ("refused",) and step.hears is not None:
            assert step.hears == (), step


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.kind is Kind.MUST], ids=lambda rule: rule.id)
def test_a_rule_that_fails_somebody_says_where_it_comes_from(rule):
    """A sentence of VTEX's docs, a known issue, a numbered recommendation, or an invariant of money."""
    assert re.search(r"VTEX docs|known issue|[CS]\d|<=|HTTP|JSON", " ".join(each.text for each in rule.sources))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_what_is_only_recommended_fails_nobody(rule):
    """A must has a documented source, or follows from one; the rest is advice unless somebody asks for more."""
    if rule.kind is Kind.MUST:
        assert {source.tag for source in rule.sources} != {Tag.RECOMMENDED}


def test_no_rule_asks_for_a_code_of_this_project():
    """A code that starts with `Mock.` is ours: another gateway has others, and is right."""
    codes = {code for rule in RULES for step in steps_of(rule) for code in step.expect.codes}
    assert codes == {"1402", "1419", "OMS003"}


def test_amounts_are_exact():
    """40.10 is 40.10, and no binary fraction near it."""
    (rule,) = read_gateway_rules("modes", RULE)
    assert rule.steps[0].value == Decimal("40.10")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("do: settle", "do: capture"), "modes.yaml: 0/steps/0"),
        (("value: 40.10", "value: much"), "modes.yaml: 0/steps/0"),
        (("[settle 40.10]", "[capture 40.10]"), "modes.yaml: 0/steps/0"),
        (("[settle 40.10]", "[settle 40]"), "modes.yaml: 0/steps/0"),
        (("needs: [total]", "needs: [magic]"), "modes.yaml: 0/needs/0"),
        (("modes/some-fact", "modes/Some Fact"), "modes.yaml: 0/id"),
        (("A settle does something\n", "A settle should do something\n"), "modes.yaml: 0/title"),
        (("modes/some-fact", "orders/some-fact"), "modes.yaml: ids begin with modes/, not orders/some-fact"),
    ],
    ids=lambda each: each[1] if isinstance(each, tuple) else None,
)
def test_a_broken_rule_is_refused_with_its_place(change, told):
    """The schema says where; what it shares with the one for connectors it takes from there."""
    with pytest.raises(RuleError, match=re.escape(told)):
        read_gateway_rules("modes", RULE.replace(*change))


def test_rules_are_chosen_by_patterns():
    """As those for connectors."""
    chosen = [rule.id for rule in chosen_gateway_rules(("legacy/*", "modes/total-settles-h*"))]
    assert chosen == [
        "modes/total-settles-half",
        "legacy/settles-the-total",
        "legacy/order-settles-the-total",
        "legacy/makes-a-transaction-total",
    ]
