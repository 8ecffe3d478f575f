"""The entry point: the group of commands, and the edge where an error becomes one clear line.

Commands are found by name in a table and imported when asked for, so that `aifirst --help` starts fast.
Exit codes: 0 clean, 1 findings, 2 wrong use or failure, 130 interrupted; as usual for a program that a
signal ends, 141 where the reader of a pipe went away and 143 where it was told to end.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from importlib import import_module
from types import FrameType
from typing import Final, NoReturn, cast

import click

from aifirst_cli.command_group import CommandGroup

COMMANDS: Final[dict[str, str]] = {
    "check": "Judge a project and show it on one screen: the place to start.",
    "validate": "Tell every finding, in the format a person or a program reads.",
    "search": "Find where in the project something is, best first.",
    "context": "Give a model the code that a task needs, within a token budget.",
    "impact": "Say what breaks if something changes, and which tests to run.",
    "graph": "Draw or write the dependency graph, or answer a question about it.",
    "compile": "Turn glue-rich source into clean production code, and prove that it does the same.",
    "compress": "Write code as AICCL: a model reads it in fewer tokens.",
    "expand": "Give back the code of an AICCL document, or merge an edit of one.",
    "tickets": "Turn a specification into tickets, one a unit, in the order in which they can be written.",
    "generate": "Write the code of a specification, unit by unit, each judged and tested before the next stands on it.",
    "agent": "Do a task on this codebase: plan it, change it in small edits, judge and test them, and show them to you.",
    "decompose": "Split a function that is too large into smaller ones, proved to do the same.",
    "trace": "Tell a traceback or a stack of compiled code in terms of its source.",
    "report": "Write the report as one HTML page with charts.",
    "init": "Set a project up: settings, pre-commit, CI, editor.",
    "config": "Show the effective settings and where each comes from.",
    "index": "Build the memory of a project, or bring it up to date.",
    "rules": "List the rules, or explain one.",
    "lsp": "Serve an editor: findings, fixes, facts about units, and what the project's memory knows.",
    "model": "Run local models, make special ones, and know how good they are.",
    "doctor": "Say whether this installation and project are in order.",
    "completion": "Print the completion script for a shell.",
}
"""The commands in the order `--help` shows them; the text is the first line of each one's own help."""

_EPILOG = """\b
Start here:
  aifirst check                 judge this project, one screen
  aifirst validate src --fix    every finding under src, mending what is safe to mend
  aifirst validate --diff main  only what your branch changed, with the edit rules
  aifirst report -o page.html   the report to read in a browser
  aifirst rules AF101           what a rule wants, with examples
  aifirst search "login"        where something is, best first
  aifirst context "fix login"   what a model has to read for a task
  aifirst impact src/app.py     what breaks if it changes, and which tests to run
  aifirst graph -o graph.html   what depends on what, as a page to explore
  aifirst compile src -o out    production code without the glue, proved to do the same
  aifirst compress src          code in fewer tokens, for a prompt

It works on any repository: no model, no server, no network, no settings needed."""


class _Commands(CommandGroup):
    """Imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called `cmd_name`, or None."""
        if cmd_name not in COMMANDS:
            return None
        return cast("click.Command", import_module(f"aifirst_cli.commands.{cmd_name}").command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from aifirst_codebase import __version__

        click.echo(f"aifirst {__version__}")
        ctx.exit()


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version,
    help="Show the version and stop.",
)  # fmt: skip
def cli() -> None:
    """Keep a codebase in the shape that language models read and edit well.

    aifirst measures units in tokens, checks comments, tickets and tags, guards edits, and says what to do
    next. It remembers the code, finds where something is, and gives a model what a task needs. It compiles code for
    production, and compresses it for prompts.
    """


