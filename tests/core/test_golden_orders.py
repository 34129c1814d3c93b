"""The worked examples of an order's life, seen by its transaction: what Orders asks for, and what connectors hear.

`reduce` is the refund by which Orders lowers an order whose money is captured already: that part is never settled.
E1-E5 are the recommended readings of the documents, E6 shows known issue 1130035 and its recommended repair.
"""

import pytest

from gateway_mock.core.allocation import in_proportion

EXAMPLES = """
id          | given          | request               | calls                     | status    | S X R    | open | c v r
E1-total    | A 100 total    | settle 40             | settle A 100              | Settling  | 40 0 0   | 60   | 100 0 0
            |                | reduce 10             | refund A.1 10             | Settling  | 40 0 10  | 50   | 100 0 10
            |                | settle 50             | -                         | Finished  | 90 0 10  | 0    | 100 0 10
            |                | refund 15             | refund A.1 15             | Finished  | 90 0 25  | 0    | 100 0 25
E1-hold     | A 100 hold     | settle 40             | -                         | Settling  | 40 0 0   | 60   | 0 0 0
            |                | cancel 10             | -                         | Settling  | 40 10 0  | 50   | 0 0 0
            |                | settle 50             | settle A 90               | Finished  | 90 10 0  | 0    | 90 0 0
            |                | refund 15             | refund A.1 15             | Finished  | 90 10 15 | 0    | 90 0 15
E1-partial  | A 100 partial  | settle 40             | settle A 40               | Settling  | 40 0 0   | 60   | 40 0 0
            |                | cancel 10             | cancel A 10               | Settling  | 40 10 0  | 50   | 40 10 0
            |                | settle 50             | settle A 50               | Finished  | 90 10 0  | 0    | 90 10 0
            |                | refund 15             | refund A.1 15             | Finished  | 90 10 15 | 0    | 90 10 15
E1b-total   | A 100 total    | cancel 10             | -                         | Approved  | 0 10 0   | 90   | 0 0 0
            |                | settle 90             | settle A 90               | Finished  | 90 10 0  | 0    | 90 0 0
E1b-hold    | A 100 hold     | cancel 10             | -                         | Approved  | 0 10 0   | 90   | 0 0 0
            |                | settle 90             | settle A 90               | Finished  | 90 10 0  | 0    | 90 0 0
E1b-partial | A 100 partial  | cancel 10             | cancel A 10               | Approved  | 0 10 0   | 90   | 0 10 0
            |                | settle 90             | settle A 90               | Finished  | 90 10 0  | 0    | 90 10 0
E2-total    | A 100 total    | settle 60             | settle A 100              | Settling  | 60 0 0   | 40   | 100 0 0
            |                | reduce 40             | refund A.1 40             | Finished  | 60 0 40  | 0    | 100 0 40
            |                | refund 20             | refund A.1 20             | Finished  | 60 0 60  | 0    | 100 0 60
E2-too-much | A 100 total    | settle 60             | settle A 100              | Settling  | 60 0 0   | 40   | 100 0 0
            |                | reduce 40.01          | REFUND_EXCEEDS            | Settling  | 60 0 0   | 40   | 100 0 0
E2-hold     | A 100 hold     | settle 60             | -                         | Settling  | 60 0 0   | 40   | 0 0 0
            |                | cancel 40             | settle A 60               | Finished  | 60 40 0  | 0    | 60 0 0
            |                | refund 20             | refund A.1 20             | Finished  | 60 40 20 | 0    | 60 0 20
E2-partial  | A 100 partial  | settle 60             | settle A 60               | Settling  | 60 0 0   | 40   | 60 0 0
            |                | cancel 40             | cancel A 40               | Finished  | 60 40 0  | 0    | 60 40 0
            |                | refund 20             | refund A.1 20             | Finished  | 60 40 20 | 0    | 60 40 20
E3-total    | A 100 total    | increase B 20 total   | authorize B 20            | Approved  | 0 0 0    | 120  | 0 0 0
            |                | settle 50             | settle B 20, settle A 100 | Settling  | 50 0 0   | 70   | 120 0 0
            |                | settle 70             | -                         | Finished  | 120 0 0  | 0    | 120 0 0
            |                | refund 15             | refund B.1 15             | Finished  | 120 0 15 | 0    | 120 0 15
E3-hold     | A 100 hold     | increase B 20 hold    | authorize B 20            | Approved  | 0 0 0    | 120  | 0 0 0
            |                | settle 50             | -                         | Settling  | 50 0 0   | 70   | 0 0 0
            |                | settle 70             | settle B 20, settle A 100 | Finished  | 120 0 0  | 0    | 120 0 0
            |                | refund 15             | refund B.1 15             | Finished  | 120 0 15 | 0    | 120 0 15
E3-partial  | A 100 partial  | increase B 20 partial | authorize B 20            | Approved  | 0 0 0    | 120  | 0 0 0
            |                | settle 50             | settle B 20, settle A 30  | Settling  | 50 0 0   | 70   | 50 0 0
            |                | settle 70             | settle A 70               | Finished  | 120 0 0  | 0    | 120 0 0
            |                | refund 15             | refund B.1 15             | Finished  | 120 0 15 | 0    | 120 0 15
E3-denied   | A 100 partial  | increase B 20 partial (B denies) | authorize B 20 | Approved  | 0 0 0    | 100  | 0 0 0
            |                | settle 100            | settle A 100              | Finished  | 100 0 0  | 0    | 100 0 0
E4a-total   | A 100 total    | cancel 100            | cancel A 100              | Cancelled | 0 100 0  | 0    | 0 100 0
E4a-hold    | A 100 hold     | cancel 100            | cancel A 100              | Cancelled | 0 100 0  | 0    | 0 100 0
E4a-partial | A 100 partial  | cancel 100            | cancel A 100              | Cancelled | 0 100 0  | 0    | 0 100 0
E4b-total   | A 100 total    | cancel 10             | -                         | Approved  | 0 10 0   | 90   | 0 0 0
            |                | cancel 90             | cancel A 100              | Cancelled | 0 100 0  | 0    | 0 100 0
E4b-hold    | A 100 hold     | cancel 10             | -                         | Approved  | 0 10 0   | 90   | 0 0 0
            |                | cancel 90             | cancel A 100              | Cancelled | 0 100 0  | 0    | 0 100 0
E4b-partial | A 100 partial  | cancel 10             | cancel A 10               | Approved  | 0 10 0   | 90   | 0 10 0
            |                | cancel 90             | cancel A 90               | Cancelled | 0 100 0  | 0    | 0 100 0
E4c-total   | A 100 total    | auto A                | settle A 100              | Approved  | 0 0 0    | 100  | 100 0 0
            |                | reduce 100            | refund A.1 100            | Cancelled | 0 0 100  | 0    | 100 0 100
E4c-hold    | A 100 hold     | auto A                | settle A 100              | Approved  | 0 0 0    | 100  | 100 0 0
            |                | reduce 100            | refund A.1 100            | Cancelled | 0 0 100  | 0    | 100 0 100
E4c-partial | A 100 partial  | auto A                | settle A 100              | Approved  | 0 0 0    | 100  | 100 0 0
            |                | reduce 100            | refund A.1 100            | Cancelled | 0 0 100  | 0    | 100 0 100
E4c-failed  | A 100 partial  | auto A                | settle A 100              | Approved  | 0 0 0    | 100  | 100 0 0
            |                | reduce 100 (A gives up) | refund A.1 100          | Cancelled | 0 0 100  | 0    | 100 0 0
E4d-total   | A 100 total    | settle 40             | settle A 100              | Settling  | 40 0 0   | 60   | 100 0 0
            |                | cancel 100            | CANCEL_EXCEEDS            | Settling  | 40 0 0   | 60   | 100 0 0
E4f         | A 100 partial  | cancel 100 (A gives up) | cancel A 100            | Cancelled | 0 100 0  | 0    | 0 0 0
E4f-by-hand | A 100 total    | cancel 100 (A by hand) | cancel A 100             | Cancelled | 0 100 0  | 0    | 0 0 0
E5-total    | A 100 total    | settle 38             | settle A 100              | Settling  | 38 0 0   | 62   | 100 0 0
            |                | reduce 25             | refund A.1 25             | Settling  | 38 0 25  | 37   | 100 0 25
            |                | settle 37             | -                         | Finished  | 75 0 25  | 0    | 100 0 25
            |                | refund 25             | refund A.1 25             | Finished  | 75 0 50  | 0    | 100 0 50
E5-hold     | A 100 hold     | settle 38             | -                         | Settling  | 38 0 0   | 62   | 0 0 0
            |                | cancel 25             | -                         | Settling  | 38 25 0  | 37   | 0 0 0
            |                | settle 37             | settle A 75               | Finished  | 75 25 0  | 0    | 75 0 0
            |                | refund 25             | refund A.1 25             | Finished  | 75 25 25 | 0    | 75 0 25
E5-partial  | A 100 partial  | settle 38             | settle A 38               | Settling  | 38 0 0   | 62   | 38 0 0
            |                | cancel 25             | cancel A 25               | Settling  | 38 25 0  | 37   | 38 25 0
            |                | settle 37             | settle A 37               | Finished  | 75 25 0  | 0    | 75 25 0
            |                | refund 25             | refund A.1 25             | Finished  | 75 25 25 | 0    | 75 25 25
E6-total    | A 110 total    | settle 100            | settle A 110              | Settling  | 100 0 0  | 10   | 110 0 0
            |                | settle 10             | -                         | Finished  | 110 0 0  | 0    | 110 0 0
E6-hold     | A 110 hold     | settle 100            | -                         | Settling  | 100 0 0  | 10   | 0 0 0
            |                | settle 10             | settle A 110              | Finished  | 110 0 0  | 0    | 110 0 0
E6-partial  | A 110 partial  | settle 100            | settle A 100              | Settling  | 100 0 0  | 10   | 100 0 0
            |                | settle 10             | settle A 10               | Finished  | 110 0 0  | 0    | 110 0 0
E6r-total   | A 110 total    | settle 44             | settle A 110              | Settling  | 44 0 0   | 66   | 110 0 0
            |                | settle 66             | -                         | Finished  | 110 0 0  | 0    | 110 0 0
E6r-hold    | A 110 hold     | settle 44             | -                         | Settling  | 44 0 0   | 66   | 0 0 0
            |                | settle 66             | settle A 110              | Finished  | 110 0 0  | 0    | 110 0 0
E6r-partial | A 110 partial  | settle 44             | settle A 44               | Settling  | 44 0 0   | 66   | 44 0 0
            |                | settle 66             | settle A 66               | Finished  | 110 0 0  | 0    | 110 0 0
"""  # noqa: E501


def test_the_worked_examples_hold(example):
    """Every request of the order leads to the example's calls, status and totals."""
    example.play()


@pytest.mark.parametrize("mode", ["total", "hold", "partial"])
def test_the_connector_keeps_what_was_invoiced_and_not_returned(mode, given, perform):
    """E1 in every mode: settled minus refunded is 75.00, the invoices (90) minus the return (15)."""
    play = given(f"A 100 {mode}")
    change = "reduce 10" if mode == "total" else "cancel 10"
    for request in ("settle 40", change, "settle 50", "refund 15"):
        perform(play, request)
    assert play.transaction.total("captured") - play.transaction.total("refunded") == 7500


@pytest.mark.parametrize(
    ("invoiced", "already", "due"),
    [(4000, 0, 4400), (10000, 4400, 6600), (3333, 0, 3666), (6666, 3666, 3666), (10000, 7332, 3668)],
)
def test_interest_is_settled_in_proportion(invoiced, already, due):
    """110.00 over an order of 100.00: each invoice brings its share, the last one the rest (E6, recommended)."""
    assert in_proportion(11000, invoiced, 10000, already) == due
