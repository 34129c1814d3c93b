"""Values as bytes: every store keeps msgpack, so that all of them keep and forget exactly the same things.

A value is a dataclass or a msgspec Struct whose annotations say what it holds; from them msgspec gives back
the same types (nested values, tuples, enumerations, None). An annotation like `object` loses the type.
Whole numbers reach from -2**63 to 2**64 - 1, far beyond any amount in cents.

There is no cache of decoders here: msgspec keeps what it learnt of a class on the class, and a decoder of our
own would save 0.2 microseconds a record.
"""

from typing import TypeVar

from msgspec import msgpack

T = TypeVar("T")

_encoder = msgpack.Encoder()


def kind_name(kind: type[object]) -> str:
    """The name under which records of a type are kept: that of the class, which no other kind may share."""
    return kind.__name__


def encode(value: object) -> bytes:
    """The bytes of a value, or of a sequence of values.

    Raises:
        TypeError: msgpack knows no form for the value.
        OverflowError: a whole number does not fit in 64 bits.
        UnicodeEncodeError: a text holds half of a surrogate pair.
    """
    return _encoder.encode(value)


def decode(kind: type[T], data: bytes) -> T:
    """The value that `encode` made bytes of.

    Raises:
        msgspec.ValidationError: the bytes are of another type.
    """
    return msgpack.decode(data, type=kind)


def decode_entries(kind: type[T], data: bytes) -> list[T]:
    """The values of an encoded sequence.

    Raises:
        msgspec.ValidationError: an entry is of another type.
    """
    # A type that arrives as an argument is an annotation at run time only.
    return msgpack.decode(data, type=list[kind])  # type: ignore[valid-type]
