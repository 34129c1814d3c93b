"""Who judges the judge: every named defect of the reference connector is found by the rules that must find it."""

from itertools import combinations, permutations
from pathlib import Path
from random import Random

import pytest
import yaml

from connector_ppp.reference.app import create_app
from connector_ppp.reference.defects import DEFECTS

CAUGHT = yaml.safe_load(Path(__file__).with_name("caught.yaml").read_text())

MODES = {
    "double-settle-on-repeat": ("no", "no", "no"),
    "dedupe-by-value": ("no", "no", "no"),
    "ignores-partial": ("no", "no", "no"),
    "no-refunds": ("with limits", "with limits", "with limits"),
    "no-cancels": ("with limits", "with limits", "with limits"),
    "partial-settle-unsupported": ("with limits", "with limits", "no"),
    "cancel-needs-payment": ("yes", "yes", "yes"),
}
"""What some defects leave of Total, Hold and Partial."""


def test_every_defect_is_in_the_table():
    """A new defect needs rules that find it."""
    assert set(CAUGHT) == set(DEFECTS)


@pytest.mark.parametrize("defect", list(CAUGHT))
def test_a_defect_is_found_by_the_rules_that_must_find_it(judge, defect):
    """Each of these rules says so, in the strength that it deserves."""
    expected = CAUGHT[defect]
    # An audit looks at what the other rules sent, so they have to be played for it.
    only = () if any(rule_id.startswith("audit/") for rule_id in expected) else tuple(expected)
    outcomes = judge(create_app(defects=[defect], callback_delay_seconds=0.01), only).outcomes
    assert {rule_id: outcomes[rule_id] for rule_id in expected} == expected


@pytest.mark.parametrize("defect", list(MODES))
def test_a_defect_leaves_the_modes_that_it_leaves(judge, defect):
    """The verdict opens the report."""
    modes = judge(create_app(defects=[defect], callback_delay_seconds=0.01)).modes
    assert tuple(modes.values()) == MODES[defect]


MASKS = {
    "no-refunds": {"double-refund-on-repeat", "over-refund"},
    "no-cancels": {
        "double-cancel-on-repeat",
        "refuses-second-cancel",
        "settle-after-cancel",
        "cancel-needs-tid",
        "cancel-needs-payment",
    },
    # Parts that cannot be settled prove nothing about parts that were cancelled.
    "partial-settle-unsupported": {"double-cancel-on-repeat"},
    # Without a settleId nobody can ask for a refund.
    "null-settle-id-on-success": {"double-refund-on-repeat", "over-refund", "no-refunds", "hides-full-capture"},
    # Two defects that are written into the same field.
    "failure-as-200": {"id-on-failure"},
    "value-in-cents": {"value-as-string"},
}
"""Defects that keep another one from happening, or from being seen through the protocol."""

PAIRS = [pair for pair in combinations(CAUGHT, 2) if not any(b in MASKS.get(a, ()) for a, b in permutations(pair))]


@pytest.mark.parametrize("pair", Random(20).sample(PAIRS, 20), ids="+".join)  # noqa: S311 - no secrets
def test_of_two_defects_each_is_named(judge, pair):
    """One fault does not hide the other: of each, a rule of its own row speaks."""
    app = create_app(defects=pair, callback_delay_seconds=0.01)
    outcomes = judge(app, tuple(CAUGHT[pair[0]] | CAUGHT[pair[1]])).outcomes
    for defect in pair:
        assert any(outcomes[rule_id] == outcome for rule_id, outcome in CAUGHT[defect].items()), defect


def test_nothing_is_found_on_the_correct_connector(judge):
    """Every rule passes that can be played in this process, and every mode runs."""
    judgement = judge()
    others = {rule_id: outcome for rule_id, outcome in judgement.outcomes.items() if outcome != "pass"}
    assert others == {
        "resilience/caller-hangs-up": "not applicable",
        "resilience/half-a-request": "not applicable",
        "resilience/strangers": "not applicable",
    }
    assert judgement.modes == {"total": "yes", "hold": "yes", "partial": "yes"}
    assert judgement.finished.exit_code == 0
