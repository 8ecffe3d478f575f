"""`--help` teaches, starts fast, and is what the reference page says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from aifirst_cli.main import COMMANDS, cli
from click import Command, Context, Group
from command_run import Aifirst

ROOT = Path(__file__).parents[2]
HEAVY = ("msgspec", "tree_sitter", "rich", "bpe_openai", "aifirst_validator", "aifirst_codebase", "pathspec")


def all_commands() -> list[tuple[str, Command]]:
    context = Context(cli)
    found: list[tuple[str, Command]] = []
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        found.append((name, command))
        if isinstance(command, Group):
            found += [(f"{name} {sub}", one) for sub, one in command.commands.items()]
    return found


@pytest.mark.parametrize(("name", "command"), all_commands(), ids=[name for name, _ in all_commands()])
def test_every_command_teaches(name: str, command: Command) -> None:
    assert command.help
    first, *rest = command.help.split("\n\n")
    assert first.endswith(".")
    assert rest
    if name in COMMANDS:
        assert COMMANDS[name] == first
    for parameter in command.params:
        assert parameter.param_type_name == "argument" or getattr(parameter, "help", "")


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_shows_examples_and_fits_a_terminal(aifirst: Aifirst, name: str) -> None:
    ran = aifirst(name, "--help", env={"COLUMNS": "100"})
    assert (ran.code, ran.err) == (0, "")
    assert f"  aifirst {name} " in ran.out or f'eval "$(aifirst {name} ' in ran.out
    assert max(map(len, ran.out.splitlines())) <= 100
    assert aifirst(name, "-h", env={"COLUMNS": "100"}).out == ran.out


def test_the_help_of_the_program_lists_every_command_and_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom aifirst_cli.main import cli\n"
        "cli.main(['--help'], prog_name='aifirst', standalone_mode=False)\n"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
    assert all(f"  {name} " in done.stdout for name in COMMANDS)


def test_the_version_is_told(aifirst: Aifirst) -> None:
    from aifirst_codebase import __version__

    assert aifirst("--version").out == f"aifirst {__version__}\n"


def test_the_generated_pages_are_current() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "docs/generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
