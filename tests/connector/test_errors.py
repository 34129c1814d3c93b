"""The tree of errors is drawn, and the drawing is complete."""

import re

import pytest

import connector_ppp
from connector_ppp import errors
from connector_ppp.errors import AmountError, CallerError, MessageError, PeerError, PPPError, TransportError


def drawn():
    """The names in the drawing of the module's docstring, with their depth."""
    return {
        name: len(indent) // 4
        for indent, name in re.findall(r"^ {4}((?:[│├└─ ]{4})*)(\w+Error)\b", errors.__doc__, re.MULTILINE)
    }


def defined(kind, depth=0):
    """The classes of the tree, with their depth; those of the reference connector are its own business."""
    tree = {kind.__name__: depth}
    for child in kind.__subclasses__():
        if not child.__module__.startswith("connector_ppp.reference"):
            tree |= defined(child, depth + 1)
    return tree


def test_the_drawing_is_complete():
    """Every error of the package stands in the drawing, at its place, and nothing else does."""
    assert drawn() == defined(PPPError)
    assert len(drawn()) == 6


def test_the_errors_are_public():
    """Whoever uses the package can catch each of them."""
    assert set(drawn()) <= set(connector_ppp.__all__)


@pytest.mark.parametrize("kind", [CallerError, AmountError, MessageError])
def test_errors_of_data_are_value_errors(kind):
    """A library that knows nothing of the protocol may catch a ValueError."""
    assert issubclass(kind, ValueError)


@pytest.mark.parametrize("kind", [PeerError, TransportError])
def test_errors_of_others_are_no_value_errors(kind):
    """What a peer or the network does is no mistake in a value."""
    assert not issubclass(kind, ValueError)


def test_a_transport_error_says_whether_the_request_was_sent():
    """Only False is certain that nothing was done."""
    assert TransportError("refused", sent=False).sent is False
    assert TransportError("broken", sent=None).sent is None
    assert TransportError("late", sent=True).exchange is None
