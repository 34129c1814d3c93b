"""The switches of the money: what the gateway does with requests and answers when production gets them wrong."""

HOUR, DAY = 3600, 86_400

EXAMPLES = """
id                                | given                      | merchant                | connectors hear            | answer       | S X R  | c v r  | balanced
settle.zero off                   | A 100 partial              | settle 50               | settle A 50                | 11 Settling  | 50 0 0 | 50 0 0 | yes
                                  |                            | settle 0                | -                          | 400 1402     | 50 0 0 | 50 0 0 | yes
                                  |                            | settle 50               | settle A 50                | 13 Finished  | 100 0 0 | 100 0 0 | yes
settle.zero on                    | A 100 partial              | settle 50               | settle A 50                | 11 Settling  | 50 0 0 | 50 0 0 | yes
                                  |                            | settle 0                | -                          | 13 Finished  | 50 0 0 | 50 0 0 | yes
                                  |                            | settle 50               | -                          | 400 1402     | 50 0 0 | 50 0 0 | yes
settle.ledger-divergence off      | A 100 partial              | settle 40               | settle A 40                | 11 Settling  | 40 0 0 | 40 0 0 | yes
                                  |                            | settle 60               | settle A 60                | 13 Finished  | 100 0 0 | 100 0 0 | yes
settle.ledger-divergence on       | A 100 partial              | settle 40               | settle A 40                | 8 Approved   | 0 0 0  | 40 0 0 | yes
                                  |                            | settle 40               | -                          | 8 Approved   | 0 0 0  | 40 0 0 | yes
settle.total-exhausted off        | A 60 total, C 40 total     | settle 100 (C fails)    | settle C 40, settle A 60   | 11 Settling  | 100 0 0 | 60 0 0 | no
                                  |                            | advance 3600            | settle C 40                | send         | 100 0 0 | 100 0 0 | yes
settle.total-exhausted on         | A 60 total, C 40 total     | settle 100 (C fails)    | settle C 40, settle A 60   | 11 Settling  | 100 0 0 | 60 0 0 | no
                                  |                            | advance 86400           | -                          | -            | 100 0 0 | 60 0 0 | no
                                  |                            | settle 100              | -                          | 400 1402     | 100 0 0 | 60 0 0 | no
cancel.during-settling off        | A 100 partial              | settle 40 (A fails)     | settle A 40                | 11 Settling  | 40 0 0 | 0 0 0  | no
                                  |                            | cancel 60               | cancel A 60                | 11 Settling cancelled 60 | 40 60 0 | 0 60 0 | no
                                  |                            | advance 3600            | settle A 40                | send         | 40 60 0 | 40 60 0 | yes
cancel.during-settling on         | A 100 partial              | settle 40 (A fails)     | settle A 40                | 11 Settling  | 40 0 0 | 0 0 0  | no
                                  |                            | cancel 60               | -                          | 9 Cancelling cancelled 60 | 40 0 0 | 0 0 0  | no
                                  |                            | advance 3600            | settle A 40                | send         | 40 0 0 | 40 0 0 | yes
                                  |                            | settle 60               | -                          | 400 1402     | 40 0 0 | 40 0 0 | yes
                                  |                            | cancel 60               | -                          | 400 1402     | 40 0 0 | 40 0 0 | yes
cancel.payments-finished off      | A 100 total                | settle 60               | settle A 100               | 11 Settling  | 60 0 0 | 100 0 0 | yes
                                  |                            | cancel 40               | -                          | 400 Mock.CancelAfterCapture | 60 0 0 | 100 0 0 | yes
                                  |                            | settle 40               | -                          | 13 Finished  | 100 0 0 | 100 0 0 | yes
cancel.payments-finished on       | A 100 total                | settle 60               | settle A 100               | 11 Settling  | 60 0 0 | 100 0 0 | yes
                                  |                            | cancel 40               | -                          | 9 Cancelling cancelled 40 | 60 0 0 | 100 0 0 | no
                                  |                            | settle 40               | -                          | 400 1402     | 60 0 0 | 100 0 0 | no
cancel.after-denied-card off      | new A 60 total, B 40 total | authorize (B denies)    | authorize A 60, authorize B 40, cancel A 60 | 10 Cancelled | 0 100 0 | 0 60 0 | yes
cancel.after-denied-card on       | new A 60 total, B 40 total | authorize (B denies)    | authorize A 60, authorize B 40 | 9 Cancelling | 0 0 0 | 0 0 0 | yes
                                  |                            | cancel 100              | -                          | 400 1402     | 0 0 0  | 0 0 0  | yes
                                  |                            | advance 86400           | -                          | -            | 0 0 0  | 0 0 0  | yes
refund.null-plus-manual-doubles off | A 100 total              | settle 100              | settle A 100               | 13 Finished  | 100 0 0 | 100 0 0 | yes
                                  |                            | refund 15 (A manually)  | refund A 15                | 13 Finished refunded 15 | 100 0 15 | 100 0 0 | no
refund.null-plus-manual-doubles on | A 100 total               | settle 100              | settle A 100               | 13 Finished  | 100 0 0 | 100 0 0 | yes
                                  |                            | refund 15 (A manually)  | refund A 15, refund A 15   | 13 Finished refunded 15 | 100 0 15 | 100 0 15 | yes
refund.dedupe-by-value off        | A 120 total                | settle 120              | settle A 120               | 13 Finished  | 120 0 0 | 120 0 0 | yes
                                  |                            | refund 30               | refund A 30                | 13 Finished refunded 30 | 120 0 30 | 120 0 30 | yes
                                  |                            | refund 30               | refund A 30                | 13 Finished refunded 30 | 120 0 60 | 120 0 60 | yes
                                  |                            | refund 60               | refund A 60                | 13 Finished refunded 60 | 120 0 120 | 120 0 120 | yes
                                  |                            | refund 1                | -                          | 400 Mock.RefundExceeds | 120 0 120 | 120 0 120 | yes
refund.dedupe-by-value on         | A 120 total                | settle 120              | settle A 120               | 13 Finished  | 120 0 0 | 120 0 0 | yes
                                  |                            | refund 0                | -                          | 400 Mock.RefundExceeds | 120 0 0 | 120 0 0 | yes
                                  |                            | refund 30               | refund A 30                | 13 Finished refunded 30 | 120 0 30 | 120 0 30 | yes
                                  |                            | refund 30               | -                          | 13 Finished refunded 30 | 120 0 30 | 120 0 30 | yes
                                  |                            | refund 20               | refund A 20                | 13 Finished refunded 20 | 120 0 50 | 120 0 50 | yes
                                  |                            | refund 50               | -                          | 13 Finished refunded 50 | 120 0 50 | 120 0 50 | yes
refund.dedupe-by-value on         | A 100 partial              | cancel 10               | cancel A 10                | 8 Approved cancelled 10 | 0 10 0 | 0 10 0 | yes
                                  |                            | cancel 10               | -                          | 8 Approved cancelled 10 | 0 10 0 | 0 10 0 | yes
refund.lost-when-concurrent off   | A 100 total                | settle 100              | settle A 100               | 13 Finished  | 100 0 0 | 100 0 0 | yes
                                  |                            | refund 10 (A fails)     | refund A 10                | 13 Finished refunded 10 | 100 0 10 | 100 0 0 | no
                                  |                            | refund 20               | refund A 20                | 13 Finished refunded 20 | 100 0 30 | 100 0 20 | no
refund.lost-when-concurrent on    | A 100 total                | settle 100              | settle A 100               | 13 Finished  | 100 0 0 | 100 0 0 | yes
                                  |                            | refund 10 (A fails)     | refund A 10                | 13 Finished refunded 10 | 100 0 10 | 100 0 0 | no
                                  |                            | refund 20               | -                          | 13 Finished refunded 20 | 100 0 10 | 100 0 0 | no
                                  |                            | advance 3600            | refund A 10                | send         | 100 0 10 | 100 0 10 | yes
                                  |                            | refund 20               | refund A 20                | 13 Finished refunded 20 | 100 0 30 | 100 0 30 | yes
refund.email-not-retried off      | A 100 total                | settle 100              | settle A 100               | 13 Finished  | 100 0 0 | 100 0 0 | yes
                                  |                            | refund 15 (A fails)     | refund A 15                | 13 Finished refunded 15 | 100 0 15 | 100 0 0 | no
                                  |                            | advance 3600            | refund A 15                | send         | 100 0 15 | 100 0 15 | yes
refund.email-not-retried on       | A 100 total                | settle 100              | settle A 100               | 13 Finished  | 100 0 0 | 100 0 0 | yes
                                  |                            | refund 15 (A fails)     | refund A 15                | 13 Finished refunded 15 | 100 0 15 | 100 0 15 | yes
                                  |                            | advance 86400           | -                          | -            | 100 0 15 | 100 0 15 | yes
auth.stuck-pending off            | new A 100 total            | authorize               | authorize A 100            | 8 Approved   | 0 0 0  | 0 0 0  | yes
auth.stuck-pending on             | new A 100 total            | authorize               | authorize A 100            | 2 Authorizing | 0 0 0 | 0 0 0  | yes
                                  |                            | advance 86400           | -                          | -            | 0 0 0  | 0 0 0  | yes
                                  |                            | authorize               | authorize A 100            | 8 Approved   | 0 0 0  | 0 0 0  | yes
                                  |                            | settle 100              | settle A 100               | 13 Finished  | 100 0 0 | 100 0 0 | yes
race.cancelled-then-authorized off | new A 100 total           | authorize (A waits)     | authorize A 100            | 2 Authorizing | 0 0 0 | 0 0 0  | yes
                                  |                            | cancel 100              | cancel A 100               | 10 Cancelled cancelled 100 | 0 100 0 | 0 0 0 | yes
                                  |                            | advance 86400           | -                          | -            | 0 100 0 | 0 0 0 | yes
race.cancelled-then-authorized on | new A 100 total            | authorize (A waits)     | authorize A 100            | 2 Authorizing | 0 0 0 | 0 0 0  | yes
                                  |                            | cancel 100              | cancel A 100               | 9 Cancelling cancelled 100 | 0 100 0 | 0 0 0 | no
                                  |                            | advance 3600            | authorize A 100            | send         | 0 0 0  | 0 0 0  | yes
                                  |                            | settle 100              | settle A 100               | 13 Finished  | 100 0 0 | 100 0 0 | yes
race.reverted-to-started off      | A 100 total                | settle 100              | settle A 100               | 13 Finished  | 100 0 0 | 100 0 0 | yes
race.reverted-to-started on       | A 100 total                | settle 100              | settle A 100, cancel A 100 | 10 Cancelled | 0 100 0 | 100 0 0 | no
"""  # noqa: E501


def test_a_switch_shows_its_symptom_and_off_it_does_not(example, world, switch):
    """What connectors hear, what the merchant is told, what the ledger says: with the switch, and without."""
    name, state = example.name.split()
    switch(name, on=state == "on")
    example.play(world)
