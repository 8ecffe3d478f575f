"""What a whole project reads of its documentation at run time, from the texts of all its files."""

from __future__ import annotations

from pathlib import Path

import msgspec
from aifirst_codebase.config import ProjectConfig
from aifirst_codebase.discovery import discover, read_source
from aifirst_codebase.discovery.found import DiscoverySettings, Skipped
from aifirst_codebase.open_project import discovery_settings

from aifirst_compiler.run_time_docs.demanded import demands_documentation
from aifirst_compiler.run_time_docs.scan import uses_of
from aifirst_compiler.run_time_docs.uses import RunTimeUses

_SUFFIXES = (".py", ".pyw")
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


def project_uses(root: Path, config: ProjectConfig, out: Path, *, annotations: bool = False) -> RunTimeUses:
    """The uses of all files below `root` but those in `out`; those of annotations where asked for."""
    settings = discovery_settings(config)
    found = discover(root, (), settings, wanted=lambda name: name.endswith(_SUFFIXES) or name in _CRATE_ROOTS)
    own = out.relative_to(root).as_posix() + "/" if out.is_relative_to(root) else None
    texts: list[tuple[str, bytes]] = []
    required: set[str] = set()
    for file in found.files:
        if own is not None and file.path.startswith(own):
            continue
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
