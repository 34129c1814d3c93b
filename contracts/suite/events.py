"""What a run tells, in order; reports listen and know nothing else."""

from dataclasses import dataclass
from enum import IntEnum

from connector_ppp.exchange import AnyExchange
from contracts.suite.callbacks import Callback
from contracts.suite.expectations import Difference
from contracts.suite.modes import ModeVerdict
from contracts.suite.outcomes import Outcome
from contracts.suite.rule import Rule


class ExitCode(IntEnum):
    """How a run ends."""

    CLEAN = 0
    FINDINGS = 1
    COULD_NOT_JUDGE = 2


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began against this URL, with these rules."""

    url: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class CaseStarted:
    """A rule is played now."""

    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFinished:
    """A rule was played.

    Attributes:
        rule: the rule.
        outcome: what became of it.
        reason: why, in a sentence; empty for a pass.
        differences: everything that is not as expected.
        exchanges: what was sent and answered.
        callbacks: what arrived.
        notes: what was found out beside it.
        seconds: how long it took.
        rerun: the command that plays this rule alone.
    """

    rule: Rule
    outcome: Outcome
    reason: str = ""
    differences: tuple[Difference, ...] = ()
    exchanges: tuple[AnyExchange, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    rerun: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    """A run ended.

    Attributes:
        url: what was judged.
        cases: everything that was played, in the order of the rules.
        modes: which settlement modes the connector can run.
        exit_code: what the command ends with.
        problem: why nothing could be judged; None when something could.
        seconds: how long it took.
    """

    url: str
    cases: tuple[CaseFinished, ...]
    modes: tuple[ModeVerdict, ...]
    exit_code: ExitCode
    problem: str | None = None
    seconds: float = 0.0


Event = RunStarted | CaseStarted | CaseFinished | RunFinished


def exit_code(cases: tuple[CaseFinished, ...]) -> ExitCode:
    """How a run with these results ends; a run in which nothing was judged is not green."""
    outcomes = {case.outcome for case in cases}
    if Outcome.FAIL in outcomes:
        return ExitCode.FINDINGS
    if outcomes & {Outcome.PASS, Outcome.ADVICE} and Outcome.COULD_NOT_JUDGE not in outcomes:
        return ExitCode.CLEAN
    return ExitCode.COULD_NOT_JUDGE
