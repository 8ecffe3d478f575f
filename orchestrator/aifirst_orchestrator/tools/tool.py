"""A tool is a typed function: its schema, its description and the check of what it is given follow from its signature.

The argument is a struct; msgspec makes the JSON schema of it and refuses what does not fit it, with the place. That is
what pydantic would do, without a second library for data beside the one that everything here uses.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Generic, Literal, TypeVar, get_type_hints

import msgspec

Level = Literal[1, 2, 3, 4]
"""1 reads, 2 writes where it can be undone, 3 destroys or reaches beyond the project, 4 goes to a network."""
Place = TypeVar("Place")


class ToolError(Exception):
    """A tool cannot do what it was asked; the text goes to the agent, and says what it can do instead."""


class Tool(msgspec.Struct, Generic[Place], frozen=True):
    """A tool as agents see it; `run` is given the arguments, checked, and the place it works in."""

    name: str
    purpose: str
    """One sentence or two, from the function's documentation."""
    level: Level
    arguments: type[msgspec.Struct]
    run: Callable[[Any, Place], str]

    def schema(self) -> dict[str, Any]:
        """The JSON schema of its arguments."""
        _, parts = msgspec.json.schema_components([self.arguments], ref_template="#/$defs/{name}")
        return parts[self.arguments.__name__]


def tool(level: Level) -> Callable[[Callable[[Any, Place], str]], Tool[Place]]:
    """Make a tool of a function of two arguments, a struct and the place; its name and documentation are the tool's."""

    def made(function: Callable[[Any, Place], str]) -> Tool[Place]:
        first = next(iter(inspect.signature(function).parameters))
        purpose = " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())
        return Tool(function.__name__, purpose, level, get_type_hints(function)[first], function)

    return made


def read_arguments(wanted: Tool[Place], raw: bytes | dict[str, Any]) -> msgspec.Struct:
    """The arguments as the tool takes them. Raises `ToolError`, which names the field."""
    try:
        if isinstance(raw, bytes):
            return msgspec.json.decode(raw, type=wanted.arguments)
        return msgspec.convert(raw, wanted.arguments)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        fields = ", ".join(
            f"{field.encode_name}{'' if field.required else ' (may be left out)'}"
            for field in msgspec.structs.fields(wanted.arguments)
        )
        raise ToolError(
            f"{wanted.name} cannot be called so: {error}. It takes {fields or 'nothing'}."
        ) from None
