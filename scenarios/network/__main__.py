"""The network as a process: `python -m scenarios.network --seed N --link NAME LISTENS LEADS_TO …`.

On its stdout it says where it listens, then answers each command of its stdin: a line of JSON for a line of JSON. It
ends with its stdin, so that it never outlives who has started it.
"""

import argparse
import asyncio
import sys
from typing import get_args

import msgspec
import uvloop

from scenarios.faults import AnyToxic
from scenarios.network.link import Link
from scenarios.network.pieces import LinkName
from scenarios.network.process import Answer, Command


async def run(links: list[Link]) -> None:
    """Bring the links up, and do what is commanded until there is nothing more to come. Raises OSError."""
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    by_name = {str(it.name): it for it in links}
    for link in links:
        link.up()
    _say(Answer(addresses={link.name: link.address for link in links}))
    async for line in commands:
        command = msgspec.json.decode(line, type=Command)
        toxic = msgspec.convert(command.toxic, AnyToxic)
        try:
            (toxic.begin_on if command.begins else toxic.end_on)(by_name[toxic.link])
        except (OSError, ValueError) as error:
            _say(Answer(command.number, failed=f"{toxic.link}: {error}"))
        else:
            _say(Answer(command.number))
    for link in links:
        await link.close()


def _say(answer: Answer) -> None:
    print(msgspec.json.encode(answer).decode(), flush=True)


def main() -> int:
    """Run the network; give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scenarios.network")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--link", nargs=3, action="append", required=True, metavar=("NAME", "LISTENS", "LEADS_TO"))
    options = parser.parse_args()
    if unknown := [name for name, *_ in options.link if name not in get_args(LinkName)]:
        parser.error(f"{unknown[0]} is not a link; the links are {', '.join(get_args(LinkName))}")
    try:
        uvloop.run(run([Link(name, listens, to, options.seed) for name, listens, to in options.link]))
    except OSError as error:
        print(f"network: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
