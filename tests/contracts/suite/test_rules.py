"""The rules are data that proves itself: valid by their schema, complete, and written as facts."""

import re
from decimal import Decimal
from pathlib import Path
from typing import get_args

import jsonschema_rs
import pytest

from connector_ppp.problems import RULES as CLIENT_RULES
from contracts.suite import callbacks
from contracts.suite.abilities import OFFERED, PROVEN
from contracts.suite.amounts import read_amount
from contracts.suite.auditor import AUDITS
from contracts.suite.load import FAMILIES, RuleError, all_rules, chosen_rules, meta_schema, providers, read_rules
from contracts.suite.rule import Kind, Profile, Rule, Source
from contracts.suite.steps import PERFORMERS
from contracts.suite.vocabulary import Expect, Likeness, Repeat, Step
from tests.contracts.grammar import members, properties, steps_of

RULES = all_rules()
SCHEMA = meta_schema()
STEPS = [kind for kind in get_args(Step) if isinstance(kind, type)]

RULE = """
- id: settle/some-fact
  title: A settle does something
  requirement: A settle does something that a settle has to do.
  kind: must
  sources: [{tag: documented, text: "VTEX docs"}]
  steps:
    - {do: settle, value: 40.10}
"""


def test_the_meta_schema_is_a_schema():
    """By the meta-schema of JSON Schema itself."""
    assert jsonschema_rs.meta.is_valid(SCHEMA)


@pytest.mark.parametrize("kind", STEPS, ids=lambda kind: kind.__name__)
def test_the_schema_knows_each_step_as_the_suite_does(kind):
    """The same steps, and the same members in each."""
    assert properties(SCHEMA, kind.__struct_config__.tag) == members(kind)
    assert kind in PERFORMERS


@pytest.mark.parametrize(
    ("name", "kind"), [("rule", Rule), ("source", Source), ("expect", Expect), ("likeness", Likeness)]
)
def test_the_schema_knows_each_object_as_the_suite_does(name, kind):
    """The same members."""
    assert properties(SCHEMA, name) == members(kind)


def test_the_schema_knows_the_same_words_as_the_suite():
    """Abilities and audits."""
    definitions = SCHEMA["$defs"]
    assert set(definitions["offered"]["enum"]) == set(OFFERED)
    assert set(definitions["proven"]["enum"]) == set(PROVEN)
    assert set(definitions["rule"]["properties"]["audit"]["enum"]) == set(AUDITS)


def test_the_families_are_there():
    """Ten files, each with rules, in their order."""
    assert list(dict.fromkeys(rule.family for rule in RULES)) == list(FAMILIES)


def test_the_readme_shows_what_each_rule_is_about():
    """Each rule stands in its tables once, those in parentheses not counted, and no rule that is gone."""
    text = (Path(__file__).parents[3] / "contracts" / "rules" / "README.md").read_text(encoding="utf-8")
    below = text.partition("## What is looked at")[2]
    named = re.findall(r"(?<!\()`([a-z]+/[a-z0-9-]+)`", below)
    assert sorted(named) == sorted(rule.id for rule in RULES)


def test_the_official_suite_has_seven_cases():
    """As VTEX's help page names them."""
    official = [rule.id for rule in RULES if rule.family == "official"]
    assert official == [
        "official/authorize",
        "official/denied",
        "official/cancel",
        "official/async-approved",
        "official/async-denied",
        "official/bank-invoice",
        "official/redirect",
    ]


def test_each_profile_contains_the_one_before():
    """Official within partial within full."""
    played = [{rule.id for rule in chosen_rules(profile=profile)} for profile in Profile]
    assert played[0] < played[1] < played[2] == {rule.id for rule in RULES}


def test_the_official_profile_is_what_vtex_looks_at():
    """Its seven cases, its time limit and a manifest to begin with."""
    others = {rule.id for rule in chosen_rules(profile=Profile.OFFICIAL) if rule.family != "official"}
    assert others == {"manifest/readable", "resilience/answers-in-time"}


