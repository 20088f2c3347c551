"""The demand model: at what rate new candidates arrive in each minute of the window.

For N candidates, x days since the opening, a window of T days and h = hour-of-day factor × weekend factor:

    λ(x) = N · { w_o·[ρ·n(e^(-x/τ_r)) + (1-ρ)·n(h·e^(-x/τ_o))] + w_b·n(h) + w_d·n(h'/(T-x+δ)) }

n(·) scales a curve to integrate to 1 over the window. h' is h, but on the last day the root of the
hour-of-day factor takes the factor's place, because deadline days are flatter.

    λ │█                             █
      │█                            ██
      │█▄                         ▂▄██
      │██▆▄▄▃▃▃▃▃▃▃▃▃▃▃▃▃▄▄▄▄▅▅▆▇█████
      └───────────────────────────────► x
       rush,         base         deadline
       settling

The deadline's law is that of Alfi, Parisi and Pietronero, "Conference registration: how people react to a
deadline", Nature Physics 2007. Evidence, figures and the choices made are in docs/demand.md.

All curves are integrated over each minute in closed form: h is constant within a minute, as the window opens
on a whole minute.
"""

from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from scenarios.bounds import check_positive, check_share
from scenarios.window import Window

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_MINUTES_A_DAY = 1_440

# Shares of an ordinary day's arrivals in each hour, from midnight on. Given are the busiest hour (10.8%) and
# where the humps lie (9-11, 14-16, a minor one at 20); the rest is an assumption, see docs/demand.md.
# fmt: off
_HOUR_SHARES = (
    .006, .003, .002, .002, .003, .005, .008, .018, .046, .100, .108, .075,
    .049, .057, .085, .089, .076, .057, .047, .047, .050, .038, .021, .008,
)
# fmt: on


class DemandSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of the demand model; their evidence is in docs/demand.md.

    Raises ValueError, by the parameter's name, for values with which the model makes no sense.
    """

    opening_weight: float = 0.06
    """Who comes for the opening, w_o: 0.03 to 0.12 fit UK voter registration 2019 and 2024, and guokao 2026 day 1."""
    base_weight: float = 0.30  # who comes at any time, w_b: the same fits
    deadline_weight: float = 0.64  # who comes for the close, w_d: the same fits; the three come to 1
    delta_days: float = 0.4  # how near to the close, δ: 0.2 to 1.0, the same fits
    settling_days: float = 0.6  # how soon the opening settles, τ_o: ratios of day 1 to day 2, weak evidence
    rush_share: float = 0.2  # who comes in the rush, ρ, of those who come for the opening; assumption
    rush_s: float = 600.0  # how long the rush is, τ_r; assumption
    hour_shares: tuple[float, ...] = _HOUR_SHARES
    """Of a day's arrivals in each hour: the busiest, 9 to 14 %, is HMRC's; the shape is an assumption."""
    weekend_factor: float = 0.7
    """Arrivals of a Saturday or Sunday beside a working day's, 0.35 to 1: UK 2019, guokao 2015 and 2017."""

    # Stress: this hour of the day takes this share of the last day. UK 2016 failed at 214k of a day's 515k.
    surge_hour: int | None = None  # this hour of the last day takes a share of its own; none where left out
    surge_share: float = 0.4  # what it takes of the last day; UK 2016 failed at 214k of a day's 515k

    # Who is in the opening minute may have come before it, stands at the gate and reloads.
    gate_share: float = 0.25  # who of the opening minute stands at the gate before it, and reloads; assumption
    gate_lead_s: float = 30.0  # how long before the opening they come, mean, exponential; assumption
    gate_length_s: float = 60.0  # nobody comes earlier than that; assumption

    # Return visits, for those who do not go on at once.
    face_check_limit_s: float = 48 * 3_600.0  # limit of rule 5, within which people come by the δ law
    apply_median_days: float = 1.5  # until who does not go on at once comes back to apply, lognormal; assumption
    apply_sigma: float = 1.0  # of its logarithm; assumption
    return_gap_s: float = 900.0  # nobody is back sooner, as the visit before lasts about that long; assumption

    def __post_init__(self) -> None:
        shares = (
            "opening_weight",
            "base_weight",
            "deadline_weight",
            "rush_share",
            "surge_share",
            "gate_share",
        )
        check_share(self, *shares)
        check_positive(
            self, "delta_days", "settling_days", "rush_s", "weekend_factor", "gate_lead_s", "gate_length_s",
            "face_check_limit_s", "apply_median_days", "apply_sigma", "return_gap_s",
        )  # fmt: skip
        weights = self.opening_weight + self.base_weight + self.deadline_weight
        if abs(weights - 1) > 1e-6:
            raise ValueError(f"opening_weight + base_weight + deadline_weight is {weights:.6g}; the sum must be 1")
        if len(self.hour_shares) != 24 or min(self.hour_shares) <= 0 or abs(sum(self.hour_shares) - 1) > 1e-6:
            raise ValueError(
                f"hour_shares has {len(self.hour_shares)} numbers with the sum {sum(self.hour_shares):.6g}; "
                "it must have 24, all above 0, with the sum 1"
            )
        if self.surge_hour is not None and not 0 <= self.surge_hour < 24:
            raise ValueError(f"surge_hour is {self.surge_hour}; an hour lies between 0 and 23")


