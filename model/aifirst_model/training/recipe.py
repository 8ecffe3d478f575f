"""What a recipe is: every setting of a training, with its meaning, its bounds and its default.

This is the one definition. A named recipe (`recipes/`) is a function that returns one of these; the options of
`aifirst model train`, the keys of a recipe's file and its comments are made from the fields below. They stand in three
classes, one on the other, only so that each can be read at a glance.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Method = Literal["sft", "dpo", "pretrain", "distill"]


class _Adapter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is trained: of which samples, which numbers of the model."""

    name: Annotated[str, Meta(description="What the recipe is called in the run and the model card.")]
    method: Annotated[
        Method,
        Meta(
            description="sft learns answers, dpo prefers one answer to another, pretrain learns whole texts, distill "
            "learns answers and how sure a teacher was of each token."
        ),
    ] = "sft"
    tasks: Annotated[
        tuple[str, ...], Meta(description="Only samples of these tasks; all where none is named.")
    ] = ()
    adapter: Annotated[
        Literal["lora", "none"], Meta(description="Train a LoRA adapter, or every weight.")
    ] = "lora"
    rank: Annotated[int, Meta(ge=1, le=4096, description="Rank of the adapter.")] = 16
    alpha: Annotated[
        float, Meta(gt=0, le=1e6, description="The adapter is scaled by this, divided by the rank.")
    ] = 32.0
    dropout: Annotated[float, Meta(ge=0, lt=1, description="Share of the adapter's inputs left out.")] = 0.05
    targets: Annotated[
        tuple[str, ...],
        Meta(
            min_length=1,
            description="Layers that get an adapter, by name; all-linear for all but the output.",
        ),
    ] = ("all-linear",)
    quantize_base: Annotated[
        bool, Meta(description="Hold the base in 4 bits (NF4) under the adapter: QLoRA.")
    ] = False
    special_tokens: Annotated[
        tuple[str, ...], Meta(description="Tokens to add to the tokenizer, and to train.")
    ] = ()


class _Steps(_Adapter, frozen=True, kw_only=True):
    """What a step is, and how many there are."""

    learning_rate: Annotated[float, Meta(gt=0, le=1, description="At its highest.")] = 2e-4
    schedule: Annotated[
        Literal["linear", "cosine", "constant"], Meta(description="How the learning rate falls to zero.")
    ] = "cosine"
    warmup: Annotated[int, Meta(ge=0, description="Steps in which the learning rate rises.")] = 0
    weight_decay: Annotated[float, Meta(ge=0, le=1, description="Of AdamW.")] = 0.0
    clip: Annotated[float, Meta(ge=0, le=1e6, description="Longest gradient; 0 for any.")] = 1.0
    epochs: Annotated[float, Meta(gt=0, le=1e6, description="Times through the data, at most.")] = 3.0
    steps: Annotated[int, Meta(ge=0, description="Steps in all; 0 for as many as the epochs have.")] = 0
    batch: Annotated[
        int,
        Meta(
            ge=1,
            description="Samples a step, over all processes together, however many there are.",
        ),
    ] = 8
    at_once: Annotated[
        int,
        Meta(
            ge=0, description="Samples in memory at once in a process; 0 for all of its share of the batch."
        ),
    ] = 0
    length: Annotated[int, Meta(ge=16, description="Longest sample in tokens.")] = 2048
    suffix_first: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="Share of the gaps asked with the text after them first (SPM), the rest PSM.",
        ),
    ] = 0.5
    checkpoint_activations: Annotated[
        bool,
        Meta(description="Compute activations twice instead of holding them: less memory, a third slower."),
    ] = False
    precision: Annotated[
        Literal["auto", "float32", "bfloat16"],
        Meta(description="Of computing; auto is bfloat16 on a GPU that has it, else float32."),
    ] = "auto"


class Recipe(_Steps, frozen=True, kw_only=True):
    """How to train; what to train and on what is told beside it."""

    log_every: Annotated[int, Meta(ge=1, description="Steps between two lines of log.jsonl.")] = 10
    evaluate_every: Annotated[
        int,
        Meta(ge=0, description="Steps between two losses on the validation samples; 0 for at the end only."),
    ] = 500
    save_every: Annotated[int, Meta(ge=1, description="Steps between two checkpoints.")] = 500
    keep: Annotated[int, Meta(ge=1, description="Checkpoints kept, beside the best.")] = 2
    patience: Annotated[
        int, Meta(ge=0, description="Stop after so many evaluations without a gain; 0 for never.")
    ] = 0
    min_delta: Annotated[
        float, Meta(ge=0, le=1e6, description="Fall of the validation loss that counts as a gain.")
    ] = 0.001
    stop_when_converged: Annotated[
        bool,
        Meta(description="Stop where validation loss, perplexity and gradient norm have all settled."),
    ] = False
    beta: Annotated[float, Meta(gt=0, le=1e6, description="dpo: how near to stay to the base.")] = 0.1
    teacher: Annotated[
        str,
        Meta(description="distill: the teacher's checkpoint; none for its answers alone."),
    ] = ""
    teacher_share: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="distill: weight of the teacher's probabilities; the rest is the answer's.",
        ),
    ] = 0.5
    temperature: Annotated[
        float, Meta(gt=0, le=1e6, description="distill: softens both models' probabilities.")
    ] = 2.0
    seed: Annotated[int, Meta(ge=0, description="Of order, dropout and the adapter's first weights.")] = 0
