"""Delta debugging: of a list that fails, a shorter one that still does. Pure but for the question that it asks."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def shrunk(items: Sequence[T], fails: Callable[[Sequence[T]], bool]) -> tuple[T, ...]:
    """A part of the items, in their order, that fails, and of which no single item can be left out.

    Halves are dropped first, then quarters, down to single items, then again until nothing changes.

    Args:
        items: a list that fails.
        fails: whether a part of it does.
    """
    kept = tuple(items)
    size = max(len(kept) // 2, 1)
    while kept:
        shorter = _without_chunks(kept, size, fails)
        if size == 1 and len(shorter) == len(kept):
            return kept
        kept = shorter
        size = max(size // 2, 1)
    return kept


def _without_chunks(items: tuple[T, ...], size: int, fails: Callable[[Sequence[T]], bool]) -> tuple[T, ...]:
    """Without every chunk of that size that can be left out; from the end, for later items matter less."""
    end = len(items)
    while end > 0:
        start = max(end - size, 0)
        candidate = items[:start] + items[end:]
        if fails(candidate):
            items = candidate
        end = start
    return items
