"""The portal's pages in a real browser: what candidates, the exam office and developers do with them."""

from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from itertools import count
from socket import socket

import pytest
from PIL import Image
from playwright.sync_api import Error, Page, expect
from registrant import DAY, MANY, SEED, Registrant, pay_at_gateway, set_portal_clock

from fakes.candidates import Candidate
from fakes.papers import FLAWS_OF_KIND, SCAN_KINDS, Flaw, PaperKind
from scenarios.browser_candidates.walk import SIDES, PageError, Walk, choose
from tests.real_browser import needs_browser

pytestmark = needs_browser
NUMBERS = count(70_000)
expect.set_options(timeout=20_000)  # a page asks again by itself, and a machine may be busy


def wide(tab: Page) -> int:
    """Give how many pixels a page is wider than the screen."""
    return tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def expect_next(tab: Page, words: str) -> None:
    """Wait until the page names this as the next step, or as how something stands."""
    expect(tab.locator(".next h2")).to_have_text(words)


@pytest.fixture
def walker(tab, stack, bank, scenario):
    """Give a candidate at a browser, an hour after the opening, who takes all subjects."""
    set_portal_clock(stack, scenario.window.opening + timedelta(hours=1))
    person = next(it for it in (Candidate(SEED, MANY + number) for number in NUMBERS) if not it.retained_subjects)
    return Walk(tab, person, bank)


def staff(tab: Page, stack, place: str) -> None:
    """Come in as the exam office or as a developer."""
    tab.goto(f"/{place}")
    tab.get_by_label("控制令牌").fill(stack.control_token)
    tab.get_by_role("button", name="进入").click()


def answer_a_supplement(walker, tab, office):
    """Have the exam office ask for a better work proof, hand it in, and have it approved."""
    office.get_by_label("决定").select_option("request_supplement")
    office.get_by_role("button", name="提交决定").click()
    expect(office.locator("#paper-error")).to_have_text("请选择需要补交的材料")
    office.get_by_label("需要补交的材料").select_option("work_proof")
    office.get_by_label("给考生的说明").fill("<b>公章</b>不清晰")
    office.get_by_role("button", name="提交决定").click()
    expect(office.locator(".status")).to_contain_text("待补交材料")

    tab.reload()
    expect_next(tab, "补交工作证明")
    expect(tab.locator(".reviewer")).to_contain_text("<b>公章</b>不清晰")
    expect(tab.locator(".due")).to_contain_text("还剩 4 天 23 小时")
    tab.get_by_role("button", name="提交补交材料").click()
    expect(tab.locator("#supplement-error")).to_contain_text("请先重新上传")
    walker.upload("material", "work_proof", PaperKind.WORK_PROOF)
    expect(tab.locator(".problem")).to_have_count(0)
    tab.get_by_role("button", name="提交补交材料").click()
    expect(tab.locator(".status")).to_contain_text("审核中")

    office.reload()
    office.get_by_label("决定").select_option("approve")
    office.get_by_role("button", name="提交决定").click()
    expect(office.locator(".status")).to_contain_text("审核通过")


def pay_and_ask_for_the_invoice(walker, tab):
    """Pay at the cashier of UnionPay, and ask for the e-invoice."""
    expect_next(tab, "缴费")
    tab.get_by_label("银联").check()
    tab.get_by_role("button", name="去缴费").click()
    tab.get_by_role("link", name="前往银联付款").click()
    tab.get_by_role("button", name="确认付款").click()
    expect(tab.get_by_role("status")).to_have_text("付款成功")
    tab.get_by_role("link", name="返回报名系统").click()
    expect_next(tab, "缴费成功")
    tab.get_by_role("link", name="返回我的报名").click()
    expect_next(tab, "等待准考证开放")
    tab.get_by_label("电子邮箱").fill("nobody")
    tab.get_by_role("button", name="申请电子发票").click()
    expect(tab.locator("#email-error")).to_have_text("电子邮箱格式不正确")
    tab.get_by_label("电子邮箱").fill(walker.person.email)
    tab.get_by_role("button", name="申请电子发票").click()
    expect_next(tab, "开具中")


def test_a_candidate_from_registration_to_paid_with_invoice(walker, tab, stack):
    """Every page on the way, as wide as a phone; a supplement is asked for by the exam office, and answered."""
    walker.register()
    expect_next(tab, "提交身份信息")
    walker.identify()
    expect(tab.locator("#level")).to_be_visible()
    with suppress(PageError):  # not all need years
        walker.fill_in(work_years="0", management_years="0", earlier_certificate="")
    if walker.reached != "application":
        expect(tab.locator("#level-error")).to_contain_text("不符合报考条件")
        walker.fill_in()
    number = walker.hand_in()
    expect(tab.locator(".status")).to_contain_text("审核中")
    assert number.startswith(f"{walker.person.place.province}-2025-")
    office = tab.context.new_page()
    staff(office, stack, "exam-office")
    office.get_by_label("备案编号").fill(number)
    office.get_by_role("button", name="查找").click()
    office.get_by_role("link", name=number).click()
    answer_a_supplement(walker, tab, office)
    tab.reload()
    pay_and_ask_for_the_invoice(walker, tab)
    assert 0 == wide(tab)


