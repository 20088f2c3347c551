"""A portal that was emptied serves the same people as it did the first time: their draws are those of the seed."""

from contextlib import closing

from registrant import set_portal_clock
from single_requests import loopback

from scenarios.portal import Request


def test_who_comes_again_after_a_reset_is_served_as_before(approved, stack, scenario):
    """The same orders in the same order, so the gateways' draws too; and no gateway knows the ones before."""

    def opened() -> list[str]:
        one = approved(160)
        orders = [one.accepted(one.payment("first"))]
        one.accepted(Request("", "DELETE", f"/api/payments/{orders[0]['order_no']}"))
        orders.append(one.accepted(one.payment("second")))
        loopback.post(orders[1]["pay_url"]).raise_for_status()
        book = loopback.get(f"{stack.provider_address}/alipay/orders").text
        assert 2 == len(book.splitlines())
        return [it["order_no"] for it in orders]

    first = opened()
    assert 2 == len(set(first))
    with closing(stack.control()) as control:
        control.reset()
    set_portal_clock(stack, scenario.window.opening)
    assert first == opened()
