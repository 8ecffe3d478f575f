"""`aifirst validate -`: judge the text on standard input as if it stood in a file of the project."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from aifirst_cli.failure import Failure
from aifirst_cli.judging import judging_errors
from aifirst_cli.run_options import RunOptions, current_folder, overrides_of

if TYPE_CHECKING:
    from aifirst_validator.report import Report

_MOST_BYTES: Final = 50_000_000


def judge_stdin(paths: tuple[str, ...], stdin_path: str | None, run: RunOptions) -> Report:
    """The report of the text; raises `click.UsageError` without a path to stand for, `Failure` otherwise."""
    from aifirst_codebase.config import find_root
    from aifirst_validator.engine import judge_text

    if len(paths) > 1:
        raise click.UsageError("- stands alone. Give no other PATH.")
    if not stdin_path or stdin_path.endswith("/"):
        raise click.UsageError("say which file the text is. Give --stdin-path src/name.py.")
    here = current_folder()
    path = (here / stdin_path).resolve()
    root = find_root(path.parent if path.parent.is_dir() else here)
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    with judging_errors():
        return judge_text(root, name, _read_stdin(), overrides_of(run), isolated=run.isolated)


def _read_stdin() -> bytes:
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:
        raise Failure("standard input is closed. Give the text with < FILE or through a pipe.")
    raw = stream.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise Failure(f"standard input holds over {_MOST_BYTES // 1_000_000} MB. Give the text of one file.")
    return raw
