"""Work that would block the event loop, done in a bounded number of threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from time import thread_time
from typing import ParamSpec, TypeVar

from mock_server.resources import Resource

P = ParamSpec("P")
T = TypeVar("T")

MOST_THREADS = 64


class BoundedThreads:
    """Threads of which at most the capacity of `resource` work at a time.

    `clock` says what counts as work: by default the CPU time of the thread.
    """

    def __init__(self, resource: Resource, clock: Callable[[], float] = thread_time) -> None:
        self.resource = resource
        self._clock = clock
        self._executor = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix=resource.name)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Wait for a thread, do `work` in it, and give its result."""
        async with self.resource() as holding:
            context = copy_context()

            def timed() -> T:
                began_s = self._clock()
                try:
                    return context.run(work, *args, **kwargs)
                finally:
                    holding.worked_s = self._clock() - began_s

            return await asyncio.get_running_loop().run_in_executor(self._executor, timed)

    def close(self) -> None:
        """Let the threads end when what they do is done."""
        self._executor.shutdown(wait=True, cancel_futures=True)
