"""The examples of the documents, and the recommended readings of their silences, mode by mode.

T1-T4, H1-H5, P1-P4 and X1 are VTEX's own (order of 100, help pages on settlement types and on post-purchase
operations); the others carry the id of the silence (S) or contradiction (C) whose recommended reading they show.
"""

import pytest

from gateway_mock.core.modes import Kind, Mode, allowed, together

EXAMPLES = """
id          | given                        | request                 | calls                        | status    | S X R     | open | c v r
T1          | A 100 total                  | settle 20               | settle A 100                 | Settling  | 20 0 0    | 80   | 100 0 0
            |                              | settle 80               | -                            | Finished  | 100 0 0   | 0    | 100 0 0
T2          | A 100 total                  | cancel 20               | -                            | Approved  | 0 20 0    | 80   | 0 0 0
            |                              | cancel 80               | cancel A 100                 | Cancelled | 0 100 0   | 0    | 0 100 0
T3          | A 100 total                  | settle 100              | settle A 100                 | Finished  | 100 0 0   | 0    | 100 0 0
            |                              | refund 20               | refund A.1 20                | Finished  | 100 0 20  | 0    | 100 0 20
            |                              | refund 80               | refund A.1 80                | Finished  | 100 0 100 | 0    | 100 0 100
T4          | A 100 total                  | settle 50               | settle A 100                 | Settling  | 50 0 0    | 50   | 100 0 0
H1          | A 100 hold                   | settle 20               | -                            | Settling  | 20 0 0    | 80   | 0 0 0
            |                              | settle 80               | settle A 100                 | Finished  | 100 0 0   | 0    | 100 0 0
H2          | A 100 hold                   | cancel 20               | -                            | Approved  | 0 20 0    | 80   | 0 0 0
            |                              | cancel 80               | cancel A 100                 | Cancelled | 0 100 0   | 0    | 0 100 0
H3          | A 100 hold                   | cancel 20               | -                            | Approved  | 0 20 0    | 80   | 0 0 0
            |                              | settle 80               | settle A 80                  | Finished  | 80 20 0   | 0    | 80 0 0
H4          | A 100 hold                   | settle 100              | settle A 100                 | Finished  | 100 0 0   | 0    | 100 0 0
            |                              | refund 20               | refund A.1 20                | Finished  | 100 0 20  | 0    | 100 0 20
            |                              | refund 80               | refund A.1 80                | Finished  | 100 0 100 | 0    | 100 0 100
H5          | A 100 hold                   | settle 70               | -                            | Settling  | 70 0 0    | 30   | 0 0 0
            |                              | settle 30               | settle A 100                 | Finished  | 100 0 0   | 0    | 100 0 0
P1          | A 100 partial                | settle 20               | settle A 20                  | Settling  | 20 0 0    | 80   | 20 0 0
            |                              | settle 80               | settle A 80                  | Finished  | 100 0 0   | 0    | 100 0 0
P2          | A 100 partial                | cancel 20               | cancel A 20                  | Approved  | 0 20 0    | 80   | 0 20 0
            |                              | cancel 80               | cancel A 80                  | Cancelled | 0 100 0   | 0    | 0 100 0
P3          | A 100 partial                | settle 100              | settle A 100                 | Finished  | 100 0 0   | 0    | 100 0 0
            |                              | refund 20               | refund A.1 20                | Finished  | 100 0 20  | 0    | 100 0 20
            |                              | refund 80               | refund A.1 80                | Finished  | 100 0 100 | 0    | 100 0 100
P4          | A 100 partial                | settle 60               | settle A 60                  | Settling  | 60 0 0    | 40   | 60 0 0
            |                              | settle 40.01            | SETTLE_EXCEEDS               | Settling  | 60 0 0    | 40   | 60 0 0
            |                              | settle 40               | settle A 40                  | Finished  | 100 0 0   | 0    | 100 0 0
X1-settle   | A 40 hold, B 60 partial      | settle 20               | settle A 40, settle B 60     | Settling  | 20 0 0    | 80   | 100 0 0
            |                              | settle 80               | -                            | Finished  | 100 0 0   | 0    | 100 0 0
X1-cancel   | A 40 hold, B 60 partial      | cancel 20               | -                            | Approved  | 0 20 0    | 80   | 0 0 0
            |                              | cancel 80               | cancel A 40, cancel B 60     | Cancelled | 0 100 0   | 0    | 0 100 0
S1          | A 100 total                  | settle 100.01           | SETTLE_EXCEEDS               | Approved  | 0 0 0     | 100  | 0 0 0
            |                              | settle 100              | settle A 100                 | Finished  | 100 0 0   | 0    | 100 0 0
            |                              | settle 0.01             | SETTLE_EXCEEDS               | Finished  | 100 0 0   | 0    | 100 0 0
S2          | A 100 partial                | settle 0                | SETTLE_EXCEEDS               | Approved  | 0 0 0     | 100  | 0 0 0
            |                              | settle -1               | SETTLE_EXCEEDS               | Approved  | 0 0 0     | 100  | 0 0 0
S3          | A 100 total                  | cancel 20               | -                            | Approved  | 0 20 0    | 80   | 0 0 0
            |                              | settle 50               | settle A 80                  | Settling  | 50 20 0   | 30   | 80 0 0
            |                              | settle 30               | -                            | Finished  | 80 20 0   | 0    | 80 0 0
S4          | A 100 hold                   | settle 70               | -                            | Settling  | 70 0 0    | 30   | 0 0 0
            |                              | cancel 30               | settle A 70                  | Finished  | 70 30 0   | 0    | 70 0 0
S5-total    | A 40 total, B 60 total       | settle 10               | settle A 40, settle B 60     | Settling  | 10 0 0    | 90   | 100 0 0
S5-lowest   | A 60 total, B 40 total       | cancel 20               | -                            | Approved  | 0 20 0    | 80   | 0 0 0
            |                              | settle 80               | settle B 20, settle A 60     | Finished  | 80 20 0   | 0    | 80 0 0
S5-freed    | A 40 total, B 60 total       | cancel 50               | -                            | Approved  | 0 50 0    | 50   | 0 0 0
            |                              | settle 50               | settle B 50, cancel A 40     | Finished  | 50 50 0   | 0    | 50 40 0
S5-at-once  | A 40 total, B 60 total       | cancel 50               | -                            | Approved  | 0 50 0    | 50   | 0 0 0
            |                              | settle 20               | settle B 50, cancel A 40     | Settling  | 20 50 0   | 30   | 50 40 0
            |                              | settle 30               | -                            | Finished  | 50 50 0   | 0    | 50 40 0
S5-hold     | A 40 hold, B 60 hold         | cancel 50               | -                            | Approved  | 0 50 0    | 50   | 0 0 0
            |                              | settle 50               | settle B 50, cancel A 40     | Finished  | 50 50 0   | 0    | 50 40 0
P-lowest    | A 60 partial, B 40 partial   | settle 50               | settle B 40, settle A 10     | Settling  | 50 0 0    | 50   | 50 0 0
            |                              | cancel 20               | cancel A 20                  | Settling  | 50 20 0   | 30   | 50 20 0
P-cancel    | A 60 partial, B 40 partial   | cancel 50               | cancel B 40, cancel A 10     | Approved  | 0 50 0    | 50   | 0 50 0
            |                              | settle 50               | settle A 50                  | Finished  | 50 50 0   | 0    | 50 50 0
S6-cancel   | A 100 total                  | cancel 100              | cancel A 100                 | Cancelled | 0 100 0   | 0    | 0 100 0
            |                              | settle 1                | SETTLE_EXCEEDS               | Cancelled | 0 100 0   | 0    | 0 100 0
            |                              | cancel 1                | CANCEL_EXCEEDS               | Cancelled | 0 100 0   | 0    | 0 100 0
S6-finish   | A 100 partial                | settle 100              | settle A 100                 | Finished  | 100 0 0   | 0    | 100 0 0
            |                              | cancel 1                | CANCEL_EXCEEDS               | Finished  | 100 0 0   | 0    | 100 0 0
S9-partial  | A 100 partial                | settle 60               | settle A 60                  | Settling  | 60 0 0    | 40   | 60 0 0
            |                              | cancel 40               | cancel A 40                  | Finished  | 60 40 0   | 0    | 60 40 0
S9-total    | A 100 total                  | settle 60               | settle A 100                 | Settling  | 60 0 0    | 40   | 100 0 0
            |                              | cancel 40               | CANCEL_AFTER_CAPTURE         | Settling  | 60 0 0    | 40   | 100 0 0
S9-hold     | A 100 hold                   | settle 60               | -                            | Settling  | 60 0 0    | 40   | 0 0 0
            |                              | cancel 40               | settle A 60                  | Finished  | 60 40 0   | 0    | 60 0 0
S10         | A 100 partial                | settle 60               | settle A 60                  | Settling  | 60 0 0    | 40   | 60 0 0
            |                              | settle 40               | settle A 40                  | Finished  | 100 0 0   | 0    | 100 0 0
            |                              | refund 80               | refund A.1 60, refund A.2 20 | Finished  | 100 0 80  | 0    | 100 0 80
            |                              | refund 20               | refund A.2 20                | Finished  | 100 0 100 | 0    | 100 0 100
S11         | A 100 partial                | settle 60               | settle A 60                  | Settling  | 60 0 0    | 40   | 60 0 0
            |                              | refund 60.01            | REFUND_EXCEEDS               | Settling  | 60 0 0    | 40   | 60 0 0
            |                              | refund 60               | refund A.1 60                | Settling  | 60 0 60   | 40   | 60 0 60
            |                              | refund 0.01             | REFUND_EXCEEDS               | Settling  | 60 0 60   | 40   | 60 0 60
S12         | A 100 hold                   | settle 70               | -                            | Settling  | 70 0 0    | 30   | 0 0 0
            |                              | refund 1                | REFUND_EXCEEDS               | Settling  | 70 0 0    | 30   | 0 0 0
S13         | A 100 total                  | settle 20               | settle A 100                 | Settling  | 20 0 0    | 80   | 100 0 0
            |                              | refund 70               | refund A.1 70                | Settling  | 20 0 70   | 80   | 100 0 70
            |                              | settle 80               | -                            | Finished  | 100 0 70  | 0    | 100 0 70
S18         | A 50 partial, B 50 partial   | settle 60               | settle A 50, settle B 10     | Settling  | 60 0 0    | 40   | 60 0 0
S19-settle  | A 40 partial, B 50 partial   | settle 90 (A confirms 10, B confirms 45) | settle A 40, settle B 50 | Settling | 55 0 0 | 35 | 55 0 0
            |                              | settle 10               | settle A 10                  | Settling  | 65 0 0    | 25   | 65 0 0
S19-refund  | A 40 partial, B 60 partial   | settle 50               | settle A 40, settle B 10     | Settling  | 50 0 0    | 50   | 50 0 0
            |                              | refund 20               | refund B.1 10, refund A.1 10 | Settling  | 50 0 20   | 50   | 50 0 20
S23         | A 100 hold                   | settle 20               | -                            | Settling  | 20 0 0    | 80   | 0 0 0
            |                              | increase B 20 partial   | authorize B 20               | Settling  | 20 0 0    | 100  | 0 0 0
            |                              | settle 100              | settle B 20, settle A 100    | Finished  | 120 0 0   | 0    | 120 0 0
S24-total   | A 40 total, B 60 partial     | settle 20               | settle A 40, settle B 60     | Settling  | 20 0 0    | 80   | 100 0 0
S24-hold    | A 40 total, B 60 hold        | settle 20               | settle A 40, settle B 60     | Settling  | 20 0 0    | 80   | 100 0 0
S24-legacy  | A 40 total legacy, B 60 hold | settle 20               | settle A 40, settle B 60     | Settling  | 20 0 0    | 80   | 100 0 0
legacy      | A 100 total legacy           | settle 40               | settle A 100                 | Settling  | 40 0 0    | 60   | 100 0 0
S25-total   | A 100 total                  | cancel 20               | -                            | Approved  | 0 20 0    | 80   | 0 0 0
            |                              | auto A                  | settle A 80                  | Approved  | 0 20 0    | 80   | 80 0 0
S25-hold    | A 100 hold                   | settle 30               | -                            | Settling  | 30 0 0    | 70   | 0 0 0
            |                              | auto A                  | settle A 100                 | Settling  | 30 0 0    | 70   | 100 0 0
            |                              | settle 70               | -                            | Finished  | 100 0 0   | 0    | 100 0 0
S25-partial | A 100 partial                | settle 30               | settle A 30                  | Settling  | 30 0 0    | 70   | 30 0 0
            |                              | cancel 10               | cancel A 10                  | Settling  | 30 10 0   | 60   | 30 10 0
            |                              | auto A                  | settle A 60                  | Settling  | 30 10 0   | 60   | 90 10 0
            |                              | settle 60               | -                            | Finished  | 90 10 0   | 0    | 90 10 0
S25-one     | A 40 partial, B 60 partial   | auto B                  | settle B 60                  | Approved  | 0 0 0     | 100  | 60 0 0
            |                              | settle 70               | settle A 10                  | Settling  | 70 0 0    | 30   | 70 0 0
            |                              | settle 30               | settle A 30                  | Finished  | 100 0 0   | 0    | 100 0 0
S25-again   | A 100 partial                | auto A                  | settle A 100                 | Approved  | 0 0 0     | 100  | 100 0 0
            |                              | auto A                  | -                            | Approved  | 0 0 0     | 100  | 100 0 0
S26-total   | A 100 total                  | auto A                  | settle A 100                 | Approved  | 0 0 0     | 100  | 100 0 0
            |                              | settle 50               | -                            | Settling  | 50 0 0    | 50   | 100 0 0
            |                              | settle 50               | -                            | Finished  | 100 0 0   | 0    | 100 0 0
S26-hold    | A 100 hold                   | auto A                  | settle A 100                 | Approved  | 0 0 0     | 100  | 100 0 0
            |                              | settle 50               | -                            | Settling  | 50 0 0    | 50   | 100 0 0
            |                              | settle 50               | -                            | Finished  | 100 0 0   | 0    | 100 0 0
S26-partial | A 100 partial                | auto A                  | settle A 100                 | Approved  | 0 0 0     | 100  | 100 0 0
            |                              | settle 50               | -                            | Settling  | 50 0 0    | 50   | 100 0 0
            |                              | settle 50               | -                            | Finished  | 100 0 0   | 0    | 100 0 0
S33         | A 100 total                  | authorize               | -                            | Approved  | 0 0 0     | 100  | 0 0 0
            |                              | settle 20               | settle A 100                 | Settling  | 20 0 0    | 80   | 100 0 0
            |                              | authorize               | -                            | Settling  | 20 0 0    | 80   | 100 0 0
C31-auto    | A 100 partial                | auto A                  | settle A 100                 | Approved  | 0 0 0     | 100  | 100 0 0
            |                              | cancel 100              | CANCEL_AFTER_CAPTURE         | Approved  | 0 0 0     | 100  | 100 0 0
            |                              | cancel 1                | CANCEL_AFTER_CAPTURE         | Approved  | 0 0 0     | 100  | 100 0 0
refund-low  | A 60 total, B 40 total       | settle 100              | settle B 40, settle A 60     | Finished  | 100 0 0   | 0    | 100 0 0
            |                              | refund 50               | refund B.1 40, refund A.1 10 | Finished  | 100 0 50  | 0    | 100 0 50
KI-464837   | A 66.99 total, B 67.00 total, C 30.99 total giftCard | settle 164.98 | settle C 30.99, settle A 66.99, settle B 67 | Finished | 164.98 0 0 | 0 | 164.98 0 0
            |                              | refund 104.99           | refund C.1 30.99, refund A.1 66.99, refund B.1 7.01 | Finished | 164.98 0 104.99 | 0 | 164.98 0 104.99
KI-1118560  | A 100 partial                | settle 100              | settle A 100                 | Finished  | 100 0 0   | 0    | 100 0 0
            |                              | refund 10               | refund A.1 10                | Finished  | 100 0 10  | 0    | 100 0 10
            |                              | refund 10               | refund A.1 10                | Finished  | 100 0 20  | 0    | 100 0 20
"""  # noqa: E501


