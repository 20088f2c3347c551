"""What a command says on its way and in the end: to a person, in few words, or to a program."""

from typing import Any

from rich.console import Console, RenderableType

from scenarios.watched import Judge
from scenarios.watcher import JsonLines, LiveView, PlainLines, Silent, Watcher, tell


class Speaker:
    """Says everything twice where it must: in words for people, as an event for programs that asked for JSON.

    `quiet` leaves only what is found. Errors go their own way, to standard error.
    """

    def __init__(self, judge: Judge, *, quiet: bool = False, json_lines: bool = False) -> None:
        self._judge = judge
        self._is_quiet = quiet
        self._is_json = json_lines
        self.way = Console(quiet=quiet or json_lines)
        """For what is said on the way."""
        self._end = Console(quiet=json_lines)

    def watcher(self) -> Watcher:
        """Give who watches the next rehearsal."""
        if self._is_json:
            return JsonLines(self._judge)
        if self._is_quiet:
            return Silent()
        draws = self.way.is_terminal and not self.way.is_dumb_terminal
        return LiveView(self.way, self._judge) if draws else PlainLines(self.way, self._judge)

    def say(self, words: str, *, now: str, **facts: Any) -> None:
        """Say something on the way: the words, or the event."""
        self.way.print(words, highlight=False, markup=False, soft_wrap=True)
        self._tell(now, facts)

    def conclude(self, *found: RenderableType, now: str, **facts: Any) -> None:
        """Say what was found, each line or table by itself, or the event, which is the last one."""
        for each in found:
            self._end.print(each, highlight=False, markup=False, soft_wrap=isinstance(each, str))
        self._tell(now, facts)

    def _tell(self, now: str, facts: dict[str, Any]) -> None:
        if self._is_json:
            tell({"now": now, **facts})
