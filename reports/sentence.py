"""The verdict in plain words, and the evidence against the suspect."""

from reports import true_rate, words
from reports.analysis import Analysis
from reports.books_tables import audit_sentence, broken
from reports.bottleneck import MOSTLY, Suspect
from reports.latency import EVERY
from reports.machine import BUSY_SHARE
from reports.objectives import Result, with_unit
from reports.promises_tables import broken_words

LAG_MS = 2000.0
"""Without an objective on latency, a portal lags where one page in twenty takes longer than this."""


def verdict_sentence(a: Analysis) -> str:
    """Say in one to four sentences what was broken, whether the run is void, the portal lagged, and what limits it."""
    return _of_promises(a) + _of_measurement(a)


def _of_promises(a: Analysis) -> str:
    """Say which promises were broken; nothing where none was: what was lost comes before all that was slow."""
    if a.audit is not None and any(a.audit.counts.values()):
        return f"The portal broke its word: {broken_words(a.audit)}. "
    if broken(a.run.facts.audit or ()):
        return f"{audit_sentence(a.run.facts.audit or ())} "
    return ""


def _of_measurement(a: Analysis) -> str:
    if a.invalid_because:
        first = a.invalid_because[0]
        return f"This run is void: {first[:1].lower()}{first[1:]}"
    if not a.is_measured:
        return (
            f"{true_rate.NOT_MEASURED[:1].upper()}{true_rate.NOT_MEASURED[1:]}. "
            f"The books of {words.count(a.visits.height, 'visit')} balance."
        )
    return _of_lag(a) + ("" if a.timeline.pace.is_true else f" Measured in {true_rate.how_much(a.timeline)}.")


def _of_lag(a: Analysis) -> str:
    if lags(a):
        return f"{words.scenario_title(a.run.facts)} would lag: {_worst(a)}. {_limit(a)}"
    missed = [r for r in a.results if r.held is False]
    if missed:
        return f"{words.scenario_title(a.run.facts)} {_missed(missed[0])}. {_limit(a)}"
    return f"The portal kept up: {_worst(a, kept_up=True)}. {_limit(a)}"


def lags(a: Analysis) -> bool:
    """Say whether candidates wait too long: by the objectives on latency, or by LAG_MS where there is none."""
    judged = [r for r in a.results if r.objective.is_of_latency]
    if judged:
        return any(r.held is False and r.value is not None for r in judged)
    return a.worst_minute is not None and a.worst_minute["intended_p95_ms"] > LAG_MS


def _missed(result: Result) -> str:
    step, where = result.objective.subject, f" in phase {result.objective.phase}" if result.objective.phase else ""
    if result.value is None:
        return f"would miss an objective: nobody came to step {step}{where}"
    if result.objective.is_of_resource:
        limit = with_unit(result.objective.metric, result.objective.limit)
        return f"would miss an objective: {result.objective.name} is {result.measured}, not under {limit}"
    whose = "all pages" if step == EVERY else f"the requests of step {step}"
    return f"would turn candidates away: {words.percent(result.value)} of {whose} fail or are given up{where}"


def _worst(a: Analysis, *, kept_up: bool = False) -> str:
    minute = a.worst_minute
    if minute is None:
        return "nothing but static files was asked for"
    at = a.timeline.clock(minute["at_s"], seconds=False)
    if kept_up:
        return (
            f"even in the worst minute ({at}) 95 of 100 pages come within {words.duration(minute['intended_p95_ms'])}"
        )
    if minute["intended_p50_ms"] >= 1000:
        return f"in the worst minute ({at}) every second page takes over {words.duration(minute['intended_p50_ms'])}"
    return f"in the worst minute ({at}) one page in twenty takes over {words.duration(minute['intended_p95_ms'])}"


def _limit(a: Analysis) -> str:
    """Say what limits the portal, or that nothing did."""
    suspect = a.suspect
    if suspect is None:
        if not a.timings.resources and not a.counters.resources:
            return "Nothing tells where the time went: the portal sent no Server-Timing and no counters."
        share = a.lag.elsewhere_s / a.lag.latency_s if a.lag.latency_s else 0.0
        if lags(a) and share > MOSTLY:
            return f"No resource of the portal ran short: {words.percent(share)} of the time passed outside of it."
        return "No resource of the portal ran short."
    troubled = lags(a) or any(r.held is False for r in a.results)
    opening = "The likely limit is" if troubled else "Nearest to its limit is"
    return f"{opening} {the(a, suspect.resource)} ({_size(a, suspect)}){_waiting(a, suspect)}."


def the(a: Analysis, resource: str) -> str:
    """Name a resource, or a kind of CPU, within a sentence."""
    cpu = {"server_cpu": "the CPU of the machine", "event_loop": "the event loop of one server process"}
    return cpu.get(resource) or f"the {a.run.facts.title(resource)}"


