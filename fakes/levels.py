"""The three levels of the exam and their subjects."""

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """A level (级别) of the exam, lowest first."""

    JUNIOR = "junior"
    INTERMEDIATE = "intermediate"
    SENIOR = "senior"


class Subject(NamedTuple):
    """An exam subject: its code and its Chinese name."""

    code: str
    name: str


SUBJECTS: dict[Level, tuple[Subject, ...]] = {
    Level.JUNIOR: (
        Subject("junior_comprehensive", "社会工作综合能力（初级）"),
        Subject("junior_practice", "社会工作实务（初级）"),
    ),
    Level.INTERMEDIATE: (
        Subject("intermediate_comprehensive", "社会工作综合能力（中级）"),
        Subject("intermediate_practice", "社会工作实务（中级）"),
        Subject("intermediate_law", "社会工作法规与政策"),
    ),
    Level.SENIOR: (Subject("senior_practice", "社会工作实务（高级）"),),
}
