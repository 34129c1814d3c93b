"""A return may follow its last invoice at once: what connectors have not captured yet does not lose it."""

import pytest

from tests.gateway.orders_shop import Shop
from tests.gateway.timeline import DAY, HOUR

COLUMNS = """
mode    | invoices first | after the return                 | hears then
total   | 100            | invoice 100/100 -15 of 0 0 0     | settle A 100, refund A 15
hold    | 100            | invoice 100/100 -15 of 0 0 0     | settle A 100, refund A 15
partial | 100            | invoice 100/100 -15 of 0 0 0     | settle A 100, refund A 15
partial | 40 60          | invoice 100/100 -15 of 40 0 15   | settle A 60
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in COLUMNS.strip().splitlines()[1:]]


def invoiced(world, mode, invoices):
    """An order whose last invoice is still being captured: its connector has not answered."""
    shop = Shop(world, mode)
    *before, last = invoices.split()
    for value in before:
        shop.output(value)
    shop.perform(f"output {last} (A fails 500)")
    return shop


@pytest.mark.parametrize(("mode", "invoices", "then", "hears"), ROWS, ids=[f"{row[0]} {row[1]}" for row in ROWS])
def test_a_return_waits_for_the_capture_of_what_is_invoiced(mode, invoices, then, hears, world):
    """Documented: it is the invoices that have to be complete. What is captured goes at once, the rest later."""
    shop = invoiced(world, mode, invoices)
    assert shop.input("15").status_code == 200
    status, confirmed, _ = shop.state()
    assert f"{status} of {confirmed}" == then
    shop.heard()
    shop.advance(HOUR)
    assert shop.heard() == hears
    assert shop.state() == ["invoiced 100/100 -15", "100 0 15", "yes"]


def test_the_books_say_that_a_return_waits(world):
    """And they do not say that it came too early."""
    shop = invoiced(world, "total", "100")
    shop.input("15")
    assert "refunds of 15.00 wait for a capture" in shop.ledger()["differences"]
    assert not [each for each in shop.ledger()["differences"] if "before full invoicing" in each]


def test_no_more_comes_back_than_is_invoiced(world):
    """Returns of 60.00 and 40.00 are taken while 100.00 is being captured, a cent more is not."""
    shop = invoiced(world, "total", "100")
    assert [shop.input(value).status_code for value in ("60", "40", "0.01")] == [200, 200, 400]
    shop.advance(HOUR)
    assert shop.state() == ["invoiced 100/100 -100", "100 0 100", "yes"]


def test_a_return_of_what_is_never_captured_is_never_refunded(world):
    """The connector refuses for a day: nothing was charged, so nothing goes back, and the books say what lacks."""
    shop = Shop(world, "total")
    shop.perform("output 100" + " (" + ", ".join(["A fails 500"] * 40) + ")")
    assert shop.input("15").status_code == 200
    shop.advance(2 * DAY)
    assert not [call for call in shop.heard().split(", ") if call.startswith("refund")]
    assert "returns add up to 15.00, requested refunds to 0.00" in shop.ledger()["differences"]
