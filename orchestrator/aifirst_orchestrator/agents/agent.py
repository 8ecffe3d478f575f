"""An agent is a file: who it is, what it is told, which tools, documents and tier of model it has, how much it may use.

The files stand beside this module; what an agent is given for a task is packed for each call and is its whole context: it
never sees what another one saw. A person may put others in their place (`own_agents.py`).
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
_Count = Annotated[int, msgspec.Meta(ge=1)]
_Positive = Annotated[float, msgspec.Meta(gt=0)]


class Agent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One agent. `steps`, `tokens`, `seconds` and `money` are its budget for a run, None without end."""

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
    """What it may ask for; it knows of no other."""
    documents: tuple[Annotated[int, msgspec.Meta(ge=1, le=5)], ...] = ()
    """The levels of the documentation package that it is given (1 strategic … 5 patterns)."""
    steps: _Count | None = None
    """How often it may use a tool before it has to answer, or for one step of a plan."""
    tokens: _Count | None = None
    """Of its prompts and answers in a run."""
    seconds: _Positive | None = None
    """That its models take in a run."""
    money: _Positive | None = None
    """That it costs in a run, where a price is told."""


@cache
def load_agent(name: str, language: str = "") -> Agent:
    """The agent of that name, with its prompt for code of a language where its file has one under `[prompts]`.

    Raises `KeyError` where there is none, `ValueError` where its file is no agent.
    """
    path = _FOLDER / f"{name}.toml"
    if not path.is_file():
        raise KeyError(f"there is no agent {name!r}; there are {', '.join(agent_names())}")
    try:
        said = {"name": name, **tomllib.loads(path.read_text(encoding="utf-8"))}
        prompts = msgspec.convert(said.pop("prompts", {}), dict[str, str])
        return msgspec.convert({**said, "prompt": prompts.get(language, said.get("prompt"))}, Agent)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"the agent {name} cannot be read: {error}") from error


def agent_names() -> tuple[str, ...]:
    """The names of all agents, in alphabetical order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))
