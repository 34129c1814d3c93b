"""Steps that prove something with several requests: what is open or captured, how a cancel's value is read."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from contracts.suite import vocabulary as words
from contracts.suite.amounts import Amount
from contracts.suite.answers import Answer
from contracts.suite.expectations import Difference
from contracts.suite.happened import Happened, asked
from contracts.suite.scene import Scene, Unit
from contracts.suite.steps_create import authorize
from contracts.suite.steps_move import cancellation, giving_back, settlement

TRIES_MAX: Final = 6
"""Settles in which what is open has to be captured, when a connector captures less than asked (S14)."""


def settle_rest(scene: Scene, step: words.SettleRest) -> Happened:
    """Capture all that is open, unless the connector refuses."""
    answers = []
    for _ in range(TRIES_MAX):
        rest = scene.books(step.payment).open
        if rest <= 0:
            break
        answers.append(asked(scene, settlement(scene, step.payment, rest)))
        if answers[-1].word != "done":
            break
    return Happened(tuple(answers), differences=_unfinished(answers, "settling", "open"))


def refund_rest(scene: Scene, step: words.RefundRest) -> Happened:
    """Give back all that is captured, one refund for each capture (S10, recommended)."""
    if not all(capture.settle_id for capture in scene.books(step.payment).captures):
        return Happened(blocked="a settle told no settleId, and its refund needs one")
    answers = [
        asked(scene, giving_back(scene, step.payment, capture.rest, capture.settle_id))
        for capture in scene.books(step.payment).captures
        if capture.rest > 0
    ]
    return Happened(tuple(answers), differences=_unfinished(answers, "refunding", "captured"))


def _unfinished(answers: Sequence[Answer], doing: str, what: str) -> tuple[Difference, ...]:
    refused = [answer for answer in answers if answer.word not in {"done", "manual"}]
    return tuple(
        Difference("the proof", f"{doing} exactly what is still {what} works", str(answer)) for answer in refused
    )


WHOLE: Final = Decimal("100.00")
PART: Final = Decimal("40.00")
REST: Final = Decimal("60.00")
ABOVE_REST: Final = Decimal("60.01")
BELOW_REST: Final = Decimal("20.00")
HALF_THE_REST: Final = Decimal("30.00")
CENT: Final = Decimal("0.01")
NOTHING_LEFT: Final = "after a cancel of a part nothing can be settled any more"


def cancel_part(scene: Scene, step: words.CancelPart) -> Happened:
    """The first unit in which a cancel of 40.00 leaves exactly 60.00 to settle (C1)."""
    results = {}
    for unit in UNITS:
        results[unit] = _try_unit(scene, unit)
        if results[unit] == "exact":
            scene.unit = unit
            scene.notes.append(f"the value of a cancel is read in {UNITS[unit]}")
            return Happened()
    where, result = step.name or "cancel 40.00 of 100.00", results["decimal"]
    if result in NO_UNIT:
        return Happened(lacking=NO_UNIT[result])
    return Happened(differences=(Difference(where, "60.00 can be settled, and not a cent more", result),))


UNITS: Final[Mapping[Unit, str]] = {"decimal": "currency units, like every other amount", "cents": "cents"}


NO_UNIT: Final[Mapping[str, str]] = {"refused": "it refuses to cancel a part", "all": NOTHING_LEFT}
"""Why a connector rightly lacks partial cancels; any other end is a fault."""


def spare_rest(scene: Scene, step: words.SpareRest) -> Happened:
    """Who does not read the value voids everything: within his rights, and no good for Partial (C1)."""
    name, where = "spared", step.name or "cancel 40.00 of 100.00"
    authorize(scene, words.Authorize(value=Amount("fixed", WHOLE), payment=name))
    cancelled = asked(scene, cancellation(scene, name, scene.cancel_value(PART, "decimal")))
    if cancelled.word != "done" or _settles(scene, name, HALF_THE_REST) or not _settles_parts(scene):
        return Happened()
    if _settles(scene, name, CENT):
        return Happened(differences=(Difference(where, "60.00 are left", f"not even {HALF_THE_REST}"),))
    scene.notes.append("the value of a cancel is not read: every cancel is of everything")
    return Happened(lacking=NOTHING_LEFT)


def _settles(scene: Scene, name: str, value: Decimal) -> bool:
    return asked(scene, settlement(scene, name, value)).word == "done"


def _settles_parts(scene: Scene) -> bool:
    name = "not cancelled"
    authorize(scene, words.Authorize(value=Amount("fixed", WHOLE), payment=name))
    return _settles(scene, name, BELOW_REST)


def _try_unit(scene: Scene, unit: Unit) -> str:
    """What a cancel of 40.00 of 100.00 in a unit leaves: `exact`, `refused`, `all`, or a fault in words."""
    name = f"cancelled in {unit}"
    created = authorize(scene, words.Authorize(value=Amount("fixed", WHOLE), payment=name)).answers[0]
    if created.word != "approved":
        return f"the payment itself is {created}"
    cancelled = asked(scene, cancellation(scene, name, scene.cancel_value(PART, unit)))
    if cancelled.word != "done":
        return "refused"
    above = asked(scene, settlement(scene, name, ABOVE_REST))
    if above.word == "done":
        return "exact" if above.value <= REST else f"{above.value} settled after a cancel of {PART}"
    if asked(scene, settlement(scene, name, REST)).word == "done":
        return "exact"
    below = asked(scene, settlement(scene, name, BELOW_REST))
    return f"{BELOW_REST} can be settled, {REST} cannot" if below.word == "done" else "all"
