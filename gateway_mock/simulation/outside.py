"""What happens to the merchant: news of payments, time, faults on the line, crashes."""

from random import Random

from msgspec.structs import replace

from gateway_mock.core.modes import Kind, Mode
from gateway_mock.core.statuses import TransactionStatus
from gateway_mock.records import FaultKind, FaultRecord, PaymentRecord, RiskVerdict
from gateway_mock.service import callbacks, faults
from gateway_mock.service.accounts import configure
from gateway_mock.service.sandbox import settings_of
from gateway_mock.service.schedule import HOUR, MINUTE
from gateway_mock.simulation.case import Case
from gateway_mock.simulation.fragile import Fuse
from gateway_mock.simulation.merchant import told
from gateway_mock.simulation.provider import Less
from gateway_mock.simulation.scenario import weighted
from gateway_mock.simulation.world import ACCOUNT, World
from gateway_mock.times import DAY

# --- News from outside --------------------------------------------------------------------------------------


def _pick(world: World, payments: tuple[PaymentRecord, ...], random: Random) -> tuple[PaymentRecord, str]:
    payment = random.choice(payments)
    return payment, world.names[payment.id]


def decide(world: World, case: Case, random: Random) -> str:
    """The connector decides and its callback gets lost: the gateway learns of it when it asks again."""
    payment, name = _pick(world, case.pending, random)
    world.provider.decide(payment.id)
    return f"{name} is {world.provider.payment(payment.id).status} at the connector"


def notify(world: World, case: Case, random: Random) -> str:
    """The connector decides, or has decided, and calls back with a body, now and then twice."""
    payment, name = _pick(world, case.pending, random)
    world.provider.decide(payment.id)
    return f"{name} {_call_back(world, payment, contrary=False, times=random.choice((1, 1, 1, 2)))}"


def _call_back(world: World, payment: PaymentRecord, *, contrary: bool, times: int = 1) -> str:
    body = world.provider.callback(payment.id, contrary=contrary)
    if body is None:
        return "is unknown to the connector"
    for _ in range(times):
        callbacks.notify(world.sandbox, ACCOUNT, payment, body, "")
    return f"is called back as {body.status}{' twice' * (times - 1)}"


def ask_again(world: World, case: Case, random: Random) -> str:
    """A callback without body: ask the connector again, decided or not."""
    payment, name = _pick(world, case.pending, random)
    if random.randrange(2):
        world.provider.decide(payment.id)
    callbacks.retry(world.sandbox, ACCOUNT, payment)
    return f"{name}, {world.provider.payment(payment.id).status} at the connector"


def call_back_late(world: World, case: Case, random: Random) -> str:
    """News after the final status: the same again, or the contrary. Nothing may come of it."""
    payment, name = _pick(world, decided(case), random)
    return f"{name} {_call_back(world, payment, contrary=bool(random.randrange(2)))}"


def decided(case: Case) -> tuple[PaymentRecord, ...]:
    """The payments of which the gateway knows the end of the authorization."""
    if case.ledger.status is TransactionStatus.STARTED:
        return ()
    pending = case.pending
    return tuple(payment for payment in case.payments if payment not in pending)


def paid(world: World, case: Case, random: Random) -> str:
    """A payment notification: the money came in, and a PPP connector has it too, unless it had decided before."""
    payment, name = _pick(world, case.pending, random)
    world.notified.add(payment.id)
    world.provider.pay(payment.id)
    return f"{name} {told(callbacks.confirm_pending(world.sandbox, ACCOUNT, payment.id))}"


def move_less(world: World, _case: Case, random: Random) -> str:
    """Once, the connector will settle or give back less than it is asked to, and say so (S14)."""
    less = Less(random.choice(("settlements", "settlements", "refunds")), random.randint(1, 99))
    world.provider.line.less = world.provider.line.less or less
    return f"of {less.operation}, {less.percent} %"


def reconfigure(world: World, _case: Case, random: Random) -> str:
    """The merchant changes the modes, or what the anti-fraud says; what is authorized keeps its own (S23)."""
    with world.store.read(ACCOUNT) as unit:
        settings = settings_of(unit, world.sandbox)
    modes = {each.name: random.choice(tuple(Mode)) for each in settings.connectors if each.kind is Kind.PPP}
    connectors = tuple(replace(each, mode=modes.get(each.name, each.mode)) for each in settings.connectors)
    risk = settings.antifraud and replace(settings.antifraud, verdict=random.choice(tuple(RiskVerdict)))
    configure(world.sandbox, ACCOUNT, replace(settings, connectors=connectors, antifraud=risk))
    told = ", ".join(f"{name} settles as {mode}" for name, mode in modes.items())
    return f"{told}{f', risk {risk.verdict}' if risk else ''}"


# --- Time, faults, crashes ----------------------------------------------------------------------------------

_JUMPS = (
    (4, 3 * MINUTE),
    (4, 20 * MINUTE),
    (5, HOUR),
    (3, 7 * HOUR),
    (3, DAY + MINUTE),
    (1, 4 * DAY + MINUTE),
    (1, 8 * DAY),
)

_WORK_DONE = frozenset({FaultKind.DROP_REPLY, FaultKind.TIMEOUT, FaultKind.MALFORMED})
_FAULTS = tuple((3 if kind in _WORK_DONE else 1, kind) for kind in FaultKind)
"""The gateway has the most to get wrong where the connector has done the work and it cannot know."""

_OUTAGES = ((1, FaultKind.DROP_REQUEST), (1, FaultKind.RESET), (1, FaultKind.STATUS))
"""The connector never hears. Were its answers lost for a whole day, nobody could know what it has done."""

_OPERATIONS = ((8, "*"), (1, "authorize"), (4, "settle"), (3, "cancel"), (3, "refund"))
_STATUSES = ((2, 500), (1, 503), (1, 429))
OUTAGE_CALLS = 250


def wait(world: World, _case: Case, random: Random) -> str:
    """Time passes, and what is due happens."""
    jump = weighted(random, _JUMPS)
    ran = world.wait(jump)
    return f"{jump // MINUTE} minutes: {len(ran)} jobs"


def fault(world: World, _case: Case, random: Random) -> str:
    """The next few calls of an operation will break in some way."""
    fault = FaultRecord(
        operation=weighted(random, _OPERATIONS),
        kind=weighted(random, _FAULTS),
        times=random.randint(1, 3),
        after=random.choice((0, 0, 0, 1)),
        status=weighted(random, _STATUSES),
        seconds=0.0,
    )
    return _add(world, fault)


def outage(world: World, _case: Case, random: Random) -> str:
    """The connector hears nothing for longer than anybody retries."""
    kind = weighted(random, _OUTAGES)
    return _add(world, FaultRecord(operation=weighted(random, _OPERATIONS), kind=kind, times=OUTAGE_CALLS))


def _add(world: World, fault: FaultRecord) -> str:
    faults.add_fault(world.sandbox, ACCOUNT, fault)
    return f"{fault.kind} of {fault.operation}, {fault.times} times after {fault.after}"


def mend(world: World, _case: Case, _random: Random) -> str:
    """The line is whole again."""
    return told(faults.clear_faults(world.sandbox, ACCOUNT))


def crash(world: World, random: Random) -> str:
    """Have the process die at one of the next commits."""
    world.store.fuse = Fuse(random.choice((0, 0, 1, 1, 2, 3, 5)), before=bool(random.randrange(2)))
    return str(world.store.fuse)


def restart(world: World, _case: Case, _random: Random) -> str:
    """The process ends in order, and a new one begins."""
    return f"{world.restart()} sent again"
