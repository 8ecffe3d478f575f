"""Ghost text from a model: a real server of our own asks a real HTTP server on this machine."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from lsp_session import Json, Session, insert
from model_server import ModelServer, chat, completion

TEXT = "def add(a, b):\n    return \n\n\ndef twice(x):\n    return x * 2\n"
AT = (1, 11)
CANCELLED = -32800


def _begin(
    session: Session, root: Path, model: ModelServer, text: str = TEXT, *, name: str = "a.py",
    settings: Json | None = None, options: Json | None = None, language: str = "python",
) -> str:  # fmt: skip
    inline = {"model": "small", "endpoint": f"{model.address}/v1", "timeout": 20, **(settings or {})}
    given = {"settings": {"inlineCompletion": inline, "index": {"automatic": False}}, **(options or {})}
    offered = session.initialize([root], options=given)
    assert "inlineCompletionProvider" in offered["capabilities"]
    uri = (root / name).as_uri()
    session.open(uri, text, language)
    session.pull(uri)
    return uri


def _params(uri: str, at: tuple[int, int] = AT, *, invoked: bool = False, **context: Any) -> Json:
    return {
        "textDocument": {"uri": uri}, "position": {"line": at[0], "character": at[1]},
        "context": {"triggerKind": 1 if invoked else 2, **context},
    }  # fmt: skip


def _ask(
    session: Session, uri: str, at: tuple[int, int] = AT, *, invoked: bool = False, **context: Any
) -> list[str]:
    answer = session.request("textDocument/inlineCompletion", _params(uri, at, invoked=invoked, **context))
    return [item["insertText"] for item in answer["items"]]


def test_what_the_model_writes_between_the_text_before_and_behind_is_offered_at_the_cursor(
    tmp_path: Path,
) -> None:
    with ModelServer(completion("a + b")) as model, Session() as session:
        uri = _begin(session, tmp_path, model)
        answer = session.request("textDocument/inlineCompletion", _params(uri))
        here = {"line": 1, "character": 11}
        assert answer["items"] == [{"insertText": "a + b", "range": {"start": here, "end": here}}]
        [(path, body, headers)] = model.asked
        assert path == "/v1/completions"
        assert body["prompt"] == TEXT[:26]
        assert body["suffix"] == TEXT[26:]
        assert (body["model"], body["temperature"], body["max_tokens"]) == ("small", 0, 96)
        assert "Authorization" not in headers


@pytest.mark.parametrize(
    ("settings", "options"),
    [
        ({"model": ""}, {}),
        ({"endpoint": ""}, {}),
        ({}, {"trusted": False}),
    ],
    ids=["no model", "no endpoint", "not trusted"],
)
def test_nothing_is_sent_while_it_is_off_or_the_workspace_is_not_trusted(
    tmp_path: Path, settings: Json, options: Json
) -> None:
    with ModelServer(completion("x")) as model, Session() as session:
        uri = _begin(session, tmp_path, model, settings=settings, options=options)
        assert _ask(session, uri) == [] == _ask(session, uri, invoked=True)
        assert session.end() == 0
        assert model.asked == []


def test_a_server_without_completions_is_asked_in_a_chat_from_then_on(tmp_path: Path) -> None:
    def answer(path: str, _: Json) -> tuple[int, bytes]:
        return chat("```python\nreturn a + b\n```") if "chat" in path else (404, b"{}")

    with ModelServer(answer) as model, Session() as session:
        uri = _begin(session, tmp_path, model)
        assert _ask(session, uri) == [" a + b"]  # the chat repeats what stands in the line
        assert _ask(session, uri, (5, 16)) != []
        assert model.paths == ["/v1/completions", "/v1/chat/completions", "/v1/chat/completions"]


def test_a_server_of_llama_cpp_that_knows_no_suffix_is_asked_by_its_own_name(tmp_path: Path) -> None:
    def answer(path: str, body: Json) -> tuple[int, bytes]:
        if path == "/infill":
            return 200, b'{"content": "a + b", "stop_type": "eos"}'
        return 500, b'{"error": {"code": 500, "message": "Unsupported param: suffix"}}'

    with ModelServer(answer) as model, Session() as session:
        uri = _begin(session, tmp_path, model)
        assert _ask(session, uri) == ["a + b"]
        assert model.paths == ["/v1/completions", "/infill"]
        assert model.asked[1][1]["input_prefix"] == TEXT[:26]


def test_a_cancelled_request_closes_its_connection_at_once(tmp_path: Path) -> None:
    with ModelServer(None) as model, Session() as session:
        uri = _begin(session, tmp_path, model, settings={"timeout": 60})
        number = session.start_request("textDocument/inlineCompletion", _params(uri))
        assert model.came.acquire(timeout=30)
        session.notify("$/cancelRequest", {"id": number})
        assert session.wait_for(number)["error"]["code"] == CANCELLED
        assert model.left.acquire(timeout=10)
        assert session.end() == 0


def test_a_newer_request_for_the_document_and_its_closing_close_the_connection_of_the_older(
    tmp_path: Path,
) -> None:
    with ModelServer(None) as model, Session() as session:
        uri = _begin(session, tmp_path, model, settings={"timeout": 60})
        first = session.start_request("textDocument/inlineCompletion", _params(uri))
        assert model.came.acquire(timeout=30)
        second = session.start_request("textDocument/inlineCompletion", _params(uri))
        assert session.wait_for(first)["result"] == {"items": []}
        assert model.left.acquire(timeout=10)
        assert model.came.acquire(timeout=30)
        session.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        assert session.wait_for(second)["result"] == {"items": []}
        assert model.left.acquire(timeout=10)


def test_keys_typed_within_the_pause_send_nothing(tmp_path: Path) -> None:
    with ModelServer(completion("x")) as model, Session() as session:
        uri = _begin(session, tmp_path, model)
        numbers: list[int] = []
        for typed in range(5):
            session.change(uri, typed + 2, insert(1, 11 + typed, "a"))
            numbers.append(
                session.start_request("textDocument/inlineCompletion", _params(uri, (1, 12 + typed)))
            )
        assert [len(session.wait_for(one)["result"]["items"]) for one in numbers] == [0, 0, 0, 0, 1]
        assert len(model.asked) == 1


def test_the_model_is_asked_after_a_pause(tmp_path: Path) -> None:
    with ModelServer(completion("x")) as model, Session() as session:
        uri = _begin(session, tmp_path, model)
        began = time.monotonic()
        assert _ask(session, uri) == ["x"]
        assert time.monotonic() - began >= 0.15


def test_an_answer_to_a_text_that_is_another_by_now_is_not_offered(tmp_path: Path) -> None:
    may_answer = threading.Event()

    def answer(_path: str, _body: Json) -> tuple[int, bytes]:
        may_answer.wait(30)
        return completion("x")

    with ModelServer(answer) as model, Session() as session:
        uri = _begin(session, tmp_path, model)
        number = session.start_request("textDocument/inlineCompletion", _params(uri))
        assert model.came.acquire(timeout=30)
        session.change(uri, 2, insert(0, 0, "#"))
        session.request("aifirst/status", {})
        may_answer.set()
        assert session.wait_for(number)["result"] == {"items": []}


def test_who_types_along_the_ghost_text_gets_the_rest_without_a_request(tmp_path: Path) -> None:
    with ModelServer(completion("a + b")) as model, Session() as session:
        uri = _begin(session, tmp_path, model)
        assert _ask(session, uri) == ["a + b"]
        session.change(uri, 2, insert(1, 11, "a +"))
        assert _ask(session, uri, (1, 14)) == [" b"]
        assert len(model.asked) == 1
        session.change(uri, 3, insert(1, 14, "+"))
        _ask(session, uri, (1, 15))
        assert len(model.asked) == 2


def test_in_the_middle_of_a_word_it_is_asked_only_on_demand(tmp_path: Path) -> None:
    with ModelServer(completion("x")) as model, Session() as session:
        uri = _begin(session, tmp_path, model)
        assert _ask(session, uri, (4, 6)) == []
        assert model.asked == []
        assert _ask(session, uri, (4, 6), invoked=True) == ["x"]
        assert model.asked[0][1]["stop"][0] == "\n"


def test_in_a_file_that_nobody_judges_it_is_asked_only_on_demand(tmp_path: Path) -> None:
    (tmp_path / "aifirst.toml").write_text('[discovery]\nexclude = ["made/**"]\n')
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "a.py").write_text(TEXT)
    with ModelServer(completion("x")) as model, Session() as session:
        uri = _begin(session, tmp_path, model, name="made/a.py")
        assert _ask(session, uri) == []
        assert model.asked == []
        assert _ask(session, uri, invoked=True) == ["x"]


def test_in_a_file_outside_of_the_workspace_it_is_asked_only_on_demand(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    with ModelServer(completion("x")) as model, Session() as session:
        inside = _begin(session, tmp_path / "here", model)
        outside = (tmp_path / "settings.py").as_uri()
        session.open(outside, TEXT, "python")
        assert _ask(session, outside) == []
        assert model.asked == []
        assert _ask(session, outside, invoked=True) == ["x"]
        assert _ask(session, inside) == ["x"]


def test_in_a_file_of_no_language_that_is_known_it_is_asked_only_on_demand(tmp_path: Path) -> None:
    with ModelServer(completion("x")) as model, Session() as session:
        uri = _begin(session, tmp_path, model, "NAME=value\nOTHER=\n", name=".env", language="dotenv")
        assert _ask(session, uri, (1, 6)) == []
        assert model.asked == []


def test_what_is_chosen_in_a_popup_is_what_the_answer_goes_on_from(tmp_path: Path) -> None:
    text = "import os\nprint(os.ge\n"
    with ModelServer(completion("())")) as model, Session() as session:
        uri = _begin(session, tmp_path, model, text)
        place = {"start": {"line": 1, "character": 9}, "end": {"line": 1, "character": 11}}
        answer = session.request(
            "textDocument/inlineCompletion",
            _params(uri, (1, 11), selectedCompletionInfo={"range": place, "text": "getcwd"}),
        )
        assert answer["items"] == [{"insertText": "getcwd())", "range": place}]
        assert model.asked[0][1]["prompt"].endswith("print(os.getcwd")


def test_secrets_are_masked_before_anything_is_sent(tmp_path: Path) -> None:
    secret = "AKIA" + "Q3EGRIZD7YLTNW5X"
    text = f'KEY = "{secret}"\nx = \ny = "{secret}"\n'
    with ModelServer(completion("1")) as model, Session() as session:
        uri = _begin(session, tmp_path, model, text)
        assert _ask(session, uri, (1, 4)) == ["1"]
        body = model.asked[0][1]
        assert "[masked" in body["prompt"]
        assert "[masked" in body["suffix"]
        assert secret not in str(body)
        assert _ask(session, uri, (0, 15), invoked=True) == []  # within the secret nothing is asked
        assert len(model.asked) == 1


def test_only_a_window_around_the_cursor_is_sent(tmp_path: Path) -> None:
    lines = "".join(f"value_{number} = {number}\n" for number in range(2000))
    with ModelServer(completion("1")) as model, Session() as session:
        uri = _begin(session, tmp_path, model, lines + "x = \n" + lines)
        assert _ask(session, uri, (2000, 4)) == ["1"]
        body = model.asked[0][1]
        assert 5900 < len(body["prompt"]) <= 6000
        assert body["prompt"].startswith("value_")
        assert 1900 < len(body["suffix"]) <= 2000
        assert body["suffix"].endswith("\n")


def test_what_a_file_imports_is_told_first_where_memory_knows_it(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'p'\n")
    (tmp_path / "prices.py").write_text("def net(gross: int, rate: float) -> int:\n    return gross\n")
    text = "from prices import net\n\nx = \n"
    (tmp_path / "a.py").write_text(text)
    with ModelServer(completion("net(1, 0.2)")) as model, Session() as session:
        uri = _begin(session, tmp_path, model, text)
        session.request("aifirst/index", {})
        while not session.request("aifirst/status", {})["indexed"]:
            continue
        head = "# prices.py: def net(gross: int, rate: float) -> int:\n"
        for number in range(200):  # memory has 30 ms; the first question opens it
            session.change(uri, number + 2, insert(2, 4, " "))
            assert _ask(session, uri, (2, 5), invoked=True) == ["net(1, 0.2)"]
            if model.asked[-1][1]["prompt"].startswith(head):
                break
        else:
            pytest.fail("it was never told")
        session.change(uri, 300, insert(2, 4, " "))
        _ask(session, uri, (2, 5), invoked=True)
        assert model.asked[-1][1]["prompt"].startswith(head)  # kept while the imports are the same


def test_after_failures_in_a_row_the_model_is_asked_on_demand_only_and_told_of_once(tmp_path: Path) -> None:
    with ModelServer((503, b"busy")) as model, Session() as session:
        uri = _begin(session, tmp_path, model)
        for number in range(5):
            session.change(uri, number + 2, insert(1, 11, " "))
            assert _ask(session, uri) == []
        assert len(model.asked) == 3
        assert _ask(session, uri, invoked=True) == []
        assert len(model.asked) == 4
        assert session.end() == 0
        logged = [one for one in session.notifications if "inlineCompletion" in str(one)]
        assert [one["method"] for one in logged] == ["window/logMessage"]
        assert not any(one["method"] == "window/showMessage" for one in session.notifications)
