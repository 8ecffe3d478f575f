"""What a training will take, told before it starts: memory of a process and time, from the shape of the model.

Memory is that of weights, gradients, AdamW's two moments and room to work in, activations, and what the libraries take.
Activations after Korthikanti et al. (https://arxiv.org/abs/2205.05198) without the term of attention's matrix, which no
backend used here holds; time after the operations of a step and how fast this machine multiplies. How near both come is
measured: `benchmarks/results/model_training.md`.
"""

from __future__ import annotations

import shutil
import time
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec

from aifirst_model.checkpoint.open_checkpoint import Checkpoint
from aifirst_model.checkpoint.read_json import read_json
from aifirst_model.checkpoint.safetensors_header import read_header
from aifirst_model.dataset.folder import Dataset
from aifirst_model.dataset.record import Conversation, Preference, texts_of
from aifirst_model.heavy import heavy
from aifirst_model.library.machine_memory import read_memory
from aifirst_model.training.load_base import computing_type
from aifirst_model.training.make_trainer import share_batch
from aifirst_model.training.recipe import Recipe

LIBRARIES: Final = 1_250 << 20
"""Bytes of a process that has loaded PyTorch and what stands on it, and nothing else; on a GPU its context."""
_GPU_LIBRARIES: Final = 800 << 20
_DIVIDING: Final = 300 << 20
"""Bytes more that dividing the weights took in a process, measured on CPU."""
_LOST: Final = 1.15
"""What an allocator takes for each byte that is asked for, over a training."""
_CHARACTERS: Final = 3.2
"""Of code, a token."""
_SMALL: Final = 0.35
"""Share of the speed of large products that a training step reaches."""


class Shape(msgspec.Struct, frozen=True):
    """What of a model the memory and time of training depend on."""

    layers: int
    width: int
    inner: int
    rows: int
    parameters: int
    linear: int
    """Numbers in the layers' products, without the embedding."""
    tied: bool


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """All sizes in bytes, of one process; `free` is what this machine has for it now."""

    weights: int
    gradients: int
    optimizer: int
    activations: int
    libraries: int
    gathered: int = 0
    """On top, where the weights are divided: in main memory, to load the base and to put a checkpoint together."""
    free: int
    disk: int
    disk_free: int
    steps: int
    tokens: int
    """Of all steps together, at most."""
    evaluated: int = 0
    """Tokens of all evaluations together."""
    seconds: float
    is_gpu: bool
    main: int = 0
    """Main memory of all processes beside their GPUs; 0 without one, where `memory` is that."""
    main_free: int = 0

    @property
    def memory(self) -> int:
        """Bytes in all, of the GPU where there is one."""
        step = self.weights + self.gradients + self.optimizer + self.activations
        saving = 0 if self.is_gpu else self.weights + self.gradients + self.optimizer * 2 // 3 + self.gathered
        return int(max(step, saving if self.gathered else 0) * _LOST) + self.libraries

    @property
    def fits(self) -> bool:
        """Whether memory and disk suffice."""
        return self.memory <= self.free and self.disk <= self.disk_free and self.main <= self.main_free


def read_shape(base: Checkpoint) -> Shape:
    """The shape of a checkpoint, from its configuration and the headers of its weights."""
    config = read_json(base.folder / "config.json")
    width = int(config.get("hidden_size", 0)) or 1
    tensors = [tensor for path in base.weights for tensor in read_header(path).values()]
    matrices = [
        tensor for tensor in tensors if len(tensor.shape) == 2 and base.vocabulary not in tensor.shape
    ]
    linear = sum(tensor.elements for tensor in matrices)
    inner = int(config.get("intermediate_size", 4 * width))
    return Shape(base.layers, width, inner, base.vocabulary, base.parameters, linear, base.tied_embeddings)


