"""From a project to ghost text in the editor, by the commands that a user types; each step's output is read again.

Data, training, merge, GGUF, packing, serving, completing in the editor (a real language server and client over pipes),
evaluating. What a step leaves is compared with a reading that shares no code with it: the project's own text, peft,
PyTorch, transformers' greedy answer.
"""

from __future__ import annotations

import importlib.util
import json
import math
import os
import random
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from aifirst_model.heavy import heavy

torch: Any = pytest.importorskip("torch", reason="PyTorch is missing: pip install 'aifirst[train]'")
pytest.importorskip("xllamacpp", reason="xllamacpp is missing: pip install 'aifirst[local]'")
pytestmark = pytest.mark.filterwarnings("ignore")

PATIENCE = 500.0
STEPS = 40
TIE = 0.05
"""Nats between the two likeliest tokens, under which rounding may choose either."""
WORDS = (
    "order", "price", "stock", "user", "label", "route", "ticket", "batch", "record", "event", "region", "branch",
    "sensor", "module", "packet", "signal", "folder", "camera", "bucket", "invoice",
)  # fmt: skip
OPEN = (
    '"""Reads every order of a user."""\n\nfrom tables import load_table\n\n\ndef read_order_user_3(path):\n'
    '    """The order 3 times."""\n    user_order = label_9(path, 77)\n    table = load_\n    return table.rows\n'
)
CURSOR = (8, 17)


def aifirst(*arguments: object) -> str:
    """A command as a user types it; what it printed."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "aifirst_cli", *map(str, arguments)], capture_output=True, text=True, check=False,
        timeout=PATIENCE, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def write_project(root: Path) -> Path:
    """Forty files that a small model can learn something of: in each function two lines are always the same."""
    draw = random.Random(8)  # noqa: S311  the same project each time, no secret
    root.mkdir()
    for number in range(40):
        first, second = WORDS[number % 20], WORDS[(number * 7 + 3) % 20]
        text = f'"""Reads every {first} of a {second}."""\n\nfrom tables import load_table\n\n'
        for _ in range(4):
            third, count = draw.choice(WORDS), draw.randrange(2, 90)
            text += f'\ndef read_{first}_{third}_{count}(path):\n    """The {third} {count} times."""\n'
            for _ in range(draw.randrange(1, 4)):
                call = f"{draw.choice(WORDS)}_{draw.randrange(99)}(path, {draw.randrange(999)})"
                text += f"    {draw.choice(WORDS)}_{draw.choice(WORDS)} = {call}\n"
            text += "    table = load_table(path, columns=COLUMNS)\n    return table.rows\n\n"
        (root / f"{first}_{second}_{number}.py").write_text(text)
    return root


class Made:
    """The folder with what every command left."""

    def __init__(self, folder: Path, base: Path) -> None:
        self.folder, self.base = folder, base
        self.project = write_project(folder / "project")
        self.printed: dict[str, str] = {}

    def run(self) -> None:
        """All steps before serving."""
        at = self.folder
        said = self.printed
        said["data"] = aifirst(
            "model",
            "dataset",
            "make",
            self.project,
            "--own",
            "--tasks",
            "fill,code",
            "--by",
            "file",
            "-o",
            at / "data",
        )
        said["train"] = aifirst(
            "model", "train", "coder_lora", "--base", self.base, "--data", at / "data", "-o", at / "run",
            "--steps", STEPS, "--length", 160, "--batch", 4, "--learning-rate", 0.01, "--targets", "all-linear",
            "--suffix-first", 0, "--dropout", 0,
        )  # fmt: skip
        said["merge"] = aifirst("model", "merge", at / "run" / "result", "-o", at / "merged")
        said["export"] = aifirst(
            "model", "export", at / "merged", "--kind", "F16", "-o", at / "out", "--compare", self.project,
            "--threads", 1,
        )  # fmt: skip
        said["quantize"] = aifirst("model", "quantize", self.gguf, "--kind", "Q4_K_M")

    @property
    def gguf(self) -> Path:
        return self.folder / "out" / "merged.F16.gguf"

    def samples(self, split: str) -> list[dict[str, Any]]:
        lines = (self.folder / "data" / f"{split}.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def made(tiny_qwen2: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    found = Made(tmp_path_factory.mktemp("path"), tiny_qwen2)
    found.run()
    return found


@contextmanager
def serving(path: Path) -> Generator[str]:
    """The address of `aifirst model serve`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "aifirst_cli", "model", "serve", str(path), "--port", "0", "--threads", "1"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0


