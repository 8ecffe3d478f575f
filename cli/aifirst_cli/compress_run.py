"""Runs `aifirst compress`: files read, written as one document, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import click

from aifirst_cli.compile_run import compile_errors, place_of, tell
from aifirst_cli.failure import Failure
from aifirst_cli.output import write_output

if TYPE_CHECKING:
    from aifirst_codebase.languages.language import Language
    from aifirst_codebase.reading import Reading
    from aifirst_codebase.source import SourceFile
    from aifirst_compiler.aiccl.exact.options import AicclDocument, ExactOptions, Tokenizer
    from aifirst_compiler.aiccl.notation.document import Map

MAP: Final = ".aifirst/aiccl.map"
"""Where a project's own map is kept."""


class CompressRun(NamedTuple):
    """The options of the command."""

    paths: tuple[str, ...]
    resolution: str
    diff: str | None
    glue: str
    entries: int | None
    flat: bool
    scripts: bool
    project_map: bool
    model: bool
    patterns: bool
    tokenizer: str
    stats: bool
    shape: str
    output: str | None


def run(given: CompressRun) -> int:
    """Write the document; the exit code."""
    from aifirst_codebase.config import find_root

    _check(given)
    places = [place_of(path) for path in given.paths or (".",)]
    root = find_root(places[0])
    outside = next((place for place in places if not place.is_relative_to(root)), None)
    if outside is not None:
        raise click.UsageError(f"{outside} lies outside the project {root}. Compress one project at a time.")
    _refuse_code(given.output, places)
    with compile_errors():
        if given.diff is not None:
            _tell(given, _changes(given, root, places))
        else:
            _write(given, root, places)
    return 0


def _refuse_code(output: str | None, places: Sequence[Path]) -> None:
    """Raise `Failure` where the document would replace code that it may be made of."""
    from aifirst_codebase.languages.registry import language_of_name

    if output in (None, "-") or not Path(output).is_file():
        return
    place = Path(output).resolve()
    language = language_of_name(place.name)
    is_below = any(place.is_relative_to(one.resolve()) for one in places)
    if is_below and language is not None and language.kind == "code":
        raise Failure(f"{output} is code, which the document would replace. Give another place with -o.")


def _check(given: CompressRun) -> None:
    """Raise a usage error for options that do not go together."""
    is_exact = given.resolution == "exact" and given.diff is None
    if not is_exact and (given.glue == "keep" or given.scripts or given.project_map or given.model):
        raise click.UsageError(
            "--glue, --scripts, --project-map and --model are for --resolution exact of whole files."
        )
    if given.model and given.glue == "keep":
        raise click.UsageError(
            "--model writes files anew, so that no glue is kept: leave one of the two out."
        )
    if given.diff is not None and given.resolution not in ("exact", "medium"):
        raise click.UsageError("--diff shows changed units at --resolution exact or medium.")
    if given.patterns and (not is_exact or given.project_map):
        raise click.UsageError(
            "--patterns lists the patterns of whole files: leave -r, --diff and --project-map out."
        )


def _write(given: CompressRun, root: Path, places: Sequence[Path]) -> None:
    """Write the document of files, or list their patterns."""
    sources = sources_below(root, places)
    if not sources:
        raise Failure("there is no code below it. Give a file or a folder with source files.")
    if given.patterns:
        from aifirst_cli.pattern_run import run_patterns

        run_patterns(sources, options_of_run(given), given.shape, given.output)
        return
    document = _document(given, root, sources)
    _tell(given, document)
    if given.resolution in ("outline", "low", "medium") and given.output not in (None, "-"):
        _keep_digests(root, document.text, sources)


def sources_below(root: Path, places: Sequence[Path]) -> list[SourceFile]:
    """The code files at and below some places, in order of their paths."""
    from aifirst_codebase.discovery import Skipped, discover, read_source
    from aifirst_codebase.languages.registry import language_of, may_be_source
    from aifirst_codebase.open_project import discovery_settings, load_settings
    from aifirst_compiler.aiccl.expand import unsafe_path

    settings = discovery_settings(load_settings(root))
    found = discover(root, places, settings, wanted=may_be_source)
    for skipped in found.skipped:
        tell(f"{skipped.path}: {skipped.reason.message}; it was left out")
    sources: list[SourceFile] = []
    for file in found.files:
        source = read_source(root, file, settings)
        if isinstance(source, Skipped):
            tell(f"{source.path}: {source.reason.message}; it was left out")
            continue
        language = language_of(source.path, source.data)
        if language is None or language.kind != "code":
            continue
        if reason := unsafe_path(source.path):
            tell(f"{source.path!r} {reason}, so no document brings it back; it was left out")
            continue
        sources.append(source)
    return sorted(sources, key=lambda source: source.path)


