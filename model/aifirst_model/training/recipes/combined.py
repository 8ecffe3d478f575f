"""One run over everything, at a low rate, that ends by itself."""

from __future__ import annotations

from aifirst_model.training.recipe import Recipe


def combined() -> Recipe:
    """One run over several sets at a low rate, ended by patience or where loss, perplexity and gradients settle."""
    return Recipe(
        name="combined", rank=64, alpha=128, dropout=0.05, epochs=3, batch=16, learning_rate=3e-6, warmup=100,
        length=2048, evaluate_every=500, save_every=500, patience=3, min_delta=0.001, stop_when_converged=True,
    )  # fmt: skip
