"""Plays a load: has the load generator start, passes on what it says, and lets everything end in good order."""

import json
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from scenarios.sampling import News
from scenarios.scenario import Scenario

Progress = Callable[[dict[str, Any]], None]
"""Hears of a rehearsal's events: docs/live-view.md lists them."""
MOST_NEWS = 1000
STOP_GENERATOR_S = 60.0
START_GENERATOR_S = 400.0
"""Papers, and visits that are under way when the load begins."""


Generator = tuple[subprocess.Popen[bytes], Mapping[str, int]]
"""The process that conducts the load, and the generator's process ids by name."""
Beside = Callable[[ExitStack, Mapping[str, int], News], None]
"""Starts what goes on while the load lasts: on a stack of contexts, given the generator's processes and the news."""


def play(generator: AbstractContextManager[Generator], scenario: Scenario, progress: Progress, beside: Beside) -> bool:
    """Have a load generator play a prepared run; say whether Ctrl-C ended it early."""
    news: News = deque(maxlen=MOST_NEWS)
    with ExitStack() as exits:
        conducting, pids = exits.enter_context(generator)
        beside(exits, pids, news)
        interrupted = _watch(conducting, scenario, progress, news)
    _pass_on(news, progress)
    return interrupted


def _watch(generator: subprocess.Popen[bytes], scenario: Scenario, progress: Progress, news: News) -> bool:
    """Pass on what is heard until the generator ends; Ctrl-C ends the load, not the rehearsal. Say whether it came."""
    longest_s = START_GENERATOR_S + scenario.length_s + STOP_GENERATOR_S
    try:
        _follow(generator, progress, longest_s, news)
        return False
    except KeyboardInterrupt:
        # What was measured is kept, so from here on everything ends in good order, however often Ctrl-C is pressed.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        progress({"now": "interrupted"})
        generator.terminate()
        _follow(generator, lambda _: None, STOP_GENERATOR_S, news)
        return True


def _follow(generator: subprocess.Popen[bytes], progress: Progress, longest_s: float, news: News) -> None:
    """Pass on what the generator says, and the news in between: always in this thread, as who hears it may raise."""
    assert generator.stdout is not None  # it was started with a pipe
    watchdog = threading.Timer(longest_s, generator.kill)  # a generator that hangs must not hang the rehearsal
    watchdog.daemon = True
    watchdog.start()
    try:
        for line in generator.stdout:
            if line.startswith(b'{"now"'):
                _pass_on(news, progress)
                progress(json.loads(line))
        generator.wait()
    finally:
        watchdog.cancel()


def _pass_on(news: News, progress: Progress) -> None:
    while news:
        progress(news.popleft())


@contextmanager
def good_order() -> Iterator[Callable[[bool], None]]:
    """Let everything end in good order: what it gives is called when the load is over, with whether Ctrl-C ended it.

    From then on Ctrl-C does nothing, as there is no load to end any more and the books are to be read; where it has
    ended the load, it does nothing afterwards either.
    """
    before = signal.getsignal(signal.SIGTERM)
    on_interrupt = signal.getsignal(signal.SIGINT)

    def hold_on(interrupted: bool) -> None:
        nonlocal on_interrupt
        if interrupted:
            on_interrupt = signal.SIG_IGN
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    try:
        yield hold_on
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGINT, on_interrupt)
