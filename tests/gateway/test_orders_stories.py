"""The worked examples E1-E6 over HTTP: the shop speaks to Orders, PPP connectors hear the gateway.

Tables as in the core's stories, one row a step::

    id       | given | step      | answer | connectors hear | order                   | c v r   | balanced
    E1-total | total | output 40 | 200    | settle A 100    | payment-approved 100/40 | 100 0 0 | yes

`register` is a change of version 1, `change` and `remove` are version 2, whose answer is how the change ended.
"""

import pytest

from tests.gateway.orders_shop import TWO_LINES, Shop

E1 = """
E1-total     | total   | output 40       | 200          | settle A 100              | payment-approved 100/40     | 100 0 0   | yes
             |         | register -10    | 200          | refund A 10               | payment-approved 90/40      | 100 0 10  | yes
             |         | output 50       | 200          | -                         | invoiced 90/90              | 100 0 10  | yes
             |         | input 15        | 200          | refund A 15               | invoiced 90/90 -15          | 100 0 25  | yes
E1-hold      | hold    | output 40       | 200          | -                         | payment-approved 100/40     | 0 0 0     | yes
             |         | register -10    | 200          | -                         | payment-approved 90/40      | 0 0 0     | yes
             |         | output 50       | 200          | settle A 90               | invoiced 90/90              | 90 0 0    | yes
             |         | input 15        | 200          | refund A 15               | invoiced 90/90 -15          | 90 0 15   | yes
E1-partial   | partial | output 40       | 200          | settle A 40               | payment-approved 100/40     | 40 0 0    | yes
             |         | register -10    | 200          | cancel A 10               | payment-approved 90/40      | 40 10 0   | yes
             |         | output 50       | 200          | settle A 50               | invoiced 90/90              | 90 10 0   | yes
             |         | input 15        | 200          | refund A 15               | invoiced 90/90 -15          | 90 10 15  | yes
E1-v2-total  | total   | output 40       | 200          | settle A 100              | payment-approved 100/40     | 100 0 0   | yes
             |         | change -10      | done         | refund A 10               | payment-approved 90/40      | 100 0 10  | yes
E1-v2-part   | partial | output 40       | 200          | settle A 40               | payment-approved 100/40     | 40 0 0    | yes
             |         | change -10      | done         | cancel A 10               | payment-approved 90/40      | 40 10 0   | yes
E1b-partial  | partial | register -10    | 200          | cancel A 10               | handling 90/0               | 0 10 0    | yes
             |         | output 90       | 200          | settle A 90               | invoiced 90/90              | 90 10 0   | yes
E1b-total    | total   | change -10      | done         | -                         | handling 90/0               | 0 0 0     | yes
             |         | output 90       | 200          | settle A 90               | invoiced 90/90              | 90 0 0    | yes
"""  # noqa: E501 - a table is read as one

E2 = """
E2-total     | total   | output 60       | 200          | settle A 100              | payment-approved 100/60     | 100 0 0   | yes
             |         | change -41      | canceled     | -                         | payment-approved 100/60     | 100 0 0   | yes
             |         | register -41    | 400 CHK0034  | -                         | payment-approved 100/60     | 100 0 0   | yes
             |         | change -40      | done         | refund A 40               | invoiced 60/60              | 100 0 40  | yes
             |         | input 20        | 200          | refund A 20               | invoiced 60/60 -20          | 100 0 60  | yes
E2-hold      | hold    | output 60       | 200          | -                         | payment-approved 100/60     | 0 0 0     | yes
             |         | change -41      | canceled     | -                         | payment-approved 100/60     | 0 0 0     | yes
             |         | change -40      | done         | settle A 60               | invoiced 60/60              | 60 0 0    | yes
             |         | input 20        | 200          | refund A 20               | invoiced 60/60 -20          | 60 0 20   | yes
E2-partial   | partial | output 60       | 200          | settle A 60               | payment-approved 100/60     | 60 0 0    | yes
             |         | change -41      | canceled     | -                         | payment-approved 100/60     | 60 0 0    | yes
             |         | change -40      | done         | cancel A 40               | invoiced 60/60              | 60 40 0   | yes
             |         | input 20        | 200          | refund A 20               | invoiced 60/60 -20          | 60 40 20  | yes
"""  # noqa: E501 - a table is read as one

