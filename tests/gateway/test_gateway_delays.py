"""What happens by itself to authorizations and approved payments: cadence, expiry, the automatic settle.

Documented window of an authorization: 7 days, or what `delayToCancel` says. Every retry repeats the paymentId.
"""

import pytest

from tests.gateway.timeline import DAY, HOUR, hourly, keys, kinds, run

# --- Authorizations --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delay", "every", "tries"),
    [
        (300, 300, 1),
        (900, 300, 3),
        (3600, 300, 12),
        (7200, HOUR, 2),
        (10_800, HOUR, 3),
        (86_399, HOUR, 24),
        (86_400, 4 * HOUR, 6),
        (345_600, 4 * HOUR, 24),
        (2_592_000, 4 * HOUR, 180),
    ],
)
def test_an_undefined_payment_is_asked_for_until_it_expires(delay, every, tries, world):
    """5 minutes up to an hour, hourly below a day, then every 4 hours (known issue 1338614: 3 and 24 tries)."""
    transaction = world.open("A 100 total")
    world.connectors["A"].always = f"waits {delay}"
    assert transaction.authorize().json["statusDetail"] == "Authorizing"
    assert run(world, delay - 1) == [("send", number * every) for number in range(1, tries)]
    world.connectors["A"].script = [f"waits {delay}", "confirms"]
    assert run(world, 1) == [("send", delay)]
    assert {heard.operation for heard in world.heard[:-1]} == {"authorize"}
    assert len(set(keys(world, "authorize"))) == 1
    (payment,) = transaction.names
    cancel = world.heard[-1]
    assert (str(cancel), cancel.body["paymentId"], cancel.body["authorizationId"]) == (
        "cancel A 100",
        payment,
        None,
    )
    assert transaction.show()["status"] == "Cancelled"
    assert run(world, 10 * DAY) == []


def test_without_a_delay_an_undefined_payment_waits_a_week(world):
    """C14: 7 days, hourly."""
    transaction = world.open("A 100 total")
    world.connectors["A"].always = "waits"
    transaction.authorize()
    assert run(world, 7 * DAY - 1) == hourly(7 * 24 - 1)
    assert transaction.show()["status"] == "Authorizing"
    world.connectors["A"].script = ["waits", "confirms"]
    assert run(world, 1) == [("send", 7 * DAY)]
    assert transaction.show()["status"] == "Cancelled"


def test_pix_is_asked_for_every_five_minutes(world):
    """Documented: 300 to 3600 seconds, or Pix, whatever its delay."""
    world.merchant.put_connector("A", kind="ppp", url="http://a.test", paymentSystems=[125])
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000, "paymentSystem": 125})
    world.connectors["A"].always = "waits 7200"
    transaction.authorize()
    assert run(world, 900) == [("send", 300), ("send", 600), ("send", 900)]


def test_a_delay_beyond_thirty_days_counts_as_thirty(world):
    """C6: clamped at 2 592 000 seconds, asked for every 4 hours until then."""
    transaction = world.open("A 100 total")
    world.connectors["A"].always = "waits 5000000"
    transaction.authorize()
    assert run(world, 30 * DAY - 1) == [("send", number * 4 * HOUR) for number in range(1, 180)]
    assert transaction.show()["status"] == "Authorizing"
    world.connectors["A"].script = ["waits 5000000", "confirms"]
    assert run(world, 1) == [("send", 30 * DAY)]
    assert transaction.show()["status"] == "Cancelled"


@pytest.mark.parametrize("answer", ["confirms", "denies"])
def test_a_later_answer_decides(answer, world):
    """The second try approves or denies; nothing is asked for any more."""
    transaction = world.open("A 100 total")
    world.perform(transaction, f"authorize (A waits 900, A {answer})")
    assert run(world, 300) == [("send", 300)]
    assert transaction.show()["status"] == {"confirms": "Approved", "denies": "Cancelled"}[answer]
    assert [each for each in run(world, 3 * DAY) if each[0] == "send"] == []


@pytest.mark.parametrize("failure", ["fails", "fails 400", "garbles", "drops", "mistakes"])
def test_a_creation_that_fails_is_tried_again(failure, world):
    """With the same paymentId, hourly; the connector that comes back approves it."""
    transaction = world.open("A 100 total")
    assert world.perform(transaction, f"authorize (A {failure})").json["statusDetail"] == "Authorizing"
    assert run(world, HOUR) == [("send", HOUR)]
    assert len(set(keys(world, "authorize"))) == 1
    assert transaction.show()["status"] == "Approved"


@pytest.mark.parametrize("failure", ["fails", "drops"])
def test_a_failure_does_not_lengthen_the_wait(failure, world):
    """C14: `delayToCancel` wins once it was told; a connector that then fails is given up at the same moment."""
    transaction = world.open("A 100 total")
    world.connectors["A"].always = failure
    world.perform(transaction, "authorize (A waits 900)")
    assert run(world, 899) == [("send", 300), ("send", 600)]
    world.connectors["A"].script = [failure, "confirms"]
    assert run(world, 1) == [("send", 900)]
    assert transaction.show()["status"] == "Cancelled"


