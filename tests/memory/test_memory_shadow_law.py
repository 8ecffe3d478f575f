"""The law of the shadow: whatever edits, branches and kills, it says what one made anew says."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from aifirst_memory.update import IndexSession, UpdateRequest, update_memory
from index_project import RandomEdits, differences, make_project
from shadow_project import fill, filled_anew, kept, kept_paths


@pytest.mark.parametrize("seed", [11, 12])
def test_a_shadow_kept_current_step_by_step_is_the_shadow_made_anew(tmp_path: Path, seed: int) -> None:
    edits = RandomEdits(make_project(tmp_path / "project"), seed)
    edits.start(14)
    with IndexSession(UpdateRequest(edits.root, history=False)) as session:
        session.update()
        fill(edits.root)
        compared = 0
        for number in range(1, 41):
            edits.step()
            assert session.update().rebuilt == ""
            if number % 20 == 0:
                anew = filled_anew(edits.root, tmp_path / "anew")
                ours = kept(edits.root)
                assert set(ours) <= set(anew), "what is kept is current before anybody asks"
                compared += len(ours)
                fill(edits.root)
                assert kept(edits.root) == anew
        assert compared > 20


def test_a_branch_that_comes_back_brings_its_texts(tmp_path: Path) -> None:
    edits = RandomEdits(make_project(tmp_path / "project"), 5)
    edits.start(10)
    update_memory(UpdateRequest(edits.root))
    fill(edits.root)
    edits.git("checkout", "-q", "-b", "other")
    (edits.root / "shop/price.py").write_text("def total(rows):\n    return max(rows)\n")
    edits.commit()
    for branch in ("other", "main", "other", "main", "other"):
        edits.git("checkout", "-q", branch)
        update_memory(UpdateRequest(edits.root))
        assert "shop/price.py" in kept_paths(edits.root)
        assert kept(edits.root) == filled_anew(edits.root, tmp_path / "anew")


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_killed_run_leaves_a_shadow_of_what_the_index_has(tmp_path: Path) -> None:
    from kill_indexing import kill_indexing

    edits = RandomEdits(make_project(tmp_path / "project"), 6)
    edits.start(30)
    update_memory(UpdateRequest(edits.root))
    fill(edits.root)
    for after in (0.05, 0.15, 0.3):
        for _ in range(6):
            edits.step()
        kill_indexing(edits.root, after)
        with closing(sqlite3.connect(edits.root / ".aifirst/memory.db")) as database:
            other = database.execute(
                "SELECT count(*) FROM shadow_file s LEFT JOIN file f USING (file_id) WHERE f.digest IS NOT s.digest"
            ).fetchone()
        assert other == (0,)
    assert update_memory(UpdateRequest(edits.root)).rebuilt == ""
    fill(edits.root)
    assert kept(edits.root) == filled_anew(edits.root, tmp_path / "anew")


def test_the_other_levels_are_as_without_a_shadow(tmp_path: Path) -> None:
    edits = RandomEdits(make_project(tmp_path / "project"), 7)
    edits.start(10)
    update_memory(UpdateRequest(edits.root))
    fill(edits.root)
    for _ in range(10):
        edits.step()
        update_memory(UpdateRequest(edits.root))
    found = differences(edits.root, tmp_path / "anew")
    assert [line for line in found if not line.startswith("shadow: ")] == []
