"""Divides a model among the processes that train it (FSDP2), on GPUs and, over gloo, on CPU; saves and loads it whole.

PyTorch's `fully_shard` (https://docs.pytorch.org/docs/stable/distributed.fsdp.fully_shard.html) is called here and not by
accelerate, which passes over FSDP on a CPU without a word, and whose checkpoints nobody but FSDP reads again. These are
as those of an undivided training: any number of processes goes on from them. Not divided are a distillation's teacher
and the reference that `dpo` without an adapter keeps.
"""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

from aifirst_model.heavy import heavy


def shard_model(model: Any) -> None:
    """Leave each process its part of every weight, on its GPU; a layer is put together only while it computes.

    The processes have to be connected already, and to hold the same weights.
    """
    torch, fsdp = heavy("torch", "train"), heavy("torch.distributed.fsdp", "train")
    meshes = heavy("torch.distributed.device_mesh", "train")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    mesh = meshes.init_device_mesh(device, (torch.distributed.get_world_size(),))
    layers: set[str] = set(model._no_split_modules or ())
    for part in [one for one in model.modules() if type(one).__name__ in layers]:
        fsdp.fully_shard(part, mesh=mesh)
    fsdp.fully_shard(model, mesh=mesh)
    model.register_load_state_dict_pre_hook(_divide_given)


def sharded_methods(kind: Any) -> dict[str, Any]:
    """Methods with which a trainer of class `kind` trains a divided model, and saves and loads it whole."""

    def _move_model_to_device(self: Any, *_: Any) -> None:
        """It goes there when it is divided, a layer at a time: whole it may not fit."""

    def create_optimizer(self: Any, *given: Any) -> Any:
        optimizer = kind.create_optimizer(self, *given)
        optimizer.register_load_state_dict_pre_hook(_divide_state)
        return optimizer

    def _save(self: Any, output_dir: str, state_dict: Any = None) -> None:
        state_dict = _gather_model(self.model, keep=self.args.should_save)
        if self.args.should_save:
            kind._save(self, output_dir, state_dict)

    def _save_optimizer_and_scheduler(self: Any, output_dir: str) -> None:
        own, state = self.optimizer, _gather_state(self.optimizer, keep=self.args.should_save)
        self.optimizer = SimpleNamespace(state_dict=lambda: state)
        try:
            kind._save_optimizer_and_scheduler(self, output_dir)
        finally:
            self.optimizer = own

    def _defer_fsdp_gradient_reduction(_: Any) -> Any:
        """Gradients are divided after each part of a batch: kept until the last they would be whole."""
        return nullcontext()

    made = (
        _move_model_to_device, create_optimizer, _save, _save_optimizer_and_scheduler,
        _defer_fsdp_gradient_reduction,
    )  # fmt: skip
    return {one.__name__: one for one in made}


def held_numbers(model: Any) -> int:
    """How many of a model's numbers this process holds between two steps."""
    _put_away(model)
    return sum((one.to_local() if hasattr(one, "to_local") else one).numel() for one in model.parameters())


def _whole(value: Any, *, keep: bool = True) -> Any:
    """A divided tensor put together in main memory, for which every process has to ask; else the value as it is."""
    if not hasattr(value, "full_tensor"):
        return value
    full = value.full_tensor()
    return full.cpu() if keep else None


def _part_of(value: Any, of: Any) -> Any:
    """This process's part of a whole tensor that belongs to the divided tensor `of`."""
    if (
        not hasattr(of, "device_mesh")
        or hasattr(value, "device_mesh")
        or getattr(value, "shape", ()) != of.shape
    ):
        return value
    tensors = heavy("torch.distributed.tensor", "train")
    return tensors.distribute_tensor(value, of.device_mesh, of.placements, src_data_rank=None)


def _put_away(model: Any) -> None:
    """Let go of what was put together for an evaluation: its root stays whole until a step follows."""
    if hasattr(model, "reshard"):
        model.reshard()


def _gather_model(model: Any, *, keep: bool) -> dict[str, Any]:
    """What is saved of the model, whole: all that is trained, and the embeddings, which new tokens make longer."""
    _put_away(model)
    parts = (model.get_input_embeddings(), model.get_output_embeddings())
    wanted = {id(one) for part in parts if part is not None for one in part.parameters()}
    wanted |= {id(one) for one in model.parameters() if one.requires_grad}
    once: dict[int, Any] = {}  # a tied weight has two names
    found: dict[str, Any] = {}
    for name, one in model.named_parameters(remove_duplicate=False):
        if id(one) in wanted:
            if id(one) not in once:
                once[id(one)] = _whole(one.detach(), keep=keep)
            found[name] = once[id(one)]
    return found


def _gather_state(optimizer: Any, *, keep: bool) -> dict[str, Any]:
    """The optimizer's state, as one process that trains alone has it."""
    state = optimizer.state_dict()
    whole = {
        number: {name: _whole(value, keep=keep) for name, value in values.items()}
        for number, values in state["state"].items()
    }
    return {**state, "state": whole}


def _divide_given(model: Any, state: dict[str, Any], *_: Any) -> None:
    """Before the model takes whole weights over, those are replaced by this process's parts."""
    own = dict(model.named_parameters(remove_duplicate=False))
    for name in [name for name in state if name in own]:
        state[name] = _part_of(state[name], own[name])


def _divide_state(optimizer: Any, state: dict[str, Any]) -> dict[str, Any]:
    """The same before the optimizer takes its state over."""
    parameters = [one for group in optimizer.param_groups for one in group["params"]]
    divided = {
        number: {name: _part_of(value, parameters[number]) for name, value in values.items()}
        for number, values in state["state"].items()
    }
    return {**state, "state": divided}
