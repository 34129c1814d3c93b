"""What the suite's connector answers, made of the protocol's own messages; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from connector_ppp.messages import AuthorizeResponse, CancelResponse, RefundResponse, SettleResponse, encode
from connector_ppp.operations import STATUS_MANUAL
from contracts.suite.gateway.heard import Heard
from contracts.suite.gateway.vocabulary import Conduct
from contracts.suite.methods import CARDS

AUTO_SETTLE_SECONDS: Final = 604_800
"""The longest documented delay (C7): nothing settles by itself unless a rule moves the clock so far."""

CANCEL_SECONDS: Final = 7_200
"""How long an undefined payment waits: below a day it is asked for again each hour (documented)."""

_FAILURES: Final = {"fails": 500, "says-no": 200, "hands-over": STATUS_MANUAL}
"""The HTTP status of each way to say that nothing was done."""

_WORDS_BY_CONDUCT: Final = {"denies": "denied", "waits": "undefined"}
_WORDS_BY_CARD: Final = {CARDS["denied"]: "denied", CARDS["async-approved"]: "undefined"}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer.

    Attributes:
        status: the HTTP status.
        body: JSON.
        word: what it says.
        amount: what was moved, currency units.
        lost: whether the connection is to break before it arrives.
    """

    status: int
    body: bytes
    word: str
    amount: Decimal = Decimal(0)
    lost: bool = False


def reply_to(heard: Heard, conduct: Conduct | None, less: Decimal | None) -> Reply:
    """What the connector answers to a call that it hears for the first time.

    Args:
        heard: the call.
        conduct: what a rule has arranged; None: it does what it is asked.
        less: how much it confirms, where a rule says so.
    """
    if conduct in _FAILURES:
        return _failed(heard, _FAILURES[conduct])
    if heard.operation == "authorize":
        return _created(heard, conduct)
    amount = heard.amount if less is None else less
    return Reply(200, _done(heard, amount), "done", amount, lost=conduct == "drops")


def _created(heard: Heard, conduct: Conduct | None) -> Reply:
    card = heard.fields.get("card")
    number = card.get("number") if isinstance(card, Mapping) else None
    word = _WORDS_BY_CONDUCT.get(conduct or "") or _WORDS_BY_CARD.get(str(number), "approved")
    answer = AuthorizeResponse(
        payment_id=heard.payment_id,
        status=word,
        authorization_id=minted("authorization", heard.payment_id) if word == "approved" else None,
        tid=minted("tid", heard.payment_id),
        nsu=minted("nsu", heard.payment_id),
        acquirer="suite",
        delay_to_auto_settle=AUTO_SETTLE_SECONDS,
        delay_to_auto_settle_after_antifraud=AUTO_SETTLE_SECONDS,
        delay_to_cancel=CANCEL_SECONDS,
        code=None,
        message=None,
    )
    # What is undecided may be approved by callback: its whole value is the ceiling from now on.
    return Reply(200, encode(answer), word, Decimal(0) if word == "denied" else heard.amount)


def minted(kind: str, key: str) -> str:
    """The id that the suite's connector gives something: the same for a repeat, another for anything else."""
    return f"{kind}-{key}"


def _done(heard: Heard, amount: Decimal) -> bytes:
    ids = (heard.payment_id, heard.request_id)
    match heard.operation:
        case "settle":
            return encode(_settled(ids, minted("settle", heard.request_id), amount, None))
        case "refund":
            return encode(_refunded(ids, minted("refund", heard.request_id), amount, None))
        case _:
            return encode(_cancelled(ids, minted("cancellation", heard.request_id), None))


def _failed(heard: Heard, status: int) -> Reply:
    ids, zero = (heard.payment_id, heard.request_id), Decimal(0)
    code = f"{heard.operation}-manually" if status == STATUS_MANUAL else "suite-error"
    match heard.operation:
        case "authorize":
            body = encode(AuthorizeResponse(status="error", code=code, message="arranged by a rule"))
        case "settle":
            body = encode(_settled(ids, None, zero, code))
        case "refund":
            body = encode(_refunded(ids, None, zero, code))
        case _:
            body = encode(_cancelled(ids, None, code))
    return Reply(status, body, "failed")


def _settled(ids: tuple[str, str], settle_id: str | None, value: Decimal, code: str | None) -> SettleResponse:
    payment_id, request_id = ids
    return SettleResponse(
        payment_id=payment_id,
        settle_id=settle_id,
        value=value,
        code=code,
        message="the suite",
        request_id=request_id,
    )


def _refunded(ids: tuple[str, str], refund_id: str | None, value: Decimal, code: str | None) -> RefundResponse:
    payment_id, request_id = ids
    return RefundResponse(
        payment_id=payment_id,
        refund_id=refund_id,
        value=value,
        code=code,
        message="the suite",
        request_id=request_id,
    )


def _cancelled(ids: tuple[str, str], cancellation_id: str | None, code: str | None) -> CancelResponse:
    payment_id, request_id = ids
    return CancelResponse(
        payment_id=payment_id,
        cancellation_id=cancellation_id,
        code=code,
        message="the suite",
        request_id=request_id,
    )
