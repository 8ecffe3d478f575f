"""Whatever lies in the place of the index, the next run makes it good and says why; a disk that is full costs nothing."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from aifirst_memory.memory import Memory
from aifirst_memory.process_lock import process_lock
from aifirst_memory.search.result import SearchRequest
from aifirst_memory.status import index_status
from aifirst_memory.store import SCHEMA_VERSION, StoreError, find_place
from index_project import differences, make_project, update


def _index(root: Path) -> Path:
    return root / ".aifirst/memory.db"


def _version(root: Path, version: int) -> None:
    database = sqlite3.connect(_index(root))
    database.execute(f"PRAGMA user_version={version}")
    database.close()


def _text(root: Path) -> None:
    _index(root).write_text("This is no database.\n" * 50)


def _nothing(root: Path) -> None:
    _index(root).write_bytes(b"")


def _half(root: Path) -> None:
    raw = _index(root).read_bytes()
    _index(root).write_bytes(raw[: len(raw) // 2])


def _folder(root: Path) -> None:
    _index(root).unlink()
    (_index(root) / "in it").mkdir(parents=True)


def _link(root: Path) -> None:
    _index(root).rename(root / "elsewhere.db")
    _index(root).symlink_to(root / "elsewhere.db")


def _dangling_link(root: Path) -> None:
    _index(root).unlink()
    _index(root).symlink_to(root / "nowhere.db")


def _foreign(root: Path) -> None:
    _index(root).unlink()
    database = sqlite3.connect(_index(root))
    database.execute("CREATE TABLE songs (name TEXT)")
    database.close()


def _newer(root: Path) -> None:
    _version(root, SCHEMA_VERSION + 1)


def _no_table(root: Path) -> None:
    database = sqlite3.connect(_index(root))
    database.execute("DROP TABLE meta")
    database.close()


_ENDLESS = (
    "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT x AS key, x AS value FROM r"
)


def _view(root: Path) -> None:
    database = sqlite3.connect(_index(root))
    database.executescript(f"ALTER TABLE meta RENAME TO mine; CREATE VIEW meta AS {_ENDLESS}")
    database.close()


def _trigger(root: Path) -> None:
    database = sqlite3.connect(_index(root))
    database.execute("CREATE TRIGGER mine AFTER INSERT ON meta BEGIN DELETE FROM file; END")
    database.close()


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (_text, "damaged"), (_nothing, "damaged"), (_half, "damaged"), (_folder, "a folder in the place"),
        (_link, "a link in the place"), (_dangling_link, "a link in the place"), (_foreign, "another program"),
        (_newer, "a newer version"), (_view, "are not ours"), (_trigger, "are not ours"),
    ],
)  # fmt: skip
def test_what_is_no_index_of_ours_is_made_anew_and_said_so(
    tmp_path: Path, damage: object, reason: str
) -> None:
    root = make_project(tmp_path / "project")
    update(root)
    assert callable(damage)
    damage(root)
    assert index_status(root).state in ("unreadable", "none")
    report = update(root)
    assert reason in report.rebuilt
    assert report.read == 5
    assert differences(root, tmp_path / "anew") == []
    assert index_status(root).state == "current"
    assert not (root / "nowhere.db").exists()


def test_an_index_of_which_a_table_is_gone_is_made_anew(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    update(root)
    _no_table(root)
    update(root)
    assert differences(root, tmp_path / "anew") == []


@pytest.mark.parametrize("seed", range(12))
def test_bytes_changed_anywhere_never_end_a_run_in_a_traceback(tmp_path: Path, seed: int) -> None:
    root = make_project(tmp_path / "project")
    update(root)
    chance = random.Random(seed)  # noqa: S311  # made to be repeated
    raw = bytearray(_index(root).read_bytes())
    for _ in range(40):
        raw[chance.randrange(100, len(raw))] = chance.randrange(256)
    _index(root).write_bytes(raw)
    (root / "shop/price.py").write_text("def total(rows):\n    return 1\n")
    index_status(root)
    update(root)
    update(root)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("file", "pack"), ("vectors_segment", "vectors"), ("vectors_segment", "owners"), ("vectors_segment", "kinds"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_bit_that_turned_inside_a_packed_row_is_told_not_searched(
    tmp_path: Path, table: str, column: str, share: float
) -> None:
    root = make_project(tmp_path / "project")
    update(root)
    database = sqlite3.connect(_index(root))
    rows: list[tuple[int, bytes]] = database.execute(f"SELECT rowid, {column} FROM {table}").fetchall()  # noqa: S608  our own tables
    turned: list[tuple[bytes, int]] = []
    for row, data in rows:
        damaged = bytearray(data)
        damaged[int(len(data) * share)] ^= 1
        turned.append((bytes(damaged), row))
    database.executemany(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", turned)  # noqa: S608  our own tables
    database.commit()
    database.close()
    with (
        Memory.open(root) as memory,
        pytest.raises(StoreError, match=r"cannot be read .* run `aifirst index`"),
    ):
        memory.search(SearchRequest("what an order pays"))


_FULL = """
import resource, signal, sys
from pathlib import Path
from aifirst_memory.store import StoreError
from aifirst_memory.update import UpdateRequest, update_memory
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    update_memory(UpdateRequest(Path(sys.argv[1]), history=False))
except StoreError as error:
    print(error)
"""


@pytest.mark.skipif(os.name == "nt", reason="has no limit for the size of a file")
def test_a_full_disk_is_a_clear_error_and_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    update(root)
    size = _index(root).stat().st_size
    for number in range(60):
        (root / f"more{number}.py").write_text(f"def more_{number}(x):\n    return x + {number}\n" * 40)
    ran = subprocess.run(
        [sys.executable, "-c", _FULL, str(root), str(size // 2)], capture_output=True, text=True, check=False
    )
    assert "free some space and run it again" in ran.stdout, ran.stderr
    assert index_status(root).files == 5
    assert update(root).read == 60
    assert differences(root, tmp_path / "anew") == []


def test_a_link_among_the_files_of_the_index_never_leads_a_write_out_of_it(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project", {"a.py": "def a(): pass\n"})
    there, nowhere = tmp_path / "there", tmp_path / "nowhere"
    there.write_text("kept as it is, for it is nobody's lock\n")
    (root / ".aifirst").mkdir()
    (root / ".aifirst/memory.lock").symlink_to(there)
    (root / ".aifirst/.gitignore").symlink_to(nowhere)
    assert "memory.lock is not a regular file" in find_place(root).notice
    update(root)
    with pytest.raises(OSError, match=r"memory\.lock"), process_lock(root / ".aifirst/memory.lock"):
        pass
    (root / ".aifirst/memory.lock").unlink()
    update(root)
    assert _index(root).is_file()
    assert there.read_text() == "kept as it is, for it is nobody's lock\n"
    assert not nowhere.exists()
