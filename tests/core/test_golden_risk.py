"""What an anti-fraud's verdict does, mode by mode: S27, and what a delay captured before it came.

Before the verdict a transaction is authorized, but not approved: delays settle (documented), cancels are taken
(C30), settles and refunds are not (documented: they need an approved transaction).
"""

EXAMPLES = """
id       | given                      | request              | calls                       | status        | S X R    | open | c v r
yes      | new A 100 total            | authorize antifraud  | authorize A 100             | AnalyzingRisk | 0 0 0    | 100  | 0 0 0
         |                            | settle 20            | NOT_APPROVED                | AnalyzingRisk | 0 0 0    | 100  | 0 0 0
         |                            | risk approved        | -                           | Approved      | 0 0 0    | 100  | 0 0 0
         |                            | settle 20            | settle A 100                | Settling      | 20 0 0   | 80   | 100 0 0
         |                            | risk rejected        | -                           | Settling      | 20 0 0   | 80   | 100 0 0
no       | new A 40 hold, B 60 hold   | authorize antifraud  | authorize A 40, authorize B 60 | AnalyzingRisk | 0 0 0 | 100  | 0 0 0
         |                            | risk rejected        | cancel A 40, cancel B 60    | Cancelled     | 0 100 0  | 0    | 0 100 0
         |                            | risk approved        | -                           | Cancelled     | 0 100 0  | 0    | 0 100 0
S27      | new A 100 total            | authorize antifraud  | authorize A 100             | AnalyzingRisk | 0 0 0    | 100  | 0 0 0
         |                            | auto A               | settle A 100                | AnalyzingRisk | 0 0 0    | 100  | 100 0 0
         |                            | refund 20            | NOT_APPROVED                | AnalyzingRisk | 0 0 0    | 100  | 100 0 0
         |                            | cancel 100           | CANCEL_AFTER_CAPTURE        | AnalyzingRisk | 0 0 0    | 100  | 100 0 0
         |                            | risk rejected        | refund A.1 100              | Cancelled     | 0 0 100  | 0    | 100 0 100
S27 two  | new A 40 partial, B 60 partial | authorize antifraud | authorize A 40, authorize B 60 | AnalyzingRisk | 0 0 0 | 100 | 0 0 0
         |                            | auto B               | settle B 60                 | AnalyzingRisk | 0 0 0    | 100  | 60 0 0
         |                            | risk rejected        | refund B.1 60, cancel A 40  | Cancelled     | 0 40 60  | 0    | 60 40 60
S27 late | new A 100 total            | authorize antifraud  | authorize A 100             | AnalyzingRisk | 0 0 0    | 100  | 0 0 0
         |                            | auto A               | settle A 100                | AnalyzingRisk | 0 0 0    | 100  | 100 0 0
         |                            | risk approved        | -                           | Approved      | 0 0 0    | 100  | 100 0 0
         |                            | settle 100           | -                           | Finished      | 100 0 0  | 0    | 100 0 0
C30 part | new A 100 partial          | authorize antifraud  | authorize A 100             | AnalyzingRisk | 0 0 0    | 100  | 0 0 0
         |                            | cancel 20            | cancel A 20                 | AnalyzingRisk | 0 20 0   | 80   | 0 20 0
         |                            | risk rejected        | cancel A 80                 | Cancelled     | 0 100 0  | 0    | 0 100 0
C30 held | new A 100 hold             | authorize antifraud  | authorize A 100             | AnalyzingRisk | 0 0 0    | 100  | 0 0 0
         |                            | cancel 20            | -                           | AnalyzingRisk | 0 20 0   | 80   | 0 0 0
         |                            | auto A               | settle A 80                 | AnalyzingRisk | 0 20 0   | 80   | 80 0 0
         |                            | risk rejected        | refund A.1 80, cancel A 20  | Cancelled     | 0 20 80  | 0    | 80 20 80
C30 all  | new A 100 total            | authorize antifraud  | authorize A 100             | AnalyzingRisk | 0 0 0    | 100  | 0 0 0
         |                            | cancel 100           | cancel A 100                | Cancelled     | 0 100 0  | 0    | 0 100 0
         |                            | risk approved        | -                           | Cancelled     | 0 100 0  | 0    | 0 100 0
C9       | new A 100 total            | authorize antifraud  | authorize A 100             | AnalyzingRisk | 0 0 0    | 100  | 0 0 0
         |                            | risk rejected (A gives up) | cancel A 100          | Cancelled     | 0 100 0  | 0    | 0 0 0
C10      | new A 100 total            | authorize antifraud  | authorize A 100             | AnalyzingRisk | 0 0 0    | 100  | 0 0 0
         |                            | auto A (A gives up)  | settle A 100, cancel A 100  | Cancelled     | 0 100 0  | 0    | 0 100 0
denied   | new A 40 total, B 60 total | authorize antifraud (B denies) | authorize A 40, authorize B 60, cancel A 40 | Cancelled | 0 100 0 | 0 | 0 40 0
"""  # noqa: E501


def test_the_verdict_is_as_the_table_says(example):
    """Every row is typed by hand: calls, status, totals, what connectors confirmed."""
    example.play()
