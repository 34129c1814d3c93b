"""The verdict: which settlement modes a gateway has, by the rules that speak of them; pure."""

from collections.abc import Iterable

from contracts.suite.modes import ModeVerdict, Runs, broken
from contracts.suite.outcomes import Outcome
from contracts.suite.rule import AnyRule, Mode


def gateway_modes(results: Iterable[tuple[AnyRule, Outcome]]) -> tuple[ModeVerdict, ...]:
    """The verdict on each mode.

    Args:
        results: every rule that was played, with its outcome.
    """
    played = tuple(results)
    return tuple(_verdict(mode, tuple(each for each in played if mode in each[0].modes)) for mode in Mode)


def _verdict(mode: Mode, played: tuple[tuple[AnyRule, Outcome], ...]) -> ModeVerdict:
    lacks = broken(mode, played)
    if lacks:
        return ModeVerdict(mode, Runs.NO, tuple(lack.reason for lack in lacks))
    if not any(outcome is Outcome.PASS for _, outcome in played):
        return ModeVerdict(mode, Runs.UNKNOWN, ("no rule about it could be judged",))
    unlike = [rule.id for rule, outcome in played if outcome is Outcome.ADVICE]
    return ModeVerdict(
        mode, Runs.LIMITED if unlike else Runs.YES, tuple(f"unlike {rule_id}" for rule_id in unlike)
    )
