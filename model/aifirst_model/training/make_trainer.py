"""TRL's trainer for a recipe's method, given tables of tokens that are ready.

`batch` is that of a step over all processes: each takes its share, in one go or in several, so that the same recipe has
the same curve on one machine and on many. Where new tokens are trained, or a teacher's probabilities learned, the loss
is worked out here from all logits; TRL's own reads the output layer's weight past what an adapter adds to it.
"""

from __future__ import annotations

from typing import Any

from aifirst_model.heavy import heavy
from aifirst_model.training.load_base import computing_type
from aifirst_model.training.recipe import Recipe
from aifirst_model.training.run_folder import Place
from aifirst_model.training.shard_model import shard_model, sharded_methods
from aifirst_model.training.training_error import TrainingError


def share_batch(recipe: Recipe, processes: int) -> tuple[int, int]:
    """Samples at once in a process, and how often before a step. Raises `TrainingError` where they do not fit."""
    if recipe.batch % processes:
        raise TrainingError(
            f"{processes} processes cannot share a batch of {recipe.batch} evenly",
            "choose a batch that they divide, or another number of processes",
        )
    share = recipe.batch // processes
    at_once = min(recipe.at_once or share, share)
    if share % at_once:
        raise TrainingError(
            f"a process's share of {share} samples is no multiple of at_once ({at_once})",
            f"set at_once to a divisor of {share}",
        )
    return at_once, share // at_once


def make_trainer(
    model: Any, tokenizer: Any, recipe: Recipe, place: Place, tables: tuple[Any, Any], processes: int,
    *, is_new: bool = True, shard: bool = False, teacher: Any = None, callback: Any = None,
) -> Any:  # fmt: skip
    """A trainer whose `train` trains `model` on the first table; the second, or None, is for the validation loss.

    `is_new` where nothing was trained before: then the validation loss is taken first.
    """
    trl = heavy("trl", "train")
    given = _arguments(recipe, place, processes, has_validation=tables[1] is not None)
    if is_new and tables[1] is not None:
        given["eval_on_start"] = (
            True  # to evaluate before `train` would keep the model from being made parallel
        )
    changes: dict[str, Any] = {"create_model_card": _no_card}
    if recipe.method == "dpo":
        changes["_prepare_dataset"] = _as_it_is
        config = trl.DPOConfig(**given, beta=recipe.beta, max_length=None)
        kind = trl.DPOTrainer
    else:
        if teacher is not None or recipe.special_tokens:
            changes["compute_loss"] = _full_loss(recipe, teacher)
        changes |= _exact_evaluation(trl.SFTTrainer)
        config = trl.SFTConfig(**given, max_length=None, dataset_kwargs={"skip_prepare_dataset": True})
        kind = trl.SFTTrainer
    if shard:
        changes |= sharded_methods(kind)
    trainer = type(kind.__name__, (kind,), changes)(
        model=model, args=config, train_dataset=tables[0], eval_dataset=tables[1], processing_class=tokenizer,
        callbacks=[callback] if callback is not None else None,
    )  # fmt: skip
    for name in ("ProgressCallback", "PrinterCallback"):
        trainer.remove_callback(getattr(heavy("transformers.trainer_callback", "train"), name))
    torch = heavy("torch", "train")
    for parameter in trainer.model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.to(torch.float32)  # TRL makes them bfloat16 on a base in 4 bits
    if shard:
        shard_model(trainer.model)
        trainer.is_distributed_loading_by_transformers = (
            True  # it shares its gradients: DDP would do it again
        )
    return trainer


def _no_card(*_: Any, **__: Any) -> None:
    """The card is written at the end, with figures."""


def _as_it_is(_: Any, table: Any, *__: Any) -> Any:
    """The table is of tokens already."""
    return table


