"""Runs `aifirst decompose`: reads the file, plans, and shows or writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from aifirst_cli.compile_run import compile_errors, tell
from aifirst_cli.failure import Failure
from aifirst_cli.given_place import split_place
from aifirst_cli.output import replace_file, write_output
from aifirst_cli.run_options import current_folder

if TYPE_CHECKING:
    from aifirst_codebase.config import Settings
    from aifirst_codebase.source import SourceFile
    from aifirst_codebase.tokens import TokenCounter
    from aifirst_compiler.decompose import DecomposedFile, Decomposition, Reason, Refusal


class DecomposeRun(NamedTuple):
    """The options of the command."""

    target: str
    write: bool
    limit: int | None
    partial: bool
    shape: str


def run(given: DecomposeRun) -> int:
    """Decompose; the exit code."""
    from aifirst_codebase.config import find_root
    from aifirst_codebase.source import decode_source
    from aifirst_codebase.tokens import get_counter
    from aifirst_compiler.decompose import DecomposeOptions, Refusal, decompose_units

    here = current_folder()
    name, unit = split_place(here, given.target)
    if not name or not (here / name).is_file():
        raise click.UsageError(f"{name or given.target} is no file. Give FILE or FILE::UNIT.")
    path = (here / name).resolve()
    root = find_root(path)
    with compile_errors():
        source = decode_source(path.relative_to(root).as_posix(), _read(path))
        settings = _settings(root, source)
        counter = get_counter(settings.tokenizer)
        limit = given.limit or settings.limits.unit_tokens or DecomposeOptions().limit
        units = _units(source, unit, counter, limit)
        done = decompose_units(source, units, counter, DecomposeOptions(limit=limit, partial=given.partial))
    if given.write and done.edits:
        write_decomposed(path, done)
    _show(given, done, limit)
    refused = any(isinstance(one, Refusal) and one.reason.why != "within-limit" for one in done.outcomes)
    if any(
        isinstance(one, Refusal) and one.reason.why in ("no-such-unit", "language") for one in done.outcomes
    ):
        return 2
    return int(refused)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror or error}. Change its permissions.") from error


def _settings(root: Path, source: SourceFile) -> Settings:
    """The settings of the file, with those of its folders and its own."""
    from aifirst_codebase.config import find_folder_files
    from aifirst_codebase.open_project import load_settings

    config = load_settings(root, find_folder_files(root, source.path))
    return config.with_directives(config.for_path(source.path), source.text)[0]


def _units(source: SourceFile, unit: str, counter: TokenCounter, limit: int) -> list[str]:
    """The names of what is to be decomposed; raises `Failure` where a line holds no function."""
    from aifirst_codebase.languages.registry import language_of
    from aifirst_codebase.reading import read
    from aifirst_compiler.decompose import units_over

    language = language_of(source.path, source.data)
    if unit.startswith("::"):
        return [unit[2:]]
    if language is None or language.name != "python":
        return [""]
    if not unit:
        return units_over(source, counter, limit)
    reading = read(source, language, counter)
    lines = source.data.splitlines(keepends=True)
    line = _line(unit[1:], source.path, len(lines))
    at = reading.unit_at(sum(map(len, lines[: line - 1])))
    while at > 0 and reading.units[at].kind != "function":
        at = reading.units[at].parent
    if at <= 0:
        raise Failure(f"line {line} of {source.path} is in no function. Give a line of one, or FILE::UNIT.")
    return [reading.units[at].name]


def _line(given: str, path: str, most: int) -> int:
    """The first of the lines named; raises `UsageError` where the file has none of that number."""
    first = given.partition("-")[0]
    if not first.isdecimal():
        raise click.UsageError(f"{given} is no line of {path}. Lines count from 1: {path}:12.")
    if len(first) > len(str(most)) or not 1 <= int(first) <= most:
        raise click.UsageError(f"{path} has {most:,} lines, so none is number {first}.")
    return int(first)


def write_decomposed(path: Path, done: DecomposedFile) -> None:
    """Write the file, whole or not at all. Raises `Failure` where it is not any more what was read."""
    from hashlib import sha256

    from aifirst_codebase.source import EncodeBackError

    if sha256(_read(path)).hexdigest() != done.source.digest:
        raise Failure(f"{done.source.path} changed meanwhile, so nothing was written. Run it again.")
    try:
        replace_file(path, done.source.encode_back(done.data))
    except (OSError, EncodeBackError) as error:
        raise Failure(
            f"{done.source.path} cannot be written: {getattr(error, 'strerror', None) or error}. "
            "Nothing was changed. Mend that and run it again."
        ) from error


def _show(given: DecomposeRun, done: DecomposedFile, limit: int) -> None:
    if given.shape == "json":
        _show_json(given, done, limit)
        return
    if not given.write and done.edits:
        write_output(done.diff, None, for_programs=True)
    if not done.outcomes:
        tell(f"no function of {done.source.path} is over {limit:,} tokens")
    for one in done.outcomes:
        for line in _told(one, written=given.write):
            tell(line)


def _show_json(given: DecomposeRun, done: DecomposedFile, limit: int) -> None:
    import msgspec

    fields = {
        "version": 1, "path": done.source.path, "limit": limit, "diff": done.diff,
        "written": given.write and bool(done.edits), "units": [_fields(one) for one in done.outcomes],
    }  # fmt: skip
    write_output(msgspec.json.encode(fields).decode() + "\n", None, for_programs=True)


def _fields(one: Decomposition | Refusal) -> dict[str, object]:
    from aifirst_compiler.decompose import Decomposition

    made = isinstance(one, Decomposition)
    reasons = one.left if made else one.reasons
    return {
        "unit": one.unit,
        "outcome": "split" if made else "refused",
        "tokens_before": one.tokens_before if made else one.tokens,
        "tokens_after": one.tokens_after if made else one.tokens,
        "within_limit": made and one.within_limit,
        "new_units": one.new_units if made else (),
        "reasons": [
            {"why": it.why, "line": it.line, "end_line": it.end_line, "message": it.message} for it in reasons
        ],
    }


def _told(one: Decomposition | Refusal, *, written: bool) -> list[str]:
    """What became of a unit, in lines for a person."""
    from aifirst_compiler.decompose import Decomposition

    if isinstance(one, Decomposition):
        verb = "split" if written else "would be split"
        new = ", ".join(f"{unit.name} ({unit.tokens:,})" for unit in one.new_units)
        lines = [f"{one.unit} {verb}: {one.tokens_before:,} tokens → {one.tokens_after:,}, and {new}"]
        if one.within_limit:
            return lines
        lines.append(f"  it stays over the limit of {one.limit:,}:")
        return [*lines, *(f"  line {it.line}: {it.message}" for it in one.left)]
    if one.reason.why == "within-limit":
        return [f"{one.unit}: {one.reason.message}"]
    size = f" ({one.tokens:,} tokens, limit {one.limit:,})" if one.tokens else ""
    return [
        f"{one.unit or one.path} is not split{size}:",
        *(f"  {_where(it)}{it.message}" for it in one.reasons),
    ]


def _where(reason: Reason) -> str:
    """The lines that a reason is about; "" where it is about the whole file."""
    if reason.why in ("language", "no-such-unit"):
        return ""
    return (
        f"line {reason.line}: "
        if reason.end_line == reason.line
        else f"lines {reason.line}-{reason.end_line}: "
    )
