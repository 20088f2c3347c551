"""The demand model gives the figures that were published with it, and keeps its invariants."""

import re
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.demand import DemandSettings, clock, cumulative_share, per_day, share_per_minute
from scenarios.window import CHINA, Window

N = 500_000
AT_17 = Window()
AT_MIDNIGHT = Window(closing=datetime(2025, 4, 9, 0, 0, tzinfo=CHINA))
MORE_OPENING = {"opening_weight": 0.12, "base_weight": 0.28, "deadline_weight": 0.60}


def day_percent(window, day, **settings):
    """Give the percent of all candidates that come on a day, 1 being the day of the opening."""
    return 100 * per_day(window, share_per_minute(window, DemandSettings(**settings)))[day - 1]


def last_day_percents(window):
    """Give each hour's percent of the last day's arrivals."""
    shares, time = share_per_minute(window, DemandSettings()), clock(window)
    last = time.day == time.day[-1]
    hours = np.bincount(time.hour[last], shares[last])
    return 100 * hours / hours.sum()


def final_hour(**settings):
    """Give the new candidates of the last hour before a 17:00 close."""
    return N * share_per_minute(AT_17, DemandSettings(**settings))[-60:].sum()


def opening_minute(**settings):
    """Give the new candidates of the first minute."""
    return N * share_per_minute(AT_17, DemandSettings(**settings))[0]


def mid_window_weekday_percent():
    """Give the percent of all candidates on a weekday of days 11 to 20, in the mean."""
    days = per_day(AT_17, share_per_minute(AT_17, DemandSettings()))[10:20]
    weekdays = [day for i, day in enumerate(days, 10) if i % 7 < 5]
    return 100 * sum(weekdays) / len(weekdays)


# Each published figure, and how far the model may be from it: half of its last digit, or 1% of it.
# docs/demand.md says how far it is.
@pytest.mark.parametrize(
    ("published", "tolerance", "figure"),
    [
        pytest.param(635, 3, opening_minute, id="opening minute"),
        pytest.param(6.4, 0.06, lambda: day_percent(AT_17, 1), id="day 1"),
        pytest.param(2.2, 0.05, mid_window_weekday_percent, id="mid-window weekday"),
        pytest.param(11.7, 0.05, lambda: day_percent(AT_17, 29), id="17:00 close, day 29"),
        pytest.param(16.9, 0.05, lambda: day_percent(AT_17, 30), id="17:00 close, day 30"),
        pytest.param(11_000, 100, final_hour, id="17:00 close, final hour"),
        pytest.param(19.8, 0.05, lambda: day_percent(AT_MIDNIGHT, 30), id="midnight close, day 30"),
        pytest.param(7.0, 0.06, lambda: last_day_percents(AT_MIDNIGHT).max(), id="midnight, busiest hour"),
        pytest.param(3.6, 0.05, lambda: last_day_percents(AT_MIDNIGHT)[-1], id="midnight close, final hour"),
        pytest.param(17_500, 100, lambda: final_hour(delta_days=0.2), id="stress: final hour at δ = 0.2"),
        pytest.param(1_255, 3, lambda: opening_minute(**MORE_OPENING), id="stress: opening at w_o = .12"),
    ],
)
def test_published_figure_comes_out(published, tolerance, figure):
    """The reading of the model that docs/demand.md describes gives its published figures."""
    assert pytest.approx(published, abs=tolerance) == figure()


def test_busiest_hour_of_an_ordinary_day():
    """It has 10.8% of the day; the humps are where they were seen."""
    shares = DemandSettings().hour_shares
    assert 0.108 == max(shares)
    peaks = [h for h in range(1, 23) if shares[h - 1] < shares[h] > shares[h + 1]]
    assert [10, 15, 20] == peaks


def test_rush_is_integrated_within_the_opening_minute():
    """With the rush alone the first minute holds 1 - e^(-1/10) of it, whatever the hour-of-day factor is."""
    settings = DemandSettings(opening_weight=1, base_weight=0, deadline_weight=0, rush_share=1)
    assert pytest.approx(1 - np.exp(-0.1), rel=1e-9) == share_per_minute(AT_17, settings)[0]


