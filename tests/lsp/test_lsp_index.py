"""Indexing through the server: begun by itself or by command, shown, cancelled, kept current, and never untrusted."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from lsp_session import Json, ServerGoneError, Session

PROGRESS: Json = {"window": {"workDoneProgress": True}}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "aifirst.toml").write_text("")
    (tmp_path / "a.py").write_text("def first():\n    return 1\n")
    (tmp_path / "b.py").write_text("from a import first\n\n\ndef second():\n    return first()\n")
    return tmp_path


def _status(session: Session) -> Json:
    status: Json = session.request("aifirst/status", {})
    return status


def _wait_until(session: Session, **wanted: object) -> Json:
    until = time.monotonic() + 30
    status = _status(session)
    while any(status[key] != value for key, value in wanted.items()):
        assert time.monotonic() < until, status
        try:
            session.wait_for_notification("aifirst/statusChanged", 0.3)
        except ServerGoneError:
            assert session.process.poll() is None
        status = _status(session)
    return status


def test_a_project_is_indexed_by_itself_shown_and_kept_current_with_what_is_saved(project: Path) -> None:
    with Session() as session:
        session.initialize([project], capabilities=PROGRESS)
        before = _status(session)
        assert (before["indexed"], before["trusted"], before["root"]) == (False, True, str(project))
        _wait_until(session, indexed=True, files=3, indexing=None)
        assert (project / ".aifirst" / "dependencies.db").is_file()
        assert session.asked[0]["method"] == "window/workDoneProgress/create"
        told = [
            one["params"]["value"]["kind"] for one in session.notifications if one["method"] == "$/progress"
        ]
        assert told[0] == "begin"
        assert told[-1] == "end"
        new = project / "c.py"
        new.write_text("def third():\n    return 3\n")
        session.open(new.as_uri(), new.read_text())
        session.notify("textDocument/didSave", {"textDocument": {"uri": new.as_uri()}})
        _wait_until(session, files=4)


def test_nothing_is_written_by_itself_where_the_settings_say_so_but_the_command_indexes(
    project: Path,
) -> None:
    with Session() as session:
        session.answers["workspace/configuration"] = [{"index": {"automatic": False}}]
        session.initialize([project], capabilities={"workspace": {"configuration": True}})
        with pytest.raises(ServerGoneError, match="in time"):
            session.wait_for_notification("no such thing", 2.5)
        assert not (project / ".aifirst" / "memory.db").exists()
        assert session.request("aifirst/index", {}) == {"started": [str(project)]}
        _wait_until(session, indexed=True)


def test_an_untrusted_workspace_is_judged_and_nothing_is_written(project: Path) -> None:
    with Session() as session:
        session.initialize([project], options={"trusted": False})
        assert _status(session)["trusted"] is False
        session.open((project / "a.py").as_uri(), "x = 1  # aifirst: ignore[AF101]\n")
        pushed = session.wait_for_notification("textDocument/publishDiagnostics")
        assert [one["code"] for one in pushed["diagnostics"]] == ["AF001"]
        refused = session.request("workspace/executeCommand", {"command": "aifirst.server.index"})
        assert "not trusted" in refused["error"]["message"]
        session.notify("textDocument/didSave", {"textDocument": {"uri": (project / "a.py").as_uri()}})
        with pytest.raises(ServerGoneError, match="in time"):
            session.wait_for_notification("no such thing", 2.0)
        assert not (project / ".aifirst").exists()


def test_a_cancelled_run_ends_and_the_server_goes_on(project: Path) -> None:
    for number in range(200):
        (project / f"m{number}.py").write_text(f"def f{number}(a):\n    return [a + {number}]\n" * 30)
    with Session() as session:
        session.initialize([project], capabilities=PROGRESS)
        session.request("aifirst/index", {})
        begun = session.wait_for_notification("$/progress")
        session.notify("window/workDoneProgress/cancel", {"token": begun["token"]})
        _wait_until(session, indexing=None)
        assert session.request("workspace/executeCommand", {"command": "aifirst.server.index"})["started"]
        _wait_until(session, indexing=None, indexed=True, files=203)


def test_an_index_that_takes_several_processes_is_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aifirst_lsp_server.workers.desk import Desk
    from aifirst_lsp_server.workers.questions import index_project
    from aifirst_memory.dependencies import build_run
    from aifirst_memory.dependencies.build import update_dependencies
    from aifirst_memory.memory import Memory
    from aifirst_memory.update import UpdateRequest, update_memory

    for folder in ("parts", "whole"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "aifirst.toml").write_text("")
        for number in range(30):
            text = f"from m{max(number - 1, 0)} import f as g\n\n\ndef f():\n    return g()\n"
            (tmp_path / folder / f"m{number}.py").write_text(text)
    for name in ("_FULL", "_FULL_AT_END", "_LEAST_GROWTH"):
        monkeypatch.setattr(index_project, name, -(1 << 40))
    monkeypatch.setattr(index_project, "_LEAST_FILES", 11)
    monkeypatch.setattr(index_project, "_MANY_FILES", 20)
    monkeypatch.setattr(build_run, "_MOST_AT_ONCE", 10)
    asked: list[str] = []
    for part in ("index", "graph"):
        while True:
            asked.append(part)
            question = index_project.Question(str(tmp_path / "parts"), part)
            if not index_project.answer(Desk("indexer"), question).unfinished:
                break
            assert len(asked) < 12
    update_memory(UpdateRequest(tmp_path / "whole"))
    update_dependencies(tmp_path / "whole")
    assert asked == ["index"] * 3 + ["graph"] * 2
    tables: dict[str, list[tuple[str, int]]] = {}
    for folder in ("parts", "whole"):
        with Memory.open(tmp_path / folder) as memory:
            rows = memory.connection.execute("SELECT path, units FROM file ORDER BY path").fetchall()
        tables[folder] = rows
    assert tables["parts"] == tables["whole"]
    assert len(tables["whole"]) == 31
