"""What the store keeps of an account's affiliations and payment rules.

`Settings.connectors` is made of these; the request path reads that alone. Rates are per cent, amounts in a rule
are currency units, as the API shows them; no money is moved by them.
"""

from msgspec import field

from gateway_mock.records import Record

Number = int | float
"""A JSON number that is shown as it came, and never booked."""


class ConfigurationEntry(Record, frozen=True, kw_only=True):
    """One setting of an affiliation."""

    name: str
    value: str
    value_key: str | None = None


class AffiliationRecord(Record, frozen=True, kw_only=True):
    """A provider that the store has a contract with. Key: the affiliation id.

    What a caller sends has neither id, sequence nor connector; those are given when it is saved.
    """

    id: str = ""
    sequence: int = 0
    """Counts the affiliations of the account in the order they were made."""
    connector: str = ""
    """The short name under which payments know it; it never changes, because payments keep it."""
    implementation: str
    name: str
    configuration: tuple[ConfigurationEntry, ...] = ()
    is_delivered: bool = True
    is_configured: bool = True


class SalesChannel(Record, frozen=True, kw_only=True):
    """Where a rule holds: `:ALL:` means everywhere (documented)."""

    id: str


class RulePaymentSystem(Record, frozen=True, kw_only=True):
    """The method that a rule is about."""

    id: int
    name: str = ""
    implementation: str | None = None


class RuleConnector(Record, frozen=True, kw_only=True):
    """Who gets the payments."""

    implementation: str
    affiliation_id: str


class RuleAntifraud(Record, frozen=True, kw_only=True):
    """Who looks at them first; the sandbox keeps it and asks nobody."""

    implementation: str | None = None
    affiliation_id: str | None = None


class Named(Record, frozen=True, kw_only=True):
    """A card's issuer, cobrand or level, or anything but a name."""

    name: str | None = None


class RuleInstallment(Record, frozen=True, kw_only=True):
    """Installments that a rule offers."""

    rule_id: str | None = None
    quantity: int
    value: Number = 0
    interest_rate: Number = 0
    is_external_installment_service: Number | None = None
    interest_tax: Number | None = None


class InstallmentOptions(Record, frozen=True, kw_only=True):
    """All installments of a rule, and how interest is charged."""

    due_date_type: int = 0
    interest_rate_method: int | None = None
    minimum_installment_value: Number = 0
    installments: tuple[RuleInstallment, ...] = ()


class Condition(Record, frozen=True, kw_only=True):
    """The commercial condition of a rule."""

    id: str
    pull_rate: Number = 0
    name: str | None = None


class Country(Record, frozen=True, kw_only=True):
    """The country of a rule."""

    name: str | None = None
    iso_code: str


class DateInterval(Record, frozen=True, kw_only=True):
    """When a rule holds, as two cron expressions."""

    start: str
    end: str


class PaymentOption(Record, frozen=True, kw_only=True):
    """Days to pay, and what waiting costs."""

    days: Number
    interest_rate: Number = 0


class Deadline(Record, frozen=True, kw_only=True):
    """Ways to pay later."""

    payment_options: tuple[PaymentOption, ...] = ()


class RuleRecord(Record, frozen=True, kw_only=True):
    """Which connector gets the payments of a payment system. Key: the rule id.

    The sandbox routes by payment system, connector and `enabled` alone; the other conditions are kept and shown.
    What a caller sends has neither id nor sequence.
    """

    id: str = ""
    sequence: int = 0
    """Grows with every save: of two rules for one payment system, the one saved last wins (ours)."""
    name: str
    sales_channels: tuple[SalesChannel, ...] = ()
    payment_system: RulePaymentSystem
    connector: RuleConnector | None = None
    issuer: Named = field(default_factory=Named)
    antifraud: RuleAntifraud | None = None
    installment_options: InstallmentOptions | None = None
    is_self_authorized: bool | None = None
    requires_authentication: bool | None = None
    enabled: bool = True
    installments_service: bool = False
    is_default: bool | None = None
    begin_date: str | None = None
    end_date: str | None = None
    condition: Condition | None = None
    multi_merchant_list: tuple[str, ...] | None = None
    country: Country | None = None
    date_intervals: tuple[DateInterval, ...] | None = None
    external_interest: bool = False
    minimum_value: Number | None = None
    deadlines: tuple[Deadline, ...] = ()
    cobrand: Named = field(default_factory=Named)
    card_level: Named = field(default_factory=Named)
    excluded_bins_ranges: Number | None = None


class ManifestRecord(Record, frozen=True, kw_only=True):
    """What a PPP connector said that it can do, or why it did not. Key: its affiliation's id."""

    body: str | None = None
    """Its answer as it came, JSON."""
    error: str | None = None
