"""Audits where several processes play, as under xdist: no worker has seen everything.

So workers leave the audits out and hand over at their end what they have seen. The process that has sent them out
adds it up, and plays the audits as items of its own, when all others have ended.
"""

import pickle
from collections.abc import Generator, Iterator, Mapping
from functools import partial
from typing import NamedTuple, Protocol

import pytest

from contracts.items import RuleFile, RuleItem
from contracts.judging import RULES, Judging
from contracts.suite.auditor import Traffic
from contracts.suite.load import all_rules
from contracts.suite.run import audited

SEEN = "ppp-contracts"
"""Where a worker leaves what it has seen."""


class Seen(NamedTuple):
    """What a worker hands over.

    Attributes:
        audits: those that it was asked for, by rule; each with the node id of its file.
        traffic: what they are about.
    """

    audits: Mapping[str, str]
    traffic: Traffic


class Outbox(Protocol):
    """Where xdist takes up what a worker tells at its end: its configuration there, its controller's node here."""

    workeroutput: dict[str, bytes]


class Worker:
    """A pytest plugin of a process that plays a share of the rules.

    Args:
        outbox: pytest's configuration, as xdist has furnished it.
        judging: what plays them.
    """

    def __init__(self, outbox: Outbox, judging: Judging) -> None:
        self._outbox = outbox
        self._judging = judging
        self._audits: Mapping[str, str] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the audits to others."""
        audits = [item for item in items if isinstance(item, RuleItem) and item.rule.audit is not None]
        self._audits = {item.rule.id: item.nodeid.partition("::")[0] for item in audits}
        items[:] = [item for item in items if item not in audits]

    def pytest_sessionfinish(self) -> None:
        """Hand over what was seen; xdist sends it."""
        self._outbox.workeroutput[SEEN] = pickle.dumps(Seen(self._audits, self._judging.traffic()))


class Gatherer:
    """A pytest plugin of the process that has sent workers out; without workers it does nothing.

    Args:
        judging: knows the connector.
    """

    def __init__(self, judging: Judging) -> None:
        self._target = judging.target
        self._seen: list[Seen] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Outbox) -> None:
        """Take what a worker has seen; one that died has nothing to tell."""
        told = getattr(node, "workeroutput", {}).get(SEEN)
        if told is not None:
            self._seen.append(pickle.loads(told))  # noqa: S301 - from a process of our own

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Play the audits when every worker has ended; not where a failure has ended the run before."""
        result = yield
        audits = list(self._audits(session))
        session.testscollected += len(audits)
        for item in audits:
            if session.shouldfail or session.shouldstop:
                break
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return result

    def _audits(self, session: pytest.Session) -> Iterator[pytest.Item]:
        asked = {rule_id: file for seen in self._seen for rule_id, file in seen.audits.items()}
        traffic = Traffic(
            exchanges=[exchange for seen in self._seen for exchange in seen.traffic.exchanges],
            called_back={
                payment: words for seen in self._seen for payment, words in seen.traffic.called_back.items()
            },
        )
        for rule in all_rules():
            if rule.id in asked:
                path, nodeid = RULES / f"{rule.family}.yaml", asked[rule.id]
                play = partial(audited, traffic=traffic, target=self._target)
                file: RuleFile = RuleFile.from_parent(session, path=path, nodeid=nodeid, rules=[rule], play=play)
                yield from file.collect()
