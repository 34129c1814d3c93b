"""The demo's pure parts: the documented figures, their judge, the words for what was seen, the table."""

import io
import re
from dataclasses import fields, replace
from decimal import Decimal

import pytest
from rich.console import Console

from gateway_mock.demo.answers import (
    ConnectorCall,
    ConnectorPayment,
    LedgerPayment,
    Movement,
    Movements,
    Order,
    Package,
    Packages,
)
from gateway_mock.demo.show import show
from gateway_mock.demo.story import HOLD, LEGACY, PARTIAL, STORIES, TOTAL, Course, Difference, Played, differences
from gateway_mock.demo.view import View, ended, observed

DOCUMENTED = [Played(story, story.documented) for story in STORIES]
"""Every story just as documented."""


def forged(story, sheet, figure, text):
    """A story as documented, but for one figure."""
    steps, end = list(story.documented.steps), story.documented.end
    if sheet == len(steps):
        end = replace(end, **{figure: text})
    else:
        steps[sheet] = replace(steps[sheet], **{figure: text})
    return Played(story, Course(tuple(steps), end))


def shown(played, width=120):
    """The verdict and what was printed."""
    console = Console(file=io.StringIO(), width=width, highlight=False)
    return show(console, played), console.file.getvalue()


# --- The documented figures -----------------------------------------------------------------------------------


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_what_the_connector_does_adds_up_to_what_the_shopper_has_paid(story):
    """After every step: the settles so far less the refunds so far."""
    paid = Decimal(0)
    for step in story.documented.steps:
        for sign, amount in re.findall(r"(settle|refund) ([\d.]+)", step.did):
            paid += Decimal(amount) if sign == "settle" else -Decimal(amount)
        assert step.paid == f"{paid:.2f}", step


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_every_column_ends_with_75(story):
    """What the shopper has paid less what came back by hand."""
    end = story.documented.end
    assert end.net == "75.00" == f"{Decimal(end.paid) - Decimal(end.by_hand):.2f}"


def test_the_ppp_columns_send_the_story_of_the_announcement():
    """Order 100.00, invoice 40, change -10, invoice 50, return 15; the legacy one has to send other amounts."""
    told = ["order 100.00", "invoice 40.00", "change -10.00", "invoice 50.00", "return 15.00"]
    for story in (TOTAL, HOLD, PARTIAL):
        assert [step.sends for step in story.documented.steps] == told
    assert [step.sends for step in LEGACY.documented.steps][3:] == ["invoice 60.00", "return 25.00"]


# --- The judge ------------------------------------------------------------------------------------------------


def test_the_documented_figures_have_no_difference():
    """Nothing is wrong with what is right."""
    assert [list(differences(played)) for played in DOCUMENTED] == [[], [], [], []]
    verdict, text = shown(DOCUMENTED)
    assert verdict is True
    assert text.rstrip().endswith("Every figure is the documented one. Net 75.00 everywhere.")