def test_deadline_law_is_integrated_to_the_close():
    """Without rhythm the last hour of one day has ln((δ+1h)/δ) / ln((δ+T)/δ) of the deadline's arrivals."""
    one_day = Window(opening=datetime(2025, 3, 10, tzinfo=CHINA), closing=datetime(2025, 3, 11, tzinfo=CHINA))
    settings = DemandSettings(
        opening_weight=0, base_weight=0, deadline_weight=1, delta_days=0.4, hour_shares=(1 / 24,) * 24
    )
    expected = np.log((0.4 + 1 / 24) / 0.4) / np.log(1.4 / 0.4)
    assert pytest.approx(expected, rel=1e-9) == share_per_minute(one_day, settings)[-60:].sum()


def test_weekend_factor_sets_saturday_against_friday():
    """On the base term alone a Saturday has the factor of a Friday."""
    settings = DemandSettings(opening_weight=0, base_weight=1, deadline_weight=0, weekend_factor=0.46)
    days = per_day(AT_17, share_per_minute(AT_17, settings))
    assert pytest.approx(0.46) == days[12] / days[11]


def test_surge_takes_its_share_of_the_last_day_and_of_no_other():
    """One hour has 40% of the last day; the day's sum and all other days stay."""
    plain, surge = (share_per_minute(AT_MIDNIGHT, DemandSettings(surge_hour=hour)) for hour in (None, 21))
    assert pytest.approx(per_day(AT_MIDNIGHT, plain)) == per_day(AT_MIDNIGHT, surge)
    assert pytest.approx(0.4) == surge[-180:-120].sum() / surge[-1440:].sum()


def test_surge_after_the_close_is_refused():
    """At a 17:00 close there is no 21st hour on the last day."""
    with pytest.raises(ValueError, match="surge_hour is 21; the last day has the hours 0 to 16"):
        share_per_minute(AT_17, DemandSettings(surge_hour=21))


@given(
    opens_minute=st.integers(0, 1439),
    minutes=st.integers(1, 60 * 24 * 40),
    weights=st.tuples(st.floats(0, 0.5), st.floats(0, 0.5)),
    delta=st.floats(0.01, 5),
    weekend=st.floats(0.05, 2),
)
def test_shares_are_a_distribution_for_any_window(opens_minute, minutes, weights, delta, weekend):
    """All minutes are above 0 and their sum is 1, whatever the window and the weights."""
    opening = datetime(2025, 3, 10, tzinfo=CHINA) + timedelta(minutes=opens_minute)
    window = Window(opening=opening, closing=opening + timedelta(minutes=minutes), exam_dates=())
    settings = DemandSettings(
        opening_weight=weights[0],
        base_weight=weights[1],
        deadline_weight=1 - sum(weights),
        delta_days=delta,
        weekend_factor=weekend,
    )
    shares = share_per_minute(window, settings)
    assert minutes == len(shares)
    assert shares.min() >= 0
    assert pytest.approx(1) == shares.sum()
    edges_s, cumulative = cumulative_share(window, settings)
    assert (0, window.length_s) == (edges_s[0], edges_s[-1])
    assert (0, 1) == (cumulative[0], cumulative[-1])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"deadline_weight": 0.7}, "base_weight + deadline_weight is 1.06; the sum must be 1"),
        ({"opening_weight": -0.06}, "opening_weight is -0.06; a share lies between 0 and 1"),
        ({"delta_days": -0.4}, "delta_days is -0.4; it must be above 0"),
        ({"rush_s": float("nan")}, "rush_s is nan; it must be above 0"),
        ({"hour_shares": (0.5, 0.5)}, "hour_shares has 2 numbers with the sum 1; it must have 24"),
        ({"surge_hour": 24}, "surge_hour is 24; an hour lies between 0 and 23"),
        ({"gate_share": 1.5}, "gate_share is 1.5; a share lies between 0 and 1"),
    ],
)
def test_refuses_impossible_settings_by_name(settings, said):
    """A wrong parameter is named, with what would be right."""
    with pytest.raises(ValueError, match=re.escape(said)):
        DemandSettings(**settings)
