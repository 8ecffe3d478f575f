"""What asking a checkpoint in this process costs beyond transformers' own `generate`, and how soon it can be cancelled.

`python benchmarks/model/local_backend.py`, with `--checkpoint FOLDER` for another model than the tests' tiny one. "Raw"
is the tokenizer, `generate` and the decoding of what it gives, called one after the other; both take turns in one run,
with one thread; wall and CPU time of this process, medians of rounds. All have to give the same text.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "model"))

from aifirst_model.answer import collect
from aifirst_model.backends.transformers_local import TransformersModel
from aifirst_model.heavy import heavy
from aifirst_model.request import Continuation, Options
from aifirst_model.settings import ModelSettings

PROMPT = "def read_lines(path):\n    "
Call = Callable[[int], Awaitable[str]]


def raw_call(folder: Path) -> Call:
    """Asks transformers as a program would that does nothing else."""
    transformers = heavy("transformers", "train")
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder))
    model = transformers.AutoModelForCausalLM.from_pretrained(str(folder), dtype="float32").eval()

    async def call(tokens: int) -> str:
        read = tokenizer(PROMPT, return_tensors="pt")
        written = model.generate(**read, max_new_tokens=tokens, do_sample=False)[
            0, read["input_ids"].shape[1] :
        ]
        return tokenizer.decode(written, skip_special_tokens=True)

    return call


async def compare(folder: Path, rounds: int, calls: int) -> None:
    """Print the cost of a call, raw and ours, for answers of one token and of 32."""
    heavy("torch", "train").set_num_threads(1)
    model = TransformersModel(
        ModelSettings(backend="transformers", model=str(folder), threads=1, device="cpu")
    )

    async def our_call(tokens: int) -> str:
        return (await model.generate(Continuation(PROMPT), Options(max_tokens=tokens))).text

    async def our_stream(tokens: int) -> str:
        return (await collect(model.stream(Continuation(PROMPT), Options(max_tokens=tokens)))).text

    clients = {"raw": raw_call(folder), "aifirst": our_call, "aifirst, streamed": our_stream}
    print("| Tokens | Client | ms a call | CPU ms a call | CPU ms over raw |\n|---:|---|---:|---:|---:|")
    for tokens in (1, 32):
        seen: dict[str, list[tuple[float, float]]] = {name: [] for name in clients}
        texts = {await call(tokens) for call in clients.values()}
        assert len(texts) == 1, texts
        for _ in range(rounds):
            for name, call in clients.items():
                began, began_cpu = time.perf_counter(), time.process_time()
                for _ in range(calls):
                    await call(tokens)
                wall, cpu = time.perf_counter() - began, time.process_time() - began_cpu
                seen[name].append((wall / calls * 1000, cpu / calls * 1000))
        medians = {
            name: [statistics.median(column) for column in zip(*told, strict=True)]
            for name, told in seen.items()
        }
        for name, (wall, cpu) in medians.items():
            over = f"{cpu - medians['raw'][1]:+.2f}" if name != "raw" else ""
            print(f"| {tokens} | {name} | {wall:.2f} | {cpu:.2f} | {over} |")
    await measure_cancelling(model, 100)
    await model.aclose()


async def measure_cancelling(model: TransformersModel, times: int) -> None:
    """Print the time from cancelling a request to its thread being free for the next."""
    waits: list[float] = []
    for _ in range(times):
        task = asyncio.ensure_future(
            model.generate(Continuation(PROMPT), Options(max_tokens=800, temperature=1.0, seed=1))
        )
        await asyncio.sleep(0.02)
        began = time.perf_counter()
        task.cancel()
        await model.count_tokens("x")  # waits for its turn in that thread
        waits.append((time.perf_counter() - began) * 1000)
    waits.sort()
    print(
        f"\ncancelled to free for the next: median {statistics.median(waits):.1f} ms, "
        f"95th percentile {waits[times * 95 // 100]:.1f}, longest {waits[-1]:.1f} of {times}"
    )


def main() -> None:
    """Measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--calls", type=int, default=20, help="in a round, of each")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder: Path | None = given.checkpoint
        if folder is None:
            tiny: Any = import_module("tiny_checkpoint")
            folder = Path(tiny.make_tiny(Path(scratch) / "tiny", "qwen2"))
        asyncio.run(compare(folder, given.rounds, given.calls))


if __name__ == "__main__":
    main()