class Clock(NamedTuple):
    """What the clock shows in each minute of a window; every array has one entry a minute."""

    day: Integers
    """Calendar day, 0 for the day of the opening."""
    hour: Integers
    """Hour of the day, 0 to 23."""
    weekend: NDArray[np.bool_]
    """Whether it is a Saturday or a Sunday."""


def clock(window: Window) -> Clock:
    """Give the clock of every minute of the window."""
    first = window.opening.hour * 60 + window.opening.minute
    minute = first + np.arange(round(window.length_s / 60))
    day = minute // _MINUTES_A_DAY
    return Clock(
        day=day,
        hour=minute // 60 % 24,
        weekend=(window.opening.weekday() + day) % 7 >= 5,
    )


def activity_per_minute(window: Window, settings: DemandSettings) -> Floats:
    """Give h, hour-of-day × weekend factor, of every minute; its mean over a weekday is 1."""
    time = clock(window)
    return _hour_factor(time, settings) * _weekend_factor(time, settings)


def share_per_minute(window: Window, settings: DemandSettings) -> Floats:
    """Give the share of all candidates that arrives in each minute of the window; the sum is 1.

    Raises ValueError where `surge_hour` is not an hour of the window's last day.
    """
    time = clock(window)
    hour_factor, weekend_factor = _hour_factor(time, settings), _weekend_factor(time, settings)
    h = hour_factor * weekend_factor
    h_deadline = np.where(time.day == time.day[-1], np.sqrt(hour_factor), hour_factor) * weekend_factor

    edge_days = np.arange(len(h) + 1) / _MINUTES_A_DAY
    rush = _integral_of_decay(edge_days, settings.rush_s / 86_400)
    settling = h * _integral_of_decay(edge_days, settings.settling_days)
    # ∫ dx / (T-x+δ) = ln((T-a+δ) / (T-b+δ))
    deadline = h_deadline * -np.diff(np.log(edge_days[-1] - edge_days + settings.delta_days))

    rho = settings.rush_share
    shares = (
        settings.opening_weight * (rho * _scaled(rush) + (1 - rho) * _scaled(settling))
        + settings.base_weight * _scaled(h)
        + settings.deadline_weight * _scaled(deadline)
    )
    return shares if settings.surge_hour is None else _with_surge(shares, time, settings)


def cumulative_share(window: Window, settings: DemandSettings) -> tuple[Floats, Floats]:
    """Give the minutes' edges in portal seconds, and the share of all candidates that arrived by each."""
    cumulative = np.cumsum(np.append(0.0, share_per_minute(window, settings)), dtype=np.float64)
    return 60 * np.arange(len(cumulative), dtype=np.float64), cumulative / cumulative[-1]


def per_day(window: Window, per_minute: Floats) -> Floats:
    """Sum a curve by calendar days, the day of the opening first.

    >>> [f"{day:.1%}" for day in per_day(Window(), share_per_minute(Window(), DemandSettings()))[-2:]]
    ['11.7%', '16.9%']
    """
    return np.bincount(clock(window).day, weights=per_minute).astype(np.float64)


def _hour_factor(time: Clock, settings: DemandSettings) -> Floats:
    return 24 * np.array(settings.hour_shares)[time.hour]


def _weekend_factor(time: Clock, settings: DemandSettings) -> Floats:
    return np.where(time.weekend, settings.weekend_factor, 1.0)


def _integral_of_decay(edge_days: Floats, tau_days: float) -> Floats:
    """Integrate e^(-x/τ)/τ from each edge to the next."""
    return -np.diff(np.exp(-edge_days / tau_days))


def _scaled(curve: Floats) -> Floats:
    """Give n(curve): the same form with the sum 1."""
    total: float = curve.sum()
    return curve / total


def _with_surge(shares: Floats, time: Clock, settings: DemandSettings) -> Floats:
    """Move arrivals within the last day so that the surge's hour has its share; the day's sum stays."""
    last_day = time.day == time.day[-1]
    surge = last_day & (time.hour == settings.surge_hour)
    others = last_day & ~surge
    if not surge.any() or not others.any():
        raise ValueError(
            f"surge_hour is {settings.surge_hour}; the last day has the hours "
            f"{time.hour[last_day][0]} to {time.hour[-1]}, of which the surge takes one and leaves the others"
        )
    day_sum = shares[last_day].sum()
    moved = shares.copy()
    moved[surge] *= settings.surge_share * day_sum / shares[surge].sum()
    moved[others] *= (1 - settings.surge_share) * day_sum / shares[others].sum()
    return moved
