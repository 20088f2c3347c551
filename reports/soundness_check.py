"""One check of the measurement, and how it stands by the limits of its name."""

from dataclasses import dataclass

from reports.language import Text, later
from reports.soundness_limits import LIMITS, Standing, standing


@dataclass(frozen=True)
class Check:
    """One check of the measurement."""

    name: str
    heading: Text
    standing: Standing
    figure: float | None
    """In the unit that `LIMITS` names; None where nothing was measured."""
    limit: float | None
    """The one that was passed, or else the next one; None where there is none."""
    finding: Text

    @property
    def title(self) -> str:
        """What must hold, in the language in force."""
        return str(self.heading)

    @property
    def sentence(self) -> str:
        """What was found, in the language in force."""
        return str(self.finding)


def check(name: str, figure: float, finding: Text, *, notable: bool = True) -> Check:
    """Give a check with its standing by the limits of its name; what is not notable passes."""
    found, limit = standing(name, figure, notable=notable), LIMITS[name]
    passed = limit.void if found == "void" or limit.warn is None else limit.warn
    return Check(name, later("check-title", name=name), found, figure, passed, finding)


def unknown(name: str, finding: Text, said: Standing = "not measured") -> Check:
    """Give a check that had nothing to look at."""
    return Check(name, later("check-title", name=name), said, None, LIMITS[name].warn, finding)
