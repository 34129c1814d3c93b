"""The verdict on a gateway's modes: what is promised, and what is not because nobody has seen it."""

import pytest

from contracts.suite.gateway.load import all_gateway_rules
from contracts.suite.gateway.verdict import gateway_modes
from contracts.suite.outcomes import Outcome
from contracts.suite.rule import Mode

RULES = all_gateway_rules()
HOLD = [rule for rule in RULES if Mode.HOLD in rule.modes]


def verdict(changed):
    """The verdict on Hold where all rules pass but these, by their place among those about Hold."""
    outcomes = {rule.id: Outcome.PASS for rule in RULES} | {HOLD[at].id: told for at, told in changed.items()}
    modes = gateway_modes([(rule, outcomes[rule.id]) for rule in RULES if outcomes[rule.id]], RULES)
    (hold,) = [each for each in modes if each.mode is Mode.HOLD]
    return hold.runs.value, hold.reasons


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ("yes", ())),
        ({0: Outcome.FAIL, 1: Outcome.ADVICE, 2: None}, ("no", (f"broken: {HOLD[0].id}",))),
        ({0: None}, ("not proven", ("not proven: 1 rule about it was not played",))),
        ({0: None, 1: None}, ("not proven", ("not proven: 2 rules about it were not played",))),
        ({0: Outcome.COULD_NOT_JUDGE}, ("not proven", ("not proven: 1 rule about it could not be judged",))),
        (
            dict.fromkeys(range(len(HOLD)), Outcome.NOT_APPLICABLE),
            ("not proven", ("no rule about it could be judged",)),
        ),
        ({0: Outcome.ADVICE}, ("with limits", (f"unlike {HOLD[0].id}",))),
        ({0: Outcome.NOT_APPLICABLE}, ("yes", ())),
    ],
    ids=["all", "broken", "one-left-out", "two-left-out", "not-judged", "no-way-there", "unlike", "one-of-no-use"],
)
def test_the_verdict_on_a_mode(changed, expected):
    """What is broken comes first, then what nobody has seen, then what is merely unlike."""
    assert verdict(changed) == expected


def test_a_verdict_on_a_few_rules_promises_nothing():
    """One rule that passes proves no mode, whichever the others are."""
    modes = gateway_modes([(HOLD[0], Outcome.PASS)], RULES)
    assert {each.runs.value for each in modes} == {"not proven"}
