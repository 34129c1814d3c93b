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
        "settle.ledger-divergence": Quirk(
            does="a settle is captured, but no request for it is recorded: the transaction stays Approved",
            issues=(1319395, 1381639, 500245, 1349246),
            defence="report what you captured; compare invoices, requests and actions after each step",
            changes={"settle_unrecorded": True},
        ),
        "settle.total-exhausted": Quirk(
            does="in Total a settle that failed once is left: 1402 to whoever asks again, the payment stays open",
            issues=(1201336, 1436981),
            defence="ask for Hold or Partial, or tell a delayToAutoSettle shorter than invoicing takes",
            changes={"failed_settle_is_left": True},
        ),
        "settle.total-only-shared-transaction": Quirk(
            does="what Total captured whole takes no change to a lower value any more",
            issues=(1082298,),
            defence="settle in parts, in Partial mode",
            changes={"total_settle_freezes_order": True},
        ),
        "settle.delay-min-without-antifraud": Quirk(
            does="both delays count from the authorization and the shorter one settles, anti-fraud or not",
            issues=(369633,),
            defence="tell the same value in both delays",
            changes={"early_settle_waits_for_nobody": True},
        ),
        "settle.delay-missing-default": Quirk(
            does="without delayToAutoSettle a payment settles after 4 days, whatever the other delay says",
            issues=(1053010,),
            defence="tell all three delays, in answers and in callbacks",
            changes={"missing_delay_is_default": True},
        ),
        "cancel.null-id": Quirk(
            does="a cancel that keeps failing is never given up: the transaction stays Cancelling",
            issues=(333897,),
            defence="answer soon and for good: an id, or 501 with cancel-manually",
            changes={"failed_cancel_goes_on": True},
        ),
        "cancel.during-settling": Quirk(
            does="a cancel while a settle is pending leaves the transaction in Cancelling, and calls nobody",
            issues=(1309799, 1317866),
            defence="lock by paymentId, take settle and cancel in any order; clients wait for the settle",
            changes={"cancel_of_settling_sticks": True},
        ),
        "cancel.payments-finished": Quirk(
            does="a cancel of captured money leaves the transaction in Cancelling, and calls nobody",
            issues=(1363196,),
            defence="refund what is captured",
            changes={"cancel_of_settled_sticks": True},
        ),
        "cancel.after-denied-card": Quirk(
            does="after a denial the other payments stay authorized and the transaction Cancelling",
            issues=(429082, 929517),
            defence="let authorizations expire by yourself, and take a cancel of what you have just approved",
            changes={"denial_spares_siblings": True},
        ),
        "refund.null-plus-manual-doubles": Quirk(
            does="a refund answered refund-manually is handed to a person and sent again with a new requestId",
            issues=(615050,),
            defence="leave the code out of a null answer; refund a payment no further than what is owed",
            changes={"refund_by_hand_is_sent_again": True},
        ),
        "refund.dedupe-by-value": Quirk(
            does="a refund, or cancel, worth as much as all before it is taken for a repeat and dropped",
            issues=(1118560, 309117),
            defence="tell requests apart by requestId, never by value; compare returns and refunds",
            changes={"known_by_value": True},
        ),
        "refund.lost-when-concurrent": Quirk(
            does="a refund that comes while another is on its way is dropped without a word",
            issues=(1154224,),
            defence="ask for one refund after the other; compare returns and refunds",
            changes={"refund_lost_behind_another": True},
        ),
        "refund.stale-invoice-data": Quirk(
            does="a second return asks for the first one's refund again, and nothing is given back",
            issues=(1351358,),
            defence="answer a repeated refund as the first time; compare returns and refunds",
            changes={"return_repeats_the_first": True},
        ),
        "refund.email-not-retried": Quirk(
            does="a refund that failed once is told both as online and as e-mail, and is not tried again",
            issues=(1099618, 545331, 1049494),
            defence="a refundId only once the money has gone back, else null and 0",
            changes={"failed_refund_counts": True},
        ),
        "callback.inside-authorization": Quirk(
            does="an approval by callback while the first create is open stops half-way: Authorizing for ever",
            issues=(1344363, 1344365, 1304667, 1037765),
            defence="call back after the answer, never inside a request of the gateway",
            changes={"callback_inside_sticks": True},
        ),
        "callback.swallowed-by-retry": Quirk(
            does="a callback at the moment of a retry is not heard",
            issues=(1129281,),
            defence="answer every repeated create with what you know, not with undefined",
            changes={"callback_lost_to_retry": True},
        ),
        "callback.after-approval-reauth": Quirk(
            does="a callback after the approval has every payment authorized again; a denial then cancels all",
            issues=(740499,),
            defence="do not call back what you have answered; answer a repeated create from the store",
            changes={"callback_asks_again": True},
        ),
        "callback.late-cancel-ignored": Quirk(
            does="news after the final status leaves no trace, and the payment goes on",
            issues=(360653,),
            defence="fail the next settle with a null settleId and a message",
            changes={"callback_leaves_no_event": True},
        ),
        "auth.delay-plans-compete": Quirk(
            does="of several values of delayToCancel the shortest one cancels, not the newest",
            issues=(1338614,),
            defence="tell the longest delayToCancel first, and never another one",
            changes={"shortest_delay_cancels": True},
        ),
        "auth.stuck-pending": Quirk(
            does="an approval moves the payment only; a second authorization-request frees the transaction",
            issues=(1427794, 1344356, 1344357, 1302349),
            defence="answer approved to a create that comes again",
            changes={"approval_sticks": True},
        ),
        "race.cancelled-then-authorized": Quirk(
            does="a cancelled pending payment is asked for again, and an approval reopens the transaction",
            issues=(1417330,),
            defence="after a cancel answer denied to creates and fail settles",
            changes={"cancelled_can_be_approved": True},
        ),
        "race.risk-reject-after-settle": Quirk(
            does="a rejection by the anti-fraud of what is captured already leaves the transaction in Cancelling",
            issues=(1163213, 1092563, 1184723),
            defence="tell delays longer than the analysis takes; take a refund right after a settle",
            changes={"rejected_after_settle_sticks": True},
        ),
        "race.reverted-to-started": Quirk(
            does="a captured transaction falls back to Started, and is cancelled though nobody asked",
            issues=(1341471,),
            defence="fail a cancel of captured money, or give it back and say so",
            changes={"settled_falls_back": True},
        ),
        "race.cancel-vs-invoice": Quirk(
            does="an order that is invoiced while its cancel is asked for stays there, in error, for good",
            issues=(1400005,),
            defence="keep captured and cancelled within authorized; clients refund the transaction",
            changes={"invoice_sticks_in_cancel": True},
        ),
        "race.change-vs-invoice": Quirk(
            does="an invoice is taken while a change runs, at the value before the change",
            issues=(1348894,),
            defence="wait until the change is done; refuse a settle above authorized minus cancelled",
            changes={"invoice_during_change": True},
        ),
        "oms.change-not-mirrored": Quirk(
            does="a change lowers the order, and the gateway never hears of it",
            issues=(955489, 351786, 1275957),
            defence="honour partial cancels and refunds; clients compare the order with its transaction",
            changes={"change_not_mirrored": True},
        ),
        "oms.duplicate-sku-blocks-refund": Quirk(
            does="a return that names one article on two lines is taken, and nothing is given back",
            issues=(1198829,),
            defence="clients send one line for each article, with its quantity and total",
            changes={"double_lines_block_refund": True},
        ),
        "amount.interest-refund-blocked": Quirk(
            does="a return above the order's value is refused, so interest cannot be given back by invoice",
            issues=(376077,),
            defence="clients refund the interest by the gateway's API",
            changes={"interest_is_not_returned": True},
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
            issues=(),
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
