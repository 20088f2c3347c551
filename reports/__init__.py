"""From a run's folder to a verdict and a page."""

from pathlib import Path

from reports.analysis import analyse
from reports.audit import audit_run
from reports.junit import write_junit
from reports.language import Language, speaking
from reports.live_checks import void_so_far
from reports.markdown import write_markdown
from reports.page import write_page
from reports.promises_tables import audit_lines
from reports.run_folder import RunFolderError, open_run
from reports.summary import summary_lines
from reports.table_files import write_table_files
from reports.verdict import ExitCode, Verdict, build_verdict, exit_code, write_verdict

LIVE_ASSETS = Path(__file__).parent / "assets"
"""Where the script and the style are that draw a run while it lasts."""

__all__ = [
    "LIVE_ASSETS",
    "ExitCode",
    "Language",
    "RunFolderError",
    "Verdict",
    "audit_folder",
    "exit_code",
    "summary_lines",
    "void_so_far",
    "write_report",
]


def write_report(run_dir: Path, language: Language = "en") -> Verdict:
    """Write into a run's folder the verdict and the report, and both for other programs; give the verdict.

    These are `verdict.json`, `report.html`, `junit.xml`, `summary.md`, and the tables as CSV and Parquet.

    The page is in every language and shows this one first. `summary.md` and the messages of `junit.xml` are in it; the
    verdict, which programs read, is in English.

    Raises RunFolderError, with one line, where the folder is no whole run folder.
    """
    analysis = analyse(open_run(run_dir))
    verdict = build_verdict(analysis)
    write_verdict(verdict, run_dir / "verdict.json")
    write_page(analysis, verdict, run_dir / "report.html", language)
    with speaking(language):
        told = build_verdict(analysis)
        write_junit(analysis, told, run_dir / "junit.xml")
        write_markdown(told, run_dir)
    write_table_files(analysis, run_dir)
    return verdict


def audit_folder(run_dir: Path) -> tuple[list[str], ExitCode]:
    """Hold a run's books against each other and against the rules; give what was found, in lines, and the exit code.

    Raises RunFolderError, with one line, where the folder is no whole run folder, or has no such books.
    """
    run = open_run(run_dir)
    found = audit_run(run)
    if found is None or run.facts.audit is None:
        why = run.facts.no_books_because or "it was made by an earlier version, or against a portal that gives none"
        raise RunFolderError(f"{run_dir}: no books of what the portal had in the end, so nothing to audit: {why}")
    is_broken = any(found.counts.values()) or any(it.violations for it in run.facts.audit)
    return audit_lines(found, run.facts.audit), ExitCode.PROMISE_BROKEN if is_broken else ExitCode.HELD
