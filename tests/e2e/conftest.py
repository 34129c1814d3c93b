"""What stories and interfaces are told on: a sandbox and a connector for each worker, an account for each test."""

from contextlib import closing

import pytest

from tests.e2e.test_interfaces_stage import new_account, served_connector, served_sandbox


@pytest.fixture(scope="session")
def connector():
    """A reference connector that waits until it is told to end an undefined payment."""
    with closing(served_connector("--callbacks", "manual")) as served:
        yield served


@pytest.fixture(scope="session")
def sandbox():
    """A sandbox in memory with a manual clock."""
    with closing(served_sandbox("--store", "memory:", "--clock", "manual")) as served:
        yield served


@pytest.fixture
def account(sandbox, connector):
    """A new account."""
    return new_account(sandbox.url, connector.url)
