"""Draw a scenario's demand: the whole plan by days with the slice marked, and the slice itself.

`python -m scenarios.demand_picture` draws every preset into docs/demand/.
"""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import StrMethodFormatter
from PIL import Image

from scenarios.demand import Floats
from scenarios.demand_curve import COLUMNS, Slice, by_day, slice_of
from scenarios.plan import make_plan
from scenarios.scenario import Scenario, load_scenario, scenario_names

PICTURES = Path(__file__).parent.parent / "docs" / "demand"

# One colour a purpose, the same in all pictures. The pairs that often lie side by side differ in lightness too.
COLOURS = dict(
    zip(
        (
            "new_candidates", "face_check", "apply", "change", "supplement", "status", "pay", "invoice", "ticket",
            "results", "certificate",
        ),
        (
            "#0b559f", "#4a97c9", "#a6cde5", "#5e3c99", "#b2abd2", "#bdbdbd", "#238b45", "#a1d99b", "#e6550d",
            "#b30000", "#fdae6b",
        ),
        strict=True,
    )
)  # fmt: skip
_SLICE_COLOUR = "#ffd92f"


def draw(days: pl.DataFrame, played: Slice, scenario: Scenario, path: Path) -> None:
    """Write the picture as PNG: above, `by_day` of the plan; below, its `slice_of`.

    Raises OSError where the path cannot be written.
    """
    with mpl.rc_context({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(9, 6), layout="constrained", facecolor="white")
        above, below = figure.subplots(2)
        _draw_days(above, days, played, scenario)
        _draw_slice(below, played, scenario)
        used = [name for name in COLUMNS if days[name].sum()]
        handles = [Patch(color=COLOURS[name], label=name.replace("_", " ")) for name in used]
        figure.legend(handles=handles, loc="outside lower center", ncols=6, frameon=False)
        drawn = BytesIO()
        figure.savefig(drawn, format="png", dpi=100)
    # A few flat colours: a palette makes the file a third as large.
    Image.open(drawn).convert("RGB").quantize(128).save(path, format="PNG", optimize=True)


def _draw_days(axes: Axes, days: pl.DataFrame, played: Slice, scenario: Scenario) -> None:
    """Bars of one day each; the slice is a band, at least one day wide so that it can be seen."""
    midnight = scenario.window.opening.replace(hour=0, minute=0)
    edges = np.append(days["day"].to_numpy() - 1.0, days["day"][-1])
    _stack(axes, edges, days)
    from_days, to_days = ((moment - midnight) / timedelta(days=1) for moment in (played.begins, played.ends))
    if to_days - from_days > 1:
        axes.axvspan(from_days, to_days, color=_SLICE_COLOUR, alpha=0.25, zorder=0)
    else:
        axes.axvspan(np.floor(from_days), np.floor(from_days) + 1, color=_SLICE_COLOUR, zorder=0)
    ticks = np.arange(0, len(days), 7 if len(days) < 100 else 28)
    axes.set_xticks(ticks, [f"{midnight + timedelta(days=int(tick)):%d %b}" for tick in ticks])
    axes.set_xlim(edges[0], edges[-1])
    axes.set_title(
        f"{scenario.name}: all {scenario.population:,} candidates, visits a day (yellow: what is played)", loc="left"
    )


def _draw_slice(axes: Axes, played: Slice, scenario: Scenario) -> None:
    """Bars of `bin_s`, as visits a minute, an hour where the bins are long; the moments of the window are marked."""
    unit_s, per = (86_400.0, "day") if scenario.is_adaptive else (60.0, "minute")
    rate_s, rate = (3_600.0, "an hour") if scenario.is_adaptive else (60.0, "a minute")
    from_s = played.bins["from_s"].to_numpy()
    edges = (np.append(from_s, from_s[-1] + played.bin_s) - played.part.from_s) / unit_s
    _stack(axes, edges, played.bins, scale=rate_s / played.bin_s)
    for name, at_s in _moments(scenario).items():
        at = (at_s - played.part.from_s) / unit_s
        if 0.002 < at / edges[-1] < 1:  # not on the axis itself
            axes.axvline(at, color="black", linewidth=1, linestyle=":")
            axes.annotate(f" {name}", (at, 1), xycoords=("data", "axes fraction"), va="top")
    axes.set_xlim(0, edges[-1])
    axes.set_xlabel(f"{per}s since {played.begins:%d %b %Y, %H:%M:%S}")
    what = "the beginning of it" if scenario.is_adaptive else f"the slice, {played.part.total:,} visits"
    axes.set_title(f"{what}: visits {rate}", loc="left")


def _moments(scenario: Scenario) -> dict[str, float]:
    window = scenario.window
    named = {"opening": 0.0, "close": window.length_s}
    if window.exam_dates:
        named |= {"tickets": window.tickets_s, "results": window.results_s, "certificates": window.certificates_s}
    return named


def _stack(axes: Axes, edges: Floats, counts: pl.DataFrame, scale: float = 1.0) -> None:
    """Stacked areas with a step at each edge."""
    base = np.zeros(len(counts))
    for name in COLUMNS:
        top = base + counts[name].to_numpy() * scale
        if counts[name].sum():
            axes.stairs(top, edges, baseline=base, fill=True, color=COLOURS[name])
        base = top
    axes.set_ylim(0, max(1.0, float(base.max()) * 1.08))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.grid(axis="y", linewidth=0.4, alpha=0.5)


def main() -> None:
    """Draw every preset into docs/demand/, and print the pictures' paths."""
    PICTURES.mkdir(exist_ok=True)
    for name in scenario_names():
        scenario = load_scenario(name)
        plan = make_plan(scenario)
        path = PICTURES / f"{name}.png"
        draw(by_day(plan, scenario), slice_of(plan, scenario), scenario, path)
        print(path)


if __name__ == "__main__":
    main()
