"""What a page took as its person saw it, measured in the page itself by the browser's own clock.

    click ─────────► request ──► first byte ──► largest paint
      │                 └── ttfb_ms ──┘             │
      │                 └───────── lcp_ms ──────────┘
      └─────────────────── waited_ms ───────────────┘

Before the request there may be an upload, which the page sends by itself. Where an answer changes only a part of the
page, nothing is loaded: there is no largest paint, and the wait ends with the answer. Names and meanings are those of
the W3C's Navigation Timing and Largest Contentful Paint.
"""

from typing import NamedTuple

from playwright.sync_api import Page

NOTE_CLICKS = """
addEventListener(
  "click",
  (event) => sessionStorage.setItem("clicked", performance.timeOrigin + event.timeStamp),
  { capture: true },
);
"""
"""Runs in every page before its own scripts: the click is known to the page that it leads to."""

_OF_PAGE = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  await frame();
  const lcp_ms = await new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
      .observe({ type: "largest-contentful-paint", buffered: true });
    setTimeout(() => resolve(null), 2000);
  });
  const [navigation] = performance.getEntriesByType("navigation");
  const clicked = sessionStorage.getItem("clicked") ?? performance.timeOrigin;
  sessionStorage.removeItem("clicked");
  const there_ms = lcp_ms ?? navigation.loadEventStart;
  return { ttfb_ms: navigation.responseStart, lcp_ms, waited_ms: performance.timeOrigin + there_ms - clicked };
}"""

_OF_PART = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const clicked_ms = sessionStorage.getItem("clicked") - performance.timeOrigin;
  const answers = () => performance.getEntriesByType("resource")
    .filter((it) => it.initiatorType === "xmlhttprequest" && it.responseEnd > clicked_ms);
  for (let frames = 0; !answers().length && frames < 60; frames++) await frame();
  const answer = answers().at(-1);
  if (!answer) return null;
  return {
    ttfb_ms: answer.responseStart - answer.startTime, lcp_ms: null, waited_ms: answer.responseEnd - clicked_ms,
  };
}"""


class Vitals(NamedTuple):
    """What a page took, in ms: until its first byte and its largest paint, and from the click until it was there."""

    ttfb_ms: float | None
    lcp_ms: float | None
    waited_ms: float


def of_page(tab: Page) -> Vitals:
    """Give what the page took that has just loaded; the largest paint is that of its first frames, and of none since.

    Raises playwright.sync_api.Error.
    """
    return Vitals(**tab.evaluate(_OF_PAGE))


def of_part(tab: Page) -> Vitals | None:
    """Give what the answer took that has just changed a part of the page; None where the browser kept no record.

    Raises playwright.sync_api.Error.
    """
    found = tab.evaluate(_OF_PART)
    return None if found is None else Vitals(**found)
