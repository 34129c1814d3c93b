"""The verdict: which settlement modes a gateway has, by the rules that speak of them; pure."""

from collections.abc import Iterable

from contracts.suite.modes import Lack, ModeVerdict, Runs, broken, unjudged, unplayed
from contracts.suite.outcomes import Outcome
from contracts.suite.rule import AnyRule, Mode


def gateway_modes(
    results: Iterable[tuple[AnyRule, Outcome]], needed: Iterable[AnyRule] = ()
) -> tuple[ModeVerdict, ...]:
    """The verdict on each mode.

    Args:
        results: every rule that was played, with its outcome.
        needed: rules without which nothing is promised about the modes that they are about.
    """
    played = tuple(results)
    ids = {rule.id for rule, _ in played}
    missing = [rule for rule in needed if rule.id not in ids]
    return tuple(_verdict(mode, played, missing) for mode in Mode)


def _verdict(mode: Mode, played: tuple[tuple[AnyRule, Outcome], ...], missing: Iterable[AnyRule]) -> ModeVerdict:
    about = tuple((rule, outcome) for rule, outcome in played if mode in rule.modes)
    # The worst comes first: what is broken, then what nobody has seen, then what is merely unlike.
    unseen = [*(_unproven(about) or unjudged(mode, about)), *unplayed(mode, missing)]
    found = broken(mode, about) or unseen or _unlike(about)
    runs = found[0].runs if found else Runs.YES
    return ModeVerdict(mode, runs, tuple(lack.reason for lack in found))


def _unproven(about: tuple[tuple[AnyRule, Outcome], ...]) -> list[Lack]:
    if not about or any(outcome is Outcome.PASS for _, outcome in about):
        return []
    return [Lack(Runs.UNKNOWN, "no rule about it could be judged")]


def _unlike(about: tuple[tuple[AnyRule, Outcome], ...]) -> list[Lack]:
    return [Lack(Runs.LIMITED, f"unlike {rule.id}") for rule, outcome in about if outcome is Outcome.ADVICE]
