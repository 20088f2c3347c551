"""Work that would block the event loop, done in a bounded number of threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import ParamSpec, TypeVar

from mock_server.resources import Resource

P = ParamSpec("P")
T = TypeVar("T")

MOST_THREADS = 64


class BoundedThreads:
    """Threads of which at most the capacity of `resource` work at a time."""

    def __init__(self, resource: Resource) -> None:
        self._resource = resource
        self._executor = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix=resource.name)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Wait for a thread, do `work` in it, and give its result."""
        async with self._resource():
            context = copy_context()
            return await asyncio.get_running_loop().run_in_executor(
                self._executor, lambda: context.run(work, *args, **kwargs)
            )

    def close(self) -> None:
        """Let the threads end when what they do is done."""
        self._executor.shutdown(wait=True, cancel_futures=True)