E3 = """
E3-total     | total   | change +20      | done         | authorize A 20            | handling 120/0              | 0 0 0     | yes
             |         | output 50       | 200          | settle A 20, settle A 100 | payment-approved 120/50     | 120 0 0   | yes
             |         | output 70       | 200          | -                         | invoiced 120/120            | 120 0 0   | yes
             |         | input 15        | 200          | refund A 15               | invoiced 120/120 -15        | 120 0 15  | yes
E3-hold      | hold    | register +20    | 200          | authorize A 20            | handling 120/0              | 0 0 0     | yes
             |         | output 50       | 200          | -                         | payment-approved 120/50     | 0 0 0     | yes
             |         | output 70       | 200          | settle A 20, settle A 100 | invoiced 120/120            | 120 0 0   | yes
             |         | input 15        | 200          | refund A 15               | invoiced 120/120 -15        | 120 0 15  | yes
E3-partial   | partial | change +20      | done         | authorize A 20            | handling 120/0              | 0 0 0     | yes
             |         | output 50       | 200          | settle A 20, settle A 30  | payment-approved 120/50     | 50 0 0    | yes
             |         | output 70       | 200          | settle A 70               | invoiced 120/120            | 120 0 0   | yes
             |         | input 15        | 200          | refund A 15               | invoiced 120/120 -15        | 120 0 15  | yes
E3-denied-2  | partial | change +20 (A denies)   | canceled | authorize A 20        | handling 100/0              | 0 0 0     | yes
             |         | output 100      | 200          | settle A 100              | invoiced 100/100            | 100 0 0   | yes
E3-denied-1  | partial | register +20 (A denies) | 400 Mock.IncreaseDenied | authorize A 20 | handling 100/0      | 0 0 0     | yes
             |         | register +20    | 200          | authorize A 20            | handling 120/0              | 0 0 0     | yes
E3-pending-1 | partial | register +20 (A waits)  | 400 Mock.IncreaseDenied | authorize A 20, cancel A 20 | handling 100/0 | 0 0 0 | yes
             |         | output 100      | 200          | settle A 100              | invoiced 100/100            | 100 0 0   | yes
"""  # noqa: E501 - a table is read as one

E4 = """
E4a-total    | total   | cancel          | 200          | cancel A 100              | canceled 100/0              | 0 100 0   | yes
E4a-hold     | hold    | cancel          | 200          | cancel A 100              | canceled 100/0              | 0 100 0   | yes
E4a-partial  | partial | cancel          | 200          | cancel A 100              | canceled 100/0              | 0 100 0   | yes
E4b-total    | total   | register -10    | 200          | -                         | handling 90/0               | 0 0 0     | yes
             |         | cancel          | 200          | cancel A 100              | canceled 90/0               | 0 100 0   | yes
E4b-hold     | hold    | register -10    | 200          | -                         | handling 90/0               | 0 0 0     | yes
             |         | cancel          | 200          | cancel A 100              | canceled 90/0               | 0 100 0   | yes
E4b-partial  | partial | register -10    | 200          | cancel A 10               | handling 90/0               | 0 10 0    | yes
             |         | cancel          | 200          | cancel A 90               | canceled 90/0               | 0 100 0   | yes
E4d-total    | total   | output 40       | 200          | settle A 100              | payment-approved 100/40     | 100 0 0   | yes
             |         | cancel          | 400 CHK0202  | -                         | payment-approved 100/40     | 100 0 0   | yes
E4d-hold     | hold    | output 40       | 200          | -                         | payment-approved 100/40     | 0 0 0     | yes
             |         | cancel          | 400 CHK0202  | -                         | payment-approved 100/40     | 0 0 0     | yes
E4d-partial  | partial | output 40       | 200          | settle A 40               | payment-approved 100/40     | 40 0 0    | yes
             |         | cancel          | 400 CHK0202  | -                         | payment-approved 100/40     | 40 0 0    | yes
E4e          | total   | output 100      | 200          | settle A 100              | invoiced 100/100            | 100 0 0   | yes
             |         | cancel          | 400 CHK0202  | -                         | invoiced 100/100            | 100 0 0   | yes
"""  # noqa: E501 - a table is read as one

