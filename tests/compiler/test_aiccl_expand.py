"""Writing expanded files: inside the folder, never over what is there."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.exact import ExactOptions, write
from aifirst_compiler.aiccl.expand import expand, write_files
from hypothesis import given, settings
from hypothesis import strategies as st


def test_files_are_written_with_their_folders_and_line_ends(tmp_path: Path) -> None:
    written = write_files([("a/b.py", "x\r\n"), ("c.py", "é\n")], tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in written] == ["a/b.py", "c.py"]
    assert (tmp_path / "a/b.py").read_bytes() == b"x\r\n"
    assert (tmp_path / "c.py").read_bytes() == "é\n".encode()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b.py", "c.py"]


ANYWHERE = ["../a", "a/../../b", "/etc/x", "a//b", "./a", "a/.", "a\0b", "a\nb", "a/"]
WINDOWS = [
    "C:/x",
    "C:x",
    "a\\b",
    "con",
    "a/NUL.txt",
    "com1.py",
    "lpt¹",
    "a.",
    "a ",
    "aux .c",
    "x:stream",
    "CONIN$",
    "a<b",
    "a?",
]


def assert_refused(path: str, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    with pytest.raises(AicclError) as error:
        write_files([("fine.py", ""), (path, "x")], folder)
    assert error.value.next_step
    assert [entry.name for entry in tmp_path.rglob("*")] == ["in"]


@pytest.mark.parametrize("path", ANYWHERE)
def test_a_path_that_leaves_the_folder_is_refused(path: str, tmp_path: Path) -> None:
    assert_refused(path, tmp_path)


@pytest.mark.parametrize("path", WINDOWS)
def test_what_windows_takes_for_another_place_is_refused_there(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aifirst_compiler.aiccl.expand._ON_WINDOWS", True)
    assert_refused(path, tmp_path)


NAMES = st.lists(
    st.sampled_from([*'ab:<>"|?*\\. é₀अ', "aux.c", "comp:file ", "C:"]), min_size=1, max_size=5
).map("".join)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no files of these names")
@settings(derandomize=True, max_examples=60, deadline=None)
@given(
    st.lists(NAMES.filter(lambda name: name.strip(".") != ""), min_size=1, max_size=3, unique_by=str.casefold)
)
def test_every_name_comes_back_that_a_file_can_have(names: list[str]) -> None:
    text = "def area(r):\n    return r * r\n"
    with TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        source.mkdir()
        for name in names:
            (source / name).write_text(text, "utf-8")
        files = sorted((path.name, path.read_text("utf-8")) for path in source.iterdir())
        document = write([(name, text) for name, text in files], ExactOptions(glue="keep"))
        target = Path(folder) / "target"
        write_files(expand(document.text), target)
        assert sorted((path.name, path.read_text("utf-8")) for path in target.iterdir()) == files


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "out").mkdir()
    (folder / "link").symlink_to(tmp_path / "out")
    (folder / "file").symlink_to(tmp_path / "out" / "x")
    for path in ("link/x", "file"):
        with pytest.raises(AicclError):
            write_files([(path, "x")], folder, overwrite=True)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_that_is_there_stays_unless_that_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("old")
    with pytest.raises(AicclError, match="b is there"):
        write_files([("a", "new"), ("b", "new")], tmp_path)
    assert not (tmp_path / "a").exists()
    assert (tmp_path / "b").read_text() == "old"
    write_files([("a", "new"), ("b", "new")], tmp_path, overwrite=True)
    assert (tmp_path / "b").read_text() == "new"


def test_two_paths_of_one_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AicclError, match="one file"):
        write_files([("a/B", ""), ("A/b", "")], tmp_path)


def test_a_file_is_written_in_the_encoding_that_it_declares(tmp_path: Path) -> None:
    text = "# -*- coding: latin-1 -*-\nname = 'caf\u00e9'\n"
    files = [("a.py", text), ("a.txt", text), ("b.py", "# coding: klingon\nname = 'caf\u00e9'\n")]
    write_files(files, tmp_path / "out")
    names: dict[str, str] = {}
    exec((tmp_path / "out/a.py").read_bytes(), names)  # noqa: S102 - what Python makes of the bytes is the question
    assert names["name"] == "caf\u00e9"
    assert (tmp_path / "out/a.txt").read_bytes() == text.encode()
    with pytest.raises(AicclError, match=r"declares latin-1, which has no '→'"):
        write_files([("new.py", "x = 1\n"), ("c.py", text + "# →\n")], tmp_path / "other")
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("path", [".git/config", "sub/.GIT/hooks/pre-commit", "git~1/config", ".git"])
def test_what_git_would_run_is_not_written(path: str, tmp_path: Path) -> None:
    with pytest.raises(AicclError, match="belongs to git"):
        write_files([(path, "[core]\n")], tmp_path)
    assert not list(tmp_path.iterdir())
    write_files([(".gitignore", "x\n"), (".github/ci.yml", "a: 1\n")], tmp_path)


def test_a_file_where_a_folder_has_to_be_is_an_error_with_a_next_step(tmp_path: Path) -> None:
    with pytest.raises(AicclError, match="cannot be written"):
        write_files([("a", ""), ("a/b", "")], tmp_path)
