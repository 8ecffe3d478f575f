"""Weights divided between two processes: half each, the curve and the result of one, and an end that can be resumed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="PyTorch is missing: pip install 'aifirst[train]'")

from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
from aifirst_model.heavy import heavy
from aifirst_model.training import launch
from aifirst_model.training.recipe import Recipe
from aifirst_model.training.run_folder import Figures, Place, read_run
from aifirst_model.training.run_training import Progress, resume_training, run_training
from aifirst_model.training.saved_steps import newest_whole
from aifirst_model.training.training_error import TrainingError
from training_material import curve, quick, train

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("one_thread")]
STEPS = 16
TOLERANCE = 2e-5
"""Of losses, absolutely, and of weights; gradient norms have five times as much, relatively, as a long sum loses more."""


def _steps(name: str) -> Recipe:
    return quick(name, dropout=0.0, steps=STEPS, evaluate_every=8, save_every=3)


def _once_at(step: int, do: Callable[[], None]) -> Callable[[Progress], None]:
    """A report that does something when it hears of that step."""
    done: list[int] = []

    def report(progress: Progress) -> None:
        if progress.step >= step and not done:
            done.append(progress.step)
            do()

    return report


def _kill_the_second() -> None:
    mine = Path(f"/proc/{os.getpid()}/task")
    for child in " ".join(path.read_text() for path in mine.glob("*/children")).split():
        try:
            environment = Path(f"/proc/{child}/environ").read_bytes()
        except OSError:  # a child of another test that has ended and was not collected yet
            continue
        if b"RANK=1" in environment.split(b"\0"):
            os.kill(int(child), signal.SIGKILL)


def _interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def _assert_same_curve(one: Path, other: Path) -> None:
    left, right = curve(one), curve(other)
    assert [row[0] for row in left] == [row[0] for row in right]
    for ours, theirs in zip(left, right, strict=True):
        for at, tolerance in ((1, TOLERANCE), (2, 5 * TOLERANCE * (theirs[2] or 0.0)), (3, TOLERANCE)):
            a, b = ours[at], theirs[at]
            assert (a is None) == (b is None)
            assert a is None or b is None or abs(a - b) <= tolerance, (ours, theirs)


def _assert_same_weights(one: Path, other: Path) -> None:
    """In the files, by name: what the one process wrote and what the several did."""
    left, right = (heavy("safetensors.torch", "train").load_file(path) for path in (one, other))
    assert {name: (part.shape, part.dtype) for name, part in left.items()} == {
        name: (part.shape, part.dtype) for name, part in right.items()
    }
    for name, part in left.items():
        assert float((part - right[name]).abs().max()) < 10 * TOLERANCE, name


def _assert_same_answers(models: list[Any]) -> None:
    torch = heavy("torch", "train")
    with torch.no_grad():
        ours, theirs = (model.eval()(input_ids=torch.arange(40)[None]).logits for model in models)
    torch.testing.assert_close(ours, theirs, atol=1e-3, rtol=1e-3)


def _assert_halved(figures: Figures) -> None:
    assert figures.processes == 2
    assert 0.49 < figures.held_parameters / figures.parameters < 0.51


def test_a_model_in_halves_is_interrupted_and_its_checkpoint_is_whole_so_that_one_process_goes_on_with_it(
    tiny_qwen2: Path, training_data: Path, tmp_path: Path
) -> None:
    recipe, base = _steps("continued"), open_checkpoint(tiny_qwen2)
    train(recipe, tiny_qwen2, training_data, tmp_path / "one")
    run = tmp_path / "two"
    stopped = run_training(recipe, base, training_data, run, _once_at(4, _interrupt), processes=2, shard=True)
    assert (stopped.state, stopped.result) == ("interrupted", None)
    _assert_halved(stopped.figures)
    assert stopped.figures.parameters == stopped.figures.trained_parameters == base.parameters
    saved = newest_whole(Place(run).checkpoints)
    assert saved is not None
    assert 4 <= saved[0] == stopped.figures.step < STEPS
    kind = heavy("transformers", "train").AutoModelForCausalLM
    _, loading = kind.from_pretrained(saved[1], output_loading_info=True)
    assert not any(loading.values())

    resume_training(run, lambda _: None, processes=1)
    _assert_same_curve(tmp_path / "one", run)
    results = [folder / "result" for folder in (tmp_path / "one", run)]
    _assert_same_weights(*(folder / "model.safetensors" for folder in results))
    _assert_same_answers([kind.from_pretrained(folder) for folder in results])


def test_an_adapter_on_a_base_in_halves_outlives_the_death_of_a_process_and_is_what_one_process_makes(
    tiny_qwen2: Path, training_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "GRACE", 1.0)
    recipe, base = _steps("coder_lora"), open_checkpoint(tiny_qwen2)
    train(recipe, tiny_qwen2, training_data, tmp_path / "one")
    run = tmp_path / "two"
    with pytest.raises(
        TrainingError, match=r"process 1 of the training ended \(signal SIGKILL\).*can be resumed"
    ):
        run_training(recipe, base, training_data, run, _once_at(4, _kill_the_second), processes=2, shard=True)
    assert read_run(run).state == "failed"
    saved = newest_whole(Place(run).checkpoints)
    assert saved is not None
    assert 3 <= saved[0] < STEPS

    _assert_halved(resume_training(run, lambda _: None).figures)
    _assert_same_curve(tmp_path / "one", run)
    results = [folder / "result" for folder in (tmp_path / "one", run)]
    _assert_same_weights(*(folder / "adapter_model.safetensors" for folder in results))
    kind, peft = heavy("transformers", "train").AutoModelForCausalLM, heavy("peft", "train").PeftModel
    _assert_same_answers([peft.from_pretrained(kind.from_pretrained(tiny_qwen2), one) for one in results])


@pytest.mark.parametrize(
    ("changes", "processes", "told"),
    [
        ({}, 1, "nobody to divide the weights with: give --processes 2 or more"),
        ({"quantize_base": True}, 2, "weights in 4 bits cannot be divided: leave --shard out"),
    ],
)
def test_what_cannot_be_divided_is_told_and_leaves_the_place_free(
    changes: dict[str, object],
    processes: int,
    told: str,
    tiny_qwen2: Path,
    training_data: Path,
    tmp_path: Path,
) -> None:
    with pytest.raises(TrainingError, match=told):
        train(
            quick("coder_lora", **changes),
            tiny_qwen2,
            training_data,
            tmp_path / "run",
            processes=processes,
            shard=True,
        )
    assert not (tmp_path / "run").exists()


def test_a_process_that_has_written_all_ends_whatever_its_libraries_still_do() -> None:
    program = (
        "import threading, time\nfrom aifirst_model.training.worker import _leave\n"
        "threading.Thread(target=time.sleep, args=(600,)).start()\nprint('all is written')\n_leave(3)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.returncode, done.stdout) == (3, "all is written\n"), done.stderr
