"""Who judges the judge: faults planted in a gateway, each found by the rules that this table names, typed by hand.

No rule is without a fault that trips it; the last test says so. A fault may trip others, too: what is wrong with a
settle is wrong with everything after it.
"""

from decimal import Decimal

import pytest

from contracts.suite.gateway.load import all_gateway_rules
from gateway_mock.core import allocation
from tests.contracts.gateway import planted_around as around
from tests.contracts.gateway import planted_lines as line

SHARES = [
    {
        "id": "1",
        "name": "Store",
        "documentType": "CNPJ",
        "document": "05314972000174",
        "role": "marketplace",
        "amount": 100.0,
    }
]
"""Recipients where none belong."""

AROUND = {
    "total-is-partial": (
        around.in_another_mode(total="partial"),
        """modes/total-settles-in-two modes/total-cancels-in-two modes/total-settles-half
        modes/total-settles-what-a-cancel-left orders/story-total orders/change-first-total
        orders/increase-total orders/items-and-freight-total orders/interest-total""",
    ),
    "hold-is-total": (
        around.in_another_mode(hold="total"),
        """modes/hold-settles-in-two modes/hold-waits-for-the-last-invoice orders/story-hold orders/increase-hold
        orders/items-and-freight-hold orders/interest-hold""",
    ),
    "hold-is-partial": (
        around.in_another_mode(hold="partial"),
        """modes/hold-cancels-in-two modes/hold-settles-what-a-cancel-left modes/mixed-settles-as-total
        modes/mixed-cancels-as-total orders/change-first-hold""",
    ),
    "partial-is-total": (
        around.in_another_mode(partial="total"),
        """modes/partial-settles-in-two modes/partial-cancels-in-two modes/partial-settles-in-three
        modes/cents-stay-cents orders/story-partial orders/change-first-partial orders/increase-partial
        orders/items-and-freight-partial orders/interest-partial
        orders/forgotten-freight-stays-open""",
    ),
    "partial-is-hold": (
        around.in_another_mode(partial="hold"),
        "modes/partial-settles-in-two modes/partial-cancels-in-two modes/mixed-settles-as-total",
    ),
    "legacy-settles-in-parts": (
        around.legacy_is_ppp,
        "legacy/settles-the-total legacy/order-settles-the-total legacy/makes-a-transaction-total",
    ),
    "refunds-go-nowhere": (
        around.doing_nothing("refunding-request"),
        """modes/total-refunds-in-two modes/hold-refunds-in-two modes/partial-refunds-in-two
        modes/refunds-take-the-lowest-first modes/equal-refunds-both-move modes/refunds-name-each-capture
        outages/refund-by-hand limits/refunds-at-once-that-fit""",
    ),
    "cancels-go-nowhere": (
        around.doing_nothing("cancellation-request"),
        """modes/total-cancels-in-two modes/hold-cancels-in-two modes/hold-is-released-by-a-cancel
        modes/partial-cancels-the-rest""",
    ),
    "orders-are-never-cancelled": (
        around.doing_nothing("cancel"),
        """orders/cancel-total orders/cancel-after-a-change-hold orders/cancel-after-a-change-partial
        orders/cancel-after-auto-settle""",
    ),
    "changes-go-nowhere": (
        around.doing_nothing("changes"),
        """orders/discount-of-the-rest-hold orders/discount-of-the-rest-partial orders/increase-denied
        limits/change-beyond-the-order""",
    ),
    "returns-are-refunded-at-once": (around.refunding_returns_early, "orders/return-before-the-end"),
    "invoiced-by-any-invoice": (
        around.invoiced_by_any_invoice,
        "orders/forgotten-freight-stays-open orders/story-partial legacy/order-settles-the-total",
    ),
    "settles-are-clamped": (
        around.clamping,
        "limits/settle-beyond-the-rest limits/settle-beyond-held",
    ),
    "settles-are-never-refused": (
        around.never_saying_no("settlement-request"),
        """limits/settle-beyond-the-rest limits/settle-beyond-held limits/settle-when-finished limits/settle-zero
        limits/settle-zero-in-between limits/negative-amounts limits/settle-after-a-cancel
        limits/settle-before-the-approval limits/settles-at-once limits/one-denial-cancels-all
        errors/malformed-bodies errors/amounts-are-whole-cents outages/undecided-payment notices/denied
        notices/no-way-back-from-denied notices/forged""",
    ),
    "cancels-are-never-refused": (
        around.never_saying_no("cancellation-request"),
        "limits/cancel-beyond-the-rest limits/cancel-captured-money limits/settle-after-a-cancel",
    ),
    "refunds-are-never-refused": (
        around.never_saying_no("refunding-request"),
        """limits/refund-beyond-captured limits/refund-of-held-money limits/refund-before-any-settle
        limits/refunds-at-once""",
    ),
    "transactions-are-never-refused": (
        around.never_saying_no("authorization-request", "payments", "transactions"),
        """limits/payments-differ-from-the-value limits/no-payments limits/transaction-of-nothing
        limits/payments-after-the-authorization access/gateway-needs-credentials""",
    ),
    "orders-are-never-refused": (
        around.never_saying_no("invoice", "changes", "cancel", "start-handling"),
        """limits/invoice-beyond-the-order limits/return-beyond-the-invoices limits/invoice-of-nothing
        limits/invoice-after-the-end limits/cancel-of-an-invoiced-part limits/cancel-of-an-invoiced-order
        limits/change-beyond-the-order limits/change-below-the-invoices limits/change-after-the-end
        limits/handling-twice limits/change-of-a-canceled-order limits/versions-do-not-mix-either-way
        errors/malformed-orders repeats/return-under-a-sale-number orders/discount-of-the-rest-total""",
    ),
    "amounts-are-made-whole": (around.rounding, "errors/amounts-are-whole-cents"),
    "refunds-without-cents": (around.refunding_whole_units, "modes/refunded-cents-stay-cents"),
    "equals-are-repeats": (
        around.taking_equals_for_repeats,
        "modes/equal-settles-both-move modes/equal-cancels-both-move",
    ),
    "refusals-are-bare": (
        around.refusals_as(lambda status, _: (status, {"message": "no"})),
        """errors/gateway-envelope errors/orders-envelope limits/settle-beyond-the-rest limits/no-payments
        limits/handling-twice""",
    ),
    "refusals-are-breaks": (
        around.refusals_as(lambda _, answer: (500, answer)),
        "errors/malformed-bodies errors/malformed-orders errors/unknown-transaction errors/unknown-order",
    ),
    "nothing-is-not-found": (
        around.refusals_as(lambda status, answer: (400 if status == 404 else status, answer)),
        "errors/unknown-transaction errors/unknown-payment errors/unknown-order errors/unknown-invoice",
    ),
    "everything-is-200": (
        around.answering(lambda asked: asked.end == "payments", lambda _, answer: (200, answer)),
        "errors/documented-statuses",
    ),
    "results-say-nothing": (
        around.answering(lambda asked: asked.end.endswith("-request"), around.without("token", "statusDetail")),
        "errors/operation-result",
    ),
    "transactions-have-one-id": (
        around.answering(
            lambda asked: asked.end in {"transactions", asked.owner} and "/api/pvt/" in asked.path,
            around.without("transactionId", "settlements"),
        ),
        "errors/transaction-object",
    ),
    "payments-have-no-tid": (
        around.answering(lambda asked: asked.method == "GET" and "/payments" in asked.path, around.without("tid")),
        "errors/payment-object",
    ),
    "captures-are-not-shown": (
        around.answering(lambda asked: asked.end == "settlements", around.saying(actions=[])),
        "errors/settlements-view legacy/settles-the-total outages/settle-failure",
    ),
    "no-views-of-refunds": (
        around.answering(
            lambda asked: asked.end in {"refunds", "cancellations"}, lambda *_: (404, around.envelope("not found"))
        ),
        "errors/refunds-and-cancellations-views outages/refund-by-hand",
    ),
    "values-are-texts-only": (around.numbers_are_texts_only, "errors/value-as-a-number"),
    "anybody-is-let-in": (
        around.letting_anybody_in,
        """access/gateway-needs-credentials access/gateway-proves-the-token access/orders-need-credentials
        access/transactions-of-others access/orders-of-others""",
    ),
    "keys-are-forgotten": (
        around.forgetting_numbers,
        """repeats/invoice-number repeats/return-number repeats/return-under-a-sale-number
        repeats/change-request-id repeats/invoices-at-once""",
    ),
    "second-authorization-breaks": (
        around.breaking("authorization-request", after=1),
        "repeats/authorization",
    ),
    "late-callbacks-break": (
        around.breaking("callback", after=1),
        "notices/no-way-back-from-denied notices/no-way-back-from-approved",
    ),
    "late-denials-count": (
        around.listening_to_late_denials,
        "notices/no-way-back-from-approved notices/late-denial-of-a-settled-payment",
    ),
    "callbacks-go-nowhere": (
        around.doing_nothing("callback"),
        """notices/approved notices/denied notices/authorized notices/forged notices/without-a-body
        notices/order-goes-on""",
    ),
    "signatures-are-believed": (around.believing_any_signature, "notices/forged"),
    "nothing-is-repeated": (
        around.doing_nothing("clock"),
        """outages/one-of-two-settles-fails outages/null-id-is-a-failure notices/settled-a-day-later
        outages/pix-is-asked-for-every-five-minutes
        outages/settle-reply-lost outages/cancel-reply-lost outages/refund-reply-lost outages/settle-failure
        outages/settle-given-up outages/authorization-failure outages/settles-by-itself
        outages/undecided-payment outages/tried-each-hour""",
    ),
    "settles-are-refused": (
        around.refusing("settlement-request"),
        "outages/settle-after-auto-settle errors/settlements-view",
    ),
    "money-is-never-refused": (
        around.never_saying_no("settlement-request", "cancellation-request"),
        "limits/settle-and-cancel-at-once limits/settles-at-once",
    ),
    "changes-always-end-well": (
        around.ending_well,
        """limits/items-that-are-not-there limits/items-that-are-invoiced limits/change-of-a-canceled-order
        limits/change-below-the-invoices orders/increase-denied""",
    ),
    "previews-are-made": (around.making_previews, "orders/preview-changes-nothing"),
    "tracking-is-invoicing": (around.invoicing_what_is_tracked, "orders/tracking-moves-nothing"),
    "orders-hide-their-payments": (
        around.answering(lambda asked: "/oms/" in asked.path, around.without("paymentData", "payments")),
        "errors/order-object",
    ),
    "second-cancel-breaks": (around.breaking("cancel", after=1), "repeats/cancel-order"),
    "stuck-while-cancelling": (
        around.never_canceled,
        """outages/cancel-failure outages/cancel-by-hand orders/cancel-total orders/cancel-after-a-change-hold
        limits/invoice-after-the-end""",
    ),
    "versions-are-mixed": (
        around.forgetting_versions,
        "limits/versions-do-not-mix",
    ),
    "nobody-looks": (
        around.doing_nothing("antifraud"),
        """risk/rejected-is-cancelled risk/all-payments-are-cancelled risk/nothing-is-settled-before-the-verdict
        risk/rejected-later risk/order-waits-for-the-verdict risk/rejected-order-is-canceled
        risk/settles-by-itself-meanwhile""",
    ),
    "everybody-is-rejected": (around.rejecting_everybody, "risk/approved-then-settled"),
    "payouts-are-forgotten": (
        around.doing_nothing("quirks"),
        "splits/shares-add-up-total splits/shares-add-up-hold splits/shares-of-what-a-cancel-left",
    ),
    "changes-are-never-refused": (
        around.never_saying_no("cancel", "retry", "changes"),
        """changes/done-is-not-cancelled changes/done-is-not-retried changes/canceled-is-not-retried
        changes/unknown changes/discount-of-what-was-settled-directly changes/increase-by-pix""",
    ),
    "changes-are-never-cancelled": (around.doing_nothing("cancel"), "changes/canceled-while-it-waits"),
    "changes-always-end-done": (
        around.ending_well,
        """changes/increase-by-pix changes/items-have-an-id-and-a-quantity
        changes/discount-of-what-a-legacy-connector-captured""",
    ),
    "changes-begin-beside-each-other": (around.beginning_a_second_change, "changes/one-at-a-time"),
    "changes-leave-no-trace": (
        around.answering(
            lambda asked: asked.method == "GET" and asked.end == "changes", around.saying(requests=[])
        ),
        "changes/history-is-of-what-was-done",
    ),
    "halves-of-a-yen": (
        around.never_saying_no("settlement-request"),
        "currencies/no-parts-of-the-smallest-unit",
    ),
    "denials-are-always-taken": (
        around.never_saying_no("deny-cancellation-request"),
        "limits/deny-what-nobody-asked-for",
    ),
    "nothing-in-three": (
        around.answering(lambda asked: asked.end == "installments", lambda *_: (200, {"installments": []})),
        "errors/installments-of-nothing",
    ),
    "refunds-cancel": (
        around.answering(
            lambda asked: asked.method == "GET" and asked.end == asked.owner,
            lambda status, answer: (status, answer | {"status": "Cancelled"}),
        ),
        "modes/finished-stays-finished",
    ),
    "freight-comes-on-top": (around.adding_freight, "modes/freight-is-a-part-of-a-refund"),
    "refunds-wait-for-the-end": (around.refunding_finished_ones_only, "modes/total-refunds-what-it-captured"),
    "lines-drive-the-money": (around.invoicing_the_lines, "orders/value-drives-the-money"),
    "changes-show-the-total": (
        around.answering(
            lambda asked: "/changes/" in asked.path,
            lambda status, answer: (status, answer | {"totalChangeValue": 9000}),
        ),
        "changes/shows-its-difference",
    ),
    "notifications-go-nowhere": (
        around.doing_nothing("payment-notification"),
        "notices/paid-in-full notices/paid-order",
    ),
}
"""Between the merchant and the gateway: the fault, and the rules that name it."""

