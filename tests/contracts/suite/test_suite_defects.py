"""Who judges the judge: every named defect of the reference connector is found by the rules that must find it."""

from itertools import combinations, permutations
from pathlib import Path
from random import Random
from time import perf_counter

import pytest
import yaml

from connector_ppp import transports
from connector_ppp.reference.app import create_app
from connector_ppp.reference.defects import DEFECTS, limits

CAUGHT = yaml.safe_load(Path(__file__).with_name("caught.yaml").read_text())
ISSUES = yaml.safe_load(Path(__file__).with_name("known_issues.yaml").read_text())

KEYS = {"app_key": "key", "app_token": "token"}

MODES = {
    "double-settle-on-repeat": ("no", "no", "no"),
    "dedupe-by-value": ("no", "no", "no"),
    "ignores-partial": ("no", "no", "no"),
    "no-refunds": ("with limits", "with limits", "with limits"),
    "no-cancels": ("with limits", "with limits", "with limits"),
    "no-partial-cancels": ("yes", "yes", "with limits"),
    "cancels-double": ("yes", "yes", "no"),
    "partial-settle-unsupported": ("with limits", "with limits", "no"),
    "captures-once": ("yes", "yes", "no"),
    "cancel-needs-payment": ("yes", "yes", "yes"),
    "captures-four-times": ("yes", "yes", "with limits"),
    "refunds-once": ("with limits", "with limits", "with limits"),
    "no-late-cancels": ("yes", "yes", "with limits"),
    "settles-at-once": ("yes", "with limits", "with limits"),
}
"""What some defects leave of Total, Hold and Partial."""


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch):
    """A connector that takes its time moves the clock of whoever measures it, and nobody waits."""
    late = []
    monkeypatch.setattr(limits, "sleep", late.append)
    monkeypatch.setattr(transports, "perf_counter", lambda: perf_counter() + sum(late))


@pytest.fixture
def outcomes_of(judge):
    """What becomes of some rules (of all: none named) on a connector with these defects, behind a door."""

    def outcomes(defects, rule_ids):
        # An audit looks at what the other rules sent, so they have to be played for it.
        only = () if any(rule_id.startswith("audit/") for rule_id in rule_ids) else tuple(rule_ids)
        # Only as long as a payment waits can somebody capture it too early, or cancel it in vain.
        delay = 0.6 if {"settles-before-approval", "approves-the-cancelled"} & set(defects) else 0.01
        app = create_app(**KEYS, defects=defects, callback_delay_seconds=delay)
        seconds = 0.2 if {"never-calls-back", "pending-as-denied"} & set(defects) else 3.0
        return judge(app, only, callback_seconds=seconds, **KEYS).outcomes

    return outcomes


def test_every_defect_is_in_the_table():
    """A new defect needs rules that find it."""
    assert set(CAUGHT) == set(DEFECTS)


def test_there_are_defects_enough():
    """At least sixty, each named once."""
    assert len(DEFECTS) >= 60


@pytest.mark.parametrize("defect", list(CAUGHT))
def test_a_defect_is_found_by_the_rules_that_must_find_it(outcomes_of, defect):
    """Each of these rules says so, in the strength that it deserves."""
    expected = CAUGHT[defect]
    outcomes = outcomes_of((defect,), expected)
    assert {rule_id: outcomes[rule_id] for rule_id in expected} == expected


@pytest.mark.parametrize("defect", list(CAUGHT))
def test_no_defect_is_found_by_no_rule(defect):
    """Of each at least one rule says more than that all is well."""
    assert {"fail", "advice", "not supported"} & set(CAUGHT[defect].values())


@pytest.mark.parametrize("row", list(ISSUES))
def test_what_a_connector_can_do_about_a_known_issue_is_shown_by_a_defect(row):
    """Each of these defects cites one of the row's issues; where there is none the reason is told."""
    issues, defects = ISSUES[row]["issues"], ISSUES[row].get("defects", ())
    assert bool(defects) != bool(ISSUES[row].get("beyond"))
    assert all(any(str(issue) in DEFECTS[name].breaks for issue in issues) for name in defects)


@pytest.mark.parametrize("defect", list(MODES))
def test_a_defect_leaves_the_modes_that_it_leaves(judge, defect):
    """The verdict opens the report."""
    modes = judge(create_app(defects=[defect], callback_delay_seconds=0.01)).modes
    assert tuple(modes.values()) == MODES[defect]


BLINDING = {
    # Nothing is created, or nobody can read that it is.
    "status-of-its-own",
    "denies-every-card",
    "wrong-payment-id-of-create",
    "delays-in-texts",
    "error-pages",
    "answers-after-six-seconds",
    # Nothing can be looked for.
    "secret-manifest",
    "offers-nothing",
    # Nothing is captured, or nobody hears of it.
    "captures-and-fails",
    "settles-in-name-only",
    "null-settle-id-on-success",
    "prints-undefined",
    "constant-settle-id",
    "settle-id-of-the-payment",
    # An operation is not done at all, whatever else is wrong with it.
    "no-refunds",
    "no-cancels",
    "cancels-by-hand-in-silence",
    "refunds-by-hand-in-silence",
    "refunds-in-name-only",
    "cancels-in-name-only",
    "null-cancellation-id-on-success",
    "null-refund-id-on-success",
    "empty-cancellation-id",
    "prints-null",
}
"""Defects behind which most others cannot be seen through the protocol; they have no part in the pairs."""

