"""The whole path of the AICCL model on a small checkpoint: train, merge, GGUF, answers by grammar, judged; baselines.

    python benchmarks/model/aiccl_model.py --base /tmp/base --pairs /tmp/pairs --out /tmp/run --steps 300 --questions 60

Held out are whole projects, as the dataset divides them. Asked are questions of the test split that are short enough
for a small model. Baselines are what needs no model: the codec for compressing, and for expanding the signatures of a
document with empty bodies. Intervals are Wilson's, of 95 %.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import cast

from aifirst_cli.model_wiring.codec import CompilerCodec, map_symbols
from aifirst_codebase.tokens import get_counter
from aifirst_model.aiccl.codec import Resolution
from aifirst_model.aiccl.compress_by_model import closed_document
from aifirst_model.aiccl.expand_by_model import judge_expansion, mended
from aifirst_model.aiccl.grammar import document_grammar
from aifirst_model.aiccl.judge_answer import judge_answer
from aifirst_model.aiccl.prompt_format import chat_of, read_question
from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
from aifirst_model.dataset.folder import DatasetWriter, open_dataset
from aifirst_model.dataset.record import SPLITS, Conversation, Split, sample_id
from aifirst_model.evaluation.intervals import wilson_interval
from aifirst_model.export.export_gguf import export_gguf
from aifirst_model.open_model import open_model
from aifirst_model.request import Grammar, Options
from aifirst_model.settings import ModelSettings
from aifirst_model.text_model import TextModel
from aifirst_model.training.merge_adapter import merge_adapter
from aifirst_model.training.recipe_file import change_recipe
from aifirst_model.training.recipes import find_recipe
from aifirst_model.training.run_training import run_training

CODEC = CompilerCodec()
COUNT = get_counter("o200k_base").count
_MOST = 240
"""Tokens of question and answer together; the small checkpoint reads 1,024 of its own."""


def main() -> None:
    """Train, export, ask, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--base", type=Path, required=True)
    asked.add_argument("--pairs", type=Path, required=True)
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--steps", type=int, default=300)
    asked.add_argument("--questions", type=int, default=60)
    given = asked.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    data = _short_pairs(given.pairs, given.out / "data")
    trained = _trained(given.base, data, given.out, given.steps)
    questions = _questions(data, given.questions)
    rows: list[tuple[str, str, list[tuple[bool, bool, float]], float]] = []
    for name, checkpoint in (("base, not trained", given.base), ("trained", trained)):
        gguf = given.out / f"{checkpoint.name}-{name[:4]}.gguf"
        if not gguf.is_file():
            export_gguf(open_checkpoint(checkpoint), gguf, "F16")
        for way in ("free", "grammar"):
            start = time.monotonic()
            rows.append((name, way, asyncio.run(_answers(gguf, questions, way)), time.monotonic() - start))
    _print(rows, questions)


def _short_pairs(pairs: Path, out: Path) -> Path:
    """The pairs of Python that a small model can be asked, in the splits they have."""
    if (out / "dataset.json").is_file():
        return out
    dataset = open_dataset(pairs)
    with DatasetWriter(out) as writer:
        for split in SPLITS:
            most = 64 if split == "validation" else None  # a loss on them is worked out several times
            for sample in islice(_python(dataset.samples(split)), most):
                writer.write(split, sample)
        writer.finish()
    return out


def _python(samples: Iterator[object]) -> Iterator[Conversation]:
    for sample in samples:
        if (
            isinstance(sample, Conversation)
            and sample.about.language == "python"
            and sample.about.tokens <= _MOST
        ):
            yield sample


