"""Values become bytes and the same values again."""

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from importlib import import_module
from pkgutil import iter_modules

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gateway_mock
from gateway_mock.adapters.clock import ClockRecord
from gateway_mock.adapters.codec import decode, decode_entries, encode, kind_name
from gateway_mock.records import CaptureRecord, Record


class Colour(StrEnum):
    """Kept as its text."""

    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    """Kept as its number."""

    LOW = 1


@dataclass(frozen=True, slots=True)
class Leaf:
    """The innermost value."""

    cents: int
    colour: Colour = Colour.RED


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Everything that a record may hold."""

    name: str
    leaves: tuple[Leaf, ...] = ()
    best: Leaf | None = None
    pair: tuple[str, int] = ("", 0)
    level: Level = Level.LOW
    nested: tuple[tuple[str, str], ...] = ()
    by_name: dict[str, Leaf] | None = None
    share: Decimal | None = None
    rate: float = 0.0
    raw: bytes = b""
    found: bool = False


class Shape(msgspec.Struct, frozen=True, tag=True):
    """A Struct, with its subclasses a union."""


class Circle(Shape, frozen=True):
    """One of two."""

    radius: int


class Square(Shape, frozen=True):
    """The other."""

    side: int


class Drawing(msgspec.Struct, frozen=True):
    """A Struct that holds a union and a dataclass."""

    shapes: tuple[Circle | Square, ...]
    tree: Tree


FULL = Tree(
    name="é𝄞\0",
    leaves=(Leaf(10**15, Colour.BLUE), Leaf(-(10**15))),
    best=Leaf(0),
    pair=("a", 2**63 - 1),
    nested=(("a", "b"), ("", "")),
    by_name={"x": Leaf(1)},
    share=Decimal("0.10"),
    rate=1.5,
    raw=b"\x00\xff",
    found=True,
)


@pytest.mark.parametrize("value", [FULL, Tree(name=""), Leaf(10**15), Drawing((Circle(1), Square(2)), FULL)])
def test_a_value_comes_back_equal_and_of_the_same_types(value):
    """Nested dataclasses and Structs, tuples, enumerations, None, decimals and amounts of 10**15."""
    back = decode(type(value), encode(value))
    assert back == value
    assert repr(back) == repr(value)


names = st.text(st.characters(exclude_categories=("Cs",)))
leaves = st.builds(Leaf, st.integers(-(2**63), 2**63 - 1), st.sampled_from(Colour))
trees = st.builds(
    Tree,
    name=names,
    leaves=st.lists(leaves).map(tuple),
    best=st.none() | leaves,
    nested=st.lists(st.tuples(names, names)).map(tuple),
    by_name=st.none() | st.dictionaries(names, leaves),
    share=st.none() | st.decimals(allow_nan=False),
    raw=st.binary(),
)


@given(trees)
def test_any_value_comes_back(tree):
    """Whatever the texts, numbers and lengths are."""
    assert decode(Tree, encode(tree)) == tree


def test_a_sequence_comes_back_entry_by_entry():
    """What was encoded as one list is read as one of its kind."""
    assert decode_entries(Leaf, encode([Leaf(1), Leaf(2)])) == [Leaf(1), Leaf(2)]


def test_a_field_that_is_new_takes_its_default():
    """Bytes of an older release, without the field, still make a value."""
    assert decode(Tree, encode({"name": "old"})) == Tree(name="old")
    assert decode(CaptureRecord, encode(["S", "P", 40])) == CaptureRecord(settle_id="S", payment_id="P", value=40)


def test_records_are_kept_by_position():
    """The names of the fields would be longer than the values; whoever moves a field breaks what is kept."""
    capture = CaptureRecord(settle_id="S", payment_id="P", value=40, refunded=15)
    assert msgspec.msgpack.decode(encode(capture)) == ["S", "P", 40, 15]


def test_a_kind_has_the_name_of_its_class():
    """So a database can be read by people."""
    assert kind_name(Leaf) == "Leaf"


@pytest.mark.parametrize(
    ("value", "error"),
    [(object(), TypeError), (Leaf(2**64), OverflowError), (Tree(name="\ud800"), UnicodeEncodeError)],
)
def test_what_has_no_bytes_is_refused(value, error):
    """An object without annotations, a number beyond 64 bits, half of a surrogate pair."""
    with pytest.raises(error):
        encode(value)


@pytest.mark.parametrize("value", [{"cents": "1"}, {"cents": 1, "colour": "green"}, {}, [1], None])
def test_bytes_of_another_type_are_refused(value):
    """A text for a number, an unknown colour, a missing field, another shape."""
    with pytest.raises(msgspec.ValidationError):
        decode(Leaf, encode(value))


for module in iter_modules(gateway_mock.__path__):
    if module.name.startswith("records"):
        import_module(f"gateway_mock.{module.name}")
RECORDS = sorted(Record.__subclasses__(), key=kind_name)


def test_a_manual_clock_keeps_a_record_too():
    """So it is among those below."""
    assert ClockRecord in RECORDS


@pytest.mark.parametrize("record", RECORDS, ids=kind_name)
def test_every_record_of_the_sandbox_can_be_read_back(record):
    """The codec understands each annotation; a union of two dataclasses, for one, it would refuse."""
    assert msgspec.msgpack.Decoder(record).type is record


def test_no_two_records_share_a_name():
    """The name of the class is the kind under which a record is kept."""
    assert len({kind_name(record) for record in RECORDS}) == len(RECORDS)
