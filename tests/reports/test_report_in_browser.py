"""The page in a real browser, offline."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from benchmarks.drawn_run import make_run
from reports import write_report
from reports.compared_page import write_comparison_page
from reports.compared_runs import compare_runs
from reports.comparison import About
from reports.diagnosis_page import write_diagnosis_page
from reports.run_folder import TABLES
from reports.run_series import read_history
from reports.run_series_page import write_history_page
from tests.real_browser import barriers, close, needs_browser
from tests.reports.made_opening import write_opening
from tests.reports.made_run import Row, calm_run
from tests.reports.simulated_portal import SimulatedPortal
from tests.reports.test_diagnosis import DEMANDS, ROOMY

pytestmark = needs_browser


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give run folders with their reports: a laggy day, a calm one, one without a request, and a whole window."""
    root = tmp_path_factory.mktemp("runs")
    empty = {name: list[Row]() for name in TABLES}
    made = {
        "opening": write_opening(root / "opening"),
        "calm": calm_run(root / "calm"),
        "empty": calm_run(root / "empty", **empty),
        "window": make_run(root / "window", 20_000),
    }
    for folder in made.values():
        write_report(folder)
    return made


class Opened:
    """A page that was opened offline, with all that it complained of and asked for."""

    def __init__(self, browser: Browser, folder: Path, *, scheme: str, width: int, name: str = "report.html") -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            offline=True,
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.asked_for: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked_for.append(request.url))
        self.address = (folder / name).as_uri()
        self.page.goto(self.address)

    def charts(self) -> int:
        """Count the charts in which something is drawn."""
        drawn = "box => box.querySelectorAll('svg path').length > 3 && box.clientHeight > 100"
        count = self.page.evaluate(f"[...document.querySelectorAll('.chart')].filter({drawn}).length")
        return int(count)


@pytest.mark.parametrize(
    ("name", "charts", "scheme", "width"),
    [
        ("opening", 9, "light", 1280),
        pytest.param("opening", 9, "dark", 1280, marks=pytest.mark.long),
        pytest.param("opening", 9, "light", 390, marks=pytest.mark.long),
        ("opening", 9, "dark", 390),
        ("calm", 9, "light", 390),
        ("empty", 0, "light", 390),
        pytest.param("window", 14, "light", 1280, marks=pytest.mark.long),
        ("window", 14, "dark", 400),
    ],
)
def test_page_opens_offline(
    browser: Browser, folders: dict[str, Path], name: str, charts: int, scheme: str, width: int
) -> None:
    """No error, no request but the file itself, every chart drawn, nothing wider than the screen."""
    opened = Opened(browser, folders[name], scheme=scheme, width=width)
    try:
        assert opened.complaints == []
        assert opened.asked_for in ([opened.address], [opened.address, "data:,"])
        assert opened.charts() >= charts
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    finally:
        close(opened.context)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_comparison_and_history_open_offline(browser: Browser, tmp_path: Path, scheme: str, width: int) -> None:
    """Of two runs: tables in one, a picture of each of three latencies in the other; each is switched to Chinese."""
    runs = tmp_path / "runs"
    write_comparison_page(compare_runs([calm_run(runs / "a"), calm_run(runs / "b")]), runs)
    write_history_page(read_history(runs), runs)
    for name, charts in (("comparison.html", 0), ("history.html", 3)):
        opened = Opened(browser, runs, scheme=scheme, width=width, name=name)
        try:
            for language in ("en", "zh-CN"):
                assert opened.page.evaluate("document.documentElement.lang") == language
                assert (opened.complaints, opened.charts()) == ([], charts)
                assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
                assert barriers(opened.page) == []
                opened.page.locator("button.language").click()
            assert opened.asked_for in ([opened.address], [opened.address, "data:,"])
        finally:
            close(opened.context)


def test_tables_behind_a_history_say_when_each_run_was_held(browser: Browser, tmp_path: Path) -> None:
    """A history has no portal time: its clock is that of the people who held the runs."""
    for name in ("a", "b"):
        calm_run(tmp_path / name)
    write_history_page(read_history(tmp_path), tmp_path)
    opened = Opened(browser, tmp_path, scheme="light", width=1280, name="history.html")
    try:
        for head in ("held at", "时间"):
            opened.page.locator("#figures details.figures summary").first.click()
            assert opened.page.locator("#figures details.figures th").first.text_content() == head
            opened.page.locator("button.language").click()
    finally:
        close(opened.context)


