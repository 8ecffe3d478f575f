"""Writes a runnable archive (PEP 441): a program's modules as they are, one zip file that Python runs.

The same input gives the same bytes: entries stand in order of their names, with one date.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Final

_DATE: Final = (1980, 1, 1, 0, 0, 0)
_MODE: Final = 0o644 << 16


def write_archive(files: Mapping[str, bytes], main: str, interpreter: str) -> bytes:
    """An archive of files by their paths in it, which starts with the module `main`.

    A `__main__.py` among the files is the program's own, and `main` empty then. `interpreter` goes on the first line;
    none where it is empty.
    """
    buffer = io.BytesIO()
    if interpreter:
        buffer.write(f"#!{interpreter}\n".encode())
    entries = dict(files)
    if main:
        entries["__main__.py"] = _start(main).encode()
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(entries):
            entry = zipfile.ZipInfo(path, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _MODE
            entry.create_system = 3
            archive.writestr(entry, entries[path])
    return buffer.getvalue()


def _start(main: str) -> str:
    """Code that runs a module as the program, or calls a function of one (`package.module:function`)."""
    module, _, function = main.partition(":")
    if function:
        return f"import sys\nfrom {module} import {function.partition('.')[0]}\nsys.exit({function}())\n"
    return f'import runpy\nrunpy.run_module("{module}", run_name="__main__", alter_sys=True)\n'
