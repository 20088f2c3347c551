"""Whatever happens to workers, each arrival of the plan comes exactly once."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from scenarios.arrival import Arrival
from scenarios.workers.dealer import Dealer


def arrivals(count):
    """Give arrivals a second apart."""
    return [Arrival(number, 0, "look", float(number)) for number in range(count)]


@given(count=st.integers(0, 200), workers=st.integers(1, 9), step_s=st.floats(0.5, 50))
def test_shares_are_a_partition_of_the_plan(count, workers, step_s):
    """However far ahead is dealt, the union of the shares is the plan, and they are as even as can be."""
    dealer = Dealer(arrivals(count))
    for number in range(workers):
        dealer.join(number)
    hands = {number: [] for number in range(workers)}
    until_s = 0.0
    while dealer.planned_s is not None and until_s < count + step_s:
        until_s += step_s
        for number, dealt in dealer.deal(until_s).items():
            assert all(it.planned_s < until_s for it in dealt)
            hands[number] += dealt
    assert arrivals(count) == sorted((it for hand in hands.values() for it in hand), key=lambda it: it.planned_s)
    sizes = [len(hand) for hand in hands.values()]
    assert max(sizes) - min(sizes) <= 1


class Load(RuleBasedStateMachine):
    """A load whose workers join, start who was dealt to them, get lost, and have people come back."""

    @initialize(count=st.integers(1, 40))
    def plan(self, count):
        """Plan some arrivals."""
        self.count, self.now_s = count, 0.0
        self.dealer = Dealer(arrivals(count))
        self.hands, self.inside = {}, {}
        self.joined, self.come, self.broken_off, self.returning = 0, Counter(), [], 0

    @rule()
    def joins(self):
        """Let a worker join."""
        self.dealer.join(self.joined)
        self.hands[self.joined], self.inside[self.joined] = {}, []
        self.joined += 1

    @rule(step_s=st.floats(0.1, 20))
    def time_passes(self, step_s):
        """Deal some seconds ahead."""
        self.now_s += step_s
        for number, dealt in self.dealer.deal(self.now_s + 10).items():
            for it in dealt:
                assert (it.candidate, it.visit) not in self.hands[number]
                self.hands[number][it.candidate, it.visit] = it

    @precondition(lambda self: any(self.hands.values()))
    @rule(data=st.data())
    def somebody_comes(self, data):
        """Anyone of a hand, in any order."""
        number = data.draw(st.sampled_from([number for number, hand in self.hands.items() if hand]))
        visit = data.draw(st.sampled_from(sorted(self.hands[number])))
        assert self.hands[number].pop(visit) == self.dealer.begin(number, visit, self.now_s)
        self.inside[number].append(visit)
        self.come[visit] += 1

    @precondition(lambda self: any(self.inside.values()))
    @rule(data=st.data(), comes_back=st.booleans())
    def somebody_leaves(self, data, comes_back):
        """Anyone inside; some say that they will come back."""
        number = data.draw(st.sampled_from([number for number, visits in self.inside.items() if visits]))
        candidate, visit = self.inside[number].pop()
        if comes_back:
            again = Arrival(candidate, visit + 1024, "look", self.now_s + 30, planned=False)
            self.dealer.returning(number, [again])
            self.hands[number][candidate, visit + 1024] = again
            self.returning += 1
        self.dealer.over(number, [(candidate, visit)])

    @precondition(lambda self: self.hands)
    @rule(data=st.data())
    def is_lost(self, data):
        """Lose a worker; what was with it is told."""
        number = data.draw(st.sampled_from(sorted(self.hands)))
        loss = self.dealer.lose(number, self.now_s)
        hand, inside = self.hands.pop(number), self.inside.pop(number)
        assert sorted(inside) == sorted((it.arrival.candidate, it.arrival.visit) for it in loss.broken_off)
        assert sorted(hand) == sorted((it.candidate, it.visit) for it in loss.handed_on)
        self.broken_off += inside

    @invariant()
    def nobody_comes_twice(self):
        """At no time."""
        assert all(times == 1 for times in getattr(self, "come", {}).values())

    def teardown(self):
        """With one worker that stays, everybody who is left comes, nobody before their time nor before it is dealt."""
        if not hasattr(self, "dealer"):
            return
        self.joins()
        self.time_passes(1e6)
        for number, hand in self.hands.items():
            for visit, it in hand.items():
                self.dealer.begin(number, visit, self.now_s)
                self.come[visit] += 1
                assert it.planned_s >= float(it.candidate)
        assert self.count + self.returning == len(self.come)
        assert {1} == set(self.come.values())
        assert self.dealer.planned_s is None


TestLoad = Load.TestCase