def estimate(
    recipe: Recipe, base: Checkpoint, dataset: Dataset, out: Path, processes: int = 1, *, shard: bool = False
) -> Estimate:
    """What the training will take in each of so many processes; multiplies matrices for a third of a second to know.

    `shard` divides weights, gradients and the optimizer's state among them.
    """
    shape = read_shape(base)
    is_gpu = bool(heavy("torch", "train").cuda.is_available())
    computing = 2 if computing_type(recipe) == "bfloat16" else 4
    trained = trained_parameters(recipe, shape)
    at_once, _ = share_batch(recipe, processes)
    length = _typical_length(recipe, dataset)
    whole = _weight_bytes(recipe, shape, computing) + trained * 4 * (recipe.adapter == "lora")
    kept = whole if recipe.method == "dpo" and recipe.adapter == "none" else 0
    parts = processes if shard else 1
    rows = at_once * (2 if recipe.method == "dpo" else 1)
    steps, tokens, evaluated = _extent(recipe, dataset, length)
    saved = shape.parameters * 4 if recipe.adapter == "none" else trained * 4
    libraries = (_GPU_LIBRARIES if is_gpu else LIBRARIES) + (0 if is_gpu or parts == 1 else _DIVIDING)
    memory = read_memory().free
    return Estimate(
        weights=whole // parts + kept + (_whole_layer(recipe, shape, computing) if parts > 1 else 0),
        gradients=4 * trained // parts, optimizer=12 * trained // parts,
        activations=activation_bytes(recipe, shape, rows, length, computing), libraries=libraries,
        gathered=max(whole, 12 * trained) if parts > 1 else 0,
        free=_gpu_free() if is_gpu else memory // processes,
        disk=(recipe.keep + 2) * 3 * saved + saved, disk_free=shutil.disk_usage(_existing(out)).free,
        steps=steps, tokens=tokens, evaluated=evaluated,
        seconds=_seconds(recipe, shape, (tokens, evaluated), processes), is_gpu=is_gpu,
        main=(whole + LIBRARIES) * processes + (12 * trained if parts > 1 else 0) if is_gpu else 0, main_free=memory,
    )  # fmt: skip


