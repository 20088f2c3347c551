"""The life of an application as a state machine."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.clock import PortalClock, real_now
from mock_server.life import DEADLINES, MOVES, Event, IllegalMove, State, move, settled

NOW = PortalClock.starting_at(real_now(), 1.0).now()
ENDS = {State.REJECTED, State.CLOSED, State.GIVEN_UP, State.EXPIRED}


def test_every_state_is_reached_from_a_draft():
    """No state is an island."""
    reached = {State.DRAFT}
    while more := {to for (state, _), to in MOVES.items() if state in reached} - reached:
        reached |= more
    assert set(State) == reached


def test_ends_have_no_way_out():
    """What a deadline or a refusal has ended stays ended."""
    assert ENDS == {state for state in State if not any(state is before for before, _ in MOVES)}


@given(st.sampled_from(State), st.sampled_from(Event))
def test_a_move_is_in_the_table_or_refused(state, event):
    """No move is possible that a reader cannot find in the table."""
    if (state, event) in MOVES:
        assert MOVES[state, event] is move(state, event)
    else:
        with pytest.raises(IllegalMove):
            move(state, event)


@given(st.lists(st.sampled_from(Event), max_size=30))
def test_no_payment_without_approval(events):
    """Whatever people try, a paid application was approved by a reviewer before."""
    state, history = State.DRAFT, []
    for event in events:
        try:
            state = move(state, event)
        except IllegalMove:
            continue
        history.append(event)
    if state is State.PAID:
        assert history[-1] is Event.PAY
        assert Event.APPROVE in history
        assert Event.SUBMIT in history


@pytest.mark.parametrize("state", list(State))
def test_deadlines_act_when_they_pass_and_not_before(state):
    """A deadline acts at its very moment; states without one do not change by time."""
    late = settled(state, NOW, NOW)
    assert state is settled(state, NOW + timedelta(microseconds=1), NOW)
    assert state is settled(state, None, NOW)
    assert (MOVES[state, DEADLINES[state]] if state in DEADLINES else state) is late
