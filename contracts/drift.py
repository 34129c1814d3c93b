"""Our OpenAPI against somebody's official file: what differs, and which of it is meant.

Each document becomes a flat table, one row a place: a parameter, a field of a body, a response. Two tables are
compared row by row. A row that only one side has is told once, without what lies below it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

from contracts.openapi import NAMES, Document, Json, document

METHODS: Final = ("get", "put", "post", "patch", "delete")

# OpenAPI itself says that parameters of these names are ignored: bodies and responses name their media types.
IGNORED_HEADERS: Final = frozenset({"accept", "content-type", "authorization"})

Deviations = Iterable[tuple[str, list[str]]]
"""Reasons, each with patterns; a `*` in a pattern stands for any text."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a document says of one place.

    Attributes:
        types: names of JSON types; empty when nothing is said.
        required: whether it has to be there.
        enum: the only values that it may have; empty when it may have any.
    """

    types: frozenset[str] = frozenset()
    required: bool = False
    enum: frozenset[str] = frozenset()


Table = dict[str, Shape]
Words = frozenset[str]

_ANY: Final = "any"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference.

    Attributes:
        operation: method and path, as ours spells it where both have it.
        place: such as `request.items[].price`, `query.an`, `response.200.status`; `operation` for all of it.
        aspect: `missing` in ours, or `added` by ours; `open` where ours says nothing of the inside, or `filled`
            where the other does not; ours is `required` or `optional` and the other is not; ours allows less or
            more, `type narrower`, `type wider`, `enum narrower`, `enum wider`; or simply another `type` or `enum`.
        ours: what our document says.
        official: what the other one says.
    """

    operation: str
    place: str
    aspect: str
    ours: str
    official: str

    @property
    def key(self) -> str:
        """What the patterns of intended deviations match."""
        return f"{self.operation}: {self.place}: {self.aspect}"

    def __str__(self) -> str:
        return f"{self.key} (ours {self.ours}, official {self.official})"


# --- A document as tables -----------------------------------------------------------------------------------


def _mapping(value: Json) -> Mapping[str, Json]:
    """The value, when it is an object; somebody's file may have anything anywhere."""
    return value if isinstance(value, dict) else {}


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one document as tables, references resolved."""

    root: Document

    def resolve(self, node: Json) -> Mapping[str, Json]:
        """The object itself, whatever references lead to it; empty where they lead nowhere."""
        seen: set[str] = set()
        found = _mapping(node)
        while isinstance(reference := found.get("$ref"), str) and reference not in seen:
            seen.add(reference)
            found = self._at(reference)
        return found

    def _at(self, reference: str) -> Mapping[str, Json]:
        here: Json = self.root
        for step in reference.removeprefix("#/").split("/"):
            here = _mapping(here).get(step.replace("~1", "/").replace("~0", "~"))
        return _mapping(here)

    def operations(self) -> dict[str, Table]:
        """Every operation, as `POST /path`, with its table."""
        return {
            f"{method.upper()} {path}": dict(self._rows(item, self.resolve(item[method])))
            for path, item in self._paths()
            for method in METHODS
            if method in item
        }

    def _paths(self) -> Iterator[tuple[str, Mapping[str, Json]]]:
        return ((path, self.resolve(item)) for path, item in _mapping(self.root.get("paths")).items())

    def _rows(self, item: Mapping[str, Json], operation: Mapping[str, Json]) -> Iterator[tuple[str, Shape]]:
        for node in chain(_listed(item.get("parameters")), _listed(operation.get("parameters"))):
            yield from self._parameter(self.resolve(node))
        body = self.resolve(operation.get("requestBody"))
        yield from self._content("request", body, required=bool(body.get("required")))
        for status, response in _mapping(operation.get("responses")).items():
            yield f"response.{status}", Shape()
            yield from self._content(f"response.{status}", self.resolve(response), required=False)

    def _parameter(self, parameter: Mapping[str, Json]) -> Iterator[tuple[str, Shape]]:
        name, where = str(parameter.get("name")), parameter.get("in")
        if where == "path":  # always required; how it is called is nobody's business but the document's
            return
        if where != "header" or name.lower() not in IGNORED_HEADERS:
            yield (
                f"{where}.{name}",
                self._shape(self.resolve(parameter.get("schema")), required=bool(parameter.get("required"))),
            )

    def _content(self, place: str, holder: Mapping[str, Json], *, required: bool) -> Iterator[tuple[str, Shape]]:
        for medium in _mapping(holder.get("content")).values():
            yield from self._fields(place, _mapping(medium).get("schema"), required=required)

    def _fields(
        self, place: str, node: Json, above: tuple[int, ...] = (), *, required: bool = False
    ) -> Iterator[tuple[str, Shape]]:
        schema = self.resolve(node)
        yield place, self._shape(schema, required=required)
        if id(schema) in above:  # a schema that contains itself
            return
        inside = (*above, id(schema))
        parts = list(self._parts(schema))
        needed = {name for part in parts for name in _listed(part.get("required"))}
        for part in parts:
            for name, field in _mapping(part.get("properties")).items():
                yield from self._fields(f"{place}.{name}", field, inside, required=name in needed)
            if "items" in part:
                yield from self._fields(f"{place}[]", part["items"], inside)

    def _parts(self, schema: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
        """The schema and all that it is made of."""
        yield schema
        for word in ("allOf", "oneOf", "anyOf"):
            for each in _listed(schema.get(word)):
                yield from self._parts(self.resolve(each))

    def _shape(self, schema: Mapping[str, Json], *, required: bool) -> Shape:
        parts = list(self._parts(schema))
        types = {name for part in parts for name in _types(part)}
        values = [value for part in parts for value in _values(part)]
        return Shape(
            types=frozenset(types | ({"null"} if None in values else set())),
            required=required,
            enum=frozenset(str(value) for value in values if value is not None),
        )


def _types(schema: Mapping[str, Json]) -> Iterator[str]:
    said = schema.get("type")
    yield from (str(each) for each in (said if isinstance(said, list) else [said]) if each is not None)
    if schema.get("nullable"):
        yield "null"
    if said is None:
        yield from (name for name, word in (("object", "properties"), ("array", "items")) if word in schema)


def _values(schema: Mapping[str, Json]) -> list[Json]:
    return [schema["const"]] if "const" in schema else _listed(schema.get("enum"))


# --- Two documents ------------------------------------------------------------------------------------------


def drift(ours: Document, official: Document) -> list[Difference]:
    """Everything in which two documents differ, operation by operation.

    Compared are operations, parameters but those of paths, fields, types, required, enums and statuses; not
    compared are texts, examples, formats and bounds. A place where one side says nothing of the type agrees.

    Args:
        ours: a document of ours.
        official: somebody's document, OpenAPI 3.0 or 3.1.
    """
    mine, theirs = Reader(ours).operations(), Reader(official).operations()
    same = {_anonymous(operation): operation for operation in theirs}
    found: list[Difference] = []
    for operation, table in mine.items():
        other = same.pop(_anonymous(operation), None)
        if other is None:
            found.append(Difference(operation, "operation", "added", "there", "absent"))
        else:
            found += _compared(operation, table, theirs[other])
    return found + [Difference(each, "operation", "missing", "absent", "there") for each in same.values()]


def _anonymous(operation: str) -> str:
    """The operation without the names of its path's parameters."""
    return re.sub(r"\{[^}]*\}", "{}", operation)


