"""From a run's folder to a verdict and a page."""

from pathlib import Path

from reports.analysis import analyse
from reports.page import write_page
from reports.run_folder import RunFolderError, open_run
from reports.summary import summary_lines
from reports.verdict import ExitCode, Verdict, build_verdict, exit_code, write_verdict

__all__ = ["ExitCode", "RunFolderError", "Verdict", "exit_code", "summary_lines", "write_report"]


def write_report(run_dir: Path) -> Verdict:
    """Write `verdict.json` and `report.html` into a run's folder and give the verdict.

    Raises RunFolderError, with one line, where the folder is no whole run folder.
    """
    analysis = analyse(open_run(run_dir))
    verdict = build_verdict(analysis)
    write_verdict(verdict, run_dir / "verdict.json")
    write_page(analysis, verdict, run_dir / "report.html")
    return verdict
