"""Code actions: mended, silenced, documented, ticketed, split; as a client applies them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aifirst_lsp_server.analysis.analysis import FoundEdit
from aifirst_lsp_server.workers.desk import Desk, ExpectedError
from aifirst_lsp_server.workers.questions import split_unit, write_glue
from lsp_session import Json, Session

RESOLVES: Json = {
    "textDocument": {
        "diagnostic": {},
        "codeAction": {"resolveSupport": {"properties": ["edit"]}, "dataSupport": True},
    },
    "workspace": {"workspaceEdit": {"documentChanges": True}, "applyEdit": True},
}
DESK = Desk("analyst")


def applied(text: str, edits: list[Json]) -> str:
    """A client's text after the edits of a workspace edit, UTF-16 columns."""
    lines = text.split("\n")

    def place(position: Json) -> int:
        line: str = lines[int(position["line"])]
        column = len(line.encode("utf-16-le")[: 2 * int(position["character"])].decode("utf-16-le"))
        return sum(len(one) + 1 for one in lines[: position["line"]]) + column

    spans = [(place(one["range"]["start"]), place(one["range"]["end"]), one["newText"]) for one in edits]
    for start, end, new in sorted(spans, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def glued(text: str, kind: str, at: str, path: str = "a.py", **more: str) -> str:
    """The text after glue was asked for at the first place of `at`."""
    data = text.encode()
    question = write_glue.Question(path, data, kind, data.index(at.encode()), **more)  # pyright: ignore[reportArgumentType]
    return edited(data, write_glue.answer(DESK, question))


def edited(data: bytes, edits: tuple[FoundEdit, ...]) -> str:
    for one in sorted(edits, key=lambda one: -one.start):
        data = data[: one.start] + one.text.encode() + data[one.end :]
    return data.decode()


class Opened:
    """A document in a session, and its text."""

    def __init__(self, session: Session, uri: str, text: str) -> None:
        self.session, self.uri, self.text = session, uri, text

    def actions(self, line: int, *only: str) -> list[Json]:
        diagnostics = self.session.pull(self.uri)["items"]
        at = {"line": line, "character": 4}
        context: Json = {"diagnostics": [one for one in diagnostics if one["range"]["start"]["line"] == line]}
        if only:
            context["only"] = list(only)
        asked = {"textDocument": {"uri": self.uri}, "range": {"start": at, "end": at}, "context": context}
        found: list[Json] = self.session.request("textDocument/codeAction", asked)
        return found

    def chosen(self, line: int, kind: str) -> str:
        [action] = self.actions(line, kind)
        edit = self.session.request("codeAction/resolve", action)["edit"]
        [change] = edit["documentChanges"]
        assert change["textDocument"] == {"uri": self.uri, "version": 1}
        return applied(self.text, change["edits"])


@pytest.fixture
def opens(tmp_path: Path) -> Iterator[Any]:
    with Session() as session:
        session.initialize([tmp_path], capabilities=RESOLVES)

        def opening(text: str, name: str = "a.py", language: str = "python") -> Opened:
            uri = (tmp_path / name).as_uri()
            session.open(uri, text, language)
            return Opened(session, uri, text)

        yield opening


CODE = """X = '😀'


def total(prices, rate):
    if rate < 0:
        raise ValueError('no')
    return sum(prices)
"""
DOCUMENTED = '''rate):
    """TODO: what it does, and why.

    Args:
        prices: TODO
        rate: TODO
    Returns:
        TODO
    Raises:
        ValueError: TODO
    """
'''


def test_documentation_is_a_skeleton_of_parameters_result_and_errors(opens: Any) -> None:
    text = opens(CODE).chosen(3, "refactor.rewrite.aifirst.documentation")
    assert text == CODE.replace("rate):\n", DOCUMENTED)


RESTATED = """É = 1

# Close the file.
file.close()

# Close the user.
user.close()
"""


def test_a_finding_is_mended_alone_and_all_of_them_at_once(tmp_path: Path) -> None:
    (tmp_path / "aifirst.toml").write_text('[glue]\nquality = "all"\n')
    with Session() as session:
        session.initialize([tmp_path], capabilities=RESOLVES)
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, RESTATED)
        here = Opened(session, uri, RESTATED)
        fixes = [one for one in here.actions(2, "quickfix") if one.get("isPreferred")]
        assert [one["diagnostics"][0]["code"] for one in fixes] == ["AF206"]
        [change] = fixes[0]["edit"]["documentChanges"]
        assert applied(RESTATED, change["edits"]) == RESTATED.replace("# Close the file.\n", "")
        assert "# Close" not in here.chosen(2, "source.fixAll")
        session.answers["workspace/applyEdit"] = {"applied": True}
        session.request("workspace/executeCommand", {"command": "aifirst.server.fixAll", "arguments": [uri]})
        [asked] = [one for one in session.asked if one["method"] == "workspace/applyEdit"]
        [change] = asked["params"]["edit"]["documentChanges"]
        assert "# Close" not in applied(RESTATED, change["edits"])


