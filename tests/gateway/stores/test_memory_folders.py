"""What the memory store packs comes back as it was, and takes little room meanwhile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_mock.adapters.codec import encode
from gateway_mock.adapters.ids import SequentialIds
from gateway_mock.adapters.memory_folders import Cabinet, Cell, Folder, Press

texts = st.text(max_size=5)
cells = st.builds(Cell, st.binary(max_size=20), st.integers(1, 9), texts)
folders = st.builds(
    Folder,
    texts,
    st.dictionaries(texts, st.dictionaries(texts, cells, max_size=3), max_size=3),
    st.dictionaries(texts, st.lists(st.binary(max_size=20), max_size=3), max_size=3),
    st.dictionaries(texts, st.integers(1, 9), max_size=2),
)


def filled(number):
    """A folder as a transaction fills it: ids that no other one has, words that all have."""
    ids = SequentialIds(number)
    name = ids.hex32()
    payment = Cell(f"payment {ids.hex32()} by creditCard at Provider, Finished".encode(), 3, name)
    entries = [f"transaction status from Authorizing to Approved, token {ids.hex32()}".encode()] * 20
    return Folder(name, {"PaymentRecord": {ids.hex32(): payment}}, {f"history/{name}": entries})


@given(st.lists(folders, max_size=20))
def test_what_is_packed_is_the_same_again(several):
    """Whatever sample it was told in terms of, and long after the press has taken others."""
    press = Press()
    packed = [press.pack(folder) for folder in several]
    assert [press.unpack(each) for each in packed] == several


def test_resting_folders_take_a_tenth_of_their_room():
    """A thousand that resemble each other, beside what they are unpacked."""
    press = Press()
    several = [filled(number) for number in range(1000)]
    packed = sum(len(press.pack(folder)) for folder in several)
    assert packed < sum(len(encode(folder)) for folder in several) / 10


@pytest.mark.parametrize("open_max", [1, 2, 50])
def test_a_cabinet_gives_back_every_folder(open_max):
    """Of a hundred folders in a cabinet with little room, each has what was put into it, and it stays so."""
    cabinet = Cabinet(open_max)
    for number in range(100):
        cabinet.open(str(number)).logs["entry"] = [b"%d" % number]
    for _ in range(2):
        assert [cabinet.open(str(number)).logs["entry"] for number in range(100)] == [
            [b"%d" % number] for number in range(100)
        ]


def test_a_folder_that_is_only_looked_at_stays_where_it_lies():
    """Looking at a packed folder gives a copy; opening it afterwards gives what was packed."""
    cabinet = Cabinet(1)
    cabinet.open("a").journalled["s"] = 1
    cabinet.open("b")
    cabinet.look("a").journalled["s"] = 2
    assert cabinet.open("a").journalled == {"s": 1}


def test_the_folder_used_last_lies_open():
    """With room for two, the one that was not used for longest is put away."""
    cabinet = Cabinet(2)
    first = cabinet.open("first")
    cabinet.open("second").journalled["s"] = 1
    assert cabinet.open("first") is first
    cabinet.open("third")
    assert cabinet.look("first") is first
    assert cabinet.look("second") is not cabinet.look("second")


def test_an_empty_folder_leaves_nothing_behind():
    """A record that came and went takes its folder with it."""
    folder = Folder("f")
    folder.put("Kind", "key", Cell(b"", 1, ""))
    assert not folder.is_empty
    folder.put("Kind", "key", None)
    folder.put("Kind", "key", None)
    assert folder.is_empty
