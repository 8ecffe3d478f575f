"""Where a project begins."""

from __future__ import annotations

from pathlib import Path

import pytest
from aifirst_codebase.config import find_folder_files, find_root


def place(root: Path, *names: str) -> None:
    """Files with some text; a name that ends in a slash is a folder."""
    for name in names:
        path = root / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            text = "[tool.aifirst]\n" if path.name == "pyproject.toml" else ""
            path.write_text(text)


@pytest.mark.parametrize(
    ("names", "start", "expected"),
    [
        (["aifirst.toml", "a/b/c.py"], "a/b/c.py", "."),
        (["pyproject.toml", "a/b/"], "a/b", "."),
        ([".git/", "a/b/"], "a/b", "."),
        ([".git", "a/b/"], "a/b", "."),
        (["a/b/c.py"], "a/b/c.py", "a/b"),
        (["a/b/"], "a/b", "a/b"),
        (["aifirst.toml", "a/.git/", "a/b/"], "a/b", "a"),
        ([".git/", "a/aifirst.toml", "a/b/"], "a/b", "a"),
        ([".git/", "aifirst.toml", "a/aifirst.toml", "a/b/"], "a/b", "."),
        ([".git/", "pyproject.toml", "a/aifirst.toml", "a/b/"], "a/b", "."),
        ([".git/", "aifirst.toml", "a/pyproject.toml", "a/b/"], "a/b", "a"),
        ([".git/", "aifirst.toml", "a/pyproject.toml", "a/aifirst.toml"], "a", "a"),
        (["aifirst.toml", "a/aifirst.toml", "a/b/"], "a/b", "a"),
        (["pyproject.toml", "a/aifirst.toml", "a/b/"], "a/b", "a"),
        ([".git/", "pyproject.toml", "a/.git/", "a/b/"], "a/b", "a"),
    ],
)
def test_the_root_is_the_nearest_project_around_the_start(
    tmp_path: Path, names: list[str], start: str, expected: str
) -> None:
    place(tmp_path, *names)
    assert find_root(tmp_path / start) == tmp_path / expected


def test_a_pyproject_of_other_tools_is_no_root(tmp_path: Path) -> None:
    place(tmp_path, ".git/", "a/b/")
    (tmp_path / "a/pyproject.toml").write_text('[tool.ruff]\n# aifirst\n[project]\nname = "aifirst"\n')
    assert find_root(tmp_path / "a/b") == tmp_path


def test_a_relative_start_gives_an_absolute_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place(tmp_path, "aifirst.toml", "a/")
    monkeypatch.chdir(tmp_path / "a")
    assert find_root(Path()) == tmp_path


def test_folder_files_on_the_way_to_a_path_are_found(tmp_path: Path) -> None:
    place(tmp_path, "aifirst.toml", "a/aifirst.toml", "a/b/", "a/b/c/aifirst.toml", "x/aifirst.toml")
    assert find_folder_files(tmp_path, "a/b/c/d.py") == ["a/aifirst.toml", "a/b/c/aifirst.toml"]
    assert find_folder_files(tmp_path, "d.py") == []
