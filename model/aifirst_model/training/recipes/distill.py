"""Distillation: a small model learns a large one's answers, and how sure it was of them.

The answers are in the dataset (`aifirst model distill` lets a teacher write them: https://arxiv.org/abs/1606.07947); the
probabilities are asked while training (https://arxiv.org/abs/1503.02531), which needs a teacher with the same tokens.
"""

from __future__ import annotations

from aifirst_model.training.recipe import Recipe


def distill() -> Recipe:
    """Learn a teacher's answers; with `teacher` set also its probabilities (same tokenizer), half and half."""
    return Recipe(
        name="distill", method="distill", rank=32, alpha=64, dropout=0.05, epochs=3, batch=8, learning_rate=1e-4,
        warmup=20, length=2048, teacher_share=0.5, temperature=2.0, evaluate_every=200, save_every=200,
    )  # fmt: skip
