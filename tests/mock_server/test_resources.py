"""Resources: waiting and holding, measured apart."""

import asyncio

import pytest

from mock_server.resources import QueueFull, Resource
from mock_server.stay import Stay, current_stay

HOLD_S = 0.05


async def use(resource, order=None, name=None):
    """Hold one unit for a while; give the stay."""
    stay = Stay()
    current_stay.set(stay)
    async with resource():
        if order is not None:
            order.append(name)
        await asyncio.sleep(HOLD_S)
    return stay


def test_waiting_and_holding_are_apart():
    """With one unit, the third waits for two holdings and holds for one."""

    async def scene():
        resource = Resource("test_apart", 1)
        return await asyncio.gather(*(asyncio.create_task(use(resource)) for _ in range(3)))

    third = asyncio.run(scene())[2]
    assert third.waited_s["test_apart"] >= 2 * HOLD_S * 0.95
    assert HOLD_S * 0.95 <= third.held_s["test_apart"] < third.waited_s["test_apart"]


def test_first_come_first_served():
    """Nobody overtakes."""

    async def scene():
        resource, order = Resource("test_order", 1), []
        await asyncio.gather(*(asyncio.create_task(use(resource, order, n)) for n in range(5)))
        return order

    assert [0, 1, 2, 3, 4] == asyncio.run(scene())


def test_the_knob_turns_while_requests_wait():
    """More units let those in who wait, at once."""

    async def scene():
        resource = Resource("test_knob", 1)
        tasks = [asyncio.create_task(use(resource)) for _ in range(4)]
        await asyncio.sleep(0)
        before = resource.in_use, resource.queue_length
        resource.set_capacity(3)
        after = resource.in_use, resource.queue_length
        await asyncio.gather(*tasks)
        return before, after, resource.in_use

    assert ((1, 3), (3, 1), 0) == asyncio.run(scene())


def test_who_leaves_the_queue_takes_nothing_along():
    """A cancelled wait gives its place back, also when its turn came in the same moment."""

    async def scene():
        resource = Resource("test_cancel", 1)
        await resource.acquire()
        waiting = [asyncio.create_task(use(resource)) for _ in range(2)]
        await asyncio.sleep(0)
        resource.release()  # the first waiter's turn comes …
        waiting[0].cancel()  # … and the waiter leaves before it has run
        await asyncio.gather(*waiting, return_exceptions=True)
        return resource.in_use, resource.queue_length

    assert (0, 0) == asyncio.run(scene())


def test_the_queue_has_an_end():
    """Beyond the bound nobody is let in to wait."""

    async def scene():
        resource = Resource("test_bound", 1, queue_bound=1)
        tasks = [asyncio.create_task(use(resource)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(QueueFull):
            await resource.acquire()
        await asyncio.gather(*tasks)

    asyncio.run(scene())


def test_server_timing_names_waiting_and_holding():
    """The header has both for each resource, outer ones first, and the total."""

    async def scene():
        outer, inner = Resource("test_outer", 1), Resource("test_inner", 1)
        stay = Stay()
        current_stay.set(stay)
        async with outer():
            async with inner():
                await asyncio.sleep(HOLD_S)
            return stay.server_timing()

    entries = dict(entry.split(";dur=") for entry in asyncio.run(scene()).split(", "))
    assert ["test_outer-wait", "test_outer-svc", "test_inner-wait", "test_inner-svc", "total"] == list(entries)
    assert float(entries["total"]) >= float(entries["test_outer-svc"]) >= float(entries["test_inner-svc"]) >= 47.5


def test_a_slow_unit_is_kept_longer():
    """At half the speed, who has worked for a while keeps the unit twice as long, and the books say so."""

    async def scene():
        resource = Resource("test_slow", 1)
        resource.speed = 0.5
        return resource, await use(resource)

    resource, stay = asyncio.run(scene())
    assert 2 * HOLD_S * 0.95 <= stay.held_s["test_slow"]
    assert resource.totals.held_s == pytest.approx(stay.held_s["test_slow"])


def test_what_others_grant_is_waited_for_and_held():
    """A row lock: in the queue until it is granted, in use from then on."""
    resource = Resource("test_elsewhere", 1)
    with resource.observed() as turn:
        assert (1, 0) == (resource.queue_length, resource.in_use)
        turn.granted()
        assert (0, 1) == (resource.queue_length, resource.in_use)
    assert (0, 0, 1) == (resource.queue_length, resource.in_use, resource.totals.completions)


def test_what_others_never_grant_is_waited_for_in_vain():
    """A request that is given up while it waits for a lock leaves the queue, and has completed nothing."""
    resource = Resource("test_in_vain", 1)
    with pytest.raises(TimeoutError), resource.observed():
        raise TimeoutError
    assert (0, 0, 0) == (resource.queue_length, resource.in_use, resource.totals.completions)
    assert resource.totals.waited_s > 0
