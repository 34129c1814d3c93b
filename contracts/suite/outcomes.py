"""What became of a rule: one pure function decides."""

from dataclasses import dataclass
from enum import StrEnum

from contracts.suite.expectations import Difference
from contracts.suite.rule import Kind


class Outcome(StrEnum):
    """What became of a rule."""

    PASS = "pass"  # noqa: S105 - no password
    """It holds."""

    FAIL = "fail"
    """It is broken."""

    ADVICE = "advice"
    """It is broken, and VTEX's own texts leave room for it; somebody will be surprised."""

    NOT_SUPPORTED = "not supported"
    """The connector says, within its rights, that it cannot do this."""

    NOT_APPLICABLE = "not applicable"
    """The connector offers nothing that the rule is about."""

    BLOCKED = "blocked"
    """What has to happen first did not work, so nothing could be seen."""

    COULD_NOT_JUDGE = "could not judge"
    """Nobody answered, or the suite itself failed."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known after a rule was played, or decided not to be.

    Attributes:
        error: what went wrong in the suite itself.
        unreached: why no connection could be made.
        inapplicable: what the connector does not offer.
        lacking: what it says that it cannot do.
        blocked: why the steps before did not lead there.
        differences: what is not as expected.
    """

    error: str | None = None
    unreached: str | None = None
    inapplicable: str | None = None
    lacking: str | None = None
    blocked: str | None = None
    differences: tuple[Difference, ...] = ()


def decide(kind: Kind, facts: Facts, *, strict: bool = False) -> tuple[Outcome, str]:
    """What became of a rule, and why in a sentence; the first that applies wins.

    Args:
        kind: how much the rule weighs.
        facts: what is known.
        strict: whether a broken `should` fails too.
    """
    if facts.error is not None:
        return Outcome.COULD_NOT_JUDGE, facts.error
    if facts.inapplicable is not None:
        return Outcome.NOT_APPLICABLE, facts.inapplicable
    if facts.differences:
        fails = kind is Kind.MUST or (strict and kind is Kind.SHOULD)
        return Outcome.FAIL if fails else Outcome.ADVICE, str(facts.differences[0])
    if facts.unreached is not None:
        return Outcome.COULD_NOT_JUDGE, facts.unreached
    if facts.lacking is not None:
        return Outcome.NOT_SUPPORTED, facts.lacking
    if facts.blocked is not None:
        return Outcome.BLOCKED, facts.blocked
    return Outcome.PASS, ""
