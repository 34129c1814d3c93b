"""Defects of callbacks: the payment is right, and the news of it goes astray."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from msgspec.json import decode, encode

from connector_ppp.reference.callbacks import AroundNotice, Notice, Outcome, Send
from connector_ppp.reference.defects.defect import Defect

BAD_REQUEST: Final = 400


def _never(_send: Send, _notice: Notice) -> Outcome:
    return None, "never sent"


def _sends(change: Callable[[Notice], Notice]) -> AroundNotice:
    """A callback is changed on its way out."""
    return lambda send, notice: send(change(notice))


def _without_signature(notice: Notice) -> Notice:
    return replace(notice, url=notice.url.partition("&")[0])


def _decoded(notice: Notice) -> Notice:
    """The address was taken apart and put together again."""
    return replace(notice, url=notice.url.replace("%20", "+"))


def _without_credentials(notice: Notice) -> Notice:
    return replace(notice, headers={"Content-Type": "application/json"})


def _as_text(notice: Notice) -> Notice:
    return replace(notice, headers={**notice.headers, "Content-Type": "text/plain"})


def _saying(**fields: object) -> AroundNotice:
    """The body carries these members."""
    return _sends(lambda notice: replace(notice, body=encode(decode(notice.body) | fields)))


def _without(*names: str) -> AroundNotice:
    """The body has none of these members."""

    def leave_out(notice: Notice) -> Notice:
        fields = {name: value for name, value in decode(notice.body).items() if name not in names}
        return replace(notice, body=encode(fields))

    return _sends(leave_out)


def _decides_when_heard(send: Send, notice: Notice) -> Outcome:
    """A payment is decided once its callback was accepted, and not before."""
    page = notice.book.page(notice.before.payment_id)
    decided, page.payment = page.payment, notice.before
    answered, error = send(notice)
    if answered is not None and answered < BAD_REQUEST:
        page.payment = decided
    return answered, error


def _contradicts_itself(send: Send, notice: Notice) -> Outcome:
    """At the heels of the approval comes a denial."""
    first = send(notice)
    if decode(notice.body)["status"] == "approved":
        send(replace(notice, body=encode(decode(notice.body) | {"status": "denied"})))
    return first


ROWS: Final = (
    Defect(
        "never-calls-back",
        "no callback ever leaves",
        "what was undefined is told by callback (documented: case AsyncApproved)",
        "the shopper, who waits for the next retry, an hour later",
        callback=_never,
    ),
    Defect(
        "callback-without-signature",
        "the callback's address is cut after its first parameter",
        "the callbackUrl is used unchanged (documented; C17)",
        "the merchant: every callback is refused with 403",
        callback=_sends(_without_signature),
    ),
    Defect(
        "callback-address-rewritten",
        "the callback's address is decoded and encoded anew",
        "the callbackUrl is used unchanged (documented; C17)",
        "the merchant: the signature no longer fits",
        callback=_sends(_decoded),
    ),
    Defect(
        "callback-without-credentials",
        "the callback carries no app key and no token",
        "a callback carries the provider's credentials (documented)",
        "the merchant: homologation passes, production answers 403",
        callback=_sends(_without_credentials),
    ),
    Defect(
        "callback-as-text",
        "the body of the callback is declared as plain text",
        "a callback is JSON (inferred)",
        "the merchant: whether it is read is chance",
        callback=_sends(_as_text),
    ),
    Defect(
        "callback-without-delays",
        "the callback leaves out the delays of the settlement",
        "without them the gateway settles after 24 hours (documented; C11)",
        "the merchant, whose orders are captured early",
        callback=_without("delayToAutoSettle", "delayToAutoSettleAfterAntifraud"),
    ),
    Defect(
        "callback-without-authorization-id",
        "the callback of an approval has no authorizationId",
        "an approved payment has an authorizationId (documented)",
        "support: every later call carries null",
        callback=_without("authorizationId"),
    ),
    Defect(
        "callback-still-undefined",
        "the callback says undefined once more",
        "a callback tells the final status (documented)",
        "the shopper, who has paid, and waits",
        callback=_saying(status="undefined"),
    ),
    Defect(
        "callback-of-another-payment",
        "the callback names another paymentId",
        "a callback is about its payment (documented)",
        "the merchant: the gateway takes it for somebody else's",
        callback=_saying(paymentId="somebody-else"),
    ),
    Defect(
        "callback-with-another-tid",
        "the callback has another tid than the create",
        "the tid of a payment never changes (C24, recommended; known issue 308214)",
        "support: later calls carry a tid that nobody knows",
        callback=_saying(tid="tid-of-the-acquirer"),
    ),
    Defect(
        "decides-by-callback",
        "a payment whose callback was refused stays undefined",
        "a decision stays, whoever heard of it (known issue 775235)",
        "the shopper, whose paid order is cancelled",
        callback=_decides_when_heard,
    ),
    Defect(
        "callback-inside-create",
        "the callback leaves before the create is answered",
        "no callback while the gateway's own request is open (documented; known issue 1344363)",
        "the merchant: the transaction freezes",
        leaves_out=frozenset({"answer-first"}),
    ),
    Defect(
        "calls-back-after-approval",
        "a payment that was approved at once is called back, too",
        "what the answer said needs no callback (known issue 740499)",
        "the shopper: the gateway authorizes again, and may deny",
        leaves_out=frozenset({"silence"}),
    ),
    Defect(
        "callback-contradicts-itself",
        "an approval is called back, and a denial of the same payment after it",
        "approved and denied are final (documented; known issue 740499)",
        "the merchant, whose paid orders are cancelled",
        callback=_contradicts_itself,
    ),
)
