"""What is in the page, and what is not."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rehearse import app
from reports import write_report
from tests.reports.english_left import english_left
from tests.reports.made_opening import write_opening
from tests.reports.made_run import calm_run, facts, request, visit

MOST_BYTES = 3_000_000


class Elements(HTMLParser):
    """Collects the attributes and the ids of a page, and whether every element is closed."""

    VOID = frozenset({"meta", "link", "br", "hr", "img", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.shown: list[str] = []
        """The ids outside of templates, which wait for the switch of the language."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)
        if "template" not in self.open:
            self.shown += [value or "" for name, value in attrs if name == "id"]

    def handle_endtag(self, tag: str) -> None:
        """Close the element that is open."""
        assert self.open
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the page of the made opening day, in full size."""
    folder = write_opening(tmp_path_factory.mktemp("opening"))
    write_report(folder)
    return (folder / "report.html").read_text(encoding="utf-8")


def elements(page: str) -> Elements:
    """Parse a page."""
    parser = Elements()
    parser.feed(page)
    return parser


def test_page_loads_nothing(page: str) -> None:
    """No element and no style names anything outside of the page."""
    found = elements(page)
    loading = [value for _, name, value in found.attributes if name in ("src", "href", "data", "srcset", "action")]
    assert all(value.startswith(("#", "data:")) for value in loading)
    assert not re.search(r"url\(\s*['\"]?(?!data:)|@import", page[: page.index("</style>")])


def test_page_forbids_itself_the_network(page: str) -> None:
    """The browser is told to allow no source at all."""
    assert "default-src 'none'" in page


def test_page_is_well_formed(page: str) -> None:
    """Every element is closed, and ids are unique in each language, which have the same."""
    found = elements(page)
    every = [value for _, name, value in found.attributes if name == "id"]
    assert found.open == []
    assert len(found.shown) == len(set(found.shown))
    assert sorted(every) == sorted([*found.shown, *(it for it in found.shown if it not in ("page", "chart-data"))])
    assert {value[1:] for _, name, value in found.attributes if name == "href" and value[0] == "#"} <= set(found.shown)


def test_page_is_small(page: str) -> None:
    """Three minutes and 60,000 requests fit into 3 MB."""
    assert len(page.encode()) < MOST_BYTES


def test_page_of_a_day_is_no_bigger(tmp_path: Path) -> None:
    """However long the load, a series has at most 600 points."""
    day = 86_400.0
    rows = [request(day * n / 2000, candidate=n) for n in range(2000)]
    folder = calm_run(tmp_path / "run", facts(day), requests=rows)
    write_report(folder)
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert len(text.encode()) < MOST_BYTES
    assert '"count":288' in text


def test_page_says_the_verdict_and_every_section(page: str) -> None:
    """The sentence is the headline, and nothing that the reader was promised is left out."""
    assert "<h1>Opening day would lag: in the worst minute (09:0" in page
    for heading in (
        "What candidates felt",
        "Where the time goes",
        "The suspect",
        "How far candidates got",
        "The machine and the generator",
        "What this run could not measure",
        "How it was run",
    ):
        assert f"<h2>{heading}</h2>" in page
    assert "rehearse run opening-day --profile as-reported --population 500000 --seed 1 --minutes 3" in page


def test_every_chart_has_its_table(page: str) -> None:
    """Behind each picture stand its figures."""
    charts = page.count('<div class="chart"')
    assert charts == 2 * 9
    assert page.count('<details class="figures"') == charts
    assert (page.count("The figures as a table"), page.count("以表格查看数据")) == (9, 9)


def test_page_is_in_both_languages(tmp_path: Path) -> None:
    """The language that is asked for is shown, the other waits in a template; figures are there once."""
    folder = calm_run(tmp_path / "run")
    english = write_report(folder)
    first = (folder / "report.html").read_text(encoding="utf-8")
    assert write_report(folder, "zh") == english
    second = (folder / "report.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in first
    assert '<html lang="zh-CN">' in second
    shown = second[: second.index("<template")]
    assert "系统扛住了" in shown
    assert "The portal kept up" not in shown
    assert "The portal kept up" in second
    figures = re.compile(r'"charts":\[.*?(?="texts":)')
    assert figures.findall(first) == figures.findall(second)
    assert len(figures.findall(first)) == 1


def test_terminal_chooses_the_language(tmp_path: Path) -> None:
    """`rehearse report --lang zh` writes a page that begins in Chinese; a language that there is not is wrong usage."""
    folder = calm_run(tmp_path / "run")
    chosen = CliRunner().invoke(app, ["report", "--lang", "zh", str(folder)])
    assert (chosen.exit_code, "The portal kept up" in chosen.output) == (0, True)
    assert '<html lang="zh-CN">' in (folder / "report.html").read_text(encoding="utf-8")
    assert CliRunner().invoke(app, ["report", "--lang", "fr", str(folder)]).exit_code == 2


def test_chinese_page_holds_no_english_sentence(page: str) -> None:
    """No text of the page was left in English: none has three English words in a row but what the run itself says."""
    of_the_run = {"upload id front", "upload id back", "too many reloads", "rehearse diagnose opening"}
    of_the_run |= {"The portal opens at", "does it hold"}
    assert sorted(english_left(page) - of_the_run) == []


def test_text_from_the_run_is_text(tmp_path: Path) -> None:
    """Names in a run folder cannot become elements of the page."""
    evil = "</script><script>alert(1)</script>"
    record = facts(scenario={"name": evil, "purpose": evil}, phases=[{"name": evil, "from_s": 0, "to_s": 9}])
    visits = [visit(n, 1.5 * n, outcome="gave_up", reason=evil, reached=evil) for n in range(100)]
    folder = calm_run(tmp_path / "run", record, visits=visits)
    write_report(folder)
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert evil not in text
    assert text.count("</script>") == 3
