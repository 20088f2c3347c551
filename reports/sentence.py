"""The verdict in plain words, and the evidence against the suspect."""

from reports import true_rate, words
from reports.analysis import Analysis
from reports.books_tables import audit_sentence, broken
from reports.bottleneck import MOSTLY, Suspect
from reports.language import say
from reports.latency import EVERY
from reports.machine import BUSY_SHARE
from reports.objectives import Result, with_unit
from reports.promises_tables import broken_words

LAG_MS = 2000.0
"""Without an objective on latency, a portal lags where one page in twenty takes longer than this."""


def verdict_sentences(a: Analysis) -> list[str]:
    """Say in one to four sentences what was broken, whether the run is void, the portal lagged, and what limits it."""
    return [*_of_promises(a), *_of_measurement(a)]


def _of_promises(a: Analysis) -> list[str]:
    """Say which promises were broken; nothing where none was: what was lost comes before all that was slow."""
    if a.audit is not None and any(a.audit.counts.values()):
        return [say("word-broken", broken=broken_words(a.audit))]
    return [audit_sentence(a.run.facts.audit or ())] if broken(a.run.facts.audit or ()) else []


def _of_measurement(a: Analysis) -> list[str]:
    if a.invalid_because:
        return [say("void-because", reason=a.invalid_because[0])]
    if not a.is_measured:
        return [say("lag-not-measured"), say("books-balance", visits=a.visits.height)]
    measured_in = [] if a.timeline.pace.is_true else [say("measured-in", how_much=true_rate.how_much(a.timeline))]
    return [_lag(a), _limit(a), *measured_in]


def _lag(a: Analysis) -> str:
    scenario = words.scenario_title(a.run.facts)
    if lags(a):
        return say("would-lag", scenario=scenario, worst=_worst(a))
    missed = [r for r in a.results if r.held is False]
    return _missed(scenario, missed[0]) if missed else say("kept-up", worst=_worst(a, kept_up=True))


def lags(a: Analysis) -> bool:
    """Say whether candidates wait too long: by the objectives on latency, or by LAG_MS where there is none."""
    judged = [r for r in a.results if r.objective.is_of_latency]
    if judged:
        return any(r.held is False and r.value is not None for r in judged)
    return a.worst_minute is not None and a.worst_minute["intended_p95_ms"] > LAG_MS


def _missed(scenario: str, result: Result) -> str:
    its = result.objective
    step, of_all = words.step(its.subject), its.subject == EVERY
    where = say("within-phase", phase=words.phase(its.phase)) if its.phase else ""
    if result.value is None:
        return say("would-miss-nobody-came", scenario=scenario, step=step, where=where)
    if its.is_of_resource:
        limit = with_unit(its.metric, its.limit)
        return say("would-miss-resource", scenario=scenario, name=its.name, measured=result.measured, limit=limit)
    share = result.value
    return say("would-turn-away", scenario=scenario, step=step, of_all=of_all, share=share, where=where)


def _worst(a: Analysis, *, kept_up: bool = False) -> str:
    minute = a.worst_minute
    if minute is None:
        return say("worst-only-static-files")
    at = a.timeline.clock(minute["at_s"], seconds=False)
    if kept_up:
        return say("worst-kept-up", at=at, p95_ms=minute["intended_p95_ms"])
    if minute["intended_p50_ms"] >= 1000:
        return say("worst-every-second", at=at, p50_ms=minute["intended_p50_ms"])
    return say("worst-one-in-twenty", at=at, p95_ms=minute["intended_p95_ms"])


def _limit(a: Analysis) -> str:
    """Say what limits the portal, or that nothing did."""
    suspect = a.suspect
    if suspect is None:
        if not a.timings.resources and not a.counters.resources:
            return say("limit-not-told")
        share = a.lag.elsewhere_s / a.lag.latency_s if a.lag.latency_s else 0.0
        return say("limit-outside", share=share) if lags(a) and share > MOSTLY else say("limit-none")
    troubled = lags(a) or any(r.held is False for r in a.results)
    limit = {"resource": the(a, suspect.resource), "size": _size(a, suspect), "waiting": _waiting(a, suspect)}
    return say("limit-likely", **limit) if troubled else say("limit-nearest", **limit)


