"""What a whole project reads of its documentation at run time, from the texts of all its files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from aifirst_codebase.config import ProjectConfig
from aifirst_codebase.discovery import discover, read_source
from aifirst_codebase.discovery.found import DiscoverySettings, FoundFile, Skipped
from aifirst_codebase.open_project import discovery_settings
from aifirst_codebase.source import SourceFile

from aifirst_compiler.run_time_docs.demanded import demands_documentation
from aifirst_compiler.run_time_docs.scan import uses_of
from aifirst_compiler.run_time_docs.uses import RunTimeUses

_SUFFIXES = (".py", ".pyw")
_PROJECT_SIGNS = ("aifirst.toml", "pyproject.toml", ".git")
_CRATE_ROOTS = ("lib.rs", "main.rs")
_TEST_SETTINGS = (
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "setup.cfg",
    "tox.ini",
    "pytest.toml",
    "noxfile.py",
    "Makefile",
)
_RUNS_EXAMPLES = ("--doctest-modules", "--with-doctest", "--doctest-plus", "doctest_plus = enabled")


_MOST_BYTES = 32_000_000
"""How much Python is looked at for the sake of one file: more than a second's work."""


def project_uses(root: Path, config: ProjectConfig, out: Path, *, annotations: bool = False) -> RunTimeUses:
    """The uses of all files below `root` but those in `out`; those of annotations where asked for."""
    settings = discovery_settings(config)
    own = out.relative_to(root).as_posix() + "/" if out.is_relative_to(root) else None
    files = [file for file in _files(root, settings) if own is None or not file.path.startswith(own)]
    return _uses_of_files(root, settings, files, (), annotations=annotations)


def uses_around(root: Path, config: ProjectConfig, source: SourceFile) -> RunTimeUses | None:
    """What the project around one file reads of documentation; None where there is none, or more than a second's work.

    A folder is a project where it has settings of ours, a `pyproject.toml` or a git store.
    """
    if not any((root / name).exists() for name in _PROJECT_SIGNS):
        return None
    settings = discovery_settings(config)
    files = [file for file in _files(root, settings) if file.path != source.path]
    if sum(file.size for file in files) > _MOST_BYTES:
        return None
    return _uses_of_files(root, settings, files, [(source.path, source.data)])


def _files(root: Path, settings: DiscoverySettings) -> Sequence[FoundFile]:
    return discover(
        root, (), settings, wanted=lambda name: name.endswith(_SUFFIXES) or name in _CRATE_ROOTS
    ).files


def _uses_of_files(
    root: Path,
    settings: DiscoverySettings,
    files: Sequence[FoundFile],
    more: Sequence[tuple[str, bytes]],
    *,
    annotations: bool = False,
) -> RunTimeUses:
    texts: list[tuple[str, bytes]] = [text for text in more if text[0].endswith(_SUFFIXES)]
    required: set[str] = set()
    for file in files:
        source = read_source(root, file, settings)
        if isinstance(source, Skipped):
            continue
        if file.path.endswith(_CRATE_ROOTS):
            if demands_documentation(source.data):
                required.add(file.path.rpartition("/")[0] + "/" if "/" in file.path else "")
        else:
            texts.append((source.path, source.data))
    doctests = frozenset({"*"} if _runs_examples(root, settings) else ())
    return msgspec.structs.replace(
        uses_of(texts, annotations=annotations), required=frozenset(required), doctests=doctests
    )


def _runs_examples(root: Path, settings: DiscoverySettings) -> bool:
    """Whether the project's tests run the examples in docstrings, by the settings of its test runner."""
    for name in _TEST_SETTINGS:
        if (root / name).is_file():
            source = read_source(root, name, settings)
            if not isinstance(source, Skipped) and any(sign in source.text for sign in _RUNS_EXAMPLES):
                return True
    return False
