"""Which process is which: a note in the run folder for those who watch them, as faults start some of them again."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

FILE = "pids.json"


def note_pids(run: Path, pids: Mapping[str, int]) -> None:
    """Note process ids by name; names that are noted already and not given keep theirs."""
    known = noted_pids(run) if (run / FILE).exists() else {}
    partial = run / f"{FILE}.partial"
    partial.write_bytes(msgspec.json.encode({**known, **pids}))
    partial.replace(run / FILE)


def noted_pids(run: Path) -> dict[str, int]:
    """Give process ids by name, as they were noted last. Raises OSError."""
    return msgspec.json.decode((run / FILE).read_bytes(), type=dict[str, int])
