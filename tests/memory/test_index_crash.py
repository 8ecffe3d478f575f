"""What a run that ends at any moment leaves behind is repaired by the next."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest
from aifirst_memory import update_run
from aifirst_memory.store import read_meta
from aifirst_memory.update import UpdateRequest, update_memory
from aifirst_memory.writer import IndexWriter
from index_project import RandomEdits, differences, make_project

from aifirst_memory.status import index_status  # isort: skip

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")


def test_a_killed_process_leaves_what_the_next_run_repairs(tmp_path: Path) -> None:
    from kill_indexing import kill_indexing

    edits = RandomEdits(make_project(tmp_path / "project"), 4)
    edits.start(30)
    for after in (0.05, 0.15, 0.3, 0.45):
        kill_indexing(edits.root, after)
        assert update_memory(UpdateRequest(edits.root)).rebuilt == ""
        for _ in range(6):
            edits.step()
    update_memory(UpdateRequest(edits.root))
    assert differences(edits.root, tmp_path / "anew") == []


class _Stopped(BaseException):
    """Ends a run as a kill would: nothing after it is written."""


@pytest.mark.parametrize("batches", [1, 2, 3])
def test_a_run_that_ends_between_batches_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    edits = RandomEdits(make_project(tmp_path / "project"), 5)
    edits.start(30)
    written = 0
    write = IndexWriter.write

    def write_some(self: IndexWriter, *arguments: object, **more: object) -> None:
        nonlocal written
        if written == batches:
            raise _Stopped
        written += 1
        write(self, *arguments, **more)  # pyright: ignore[reportArgumentType]  # passed on as they are

    with monkeypatch.context() as patch:
        patch.setattr(update_run, "_BATCH_FILES", 8)
        patch.setattr(IndexWriter, "write", write_some)
        with pytest.raises(_Stopped):
            update_memory(UpdateRequest(edits.root))
    assert index_status(edits.root).state == "interrupted"
    database = sqlite3.connect(edits.root / ".aifirst/memory.db")
    assert database.execute("SELECT count(*) FROM file").fetchone()[0] == batches * 8
    assert read_meta(database, "run").startswith("running")
    database.close()
    report = update_memory(UpdateRequest(edits.root))
    assert report.read == report.files - batches * 8
    assert differences(edits.root, tmp_path / "anew") == []
    assert index_status(edits.root).state == "current"


def test_an_interrupted_run_keeps_what_was_extracted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_project(tmp_path / "project")

    def interrupt(done: int, _: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update_memory(UpdateRequest(root), interrupt)
    assert index_status(root).state == "interrupted"
    assert update_memory(UpdateRequest(root)).read == 2
    assert index_status(root).state == "current"
    assert differences(root, tmp_path / "anew") == []


def test_an_update_that_had_nothing_to_write_but_the_end_is_finished(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    update_memory(UpdateRequest(root))
    database = sqlite3.connect(root / ".aifirst/memory.db")
    database.execute("UPDATE meta SET value = 'running 1 1 1' WHERE key = 'run'")
    database.commit()
    database.close()
    assert index_status(root).state == "interrupted"
    assert update_memory(UpdateRequest(root)).read == 0
    assert index_status(root).state == "current"
