"""The audit: every rule that the books can prove, held against all rows at one moment."""

from datetime import timedelta
from typing import Any

import aiosql
import asyncpg
from msgspec import Struct

from mock_server.control_room import connect
from mock_server.database import HERE
from mock_server.life import MOVES
from mock_server.portal import Portal
from mock_server.settings import Limits, Window

rules: Any = aiosql.from_path(HERE / "audit.sql", "asyncpg", mandatory_parameters=False)
RULES: tuple[str, ...] = tuple(name for name in rules.available_queries if not name.endswith("_cursor"))
"""Names of the audit's queries."""
EXAMPLES = 3


class Finding(Struct):
    """How often the books violate one rule, with a few of the keys that do."""

    name: str
    violations: int
    examples: list[str]


async def audit(portal: Portal) -> list[Finding]:
    """Hold all books, as they stand at one moment, against every rule; one finding a rule."""
    given = limits_of_rules(portal.limits, portal.window)
    connection = await connect(portal.database_url)  # of its own: the audit of full books takes its time
    try:
        await connection.execute("set work_mem = '128MB'")
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return [await find_violations(connection, name, given) for name in RULES]
    finally:
        await connection.close()


async def find_violations(connection: asyncpg.Connection, rule: str, given: dict[str, Any]) -> Finding:
    """Hold the books against one rule of RULES; `given` as `limits_of_rules` has it."""
    finding = Finding(rule, 0, [])
    async for row in getattr(rules, rule)(connection, **given):
        finding.violations += 1
        if finding.violations <= EXAMPLES:
            finding.examples.append(str(row[0]))
    return finding


def limits_of_rules(limits: Limits, window: Window) -> dict[str, Any]:
    """Give what the audit's queries hold the books against."""
    return {
        "opening": window.opening,
        "closing": window.closing,
        "year": window.exam.year,
        "face_check_within": timedelta(hours=limits.face_check_within_h),
        "degree_check_required": limits.degree_check_required,
        "insurance_provinces": list(limits.insurance_provinces),
        "insurance_months": limits.insurance_months,
        "supplement_within": timedelta(days=limits.supplement_within_d),
        "payment_within": timedelta(days=limits.payment_within_d),
        "fee_junior_fen": limits.fee_junior_fen,
        "fee_intermediate_fen": limits.fee_intermediate_fen,
        "fee_senior_fen": limits.fee_senior_fen,
        "retained": timedelta(days=365.25 * limits.retained_years),
        "pass_score": limits.pass_score,
        "events": [event.value for _, event in MOVES],
        "from_states": [state.value for state, _ in MOVES],
        "to_states": [state.value for state in MOVES.values()],
    }
