"""The story as data: what the merchant does, and what is documented to follow. Currency units, typed by hand.

Order 100.00: invoice 40, change -10, invoice 50, return 15. From VTEX's announcement of partial invoices, its page
on settlement types, and the errors of `Register change`. Documented: the requests to the gateway, the calls to the
connector in each mode, CHK0096. Inferred: that Total refunds what a change takes off money already captured, and
how a merchant whose connector cannot do that gets to the same end.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Final

NOTHING: Final = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What everybody sees of one step, in words; `-` is nothing."""

    sends: str
    """What the merchant's system sends: an operation and its amount."""
    refused: str
    """How that was refused: HTTP status and code."""
    order: str
    invoiced: str
    """What the invoices add up to, and the value of the order."""
    asked: str
    """What the gateway was asked for."""
    did: str
    """What the connector did."""
    paid: str
    """What the connector took from the shopper, less what it gave back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What is left at the end, in currency units."""

    paid: str
    by_hand: str
    """What a person has to give back outside VTEX."""
    net: str
    reserved: str
    """What the connector still holds on the card, until the authorization expires."""
    books: str
    """Whether the gateway's ledger and the connector's own say the same; a legacy connector has none."""


Sheet = Step | End


@dataclass(frozen=True, slots=True)
class Course:
    """How a story goes, documented or observed."""

    steps: tuple[Step, ...]
    end: End

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """All figures in the order of the story; the last sheet is the end."""
        return (*self.steps, self.end)


@dataclass(frozen=True, slots=True)
class Story:
    """One column of the table: a connector, and the documented figures."""

    name: str
    connector: Mapping[str, str | bool]
    """What `PUT /_mock/connectors/NAME` gets; a PPP connector's url is added when it is known."""
    documented: Course

    @property
    def is_ppp(self) -> bool:
        """Whether the connector speaks the Payment Provider Protocol."""
        return self.connector["kind"] == "ppp"


@dataclass(frozen=True, slots=True)
class Played:
    """A story and what was observed of it."""

    story: Story
    observed: Course


@dataclass(frozen=True, slots=True)
class Difference:
    """One observed figure that is not the documented one, on one sheet of the story."""

    sheet: int
    figure: str
    documented: str
    observed: str


def _steps(table: str) -> tuple[Step, ...]:
    """Read a table whose cells stand two or more spaces apart, the first line being the names."""
    names, *rows = (re.split(r"\s{2,}", line.strip()) for line in table.strip().splitlines())
    return tuple(Step(**dict(zip(names, row, strict=True))) for row in rows)


LEGACY: Final = Story(
    "Legacy",
    {"kind": "legacy", "refundsInPart": False},
    Course(
        _steps("""
        sends          refused      order             invoiced       asked         did               paid
        order 100.00   -            handling          0.00/100.00    -             authorize 100.00  0.00
        invoice 40.00  -            payment-approved  40.00/100.00   settle 40.00  settle 100.00     100.00
        change -10.00  400 CHK0096  payment-approved  40.00/100.00   -             -                 100.00
        invoice 60.00  -            invoiced          100.00/100.00  settle 60.00  -                 100.00
        return 25.00   -            invoiced          100.00/100.00  refund 25.00  by hand 25.00     100.00
        """),
        End(paid="100.00", by_hand="25.00", net="75.00", reserved="0.00", books="-"),
    ),
)

TOTAL: Final = Story(
    "PPP Total",
    {"kind": "ppp", "mode": "total"},
    Course(
        _steps("""
        sends          refused  order             invoiced      asked         did               paid
        order 100.00   -        handling          0.00/100.00   -             authorize 100.00  0.00
        invoice 40.00  -        payment-approved  40.00/100.00  settle 40.00  settle 100.00     100.00
        change -10.00  -        payment-approved  40.00/90.00   refund 10.00  refund 10.00      90.00
        invoice 50.00  -        invoiced          90.00/90.00   settle 50.00  -                 90.00
        return 15.00   -        invoiced          90.00/90.00   refund 15.00  refund 15.00      75.00
        """),
        End(paid="75.00", by_hand="0.00", net="75.00", reserved="0.00", books="agree"),
    ),
)

HOLD: Final = Story(
    "PPP Hold",
    {"kind": "ppp", "mode": "hold"},
    Course(
        _steps("""
        sends          refused  order             invoiced      asked         did               paid
        order 100.00   -        handling          0.00/100.00   -             authorize 100.00  0.00
        invoice 40.00  -        payment-approved  40.00/100.00  settle 40.00  -                 0.00
        change -10.00  -        payment-approved  40.00/90.00   cancel 10.00  -                 0.00
        invoice 50.00  -        invoiced          90.00/90.00   settle 50.00  settle 90.00      90.00
        return 15.00   -        invoiced          90.00/90.00   refund 15.00  refund 15.00      75.00
        """),
        End(paid="75.00", by_hand="0.00", net="75.00", reserved="10.00", books="agree"),
    ),
)

PARTIAL: Final = Story(
    "PPP Partial",
    {"kind": "ppp", "mode": "partial"},
    Course(
        _steps("""
        sends          refused  order             invoiced      asked         did               paid
        order 100.00   -        handling          0.00/100.00   -             authorize 100.00  0.00
        invoice 40.00  -        payment-approved  40.00/100.00  settle 40.00  settle 40.00      40.00
        change -10.00  -        payment-approved  40.00/90.00   cancel 10.00  cancel 10.00      40.00
        invoice 50.00  -        invoiced          90.00/90.00   settle 50.00  settle 50.00      90.00
        return 15.00   -        invoiced          90.00/90.00   refund 15.00  refund 15.00      75.00
        """),
        End(paid="75.00", by_hand="0.00", net="75.00", reserved="0.00", books="agree"),
    ),
)

STORIES: Final = (LEGACY, TOTAL, HOLD, PARTIAL)

OUTSIDE_VTEX: Final = (
    "keep the lower price on paper: the change of -10.00 is refused with CHK0096, for all 100.00 is captured",
    "invoice 60.00 where 50.00 was sold, or the order never ends",
    "take 25.00 back where goods for 15.00 came back",
    "let a person give the shopper 25.00: the connector answers that it cannot refund in part",
)
"""What the legacy merchant had to do outside VTEX before."""


def differences(played: Played) -> Iterator[Difference]:
    """Every observed figure that is not the documented one, in the order of the story."""
    both = zip(played.story.documented.sheets, played.observed.sheets, strict=True)
    for sheet, (wanted, seen) in enumerate(both):
        for figure in fields(wanted):
            documented, observed = getattr(wanted, figure.name), getattr(seen, figure.name)
            if documented != observed:
                yield Difference(sheet, figure.name, documented, observed)
