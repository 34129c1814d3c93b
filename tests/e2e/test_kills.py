"""SIGKILL under load, again and again: what was taken is there, what waits goes out again, money moves once.

Real processes, on SQLite and on PostgreSQL, at moments drawn from seeds: eight campaigns of three kills, or of as
many as `PPP_KILLS` says. CI says 10.
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

KILLS = int(os.environ.get("PPP_KILLS", "3"))
MODES = ("partial", "total", "hold")


class Campaign:
    """One store, servers that die on it, one connector that lives."""

    def __init__(self, store, mode, seed, stack, servers=1):
        self.seed = f"{seed} on {store.partition(':')[0]}"
        self.random = Random(self.seed)  # noqa: S311
        self.trigger = Trigger()
        self.connector = stack.enter_context(closing(LivingConnector(self.trigger)))
        mortals = (MortalSandbox(store, mode, self.connector.url(number)) for number in range(servers))
        self.servers = [stack.enter_context(closing(each)) for each in mortals]
        self.clients = Clients([each.url for each in self.servers], self.trigger)
        self.raise_the_dead()

    def raise_the_dead(self):
        """Start every server that does not run."""
        for server in self.servers:
            assert not server.dead or server.start(), server.said

    def kill(self, number):
        """Load until one is dead, maybe kill its repair as well, start it again; how many kills that was."""
        orphans = len(self.connector.orphans)
        self._arm(self.random.choice(MOMENTS), self.random.randint(1, 12))
        self.clients.storm(f"{self.seed}/{number}")
        repair_dies = len(self.connector.orphans) > orphans and self.random.randrange(2)
        if repair_dies:
            self._arm(self.random.choice((ARRIVED, DONE)), 1)
            next(server for server in self.servers if server.dead).start()
            assert self.trigger.pulled.wait(SECONDS_MAX), "the call that lost its caller did not go out again"
        self.raise_the_dead()
        return 1 + bool(repair_dies)

    def _arm(self, moment, number):
        self.trigger.arm(moment, number, lambda server: self.servers[server].kill())

    def assert_whole(self, orders):
        """Whichever server is asked."""
        assert_whole(self.random.choice(self.servers).url, orders, self.connector)

    def run(self, kills):
        """Kill, raise and look, again and again; at the end look at everything."""
        done = 0
        while done < kills:
            done += self.kill(done)
            self.assert_whole(self.clients.touched.values())
        self.assert_whole(self.clients.orders)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    """The URL of an empty store of each sort that lasts."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'mock.db'}"
    return request.getfixturevalue("empty_postgres_url")


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_lost_and_nothing_doubled(mode, store):
    """Each time it is back: accepted requests, ledgers, exchanges and the connector's books say the same."""
    with ExitStack() as stack:
        Campaign(store, mode, mode, stack).run(KILLS)


def test_one_of_three_servers_on_one_store_is_killed(store):
    """The others go on, and what the dead one was at is done when it is back."""
    with ExitStack() as stack:
        campaign = Campaign(store, "partial", "three", stack, servers=3)
        campaign.run(KILLS)