def _whole_layer(recipe: Recipe, shape: Shape, computing: int) -> int:
    """Bytes of what is whole in each process while it computes: a layer and the next, and the embeddings."""
    computing = 4 if recipe.adapter == "none" else computing
    embeddings = shape.rows * shape.width * (1 if shape.tied else 2)
    return (2 * shape.linear // max(1, shape.layers) + embeddings) * computing


def trained_parameters(recipe: Recipe, shape: Shape) -> int:
    """How many numbers the recipe trains, about, from the names of the layers that get an adapter."""
    if recipe.adapter == "none":
        return shape.parameters
    sizes = {"q_proj": 2, "o_proj": 2, "k_proj": 1.25, "v_proj": 1.25}
    wide = 1 + shape.inner / shape.width
    each = sum(sizes.get(name.rpartition(".")[2], wide) * shape.width for name in _targets(recipe))
    return int(each * recipe.rank * shape.layers) + len(recipe.special_tokens) * shape.width


def _targets(recipe: Recipe) -> tuple[str, ...]:
    every = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
    return every if recipe.targets == ("all-linear",) else recipe.targets


def activation_bytes(recipe: Recipe, shape: Shape, rows: int, length: int, computing: int) -> int:
    """Most that forward and backward hold at once for `rows` samples of `length` tokens."""
    tokens = rows * length
    if recipe.checkpoint_activations:
        layers = shape.layers * shape.width * computing + (16 * shape.width + 4 * shape.inner) * computing
    else:
        layers = shape.layers * (16 * shape.width + 4 * shape.inner) * computing
        if recipe.adapter == "lora" and recipe.dropout:
            inputs = sum(
                shape.inner if name.endswith("down_proj") else shape.width for name in _targets(recipe)
            )
            layers += (
                shape.layers * 2 * inputs * computing
            )  # what goes in, thinned out, and what was left out
    full = recipe.special_tokens or recipe.method == "dpo" or (recipe.method == "distill" and recipe.teacher)
    logits = shape.rows * (4 * 4 if full else 0) * tokens
    return tokens * layers + logits + min(tokens, 256) * shape.rows * 12


def _weight_bytes(recipe: Recipe, shape: Shape, computing: int) -> int:
    if recipe.adapter == "none":
        return shape.parameters * 4
    if recipe.quantize_base:
        return int(shape.linear * 0.55) + (shape.parameters - shape.linear) * computing
    return shape.parameters * computing


def _typical_length(recipe: Recipe, dataset: Dataset) -> int:
    """Tokens of the longest sample of a batch, from the first samples of the dataset."""
    if recipe.method == "pretrain":
        return recipe.length
    return min(recipe.length, max((size for size, _ in _sizes(recipe, dataset)), default=recipe.length))


def _sizes(recipe: Recipe, dataset: Dataset, most: int = 500) -> list[tuple[int, int]]:
    """Of the first samples the tokens, about, and one for those that the recipe takes."""
    found: list[tuple[int, int]] = []
    for sample in islice(dataset.samples("train"), most):
        size = int(sum(map(len, texts_of(sample))) / _CHARACTERS) + 16
        is_whole = isinstance(sample, Conversation | Preference)  # left out where it is too long
        if (not recipe.tasks or sample.about.task in recipe.tasks) and (
            size <= recipe.length or not is_whole
        ):
            found.append((size, 1))
    return found


def _extent(recipe: Recipe, dataset: Dataset, length: int) -> tuple[int, int, int]:
    """Steps, and the tokens of all of them and of all evaluations: one before, one every so often, one at the end."""
    sizes = _sizes(recipe, dataset)
    seen = min(dataset.count("train"), 500) or 1
    mean = sum(min(size, recipe.length) for size, _ in sizes) / max(1, len(sizes))
    samples = dataset.count("train") * len(sizes) / seen
    rows = samples * mean / recipe.length if recipe.method == "pretrain" else samples
    steps = recipe.steps or max(1, round(recipe.epochs * rows / recipe.batch))
    each = length if recipe.method == "pretrain" else (mean + length) / 2  # a batch is padded to its longest
    times = 2 if recipe.method == "dpo" else 1
    evaluations = 1 + -(-steps // recipe.evaluate_every) if recipe.evaluate_every else 0
    held_out = dataset.count("validation") * len(sizes) / seen * (mean + length) / 2
    return steps, int(steps * recipe.batch * each * times), int(evaluations * held_out * times)


def _seconds(recipe: Recipe, shape: Shape, tokens: tuple[int, int], processes: int) -> float:
    """Operations of the products by the speed of one large product: of all steps, and, forward only, of evaluations."""
    passes = 6 if recipe.adapter == "none" else 4
    passes += 2 * recipe.checkpoint_activations + 2 * (recipe.method == "dpo" or recipe.teacher != "")
    forward = 4 if recipe.method == "dpo" else 2
    products = (tokens[0] * passes + tokens[1] * forward) * (shape.linear + shape.rows * shape.width)
    return products / (_speed(recipe) * _SMALL) / processes


def _speed(recipe: Recipe) -> float:
    """Operations a second of this machine with the numbers that the recipe computes with."""
    torch: Any = heavy("torch", "train")
    is_gpu = torch.cuda.is_available()
    size = 8192 if is_gpu else 512
    kind = getattr(torch, computing_type(recipe))
    a = torch.ones(size, size, dtype=kind, device="cuda" if is_gpu else "cpu")
    _ = a @ a
    times: list[float] = []
    end = time.perf_counter() + 0.3
    while time.perf_counter() < end or not times:
        begin = time.perf_counter()
        product = a @ a
        float(product[0, 0])  # waits for a GPU
        times.append(time.perf_counter() - begin)
    return 2 * size**3 / min(times)


def _gpu_free() -> int:
    """Bytes that a process can have of a GPU now."""
    return int(heavy("torch", "train").cuda.mem_get_info()[0])


def _existing(path: Path) -> Path:
    folder = path.absolute()
    while not folder.exists():
        folder = folder.parent
    return folder