@pytest.mark.parametrize("ability", list(PROVEN))
def test_each_ability_is_proven_by_one_rule(ability):
    """Two could contradict each other."""
    assert len([rule for rule in RULES if rule.provides == ability]) == 1


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_hangs_together(rule):
    """What it refers to exists: checks, earlier steps, abilities; and its own proof is not what it needs."""
    checks = {each.name for each in CLIENT_RULES} | {
        each.name for each in vars(callbacks).values() if hasattr(each, "severity")
    }
    named = set()
    for step in steps_of(rule):
        likenesses = [like.step for like in (step.expect.same, step.expect.different) if like]
        needed = {*likenesses, getattr(step, "of", "")} - {""}
        assert needed <= named, f"{needed - named} is not named before"
        assert set(step.expect.checks) <= checks
        named.add(step.name)
    assert set(rule.needs) <= set(OFFERED) | set(PROVEN)
    assert rule.provides not in rule.needs


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_name_of_a_step_is_used(rule):
    """A name that nothing refers to says that a comparison is missing."""
    steps = list(steps_of(rule))
    likenesses = [like.step for each in steps for like in (each.expect.same, each.expect.different) if like]
    consequences = [each.expect.when.step for each in steps if each.expect.when]
    used = {*likenesses, *consequences, *(each.of for each in steps if hasattr(each, "of"))}
    assert {step.name for step in steps} - {""} <= used


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.kind is Kind.MUST], ids=lambda rule: rule.id)
def test_a_rule_that_fails_somebody_says_where_it_comes_from(rule):
    """A sentence of VTEX's docs, a known issue, a numbered recommendation, or an invariant of money."""
    assert all(len(source.text) > 1 for source in rule.sources)
    assert re.search(r"VTEX docs|known issue|[CS]\d|<=|HTTP|JSON", " ".join(each.text for each in rule.sources))


def test_a_repeat_with_another_value_never_promises_that_it_is_done():
    """An error is as good as the first answer (S7)."""
    conflicts = [step for rule in RULES for step in rule.steps if isinstance(step, Repeat) and step.value]
    assert conflicts
    assert all("refused" in step.expect.words for step in conflicts)


# --- the loader ---------------------------------------------------------------------------------------------


def test_amounts_are_exact():
    """40.10 is 40.10, and no binary fraction near it."""
    (rule,) = read_rules("settle", RULE)
    assert rule.steps[0].value.offset == Decimal("40.10")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("do: settle", "do: capture"), "settle.yaml: 0/steps/0"),
        (("value: 40.10", "value: much"), "settle.yaml: 0/steps/0"),
        (("value: 40.10", "value: 40.10, colour: red"), "settle.yaml: 0/steps/0"),
        (("settle/some-fact", "settle/Some Fact"), "settle.yaml: 0/id"),
        (("A settle does something\n", "A settle should do something\n"), "settle.yaml: 0/title"),
        (("A settle does something\n", "A settle does something.\n"), "settle.yaml: 0/title"),
        (("kind: must", "kind: may"), "settle.yaml: 0/kind"),
        (("tag: documented", "tag: guessed"), "settle.yaml: 0/sources/0/tag"),
        (("settle/some-fact", "refund/some-fact"), "settle.yaml: ids begin with settle/, not refund/some-fact"),
    ],
    ids=lambda each: each[1] if isinstance(each, tuple) else None,
)
def test_a_broken_rule_is_refused_with_its_place(change, told):
    """The schema says where."""
    with pytest.raises(RuleError, match=re.escape(told)):
        read_rules("settle", RULE.replace(*change))


def test_a_rule_has_steps_or_an_audit_and_not_both():
    """One question, one way to answer it."""
    with pytest.raises(RuleError):
        read_rules("settle", RULE + "  audit: moved-once\n")
    with pytest.raises(RuleError):
        read_rules("settle", RULE.partition("  steps")[0])


def test_rules_are_chosen_by_patterns():
    """A pattern overrides the profile."""
    ids = [rule.id for rule in chosen_rules(("settle/repeat*", "audit/moved-once"), Profile.OFFICIAL)]
    assert ids == [
        "settle/repeat",
        "settle/repeat-after-another",
        "settle/repeat-after-a-refund",
        "settle/repeat-of-the-whole",
        "settle/repeat-written-otherwise",
        "settle/repeats-at-once",
        "audit/moved-once",
    ]


def test_a_rule_brings_those_that_prove_what_it_needs():
    """settle/repeat needs several settles."""
    assert [rule.id for rule in providers(chosen_rules(("settle/repeat",)))] == ["settle/several-parts"]


# --- amounts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        (Decimal("40.00"), "40.00"),
        (7, "7"),
        ("all", "100"),
        ("rest", "60"),
        ("rest + 0.01", "60.01"),
        ("all + 0.01", "100.01"),
        ("rest - 1", "59"),
    ],
)
def test_an_amount_is_fixed_or_relative(written, amount):
    """Of a payment of 100 of which 60 are open."""
    assert read_amount(written).within(Decimal(100), Decimal(60)) == Decimal(amount)


@pytest.mark.parametrize("written", [Decimal("40.00"), "all", "rest", "rest + 0.01", "rest - 1"])
def test_an_amount_is_shown_as_it_is_written(written):
    """For the reader of a report."""
    assert str(read_amount(written)) == str(written)


@pytest.mark.parametrize("written", ["", "everything", "rest+0.01", "rest + x", None, True, 1.5])
def test_what_is_no_amount_is_refused(written):
    """Also a float, which would not be exact."""
    with pytest.raises(ValueError, match="is no amount"):
        read_amount(written)
