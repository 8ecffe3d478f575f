"""Which commits there are: what a name stands for, and where a shallow clone ends."""

from __future__ import annotations

import os
import re
from pathlib import Path

from aifirst_codebase.git.command import Git

_ID = re.compile(r"[0-9a-f]{40,64}")


def commit_id(git: Git, revision: str) -> str | None:
    """The hexadecimal id of the commit that a revision names; None where there is none."""
    # A revision that starts with a dash would be read as an option.
    if not revision or revision.startswith("-") or "\0" in revision or "\n" in revision:
        return None
    done = git.run("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", allowed=(0, 1, 128))
    found = done.decode("ascii", "replace").strip()
    return found if _ID.fullmatch(found) else None


def is_shallow(git: Git) -> bool:
    """Whether the clone lacks the older commits."""
    return git.run("rev-parse", "--is-shallow-repository").strip() == b"true"


def shallow_boundary(git: Git) -> frozenset[str]:
    """The ids of the commits where a shallow clone ends, whose parents it lacks; empty for a whole one."""
    if not is_shallow(git):
        return frozenset()
    named = os.fsdecode(git.run("rev-parse", "--git-path", "shallow")).rstrip("\n")
    try:
        return frozenset(_ID.findall(Path(git.folder, named).read_text("ascii", "replace")))
    except OSError:
        return frozenset()
