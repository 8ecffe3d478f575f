"""A cache file that is damaged, somebody else's, or made to do harm: started again or left alone, never a failure."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from aifirst_codebase.cache import CacheRow, open_cache
from aifirst_codebase.discovery import FoundFile

COUNT = 400


def row(number: int) -> CacheRow:
    found = FoundFile(f"folder/m{number:03}.py", 10, 1, 1, number + 1)
    return CacheRow(found, f"digest{number}", bytes([number % 250]) * 900)


FIRST_VALUE = "UPDATE results SET value = ? WHERE path = 'folder/m000.py'"
FIRST_PATHS = (
    "UPDATE files SET path = ? WHERE path = 'folder/m000.py';"
    "UPDATE results SET path = ? WHERE path = 'folder/m000.py'"
)
ROWS = [row(number) for number in range(COUNT)]
FOUND = [kept.found for kept in ROWS]


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """The root of a project with a cache of some hundred pages; the path of the database is below it."""
    cache = open_cache(tmp_path)
    cache.keep("kind", "variant", ROWS)
    assert len(cache.fresh("kind", "variant", FOUND)) == COUNT
    cache.close()
    assert cache.problem == ""
    return tmp_path


def database(root: Path) -> Path:
    return root / ".aifirst" / "cache.db"


def run_sql(root: Path, script: str) -> None:
    with closing(sqlite3.connect(database(root))) as connection:
        connection.executescript(script)


def works_again(root: Path) -> None:
    """A later run finds an ordinary cache."""
    cache = open_cache(root)
    cache.keep("kind", "variant", ROWS[:3])
    assert cache.fresh("kind", "variant", FOUND) == {kept.found.path: kept.value for kept in ROWS[:3]}
    cache.close()
    assert cache.problem == ""


def use(root: Path) -> str:
    """Do with the cache what a run does, and return what it says."""
    cache = open_cache(root)
    fresh = cache.fresh("kind", "variant", FOUND)
    assert all(isinstance(value, bytes) for value in fresh.values())
    cache.by_content("kind", "variant", FOUND[0].path, "digest0")
    cache.keep("kind", "variant", ROWS[:3])
    cache.forget_missing("", [found.path for found in FOUND[:3]])
    cache.close()
    return cache.problem


@pytest.mark.parametrize("start", [100, 4096, 40_000, 200_000])
def test_bytes_damaged_in_the_middle_start_it_again(filled: Path, start: int) -> None:
    data = bytearray(database(filled).read_bytes())
    assert len(data) > 300_000
    data[start : start + 60_000] = b"\xa5" * 60_000
    database(filled).write_bytes(data)
    assert use(filled).startswith("the cache was damaged and was started again: ")
    works_again(filled)


FOREIGN: dict[str, str] = {
    "columns": "DROP TABLE files; CREATE TABLE files (name TEXT, digest TEXT); INSERT INTO files VALUES ('a', 'b')",
    "view": "DROP TABLE files; CREATE VIEW files AS SELECT path, 1 AS size FROM results",
    "endless": (
        "DROP TABLE files; CREATE VIEW files AS WITH RECURSIVE n(path) AS (SELECT 'a' UNION ALL SELECT path FROM n)"
        " SELECT path, 1 AS size, 1 AS mtime_ns, 1 AS ctime_ns, 1 AS inode, 'd' AS digest FROM n"
    ),
    "trigger": "CREATE TRIGGER t AFTER INSERT ON files BEGIN DELETE FROM results; END",
    "another": "CREATE TABLE customers (name TEXT)",
}


@pytest.mark.parametrize("script", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_schema_starts_it_again(filled: Path, script: str) -> None:
    run_sql(filled, script)
    assert use(filled).startswith("the cache was damaged and was started again: ")
    works_again(filled)


def test_damage_that_shows_after_opening_is_mended_once(filled: Path) -> None:
    cache = open_cache(filled)
    run_sql(filled, "DROP TABLE results")
    assert cache.fresh("kind", "variant", FOUND) == {}
    assert cache.problem.startswith("the cache was damaged and was started again: ")
    cache.keep("kind", "variant", ROWS[:2])
    assert len(cache.fresh("kind", "variant", FOUND)) == 2
    run_sql(filled, "DROP TABLE results")
    assert cache.fresh("kind", "variant", FOUND) == {}
    assert cache.problem.startswith("the cache was not used: ")
    cache.close()


@pytest.mark.parametrize("value", ["'text'", "17", "0.5"])
def test_a_value_that_is_no_bytes_is_not_taken_for_a_result(filled: Path, value: str) -> None:
    run_sql(filled, FIRST_VALUE.replace("?", value))
    cache = open_cache(filled)
    fresh = cache.fresh("kind", "variant", FOUND)
    assert len(fresh) == COUNT - 1
    assert FOUND[0].path not in fresh
    assert cache.fresh("kind", "variant", FOUND[:1]) == {}
    assert cache.by_content("kind", "variant", FOUND[0].path, "digest0") is None
    assert cache.by_content("kind", "variant", FOUND[1].path, "digest1") == ROWS[1].value
    cache.close()
    assert cache.problem == ""


@pytest.mark.parametrize("value", ["CAST(x'ff' AS TEXT)", "x'00'", "CAST(x'ff00fe' AS TEXT)"])
def test_a_path_that_is_no_text_fails_nothing(filled: Path, value: str) -> None:
    run_sql(filled, FIRST_PATHS.replace("?", value))
    use(filled)
    works_again(filled)


PLACES: dict[str, Callable[[Path], object]] = {
    "folder": lambda path: path.mkdir(),
    "link": lambda path: path.symlink_to("elsewhere.db"),
    "link to a database": lambda path: path.symlink_to("other.db"),
}


@pytest.mark.parametrize("put", PLACES.values(), ids=PLACES)
def test_what_is_no_regular_file_is_left_alone(tmp_path: Path, put: Callable[[Path], object]) -> None:
    folder = tmp_path / ".aifirst"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "other.db")) as connection:
        connection.executescript("CREATE TABLE files (mine TEXT); INSERT INTO files VALUES ('kept')")
    before = (folder / "other.db").read_bytes()
    put(database(tmp_path))
    assert use(tmp_path) == "the cache was not used: .aifirst/cache.db is not a regular file"
    assert (folder / "other.db").read_bytes() == before
    assert not (folder / "elsewhere.db").exists()


@pytest.mark.parametrize("name", ["cache.db-wal", "cache.db-shm"])
def test_a_folder_beside_a_damaged_file_ends_no_run(filled: Path, name: str) -> None:
    database(filled).write_bytes(b"no database" * 1000)
    (filled / ".aifirst" / name).mkdir()
    assert use(filled).startswith("the cache was not used: ")


def test_a_link_in_the_place_of_gitignore_leads_no_write_out_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "project/.aifirst").mkdir(parents=True)
    (tmp_path / "project/.aifirst/.gitignore").symlink_to(tmp_path / "nowhere")
    cache = open_cache(tmp_path / "project")
    cache.close()
    assert cache.problem == ""
    assert not (tmp_path / "nowhere").exists()
