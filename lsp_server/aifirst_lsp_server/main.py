"""The edge of the server: takes the streams, starts the workers, speaks until the client is gone.

The analyst is started before the protocol's types are imported, which takes as long as it does: both are ready together.
The server ends with its client, whether that says so, closes the pipe or is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence

from aifirst_lsp_server.client_log import LEVELS, start_log
from aifirst_lsp_server.options import Options
from aifirst_lsp_server.workers.process import Worker, WorkerError

USAGE = "usage: aifirst lsp [--stdio] [--log-level LEVEL] [--version]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve on standard input and output; returns the exit code the protocol asks for, 2 for wrong arguments."""
    given = sys.argv[1:] if arguments is None else arguments
    if "--version" in given:
        from aifirst_codebase import __version__

        print(f"aifirst-lsp {__version__}")
        return 0
    try:
        options = read_options(given)
    except ValueError as error:
        print(f"{error}\n{USAGE}", file=sys.stderr)
        return 2
    reading, writing = _take_streams()
    with contextlib.suppress(KeyboardInterrupt):
        code = asyncio.run(_serve(options, reading, writing))
        sys.stderr.flush()
        os._exit(code)  # the reading thread may still wait for input that never comes
    return 130


def read_options(arguments: Sequence[str]) -> Options:
    """The options in a command line; raises `ValueError` in a sentence."""
    level, tests = "info", False
    rest = list(arguments)
    while rest:
        one = rest.pop(0)
        name, _, value = one.partition("=")
        if name == "--stdio":
            continue
        if name == "--test-messages":
            tests = True
        elif name == "--log-level":
            level = value or (rest.pop(0) if rest else "")
            if level not in LEVELS:
                raise ValueError(f"--log-level is one of {', '.join(LEVELS)}")
        elif not name.startswith("--clientProcessId"):
            raise ValueError(f"{one} is no option of the server")
    return Options(level, tests)


async def _serve(options: Options, reading: int, writing: int) -> int:
    log = start_log(options.log_level)
    analyst = Worker("analyst")
    with contextlib.suppress(WorkerError):
        await analyst.start()
    from aifirst_lsp_server.plug_ins import (
        register_all,
    )  # behind the start of the analyst, which does not wait for it
    from aifirst_lsp_server.server import Server
    from aifirst_lsp_server.transport import MessageWriter, start_reading

    server = Server(options, analyst)
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def end(code: int) -> None:
        if not ended.done():
            ended.set_result(code)

    server.client_log = log
    server.protocol.on_exit = end
    server.protocol.set_writer(MessageWriter(writing))
    register_all(server)
    loop = asyncio.get_running_loop()
    start_reading(reading, loop, server.protocol.receive, lambda: end(1), server.tell_problem)
    code = await ended
    await server.close()
    return code


def _take_streams() -> tuple[int, int]:
    """Our own ends of the pipes; what anybody else prints goes to standard error, and nobody else reads."""
    reading, writing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return reading, writing


if __name__ == "__main__":
    sys.exit(main())
