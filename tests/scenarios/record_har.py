"""Records tests/scenarios/recordings/mock-pages.har: a candidate at a browser without scripts, from the home page on.

Run it again where the mock's pages have changed: python -m tests.scenarios.record_har
"""

import json
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import BrowserContext, Page
from registrant import set_portal_clock

from fakes.candidates import Candidate
from scenarios.browser_candidates.walk import choose
from scenarios.scenario import load_scenario, with_overrides
from scenarios.stack_start import running_stack
from tests.real_browser import running_browser

RECORDING = Path(__file__).parent / "recordings" / "mock-pages.har"
PHOTO = b"\xff\xd8\xff\xe0 no photo, and refused as such"
KEPT_HEADERS = {"location", "set-cookie", "content-type"}


def walk(tab: Page, context: BrowserContext, person: Candidate) -> None:
    """Register, log in with the account, and hand in one scan and the addresses."""
    tab.goto("/")
    tab.get_by_role("link", name="注册").click()
    tab.get_by_label("姓名").fill(person.name)
    tab.get_by_label("身份证号").fill(person.id_number)
    tab.get_by_label("设置密码").fill(person.password)
    tab.get_by_label("手机号").fill(person.mobile)
    tab.get_by_role("button", name="获取验证码").click()
    with context.expect_page() as opened:
        tab.get_by_role("link", name="查看收到的短信").click()
    code = opened.value.locator(".message").first.inner_text().partition("验证码")[2][1:7]
    opened.value.close()
    tab.get_by_label("设置密码").fill(person.password)
    tab.get_by_label("短信验证码").fill(code)
    tab.get_by_role("button", name="注册").click()
    tab.wait_for_load_state()
    choose(tab, "front", "id_front.jpg", PHOTO)
    tab.wait_for_load_state()


def record(path: Path) -> None:
    """Start the mock portal, walk, and keep what a proposal is made from."""
    scenario = with_overrides(load_scenario("opening-day"), profile="generous")
    with TemporaryDirectory() as folder, running_stack(scenario, Path(folder)) as stack, running_browser() as browser:
        set_portal_clock(stack, scenario.window.opening + timedelta(hours=1))
        whole = Path(folder) / "whole.har"
        context = browser.new_context(
            base_url=stack.address, java_script_enabled=False, locale="zh-CN",
            record_har_path=whole, record_har_content="embed",
        )  # fmt: skip
        try:
            walk(context.new_page(), context, Candidate(1, 7))
        finally:
            with suppress(ConnectionError):
                context.close()
        document = json.loads(whole.read_text())
    path.write_text(json.dumps(smaller(document, stack.address), ensure_ascii=False, indent=1) + "\n")


def smaller(document: dict, address: str) -> dict:
    """Leave out what no proposal reads: other hosts, timings, most headers, contents of styles and pictures."""
    entries = []
    for it in document["log"]["entries"]:
        if not it["request"]["url"].startswith(address):
            continue
        asked, answered = it["request"], it["response"]
        content = {name: answered["content"].get(name, "") for name in ("mimeType", "text")}
        if not content["mimeType"].startswith("text/html"):
            content["text"] = ""
        headers = [one for one in answered["headers"] if one["name"].lower() in KEPT_HEADERS]
        request = {name: asked[name] for name in ("method", "url", "postData") if name in asked}
        its = {"status": answered["status"], "headers": headers, "redirectURL": answered["redirectURL"]}
        entries.append({"request": request, "response": {**its, "content": content}})
    text = json.dumps({"log": {"version": "1.2", "entries": entries}}, ensure_ascii=False)
    return json.loads(text.replace(address, "http://127.0.0.1:8600"))


if __name__ == "__main__":
    record(RECORDING)