def _size(a: Analysis, suspect: Suspect) -> str:
    if suspect.resource == "server_cpu":
        size = words.count(suspect.capacity, "core")
    elif suspect.resource == "event_loop":
        size = "one core"
    else:
        size = words.capacity(a.run.facts, suspect.resource, suspect.capacity)
    busy = "" if suspect.utilisation is None else f"{words.percent(suspect.utilisation)} busy"
    return ", ".join(part for part in (size, busy) if part) or "capacity not known"


def _waiting(a: Analysis, suspect: Suspect) -> str:
    if suspect.cpu:
        return (
            f": {words.percent(a.lag.elsewhere_s / a.lag.latency_s)} of the time passed before and after the handlers"
        )
    if not suspect.is_waited_for or suspect.waiting_share is None:
        return ""
    own = f": {words.percent(suspect.waiting_share)} of all waiting is there"
    if len(suspect.path) == 1:
        return own
    outer = " and ".join(the(a, r) for r in suspect.path[:-1])
    return f"{own}, and {words.percent(suspect.symptom_share)} at {outer}, which fill up because of that"


def evidence(a: Analysis, suspect: Suspect) -> list[str]:
    """Give the evidence against the suspect, a sentence with its figures each."""
    clock = a.timeline.clock
    begin, end = clock(suspect.window_s[0]), clock(suspect.window_s[1])
    said = [*_cpu_evidence(a, suspect)] if suspect.cpu else [*_path_evidence(a, suspect)]
    if suspect.utilisation is not None and suspect.is_waited_for:
        said.append(f"From {begin} to {end}, when nearly all of this came about: {_size(a, suspect)}.")
    elif suspect.utilisation is not None:
        said.append(f"Over the whole load: {_size(a, suspect)}.")
    if suspect.queue_max:
        said.append(f"Longest queue: {words.count(suspect.queue_max, 'request')}.")
    if suspect.since_s is not None:
        said.append(f"At {clock(suspect.since_s)} a request waited over 1 s on average, for the first time.")
    cores = sum(a.processes.mean_cores(suspect.window_s).values())
    if not suspect.cpu and a.processes.core_count and cores > BUSY_SHARE * a.processes.core_count:
        share = words.percent(min(1.0, cores / a.processes.core_count))
        said.append(f"The machine's cores were {share} busy meanwhile, so a part of it may be want of CPU.")
    return said


def what_settles(a: Analysis, suspect: Suspect) -> str:
    """Say which experiment would prove the suspect, or clear it: one run can only suspect."""
    facts = a.run.facts
    if suspect.resource == "server_cpu":
        change = "on more cores"
    elif suspect.resource == "event_loop":
        change = f"with --server-workers {facts.portal.server_workers + 1}"
    elif suspect.resource not in facts.capacity_names:
        change = f"once the operators of this portal have given it three times {the(a, suspect.resource)}"
    elif not a.timeline.pace.is_true:
        return "One run can only suspect. To prove it, diagnose the moment that lagged: rehearse diagnose opening-day."
    else:
        scenario = f"{facts.scenario.name} --profile {facts.portal.profile}"
        return (
            "One run can only suspect. To prove it, make the same load again with three times this capacity alone, "
            f"which is what this does: rehearse diagnose {scenario}"
        )
    return f"One run can only suspect. What would settle it: the same load with the same seed, {change}."


def _path_evidence(a: Analysis, suspect: Suspect) -> list[str]:
    table = {u.resource: u for u in a.uses}
    if not suspect.is_waited_for:
        return ["There is hardly any waiting yet; it is listed because it is close to its limit."]
    shares = [f"{words.percent(table[r].share)} is at {the(a, r)}" for r in suspect.path]
    said = [f"Of all waiting, {', '.join(shares)}."]
    for outer, inner, share in zip(suspect.path, suspect.path[1:], suspect.blamed, strict=False):
        said.append(
            f"Who held {the(a, outer)} spent {words.percent(share)} of that time waiting for "
            f"{the(a, inner)} or using it, so {the(a, outer)} filled up because of {the(a, inner)}."
        )
    return said


def _cpu_evidence(a: Analysis, suspect: Suspect) -> list[str]:
    outside = words.percent(a.lag.elsewhere_s / a.lag.latency_s)
    waited = words.percent(a.lag.waited_s / a.lag.latency_s)
    used = ", ".join(f"{name} {cores:.2f}" for name, cores in suspect.cpu)
    return [
        f"{outside} of the time passed outside of the portal's handlers (accept queue, event loop, network, generator) "
        f"and {waited} in waiting for its resources.",
        f"Cores used meanwhile: {used}.",
    ]
