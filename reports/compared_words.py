"""A comparison in words and tables: for the page and the terminal alike."""

from reports import words
from reports.comparability import Change
from reports.compared_runs import LEAST_MS, LEAST_SHARE, Compared, Comparison, RunsCompared, SetUp
from reports.effects import Effect
from reports.latency import EVERY
from reports.tables import Row, Table

STANDINGS = {"worse": "slower", "better": "faster", "same": "unchanged", "unclear": "unclear"}
_METRICS = {
    "failed_share": "failed",
    "wait_ms": "waiting",
    "service_ms": "service",
}
TIMES = 3.0
"""From here on a ratio is told as one, not in per cent."""
KNOWN = 100.0
"""An interval whose ends are a hundredfold apart says nothing."""


def name_of(it: SetUp) -> str:
    """Say which runs are meant: `B`, or `B, C and D`."""
    return it.letters[0] if len(it.letters) == 1 else f"{', '.join(it.letters[:-1])} and {it.letters[-1]}"


def headlines(found: RunsCompared) -> list[str]:
    """Give a sentence a set-up, or one that says that nothing can be said."""
    if found.invalid:
        names = ", ".join(found.invalid)
        return [f"Nothing is compared: {words.count(len(found.invalid), 'run')} void ({names})."]
    return [sentence(it, found.limit) for it in found.comparisons]


def sentence(it: Comparison, limit: float) -> str:
    """Say what the set-up did: who is faster, who is slower, and whether the rest is known to be as it was."""
    name, verb = name_of(it.other), "is" if len(it.other.letters) == 1 else "are"
    told = {way: _steps(it, way) for way in ("worse", "better")}
    parts = [f"{range_of(steps[0][1])} {_places(steps)}" for steps in told.values() if steps]
    unlike = [c.of for c in (*it.whole, *it.steps) if c.effect.standing in ("worse", "better")]
    steps = dict.fromkeys(c.of for c in it.steps)
    rest = [step for step in steps if step not in unlike]
    unclear = {c.of for c in (*it.whole, *it.steps) if c.effect.standing == "unclear"} & set(rest or [EVERY])
    if not parts:
        if not unclear:
            return f"{name} {verb} unchanged: nothing differs by more than {100 * limit:g} %."
        return (
            f"No difference is shown between {name} and the baseline, but for {_number(unclear)} less than "
            f"{100 * limit:g} % cannot be told with so few requests."
        )
    if not rest:
        tail = ""
    elif not unclear:
        tail = f"; {_list(rest)} {'is' if len(rest) == 1 else 'are'} unchanged"
    else:
        tail = f"; no difference is shown at {_list(rest)}"
    return f"{name} {verb} {', and '.join(parts)}{tail}."


def _steps(it: Comparison, way: str) -> list[tuple[str, Effect]]:
    """Give the places where waits went this way, the largest effect first; every page only where no step did."""
    every = [c for c in (*it.steps, *it.whole) if c.effect.standing == way]
    steps = [c for c in every if c.of != EVERY] or every
    best: dict[str, Effect] = {}
    for c in steps:
        if c.of not in best or _surer(c.effect, best[c.of]):
            best[c.of] = c.effect
    return sorted(best.items(), key=lambda pair: -abs(pair[1].effect - (0 if pair[1].absolute else 1)))


def _surer(one: Effect, other: Effect) -> bool:
    return one.high / max(one.low, 1e-9) < other.high / max(other.low, 1e-9)


def _places(steps: list[tuple[str, Effect]]) -> str:
    first = _place(steps[0][0])
    rest = [f"{range_of(effect, way=False)} {_place(of)}" for of, effect in steps[1:3]]
    more = [f"by other amounts at {words.count(len(steps) - 3, 'other step')}"] if len(steps) > 3 else []
    return _joined([first, *rest, *more])


def _place(of: str) -> str:
    return "over all pages" if of == EVERY else f"at {of.replace('_', ' ')}"


