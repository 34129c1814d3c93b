"""When a payment settles by itself: the merchant's choice goes before what the connector said.

Documented: `delayToAutoSettle` counts from the authorization, `delayToAutoSettleAfterAntifraud` from the approval
of the anti-fraud, and whichever moment comes first settles. Without an anti-fraud both count from the
authorization, so the shorter one wins (C12, known issue 369633). A merchant may choose otherwise; a schedule goes
before all else.
"""

from gateway_mock.core.delays import delay_to_auto_settle
from gateway_mock.core.modes import Kind
from gateway_mock.core.policy import Policy
from gateway_mock.ports import Answer
from gateway_mock.records import AutoSettlement, ConnectorSettings
from gateway_mock.times import SECOND


def at_authorization(
    connector: ConnectorSettings, answer: Answer, default: int, policy: Policy, *, antifraud: bool
) -> int | None:
    """How long after its authorization a payment settles by itself; None: not before the anti-fraud, if ever.

    Args:
        connector: what the merchant chose, and the kind: legacy ones settle on a schedule alone.
        answer: the approval, with the delays that came along.
        default: what counts when none did (C11), in microseconds.
        policy: how the account reads the delays.
        antifraud: whether the transaction's risk is analyzed.

    Returns:
        microseconds.
    """
    if connector.settles_after is not None or connector.kind is Kind.LEGACY:
        return _microseconds(connector.settles_after)
    match connector.auto_settle:
        case AutoSettlement.RECOMMENDED:
            return _recommended(answer, default, policy, antifraud=antifraud)
        case AutoSettlement.AFTER_AUTHORIZATION:
            return 0
        case AutoSettlement.AFTER_ANTIFRAUD:
            return None if antifraud else 0
        case AutoSettlement.DISABLED:
            return None


def _recommended(answer: Answer, default: int, policy: Policy, *, antifraud: bool) -> int | None:
    after_antifraud = answer.settles_after_antifraud
    delay = delay_to_auto_settle(answer.settles_after, after_antifraud, policy, antifraud=antifraud)
    if delay is not None:
        return _microseconds(delay)
    counts_later = antifraud and after_antifraud is not None and not policy.missing_delay_is_default
    return None if counts_later else default


def at_risk_approval(connector: ConnectorSettings, after_antifraud: int | None) -> int | None:
    """How long after the anti-fraud's approval a payment settles by itself; None: that moment means nothing to it.

    Args:
        connector: as above.
        after_antifraud: `delayToAutoSettleAfterAntifraud`, in seconds; None when the connector did not say.

    Returns:
        microseconds.
    """
    if connector.settles_after is not None or connector.kind is Kind.LEGACY:
        return None
    match connector.auto_settle:
        case AutoSettlement.RECOMMENDED:
            return _microseconds(after_antifraud)
        case AutoSettlement.AFTER_ANTIFRAUD:
            return 0
        case _:
            return None


def _microseconds(seconds: int | None) -> int | None:
    return None if seconds is None else seconds * SECOND
