"""Runs `aifirst index`: the summary and the status as a person or a program reads them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
from aifirst_codebase.byte_size import show_bytes

from aifirst_cli.failure import Failure
from aifirst_cli.output import write_output
from aifirst_cli.progress import progress_bar
from aifirst_cli.run_options import RunOptions, current_folder, overrides_of

if TYPE_CHECKING:
    from aifirst_memory.dependencies.neo4j.mirror import MirrorReport
    from aifirst_memory.status import IndexStatus
    from aifirst_memory.update import UpdateReport, UpdateRequest

_MOST_NOTICES = 5


class IndexOptions(NamedTuple):
    """The options of the command."""

    path: str
    watch: bool
    status: bool
    rebuild: bool
    url: str | None
    no_history: bool
    assignments: tuple[str, ...]
    isolated: bool
    jobs: int
    shape: str


def run(options: IndexOptions) -> int:
    """Do what is asked; the exit code."""
    from aifirst_memory.update import UpdateRequest

    _refuse_contradictions(options)
    root = _root_of(options.path)
    overrides = overrides_of(RunOptions(assignments=options.assignments))
    request = UpdateRequest(
        root, overrides=overrides, isolated=options.isolated, jobs=options.jobs, rebuild=options.rebuild,
        history=not options.no_history,
    )  # fmt: skip
    with memory_errors():
        if options.status:
            return _tell_status(request, options.shape)
        if options.watch:
            return _watch(request, options.url)
        return _update(request, options.shape, options.url)


@contextmanager
def memory_errors() -> Generator[None]:
    """Turns what a person can mend into `Failure`; wraps whatever reads or writes the memory."""
    from aifirst_codebase.config import ConfigError
    from aifirst_codebase.tokens import TokenizerError
    from aifirst_codebase.worker_pool import WorkersEndedError
    from aifirst_memory.embedding.embedder import EmbedderError
    from aifirst_memory.store import StoreError

    try:
        yield
    except (ConfigError, TokenizerError, EmbedderError, StoreError) as error:
        raise Failure(str(error)) from error
    except WorkersEndedError as error:
        raise Failure(
            "a process that read files was ended from outside, often for want of memory. "
            "What was finished is kept; run it again with --jobs 1."
        ) from error


def _refuse_contradictions(options: IndexOptions) -> None:
    if options.status and (options.watch or options.rebuild or options.url):
        raise click.UsageError("--status only looks: leave out --watch, --rebuild and --graph.")
    if options.watch and options.shape == "json":
        raise click.UsageError("--watch tells a line an update: leave out --format json.")


def _root_of(path: str) -> Path:
    from aifirst_codebase.config import find_root

    if not path:
        raise click.UsageError("PATH is empty. Give a folder of your project, or none.")
    target = current_folder() / path
    if not target.exists():
        raise click.UsageError(f"{path} does not exist. Give a folder of your project.")
    return find_root(target.resolve())


def _update(request: UpdateRequest, shape: str, url: str | None) -> int:
    from aifirst_memory.update import update_memory

    with progress_bar("Indexing") as progress:
        report = update_memory(request, progress, tell_waiting)
    tell_notices(report)
    mirrored = _mirror(request.root, url) if url is not None else None
    if shape == "json":
        import msgspec

        size = size_on_disk(report.place)
        fields = {"version": 1, **msgspec.to_builtins(report, enc_hook=str), "size": size}
        if mirrored is not None:
            fields["graph"] = msgspec.to_builtins(mirrored)
        write_output(msgspec.json.encode(fields).decode() + "\n", None, for_programs=True)
    else:
        lines = [summary(report)] if mirrored is None else [summary(report), _mirrored(mirrored)]
        write_output("\n".join(lines) + "\n", None)
    return 0


def _mirror(root: Path, url: str) -> MirrorReport:
    """Bring the dependency graph up to date and the one at the server with it. Raises `Failure`."""
    from aifirst_cli.graph_access import graph_errors, mirror_graph, resolve_graph

    with graph_errors():
        resolve_graph(root)
        return mirror_graph(root, url)


def _mirrored(report: MirrorReport) -> str:
    did = [
        f"{count:,} {what}"
        for count, what in (
            (report.nodes, "nodes"),
            (report.edges, "edges"),
            (report.removed, "files removed"),
        )
        if count
    ]
    return f"Neo4j: {', '.join(did) or 'nothing changed'} in {report.seconds:.1f} s."


def tell_waiting(holder: int) -> None:
    """Say once that another process is writing."""
    who = f"process {holder}" if holder else "another process"
    click.echo(f"Waiting for {who}, which is writing the index.", err=True)


def tell_notices(report: UpdateReport) -> None:
    """Say on standard error what went otherwise than expected."""
    if report.rebuilt and report.rebuilt != "as asked":
        click.echo(f"The index was made anew because {report.rebuilt}.", err=True)
    for notice in report.notices[:_MOST_NOTICES]:
        click.echo(f"Note: {printable(notice)}", err=True)
    rest = len(report.notices) - _MOST_NOTICES
    if rest > 0:
        click.echo(f"Note: and {rest} more like these.", err=True)


def summary(report: UpdateReport) -> str:
    """The run in one line, or two where files were left out."""
    did = [
        f"{count} {what}"
        for count, what in (
            (report.read - report.recalled, "read"), (report.recalled, "seen before"),
            (report.renamed, "renamed"), (report.removed, "removed"),
        )
        if count
    ]  # fmt: skip
    parts = [
        f"{report.files:,} files, {report.units:,} units ({', '.join(did) or 'nothing changed'}) "
        f"in {report.seconds:.1f} s",
        f"{show_bytes(size_on_disk(report.place))} on disk",
    ]
    history = report.history
    if history is not None:
        reason = history.reason.rstrip(".")
        parts.append(f"{history.commits:,} commits" if history.commits else f"no history: {reason}")
    text = "; ".join(parts) + "."
    out = {code: count for code, count in report.left_out.items() if code != "language"}
    if out:
        text += "\nLeft out: " + ", ".join(f"{count} ({code})" for code, count in out.items()) + "."
    return text


def size_on_disk(place: Path) -> int:
    """Bytes of the database with what SQLite keeps beside it."""
    files = (place.with_name(place.name + suffix) for suffix in ("", "-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def printable(text: str) -> str:
    """Text with an escape for what would steer the terminal: a file's name may hold it."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def printable_lines(text: str) -> str:
    """Text of several lines, the same: what a model wrote must not draw over the question that a person answers."""
    return "\n".join(printable(line.expandtabs(4)) for line in text.split("\n"))


