"""Named defects: faults of real connectors, one row each, to be switched on for whoever wants to catch them.

A row says what the defect does, which rule it breaks, and how: by functions around the handlers, or by checks
that the ledger leaves out. Everything else stays correct, so that a suite has to find exactly this fault.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Final

from connector_ppp.reference import faults
from connector_ppp.reference.handling import (
    Around,
    Call,
    Creation,
    Handler,
    Move,
    handle_create,
    handle_move,
    wrap,
)
from connector_ppp.reference.rules import RULES, Refusal, Rules


@dataclass(frozen=True, slots=True)
class Defect:
    """One fault.

    Attributes:
        name: its permanent name.
        effect: what goes wrong, as a sentence.
        breaks: the rule that it breaks, with its source; for a legitimate limit, what allows it.
        create: the function around creates, if it touches them.
        settle: the function around settles.
        cancel: the function around cancels.
        refund: the function around refunds.
        rules: what it makes of the ledger's checks.
    """

    name: str
    effect: str
    breaks: str
    create: Around[Creation] | None = None
    settle: Around[Move] | None = None
    cancel: Around[Move] | None = None
    refund: Around[Move] | None = None
    rules: Callable[[Rules], Rules] | None = None


@dataclass(frozen=True, slots=True)
class Handlers:
    """What answers each operation, with every defect that is on already around it."""

    create: Handler[Creation]
    settle: Handler[Move]
    cancel: Handler[Move]
    refund: Handler[Move]


def chosen(names: Iterable[str]) -> tuple[Defect, ...]:
    """The rows of these names.

    Raises:
        ValueError: there is no such defect.
    """
    unknown = [name for name in names if name not in DEFECTS]
    if unknown:
        raise ValueError(f"no such defect: {', '.join(unknown)}; --list-defects shows all {len(DEFECTS)}")
    return tuple(DEFECTS[name] for name in names)


def handlers_with(defects: Iterable[Defect]) -> Handlers:
    """The correct handlers with these defects around them, the first innermost."""
    rows = tuple(defects)
    return Handlers(
        create=_around(handle_create, (row.create for row in rows)),
        settle=_around(handle_move, (row.settle for row in rows)),
        cancel=_around(handle_move, (row.cancel for row in rows)),
        refund=_around(handle_move, (row.refund for row in rows)),
    )


def rules_with(defects: Iterable[Defect]) -> Rules:
    """The ledger's checks as these defects leave them."""
    return reduce(lambda rules, row: row.rules(rules) if row.rules else rules, defects, RULES)


def _around(handler: Handler[Call], layers: Iterable[Around[Call] | None]) -> Handler[Call]:
    for layer in layers:
        if layer is not None:
            handler = wrap(handler, layer)
    return handler


