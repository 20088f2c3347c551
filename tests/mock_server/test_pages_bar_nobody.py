"""What the rules of axe find on the pages of the portal and on a gateway's cashier: nothing, by day and by night."""

import pytest
from playwright.sync_api import Page, expect
from registrant import Registrant

from fakes.papers import Flaw, PaperKind
from tests.real_browser import barriers, needs_browser

pytestmark = needs_browser


def expect_no_barriers(tab: Page) -> None:
    """Look at a page as it stands; at night only colours are others."""
    assert [] == barriers(tab), tab.url
    tab.emulate_media(color_scheme="dark")
    assert [] == barriers(tab, "color-contrast"), f"{tab.url}, by night"
    tab.emulate_media(color_scheme="light")


def log_in(tab: Page, one: Registrant) -> None:
    """Come in with the account of a candidate."""
    tab.goto("/log-in")
    tab.get_by_label("身份证号").fill(one.person.id_number)
    tab.get_by_label("密码").fill(one.person.password)
    tab.get_by_role("button", name="登录").click()
    expect(tab.get_by_role("button", name="退出")).to_be_visible()


@pytest.mark.usefixtures("turn")
def test_before_the_log_in(tab):
    """The home page; registration and log-in, empty and refused."""
    tab.goto("/")
    expect_no_barriers(tab)
    for path, button in (("/register", "注册"), ("/log-in", "登录")):
        tab.goto(path)
        expect_no_barriers(tab)
        tab.locator("main").get_by_role("button", name=button, exact=True).click()
        expect(tab.locator(".error").first).to_be_visible()
        expect_no_barriers(tab)


def test_identity_and_application_with_what_was_refused(tab, registrant):
    """A blurred scan, and an application in which nothing was filled in."""
    one = registrant(71_000).register()
    log_in(tab, one)
    tab.goto("/identity")
    photo = one.paper(PaperKind.ID_FRONT, Flaw.BLURRED)
    tab.locator("#front").set_input_files({"name": "front.jpg", "mimeType": "image/jpeg", "buffer": photo})
    tab.locator("form", has=tab.locator("#front")).locator("button").click()
    expect(tab.locator("#front-error")).to_be_visible()
    expect_no_barriers(tab)
    one.submit_identity()
    tab.reload()
    expect(tab.locator("#face")).to_be_visible()
    expect_no_barriers(tab)
    one.pass_face_check()
    tab.goto("/applications/new")
    tab.get_by_role("button", name="保存并检查报考条件").click()
    expect(tab.locator("#level-error")).to_be_visible()
    expect_no_barriers(tab)


@pytest.mark.long  # the way there takes longest
def test_from_the_draft_to_the_receipt(tab, registrant, stack):
    """How an application stands, as its candidate and the exam office see it; cashier and control page."""
    one = registrant(71_001).identified().apply()
    log_in(tab, one)
    status = f"/applications/{one.application_id}"
    tab.goto(status)
    expect_no_barriers(tab)
    number = one.file()
    tab.reload()
    expect_no_barriers(tab)

    tab.goto("/exam-office")
    expect_no_barriers(tab)
    tab.get_by_label("控制令牌").fill(stack.control_token)
    tab.get_by_role("button", name="进入").click()
    expect(tab.get_by_role("link", name=number)).to_be_visible()
    expect_no_barriers(tab)
    tab.get_by_role("link", name=number).click()
    expect_no_barriers(tab)
    tab.get_by_label("决定").select_option("approve")
    tab.get_by_role("button", name="提交决定").click()
    expect(tab.locator(".status")).to_contain_text("审核通过")
    tab.goto("/control-page")
    expect_no_barriers(tab)

    tab.goto(status)
    tab.get_by_role("button", name="去缴费").click()
    expect_no_barriers(tab)
    tab.get_by_role("link", name="前往支付宝付款").click()
    expect_no_barriers(tab)
    tab.get_by_role("button", name="确认付款").click()
    expect(tab.get_by_role("status")).to_have_text("付款成功")
    expect_no_barriers(tab)
    tab.get_by_role("link", name="返回报名系统").click()
    expect_no_barriers(tab)
