"""The merchant side of VTEX on one port: Payments Gateway, Orders, callbacks, a control plane.

For tests of other projects: `sandbox()` here, and the fixtures of `gateway_mock.pytest_plugin`.
"""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Unpack

if TYPE_CHECKING:
    from gateway_mock.fixtures.behind import Target
    from gateway_mock.fixtures.gateway import Gateway
    from gateway_mock.fixtures.options import Given

__all__ = ["sandbox"]


def sandbox(connector: "Target | None" = None, **options: "Unpack[Given]") -> "AbstractContextManager[Gateway]":
    """A sandbox for the time of a `with` block: an account of its own, answered inside this process.

    Calls that go with `requests` to VTEX's hosts meet it instead of the network until the block ends. What the
    sandbox or a connector of this process raises, and nobody saw, is raised at the end.

    Args:
        connector: what stands behind the gateway: the URL of a connector, a WSGI application, or a reference
            connector; a new reference connector when none is given.
        options: the same as of the pytest marker `vtex`; `gateway_mock.fixtures.options.Options` explains them.

    Raises:
        ValueError: an option or its value is unknown; raised when the block begins.
    """
    # Whoever imports the package for something else, pytest above all, must not wait for an application.
    from gateway_mock.fixtures.sandbox import opened  # noqa: PLC0415

    return opened(connector, **options)
