"""Where git keeps the repository that a folder belongs to, and its main worktree, without starting git.

gitrepository-layout(5): a linked worktree has a file `.git` with the line `gitdir: …`, and in that folder a file
`commondir` leads to what all worktrees share.
"""

from __future__ import annotations

from pathlib import Path


def git_folders(root: Path) -> list[Path]:
    """The folders with HEAD and with the branches of the worktree that `root` lies in; none outside of one."""
    top = _top(root)
    if top is None:
        return []
    mark = top / ".git"
    if mark.is_dir():
        return [mark]
    own = _linked(mark)
    if own is None:
        return []
    shared = _shared(own)
    return [own] if shared is None else [own, shared]


def main_worktree(root: Path) -> Path | None:
    """The folder that is to the main worktree what `root` is to its linked one; None where it is in none."""
    top = _top(root)
    own = _linked(top / ".git") if top is not None else None
    shared = _shared(own) if own is not None else None
    if top is None or shared is None or shared.name != ".git":
        return None
    found = shared.parent / root.relative_to(top)
    return found if found.is_dir() else None


def _top(root: Path) -> Path | None:
    return next((top for top in (root, *root.parents) if (top / ".git").exists()), None)


def _linked(mark: Path) -> Path | None:
    """The folder that a file `.git` leads to."""
    try:
        line = mark.read_text(encoding="utf-8", errors="surrogateescape").strip()
    except OSError:
        return None
    if not line.startswith("gitdir: "):
        return None
    folder = (mark.parent / line.removeprefix("gitdir: ")).resolve()
    return folder if folder.is_dir() else None


def _shared(own: Path) -> Path | None:
    try:
        line = (own / "commondir").read_text(encoding="utf-8", errors="surrogateescape").strip()
    except OSError:
        return None
    return (own / line).resolve()
