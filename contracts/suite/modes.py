"""The verdict: which settlement modes a connector can run, and why not; pure.

How the gateway works in each mode (VTEX docs): Total captures everything at the first settle; Hold waits and
captures once, less what was cancelled meanwhile; Partial passes every settle and cancel on. Refunds are passed on
in all three.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from contracts.suite.outcomes import Outcome
from contracts.suite.rule import AnyRule, Mode


class Runs(StrEnum):
    """Whether a connector can run a mode."""

    YES = "yes"
    LIMITED = "with limits"
    NO = "no"
    UNKNOWN = "not proven"


@dataclass(frozen=True, slots=True)
class ModeVerdict:
    """One mode: whether, and why not or not quite."""

    mode: Mode
    runs: Runs
    reasons: tuple[str, ...] = ()


class Lack(NamedTuple):
    """What the lack of an ability does to a mode."""

    runs: Runs
    reason: str


_BY_HAND: Final = Lack(Runs.LIMITED, "refunds are done by hand: the merchant gets an e-mail for each")
_NO_CANCELS: Final = Lack(Runs.LIMITED, "cancellations are done by hand: the shopper's money stays reserved")
_NO_PARTIAL_REFUNDS: Final = Lack(Runs.LIMITED, "a refund of a part of an order is done by hand")
_ONE_REFUND: Final = Lack(Runs.LIMITED, "only the first return of an order is refunded, the others by hand")
_NO_SETTLES: Final = Lack(Runs.NO, "nothing can be captured")

_NO_TIME: Final = Lack(Runs.LIMITED, "delayToAutoSettle captures everything before the merchant can settle a part")

LACKS: Final[Mapping[str, Mapping[Mode, Lack]]] = {
    "settles": dict.fromkeys(Mode, _NO_SETTLES),
    "refunds": dict.fromkeys(Mode, _BY_HAND),
    "partial-refunds": dict.fromkeys(Mode, _NO_PARTIAL_REFUNDS),
    "several-refunds": dict.fromkeys(Mode, _ONE_REFUND),
    "cancels": dict.fromkeys(Mode, _NO_CANCELS),
    "time-to-settle": {Mode.HOLD: _NO_TIME, Mode.PARTIAL: _NO_TIME},
    "partial-settles": {
        Mode.TOTAL: Lack(Runs.LIMITED, "an order of which a part was cancelled cannot be captured"),
        Mode.HOLD: Lack(Runs.LIMITED, "an order of which a part was cancelled cannot be captured"),
        Mode.PARTIAL: Lack(Runs.NO, "every invoice of a part asks for a settle of that part"),
    },
    "several-settles": {
        Mode.PARTIAL: Lack(Runs.NO, "only the first invoice of an order would be captured"),
    },
    "many-settles": {
        Mode.PARTIAL: Lack(Runs.LIMITED, "only the first few invoices of an order would be captured"),
    },
    "spared-rests": {
        Mode.PARTIAL: Lack(Runs.NO, "a cancel of a part voids the whole payment"),
    },
    "late-cancels": {
        Mode.PARTIAL: Lack(Runs.LIMITED, "what is cancelled after the first invoice stays reserved"),
    },
    "partial-cancels": {
        Mode.PARTIAL: Lack(Runs.LIMITED, "a part that is cancelled stays reserved at the provider"),
    },
}
"""Ability -> what it means for each mode when the connector, within its rights, lacks it."""

CONTAINED: Final[Mapping[str, str]] = {
    "many-settles": "several-settles",
    "partial-refunds": "refunds",
    "several-refunds": "partial-refunds",
    "partial-cancels": "spared-rests",
    "late-cancels": "partial-cancels",
}
"""Ability -> the one without which nobody has it, and whose lack says enough."""

NEEDED: Final[Mapping[Mode, frozenset[str]]] = {
    Mode.TOTAL: frozenset({"settles"}),
    Mode.HOLD: frozenset({"settles"}),
    Mode.PARTIAL: frozenset({"settles", "partial-settles", "several-settles"}),
}
"""Abilities that have to be proven before a mode counts as possible."""

NAMED_MAX: Final = 3
"""Broken rules that a reason names."""

_WORST_LAST: Final = (Runs.YES, Runs.LIMITED, Runs.UNKNOWN, Runs.NO)


def mode_verdicts(
    results: Iterable[tuple[AnyRule, Outcome]], needed: Iterable[AnyRule] = ()
) -> tuple[ModeVerdict, ...]:
    """The verdict on each mode.

    Args:
        results: every rule that was played, those that only prove abilities included, with its outcome.
        needed: rules without which nothing is promised about the modes that they are about.
    """
    played = tuple(results)
    ids = {rule.id for rule, _ in played}
    missing = [rule for rule in needed if rule.id not in ids]
    return tuple(_verdict(mode, played, missing) for mode in Mode)


def _verdict(mode: Mode, played: tuple[tuple[AnyRule, Outcome], ...], missing: Iterable[AnyRule]) -> ModeVerdict:
    asked = (broken, _lacking, _unproven, unjudged)
    found = [*(lack for ask in asked for lack in ask(mode, played)), *unplayed(mode, missing)]
    runs = max((lack.runs for lack in found), key=_WORST_LAST.index, default=Runs.YES)
    # Where a mode is known not to work, what else was not proven or is limited does not matter.
    told = [lack for lack in found if runs is not Runs.NO or lack.runs is Runs.NO]
    return ModeVerdict(mode, runs, tuple(dict.fromkeys(lack.reason for lack in told)))


def broken(mode: Mode, played: tuple[tuple[AnyRule, Outcome], ...]) -> list[Lack]:
    """The rules about a mode that failed, as one lack; none where none did."""
    failed = [rule.id for rule, outcome in played if outcome is Outcome.FAIL and mode in rule.modes]
    if not failed:
        return []
    rest = len(failed) - NAMED_MAX
    more = f" and {rest} more rule{'s' if rest > 1 else ''}" if rest > 0 else ""
    return [Lack(Runs.NO, f"broken: {', '.join(failed[:NAMED_MAX])}{more}")]


def _lacking(mode: Mode, played: tuple[tuple[AnyRule, Outcome], ...]) -> list[Lack]:
    absent = {rule.provides for rule, outcome in played if rule.provides and outcome is Outcome.NOT_SUPPORTED}
    told = {ability for ability in absent if CONTAINED.get(ability) not in absent}
    return [lacks[mode] for ability, lacks in LACKS.items() if ability in told and mode in lacks]


def _unproven(mode: Mode, played: tuple[tuple[AnyRule, Outcome], ...]) -> list[Lack]:
    settled = {Outcome.PASS, Outcome.NOT_SUPPORTED, Outcome.FAIL}
    seen = {rule.provides for rule, outcome in played if outcome in settled}
    return [Lack(Runs.UNKNOWN, f"not proven: {ability}") for ability in sorted(NEEDED[mode] - seen)]


def unjudged(mode: Mode, played: tuple[tuple[AnyRule, Outcome], ...]) -> list[Lack]:
    """The rules about a mode that nobody could judge, as one lack; none where there are none."""
    many = sum(outcome is Outcome.COULD_NOT_JUDGE and mode in rule.modes for rule, outcome in played)
    told = "1 rule about it" if many == 1 else f"{many} rules about it"
    return [Lack(Runs.UNKNOWN, f"not proven: {told} could not be judged")] if many else []


def unplayed(mode: Mode, missing: Iterable[AnyRule]) -> list[Lack]:
    """The rules about a mode that nobody asked for, as one lack; none where there are none."""
    many = sum(mode in rule.modes for rule in missing)
    told = "1 rule about it was" if many == 1 else f"{many} rules about it were"
    return [Lack(Runs.UNKNOWN, f"not proven: {told} not played")] if many else []