def test_a_cancelled_payment_is_not_asked_for_again(world):
    """The merchant cancels a pending payment: no creation goes out any more (known issue 1417330: it is final)."""
    transaction = world.open("A 100 total")
    world.connectors["A"].script = ["waits 900"]
    transaction.authorize()
    assert transaction.ask("cancel", 10000).json["statusDetail"] == "Cancelled"
    assert [str(heard) for heard in world.heard] == ["authorize A 100", "cancel A 100"]
    run(world, 10 * DAY)
    assert [str(heard) for heard in world.heard] == ["authorize A 100", "cancel A 100"]
    assert transaction.show()["status"] == "Cancelled"


def test_a_denial_ends_what_is_pending(world):
    """One denied, the other undefined: the pending one is cancelled at its connector and never asked for again."""
    transaction = world.open("A 40 total, B 60 total")
    answer = world.perform(transaction, "authorize (A waits 3600, B denies)")
    assert [str(heard) for heard in world.heard] == ["authorize A 40", "authorize B 60", "cancel A 40"]
    assert answer.json["statusDetail"] == "Cancelled"
    world.heard.clear()
    assert [job for job, _ in run(world, 10 * DAY) if job == "send"] == []
    assert world.heard == []


def test_an_expiry_cancels_the_others(world):
    """One payment expires while it is undefined: the approved one is cancelled too."""
    transaction = world.open("A 40 total, B 60 total")
    world.perform(transaction, "authorize (A waits 300)")
    world.connectors["A"].script = ["waits 300"]
    run(world, 300)
    assert sorted(str(heard) for heard in world.heard[-2:]) == ["cancel A 40", "cancel B 60"]
    assert transaction.show()["status"] == "Cancelled"
    assert [each["status"] for each in transaction.show("/payments")] == ["Cancelled", "Cancelled"]


# --- The delays of the automatic settle ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delays", "expected"),
    [
        ({}, 4 * DAY),
        ({"delayToAutoSettle": 7200}, 7200),
        ({"delayToAutoSettleAfterAntifraud": 1800}, 1800),
        ({"delayToAutoSettle": 7200, "delayToAutoSettleAfterAntifraud": 3600}, 3600),
        ({"delayToAutoSettle": 1800, "delayToAutoSettleAfterAntifraud": 3600}, 1800),
        ({"delayToAutoSettle": 604_800, "delayToAutoSettleAfterAntifraud": 604_800}, 604_800),
        ({"delayToAutoSettle": 0}, 0),
        ({"delayToAutoSettle": 1_209_600}, 604_800),
    ],
    ids=str,
)
def test_an_approved_payment_settles_by_itself(delays, expected, world):
    """C11 and C12: the shorter delay, four days without any; C7: a week at most."""
    world.connectors["A"].delays = delays
    transaction = world.given("A 100 total")
    if expected:
        assert run(world, expected - 1) == []
    assert run(world, 1 if expected else 0) == [("auto-settle", expected)]
    assert [str(heard) for heard in world.heard] == ["settle A 100"]
    assert kinds(transaction, "/settlements") == [("auto-settlement", 10000)]
    assert transaction.show("/settlements")["requests"] == []
    assert run(world, 30 * DAY) == []


def test_the_payment_tells_when_it_settles_by_itself(world):
    """`waitingForAutoSettle` is the moment of the approval plus the delay."""
    world.connectors["A"].delays = {"delayToAutoSettle": 7200}
    transaction = world.given("A 100 total")
    (payment,) = transaction.show("/payments")
    fields = {each["name"]: each["value"] for each in payment["fields"]}
    assert fields["waitingForAutoSettle"].startswith(("01/01/2026 02:00:00", "2026-01-01T02:00:00"))


def test_what_is_settled_already_does_not_settle_by_itself(world):
    """After a full settle, or a full cancel, the moment passes in silence."""
    settled, cancelled = world.given("A 100 total"), world.given("B 100 total")
    settled.ask("settle", 10000)
    cancelled.ask("cancel", 10000)
    world.heard.clear()
    run(world, 30 * DAY)
    assert world.heard == []


def test_a_failing_automatic_settle_is_tried_again(world):
    """With its requestId, hourly, as one that was asked for."""
    transaction = world.given("A 100 partial")
    world.connectors["A"].script = ["fails"]
    assert run(world, 4 * DAY + HOUR) == [("auto-settle", 4 * DAY), ("send", 4 * DAY + HOUR)]
    assert len(set(keys(world, "settle"))) == 1
    assert kinds(transaction, "/settlements") == [("auto-settlement", 10000)]


def test_a_legacy_connector_settles_when_its_settings_say(world):
    """`settlesAfter` seconds after the approval; without it only when it is asked."""
    world.merchant.put_connector("L", kind="legacy", paymentSystems=[2], settlesAfter=60)
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000})
    transaction.authorize()
    assert run(world, 60) == [("auto-settle", 60)]
    assert transaction.ledger()["payments"][0]["captured"] == 10000
    world.merchant.put_connector("L", kind="legacy", paymentSystems=[2])
    other = world.merchant.start(10000)
    other.pay({"value": 10000})
    other.authorize()
    assert run(world, 30 * DAY) == []
