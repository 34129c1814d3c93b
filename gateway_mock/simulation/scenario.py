"""What a history starts from, drawn from its seed: who pays how much with what, through which connectors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import TypeVar

from gateway_mock.adapters.clock import START
from gateway_mock.core.modes import Kind, Mode
from gateway_mock.core.money import text
from gateway_mock.core.orders import Item
from gateway_mock.core.payment_systems import payment_system
from gateway_mock.core.policy import RECOMMENDED, AfterCapture, InvoiceReplay, Policy, RefundPriority
from gateway_mock.core.statuses import OrderStatus
from gateway_mock.records import Antifraud, AutoSettlement, ConnectorSettings, Contingency, RiskVerdict, Settings
from gateway_mock.service.checkout import PaymentRequest
from gateway_mock.service.contingency import LASTS
from gateway_mock.simulation.provider import URL
from gateway_mock.times import DAY, SECOND

T = TypeVar("T")

LEGACY = "Legacy"
CONNECTORS: Mapping[str, Mode] = MappingProxyType(
    {"Total": Mode.TOTAL, "Hold": Mode.HOLD, "Partial": Mode.PARTIAL, LEGACY: Mode.TOTAL}
)

VISA, BANK_INVOICE, GIFT_CARD, PIX = 2, 6, 16, 125

MEANS: tuple[tuple[int, tuple[int, str | None]], ...] = (
    (12, (VISA, "4444333322221111")),
    (1, (VISA, "4444333322221112")),
    (4, (VISA, "4222222222222224")),
    (1, (VISA, "4222222222222225")),
    (1, (BANK_INVOICE, None)),
    (1, (PIX, None)),
    (2, (GIFT_CARD, None)),
)
"""Weight, payment system and card; the cards are those of the official suite: approved, denied, and both later."""

UNTILS: tuple[tuple[int, OrderStatus], ...] = (
    (10, OrderStatus.HANDLING),
    (4, OrderStatus.READY_FOR_HANDLING),
    (1, OrderStatus.WINDOW_TO_CANCEL),
    (4, OrderStatus.PAYMENT_APPROVED),
)

BRL = "BRL"
WITHOUT_DECIMALS: Mapping[str, int] = MappingProxyType({"CLP": 100, "JPY": 100})
"""The smallest amount of each, in the gateway's cents."""

POLICIES: Mapping[str, tuple[tuple[int, object], ...]] = MappingProxyType(
    {
        "cancel_in_two_steps": ((1, False), (1, True)),
        "refund_priority": ((3, RefundPriority.LOWEST_CAPTURED), (1, RefundPriority.CARD_FIRST)),
        "cancel_after_capture": ((3, AfterCapture.REJECT), (1, AfterCapture.REFUND)),
        "invoice_replay": ((3, InvoiceReplay.RECEIPT), (1, InvoiceReplay.REJECT)),
        "single_settle_id": ((7, False), (1, True)),
        "changes_v1_off": ((9, False), (1, True)),
    }
)
"""Readings of the texts, with weights; the other switches leave money or orders stuck on purpose."""

RISK_DELAYS = (0, 3_600, 5 * 86_400)
"""Seconds until the risk is judged: at once, soon, and later than money settles by itself."""

CHOICES = (
    (9, AutoSettlement.RECOMMENDED),
    (1, AutoSettlement.AFTER_AUTHORIZATION),
    (1, AutoSettlement.AFTER_ANTIFRAUD),
    (1, AutoSettlement.DISABLED),
)
"""What merchants choose for the automatic settle, with weights."""

