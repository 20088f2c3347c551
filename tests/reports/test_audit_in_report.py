"""What verdict, page and terminal say of promises: kept, broken, or not audited."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reports import ExitCode, RunFolderError, audit_folder, exit_code, write_report
from tests.reports.made_ledgers import BOOKS, PROMISES, SCHEMAS, made_ledgers, made_promises, one_changed
from tests.reports.made_run import calm_run, facts

RULES_HOLD = [{"name": "phones_with_two_accounts", "violations": 0, "examples": []}]


def audited_run(folder: Path, **changed: Any) -> Path:
    """Make a calm run with promises and books; `changed` as in `made_ledgers`."""
    run = calm_run(folder, facts(audit=RULES_HOLD))
    (run / "promises").mkdir(exist_ok=True)  # a made run has a folder for every table
    made_promises().collect().write_parquet(run / "promises" / "part-0-00000.parquet")
    (run / "ledgers").mkdir()
    ledgers = made_ledgers(**changed)
    for name in SCHEMAS:
        if (rows := getattr(ledgers, name)) is not None:
            rows.collect().write_parquet(run / "ledgers" / f"{name}.parquet")
    return run


def test_promises_that_were_kept(tmp_path: Path) -> None:
    """They are counted, the exit code is that of the objectives, and the page says that all is there."""
    run = audited_run(tmp_path / "run")
    verdict = write_report(run)
    assert ExitCode.HELD == exit_code(verdict)
    assert (len(PROMISES), 0, 0, 0, ()) == (
        verdict.integrity.promises,
        verdict.integrity.lost,
        verdict.integrity.duplicated,
        verdict.integrity.unknown,
        verdict.integrity.violations,
    )
    page = (run / "report.html").read_text()
    assert "All that was acknowledged is there, as it was sent." in page
    assert not any("audited" in line for line in verdict.not_measured)
    lines, code = audit_folder(run)
    assert ExitCode.HELD == code
    assert "all 1 rule hold" in lines[1]


def test_broken_promises_are_told_in_chinese(tmp_path: Path) -> None:
    """In the summary, by the rule's name, its title, and what was found; the verdict stays English."""
    run = audited_run(tmp_path / "run", filings=BOOKS["filings"][:1])
    verdict = write_report(run, "zh")
    assert verdict.integrity.violations[0].startswith("filing_lost: an application that was filed is not")
    said = "已备案的报名表未按所给号码备案（1），例如考生 7 的 11：给出的备案号为 110002，实际备案号为 110001"
    assert f"- filing\\_lost：{said}\n" in (run / "summary.md").read_text(encoding="utf-8")


def test_promises_that_were_broken(tmp_path: Path) -> None:
    """The sentence begins with them, the page has their history, and the exit code is 4, also from the terminal."""
    run = audited_run(tmp_path / "run", filings=BOOKS["filings"][:1])
    verdict = write_report(run)
    assert ExitCode.PROMISE_BROKEN == exit_code(verdict)
    assert 1 == verdict.integrity.lost
    assert (
        "filing_lost: an application that was filed is not, under the number that was given (1), "
        "such as 11 of candidate 7: given 110002, filed under 110001",
    ) == (verdict.integrity.violations)
    assert verdict.sentence.startswith(
        "The portal broke its word: an application that was filed is not, under the number that was given (1). "
    )
    page = (run / "report.html").read_text()
    assert "candidate, 11.000 to 11.500\N{NO-BREAK SPACE}s, visit 0: filing 11 110002 acknowledged" in page
    assert "考生，11.000 至 11.500\N{NO-BREAK SPACE}s，访问 0：备案 11 110002 已确认" in page
    lines, code = audit_folder(run)
    assert ExitCode.PROMISE_BROKEN == code
    assert any("portal, 2025-03-10T12:00:00+08:00: submit, a to b" in line for line in lines)


def test_what_stayed_open_is_said(tmp_path: Path) -> None:
    """A payment that the portal was not told of yet, and bytes that are not kept."""
    open_order = one_changed("payment_orders", state="open")
    run = audited_run(
        tmp_path / "run", payment_orders=open_order, charges=one_changed("charges", notified=False), files=None
    )
    said = " ".join(write_report(run).not_measured)
    assert "have not been able to tell the portal yet: 1" in said
    assert "The portal kept no files" in said


def test_why_there_was_no_audit_is_said(tmp_path: Path) -> None:
    """The portal was gone after the load: nobody can read that as nothing lost."""
    run = calm_run(tmp_path / "run", facts(no_books_because="the portal is still busy 60 s after a run, with sms"))
    verdict = write_report(run)
    assert "Promises were not audited" in verdict.integrity.note
    assert "still busy 60 s after a run, with sms" in verdict.integrity.note
    with pytest.raises(RunFolderError, match="nothing to audit: the portal is still busy"):
        audit_folder(run)


def test_a_book_of_another_version_is_refused(tmp_path: Path) -> None:
    """One that lacks a column is no book without violations."""
    run = audited_run(tmp_path / "run")
    path = run / "ledgers" / "charges.parquet"
    pl.read_parquet(path).drop("believed_lie").write_parquet(path)
    with pytest.raises(RunFolderError, match=r"charges\.parquet: no column 'believed_lie'"):
        write_report(run)


def test_half_of_the_books_are_refused(tmp_path: Path) -> None:
    """A book that is missing is no empty book."""
    run = audited_run(tmp_path / "run")
    (run / "ledgers" / "filings.parquet").unlink()
    with pytest.raises(RunFolderError, match=r"filings\.parquet: missing"):
        audit_folder(run)


@pytest.mark.parametrize("name", ["ledgers/charges.parquet", "promises/part-0-00000.parquet"])
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str) -> None:
    """A table that is damaged between its ends is told in one line."""
    run = audited_run(tmp_path / "run")
    content = bytearray((run / name).read_bytes())
    content[4:200] = bytes(196)
    (run / name).write_bytes(content)
    with pytest.raises(RunFolderError, match=r"^[^\n]*: promises or books cannot be read: [^\n]*$"):
        audit_folder(run)