E4_SETTLED = """
E4c-total    | total   | advance 60      | 200          | settle A 100              | handling 100/0              | 100 0 0   | yes
             |         | cancel          | 200          | refund A 100              | canceled 100/0              | 100 0 100 | yes
E4c-hold     | hold    | advance 60      | 200          | settle A 100              | handling 100/0              | 100 0 0   | yes
             |         | cancel          | 200          | refund A 100              | canceled 100/0              | 100 0 100 | yes
E4c-partial  | partial | advance 60      | 200          | settle A 100              | handling 100/0              | 100 0 0   | yes
             |         | cancel          | 200          | refund A 100              | canceled 100/0              | 100 0 100 | yes
"""  # noqa: E501 - a table is read as one

E5 = """
E5-total     | total   | output 38       | 200          | settle A 100              | payment-approved 100/38     | 100 0 0   | yes
             |         | remove 1 B kept | done         | refund A 25               | payment-approved 75/38      | 100 0 25  | yes
             |         | output 37       | 200          | -                         | invoiced 75/75              | 100 0 25  | yes
             |         | input 25        | 200          | refund A 25               | invoiced 75/75 -25          | 100 0 50  | yes
E5-hold      | hold    | output 38       | 200          | -                         | payment-approved 100/38     | 0 0 0     | yes
             |         | remove 1 B kept | done         | -                         | payment-approved 75/38      | 0 0 0     | yes
             |         | output 37       | 200          | settle A 75               | invoiced 75/75              | 75 0 0    | yes
             |         | input 25        | 200          | refund A 25               | invoiced 75/75 -25          | 75 0 25   | yes
E5-partial   | partial | output 38       | 200          | settle A 38               | payment-approved 100/38     | 38 0 0    | yes
             |         | remove 1 B kept | done         | cancel A 25               | payment-approved 75/38      | 38 25 0   | yes
             |         | output 37       | 200          | settle A 37               | invoiced 75/75              | 75 25 0   | yes
             |         | input 25        | 200          | refund A 25               | invoiced 75/75 -25          | 75 25 25  | yes
E5f-partial  | partial | output 38       | 200          | settle A 38               | payment-approved 100/38     | 38 0 0    | yes
             |         | remove 1 B      | done         | cancel A 31               | payment-approved 69/38      | 38 31 0   | yes
             |         | output 31       | 200          | settle A 31               | invoiced 69/69              | 69 31 0   | yes
E5x-partial  | partial | output 30       | 200          | settle A 30               | payment-approved 100/30     | 30 0 0    | yes
             |         | output 50       | 200          | settle A 50               | payment-approved 100/80     | 80 0 0    | yes
             |         | change -20      | done         | cancel A 20               | invoiced 80/80              | 80 20 0   | yes
"""  # noqa: E501 - a table is read as one

E6 = """
E6-total     | total   | output 40       | 200          | settle A 110              | payment-approved 100/40     | 110 0 0   | yes
             |         | output 60       | 200          | -                         | invoiced 100/100            | 110 0 0   | yes
E6-hold      | hold    | output 40       | 200          | -                         | payment-approved 100/40     | 0 0 0     | yes
             |         | output 60       | 200          | settle A 110              | invoiced 100/100            | 110 0 0   | yes
E6-partial   | partial | output 40       | 200          | settle A 44               | payment-approved 100/40     | 44 0 0    | yes
             |         | output 60       | 200          | settle A 66               | invoiced 100/100            | 110 0 0   | yes
"""  # noqa: E501 - a table is read as one


