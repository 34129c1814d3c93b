"""Defects of amounts: how much moves, and how much is said to have moved."""

from dataclasses import replace
from decimal import Decimal
from math import prod
from typing import Final

from msgspec.json import decode

from connector_ppp.amounts import currency_units, minor_units
from connector_ppp.reference.defects.defect import OK, SERVER_ERROR, Defect, payment_of, refused, told
from connector_ppp.reference.handling import Around, Creation, Handler, Move
from connector_ppp.reference.payment import Cancel, Payment, Refund, Settle
from connector_ppp.reference.reading import decimals_of
from connector_ppp.reference.replies import Reply
from connector_ppp.reference.rules import Refusal, Rules


def _settles_everything(handle: Handler[Move], call: Move) -> Reply:
    """Whatever part is asked for, the whole payment is captured."""
    whole = payment_of(call).authorized - payment_of(call).voided
    if isinstance(call.request, Settle) and 0 < call.request.value < whole:
        return handle(replace(call, request=replace(call.request, value=whole)))
    return handle(call)


def _cancels_double(handle: Handler[Move], call: Move) -> Reply:
    """Twice the part is voided, as far as that much is open."""
    request = call.request
    if isinstance(request, Cancel) and 0 < (request.value or 0) < (open_ := payment_of(call).open):
        return handle(replace(call, request=replace(request, value=min(2 * (request.value or 0), open_))))
    return handle(call)


def _takes_small_rests(handle: Handler[Move], call: Move) -> Reply:
    """A settle that would leave less than one unit takes that, too."""
    rest = payment_of(call).open
    left = rest - (call.request.value or 0)
    small = isinstance(call.request, Settle) and 0 < left < minor_units(1, call.decimals)
    return handle(replace(call, request=replace(call.request, value=rest))) if small else handle(call)


def _refunds_everything(handle: Handler[Move], call: Move) -> Reply:
    """Whatever part is asked for, the whole capture is given back."""
    whole = payment_of(call).captured
    if isinstance(call.request, Refund) and 0 < call.request.value < whole:
        return handle(replace(call, request=replace(call.request, value=whole)))
    return handle(call)


def _in_silence(around: Around[Move]) -> Around[Move]:
    """The same, but the answer says that what was asked was done."""

    def say(handle: Handler[Move], call: Move) -> Reply:
        reply = around(handle, call)
        asked = currency_units(call.request.value or 0, call.decimals)
        return told(reply, value=asked) if reply.status == OK else reply

    return say


def _says_the_whole(handle: Handler[Move], call: Move) -> Reply:
    reply = handle(call)
    whole = currency_units(payment_of(call).authorized, call.decimals)
    return told(reply, value=whole) if reply.status == OK else reply


def _sums_refunds_up(handle: Handler[Move], call: Move) -> Reply:
    """Each refund reports what went back in all."""
    reply = handle(call)
    value = currency_units(payment_of(call).refunded, call.decimals)
    return told(reply, value=value) if reply.status == OK else reply


def _charges_member(*names: str) -> Around[Creation]:
    """The product of these members is authorized, where all of them are there, and not the value."""

    def charge(handle: Handler[Creation], call: Creation) -> Reply:
        members = [Decimal(str(decode(call.raw, type=dict).get(name, 0))) for name in names]
        value = minor_units(prod(members), decimals_of(call.request.currency))
        return handle(replace(call, request=replace(call.request, value=value))) if value else handle(call)

    return charge


def _approves_below_zero(handle: Handler[Creation], call: Creation) -> Reply:
    return handle(replace(call, request=replace(call.request, value=abs(call.request.value))))


def _charges_the_cart(handle: Handler[Creation], call: Creation) -> Reply:
    """What the lines of the cart come to is authorized, not the value."""
    cart = decode(call.raw, type=dict).get("miniCart") or {}
    lines = [Decimal(str(line["price"])) * line["quantity"] for line in cart.get("items") or ()]
    if not lines:
        return handle(call)
    value = minor_units(sum(lines, Decimal(0)), decimals_of(call.request.currency))
    return handle(replace(call, request=replace(call.request, value=value)))


def _approves_zero(handle: Handler[Creation], call: Creation) -> Reply:
    """A create of nothing is one of a hundred, the least that the acquirer takes."""
    hundred = minor_units(100, decimals_of(call.request.currency))
    if call.request.value:
        return handle(call)
    return handle(replace(call, request=replace(call.request, value=hundred)))


def _knows_no_recipients(handle: Handler[Move], call: Move) -> Reply:
    split = isinstance(call.request, Settle) and call.request.recipients
    return refused(call, SERVER_ERROR, "recipients-unknown") if split else handle(call)


def _refunds_the_shares_too(handle: Handler[Move], call: Move) -> Reply:
    """Value and shares go back, the same money twice."""
    request = call.request
    if not isinstance(request, Refund) or not request.recipients:
        return handle(call)
    asked = currency_units(request.value, call.decimals)
    return told(
        handle(replace(call, request=replace(request, value=2 * request.value, recipients=()))), value=asked
    )


def _adds_shares_only(rules: Rules) -> Rules:
    """Shares are added, and one below zero among them is not seen."""
    settle = {**rules.settle, Refusal.RECIPIENTS_DO_NOT_ADD_UP: _sum_differs}
    return replace(rules, settle=settle)


