"""The memory of work: what is recorded comes back, masked, whole, and by likeness."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import msgspec
import pytest
from aifirst_memory.embedding.embedder import EmbedderError
from aifirst_memory.work.entries import Entry, Place, WorkError, place_of
from aifirst_memory.work.schema import VERSION, migrate
from aifirst_memory.work.store import WorkMemory
from hypothesis import given, settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DAY = 86_400_000
_KEY = "ghp_" + "q7Rz2LmX9vTb4KpW8sYc1NdFq7Rz2LmX9vTb"


def _clock(start: int = 1_000_000_000_000, step: int = 1000) -> Callable[[], int]:
    now = [start]

    def tick() -> int:
        now[0] += step
        return now[0]

    return tick


def _titles(memory: WorkMemory, query: str = "", paths: Sequence[str] = ()) -> list[str]:
    return [one.entry.title for one in memory.recall(query, paths)]


def test_what_is_recorded_is_there_when_opened_again(tmp_path: Path) -> None:
    with WorkMemory.open(tmp_path / ".aifirst", clock=_clock()) as memory:
        session = memory.begin_session("Fix the login", "an agent")
        decision = memory.record_decision(
            session, "Retry once", "the server drops idle connections", ["raise", "retry for ever"],
            ["src/login.py::Login.send", "./src\\net.py"],
        )  # fmt: skip
        edit = memory.record_edit(
            session, "src/login.py", "Login.send", "retry a dropped connection", "aa", "bb"
        )
        memory.record_outcome(edit, "failed", "test_login: connection refused")
        memory.record_outcome(edit, "ok")
        memory.end_session(session, "done")
    with WorkMemory.open(tmp_path / ".aifirst") as memory:
        assert memory.notices == ()
        assert (tmp_path / ".aifirst" / ".gitignore").read_text() == "*\n"
        (begun,) = memory.sessions()
        assert (begun.title, begun.agent, begun.outcome, begun.ended > begun.at) == (
            "Fix the login", "an agent", "done", True,
        )  # fmt: skip
        first, second, third = memory.entries(session)
        assert first == begun
        assert second.id == decision
        assert second.alternatives == ("raise", "retry for ever")
        assert second.places == (Place("src/login.py", "Login.send"), Place("src/net.py"))
        assert [(one.result, one.detail) for one in third.outcomes] == [
            ("failed", "test_login: connection refused"), ("ok", ""),
        ]  # fmt: skip


def test_recall_brings_back_what_says_the_same_and_says_why(tmp_path: Path) -> None:
    with WorkMemory.open(tmp_path, clock=_clock()) as memory:
        one = memory.begin_session("Speed up the parser")
        memory.record_edit(one, "src/parse.py", "parse", "cache parsed queries")
        two = memory.begin_session("Fix the login of users")
        edit = memory.record_edit(two, "src/login.py", "send", "retry dropped connections")
        memory.record_outcome(edit, "failed", "ConnectionResetError in test_login")
        found = memory.recall("connection reset while logging in", limit=3)
        assert found[0].entry.id == edit
        assert found[0].task == "Fix the login of users"
        assert found[0].reasons == ("says connection, reset",)
        assert _titles(memory, "parsing queries")[0] == "cache parsed queries"
        assert _titles(memory, "zebra") == []
        assert _titles(memory, "") == []


def test_places_bring_back_without_words_and_the_same_unit_comes_first(tmp_path: Path) -> None:
    with WorkMemory.open(tmp_path, clock=_clock()) as memory:
        session = memory.begin_session("task")
        memory.record_edit(session, "src/a.py", "f", "first")
        memory.record_edit(session, "src/a.py", "g", "second")
        memory.record_edit(session, "src/b.py", "f", "third")
        assert _titles(memory, paths=["src/a.py::f"]) == ["first", "second"]
        assert _titles(memory, paths=["src/a.py"]) == ["second", "first"]  # alike: the later comes first
        assert memory.recall(paths=["src/a.py::f"])[0].reasons == ("about src/a.py::f",)


def test_of_two_alike_the_recent_comes_first(tmp_path: Path) -> None:
    with WorkMemory.open(tmp_path, clock=_clock(step=100 * _DAY)) as memory:
        old = memory.begin_session("change the cache")
        new = memory.begin_session("change the cache")
        assert [one.entry.id for one in memory.recall("cache")] == [new, old]


def test_no_secret_reaches_the_file(tmp_path: Path) -> None:
    with WorkMemory.open(tmp_path) as memory:
        session = memory.begin_session(f"use {_KEY}", _KEY)
        memory.record_decision(session, f"d {_KEY}", f"because {_KEY}", [_KEY], [f"a/{_KEY}.py"])
        edit = memory.record_edit(session, f"{_KEY}.py", _KEY, f"put {_KEY}", _KEY, _KEY)
        memory.record_outcome(edit, "failed", f"401 for {_KEY}")
        memory.end_session(session, f"revoked {_KEY}")
        exported = "".join(memory.export_json_lines()) + memory.export_markdown()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert _KEY.encode() not in kept
    assert _KEY.lower().encode() not in kept
    assert _KEY not in exported
    assert "[masked: a GitHub token]" in exported


_WRONG: tuple[tuple[Callable[[WorkMemory], object], str], ...] = (
    (lambda memory: memory.end_session(7), "there is no session 7"),
    (lambda memory: memory.record_decision(7, "x"), "there is no session 7"),
    (lambda memory: memory.record_edit(7, "x"), "there is no session 7"),
    (lambda memory: memory.record_outcome(7, "ok"), "there is no entry 7"),
    (lambda memory: memory.record_outcome(1, "fine"), "one of ok, failed, reverted"),  # pyright: ignore[reportArgumentType] - what is tested
    (lambda memory: memory.begin_session(" \n"), "needs a title"),
)


@pytest.mark.parametrize(("call", "told"), _WRONG)
def test_wrong_use_is_told_and_writes_nothing(
    tmp_path: Path, call: Callable[[WorkMemory], object], told: str
) -> None:
    with WorkMemory.open(tmp_path) as memory:
        before = list(memory.export_json_lines())
        with pytest.raises(WorkError, match=told):
            call(memory)
        assert list(memory.export_json_lines()) == before


def test_forgetting_removes_whole_sessions_that_were_left_alone_since(tmp_path: Path) -> None:
    with WorkMemory.open(tmp_path, clock=_clock(start=0, step=10)) as memory:
        old = memory.begin_session("heliotrope one")  # 10
        memory.record_edit(old, "a.py", "", "change heliotrope two")  # 20
        kept = memory.begin_session("three")  # 30
        late = memory.record_edit(kept, "a.py", "", "four")  # 40
        memory.record_outcome(late, "reverted", "later")  # 50
        assert memory.forget(20) == 0
        assert memory.forget(45) == 1
        assert [one.id for one in memory.sessions()] == [kept]
        assert _titles(memory, "heliotrope", ["a.py"]) == ["four"]
        assert memory.begin_session("five") > late  # ids are never given twice
    assert b"heliotrop" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_an_export_is_complete_and_readable(tmp_path: Path) -> None:
    with WorkMemory.open(tmp_path, clock=_clock()) as memory:
        session = memory.begin_session("Fix\nthe login")
        memory.record_decision(session, "Retry once", "it drops", ["raise"], ["a.py::f"])
        memory.record_outcome(session, "ok", "released")
        lines = list(memory.export_json_lines())
        decoded = [msgspec.json.decode(line, type=Entry) for line in lines]
        assert decoded == memory.entries(session)
        assert memory.export_markdown() == textwrap.dedent("""\
            # Memory of work

            ## Fix the login

            Began 2001-09-09 01:46.
            - Outcome: ok: released (2001-09-09 01:46)

            - **Decided**: Retry once (`a.py::f`)
              - Why: it drops
              - Instead of: raise
            """)


def test_an_empty_memory_exports_and_recalls_nothing(tmp_path: Path) -> None:
    with WorkMemory.open(tmp_path) as memory:
        assert list(memory.export_json_lines()) == []
        assert memory.export_markdown() == "# Memory of work\n"
        assert memory.recall("anything", ["a.py"]) == []
        assert memory.sessions() == memory.entries(1) == []
        assert memory.forget(1 << 60) == 0


def test_odd_texts_survive(tmp_path: Path) -> None:
    with WorkMemory.open(tmp_path) as memory:
        session = memory.begin_session("lone \ud800 and \0 nul 登录 🎉", "x" * 100_000)
        (begun,) = memory.sessions()
        assert begun.title == "lone ? and  nul 登录 🎉"
        assert "80000 characters left out" in begun.agent
        assert memory.recall("登录")[0].entry.id == session


class _LettersEmbedder:
    """Vectors of letter counts: texts with the same letters are alike whatever their words."""

    name = "letters"
    dimension = 26

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.broken = False

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import numpy as np

        if self.broken:
            raise EmbedderError("no answer")
        self.asked.append(len(texts))
        rows = np.array(
            [[text.lower().count(chr(97 + i)) for i in range(26)] for text in texts], dtype=np.float32
        )
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def test_an_embedder_finds_what_shares_no_word_and_embeds_each_entry_once(tmp_path: Path) -> None:
    embedder = _LettersEmbedder()
    with WorkMemory.open(tmp_path, embedder=embedder) as memory:
        memory.begin_session("zzzz")
        listen = memory.begin_session("listen")
        found = memory.recall("silent")
        assert [one.entry.id for one in found] == [listen]
        assert found[0].reasons == ("alike in meaning (1.00)",)
        memory.recall("silent")
        assert embedder.asked == [2, 1, 1]
        memory.record_outcome(listen, "ok", "enlist")
        memory.recall("silent")
        assert embedder.asked == [2, 1, 1, 1, 1]
        embedder.broken = True
        assert [one.entry.id for one in memory.recall("listen")] == [listen]
        assert memory.notices == ("recalled by words alone: no answer",)


def _make_version_1(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, to=1)
        connection.execute(
            "INSERT INTO entry (entry_id, session_id, kind, at, title) VALUES (1, 1, 'session', 5, 'Old task')"
        )
        connection.execute(
            "INSERT INTO entry (entry_id, session_id, kind, at, title) VALUES (2, 1, 'edit', 6, 'rename quokkas')"
        )
        connection.execute("INSERT INTO place VALUES ('a.py', 'f', 2)")
        connection.execute(
            "INSERT INTO outcome (entry_id, result, detail, at) VALUES (2, 'failed', 'wombat', 7)"
        )


def test_a_file_of_an_old_version_is_copied_and_brought_up_to_date(tmp_path: Path) -> None:
    _make_version_1(tmp_path / "work.db")
    with WorkMemory.open(tmp_path) as memory:
        assert memory.notices == (
            f"{tmp_path / 'work.db'} was brought from version 1 to {VERSION}; a copy of how it was is"
            " work.db.before-version-2",
        )
        assert _titles(memory, "wombats") == _titles(memory, "quokka") == ["rename quokkas"]
        assert [one.title for one in memory.entries(1)] == ["Old task", "rename quokkas"]
    with closing(sqlite3.connect(tmp_path / "work.db.before-version-2")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (1,)
        assert copy.execute("SELECT title FROM entry").fetchall() == [("Old task",), ("rename quokkas",)]
    with WorkMemory.open(tmp_path) as memory:
        assert memory.notices == ()


def test_a_migration_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "work.db"
    _make_version_1(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE entry SET alternatives = 'not json' WHERE entry_id = 2")
    with pytest.raises(msgspec.DecodeError):
        WorkMemory.open(tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM entry").fetchone() == (2,)
        tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'posting'").fetchone()
        assert tables == (0,)


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with WorkMemory.open(tmp_path) as memory:
        memory.begin_session("kept")
        memory.connection.execute(f"PRAGMA user_version={VERSION + 1}")
    with pytest.raises(WorkError, match="newer aifirst"):
        WorkMemory.open(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["work.db", "work.lock"]


@pytest.mark.parametrize("damage", ["text", "header", "page"])
def test_a_damaged_file_is_set_aside_each_time_and_never_deleted(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "work.db"
    for number in (1, 2):
        with WorkMemory.open(tmp_path) as memory:
            for at in range(60):
                memory.begin_session(f"task {at} " + "words of some length " * 20)
        data = bytearray(path.read_bytes())
        if damage == "text":
            data = bytearray(b"not a database at all " * 300)
        elif damage == "header":
            data[:16] = b"\0" * 16
        else:
            data[4096 * 2 : 4096 * 6] = b"\xff" * (4096 * 4)
        path.write_bytes(data)
        with WorkMemory.open(tmp_path) as memory:
            assert memory.sessions() == []
            (notice,) = memory.notices
            assert f"was set aside as work.db.damaged-{number}" in notice
        assert (tmp_path / f"work.db.damaged-{number}").read_bytes() == bytes(data)


def test_damage_in_a_large_file_is_met_when_read_and_mended_when_opened_next(tmp_path: Path) -> None:
    path = tmp_path / "work.db"
    with WorkMemory.open(tmp_path) as memory:
        memory.connection.execute("PRAGMA synchronous=OFF")
        session = memory.begin_session("task")
        while path.stat().st_size < 1_100_000:
            memory.record_edit(session, "a.py", "f", "words of some length " * 900)
            memory.connection.execute("PRAGMA wal_checkpoint")
    data = bytearray(path.read_bytes())
    data[4096:900_000] = b"\xff" * (900_000 - 4096)
    path.write_bytes(data)
    with WorkMemory.open(tmp_path) as memory, pytest.raises(WorkError, match="open it again"):
        memory.entries(session)
    with WorkMemory.open(tmp_path) as memory:
        assert "set aside as work.db.damaged-1" in memory.notices[0]
        assert memory.begin_session("again") == 1
    with WorkMemory.open(tmp_path) as memory:
        assert memory.notices == ()


def test_the_database_of_another_program_is_set_aside(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "work.db")) as other, other:
        other.execute("CREATE TABLE theirs (a)")
    with WorkMemory.open(tmp_path) as memory:
        assert "is the database of another program" in memory.notices[0]
    with closing(sqlite3.connect(tmp_path / "work.db.damaged-1")) as other:
        assert other.execute("SELECT * FROM theirs").fetchall() == []


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.db"
    outside.write_bytes(b"")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "work.db").symlink_to(outside)
    with pytest.raises(WorkError, match="is a link"):
        WorkMemory.open(tmp_path / "in")
    (tmp_path / ".aifirst").symlink_to(tmp_path / "in")
    with pytest.raises(WorkError, match="is a link"):
        WorkMemory.open(tmp_path / ".aifirst")
    assert outside.read_bytes() == b""


@pytest.mark.parametrize(
    "planted",
    [
        "ALTER TABLE entry RENAME TO mine; CREATE VIEW entry AS "
        "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT x AS entry_id FROM r",
        "CREATE TRIGGER mine AFTER INSERT ON entry BEGIN DELETE FROM entry; END",
    ],
)
def test_a_database_with_a_planted_view_or_trigger_is_set_aside(tmp_path: Path, planted: str) -> None:
    WorkMemory.open(tmp_path).close()
    database = sqlite3.connect(tmp_path / "work.db")
    database.executescript(planted)
    database.close()
    with WorkMemory.open(tmp_path) as memory:
        session = memory.begin_session("mend the login")
        assert [entry.id for entry in memory.sessions()] == [session]
    assert (tmp_path / "work.db.damaged-1").is_file()


def test_no_link_beside_the_database_leads_a_write_out_of_its_folder(tmp_path: Path) -> None:
    folder, outside = tmp_path / ".aifirst", tmp_path / "outside"
    outside.write_text("this is nobody's lock\n")
    folder.mkdir()
    (folder / ".gitignore").symlink_to(tmp_path / "nowhere")
    (folder / "work.lock").symlink_to(outside)
    with pytest.raises(WorkError, match="cannot be used"):
        WorkMemory.open(folder)
    assert outside.read_text() == "this is nobody's lock\n"
    assert not (tmp_path / "nowhere").exists()


def _record_much(memory: WorkMemory, session: int) -> None:
    for at in range(200):
        memory.record_edit(session, "a.py", f"f{at}", "words " * 400)


def test_a_full_disk_is_told_and_costs_only_what_was_not_recorded(tmp_path: Path) -> None:
    with WorkMemory.open(tmp_path) as memory:
        session = memory.begin_session("before")
        pages = memory.connection.execute("PRAGMA page_count").fetchone()[0]
        memory.connection.execute(f"PRAGMA max_page_count={pages}")
        with pytest.raises(WorkError, match=r"the disk is full.*record it again"):
            _record_much(memory, session)
        recorded = len(memory.entries(session))
        memory.connection.execute("PRAGMA max_page_count=100000")
        memory.record_edit(session, "a.py", "f", "after")
    with WorkMemory.open(tmp_path) as memory:
        assert memory.notices == ()
        assert len(memory.entries(session)) == recorded + 1


_RECORD_MANY = """
    import sys
    from pathlib import Path
    from aifirst_memory.work.store import WorkMemory
    with WorkMemory.open(Path(sys.argv[1])) as memory:
        session = memory.begin_session(f"writer {sys.argv[2]}")
        for at in range(15):
            memory.record_edit(session, "a.py", f"f{at}", f"edit {at}")