QUIRKS = {
    "settle.zero": "limits/settle-zero-in-between",
    "settle.ledger-divergence": "modes/partial-settles-in-two",
    "settle.total-exhausted": "outages/settle-failure-in-total",
    "settle.total-only-shared-transaction": "orders/story-total",
    "race.cancelled-then-authorized": "notices/no-way-back-from-cancelled outages/cancelled-while-undecided",
    "cancel.null-id": "outages/cancel-failure",
    "cancel.payments-finished": "limits/cancel-captured-money",
    "cancel.after-denied-card": "limits/one-denial-cancels-all",
    "cancel.payment-left-authorized": "modes/partial-cancels-in-two orders/cancel-total",
    "refund.null-plus-manual-doubles": "outages/refund-by-hand",
    "refund.dedupe-by-value": "modes/equal-refunds-both-move",
    "refund.stale-invoice-data": "orders/two-returns",
    "refund.email-not-retried": "outages/refund-failure",
    "callback.after-approval-reauth": "notices/no-way-back-from-approved",
    "callback.forbidden": "notices/approved notices/denied notices/without-a-body",
    "auth.stuck-pending": "notices/approved notices/authorized",
    "auth.early-duplicate": "repeats/one-create",
    "auth.reference-changes": "wire/ids-come-back",
    "auth.polling-budget": "outages/undecided-payment",
    "oms.change-not-mirrored": "orders/change-first-partial orders/discount-of-the-rest-partial",
    "oms.duplicate-sku-blocks-refund": "orders/return-of-one-article-on-two-lines",
    "amount.interest-not-settled": "orders/interest-total orders/interest-hold orders/interest-partial",
    "total-ignores-partial-cancel": "modes/total-settles-what-a-cancel-left orders/change-first-total",
    "single-settle-id": "modes/refunds-name-each-capture",
    "cancel-after-capture-refunds": "limits/cancel-captured-money",
    "invoice-number-once": "repeats/invoice-number-answer",
    "changes-v1-off": "orders/story-hold orders/change-first-partial",
    "cancel-in-two-steps": "orders/cancel-total orders/cancel-after-auto-settle",
}
"""Known issues of the real platform that the sandbox can show, and the rules that name them."""