def test_a_walk_ends_at_the_first_page_that_says_no_or_never_comes(tab, stack, bank, scenario, browser):
    """It is told with its outcome and the reason, as a request is; a browser that is gone is another matter."""
    set_portal_clock(stack, scenario.window.opening - timedelta(hours=1))
    person = Candidate(SEED, MANY + next(NUMBERS))
    pages = []
    with pytest.raises(PageError, match="sms_code: "):
        Walk(tab, person, bank, saw=pages.append).register()
    assert [("home", "ok"), ("register", "ok"), ("sms_code", "refused")] == [(it.page, it.outcome) for it in pages]
    assert pages[-1].problem
    assert (None, True) == (pages[-1].lcp_ms, 0 < pages[-1].ttfb_ms <= pages[-1].waited_ms)
    with socket() as nobody:  # bound, and not listening
        nobody.bind(("127.0.0.1", 0))
        elsewhere = browser.new_context(base_url=f"http://127.0.0.1:{nobody.getsockname()[1]}")
        with pytest.raises(PageError, match="home: net::ERR_CONNECTION_REFUSED"):
            Walk(elsewhere.new_page(), person, bank, saw=pages.append).register()
        assert ("failed", None) == (pages[-1].outcome, pages[-1].ttfb_ms)
        walk = Walk(elsewhere.new_page(), person, bank, saw=pages.append)
        elsewhere.close()
        with pytest.raises(Error, match="closed"):
            walk.register()


REFUSED = [
    (PaperKind.ID_FRONT, Flaw.BLURRED, "证件照模糊"),
    (PaperKind.ID_FRONT, Flaw.LOW_DPI, "不得低于 300 dpi"),
    (PaperKind.ID_FRONT, Flaw.COLOURED_BACKGROUND, "白底人像"),
    (PaperKind.ID_BACK, Flaw.PNG_NAMED_JPG, "须为 JPG 格式"),
    (PaperKind.ID_BACK, Flaw.TRUNCATED, "文件不完整"),
]


def test_a_refused_scan_says_why_beside_its_field(walker, tab, browser, stack):
    """One upload for each reason of the image checks; without a script, a file that is too large is refused too."""
    assert {flaw for kind in SCAN_KINDS for flaw in FLAWS_OF_KIND[kind]} == {it[1] for it in REFUSED} | {Flaw.TOO_LARGE}
    walker.register()
    for kind, flaw, words in REFUSED:
        side = SIDES[kind]
        photo = walker.paper(kind, flaw)
        if flaw is Flaw.PNG_NAMED_JPG:
            photo = photo[: 2**19]  # a large one would be made a good JPEG before it is sent
        choose(tab, side, "photo.jpg", photo)
        expect(tab.locator(f"#{side}-error")).to_contain_text(words)
        expect(tab.locator(f"#{side}")).to_have_attribute("aria-invalid", "true")
    expect(tab.locator("#main")).not_to_contain_text("已上传")
    plain = browser.new_context(base_url=stack.address, java_script_enabled=False)
    plain.add_cookies(tab.context.cookies())
    other = plain.new_page()
    other.goto("/identity")
    photo = walker.paper(PaperKind.ID_FRONT, Flaw.TOO_LARGE)
    choose(other, "front", "front.jpg", photo)
    expect(other.locator("#front-error")).to_contain_text("文件超过上限 1024 KiB")
    choose(other, "front", "front.jpg", walker.paper(PaperKind.ID_FRONT))
    expect(other.locator("#main")).to_contain_text("人像面（正面）：已上传")


def test_a_photo_that_is_too_large_is_shrunk_before_it_is_sent(walker, tab):
    """By the page, with its resolution in the file: the portal takes what it would have refused."""
    walker.register()
    picture = Image.open(BytesIO(walker.paper(PaperKind.ID_FRONT)))
    large = BytesIO()
    size = (picture.width * 2, picture.height * 2)
    noise = Image.effect_noise(size, 12).convert("RGB")
    Image.blend(picture.convert("RGB").resize(size), noise, 0.04).save(large, "JPEG", quality=98, dpi=(72, 72))
    assert len(large.getvalue()) > 2**20
    tab.locator("#front").set_input_files({"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": large.getvalue()})
    expect(tab.locator(".shrunk").first).to_contain_text("已在本机压缩")
    expect(tab.locator(".preview").first).to_be_visible()
    tab.locator("form", has=tab.locator("#front")).locator("button").click()
    expect(tab.locator("#main")).to_contain_text("人像面（正面）：已上传")


