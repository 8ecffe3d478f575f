"""Make a small checkpoint that the benchmarks of training, export and adaptation stand on.

Qwen2's architecture, 2.7 million parameters, trained from nothing on the modules of Python's standard library (PSF
licence; every twentieth is held out), half of the windows with their middle moved to the end, as Qwen2.5-Coder was, so
that it can be asked for a gap. It is of no use to people: it is what a recipe can be tried on.

    python benchmarks/model/base_checkpoint.py --out /tmp/base --minutes 8
"""

from __future__ import annotations

import argparse
import random
import sys
import sysconfig
import time
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "model"))

from aifirst_model.heavy import heavy

tiny: Any = import_module("tiny_checkpoint")

MERGES, ROWS, LAYERS = 3000, 3328, 4
BATCH, LENGTH = 8, 192
HELD_OUT = 20


def read_library() -> tuple[list[str], list[str]]:
    """The texts to train on and those held out."""
    root = Path(sysconfig.get_paths()["stdlib"])
    passed = (
        "test",
        "tests",
        "site-packages",
        "idlelib",
        "lib2to3",
        "pydoc_data",
        "encodings",
        "__pycache__",
    )
    paths = sorted(p for p in root.rglob("*.py") if not set(p.relative_to(root).parts) & set(passed))
    texts = [path.read_text("utf-8", errors="ignore") for path in paths]
    texts = [text for text in texts if 500 < len(text) < 200_000]
    return [t for i, t in enumerate(texts) if i % HELD_OUT], texts[::HELD_OUT]


def with_gaps(ids: list[int], tokens: dict[str, int], draw: random.Random) -> list[int]:
    """Windows of one text end to end, the middle of every second one moved behind the rest."""
    out: list[int] = []
    for start in range(0, len(ids), LENGTH - 4):
        window = ids[start : start + LENGTH - 4]
        if draw.random() < 0.5 and len(window) > 8:
            a, b = sorted(draw.sample(range(len(window)), 2))
            parts = (("prefix", window[:a]), ("suffix", window[b:]), ("middle", window[a:b]))
            for name, part in parts:
                out += [tokens[name], *part]
        else:
            out += window
        out.append(tokens["end"])
    return out


def train(model: Any, stream: Any, minutes: float) -> int:
    """Train for as many minutes of this process; the steps it took."""
    torch = heavy("torch", "train")
    named = list(model.named_parameters())
    matrix = {name: p.ndim == 2 and "embed" not in name for name, p in named}
    optimizers = (
        torch.optim.Muon([p for name, p in named if matrix[name]], lr=0.02, weight_decay=0.01),
        torch.optim.AdamW([p for name, p in named if not matrix[name]], lr=4e-3, betas=(0.9, 0.95)),
    )
    rates = [optimizer.param_groups[0]["lr"] for optimizer in optimizers]
    begin, step, share, ema = time.process_time(), 0, 0.0, 0.0
    while share < 1:
        starts = torch.randint(len(stream) - LENGTH, (BATCH,))
        rows = torch.stack([stream[start : start + LENGTH] for start in starts])
        loss = model(input_ids=rows, labels=rows).loss
        loss.backward()
        for optimizer, rate in zip(optimizers, rates, strict=True):
            optimizer.param_groups[0]["lr"] = rate * min(1.0, (step + 1) / 50, max(0.02, (1 - share) / 0.4))
            optimizer.step()
            optimizer.zero_grad()
        step += 1
        share = (time.process_time() - begin) / (60 * minutes)
        ema = float(loss.detach()) if step == 1 else 0.95 * ema + 0.05 * float(loss.detach())
        if step % 100 == 0:
            print(f"step {step}, {100 * share:.0f} %, loss {ema:.3f}", flush=True)
    return step


def held_out_loss(model: Any, ids: list[int]) -> float:
    """Nats a token on the first 40,000 tokens of the texts held out."""
    torch = heavy("torch", "train")
    count = min(len(ids), 40_000) // LENGTH
    rows = torch.tensor(ids[: count * LENGTH]).view(count, LENGTH)
    with torch.no_grad():
        losses = [float(model(input_ids=part, labels=part).loss) for part in rows.split(16)]
    return sum(losses) / len(losses)


def main() -> None:
    """Train, save, and say how good it is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=8.0, help="of CPU time")
    parser.add_argument("--positions", type=int, default=1024, help="that the model says it has room for")
    given = parser.parse_args()
    torch = heavy("torch", "train")
    torch.set_num_threads(1)
    torch.manual_seed(8)
    train_texts, held_out = read_library()
    tokenizer = tiny.make_tokenizer(train_texts, merges=MERGES)
    names = {
        "prefix": "<|fim_prefix|>",
        "suffix": "<|fim_suffix|>",
        "middle": "<|fim_middle|>",
        "end": "<|endoftext|>",
    }
    tokens = {name: int(tokenizer.convert_tokens_to_ids(token)) for name, token in names.items()}

    def encode(text: str) -> list[int]:
        return list(tokenizer.backend_tokenizer.encode(text, add_special_tokens=False).ids)

    draw = random.Random(8)  # noqa: S311  # an order that can be repeated, no secret
    stream = torch.tensor([i for text in train_texts for i in with_gaps(encode(text), tokens, draw)])
    model = tiny.new_model("qwen2", tokenizer, layers=LAYERS, rows=ROWS)
    before = held_out_loss(model, [i for text in held_out for i in encode(text)])
    steps = train(model, stream, given.minutes)
    model.eval()
    after = held_out_loss(model, [i for text in held_out for i in encode(text)])
    model.config.max_position_embeddings = given.positions  # turned, not learnt: any number can be said
    model.save_pretrained(given.out)
    tokenizer.save_pretrained(given.out)
    parameters = sum(p.numel() for p in model.parameters())
    print(
        f"{parameters:,} parameters, {len(stream):,} tokens of {len(train_texts)} texts, {steps} steps, "
        f"held out {before:.2f} -> {after:.2f} nats a token; saved in {given.out}"
    )


if __name__ == "__main__":
    main()
