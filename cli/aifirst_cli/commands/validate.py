"""`aifirst validate`: every finding, of a project, a change or one text."""

from __future__ import annotations

from typing import Any

import click

from aifirst_cli.commands.rules import complete_rule
from aifirst_cli.option_list import with_options
from aifirst_cli.run_options import run_options

_FORMATS = ("text", "concise", "json", "sarif", "github", "junit", "html")
_FILE = click.Path(allow_dash=True)


def _joined(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> str | None:
    """What was given one after the other as if it had been given with commas."""
    return ",".join(given) if given else None


_WHAT_TO_JUDGE = (
    click.argument("paths", nargs=-1, metavar="[PATH]...", type=_FILE),
    click.option("--diff", "revision", metavar="REV", help="Judge what changed since REV, with the edit rules."),
    click.option("--staged", is_flag=True, help="Judge what is staged, with the edit rules."),
    click.option(
        "--pair", nargs=2, metavar="BEFORE AFTER", type=click.Path(),
        help="Judge the edit that made AFTER of BEFORE.",
    ),
    click.option(
        "--plan", metavar="FILE", type=click.Path(), help="The edit record (JSON or TOML) of the change."
    ),
    click.option(
        "--stdin-path", metavar="PATH", type=click.Path(),
        help="The path that the text on standard input (PATH -) stands for.",
    ),
)  # fmt: skip
_WHAT_TO_DO = (
    click.option("--fix", is_flag=True, help="Mend what can be mended without touching the code."),
    click.option(
        "-f", "--format", "shape", type=click.Choice(_FORMATS), default="text", show_default=True,
        help="How it is told.",
    ),
    click.option("-o", "--output", metavar="FILE", type=_FILE, help="Write to FILE, not standard output."),
    click.option(
        "--only", metavar="RULES", multiple=True, shell_complete=complete_rule,
        callback=_joined,
        help="Tell only these rules or families, such as AF1,secrets. May be repeated.",
    ),
    click.option("--strict", is_flag=True, help="Count warnings as errors, and notes as warnings."),
    click.option("--baseline", metavar="FILE", type=click.Path(), help="Tell only what is not in this baseline."),
    click.option(
        "--write-baseline", metavar="FILE", is_flag=False, flag_value="", type=click.Path(),
        help="Write the present findings as the baseline (aifirst-baseline.json) and stop.",
    ),
    click.option("--ratchet", is_flag=True, help="Take what was mended out of the baseline."),
)  # fmt: skip


@click.command("validate")
@with_options((*_WHAT_TO_JUDGE, *_WHAT_TO_DO))
@run_options
def command(**options: Any) -> int:
    """Tell every finding, in the format a person or a program reads.

    PATH is a folder or file (this project, if none is given), or - for standard input.

    \b
    aifirst validate                         the whole project
    aifirst validate src tests --only AF1    two folders of it, rules of size only
    aifirst validate --fix                   mend what is safe to mend, tell the rest
    aifirst validate --diff main             what this branch changed since main
    aifirst validate --staged                what the next commit would hold
    aifirst validate --pair old.py new.py    one edit, before it is saved
    aifirst validate -f sarif -o out.sarif   for code scanning
    aifirst validate - --stdin-path src/a.py < draft.py

    An old codebase starts today with a baseline:

    \b
    aifirst validate --write-baseline known.json        keep what is found today
    aifirst validate --baseline known.json              tell only what is new
    aifirst validate --baseline known.json --ratchet    and forget what was mended

    Exit code: 0 clean, 1 findings, 2 wrong use or failure. Notes alone are clean, but with --strict.
    """
    from aifirst_cli.validation import ValidateOptions, run

    return run(ValidateOptions(**options))
