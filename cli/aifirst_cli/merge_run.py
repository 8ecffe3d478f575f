"""Runs `aifirst expand --merge`: the edits of a document made in the files of the project."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from aifirst_cli.compile_run import compile_errors, tell
from aifirst_cli.compress_run import sources_below
from aifirst_cli.document_digests import load_digests
from aifirst_cli.expand_run import document_text, outer_map
from aifirst_cli.failure import Failure
from aifirst_cli.output import replace_file, write_output

if TYPE_CHECKING:
    from aifirst_codebase.source import SourceFile
    from aifirst_compiler.aiccl.merge import Conflict, MergeResult


class MergeRun(NamedTuple):
    """The options of the command."""

    edited: str
    original: str
    maps: tuple[str, ...]
    write: bool
    shape: str


def run_merge(given: MergeRun) -> int:
    """Merge; the exit code, 1 where something is left to decide."""
    from aifirst_codebase.config import find_root
    from aifirst_compiler.aiccl.merge import merge_document

    from aifirst_cli.run_options import current_folder

    root = find_root(current_folder())
    with compile_errors():
        maps = [outer_map(path) for path in given.maps]
        before, after = document_text(given.original), document_text(given.edited)
        sources = {source.path: source for source in sources_below(root, [root])}
        texts = {path: source.text for path, source in sources.items()}
        digests = load_digests(root, before)
        result = merge_document(before, after, texts, maps=maps, digests=digests)
        made = _made(sources, result)
        if given.write:
            _write(root, sources, made)
    _show(given, sources, made, result)
    return 1 if result.conflicts else 0


def _made(sources: dict[str, SourceFile], result: MergeResult) -> dict[str, bytes]:
    from aifirst_compiler.edits import apply_edits

    return {path: apply_edits(sources[path].data, edits) for path, edits in result.edits.items()}


def _write(root: Path, sources: dict[str, SourceFile], made: dict[str, bytes]) -> None:
    """Write all files, after each of them is known to fit its encoding."""
    from aifirst_codebase.source import EncodeBackError

    try:
        raw = {path: sources[path].encode_back(data) for path, data in made.items()}
        for path, stored in raw.items():
            replace_file(root / path, stored)
    except (OSError, EncodeBackError) as error:
        raise Failure(f"the files cannot be written: {error}. Mend that and merge again.") from error


def _show(
    given: MergeRun, sources: dict[str, SourceFile], made: dict[str, bytes], result: MergeResult
) -> None:
    difference = "".join(_difference(path, sources[path].text, data.decode()) for path, data in made.items())
    if given.shape == "json":
        import msgspec

        fields = {
            "version": 1, "merged": result.merged, "conflicts": result.conflicts, "diff": difference,
            "files": list(made), "written": given.write,
        }  # fmt: skip
        write_output(msgspec.json.encode(fields).decode() + "\n", None, for_programs=True)
        return
    if given.write:
        click.echo(f"{_counted(result.merged, 'change')} made in {_counted(made, 'file')}")
    else:
        write_output(difference, None, for_programs=True)
    for conflict in result.conflicts:
        tell(_told(conflict))


def _told(conflict: Conflict) -> str:
    sides = (
        ("document before", conflict.before),
        ("document now", conflict.after),
        ("source", conflict.current),
    )
    lines = [f"conflict: {conflict.path}::{conflict.name} {conflict.kind}: {conflict.reason}"]
    lines += [f"  {side}: {text or '(nothing)'}" for side, text in sides]
    return "\n".join(lines)


def _difference(path: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), f"a/{path}", f"b/{path}")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _counted(things: Sequence[object] | dict[str, bytes], noun: str) -> str:
    return f"{len(things):,} {noun}" + "s" * (len(things) != 1)