"""


def test_processes_that_open_and_write_at_once_lose_nothing(tmp_path: Path) -> None:
    code = textwrap.dedent(_RECORD_MANY)
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(at)], stderr=subprocess.PIPE)
        for at in range(3)
    ]
    for writer in writers:
        _, told = writer.communicate(timeout=60)
        assert writer.returncode == 0, told.decode()
    with WorkMemory.open(tmp_path) as memory:
        assert memory.notices == ()
        sessions = memory.sessions()
        assert sorted(one.title for one in sessions) == ["writer 0", "writer 1", "writer 2"]
        assert [len(memory.entries(one.id)) for one in sessions] == [16, 16, 16]


_BE_KILLED = """
    import os, sys
    from pathlib import Path
    from aifirst_memory.work.store import WorkMemory
    memory = WorkMemory.open(Path(sys.argv[1]))
    session = memory.begin_session("task")
    memory.record_edit(session, "a.py", "f", "recorded")
    memory.connection.execute("BEGIN IMMEDIATE")
    memory.connection.execute("UPDATE entry SET title = 'half done'")
    os._exit(9)
"""


def test_a_killed_process_leaves_all_that_was_recorded_and_nothing_half_done(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(_BE_KILLED), str(tmp_path)], check=False, timeout=60
    )
    assert done.returncode == 9
    with WorkMemory.open(tmp_path) as memory:
        assert memory.notices == ()
        assert [one.title for one in memory.entries(1)] == ["task", "recorded"]
        memory.record_edit(1, "a.py", "f", "after")


def test_threads_share_a_memory(tmp_path: Path) -> None:
    with WorkMemory.open(tmp_path) as memory, ThreadPoolExecutor(4) as pool:
        sessions = list(pool.map(memory.begin_session, [f"task {at}" for at in range(12)]))
        for session in sessions:
            pool.submit(memory.record_edit, session, "a.py", "f", "edit").result()
        recalled = [pool.submit(memory.recall, "task", limit=20) for _ in range(8)]
        assert {len(one.result()) for one in recalled} == {12}
    assert len(set(sessions)) == 12


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkError, match="cannot be used"):
        WorkMemory.open(tmp_path / "file" / ".aifirst")


@settings(derandomize=True, max_examples=60)
@given(st.text(alphabet="ab./\\:", max_size=12))
def test_a_place_names_no_current_folder(text: str) -> None:
    place = place_of(text)
    assert not place.path.startswith("./")
    assert "\\" not in place.path + place.unit
