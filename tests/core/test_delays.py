"""What the delays of a connector come to, in hours, with each reading of them."""

import pytest

from gateway_mock.core.delays import delay_to_auto_settle, delay_to_cancel
from gateway_mock.core.quirks import with_quirks

CANCEL = """
reading                 | earlier | told | holds
-                       | -       | -    | -
-                       | -       | 3    | 3
-                       | 3       | -    | 3
-                       | 3       | 96   | 96
-                       | 96      | 3    | 3
auth.delay-plans-compete | -      | 3    | 3
auth.delay-plans-compete | 3      | -    | 3
auth.delay-plans-compete | 3      | 96   | 3
auth.delay-plans-compete | 96     | 3    | 3
"""

SETTLE = """
reading                            | plain | early | anti-fraud | holds
-                                  | -     | -     | no         | -
-                                  | 8     | 3     | no         | 3
-                                  | 3     | 8     | no         | 3
-                                  | -     | 3     | no         | 3
-                                  | 8     | 3     | yes        | 8
-                                  | -     | 3     | yes        | -
settle.delay-missing-default       | -     | 3     | no         | -
settle.delay-missing-default       | 8     | 3     | no         | 3
settle.delay-min-without-antifraud | 8     | 3     | yes        | 3
settle.delay-min-without-antifraud | 3     | 8     | yes        | 3
settle.delay-min-without-antifraud | 8     | 3     | no         | 3
"""


def rows(table):
    """The rows of a table: its reading as a policy, numbers as they are, `-` as None."""
    words = {"-": None, "yes": True, "no": False}
    for line in table.strip().splitlines()[1:]:
        name, *cells = (cell.strip() for cell in line.split("|"))
        policy = with_quirks([] if name == "-" else [name])
        values = [words[cell] if cell in words else int(cell) for cell in cells]
        yield pytest.param(policy, *values, id=" ".join([name, *cells]))


@pytest.mark.parametrize(("policy", "earlier", "told", "holds"), list(rows(CANCEL)))
def test_how_long_a_pending_payment_is_waited_for(policy, earlier, told, holds):
    """The newest value replaces the earlier one (documented), or the shortest one cancels."""
    assert delay_to_cancel(earlier, told, policy) == holds


@pytest.mark.parametrize(("policy", "plain", "early", "antifraud", "holds"), list(rows(SETTLE)))
def test_after_how_long_a_payment_settles_by_itself(policy, plain, early, antifraud, holds):
    """C12 without an anti-fraud; with one the early delay waits for its approval (documented)."""
    assert delay_to_auto_settle(plain, early, policy, antifraud=antifraud) == holds