def _tell_status(request: UpdateRequest, shape: str) -> int:
    from aifirst_memory.status import index_status

    status = index_status(request.root, overrides=request.overrides, isolated=request.isolated)
    if shape == "json":
        import msgspec

        fields = {"version": 1, **msgspec.to_builtins(status)}
        write_output(msgspec.json.encode(fields).decode() + "\n", None, for_programs=True)
    else:
        write_output("\n".join(_status_lines(status)) + "\n", None)
    return 0 if status.state == "current" else 1


def _status_lines(status: IndexStatus) -> Sequence[str]:
    lines = [f"The index is {_STATES[status.state]}."]
    if status.files:
        lines.append(
            f"{status.files:,} files, {status.units:,} units, {show_bytes(status.size)} in {status.place}"
        )
        lines.append(f"vectors: {status.embedder or 'none'}; history: {status.history}")
    lines += [f"- {printable(reason)}" for reason in status.reasons]
    lines += [f"    {printable(path)}" for path in status.stale]
    rest = status.new + status.changed + status.removed - len(status.stale)
    if rest > 0:
        lines.append(f"    and {rest:,} more")
    return lines


_STATES = {
    "none": "not there", "current": "current", "stale": "stale", "building": "being built",
    "interrupted": "not complete: the run that built it was interrupted", "unreadable": "not readable",
}  # fmt: skip


def _watch(request: UpdateRequest, url: str | None) -> int:
    from aifirst_memory.watch import watch

    is_first = True

    def tell(report: UpdateReport) -> None:
        tell_notices(report)
        nonlocal is_first
        if report.changed or is_first:
            click.echo(summary(report) + (" Watching; Ctrl-C ends it." if is_first else ""), err=True)
            if url is not None:
                tell_mirror(url)
        is_first = False

    def tell_mirror(url: str) -> None:
        try:
            click.echo(_mirrored(_mirror(request.root, url)), err=True)
        except Failure as failure:
            tell_problem(failure.message)

    def tell_problem(problem: str) -> None:
        click.echo(f"Not updated: {printable(problem)}", err=True)

    ended = watch(request, tell, on_problem=tell_problem, waiting=tell_waiting)
    click.echo(f"Watching ended: {ended}.", err=True)
    return 0
