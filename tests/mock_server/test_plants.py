"""Plants: each is put into a real portal, which then still does what it should, only slower."""

from contextlib import closing

import pytest
from registrant import set_portal_clock

from mock_server.plants import PLANTS, planted
from mock_server.portal import TITLES
from mock_server.settings import Profile, SettingsError
from scenarios.stack_start import running_stack

IN_CODE = (
    "missing_index",
    "hot_row",
    "call_under_connection",
    "image_checks_in_loop",
    "static_by_application",
    "catalogue_uncached",
    "short_accept_queue",
    "retry_storm",
    "periodic_pause",
)
"""Plants that change more than capacities."""
NOT_A_CAPACITY = {"event_loop", "accept_queue"}


@pytest.fixture(scope="module")
def stack(scenario, tmp_path_factory):
    """Give one portal that has all of them in their mildest form."""
    plants = {name: PLANTS[name].severities[0] for name in IN_CODE}
    with running_stack(scenario, tmp_path_factory.mktemp("logs"), plants=plants) as running:
        yield running


def test_a_candidate_registers_all_the_same(registrant):
    """Accounts, uploads, calls, catalogue and filing number work with every plant in the portal."""
    one = registrant(5200).identified().apply()
    assert 200 == one.http.get("/api/catalogue").status_code
    assert 200 == one.http.get("/static/base.css").status_code
    one.file()
    assert "under_review" == one.state


def test_hot_row_is_one_lock_with_receipts(registrant, stack):
    """Under `hot_row` a filing sends its receipt by SMS, and all provinces share one lock."""
    with closing(stack.control()) as control:
        assert 1 == control.profile()["filing_rows"]
    one = registrant(5201).identified().apply()
    one.file()
    texts = one.http.get(f"{stack.provider_address}/sms/messages", params={"phone": one.person.mobile}).text
    assert "报名回执" in texts


def test_reset_forgets_everybody_and_keeps_the_plants(registrant, stack, scenario):
    """After a reset the same person can register anew, and the table without an index is full of old log-ins again."""
    one = registrant(5202)
    one.register()
    with closing(stack.control()) as control:
        control.reset()
        assert 0 == control.census()["accounts"]
        set_portal_clock(stack, scenario.window.opening)
        registrant(5202).register()
        assert 1 == control.census()["accounts"]


@pytest.mark.parametrize("name", sorted(PLANTS))
def test_a_plant_says_what_it_makes_short(name):
    """The resource is one that the portal has, or one of the two that no knob turns."""
    plant = PLANTS[name]
    assert plant.resource in TITLES or plant.resource in NOT_A_CAPACITY
    least, most = plant.severities
    for severity in (least, most):
        assert isinstance(plant.profile(Profile(purpose="test"), severity), Profile)


@pytest.mark.parametrize(
    ("plants", "said"),
    [
        ({"no_such": 1.0}, "no plant 'no_such': one of small_pool"),
        ({"small_pool": 9.0}, "plant small_pool has severity 9; it must be 0.06 to 0.12"),
    ],
)
def test_a_wrong_plant_is_refused_by_name(plants, said):
    """Unknown names and severities out of bounds are one line."""
    with pytest.raises(SettingsError, match=said):
        list(planted(plants))