def transformers_model(folder: Path) -> tuple[Any, Any]:
    transformers = heavy("transformers", "train")
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, local_files_only=True
    )
    return model.eval(), transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)


def greedy(model: Any, ids: list[int], count: int) -> tuple[list[int], list[float]]:
    """The likeliest tokens one after the other, and by how many nats each led."""
    found: list[int] = []
    leads: list[float] = []
    with torch.inference_mode():
        for _ in range(count):
            best = model(input_ids=torch.tensor([ids + found]), use_cache=False).logits[0, -1].topk(2)
            found.append(int(best.indices[0]))
            leads.append(float(best.values[0] - best.values[1]))
    return found, leads


def editor_session() -> Any:
    """The client of the language server's own tests."""
    path = Path(__file__).parent.parent / "lsp" / "lsp_session.py"
    told = importlib.util.spec_from_file_location("lsp_session", path)
    assert told is not None
    assert told.loader is not None
    module = importlib.util.module_from_spec(told)
    sys.modules.setdefault("lsp_session", module)
    told.loader.exec_module(module)
    return module.Session


def test_the_data_is_the_project_s_own_text_and_no_file_is_in_two_splits(made: Made) -> None:
    paths: dict[str, set[str]] = {}
    for split in ("train", "validation", "test"):
        samples = made.samples(split)
        paths[split] = {one["about"]["path"] for one in samples}
        for one in samples:
            text = (made.project / one["about"]["path"]).read_text("utf-8")
            wanted = one["text"] if one["kind"] == "text" else one["before"] + one["middle"] + one["after"]
            assert wanted.strip() in text
    assert all(paths.values())
    assert not paths["train"] & (paths["validation"] | paths["test"])
    assert {one["kind"] for one in made.samples("train")} == {"text", "infill"}


