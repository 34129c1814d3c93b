"""Bugs planted in the core on purpose: the tests of the core must find every one of them.

Goal: a test that cannot fail is worse than none. Method: each bug is put into a copy of the core, in a folder of
its own, and the tests that should know better run against that copy. A text that is not found exactly once fails
as well, so that this list cannot rot.

Each block names a bug and the tests that find it, then shows it like a patch: what stands there, what replaces it.
"""

import multiprocessing
import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest

ROOT = Path(__file__).parents[2]
PASSED, FAILED = 0, 1

BUGS = """
Total settles amount by amount: golden_modes
-(Mode.TOTAL, Operation.SETTLE): Forward.ALL_AT_FIRST
+(Mode.TOTAL, Operation.SETTLE): Forward.EACH

Total cancels amount by amount: golden_modes
-(Mode.TOTAL, Operation.CANCEL): Forward.ALL_WHEN_CLOSED
+(Mode.TOTAL, Operation.CANCEL): Forward.EACH

Hold settles at once: golden_modes
-(Mode.HOLD, Operation.SETTLE): Forward.ALL_WHEN_CLOSED
+(Mode.HOLD, Operation.SETTLE): Forward.ALL_AT_FIRST

Hold cancels amount by amount: golden_modes
-(Mode.HOLD, Operation.CANCEL): Forward.ALL_WHEN_CLOSED
+(Mode.HOLD, Operation.CANCEL): Forward.EACH

Partial waits for the last settle: golden_modes
-(Mode.PARTIAL, Operation.SETTLE): Forward.EACH
+(Mode.PARTIAL, Operation.SETTLE): Forward.ALL_WHEN_CLOSED

mixed modes run as Partial: golden_modes
-else Mode.TOTAL
+else Mode.PARTIAL

legacy connectors may hold: golden_modes
-return kind is Kind.PPP or mode is Mode.TOTAL
+return True

the mode is not kept: golden_modes
-draft.fix_mode(together(payment.mode for payment in transaction.payments))
+pass

a payment gives more than it has: golden_modes
-share = min(left, room.capacity)
+share = left

the highest payment settles first: golden_modes
-lambda payment: payment.value)
+lambda payment: -payment.value)

the emptiest payment settles first: golden_modes
-lambda payment: payment.value)
+lambda payment: payment.open)

refunds start by value: golden_modes
-group == "giftCard", payment.captured)
+group == "giftCard", payment.value)

a capture is refunded twice: golden_modes
-return self.value - self.refunded
+return self.value

refunds forget the settleIds before the last: golden_modes
-if policy.single_settle_id or not own
+if True

interest is counted twice: golden_orders
-part_of // whole - already
+part_of // whole

a settle may exceed by a cent: golden_modes
-if not zero and not 0 < request.value <= limit:
+if not zero and not 0 < request.value <= limit + 1:

a settle of nothing is taken: golden_modes
-if not zero and not 0 < request.value
+if not zero and not 0 <= request.value

a cancel of nothing is taken: matrix
-if not 0 < request.value <= limit:
-        return refuse(Refusal.CANCEL_EXCEEDS
+if not 0 <= request.value <= limit:
+        return refuse(Refusal.CANCEL_EXCEEDS

a refund of nothing is taken: matrix
-if not 0 < request.value <= limit:
-        return refuse(Refusal.REFUND_EXCEEDS
+if not 0 <= request.value <= limit:
+        return refuse(Refusal.REFUND_EXCEEDS

a settle needs no approval: matrix
-if transaction.status in _BEFORE_APPROVAL:
-        return _not_approved(transaction, "settle")
+if False:
+        return _not_approved(transaction, "settle")

the risk is not analyzed: golden_risk
-if draft.transaction.antifraud:
+if False:

money is settled before the verdict: golden_risk
-_BEFORE_APPROVAL = BEFORE_AUTHORIZATION | {TransactionStatus.ANALYZING_RISK}
+_BEFORE_APPROVAL = BEFORE_AUTHORIZATION

a delay waits for the verdict: golden_risk
-    if transaction.status in _SETTLES_BY_ITSELF:
+    if transaction.status in _SETTLED_ONCE:

a no keeps what was captured: golden_risk
-    if captured:
-        refund = Refund(
+    if False:
+        refund = Refund(

a no keeps what is open: golden_risk
-    draft.add(cancelled=transaction.remaining)
-    cancel_everything(draft)
+    cancel_everything(draft)

a yes comes after the end: golden_risk
-    if transaction.status is not TransactionStatus.ANALYZING_RISK:
-        return draft.step()
+    if False:
+        return draft.step()

a refund needs no approval: matrix
-if transaction.status not in (_TAKEN_BACK if request.reduces else _SETTLED_ONCE):
+if False:

captured money is cancelled: golden_modes
-if request.value > cancellable(transaction):
+if False:

a part is cancelled before the approval: matrix
-if request.value != transaction.value:
+if False:

payments come after the authorization: matrix
-return refuse(Refusal.PAYMENTS_TOO_LATE, id=transaction.id)
+pass

payments may add up to less: matrix
-if total != transaction.value:
+if total > transaction.value:

an order shrinks below its invoices: golden_orders
-        min(captured, transaction.remaining)
+        captured

what is over can be settled: policy
-return 0 if transaction.status in _OVER else transaction.remaining
+return transaction.remaining

a second authorization asks again: golden_modes
-return Step(transaction)  # S33
+pass  # S33

an automatic settle is not set off: golden_modes
-missing = min(value, max(value - ahead, 0))
+missing = value

held cancels are captured: golden_modes
-capacity = "open" if _captures_cancels(transaction, policy) else "free"
+capacity = "open"

a held cancel waits for the lowest payment to come: golden_answers
-draft.pay(payment_id, held=share)
+pass

the shopper's authorization is not freed: golden_modes
-        settle_rest(draft, policy)
-        _void_rest(draft)
+        settle_rest(draft, policy)

a transaction ends while a connector owes an answer: golden_answers
-if transaction.remaining or transaction.in_flight:
+if transaction.remaining:

a transaction ends before everything is asked for: golden_modes
-if transaction.remaining or transaction.in_flight:
+if transaction.in_flight:

a cancelled transaction finishes: golden_modes
-    if transaction.settled:
-        draft.fire(Event.FINISH)
+    if True:
+        draft.fire(Event.FINISH)

more is booked than was asked for: golden_answers
-value = outcome.value if _is_believable(call, outcome) else call.value
+value = outcome.value

a short answer is booked in full: golden_answers
-value = outcome.value if _is_believable(call, outcome) else call.value
+value = call.value

a short settle stays requested: golden_answers
-released = _release_unsettled(draft, call.value - value) if leaned_on else 0
+released = 0

a short settle is not told: balance
-draft.add(short=released)
+draft.add(short=0)

a short settle is told for ever: balance
-short=-min(request.value, transaction.short)
+short=0

a claim beyond the request is not told: balance
-overstated=max(outcome.value - value, 0)
+overstated=0

a lost settle leaves the payment open: golden_answers
-_cancel_unsettled(draft, _payment(draft, call))
+pass

held cancels are counted twice: golden_answers
-gone = payment.free
+gone = payment.open

a refund by hand counts as refunded: golden_answers
-draft.pay(call.payment_id, by_hand=rest)
+draft.pay(call.payment_id, refunded=rest)

a short refund stays requested: golden_answers
-draft.add(refunded=-rest)
+draft.add(refunded=0)

what a return lacks may be asked for again: golden_answers
-if done and call.cause is None
+if done

a failed cancel counts as voided: golden_orders
-voided=value, unvoided=call.value - value
+voided=call.value

a late approval reopens: golden_answers
- or draft.transaction.status in _CANCELLED
+

a denial spares the other payments: golden_answers
-cancelled=draft.transaction.remaining)
-        cancel_everything(draft)
+cancelled=draft.transaction.remaining)

one approval approves all: golden_answers
-if all(each.status is
+if any(each.status is

an increase does not raise the value: golden_orders
-draft.add(value=call.value)
+draft.add(value=0)

money on its way is still open: ledger
-return self.authorized - gone - self.settling
+return self.authorized - gone

what was given back still backs a settle: golden_answers
- + self.total("settling") - self.reduced
+ + self.total("settling")

a refund by hand is done twice: golden_answers
-- self.refunding - self.by_hand
+- self.refunding

the value may be exceeded: ledger
-if transaction.remaining < 0:
+if False:

a payment may be exceeded: ledger
-if payment.open < 0:
+if False:

a capture may be exceeded: ledger
-if payment.refundable < 0:
+if False:

a broken ledger is handed on: ledger
-raise InvariantBrokenError(faults)
+return transaction

cents are tenths: money
-scaleb(-2, _WIRE)
+scaleb(-1, _WIRE)

finer amounts are rounded: money
-traps=[Inexact, InvalidOperation
+traps=[InvalidOperation

true is one: money
-isinstance(units, bool) or not
+not

cards come first without being asked: policy
-card_first = policy.refund_priority is RefundPriority.CARD_FIRST
+card_first = True

gift cards come first: policy
-payment.group == "giftCard"
+payment.group != "giftCard"

the oldest settleId is the single one: policy
-own[-1].settle_id
+own[0].settle_id

a settle of nothing finishes: policy
-zero = policy.settle_zero_finishes and
+zero =

a cancelled transaction starts again: statuses
-_T.CANCELLED: {},
+_T.CANCELLED: {_E.AUTHORIZE: _T.AUTHORIZING},
"""


