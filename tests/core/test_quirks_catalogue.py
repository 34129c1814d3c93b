"""The catalogue of switches, against the public list of known issues: names and numbers typed from there."""

import ast
from pathlib import Path

import pytest

from gateway_mock.core.quirks import QUIRKS

ROOT = Path(__file__).parents[2]

KNOWN = """
settle.ack-lost                       760458 490428
callback.inside-authorization         1344363 1344365 1304667 1037765
auth.early-duplicate                  1165831 884154 541687
settle.ledger-divergence              1319395 1381639 500245 1349246
cancel.during-settling                1309799 1317866
cancel.no-provider-reference          486752 758411 506914
cancel.already-done                   740084
refund.null-plus-manual-doubles       615050
refund.dedupe-by-value                1118560 309117
race.cancelled-then-authorized        1417330
race.cancel-vs-invoice                1400005
settle.total-exhausted                1201336 1436981
amount.interest-not-settled           1130035
auth.delay-plans-compete              1338614
settle.zero                           1349027
callback.swallowed-by-retry           1129281
callback.after-approval-reauth        740499
cancel.payments-finished              1363196
cancel.null-id                        333897
refund.lost-when-concurrent           1154224
race.change-vs-invoice                1348894
settle.total-only-shared-transaction  1082298
settle.delay-min-without-antifraud    369633
settle.delay-missing-default          1053010
settle.async-capture-as-done          976005
cancel.payment-left-authorized        1309418 420019
cancel.after-denied-card              429082 929517
refund.stale-invoice-data             1351358
refund.email-not-retried              1099618 545331 1049494
auth.stuck-pending                    1427794 1344356 1344357 1302349
callback.forbidden                    775235
callback.late-cancel-ignored          360653
auth.interim-as-denied                367284 384009
auth.reference-changes                308214
auth.polling-budget                   374288
race.risk-reject-after-settle         1163213 1092563 1184723
race.reverted-to-started              1341471
oms.change-not-mirrored               955489 351786 1275957
amount.recipients-do-not-add-up       698005 1001005 1072285 1196767
amount.recipients-after-partial-cancel 489481 1295769
giftcard.ambiguous-outcome            491195 760896
giftcard.three-payments-negative      464837
oms.duplicate-sku-blocks-refund       1198829
amount.interest-refund-blocked        376077
"""
"""The ranked ones first, then what goes with them, then all others that a connector or a client can live with."""


@pytest.mark.parametrize("line", KNOWN.strip().splitlines(), ids=lambda line: line.split()[0])
def test_each_known_issue_has_its_switch(line):
    """By the same name, with the numbers under which VTEX published it."""
    name, *issues = line.split()
    assert QUIRKS[name].issues == tuple(map(int, issues))


@pytest.mark.parametrize("name", QUIRKS)
def test_each_switch_is_played_by_a_test(name):
    """Its name stands in a test of the symptom, on and off."""
    folder = ROOT / "tests" / "gateway"
    tests = [*(folder / "quirks").glob("test_*.py"), folder / "test_quirks.py", folder / "test_control.py"]
    tests += [folder / "test_orders_http.py"]
    assert any(name in path.read_text(encoding="utf-8") for path in tests)


TABLES = {
    "gateway_mock/core/quirks_policy.py",
    "gateway_mock/core/quirks_line.py",
    "gateway_mock/adapters/quirks.py",
}


def test_no_other_module_asks_for_a_switch_by_name():
    """Rules read fields of `Policy`, the line reads its table: a name in an `if` would be a rule of its own."""
    named = {
        str(path.relative_to(ROOT))
        for path in ROOT.glob("gateway_mock/**/*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in QUIRKS
    }
    assert named == TABLES
