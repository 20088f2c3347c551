"""Every page but the report of one run, which has its own tests, in both languages."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rehearse import app
from reports.compared_page import write_comparison_page
from reports.compared_runs import compare_runs
from reports.comparison import About
from reports.diagnosis_page import write_diagnosis_page
from reports.language import LANGUAGES, Language, speaking
from reports.metastable import judge
from reports.metastable import told as arms_told
from reports.protections import write_protections
from reports.run_series import read_history
from reports.run_series_page import write_history_page
from reports.series import Series
from tests.reports import test_metastable, test_protections, test_run_series
from tests.reports.english_left import english_left
from tests.reports.made_run import calm_run, facts
from tests.reports.simulated_portal import SimulatedPortal
from tests.reports.test_diagnosis import DEMANDS, ROOMY

ABOUT = About("opening-day", "as-reported", 50.0)


def comparison(folder: Path, first: Language) -> Path:
    """Write the page of two runs with a change between them, in the language `first`."""
    changed = facts(versions={"locust": "2.48.0"})
    found = compare_runs([calm_run(folder / "a"), calm_run(folder / "b", changed)])
    return write_comparison_page(found, folder, first)


def history(folder: Path, first: Language) -> Path:
    """Write the page of eight runs that become slower."""
    for number in range(8):
        test_run_series.written(folder, number, 100.0 if number < 4 else 130.0, "2.1.0" if number < 4 else "2.2.0")
    return write_history_page(read_history(folder), folder, first)


def diagnosis(folder: Path, first: Language) -> Path:
    """Write the page of a diagnosis that confirms a resource."""
    portal = SimulatedPortal({**ROOMY, "sms": 2}, DEMANDS)
    found = portal.diagnose(with_ramp=True)
    write_diagnosis_page(found, portal.trials, ABOUT, folder / "diagnosis.html", first)
    return folder / "diagnosis.html"


def protections(folder: Path, first: Language) -> Path:
    """Write the page of three trials."""
    for number, name in enumerate(("as_it_is", "shedding", "as_it_is_again"), start=1):
        test_protections.trial(folder, name, 10 * number, number)
    return write_protections(folder, ABOUT, first)[1]


PAGES: dict[Callable[[Path, Language], Path], tuple[str, str]] = {
    comparison: ("Comparison of rehearsals", "演练对比"),
    history: ("figures changed once", "指标变化过 1 次"),
    diagnosis: ("The limit is sms (2); 4 would hold.", "瓶颈是短信网关线路（2）；扩到 4 即可承受。"),
    protections: ("What each protection buys", "各项保护措施的效果"),
}
"""What stands in each page, in English and in Chinese."""


@pytest.mark.parametrize("write", PAGES, ids=lambda write: write.__name__)
def test_page_is_in_both_languages(tmp_path: Path, write: Callable[[Path, Language], Path]) -> None:
    """The first language is shown, the other waits for the switch; no sentence of the Chinese was left in English."""
    english, chinese = PAGES[write]
    text = write(tmp_path, "en").read_text(encoding="utf-8")
    shown, waiting = text[: text.index("<template")], text[text.index("<template") :]
    assert '<html lang="en">' in text
    assert (english in shown, chinese in shown, chinese in waiting) == (True, False, True)
    assert english_left(text) == set()
    assert 'class="language" hidden' in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_language_is_chosen(tmp_path: Path, language: Language) -> None:
    """By the option of the command; what programs read is the same."""
    runs = [calm_run(tmp_path / name) for name in ("a", "b")]
    for words in (["compare", *map(str, runs), "--out", str(tmp_path)], ["history", str(tmp_path)]):
        done = CliRunner().invoke(app, [*words, "--lang", language])
        assert (done.exit_code, "历史" in done.output, "对比" in done.output) == (0, False, False)
    for name in ("comparison.html", "history.html"):
        assert f'<html lang="{LANGUAGES[language]}">' in (tmp_path / name).read_text(encoding="utf-8")


def test_what_is_not_metastable_is_said_in_chinese() -> None:
    """Headline, reason and table, each arm by its name."""
    with speaking("zh"):
        found = arms_told(judge(test_metastable.arms(trigger=0.02)), ABOUT)
    assert found.headline == "诱因消失后卡顿仍在持续：亚稳态故障。"
    assert "而“诱因时间缩短”、“诱因不变，负载降低”时并非如此" in found.lead
    assert [row.cells[0] for row in found.table.rows][:2] == ["没有诱因", "有诱因"]


def test_json_of_a_diagnosis_is_english(tmp_path: Path) -> None:
    """Whatever language its page shows: a reason is a sentence in it, as it always was."""
    portal = SimulatedPortal({**ROOMY, "sms": 2}, DEMANDS)
    found = portal.diagnose()

    class Made(Series):
        """Its trials are not read from folders."""

        def figures(self):
            return portal.trials

    Made(tmp_path, 1).write(found, ABOUT, "zh")
    because = json.loads((tmp_path / "diagnosis.json").read_text(encoding="utf-8"))["diagnosis"]["because"]
    assert because.startswith("More of sms gains 33.3 % of the offered load (95 % interval ")
    assert '<html lang="zh-CN">' in (tmp_path / "diagnosis.html").read_text(encoding="utf-8")
