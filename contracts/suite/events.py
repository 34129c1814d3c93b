"""What a run tells, in order; reports listen and know nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from contracts.suite.callbacks import Callback
from contracts.suite.expectations import Difference
from contracts.suite.modes import ModeVerdict
from contracts.suite.outcomes import Outcome
from contracts.suite.rule import AnyRule


class ExitCode(IntEnum):
    """How a run ends."""

    CLEAN = 0
    FINDINGS = 1
    COULD_NOT_JUDGE = 2


class Call(Protocol):
    """One request of the suite and what came back, as reports show it; credentials are masked.

    `connector_ppp.exchange.Exchange` is one, and so is what the suite asks a gateway.
    """

    @property
    def operation(self) -> str:
        """What was asked, in a word."""

    @property
    def method(self) -> str:
        """The HTTP method."""

    @property
    def url(self) -> str:
        """The whole address."""

    @property
    def request_headers(self) -> Mapping[str, str]:
        """As sent."""

    @property
    def request_body(self) -> str:
        """The text that was sent, empty when nothing was."""

    @property
    def status(self) -> int | None:
        """The HTTP status; None when nobody answered."""

    @property
    def response_headers(self) -> Mapping[str, str]:
        """As received."""

    @property
    def response_body(self) -> str | None:
        """The text that came back; None when nobody answered."""

    @property
    def elapsed_ms(self) -> float:
        """Milliseconds until it was answered, or given up."""

    @property
    def error(self) -> str | None:
        """Why nobody answered; None when somebody did."""

    def curl(self) -> str:
        """The request as a curl command."""


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began against this URL, with these rules."""

    url: str
    rules: tuple[AnyRule, ...]


@dataclass(frozen=True, slots=True)
class CaseStarted:
    """A rule is played now."""

    rule: AnyRule


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

    rule: AnyRule
    outcome: Outcome
    reason: str = ""
    differences: tuple[Difference, ...] = ()
    exchanges: tuple[Call, ...] = ()
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
