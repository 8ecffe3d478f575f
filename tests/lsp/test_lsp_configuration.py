"""Configuration while a session runs: settings of folders, files that steer, folders that come and go."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsp_session import PULLS, Json, ServerGoneError, Session

FLAWED = "x = 1  # aifirst: ignore[AF101]\n"
WORKSPACE: Json = {
    "configuration": True,
    "didChangeConfiguration": {"dynamicRegistration": True},
    "didChangeWatchedFiles": {"dynamicRegistration": True},
    "diagnostics": {"refreshSupport": True},
    "workspaceFolders": True,
}


def _wait_for_request(session: Session, method: str) -> Json:
    while True:
        for index, one in enumerate(session.asked):
            if one["method"] == method:
                return session.asked.pop(index)
        session.pump(20)


def test_each_folder_has_its_own_settings_and_they_change_while_the_session_runs(tmp_path: Path) -> None:
    on, off = tmp_path / "on", tmp_path / "off"
    on.mkdir()
    off.mkdir()
    with Session() as session:
        session.answers["workspace/configuration"] = [{"enable": True}, {"enable": False}]
        session.initialize([on, off], capabilities={"workspace": WORKSPACE, **PULLS})
        asked = _wait_for_request(session, "workspace/configuration")
        assert [one["scopeUri"] for one in asked["params"]["items"]] == [on.as_uri(), off.as_uri()]
        registered = _wait_for_request(session, "client/registerCapability")
        assert {one["method"] for one in registered["params"]["registrations"]} == {
            "workspace/didChangeConfiguration",
            "workspace/didChangeWatchedFiles",
        }
        for folder in (on, off):
            session.open((folder / "a.py").as_uri(), FLAWED)
        assert len(session.pull((on / "a.py").as_uri())["items"]) == 1
        assert session.pull((off / "a.py").as_uri())["items"] == []
        session.answers["workspace/configuration"] = [{"enable": False}, {"enable": True}]
        session.notify("workspace/didChangeConfiguration", {"settings": None})
        _wait_for_request(session, "workspace/diagnostic/refresh")
        assert session.pull((on / "a.py").as_uri())["items"] == []
        assert len(session.pull((off / "a.py").as_uri())["items"]) == 1


def test_a_setting_of_the_wrong_type_is_told_in_the_log_and_the_others_count(tmp_path: Path) -> None:
    with Session() as session:
        session.answers["workspace/configuration"] = [{"enable": "yes", "context": {"budget": 10}}]
        session.initialize([tmp_path], capabilities={"workspace": WORKSPACE, **PULLS})
        while "aifirst.enable" not in (told := session.wait_for_notification("window/logMessage")["message"]):
            continue
        assert "default" in told
        session.open((tmp_path / "a.py").as_uri(), FLAWED)
        assert len(session.pull((tmp_path / "a.py").as_uri())["items"]) == 1


def test_settings_given_at_the_start_count_where_the_client_cannot_be_asked(tmp_path: Path) -> None:
    with Session() as session:
        session.initialize([tmp_path], options={"settings": {"enable": False}}, capabilities=PULLS)
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, FLAWED)
        session.notify("workspace/didChangeConfiguration", {"settings": {"aifirst": {"enable": True}}})
        session.open(uri, FLAWED, version=2)
        assert len(session.pull(uri)["items"]) == 1


def test_a_changed_settings_file_counts_at_once_where_the_client_watches(tmp_path: Path) -> None:
    with Session() as session:
        session.answers["workspace/configuration"] = [None]
        session.initialize([tmp_path], capabilities={"workspace": WORKSPACE, **PULLS})
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, FLAWED)
        assert len(session.pull(uri)["items"]) == 1
        settings = tmp_path / "aifirst.toml"
        settings.write_text('[rules]\nAF001 = "off"\n')
        session.notify(
            "workspace/didChangeWatchedFiles", {"changes": [{"uri": settings.as_uri(), "type": 1}]}
        )
        _wait_for_request(session, "workspace/diagnostic/refresh")
        assert session.pull(uri)["items"] == []


def test_settings_that_cannot_be_read_are_no_crash_and_come_back(tmp_path: Path) -> None:
    settings = tmp_path / "aifirst.toml"
    settings.write_text("[rules\n")
    with Session() as session:
        session.initialize([tmp_path], capabilities=PULLS)
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, FLAWED)
        [told] = session.pull(uri)["items"]
        assert told["code"] == "config"
        assert "settings cannot be used: aifirst.toml:1" in told["message"]
        session.open(settings.as_uri(), "[rules\n", language="toml")
        [at_fault] = session.pull(settings.as_uri())["items"]
        assert at_fault["range"]["start"]["line"] == 0
        assert "settings cannot" not in at_fault["message"]
        settings.write_text("")
        session.change(uri, 2, {"text": FLAWED})
        assert [one["code"] for one in session.pull(uri)["items"]] == ["AF001"]


def test_a_file_belongs_to_the_nearest_folder_and_to_the_next_one_when_that_is_closed(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "aifirst.toml").write_text('[rules]\nAF001 = "off"\n')
    with Session() as session:
        session.answers["workspace/configuration"] = [None, None]
        session.initialize([tmp_path, inner], capabilities={"workspace": WORKSPACE, **PULLS})
        uri = (inner / "a.py").as_uri()
        session.open(uri, FLAWED)
        assert session.pull(uri)["items"] == []
        assert session.request("aifirst/status", {"uri": uri})["root"] == str(inner)
        event = {"added": [], "removed": [{"uri": inner.as_uri(), "name": "inner"}]}
        session.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        assert session.request("aifirst/status", {"uri": uri})["root"] == str(tmp_path)
        added = {"added": [{"uri": inner.as_uri(), "name": "inner"}], "removed": []}
        session.notify("workspace/didChangeWorkspaceFolders", {"event": added})
        assert session.request("aifirst/status", {"uri": uri})["root"] == str(inner)


def test_nothing_is_shown_as_a_message_that_pops_up(tmp_path: Path) -> None:
    with Session() as session:
        session.initialize([tmp_path], capabilities=PULLS)
        session.notify("workspace/didChangeConfiguration", {"settings": {"aifirst": 7}})
        session.start_request("textDocument/hover", {"textDocument": {"uri": 3}, "position": "?"})
        session.notify("textDocument/didChange", {"nonsense": True})
        assert session.request(
            "workspace/executeCommand", {"command": "aifirst.server.index", "arguments": []}
        )
        with pytest.raises(ServerGoneError, match="in time"):
            session.wait_for_notification("window/showMessage", 1.0)