MASKS = {
    # Parts that cannot be moved prove nothing about the repeats of parts.
    "partial-settle-unsupported": {
        "double-cancel-on-repeat",
        "settles-overwrite-each-other",
        "settles-each-copy-in-flight",
        "cancels-each-copy-in-flight",
        "cancels-overwrite-each-other",
        "drops-partial-cancels",
    },
    "no-partial-cancels": {
        "double-cancel-on-repeat",
        "drops-partial-cancels",
        "cancels-overwrite-each-other",
    },
    # Where no method can be split, no split is tried.
    "odd-split": {"knows-no-recipients", "refunds-the-shares-too", "adds-no-shares-up", "takes-negative-shares"},
    "failure-as-200": {"id-on-failure"},
    # What is cancelled in vain is not refused, and what is never undefined is not cancelled then.
    "approves-the-cancelled": {
        "cancel-needs-approval",
        "pending-as-denied",
        "undefined-for-ever",
        "callback-inside-create",
    },
    # Who is sent back by nobody has no code.
    "token-of-another-application": {"credentials-without-token", "code-as-parameter"},
}
"""Defects that keep another one from happening, or from being seen through the protocol."""

ALIKE = (
    # The delays of a create.
    {"missing-delays", "gives-up-after-a-minute", "gives-up-early", "waits-for-a-year", "delays-in-fractions"},
    {"missing-delays", "pix-for-a-day", "slip-for-an-hour", "shortens-its-delay", "two-settle-delays"},
    {"gives-up-after-a-minute", "pix-for-a-day", "slip-for-an-hour", "shortens-its-delay", "waits-for-a-year"},
    {"gives-up-early", "pix-for-a-day", "slip-for-an-hour", "shortens-its-delay", "delays-in-fractions"},
    # The status of a create.
    {"reconsiders-a-denial", "forgets-a-denial", "approves-every-card", "denies-duplicate-create"},
    {"undefined-for-ever", "pending-as-denied", "says-authorized", "denies-duplicate-create"},
    # Ids.
    {"constant-tid", "new-tid-on-repeat", "approves-without-tid", "callback-with-another-tid"},
    {"constant-cancellation-id", "new-cancellation-id-on-repeat"},
    {"constant-refund-id", "refund-id-of-the-settle"},
    # The value of a settle.
    {"value-as-string", "value-in-cents", "reports-the-whole", "hundredths-everywhere", "noise-in-values"},
    {"thousands-separated", "value-as-string", "value-in-cents", "reports-the-whole", "noise-in-values"},
    {"binary-floats", "noise-in-values"},
    {"binary-floats", "whole-units-only", "two-decimals-everywhere", "ignores-partial", "hides-full-capture"},
    # Codes, and whether a callback leaves at all.
    {"never-says-why", "settle-fails-with-a-manual-code"},
    {"callback-without-credentials", "callback-as-text"},
)
"""Defects that are written into the same field, so that the last one counts."""


def _seen_beside_each_other(one, other):
    masked = other in MASKS.get(one, ()) or one in MASKS.get(other, ())
    return not masked and not any({one, other} <= group for group in ALIKE)


PAIRS = [
    pair
    for pair in combinations((name for name in CAUGHT if name not in BLINDING), 2)
    if _seen_beside_each_other(*pair)
]


@pytest.mark.parametrize("pair", Random(20).sample(PAIRS, 20), ids="+".join)  # noqa: S311 - no secrets
def test_of_two_defects_each_is_named(outcomes_of, pair):
    """One fault does not hide the other: of each, a rule of its own row speaks."""
    outcomes = outcomes_of(pair, CAUGHT[pair[0]] | CAUGHT[pair[1]])
    for defect in pair:
        told = {rule_id: outcome for rule_id, outcome in CAUGHT[defect].items() if outcome != "pass"}
        assert any(outcomes[rule_id] == outcome for rule_id, outcome in told.items()), defect


def test_an_amount_may_be_in_cents_and_a_text_at_once(outcomes_of):
    """Whichever is switched on first, the connector answers, and the rule of the value speaks."""
    for pair in permutations(("value-in-cents", "value-as-string")):
        outcomes = outcomes_of(pair, ("settle/value-is-a-number", "settle/part"))
        assert outcomes["settle/value-is-a-number"] == "fail"


def test_nothing_is_found_on_the_correct_connector(judge):
    """Every rule passes that can be played in this process, and every mode runs."""
    judgement = judge(create_app(**KEYS, callback_delay_seconds=0.01), **KEYS)
    others = {rule_id: outcome for rule_id, outcome in judgement.outcomes.items() if outcome != "pass"}
    assert others == {
        "resilience/caller-hangs-up": "not applicable",
        "resilience/half-a-request": "not applicable",
        "resilience/slow-caller": "not applicable",
    }
    assert judgement.modes == {"total": "yes", "hold": "yes", "partial": "yes"}
    assert judgement.finished.exit_code == 0
