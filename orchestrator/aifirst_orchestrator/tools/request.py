"""What an agent wants to do next: one tool with its arguments, as JSON, by schema, mended where it is nearly so.

Models without tool calls of their own are held to the schema by the server's constraint; where a server has none either,
the answer is read leniently: a fence around it, words before it, quotes of the wrong kind, a comma too many.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from typing import Any, cast

import msgspec
from aifirst_model.request import JsonSchema, ToolSignature

from aifirst_orchestrator.tools.tool import Place, Tool, ToolError, read_arguments

_FENCED = re.compile(r"```(?:json)?[ \t]*\n(.*?)```", re.DOTALL)
_COMMA = re.compile(r",(\s*[}\]])")
_MOST_CHARACTERS = 200_000


class ToolRequest(msgspec.Struct, frozen=True):
    """A tool that an agent asks for, with why; the arguments are checked."""

    tool: str
    arguments: dict[str, Any]
    why: str = ""


def request_schema(tools: Mapping[str, Tool[Place]]) -> JsonSchema:
    """The schema of an answer that asks for one of these tools: the reason first, so that it is thought of first."""
    choices = [
        {
            "type": "object",
            "properties": {
                "why": {"type": "string"},
                "tool": {"const": name},
                "arguments": {key: value for key, value in one.schema().items() if key != "title"},
            },
            "required": ["why", "tool", "arguments"],
            "additionalProperties": False,
        }
        for name, one in tools.items()
    ]
    return JsonSchema({"anyOf": choices}, "tool_request")


def tool_signatures(tools: Mapping[str, Tool[Place]]) -> tuple[ToolSignature, ...]:
    """The tools for a model that calls them in a form of its own."""
    return tuple(ToolSignature(name, one.purpose, one.schema()) for name, one in tools.items())


def describe_tools(tools: Mapping[str, Tool[Place]]) -> str:
    """The tools for a prompt: name, purpose, arguments with their types."""
    lines = [
        'Answer with one JSON object and nothing else: {"why": …, "tool": …, "arguments": {…}}. The tools:'
    ]
    for name, one in tools.items():
        schema = one.schema()
        needed = set(schema.get("required", ()))
        fields = ", ".join(
            f'"{field}": {_type_of(value)}{"" if field in needed else " (may be left out)"}'
            for field, value in schema.get("properties", {}).items()
        )
        lines.append(f"- {name} {{{fields}}}: {one.purpose}")
    return "\n".join(lines)


def read_request(answer: str, tools: Mapping[str, Tool[Place]]) -> tuple[ToolRequest, msgspec.Struct]:
    """The request of an answer and its arguments. Raises `ToolError`, which goes back to the agent."""
    found = find_object(answer)
    name = found.get("tool", found.get("name", found.get("function")))
    if not isinstance(name, str) or name not in tools:
        raise ToolError(f"there is no tool {name!r}: ask for one of {', '.join(tools)}")
    given = found.get("arguments", found.get("parameters", found.get("args", {})))
    if isinstance(given, str):
        given = _loads(given)
    if not isinstance(given, dict):
        raise ToolError(f"the arguments of {name} have to be an object")
    arguments: dict[str, Any] = given  # pyright: ignore[reportUnknownVariableType]  JSON, checked on the next line
    checked = read_arguments(tools[name], arguments)
    return ToolRequest(name, msgspec.to_builtins(checked), str(found.get("why", ""))[:2000]), checked


def find_object(answer: str) -> dict[str, Any]:
    """The JSON object of an answer, mended where that is safe."""
    text = answer.strip()
    if len(text) > _MOST_CHARACTERS:
        raise ToolError("the answer is too long for a request: answer with one short JSON object")
    fenced = _FENCED.search(text)
    candidates = [text, *([fenced[1]] if fenced else ()), *_braced(text)]
    for candidate in candidates:
        found = _loads(candidate)
        if isinstance(found, dict) and _can_be_recorded(cast("dict[str, Any]", found)):
            return cast("dict[str, Any]", found)
    raise ToolError('the answer is no JSON object: answer with {"why": …, "tool": …, "arguments": {…}} alone')


def _can_be_recorded(found: dict[str, Any]) -> bool:
    """Whether it is JSON: half a character, a set or a number that is none is not."""
    try:
        msgspec.json.encode(found)
    except (TypeError, ValueError, RecursionError, OverflowError):
        return False
    return True


def _braced(text: str) -> list[str]:
    """The outermost stretch in braces, strings looked through."""
    start = text.find("{")
    depth, quoted, skip = 0, False, False
    for at in range(start, len(text)) if start >= 0 else ():
        char = text[at]
        if skip:
            skip = False
        elif quoted:
            skip, quoted = char == "\\", char != '"'
        elif char == '"':
            quoted = True
        elif char in "{}":
            depth += 1 if char == "{" else -1
            if depth == 0:
                return [text[start : at + 1]]
    return [f"{text[start:]}{'}' * depth}"] if start >= 0 and not quoted and 0 < depth < 4 else []


def _loads(text: str) -> object:
    """JSON, or nearly: line feeds in strings, a comma too many, Python's spelling. None for anything else."""
    for spelled in (text, _COMMA.sub(r"\1", text)):
        try:
            return json.loads(spelled, strict=False)
        except (ValueError, RecursionError):
            continue
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return None


def _type_of(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return " or ".join(json.dumps(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_type_of(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type_of(schema.get('items', {}))}"
    return str(schema.get("type", "value"))
