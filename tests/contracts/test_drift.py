"""What `drift` sees between two documents, and that ours differ from VTEX's only where they are meant to."""

import pytest

from contracts import drift
from contracts.openapi import deviations, document
from tests.contracts.openapi_upstream import FILES, upstream_of


def official(name: str) -> dict:
    """VTEX's own document, where it lies beside the project."""
    theirs = upstream_of(name)
    if theirs is None:
        pytest.skip(f"VTEX's {FILES[name]} is not beside the project")
    return theirs.document


def api(schema: dict, *, path: str = "/things/{id}", statuses: tuple[str, ...] = ("200",), **more: object) -> dict:
    """A document of one operation that takes such a body."""
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    operation = {"requestBody": body, "responses": {status: {"description": ""} for status in statuses}}
    return {"openapi": "3.1.0", "paths": {path: {"post": operation | more}}}


def keys(ours: dict, theirs: dict) -> list[str]:
    """The differences, by their keys."""
    return [each.key.removeprefix("POST /things/{id}: ") for each in drift.drift(ours, theirs)]


def thing(**properties: object) -> dict:
    """A schema of an object."""
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize("name", FILES)
def test_a_document_differs_from_the_official_one_only_where_it_is_meant_to(name):
    """Every difference has its reason, and no reason is left over."""
    found = drift.drift(document(name), official(name))
    assert [str(each) for each in drift.unexplained(found, deviations(name))] == []
    assert drift.stale(found, deviations(name)) == []


@pytest.mark.parametrize("name", FILES)
def test_the_document_that_belongs_to_a_file_is_found(name):
    """`nearest` needs no name to say which of ours a file is to be compared with."""
    assert drift.nearest(official(name)) == name


def test_every_deviation_has_a_reason():
    """A pattern without a sentence would hide a finding."""
    for name in FILES:
        assert all(len(why) > 20 and covers for why, covers in deviations(name))


def test_equal_documents_do_not_differ():
    """The same document twice has no difference; names of path parameters do not count."""
    text = thing(a={"type": "string"})
    assert drift.drift(api(text), api(text)) == []
    assert drift.drift(api(text), api(text, path="/things/{thingId}")) == []


TEXT, NUMBER, WHOLE = ({"type": kind} for kind in ("string", "number", "integer"))


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        (thing(a=TEXT), thing(a=NUMBER), ["request.a: type"]),
        (thing(a=TEXT), thing(a=TEXT | {"nullable": True}), ["request.a: type narrower"]),
        (thing(a={"type": ["string", "null"]}), thing(a=TEXT), ["request.a: type wider"]),
        (thing(a=WHOLE), thing(a=NUMBER), ["request.a: type narrower"]),
        (thing(a={"type": ["integer", "null"]}), thing(a=NUMBER), ["request.a: type"]),
        (thing(a={"type": ["string", "null"]}), thing(a=TEXT | {"nullable": True}), []),
        (thing(a={"enum": ["x", None]}), thing(a={"enum": ["x"]}), []),
        (thing(a=TEXT | {"enum": ["x"]}), thing(a=TEXT), ["request.a: enum narrower"]),
        (thing(a=TEXT), thing(a=TEXT | {"enum": ["x"]}), ["request.a: enum wider"]),
        (thing(a={"enum": ["x", "y"]}), thing(a={"enum": ["y", "z"]}), ["request.a: enum"]),
        (thing(a={"const": 1}), thing(a={"enum": [1]}), []),
        (thing(a={}, b={}), thing(a={}), ["request.b: added"]),
        (thing(a={}), thing(a={}, b=thing(c={}), bb={}), ["request.b: missing", "request.bb: missing"]),
        (thing(), thing(a=thing(b={}), ab={}), ["request: open"]),
        (thing(a={}), {}, ["request: filled"]),
        (thing(a={"items": thing(b={})}), thing(a={"items": thing()}), ["request.a[]: filled"]),
        (
            thing(a={"items": thing(b={})}),
            thing(a={"items": thing(c={})}),
            ["request.a[].c: missing", "request.a[].b: added"],
        ),
        (thing(a={}) | {"required": ["a"]}, thing(a={}), ["request.a: required"]),
        (thing(a={}), thing(a={}) | {"required": ["a"]}, ["request.a: optional"]),
        (thing(a={}), {"allOf": [thing(a={})]}, []),
        ({"type": "object"}, thing(), []),
    ],
)
def test_fields_types_required_and_enums_are_compared(ours, theirs, found):
    """Each aspect of a field is a difference of its own; what lies below a missing field is not told again."""
    assert keys(api(ours), api(theirs)) == found


def test_operations_statuses_and_parameters_are_compared():
    """An operation, a status or a parameter that one side lacks is a difference; Content-Type is none."""
    plain = api({})
    assert keys(api({}, statuses=("200", "401")), plain) == ["response.401: added"]
    assert keys(plain, api({}, statuses=("201",))) == ["response.201: missing", "response.200: added"]
    parameters = [{"name": name, "in": "header", "required": True} for name in ("Content-Type", "X-Key")]
    assert keys(plain, api({}, parameters=parameters)) == ["header.X-Key: missing"]
    other = {**plain, "paths": plain["paths"] | {"/more": {"get": {"responses": {}}}}}
    assert keys(plain, other) == ["GET /more: operation: missing"]
    assert keys(other, plain) == ["GET /more: operation: added"]


def test_references_are_followed_and_cycles_end():
    """A reference is what it leads to; a schema that contains itself is read once."""
    node = thing(name={"type": "string"}, next={"$ref": "#/components/schemas/Node"})
    linked = api({"$ref": "#/components/schemas/Node"}) | {"components": {"schemas": {"Node": node}}}
    assert keys(linked, linked) == []
    assert keys(linked, api(thing(name={"type": "string"}))) == ["request.next: added"]
    assert keys(api({"$ref": "#/nowhere"}), api({})) == []


def test_a_reason_covers_what_its_patterns_match():
    """A star stands for any text, everything else for itself."""
    found = drift.drift(api(thing(a={"items": thing(b={}, c={})})), api(thing(a={"items": thing(c={})})))
    why = ("Because.", ["POST *: request.a[].b: added"])
    assert drift.unexplained(found, [why]) == []
    assert drift.reason(found[0], [why]) == "Because."
    assert drift.unexplained(found, [("Because.", ["POST *: request.a?.b: added"])]) == found
    assert drift.stale(found, [why, ("Gone.", ["*: response.*"])]) == ["*: response.*"]


def test_a_stranger_s_file_is_read_without_trust():
    """Whatever stands where an object should be counts as nothing."""
    odd = {"paths": {"/a": {"get": None, "post": {"parameters": 5, "responses": [], "requestBody": "x"}}, "/b": 3}}
    assert drift.nearest(odd) is None
    assert [each.aspect for each in drift.drift({"paths": {}}, odd)] == ["missing", "missing"]