def _sum_differs(_payment: Payment, request: Settle) -> bool:
    return bool(request.recipients) and sum(request.recipients) != request.value


ROWS: Final = (
    Defect(
        "ignores-partial",
        "a partial settle captures the whole payment, and says so",
        "a settle captures at most its value (documented; S15, recommended)",
        "the shopper pays for goods that are not shipped",
        settle=_settles_everything,
    ),
    Defect(
        "hides-full-capture",
        "a partial settle captures the whole payment, and reports the value asked",
        "the answer says what was really captured (known issues 500245 and 1319395)",
        "the shopper pays for goods that are not shipped, and no book shows it",
        settle=_in_silence(_settles_everything),
    ),
    Defect(
        "cancels-double",
        "a cancel of a part voids twice that part, and says that it is done",
        "a cancel is of its value (documented)",
        "the merchant, who can no longer capture what was sold",
        cancel=_cancels_double,
    ),
    Defect(
        "hides-full-refund",
        "a partial refund gives the whole capture back, and reports the value asked",
        "the answer says what really went back (known issue 290981)",
        "the merchant gives back what was kept",
        refund=_in_silence(_refunds_everything),
    ),
    Defect(
        "takes-small-rests",
        "a settle that leaves less than one unit captures that too, and reports the value asked",
        "the answer says what was really captured (documented; known issue 500245)",
        "the shopper, who pays cents for nothing, and no book shows it",
        settle=_in_silence(_takes_small_rests),
    ),
    Defect(
        "over-settle",
        "a settle above the open amount is captured",
        "captured + voided <= authorized (documented)",
        "the shopper pays more than was agreed",
        rules=lambda rules: rules.without(Refusal.SETTLE_ABOVE_OPEN),
    ),
    Defect(
        "over-refund",
        "more is refunded than was captured",
        "refunded <= captured (documented)",
        "the merchant gives back more than was paid",
        rules=lambda rules: rules.without(Refusal.REFUND_ABOVE_CAPTURED, Refusal.REFUND_ABOVE_SETTLEMENT),
    ),
    Defect(
        "reports-the-whole",
        "a settle of a part captures the part, and reports the whole payment",
        "a value is never more than was asked (S15, recommended; known issue 1319395)",
        "the merchant: the gateway's books say paid in full",
        settle=_says_the_whole,
    ),
    Defect(
        "zero-accepted",
        "values of zero and below are accepted",
        "a value is above zero (S2, recommended; known issues 1349027 and 464837)",
        "the merchant: an order ends without being paid",
        rules=lambda rules: rules.without(Refusal.VALUE_NOT_POSITIVE),
    ),
    Defect(
        "approves-zero",
        "a create of zero reserves a hundred, the acquirer's minimum",
        "a payment of nothing reserves nothing (known issues 1414430 and 1167363)",
        "the shopper, who is charged for an order that was free",
        create=_approves_zero,
    ),
    Defect(
        "charges-the-cart",
        "the sum of the cart's lines is authorized, not the value",
        "value says what to charge; the cart is information (known issues 640386, 821741 and 787367)",
        "the shopper, who pays another sum than was shown",
        create=_charges_the_cart,
    ),
    Defect(
        "knows-no-recipients",
        "a settle with recipients fails",
        "a method that is split onCapture takes recipients (documented)",
        "the sellers, who are not paid",
        settle=_knows_no_recipients,
    ),
    Defect(
        "refunds-the-shares-too",
        "a refund with recipients gives back its value, and their amounts once more, and reports the value",
        "the recipients' amounts are the value (documented)",
        "the merchant, who gives back twice",
        refund=_refunds_the_shares_too,
    ),
    Defect(
        "adds-no-shares-up",
        "recipients whose amounts make another sum than the value are accepted",
        "the recipients' amounts are the value (known issues 698005, 1072285 and 489481)",
        "a seller, who gets too little",
        rules=lambda rules: rules.without(Refusal.RECIPIENTS_DO_NOT_ADD_UP),
    ),
    Defect(
        "takes-negative-shares",
        "a recipient with an amount below zero is accepted",
        "no share is below zero (known issue 388580)",
        "a seller, from whom money is taken",
        rules=_adds_shares_only,
    ),
    Defect(
        "sums-refunds-up",
        "a refund reports the sum of all refunds so far",
        "a value is never more than was asked (S15, recommended)",
        "the merchant: the gateway's books say that more went back",
        refund=_sums_refunds_up,
    ),
    Defect(
        "charges-the-installments",
        "the installments times their value are authorized: three of 33.33 are 99.99",
        "value says what to charge (documented)",
        "the merchant, whose settle of the whole is refused",
        create=_charges_member("installments", "installmentsValue"),
    ),
    Defect(
        "charges-without-interest",
        "the referenceValue is authorized, and the interest lost",
        "value says what to charge (documented)",
        "the merchant, whose settle of the whole is refused",
        create=_charges_member("referenceValue"),
    ),
    Defect(
        "charges-the-whole-order",
        "the totalCartValue is authorized by each of several payments",
        "value says what to charge (documented)",
        "the shopper, whose cards are each charged for everything",
        create=_charges_member("totalCartValue"),
    ),
    Defect(
        "approves-below-zero",
        "a create of -100.00 is one of 100.00",
        "a payment below zero reserves nothing (S2, recommended, by analogy)",
        "the shopper, who is charged for what should have been a refund",
        create=_approves_below_zero,
    ),
)