def test_page_follows_the_screen_and_the_time_of_day(browser: Browser, folders: dict[str, Path]) -> None:
    """Charts are drawn again, in other colours and another width, and stay whole."""
    opened = Opened(browser, folders["opening"], scheme="light", width=1280)
    try:
        by_day = opened.page.inner_html("#chart-opening")
        opened.page.emulate_media(color_scheme="dark")
        opened.page.wait_for_function(
            "before => document.querySelector('#chart-opening').innerHTML !== before", arg=by_day
        )
        opened.page.set_viewport_size({"width": 390, "height": 844})
        opened.page.wait_for_function("() => document.querySelector('#chart-opening svg').clientWidth < 390")
        assert opened.charts() == 9
        assert opened.complaints == []
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390
    finally:
        close(opened.context)


def test_one_range_for_all_charts_over_time(browser: Browser, folders: dict[str, Path]) -> None:
    """By slider or by drawing across a chart: all of them show the same part of the load, until all is wanted again."""
    opened = Opened(browser, folders["opening"], scheme="light", width=1280)
    try:
        page = opened.page

        def first_and_last(chart: str) -> tuple[str, str]:
            words = [word for word in page.locator(f"#chart-{chart} svg text").all_text_contents() if ":" in word]
            return words[0], words[-1]

        whole = first_and_last("latencies")
        page.locator("#range input[name=from]").fill("60")
        assert "09:00:00" == page.locator("#range output[name=from_clock]").inner_text()
        assert whole != first_and_last("latencies") == first_and_last("waiting")
        page.locator("#range button").click()
        assert whole == first_and_last("latencies") == first_and_last("waiting")
        page.locator("#chart-opening").scroll_into_view_if_needed()
        box = page.locator("#chart-opening svg").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 80)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 3 / 4, box["y"] + 80)
        page.mouse.up()
        drawn = [page.locator(f"#range output[name={name}_clock]").inner_text() for name in ("from", "to")]
        assert ["09:00:2", "09:01:1"] == [moment[:7] for moment in drawn]
        assert opened.complaints == []
    finally:
        close(opened.context)


def test_tables_behind_the_charts_open(browser: Browser, folders: dict[str, Path]) -> None:
    """A click shows the figures of a chart: one row a bucket."""
    opened = Opened(browser, folders["opening"], scheme="light", width=390)
    try:
        opened.page.click("#opening summary")
        assert opened.page.locator("#opening tbody tr").count() == 180
        assert opened.page.locator("#opening tbody tr").first.is_visible()
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390
    finally:
        close(opened.context)


def test_calendars_show_every_hour(browser: Browser, folders: dict[str, Path]) -> None:
    """A square for each hour of the window's days, coloured where measured, else grey; the day is in its tip."""
    opened = Opened(browser, folders["window"], scheme="light", width=1280)
    try:
        squares = opened.page.evaluate(
            "[...document.querySelectorAll('#chart-calendar-filing svg path')].map(p => p.getAttribute('fill'))"
        )
        grey = opened.page.evaluate(
            "getComputedStyle(document.documentElement).getPropertyValue('--unmeasured')"
        ).strip()
        coloured = [
            fill for fill in squares if fill and fill != "none" and fill.startswith(("#", "rgb")) and fill != grey
        ]
        assert len([fill for fill in squares if fill == grey]) + len(coloured) >= 30 * 24
        assert len(set(coloured)) >= 2
        opened.page.locator("#chart-calendar-filing").scroll_into_view_if_needed()
        box = opened.page.locator("#chart-calendar-filing svg").bounding_box()
        assert box is not None
        opened.page.mouse.move(box["x"] + 76 + (box["width"] - 84) * 9.5 / 24, box["y"] + 4 + 17 / 2)
        opened.page.wait_for_selector("text=Mon 10 Mar, 9 to 10 h")
        assert opened.complaints == []
    finally:
        close(opened.context)


