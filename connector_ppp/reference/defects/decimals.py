"""Defects of decimals: cents that are lost on the way, and amounts that are written otherwise."""

from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from struct import pack, unpack
from typing import Final

from connector_ppp.amounts import currency_units, minor_units
from connector_ppp.reference.defects.defect import OK, SERVER_ERROR, Defect, payment_of, refused, told
from connector_ppp.reference.handling import Around, Creation, Handler, Move
from connector_ppp.reference.reading import decimals_of
from connector_ppp.reference.replies import Reply

THOUSAND: Final = 1000
NOISE: Final = Decimal("4E-15")
"""What is left of 30.00 after a multiplication and a division in binary."""


def _value_as_text(handle: Handler[Move], call: Move) -> Reply:
    reply = handle(call)
    return told(reply, value=str(getattr(reply.message, "value", "")))


def _value_for_people(handle: Handler[Move], call: Move) -> Reply:
    reply = handle(call)
    value = Decimal(str(getattr(reply.message, "value", 0)))
    return told(reply, value=f"{value:,.2f}") if value >= THOUSAND else reply


def _value_with_noise(handle: Handler[Move], call: Move) -> Reply:
    reply = handle(call)
    value = Decimal(str(getattr(reply.message, "value", 0)))
    return told(reply, value=value + NOISE) if value else reply


def _value_in_cents(handle: Handler[Move], call: Move) -> Reply:
    reply = handle(call)
    # Another defect may have made a text of it before.
    return told(reply, value=int(Decimal(str(getattr(reply.message, "value", 0))) * 100))


def _reads(value: Callable[[Decimal], Decimal]) -> Around[Move]:
    """An amount is read as another one, and echoed as it was asked."""

    def read(handle: Handler[Move], call: Move) -> Reply:
        if call.request.value is None:
            return handle(call)
        units = currency_units(call.request.value, call.decimals)
        other = minor_units(value(units), call.decimals)
        reply = handle(replace(call, request=replace(call.request, value=other)))
        return told(reply, value=units) if reply.status == OK else reply

    return read


def _by_binary_floats(units: Decimal) -> Decimal:
    """1.13 * 100 is 112.99999999999999, and its whole part 112."""
    return Decimal(int(float(units) * 100)) / 100


def _cuts_cents(handle: Handler[Move], call: Move) -> Reply:
    """What floats make of an amount moves, and is what is answered."""
    value = call.request.value
    if value is None:
        return handle(call)
    return handle(replace(call, request=replace(call.request, value=_by_floats(value, call.decimals))))


def _cuts_its_value(handle: Handler[Creation], call: Creation) -> Reply:
    value = _by_floats(call.request.value, decimals_of(call.request.currency))
    return handle(replace(call, request=replace(call.request, value=value)))


def _by_floats(value: int, decimals: int) -> int:
    """Minor units to minor units, by way of a binary float."""
    return int(float(currency_units(value, decimals)) * 10**decimals)


def _in_single_precision(handle: Handler[Creation], call: Creation) -> Reply:
    """A float of 32 bits keeps seven digits."""
    (kept,) = unpack("f", pack("f", call.request.value))
    return handle(replace(call, request=replace(call.request, value=int(kept))))


def _compares_floats(handle: Handler[Move], call: Move) -> Reply:
    """What is open is counted down in floats: of 58.30 a hair less than 3.46 is left."""
    payment, request = payment_of(call), call.request
    moved = [entry.value for entries in (payment.settlements, payment.cancellations) for entry in entries]
    left = float(currency_units(payment.authorized, call.decimals))
    for value in moved:
        left -= float(currency_units(value, call.decimals))
    above = not _is_known(call) and float(currency_units(request.value or 0, call.decimals)) > left
    return refused(call, SERVER_ERROR, "above-what-is-open") if above else handle(call)


def _is_known(call: Move) -> bool:
    return any(seen.request_id == call.request.request_id for seen in call.book.received)


def _whole_units(units: Decimal) -> Decimal:
    return units.to_integral_value(ROUND_DOWN)


def _two_decimals(units: Decimal) -> Decimal:
    return units.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _in_hundredths(handle: Handler[Move], call: Move) -> Reply:
    """What has no hundredths is divided by a hundred."""
    reply = handle(call)
    value = Decimal(call.request.value or 0) / 100
    return told(reply, value=value) if reply.status == OK and call.decimals == 0 else reply


ROWS: Final = (
    Defect(
        "value-as-string",
        "amounts are answered as texts",
        "an amount is a JSON number (documented)",
        "the gateway cannot read what was captured",
        settle=_value_as_text,
        refund=_value_as_text,
    ),
    Defect(
        "thousands-separated",
        "amounts above a thousand are answered as texts for people: 1,234.50",
        "an amount is a JSON number (documented)",
        "the gateway cannot read what was captured of a large order",
        settle=_value_for_people,
        refund=_value_for_people,
    ),
    Defect(
        "noise-in-values",
        "amounts are answered with the noise of a binary fraction: 30.00 as 30.000000000000004",
        "an amount is no finer than its currency (documented)",
        "the merchant, whose books miss a hair each time",
        settle=_value_with_noise,
        refund=_value_with_noise,
    ),
    Defect(
        "value-in-cents",
        "amounts are answered in cents",
        "amounts are decimal currency units (documented)",
        "the merchant: books that are wrong by a factor of a hundred",
        settle=_value_in_cents,
        refund=_value_in_cents,
    ),
    Defect(
        "binary-floats",
        "amounts are made cents by binary floats and cut: 66.60 becomes 6659",
        "amounts are exact decimals (known issues 290981 and 605517)",
        "the merchant, who is short of a cent each time",
        settle=_reads(_by_binary_floats),
    ),
    Defect(
        "whole-units-only",
        "the cents of a settle are cut off, and reported all the same",
        "the answer says what was really captured (documented; known issue 500245)",
        "the merchant, who is short of the cents",
        settle=_reads(_whole_units),
    ),
    Defect(
        "two-decimals-everywhere",
        "amounts of a currency with three decimals are rounded to two, and reported in full",
        "an amount has the decimals of its currency (S20, recommended)",
        "merchant and shopper in Kuwait, in turn, by some fils each time",
        settle=_reads(_two_decimals),
    ),
    Defect(
        "hundredths-everywhere",
        "amounts of a currency without decimals are answered in hundredths: 500 becomes 5",
        "an amount has the decimals of its currency (S20, recommended; known issue 347084)",
        "the merchant in Chile, whose books are wrong by a factor of a hundred",
        settle=_in_hundredths,
    ),
    Defect(
        "cuts-cents",
        "amounts are made cents by binary floats and cut: 19.99 becomes 19.98, and that is what is answered",
        "amounts are exact decimals (known issues 290981 and 605517)",
        "the merchant, who is short of a cent each time, and whose orders never end",
        create=_cuts_its_value,
        settle=_cuts_cents,
        cancel=_cuts_cents,
        refund=_cuts_cents,
    ),
    Defect(
        "counts-in-floats",
        "what is open is counted in binary floats: of 58.30 the last 3.46 are refused",
        "amounts are exact decimals (known issues 290981 and 605517)",
        "the merchant, whose last invoice is never captured",
        settle=_compares_floats,
    ),
    Defect(
        "seven-digits-only",
        "amounts are kept as floats of 32 bits: 30000000.01 becomes 30000000.00",
        "amounts are exact decimals (known issues 290981 and 605517)",
        "the merchant of large orders, whose last cents are refused",
        create=_in_single_precision,
    ),
)
