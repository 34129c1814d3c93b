"""What the switches of the line do to a call, by the names of `core.quirks_line`: one row each.

A row may break the line, rewrite the request, or read the answer in another way; what it does not mention stays
as it is. A fault that a test asked for goes before one that a switch plans.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from msgspec import structs

from connector_ppp.messages import AuthorizeRequest, CancelRequest, RefundRequest, Request, Response, SettleRequest
from gateway_mock.adapters.split import shared
from gateway_mock.core.ledger import Payment
from gateway_mock.core.modes import Operation
from gateway_mock.core.money import to_units
from gateway_mock.ports import Answer, Ended, Work
from gateway_mock.records import FaultKind, FaultRecord

Asked = Request[Response]

DISABLED_OWNER = "disabled-owner"
"""The account that owns the connector in known issue 775235; there is never one of that name."""


@dataclass(frozen=True, slots=True)
class Break:
    """A fault that meets the first try of each call, or every try; `operation` None means any."""

    kind: FaultKind
    operation: Operation | None = None
    group: str | None = None
    every_try: bool = False

    def meets(self, work: Work) -> bool:
        """Whether this try of this call meets it."""
        in_time = self.every_try or work.attempt == 1
        of_kind = self.operation in (None, work.call.operation)
        return in_time and of_kind and self.group in (None, work.payment.group)


@dataclass(frozen=True, slots=True)
class LineQuirk:
    """What one switch does to a call."""

    breaks: Break | None = None
    asks: Callable[[Work, Asked], Asked] | None = None
    reads: Callable[[Work, Answer], Answer] | None = None


def planned(work: Work) -> Work:
    """The call with the fault that it will meet: one that was asked for, or one that a switch plans."""
    for quirk in _rows(work) if work.fault is None else ():
        if quirk.breaks is not None and quirk.breaks.meets(work):
            return replace(work, fault=FaultRecord(operation=work.call.operation, kind=quirk.breaks.kind))
    return work


def asked(work: Work, request: Asked) -> Asked:
    """The request as the switches have it."""
    for quirk in _rows(work):
        request = quirk.asks(work, request) if quirk.asks else request
    return request


def read(work: Work, answer: Answer) -> Answer:
    """The answer as the switches read it."""
    for quirk in _rows(work):
        answer = quirk.reads(work, answer) if quirk.reads else answer
    return answer


def _rows(work: Work) -> Iterator[LineQuirk]:
    return (LINE_QUIRKS[name] for name in work.quirks if name in LINE_QUIRKS)


# --- Requests -----------------------------------------------------------------------------------------------


def _without_references(_work: Work, request: Asked) -> Asked:
    if isinstance(request, CancelRequest):
        return structs.replace(request, authorization_id=None, tid=None, nsu=None)
    return request


def _as_a_new_cancel(work: Work, request: Asked) -> Asked:
    if isinstance(request, CancelRequest) and work.attempt > 1:
        return structs.replace(request, request_id=f"{request.request_id}-{work.attempt}")
    return request


def _with_another_tid(work: Work, request: Asked) -> Asked:
    if isinstance(request, SettleRequest | CancelRequest | RefundRequest):
        return structs.replace(request, tid=work.transaction.id)
    return request


def _for_the_disabled_owner(work: Work, request: Asked) -> Asked:
    if not isinstance(request, AuthorizeRequest):
        return request
    own, owners = f"?accountName={work.account}&", f"?accountName={DISABLED_OWNER}&"
    return structs.replace(request, callback_url=request.callback_url.replace(own, owners))


def _split(work: Work, request: Asked) -> Asked:
    return shared(request, work.call.value, _ledger(work).grain)


def _split_short(work: Work, request: Asked) -> Asked:
    """Known issue 698005: the recipients came to 98.99 where the operation was of 99.00."""
    grain = _ledger(work).grain
    return shared(request, work.call.value - grain, grain)


def _split_as_if_nothing_were_cancelled(work: Work, request: Asked) -> Asked:
    if not isinstance(request, SettleRequest):
        return request
    return shared(request, work.call.value + work.transaction.ledger.cancelled, _ledger(work).grain)


def _less_the_gift_card_again(work: Work, request: Asked) -> Asked:
    """Known issue 464837: of 104.99 the gift card gives 30.99, a card 66.99, and the last one 7.01 - 30.99."""
    if not isinstance(request, RefundRequest) or len(work.transaction.ledger.payments) < _THREE:
        return request
    *_, last = sorted(work.transaction.ledger.payments, key=lambda payment: payment.captured)
    if last.id != work.payment.id or last.group == _GIFT_CARD:
        return request
    given = sum(each.refunding + each.refunded for each in _gift_cards(work))
    return structs.replace(request, value=to_units(work.call.value - given))


_THREE, _GIFT_CARD = 3, "giftCard"


def _gift_cards(work: Work) -> Iterator[Payment]:
    return (each for each in work.transaction.ledger.payments if each.group == _GIFT_CARD)


def _ledger(work: Work) -> Payment:
    return next(each for each in work.transaction.ledger.payments if each.id == work.payment.id)


# --- Answers ------------------------------------------------------------------------------------------------


def _answered(answer: Answer) -> bool:
    """Whether the connector said 2xx, and not what the protocol wants to hear."""
    status = answer.exchange.status if answer.exchange else None
    return answer.ended is Ended.FAILED and status is not None and status // 100 == 2  # noqa: PLR2004


def _acknowledged_is_captured(work: Work, answer: Answer) -> Answer:
    if work.call.operation is Operation.SETTLE and _answered(answer):
        return replace(answer, ended=Ended.DONE, value=work.call.value)
    return answer


def _unknown_is_denied(work: Work, answer: Answer) -> Answer:
    if work.call.operation is Operation.AUTHORIZE and _answered(answer):
        return replace(answer, ended=Ended.DENIED)
    return answer


def _without_delay_to_cancel(_work: Work, answer: Answer) -> Answer:
    return replace(answer, cancels_after=None)


# --- The table ----------------------------------------------------------------------------------------------

LINE_QUIRKS: Mapping[str, LineQuirk] = MappingProxyType(
    {
        "settle.ack-lost": LineQuirk(breaks=Break(FaultKind.DROP_REPLY, Operation.SETTLE)),
        "settle.async-capture-as-done": LineQuirk(reads=_acknowledged_is_captured),
        "cancel.no-provider-reference": LineQuirk(asks=_without_references),
        "cancel.already-done": LineQuirk(
            breaks=Break(FaultKind.DROP_REPLY, Operation.CANCEL), asks=_as_a_new_cancel
        ),
        "cancel.payment-left-authorized": LineQuirk(
            breaks=Break(FaultKind.DROP_REQUEST, Operation.CANCEL, every_try=True)
        ),
        "callback.forbidden": LineQuirk(asks=_for_the_disabled_owner),
        "auth.early-duplicate": LineQuirk(breaks=Break(FaultKind.DUPLICATE, Operation.AUTHORIZE)),
        "auth.interim-as-denied": LineQuirk(reads=_unknown_is_denied),
        "auth.reference-changes": LineQuirk(asks=_with_another_tid),
        "auth.polling-budget": LineQuirk(reads=_without_delay_to_cancel),
        "payout-split": LineQuirk(asks=_split),
        "amount.recipients-do-not-add-up": LineQuirk(asks=_split_short),
        "amount.recipients-after-partial-cancel": LineQuirk(asks=_split_as_if_nothing_were_cancelled),
        "giftcard.ambiguous-outcome": LineQuirk(breaks=Break(FaultKind.DROP_REPLY, group=_GIFT_CARD)),
        "giftcard.three-payments-negative": LineQuirk(asks=_less_the_gift_card_again),
    }
)
"""What each switch of the line does."""
