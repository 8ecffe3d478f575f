"""A change set of two files or texts, as an editor or an agent's gate has them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from aifirst_validator.changes.git_command import ChangeError
from aifirst_validator.changes.pair import change_of_files, change_of_texts

DAY = date(2025, 6, 1)


def test_two_files_are_one_changed_file_under_its_name_in_the_project(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("x = 1\n")
    (tmp_path / "new.py").write_text("x = 2\n")
    change = change_of_files(tmp_path / "old.txt", tmp_path / "new.py", today=DAY, path="src/x.py")
    (changed,) = change.files
    assert (changed.path, changed.status) == ("src/x.py", "modified")
    assert changed.behaviour_changed
    assert change.paths == ("src/x.py",)


def test_equal_files_are_no_change(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    assert change_of_files(tmp_path / "a.py", tmp_path / "a.py", today=DAY).files == ()


def test_a_file_that_cannot_be_read_is_an_error_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(ChangeError, match=r"cannot be read: No such file.* Name an existing file"):
        change_of_files(tmp_path / "missing.py", tmp_path / "missing.py", today=DAY)


@pytest.mark.parametrize(
    "raw", [b"\0\1\2", b"\xff\xfe\x00", "x = 'é'\n".encode("latin-1"), b"", b"\xef\xbb\xbfx = 1\n"]
)
def test_any_bytes_can_be_judged(raw: bytes) -> None:
    change = change_of_texts({"a.py": b"x = 1\n"}, {"a.py": raw}, today=DAY)
    (changed,) = change.files
    assert changed.hunks is not None
    assert isinstance(changed.behaviour_changed, bool)


def test_files_on_one_side_are_added_or_deleted_and_the_rest_is_the_project() -> None:
    change = change_of_texts(
        {"a.py": "a = 1\n", "c.py": "c = 1\n"}, {"b.py": "b = 1\n", "c.py": "c = 1\n"}, today=DAY
    )
    assert [(one.status, one.path) for one in change.files] == [("deleted", "a.py"), ("added", "b.py")]
    assert change.paths == ("b.py", "c.py")
    unchanged = change.source_after("c.py")
    assert unchanged is not None
    assert unchanged.text == "c = 1\n"
    assert change.source_before("c.py") is unchanged
    assert change.read_after("a.py") is None
