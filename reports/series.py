"""A series of trials in a folder, from which a diagnosis is made: `trials/NAME/` is a run folder each."""

from pathlib import Path

import msgspec

from reports.comparison import About
from reports.diagnosis import Diagnosis, Step, decide
from reports.diagnosis_page import write_diagnosis_page
from reports.hands_off import suspect
from reports.language import Language
from reports.trial_figures import TrialFigures, read_trial

TRIALS = "trials"
RESULT = "diagnosis.json"
PAGE = "diagnosis.html"


class Series:
    """The trials of one folder, as far as they have been made; each is read once."""

    def __init__(self, folder: Path, first_seed: int, *, with_ramp: bool = True, hands_off: bool = False) -> None:
        self._folder = folder
        self._first_seed = first_seed
        self._with_ramp = with_ramp
        self._hands_off = hands_off
        self._read: dict[str, TrialFigures] = {}

    def next(self) -> Step | Diagnosis:
        """Give the trial that is wanted next, or the diagnosis. Raises RunFolderError for a trial that is broken."""
        if self._hands_off:
            return suspect(self.figures(), self._first_seed)
        return decide(self.figures(), self._first_seed, with_ramp=self._with_ramp)

    def figures(self) -> list[TrialFigures]:
        """Give the figures of all trials, in the order in which they were made."""
        folders = (path for path in (self._folder / TRIALS).glob("*/") if not path.name.endswith(".partial"))
        for path in folders:
            if (path / "run.json").exists() and path.name not in self._read:
                self._read[path.name] = read_trial(path)
        return sorted(self._read.values(), key=lambda trial: trial.began_s)

    def write(self, diagnosis: Diagnosis, about: About, first: Language = "en") -> Path:
        """Write the diagnosis with the figures that it rests on, and its page, which shows the language `first`."""
        content = {"diagnosis": diagnosis, "trials": self.figures()}
        encoded = msgspec.json.encode(content, enc_hook=str)
        (self._folder / RESULT).write_bytes(msgspec.json.format(encoded, indent=2) + b"\n")
        page = self._folder / PAGE
        write_diagnosis_page(diagnosis, self.figures(), about, page, first)
        return page
