"""An agent is a file: who it is, what it is told, which tier of model it needs, how much it may say.

The files stand beside this module; what an agent is given for a task is packed for each call and is its whole context: it
never sees what another one saw.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec

Tier = Literal["small", "medium", "large"]
TIERS: tuple[Tier, ...] = ("small", "medium", "large")

_FOLDER = Path(__file__).parent / "data"


class Agent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One agent."""

    name: str
    title: str
    prompt: str
    """Its system prompt, before the rules that hold for all."""
    tier: Tier = "small"
    """The model to begin with; a task that fails goes on with the next larger one."""
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1000
    """Of one answer: a micro-operation has at most 1,000."""
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] = 0.0
    tools: tuple[str, ...] = ()


@cache
def load_agent(name: str) -> Agent:
    """The agent of that name. Raises `KeyError` where there is none, `ValueError` where its file is no agent."""
    path = _FOLDER / f"{name}.toml"
    if not path.is_file():
        raise KeyError(f"there is no agent {name!r}; there are {', '.join(agent_names())}")
    try:
        return msgspec.convert({"name": name, **tomllib.loads(path.read_text(encoding="utf-8"))}, Agent)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"the agent {name} cannot be read: {error}") from error


def agent_names() -> tuple[str, ...]:
    """The names of all agents, in alphabetical order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))