def stories(*tables):
    """The stories of some tables as test parameters."""
    rows = [
        [" ".join(cell.split()) for cell in line.split("|")]
        for table in tables
        for line in table.strip().splitlines()
    ]
    starts = [number for number, row in enumerate(rows) if row[0]]
    return [
        pytest.param(rows[start][1], rows[start:end], id=rows[start][0])
        for start, end in zip(starts, [*starts[1:], len(rows)], strict=True)
    ]


def answered(shop, answer):
    """The column `answer`: the status, with the code of a refusal; of an acknowledged change, how it ended."""
    if answer.status_code == 202:
        return shop.outcome(answer)["status"]
    return f"{answer.status_code} {answer.json['error']['code']}" if answer.status_code >= 400 else "200"


def play(shop, rows):
    """Perform every row and hold it against the table."""
    for _, _, step, *expected in rows:
        answer = shop.perform(step)
        order, confirmed, balanced = shop.state()
        found = [answered(shop, answer), shop.heard(), order, confirmed, balanced]
        assert found == expected, step


@pytest.mark.parametrize(("mode", "rows"), stories(E1, E2, E3, E4))
def test_the_stories_hold_over_http(world, mode, rows):
    """Order of 100.00, one payment: every step leads to its answer, its calls, its order and its money."""
    play(Shop(world, mode), rows)


@pytest.mark.parametrize(("mode", "rows"), stories(E4_SETTLED))
def test_money_that_settled_by_itself_is_refunded(world, mode, rows):
    """E4 c: the delay of the connector ran out before the order was cancelled."""
    world.connectors["A"].delays = {"delayToAutoSettle": 60, "delayToAutoSettleAfterAntifraud": 60}
    play(Shop(world, mode), rows)


@pytest.mark.parametrize(("mode", "rows"), stories(E5))
def test_two_parcels_with_freight_hold_over_http(world, mode, rows):
    """E5: two lines, freight by line, one unit removed with and without its freight."""
    play(Shop(world, mode, **TWO_LINES), rows)


@pytest.mark.parametrize(("mode", "rows"), stories(E6))
def test_interest_holds_over_http(world, mode, rows):
    """E6: the shopper pays 110.00 for an order of 100.00."""
    play(Shop(world, mode, payments=[{"paymentSystem": 2, "value": 11_000}]), rows)


@pytest.mark.parametrize(("mode", "rows"), stories(E3))
def test_the_stories_are_the_same_in_every_store(every_world, mode, rows):
    """Memory, SQLite, PostgreSQL: the stories with most records, those of an increase."""
    play(Shop(every_world, mode), rows)


def test_a_legacy_connector_settles_the_whole_order(world):
    """The story in the old world: one settle of everything, refunds for what changed."""
    shop = Shop(world, "legacy")
    assert shop.output("40").status_code == 200
    assert shop.state() == ["payment-approved 100/40", "100 0 0", "yes"]
    assert shop.outcome(shop.change("-10"))["status"] == "done"
    assert shop.output("50").status_code == 200
    assert shop.state() == ["invoiced 90/90", "100 0 10", "yes"]


def test_a_legacy_connector_that_refunds_only_the_whole_refuses_the_change(world):
    """E1c: CHK0096; the order goes on with the remaining 60.00."""
    shop = Shop(world, "legacy", refundsInPart=False)
    shop.output("40")
    change = shop.outcome(shop.change("-10"))
    assert change["status"] == "canceled"
    expected = "CHK0096: Change cannot be done. Possible reason: settlement directly done by API."
    assert change["logs"][-1]["message"] == expected
    assert shop.output("60").status_code == 200
    assert shop.state() == ["invoiced 100/100", "100 0 0", "yes"]
