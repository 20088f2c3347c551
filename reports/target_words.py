"""What a report says of a portal that is not ours: who has allowed the run, its bounds, and what could not be had."""

from reports import words
from reports.language import say
from reports.target import Target


def target_facts(target: Target) -> dict[str, str]:
    """List who has allowed the run, and within which bounds."""
    return {
        say("target-address"): say("target-address-said", url=target.base_url, ip=target.ip),
        say("target-allowed-by"): target.allowed_by,
        say("target-ceiling"): say("target-ceiling-said", per_s=target.most_requests_per_s),
        say("target-headers"): words.listed(target.headers),
        say("target-missing-steps"): words.listed(words.step(step) for step in target.missing_steps),
    }


def target_notes(target: Target) -> list[str]:
    """Say what a run against a portal that is not ours could not have."""
    if not target.left_out.visits:
        return []
    purposes = words.listed(words.purpose(it) for it in target.left_out.purposes)
    return [say("target-left-out", visits=target.left_out.visits, purposes=purposes)]