LINES = {
    "amounts-without-cents": (
        line.saying(line.MOVES, value=line.whole_units),
        "modes/cents-stay-cents modes/refunded-cents-stay-cents",
    ),
    "amounts-in-cents": (
        line.saying({"settlements", "refunds"}, value=line.times(100)),
        "modes/partial-settles-in-two wire/captured-within-authorized",
    ),
    "amounts-as-texts": (
        line.saying(line.MOVES, value=lambda body: f"{body['value']:.2f}"),
        "wire/amounts-are-exact",
    ),
    "amounts-with-noise": (
        line.saying({"payments"}, value=lambda body: body["value"] + Decimal("0.000000001")),
        "wire/amounts-are-exact",
    ),
    "everything-twice": (
        line.doubling,
        "wire/captured-within-authorized wire/closed-within-authorized modes/partial-settles-in-two",
    ),
    "refunds-twice": (line.doubling_refunds, "wire/refunded-within-captured modes/total-refunds-in-two"),
    "voids-everything": (line.voiding_all, "wire/closed-within-authorized modes/partial-cancels-in-two"),
    "one-request-id": (line.one_request_id, "wire/one-call-for-each-request-id modes/equal-refunds-both-move"),
    "retries-are-new-calls": (
        line.numbered_retries,
        "outages/settle-reply-lost outages/cancel-reply-lost outages/refund-reply-lost",
    ),
    "retries-grow": (line.growing_retries, "wire/one-value-for-each-payment outages/undecided-payment"),
    "denials-are-approved": (
        line.approving_denials,
        "wire/nothing-of-denied-payments limits/one-denial-cancels-all orders/increase-denied",
    ),
    "less-is-all": (line.booking_what_was_asked, "outages/less-than-asked outages/refund-of-less"),
    "by-hand-is-a-failure": (line.by_hand_is_a_failure, "outages/refund-by-hand"),
    "no-credentials": (line.without_credentials, "wire/credentials-on-every-call wire/headers-of-the-dialect"),
    "wrong-token": (line.wrong_credentials, "wire/credentials-on-every-call"),
    "both-dialects": (line.other_dialect, "wire/headers-of-the-dialect"),
    "no-cart": (line.saying({"payments"}, miniCart=None), "wire/messages-are-complete"),
    "no-transaction-id": (line.saying({"settlements"}, transactionId=None), "wire/messages-are-complete"),
    "another-tid": (line.saying(line.MOVES, tid="tid"), "wire/ids-come-back"),
    "another-authorization": (line.saying(line.MOVES, authorizationId="1"), "wire/ids-come-back"),
    "another-capture": (line.saying({"refunds"}, settleId="settle-1"), "wire/refunds-name-a-capture"),
    "unsigned-callbacks": (
        line.saying({"payments"}, callbackUrl=lambda body: body["callbackUrl"].partition("&")[0]),
        "wire/callback-addresses",
    ),
    "cancels-pay-out": (line.saying({"cancellations"}, recipients=SHARES), "splits/cancel-names-nobody"),
    "creates-pay-out": (line.saying({"payments"}, recipients=SHARES), "splits/create-names-nobody"),
    "shares-of-a-cent-less": (
        line.paying_out_a_cent_less,
        "splits/shares-add-up-total splits/shares-add-up-hold splits/shares-of-what-a-cancel-left",
    ),
    "everything-is-reais": (line.saying({"payments"}, currency="BRL"), "currencies/is-told"),
    "hundredths-of-a-peso": (
        line.saying({"settlements", "refunds"}, value=line.times(100)),
        "currencies/whole-units-move",
    ),
    "one-callback-address": (
        line.saying({"payments"}, callbackUrl="http://127.0.0.1:5005/callback?X-VTEX-signature=1"),
        "wire/callback-addresses",
    ),
}
"""Between the gateway and its connector."""

