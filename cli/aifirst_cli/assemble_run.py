"""`aifirst compile --assemble`: a pipeline of tagged functions, with the modules that they are in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aifirst_compiler.bundle.find_modules import Found, reached_from
from aifirst_compiler.bundle.modules import Module

from aifirst_cli.compile_run import tell


def find_pipeline(name: str, source: Path, read: Callable[[Path], bytes]) -> Found:
    """The pipeline's module, written, and all modules it needs; tags are read from the files as they are."""
    from aifirst_compiler.assembly.tagged_functions import find_tagged_functions
    from aifirst_compiler.assembly.write_pipeline import write_pipeline

    from aifirst_cli.compile_one import read_bytes

    top = source if source.is_dir() else source.parent
    files = sorted(top.rglob("*.py")) if source.is_dir() else [source]
    modules = [
        Module(
            ".".join(file.relative_to(top).with_suffix("").parts),
            file.relative_to(top).as_posix(),
            read_bytes(file),
        )
        for file in files
        if not any(part.startswith(".") for part in file.relative_to(top).parts)
    ]
    made = write_pipeline(find_tagged_functions(modules), name)
    for problem in made.problems:
        tell(f"pipeline {name}: {problem}")
    return reached_from(Module(name, f"{name}.py", made.text.encode()), top, read)
