"""What answers do to the ledger: short, over, late, given up, by hand, and requests that race them.

The rule behind most rows is C29: `S` counts held or confirmed amounts only (what is on its way counts as long as
it is), so an amount that no connector captured can be asked for again, and a closed transaction hides nothing.
"""

EXAMPLES = """
id             | given                      | request                     | calls         | status    | S X R   | open | c v r
S14-partial    | A 100 partial              | settle 100 (A confirms 70)  | settle A 100  | Settling  | 70 0 0  | 30   | 70 0 0
               |                            | settle 30                   | settle A 30   | Finished  | 100 0 0 | 0    | 100 0 0
S14-hold       | A 100 hold                 | settle 100 (A confirms 70)  | settle A 100  | Settling  | 70 0 0  | 30   | 70 0 0
               |                            | settle 30                   | settle A 30   | Finished  | 100 0 0 | 0    | 100 0 0
S14-total      | A 100 total                | settle 20 (A confirms 70)   | settle A 100  | Settling  | 20 0 0  | 80   | 70 0 0
               |                            | settle 80                   | settle A 30   | Finished  | 100 0 0 | 0    | 100 0 0
S14-nothing    | A 100 partial              | settle 60 (A confirms 0)    | settle A 60   | Settling  | 0 0 0   | 100  | 0 0 0
               |                            | settle 100                  | settle A 100  | Finished  | 100 0 0 | 0    | 100 0 0
S14-refund     | A 100 partial              | settle 100                  | settle A 100  | Finished  | 100 0 0 | 0    | 100 0 0
               |                            | refund 50 (A confirms 30)   | refund A.1 50 | Finished  | 100 0 30 | 0   | 100 0 30
               |                            | refund 70                   | refund A.1 70 | Finished  | 100 0 100 | 0  | 100 0 100
S14-return     | A 100 partial              | settle 100                  | settle A 100  | Finished  | 100 0 0 | 0    | 100 0 0
               |                            | return 50 (A confirms 30)   | refund A.1 50 | Finished  | 100 0 50 | 0   | 100 0 30
               |                            | refund 70                   | REFUND_EXCEEDS | Finished | 100 0 50 | 0   | 100 0 30
               |                            | refund 50                   | refund A.1 50 | Finished  | 100 0 100 | 0  | 100 0 80
S14-change     | A 100 total                | settle 40                   | settle A 100  | Settling  | 40 0 0  | 60   | 100 0 0
               |                            | reduce 30 (A confirms 20)   | refund A.1 30 | Settling  | 40 0 30 | 30   | 100 0 20
               |                            | settle 30                   | -             | Finished  | 70 0 30 | 0    | 100 0 20
S14-taken-back | A 100 total                | auto A                      | settle A 100  | Approved  | 0 0 0   | 100  | 100 0 0
               |                            | reduce 100 (A confirms 20)  | refund A.1 100 | Cancelled | 0 0 100 | 0   | 100 0 20
S15-settle     | A 100 partial              | settle 50 (A confirms 60)   | settle A 50   | Settling  | 50 0 0  | 50   | 50 0 0
S15-negative   | A 100 partial              | settle 50 (A confirms -1)   | settle A 50   | Settling  | 50 0 0  | 50   | 50 0 0
S15-refund     | A 100 partial              | settle 100                  | settle A 100  | Finished  | 100 0 0 | 0    | 100 0 0
               |                            | refund 20 (A confirms 30)   | refund A.1 20 | Finished  | 100 0 20 | 0   | 100 0 20
               |                            | refund 20 (A confirms -1)   | refund A.1 20 | Finished  | 100 0 40 | 0   | 100 0 40
S22-total      | A 40 total giftCard, B 60 total | settle 100 (A waits)   | settle A 40, settle B 60 | Settling | 100 0 0 | 0 | 60 0 0
               |                            | settle 100                  | SETTLE_EXCEEDS | Settling | 100 0 0 | 0    | 60 0 0
               |                            | answer A (A gives up)       | cancel A 40   | Finished  | 60 40 0 | 0    | 60 40 0
S22-recovers   | A 40 hold, B 60 hold       | settle 100 (A waits)        | settle A 40, settle B 60 | Settling | 100 0 0 | 0 | 60 0 0
               |                            | answer A                    | -             | Finished  | 100 0 0 | 0    | 100 0 0
C10-rest       | A 100 partial              | settle 60                   | settle A 60   | Settling  | 60 0 0  | 40   | 60 0 0
               |                            | settle 40 (A gives up)      | settle A 40, cancel A 40 | Finished | 60 40 0 | 0 | 60 40 0
C10-all        | A 100 total                | settle 20 (A gives up)      | settle A 100, cancel A 100 | Cancelled | 0 100 0 | 0 | 0 100 0
C10-payment    | A 40 partial, B 60 partial | settle 30 (A gives up)      | settle A 30, cancel A 40 | Settling | 0 40 0 | 60 | 0 40 0
               |                            | settle 60                   | settle B 60   | Finished  | 60 40 0 | 0    | 60 40 0
C10-held       | A 100 hold                 | cancel 20                   | -             | Approved  | 0 20 0  | 80   | 0 0 0
               |                            | settle 80 (A gives up)      | settle A 80, cancel A 100 | Cancelled | 0 100 0 | 0 | 0 100 0
C10-held-total | A 40 total, B 60 total     | cancel 20                   | -             | Approved  | 0 20 0  | 80   | 0 0 0
               |                            | settle 30 (A gives up)      | settle A 20, settle B 60, cancel A 40 | Settling | 30 40 0 | 30 | 60 40 0
               |                            | settle 30                   | -             | Finished  | 60 40 0 | 0    | 60 40 0
C10-later      | A 100 partial              | settle 10 (A waits)         | settle A 10   | Settling  | 10 0 0  | 90   | 0 0 0
               |                            | settle 20 (A gives up)      | settle A 20, cancel A 90 | Settling | 10 90 0 | 0 | 0 90 0
               |                            | answer A                    | -             | Finished  | 10 90 0 | 0    | 10 90 0
C29-auto-short | A 100 total                | auto A (A waits)            | settle A 100  | Approved  | 0 0 0   | 100  | 0 0 0
               |                            | settle 100                  | -             | Settling  | 100 0 0 | 0    | 0 0 0
               |                            | answer A (A confirms 70)    | -             | Settling  | 70 0 0  | 30   | 70 0 0
               |                            | settle 30                   | settle A 30   | Finished  | 100 0 0 | 0    | 100 0 0
C29-auto-lost  | A 100 partial              | auto A (A waits)            | settle A 100  | Approved  | 0 0 0   | 100  | 0 0 0
               |                            | settle 100                  | -             | Settling  | 100 0 0 | 0    | 0 0 0
               |                            | answer A (A gives up)       | cancel A 100  | Cancelled | 0 100 0 | 0    | 0 100 0
C29-auto-hold  | A 100 hold                 | auto A (A waits)            | settle A 100  | Approved  | 0 0 0   | 100  | 0 0 0
               |                            | settle 100                  | -             | Settling  | 100 0 0 | 0    | 0 0 0
               |                            | answer A (A confirms 70)    | -             | Settling  | 70 0 0  | 30   | 70 0 0
               |                            | settle 30                   | settle A 30   | Finished  | 100 0 0 | 0    | 100 0 0
C29-held-stays | A 40 hold, B 60 hold       | settle 100 (A confirms 10, B waits) | settle A 40, settle B 60 | Settling | 70 0 0 | 30 | 10 0 0
               |                            | settle 10                   | -             | Settling  | 80 0 0  | 20   | 10 0 0
               |                            | answer B                    | -             | Settling  | 80 0 0  | 20   | 70 0 0
               |                            | settle 20                   | settle A 30   | Finished  | 100 0 0 | 0    | 100 0 0
S4-auto-lost   | A 40 hold, B 60 hold       | settle 60                   | -             | Settling  | 60 0 0  | 40   | 0 0 0
               |                            | auto A (A gives up)         | settle A 40, cancel A 40, settle B 60 | Finished | 60 40 0 | 0 | 60 40 0
S4-auto-over   | A 40 hold, B 60 hold       | settle 70                   | -             | Settling  | 70 0 0  | 30   | 0 0 0
               |                            | auto A (A gives up)         | settle A 40, cancel A 40, settle B 60 | Finished | 60 40 0 | 0 | 60 40 0
S4-reduce      | A 40 hold, B 60 hold       | auto A                      | settle A 40   | Approved  | 0 0 0   | 100  | 40 0 0
               |                            | settle 60                   | -             | Settling  | 60 0 0  | 40   | 40 0 0
               |                            | reduce 40                   | refund A.1 40, settle B 60 | Finished | 60 0 40 | 0 | 100 0 40
S5-taken-back  | A 100 total                | cancel 15                   | -             | Approved  | 0 15 0  | 85   | 0 0 0
               |                            | auto A                      | settle A 85   | Approved  | 0 15 0  | 85   | 85 0 0
               |                            | reduce 85                   | refund A.1 85, cancel A 15 | Cancelled | 0 15 85 | 0 | 85 15 85
S25-increase   | A 100 hold                 | cancel 30                   | -             | Approved  | 0 30 0  | 70   | 0 0 0
               |                            | auto A                      | settle A 70   | Approved  | 0 30 0  | 70   | 70 0 0
               |                            | increase B 20 hold          | authorize B 20 | Approved | 0 30 0  | 90   | 70 0 0
               |                            | auto B                      | settle B 20   | Approved  | 0 30 0  | 90   | 90 0 0
S25-stays-put  | A 100 hold                 | cancel 30                   | -             | Approved  | 0 30 0  | 70   | 0 0 0
               |                            | increase B 20 hold          | authorize B 20 | Approved | 0 30 0  | 90   | 0 0 0
               |                            | auto B                      | settle B 20   | Approved  | 0 30 0  | 90   | 20 0 0
               |                            | auto A                      | settle A 70   | Approved  | 0 30 0  | 90   | 90 0 0
S5-reduce      | A 40 total, B 60 total     | auto A                      | settle A 40   | Approved  | 0 0 0   | 100  | 40 0 0
               |                            | cancel 60                   | -             | Approved  | 0 60 0  | 40   | 40 0 0
               |                            | reduce 40                   | refund A.1 40, cancel B 60 | Cancelled | 0 60 40 | 0 | 40 60 40
S26-reduced    | A 40 partial, B 60 partial | auto A                      | settle A 40   | Approved  | 0 0 0   | 100  | 40 0 0
               |                            | reduce 10                   | refund A.1 10 | Approved  | 0 0 10  | 90   | 40 0 10
               |                            | settle 60                   | settle B 30   | Settling  | 60 0 10 | 30   | 70 0 10
               |                            | settle 30                   | settle B 30   | Finished  | 90 0 10 | 0    | 100 0 10
S5-increased   | A 40 total                 | increase B 20 total (B waits) | authorize B 20 | Approved | 0 0 0   | 40   | 0 0 0
               |                            | settle 40                   | settle A 40   | Settling  | 40 0 0  | 0    | 40 0 0
               |                            | answer B                    | -             | Settling  | 40 0 0  | 20   | 40 0 0
               |                            | cancel 20                   | cancel B 20   | Finished  | 40 20 0 | 0    | 40 20 0
S26-covers     | A 40 total                 | increase B 20 total (B waits) | authorize B 20 | Approved | 0 0 0   | 40   | 0 0 0
               |                            | settle 40                   | settle A 40   | Settling  | 40 0 0  | 0    | 40 0 0
               |                            | answer B                    | -             | Settling  | 40 0 0  | 20   | 40 0 0
               |                            | reduce 20                   | refund A.1 20, settle B 20 | Finished | 40 0 20 | 0 | 60 0 20
C9-not-settled | A 40 partial, B 60 partial | cancel 40 (A by hand)       | cancel A 40   | Approved  | 0 40 0  | 60   | 0 0 0
               |                            | settle 60                   | settle B 60   | Finished  | 60 40 0 | 0    | 60 0 0
approved       | new A 40 partial, B 60 partial | authorize (B waits)     | authorize A 40, authorize B 60 | Authorizing | 0 0 0 | 100 | 0 0 0
               |                            | settle 1                    | NOT_APPROVED  | Authorizing | 0 0 0 | 100  | 0 0 0
               |                            | answer B                    | -             | Approved  | 0 0 0   | 100  | 0 0 0
denied         | new A 40 partial, B 60 partial | authorize (B denies)    | authorize A 40, authorize B 60, cancel A 40 | Cancelled | 0 100 0 | 0 | 0 40 0
denied-first   | new A 40 partial, B 60 partial | authorize (A waits, B waits) | authorize A 40, authorize B 60 | Authorizing | 0 0 0 | 100 | 0 0 0
               |                            | answer A (A denies)         | cancel B 60   | Cancelling | 0 100 0 | 0   | 0 0 0
               |                            | answer B (B denies)         | -             | Cancelled | 0 100 0 | 0    | 0 0 0
expired        | new A 40 partial, B 60 partial | authorize (B gives up)  | authorize A 40, authorize B 60, cancel A 40, cancel B 60 | Cancelled | 0 100 0 | 0 | 0 40 0
S28-approval   | new A 100 partial          | authorize (A waits)         | authorize A 100 | Authorizing | 0 0 0 | 100 | 0 0 0
               |                            | cancel 100                  | cancel A 100  | Cancelling | 0 100 0 | 0   | 0 0 0
               |                            | answer A                    | cancel A 100  | Cancelled | 0 100 0 | 0    | 0 0 0
               |                            | settle 100                  | SETTLE_EXCEEDS | Cancelled | 0 100 0 | 0   | 0 0 0
S28-denial     | new A 100 partial          | authorize (A waits)         | authorize A 100 | Authorizing | 0 0 0 | 100 | 0 0 0
               |                            | cancel 100                  | cancel A 100  | Cancelling | 0 100 0 | 0   | 0 0 0
               |                            | answer A (A denies)         | -             | Cancelled | 0 100 0 | 0    | 0 0 0
C30-started    | new A 100 partial          | cancel 100                  | -             | Cancelled | 0 100 0 | 0    | 0 0 0
               |                            | authorize                   | -             | Cancelled | 0 100 0 | 0    | 0 0 0
increase-late  | A 100 partial              | increase B 20 partial (B waits) | authorize B 20 | Approved | 0 0 0 | 100 | 0 0 0
               |                            | cancel 100                  | cancel A 100  | Cancelling | 0 100 0 | 0   | 0 100 0
               |                            | answer B                    | cancel B 20   | Cancelled | 0 100 0 | 0    | 0 100 0
increase-lost  | A 100 partial              | increase B 20 partial (B gives up) | authorize B 20, cancel B 20 | Approved | 0 0 0 | 100 | 0 0 0
lost-withdrawn | A 100 partial              | increase B 20 partial (B gives up, B waits) | authorize B 20, cancel B 20 | Approved | 0 0 0 | 100 | 0 0 0
               |                            | withdraw B                  | -             | Approved  | 0 0 0   | 100  | 0 0 0
               |                            | answer B                    | -             | Approved  | 0 0 0   | 100  | 0 0 0
withdrawn      | A 100 partial              | increase B 20 partial (B waits) | authorize B 20 | Approved | 0 0 0 | 100  | 0 0 0
               |                            | withdraw B (B waits)        | cancel B 20   | Approved  | 0 0 0   | 100  | 0 0 0
               |                            | withdraw B                  | -             | Approved  | 0 0 0   | 100  | 0 0 0
               |                            | answer B                    | -             | Approved  | 0 0 0   | 100  | 0 0 0
               |                            | answer B                    | -             | Approved  | 0 0 0   | 100  | 0 0 0
               |                            | settle 100                  | settle A 100  | Finished  | 100 0 0 | 0    | 100 0 0
withdrawn-late | A 100 partial              | increase B 20 partial (B waits) | authorize B 20 | Approved | 0 0 0 | 100  | 0 0 0
               |                            | withdraw B                  | cancel B 20   | Approved  | 0 0 0   | 100  | 0 0 0
               |                            | answer B                    | cancel B 20   | Approved  | 0 0 0   | 100  | 0 0 0
               |                            | settle 101                  | SETTLE_EXCEEDS | Approved | 0 0 0   | 100  | 0 0 0
not-withdrawn  | A 100 partial              | increase B 20 partial       | authorize B 20 | Approved | 0 0 0   | 120  | 0 0 0
               |                            | withdraw B                  | -             | Approved  | 0 0 0   | 120  | 0 0 0
               |                            | withdraw A                  | -             | Approved  | 0 0 0   | 120  | 0 0 0
               |                            | withdraw C                  | -             | Approved  | 0 0 0   | 120  | 0 0 0
by-hand        | A 100 partial              | settle 100                  | settle A 100  | Finished  | 100 0 0 | 0    | 100 0 0
               |                            | refund 30 (A by hand)       | refund A.1 30 | Finished  | 100 0 30 | 0   | 100 0 0
               |                            | refund 80                   | REFUND_EXCEEDS | Finished | 100 0 30 | 0   | 100 0 0
               |                            | refund 70                   | refund A.1 70 | Finished  | 100 0 100 | 0  | 100 0 70
"""  # noqa: E501


def test_answers_lead_to_these_ledgers(example):
    """Every row leads to its calls, its status, its requested totals and its confirmed totals."""
    example.play()