def test_a_ticket_stands_above_its_unit_and_parses(opens: Any) -> None:
    from aifirst_codebase.tickets import parse_tickets

    text = opens(CODE).chosen(3, "refactor.rewrite.aifirst.ticket")
    [ticket] = parse_tickets(text)
    assert (ticket.slug, ticket.title.text if ticket.title else "") == ("total", "total")
    assert text.endswith(CODE[CODE.index("def total") :])
    again = opens(text, "b.py").chosen(3, "refactor.rewrite.aifirst.log")
    [logged] = parse_tickets(again)
    assert logged.log is not None
    assert len(logged.log.entries) == 1


def test_a_finding_is_silenced_where_it_stands_and_the_reason_is_left_to_be_said(opens: Any) -> None:
    long = "def f(a):\n" + "".join(f"    a = call_{n}(a, a + {n})\n" for n in range(150)) + "    return a\n"
    document = opens(long)
    [finding] = [one for one in document.session.pull(document.uri)["items"] if one["code"] == "AF101"]
    silence = [
        one
        for one in document.actions(finding["range"]["start"]["line"], "quickfix")
        if "Silence" in one["title"]
    ]
    edit = document.session.request("codeAction/resolve", silence[0])["edit"]
    text = applied(long, edit["documentChanges"][0]["edits"])
    assert "# aifirst: ignore[AF101] \n" in text
    codes = [
        one["code"] for one in opens(text, "b.py").session.pull(document.uri.replace("a.py", "b.py"))["items"]
    ]
    assert "AF101" not in codes
    assert "AF001" in codes  # no reason is given yet


def test_a_unit_over_the_limit_is_split_and_one_that_cannot_be_says_why(opens: Any) -> None:
    steps = "".join(
        f"    # STEP {n}: part {n}\n"
        + "".join(f"    a{n} = a{n - 1} * {m} + a{n - 1} - {m * 7} // 3\n" for m in range(12))
        for n in range(1, 6)
    )
    text = f"def long(a0):\n{steps}    return a5\n"
    split = opens(text).chosen(0, "refactor.extract.aifirst")
    assert split.count("def ") > 1
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    exec(text, before)  # noqa: S102 - our own text of above
    exec(split, after)  # noqa: S102 - as before, split
    assert before["long"](5) == after["long"](5)
    watched = text.replace("return a5", "return locals()")
    document = opens(watched, "c.py")
    [action] = document.actions(0, "refactor.extract.aifirst")
    number = document.session.start_request("codeAction/resolve", action)
    assert "locals" in document.session.wait_for(number)["error"]["message"]


def test_the_split_as_a_message_is_the_one_of_the_action_with_a_diff_to_look_at(opens: Any) -> None:
    text = (
        "def f(b0):\n"
        + "".join(f"    b{n} = b{n - 1} + {n} * b{n - 1} - {n}\n" for n in range(1, 90))
        + "    return b89\n"
    )
    document = opens(text)
    asked = {"uri": document.uri, "position": {"line": 3, "character": 0}}
    made = document.session.request("aifirst/decompose", asked)
    assert applied(text, made["edit"]["changes"][document.uri]) == document.chosen(
        0, "refactor.extract.aifirst"
    )
    assert made["diff"].startswith("--- ")
    assert all(one["tokens"] <= 700 for one in made["units"])
    nowhere = document.session.request("aifirst/decompose", {"uri": "file:///x.py", "position": {"line": 0}})
    assert nowhere["error"]["next"]


