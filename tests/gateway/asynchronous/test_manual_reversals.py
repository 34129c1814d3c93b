"""What a person has to do by hand: who is told when, and that nobody is told twice."""

import pytest

from tests.gateway.timeline import DAY, HOUR, hourly, keys, kinds, run

MAIL = "The e-mail with subject gateway-manual-reversal-requested has been successfully sent to user@store.com"


def mails(transaction):
    """How many e-mails the events tell of."""
    return [each["Message"] for each in transaction.show("/interactions")].count(MAIL)


@pytest.mark.parametrize("failure", ["refuses", "fails", "garbles", "drops"])
def test_the_third_failure_of_a_cancel_tells_a_person(failure, world):
    """S38: null ids, and any other failure; the cancel is tried on for its day, and the person is told once."""
    transaction = world.given("A 100 total")
    world.connectors["A"].always = failure
    transaction.ask("cancel", 10000)
    run(world, HOUR)
    assert mails(transaction) == 0
    run(world, HOUR)
    assert mails(transaction) == 1
    assert kinds(transaction, "/cancellations") == []
    assert transaction.show()["status"] == "Cancelling"
    assert run(world, DAY - 2 * HOUR)[-1] == ("send", DAY)
    assert mails(transaction) == 1
    assert kinds(transaction, "/cancellations") == [("email-notification", 10000)]
    assert transaction.show()["status"] == "Cancelled"


def test_a_cancel_that_succeeds_after_all_stays_a_cancel(world):
    """The person was told after the third failure; the fourth try does it, and nothing is left to do by hand."""
    transaction = world.given("A 100 total")
    world.perform(transaction, "cancel 100 (A refuses, A refuses, A refuses)")
    run(world, DAY)
    assert (mails(transaction), len(keys(world, "cancel"))) == (1, 4)
    assert kinds(transaction, "/cancellations") == [("upon-request", 10000)]
    assert transaction.ledger()["balanced"]


@pytest.mark.parametrize(("operation", "before"), [("cancel", []), ("refund", ["settle"])])
@pytest.mark.parametrize("failures", [0, 1, 3])
def test_a_manual_answer_tells_a_person_once(failures, operation, before, world):
    """501, or `cancel-manually` and `refund-manually` in any answer: at once, and never again (documented)."""
    transaction = world.given("A 100 total")
    for each in before:
        transaction.ask(each, 10000)
    world.connectors["A"].script = ["fails"] * failures + ["manually"]
    transaction.ask(operation, 10000)
    assert run(world, failures * HOUR) == hourly(failures)
    assert mails(transaction) == 1
    view = {"cancel": "/cancellations", "refund": "/refunds"}[operation]
    assert kinds(transaction, view) == [("email-notification", 10000)]
    run(world, 10 * DAY)
    assert (mails(transaction), len(keys(world, operation))) == (1, failures + 1)


@pytest.mark.parametrize("operation", ["settle", "refund"])
def test_other_operations_tell_nobody_while_they_are_tried(operation, world):
    """C8, C10: only a cancel has a third failure to tell of; a refund tells at its end, a settle never."""
    transaction = world.given("A 100 total")
    if operation == "refund":
        transaction.ask("settle", 10000)
    world.connectors["A"].always = "fails"
    transaction.ask(operation, 10000)
    run(world, DAY - 1)
    assert mails(transaction) == 0


def test_a_refund_that_is_left_to_a_person_is_not_asked_for_again(world):
    """It is neither refunded nor refundable: a second refund of the same money is refused."""
    transaction = world.given("A 100 total")
    transaction.ask("settle", 10000)
    world.perform(transaction, "refund 100 (A manually)")
    world.heard.clear()
    assert transaction.ask("refund", 10000).status_code == 400
    assert world.heard == []
