"""The stage of one rule for gateways: its transaction and order, what was asked, answered and heard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Final

import msgspec

from contracts.suite.gateway.heard import Heard
from contracts.suite.gateway.merchant import Answer, GatewayCall, Merchant
from contracts.suite.gateway.recorder import Recorder
from contracts.suite.gateway.stage import Stage
from contracts.suite.gateway.target import GatewayTarget
from contracts.suite.gateway.vocabulary import Asking, Identity, Paying
from contracts.suite.senders import merged

_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")

NAMES: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""How payments are called in rules, in the order in which they were sent."""


@dataclass(slots=True)
class Scene:
    """What is known while a rule is played.

    Attributes:
        target: which gateway is judged.
        stage: how it was set up.
        recorder: the suite's connector.
        calls: everything that was asked, in the order in which it was answered.
        transaction: the id of the transaction, empty before there is one.
        order: the id of the order, empty before there is one.
        paying: how the transaction is paid.
        marks: the answers of named steps.
        compared: how many of the transaction's calls were looked at.
        begun: the ids of all its transactions.
        change: the id of the last change of version 2, empty before there is one.
    """

    target: GatewayTarget
    stage: Stage
    recorder: Recorder
    calls: list[GatewayCall] = field(default_factory=list)
    transaction: str = ""
    order: str = ""
    paying: tuple[Paying, ...] = ()
    marks: dict[str, Answer] = field(default_factory=dict)
    compared: int = 0
    begun: list[str] = field(default_factory=list)
    change: str = ""
    _names: dict[str, str] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def ask(self, operation: str, method: str, path: str, body: object = None) -> Answer:
        """Ask with the account's own credentials.

        Args:
            operation: what it is called in reports.
            method: the HTTP method.
            path: below the gateway's address.
            body: what is sent as JSON; None for nothing.
        """
        return self.kept(self.stage.merchant, operation, method, path, encoded(body))

    def asked(self, step: Asking, operation: str, method: str, path: str, body: object) -> Answer:
        """Ask as a step says: with a patch, perhaps, or with somebody else's credentials."""
        patched = merged(body, step.patch) if step.patch else body
        return self.kept(self.merchant(step.credentials), operation, method, path, encoded(patched))

    def kept(self, merchant: Merchant, operation: str, method: str, path: str, body: bytes) -> Answer:
        """Ask, and keep the call."""
        answer = merchant.ask(operation, method, path, body)
        with self._lock:
            self.calls.append(answer.call)
        return answer

    def merchant(self, identity: Identity) -> Merchant:
        """Somebody with these credentials."""
        own = self.stage.merchant
        key, _ = own.credentials or ("", "")
        someone: Mapping[Identity, Merchant] = {
            "own": own,
            "none": replace(own, credentials=None),
            "wrong": replace(own, credentials=(key or "vtexappkey-suite", self.target.new_id())),
            "other": self.stage.other or own,
        }
        return someone[identity]

    def begin(self, transaction: str, paying: Sequence[Paying] = (), order: str = "") -> None:
        """A new transaction is what the rule speaks of now; what was heard of it counts from its first call."""
        self.transaction, self.order, self.compared = transaction, order or self.order, 0
        self.paying, self._names = tuple(paying), {}
        self.begun += [transaction] if transaction and transaction not in self.begun else []

    def heard(self) -> tuple[Heard, ...]:
        """What the connector heard of the transaction so far."""
        return self.recorder.heard(self.transaction) if self.transaction else ()

    def all_heard(self) -> tuple[Heard, ...]:
        """What the connector heard of all transactions of the rule."""
        return tuple(each for transaction in self.begun for each in self.recorder.heard(transaction))

    def news(self, expected: int) -> tuple[Heard, ...]:
        """What it heard since it was last looked at; waits a while for as many calls as are expected."""
        if not self.transaction:
            return ()
        heard = self.recorder.wait(self.transaction, self.compared + expected, self.target.patience_seconds)
        news, self.compared = heard[self.compared :], len(heard)
        for each in news:
            self._name(each)
        return news

    def name_of(self, heard: Heard) -> str:
        """How the rule calls the payment of a call that was looked at."""
        return self._names[heard.payment_id]

    def _name(self, heard: Heard) -> None:
        """Name a payment by its value, and by its route where two are equal; else by the next free letter."""
        if heard.payment_id in self._names:
            return
        free = [name for name in NAMES if name not in self._names.values()]
        sent = [(name, each) for name, each in zip(NAMES, self.paying, strict=False) if name in free]
        equal = [(name, each) for name, each in sent if each.value == heard.amount]
        mine = [name for name, each in equal if each.route == heard.connector] or [name for name, _ in equal]
        # What nobody sent is an increase of the order.
        later = [name for name in free if NAMES.index(name) >= len(self.paying)]
        self._names[heard.payment_id] = (mine or later or free)[0]

    def payment(self) -> str:
        """The id of the first payment that the connector heard of; a new one where it heard of none."""
        return next((each.payment_id for each in self.heard()), "") or self.target.new_id()

    def filled(self, path: str) -> str:
        """A path of a rule with the ids of this scene."""
        return path.format(
            transaction=self.transaction,
            order=self.order,
            change=self.change,
            nobody=self.target.new_id(),
            payment=self.payment() if "{payment}" in path else "",
        )


def encoded(body: object) -> bytes:
    """A JSON body; nothing for None."""
    return b"" if body is None else _ENCODER.encode(body)
