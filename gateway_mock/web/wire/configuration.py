"""Affiliations and payment rules as the Payments Gateway API spells them.

The same struct reads a body and writes an answer, where both have one shape. What the official schema demands of a
body but the sandbox can do without has a default: VTEX documents no error for leaving it out.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field

from gateway_mock.core.payment_systems import ID_MAX
from gateway_mock.records_configuration import AffiliationRecord, RuleRecord

NUMBER_MAX = 10**12
INSTALLMENTS_MAX = 120
RATE_MAX = 1000

Name = Annotated[str, Meta(max_length=256)]
Text = Annotated[str, Meta(max_length=8192)]
Number = Annotated[int, Meta(ge=0, le=NUMBER_MAX)] | Annotated[float, Meta(ge=0, le=float(NUMBER_MAX))]
Rate = Annotated[int, Meta(ge=0, le=RATE_MAX)] | Annotated[float, Meta(ge=0, le=float(RATE_MAX))]


# --- Affiliations -------------------------------------------------------------------------------------------


class Entry(Struct, rename="camel"):
    """One setting of an affiliation; null says nothing, as an empty text does."""

    name: Name
    value: Text | None
    value_key: Text | None = None


class Affiliation(Struct, rename="camel", kw_only=True):
    """An affiliation. A body to create one has no id."""

    id: Name = ""
    implementation: Name
    name: Name
    configuration: Annotated[list[Entry], Meta(max_length=200)]
    is_delivered: bool = field(name="isdelivered", default=True)
    """Spelt so."""
    is_configured: bool = True


def affiliation_record(body: Affiliation) -> AffiliationRecord:
    """What a body says; its id does not count."""
    for entry in body.configuration:
        entry.value = entry.value or ""
    return msgspec.convert(body, AffiliationRecord, from_attributes=True)


def affiliation(record: AffiliationRecord) -> Affiliation:
    """An affiliation as an answer."""
    return msgspec.convert(record, Affiliation, from_attributes=True)


# --- Rules --------------------------------------------------------------------------------------------------


class SalesChannel(Struct, rename="camel"):
    """Where a rule holds."""

    id: Name


def _everywhere() -> list[SalesChannel]:
    return [SalesChannel(":ALL:")]


class RulePaymentSystem(Struct, rename="camel"):
    """The method that a rule is about."""

    id: Annotated[int, Meta(ge=1, le=ID_MAX)]
    name: Name = ""
    implementation: Name | None = None


class RuleConnector(Struct, rename="camel"):
    """Who gets the payments."""

    implementation: Name
    affiliation_id: Name


class RuleAntifraud(Struct, rename="camel"):
    """Who looks at them first."""

    implementation: Name | None = None
    affiliation_id: Name | None = None


class Named(Struct, rename="camel"):
    """An issuer, a cobrand or a card level."""

    name: Name | None = None


class RuleInstallment(Struct, rename="camel", kw_only=True):
    """Installments that a rule offers."""

    rule_id: Name | None = None
    quantity: Annotated[int, Meta(ge=1, le=INSTALLMENTS_MAX)]
    value: Number = 0
    interest_rate: Rate = 0
    is_external_installment_service: Number | None = None
    interest_tax: Rate | None = None


class InstallmentOptions(Struct, rename="camel"):
    """All installments of a rule."""

    due_date_type: Literal[0, 1] = 0
    interest_rate_method: Literal[0, 1, 2] | None = None
    minimum_installment_value: Number = 0
    installments: Annotated[list[RuleInstallment], Meta(max_length=INSTALLMENTS_MAX)] = []


class Condition(Struct, rename="camel"):
    """A commercial condition."""

    id: Name
    pull_rate: Number = 0
    name: Name | None = None


class Country(Struct, rename="camel", kw_only=True):
    """A country."""

    name: Name | None = None
    iso_code: Name


class DateInterval(Struct, rename="camel"):
    """From one cron expression to another."""

    start: Name
    end: Name


class PaymentOption(Struct, rename="camel"):
    """Days to pay, and what waiting costs."""

    days: Number
    interest_rate: Rate = 0


class Deadline(Struct, rename="camel"):
    """Ways to pay later."""

    payment_options: Annotated[list[PaymentOption], Meta(max_length=100)] = []


class Rule(Struct, rename="camel", kw_only=True):
    """A payment rule. A body to create one has no id."""

    id: Name = ""
    name: Name
    sales_channels: Annotated[list[SalesChannel], Meta(max_length=100)] = field(default_factory=_everywhere)
    payment_system: RulePaymentSystem
    connector: RuleConnector | None = None
    issuer: Named = field(default_factory=Named)
    antifraud: RuleAntifraud | None = None
    installment_options: InstallmentOptions | None = None
    is_self_authorized: bool | None = None
    requires_authentication: bool | None = None
    enabled: bool
    installments_service: bool = False
    is_default: bool | None = None
    begin_date: Name | None = None
    end_date: Name | None = None
    condition: Condition | None = None
    multi_merchant_list: Annotated[list[Name], Meta(max_length=1000)] | None = None
    country: Country | None = None
    date_intervals: Annotated[list[DateInterval], Meta(max_length=100)] | None = None
    external_interest: bool = False
    minimum_value: Number | None = None
    deadlines: Annotated[list[Deadline], Meta(max_length=100)] = []
    cobrand: Named = field(default_factory=Named)
    card_level: Named = field(default_factory=Named)
    excluded_bins_ranges: Number | None = None


def rule_record(body: Rule) -> RuleRecord:
    """What a body says; its id does not count."""
    return msgspec.convert(body, RuleRecord, from_attributes=True)


def rule(record: RuleRecord) -> Rule:
    """A rule as an answer."""
    return msgspec.convert(record, Rule, from_attributes=True)
