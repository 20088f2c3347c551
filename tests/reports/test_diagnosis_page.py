"""The page of a diagnosis, on portals of arithmetic; in a browser where there is one."""

import pytest

from reports.comparison import About
from reports.diagnosis_page import write_diagnosis_page
from tests.reports.simulated_portal import SimulatedPortal
from tests.reports.test_diagnosis import DEMANDS, ROOMY


def page_of(portal, folder):
    """Diagnose a portal, and write the page."""
    found = portal.diagnose(with_ramp=True)
    path = folder / "diagnosis.html"
    write_diagnosis_page(found, portal.trials, About("opening-day", "as-reported", 50.0), path)
    return path.read_text(encoding="utf-8")


def test_a_confirmed_one_is_the_headline(tmp_path):
    """What is short, and how much is enough, stands first; before and after stand side by side."""
    text = page_of(SimulatedPortal({**ROOMY, "sms": 2}, DEMANDS), tmp_path)
    assert "<h1>The limit is sms (2); 4 would hold.</h1>" in text
    assert "Before and after" in text
    assert "http://" not in text.partition("<script")[0]


@pytest.mark.parametrize(
    ("portal", "headline"),
    [
        (SimulatedPortal(ROOMY, DEMANDS), "Nothing limits the portal at this load."),
        (SimulatedPortal(ROOMY, DEMANDS, elsewhere=0.6), "Something limits the portal, and no capacity was proven"),
        (
            SimulatedPortal(ROOMY, DEMANDS, void=frozenset(["light", "light-again"])),
            "The trials cannot be trusted, so nothing is said of the portal.",
        ),
    ],
    ids=["holds", "not_identified", "void"],
)
def test_every_standing_has_its_page(tmp_path, portal, headline):
    """No standing leaves the page without a sentence, and none names a culprit but a confirmed one."""
    text = page_of(portal, tmp_path)
    assert headline in text
    assert "Before and after" not in text
