"""Looking again at single paths finds what a walk of everything finds there."""

from __future__ import annotations

from pathlib import Path

import pytest
from aifirst_codebase.discovery import DiscoverySettings, discover, discover_again

FILES = {
    ".gitignore": "ignored/\n*.log\n!keep.log\n/only_root.py\n",
    "a.py": "", "only_root.py": "", "x.log": "", "keep.log": "",
    "sub/.gitignore": "*.tmp.py\n!sub2/\n", "sub/only_root.py": "", "sub/b.py": "", "sub/b.tmp.py": "",
    "sub/sub2/c.py": "", "sub/sub2/.aifirstignore": "d.py\n", "sub/sub2/d.py": "",
    "ignored/e.py": "", "ignored/deep/f.py": "", "build/gen/g.py": "", "build/h.py": "",
    "node_modules/i.py": "", "env/pyvenv.cfg": "", "env/lib/j.py": "",
}  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with every way of leaving a file out."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / ".git" / "info").mkdir(parents=True)
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / "link").symlink_to(tmp_path / "sub")
    (tmp_path / "sub" / "linked.py").symlink_to(tmp_path / "a.py")
    return tmp_path


@pytest.mark.parametrize(
    "settings",
    [
        DiscoverySettings(),
        DiscoverySettings(use_gitignore=False),
        DiscoverySettings(exclude=("build/",), include=("ignored/deep/*.py",)),
        DiscoverySettings(follow_symlinks=True),
    ],
)
def test_every_path_gives_what_the_whole_walk_gives_at_and_below_it(
    project: Path, settings: DiscoverySettings
) -> None:
    every = [path.path for path in discover(project, (), settings).files]
    paths = {str(p.relative_to(project)) for p in project.rglob("*")} | {
        "missing.py",
        "sub/missing/x.py",
        "link/b.py",
    }
    for path in sorted(paths):
        found = [f.path for f in discover_again(project, [path], settings).files]
        if settings.follow_symlinks and path.startswith(("link", "sub/linked", "a.py", "sub")):
            continue  # which way to a file that links lead to counts is a matter of the whole walk
        assert found == [p for p in every if p == path or p.startswith(path + "/")], path


def test_all_top_paths_together_give_the_whole_walk(project: Path) -> None:
    tops = sorted(path.name for path in project.iterdir())
    assert discover_again(project, tops) == discover(project)


def test_a_path_that_cannot_be_is_not_found(project: Path) -> None:
    (project.parent / "outside.py").write_text("")
    assert discover_again(project, ["a\0b.py", "x" * 5000, "a.py/below.py", "../outside.py"]).files == []
