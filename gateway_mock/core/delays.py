"""The delays that a connector tells, as the account's policy reads them. Seconds."""

from gateway_mock.core.policy import Policy


def delay_to_cancel(earlier: int | None, told: int | None, policy: Policy) -> int | None:
    """How long a pending payment is waited for: the newest value replaces the earlier one (documented).

    Known issue 1338614: both plans run, and the shorter one cancels.
    """
    if told is None or earlier is None or not policy.shortest_delay_cancels:
        return earlier if told is None else told
    return min(earlier, told)


def delay_to_auto_settle(plain: int | None, after_antifraud: int | None, policy: Policy) -> int | None:
    """After how long a payment without anti-fraud settles by itself; None: the connector did not say.

    The shorter of the two delays (C12, recommended). Known issue 1053010: without the plain one, the other is not
    looked at.
    """
    if plain is None and policy.missing_delay_is_default:
        return None
    return min((delay for delay in (plain, after_antifraud) if delay is not None), default=None)