def the(a: Analysis, resource: str) -> str:
    """Name a resource, or a kind of CPU, within a sentence."""
    return say("the-resource", name=resource, title=words.resource(a.run.facts, resource))


def title(a: Analysis, resource: str) -> str:
    """Name a resource, or a kind of CPU, as a heading."""
    return say("resource-title", name=resource, title=words.resource(a.run.facts, resource))


def _size(a: Analysis, suspect: Suspect) -> str:
    if suspect.resource == "server_cpu":
        size = say("cores", count=suspect.capacity)
    elif suspect.resource == "event_loop":
        size = say("one-core")
    else:
        size = words.capacity(a.run.facts, suspect.resource, suspect.capacity)
    busy = "" if suspect.utilisation is None else say("busy", utilisation=suspect.utilisation)
    return say("between-facts").join(part for part in (size, busy) if part) or say("capacity-not-known")


def _waiting(a: Analysis, suspect: Suspect) -> str:
    if suspect.cpu:
        return say("waiting-around-handlers", share=a.lag.elsewhere_s / a.lag.latency_s)
    if not suspect.is_waited_for or suspect.waiting_share is None:
        return ""
    if len(suspect.path) == 1:
        return say("waiting-here", share=suspect.waiting_share)
    outer = say("between-suspects").join(the(a, r) for r in suspect.path[:-1])
    return say("waiting-here-and-outside", share=suspect.waiting_share, outer=outer, outer_share=suspect.symptom_share)


def evidence(a: Analysis, suspect: Suspect) -> list[str]:
    """Give the evidence against the suspect, a sentence with its figures each."""
    clock = a.timeline.clock
    size = _size(a, suspect)
    said = [*_cpu_evidence(a, suspect)] if suspect.cpu else [*_path_evidence(a, suspect)]
    if suspect.utilisation is not None and suspect.is_waited_for:
        begin, end = suspect.window_s
        said.append(say("evidence-while", begin=clock(begin), end=clock(end), size=size))
    elif suspect.utilisation is not None:
        said.append(say("evidence-whole-load", size=size))
    if suspect.queue_max:
        said.append(say("evidence-queue", requests=suspect.queue_max))
    if suspect.since_s is not None:
        said.append(say("evidence-since", at=clock(suspect.since_s)))
    cores = sum(a.processes.mean_cores(suspect.window_s).values())
    if not suspect.cpu and a.processes.core_count and cores > BUSY_SHARE * a.processes.core_count:
        said.append(say("evidence-cores-busy", share=min(1.0, cores / a.processes.core_count)))
    return said


def what_settles(a: Analysis, suspect: Suspect) -> str:
    """Say which experiment would prove the suspect, or clear it: one run can only suspect."""
    facts = a.run.facts
    if suspect.resource == "server_cpu":
        return say("settles-more-cores")
    if suspect.resource == "event_loop":
        return say("settles-more-workers", option=f"--server-workers {facts.portal.server_workers + 1}")
    if suspect.resource not in facts.capacity_names:
        return say("settles-operators", resource=the(a, suspect.resource))
    if not a.timeline.pace.is_true:
        return say("settles-opening-day", command="rehearse diagnose opening-day")
    return say("settles-diagnose", command=f"rehearse diagnose {facts.scenario.name} --profile {facts.portal.profile}")


def _path_evidence(a: Analysis, suspect: Suspect) -> list[str]:
    table = {u.resource: u for u in a.uses}
    if not suspect.is_waited_for:
        return [say("evidence-hardly-waited")]
    shares = [say("evidence-share-at", share=table[r].share, resource=the(a, r)) for r in suspect.path]
    said = [say("evidence-shares", shares=say("between-facts").join(shares))]
    for outer, inner, share in zip(suspect.path, suspect.path[1:], suspect.blamed, strict=False):
        said.append(say("evidence-filled-up", outer=the(a, outer), inner=the(a, inner), share=share))
    return said


def _cpu_evidence(a: Analysis, suspect: Suspect) -> list[str]:
    used = say("between-facts").join(f"{name} {cores:.2f}" for name, cores in suspect.cpu)
    return [
        say(
            "evidence-outside",
            outside=a.lag.elsewhere_s / a.lag.latency_s,
            waited=a.lag.waited_s / a.lag.latency_s,
        ),
        say("evidence-cores-used", used=used),
    ]
