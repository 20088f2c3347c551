"""How people act: how long they think, type and wait, and what they do when the portal fails them.

Every draw is bound to (seed, purpose of the draw, candidate, visit, step, attempt), so the same person does
the same in every rehearsal of a seed, however the portal behaves. A person's traits stay from visit to visit.

Sources: TPC-W is the web benchmark of the Transaction Processing Performance Council, CAICT the China Academy
of Information and Communications Technology. The evidence is in docs/demand.md.
"""

import math
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from fakes.draws import normal, uniform, uniforms
from scenarios.bounds import check_positive, check_share

_FACE_CHECK = "face-check-now"
_DRAW_OF = {
    "face_check_now": _FACE_CHECK,
    "misses_face_check": _FACE_CHECK,
    "apply_now": "apply-now",
    "changes": "changes",
    "lets_supplement_lapse": "lets-supplement-lapse",
    "pays": "pays",
    "wants_invoice": "wants-invoice",
}
"""The draw that decides each choice; one draw for the two of the face check, as nobody makes both."""

ACCOUNT_FORMS = 4
"""Forms of the account stage: account, front scan, back scan, addresses."""
FACE_TRIES = 3  # assumption
_ACCOUNT = "account"
PHONE_DIES_WITHIN = 4
"""A phone dies in one of so many uploads of a visit, if it comes to that one."""
TAPS = 5
"""How often "pay" is tapped by whoever taps it again and again."""


class BehaviourSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of how people act; their evidence is in docs/demand.md.

    Raises ValueError, by the parameter's name, for impossible values.
    """

    think_mean_s: float = 7.0  # between an answer and the next click, exponential; TPC-W
    think_most_s: float = 70.0  # nobody thinks longer; TPC-W
    form_median_s: float = 40.0  # to fill in one form, lognormal; assumption
    form_sigma: float = 0.6  # of its logarithm; assumption
    account_median_s: float = 240.0  # all forms of account and name check together, lognormal; assumption
    account_sigma: float = 0.6  # of its logarithm; assumption
    account_least_s: float = 55.0  # nobody types all of them faster; assumption

    patience_median_s: float = 8.0  # before a reload, lognormal; assumption
    patience_sigma: float = 0.7  # of its logarithm; assumption
    patience_with_progress: float = 2.0  # times as patient where the page shows progress; assumption
    retry_share: float = 0.85  # who tries again after a failure; assumption
    retry_mean_s: float = 4.0  # pause before trying again, exponential; assumption
    retries_most: int = 8  # tries again in a row, at most; assumption
    queue_patience_median_s: float = 1_200.0  # in a waiting room that tells place and wait, lognormal; assumption
    queue_patience_sigma: float = 0.7  # of its logarithm; assumption
    heeds_retry_after_share: float = 0.8  # lets a page that says when try again by itself, then; assumption
    come_back_mean_s: float = 2_700.0  # after giving up, exponential; assumption
    come_back_late_mean_s: float = 300.0  # the same in the last hours; assumption
    last_hours_s: float = 7_200.0  # how long before the close people hurry; assumption
    never_back_share: float = 0.02  # who gives up for good; assumption

    two_tabs_share: float = 0.15  # who keeps two tabs open; assumption
    five_devices_share: float = 0.03  # who tries it with five devices; assumption
    cold_browser_share: float = 0.8  # who has nothing cached, on a first visit; assumption
    cold_browser_again_share: float = 0.2  # the same on a later one, after clearing the cache; assumption
    phone_dies_share: float = 0.0
    """Visits in which the phone dies in one of the first uploads; a scenario says how many."""
    taps_pay_share: float = 0.0  # who taps "pay" five times; a scenario says how many
    pays_in_two_tabs_share: float = 0.0  # who opens the payment in two tabs, and pays in both; a scenario says how many
    face_check_now_share: float = 0.70  # who has the face checked in the same session as the account; assumption
    misses_face_check_share: float = 0.02  # who comes after the 48 h of rule 5 and registers again; assumption
    apply_now_share: float = 0.45  # who hands in level and materials in the same session as the face check; assumption
    changes_share: float = 0.01  # who withdraws what was filed, changes it and files again (rule 21); assumption
    lets_supplement_lapse_share: float = 0.10
    """Who never hands in the better papers that are asked for (rule 17); assumption."""
    pays_share: float = 0.87  # who pays, of those who are approved (rule 18); guokao 2026, inferred
    wants_invoice_share: float = 0.5  # who asks for an invoice, of those who pay (rule 19); assumption

    uplink_median_bits_per_s: float = 8e6
    """Lognormal; below the CAICT means of 21.6 (4G) and 70.2 (5G) Mbit/s, biased high."""
    uplink_sigma: float = 1.1  # of its logarithm; assumption
    slow_uplink_share: float = 0.02  # who has a slow uplink instead; assumption
    slow_uplink_least_bits_per_s: float = 50e3  # slow ones are evenly spread from here; assumption
    slow_uplink_most_bits_per_s: float = 250e3  # to here; assumption
    stall_share: float = 0.002  # uplinks that stand still once; assumption
    stall_least_s: float = 60.0  # a stall is no shorter; assumption
    stall_mean_s: float = 90.0  # mean of all stalls, exponential above the least; assumption

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            if name.endswith("_share"):
                check_share(self, name)
            elif name != "retries_most":
                check_positive(self, name)
        if self.face_check_now_share + self.misses_face_check_share > 1:
            raise ValueError(
                f"misses_face_check_share is {self.misses_face_check_share}; it must not exceed "
                f"1 - face_check_now_share, {1 - self.face_check_now_share:.6g}"
            )
        if self.retries_most < 0:
            raise ValueError(f"retries_most is {self.retries_most}; it must be 0 or more")
        for least, most in (
            ("slow_uplink_least_bits_per_s", "slow_uplink_most_bits_per_s"),
            ("stall_least_s", "stall_mean_s"),
        ):
            if getattr(self, least) > getattr(self, most):
                raise ValueError(f"{least} is {getattr(self, least)}; it must not exceed {most}, {getattr(self, most)}")


class Uplink(NamedTuple):
    """The line from a candidate to the portal."""

    bits_per_s: float
    stall_s: float
    """How long the line stands still once during the first upload; 0 for nearly everybody."""


class Choices(NamedTuple):
    """What candidates do when they come to it: one entry a candidate, drawn once and for all visits."""

    face_check_now: NDArray[np.bool_]
    """The face check follows in the same session as the account."""
    misses_face_check: NDArray[np.bool_]
    """They come for the face check when the account has lapsed (rule 5)."""
    apply_now: NDArray[np.bool_]
    """The application follows in the same session as the face check."""
    changes: NDArray[np.bool_]
    """They withdraw what they filed and change it (rule 21)."""
    lets_supplement_lapse: NDArray[np.bool_]
    """They never hand in the better papers (rule 17)."""
    pays: NDArray[np.bool_]
    """They pay within the days of rule 18."""
    wants_invoice: NDArray[np.bool_]
    """They ask for an e-invoice (rule 19)."""


def choices(settings: BehaviourSettings, seed: int, candidates: NDArray[np.integer]) -> Choices:
    """Give the choices of all candidates at once, as the plan needs them; `Behaviour` gives the same of one."""
    made = {}
    for choice, draw in _DRAW_OF.items():
        least, most = _part(settings, choice)
        draws = uniforms(seed, draw, candidates)
        made[choice] = (least <= draws) & (draws < most)
    return Choices(**made)


def _part(settings: BehaviourSettings, choice: str) -> tuple[float, float]:
    """Give the part of the draw, from and below, in which a candidate makes the choice."""
    share: float = getattr(settings, f"{choice}_share")
    return (1 - share, 1.0) if choice == "misses_face_check" else (0.0, share)


def account_stages_s(
    settings: BehaviourSettings, seed: int, candidates: NDArray[np.integer], visit: int
) -> NDArray[np.float64]:
    """Give how long each candidate types in the account stage of the visit: the sum of `account_forms_s`."""
    stage_s = lognormals(
        seed, _ACCOUNT, candidates, settings.account_median_s, settings.account_sigma, _number(visit, 0, 0)
    )
    return np.maximum(stage_s, settings.account_least_s)


def lognormals(
    seed: int, purpose: str, candidates: NDArray[np.integer], median: float, sigma: float, step: int = 0
) -> NDArray[np.float64]:
    """Give a lognormal draw for each candidate, in the unit of `median`; `sigma` is that of its logarithm."""
    u, v = uniforms(seed, purpose, candidates, step), uniforms(seed, purpose + "/angle", candidates, step)
    normals = np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v)  # Box and Muller, as in fakes/draws.py
    drawn: NDArray[np.float64] = median * np.exp(sigma * normals)
    return drawn


def _number(visit: int, step: int, attempt: int) -> int:
    """Give one number out of three, none of which reaches the next one's place."""
    return (visit << 32) + (step << 16) + attempt