def main() -> NoReturn:
    """Run the command line; every failure ends in one line that says the next step."""
    _open_missing_streams()
    _end_in_order()
    stdout = sys.stdout
    try:
        code = cli.main(prog_name="aifirst", standalone_mode=False)
        sys.stdout.flush()
    except SystemExit as ending:
        # click wraps the stream and ends with 1 where the reader of a pipe is gone
        _leave(141 if sys.stdout is not stdout else _code_of(ending.code))
    except click.UsageError as error:
        _tell_wrong_use(error)
        _leave(error.exit_code)
    except click.ClickException as error:
        _tell(f"Error: {error.format_message()}")
        _leave(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _leave_interrupted()
    except BrokenPipeError:
        _leave(141)
    except OSError as error:
        _tell(f"Error: {_told(error)}")
        _leave(2)
    except MemoryError:
        _tell("Error: not enough memory. Run it again with --jobs 1, or judge one folder at a time.")
        _leave(2)
    except Exception as error:  # the edge of the program: a bug ends it in one line too
        _leave_where_interrupted(error)
        if os.environ.get("AIFIRST_TRACEBACK"):
            raise
        _tell(
            f"Error: this is a bug of aifirst: {type(error).__name__}: {error}. Run it again with "
            "AIFIRST_TRACEBACK=1 in the environment and report what it prints."
        )
        _leave(2)
    _end(code if isinstance(code, int) else 0)


def _end(code: int) -> NoReturn:
    """Exit after a run that went well, without freeing what it holds piece by piece: that would cost a twentieth
    of it, and the system takes it back at once."""
    if "multiprocessing" in sys.modules:
        sys.exit(code)
    sys.stderr.flush()
    os._exit(code)


def _leave(code: int) -> NoReturn:
    """Exit; what still waits to be written to a full or closed place is given up without a second error."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(code)


def _leave_interrupted() -> NoReturn:
    signal.signal(signal.SIGINT, _give_up)  # the processes that judge end by themselves, in a moment
    _tell("Interrupted. What was finished is kept; the next run goes on from there.")
    _leave(130)


def _leave_where_interrupted(error: Exception) -> None:
    """Exit as for the signal where an error was made of one."""
    from aifirst_codebase.interruption import interruption_in

    interruption = interruption_in(error)
    if isinstance(interruption, KeyboardInterrupt):
        _leave_interrupted()
    if interruption is not None:
        _leave(_code_of(interruption.code))


def _give_up(_: int, __: FrameType | None) -> NoReturn:
    """A second Ctrl-C waits for nothing more."""
    os._exit(130)


def _code_of(code: int | str | None) -> int:
    if code is None:
        return 0
    return code if isinstance(code, int) else 2


def _tell(text: str) -> None:
    """Print to standard error, with an escape for what would steer the terminal: a name may hold it."""
    shown = "".join(
        c if c.isprintable() or c in "\t\n" else c.encode("unicode_escape").decode() for c in text
    )
    try:
        click.echo(shown, err=True)
    except OSError:
        return  # nobody can be told; the exit code still says it


def _tell_wrong_use(error: click.UsageError) -> None:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        _tell(error.format_message())
        return
    command = error.ctx.command_path if error.ctx else "aifirst"
    message = error.format_message()
    if isinstance(error, click.MissingParameter):
        message = " ".join(message.split())  # click gives each choice a line of its own
    _tell(f"Error: {message}\nSee {command} --help.")


def _told(error: OSError) -> str:
    name = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    if error.errno == errno.ENAMETOOLONG:
        return f"{name[:80]}... ({len(name):,} characters) is longer than a path can be. Give a shorter one."
    where = f"{name}: " if name else ""
    reason = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{where}{reason}. Free some space and run it again; what was finished is kept."
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return f"{where}{reason}. Raise the limit (ulimit -n 1024) or run it with --jobs 1."
    return f"{where}{reason}. See that it is there and may be used, then run it again."


def _open_missing_streams() -> None:
    """Open what the caller closed, so that no file of ours gets its number, and escape what cannot be shown."""
    if sys.stdin is None or sys.stdout is None or sys.stderr is None:
        while (number := os.open(os.devnull, os.O_RDWR)) < 3:
            os.set_inheritable(number, True)
        os.close(number)
        sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # lives as long as the program
        sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # lives as long as the program
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _end_in_order() -> None:
    """Let SIGTERM and SIGHUP end the program as an error does: workers stopped, terminal as it was."""

    def end(number: int, _: FrameType | None) -> NoReturn:
        sys.exit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, end)
