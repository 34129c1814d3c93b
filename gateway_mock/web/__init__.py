"""HTTP in, HTTP out: parse, hand over to a use case, render. camelCase lives in wire.py only."""