@dataclass(frozen=True)
class Bug:
    """One wrong passage: its name, the tests that find it, what stands there, what is put in its place."""

    name: str
    found_by: str
    right: str
    wrong: str


def read(block: str) -> Bug:
    """A block of the list."""
    head, *lines = block.splitlines()
    name, found_by = head.split(": ")
    right, wrong = ("\n".join(line[1:] for line in lines if line[0] == sign) for sign in "-+")
    return Bug(name, found_by, right, wrong)


FOUND = [read(block) for block in BUGS.strip().split("\n\n")]


def judge(copy: Path, found_by: str) -> tuple[int, str]:
    """Run one test file of the core against a copy of the package: pytest's exit code, and what it said."""
    options = ("-x", "-q", "--no-header", "--tb=line", "-p", "no:cacheprovider", "-o", f"pythonpath={copy}")
    told = StringIO()
    os.chdir(ROOT)
    with redirect_stdout(told), redirect_stderr(told):
        code = pytest.main([f"tests/core/test_{found_by}.py", *options])
    return code, told.getvalue()


@pytest.fixture(scope="module")
def judges():
    """Children that come with pytest imported, without its plugins and without the core; each judges once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "msgspec", "unittest.mock"])
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST", "PYTHON"))}
    with (
        patch.dict(os.environ, ours | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, clear=True),
        ProcessPoolExecutor(1, context, max_tasks_per_child=1) as children,
    ):
        yield lambda copy, found_by: children.submit(judge, copy, found_by).result(timeout=60)


@pytest.fixture(name="core")
def core_fixture(tmp_path):
    """A copy of the core, in a package that holds nothing else."""
    core = tmp_path / "gateway_mock/core"
    shutil.copytree(ROOT / "gateway_mock/core", core, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "gateway_mock/__init__.py", core.parent)
    return core


@pytest.mark.parametrize("bug", FOUND, ids=[bug.name.replace(" ", "-") for bug in FOUND])
def test_a_planted_bug_is_found(bug, core, tmp_path, judges):
    """The passage stands in the core once, and with the wrong one in its place a test fails."""
    sources = {path: path.read_text(encoding="utf-8") for path in core.glob("*.py")}
    places = {path.name: source.count(bug.right) for path, source in sources.items() if bug.right in source}
    assert list(places.values()) == [1], f"found in {places or 'no module'}: {bug.right}"
    module = core / next(iter(places))
    module.write_text(sources[module].replace(bug.right, bug.wrong), encoding="utf-8")
    code, told = judges(tmp_path, bug.found_by)
    assert code == FAILED, told


@pytest.mark.parametrize("found_by", sorted({bug.found_by for bug in FOUND}))
@pytest.mark.usefixtures("core")
def test_the_copy_itself_is_sound(found_by, tmp_path, judges):
    """Without a planted bug the same tests pass on a copy, so it is the bug that they find."""
    code, told = judges(tmp_path, found_by)
    assert code == PASSED, told
