"""Tools are typed functions; requests are read leniently and checked strictly; a gate stands in front."""

from __future__ import annotations

import json
from typing import Annotated

import jsonschema
import msgspec
import pytest
from aifirst_orchestrator.tools.gate import Decision, Gate, Policy
from aifirst_orchestrator.tools.request import ToolRequest, describe_tools, read_request, request_schema
from aifirst_orchestrator.tools.tool import Tool, ToolError, tool


class Find(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    query: str
    count: Annotated[int, msgspec.Meta(ge=1, le=20)] = 5


class Write(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    path: str
    text: str


@tool(1)
def find(given: Find, place: list[str]) -> str:
    """Find where something is.

    More that agents need not know.
    """
    place.append(given.query)
    return f"{given.query} {given.count}"


@tool(2)
def write(given: Write, place: list[str]) -> str:
    """Write a file."""
    place.append(given.path)
    return "written"


TOOLS: dict[str, Tool[list[str]]] = {"find": find, "write": write}


def test_a_tool_is_what_its_function_says() -> None:
    assert (find.name, find.purpose, find.level) == ("find", "Find where something is.", 1)
    assert find.schema()["required"] == ["query"]
    assert find.schema()["properties"]["count"]["maximum"] == 20
    described = describe_tools(TOOLS)
    assert (
        '- find {"query": string, "count": integer (may be left out)}: Find where something is.' in described
    )


@pytest.mark.parametrize(
    "answer",
    [
        '{"why": "w", "tool": "find", "arguments": {"query": "login"}}',
        'I will look.\n```json\n{"why": "w", "tool": "find", "arguments": {"query": "login"}}\n```',
        'Sure: {"why": "w", "tool": "find", "arguments": {"query": "login",},} and that is it',
        "{'why': 'w', 'tool': 'find', 'arguments': {'query': 'login'}}",
        '{"why": "w", "name": "find", "parameters": {"query": "login"}}',
        '{"why": "w", "tool": "find", "arguments": "{\\"query\\": \\"login\\"}"}',
        '{"why": "w", "tool": "find", "arguments": {"query": "login"}',
    ],
)
def test_a_request_is_read_however_a_model_dresses_it(answer: str) -> None:
    request, arguments = read_request(answer, TOOLS)
    assert request == ToolRequest("find", {"query": "login", "count": 5}, "w")
    assert arguments == Find("login")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("no", "is no JSON object"),
        ("", "is no JSON object"),
        ("[1]", "is no JSON object"),
        (
            '{"tool": "format_disk", "arguments": {}}',
            "there is no tool 'format_disk': ask for one of find, write",
        ),
        (
            '{"tool": "find", "arguments": {}}',
            r"missing required field `query`.*query, count \(may be left out\)",
        ),
        ('{"tool": "find", "arguments": {"query": "a", "count": 99}}', "<= 20"),
        ('{"tool": "find", "arguments": {"query": "a", "limit": 3}}', "unknown field `limit`"),
        ('{"tool": "find", "arguments": {"query": 3}}', "Expected `str`"),
        ('{"tool": "find", "arguments": [1]}', "have to be an object"),
        ("{" * 100_000, "is no JSON object"),
        ("x" * 300_000, "too long"),
        ('{"tool": "find", "arguments": {"query": "\\ud800"}}', "is no JSON object"),
        ("{'tool': 'find', 'arguments': {'query': {1}}, 'why': {1}}", "Expected `str`"),
    ],
)
def test_what_does_not_fit_goes_back_with_what_would(answer: str, said: str) -> None:
    with pytest.raises(ToolError, match=said):
        read_request(answer, TOOLS)


def test_the_schema_takes_what_is_read_and_nothing_else() -> None:
    schema = request_schema(TOOLS).schema
    good = {"why": "w", "tool": "find", "arguments": {"query": "a"}}
    jsonschema.validate(good, schema)
    read_request(json.dumps(good), TOOLS)
    for bad in (
        {**good, "tool": "other"},
        {**good, "arguments": {"path": "a"}},
        {"tool": "find"},
        {**good, "more": 1},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, schema)


def gate(policy: Policy, answer: str = "") -> tuple[Gate, list[str]]:
    asked: list[str] = []

    def ask(told: str) -> str:
        asked.append(told)
        return answer

    return Gate(policy, ask), asked


def test_reading_and_writing_run_by_themselves_and_a_network_never() -> None:
    guard, asked = gate(Policy())
    assert guard.decide(ToolRequest("find", {}), 1) == Decision(True, 1, "policy")
    assert guard.decide(ToolRequest("write", {"path": "src/a.py"}), 2) == Decision(True, 2, "policy")
    assert not guard.decide(ToolRequest("fetch", {}), 4).allowed
    assert asked == []


@pytest.mark.parametrize(
    "path",
    [
        "package.json",
        "sub/.env",
        ".env.local",
        "config.yaml",
        "src/main.py",
        ".github/workflows/x.yml",
        "pyproject.toml",
        "conftest.py",
        "CONFTEST.py",
        "sub/.ENV",
        "tox.ini",
    ],
)
def test_a_file_that_much_hangs_on_asks_a_person(path: str) -> None:
    for arguments in ({"path": path}, {"edits": [{"path": "a.py"}, {"path": path}]}):
        guard, asked = gate(Policy(), "the person at the terminal")
        decision = guard.decide(ToolRequest("write", arguments, "it has to"), 2)
        assert decision == Decision(True, 3, "the person at the terminal")
        assert asked[0].startswith("level 3: write ")
        assert asked[0].endswith("because: it has to")
        refusing, _ = gate(Policy())
        assert not refusing.decide(ToolRequest("write", arguments), 2).allowed
    assert gate(Policy())[0].decide(ToolRequest("find", {"path": path}), 1).allowed


def test_a_run_that_may_only_read_writes_nothing() -> None:
    guard, _ = gate(Policy(write="refuse", danger="refuse"))
    decision = guard.decide(ToolRequest("write", {"path": "a.py"}), 2)
    assert (decision.allowed, decision.by) == (False, "policy")
    assert "level 2" in decision.reason
