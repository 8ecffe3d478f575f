"""The adapter that makes a coder of a coder: how this project's users write, on a model that can write."""

from __future__ import annotations

from aifirst_model.training.recipe import Recipe


def coder_lora() -> Recipe:
    """A LoRA adapter for a coding model (Qwen2.5-Coder) on code, principles, patterns and project questions."""
    return Recipe(
        name="coder_lora", rank=16, alpha=32, dropout=0.05, targets=("q_proj", "v_proj"), epochs=3, batch=4,
        learning_rate=2e-4, length=2048, evaluate_every=200, save_every=200,
    )  # fmt: skip
