"""A person's own agents: another prompt, tier or budget for one that is there, from files named on the command line.

They are never looked for in a project: whoever writes its files would choose what agents are told. A file has a table for
each agent; a folder has `NAME.toml` with the fields, and `NAME.md` where the prompt is a page of its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from aifirst_orchestrator.agents.agent import Agent, agent_names, load_agent

_WARMER = 0.3
"""How much more freely models answer each time that what ended blocked is begun again: else they would say the same."""

Agents = Mapping[str, Agent]
"""The agents of a run by their names."""


class OwnAgentsError(Exception):
    """A file of agents that cannot be used; the text says the next step."""


def standard_agents() -> Agents:
    """Every agent as it comes with aifirst."""
    return {name: load_agent(name) for name in agent_names()}


def agent_for(agents: Agents, name: str, language: str = "", again: int = 0) -> Agent:
    """An agent of a run, with its prompt for a language; it answers more freely the more often all was tried before."""
    own = agents[name]
    agent = load_agent(name, language) if own == load_agent(name) else own
    warm = min(1.0, agent.temperature + _WARMER * again)
    return msgspec.structs.replace(agent, temperature=round(warm, 2)) if again else agent


def read_agents(place: Path, tools: frozenset[str]) -> Agents:
    """Every agent, with what a file or a folder says instead; `tools` are all there are. Raises `OwnAgentsError`."""
    agents = dict(standard_agents())
    for name, fields in (_folder(place) if place.is_dir() else _file(place)).items():
        if name not in agents:
            raise OwnAgentsError(
                f"{place} names an agent {name!r}. There are {', '.join(agents)}: change one of these."
            )
        agents[name] = _changed(place, agents[name], fields)
        if more := sorted(set(agents[name].tools) - tools):
            raise OwnAgentsError(
                f"{place} gives {name} the tool {more[0]!r}. There are {', '.join(sorted(tools))}."
            )
    return agents


def _changed(place: Path, agent: Agent, fields: Mapping[str, Any]) -> Agent:
    try:
        return msgspec.convert({**msgspec.to_builtins(agent), **fields, "name": agent.name}, Agent)
    except msgspec.ValidationError as error:
        raise OwnAgentsError(
            f"{place} says of {agent.name} what no agent has: {error}. Correct it (docs/agent.md)."
        ) from None


def _file(place: Path) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for name, value in _tables(place).items():
        if not isinstance(value, dict):
            raise OwnAgentsError(
                f"{place} says {name!r} outside of a table. Write a table [{name}] for an agent."
            )
        found[name] = value
    return found


def _folder(place: Path) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for file in sorted((*place.glob("*.toml"), *place.glob("*.md"))):
        if file.suffix == ".toml":
            found[file.stem] = {**found.get(file.stem, {}), **_tables(file)}
        else:
            found[file.stem] = {**found.get(file.stem, {}), "prompt": _text(file)}
    if not found:
        raise OwnAgentsError(f"{place} has no file of an agent. Put NAME.toml or NAME.md into it.")
    return found


def _tables(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(file))
    except (ValueError, RecursionError) as error:  # thousands of brackets or digits too
        raise OwnAgentsError(f"{file} is no TOML ({error}). Correct it.") from None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OwnAgentsError(f"{file} cannot be read ({error}). Name another with --agents.") from None