def test_the_training_learned_and_its_loss_is_what_pytorch_computes(made: Made) -> None:
    """The mean over the validation samples' learned tokens, by peft and PyTorch alone."""
    run = json.loads((made.folder / "run" / "run.json").read_text("utf-8"))
    figures = run["figures"]
    assert (run["state"], figures["step"]) == ("done", STEPS)
    assert figures["loss_after"] < figures["loss_before"] - 0.5
    model, tokenizer = transformers_model(made.base)
    adapted = heavy("peft", "train").PeftModel.from_pretrained(model, made.folder / "run" / "result").eval()
    lost, count = 0.0, 0
    end = tokenizer.convert_tokens_to_ids("<|endoftext|>")
    for one in made.samples("validation"):
        if one["kind"] == "text":
            ids = [*tokenizer(one["text"])["input_ids"], end]
            parts = [(ids[at : at + 160], 0) for at in range(0, len(ids), 160)]
        else:
            middle = [*tokenizer(one["middle"])["input_ids"], end]
            before, after = (tokenizer(one[part])["input_ids"] for part in ("before", "after"))
            if len(before) + len(after) + len(middle) + 3 > 160:
                space = max(0, 160 - len(middle) - 3)
                kept = min(len(after), max(space // 2, space - len(before)))
                before, after = before[len(before) - min(len(before), space - kept) :], after[:kept]
            pre, suf, mid = (
                tokenizer.convert_tokens_to_ids(f"<|fim_{name}|>") for name in ("prefix", "suffix", "middle")
            )
            start = [pre, *before, suf, *after, mid]
            parts = [([*start, *middle], len(start))]
        for ids, first in parts:
            if len(ids) < 2 or len(ids) > 160:
                continue
            with torch.inference_mode():
                logits = torch.log_softmax(adapted(input_ids=torch.tensor([ids])).logits[0, :-1], -1)
            chances = logits[torch.arange(len(ids) - 1), torch.tensor(ids[1:])][max(first - 1, 0) :]
            lost -= float(chances.sum())
            count += len(chances)
    assert lost / count == pytest.approx(figures["loss_after"], rel=0.02), figures


def test_the_merged_model_says_what_base_and_adapter_say(made: Made) -> None:
    model, tokenizer = transformers_model(made.base)
    adapted = heavy("peft", "train").PeftModel.from_pretrained(model, made.folder / "run" / "result").eval()
    merged, _ = transformers_model(made.folder / "merged")
    ids = torch.tensor([tokenizer(OPEN)["input_ids"]])
    with torch.inference_mode():
        assert torch.allclose(adapted(input_ids=ids).logits, merged(input_ids=ids).logits, atol=1e-3)
        with adapted.disable_adapter():
            assert not torch.allclose(adapted(input_ids=ids).logits, merged(input_ids=ids).logits, atol=0.5)


def test_the_files_agree_with_the_merged_model_and_the_report_says_so(made: Made) -> None:
    """The perplexity that the report gives the original is PyTorch's."""
    report = json.loads((made.folder / "out" / "export.json").read_text("utf-8"))
    [told] = report["files"]
    assert told["agreement"]["top1"] > 0.99
    assert told["agreement"]["same_tokens"] == 1.0
    assert told["bytes"] == made.gguf.stat().st_size
    model, tokenizer = transformers_model(made.folder / "merged")
    lost, count = 0.0, 0
    for path in sorted(made.project.iterdir()):
        ids = tokenizer(path.read_text("utf-8"))["input_ids"]
        for start in range(0, len(ids), 512):
            part = torch.tensor([ids[start : start + 512]])
            if part.shape[1] > 1:
                with torch.inference_mode():
                    lost += float(model(input_ids=part, labels=part).loss) * (part.shape[1] - 1)
                count += part.shape[1] - 1
    assert count == told["agreement"]["places"]
    assert told["agreement"]["perplexity_original"] == pytest.approx(math.exp(lost / count), rel=1e-3)
    assert (made.folder / "out" / "merged.Q4_K_M.gguf").stat().st_size < 0.4 * made.gguf.stat().st_size


def test_the_editor_offers_what_transformers_writes_greedily(made: Made, tmp_path: Path) -> None:
    """Served, asked by the language server as an editor would ask it, and compared with the checkpoint itself."""
    model, tokenizer = transformers_model(made.folder / "merged")
    at = OPEN.index("load_\n") + len("load_")
    ids = tokenizer(f"<|fim_prefix|>{OPEN[:at]}<|fim_suffix|>{OPEN[at:]}<|fim_middle|>")["input_ids"]
    with serving(made.gguf) as address:
        body = {
            "prompt": ids,
            "n_predict": 24,
            "temperature": 0,
            "return_tokens": True,
            "cache_prompt": False,
        }
        asked = Request(  # noqa: S310  a server of this test
            address.removesuffix("/v1") + "/completion",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urlopen(asked, timeout=60) as answer:  # noqa: S310  the same
            served: list[int] = json.load(answer)["tokens"]
        with editor_session()() as session:
            settings = {"inlineCompletion": {"model": "merged", "endpoint": address, "timeout": 60},
                        "index": {"automatic": False}}  # fmt: skip
            session.initialize([tmp_path], options={"settings": settings})
            uri = (tmp_path / "a.py").as_uri()
            session.open(uri, OPEN, "python")
            session.pull(uri)
            told = session.request("textDocument/inlineCompletion", {
                "textDocument": {"uri": uri}, "position": {"line": CURSOR[0], "character": CURSOR[1]},
                "context": {"triggerKind": 1},
            })  # fmt: skip
    wanted, leads = greedy(model, ids, len(served))
    other = next(
        (place for place, pair in enumerate(zip(served, wanted, strict=True)) if pair[0] != pair[1]),
        len(served),
    )
    assert other == len(served) or leads[other] < TIE, (served, wanted)
    [item] = told["items"]
    same = tokenizer.decode(wanted[:other])
    assert item["insertText"].strip()
    length = min(len(item["insertText"]), len(same))
    assert item["insertText"][:length] == same[:length]


def test_the_evaluation_says_what_pytorch_says_and_that_the_training_helped(made: Made) -> None:
    """Perplexity of a file that was held out, before and after."""
    held = made.project / made.samples("test")[0]["about"]["path"]
    found: dict[str, float] = {}
    for name, folder in (("base", made.base), ("merged", made.folder / "merged")):
        said = aifirst(
            "model", "eval", "perplexity", held, "--backend", "transformers", "--model", folder, "--threads", 1,
            "-f", "json",
        )  # fmt: skip
        found[name] = json.loads(said)["metrics"]["perplexity"]["value"]
        model, tokenizer = transformers_model(folder)
        ids = torch.tensor([tokenizer(held.read_text("utf-8"))["input_ids"]])
        with torch.inference_mode():
            wanted = math.exp(float(model(input_ids=ids, labels=ids).loss))
        assert found[name] == pytest.approx(wanted, rel=0.02)
    assert found["merged"] < 0.7 * found["base"]