class Behaviour:
    """What one candidate does in one visit.

    `visit` is any number, 0 or above, that tells this visit from the candidate's other ones. `step` numbers
    the steps of the journey, `attempt` the tries at one step from 1 on, so that trying again moves no other
    draw.

    >>> ann = Behaviour(BehaviourSettings(), seed=1, candidate=7)
    >>> ann.think_s(step=3) == Behaviour(BehaviourSettings(), seed=1, candidate=7).think_s(step=3)
    True
    """

    __slots__ = ("candidate", "seed", "settings", "visit")

    def __init__(self, settings: BehaviourSettings, seed: int, candidate: int, visit: int = 0) -> None:
        self.settings = settings
        self.seed = seed
        self.candidate = candidate
        self.visit = visit

    @property
    def face_check_now(self) -> bool:
        """Whether the face check follows in the same session as the account."""
        return self._chooses("face_check_now")

    @property
    def misses_face_check(self) -> bool:
        """Whether the candidate comes for the face check when the account has lapsed."""
        return self._chooses("misses_face_check")

    @property
    def apply_now(self) -> bool:
        """Whether the application follows in the same session as the face check."""
        return self._chooses("apply_now")

    @property
    def changes(self) -> bool:
        """Whether the candidate withdraws what was filed and changes it."""
        return self._chooses("changes")

    @property
    def lets_supplement_lapse(self) -> bool:
        """Whether the candidate never hands in better papers that are asked for."""
        return self._chooses("lets_supplement_lapse")

    @property
    def pays(self) -> bool:
        """Whether the candidate pays once approved."""
        return self._chooses("pays")

    @property
    def wants_invoice(self) -> bool:
        """Whether the candidate asks for an e-invoice after paying."""
        return self._chooses("wants_invoice")

    @property
    def tabs(self) -> int:
        """How many tabs of one browser the candidate keeps open: 1 or 2."""
        return 2 if uniform(self.seed, "tabs", self.candidate) < self.settings.two_tabs_share else 1

    @property
    def devices(self) -> int:
        """How many devices the candidate tries it with: 1 or 5."""
        return 5 if uniform(self.seed, "devices", self.candidate) < self.settings.five_devices_share else 1

    @property
    def heeds_retry_after(self) -> bool:
        """Whether the candidate lets a busy page count down, and does not reload before."""
        return uniform(self.seed, "heeds-retry-after", self.candidate) < self.settings.heeds_retry_after_share

    @property
    def pay_taps(self) -> int:
        """How often the candidate taps "pay": 1 or TAPS times."""
        return TAPS if uniform(self.seed, "taps-pay", self.candidate) < self.settings.taps_pay_share else 1

    @property
    def pay_tabs(self) -> int:
        """In how many tabs the candidate pays: 1 or 2."""
        drawn = uniform(self.seed, "pays-in-two-tabs", self.candidate)
        return 2 if drawn < self.settings.pays_in_two_tabs_share else 1

    def phone_dies_at(self, upload: int) -> float | None:
        """Give after which share of the so-many-th upload of this visit, from 1 on, the phone dies; None: not in it."""
        if self._uniform("phone-dies") >= self.settings.phone_dies_share:
            return None
        dies_in = 1 + int(PHONE_DIES_WITHIN * self._uniform("phone-dies-in"))
        return self._uniform("phone-dies-at") if upload == dies_in else None

    def uplink(self) -> Uplink:
        """Give the candidate's line."""
        settings = self.settings
        slow = uniform(self.seed, "uplink-slow", self.candidate) < settings.slow_uplink_share
        if slow:
            least, most = settings.slow_uplink_least_bits_per_s, settings.slow_uplink_most_bits_per_s
            bits_per_s = least + (most - least) * uniform(self.seed, "uplink-slow-speed", self.candidate)
        else:
            bits_per_s = settings.uplink_median_bits_per_s * math.exp(
                settings.uplink_sigma
                * normal(
                    uniform(self.seed, "uplink", self.candidate),
                    uniform(self.seed, "uplink/angle", self.candidate),
                )
            )
        stall_s = 0.0
        if uniform(self.seed, "stall", self.candidate) < settings.stall_share:
            above_least_s = settings.stall_mean_s - settings.stall_least_s
            stall_s = settings.stall_least_s - above_least_s * math.log(
                uniform(self.seed, "stall-length", self.candidate)
            )
        return Uplink(bits_per_s, stall_s)

    def has_cold_browser(self, first_visit: bool) -> bool:
        """Say whether the browser has to fetch scripts, styles and pictures anew."""
        settings = self.settings
        share = settings.cold_browser_share if first_visit else settings.cold_browser_again_share
        return self._uniform("cold-browser") < share

    def think_s(self, step: int) -> float:
        """Give the time between an answer and the next click."""
        return min(self._exponential(self.settings.think_mean_s, "think", step), self.settings.think_most_s)

    def form_s(self, step: int) -> float:
        """Give the time to fill in one form outside of the account stage."""
        return self._lognormal(self.settings.form_median_s, self.settings.form_sigma, "form", step)

    def account_forms_s(self, forms: int) -> list[float]:
        """Give the times to fill in each of the account stage's forms.

        The sum is the drawn time of the whole stage; each form's part is in proportion to a draw of one
        form's time. So both published medians hold: that of the stage exactly, that of a form as the forms'
        proportions.
        """
        settings = self.settings
        stage_s = max(
            self._lognormal(settings.account_median_s, settings.account_sigma, _ACCOUNT),
            settings.account_least_s,
        )
        weights = [
            self._lognormal(settings.form_median_s, settings.form_sigma, "account-form", form) for form in range(forms)
        ]
        scale = stage_s / sum(weights)
        return [weight * scale for weight in weights]

    def patience_s(self, step: int, attempt: int = 1, *, sees_progress: bool = False) -> float:
        """Give how long the candidate waits for an answer before reloading."""
        settings = self.settings
        patience_s = self._lognormal(settings.patience_median_s, settings.patience_sigma, "patience", step, attempt)
        return patience_s * settings.patience_with_progress if sees_progress else patience_s

    def queue_patience_s(self) -> float:
        """Give how long the candidate waits in a waiting room before leaving it."""
        settings = self.settings
        return self._lognormal(settings.queue_patience_median_s, settings.queue_patience_sigma, "queue-patience")

    def retry_after_s(self, step: int, attempt: int) -> float | None:
        """Give the pause after try `attempt` (1, 2, …) at a step failed, or None: the candidate gives up."""
        settings = self.settings
        if attempt > settings.retries_most or self._uniform("retry", step, attempt) >= settings.retry_share:
            return None
        return self._exponential(settings.retry_mean_s, "retry-pause", step, attempt)

    def come_back_after_s(self, until_close_s: float) -> float | None:
        """Give how long after giving up the candidate comes back, or None: never.

        `until_close_s` is the time left until the window closes.
        """
        settings = self.settings
        if self._uniform("never-back") < settings.never_back_share:
            return None
        hurries = until_close_s <= settings.last_hours_s
        return self._exponential(settings.come_back_late_mean_s if hurries else settings.come_back_mean_s, "come-back")

    def _chooses(self, choice: str) -> bool:
        least, most = _part(self.settings, choice)
        return least <= uniform(self.seed, _DRAW_OF[choice], self.candidate) < most

    def _uniform(self, purpose: str, step: int = 0, attempt: int = 0) -> float:
        return uniform(self.seed, purpose, self.candidate, _number(self.visit, step, attempt))

    def _exponential(self, mean: float, purpose: str, step: int = 0, attempt: int = 0) -> float:
        return -mean * math.log(self._uniform(purpose, step, attempt))

    def _lognormal(self, median: float, sigma: float, purpose: str, step: int = 0, attempt: int = 0) -> float:
        z = normal(self._uniform(purpose, step, attempt), self._uniform(purpose + "/angle", step, attempt))
        return median * math.exp(sigma * z)
