"""Runs `aifirst compile`: one file, a folder, a bundle or a pipeline."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from aifirst_cli.failure import Failure
from aifirst_cli.run_options import current_folder

if TYPE_CHECKING:
    from aifirst_compiler.compiled import CompileOptions


class CompileRun(NamedTuple):
    """The options of the command."""

    source: str
    output: str | None
    mode: str | None
    minify: str | None
    rename: bool
    optimize: int
    keep_docstrings: bool
    keep_annotations: bool
    keep: tuple[str, ...]
    doctests: bool
    drop_licences: bool
    maps: bool
    bundle: str | None
    script_format: str | None
    platform: str
    packages: str | None
    external: tuple[str, ...]
    assemble: str | None
    check: bool
    stats: bool
    watch: bool
    verify: str | None
    verify_timeout: float
    adopt: bool
    install_tools: bool
    jobs: int
    shape: str


def run(given: CompileRun) -> int:
    """Do what is asked; the exit code."""
    if given.install_tools:
        return _install_tools()
    source = place_of(given.source)
    _refuse_contradictions(given, source)
    with compile_errors():
        if given.assemble is not None or given.bundle is not None:
            from aifirst_cli.bundle_run import run_bundle

            return run_bundle(given, source)
        if source.is_dir():
            from aifirst_cli.compile_folder import run_folder

            return run_folder(given, source)
        from aifirst_cli.compile_one import run_file

        return run_file(given, source)


def _install_tools() -> int:
    """Say what is installed, whence and where, then install it, and what it is good for."""
    from aifirst_compiler.script_tools.install import install_tools, plan_install

    plan = plan_install()
    tell(str(plan))
    with compile_errors():
        installed = install_tools(plan)
    click.echo(f"{' and '.join(installed)} are installed in {plan.folder}")
    tell(
        "Next: aifirst compile SRC --minify -o OUT makes JavaScript and TypeScript small, "
        "aifirst compile MAIN.ts --bundle -o OUT.js makes one file of a program."
    )
    return 0


def place_of(path: str) -> Path:
    """The absolute path of what is to be compiled. Raises `click.UsageError` where there is nothing."""
    if not path:
        raise click.UsageError("SRC is missing. Give a file or a folder.")
    target = current_folder() / path
    if not target.exists():
        dangling = target.is_symlink()
        what = f"is a link to {target.readlink()}, which does not exist" if dangling else "does not exist"
        raise click.UsageError(f"{path} {what}. Give a file or a folder.")
    return target.resolve()


@contextmanager
def compile_errors() -> Generator[None]:
    """Turns what a person can mend into `Failure`."""
    from aifirst_codebase.config import ConfigError
    from aifirst_codebase.tokens import TokenizerError
    from aifirst_codebase.worker_pool import WorkersEndedError
    from aifirst_compiler.errors import CompileError, CompilerBugError

    try:
        yield
    except CompileError as error:
        raise Failure(f"{error}. Next: {error.next_step}." if error.next_step else f"{error}.") from error
    except (ConfigError, TokenizerError, CompilerBugError) as error:
        raise Failure(str(error)) from error
    except WorkersEndedError as error:
        raise Failure(
            "a process that compiled files was ended from outside, often for want of memory. "
            "What was finished is kept; run it again with --jobs 1."
        ) from error


def options_of_run(given: CompileRun, root: Path) -> CompileOptions:
    """The options: the settings of the project under those of the command line."""
    import msgspec
    from aifirst_codebase.open_project import load_settings
    from aifirst_compiler.compiled import CompileOptions
    from aifirst_compiler.project.request import options_of

    chosen = options_of(load_settings(root).settings)
    fields: dict[str, object] = {
        "minify": given.minify or "", "rename": given.rename, "optimize": given.optimize, "maps": given.maps,
        "doctests": chosen.doctests or given.doctests, "drop_licences": given.drop_licences,
        "keep_docstrings": chosen.keep_docstrings or given.keep_docstrings,
        "keep_annotations": chosen.keep_annotations or given.keep_annotations, "keep": (*chosen.keep, *given.keep),
    }  # fmt: skip
    if given.mode is not None:
        fields["mode"] = given.mode
    return msgspec.convert(msgspec.structs.asdict(chosen) | fields, CompileOptions)


def tell(text: str) -> None:
    """A line for the person, never among results."""
    click.echo(text, err=True)


def _refuse_contradictions(given: CompileRun, source: Path) -> None:
    whole = given.bundle is not None or given.assemble is not None
    for refused, why in (
        *_about_output(given, source.is_dir() and not whole),
        *_about_what_is_told(given, whole),
    ):
        if refused:
            raise click.UsageError(why)


_Refusals = tuple[tuple[object, str], ...]


def _about_output(given: CompileRun, folder: bool) -> _Refusals:
    nowhere = given.output is None
    needs_output = given.check or given.watch or given.verify or given.maps
    return (
        (folder and given.output == "-", "the output of a folder is a folder. Give one with -o."),
        (nowhere and needs_output, "--check, --watch, --verify and --maps need an output. Give it with -o."),
        (folder and nowhere and not given.stats,
         "a folder needs a folder for its output. Give one with -o, or look with --stats."),
        (not folder and given.watch, "--watch follows a folder. Give the folder that the file is in."),
    )  # fmt: skip


def _about_what_is_told(given: CompileRun, whole: bool) -> _Refusals:
    mixed = given.output is None and given.shape == "json" and not given.stats
    return (
        (given.check and (given.watch or given.verify), "--check only looks: leave out --watch and --verify."),
        (given.watch and (given.shape == "json" or given.verify),
         "--watch tells a line an update: leave out --format json and --verify."),
        (whole and ((given.adopt and given.bundle != "components") or given.verify),
         "--bundle and --assemble make one file: leave out --adopt and --verify."),
        (whole and given.shape == "json", "--bundle and --assemble tell a line: leave out --format json."),
        (given.rename and given.minify is None, "--rename is a part of making code small. Add --minify."),
        (mixed, "the output would mix with the report. Give a place for it with -o."),
    )  # fmt: skip