def range_of(effect: Effect, *, way: bool = True) -> str:
    """Say an effect as a range.

    >>> range_of(Effect(1000, 655, 0.655, 0.62, 0.69, "better", False))
    '31 to 38 % faster'
    >>> range_of(Effect(0.01, 0.05, 0.04, 0.03, 0.05, "worse", True))
    '3.0 to 5.0 points more failing'
    """
    ends = (effect.low, effect.high) if effect.absolute else (effect.low - 1, effect.high - 1)
    low, high = sorted(abs(100 * end) for end in ends)
    if effect.absolute:
        return f"{low:.1f} to {high:.1f} points" + (
            f" {'more' if effect.effect > 0 else 'fewer'} failing" if way else ""
        )
    if effect.high >= TIMES:
        return f"{effect.low:.1f} to {effect.high:.1f} times as slow"
    return f"{low:.0f} to {high:.0f} %" + (f" {'slower' if effect.effect > 1 else 'faster'}" if way else "")


def _number(steps: set[str]) -> str:
    return "all pages" if steps == {EVERY} else words.count(len(steps - {EVERY}), "step")


def _list(steps: list[str]) -> str:
    said = [step.replace("_", " ") for step in steps]
    return _joined(said) if len(said) <= 4 else f"the other {len(said)} steps"


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def felt_table(it: Comparison, base: str, limit: float) -> Table:
    """Hold what candidates felt against the baseline: every page, objectives, steps."""
    return Table(
        ["waits", "are", base, name_of(it.other), "difference", "change", "95 % interval"],
        [_row(c, c.of.replace("_", " ") if c.of != EVERY else "every page") for c in (*it.whole, *it.steps)],
        caption="Of half (p50) and of 95 of 100 (p95) of the requests; waits count from the moment at which a "
        "candidate first wanted the answer. All intervals hold in 95 of 100 comparisons. Unchanged: the interval is "
        f"within {100 * limit:g} % or {LEAST_MS:g} ms (failures: {100 * LEAST_SHARE:g} point). Slower, faster: it is "
        "on one side, and the change is past that. Unclear: it may be either.",
        text_columns=frozenset({0, 1}),
    )


def resources_table(it: Comparison, base: str, titles: dict[str, str]) -> Table:
    """Hold waiting and service of each resource against the baseline."""
    return Table(
        ["resource", "is", base, name_of(it.other), "difference", "change", "95 % interval"],
        [_row(c, titles.get(c.of, c.of)) for c in it.resources],
        caption="By the answers’ Server-Timing: means of a use. They explain what was felt, and decide nothing.",
        text_columns=frozenset({0, 1}),
    )


def changes_table(changed: tuple[Change, ...], base: str, name: str) -> Table:
    """List what was changed."""
    return Table(
        ["setting", base, name],
        [Row([it.name, it.before or "–", it.after or "–"]) for it in changed],
        text_columns=frozenset({0, 1, 2}),
    )


def _row(c: Compared, of: str) -> Row:
    e = c.effect
    figure = _METRICS.get(c.metric) or c.metric.removeprefix("intended_").removesuffix("_ms").replace("_", " ")
    if e.absolute:
        figures = [words.percent(e.baseline), words.percent(e.other), f"{100 * e.effect:+.1f} pt", ""]
        interval = f"{100 * e.low:+.1f} to {100 * e.high:+.1f}"
    else:
        difference = e.other - e.baseline
        sign = "+" if difference >= 0 else "-"
        figures = [words.duration(e.baseline), words.duration(e.other), f"{sign}{words.duration(abs(difference))}"]
        figures.append(f"{100 * (e.effect - 1):+.0f} %" if e.effect < TIMES else f"× {e.effect:.1f}")
        interval = _interval(e.low, e.high)
    mark = {"worse": "accused", "same": "quiet"}.get(e.standing, "")
    cells = [text.replace("-", "−") for text in (*figures, interval)]
    return Row([f"{of} {figure}", STANDINGS[e.standing], *cells], mark)


def _interval(low: float, high: float) -> str:
    """Say an interval of a ratio.

    >>> _interval(0.623, 0.69), _interval(0.9, 5.21), _interval(0.01, 30.0)
    ('-38 to -31 %', '× 0.9 to 5.2', 'not known')
    """
    if low < 1 < high and high > KNOWN * low:
        return "not known"
    if high >= TIMES:
        return f"× {low:.1f} to {high:.1f}"
    return f"{100 * (low - 1):+.0f} to {100 * (high - 1):+.0f} %"