_ROWS: Final = (
    # repeats
    Defect(
        "double-settle-on-repeat",
        "a repeated settle captures again, with a new settleId",
        "the same requestId moves money once (documented; known issue 760458)",
        settle=faults.forgets_request_ids,
    ),
    Defect(
        "double-refund-on-repeat",
        "a repeated refund gives the money back again",
        "the same requestId moves money once (documented; known issue 615050)",
        refund=faults.forgets_request_ids,
    ),
    Defect(
        "double-cancel-on-repeat",
        "a repeated partial cancel voids again",
        "the same requestId moves money once (documented)",
        cancel=faults.forgets_request_ids,
    ),
    Defect(
        "dedupe-by-value",
        "a second settle, cancel or refund of an equal value is taken for a repeat: no money moves",
        "operations are told apart by requestId, not by value (known issue 1118560)",
        settle=faults.keys_by_value,
        cancel=faults.keys_by_value,
        refund=faults.keys_by_value,
    ),
    Defect(
        "request-id-reused",
        "a known requestId with another value moves money again",
        "a requestId belongs to the first content that it came with (S7, recommended)",
        settle=faults.keys_by_id_and_value,
        cancel=faults.keys_by_id_and_value,
        refund=faults.keys_by_id_and_value,
    ),
    Defect(
        "denies-duplicate-create",
        "a repeated create is answered denied",
        "a repeat shows where the payment stands (documented; known issue 1165831)",
        create=faults.denies_repeats,
    ),
    Defect(
        "new-tid-on-repeat",
        "each create answers another tid",
        "the tid of a payment never changes (C24, recommended; known issue 308214)",
        create=faults.mints_a_tid_each_time,
    ),
    Defect(
        "refuses-second-cancel",
        "cancelling a cancelled payment fails",
        "already cancelled is a success, with the original id (known issue 740084)",
        cancel=faults.refuses_the_cancelled,
    ),
    # amounts
    Defect(
        "ignores-partial",
        "a partial settle captures the whole payment, and says so",
        "a settle captures at most its value (documented; S15, recommended)",
        settle=faults.settles_everything,
    ),
    Defect(
        "hides-full-capture",
        "a partial settle captures the whole payment, and reports the value asked",
        "the answer says what was really captured (known issue 500245)",
        settle=faults.settles_everything_in_silence,
    ),
    Defect(
        "over-settle",
        "a settle above the open amount is captured",
        "captured + voided <= authorized (documented)",
        rules=lambda rules: rules.without(Refusal.SETTLE_ABOVE_OPEN),
    ),
    Defect(
        "over-refund",
        "more is refunded than was captured",
        "refunded <= captured (documented)",
        rules=lambda rules: rules.without(Refusal.REFUND_ABOVE_CAPTURED, Refusal.REFUND_ABOVE_SETTLEMENT),
    ),
    Defect(
        "settle-after-cancel",
        "a cancelled payment is captured",
        "after a cancel the payment is dead (documented; S6; known issue 1417330)",
        rules=faults.forgets_cancels,
    ),
    Defect(
        "zero-accepted",
        "values of zero and below are accepted",
        "a value is above zero (S2, recommended; known issue 1349027)",
        rules=lambda rules: rules.without(Refusal.VALUE_NOT_POSITIVE),
    ),
    Defect(
        "value-as-string",
        "amounts are answered as texts",
        "an amount is a JSON number (documented)",
        settle=faults.value_as_text,
        refund=faults.value_as_text,
    ),
    Defect(
        "value-in-cents",
        "amounts are answered in cents",
        "amounts are decimal currency units (documented)",
        settle=faults.value_in_cents,
        refund=faults.value_in_cents,
    ),
    # what is said
    Defect(
        "wrong-request-id-echo",
        "the answer carries another requestId",
        "an answer repeats the ids that it was asked with (documented; S17)",
        settle=faults.wrong_request_id,
        cancel=faults.wrong_request_id,
        refund=faults.wrong_request_id,
    ),
    Defect(
        "wrong-payment-id-echo",
        "the answer carries another paymentId",
        "an answer repeats the ids that it was asked with (documented; S17)",
        settle=faults.wrong_payment_id,
        cancel=faults.wrong_payment_id,
        refund=faults.wrong_payment_id,
    ),
    Defect(
        "null-settle-id-on-success",
        "money is captured, but the settleId is null",
        "a success carries a settleId; null means failed (documented; S16)",
        settle=faults.null_settle_id,
    ),
    Defect(
        "failure-as-200",
        "a refused operation answers 200 with a null id",
        "a failure is answered with 500 (documented)",
        settle=faults.failure_as_200,
        cancel=faults.failure_as_200,
        refund=faults.failure_as_200,
    ),
    Defect(
        "id-on-failure",
        "a refused settle, cancel or refund carries an id all the same",
        "the id of a failure is null (documented)",
        settle=faults.id_on_failure,
        cancel=faults.id_on_failure,
        refund=faults.id_on_failure,
    ),
    Defect(
        "approves-without-authorization-id",
        "an approved payment has no authorizationId",
        "an approved payment has an authorizationId (documented)",
        create=faults.null_authorization_id,
    ),
    Defect(
        "missing-delays",
        "the three delays are left out",
        "all three delays are sent (documented; known issue 1053010)",
        create=faults.no_delays,
    ),
    # limits
    Defect(
        "no-refunds",
        "every refund is answered 501 refund-manually",
        "allowed: a provider may leave refunds to people (documented)",
        refund=faults.refunds_by_hand,
    ),
    Defect(
        "no-cancels",
        "every cancel is answered 501 cancel-manually",
        "allowed: a provider may leave cancels to people (documented)",
        cancel=faults.cancels_by_hand,
    ),
    Defect(
        "partial-refund-unsupported",
        "a refund of a part fails",
        "a refund may be partial (documented)",
        refund=faults.refunds_only_everything,
    ),
    Defect(
        "partial-settle-unsupported",
        "a settle of a part fails",
        "a connector for Partial mode settles parts (documented)",
        settle=faults.settles_only_everything,
    ),
    Defect(
        "cancel-needs-tid",
        "a cancel without a tid fails",
        "a cancel works with paymentId and requestId alone (known issue 486752)",
        cancel=faults.needs_a_tid,
    ),
    Defect(
        "cancel-needs-payment",
        "a cancel before the create fails",
        "where nothing is held, a cancel succeeds (known issue 486752)",
        cancel=faults.needs_a_payment,
    ),
)

DEFECTS: Final[Mapping[str, Defect]] = {row.name: row for row in _ROWS}
"""Every defect by its name."""
