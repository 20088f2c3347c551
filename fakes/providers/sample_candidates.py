"""Invented people for a person at a browser: what to type into the portal's forms, and papers to upload."""

from functools import lru_cache
from typing import Annotated

from litestar import Response, Router, get
from litestar.params import Parameter

from fakes.candidates import Candidate
from fakes.paper_bank import PaperBank
from fakes.papers import FLAWS_OF_KIND, Flaw, PaperKind, file_name
from fakes.providers.pages import HEADERS, show
from fakes.providers.problems import problem
from fakes.provinces import PROVINCES

FIRST = 40_000_000
"""Sample candidates are counted from here: no rehearsal has so many, so nobody meets one of its candidates."""
PAPER_NAMES = {
    PaperKind.ID_FRONT: "身份证正面",
    PaperKind.ID_BACK: "身份证反面",
    PaperKind.SELFIE: "人脸照片",
    PaperKind.DEGREE_CERTIFICATE: "学历证书",
    PaperKind.WORK_PROOF: "工作证明",
    PaperKind.SOCIAL_INSURANCE: "社保证明",
    PaperKind.RESIDENCE_PROOF: "居住证",
}
FLAW_NAMES = {
    Flaw.BLURRED: "模糊",
    Flaw.TOO_LARGE: "过大",
    Flaw.LOW_DPI: "分辨率低",
    Flaw.PNG_NAMED_JPG: "PNG 冒充 JPG",
    Flaw.TRUNCATED: "不完整",
    Flaw.COLOURED_BACKGROUND: "蓝底",
    Flaw.MISSING_STAMP: "没有公章",
}
GRADE_NAMES = {"college": "大专", "bachelor": "本科", "master": "硕士及以上"}
LEVEL_NAMES = {"junior": "初级", "intermediate": "中级", "senior": "高级"}
Number = Annotated[int, Parameter(ge=1, le=1_000_000)]


def sample_candidates_router(seed: int) -> Router:
    """Give the routes under /candidates; papers are drawn when the first is asked for, which takes some seconds."""

    @lru_cache(1)
    def bank() -> PaperBank:
        return PaperBank.build(seed)

    @get("/{number:int}", sync_to_thread=False)
    def sample(number: Number) -> Response[str]:
        return show(
            "candidate",
            number=number,
            person=Candidate(seed, FIRST + number),
            provinces={code: it.name for code, it in PROVINCES.items()},
            papers=[(kind, PAPER_NAMES[kind], FLAWS_OF_KIND[kind]) for kind in PaperKind],
            flaws=FLAW_NAMES,
            grades=GRADE_NAMES,
            levels=LEVEL_NAMES,
        )

    @get("/{number:int}/papers/{kind:str}", sync_to_thread=True)
    def paper(number: Number, kind: PaperKind, flaw: Flaw | None = None) -> Response[bytes]:
        if flaw is not None and flaw not in FLAWS_OF_KIND[kind]:
            raise problem(404, "unknown-paper", f"a paper of kind {kind} cannot be {flaw}")
        name = file_name(kind, seed, FIRST + number)
        named = f"{flaw}-{name}" if flaw else name
        return Response(
            bank().body(kind, flaw, seed, FIRST + number),
            media_type="application/pdf" if name.endswith(".pdf") else "image/jpeg",
            headers={**HEADERS, "Content-Disposition": f'attachment; filename="{named}"'},
        )

    return Router("/candidates", route_handlers=[sample, paper])
