"""What a terminal, or a program, is told of a portal that has been filled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import RenderableType
from rich.table import Table

from scenarios.seeding import Finding, SeedCounts


def seed_summary(
    counts: SeedCounts, findings: Sequence[Finding], moment: datetime, took_s: float
) -> tuple[list[RenderableType], dict[str, Any]]:
    """Give what the portal has at a moment, for people and as an event's facts."""
    table = Table("applications", "", box=None)
    table.columns[1].justify = "right"
    for state, count in counts.applications.items():
        table.add_row(state, f"{count:,}")
    broken = {it.name: it.violations for it in findings if it.violations}
    lines: list[RenderableType] = [
        table,
        f"Rows: {', '.join(f'{book} {count:,}' for book, count in counts.rows.items())}",
        f"{sum(counts.rows.values()):,} rows in {took_s:.0f} s, the audit included",
        *([] if broken else [f"Audit: all {len(findings)} rules hold"]),
        f"The portal stands at {moment:%Y-%m-%d %H:%M:%S}.",
    ]
    facts = {
        "portal_time": moment.isoformat(),
        "applications": counts.applications,
        "rows": counts.rows,
        "took_s": round(took_s, 1),
        "broken_rules": broken,
    }
    return lines, facts


def broken_words(findings: Sequence[Finding]) -> str:
    """Say which rules the portal's books violate, how often, and give examples."""
    broken = [it for it in findings if it.violations]
    return "; ".join(f"{it.name}: {it.violations}, such as {', '.join(it.examples)}" for it in broken)
