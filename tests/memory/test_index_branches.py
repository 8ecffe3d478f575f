"""Branches and worktrees share what they have in common."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from aifirst_memory.store import find_place, open_reader
from aifirst_memory.update import UpdateRequest, update_memory
from aifirst_memory.worktrees import git_folders, main_worktree
from index_project import FILES, RandomEdits, differences, make_project, update


@pytest.fixture
def edits(tmp_path: Path) -> RandomEdits:
    made = RandomEdits(
        make_project(tmp_path / "project", FILES | {"docs/long.md": "# Long\n\n" + "word " * 9000}), 1
    )
    made.git("init", "-q", "-b", "main")
    made.commit()
    return made


def _on_branch(edits: RandomEdits) -> None:
    edits.git("checkout", "-q", "-b", "other")
    for name in ("shop/order.py", "shop/price.py"):
        path = edits.root / name
        path.write_text(path.read_text() + "\n\ndef more(x):\n    return x\n")
    edits.commit()


def test_a_content_seen_before_comes_back_without_being_parsed(tmp_path: Path, edits: RandomEdits) -> None:
    update(edits.root)
    _on_branch(edits)
    first = update(edits.root)
    edits.git("checkout", "-q", "main")
    back = update(edits.root)
    edits.git("checkout", "-q", "other")
    again = update(edits.root)
    edits.git("checkout", "-q", "main")
    home = update(edits.root)
    assert [(run.read, run.recalled) for run in (first, back, again, home)] == [
        (2, 0),
        (2, 0),
        (2, 2),
        (2, 2),
    ]
    update_memory(UpdateRequest(edits.root))
    assert differences(edits.root, tmp_path / "anew") == []


def test_a_content_under_other_settings_is_another(edits: RandomEdits) -> None:
    update(edits.root)
    _on_branch(edits)
    update(edits.root)
    edits.git("checkout", "-q", "main")
    update(edits.root)
    (edits.root / "aifirst.toml").write_text("[glue]\ndoctests = true\n")
    edits.git("checkout", "-q", "other")
    assert update(edits.root).recalled == 0


def test_the_shelf_stays_within_a_quarter_of_the_sources(edits: RandomEdits) -> None:
    update(edits.root)
    path = edits.root / "shop/price.py"
    for number in range(30):
        names = range(number * 100, number * 100 + 25)
        path.write_text("".join(f"def total_{name}(rows):\n    return sum(rows)\n" for name in names))
        assert update(edits.root).read == 1
    connection = open_reader(find_place(edits.root))
    (held,) = connection.execute("SELECT sum(bytes) FROM shelf_record").fetchone()
    kept = connection.execute("SELECT used FROM shelf_record ORDER BY used").fetchall()
    (sources,) = connection.execute("SELECT sum(size) FROM file").fetchone()
    connection.close()
    assert len(kept) < 30
    assert 0 < held <= sources / 4
    assert kept[-1] == (30,), "the newest is kept, the oldest go"


def test_a_linked_worktree_starts_from_the_index_of_the_main_one(tmp_path: Path, edits: RandomEdits) -> None:
    update_memory(UpdateRequest(edits.root))
    linked = tmp_path / "linked"
    edits.git("worktree", "add", "-q", "-b", "side", str(linked))
    (linked / "shop/price.py").write_text("def total(rows):\n    return 7\n")
    assert main_worktree(linked) == edits.root
    assert git_folders(linked) == [edits.root / ".git/worktrees/linked", edits.root / ".git"]
    report = update_memory(UpdateRequest(linked))
    assert (report.read, report.files, report.rebuilt) == (1, 6, "")
    assert differences(linked, tmp_path / "anew") == []
    assert update_memory(UpdateRequest(edits.root)).read == 0


def test_a_damaged_index_of_the_main_worktree_costs_only_the_copy(tmp_path: Path, edits: RandomEdits) -> None:
    update(edits.root)
    database = edits.root / ".aifirst/memory.db"
    raw = database.read_bytes()
    database.write_bytes(raw[:5000] + b"\xff" * (len(raw) - 5000))
    linked = tmp_path / "linked"
    edits.git("worktree", "add", "-q", "-b", "side", str(linked))
    assert update_memory(UpdateRequest(linked)).files == 6
    assert differences(linked, tmp_path / "anew") == []


def test_a_submodule_is_read_like_a_folder_and_not_mistaken_for_a_worktree(
    tmp_path: Path, edits: RandomEdits
) -> None:
    inner = RandomEdits(make_project(tmp_path / "inner", {"lib.py": "x = 1\n"}), 1)
    inner.git("init", "-q", "-b", "main")
    inner.commit()
    edits.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.root), "vendored")
    update_memory(UpdateRequest(edits.root))
    assert main_worktree(edits.root / "vendored") is None
    connection = open_reader(find_place(edits.root))
    assert connection.execute("SELECT path FROM file WHERE path LIKE 'vendored/%'").fetchall() == [
        ("vendored/lib.py",)
    ]
    connection.close()
    assert differences(edits.root, tmp_path / "anew") == []


def test_a_name_with_a_newline_is_a_name_and_one_that_is_no_text_is_a_notice(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project", {"a\nb.py": "x = 1\n"})
    odd = bytes(root) + b"/\xff.py"
    try:
        os.close(os.open(odd, os.O_CREAT | os.O_WRONLY))
    except OSError:
        odd = b""  # a file system that takes text only
    report = update(root)
    assert report.files == 1
    assert bool(odd) == any("not valid UTF-8" in notice for notice in report.notices)
    (root / "a\nb.py").write_text("x = 2\n")
    assert update(root, ("a\nb.py",)).read == 1
    assert differences(root, tmp_path / "anew") == []
