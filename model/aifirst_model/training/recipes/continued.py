"""Continued pre-training: more of a language, a framework or a company's code, as text and as gaps."""

from __future__ import annotations

from aifirst_model.training.recipe import Recipe


def continued() -> Recipe:
    """Go on with pre-training on whole files and gaps, end to end in full windows; every weight is trained."""
    return Recipe(
        name="continued", method="pretrain", adapter="none", epochs=1, batch=32, learning_rate=2e-5, warmup=100,
        weight_decay=0.1, length=2048, evaluate_every=500, save_every=500,
    )  # fmt: skip