def options_of_run(given: CompressRun) -> ExactOptions:
    """How the document is to be written."""
    from aifirst_compiler.aiccl.exact.options import ExactOptions

    return ExactOptions(
        glue="keep" if given.glue == "keep" else "drop", minify_scripts=given.scripts,
        tokenizer=cast("Tokenizer", given.tokenizer), max_entries=given.entries, nested=not given.flat,
    )  # fmt: skip


def _document(given: CompressRun, root: Path, sources: Sequence[SourceFile]) -> AicclDocument:
    options = options_of_run(given)
    if given.resolution == "exact":
        from aifirst_compiler.aiccl.exact import write

        files = [(source.path, source.text) for source in sources]
        if given.model:
            from aifirst_cli.model_wiring.smaller_sources import smaller_sources

            files = smaller_sources(files)
        return write(files, options, project=_project_map(root, options) if given.project_map else None)
    if given.resolution in ("outline", "low", "medium"):
        from aifirst_compiler.aiccl.outline.write import write_lines

        from aifirst_cli.kept_lines import told_files

        files = told_files(root, sources, given.resolution, _reading)
        return write_lines(files, options, given.resolution)
    from aifirst_compiler.aiccl.meta.write import write_meta

    return write_meta([_reading(source) for source in sources], _uses(root), tokenizer=options.tokenizer)


def _keep_digests(root: Path, text: str, sources: Sequence[SourceFile]) -> None:
    """Keep what the units were like, for the merge of a document that was written into a file to be edited."""
    from aifirst_compiler.aiccl.merge.merge_document import unit_digests

    from aifirst_cli.document_digests import save_digests

    save_digests(root, text, unit_digests({source.path: source.text for source in sources}))


def _changes(given: CompressRun, root: Path, places: Sequence[Path]) -> AicclDocument:
    """What changed since a revision at and below some places."""
    from aifirst_compiler.aiccl.changes import ChangedText, write_changes
    from aifirst_validator.changes.git import change_of_revision

    from aifirst_cli.judging import judging_errors

    changed: list[ChangedText] = []
    with judging_errors(), change_of_revision(root, cast("str", given.diff)) as change:
        for file in change.files:
            if any((root / file.path).is_relative_to(place) for place in places):
                before, after = file.source_before, file.source_after
                changed.append(
                    ChangedText(file.path, before and before.text, after and after.text)  # None stays None
                )
    if not changed:
        raise Failure(f"nothing changed since {given.diff}. Name another revision, or leave --diff out.")
    changed.sort(key=lambda file: file.path)
    return write_changes(
        changed, options_of_run(given), detail="medium" if given.resolution == "medium" else "exact"
    )


def _reading(source: SourceFile) -> Reading:
    from aifirst_codebase.languages.registry import language_of
    from aifirst_codebase.reading import read
    from aifirst_codebase.tokens import UNCOUNTED

    language = cast("Language", language_of(source.path, source.data))  # what has none was not chosen
    return read(source, language, UNCOUNTED)


def _project_map(root: Path, options: ExactOptions) -> Map:
    """The project's own map, brought up to date and kept."""
    from aifirst_compiler.aiccl.exact.update_map import update_map
    from aifirst_compiler.aiccl.maps.project_map import load_project_map, save_project_map

    known = load_project_map(root / MAP)
    files = [(source.path, source.text) for source in sources_below(root, [root])]
    current = update_map(files, known, options)
    if current is not known:
        _make_folder(root)
        save_project_map(current, root / MAP)
    return current


def _make_folder(root: Path) -> None:
    from aifirst_codebase.cache.store import open_cache

    open_cache(root).close()  # makes .aifirst with what keeps it out of git


def _uses(root: Path) -> list[tuple[str, str]]:
    """Which file needs which, from the project's graph."""
    from aifirst_cli.graph_access import open_graph

    with open_graph(root, None, update=True) as store:
        return [(edge.source, edge.target) for edge in store.whole("file").graph.edges]


def _tell(given: CompressRun, document: AicclDocument) -> None:
    if given.shape == "json":
        import msgspec

        fields = {
            "version": 1, "text": document.text, "map_tokens": document.map_tokens,
            "code_tokens": document.code_tokens, "source_tokens": document.source_tokens,
            "ratio": round(document.ratio, 4), "files": document.files, "entries": document.entries,
            "break_even": document.break_even,
        }  # fmt: skip
        write_output(msgspec.json.encode(fields).decode() + "\n", given.output, for_programs=True)
    else:
        write_output(document.text, given.output, for_programs=True)
    if given.stats or given.output not in (None, "-"):
        of_map = f"{document.map_tokens:,} of them the map of {document.entries:,} entries"
        tell(
            f"{document.files:,} files, {document.source_tokens:,} tokens → {document.tokens:,} "
            f"({document.ratio:.2f}x fewer), {of_map if document.entries else 'without a map'}"
        )