def _arguments(recipe: Recipe, place: Place, processes: int, *, has_validation: bool) -> dict[str, Any]:
    """What the configurations of both trainers take."""
    at_once, times = share_batch(recipe, processes)
    evaluates = has_validation and recipe.evaluate_every > 0
    return {
        "output_dir": str(place.unfinished), "per_device_train_batch_size": at_once,
        "per_device_eval_batch_size": at_once, "gradient_accumulation_steps": times,
        "num_train_epochs": recipe.epochs, "max_steps": recipe.steps or -1, "learning_rate": recipe.learning_rate,
        "lr_scheduler_type": "constant_with_warmup" if recipe.schedule == "constant" else recipe.schedule,
        "warmup_steps": recipe.warmup, "weight_decay": recipe.weight_decay, "max_grad_norm": recipe.clip,
        "seed": recipe.seed, "bf16": computing_type(recipe) == "bfloat16",
        "use_cpu": not heavy("torch", "train").cuda.is_available(),
        "gradient_checkpointing": recipe.checkpoint_activations, "logging_steps": recipe.log_every,
        "logging_nan_inf_filter": False, "eval_strategy": "steps" if evaluates else "no",
        "eval_steps": recipe.evaluate_every or None, "save_strategy": "steps", "save_steps": recipe.save_every,
        "save_total_limit": None, "report_to": [], "disable_tqdm": True, "dataloader_num_workers": 0,
        "dataloader_pin_memory": heavy("torch", "train").cuda.is_available(), "prediction_loss_only": True,
        "ddp_find_unused_parameters": False,
    }  # fmt: skip


def _exact_evaluation(kind: Any) -> dict[str, Any]:
    """Methods that make the validation loss the mean over all tokens, however they are batched.

    The library's own is a mean of the batches' means, which changes with the size of a batch and the processes.
    """
    torch = heavy("torch", "train")

    def prediction_step(self: Any, model: Any, inputs: Any, *given: Any, **more: Any) -> Any:
        found = kind.prediction_step(self, model, inputs, *given, **more)
        count = (inputs["labels"][:, 1:] != -100).sum().to(torch.float64)
        both = torch.stack([found[0].detach().to(torch.float64).cpu() * count.cpu(), count.cpu()])
        self.exact = both + getattr(self, "exact", 0.0)
        return found

    def log(self: Any, logs: dict[str, float], *given: Any, **more: Any) -> None:
        if "eval_loss" in logs and hasattr(self, "exact"):
            both = self.accelerator.reduce(self.exact.float().to(self.args.device), "sum").tolist()
            del self.exact
            logs = {**logs, "eval_loss": both[0] / max(1.0, both[1])}
        kind.log(self, logs, *given, **more)

    return {"prediction_step": prediction_step, "log": log}


def _full_loss(recipe: Recipe, teacher: Any) -> Any:
    """The method that works out the loss: cross entropy, while training also the divergence from the teacher."""
    torch = heavy("torch", "train")
    functional = torch.nn.functional

    def compute_loss(
        self: Any, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        asked = {"input_ids": inputs["input_ids"], "attention_mask": inputs["attention_mask"]}
        targets = inputs["labels"][:, 1:]
        mask = targets != -100
        logits = model(**asked, use_cache=False).logits[:, :-1][mask].float()
        count = mask.sum() if num_items_in_batch is None else torch.as_tensor(num_items_in_batch)
        loss = functional.cross_entropy(logits, targets[mask], reduction="sum")
        if teacher is not None and model.training:
            with torch.no_grad():
                wanted = teacher(**asked, use_cache=False).logits[:, :-1][mask].float()
            loss = (1 - recipe.teacher_share) * loss + recipe.teacher_share * _divergence(
                logits, wanted, recipe.temperature
            )
        loss = loss / count.clamp(min=1)
        if num_items_in_batch is not None and self.args.average_tokens_across_devices:
            loss = loss * self.accelerator.num_processes  # the processes' gradients are averaged
        if model.training:
            read = self.accelerator.gather(inputs["attention_mask"].sum()).sum().item()
            self._total_train_tokens += read
        self._metrics["train" if model.training else "eval"]["num_tokens"] = [self._total_train_tokens]
        return (loss, {}) if return_outputs else loss

    return compute_loss


def _divergence(logits: Any, wanted: Any, temperature: float) -> Any:
    """Kullback-Leibler divergence of the student from the teacher, summed; rows one of them lacks hold no token."""
    functional = heavy("torch", "train").nn.functional
    shared = min(logits.shape[-1], wanted.shape[-1])
    ours = functional.log_softmax(logits[:, :shared] / temperature, -1)
    theirs = functional.log_softmax(wanted[:, :shared] / temperature, -1)
    return functional.kl_div(ours, theirs, reduction="sum", log_target=True) * temperature**2
