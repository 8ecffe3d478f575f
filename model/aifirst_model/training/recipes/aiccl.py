"""A small model that reads and writes AICCL, with the notation's tags as tokens of their own."""

from __future__ import annotations

from aifirst_model.aiccl.prompt_format import TAGS
from aifirst_model.training.recipe import Recipe


def aiccl() -> Recipe:
    """Compress and expand AICCL: a 0.5B to 3B base, four tokens for the notation's tags, both directions."""
    return Recipe(
        name="aiccl", tasks=("aiccl-compress", "aiccl-expand"), rank=16, alpha=32, dropout=0.1,
        targets=("q_proj", "v_proj", "o_proj"), special_tokens=TAGS, epochs=3, batch=8, learning_rate=2e-5, warmup=500,
        length=4096, evaluate_every=500, save_every=1000,
    )  # fmt: skip
