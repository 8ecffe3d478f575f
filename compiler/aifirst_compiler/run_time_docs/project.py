"""What a whole project reads of its documentation at run time, from the texts of all its Python files."""

from __future__ import annotations

from pathlib import Path

from aifirst_codebase.config import ProjectConfig
from aifirst_codebase.discovery import discover, read_source
from aifirst_codebase.discovery.found import Skipped
from aifirst_codebase.open_project import discovery_settings

from aifirst_compiler.run_time_docs.uses import RunTimeUses, uses_of

_SUFFIXES = (".py", ".pyw")


def project_uses(root: Path, config: ProjectConfig, out: Path) -> RunTimeUses:
    """The uses of all Python files below `root` but those in `out`."""
    settings = discovery_settings(config)
    found = discover(root, (), settings, wanted=lambda name: name.endswith(_SUFFIXES))
    own = out.relative_to(root).as_posix() + "/" if out.is_relative_to(root) else None
    texts: list[tuple[str, bytes]] = []
    for file in found.files:
        if own is not None and file.path.startswith(own):
            continue
        source = read_source(root, file, settings)
        if not isinstance(source, Skipped):
            texts.append((source.path, source.data))
    return uses_of(texts)
