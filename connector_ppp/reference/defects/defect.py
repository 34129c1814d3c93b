"""What a defect is, and the tools that several of them share."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from flask import Response
from msgspec import structs
from msgspec.json import decode, encode

from connector_ppp.reference.callbacks import AroundNotice
from connector_ppp.reference.handling import Around, Call, Creation, Handler, Hears, Move
from connector_ppp.reference.ledger import Answer
from connector_ppp.reference.payment import Payment
from connector_ppp.reference.replies import Reply, move_reply
from connector_ppp.reference.rules import Rules

OK: Final = 200
SERVER_ERROR: Final = 500

Part = Literal["door", "lock", "answer-first", "silence"]
"""A part of the connector that a defect leaves out: the check of credentials; the lock of each payment; that a
callback leaves after the answer; that none leaves where the answer was final."""

Writes: TypeAlias = Callable[[str, Response], None]
"""Changes an answer just before it leaves: (the name of its endpoint, the answer)."""


@dataclass(frozen=True, slots=True)
class Defect:
    """One fault.

    Attributes:
        name: its permanent name.
        effect: what goes wrong, as a sentence.
        breaks: the rule that it breaks, with its source; for a legitimate limit, what allows it.
        hurts: who has the damage, and which.
        create: the function around creates, if it touches them.
        settle: the function around settles.
        cancel: the function around cancels.
        refund: the function around refunds.
        callback: the function around callbacks on their way out.
        rules: what it makes of the ledger's checks.
        hears: what it makes of a body before that is read.
        writes: what it makes of an answer before that leaves.
        leaves_out: parts of the connector that it does without.
    """

    name: str
    effect: str
    breaks: str
    hurts: str
    create: Around[Creation] | None = None
    settle: Around[Move] | None = None
    cancel: Around[Move] | None = None
    refund: Around[Move] | None = None
    callback: AroundNotice | None = None
    rules: Callable[[Rules], Rules] | None = None
    hears: Hears | None = None
    writes: Writes | None = None
    leaves_out: frozenset[Part] = frozenset()


def payment_of(call: Move | Creation) -> Payment:
    """The payment as it stands before the call."""
    return call.book.page(call.request.payment_id).payment


def told(reply: Reply, **fields: object) -> Reply:
    """The same reply with these fields, where its message has them; nothing checks their types."""
    known = {name: value for name, value in fields.items() if hasattr(reply.message, name)}
    return replace(reply, message=structs.replace(reply.message, **known))


def refused(call: Move, status: int, code: str) -> Reply:
    """An operation that did nothing."""
    reply = move_reply(call.request, Answer(None, 0), call.decimals)
    return replace(told(reply, code=code, message=code), status=status)


def asked_as(handle: Handler[Move], call: Move, request_id: str) -> Reply:
    """Handle the call under another requestId, and echo the real one."""
    reply = handle(replace(call, request=replace(call.request, request_id=request_id)))
    return told(reply, request_id=call.request.request_id)


def saying(**fields: object) -> Around[Call]:
    """The function around a handler whose answers all carry these fields."""
    return lambda handle, call: told(handle(call), **fields)


def success_says(**fields: object) -> Around[Move]:
    """The function around a handler whose successes carry these fields."""

    def say(handle: Handler[Move], call: Move) -> Reply:
        reply = handle(call)
        return told(reply, **fields) if reply.status == OK else reply

    return say


def written(endpoint: str, **fields: object) -> Writes:
    """An answer of this endpoint carries these members, spelt as on the wire."""

    def write(name: str, response: Response) -> None:
        if name == endpoint and response.status_code == OK:
            response.data = encode(decode(response.data) | fields)

    return write
