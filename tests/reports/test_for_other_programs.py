"""What a run's folder holds for other programs: test cases, a comment, tables."""

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import polars as pl
import pytest
from markdown_it import MarkdownIt

from reports import write_report
from reports.markdown import LONGEST, escaped, markdown_summary
from reports.verdict import Bottleneck
from tests.reports.made_run import CALM_DUE_S, calm_run, facts, health, visit

EVIL = "x\x00 <b>_[a](http://b)_</b> | `c` @someone"

# What junit-10.xsd, by which Jenkins reads test cases, allows of the elements that are written: children, attributes.
ALLOWED = {
    "testsuites": ({"testsuite"}, {"name", "time", "tests", "failures", "errors"}),
    "testsuite": ({"testcase"}, {"name", "tests", "failures", "errors", "time", "skipped", "timestamp"}),
    "testcase": ({"skipped", "error", "failure", "system-out"}, {"name", "time", "classname"}),
    "skipped": (set(), {"type", "message"}),
    "error": (set(), {"type", "message"}),
    "failure": (set(), {"type", "message"}),
    "system-out": (set(), set()),
}


def outcomes(folder: Path) -> dict[str, dict[str, str]]:
    """Give how each case ended by suite and name ("": passed), after the file was held against what readers allow."""
    root = ElementTree.parse(folder / "junit.xml").getroot()
    assert root.tag == "testsuites"
    for element in root.iter():
        children, attributes = ALLOWED[element.tag]
        assert {child.tag for child in element} <= children
        assert set(element.attrib) <= attributes
    found = {}
    for suite in root:
        ended = [(case.attrib["name"], case[0].tag if len(case) else "") for case in suite]
        cases = {name: tag.replace("system-out", "") for name, tag in ended}
        assert len(cases) == len(ended), "readers tell cases apart by their names"
        counts = Counter(cases.values())
        said = [int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")]
        assert said == [len(cases), counts["failure"], counts["error"], counts["skipped"]]
        found[suite.attrib["name"]] = cases
    return found


def test_held_missed_and_not_measured(tmp_path: Path) -> None:
    """Each objective is a case, one that is asked twice too; without books the audit is skipped."""
    asked = ["all.intended_p95_ms < 2000", "all.intended_p95_ms < 50", "sms.utilisation < 0.5"]
    run = calm_run(tmp_path, facts(objectives=asked))
    write_report(run)
    found = outcomes(run)
    names = ["all.intended_p95_ms", "all.intended_p95_ms 2", "sms.utilisation"]
    assert found["objectives"] == dict(zip(names, ["", "failure", "skipped"], strict=True))
    assert found["measurement"]["the run is valid"] == ""
    assert {"lateness", "percentile", "percentile 2", "littles_law"} <= set(found["measurement"])
    assert set(found["audit"].values()) == {"skipped"}


def test_void_is_an_error_and_judges_no_objective(tmp_path: Path) -> None:
    """The reason and the check that found it are errors; objectives are skipped."""
    late = [visit(n, at, started_s=at + 0.2) for n, at in enumerate(CALM_DUE_S)]
    run = calm_run(tmp_path, visits=late, generator=[health(float(second)) for second in range(1, 181)])
    assert not write_report(run).valid
    found = outcomes(run)
    assert (found["measurement"]["the run is valid"], found["measurement"]["lateness"]) == ("error", "error")
    assert set(found["objectives"].values()) == {"skipped"}
    assert "| – void | of all pages" in (run / "summary.md").read_text(encoding="utf-8")


def test_broken_books_are_a_failure(tmp_path: Path) -> None:
    """A rule of the portal's books that is broken fails its case, and is listed in the comment."""
    finding = {"name": "one_number_a_filing", "violations": 2, "examples": ["4711", "4712"]}
    run = calm_run(tmp_path, facts(audit=[finding]))
    write_report(run)
    assert outcomes(run)["audit"]["the portal's books keep to its rules"] == "failure"
    summary = (run / "summary.md").read_text(encoding="utf-8")
    assert summary.startswith("### opening-day: ❌ a promise was broken\n")
    assert "- one\\_number\\_a\\_filing: 2, such as 4711, 4712" in summary


def test_summary_fits_a_comment(tmp_path: Path) -> None:
    """Verdict, objectives, figures, and where the report is, in a few kilobytes."""
    run = calm_run(tmp_path / "the_run")
    verdict = write_report(run)
    text = (run / "summary.md").read_text(encoding="utf-8")
    assert text.startswith(f"### opening-day: ✅ held\n\n{verdict.sentence}\n")
    assert "| ✅ held | of all pages, 95 of 100 wait under 2,000 ms" in text
    assert "| 100 of 100 | 500 | 0 | 0 | 102 ms | 104 ms | 104 ms |" in text
    assert "in the run folder the\\_run" in text
    assert len(text) < 3000


def test_summary_and_messages_are_in_the_language_asked_for(tmp_path: Path) -> None:
    """The verdict stays English, and so do the names by which servers know a case again."""
    asked = ["all.intended_p95_ms < 2000", "all.intended_p95_ms < 50"]
    run = calm_run(tmp_path, facts(objectives=asked))
    english = write_report(run)
    before = outcomes(run)
    assert write_report(run, "zh") == english
    text = (run / "summary.md").read_text(encoding="utf-8")
    assert text.startswith("### opening-day：❌ 有目标未达成\n\n")
    assert "| ❌ 未达成 | 全部页面：95% 的请求自预期时刻起等待不足 50 ms" in text
    assert "| 100 / 100 | 500 | 0 | 0 | 102 ms | 104 ms | 104 ms |" in text
    assert re.findall(r"[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}", text) == []
    assert outcomes(run) == before
    junit = (run / "junit.xml").read_text(encoding="utf-8")
    assert 'failure message="全部页面：95% 的请求自预期时刻起等待不足 50 ms：' in junit


def test_suspect_is_accused_only_of_what_went_wrong(tmp_path: Path) -> None:
    """Where all was held, what limits the portal is but the next in line; where something was missed, a suspect."""
    calm = write_report(calm_run(tmp_path))
    nearest = Bottleneck("sms", "SMS gateway", "suspected", "It waits.", ("sms",), 0.9, 0.9, 4.0, 3.0, None)
    held = msgspec.structs.replace(calm, bottlenecks=(nearest,))
    missed = msgspec.structs.replace(
        held, objectives=tuple(msgspec.structs.replace(it, held=False) for it in calm.objectives)
    )
    assert "**Nearest to its limit: SMS gateway.** It waits." in markdown_summary(held, tmp_path)
    assert "**Suspected: SMS gateway.** It waits." in markdown_summary(missed, tmp_path)


def test_what_comes_out_of_a_run_cannot_format(tmp_path: Path) -> None:
    """A name with HTML, Markdown, a mention and what XML does not allow shows as it is, and breaks nothing."""
    run = calm_run(tmp_path, facts(scenario={"name": EVIL, "purpose": "y"}))
    write_report(run)
    assert "objectives" in outcomes(run)
    (head, *_) = (run / "summary.md").read_text(encoding="utf-8").splitlines()
    assert "&lt;b&gt;\\_\\[a\\](http:\u200c//b)\\_&lt;/b&gt; \\| \\`c\\` @\u200csomeone" in head
    assert len(escaped("a" * 10_000)) == LONGEST
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(head)
    assert "<h3>x\ufffd &lt;b&gt;_[a](http:\u200c//b)_&lt;/b&gt; | `c` @\u200csomeone: " in page


@pytest.mark.parametrize(("name", "rows"), [("steps", 2), ("over_time", 180), ("resources", 1)])
def test_tables_are_there_as_csv_and_parquet(tmp_path: Path, name: str, rows: int) -> None:
    """Both have the same figures, with their units in the columns' names."""
    run = calm_run(tmp_path)
    write_report(run)
    parquet, csv = pl.read_parquet(run / f"{name}.parquet"), pl.read_csv(run / f"{name}.csv", infer_schema_length=None)
    assert (parquet.shape, parquet.columns) == ((rows, parquet.width), csv.columns)
    numbers = [column for column, dtype in parquet.schema.items() if dtype.is_numeric()]
    for column in numbers:
        apart = (parquet[column].cast(pl.Float64) - csv[column].cast(pl.Float64)).abs().fill_null(0.0)
        assert (apart < 1e-5).all(), column
    if name == "steps":
        assert parquet.row(0, named=True)["intended_p95_ms"] == pytest.approx(104.0)
