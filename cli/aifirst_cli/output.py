"""Where results go: standard output, or a file that is written whole or not at all.

What programs read (JSON, SARIF, JUnit, the page) is UTF-8 whatever the locale says; what a person reads is
written in the terminal's own encoding, with an escape for a character that it lacks.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import click
from aifirst_codebase.cache.store import FOLDER

from aifirst_cli.failure import Failure


def write_output(text: str, output: str | None, *, for_programs: bool = False) -> None:
    """Write to the file `output`, or to standard output where it is None or `-`.

    Raises `Failure` for a place that cannot be written; a file that was there is then as it was.
    """
    if output is None or output == "-":
        _write_stdout(text, for_programs=for_programs)
        return
    if FOLDER in Path(os.path.realpath(output)).parts:
        raise Failure(
            f"{output} lies in {FOLDER}, where aifirst keeps what it remembers. Give another place with -o."
        )
    try:
        replace_file(Path(output), _encoded(text))
    except OSError as error:
        raise Failure(
            f"{output} cannot be written: {error.strerror or error}. Give another place with -o."
        ) from error


def shown_text(text: str) -> str:
    """Lines with an escape for what would steer the terminal: what a model or a program said may hold it."""
    return "".join(
        char if char.isprintable() or char in "\t\n" else char.encode("unicode_escape").decode()
        for char in text
    )


def replace_file(path: Path, raw: bytes) -> None:
    """Write a file whole or not at all, a link followed and the mode kept; raises `OSError`.

    A device or pipe is written as it stands: replacing it by a file would take it away from the system.
    """
    target = Path(os.path.realpath(path))
    mode = _mode(target)
    if mode is not None and not stat.S_ISREG(mode):
        with target.open("wb") as stream:
            stream.write(raw)
        return
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        temporary.write_bytes(raw)
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _write_stdout(text: str, *, for_programs: bool) -> None:
    buffer = getattr(sys.stdout, "buffer", None)
    if for_programs and buffer is not None:
        sys.stdout.flush()
        buffer.write(_encoded(text))
        buffer.flush()
        return
    # the text was coloured for this very stream, or not at all: nothing is to be taken out again
    click.echo(text, nl=not text.endswith("\n"), color=True)


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace")
