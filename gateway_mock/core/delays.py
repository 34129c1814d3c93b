"""The delays that a connector tells, as the account's policy reads them. Seconds."""

from gateway_mock.core.policy import Policy


def delay_to_cancel(earlier: int | None, told: int | None, policy: Policy) -> int | None:
    """How long a pending payment is waited for: the newest value replaces the earlier one (documented).

    Known issue 1338614: both plans run, and the shorter one cancels.
    """
    if told is None or earlier is None or not policy.shortest_delay_cancels:
        return earlier if told is None else told
    return min(earlier, told)


def delay_to_auto_settle(
    plain: int | None, after_antifraud: int | None, policy: Policy, *, antifraud: bool
) -> int | None:
    """After how long from its authorization a payment settles by itself; None: the connector did not say.

    Without an anti-fraud the shorter of the two delays (C12, recommended), else the plain one. Known issue 369633:
    the shorter one, anti-fraud or not. Known issue 1053010: without the plain one, the other is not looked at.
    """
    if plain is None and policy.missing_delay_is_default:
        return None
    early = after_antifraud if policy.early_settle_waits_for_nobody or not antifraud else None
    return min((delay for delay in (plain, early) if delay is not None), default=None)
