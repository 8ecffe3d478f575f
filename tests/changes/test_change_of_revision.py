"""Change sets from git: revisions, the index, renames, odd paths, and everything that is no source file."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_units import find_unit_changes
from aifirst_validator.changes.git import change_of_index, change_of_revision
from aifirst_validator.changes.git_command import ChangeError
from git_repository import Repository

ONE = "def one():\n    return 1\n"
TWO = "def two():\n    return 2\n"
LONG = "".join(
    f"def part_{n}(value):\n    total = value * {n}\n    return total + {n}\n\n\n" for n in range(8)
)
DAY = date(2025, 6, 1)


def told(change: ChangeSet) -> list[tuple[str, str]]:
    return [(changed.status, changed.path) for changed in change.files]


def test_the_working_tree_is_compared_with_untracked_files_that_are_not_ignored(
    repository: Repository,
) -> None:
    repository.commit({"kept.py": ONE, "gone.py": ONE, "changed.py": ONE, ".gitignore": "*.tmp.py\n"})
    repository.write({"changed.py": TWO, "new.py": TWO, "folder/x.tmp.py": TWO})
    (repository.root / "gone.py").unlink()
    with change_of_revision(repository.root, "HEAD", today=DAY) as change:
        assert told(change) == [("modified", "changed.py"), ("deleted", "gone.py"), ("added", "new.py")]
        assert change.paths == (".gitignore", "changed.py", "kept.py", "new.py")
        modified = change.by_path["changed.py"]
        assert modified.before is not None
        assert modified.after is not None
        assert (modified.before.text, modified.after.text) == (ONE, TWO)
        reading = change.read_after("kept.py")
        assert reading is not None
        assert reading.text == ONE
        assert change.read_after("gone.py") is None
        assert (change.today, change.since) == (DAY, date(2025, 1, 10))


def test_texts_that_are_not_saved_yet_stand_for_those_of_the_working_tree(repository: Repository) -> None:
    repository.commit({"in/typed.py": ONE, "back.py": ONE, "saved.py": ONE, ".gitignore": "*.tmp.py\n"})
    repository.write({"back.py": TWO, "saved.py": TWO, "new.py": ONE, "x.tmp.py": ONE})
    unsaved = {"in/typed.py": TWO, "back.py": ONE, "new.py": TWO, "x.tmp.py": TWO, "*.py": TWO}
    texts = {path: text.encode() for path, text in unsaved.items()}
    with change_of_revision(repository.root, "HEAD", today=DAY, unsaved=texts) as change:
        assert told(change) == [
            ("modified", "back.py"), ("modified", "in/typed.py"), ("added", "new.py"), ("modified", "saved.py"),
        ]  # fmt: skip
        after = {changed.path: changed.after.text for changed in change.files if changed.after is not None}
        assert after == {"back.py": ONE, "in/typed.py": TWO, "new.py": TWO, "saved.py": TWO}
        found = find_unit_changes(change)
        assert [(one.path, one.name) for one in found.touched] == [
            ("in/typed.py", "two"), ("new.py", ""), ("new.py", "two"), ("saved.py", "two"),
        ]  # fmt: skip
    with change_of_revision(repository.root / "in", "HEAD", unsaved={"typed.py": TWO.encode()}) as change:
        assert told(change) == [("modified", "typed.py")]


def test_staged_contents_come_from_the_index_and_not_from_the_working_tree(repository: Repository) -> None:
    repository.commit({"a.py": ONE, "b.py": ONE})
    repository.write({"a.py": TWO, "b.py": TWO})
    repository.git("add", "a.py")
    repository.write({"a.py": "broken(\n", "c.py": ONE})
    with change_of_index(repository.root, today=DAY) as change:
        assert told(change) == [("modified", "a.py")]
        after = change.files[0].after
        assert after is not None
        assert after.text == TWO
        unstaged = change.read_after("b.py")
        assert unstaged is not None
        assert unstaged.text == ONE
        assert change.read_after("c.py") is None
        assert change.since == change.today == DAY


def test_before_the_first_commit_everything_staged_is_new(repository: Repository) -> None:
    repository.write({"a.py": ONE})
    repository.git("add", "a.py")
    with change_of_index(repository.root) as change:
        assert told(change) == [("added", "a.py")]
    with change_of_revision(repository.root, "HEAD") as change:
        assert told(change) == [("added", "a.py")]


def test_two_revisions_are_compared_without_the_working_tree(repository: Repository) -> None:
    first = repository.commit({"a.py": ONE})
    repository.commit({"a.py": TWO})
    repository.write({"a.py": "broken(\n", "new.py": ONE})
    with change_of_revision(repository.root, f"{first}..HEAD") as change:
        assert told(change) == [("modified", "a.py")]
        after = change.files[0].after
        assert after is not None
        assert after.text == TWO
        assert change.paths == ("a.py",)
        assert change.today == date(2025, 1, 10)


def test_three_dots_go_back_to_where_the_branch_left(repository: Repository) -> None:
    repository.commit({"a.py": ONE})
    repository.git("checkout", "-q", "-b", "feature")
    repository.commit({"feature.py": ONE})
    repository.git("checkout", "-q", "main")
    repository.commit({"main_only.py": LONG})
    repository.git("checkout", "-q", "feature")
    repository.write({"working.py": ONE})
    with change_of_revision(repository.root, "main...") as change:
        assert told(change) == [("added", "feature.py"), ("added", "working.py")]
    with change_of_revision(repository.root, "main...feature") as change:
        assert told(change) == [("added", "feature.py")]
    with change_of_revision(repository.root, "main") as change:
        assert ("deleted", "main_only.py") in told(change)


def test_a_detached_head_is_a_revision_like_any_other(repository: Repository) -> None:
    first = repository.commit({"a.py": ONE})
    repository.commit({"a.py": TWO})
    repository.git("checkout", "-q", "--detach", first)
    repository.write({"a.py": TWO})
    with change_of_revision(repository.root, "HEAD") as change:
        assert told(change) == [("modified", "a.py")]


def test_a_rename_keeps_its_old_path(repository: Repository) -> None:
    repository.commit({"old.py": LONG})
    repository.git("mv", "old.py", "new.py")
    with change_of_index(repository.root) as change:
        assert [(c.status, c.old_path, c.path) for c in change.files] == [("renamed", "old.py", "new.py")]
        assert not change.files[0].changed


def test_a_rename_that_git_takes_for_two_files_is_found_by_its_units(repository: Repository) -> None:
    extra = "".join(f"\n\nclass Holder{n}:\n    field_{n} = {n}\n    other_{n} = 'x{n}'\n" for n in range(60))
    repository.commit({"old.py": LONG})
    repository.git("rm", "-q", "old.py")
    repository.write({"new.py": LONG + extra})
    repository.git("add", "-A")
    raw = repository.git("diff", "--cached", "-M", "--raw").decode()
    assert "\tR" not in raw
    assert " R" not in raw
    with change_of_index(repository.root) as change:
        assert [(c.status, c.old_path, c.path) for c in change.files] == [("renamed", "old.py", "new.py")]
        assert not change.files[0].code_changed


@pytest.mark.parametrize(
    "name",
    ["with space.py", "new\nline.py", "tab\there.py", '"quoted".py', "-dash.py", "ü.py", ":(glob)x.py"],
)
def test_any_file_name_is_itself(repository: Repository, name: str) -> None:
    repository.commit({name: ONE})
    repository.write({name: TWO})
    with change_of_revision(repository.root, "HEAD") as change:
        assert told(change) == [("modified", name)]
        after = change.files[0].after
        assert after is not None
        assert after.text == TWO


def test_a_name_that_is_not_utf8_is_shown_readably_and_still_read(repository: Repository) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    try:
        (repository.root / name).write_text(ONE)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    repository.git("add", "-A")
    repository.git("commit", "-q", "-m", "x")
    (repository.root / name).write_text(TWO)
    with change_of_revision(repository.root, "HEAD") as change:
        assert told(change) == [("modified", r"caf\xe9.py")]
        before, after = change.files[0].before, change.files[0].after
        assert before is not None
        assert after is not None
        assert (before.text, after.text) == (ONE, TWO)


def test_binary_files_and_large_ones_have_no_text(repository: Repository) -> None:
    repository.commit({"a.py": ONE, "picture.py": b"\0\1\2", "big.py": ONE})
    repository.write({"picture.py": b"\0\1\3", "big.py": "# x\n" * 1000, "a.py": TWO})
    with change_of_revision(repository.root, "HEAD", max_file_bytes=1000) as change:
        sides = {c.path: (c.before is not None, c.after is not None) for c in change.files}
    assert sides == {"a.py": (True, True), "big.py": (True, False), "picture.py": (False, False)}


def test_links_are_never_followed(repository: Repository, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("SECRET = 1\n")
    repository.commit({"a.py": ONE, "b.py": ONE})
    (repository.root / "a.py").unlink()
    (repository.root / "a.py").symlink_to(outside)
    (repository.root / "new_link.py").symlink_to(outside)
    with change_of_revision(repository.root, "HEAD") as change:
        assert [(c.path, c.after) for c in change.files if c.after is not None] == []
        assert ("deleted", "a.py") in told(change)


def test_a_submodule_is_no_file(repository: Repository, tmp_path: Path) -> None:
    inner = Repository(tmp_path / "inner")
    inner.commit({"x.py": ONE})
    repository.commit({"a.py": ONE})
    repository.git("submodule", "add", "-q", str(inner.root), "sub")
    repository.git("commit", "-q", "-m", "sub")
    (repository.root / "sub" / "x.py").write_text(TWO)
    repository.write({"a.py": TWO})
    with change_of_revision(repository.root, "HEAD") as change:
        assert told(change) == [("modified", "a.py")]
        assert change.read_after("sub/x.py") is None


def test_a_folder_inside_the_repository_is_a_root_of_its_own(repository: Repository) -> None:
    repository.commit({"part/a.py": ONE, "other.py": ONE})
    repository.write({"part/a.py": TWO, "other.py": TWO, "part/new.py": ONE})
    with change_of_revision(repository.root / "part", "HEAD") as change:
        assert told(change) == [("modified", "a.py"), ("added", "new.py")]
        assert change.paths == ("a.py", "new.py")


def test_windows_line_ends_in_the_checkout_are_no_change_of_lines(repository: Repository) -> None:
    repository.commit({"a.py": ONE + TWO, ".gitattributes": "* text=auto\n"})
    repository.git("config", "core.autocrlf", "true")
    repository.write({"a.py": (ONE + TWO.replace("2", "3")).replace("\n", "\r\n")})
    with change_of_revision(repository.root, "HEAD") as change:
        assert len(change.by_path["a.py"].hunks) == 1
        assert change.by_path["a.py"].hunks[0].before_start == 3


def test_a_conflict_is_told_and_nothing_is_read_from_the_index(repository: Repository) -> None:
    repository.commit({"a.py": ONE})
    repository.git("checkout", "-q", "-b", "feature")
    repository.commit({"a.py": "feature = 1\n"})
    repository.git("checkout", "-q", "main")
    repository.commit({"a.py": "main = 1\n"})
    with pytest.raises(AssertionError):
        repository.git("merge", "-q", "feature")
    with change_of_index(repository.root) as change:
        assert [notice.code for notice in change.notices] == ["unmerged"]
        assert told(change) == []


@pytest.mark.parametrize(
    "revision", ["--output=stolen", "-O/dev/null", "", "no-such", "a\0b", "HEAD~99", "x\ny"]
)
def test_what_is_no_revision_is_an_error_with_the_next_step(repository: Repository, revision: str) -> None:
    repository.commit({"a.py": ONE})
    with pytest.raises(ChangeError, match=r"is no (known )?revision\. \S+"):
        change_of_revision(repository.root, revision)
    assert sorted(p.name for p in repository.root.iterdir()) == [".git", "a.py"]


def test_a_shallow_clone_is_told_how_to_get_the_rest(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a.py": ONE})
    repository.commit({"a.py": TWO})
    repository.git("clone", "-q", "--depth", "1", f"file://{repository.root}", str(tmp_path / "shallow"))
    with pytest.raises(ChangeError, match="git fetch --unshallow"):
        change_of_revision(tmp_path / "shallow", "HEAD~1")


def test_unrelated_branches_have_no_merge_base(repository: Repository) -> None:
    repository.commit({"a.py": ONE})
    repository.git("checkout", "-q", "--orphan", "other")
    repository.commit({"b.py": ONE})
    with pytest.raises(ChangeError, match=r"has no merge base\. .*without dots"):
        change_of_revision(repository.root, "main...")


def test_a_folder_without_a_repository_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "plain").mkdir()
    with pytest.raises(ChangeError, match=r"no git repository. Run git init"):
        change_of_revision(tmp_path / "plain", "HEAD")
    with pytest.raises(ChangeError, match="is no folder"):
        change_of_index(tmp_path / "missing")


def test_a_machine_without_git_says_so(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(ChangeError, match="git is not installed"):
        change_of_revision(repository.root, "HEAD")


def test_the_index_that_a_hook_names_is_the_one_that_counts(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"a.py": ONE, "b.py": ONE})
    repository.write({"a.py": TWO, "b.py": TWO})
    # `git commit a.py` runs the hook with an index of its own that holds a.py alone.
    other = repository.root / ".git" / "next-index"
    other.write_bytes((repository.root / ".git" / "index").read_bytes())
    monkeypatch.setenv("GIT_INDEX_FILE", str(other))
    monkeypatch.setenv("GIT_DIR", str(repository.root / ".git"))
    import subprocess

    subprocess.run(["git", "add", "a.py"], cwd=repository.root, check=True)
    with change_of_index(repository.root) as change:
        assert told(change) == [("modified", "a.py")]


def test_a_repository_that_the_environment_names_is_not_mistaken_for_this_one(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repository(tmp_path / "other")
    other.commit({"z.py": ONE})
    repository.commit({"a.py": ONE})
    repository.write({"a.py": TWO})
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.root))
    with change_of_revision(repository.root, "HEAD") as change:
        assert told(change) == [("modified", "a.py")]


def test_texts_can_be_read_after_the_change_set_was_closed(repository: Repository) -> None:
    repository.commit({"a.py": ONE})
    repository.commit({"a.py": TWO})
    with change_of_revision(repository.root, "HEAD~1..HEAD") as change:
        pass
    before = change.files[0].before
    assert before is not None
    assert before.text == ONE
    change.release()
