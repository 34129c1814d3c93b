"""What histories reach is counted where it happens, and what they never reach is a finding."""

from gateway_mock.core import ledger, orders
from gateway_mock.core.statuses import ORDER, PAYMENT, TRANSACTION, Event, OrderStatus, after
from gateway_mock.simulation import main
from gateway_mock.simulation.history import draw
from gateway_mock.simulation.watch import Reached, everything, statuses, watched


def test_a_transition_inside_the_block_is_counted_and_still_happens():
    """The core looks it up as before, and the count says which it was."""
    reached = Reached()
    with watched(reached):
        assert orders.after(ORDER, OrderStatus.CANCEL, Event.CANCELLED) is OrderStatus.CANCELED
    assert reached == {("order transition", "cancel + cancelled"): 1}


def test_after_the_block_the_core_is_as_it_was():
    """Nothing of the watch stays behind."""
    with watched(Reached()):
        assert ledger.after is not after
    assert ledger.after is after
    assert orders.after is after


def test_there_is_every_status_and_every_transition_to_reach():
    """Each state of the three tables and each entry of their rows, once."""
    wanted = list(everything(()))
    tables = {"transaction": TRANSACTION, "payment": PAYMENT, "order": ORDER}
    for name, table in tables.items():
        assert sum(sort == f"{name} status" for sort, _ in wanted) == len(table)
        assert sum(sort == f"{name} transition" for sort, _ in wanted) == sum(map(len, table.values()))
    assert len(wanted) == len(set(wanted))


def test_a_status_is_reached_by_the_transition_that_leads_to_it():
    """One order canceled from payment-pending has been in three statuses."""
    told = {("order transition", "payment-pending + cancel"): 1, ("order transition", "cancel + cancelled"): 1}
    counted = statuses(Reached(told))
    reached = {name for (sort, name), times in counted.items() if sort == "order status" and times}
    assert reached == {"payment-pending", "cancel", "canceled"}


def test_a_history_tells_what_it_reached(provider):
    """Its actions are counted, and a checkout goes from Started on."""
    played = draw(42, provider)
    assert played.reached["action", "checkout"] >= 1
    assert played.reached["transaction transition", "Started + authorize"] >= 1


def test_what_many_histories_never_reach_is_a_finding(monkeypatch, capsys):
    """A dozen histories cannot reach everything; were a dozen many, that would end the command with 1."""
    assert main.run(seed=0, histories=12) == 0
    monkeypatch.setattr(main, "ENOUGH", 12)
    assert main.run(seed=0, histories=12) == 1
    assert "never reached: " in capsys.readouterr().out
