"""Rules as pytest items."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from contracts.reports.text import finding_text
from contracts.suite.events import CaseFinished
from contracts.suite.outcomes import Outcome
from contracts.suite.rule import Rule

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr, TracebackStyle

OUTCOME = "ppp-contracts"
"""A property of a report: the rule and what became of it. It travels between xdist workers, and into JUnit."""

UNSEEN = frozenset({Outcome.NOT_SUPPORTED, Outcome.NOT_APPLICABLE, Outcome.BLOCKED})

Play = Callable[[Rule], CaseFinished]


class BrokenRuleError(Exception):
    """The connector breaks a rule; the message is the finding."""


class CouldNotJudgeError(Exception):
    """Nobody answers, or the suite itself failed."""


class RuleFile(pytest.File):
    """A file of rules.

    Args:
        rules: those of it that are to be played.
        play: plays one.
    """

    def __init__(self, *, rules: Sequence[Rule], play: Play, **more: Any) -> None:  # noqa: ANN401 - pytest's own
        super().__init__(**more)
        self._rules = rules
        self._play = play

    def collect(self) -> Iterator[pytest.Item]:
        """One item a rule, in the order of the file."""
        for rule in self._rules:
            yield RuleItem.from_parent(self, name=rule.id, rule=rule, play=self._play)


class RuleItem(pytest.Item):
    """A rule; `-k` finds it by its id, its kind and its profile.

    Args:
        rule: the rule.
        play: plays it.
    """

    def __init__(self, *, rule: Rule, play: Play, **more: Any) -> None:  # noqa: ANN401 - pytest's own
        super().__init__(**more)
        self.rule = rule
        self._play = play
        self.extra_keyword_matches |= {rule.kind.value, rule.profile.value}

    def runtest(self) -> None:
        """Play it.

        Raises:
            BrokenRuleError: it is broken.
            CouldNotJudgeError: nobody knows.
        """
        case = self._play(self.rule)
        self.user_properties.append((OUTCOME, f"{self.rule.id} {case.outcome}"))
        if case.outcome is Outcome.FAIL:
            raise BrokenRuleError(finding_text(case))
        if case.outcome is Outcome.COULD_NOT_JUDGE:
            raise CouldNotJudgeError(f"could not judge: {case.reason}")
        if case.outcome in UNSEEN:
            pytest.skip(f"{case.outcome}: {case.reason}")
        if case.outcome is Outcome.ADVICE:
            self.add_report_section("call", "advice", finding_text(case))

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: "TracebackStyle | None" = None
    ) -> "str | TerminalRepr":
        """The finding, and no traceback: the fault is not in this program."""
        if isinstance(excinfo.value, BrokenRuleError | CouldNotJudgeError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where it stands and what it says."""
        return self.path, None, f"{self.rule.id}: {self.rule.title}"
