"""What happens beside the steps: the log, checkpoints that are sealed, stopping early, Ctrl-C, a loss that is no number.

Hugging Face's trainer calls back at its steps (https://huggingface.co/docs/transformers/main_classes/callback). Only the
first of several processes writes; whether to stop is agreed on by all.
"""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

from aifirst_model.heavy import heavy
from aifirst_model.training.convergence import read_signs
from aifirst_model.training.recipe import Recipe
from aifirst_model.training.run_folder import Ending, Line, Place
from aifirst_model.training.saved_steps import drop_old, newest_whole, seal_step
from aifirst_model.training.training_error import TrainingError


class Watch:
    """Called by the trainer; `ending` says in the end why it ended, "" where somebody interrupted it."""

    def __init__(
        self,
        place: Place,
        recipe: Recipe,
        log: list[Line],
        tell: Callable[[Line, int], None],
        *,
        has_validation: bool,
    ) -> None:
        """`log` is what was logged before, by a run that is resumed."""
        self.ending: Ending = ""
        self.is_interrupted = False
        self.log = log
        self._place, self._recipe, self._tell = place, recipe, tell
        self._has_validation = has_validation
        self._before = log[-1].seconds if log else 0.0
        self._tokens_before = self._tokens = log[-1].tokens if log else 0
        self._start = time.monotonic()
        self._parent = os.getppid()
        self._curves: Any = None

    @property
    def seconds(self) -> float:
        """Of training, with those before an interruption."""
        return self._before + time.monotonic() - self._start

    def interrupt(self, _: int = 0, __: FrameType | None = None) -> None:
        """Save and stop after the step that is running; a second time, at once."""
        if self.is_interrupted:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            raise KeyboardInterrupt
        self.is_interrupted = True

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Open the curves; what stands in them after the step that is resumed from is taken back."""
        self._start = time.monotonic()
        if state.is_world_process_zero:
            writer = heavy("torch.utils.tensorboard", "train").SummaryWriter
            self._curves = writer(str(self._place.folder / "tensorboard"), purge_step=state.global_step + 1)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Decide what follows the step."""
        if self._all_agree_to_stop(args):
            self.is_interrupted = True
            control.should_training_stop = control.should_save = True
        elif state.global_step >= state.max_steps:
            self.ending = "all steps"
            control.should_save = True
            control.should_evaluate = self._has_validation
        control.should_log = control.should_log or control.should_save or control.should_evaluate

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any], **_: Any) -> None:
        """Write a line. Raises `TrainingError` where the loss or the gradient is no number."""
        step = int(state.global_step)
        values = {
            "loss": logs.get("loss"), "learning_rate": logs.get("learning_rate"), "gradient_norm": logs.get("grad_norm"),
            "evaluation_loss": logs.get("eval_loss"),
        }  # fmt: skip
        if all(value is None for value in values.values()):
            return
        for name, value in values.items():
            if value is not None and not math.isfinite(value):
                self._stop_at(name, step)
        read = logs.get("num_tokens", logs.get("eval_num_tokens"))
        self._tokens = self._tokens if read is None else self._tokens_before + int(read)
        line = Line(step=step, seconds=round(self.seconds, 3), tokens=self._tokens, **values)
        self.log.append(line)
        if state.is_world_process_zero:
            with self._place.log.open("ab") as stream:
                stream.write(msgspec.json.encode(line) + b"\n")
            for name, value in values.items():
                if value is not None and self._curves is not None:
                    self._curves.add_scalar(name, value, step)
            self._tell(line, int(state.max_steps))

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Stop where it does not get better, or has settled."""
        if self.ending or self.is_interrupted or not state.global_step:
            return
        signs = read_signs(self.log, self._recipe.min_delta)
        if self._recipe.patience and signs.waited >= self._recipe.patience:
            self.ending = "patience"
        elif self._recipe.stop_when_converged and signs.is_converged:
            self.ending = "converged"
        if self.ending:
            control.should_training_stop = control.should_save = True

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Seal what the trainer has written, and drop old checkpoints."""
        _meet(args)
        if state.is_world_process_zero:
            written = Path(args.output_dir) / f"checkpoint-{state.global_step}"
            seal_step(written, self._place.checkpoints, int(state.global_step))
            best = read_signs(self.log, self._recipe.min_delta).best_step
            drop_old(self._place.checkpoints, self._recipe.keep, best)
            if self._curves is not None:
                self._curves.flush()

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Close the curves."""
        if self._curves is not None:
            self._curves.close()

    def _all_agree_to_stop(self, args: Any) -> bool:
        is_orphan = os.getppid() != self._parent
        wanted = self.is_interrupted or is_orphan
        if args.world_size == 1:
            return wanted
        torch = heavy("torch", "train")
        flag = torch.tensor([int(wanted)], device=args.device)
        torch.distributed.all_reduce(flag, torch.distributed.ReduceOp.MAX)
        return bool(flag.item())

    def _stop_at(self, name: str, step: int) -> None:
        saved = newest_whole(self._place.checkpoints)
        good = f"the checkpoint of step {saved[0]} is good" if saved else "no checkpoint was saved before"
        what = {"loss": "loss", "gradient_norm": "gradient", "evaluation_loss": "validation loss"}.get(
            name, name
        )
        raise TrainingError(
            f"the {what} is no number any more at step {step} ({good})",
            f"train anew with a lower learning_rate (it was {self._recipe.learning_rate:g}) or more warmup",
        )


def _meet(args: Any) -> None:
    """Wait until every process is here."""
    if args.world_size > 1:
        heavy("torch", "train").distributed.barrier()


_EVENTS = ("on_train_begin", "on_step_end", "on_log", "on_evaluate", "on_save", "on_train_end")


def as_callback(watch: Watch) -> Any:
    """The watch as the trainer's library wants it: an object of its own class."""
    parent = heavy("transformers", "train").TrainerCallback
    return type("WatchCallback", (parent,), {name: staticmethod(getattr(watch, name)) for name in _EVENTS})()
