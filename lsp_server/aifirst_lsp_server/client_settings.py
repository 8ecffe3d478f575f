"""The settings that an editor keeps for us, section `aifirst`, one value a folder.

They are read live (`features/configuration`). What has the wrong type falls back to its default and is told in the log;
what we do not know is none of ours. Rules and limits are no settings of an editor but
the project's (`aifirst.toml`).
"""

from __future__ import annotations

from typing import Annotated, Literal, cast

import msgspec

LogLevel = Literal["off", "error", "warning", "info", "debug"]


class CodeLens(msgspec.Struct, frozen=True):
    """What code lenses show; an empty list turns them off."""

    enable: tuple[Literal["tokens", "glue", "dependents"], ...] = ("tokens", "dependents")


class Switch(msgspec.Struct, frozen=True):
    """A feature that is on or off."""

    enable: bool = True


class InlayHints(msgspec.Struct, frozen=True):
    """Inlay hints, off unless asked for."""

    enable: bool = False


class Index(msgspec.Struct, frozen=True):
    """The project's memory; `automatic` makes and updates it without being asked, in a trusted workspace."""

    automatic: bool = True


class InlineCompletion(msgspec.Struct, frozen=True):
    """Ghost text: a model at an OpenAI-compatible endpoint, off until both are named; `timeout` in seconds."""

    model: str = ""
    endpoint: str = ""
    timeout: Annotated[float, msgspec.Meta(ge=0.1, le=60)] = 2.0


class Context(msgspec.Struct, frozen=True):
    """What would go to a model: how many tokens."""

    budget: int = 8000


class ClientSettings(msgspec.Struct, frozen=True, rename="camel"):
    """The section `aifirst` of an editor's settings."""

    enable: bool = True
    log_level: LogLevel = "info"
    code_lens: CodeLens = CodeLens()
    inlay_hints: InlayHints = InlayHints()
    semantic_tokens: Switch = Switch()
    index: Index = Index()
    inline_completion: InlineCompletion = InlineCompletion()
    context: Context = Context()


def read_settings(value: object) -> tuple[ClientSettings, list[str]]:
    """The settings in what a client sent, and what in it cannot be used, in sentences."""
    if not isinstance(value, dict):
        return ClientSettings(), [] if value is None else ["the section `aifirst` is no object"]
    try:
        return msgspec.convert(value, ClientSettings), []
    except msgspec.ValidationError:
        return _read_each(cast("dict[str, object]", value))


def _read_each(value: dict[str, object]) -> tuple[ClientSettings, list[str]]:
    """The fields that can be used, each alone."""
    settings, problems = ClientSettings(), list[str]()
    for field in msgspec.structs.fields(ClientSettings):
        if field.encode_name in value:
            try:
                read = msgspec.convert(value[field.encode_name], field.type)
            except msgspec.ValidationError as error:
                problems.append(f"aifirst.{field.encode_name}: {error}; the default is taken")
            else:
                settings = msgspec.structs.replace(settings, **{field.name: read})
    return settings, problems