PAYMENTS_MAX = 3
VALUE_MAX = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The beginning of a history. Amounts are cents."""

    value: int
    interest: int
    """What the payments exceed the order by."""
    payments: tuple[PaymentRequest, ...]
    currency: str
    """An order is paid in BRL, a transaction by hand also in a currency without decimals."""
    items: tuple[Item, ...]
    shipping: int
    with_order: bool
    """Whether an order drives the transaction, or only requests by hand."""
    until: OrderStatus
    policy: Policy
    refunds_in_part: bool
    change_delay: int
    """Seconds between the acknowledgement of a change and its execution, version 2."""
    settles_after: int | None
    """Seconds after which the legacy connector settles by itself."""
    auto_settle: AutoSettlement
    """When payments through PPP connectors settle by themselves."""
    antifraud: Antifraud | None
    """Who judges the risk of what is authorized, if anybody."""
    parked: bool
    """Whether the history begins in contingency mode: PPP connectors hear of no card for two hours."""

    @property
    def paid(self) -> int:
        """What the payments add up to."""
        return sum(payment.value for payment in self.payments)

    def settings(self) -> Settings:
        """The account's configuration."""
        return Settings(
            policy=self.policy,
            connectors=tuple(self._connector(name, mode) for name, mode in CONNECTORS.items()),
            default_connector=LEGACY,
            antifraud=self.antifraud,
            contingencies=tuple(
                Contingency(connector=name, until=START + LASTS)
                for name in CONNECTORS
                if self.parked and name != LEGACY
            ),
        )

    def _connector(self, name: str, mode: Mode) -> ConnectorSettings:
        if name != LEGACY:
            return ConnectorSettings(name=name, kind=Kind.PPP, mode=mode, url=URL, auto_settle=self.auto_settle)
        return ConnectorSettings(
            name=name,
            kind=Kind.LEGACY,
            refunds_in_part=self.refunds_in_part,
            settles_after=self.settles_after,
        )

    def _readings(self) -> Iterator[tuple[str, object]]:
        """The switches that do not stand as recommended."""
        for name in POLICIES:
            value = getattr(self.policy, name)
            if value != getattr(RECOMMENDED, name):
                yield name, value

    def __str__(self) -> str:
        paid = ", ".join(
            f"{text(each.value)} {payment_system(each.payment_system).name} {each.card or ''}".rstrip()
            + f" through {each.connector}"
            for each in self.payments
        )
        interest = f" and {text(self.interest)} interest" if self.interest else ""
        order = f"order of {text(self.value)}{interest} until {self.until}"
        what = order if self.with_order else f"transaction in {self.currency} without order"
        readings = "".join(f", {name}: {value}" for name, value in self._readings())
        in_part = "" if self.refunds_in_part else ", legacy refunds in full only"
        delay = f", changes wait {self.change_delay} s" if self.change_delay else ""
        settles = "" if self.settles_after is None else f", legacy settles after {self.settles_after} s"
        if self.auto_settle is not AutoSettlement.RECOMMENDED:
            settles += f", automatic settle {self.auto_settle}"
        stub = self.antifraud
        parked = ", contingency" if self.parked else ""
        risk = f", risk {stub.verdict} after {stub.delay} s" if stub else ""
        return f"{what}{readings}{in_part}{settles}{delay}{risk}{parked}; {paid}"


def draw_scenario(random: Random) -> Scenario:
    """A scenario by that randomness."""
    items = tuple(
        Item(id=str(number), price=random.randint(1, VALUE_MAX // 3), quantity=random.randint(1, 3))
        for number in range(1, random.randint(1, PAYMENTS_MAX) + 1)
    )
    shipping = random.choice((0, 0, random.randint(1, VALUE_MAX // 10)))
    value = sum(item.total for item in items) + shipping
    interest = random.choice((0, 0, 0, 0, random.randint(1, value)))
    with_order = random.random() < 0.75  # noqa: PLR2004 - the rest is about transactions alone
    currency = BRL if with_order else random.choice((BRL, BRL, *WITHOUT_DECIMALS))
    return Scenario(
        value=value,
        interest=interest,
        payments=_payments(random, value + interest, WITHOUT_DECIMALS.get(currency, 1)),
        currency=currency,
        items=items,
        shipping=shipping,
        with_order=with_order,
        until=weighted(random, UNTILS),
        policy=Policy(**{name: weighted(random, values) for name, values in POLICIES.items()}),  # type: ignore[arg-type]
        refunds_in_part=random.random() < 0.5,  # noqa: PLR2004
        change_delay=random.choice((0, 0, 600)),
        settles_after=random.choice((None, 3 * DAY // SECOND)),
        auto_settle=weighted(random, CHOICES),
        antifraud=_antifraud(random),
        parked=random.randrange(10) == 0,
    )


def _antifraud(random: Random) -> Antifraud | None:
    verdict = weighted(random, ((2, RiskVerdict.APPROVED), (1, RiskVerdict.REJECTED)))
    return weighted(random, ((10, None), *((1, Antifraud(verdict=verdict, delay=delay)) for delay in RISK_DELAYS)))


def _payments(random: Random, value: int, grain: int) -> tuple[PaymentRequest, ...]:
    count = min(random.choice((1, 1, 2, 2, 3)), value)
    cuts = sorted(random.sample(range(1, value), count - 1)) if value > count else []
    shares = [after - before for before, after in zip((0, *cuts), (*cuts, value), strict=True)]
    mixed = random.random() < 0.4  # noqa: PLR2004 - most transactions know one mode
    names = tuple(CONNECTORS)
    one = random.choice(names)
    return tuple(_payment(random, share * grain, random.choice(names) if mixed else one) for share in shares)


def _payment(random: Random, value: int, connector: str) -> PaymentRequest:
    system, card = weighted(random, MEANS)
    if (system, connector) == (PIX, LEGACY):
        system = BANK_INVOICE  # a legacy Pix is asked for every five minutes for a week, and tells nothing more
    return PaymentRequest(value=value, payment_system=system, card=card, connector=connector)


def weighted(random: Random, table: Sequence[tuple[int, T]]) -> T:
    """One of the entries, each as often as its weight says."""
    return random.choices([entry for _, entry in table], [weight for weight, _ in table])[0]