def test_who_misses_a_deadline_is_told_so(walker, tab, stack):
    """A developer turns the clock past the 48 hours of the face check: the account must be registered again."""
    walker.register()
    expect(tab.locator(".due")).to_contain_text("截止时间")
    person = walker.person
    one = Registrant(stack, walker.bank, person.number - MANY).log_in().submit_identity()
    tab.goto("/identity")
    expect(tab.locator(".due")).to_contain_text("还剩 1 天 23 小时")
    desk = tab.context.new_page()
    staff(desk, stack, "control-page")
    desk.get_by_role("button", name="3 天").click()
    expect(desk.locator("strong").first).to_contain_text("2025-03-13")
    tab.reload()
    expect(tab.locator(".problem")).to_contain_text("超时需重新注册")
    tab.get_by_role("link", name="重新注册").click()
    expect(tab.locator("h1")).to_have_text("账号注册")
    one.http.close()


@pytest.mark.long
def test_the_waiting_room_lets_in_one_after_the_other(walker, tab, stack, browser):
    """A developer switches it on by its knob; the page goes on by itself."""
    desk = tab.context.new_page()
    staff(desk, stack, "control-page")
    knob = desk.locator("[id='protections.places_inside']")
    knob.fill("1")
    desk.get_by_role("button", name="设置旋钮").click()
    expect(knob).to_have_value("1")
    try:
        tab.goto("/log-in")
        tab.get_by_label("身份证号").fill(walker.person.id_number)
        tab.get_by_label("密码").fill(walker.person.password)
        tab.get_by_role("button", name="登录").click()
        expect_next(tab, "轮到您了")
        second = browser.new_context(base_url=stack.address)
        later = second.new_page()
        later.goto("/queue")
        expect(later.locator(".next")).to_contain_text("您的排队号")
        tab.get_by_role("link", name="登录").last.click()
        tab.get_by_label("身份证号").fill(walker.person.id_number)
        tab.get_by_label("密码").fill(walker.person.password)
        tab.get_by_role("button", name="登录").click()
        expect(tab.locator("#password-error")).to_have_text("身份证号或密码错误")
    finally:
        knob.fill("0")
        desk.get_by_role("button", name="设置旋钮").click()
        expect(knob).to_have_value("0")


@pytest.mark.long
def test_from_the_window_to_the_certificate(walker, tab, stack, scenario):
    """A developer turns the clock on: unpaid application, admission ticket, results; then the window is over."""
    one = Registrant(stack, walker.bank, walker.person.number - MANY).identified().apply()
    one.file()
    tab.goto("/log-in")
    tab.get_by_label("身份证号").fill(walker.person.id_number)
    tab.get_by_label("密码").fill(walker.person.password)
    tab.get_by_role("button", name="登录").click()
    expect(tab.locator(".status")).to_contain_text("审核中")
    tab.get_by_text("撤回修改").click()
    tab.get_by_role("button", name="确认撤回").click()
    expect(tab.locator(".status")).to_contain_text("已撤回")
    tab.get_by_role("link", name="修改报名信息").click()
    tab.get_by_role("button", name="保存并检查报考条件").click()
    tab.get_by_role("button", name="提交（预约备案）").click()
    desk = tab.context.new_page()
    staff(desk, stack, "exam-office")
    desk.goto(f"/exam-office/{one.application_id}")
    desk.get_by_label("决定").select_option("approve")
    desk.get_by_role("button", name="提交决定").click()
    expect(desk.locator(".status")).to_contain_text("审核通过")
    pay_at_gateway(one.accepted(one.payment("key")))
    one.wait_for_state("paid")
    for words, expected in (("准考证开放", "打印准考证"), ("成绩公布", "查询成绩")):
        desk.goto("/control-page")
        desk.get_by_role("button", name=words, exact=True).click()
        expect(desk.locator("strong").first).not_to_contain_text("2025-03")
        tab.reload()
        expect_next(tab, expected)
        if expected == "打印准考证":
            with tab.expect_download() as download:
                tab.get_by_role("link", name="打印准考证").click()
            assert download.value.path().read_bytes().startswith(b"%PDF")
    tab.get_by_role("link", name="成绩与证书").click()
    expect(tab.locator("caption")).to_contain_text("合格线 60 分")
    one.http.close()
    set_portal_clock(stack, scenario.window.opening + DAY)
