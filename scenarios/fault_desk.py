"""Faults that a developer asks for on the control page of a portal that is served, done to it one after the other.

control page ─► a wish, a file in a folder ─► done to the stack from outside, undone, and the file is gone

The portal cannot kill itself, nor its database, and be there to undo it. It writes down what is wished; who started the
stack does it. The network has no links to disturb there: a scenario has to ask for them (docs/faults.md).
"""

import time
from collections.abc import Callable, Mapping

import msgspec

from scenarios.faults import FAILURES, FAULTS, Fault, begin_or_undo
from scenarios.stack import Stack

NAMES: Mapping[str, str] = {
    "portal_frozen": "所有服务进程停住不动",
    "portal_killed": "所有服务进程被杀，之后重新启动",
    "server_killed": "一个服务进程被杀",
    "database_crash": "数据库崩溃，之后重新启动",
    "database_restart": "数据库正常重启",
    "disk_full": "上传文件的磁盘已满",
}
"""The faults that can be wished for, as the control page names them."""
OF_THE_DATABASE = frozenset(["database_crash", "database_restart"])
LOOK_S = 0.5


class Wish(msgspec.Struct, frozen=True):
    """What a file in the folder says: which fault, and how long it is to last."""

    fault: str
    length_s: float


def wishable(server_workers: int, *, embedded: bool) -> dict[str, str]:
    """Give the faults that can be done to a portal of so many processes, by name, in words.

    >>> list(wishable(1, embedded=False))
    ['portal_frozen', 'portal_killed', 'disk_full']
    """
    return {
        name: words
        for name, words in NAMES.items()
        if FAULTS[name].least_server_workers <= server_workers and (embedded or name not in OF_THE_DATABASE)
    }


def grant_wishes(stack: Stack, tell: Callable[[str], None]) -> None:
    """Do what is wished for at a stack with a fault desk, until Ctrl-C; `tell` hears of each in a line."""
    assert stack.wishes is not None
    while True:
        for path in stack.wishes.glob("*.json"):
            try:
                wish = msgspec.json.decode(path.read_bytes(), type=Wish)
                _do(FAULTS[wish.fault](from_s=0, to_s=wish.length_s), stack, tell)
            finally:
                path.unlink(missing_ok=True)
        time.sleep(LOOK_S)


def _do(fault: Fault, stack: Stack, tell: Callable[[str], None]) -> None:
    """Do a fault for as long as it lasts; Ctrl-C ends it early, and what was done is undone all the same."""
    tell(f"Fault, for {fault.to_s:g} s: {fault.words}")
    try:
        begin_or_undo(fault, stack)
    except FAILURES as error:
        tell(f"It could not be done: {error}")
        return
    try:
        time.sleep(fault.to_s)
    finally:
        try:
            fault.end(stack)
        except FAILURES as error:
            tell(f"It could not be undone: {error}")
        else:
            tell("The fault is over.")
