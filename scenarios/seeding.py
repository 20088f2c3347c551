"""Fills the portal's books to a moment of the window, as the plan has it: `seed_portal`.

    stages ─► how far everybody is ─► what has happened to them ─► rows of every book ─► COPY, a part at a time
              seeded_progress         seeded_history               seeded_rows           PUT /control/import/BOOK

The portal's clock stands still meanwhile. Everything goes over the portal's control endpoints.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from argon2 import PasswordHasher
from numpy.typing import NDArray

from fakes.candidates import passwords
from fakes.crowd import crowd
from fakes.levels import Level
from fakes.paper_bank import PaperBank
from scenarios.control import Control
from scenarios.scenario import Scenario
from scenarios.seeded_history import Rules, histories
from scenarios.seeded_papers import SharedPapers
from scenarios.seeded_rows import Setting, past_passes, rows_of
from scenarios.seeded_transfer import SeedingError, Sender, Transfer
from scenarios.stages import Stages, draw_stages
from scenarios.working_days import office_time

__all__ = ("Finding", "SeedCounts", "SeedingError", "audit_portal", "seed_portal")

Progress = Callable[[dict[str, Any]], None]

PART = 25_000
"""Candidates whose rows are made at a time: it bounds the memory."""
OFFICE_DAY_H = 8


@dataclass(frozen=True)
class SeedCounts:
    """What was filled in, and how long it took."""

    population: int
    applications: dict[str, int]
    """By state."""
    rows: dict[str, int]
    """By book."""
    seconds: dict[str, float]
    """By phase: plan, papers, rows (made and sent), indexes."""


@dataclass(frozen=True)
class Finding:
    """How often the portal's books violate one rule, with a few of the keys that do."""

    name: str
    violations: int
    examples: list[str]


def seed_portal(
    control: Control,
    scenario: Scenario,
    at_s: float,
    progress: Progress,
    stages: Stages | None = None,
    bank: PaperBank | None = None,
) -> SeedCounts:
    """Fill an empty portal to portal second `at_s`, where its clock then stands still.

    `stages` and `bank`: those of the scenario, where they are made already. `progress` hears
    `{"now": "seed", "done", "total"}`, in candidates with an account. Raises SeedingError.
    """
    transfer = Transfer(control)
    control.set_clock(scenario.window.opening, 0.0)  # nothing is due at the opening: the offices leave the books alone
    with transfer.phase("plan"):
        limits = transfer.ask("GET", "/limits").json()
        if stages is None:
            stages = draw_stages(scenario)
    with transfer.phase("papers"):
        papers = SharedPapers(bank or PaperBank.build(scenario.seed), scenario.seed)
        for name, content in papers.contents.items():
            transfer.ask("PUT", f"/import-files/{name}", content=content)
        hashes = _password_hashes(scenario.seed, control.profile()["password_hash"])
    setting = Setting(
        seed=scenario.seed,
        opening=scenario.window.opening,
        exam_year=scenario.window.exam_dates[0].year,
        at_s=at_s,
        rules=Rules.of(scenario.window.length_s, limits),
        fees_fen={level.value: limits[f"fee_{level}_fen"] for level in Level},
        password_hashes=hashes,
        papers=papers,
    )
    with transfer.importing(scenario.window.moment(at_s)) as sender:
        people = _send_past_passes(scenario, sender)
        told = histories(stages, at_s, people, setting.rules)
        told = told.with_columns(_invoice_due_s(told, scenario, limits["invoice_working_days"]))
        for begin in range(0, len(told), PART):
            part = told.slice(begin, PART)
            people = crowd(scenario.seed, part["candidate"].to_numpy()).drop("province")
            for book, rows in rows_of(part.hstack(people), setting).items():
                sender.send(book, rows)
            progress({"now": "seed", "done": begin + len(part), "total": len(told)})
    control.set_clock(scenario.window.moment(at_s), 0.0)
    states = told["state"].drop_nulls().value_counts(sort=True)
    return SeedCounts(scenario.population, dict(states.iter_rows()), transfer.rows, transfer.seconds)


def audit_portal(control: Control) -> list[Finding]:
    """Let the portal hold its books against the rules; one finding a rule. Raises SeedingError."""
    return [Finding(**it) for it in Transfer(control).ask("GET", "/audit").json()]


def _send_past_passes(scenario: Scenario, sender: Sender) -> pl.DataFrame:
    """Send what everybody passed in the last exam; give what decides their filing: province and insured months."""
    parts = []
    for numbers in _parts(scenario.population):
        people = crowd(scenario.seed, numbers)
        sender.send("past_pass", past_passes(people, scenario.window.last_exam))
        insured_days = (pl.col("employed_until") - pl.col("employed_from")).dt.total_days()
        parts.append(people.select("province", (insured_days // 30).alias("insured_months")))
    return pl.concat(parts)


def _parts(population: int) -> Iterator[NDArray[np.uint32]]:
    for begin in range(0, population, PART):
        yield np.arange(begin, min(begin + PART, population), dtype=np.uint32)


def _invoice_due_s(told: pl.DataFrame, scenario: Scenario, working_days: float) -> pl.Series:
    """Give when the finance office will have issued each invoice (rule 19); the last hour is for issuing it."""
    office = office_time(scenario.window, scenario.stages.with_limits(scenario.limits).office_days_after_close)
    asked_s = told["invoice_asked_s"].fill_null(np.nan).to_numpy()
    due_s = office.to_portal_s(office.to_office_days(asked_s) + working_days - 1 / OFFICE_DAY_H)
    return pl.Series("invoice_due_s", due_s).fill_nan(None)


def _password_hashes(seed: int, cost: dict[str, Any]) -> dict[str, str]:
    """Hash every password of the seed as the portal would: argon2id, with the cost of its profile."""
    hasher = PasswordHasher(time_cost=cost["passes"], memory_cost=cost["memory_kib"], parallelism=1)
    return {password: hasher.hash(password) for password in passwords(seed)}
