"""The watcher: which changes call for which work, and a real one that follows real files."""

from __future__ import annotations

import queue
import shutil
import threading
from collections.abc import Generator
from pathlib import Path

import pytest
from aifirst_memory.status import index_status
from aifirst_memory.update import UpdateReport, UpdateRequest
from aifirst_memory.watch import MOST_PATHS, Work, watch, work_of
from index_project import RandomEdits, differences, make_project
from watchfiles import Change


def _work(root: Path, *changes: tuple[Change, str]) -> Work:
    return work_of(root, [(kind, str(root / path)) for kind, path in changes], [root / ".git"])


def test_a_save_is_work_for_one_path(tmp_path: Path) -> None:
    assert _work(tmp_path, (Change.modified, "a/b.py")) == Work(("a/b.py",))
    assert _work(tmp_path, (Change.added, "a/b.py.tmp"), (Change.deleted, "a/b.py.tmp")) == Work(
        ("a/b.py.tmp",)
    )


def test_what_is_not_the_projects_is_no_work(tmp_path: Path) -> None:
    changes = [
        (Change.modified, name)
        for name in (".aifirst/memory.db-wal", ".git/index.lock", ".git/objects/ab/cd", "a.png", ".")
    ]
    assert not _work(tmp_path, *changes)
    assert not work_of(tmp_path / "project", [(Change.modified, str(tmp_path / "other/a.py"))])


def test_a_file_that_steers_others_and_another_head_have_all_looked_at(tmp_path: Path) -> None:
    for name in ("a/.gitignore", ".aifirstignore", "aifirst.toml", "pyproject.toml", ".git/HEAD"):
        assert _work(tmp_path, (Change.modified, name)).paths is None, name


def test_a_commit_is_work_for_the_history_alone(tmp_path: Path) -> None:
    assert _work(tmp_path, (Change.modified, ".git/refs/heads/main")) == Work((), history=True)


def test_very_many_changes_have_all_looked_at_even_where_they_seem_to_be_none_of_ours(tmp_path: Path) -> None:
    many = [(Change.added, f"out/{number}.png") for number in range(MOST_PATHS + 1)]
    assert _work(tmp_path, *many).paths is None


class _Watched:
    """A watcher in a thread."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.reports: queue.Queue[UpdateReport] = queue.Queue()
        self.problems: queue.Queue[str] = queue.Queue()
        self.stop = threading.Event()
        self.ended = ""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self.reports.get(timeout=60)

    def _run(self) -> None:
        request = UpdateRequest(self.root)
        self.ended = watch(request, self.reports.put, on_problem=self.problems.put, stop=self.stop)

    def until_current(self) -> None:
        """Wait for updates until the index is current."""
        for _ in range(40):
            if index_status(self.root).state == "current":
                return
            self.reports.get(timeout=60)
        raise AssertionError("it never was")

    def end(self) -> str:
        """Wait for the end; the reason."""
        self._thread.join(timeout=60)
        return self.ended


@pytest.fixture
def watched(tmp_path: Path) -> Generator[_Watched]:
    edits = RandomEdits(make_project(tmp_path / "project"), 1)
    edits.git("init", "-q", "-b", "main")
    edits.commit()
    one = _Watched(edits.root)
    yield one
    one.stop.set()
    assert one.end()


def test_saves_renames_and_branch_switches_are_followed(tmp_path: Path, watched: _Watched) -> None:
    root = watched.root
    (root / "new.py").write_text("from shop.price import total\n")
    watched.until_current()
    (root / "shop/order.py.tmp").write_text(
        "from shop.price import total\n\n\ndef late():\n    return total([])\n"
    )
    (root / "shop/order.py.tmp").rename(root / "shop/order.py")
    watched.until_current()
    (root / "web").rename(root / "site")
    watched.until_current()
    (root / "new.py").unlink()
    (root / "new.py").mkdir()
    (root / "new.py/inner.py").write_text("x = 1\n")
    watched.until_current()
    edits = RandomEdits(root, 2)
    edits.git("checkout", "-q", "-b", "other")
    edits.commit()
    edits.git("checkout", "-q", "main")
    watched.until_current()
    assert watched.problems.empty()
    assert differences(root, tmp_path / "anew") == []


def test_broken_settings_are_told_and_the_next_change_goes_on(watched: _Watched) -> None:
    settings = watched.root / "aifirst.toml"
    settings.write_text("broken = [\n")
    assert "aifirst.toml" in watched.problems.get(timeout=60)
    settings.write_text("[glue]\ndoctests = true\n")
    watched.until_current()


def test_it_ends_when_the_project_is_deleted(tmp_path: Path) -> None:
    watched = _Watched(make_project(tmp_path / "project"))
    watched.root.rename(tmp_path / "away")
    shutil.rmtree(tmp_path / "away")
    assert watched.end() == "the project is gone"
