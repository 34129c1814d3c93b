"""Rules and their schema, as the tests of both kinds of rules walk through them."""

import msgspec


def steps_of(rule):
    """Every step of a rule, those inside others too."""
    for step in (*rule.given, *rule.steps):
        yield step
        yield from getattr(step, "steps", ())


def properties(schema, name):
    """The properties of a definition of a schema, those that it refers to too."""
    definition = schema["$defs"][name]
    inherited = properties(schema, definition["$ref"].rpartition("/")[2]) if "$ref" in definition else set()
    return inherited | set(definition.get("properties", ()))


def members(kind):
    """The members of a struct, as a file of rules spells them; those of a step have `do` beside them."""
    tag = {"do"} if kind.__struct_config__.tag else set()
    return {field.encode_name for field in msgspec.structs.fields(kind)} | tag