@pytest.mark.parametrize(
    ("story", "sheet", "figure"),
    [
        (story, sheet, figure.name)
        for story in STORIES
        for sheet, shown in enumerate(story.documented.sheets)
        for figure in fields(shown)
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_each_single_figure_is_judged(story, sheet, figure):
    """A forged figure, whichever it is, is the one difference that is found."""
    documented = getattr(story.documented.sheets[sheet], figure)
    assert list(differences(forged(story, sheet, figure, "0.01"))) == [
        Difference(sheet, figure, documented, "0.01")
    ]


def test_a_wrong_figure_is_shown_beside_the_documented_one():
    """In its place in the table, and the verdict is no."""
    played = [*DOCUMENTED[:3], forged(PARTIAL, 1, "did", "settle 100.00")]
    verdict, text = shown(played)
    assert verdict is False
    assert "not settle 40.00" in text
    assert "1 of the figures are not the documented ones" in text
    assert "Every figure" not in text


# --- What was seen ----------------------------------------------------------------------------------------------


def view(*, asked=(), actions=(), calls=(), captured=0, voided=0, refunded=0, ledger=None, invoices=()):
    """A view of an order of 100.00; `calls` None is a legacy connector."""
    money = {"authorized": 10_000, "captured": captured, "voided": voided, "refunded": refunded}
    own = None
    if calls is not None:
        units = {name: Decimal(amount) / 100 for name, amount in money.items()}
        own = ConnectorPayment(
            calls=tuple(ConnectorCall(operation=o, value=v, status=s) for o, v, s in calls), **units
        )
    packages = Packages(packages=tuple(Package(type=kind, invoice_value=value) for kind, value in invoices))
    return View(
        order=Order(status="payment-approved", value=10_000, package_attachment=packages),
        movements={
            operation: Movements(
                requests=tuple(Movement(value=value) for name, value in asked if name == operation),
                actions=tuple(
                    Movement(value=value, type=kind) for name, value, kind in actions if name == operation
                ),
            )
            for operation in ("settle", "cancel", "refund")
        },
        ledger=LedgerPayment(**(money | (ledger or {}))),
        own=own,
    )


def test_only_what_is_new_belongs_to_a_step():
    """An equal amount that comes a second time is new."""
    first = [("authorize", Decimal("100.00"), 200), ("settle", Decimal("40.00"), 200)]
    before = view(asked=[("settle", 4000)], calls=first, captured=4000)
    after = view(
        asked=[("settle", 4000), ("settle", 4000)],
        calls=[*first, first[1]],
        captured=8000,
        invoices=[("Output", 8000)],
    )
    step = observed("invoice 40.00", "-", before, after)
    assert (step.asked, step.did, step.paid) == ("settle 40.00", "settle 40.00", "80.00")
    assert (step.order, step.invoiced) == ("payment-approved", "80.00/100.00")


def test_returns_are_no_sales():
    """The invoices of type Input do not count as invoiced."""
    step = observed("return 15.00", "-", None, view(invoices=[("Output", 9000), ("Input", 1500)]))
    assert step.invoiced == "90.00/100.00"


def test_a_connector_that_did_nothing_or_refused_is_seen():
    """No call is a dash, a refused one is named with its HTTP status, one without a value has none."""
    assert observed("change -10.00", "-", None, view()).did == "-"
    refused = view(calls=[("settle", Decimal("40.00"), 500), ("cancel", None, 200)])
    assert observed("invoice 40.00", "-", None, refused).did == "settle 500, cancel -"


def test_a_legacy_connector_is_seen_by_what_the_gateway_noted():
    """Its refund by hand is no refund, and the shopper still has paid all."""
    noted = [("settle", 10_000, "upon-request"), ("refund", 2500, "email-notification")]
    seen = view(calls=None, actions=noted, captured=10_000)
    step, end = observed("return 25.00", "-", None, seen), ended(seen)
    assert step.did == "authorize 100.00, settle 100.00, by hand 25.00"
    assert (end.paid, end.by_hand, end.net, end.reserved, end.books) == ("100.00", "25.00", "75.00", "0.00", "-")


def test_the_connectors_own_books_count_and_are_compared():
    """A gateway that believes something else is found out by name."""
    seen = view(captured=9000, refunded=1500, ledger={"captured": 10_000, "voided": 1000})
    end = ended(seen)
    assert (end.paid, end.reserved, end.books) == ("75.00", "10.00", "captured, voided differ")


# --- The table --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [80, 100, 120])
def test_the_table_fits_and_keeps_its_words_whole(width):
    """On narrow terminals it gets taller, not cut."""
    _, text = shown(DOCUMENTED, width)
    assert max(map(len, text.splitlines())) <= width
    assert text.count("payment-approved") == 8
    assert text.count("authorize 100.00") == 4
    assert "…" not in text


def test_the_table_has_a_line_for_every_figure_that_says_something():
    """`refused` stands once, where somebody was refused; the net stands four times."""
    _, text = shown(DOCUMENTED)
    (refused,) = [line.split() for line in text.splitlines() if "and is refused" in line]
    assert refused[3:] == ["400", "CHK0096", "-", "-", "-"]
    (net,) = [line.split() for line in text.splitlines() if line.startswith("  net ")]
    assert net == ["net", "75.00", "75.00", "75.00", "75.00"]
    assert "let a person give the shopper 25.00" in text
