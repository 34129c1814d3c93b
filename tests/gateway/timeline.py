"""What a clock that is moved by hand brings: which jobs ran when, and what connectors heard of it."""

from datetime import datetime

HOUR, DAY = 3600, 86_400
START = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


def seconds(moment):
    """A moment of the clock as seconds since it began."""
    return round((datetime.fromisoformat(moment) - START).total_seconds())


def run(world, until):
    """Move the clock on; when which job ran, in seconds since the clock began."""
    answer = world.merchant.send("POST", "/_mock/clock", {"advance": until})
    assert answer.status_code == 200, answer.text
    return [(each["job"], seconds(each["due"])) for each in answer.json["ran"]]


def keys(world, operation):
    """The idempotency keys of the calls of an operation, in their order."""
    name = "paymentId" if operation == "authorize" else "requestId"
    return [heard.body[name] for heard in world.heard if heard.operation == operation]


def kinds(transaction, end):
    """The types of the actions of a view, with their amounts."""
    return [(each["type"], each["value"]) for each in transaction.show(end)["actions"]]


def hourly(until=24):
    """A send at each hour."""
    return [("send", hour * HOUR) for hour in range(1, until + 1)]
