"""What the judge gets to see of a transaction: the store's side and the connector's, side by side."""

from collections.abc import Iterator, Sequence

from gateway_mock.core.ledger import Entry, Happening
from gateway_mock.core.modes import Kind, Operation
from gateway_mock.records import AutoSettlement, History
from gateway_mock.simulation.case import Case
from gateway_mock.simulation.judge import Books, ByHand, Evidence
from gateway_mock.simulation.provider import Provider
from gateway_mock.simulation.scenario import WITHOUT_DECIMALS, Scenario
from gateway_mock.times import DAY, SECOND

MOVES = frozenset({Operation.SETTLE, Operation.CANCEL, Operation.REFUND})

TRIED_FOR = DAY
"""Documented: settles, cancels and refunds are tried for a day before somebody gives up."""

OPERATIONS = {"settlements": Operation.SETTLE, "refunds": Operation.REFUND}
"""The operations of which the connector may do less, by the ends of their addresses."""

_CONFIRMED = frozenset({Happening.CONFIRMED})
_LOST = frozenset({Happening.FAILED, Happening.HANDED_TO_PERSON})


def evidence_of(
    case: Case, provider: Provider, by_hand: ByHand, notified: frozenset[str], scenario: Scenario
) -> Evidence:
    """Everything that is known of one transaction."""
    return Evidence(
        transaction=case.ledger,
        order=case.order.order if case.order else None,
        books={payment_id: _books(provider, payment_id) for payment_id in _payments_ppp(case)},
        confirmed=_added(case.entries, _CONFIRMED),
        lost=_added(_lost(case.entries), _LOST),
        hasty=tuple(_hasty(case, provider)),
        automatic=any(each.entry.auto and each.entry.operation is Operation.SETTLE for each in case.entries),
        notified=notified,
        by_hand=by_hand,
        interest=scenario.interest,
        short=_short(case, provider),
        dropped=sum(each.entry.value or 0 for each in case.entries if _is_dropped(each.entry)),
        settles_by_itself=scenario.auto_settle is not AutoSettlement.DISABLED,
        waiting=tuple(f"{each.call.operation} {each.request_id}" for each in case.operations),
        changing=sum(each.in_progress for each in case.changes),
    )


def _payments_ppp(case: Case) -> tuple[str, ...]:
    return tuple(payment.id for payment in case.ledger.payments if payment.kind is Kind.PPP)


def _books(provider: Provider, payment_id: str) -> Books:
    payment = provider.payment(payment_id)
    minor = WITHOUT_DECIMALS.get(payment.currency, 1)
    return Books(
        authorized=payment.authorized * minor,
        captured=payment.captured * minor,
        voided=payment.voided * minor,
        refunded=payment.refunded * minor,
    )


def _short(case: Case, provider: Provider) -> dict[tuple[str, Operation], int]:
    """What the line has withheld from the connector, of this transaction's payments."""
    less = provider.line.less
    if less is None or less.payment_id not in _payments_ppp(case):
        return {}
    return {(less.payment_id, OPERATIONS[less.operation]): less.cents}


def _is_dropped(entry: Entry) -> bool:
    """Whether it tells of a refund of which no connector has heard."""
    failed = entry.happening is Happening.FAILED and entry.operation is Operation.REFUND
    return failed and entry.payment_id is None


def _lost(entries: Sequence[History]) -> tuple[History, ...]:
    """What has not ended well; a refund that came out smaller has, and what it lacks is a person's task."""
    confirmed = {each.request_id for each in entries if each.entry.happening is Happening.CONFIRMED}
    return tuple(each for each in entries if each.request_id not in confirmed)


def _added(entries: Sequence[History], happenings: frozenset[Happening]) -> dict[tuple[str, Operation], int]:
    """The amounts that some entries say were moved, or not, added up by payment and operation."""
    sums: dict[tuple[str, Operation], int] = {}
    for each in entries:
        entry = each.entry
        if entry.happening in happenings and entry.payment_id and entry.operation in MOVES:
            key = (entry.payment_id, entry.operation)
            sums[key] = sums.get(key, 0) + (entry.value or 0)
    return sums


def _hasty(case: Case, provider: Provider) -> Iterator[str]:
    """The calls that somebody gave up on too soon; legacy connectors may hand over at once."""
    payments = _payments_ppp(case)
    for given_up in _lost(case.entries):
        entry = given_up.entry
        if entry.happening not in _LOST or entry.payment_id not in payments or entry.operation is None:
            continue
        tried_for = TRIED_FOR if entry.operation in MOVES else _patience(provider, entry.payment_id)
        if not any(_called_for(given_up, each) >= tried_for for each in case.entries):
            yield f"payment {entry.payment_id}: {entry.operation}"


def _patience(provider: Provider, payment_id: str) -> int:
    """How long an authorization has to be waited for; not at all once it was denied."""
    return 0 if provider.denied(payment_id) else provider.delay_to_cancel(payment_id) * SECOND


def _called_for(given_up: History, called: History) -> int:
    """How long before its end a call was made, when that is what the entry tells of."""
    same = (
        called.entry.happening is Happening.CALLED
        and called.entry.payment_id == given_up.entry.payment_id
        and called.entry.operation is given_up.entry.operation
    )
    return given_up.date - called.date if same else -1
