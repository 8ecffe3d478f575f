"""What ends a training, or keeps it from starting."""

from __future__ import annotations

from aifirst_model.errors import LocalError


class TrainingError(LocalError):
    """This training cannot start or go on; the text says why and what to do."""


class RecipeError(TrainingError):
    """A recipe has a key or a value that there is none of, or none for this base: no try with it can go well."""