FEEDING = (
    "modes/partial-*",
    "modes/equal-refunds-both-move",
    "limits/one-denial-cancels-all",
    "outages/undecided-payment",
    "orders/story-partial",
)
"""Rules that give the audits something to look at."""


def highest_first(amount, rooms, *, spread=allocation.spread):
    """The payments in the wrong order."""
    return spread(amount, list(rooms)[::-1])


def newest_first(amount, captures, *, first_in_first_out=allocation.first_in_first_out):
    """The captures in the wrong order."""
    return first_in_first_out(amount, list(captures)[::-1])


INSIDE = {
    "spread": (
        highest_first,
        """modes/partial-takes-the-lowest-first modes/refunds-take-the-lowest-first
        modes/refund-across-three-payments""",
    ),
    "first_in_first_out": (newest_first, "modes/refunds-name-each-capture"),
}
"""Functions of the gateway's own allocation, and what stands in their place."""


@pytest.mark.parametrize(("change", "rules"), AROUND.values(), ids=list(AROUND))
def test_a_fault_towards_the_merchant_is_found(change, rules, judge_gateway, make_sandbox):
    """By each of the rules that the table names."""
    judgement = judge_gateway(around.Around(make_sandbox(), change), rules.split())
    assert sorted(judgement.findings) == sorted(rules.split()), judgement.outcomes


