"""One reference connector for all histories of a process: they reset it themselves."""

import pytest

from gateway_mock.simulation.provider import Provider


@pytest.fixture(scope="session")
def provider() -> Provider:
    """A connector with its books open."""
    return Provider()
