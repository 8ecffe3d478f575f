"""The model that is trained: the base as the recipe wants it held, new tokens, and the adapter on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aifirst_model.checkpoint.load_pretrained import load_pretrained_model, load_pretrained_tokenizer
from aifirst_model.heavy import heavy
from aifirst_model.training.recipe import Recipe
from aifirst_model.training.training_error import RecipeError


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of a checkpoint; no code of the checkpoint's own is ever run."""
    tokenizer = load_pretrained_tokenizer(folder)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def add_tokens(tokenizer: Any, recipe: Recipe) -> list[int]:
    """Add the recipe's tokens to the tokenizer; the ids of all of them, those that it had too.

    They stand for text that samples contain, so they are no special tokens: they are read where they occur, and shown.
    """
    added = heavy("tokenizers", "train").AddedToken
    tokenizer.add_tokens([added(text, special=False, normalized=False) for text in recipe.special_tokens])
    return [int(tokenizer.convert_tokens_to_ids(text)) for text in recipe.special_tokens]


def computing_type(recipe: Recipe) -> str:
    """`bfloat16` or `float32`, as the recipe and this machine's GPU have it."""
    if recipe.precision != "auto":
        return recipe.precision
    cuda = heavy("torch", "train").cuda
    return "bfloat16" if cuda.is_available() and cuda.is_bf16_supported() else "float32"


def load_model(folder: Path, recipe: Recipe) -> Any:
    """The base: in 4 bits for QLoRA, in the type it is computed in under an adapter, else in 32 bits."""
    torch = heavy("torch", "train")
    transformers = heavy("transformers", "train")
    computing = getattr(torch, computing_type(recipe))
    given: dict[str, Any] = {"dtype": torch.float32 if recipe.adapter == "none" else computing}
    if recipe.quantize_base:
        heavy("bitsandbytes", "train")
        given["quantization_config"] = transformers.BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=computing,
        )  # fmt: skip
        given["device_map"] = {"": own_gpu() if torch.cuda.is_available() else "cpu"}
    model = load_pretrained_model(folder, **given)
    model.config.use_cache = False
    for part in model.modules():
        if hasattr(part, "support_avx512bf16_for_cpu"):
            part.support_avx512bf16_for_cpu = (
                False  # evaluating would pack the weights in a form that cannot train
            )
    return model


def own_gpu() -> int:
    """The number of the GPU of this process."""
    import os

    return int(os.environ.get("LOCAL_RANK", "0"))


def fit_embeddings(model: Any, tokenizer: Any, new: list[int]) -> None:
    """Give every token a row, where the embedding has no spare ones, and each new one a start.

    A new token begins as the mean of the tokens that its text was spelt with before: the model half knows it already.
    """
    torch = heavy("torch", "train")
    rows = int(model.get_input_embeddings().weight.shape[0])
    if len(tokenizer) > rows:
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    layers = [model.get_input_embeddings(), model.get_output_embeddings()]
    weights = {id(layer.weight): layer.weight for layer in layers if layer is not None}
    plain = _without(tokenizer, new)
    with torch.no_grad():
        for number in new:
            parts = plain(tokenizer.convert_ids_to_tokens(number))
            for weight in weights.values():
                weight[number] = weight[torch.tensor(parts, device=weight.device)].mean(0)


def _without(tokenizer: Any, new: list[int]) -> Any:
    """How a text is spelt in the tokenizer's own pieces."""
    model = tokenizer.backend_tokenizer.model
    before = tokenizer.backend_tokenizer.pre_tokenizer

    def spell(text: str) -> list[int]:
        pieces = before.pre_tokenize_str(text) if before else [(text, None)]
        found = [token.id for piece, _ in pieces for token in model.tokenize(piece)]
        return [number for number in found if number not in new] or [0]

    return spell


def put_adapter(model: Any, recipe: Recipe, new: list[int]) -> Any:
    """The model with a LoRA adapter to train, and the rows of new tokens; nothing else of it is trained."""
    peft = heavy("peft", "train")
    whole = recipe.targets == ("all-linear",)
    config = peft.LoraConfig(
        task_type="CAUSAL_LM", r=recipe.rank, lora_alpha=recipe.alpha, lora_dropout=recipe.dropout,
        target_modules="all-linear" if whole else list(recipe.targets),
        trainable_token_indices=new or None,
    )  # fmt: skip
    try:
        return peft.get_peft_model(model, config)
    except ValueError as error:
        if "target" not in str(error).lower():
            raise
        layers = {
            name.rpartition(".")[2] for name, part in model.named_modules() if type(part).__name__ == "Linear"
        }
        raise RecipeError(
            f"the base has no layers called {', '.join(recipe.targets)}",
            f"set targets to some of {', '.join(sorted(layers - {'lm_head'}))}, or to all-linear",
        ) from None
