"""Parameters of the stages between the first visit and the certificate, with the figures that they rest on.

Figures without a word are those of the rules or of docs/demand.md; the word assumption is beside the others.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from scenarios.bounds import check_positive, check_share
from scenarios.demand import DemandSettings

RULE_SETTINGS = (
    "review_working_days", "supplement_share", "rejected_share", "supplement_within_d", "payment_within_d",
    "invoice_working_days",
)  # fmt: skip
"""Settings of the stages that are the portal's rules, by the names of its limits (docs/rules.md)."""


class TicketDemand(DemandSettings, frozen=True, forbid_unknown_fields=True):
    """When people print the admission ticket, between its release and the exam; only the curve counts."""

    opening_weight: float = 0.45  # assumption
    base_weight: float = 0.25  # assumption
    deadline_weight: float = 0.30  # assumption


class ResultsDemand(DemandSettings, frozen=True, forbid_unknown_fields=True):
    """When people look at their results, in the 30 days from their release: the sharpest spike of all (rule 24)."""

    opening_weight: float = 0.85  # assumption
    base_weight: float = 0.15  # assumption
    deadline_weight: float = 0.0  # assumption: no deadline
    rush_share: float = 0.4  # assumption


class CertificateDemand(DemandSettings, frozen=True, forbid_unknown_fields=True):
    """When people fetch their certificate, in the 30 days from its release; only the curve counts."""

    opening_weight: float = 0.5  # assumption
    base_weight: float = 0.5  # assumption
    deadline_weight: float = 0.0  # assumption: no deadline


class StageSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of the stages after the first visit; their evidence is in docs/demand.md.

    Raises ValueError, by the parameter's name, for impossible values.
    Shares of who comes at all are in BehaviourSettings. The limits of the rules are those of the scenario's
    `limits` where it names them.
    """

    # How long a stage takes within its visit: lognormal; what the steps of a visit come to; assumptions.
    face_check_median_s: float = 15.0  # the face check; assumption
    filing_median_s: float = 100.0  # level, materials and filing; assumption
    change_median_s: float = 120.0  # withdrawing, changing and filing again; assumption
    supplement_median_s: float = 60.0  # handing in better papers; assumption
    payment_median_s: float = 70.0  # paying; assumption
    duration_sigma: float = 0.5  # of the logarithm of all of them; assumption

    missed_median_days: float = 1.0  # active days from the lapse to coming for it, lognormal; assumption
    missed_sigma: float = 1.0  # of its logarithm; assumption

    review_working_days: float = 3.0  # how long a review takes: rule 16; another source says 5
    supplement_share: float = 0.15  # who is asked for better papers: rule 16; 0.05 to 0.30
    rejected_share: float = 0.02  # who is rejected: rule 16; assumption
    polls_a_day: float = 1.5  # looks at the status while the review is pending, a weekday; assumption
    poll_busy_factor: float = 4.0  # times as many on busy days; assumption
    poll_busy_from_days: float = 2.0  # busy from the begin of day 3 after the filing; assumption
    poll_busy_to_days: float = 5.0  # busy to the end of day 5; assumption

    supplement_within_d: float = 5.0  # days to hand in better papers: rule 17
    supplement_soon_share: float = 0.40  # who comes soon, of those who come; assumption
    supplement_soon_days: float = 0.1  # their mean delay in active days, exponential; assumption
    supplement_delta_days: float = 0.4  # δ of the others; assumption

    payment_within_d: float = 7.0  # days to pay: rule 18
    payment_soon_share: float = 0.55  # who pays within 24 h, of those who pay; assumption
    payment_delta_days: float = 0.2  # δ of the others; assumption

    invoice_working_days: float = 5.0  # until the invoice is there: rule 19
    invoice_median_days: float = 1.0  # active days from then on until it is fetched, lognormal; assumption
    invoice_sigma: float = 1.0  # of its logarithm; assumption

    ticket_demand: TicketDemand = TicketDemand()
    ticket_again_share: float = 0.2  # who prints it again, once at most, of those who came; assumption
    results_demand: ResultsDemand = ResultsDemand()
    results_again_share: float = 0.4  # who looks again, twice at most, of those who came; assumption
    certificate_demand: CertificateDemand = CertificateDemand()
    passing_share: float = 0.25  # who fetches a certificate, of those who paid; assumption

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            if name.endswith("_share"):
                check_share(self, name)
            elif name.endswith("_demand"):
                if getattr(self, name).surge_hour is not None:
                    raise ValueError(f"{name} has a surge_hour; only the registration's demand may have one")
            elif name != "poll_busy_from_days" or self.poll_busy_from_days != 0:
                check_positive(self, name)
        if self.supplement_share + self.rejected_share > 1:
            raise ValueError(
                f"rejected_share is {self.rejected_share}; it must not exceed 1 - supplement_share, "
                f"{1 - self.supplement_share:.6g}"
            )
        if self.poll_busy_from_days > self.poll_busy_to_days:
            raise ValueError(
                f"poll_busy_from_days is {self.poll_busy_from_days}; it must not exceed poll_busy_to_days, "
                f"{self.poll_busy_to_days}"
            )

    def with_limits(self, limits: Mapping[str, Any]) -> "StageSettings":
        """Give these settings with the portal's `limits` in the place of the usual rules.

        What is no number is left to the portal, which refuses it. Raises ValueError for impossible values.
        """
        named = {name: limits[name] for name in RULE_SETTINGS if isinstance(limits.get(name), int | float)}
        return msgspec.structs.replace(self, **named)

    @property
    def office_days_after_close(self) -> float:
        """At most how many office days after the close the last review is done and the last invoice is out."""
        reviews = 2 * self.review_working_days + 2  # each waits for the full hour
        return reviews + self.supplement_within_d + self.payment_within_d + self.invoice_working_days