def test_dates_stand_below_a_clock_of_many_speeds(browser: Browser, folders: dict[str, Path]) -> None:
    """The axis names the first day of the window and its last, and the pace's days between."""
    opened = Opened(browser, folders["window"], scheme="light", width=1280)
    try:
        texts = opened.page.locator("#chart-opening svg text").all_inner_texts()
        words = [text.strip() for text in opened.page.locator("#chart-opening svg text").all_text_contents()] or texts
        days = [word for word in words if re.fullmatch(r"\d+ [A-Z][a-z]+", word)]
        assert days[0] == "10 Mar"
        assert len(days) >= 5
        assert any(word.startswith("8 Apr 16:") for word in words)
    finally:
        close(opened.context)


@pytest.mark.parametrize(
    ("name", "language", "scheme", "width"),
    [
        ("opening", "zh-CN", "dark", 390),
        pytest.param("opening", "en", "light", 1280, marks=pytest.mark.long),
        pytest.param("window", "en", "dark", 1280, marks=pytest.mark.long),
        pytest.param("window", "zh-CN", "light", 390, marks=pytest.mark.long),
    ],
)
def test_nothing_bars_anybody(
    browser: Browser, folders: dict[str, Path], name: str, language: str, scheme: str, width: int
) -> None:
    """The rules of axe find nothing, however small, in both languages, by day and by night, with a table opened."""
    opened = Opened(browser, folders[name], scheme=scheme, width=width)
    try:
        if language != "en":
            opened.page.locator("button.language").click()
        opened.page.locator("#opening details.figures summary").click()
        opened.page.locator("#opening details.figures tbody tr").first.wait_for()  # made when opened
        assert barriers(opened.page) == []
        assert opened.complaints == []
    finally:
        close(opened.context)


def test_language_is_switched_by_keyboard(browser: Browser, folders: dict[str, Path]) -> None:
    """The first stop of Tab is the switch: title, text, charts and their tables change, and change back."""
    opened = Opened(browser, folders["opening"], scheme="light", width=1280)
    page = opened.page
    try:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.documentElement.lang") == "zh-CN"
        assert page.title() == "开放首日：2 项目标中 2 项未达成"
        assert page.locator("h1").inner_text().startswith("开放首日会卡顿：")
        assert opened.charts() == 9
        assert "页/秒" in page.locator("#chart-opening svg text").all_text_contents()
        page.locator("#opening details.figures summary").click()
        page.locator("#opening details.figures tbody tr").first.wait_for()  # made when opened
        heads = page.locator("#opening details.figures th").all_text_contents()
        assert heads[:2] == ["系统时间", "想要的页面（到达负载） (页/秒)"]
        assert page.locator("#opening details.figures tbody tr").count() == 180
        page.locator("button.language").press("Enter")
        assert page.locator("h1").inner_text().startswith("Opening day would lag:")
        assert "pages a second" in page.locator("#chart-opening svg text").all_text_contents()
        assert page.locator("template.page").count() == 2
        assert opened.complaints == []
    finally:
        close(opened.context)


def test_page_of_a_diagnosis_draws_its_chart(browser: Browser, tmp_path: Path) -> None:
    """The page of a diagnosis shares script and data with a report's: its bars are drawn, its table is filled."""
    portal = SimulatedPortal({**ROOMY, "sms": 2}, DEMANDS)
    write_diagnosis_page(
        portal.diagnose(with_ramp=True),
        portal.trials,
        About("opening-day", "as-reported", 50.0),
        tmp_path / "report.html",
    )
    opened = Opened(browser, tmp_path, scheme="light", width=1280)
    try:
        assert opened.page.locator("#chart-gains svg path").count() > 3
        opened.page.locator("#gains details.figures summary").click()
        opened.page.locator("#gains details.figures tbody tr").first.wait_for()  # made when opened
        assert opened.page.locator("#gains details.figures tbody tr").count() >= 1
        assert opened.complaints == []
    finally:
        close(opened.context)


def test_page_can_be_printed(browser: Browser, folders: dict[str, Path], tmp_path: Path) -> None:
    """On paper the charts are by day, and no wider than the sheet."""
    opened = Opened(browser, folders["opening"], scheme="dark", width=1280)
    try:
        opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        widths = opened.page.evaluate("[...document.querySelectorAll('.chart svg')].map(svg => svg.clientWidth)")
        assert max(widths) <= 660
        assert (
            opened.page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--card')") == "#ffffff"
        )
        sheet = opened.page.pdf(path=tmp_path / "report.pdf", format="A4")
        assert sheet.startswith(b"%PDF")
        assert opened.complaints == []
    finally:
        close(opened.context)
