"""What a request costs a resource, and from that, how busy it gets at any rate: the operational laws.

    D = held time / completions        the service demand law
    U(rate) = rate · D / c             the utilisation law, for c units
    U = 1 at rate = c / D              more than this cannot be served, whatever the queue

P. J. Denning and J. P. Buzen, "The operational analysis of queueing network models", Computing Surveys 10 (1978). They
hold for any arrivals and any service, as long as D does not itself depend on the load.
"""


def service_demand_s(held_s: float, completions: float) -> float:
    """Give the mean time for which a completion holds a unit of the resource, in seconds.

    `held_s` are seconds summed over all units, `completions` those of the same time: of the resource itself, or of
    requests at the front, when the demand of one whole request is wanted. Raises ValueError without completions.

    >>> service_demand_s(held_s=26.0, completions=200)
    0.13
    """
    if completions <= 0 or held_s < 0:
        raise ValueError(f"{completions:g} completions in {held_s:g} s of holding: there is no demand to tell")
    return held_s / completions


def utilisation(rate_per_s: float, demand_s: float, units: float) -> float:
    """Give the share of its units that a resource has in use at a rate; above 1 its queue grows without end.

    Raises ValueError for a negative rate or demand, or without units.

    >>> utilisation(rate_per_s=20.0, demand_s=0.13, units=4)
    0.65
    """
    if rate_per_s < 0 or demand_s < 0 or units <= 0:
        raise ValueError(f"{rate_per_s:g} a second, {demand_s:g} s each, on {units:g} units: none may be below 0")
    return rate_per_s * demand_s / units


def saturation_rate_per_s(demand_s: float, units: float) -> float:
    """Give the rate at which a resource is busy all the time: the most that it can serve. Infinite without demand.

    >>> saturation_rate_per_s(demand_s=0.125, units=4)
    32.0
    """
    if demand_s < 0 or units <= 0:
        raise ValueError(f"{demand_s:g} s each, on {units:g} units: none may be below 0")
    return units / demand_s if demand_s > 0 else float("inf")
