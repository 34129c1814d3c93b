"""Every error of this package; the type says who is to blame.

    PPPError
    ├── CallerError       you broke the protocol: the call was never sent
    ├── PeerError         they did: an answer came, and it is not a success
    ├── TransportError    nobody answered: the network, not the protocol
    ├── AmountError       a number is no exact amount; whoever wrote it is to blame
    └── MessageError      a text is not the message it should be; whoever wrote it is to blame

A float or a bool where an amount belongs is a plain `TypeError`: a mistake in the program, not in the data.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector_ppp.exchange import AnyExchange


class PPPError(Exception):
    """Base of all errors of the protocol; never raised itself."""


class CallerError(PPPError, ValueError):
    """The caller asked for something that the protocol does not allow; nothing was sent."""


class PeerError(PPPError):
    """The connector answered, but the operation is not done.

    Attributes:
        exchange: what was sent and what came back.
    """

    def __init__(self, message: str, exchange: "AnyExchange") -> None:
        super().__init__(message)
        self.exchange = exchange


class TransportError(PPPError):
    """Nobody answered.

    Attributes:
        sent: whether the request reached the peer. False: surely not, nothing was done. True: it was written in
            full, and the answer never came. None: unknown. Unless False, the peer may have done the work, and
            only a repeat with the same idempotency key is safe.
        exchange: what was asked, once the client knows; a bare transport has none.
    """

    def __init__(self, message: str, *, sent: bool | None, exchange: "AnyExchange | None" = None) -> None:
        super().__init__(message)
        self.sent = sent
        self.exchange = exchange


class AmountError(PPPError, ValueError):
    """A number that is no exact amount: not finite, too many digits, or finer than its currency."""


class MessageError(PPPError, ValueError):
    """A body that is not JSON, or not the object that its operation defines."""
