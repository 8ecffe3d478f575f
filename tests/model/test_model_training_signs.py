"""When a training stops, and which of its checkpoints can be gone on with."""

from __future__ import annotations

from pathlib import Path

import pytest
from aifirst_model.training.convergence import read_signs
from aifirst_model.training.run_folder import Line, cut_log, hold_run, read_log
from aifirst_model.training.saved_steps import SEAL, drop_old, is_whole, newest_whole, saved_steps, seal_step
from aifirst_model.training.training_error import TrainingError
from hypothesis import given, settings
from hypothesis import strategies as st


def _evaluated(*losses: float) -> list[Line]:
    return [Line(step=10 * n, seconds=0, evaluation_loss=loss) for n, loss in enumerate(losses)]


def _norms(*norms: float) -> list[Line]:
    return [Line(step=n + 1, seconds=0, loss=1.0, gradient_norm=norm) for n, norm in enumerate(norms)]


def test_patience_counts_evaluations_without_a_gain() -> None:
    signs = read_signs(_evaluated(3.0, 2.5, 2.4995, 2.6, 2.4992), 0.001)
    assert (signs.best_step, signs.best_loss, signs.waited) == (40, 2.4992, 3)
    assert read_signs(_evaluated(3.0, 2.5, 2.4), 0.001).waited == 0
    assert read_signs([], 0.001).best_step == 0


def test_all_three_signs_have_to_be_there() -> None:
    flat, falling = (2.0, 1.5, 1.4999, 1.4998, 1.4999), (2.0, 1.5, 1.4, 1.3, 1.2)
    steady, wild = (1.0, 1.02, 0.99) * 4, (1.0, 3.0, 0.2) * 4
    assert read_signs(_evaluated(*flat) + _norms(*steady), 0.001).is_converged
    unsettled = read_signs(_evaluated(*flat) + _norms(*wild), 0.001)
    assert (unsettled.is_plateau, unsettled.is_perplexity_settled, unsettled.is_gradient_settled) == (
        True,
        True,
        False,
    )
    learning = read_signs(_evaluated(*falling) + _norms(*steady), 0.001)
    assert (learning.is_plateau, learning.is_perplexity_settled, learning.is_gradient_settled) == (
        False,
        False,
        True,
    )
    assert not read_signs(_evaluated(*flat[:3]) + _norms(*steady), 0.001).is_converged


@settings(derandomize=True, max_examples=60)
@given(st.lists(st.floats(0.1, 9), min_size=1, max_size=12), st.integers(0, 12))
def test_a_log_that_was_cut_and_written_again_is_judged_the_same(losses: list[float], at: int) -> None:
    log = _evaluated(*losses)
    assert read_signs([*log[:at], *log[at:]], 0.01) == read_signs(log, 0.01)
    signs = read_signs(log, 0.0)
    after = losses[1:]
    if after and min(after) < losses[0]:
        assert signs.best_loss == min(after)


def test_the_log_is_taken_back_to_the_step_that_is_resumed(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(b'{"step":1,"seconds":1,"loss":3}\n{"step":2,"seconds":2,"loss":2}\n{"step":3,"sec')
    assert [line.step for line in read_log(tmp_path)] == [1, 2]
    assert [line.step for line in cut_log(tmp_path, 1)] == [1]
    assert log.read_bytes().count(b"\n") == 1


def _write(folder: Path, step: int) -> Path:
    part = folder.parent / f"checkpoint-{step}"
    part.mkdir(parents=True)
    (part / "weights").write_bytes(bytes(range(200)))
    (part / "state.json").write_text(f'{{"step": {step}}}')
    return seal_step(part, folder, step)


@pytest.mark.parametrize("harm", ["cut", "changed", "missing", "unsealed"])
def test_a_checkpoint_that_is_not_whole_is_passed_over(harm: str, tmp_path: Path) -> None:
    folder = tmp_path / "run" / "checkpoints"
    first, second = _write(folder, 5), _write(folder, 10)
    assert newest_whole(folder) == (10, second)
    weights = second / "weights"
    if harm == "cut":
        weights.write_bytes(weights.read_bytes()[:-1])
    elif harm == "changed":
        weights.write_bytes(b"\1" + weights.read_bytes()[1:])
    elif harm == "missing":
        weights.unlink()
    else:
        (second / SEAL).unlink()
    assert not is_whole(second)
    assert newest_whole(folder) == (5, first)


def test_old_checkpoints_go_and_the_best_stays(tmp_path: Path) -> None:
    folder = tmp_path / "run" / "checkpoints"
    for step in (1, 2, 3, 4, 5):
        _write(folder, step)
    drop_old(folder, 2, best=2)
    assert list(saved_steps(folder)) == [2, 4, 5]
    assert newest_whole(tmp_path / "none") is None


def test_two_processes_never_work_on_one_run(tmp_path: Path) -> None:
    with hold_run(tmp_path), pytest.raises(TrainingError, match="another process trains"), hold_run(tmp_path):
        pass
    with hold_run(tmp_path):
        pass