def _compared(operation: str, ours: Table, official: Table) -> Iterator[Difference]:
    for place, aspect in _lacking(ours, official, "missing", "open"):
        yield Difference(operation, place, aspect, "absent", "there")
    for place, aspect in _lacking(official, ours, "added", "filled"):
        yield Difference(operation, place, aspect, "there", "absent")
    for place in sorted(ours.keys() & official.keys()):
        for aspect, mine, theirs in _aspects(ours[place], official[place]):
            yield Difference(operation, place, aspect, mine, theirs)


def _lacking(poorer: Table, richer: Table, alone: str, inside: str) -> list[tuple[str, str]]:
    """What only one table has: the place, or the one above it when the other says nothing at all inside that."""
    above = {_above(place) for place in poorer}
    tops = list(_tops(richer.keys() - poorer.keys()))
    silent = {place: _above(place) in poorer and _above(place) not in above for place in tops}
    found = [(_above(place), inside) if silent[place] else (place, alone) for place in tops]
    return list(dict.fromkeys(found))


def _above(place: str) -> str:
    return place.removesuffix("[]") if place.endswith("[]") else place.rpartition(".")[0]


def _tops(places: Iterable[str]) -> Iterator[str]:
    """The places that lie below no other one of them."""
    last = ""
    for place in sorted(places, key=lambda name: re.split(r"(?=[.\[])", name)):
        if not last or not place.startswith((f"{last}.", f"{last}[")):
            yield place
            last = place


def _aspects(ours: Shape, official: Shape) -> Iterator[tuple[str, str, str]]:
    if ours.required != official.required:
        yield ("required" if ours.required else "optional"), _must(ours), _must(official)
    if ours.types and official.types:
        yield from _narrowing("type", ours.types, official.types, _whole)
    # No enum allows more than any enum.
    yield from _narrowing("enum", ours.enum, official.enum, lambda values: values or frozenset({_ANY}))


def _narrowing(
    aspect: str, ours: Words, official: Words, allowed: Callable[[Words], Words]
) -> Iterator[tuple[str, str, str]]:
    """How one set of words differs from the other, if it does."""
    mine, theirs = allowed(ours), allowed(official)
    if mine == theirs:
        return
    narrower, wider = (_within(*pair) for pair in ((mine, theirs), (theirs, mine)))
    how = " narrower" if narrower else " wider" if wider else ""
    yield f"{aspect}{how}", "|".join(sorted(ours)) or _ANY, "|".join(sorted(official)) or _ANY


def _within(small: Words, large: Words) -> bool:
    return _ANY in large or small <= large


def _whole(types: Words) -> Words:
    """An integer is a number too."""
    return types | {"integer"} if "number" in types else types


def _must(shape: Shape) -> str:
    return "required" if shape.required else "optional"


# --- What is meant ------------------------------------------------------------------------------------------


def _covers(pattern: str, key: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), key) is not None


def reason(difference: Difference, deviations: Deviations) -> str | None:
    """Why a difference is meant; None when nobody says so. The first reason that covers it counts."""
    return next(
        (why for why, patterns in deviations if any(_covers(each, difference.key) for each in patterns)), None
    )


def unexplained(differences: Iterable[Difference], deviations: Deviations) -> list[Difference]:
    """The findings: differences that nobody meant."""
    known = list(deviations)
    return [each for each in differences if reason(each, known) is None]


def stale(differences: Iterable[Difference], deviations: Deviations) -> list[str]:
    """Patterns that cover nothing any more: what they excused is gone."""
    keys = [each.key for each in differences]
    patterns = [pattern for _, patterns in deviations for pattern in patterns]
    return [pattern for pattern in patterns if not any(_covers(pattern, key) for key in keys)]


def nearest(official: Document) -> str | None:
    """The name of our document that has the most operations of the given one; None when none has any."""
    theirs = set(map(_anonymous, Reader(official).operations()))
    shared = {name: len(theirs & set(map(_anonymous, Reader(document(name)).operations()))) for name in NAMES}
    best = max(shared, key=lambda name: shared[name])
    return best if shared[best] else None
