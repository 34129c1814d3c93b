"""What the use cases need from the outside, as Protocols; `adapters/` says what each is made of.

The store keeps three things, each of one account:

- *records*: typed values under a key, with a version that a writer must have seen (compare and swap);
- *logs*: append-only streams, read oldest first; a stream of the journal may be evicted from memory, and says so;
- *jobs*: what is due at a moment of the account's clock.

A `Unit` is one database transaction: all of it happens or none.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from connector_ppp import Exchange
from connector_ppp.messages import Request, Response
from gateway_mock.core.ledger import Call
from gateway_mock.records import ConnectorSettings, ExchangeRecord, FaultRecord, PaymentRecord, TransactionRecord

T = TypeVar("T")
Told = TypeVar("Told", bound=Response)


class LostRaceError(Exception):
    """Somebody else saved the record first; load it again and plan again."""


@dataclass(frozen=True, slots=True)
class Row(Generic[T]):
    """A record as it was loaded; `version` goes back with the save."""

    value: T
    version: int


@dataclass(frozen=True, slots=True)
class Log(Generic[T]):
    """The entries of a stream, oldest first; `evicted` counts those that memory did not keep."""

    entries: Sequence[T]
    evicted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to do at `due`, in microseconds since 1970 on the account's clock.

    `name` says which use case runs it and `subject` on what (an operation's requestId, a payment id).
    """

    account: str
    key: str
    name: str
    due: int
    subject: str = ""


class Unit(Protocol):
    """One database transaction over the records, logs and jobs of one account."""

    def load(self, kind: type[T], key: str) -> Row[T] | None:
        """The record of that kind under `key`, or None."""

    def save(self, key: str, value: object, version: int, *, owner: str = "") -> None:
        """Write a record; its kind is the value's type. `version` is the loaded one, 0 for a new record.

        Raises:
            LostRaceError: the stored version is another one (at the latest when the unit ends).
        """

    def delete(self, kind: type[object], key: str) -> None:
        """Forget a record; nothing happens when there is none."""

    def find(
        self, kind: type[T], *, owner: str | None = None, after: str = "", limit: int | None = None
    ) -> Sequence[tuple[str, Row[T]]]:
        """The records of a kind in the order of their keys, those of one owner when it is given."""

    def append(self, stream: str, entries: Sequence[object]) -> None:
        """Add entries to a stream for good."""

    def read(self, stream: str, kind: type[T]) -> Log[T]:
        """The whole stream, oldest first."""

    def journal(self, stream: str, entries: Sequence[object]) -> None:
        """Add entries that memory may evict when the journal is full; databases keep them."""

    def schedule(self, job: Job) -> None:
        """Write a job, in place of one of the same key."""

    def unschedule(self, key: str) -> None:
        """Forget a job; nothing happens when there is none."""

    def jobs(self, *, due: int | None = None, limit: int | None = None) -> Sequence[Job]:
        """The account's jobs by due time, then key; with `due` only those due at or before it."""

    def reset(self) -> None:
        """Forget everything of the account."""


class Store(Protocol):
    """Where the sandbox keeps its state."""

    def read(self, account: str) -> AbstractContextManager[Unit]:
        """A unit that only reads."""

    def write(self, account: str) -> AbstractContextManager[Unit]:
        """A unit that commits when its block ends and forgets everything when it raises."""

    def claim(self, account: str, due: int, until: int) -> Job | None:
        """Take the account's first job that is due at or before `due`, so that nobody else gets it.

        The job is put off to `until`: should whoever took it die, it is due again then. None when no job is due,
        or when somebody else is at those that are.
        """

    def accounts(self) -> Sequence[str]:
        """The names of the accounts that have a record or a job."""

    def accounts_due(self, due: int) -> Sequence[str]:
        """The names of the accounts that have a job due at or before that moment."""

    def close(self) -> None:
        """Let go of files and connections."""


class Clock(Protocol):
    """The moment, in microseconds since 1970 (UTC). Real clocks tell it, manual ones are told."""

    @property
    def manual(self) -> bool:
        """Whether nothing happens by itself."""

    def now(self, account: str) -> int:
        """The moment on the account's clock."""

    def advance(self, account: str, microseconds: int) -> int:
        """Move a manual clock on, and tell the new moment.

        Raises:
            ValueError: the clock is real, or the step is negative.
        """

    def forget(self, account: str) -> None:
        """Go back to the start, after the store has forgotten the account too."""


class Ids(Protocol):
    """New identifiers, never twice the same."""

    def hex32(self) -> str:
        """32 upper-case hexadecimal characters: transactions, payments, tokens."""

    def uuid(self) -> str:
        """A lower-case UUID: affiliations, rules, cards, changes."""

    def short(self) -> str:
        """A few characters that tell two requestIds of one second apart."""


class Ended(StrEnum):
    """How far one try of a call came."""

    DONE = "done"
    DENIED = "denied"
    PENDING = "pending"
    """The payment is `undefined`: the connector will tell later, or when it is asked again."""
    FAILED = "failed"
    """An answer that does not say done, or no answer: the call will be tried again."""
    BY_HAND = "by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a connector answered to one try, in the gateway's own terms. `value` is what it confirmed, in cents."""

    ended: Ended
    exchange: ExchangeRecord | None = None
    """None for a connector inside the gateway: nothing went over a line."""
    value: int = 0
    settle_id: str | None = None
    tid: str | None = None
    nsu: str | None = None
    authorization_id: str | None = None
    acquirer: str | None = None
    payment_url: str | None = None
    code: str | None = None
    message: str | None = None
    response: str | None = None
    settles_after: int | None = None
    """`delayToAutoSettle`, in seconds."""
    settles_after_antifraud: int | None = None
    cancels_after: int | None = None
    """`delayToCancel`, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Everything a connector needs for one try of one call."""

    call: Call
    request_id: str
    attempt: int
    transaction: TransactionRecord
    payment: PaymentRecord
    account: str
    fault: FaultRecord | None = None
    """What is to go wrong on the way, when a test asked for it."""
    quirks: tuple[str, ...] = ()
    """The switches that are on in the account: some of them live on the line."""


class Line(Protocol):
    """What asks PPP connectors everything that moves no money: manifest, inbound, the configuration flow."""

    def ask(
        self,
        settings: ConnectorSettings,
        request: Request[Told],
        *,
        action: str = "",
        seconds: float | None = None,
    ) -> Exchange[Told]:
        """One call; what the connector or the network does is in the exchange.

        Args:
            settings: the connector.
            request: any request of the protocol.
            action: the last part of an inbound path.
            seconds: how long to wait at most; None means as long as for any call.

        Raises:
            CallerError: it cannot be sent.
        """


class Connector(Protocol):
    """What performs the calls."""

    def perform(self, settings: ConnectorSettings, work: Work) -> Answer:
        """One try. Never raises for what the connector or the network does."""
