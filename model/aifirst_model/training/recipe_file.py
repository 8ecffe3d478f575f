"""Recipes as files and as changes: YAML with a comment a key, and values that are checked before anything starts."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import msgspec

from aifirst_model.heavy import heavy
from aifirst_model.training.recipe import Recipe
from aifirst_model.training.recipes import find_recipe
from aifirst_model.training.training_error import RecipeError


class Setting(msgspec.Struct, frozen=True):
    """A field of a recipe, for whoever makes options or comments of it."""

    name: str
    kind: Any
    """Its type, an annotation without its bounds: `int`, `tuple[str, ...]`, a `Literal`."""
    text: str
    """What it means, one sentence or two."""


def settings() -> tuple[Setting, ...]:
    """The settings of a recipe, in order."""
    found: list[Setting] = []
    for field in msgspec.structs.fields(Recipe):
        meta = next(m for m in field.type.__metadata__ if isinstance(m, msgspec.Meta))
        found.append(Setting(field.name, field.type.__origin__, meta.description or ""))
    return tuple(found)


def change_recipe(recipe: Recipe, changes: Mapping[str, object], where: str = "") -> Recipe:
    """The recipe with other values. Raises `RecipeError` for a key or a value that cannot be; `where` begins its text."""
    names = [setting.name for setting in settings()]
    begin = f"{where}: " if where else ""
    for key in changes:
        if key not in names:
            near = difflib.get_close_matches(str(key), names, 1, 0.5)
            raise RecipeError(
                f"{begin}a recipe has no {key!r}",
                f"did you mean {near[0]!r}?" if near else f"its keys are {', '.join(names)}",
            )
    given: dict[str, object] = {**cast("dict[str, object]", msgspec.to_builtins(recipe)), **changes}
    try:
        changed = msgspec.convert(_numbers(given), Recipe)
    except msgspec.ValidationError as error:
        raise RecipeError(
            f"{begin}{_told(error)}", "aifirst model train --show RECIPE tells what each is"
        ) from None
    _check(changed, begin)
    return changed


def _numbers(given: dict[str, object]) -> dict[str, object]:
    """YAML 1.1 reads `2e-4` as a text; where a number is asked for it is one."""
    floats = {setting.name for setting in settings() if setting.kind is float}
    fixed = dict(given)
    for name in floats & set(given):
        value = given[name]
        if isinstance(value, str):
            try:
                fixed[name] = float(value)
            except ValueError:
                continue
    return fixed


def _told(error: msgspec.ValidationError) -> str:
    what, _, place = str(error).partition(" - at `$.")
    return f"{place.rstrip('`')}: {what}" if place else what


def _check(recipe: Recipe, begin: str) -> None:
    """Raise `RecipeError` for settings that contradict each other."""
    if recipe.quantize_base and recipe.adapter == "none":
        raise RecipeError(
            f"{begin}weights in 4 bits cannot be trained", "set adapter to lora, or quantize_base to false"
        )
    if recipe.at_once and recipe.batch % recipe.at_once:
        raise RecipeError(
            f"{begin}at_once ({recipe.at_once}) does not divide batch ({recipe.batch})",
            "choose one that does",
        )
    if (recipe.patience or recipe.stop_when_converged) and not recipe.evaluate_every:
        raise RecipeError(f"{begin}to stop early is to evaluate", "set evaluate_every")


def read_recipe(name: str) -> Recipe:
    """A recipe by its name or by the path of a YAML file; a file may begin with `recipe: NAME` and then what differs.

    Raises `RecipeError`.
    """
    if not name.endswith((".yaml", ".yml")):
        return find_recipe(name)
    path = Path(name)
    try:
        loaded: object = heavy("yaml", "train").safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise RecipeError(f"{name} cannot be read ({error.strerror})", "check its path") from None
    except UnicodeDecodeError:
        raise RecipeError(f"{name} is no text", "write it in UTF-8") from None
    except heavy("yaml", "train").YAMLError as error:
        raise RecipeError(f"{name} is no YAML ({' '.join(str(error).split())})", "correct it") from None
    except RecursionError:
        raise RecipeError(
            f"{name} is nested too deeply for a recipe", "write one with aifirst model train --show RECIPE"
        ) from None
    if not isinstance(loaded, dict):
        raise RecipeError(f"{name} holds no keys", "write one with aifirst model train --show RECIPE")
    values = {str(key): value for key, value in cast("dict[Any, object]", loaded).items()}
    start = values.pop("recipe", None)
    recipe = find_recipe(str(start)) if start else Recipe(name=path.stem)
    return change_recipe(recipe, values, name)


def show_recipe(recipe: Recipe) -> str:
    """The recipe as YAML with what each key means; `read_recipe` gives the same recipe back."""
    values = cast("dict[str, object]", msgspec.to_builtins(recipe))
    command = f"aifirst model train {recipe.name}.yaml --base MODEL --data DATASET -o RUN"
    lines = [f"# A recipe of aifirst. Train with it: {command}"]
    for setting in settings():
        lines += ["", f"# {setting.text}", f"{setting.name}: {_yaml(values[setting.name])}"]
    return "\n".join(lines) + "\n"


def _yaml(value: object) -> str:
    if isinstance(value, float):
        text = repr(value)
        return text if "e" not in text or "." in text else text.replace("e", ".0e")
    return json.dumps(value, ensure_ascii=False)
