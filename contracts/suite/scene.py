"""The stage of one rule: its payments, what was sent and answered, and how the next request is made.

Each rule has a scene of its own, with new ids, so that rules can be played side by side.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from threading import Lock
from time import sleep
from typing import Final, Literal, NamedTuple

from connector_ppp.amounts import minor_units
from connector_ppp.checks import check
from connector_ppp.exchange import AnyExchange
from connector_ppp.messages import AuthorizeRequest, RefundRequest, Request, Response
from contracts.suite.amounts import decimals_of
from contracts.suite.answers import OK, Answer, answer_of, is_filled
from contracts.suite.books import Books, books_of
from contracts.suite.callbacks import Callback, Desk
from contracts.suite.seconds import second_of
from contracts.suite.senders import PatchingTransport, losing
from contracts.suite.target import Target
from contracts.suite.vocabulary import Sending

CREATED: Final = 201

PATIENCE_SECONDS: Final = (0.2, 0.4, 0.8)
"""Between the tries of a refund that may only not be done yet."""

Unit = Literal["decimal", "cents"]
"""How a connector reads the value of a cancel (C1)."""


class Offer(NamedTuple):
    """What is known of the connector before a rule is played.

    Attributes:
        methods: the names in its manifest.
        method: the one that pays where a rule names none.
        splits: whether that method can be split when it is captured.
        unit: how it reads the value of a cancel.
        refunds_later: whether a refund is done when it is asked for again, and fails until then.
    """

    methods: tuple[str, ...] = ()
    method: str = "Visa"
    splits: bool = False
    unit: Unit = "decimal"
    refunds_later: bool = False


@dataclass(slots=True)
class Payment:
    """One payment of a scene.

    Attributes:
        payment_id: its id.
        transaction_id: the id of its transaction.
        token: what marks its callback address.
        created: its first create; None before that.
        answer: the newest answer to a create, or callback, that says more than the one before.
        callback_url: its callback address.
        currency: ISO 4217 code.
    """

    payment_id: str
    transaction_id: str
    token: str
    callback_url: str
    currency: str
    created: AuthorizeRequest | None = None
    answer: Answer | None = None

    def told(self, name: str) -> str | None:
        """An id that the connector gave this payment, as a text; None when it gave none."""
        value = self.answer.fields.get(name) if self.answer else None
        return str(value) if is_filled(value) else None


@dataclass(slots=True)
class Scene:
    """The stage of one rule.

    Attributes:
        target: what is judged.
        desk: where callbacks arrive.
        offer: what is known of the connector.
        exchanges: everything sent, in the order in which it was answered.
        callbacks: what arrived meanwhile and was looked at.
        marks: the answers of named steps.
        sent: the exchanges of named steps.
        lasted: how long named steps took, seconds.
        notes: what was found out that is no finding.
        unit: the unit of a cancel, where a step found it out.
        refunds_later: whether a step found out that refunds are done later.
        code: what the configuration flow gave out: a token first, then a code.
    """

    target: Target
    desk: Desk
    offer: Offer
    exchanges: list[AnyExchange] = field(default_factory=list)
    callbacks: list[Callback] = field(default_factory=list)
    marks: dict[str, Answer] = field(default_factory=dict)
    sent: dict[str, AnyExchange] = field(default_factory=dict)
    lasted: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    unit: Unit | None = None
    refunds_later: bool = False
    code: str = ""
    _payments: dict[str, Payment] = field(default_factory=dict)
    _request_ids: dict[str, str] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def payment(self, name: str, beside: str = "") -> Payment:
        """A payment by its name in the rule; one that was never named before has ids, and nobody knows them.

        Args:
            name: of the payment.
            beside: another one of the rule, whose transaction a new one shares.
        """
        with self._lock:
            known = self._payments.get(name)
            return known or self._payments.setdefault(name, self._new_payment(self._payments.get(beside)))

    def named(self, exchange: AnyExchange) -> Payment | None:
        """The payment that an exchange is about."""
        return next((each for each in self._payments.values() if each.payment_id == exchange.payment_id), None)

    def books(self, name: str) -> Books:
        """The books of a payment so far."""
        payment = self.payment(name)
        payments = {each.payment_id for each in tuple(self._payments.values())}
        books = books_of([each for each in self.exchanges if each.payment_id == payment.payment_id], payments)
        # A callback approves too, and is no exchange of the suite's own.
        told = payment.answer is not None and payment.answer.word == "approved"
        return replace(books, approved=books.approved or told)

    def mark(self, name: str, exchanges: Sequence[AnyExchange], answers: Sequence[Answer]) -> None:
        """Remember what a named step sent and got."""
        if name and exchanges:
            self.sent[name] = exchanges[0]
        if name and answers:
            self.marks[name] = answers[0]

    def perform(self, request: Request[Response], step: Sending, action: str = "") -> AnyExchange:
        """Send one request as a step says, and keep the exchange as it really was.

        A refund that fails may only not be done yet: 200 is for what is done for good, and the gateway asks again
        for a day (VTEX docs). Where that helped before, or is to be found out, it is asked for again for a moment.
        """
        exchange = self._send(request, step, action)
        if isinstance(request, RefundRequest) and (step.patient or self.offer.refunds_later):
            for seconds in PATIENCE_SECONDS:
                if answer_of(exchange).word != "refused":
                    break
                sleep(seconds)
                exchange = self._send(request, step, action)
                self.refunds_later |= answer_of(exchange).word == "done"
        return exchange

    def _send(self, request: Request[Response], step: Sending, action: str) -> AnyExchange:
        patching = PatchingTransport(self.target.transport, step.patch) if step.patch else None
        transport = losing(patching or self.target.transport, step.lost)
        client = self.target.client(transport, strange=step.strange)
        exchange: AnyExchange = client.perform(request, action=action, decimals=self._decimals(request))
        if patching is not None:
            exchange = replace(exchange, request_body=patching.sent.decode())
        if exchange.status == CREATED and exchange.response is not None:
            # The protocol has 200 alone; 201 says no less, and is judged like it.
            judged = check(request, OK, exchange.response, decimals=self._decimals(request))
            exchange = replace(exchange, problems=judged)
        with self._lock:
            self.exchanges.append(exchange)
        return exchange

    def request_id(self, name: str = "") -> str:
        """A new requestId; of a name that came before, the same again."""
        if not name:
            return self.target.new_id()
        with self._lock:
            return self._request_ids.setdefault(name, self.target.new_id())

    def request_id_of(self, step: Sending, value: Decimal) -> str:
        """The requestId of a step that moves a value, currency units: an id, or a second and the cents (S8)."""
        if not step.second:
            return self.request_id(step.request)
        parts = (second_of(self.request_id(step.second)), str(minor_units(value)), step.suffix)
        return "-".join(part for part in parts if part)

    def create(self, request: AuthorizeRequest, payment: Payment, step: Sending) -> AnyExchange:
        """Send a create, with the desk knowing that it is open."""
        self.desk.opened(payment.token)
        try:
            exchange = self.perform(request, step)
        finally:
            self.desk.closed(payment.token)
        self.learn(payment, answer_of(exchange))
        return exchange

    def learn(self, payment: Payment, answer: Answer) -> None:
        """Keep the answer that says where the payment stands, for the ids in it."""
        if answer.word in {"approved", "denied"} or payment.answer is None:
            payment.answer = answer

    def cancel_value(self, value: Decimal, unit: Unit | None = None) -> int | Decimal:
        """An amount of a cancel in the unit that the connector reads: an int is cents, a Decimal is units."""
        return minor_units(value) if (unit or self.offer.unit) == "cents" else value

    def _new_payment(self, beside: Payment | None) -> Payment:
        payment_id, new_transaction, token = (self.target.new_id() for _ in range(3))
        transaction_id = beside.transaction_id if beside else new_transaction
        url = self.desk.url_for(payment_id, transaction_id, token)
        return Payment(payment_id, transaction_id, token, url, self.target.currency)

    def _decimals(self, request: Request[Response]) -> int:
        """Of the currency of the payment that a request is about."""
        named = getattr(request, "payment_id", None)
        payments = tuple(self._payments.values())
        currency = next((each.currency for each in payments if each.payment_id == named), self.target.currency)
        return decimals_of(currency)
