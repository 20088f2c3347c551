"""A comparison in words and tables: for the page and the terminal alike."""

from reports import words
from reports.comparability import Change
from reports.compared_runs import LEAST_MS, LEAST_SHARE, Compared, Comparison, RunsCompared, SetUp
from reports.effects import RUN_NOISE, Effect
from reports.language import say
from reports.latency import EVERY
from reports.tables import Row, Table

TOLD = 3.0
"""Times RUN_NOISE: from here on it is said that the machine was not alike."""
TIMES = 3.0
"""From here on a ratio is told as one, not in per cent."""
KNOWN = 100.0
"""An interval whose ends are a hundredfold apart says nothing."""
LISTED = 4
"""Steps that are named; more are counted."""


def name_of(it: SetUp) -> str:
    """Say which runs are meant: `B`, or `B, C and D`."""
    return words.all_of(it.letters)


def headlines(found: RunsCompared) -> list[str]:
    """Give a sentence a set-up, or one that says that nothing can be said."""
    if found.invalid:
        return [say("nothing-compared", count=len(found.invalid), names=words.listed(found.invalid))]
    told = [line for it in found.comparisons for line in (sentence(it, found.limit), *machine_lines(it))]
    return [*told, say("machine-shared", runs=words.all_of(found.shared))] if found.shared else told


def machine_lines(it: Comparison) -> list[str]:
    """Say where the machine was less alike in these runs than machines are."""
    unlike = it.machine_noise > TOLD * RUN_NOISE
    return [say("machine-unlike", noise_percent=100 * it.machine_noise)] if unlike else []


def sentence(it: Comparison, limit: float) -> str:
    """Say what the set-up did: who is faster, who is slower, and whether the rest is known to be as it was."""
    name, runs, limit_percent = name_of(it.other), len(it.other.letters), 100 * limit
    changed = [_changes(steps) for way in ("worse", "better") if (steps := _steps(it, way))]
    unlike = [c.of for c in (*it.whole, *it.steps) if c.effect.standing in ("worse", "better")]
    rest = [step for step in dict.fromkeys(c.of for c in it.steps) if step not in unlike]
    unclear = {c.of for c in (*it.whole, *it.steps) if c.effect.standing == "unclear"} & set(rest or [EVERY])
    if not changed and not unclear:
        return say("set-up-unchanged", name=name, runs=runs, limit_percent=limit_percent)
    if not changed:
        return say("set-up-unclear", name=name, of=_number(unclear), limit_percent=limit_percent)
    tail = ""
    if rest:
        tail = say("rest-unclear", steps=_list(rest)) if unclear else say("rest-unchanged", steps=_list(rest))
    return say("set-up-changed", name=name, runs=runs, changes=say("between-ways").join(changed), rest=tail)


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


def _changes(steps: list[tuple[str, Effect]]) -> str:
    """Say the largest effects, each with its place, and how many more there are."""
    said = [
        say("change-at", change=range_of(effect), of_all=of == EVERY, step=words.step(of)) for of, effect in steps[:3]
    ]
    more = [say("changes-elsewhere", steps=len(steps) - 3)] if len(steps) > 3 else []
    return say("between-facts").join([*said, *more])


def range_of(effect: Effect) -> str:
    """Say an effect as a range.

    >>> range_of(Effect(1000, 655, 0.655, 0.62, 0.69, "better", False))
    '31 to 38 % faster'
    >>> range_of(Effect(0.01, 0.05, 0.04, 0.03, 0.05, "worse", True))
    '3.0 to 5.0 points more failing'
    """
    if not effect.absolute and effect.high >= TIMES:
        return say("times-as-slow", low=effect.low, high=effect.high)
    ends = (effect.low, effect.high) if effect.absolute else (effect.low - 1, effect.high - 1)
    low, high = sorted(abs(100 * end) for end in ends)
    if effect.absolute:
        return say("points-failing", is_more=effect.effect > 0, low=low, high=high)
    return say("percent-slower", is_slower=effect.effect > 1, low=low, high=high)


def _number(steps: set[str]) -> str:
    return say("all-pages") if steps == {EVERY} else say("so-many-steps", count=len(steps - {EVERY}))


def _list(steps: list[str]) -> str:
    said = [words.step(step) for step in steps]
    return words.all_of(said) if len(said) <= LISTED else say("other-steps", count=len(said))


def felt_table(it: Comparison, base: str, limit: float) -> Table:
    """Hold what candidates felt against the baseline: every page, objectives, steps."""
    return Table(
        [say("head-waits"), *_heads(it, base)],
        [_row(c, words.step(c.of)) for c in (*it.whole, *it.steps)],
        caption=say("felt-caption", limit_percent=100 * limit, least_ms=LEAST_MS, least_percent=100 * LEAST_SHARE),
        text_columns=frozenset({0, 1}),
    )


def resources_table(it: Comparison, base: str, titles: dict[str, str]) -> Table:
    """Hold waiting and service of each resource against the baseline."""
    return Table(
        [say("head-resource"), *_heads(it, base)],
        [_row(c, str(words.resource_later(c.of, titles.get(c.of, c.of)))) for c in it.resources],
        caption=say("compared-resources-caption"),
        text_columns=frozenset({0, 1}),
    )


def _heads(it: Comparison, base: str) -> list[str]:
    differ = [say("head-difference"), say("head-change"), say("head-interval")]
    return [say("head-are"), base, name_of(it.other), *differ]


def changes_table(changed: tuple[Change, ...], base: str, name: str) -> Table:
    """List what was changed."""
    return Table(
        [say("head-setting"), base, name],
        [Row([it.name, it.before or "–", it.after or "–"]) for it in changed],
        text_columns=frozenset({0, 1, 2}),
    )


def _row(c: Compared, of: str) -> Row:
    e = c.effect
    if e.absolute:
        figures = [words.percent(e.baseline), words.percent(e.other), say("points", points=f"{100 * e.effect:+.1f}")]
        figures += ["", say("interval", low=f"{100 * e.low:+.1f}", high=f"{100 * e.high:+.1f}")]
    else:
        difference = e.other - e.baseline
        sign = "+" if difference >= 0 else "-"
        figures = [words.duration(e.baseline), words.duration(e.other), f"{sign}{words.duration(abs(difference))}"]
        figures.append(_percent(e.effect) if e.effect < TIMES else f"× {e.effect:.1f}")
        figures.append(_interval(e.low, e.high))
    mark = {"worse": "accused", "same": "quiet"}.get(e.standing, "")
    what = say("figure-of", figure=say("metric", name=c.metric, title=words.spaced(c.metric)), of=of)
    return Row([what, say("change-standing", name=e.standing), *(text.replace("-", "−") for text in figures)], mark)


def _percent(ratio: float) -> str:
    return say("percent", figure=f"{100 * (ratio - 1):+.0f}")


def _interval(low: float, high: float) -> str:
    """Say an interval of a ratio.

    >>> _interval(0.623, 0.69), _interval(0.9, 5.21), _interval(0.01, 30.0)
    ('-38 to -31 %', '× 0.9 to 5.2', 'not known')
    """
    if low < 1 < high and high > KNOWN * low:
        return say("interval-not-known")
    if high >= TIMES:
        return "× " + say("interval", low=f"{low:.1f}", high=f"{high:.1f}")
    return say("percent", figure=say("interval", low=f"{100 * (low - 1):+.0f}", high=f"{100 * (high - 1):+.0f}"))
