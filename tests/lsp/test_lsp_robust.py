"""The server outlives what is no message, what is a wrong one, and thousands of both."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from lsp_session import PULLS, Session, insert

_HOVER = {"textDocument": {"uri": "file:///a.py"}, "position": {"line": 0, "character": 0}}
_METHODS = [
    "textDocument/hover", "textDocument/completion", "textDocument/diagnostic", "textDocument/codeAction",
    "textDocument/codeLens", "textDocument/definition", "textDocument/references", "textDocument/documentSymbol",
    "textDocument/foldingRange", "textDocument/semanticTokens/full", "textDocument/inlayHint", "textDocument/rename",
    "workspace/symbol", "workspace/executeCommand", "completionItem/resolve", "codeAction/resolve", "aifirst/status",
    "aifirst/debug/text", "aifirst/none", "textDocument/didChange", "textDocument/didOpen", "textDocument/didClose",
    "textDocument/didSave", "workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles",
    "workspace/didChangeWorkspaceFolders", "notebookDocument/didChange", "$/cancelRequest", "$/setTrace",
    "window/workDoneProgress/cancel", "no/such/method", "", "\u2028", "initialize", "initialized",
]  # fmt: skip
_URIS = [
    "file:///a.py",
    "file:///b.txt",
    "untitled:x",
    "",
    "://",
    "file:///%00",
    "file:///" + "a" * 5000,
    "é 😀",
]


def _alive(session: Session, uri: str) -> None:
    """Whether a text is still judged and a request answered."""
    session.open(uri, "x = 1  # aifirst: ignore[AF101]\n", version=99_999)
    assert [one["code"] for one in session.pull(uri)["items"]] == ["AF001"]


_REFUSED = [
    (b"{nonsense", -32700),
    (b"\xff\xfe", -32700),
    (b"[" * 4000, -32700),
    (b"[]", -32600),
    (b"null", -32600),
    (b'{"id": 1, "method": "shutdown"}', -32600),
    (b'{"jsonrpc": "2.0", "id": [1], "method": "shutdown"}', -32600),
    (b'{"jsonrpc": "2.0", "id": 1, "method": {"a": []}}', -32600),
]


def test_what_is_no_request_is_refused_as_json_rpc_says(tmp_path: Path) -> None:
    with Session() as session:
        session.initialize([tmp_path], capabilities=PULLS)
        for body, code in _REFUSED:
            session.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            refused = session.wait_for(1 if b'"id": 1,' in body else None)
            assert refused["error"]["code"] == code, body
        _alive(session, (tmp_path / "a.py").as_uri())


_NO_HEADERS = [
    b"\r\n\r\n",
    b"nonsense without an end of line" * 1000 + b"\r\n\r\n",
    b"Content-Length: -5\r\n\r\n",
    b"Content-Length: 99999999999999999999999999\r\n\r\n",
    b"Content-Length: five\r\n\r\n",
    b"Content-Length: 0\r\n\r\n",
    b"Content-Type: none\r\n\r\n",
    b"\x00\xff\x80\n\n\n",
]


def test_what_is_no_header_is_passed_over(tmp_path: Path) -> None:
    with Session() as session:
        session.initialize([tmp_path], capabilities=PULLS)
        for number, sent in enumerate(_NO_HEADERS):
            session.write(sent)
            _alive(session, (tmp_path / f"{number}.py").as_uri())


def test_a_message_that_is_far_too_long_is_dropped_and_the_next_one_read(tmp_path: Path) -> None:
    length = 130 * 1024 * 1024
    with Session() as session:
        session.initialize([tmp_path], capabilities=PULLS)
        session.write(b"content-length:%d\n\n" % length)
        for _ in range(130):
            session.write(b" " * (1024 * 1024))
        _alive(session, (tmp_path / "a.py").as_uri())


def test_unknown_methods_are_refused_and_unknown_notifications_passed_over(tmp_path: Path) -> None:
    with Session() as session:
        session.initialize([tmp_path], capabilities=PULLS)
        refused = session.wait_for(session.start_request("no/such/method", {"a": 1}))
        assert refused["error"]["code"] == -32601
        wrong = session.wait_for(session.start_request("textDocument/hover", {"textDocument": 3}))
        assert wrong["error"]["code"] in (-32602, -32603)
        unknown = session.wait_for(session.start_request("workspace/executeCommand", {"command": "no.such"}))
        assert unknown["error"]["code"] == -32602
        session.notify("no/such/notification", [1, 2])
        session.notify("$/cancelRequest", {"id": 12345})
        _alive(session, (tmp_path / "a.py").as_uri())


def test_positions_that_do_not_exist_are_the_nearest_ones_that_do(tmp_path: Path) -> None:
    with Session(["--test-messages"]) as session:
        session.initialize([tmp_path], capabilities=PULLS)
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, "x\n")
        session.change(uri, 2, insert(2**31 - 1, 9, "y"), insert(0, 2**31 - 1, "z"))
        assert session.request("aifirst/debug/text", {"uri": uri, "text": True})["text"] == "xz\ny"
        session.pull(uri)
        far = {"textDocument": {"uri": uri}, "position": {"line": 2**31 - 1, "character": 2**31 - 1}}
        session.request("textDocument/hover", far)


def test_a_request_that_is_cancelled_is_answered_so(tmp_path: Path) -> None:
    with Session() as session:
        session.initialize([tmp_path], capabilities=PULLS)
        held = session.start_request("workspace/diagnostic", {"previousResultIds": []})
        session.notify("$/cancelRequest", {"id": held})
        assert session.wait_for(held)["error"]["code"] == -32800


def _value(choice: random.Random, depth: int = 0) -> Any:
    kind = choice.randrange(12 if depth < 4 else 8)
    if kind == 0:
        return None
    if kind == 1:
        return choice.choice([True, False])
    if kind in (2, 3):
        return choice.choice([0, 1, -1, 7, 2**31, 2**63, -(2**70), 1.5, 1e300])
    if kind in (4, 5):
        return choice.choice(_URIS)
    if kind in (6, 7):
        return choice.choice(["python", "x", "\ud800", "utf-16", "\n", ""])
    if kind == 8:
        return [_value(choice, depth + 1) for _ in range(choice.randrange(4))]
    names = ["textDocument", "position", "range", "start", "end", "line", "character", "uri", "version", "text",
             "contentChanges", "languageId", "id", "settings", "changes", "event", "jsonrpc", "method"]  # fmt: skip
    return {choice.choice(names): _value(choice, depth + 1) for _ in range(choice.randrange(5))}


def _almost_right(choice: random.Random) -> Any:
    """Params that are right but for one place, if any."""
    place = {"line": choice.choice([0, 1, 99, -1]), "character": choice.choice([0, 3, 10**6, -7])}
    params: dict[str, Any] = {
        "textDocument": {
            "uri": choice.choice(_URIS),
            "version": 3,
            "languageId": "python",
            "text": "x = 1\n",
        },
        "position": place,
        "range": {"start": place, "end": {"line": 2, "character": 0}},
        "context": {"diagnostics": [], "includeDeclaration": True},
        "contentChanges": [
            {"range": {"start": place, "end": place}, "text": choice.choice(["a", "é\r", ""])}
        ],
        "previousResultIds": [],
        "newName": "n",
        "query": "q",
        "command": "no.such",
        "label": "l",
        "title": "t",
        "id": 5,
        "token": 5,
        "value": "off",
        "settings": {},
        "changes": [],
    }
    if choice.random() < 0.5:
        params[choice.choice(list(params))] = _value(choice)
    return params


def _message(choice: random.Random, number: int) -> bytes:
    if choice.random() < 0.05:
        return bytes(choice.randrange(256) for _ in range(choice.randrange(40)))
    params = _almost_right(choice) if choice.random() < 0.6 else _value(choice)
    message: dict[str, Any] = {"jsonrpc": "2.0", "method": choice.choice(_METHODS), "params": params}
    if choice.random() < 0.4:
        message["id"] = choice.choice([number, str(number), number, 1.5, [], None])
    if choice.random() < 0.05:
        message[choice.choice(["jsonrpc", "method", "id", "params"])] = _value(choice)
    return json.dumps(message).encode()


def test_ten_thousand_random_and_malformed_messages_leave_it_alive(tmp_path: Path) -> None:
    choice = random.Random(6)  # noqa: S311 - the same messages at every run
    with Session(["--test-messages", "--log-level", "off"]) as session:
        session.initialize([tmp_path], capabilities=PULLS)
        for number in range(10_000):
            body = _message(choice, number + 1_000_000)
            length = len(body) if choice.random() < 0.999 else choice.choice([0, len(body) // 2])
            session.write(b"Content-Length: %d\r\n\r\n%b" % (length, body[:length]))
        _alive(session, (tmp_path / "alive.py").as_uri())
        assert session.request("aifirst/debug/text", {"uri": (tmp_path / "alive.py").as_uri()})["open"]
        assert session.end() == 0
