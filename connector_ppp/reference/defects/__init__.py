"""Named defects: faults of real connectors, one row each, to be switched on for whoever wants to catch them.

A row says what the defect does, which rule it breaks, who is hurt, and how it is done: by functions around the
handlers, by checks that the ledger leaves out, or by a change of what is heard and written. Everything else stays
correct, so that a suite has to find exactly this fault. Each family of them is a file of this folder.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import partial, reduce
from typing import Final

from flask import Flask, Response, request

from connector_ppp.reference.callbacks import Send, send_notice
from connector_ppp.reference.defects import (
    amounts,
    answers,
    callbacks,
    creates_again,
    creation,
    decimals,
    identifiers,
    limits,
    offers,
    orders,
    payloads,
    races,
    repeats,
    states,
    stories,
)
from connector_ppp.reference.defects.defect import Defect, Part
from connector_ppp.reference.handling import (
    Around,
    Call,
    Handler,
    Handlers,
    Hears,
    handle_create,
    handle_move,
    wrap,
)
from connector_ppp.reference.rules import RULES, Rules

__all__ = [
    "DEFECTS",
    "FAMILIES",
    "Defect",
    "chosen",
    "handlers_with",
    "leaves_out",
    "rewrite",
    "rules_with",
    "sender_with",
]

FAMILIES: Final[Mapping[str, tuple[Defect, ...]]] = {
    "Repeats": repeats.ROWS,
    "Creates that come again": creates_again.ROWS,
    "Races": races.ROWS,
    "Amounts": amounts.ROWS,
    "Decimals": decimals.ROWS,
    "States": states.ROWS,
    "Settles, cancels and refunds of one payment": stories.ROWS,
    "Orders of several payments": orders.ROWS,
    "Answers": answers.ROWS,
    "Ids": identifiers.ROWS,
    "Creates": creation.ROWS,
    "Reading": payloads.ROWS,
    "Callbacks": callbacks.ROWS,
    "Manifest, inbound messages, configuration": offers.ROWS,
    "Limits, time, the door": limits.ROWS,
}
"""The defects by what they are about."""

DEFECTS: Final[Mapping[str, Defect]] = {row.name: row for rows in FAMILIES.values() for row in rows}
"""Every defect by its name."""


def chosen(names: Iterable[str]) -> tuple[Defect, ...]:
    """The rows of these names.

    Raises:
        ValueError: there is no such defect; says which ones have a name like it.
    """
    unknown = [name for name in names if name not in DEFECTS]
    if unknown:
        like = dict.fromkeys(near for name in unknown for near in get_close_matches(name, DEFECTS, n=1))
        guess = f" Did you mean {', '.join(like)}?" if like else ""
        raise ValueError(f"no such defect: {', '.join(unknown)}.{guess} --list-defects shows all {len(DEFECTS)}")
    return tuple(DEFECTS[name] for name in names)


def handlers_with(defects: Iterable[Defect]) -> Handlers:
    """The correct handlers with these defects around them, the first innermost."""
    rows = tuple(defects)
    return Handlers(
        create=_around(handle_create, (row.create for row in rows)),
        settle=_around(handle_move, (row.settle for row in rows)),
        cancel=_around(handle_move, (row.cancel for row in rows)),
        refund=_around(handle_move, (row.refund for row in rows)),
        hears=_hearing(row.hears for row in rows if row.hears),
        locked=not leaves_out(rows, "lock"),
        answer_first=not leaves_out(rows, "answer-first"),
        silent=not leaves_out(rows, "silence"),
    )


def rules_with(defects: Iterable[Defect]) -> Rules:
    """The ledger's checks as these defects leave them."""
    return reduce(lambda rules, row: row.rules(rules) if row.rules else rules, defects, RULES)


def sender_with(defects: Iterable[Defect]) -> Send:
    """What sends a callback, with these defects around it, the first innermost."""
    changes = (row.callback for row in defects if row.callback)
    return reduce(lambda send, around: partial(around, send), changes, send_notice)


def leaves_out(defects: Iterable[Defect], part: Part) -> bool:
    """Whether one of these defects does without this part of the connector."""
    return any(part in row.leaves_out for row in defects)


def rewrite(app: Flask, defects: Iterable[Defect]) -> None:
    """Let the answers of an application leave as these defects write them."""
    writes = [row.writes for row in defects if row.writes]

    def write(response: Response) -> Response:
        for change in writes:
            change(request.endpoint or "", response)
        return response

    if writes:
        app.after_request(write)


def _around(handler: Handler[Call], layers: Iterable[Around[Call] | None]) -> Handler[Call]:
    for layer in layers:
        if layer is not None:
            handler = wrap(handler, layer)
    return handler


def _hearing(changes: Iterable[Hears]) -> Hears:
    each = tuple(changes)
    return lambda payment_id, body: reduce(lambda heard, hear: hear(payment_id, heard), each, body)
