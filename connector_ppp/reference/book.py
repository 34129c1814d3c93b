"""All payments of the provider, in memory: the only place that changes, one lock for each paymentId."""

from dataclasses import dataclass, field
from threading import RLock

from connector_ppp.reference import ledger
from connector_ppp.reference.ledger import Decision, Record
from connector_ppp.reference.payment import Authorize, Payment, Request, Status
from connector_ppp.reference.rules import RULES, Rules
from connector_ppp.reference.scenarios import Checkout


@dataclass(frozen=True, slots=True)
class Received:
    """One call that arrived, for whoever wants to see what the gateway did; `value` as asked, minor units."""

    operation: str
    payment_id: str
    request_id: str | None
    value: int | None
    status: int


@dataclass(frozen=True, slots=True)
class Notified:
    """One callback that left: the HTTP status it got, or the error that kept it from arriving."""

    payment_id: str
    status: str
    answered: int | None
    error: str | None


@dataclass(slots=True)
class Page:
    """One payment with its lock.

    Attributes:
        payment: as it stands.
        checkout: how it was created; None before any create.
        callback_due: whether its callback was set on its way.
        lock: held around everything that touches the payment.
    """

    payment: Payment
    checkout: Checkout | None = None
    callback_due: bool = False
    # Re-entrant, so that a whole request can hold it around single steps.
    lock: RLock = field(default_factory=RLock)


class Book:
    """The provider's memory.

    Args:
        rules: the checks of the ledger; all of them unless a defect is on.
    """

    def __init__(self, rules: Rules = RULES) -> None:
        self.received: list[Received] = []
        self.notified: list[Notified] = []
        self._rules = rules
        self._pages: dict[str, Page] = {}
        self._records: dict[str, Record] = {}

    def payment(self, payment_id: str) -> Payment:
        """A payment as it stands; `absent` when it was never seen."""
        page = self._pages.get(payment_id)
        return Payment(payment_id) if page is None else page.payment

    def checkout(self, payment_id: str) -> Checkout | None:
        """How a payment was created; None when it was not."""
        page = self._pages.get(payment_id)
        return None if page is None else page.checkout

    def page(self, payment_id: str) -> Page:
        """The page of a payment; a new one says that the payment is `absent`."""
        page = self._pages.get(payment_id)
        # `setdefault` is atomic: of two threads that both saw nothing, both get the same page.
        return page or self._pages.setdefault(payment_id, Page(Payment(payment_id)))

    def pages(self) -> tuple[Page, ...]:
        """Every page, oldest first."""
        return tuple(self._pages.values())

    def authorize(self, request: Authorize, checkout: Checkout) -> Decision:
        """Create a payment once; see `ledger.authorize`."""
        page = self.page(request.payment_id)
        with page.lock:
            decision = ledger.authorize(page.payment, request, checkout.flow.status)
            page.payment = decision.payment
            page.checkout = page.checkout or checkout
        return decision

    def perform(self, request: Request) -> Decision:
        """Settle, cancel or refund once for each requestId; see `ledger.perform`."""
        page = self.page(request.payment_id)
        with page.lock:
            # The requestId is claimed before anything moves, for two payments may race for it.
            claimed = self._records.setdefault(request.request_id, Record(request, None))
            decision = ledger.perform(page.payment, request, claimed, self._rules)
            page.payment = decision.payment
            if decision.lasting:
                self._records[request.request_id] = Record(request, decision.answer)
        return decision

    def resolve(self, payment_id: str, status: Status) -> Payment:
        """Give an undefined payment its final status; see `ledger.resolve`."""
        page = self.page(payment_id)
        with page.lock:
            page.payment = ledger.resolve(page.payment, status)
            return page.payment

    def reset(self) -> None:
        """Forget everything."""
        self.received, self.notified, self._pages, self._records = [], [], {}, {}
