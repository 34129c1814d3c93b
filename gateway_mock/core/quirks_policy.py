"""The known issues and other readings that the rules themselves honour: each changes fields of `Policy`."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway_mock.core.policy import AfterCapture, Interest, InvoiceReplay, RefundPriority
from gateway_mock.core.quirk import Quirk

READINGS: Mapping[str, Quirk] = MappingProxyType(
    {
        "settle.zero": Quirk(
            does="a settlement request of 0 finishes a half-settled transaction",
            issues=(1349027,),
            defence="never send 0; refuse a settlement of 0 with a null settleId",
            changes={"settle_zero_finishes": True},
        ),
        "amount.interest-not-settled": Quirk(
            does="invoices settle the order value and leave the interest open for ever",
            issues=(1130035,),
            defence="answer a delayToAutoSettle, or settle the rest by the API",
            changes={"interest": Interest.NOT_SETTLED},
        ),
        "total-ignores-partial-cancel": Quirk(
            does="Total mode captures the order total although a part was cancelled",
            issues=(),
            defence="refuse a settle above authorized minus cancelled",
            changes={"total_ignores_partial_cancel": True},
        ),
        "single-settle-id": Quirk(
            does="a refund across captures is one call that names the latest settleId",
            issues=(),
            defence="find the captures by paymentId, treat settleId as a hint",
            changes={"single_settle_id": True},
        ),
        "cancel-after-capture-refunds": Quirk(
            does="a cancel of captured money becomes a refund",
            issues=(1363196, 1309799),
            defence="none needed: the connector sees an ordinary refund",
            changes={"cancel_after_capture": AfterCapture.REFUND},
        ),
        "refund-card-first": Quirk(
            does="refunds start with the card instead of the lowest captured amount",
            issues=(464837,),
            defence="none needed: the connector sees ordinary refunds",
            changes={"refund_priority": RefundPriority.CARD_FIRST},
        ),
        "invoice-number-once": Quirk(
            does="the same invoice number again is refused instead of answered with a new receipt",
            issues=(),
            defence="send each invoice number once",
            changes={"invoice_replay": InvoiceReplay.REJECT},
        ),
        "changes-v1-off": Quirk(
            does="changes of version 1 are switched off, as announced for 2026-03-01",
            issues=(),
            defence="use version 2",
            changes={"changes_v1_off": True},
        ),
        "cancel-in-two-steps": Quirk(
            does="a cancel from handling waits for a second call, as in the Admin",
            issues=(1004978,),
            defence="poll the order, repeat the cancel",
            changes={"cancel_in_two_steps": True},
        ),
    }
)
"""The switches of the rules, by name."""
