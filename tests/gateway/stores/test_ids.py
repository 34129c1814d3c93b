"""New identifiers have VTEX's formats and never come twice."""

import re

import pytest

from gateway_mock.adapters.ids import RandomIds, SequentialIds

FORMATS = {
    "hex32": r"[0-9A-F]{32}",
    "uuid": r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    "short": r"[0-9a-z]{5}",
}
COUNT = 5_000


@pytest.mark.parametrize("ids", [RandomIds(), SequentialIds(), SequentialIds(7)], ids=["random", "0", "7"])
@pytest.mark.parametrize("name", FORMATS)
def test_ids_have_a_format_and_differ(ids, name):
    """5,000 of each format, all different."""
    made = [getattr(ids, name)() for _ in range(COUNT)]
    assert all(re.fullmatch(FORMATS[name], each) for each in made)
    assert len(set(made)) == COUNT


@pytest.mark.parametrize("name", FORMATS)
def test_a_seed_gives_the_same_ids_again(name):
    """The same seed the same ids in the same order, another seed others."""
    first, same, other = (
        [getattr(ids, name)() for _ in range(20)] for ids in (SequentialIds(1), SequentialIds(1), SequentialIds(2))
    )
    assert first == same
    assert not set(first) & set(other)


@pytest.mark.parametrize("name", FORMATS)
def test_random_ids_differ_from_run_to_run(name):
    """Two sources give no id in common."""
    first, second = ([getattr(ids, name)() for _ in range(20)] for ids in (RandomIds(), RandomIds()))
    assert not set(first) & set(second)


def test_the_ids_of_a_seed_do_not_depend_on_what_else_was_asked():
    """Short ids, asked between, do not change the next transaction's id."""
    plain, mixed = SequentialIds(3), SequentialIds(3)
    mixed.short()
    assert plain.hex32() == mixed.hex32()