@pytest.mark.parametrize(("quirk", "rules"), QUIRKS.items())
def test_a_known_issue_of_the_real_platform_is_found(quirk, rules, judge_gateway, make_sandbox):
    """By each of the rules that the table names; audits look at what some others play."""
    feeding = FEEDING if "wire/" in rules else ()
    gateway = around.Around(make_sandbox(), around.with_quirk(quirk))
    judgement = judge_gateway(gateway, (*rules.split(), *feeding))
    assert set(rules.split()) <= set(judgement.findings), judgement.outcomes


@pytest.mark.parametrize(("change", "rules"), LINES.values(), ids=list(LINES))
def test_a_fault_towards_the_connector_is_found(change, rules, judge_gateway, make_sandbox):
    """By each of the rules that the table names; audits look at what some others play."""
    feeding = FEEDING if "wire/" in rules else ()
    judgement = judge_gateway(make_sandbox(change), (*rules.split(), *feeding))
    assert set(rules.split()) <= set(judgement.findings), judgement.outcomes


@pytest.mark.parametrize(("name", "fault", "rules"), [(name, *row) for name, row in INSIDE.items()])
def test_a_fault_inside_is_found(name, fault, rules, judge_gateway, monkeypatch):
    """A function of the core that was put wrong."""
    monkeypatch.setattr(allocation, name, fault)
    assert sorted(judge_gateway(only=rules.split()).findings) == sorted(rules.split())


def test_no_rule_without_a_fault_that_trips_it():
    """What no fault trips proves nothing."""
    rows = [*AROUND.values(), *LINES.values(), *INSIDE.values(), *QUIRKS.items()]
    tripped = {rule_id for _, rules in rows for rule_id in rules.split()}
    known = [rule.id for rule in all_gateway_rules()]
    assert tripped <= set(known)
    assert [rule_id for rule_id in known if rule_id not in tripped] == []
