"""Real clocks tell the time, manual ones are told."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from gateway_mock.adapters.clock import ManualClock, RealClock
from gateway_mock.adapters.store_memory import MemoryStore

HERE, THERE = "here", "there"
NEW_YEAR = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z
HOUR = 3_600_000_000


def test_the_real_clock_tells_the_system_time():
    """In microseconds since 1970, whatever the account."""
    clock = RealClock()
    before, told, after = time.time_ns(), clock.now(HERE), time.time_ns()
    assert before // 1000 <= told <= after // 1000
    assert not clock.manual


def test_nobody_moves_the_real_clock():
    """It is a ValueError."""
    with pytest.raises(ValueError, match="the clock is real"):
        RealClock().advance(HERE, 1)


def test_a_reset_leaves_the_real_clock_alone():
    """Whatever an account forgets, the time goes on."""
    clock = RealClock()
    before = clock.now(HERE)
    clock.forget(HERE)
    assert clock.now(HERE) >= before


def test_a_manual_clock_starts_with_the_year_2026(store):
    """Unless another start is given."""
    assert ManualClock(store).now(HERE) == NEW_YEAR
    assert ManualClock(store, start=5).now(HERE) == 5
    assert ManualClock(store).manual


def test_a_manual_clock_moves_when_it_is_told_only(store):
    """By as much as it is told, and in one account."""
    clock = ManualClock(store)
    assert clock.advance(HERE, HOUR) == NEW_YEAR + HOUR
    assert clock.advance(HERE, 0) == NEW_YEAR + HOUR
    assert clock.advance(HERE, 1) == NEW_YEAR + HOUR + 1
    assert clock.now(HERE) == NEW_YEAR + HOUR + 1
    assert clock.now(THERE) == NEW_YEAR


def test_a_clock_does_not_run_backwards(store):
    """A negative step is a ValueError and changes nothing."""
    clock = ManualClock(store)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(HERE, -1)
    assert clock.now(HERE) == NEW_YEAR


def test_a_manual_clock_stands_where_it_stood_before_a_restart(opener):
    """The moment of each account is in the database."""
    store = opener()
    clock = ManualClock(store)
    clock.advance(HERE, HOUR)
    clock.advance(THERE, 1)
    store.close()
    again = ManualClock(opener())
    assert (again.now(HERE), again.now(THERE)) == (NEW_YEAR + HOUR, NEW_YEAR + 1)
    assert again.advance(HERE, 1) == NEW_YEAR + HOUR + 1


def test_a_manual_clock_can_be_asked_inside_a_unit(store):
    """A use case that writes may ask for the moment, for the first time too."""
    clock = ManualClock(store)
    with store.write(HERE):
        assert clock.now(HERE) == NEW_YEAR


def test_a_manual_clock_starts_again_after_a_reset(store):
    """Once the store has forgotten the account, the clock does when it is told to."""
    clock = ManualClock(store)
    clock.advance(HERE, HOUR)
    with store.write(HERE) as unit:
        unit.reset()
    clock.forget(HERE)
    assert clock.now(HERE) == NEW_YEAR
    assert clock.advance(HERE, 1) == NEW_YEAR + 1


class Slow(MemoryStore):
    """A store that lets something happen between the end of a write unit and whatever its caller does next."""

    meanwhile = staticmethod(lambda: None)

    @contextmanager
    def write(self, account):
        """As always, and then `meanwhile`, once."""
        with super().write(account) as unit:
            yield unit
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()


def test_a_manual_clock_does_not_forget_a_step_that_overtook_another():
    """The second step is stored and told before the first one is told: the clock stays at the later moment."""
    store = Slow()
    clock = ManualClock(store)
    store.meanwhile = lambda: clock.advance(HERE, 5)
    assert clock.advance(HERE, 1) == NEW_YEAR + 1
    assert clock.now(HERE) == NEW_YEAR + 6


def test_a_manual_clock_never_goes_back_when_many_move_it():
    """Eight threads advance by one, 25 times each: 200 different moments, and nobody sees an earlier one after."""
    clock = ManualClock(MemoryStore())
    ready = threading.Barrier(8)

    def move(_):
        ready.wait()
        moments = []
        for _ in range(25):
            moments.append(clock.advance(HERE, 1))
            assert clock.now(HERE) >= moments[-1]
        return moments

    with ThreadPoolExecutor(8) as pool:
        moments = [moment for each in pool.map(move, range(8)) for moment in each]
    assert sorted(moments) == list(range(NEW_YEAR + 1, NEW_YEAR + 201))
    assert clock.now(HERE) == NEW_YEAR + 200
