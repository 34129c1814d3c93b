"""Defects of creates: what becomes of a payment, how long it waits, what the shopper gets to see."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from msgspec import UNSET

from connector_ppp.messages import AuthorizeResponse, MetadataEntry, PaymentAppData
from connector_ppp.reference.defects.defect import Defect, payment_of, saying, told
from connector_ppp.reference.handling import Around, Creation, Handler
from connector_ppp.reference.payment import Status
from connector_ppp.reference.replies import Reply
from connector_ppp.reference.scenarios import APPROVE, BANK_INVOICE, DENY, PIX, Flow


def _takes(course: Callable[[Flow], Flow]) -> Around[Creation]:
    """Payments take another course than their card or method says."""

    def take(handle: Handler[Creation], call: Creation) -> Reply:
        checkout = replace(call.checkout, flow=course(call.checkout.flow))
        return handle(replace(call, checkout=checkout))

    return take


def _denies_what_waits(flow: Flow) -> Flow:
    """Neither yes nor no yet: that is a no."""
    return replace(flow, status=Status.DENIED, outcome=Status.DENIED) if flow.status is Status.UNDEFINED else flow


def _by_flow(flow: Flow, **fields: object) -> Around[Creation]:
    """Payments of one course are answered with these fields."""

    def answer(handle: Handler[Creation], call: Creation) -> Reply:
        reply = handle(call)
        return told(reply, **fields) if call.checkout.flow is flow else reply

    return answer


def _approved_as(word: str) -> Around[Creation]:
    """An approval has another word."""

    def answer(handle: Handler[Creation], call: Creation) -> Reply:
        reply = handle(call)
        message = reply.message
        approved = isinstance(message, AuthorizeResponse) and message.status == "approved"
        return told(reply, status=word) if approved else reply

    return answer


def _shortens_its_delay(handle: Handler[Creation], call: Creation) -> Reply:
    known = payment_of(call).status is not Status.ABSENT
    reply = handle(call)
    return told(reply, delay_to_cancel=7200) if known else reply


def _shows_code(code: Callable[[Creation], str]) -> Around[Creation]:
    """A Pix payment shows another code."""

    def show(handle: Handler[Creation], call: Creation) -> Reply:
        data = PaymentAppData(app_name="vtex.pix-payment", payload=code(call))
        reply = handle(call)
        return told(reply, payment_app_data=data) if call.checkout.flow is PIX else reply

    return show


ROWS: Final = (
    Defect(
        "approves-every-card",
        "a card that the acquirer refuses is approved",
        "the test card that is refused is denied (documented: case Denied)",
        "the merchant, who ships unpaid goods",
        create=_takes(lambda flow: APPROVE if flow is DENY else flow),
    ),
    Defect(
        "denies-every-card",
        "a card that the acquirer takes is denied",
        "the test card that is approved is approved (documented: case Authorize)",
        "the merchant, who sells nothing",
        create=_takes(lambda flow: DENY if flow is APPROVE else flow),
    ),
    Defect(
        "pending-as-denied",
        "what waits for the acquirer or the shopper is answered denied",
        "an answer that is not final is undefined (documented; known issues 367284 and 384009)",
        "the shopper, who pays, and whose order is cancelled meanwhile",
        create=_takes(_denies_what_waits),
    ),
    Defect(
        "approves-pix-at-once",
        "a Pix payment is approved before the shopper scanned anything",
        "Pix waits for the shopper (documented)",
        "the merchant, who ships unpaid goods",
        create=_takes(lambda flow: APPROVE if flow is PIX else flow),
    ),
    Defect(
        "status-of-its-own",
        "the status is processing, a word of the provider",
        "status is approved, denied or undefined (documented; known issues 338124 and 461095)",
        "the merchant: the gateway reads a failure",
        create=saying(status="processing"),
    ),
    Defect(
        "says-authorized",
        "an approval says authorized",
        "the word is approved (C15)",
        "whoever reads strictly",
        create=_approved_as("authorized"),
    ),
    Defect(
        "approves-without-authorization-id",
        "an approved payment has no authorizationId",
        "an approved payment has an authorizationId (documented)",
        "support: every later call carries null",
        create=saying(authorization_id=None),
    ),
    Defect(
        "approves-without-tid",
        "an approved payment has no tid",
        "an approved payment has a tid (documented; known issue 758411)",
        "support: a refund needs one",
        create=saying(tid=None),
    ),
    Defect(
        "missing-delays",
        "the three delays are left out",
        "all three delays are sent (documented; known issue 1053010)",
        "the merchant: the gateway settles and gives up when it likes",
        create=saying(
            delay_to_auto_settle=UNSET, delay_to_auto_settle_after_antifraud=UNSET, delay_to_cancel=UNSET
        ),
    ),
    Defect(
        "gives-up-after-a-minute",
        "delayToCancel is 60 seconds",
        "delayToCancel is 300 seconds or more (C6, recommended)",
        "the shopper: the order is cancelled before the acquirer answers",
        create=saying(delay_to_cancel=60),
    ),
    Defect(
        "gives-up-early",
        "delayToCancel is 400 seconds",
        "delayToCancel is 600 seconds or more (C6, documented)",
        "the shopper: one retry, and the order is cancelled",
        create=saying(delay_to_cancel=400),
    ),
    Defect(
        "waits-for-a-year",
        "delayToCancel is 31536000 seconds",
        "delayToCancel is 2592000 seconds at most (C6, documented)",
        "the merchant: what exceeds the maximum is cut, and nobody is told",
        create=saying(delay_to_cancel=31_536_000),
    ),
    Defect(
        "delays-in-texts",
        "delays are texts of seconds",
        "a delay is a whole number of seconds (documented)",
        "whoever reads strictly: no answer at all",
        create=saying(delay_to_cancel="86400"),
    ),
    Defect(
        "delays-in-fractions",
        "delays are fractions of seconds",
        "a delay is a whole number of seconds (documented)",
        "whoever reads strictly: no answer at all",
        create=saying(delay_to_cancel=86_400.5),
    ),
    Defect(
        "two-settle-delays",
        "delayToAutoSettleAfterAntifraud is shorter than delayToAutoSettle",
        "without anti-fraud the shorter one wins (known issue 369633)",
        "the merchant, whose orders are captured early",
        create=saying(delay_to_auto_settle_after_antifraud=1800),
    ),
    Defect(
        "shortens-its-delay",
        "a repeated create has a shorter delayToCancel",
        "the first delayToCancel stays (known issue 1338614)",
        "the shopper: two plans of retries run, and the shorter one cancels",
        create=_shortens_its_delay,
    ),
    Defect(
        "pix-for-a-day",
        "a Pix payment waits for a day",
        "a Pix code lives from 15 to 60 minutes (C6, documented)",
        "the merchant: goods stay reserved",
        create=_by_flow(PIX, delay_to_cancel=86_400),
    ),
    Defect(
        "slip-for-an-hour",
        "a bank invoice waits for an hour",
        "a bank invoice outlives a weekend (known issue 374288)",
        "the shopper, who pays on Monday for an order that was cancelled on Friday",
        create=_by_flow(BANK_INVOICE, delay_to_cancel=3600),
    ),
    Defect(
        "shows-no-address",
        "a bank invoice or a redirect comes without its address",
        "paymentUrl says where the shopper pays (documented: cases BankInvoice and Redirect)",
        "the shopper, who cannot pay",
        create=saying(payment_url=None),
    ),
    Defect(
        "old-addresses",
        "the address of an invoice stands in bankIssueInvoiceUrl, too",
        "paymentUrl replaces the older fields (C22, documented)",
        "whoever has to find out which of the two counts",
        create=saying(bank_issue_invoice_url="https://pay.example/slip"),
    ),
    Defect(
        "too-much-metadata",
        "four metadata entries are answered",
        "three names of 20 characters, values of 200 (S39)",
        "the merchant: the rest gets lost",
        create=saying(connector_metadata=tuple(MetadataEntry(name=name, value="") for name in "abcd")),
    ),
    Defect(
        "settles-at-once",
        "both delays of the automatic settlement are 0",
        "a limit within the protocol; what is captured at once leaves no part to Hold and Partial (documented)",
        "the merchant, who captures in parts, and finds everything captured",
        create=saying(delay_to_auto_settle=0, delay_to_auto_settle_after_antifraud=0),
    ),
    Defect(
        "new-code-each-time",
        "each create of a Pix payment shows another code",
        "a repeat charges nothing, and shows what is to be paid once (inferred)",
        "the shopper, who pays the old code and the new one",
        create=_shows_code(lambda call: f"code {len(call.book.received)}"),
    ),
    Defect(
        "one-code-for-all",
        "all Pix payments show one code",
        "a code says which payment it pays (inferred)",
        "the shopper, who pays for somebody else",
        create=_shows_code(lambda _call: "the code of the shop"),
    ),
)
