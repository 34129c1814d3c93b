"""What a body should have said instead: the library names the place, this adds what may stand there."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from msgspec import inspect

_PLACE = re.compile(r" - at `(?:key in )?\$(?P<path>[^`]*)`$")
_WORD = re.compile(r"\.(?P<name>[^.\[]+)|\[[^\]]*\]")


def plainly(kind: type, why: str) -> str:
    """The library's words as a merchant says them, with the choice that there is.

    Args:
        kind: what the body was read as.
        why: the library's words, such as "Invalid enum value 'x' - at `$.kind`".
    """
    said = why.replace("Expected `int`, got `float`", "Expected a whole number, got one with decimals")
    words = sorted(_words(kind, why)) if why.startswith("Invalid enum value") else ()
    return f"{said}; it is one of {', '.join(words)}" if words else said


def _words(kind: type, why: str) -> Iterator[str]:
    """The words that may stand where the library says that a wrong one does."""
    place = _PLACE.search(why)
    types: list[inspect.Type] = [inspect.type_info(kind)]
    for step in _WORD.finditer(place["path"] if place else ""):
        types = [found for each in _each(types) for found in _inside(each, step["name"])]
    for each in _each(types):
        if isinstance(each, inspect.EnumType):
            yield from (str(member.value) for member in each.cls)
        elif isinstance(each, inspect.LiteralType):
            yield from map(str, each.values)


def _each(types: Iterable[inspect.Type]) -> Iterator[inspect.Type]:
    """The types, and the alternatives of those that have some."""
    return chain.from_iterable(each.types if isinstance(each, inspect.UnionType) else (each,) for each in types)


def _inside(kind: inspect.Type, name: str | None) -> Iterator[inspect.Type]:
    """The type of a field, or of what a list or a mapping holds."""
    if isinstance(kind, inspect.StructType):
        yield from (field.type for field in kind.fields if field.encode_name == name)
    elif isinstance(kind, inspect.ListType):
        yield kind.item_type
    elif isinstance(kind, inspect.DictType):
        yield kind.value_type
