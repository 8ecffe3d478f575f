"""QLoRA (https://arxiv.org/abs/2305.14314): a large base in 4 bits under an adapter of high rank."""

from __future__ import annotations

from aifirst_model.training.recipe import Recipe


def qlora_base() -> Recipe:
    """A general base made better on a small GPU: the base held in 4 bits, an adapter of rank 64 on every layer."""
    return Recipe(
        name="qlora_base", quantize_base=True, rank=64, alpha=128, dropout=0.05, epochs=3, batch=16,
        learning_rate=2e-4, warmup=100, length=2048, evaluate_every=500, save_every=500,
    )  # fmt: skip
