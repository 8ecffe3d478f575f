"""Finds the programs that build a sandbox, in absolute folders only: a workspace must not bring its own."""

from __future__ import annotations

import os
import shutil

_ALWAYS = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")


def find_program(name: str) -> str | None:
    """The absolute path of a program, None where there is none; relative folders of PATH are passed over."""
    given = os.environ.get("PATH", "").split(os.pathsep)
    folders = [folder for folder in given if folder.startswith("/")]
    return shutil.which(name, path=os.pathsep.join([*folders, *_ALWAYS]))
