"""What every message has in common: how it is spelt, how its amounts are proven exact, how it is read.

Amounts are decimal currency units (`Decimal`, or `int` for a whole number), never floats, never texts.
"""

import functools
from decimal import Decimal
from typing import ClassVar, Final, Generic, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

from connector_ppp.amounts import exact
from connector_ppp.errors import MessageError

Number = int | Decimal
"""What a JSON number becomes: an int when it has no fraction, an exact Decimal otherwise."""

OptionalText = str | UnsetType
OptionalFlag = bool | UnsetType
OptionalNumber = Number | UnsetType

RelaxedText = str | UnsetType | None
RelaxedFlag = bool | UnsetType | None
RelaxedNumber = Number | UnsetType | None

Answer_co = TypeVar("Answer_co", bound="Response", covariant=True)
Message = TypeVar("Message", bound="Wire")


class Wire(Struct, frozen=True, kw_only=True, rename="camel"):
    """Base of everything that travels; a struct with amounts names them, and they are proven exact."""

    amounts: ClassVar[tuple[str, ...]] = ()


class Priced(Wire, frozen=True, kw_only=True):
    """Base of the structs that carry amounts.

    Raises:
        TypeError: an amount is a float, a bool or no number.
        AmountError: an amount is not finite or too long to be exact.
    """

    def __post_init__(self) -> None:
        for name in self.amounts:
            value = getattr(self, name)
            if value is not UNSET:
                exact(value)


class Response(Wire, frozen=True, kw_only=True):
    """Base of what a connector answers."""


class Request(Priced, Generic[Answer_co], frozen=True, kw_only=True):
    """Base of what a gateway asks; its parameter is the type of the answer."""


EXPONENT_MAX: Final = 999
"""Power of ten beyond which no number is read; binary floats end at 308."""


def _fraction(text: str) -> Decimal:
    number = Decimal(text)
    # 1e400000 is cheap to read, yet costs whoever makes an integer of it seconds of work.
    if abs(number.adjusted()) > EXPONENT_MAX:
        raise ValueError("a number is out of range")
    return number


_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
# Two steps, because reading straight into a struct would take the text "40.00" for a number.
_DECODER: Final = msgspec.json.Decoder(float_hook=_fraction)


@functools.cache
def spelling(kind: type[Struct], name: str) -> str:
    """How the wire spells a field: `payment_id` is `paymentId`."""
    return {field.name: field.encode_name for field in msgspec.structs.fields(kind)}[name]


def encode(message: Wire) -> bytes:
    """The message as JSON; amounts are exact JSON numbers, unset fields are left out."""
    return _ENCODER.encode(message)


def decode(body: bytes | str, kind: type[Message]) -> Message:
    """Read a JSON body as a message.

    Raises:
        MessageError: no JSON, no object, a field of the wrong type, or a required field missing.
    """
    try:
        return msgspec.convert(_DECODER.decode(body), kind, builtin_types=(Decimal,))
    except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError) as error:
        raise MessageError(f"{kind.__name__}: {error or type(error).__name__}") from error