def test_the_documents_and_the_recommended_readings_hold(example):
    """Every row leads to its calls, its status, its requested totals and its confirmed totals."""
    example.play()


@pytest.mark.parametrize(
    ("kind", "mode", "verdict"),
    [
        (Kind.PPP, Mode.TOTAL, True),
        (Kind.PPP, Mode.HOLD, True),
        (Kind.PPP, Mode.PARTIAL, True),
        (Kind.LEGACY, Mode.TOTAL, True),
        (Kind.LEGACY, Mode.HOLD, False),
        (Kind.LEGACY, Mode.PARTIAL, False),
    ],
)
def test_a_legacy_connector_only_settles_the_total(kind, mode, verdict):
    """Hold and Partial need the Payment Provider Protocol (release note of 2022-06-27)."""
    assert allowed(kind, mode) is verdict


@pytest.mark.parametrize("mode", list(Mode))
def test_equal_modes_stay(mode):
    """A transaction whose connectors agree runs in their mode."""
    assert together([mode, mode, mode]) is mode


@pytest.mark.parametrize(
    "modes",
    [
        (Mode.HOLD, Mode.PARTIAL),
        (Mode.TOTAL, Mode.PARTIAL),
        (Mode.TOTAL, Mode.HOLD),
        (Mode.HOLD, Mode.HOLD, Mode.PARTIAL),
        (Mode.TOTAL, Mode.HOLD, Mode.PARTIAL),
    ],
)
def test_different_modes_run_as_total(modes):
    """Documented for Hold + Partial, recommended for every other difference (S24)."""
    assert together(modes) is Mode.TOTAL