def test_an_action_of_an_older_text_is_not_applied_to_a_newer_one(opens: Any) -> None:
    document = opens(CODE)
    [action] = document.actions(3, "refactor.rewrite.aifirst.ticket")
    document.session.change(document.uri, 2, {"text": "x = 1\n"})
    number = document.session.start_request("codeAction/resolve", action)
    assert "changed" in document.session.wait_for(number)["error"]["message"]


def test_a_client_that_cannot_resolve_is_sent_the_edit(tmp_path: Path) -> None:
    with Session() as session:
        session.initialize([tmp_path], capabilities={"textDocument": {"diagnostic": {}}})
        session.answers["workspace/applyEdit"] = {"applied": True}
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, CODE)
        [action] = Opened(session, uri, CODE).actions(3, "refactor.rewrite.aifirst.ticket")
        command = action["command"]
        session.request(
            "workspace/executeCommand", {"command": command["command"], "arguments": command["arguments"]}
        )
        [asked] = [one for one in session.asked if one["method"] == "workspace/applyEdit"]
        assert "@TAG:TICKET:total" in asked["params"]["edit"]["changes"][uri][0]["newText"]


@pytest.mark.parametrize(
    ("text", "at", "path", "expected"),
    [
        ("x = 1\n", "x", "a.py", "x = 1  # aifirst: ignore[AF001] \n"),
        ("x = '''\nlong\n'''\n", "x", "a.py", "# aifirst: ignore[AF001] \nx = '''\nlong\n'''\n"),
        ("  x = 1 + \\\n  2\n", "x", "a.py", "  # aifirst: ignore[AF001] \n  x = 1 + \\\n  2\n"),
        ("let a = 1;\r\n", "let", "a.js", "let a = 1;  // aifirst: ignore[AF001] \r\n"),
        ("a { b: c }\n", "a", "a.css", "a { b: c }  /* aifirst: ignore[AF001] */\n"),
        ("x = 'é'", "x", "a.py", "x = 'é'  # aifirst: ignore[AF001] "),
    ],
)
def test_a_suppression_finds_the_place_where_it_holds(text: str, at: str, path: str, expected: str) -> None:
    assert glued(text, "suppression", at, path, rule="AF001") == expected


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("class A:\n\tx = 1\n", "a.py", 'class A:\n\t"""TODO: what it does, and why."""\n\tx = 1\n'),
        (
            "def f():\r\n    pass\r\n",
            "a.py",
            'def f():\r\n    """TODO: what it does, and why."""\r\n    pass\r\n',
        ),
        ("function f() {}\n", "a.js", "/**\n * TODO: what it does, and why.\n */\nfunction f() {}\n"),
        ("package a\n\nfunc F() {}\n", "a.go", "package a\n\n// TODO: what it does, and why.\nfunc F() {}\n"),
    ],
)
def test_documentation_is_written_as_the_language_has_it(text: str, path: str, expected: str) -> None:
    at = next(word for word in ("class A", "def f", "function f", "func F") if word in text)
    assert glued(text, "documentation", at, path) == expected


@pytest.mark.parametrize(
    ("text", "kind", "why"),
    [
        ("def f(): return 1\n", "documentation", "one line"),
        ("def f(:\n    pass\n", "documentation", "parse"),
        ('def f():\n    """It."""\n', "documentation", "has documentation"),
        ("def f():\n    pass\n", "log", "no ticket"),
    ],
)
def test_what_cannot_be_written_says_why(text: str, kind: str, why: str) -> None:
    with pytest.raises(ExpectedError, match=why):
        glued(text, kind, "f", day="2026-01-02")


def test_a_split_is_the_one_of_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "aifirst.toml").write_text("[limits]\nunit_tokens = 250\n")
    steps = "".join(
        f"    # STEP {n}: part {n}\n"
        + "".join(f"    a{n} = a{n - 1} * {m} + a{n - 1} - {m}\n" for m in range(8))
        for n in range(1, 6)
    )
    text = f"def f(a0):\n{steps}    return a5\n".encode()
    made = split_unit.answer(DESK, split_unit.Question(str(tmp_path), "a.py", text, "f"))
    assert made.units
    assert made.diff.startswith("--- ")
    assert all(one.tokens <= 250 for one in made.units)
