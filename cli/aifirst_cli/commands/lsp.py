"""`aifirst lsp`: the language server, found as a door of the installation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

import click

_DOORS: Final = "aifirst.doors"
_LEVELS: Final = ("off", "error", "warning", "info", "debug")


@click.command("lsp")
@click.option(
    "--stdio",
    is_flag=True,
    help="Speak over standard input and output; what editors ask for, and the default.",
)
@click.option(
    "--log-level",
    type=click.Choice(_LEVELS),
    default="info",
    show_default=True,
    help="What is told in the editor's log.",
)
@click.option("--version", is_flag=True, help="Print the server's version and end.")
@click.option("--test-messages", is_flag=True, hidden=True, help="Answer messages that only tests ask for.")
@click.option("--clientProcessId", "client", type=int, hidden=True, help="Taken, since editors give it.")
def command(log_level: str, version: bool, test_messages: bool, **_: object) -> int:
    """Serve an editor: findings, fixes, facts about units, and what the project's memory knows.

    Speaks the Language Server Protocol over standard input and output; an editor starts it, a person seldom does. The
    server runs no code of the workspace, keeps everything on this machine, and ends with its editor.

    \b
    aifirst lsp                       as an editor starts it
    aifirst lsp --log-level debug     with more in the editor's log

    Exit code: 0 ended as the protocol says, 1 the editor went away, 2 wrong use or failure.
    """
    flags = {"--test-messages": test_messages, "--version": version}
    arguments = [f"--log-level={log_level}", *(name for name, is_on in flags.items() if is_on)]
    return _door("lsp")(arguments)


def _door(name: str) -> Callable[[list[str]], int]:
    """What a door is entered by; raises `Failure` where the installation has none of that name."""
    from importlib.metadata import entry_points

    from aifirst_cli.failure import Failure

    for point in entry_points(group=_DOORS, name=name):
        try:
            return cast("Callable[[list[str]], int]", point.load())
        except ImportError as error:
            raise Failure(
                f"the language server cannot be loaded ({error}). Install aifirst again."
            ) from error
    raise Failure("this installation has no language server. Install aifirst again.")
