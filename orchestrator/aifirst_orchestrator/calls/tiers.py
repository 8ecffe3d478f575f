"""Which model stands behind each tier, as the person who runs this says it; never a file of the project.

A TOML file has a table for each tier, with the fields of `ModelSettings` and the window; a tier without a table has the
model of the next smaller one. Without a file, all tiers have the model that the environment names.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from aifirst_model.errors import SettingsError
from aifirst_model.open_model import open_model
from aifirst_model.settings import ModelSettings, read_environment
from aifirst_model.text_model import TextModel

from aifirst_orchestrator.agents.agent import TIERS, Tier


class TierModel(msgspec.Struct, frozen=True):
    """A model of a tier; `window` is how many tokens prompt and answer may have together."""

    tier: Tier
    model: TextModel
    window: int
    name: str
    """Of the model, for the record: another name means that answers are asked for again."""


class _TierSettings(ModelSettings, frozen=True, forbid_unknown_fields=True):
    window: Annotated[int, msgspec.Meta(ge=2048)] = 8192


def open_tiers(file: Path | None, environment: Mapping[str, str]) -> tuple[TierModel, ...]:
    """The models, smallest tier first, each once. Raises `SettingsError`, which says the next step."""
    if file is None:
        settings = read_environment(environment)
        if not (settings.url or settings.model or settings.script):
            raise SettingsError(
                "is not named",
                "set AIFIRST_MODEL_URL and AIFIRST_MODEL, or give --models FILE (docs/generate.md)",
            )
        return (
            TierModel("small", open_model(settings), settings.context, settings.model or settings.script),
        )
    tables = _read(file)
    return tuple(
        TierModel(
            tier, open_model(tables[tier]), tables[tier].window, tables[tier].model or tables[tier].script
        )
        for tier in TIERS
        if tier in tables
    )


def tiers_from(tiers: Sequence[TierModel], least: Tier) -> list[TierModel]:
    """The models of that tier and larger ones; the largest alone where none is that large."""
    rank = TIERS.index(least)
    return [one for one in tiers if TIERS.index(one.tier) >= rank] or list(tiers)[-1:]


def _read(file: Path) -> dict[Tier, _TierSettings]:
    try:
        return msgspec.convert(
            tomllib.loads(file.read_text(encoding="utf-8")), dict[Tier, _TierSettings], strict=True
        ) or _nothing(file)
    except OSError as error:
        raise SettingsError(
            f"is not known: {file} cannot be read ({error.strerror or error})",
            "give another file with --models",
        ) from None
    except (
        ValueError,
        RecursionError,
        msgspec.ValidationError,
    ) as error:  # thousands of brackets or digits too
        raise SettingsError(
            f"is not known: {file} is no file of models ({error})",
            "write a table [small], [medium] or [large] with backend, url and model (docs/generate.md)",
        ) from None


def _nothing(file: Path) -> dict[Tier, _TierSettings]:
    raise SettingsError(f"is not known: {file} is empty", "write a table [small] with backend, url and model")
