"""SIGKILL under load, again and again: what was taken is there, what waits goes out again, money moves once.

Fifty kills of real processes, half of them on SQLite and half on PostgreSQL, at moments drawn from seeds.
`PPP_KILLS=25` makes it as many for each of the ten campaigns.
"""

import os
from contextlib import ExitStack, closing
from random import Random

import pytest

from tests.e2e.kills import (
    ARRIVED,
    DONE,
    MOMENTS,
    SECONDS_MAX,
    Clients,
    LivingConnector,
    MortalSandbox,
    Trigger,
    assert_whole,
)

KILLS = int(os.environ.get("PPP_KILLS", "5"))
CAMPAIGNS = ("partial", "partial", "total", "hold", "partial")


class Campaign:
    """One store, one sandbox that dies on it, one connector that lives."""

    def __init__(self, store, mode, seed, stack):
        self.seed = seed
        self.random = Random(seed)  # noqa: S311
        self.trigger = Trigger()
        self.connector = stack.enter_context(closing(LivingConnector(self.trigger)))
        self.sandbox = stack.enter_context(closing(MortalSandbox(store, mode, self.connector.url)))
        self.clients = Clients(self.sandbox.url, self.trigger)

    def kill(self, number):
        """Load until it is dead, maybe kill its repair as well, start it again; how many kills that was."""
        orphans = len(self.connector.orphans)
        self.trigger.arm(self.random.choice(MOMENTS), self.random.randint(1, 12), self.sandbox.kill)
        self.clients.storm(f"{self.seed}/{number}")
        repair_dies = len(self.connector.orphans) > orphans and self.random.randrange(2)
        if repair_dies:
            self.trigger.arm(self.random.choice((ARRIVED, DONE)), 1, self.sandbox.kill)
            self.sandbox.start()
            assert self.trigger.pulled.wait(SECONDS_MAX), "the call that lost its caller did not go out again"
        assert self.sandbox.start(), self.sandbox.said
        return 1 + bool(repair_dies)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    """The URL of an empty store of each sort that lasts."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'mock.db'}"
    return request.getfixturevalue("empty_postgres_url")


@pytest.mark.parametrize("number", range(len(CAMPAIGNS)))
def test_nothing_is_lost_and_nothing_doubled(number, store):
    """Each time it is back: accepted requests, ledgers, exchanges and the connector's books say the same."""
    with ExitStack() as stack:
        campaign = Campaign(store, CAMPAIGNS[number], f"{number} on {store.partition(':')[0]}", stack)
        assert campaign.sandbox.start()
        kills = 0
        while kills < KILLS:
            kills += campaign.kill(kills)
            assert_whole(campaign.sandbox.url, campaign.clients.touched.values(), campaign.connector)
        assert_whole(campaign.sandbox.url, campaign.clients.orders, campaign.connector)
