"""Every status of a transaction against every callback: only what is pending can be decided, and only once."""

import pytest

LEADS = {
    "Approved": [],
    "Settling": ["settle 100 (A fails)"],
    "Finished": ["settle 100"],
    "Cancelling": ["cancel 100 (A fails)"],
    "Cancelled": ["cancel 100"],
}
"""What leads an approved transaction to each status after the decision."""

NEWS = ["approved", "authorized", "denied", "undefined", None]
"""What callbacks say; None is a retry, without a body."""


@pytest.mark.parametrize("news", NEWS)
@pytest.mark.parametrize("status", LEADS)
def test_a_callback_after_the_decision_changes_nothing(status, news, pending, world):
    """S28: it is answered 200, no connector is called, and every figure stays (known issues 740499, 1129281)."""
    told = pending()
    told.call("approved")
    for line in LEADS[status]:
        world.perform(told.transaction, line)
    before, calls = told.transaction.ledger(), len(world.heard)
    assert told.status == status
    assert told.call(news) == 200
    assert told.status == status
    assert (told.transaction.ledger(), len(world.heard)) == (before, calls)


@pytest.mark.parametrize(
    ("first", "second", "status", "authorized"),
    [
        ("approved", "approved", "Approved", 10000),
        ("approved", "denied", "Approved", 10000),
        ("denied", "approved", "Cancelled", 0),
        ("denied", "denied", "Cancelled", 0),
        ("undefined", "approved", "Approved", 10000),
        ("undefined", "denied", "Cancelled", 0),
    ],
)
def test_of_two_callbacks_the_first_decision_stands(first, second, status, authorized, pending):
    """Duplicates and contradictions: undefined decides nothing, the first approved or denied is final."""
    told = pending()
    assert [told.call(first), told.call(second)] == [200, 200]
    assert told.status == status
    assert told.transaction.ledger()["payments"][0]["authorized"] == authorized


def test_a_duplicate_leaves_one_event_each(pending):
    """The second one is ignored, and the transaction's events say so once."""
    told = pending()
    told.call("approved")
    before = len(told.transaction.show("/interactions"))
    told.call("approved")
    (event,) = told.transaction.show("/interactions")[:-before]
    assert "after the final status" in event["Message"]


@pytest.mark.parametrize("answer", ["approved", "denied"])
def test_a_callback_while_the_retry_is_under_way(answer, pending, world):
    """Known issue 1129281: it comes at the very moment of a retry. It counts, and the retry's answer does not."""
    told = pending()
    world.connectors["A"].script = ["waits 3600"]
    world.connectors["A"].meanwhile = lambda: told.call(answer)
    world.merchant.advance(300)
    assert told.status == {"approved": "Approved", "denied": "Cancelled"}[answer]
    assert [heard.operation for heard in world.heard] == ["authorize"]


def test_a_callback_inside_the_first_answer(world):
    """Known issue 1344363: it comes before the create is answered, and the later `undefined` reopens nothing."""
    transaction = world.open("A 100 total")

    def call_back():
        address = world.heard[-1].body["callbackUrl"].removeprefix("http://127.0.0.1:5005")
        news = {"status": "approved", "tid": "t", "authorizationId": "a"}
        assert world.app.test_client().post(address, json=news).status_code == 200

    world.connectors["A"].meanwhile = call_back
    world.perform(transaction, "authorize (A waits 3600)")
    assert transaction.show()["status"] == "Approved"
    assert world.merchant.advance(86_399) == []
