"""Direct preference optimisation (https://arxiv.org/abs/2305.18290) on correctness, security and style."""

from __future__ import annotations

from aifirst_model.training.recipe import Recipe


def dpo() -> Recipe:
    """Prefer answers that are correct, secure and in style to those that are not, without a reward model."""
    return Recipe(
        name="dpo", method="dpo", rank=16, alpha=32, dropout=0.0, epochs=1, batch=16, learning_rate=5e-6, warmup=20,
        length=2048, beta=0.1, evaluate_every=100, save_every=100,
    )  # fmt: skip
