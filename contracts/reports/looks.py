"""How outcomes and verdicts look: the same mark and tone in the terminal and on the page."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from contracts.suite.modes import Runs
from contracts.suite.outcomes import Outcome


class Look(NamedTuple):
    """How something is shown.

    Attributes:
        mark: one character that says it without colour.
        style: for the terminal, in the words of rich.
        tone: a class of `page.css`.
    """

    mark: str
    style: str
    tone: str


LOOKS: Final[Mapping[Outcome, Look]] = {
    Outcome.PASS: Look("✓", "green", "pass"),
    Outcome.FAIL: Look("✗", "bold red", "fail"),
    Outcome.ADVICE: Look("!", "yellow", "advice"),
    Outcome.NOT_SUPPORTED: Look("○", "cyan", "other"),
    Outcome.NOT_APPLICABLE: Look("·", "dim", "soft"),
    Outcome.BLOCKED: Look("□", "magenta", "unsure"),
    Outcome.COULD_NOT_JUDGE: Look("?", "bold magenta", "unsure"),
}

VERDICTS: Final[Mapping[Runs, Look]] = {
    Runs.YES: Look("✓", "bold green", "pass"),
    Runs.LIMITED: Look("!", "bold yellow", "advice"),
    Runs.NO: Look("✗", "bold red", "fail"),
    Runs.UNKNOWN: Look("?", "bold magenta", "unsure"),
}

FINDINGS: Final = (Outcome.FAIL, Outcome.ADVICE)
"""Outcomes that somebody has to look at, the worst first."""
