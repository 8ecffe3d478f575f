"""The recipes that have a name: one a file, a function that returns it; its docstring is what `--recipes` shows."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from importlib import import_module
from typing import Final, cast

from aifirst_model.training.recipe import Recipe
from aifirst_model.training.training_error import RecipeError

NAMES: Final = ("coder_lora", "qlora_base", "combined", "aiccl", "dpo", "continued", "distill")


def recipe_function(name: str) -> Callable[[], Recipe]:
    """The function of a recipe, by name with `_` or `-`. Raises `RecipeError`."""
    found = name.replace("-", "_")
    if found not in NAMES:
        near = difflib.get_close_matches(found, NAMES, 1, 0.4)
        raise RecipeError(
            f"there is no recipe {name!r}",
            f"did you mean {near[0]}?" if near else f"there are {', '.join(NAMES)}, or give a .yaml file",
        )
    return cast("Callable[[], Recipe]", getattr(import_module(f"{__name__}.{found}"), found))


def find_recipe(name: str) -> Recipe:
    """The recipe of that name. Raises `RecipeError`."""
    return recipe_function(name)()
