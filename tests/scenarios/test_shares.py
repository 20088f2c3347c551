"""Whatever becomes of workers and messages, in no second do all together send more than the ceiling."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from scenarios.generator_processes import WorkersError
from scenarios.rate_ceiling import RateCeiling, whole_requests
from scenarios.workers.shares import LEASE_S, Shares, check_shares


class Sender:
    """A worker with a clock of its own, which sends as much as it may."""

    def __init__(self, most_per_s, clock_s):
        self.clock_s, self.by_asked_s, self.until_s = clock_s, clock_s, -inf
        self.ceiling = RateCeiling(most_per_s)
        self.ceiling.most = 0

    def hear(self, asked_s, most):
        """Take what is newer than what it goes by."""
        if asked_s > self.by_asked_s:
            self.by_asked_s, self.ceiling.most, self.until_s = asked_s, most, asked_s + LEASE_S

    def send(self, now_s):
        """Send all that may leave at a moment; give how many."""
        sent = 0
        while now_s + self.clock_s < self.until_s and self.ceiling.earliest_s <= now_s:
            self.ceiling.leave(now_s)
            sent += 1
        return sent


class Crew(RuleBasedStateMachine):
    """Workers that come and get lost, while messages are late, overtake each other, come twice or never."""

    @initialize(most_per_s=st.one_of(st.integers(1, 30), st.floats(0.2, 30.0)))
    def begin(self, most_per_s):
        """Begin without anybody."""
        self.most_per_s, self.now_s = most_per_s, 100.0
        self.most, self.window_s = whole_requests(most_per_s)
        self.shares, self.senders, self.lost = Shares(most_per_s), [], set()
        self.asked, self.answered, self.left_s = [], [], []

    @rule(clock_s=st.floats(-50.0, 50.0), has_joined=st.booleans())
    def comes(self, clock_s, has_joined):
        """Let a worker come, with whatever clock; one that has not joined yet asks too."""
        self.senders.append(Sender(self.most_per_s, clock_s))
        if has_joined:
            self.shares.join(len(self.senders) - 1)

    @precondition(lambda self: self.senders)
    @rule(data=st.data())
    def is_taken_for_lost(self, data):
        """Take one for lost: it may be there all the same, and goes on sending and asking."""
        worker = data.draw(st.sampled_from(range(len(self.senders))))
        self.lost.add(worker)
        self.shares.leave(worker)

    @precondition(lambda self: self.senders)
    @rule(data=st.data())
    def asks(self, data):
        """Send off a question."""
        worker = data.draw(st.sampled_from(range(len(self.senders))))
        sender = self.senders[worker]
        self.asked.append((worker, self.now_s + sender.clock_s, sender.by_asked_s))

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), again=st.booleans())
    def is_asked(self, data, again):
        """Let any question arrive."""
        place = data.draw(st.integers(0, len(self.asked) - 1))
        worker, asked_s, by_asked_s = self.asked[place] if again else self.asked.pop(place)
        if worker not in self.lost:
            most = self.shares.tell(worker, asked_s, by_asked_s, self.now_s)
            self.answered.append((worker, asked_s, most))

    @precondition(lambda self: self.answered)
    @rule(data=st.data(), again=st.booleans())
    def is_answered(self, data, again):
        """Let any answer arrive, and the worker send all it may."""
        place = data.draw(st.integers(0, len(self.answered) - 1))
        worker, asked_s, most = self.answered[place] if again else self.answered.pop(place)
        self.senders[worker].hear(asked_s, most)
        self._all_send()

    @rule(step_s=st.sampled_from([0.3, 1.0, 1.01, 5.0, 9.9, 10.6, 12.0]))
    def time_passes(self, step_s):
        """Everybody sends all they may, just before and after."""
        self._all_send()
        self.now_s += step_s
        self._all_send()

    @rule(rounds=st.integers(1, 4))
    def all_goes_well(self, rounds):
        """Let everybody ask each second and be answered at once."""
        for _ in range(rounds):
            for worker, sender in enumerate(self.senders):
                if worker not in self.lost:
                    asked_s = self.now_s + sender.clock_s
                    sender.hear(asked_s, self.shares.tell(worker, asked_s, sender.by_asked_s, self.now_s))
            self._all_send()
            self.now_s += 1.0

    def _all_send(self):
        for sender in self.senders:
            self.left_s += [self.now_s] * sender.send(self.now_s)

    @invariant()
    def no_second_has_more(self):
        """Of every request: so many after it, a window has passed."""
        left_s = getattr(self, "left_s", [])
        for first_s, next_s in zip(left_s, left_s[getattr(self, "most", 0) :], strict=False):
            assert next_s - first_s >= self.window_s - 1e-9

    @invariant()
    def what_all_go_by_is_within_the_ceiling(self):
        """At each moment, whether they send or not."""
        there = [it for it in getattr(self, "senders", []) if self.now_s + it.clock_s < it.until_s]
        assert sum(it.ceiling.most for it in there) <= getattr(self, "most", 0)


TestCrew = Crew.TestCase


@given(most_per_s=st.floats(0.2, 500.0), before=st.integers(1, 9), lost=st.integers(0, 8), late=st.integers(0, 9))
def test_the_whole_ceiling_is_dealt_out_evenly_once_all_know(most_per_s, before, lost, late):
    """Some are lost and others come: soon those that are there have it all, as even as can be."""
    shares, (most, window_s) = Shares(most_per_s), whole_requests(most_per_s)
    crew, by_asked_s, now_s = list(range(before)), {}, 0.0
    for worker in crew:
        shares.join(worker)

    def asked_for(seconds):
        nonlocal now_s
        told = {}
        for _ in range(int(seconds)):
            now_s += 1.0
            told = {worker: shares.tell(worker, now_s, by_asked_s.get(worker, 0.0), now_s) for worker in crew}
            by_asked_s.update(dict.fromkeys(crew, now_s))
        return sorted(told.values())

    assert most == sum(asked_for(1))
    for worker in crew[:lost]:
        shares.leave(worker)
    assert shares.all_let_go(now_s) == (lost == 0)
    crew = crew[lost:] + list(range(before, before + late))
    for worker in range(before, before + late):
        shares.join(worker)
    told = asked_for(LEASE_S + 2 * window_s + 3)
    assert shares.all_let_go(now_s)
    if crew:
        assert most == sum(told)
        assert told[-1] - told[0] <= 1


def test_a_late_worker_gets_its_share_within_seconds():
    """Nobody has to be lost for that: the others let go a window after they have been told."""
    shares = Shares(90.0)
    shares.join(0)
    assert 90 == shares.tell(0, 1.0, 0.0, now_s=1.0)
    shares.join(1)
    assert 45 == shares.tell(0, 2.0, 1.0, now_s=2.0)
    assert 0 == shares.tell(1, 2.5, 0.0, now_s=2.5)
    assert 45 == shares.tell(0, 3.0, 2.0, now_s=3.0)
    assert 0 == shares.tell(1, 3.5, 2.5, now_s=3.5)
    assert 45 == shares.tell(1, 4.5, 3.5, now_s=4.5)


def test_the_share_of_a_lost_worker_is_dealt_once_it_certainly_sends_no_more():
    """It may have sent until its lease was over, and those requests count for a second more."""
    shares = Shares(90.0)
    shares.join(0)
    shares.join(1)
    for worker in (0, 1):
        assert 45 == shares.tell(worker, 1.0, 0.0, now_s=1.0)
    shares.leave(1)
    over_s = 1.0 + LEASE_S + 1.0
    assert 45 == shares.tell(0, over_s, 1.0, now_s=over_s)
    assert not shares.all_let_go(over_s)
    assert 90 == shares.tell(0, over_s + 1.0, over_s, now_s=over_s + 1.0)


def test_a_ceiling_below_one_request_for_each_is_refused():
    """Whoever had none would never send."""
    check_shares(2, 2.9)
    with pytest.raises(WorkersError, match=r"3 workers: 2\.9 requests a second are for 2 at most"):
        check_shares(3, 2.9)
