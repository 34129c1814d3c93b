"""What a connector said, in the gateway's own terms: decimal units become cents, words become ends."""

from decimal import Decimal

from msgspec import UNSET, UnsetType

from connector_ppp import Exchange, Verdict
from connector_ppp.messages import AuthorizeResponse, Response, SettleResponse
from gateway_mock.core.money import MoneyError, to_cents
from gateway_mock.ports import Answer, Ended
from gateway_mock.records import ExchangeRecord

_ENDS = {
    Verdict.DONE: Ended.DONE,
    Verdict.DENIED: Ended.DENIED,
    Verdict.PENDING: Ended.PENDING,
    Verdict.MANUAL: Ended.BY_HAND,
    Verdict.FAILED: Ended.FAILED,
    Verdict.NO_ANSWER: Ended.FAILED,
}

_WORDS = {
    "approved": Ended.DONE,
    "authorized": Ended.DONE,  # C15: some texts say so
    "denied": Ended.DENIED,
}

Text = str | UnsetType | None
Number = int | Decimal | UnsetType | None


def of_exchange(exchange: Exchange[Response], request_id: str, attempt: int, asked: int, decimals: int) -> Answer:
    """What an exchange means. `asked` is what the call was for, in cents; `decimals` are the currency's."""
    journal = journal_of(exchange, request_id, attempt)
    ended = _ENDS[exchange.verdict]
    if isinstance(exchange.response, AuthorizeResponse):
        return of_authorization(exchange.response, ended, asked, journal)
    return Answer(
        ended=ended,
        exchange=journal,
        value=_confirmed(exchange, asked, decimals),
        settle_id=_text(exchange.response.settle_id) if isinstance(exchange.response, SettleResponse) else None,
        code=_text(getattr(exchange.response, "code", None)),
        message=_text(getattr(exchange.response, "message", None)) or exchange.error,
        response=exchange.response_body,
    )


def journal_of(exchange: Exchange[Response], request_id: str, attempt: int) -> ExchangeRecord:
    """An exchange as it is kept among those of its transaction."""
    return ExchangeRecord(
        operation=exchange.operation,
        payment_id=exchange.payment_id or "",
        request_id=request_id,
        attempt=attempt,
        request=exchange.request_body,
        response=exchange.response_body,
        status=exchange.status,
        elapsed_ms=exchange.elapsed_ms,
        error=exchange.error or "; ".join(str(problem) for problem in exchange.problems) or None,
    )


def _confirmed(exchange: Exchange[Response], asked: int, decimals: int) -> int:
    """S14, S15: a smaller value stands, an inexact one counts as asked for, the ledger judges a larger one."""
    confirmed = exchange.confirmed(decimals)
    if confirmed is None:
        return asked
    told = getattr(exchange.response, "value", None)
    overstated = isinstance(told, int | Decimal) and told > confirmed
    try:
        return to_cents(told if overstated else confirmed, decimals)
    except MoneyError:
        return asked


def of_authorization(
    response: AuthorizeResponse, ended: Ended, asked: int, journal: ExchangeRecord | None, text: str | None = None
) -> Answer:
    """What the answer to a creation, or a callback with the same body, means."""
    return Answer(
        ended=ended,
        exchange=journal,
        value=asked,
        tid=_text(response.tid),
        nsu=_text(response.nsu),
        authorization_id=_text(response.authorization_id),
        acquirer=_text(response.acquirer),
        payment_url=_text(response.payment_url),
        code=_text(response.code),
        message=_text(response.message),
        response=journal.response if journal else text,
        settles_after=_seconds(response.delay_to_auto_settle, SETTLE_SECONDS_MAX),
        settles_after_antifraud=_seconds(response.delay_to_auto_settle_after_antifraud, SETTLE_SECONDS_MAX),
        cancels_after=_seconds(response.delay_to_cancel, CANCEL_SECONDS_MAX, CANCEL_SECONDS_MIN),
    )


def end_of(status: object) -> Ended:
    """What a callback's status word means; anything else leaves the payment pending."""
    return _WORDS.get(status, Ended.PENDING) if isinstance(status, str) else Ended.PENDING


def _text(value: Text) -> str | None:
    return None if value is UNSET or isinstance(value, UnsetType) else value


CANCEL_SECONDS_MAX = 2_592_000
"""30 days: the documented maximum of `delayToCancel` (C6); longer ones count as this."""

CANCEL_SECONDS_MIN = 300
"""5 minutes: the shortest `delayToCancel` that any text speaks of (C6); shorter ones count as this."""

SETTLE_SECONDS_MAX = 604_800
"""7 days: the documented maximum of `delayToAutoSettle` (C7); longer ones count as this."""


def _seconds(value: Number, maximum: int, minimum: int = 0) -> int | None:
    """A delay, kept within its bounds; what is no number of seconds counts as absent."""
    if value is None or isinstance(value, UnsetType) or value < 0:
        return None
    return int(max(min(value, maximum), minimum))
