"""A run: every recipe learns, a killed one goes on as if nothing had been, and several processes are as one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="PyTorch is missing: pip install 'aifirst[train]'")

from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
from aifirst_model.errors import CheckpointError
from aifirst_model.heavy import heavy
from aifirst_model.training.merge_adapter import find_base, merge_adapter
from aifirst_model.training.recipe import Recipe
from aifirst_model.training.recipe_file import show_recipe
from aifirst_model.training.run_folder import Place, read_log, read_run
from aifirst_model.training.run_training import resume_training
from aifirst_model.training.saved_steps import newest_whole, saved_steps
from aifirst_model.training.training_error import TrainingError
from training_material import curve, limited_files, quick, train, write_dataset

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("one_thread")]


@pytest.fixture(scope="module")
def undisturbed(tiny_qwen2: Path, training_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("undisturbed") / "run"
    heavy("torch", "train").set_num_threads(1)
    train(_long(), tiny_qwen2, training_data, run)
    return run


def _long() -> Recipe:
    """So many steps that a signal comes in time on a busy machine too."""
    return quick("coder_lora", steps=24, evaluate_every=8, save_every=3)


def _start(recipe: Path, base: Path, data: Path, run: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "aifirst_cli", "model", "train", str(recipe), "--base", str(base)]
    command += ["--data", str(data), "-o", str(run), "--yes"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def _end_after(process: subprocess.Popen[bytes], run: Path, step: int, number: int) -> int:
    """Send the signal once that step is in the log; the exit status."""
    end = time.monotonic() + 240
    while not any(line.step >= step for line in read_log(run)):
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        assert time.monotonic() < end
        time.sleep(0.01)
    process.send_signal(number)
    process.communicate()
    return process.returncode


def test_a_run_that_was_killed_goes_on_with_the_same_curve(
    tiny_qwen2: Path, training_data: Path, undisturbed: Path, tmp_path: Path
) -> None:
    recipe = tmp_path / "coder_lora.yaml"
    recipe.write_text(show_recipe(_long()))
    run = tmp_path / "run"
    assert (
        _end_after(_start(recipe, tiny_qwen2, training_data, run), run, 4, signal.SIGKILL) == -signal.SIGKILL
    )
    assert read_run(run).state == "running"
    saved = newest_whole(Place(run).checkpoints)
    assert saved is not None
    assert 3 <= saved[0] < 23

    half = Place(run).checkpoints / "step-23"  # as it would look if it had got its name before it was whole
    shutil.copytree(saved[1], half)
    weights = half / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    assert newest_whole(Place(run).checkpoints) == saved

    outcome = resume_training(run, lambda _: None)
    assert outcome.state == "done"
    assert curve(run) == curve(undisturbed)
    ours, theirs = ((one / "result" / "adapter_model.safetensors").read_bytes() for one in (run, undisturbed))
    assert ours == theirs


def test_ctrl_c_saves_and_the_run_goes_on_with_the_same_curve(
    tiny_qwen2: Path, training_data: Path, undisturbed: Path, tmp_path: Path
) -> None:
    recipe = tmp_path / "coder_lora.yaml"
    recipe.write_text(show_recipe(_long()))
    run = tmp_path / "run"
    assert _end_after(_start(recipe, tiny_qwen2, training_data, run), run, 4, signal.SIGINT) == 130
    assert read_run(run).state == "interrupted"
    stopped = read_log(run)[-1].step
    assert max(saved_steps(Place(run).checkpoints)) == stopped < 24
    with pytest.raises(TrainingError, match="is a run already"):
        train(_long(), tiny_qwen2, training_data, run)
    resume_training(run, lambda _: None)
    assert curve(run) == curve(undisturbed)


def test_two_processes_with_the_same_batch_have_the_curve_of_one(
    tiny_qwen2: Path, training_data: Path, tmp_path: Path
) -> None:
    recipe = quick("coder_lora", dropout=0.0, steps=5)
    train(recipe, tiny_qwen2, training_data, tmp_path / "one")
    outcome = train(recipe, tiny_qwen2, training_data, tmp_path / "two", processes=2)
    assert outcome.figures.processes == 2
    told = {path.name for path in (tmp_path / "two" / "unfinished").glob("process-*.log")}
    assert told == {"process-0.log", "process-1.log"}
    one, two = curve(tmp_path / "one"), curve(tmp_path / "two")
    assert [row[0] for row in one] == [row[0] for row in two]
    for ours, theirs in zip(one, two, strict=True):
        for a, b in zip(ours[1:], theirs[1:], strict=True):
            assert (a is None) == (b is None)
            assert a is None or b is None or a == pytest.approx(b, abs=2e-5)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("qlora_base", {"steps": 4}), ("continued", {"steps": 6}), ("aiccl", {"tasks": []}),
        ("combined", {"evaluate_every": 2}), ("dpo", {"steps": 5, "at_once": 2, "learning_rate": 1e-3}),
    ],
)  # fmt: skip
def test_every_recipe_lowers_the_loss_on_what_it_has_not_seen(
    name: str, changes: dict[str, object], tiny_qwen2: Path, training_data: Path, tmp_path: Path
) -> None:
    given = write_dataset(tmp_path / "pairs", "preference") if name == "dpo" else training_data
    outcome = train(quick(name, **changes), tiny_qwen2, given, tmp_path / "run")
    figures = outcome.figures
    assert (outcome.state, figures.ending) == ("done", "all steps")
    assert figures.loss_before is not None
    assert figures.loss_after is not None
    assert figures.loss_after < figures.loss_before
    card = (tmp_path / "run" / "result" / "README.md").read_text()
    assert f"{figures.loss_after:.4f} after" in card
    assert "PSF-2.0" in card
    assert list((tmp_path / "run" / "tensorboard").iterdir())
    if name == "continued":
        assert open_checkpoint(tmp_path / "run" / "result").adapter_of is None


def test_a_distillation_comes_nearer_to_its_teacher_than_learning_its_answers_does(
    tiny_qwen2: Path, training_data: Path, tmp_path: Path
) -> None:
    teacher = tmp_path / "teacher"
    strong = quick("continued", steps=6)
    taught = train(strong, tiny_qwen2, training_data, tmp_path / "teach").result
    assert taught is not None
    shutil.copytree(taught, teacher)
    distances: dict[str, float] = {}
    for name, share in (("alone", 0.0), ("taught", 1.0)):
        recipe = quick("distill", teacher=str(teacher), teacher_share=share, steps=5, evaluate_every=0)
        result = train(recipe, tiny_qwen2, training_data, tmp_path / name).result
        assert result is not None
        distances[name] = _distance(
            merge_adapter(result, find_base(result), tmp_path / f"{name}-model"), teacher
        )
    assert distances["taught"] < distances["alone"]


def _distance(folder: Path, teacher: Path) -> float:
    torch, transformers = heavy("torch", "train"), heavy("transformers", "train")
    tokenizer = transformers.AutoTokenizer.from_pretrained(teacher)
    ids = tokenizer("def read(self, name):\n    return self.names[name]\n", return_tensors="pt").input_ids
    logs: list[Any] = []
    for one in (folder, teacher):
        model = transformers.AutoModelForCausalLM.from_pretrained(one).eval()
        with torch.no_grad():
            logs.append(torch.log_softmax(model(input_ids=ids).logits, -1))
    return float(torch.nn.functional.kl_div(logs[0], logs[1], reduction="batchmean", log_target=True))


def test_a_merged_model_says_what_base_and_adapter_said_new_tokens_included(
    tiny_qwen2: Path, training_data: Path, tmp_path: Path
) -> None:
    torch, transformers = heavy("torch", "train"), heavy("transformers", "train")
    new = [f"<new:{number}>" for number in range(40)]  # more than the embedding has spare rows
    outcome = train(
        quick("coder_lora", special_tokens=new, steps=4), tiny_qwen2, training_data, tmp_path / "run"
    )
    assert outcome.result is not None
    with (
        limited_files(500_000),
        pytest.raises(TrainingError, match=r"disk is full.*make room, then merge again"),
    ):
        merge_adapter(outcome.result, find_base(outcome.result), tmp_path / "merged")
    assert not list(tmp_path.glob("merged*"))
    merged = merge_adapter(outcome.result, find_base(outcome.result), tmp_path / "merged")
    checkpoint = open_checkpoint(merged)
    tokenizer = transformers.AutoTokenizer.from_pretrained(merged)
    assert checkpoint.vocabulary == len(tokenizer) > open_checkpoint(tiny_qwen2).vocabulary
    ids = tokenizer("def f(x):\n    return x <new:7>", return_tensors="pt").input_ids
    assert ids[0, -1] == tokenizer.convert_tokens_to_ids("<new:7>")
    base = transformers.AutoModelForCausalLM.from_pretrained(tiny_qwen2)
    base.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    adapted = heavy("peft", "train").PeftModel.from_pretrained(base, outcome.result).eval()
    whole = transformers.AutoModelForCausalLM.from_pretrained(merged).eval()
    with torch.no_grad():
        torch.testing.assert_close(
            adapted(input_ids=ids).logits, whole(input_ids=ids).logits, atol=1e-4, rtol=1e-4
        )
    assert "merged into" in (merged / "README.md").read_text()


def test_a_loss_that_is_no_number_ends_the_run_and_says_what_to_do(
    tiny_qwen2: Path, training_data: Path, tmp_path: Path
) -> None:
    recipe = quick("continued", learning_rate=1.0, clip=0.0, steps=30, evaluate_every=0, save_every=30)
    broken = tmp_path / "base"
    shutil.copytree(tiny_qwen2, broken)
    safetensors = heavy("safetensors.torch", "train")
    weights = safetensors.load_file(broken / "model.safetensors")
    weights["model.norm.weight"][0] = float("nan")
    safetensors.save_file(weights, broken / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(TrainingError, match=r"no number any more at step \d.*lower learning_rate"):
        train(recipe, broken, training_data, tmp_path / "run")
    assert read_run(tmp_path / "run").state == "failed"
    assert not saved_steps(Place(tmp_path / "run").checkpoints)


def test_a_run_is_not_gone_on_with_on_other_data(
    tiny_qwen2: Path, training_data: Path, undisturbed: Path, tmp_path: Path
) -> None:
    run, moved = tmp_path / "run", tmp_path / "data"
    shutil.copytree(undisturbed, run)
    write_dataset(moved, count=59)
    record = json.loads((run / "run.json").read_text())
    record["state"] = "interrupted"
    record["data"]["path"] = str(moved)
    (run / "run.json").write_text(json.dumps(record))
    with pytest.raises(TrainingError, match="has changed since this run began: put it back"):
        resume_training(run, lambda _: None)
    with pytest.raises(TrainingError, match="is done"):
        resume_training(undisturbed, lambda _: None)


def test_what_cannot_be_trained_is_told_and_leaves_the_place_free(
    tiny_qwen2: Path, training_data: Path, undisturbed: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    for base, recipe, told in (
        (undisturbed / "result", quick("coder_lora"), "is an adapter: merge it first"),
        (tiny_qwen2, quick("dpo"), "the method dpo takes preferences"),
        (tiny_qwen2, quick("coder_lora", batch=64), "fewer than a batch of 64: set batch lower"),
        (
            tiny_qwen2,
            quick("coder_lora", targets=["c_attn"]),
            "no layers called c_attn: set targets to some of down_proj",
        ),
    ):
        with pytest.raises(TrainingError, match=told):
            train(recipe, base, training_data, out)
        assert not out.exists()
    with pytest.raises(TrainingError, match="cannot share a batch of 4 evenly"):
        train(quick("coder_lora"), tiny_qwen2, training_data, tmp_path / "other", processes=3)
    with pytest.raises(TrainingError, match="is no adapter"):
        find_base(tiny_qwen2)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("num_hidden_layers", 500, "cannot be loaded"),
        ("rms_norm_eps", "a", "cannot be loaded"),
        ("layer_types", None, "lacks 12 of the model's tensors"),
    ],
)
def test_a_base_whose_settings_its_weights_contradict_is_told(
    tiny_qwen2: Path, training_data: Path, tmp_path: Path, key: str, value: object, told: str
) -> None:
    base = tmp_path / "base"
    shutil.copytree(tiny_qwen2, base)
    config = json.loads((base / "config.json").read_text())
    config |= {key: value} if value else {key: ["full_attention"] * 3, "num_hidden_layers": 3}
    (base / "config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match=told):
        train(quick("coder_lora"), base, training_data, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_full_disk_is_told_with_the_next_step(
    tiny_qwen2: Path, training_data: Path, tmp_path: Path
) -> None:
    with limited_files(200_000), pytest.raises(TrainingError, match=r"disk is full.*make room and resume"):
        train(quick("continued", steps=2), tiny_qwen2, training_data, tmp_path / "run")  # tables fit in
    assert not saved_steps(Place(tmp_path / "run").checkpoints)
    assert not Place(tmp_path / "run").result.exists()
    assert resume_training(tmp_path / "run", lambda _: None).state == "done"
