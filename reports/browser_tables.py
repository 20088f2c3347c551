"""What people at real browsers saw, as sentences and tables."""

from reports import words
from reports.browser_people import FEW, BrowserPeople, PageSeen, Spread
from reports.language import say
from reports.tables import Row, Table


def browser_sentences(found: BrowserPeople, cores: int) -> list[str]:
    """Say how long pages took, which was the slowest, how long filing took, and what the browsers cost.

    `cores` are those of the machine, 0 where that is not known.
    """
    return [*_of_pages(found), *_of_filing(found), *_of_cost(found, cores)]


def _of_pages(found: BrowserPeople) -> list[str]:
    every = found.every
    if not every.loads:
        return [say("browser-no-page", browsers=found.browsers)]
    waits = {"half_ms": every.waited.half, "upper_ms": every.waited.upper, "few": every.waited.p95 is None}
    said = [say("browser-pages", browsers=found.browsers, loads=every.loads, **waits)]
    if len(found.pages) > 1:
        slowest = max(found.pages, key=lambda it: it.waited.half or 0.0)
        said.append(say("browser-slowest", page=words.step(slowest.page), half_ms=slowest.waited.half))
    if every.unwell:
        said.append(say("browser-unwell", count=every.unwell, loads=every.loads))
    return said


def _of_filing(found: BrowserPeople) -> list[str]:
    if not found.filed:
        return [say("browser-none-filed", people=found.people)]
    said = [say("browser-filed", filed=found.filed, people=found.people, half_s=found.filing.half)]
    if found.protocol_filing.count:
        said.append(say("browser-protocol-filed", half_s=found.protocol_filing.half))
    return said


def _of_cost(found: BrowserPeople, cores: int) -> list[str]:
    if found.cores is None or not cores:
        return [say("browser-cost-unknown")]
    return [say("browser-cost", used=found.cores, cores=cores, share=found.cores / cores)]


def page_table(found: BrowserPeople) -> Table:
    """List the pages, all together first, with what the protocol's step of that name took."""
    rows = [_page_row(found.every, "every"), *(_page_row(it, "") for it in found.pages)]
    times = [say("browser-head", of=of) for of in ("half", "upper")]
    counts = [say("browser-head", of=of) for of in ("loads", "unwell")]
    return Table(
        heads=[say("browser-head", of="page"), *counts, *times, say("browser-head", of="step"), *times, *times],
        groups=[
            ("", 3),
            (say("browser-head", of="waited"), 2),
            ("", 1),
            (say("browser-head", of="ttfb"), 2),
            (say("browser-head", of="lcp"), 2),
        ],
        rows=rows,
        caption=say("browser-pages-caption", few=FEW),
    )


def _page_row(it: PageSeen, mark: str) -> Row:
    cells = [words.step(it.page), words.count(it.loads), words.count(it.unwell)]
    cells += [*_two(it.waited), words.duration(it.step_p95_ms), *_two(it.ttfb), *_two(it.lcp)]
    return Row(cells, mark)


def filing_table(found: BrowserPeople) -> Table:
    """Hold the time to file at browsers against that of the protocol's candidates."""
    rows = [
        Row([say("browser-row", of=of), words.count(it.count), _seconds(it.half), _seconds(it.upper, few=_is_few(it))])
        for of, it in (("browser", found.filing), ("protocol", found.protocol_filing))
    ]
    heads = [say("browser-head", of=of) for of in ("who", "filed", "half", "upper")]
    return Table(heads, rows, caption=say("browser-filing-caption"))


def problem_table(found: BrowserPeople) -> Table:
    """Say what ended the visits that came to nothing."""
    rows = [Row([problem, words.count(count)]) for problem, count in found.problems.items()]
    return Table([say("head-reason"), say("head-visits")], rows)


def _is_few(it: Spread) -> bool:
    return it.p95 is None and it.most is not None


def _two(it: Spread) -> tuple[str, str]:
    """Say the median and what stands above it."""
    upper = words.duration(it.upper)
    return words.duration(it.half), say("browser-most", said=upper) if _is_few(it) else upper


def _seconds(seconds: float | None, *, few: bool = False) -> str:
    said = words.span(seconds)
    return say("browser-most", said=said) if few else said
