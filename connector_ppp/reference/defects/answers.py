"""Defects of answers: the work is right, and what is said of it is wrong."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from flask import Response
from msgspec.json import decode

from connector_ppp.reference.defects.defect import (
    OK,
    Defect,
    Writes,
    refused,
    saying,
    told,
    written,
)
from connector_ppp.reference.handling import Around, Creation, Handler, Move
from connector_ppp.reference.payment import identifier
from connector_ppp.reference.replies import Reply

NOT_IMPLEMENTED: Final = 501
BAD_REQUEST: Final = 400
AMOUNT_OF_FAILURE: Final = 0.01


def _another_request(handle: Handler[Move], call: Move) -> Reply:
    return told(handle(call), request_id=identifier("request", call.request.request_id))


def _another_payment(handle: Handler[Move], call: Move) -> Reply:
    return told(handle(call), payment_id=identifier("payment", call.request.payment_id))


def _failure_as_200(handle: Handler[Move], call: Move) -> Reply:
    return replace(handle(call), status=OK)


def _failure_says(fields: Callable[[Move], dict[str, object]]) -> Around[Move]:
    """A refusal carries these fields."""

    def say(handle: Handler[Move], call: Move) -> Reply:
        reply = handle(call)
        return reply if reply.status == OK else told(reply, **fields(call))

    return say


def _made_up_ids(call: Move) -> dict[str, object]:
    return dict.fromkeys(("settle_id", "cancellation_id", "refund_id"), identifier("no", call.request.request_id))


def _by_hand_in_silence(_handle: Handler[Move], call: Move) -> Reply:
    return refused(call, NOT_IMPLEMENTED, "not-implemented")


def _repeats_the_card(handle: Handler[Creation], call: Creation) -> Reply:
    card = decode(call.raw).get("card") or {}
    return told(handle(call), message=f"card {card.get('number')}")


def _as_pages(_endpoint: str, response: Response) -> None:
    """The framework's own Content-Type stays."""
    if response.mimetype == "application/json":
        response.mimetype = "text/html"


def _error_pages(_endpoint: str, response: Response) -> None:
    """An error is the page of the web framework."""
    if response.status_code >= BAD_REQUEST:
        response.data, response.mimetype = b"<!doctype html><title>Error</title><h1>Error</h1>", "text/html"


def _errors_of_its_own(endpoint: str, response: Response) -> None:
    """A create that is refused has the shape of some other interface."""
    if endpoint == "protocol.payments" and response.status_code >= BAD_REQUEST:
        response.data = b'{"error":{"reason":"bad request"}}'


def _padded(endpoint: str, characters: int) -> Writes:
    """An answer as long as one that repeats the whole cart."""
    return written(endpoint, echo="item " * (characters // 5))


ROWS: Final = (
    Defect(
        "wrong-request-id-echo",
        "the answer carries another requestId",
        "an answer repeats the ids that it was asked with (documented; S17)",
        "the gateway cannot tell what was done",
        settle=_another_request,
        cancel=_another_request,
        refund=_another_request,
    ),
    Defect(
        "wrong-payment-id-echo",
        "the answer carries another paymentId",
        "an answer repeats the ids that it was asked with (documented; S17)",
        "the gateway cannot tell what was done",
        settle=_another_payment,
        cancel=_another_payment,
        refund=_another_payment,
    ),
    Defect(
        "wrong-payment-id-of-create",
        "the answer to a create carries another paymentId",
        "an answer repeats the paymentId (documented; S17)",
        "the gateway cannot tell which payment was approved",
        create=saying(payment_id="somebody-else"),
    ),
    Defect(
        "null-settle-id-on-success",
        "money is captured, but the settleId is null",
        "a success carries a settleId; null means failed (documented; S16)",
        "the shopper: the gateway settles again, for a day",
        settle=saying(settle_id=None),
    ),
    Defect(
        "null-cancellation-id-on-success",
        "a payment is cancelled, but the cancellationId is null",
        "a success carries a cancellationId; null means failed (documented; known issue 333897)",
        "the shopper, whose checkout waits for ever",
        cancel=saying(cancellation_id=None),
    ),
    Defect(
        "null-refund-id-on-success",
        "money goes back, but the refundId is null",
        "a success carries a refundId; null means failed (documented)",
        "the merchant, who refunds by hand what is refunded",
        refund=saying(refund_id=None),
    ),
    Defect(
        "failure-as-200",
        "a refused operation answers 200 with a null id",
        "a failure is answered with 500 (documented)",
        "tools that see a success in it",
        settle=_failure_as_200,
        cancel=_failure_as_200,
        refund=_failure_as_200,
    ),
    Defect(
        "id-on-failure",
        "a refused settle, cancel or refund carries an id all the same",
        "the id of a failure is null (documented)",
        "the merchant, who ships unpaid goods",
        settle=_failure_says(_made_up_ids),
        cancel=_failure_says(_made_up_ids),
        refund=_failure_says(_made_up_ids),
    ),
    Defect(
        "value-on-failure",
        "a refused settle or refund carries a value above zero",
        "the value of a failure is 0 (documented)",
        "the merchant, whose books count money that did not move",
        settle=_failure_says(lambda _: {"value": AMOUNT_OF_FAILURE}),
        refund=_failure_says(lambda _: {"value": AMOUNT_OF_FAILURE}),
    ),
    Defect(
        "never-says-why",
        "a refused operation has no code",
        "a failure has a code (documented)",
        "the merchant and the support, who have to guess",
        settle=saying(code=None),
        cancel=saying(code=None),
        refund=saying(code=None),
    ),
    Defect(
        "settle-fails-with-a-manual-code",
        "a refused settle has a null settleId and the code refund-manually",
        "a settle has no such code; beside a null id it made the gateway refund twice (known issue 615050)",
        "the merchant, who gives back twice what was never taken",
        settle=_failure_says(lambda _: {"code": "refund-manually"}),
    ),
    Defect(
        "cancels-by-hand-in-silence",
        "a cancel is left to people, and no code says so",
        "501 comes with cancel-manually (documented)",
        "the shopper, for nobody is told to act",
        cancel=_by_hand_in_silence,
    ),
    Defect(
        "refunds-by-hand-in-silence",
        "a refund is left to people, and no code says so",
        "501 comes with refund-manually (documented)",
        "the shopper, for nobody is told to act",
        refund=_by_hand_in_silence,
    ),
    Defect(
        "error-pages",
        "an error is answered with the web framework's page",
        "a failure has the shape of the protocol (documented; S17; known issue 327248)",
        "support, which finds a page of HTML in the log",
        writes=_error_pages,
    ),
    Defect(
        "errors-of-its-own",
        "a create that is refused has a shape of its own",
        "a refused create says status error, a code and a message (documented)",
        "support, which has to guess",
        writes=_errors_of_its_own,
    ),
    Defect(
        "repeats-the-cart",
        "the answer to a create is as long as the cart, three times",
        "an answer is small: above 65536 characters it was refused (known issue 317389)",
        "the shopper with a long cart, whose order never goes on",
        writes=_padded("protocol.payments", 100_000),
    ),
    Defect(
        "repeats-the-card",
        "the answer to a create has the whole number of the card in its message",
        "who takes cards is PCI-DSS certified (inferred)",
        "the shopper, whose card stands in everybody's logs",
        create=_repeats_the_card,
    ),
    Defect(
        "json-as-pages",
        "every answer is JSON, and declared as text/html",
        "an answer is application/json (inferred)",
        "whoever believes the Content-Type",
        writes=_as_pages,
    ),
)