def _trained(base: Path, data: Path, out: Path, steps: int) -> Path:
    merged = out / "merged"
    if merged.is_dir():
        return merged
    changed = {
        "steps": steps, "warmup": 20, "learning_rate": 2e-3, "length": 640, "targets": ("all-linear",),
        "evaluate_every": max(50, steps // 4), "save_every": steps, "log_every": 20,
    }  # fmt: skip
    recipe = change_recipe(find_recipe("aiccl"), changed)
    checkpoint = open_checkpoint(base)
    start = time.process_time()
    outcome = run_training(
        recipe, checkpoint, data, out / "run", lambda progress: print(progress, flush=True)
    )
    print(f"trained: {time.process_time() - start:.0f} s of CPU here, {outcome}")
    return merge_adapter(out / "run" / "result", checkpoint, merged)


def _questions(data: Path, count: int) -> list[Conversation]:
    """So many of the test split and no more, the same every time, as many of each task and resolution as there are."""
    split: Split = "test"
    samples = [one for one in open_dataset(data).samples(split) if isinstance(one, Conversation)]
    samples.sort(key=sample_id)
    kinds: dict[tuple[str, str], list[Conversation]] = {}
    for sample in samples:
        kinds.setdefault((sample.about.task, sample.about.source), []).append(sample)
    each = max(1, count // max(1, len(kinds)))
    return [sample for kind in sorted(kinds) for sample in kinds[kind][:each]]


async def _answers(gguf: Path, questions: list[Conversation], way: str) -> list[tuple[bool, bool, float]]:
    """Of each question whether the answer can be read, whether it is right, and its score."""
    model = open_model(ModelSettings(backend="llama-cpp", model=str(gguf), context=2048, threads=1))
    try:
        return [await _answer(model, question, way) for question in questions]
    finally:
        await model.aclose()


async def _answer(model: TextModel, sample: Conversation, way: str) -> tuple[bool, bool, float]:
    question = sample.messages[0].content
    language, asked, _ = read_question(question)
    constraint = None
    if way == "grammar" and asked in ("exact", "medium", "low"):
        constraint = Grammar(document_grammar(language, asked, map_symbols(30) if asked == "exact" else ()))
    answer = await model.generate(chat_of(question), Options(max_tokens=256, constraint=constraint))
    text = answer.text
    if constraint is not None and not answer.is_whole:
        text = closed_document(text, cast("Resolution", asked), language)
    return _judged(question, text)


def _judged(question: str, answer: str) -> tuple[bool, bool, float]:
    verdict = judge_answer(question, answer, CODEC)
    return verdict.category != "format mismatch", verdict.passed, verdict.score


def _skeleton(question: str) -> str:
    """What can be written of a low or medium document without a model: its signatures, with empty bodies."""
    _, _, document = read_question(question)
    lines: list[str] = []
    for line in CODEC.read(document).expanded.split("\n")[1:]:
        if not line.startswith(" "):
            continue
        depth = len(line) - len(line.lstrip(" "))
        head, _, before = line.strip().partition("\t")[0].partition(" :")
        indent = "    " * (depth - 1)
        kind = "class" if "class" in before else "async def" if "async" in before else "def"
        lines += [f"{indent}@{word[1:]}" for word in before.split(" ") if word.startswith("@")]
        lines += [f"{indent}{kind} {re.sub('#[0-9]+', '', head)}:", f"{indent}    pass"]
    return "\n".join(lines) + "\n"


def _print(
    rows: list[tuple[str, str, list[tuple[bool, bool, float]], float]], questions: list[Conversation]
) -> None:
    kinds = sorted({(one.about.task, one.about.source) for one in questions})
    print("| task | resolution | questions | who | readable | right | interval of right | mean score |")
    print("|---|---|---:|---|---:|---:|---:|---:|")
    for task, source in kinds:
        places = [
            at for at, one in enumerate(questions) if (one.about.task, one.about.source) == (task, source)
        ]
        ways = ("free",) if task == "aiccl-expand" else ("free", "grammar")  # code is not held to a grammar
        told = [
            (f"{name}, {way}", [answers[at] for at in places])
            for name, way, answers, _ in rows
            if way in ways
        ]
        told.append(("without a model", [_baseline(questions[at]) for at in places]))
        for who, found in told:
            right = sum(one[1] for one in found)
            low, high = wilson_interval(right, len(found))
            print(
                f"| {task} | {source} | {len(found)} | {who} | {sum(one[0] for one in found)} | {right} | "
                f"{low:.1%} to {high:.1%} | {sum(one[2] for one in found) / len(found):.3f} |"
            )
    print(
        json.dumps({f"{name}, {way}": round(seconds / len(questions), 2) for name, way, _, seconds in rows})
    )


def _baseline(sample: Conversation) -> tuple[bool, bool, float]:
    """The codec, and for expanding what it does not hold the signatures with empty bodies."""
    question = sample.messages[0].content
    language, asked, text = read_question(question)
    if asked in ("exact", "medium", "low"):
        return _judged(question, CODEC.compress(text, language, asked, 30 if asked == "exact" else 0).text)
    document = CODEC.read(text)
    if document.resolution == "exact":
        return _judged(question, document.expanded)
    made = judge_expansion(document, mended(_skeleton(question), language, CODEC), language, CODEC)
    return made.proof != "nothing", made.proof == "same lines", max(0.0, made.score)


if __name__ == "__main__":
    main()
