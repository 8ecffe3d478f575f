"""The weights, tokenizer and adapters of a checkpoint in this process, and what can be computed with them, blocking.

`transformers_local` calls it from a thread of its own. Left out: batches, several GPUs.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from typing import Any, Final

from aifirst_codebase.byte_size import show_bytes

from aifirst_model.answer import Token
from aifirst_model.backends.constraint_mask import ConstraintTokens
from aifirst_model.checkpoint.load_pretrained import (
    load_pretrained_model,
    load_pretrained_tokenizer,
    told_lack_of_memory,
)
from aifirst_model.checkpoint.open_checkpoint import Checkpoint, open_checkpoint
from aifirst_model.errors import CheckpointError, NoMemoryError
from aifirst_model.heavy import heavy
from aifirst_model.library.machine_memory import read_memory
from aifirst_model.settings import ModelSettings

_SCORED_AT_ONCE: Final = 256
"""Tokens whose probabilities over the whole vocabulary are held at a time."""
_KEPT: Final = ("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id")


def load_tokenizer(checkpoint: Checkpoint) -> Any:
    """The tokenizer. Raises `CheckpointError`."""
    heavy("transformers", "train").utils.logging.set_verbosity_error()
    return load_pretrained_tokenizer(checkpoint.folder)


class LocalWeights:
    """See the module; made by loading. Raises `CheckpointError`, `NoMemoryError`, `NeedsExtraError`."""

    def __init__(self, checkpoint: Checkpoint, tokenizer: Any, settings: ModelSettings) -> None:
        self.torch = heavy("torch", "train")
        self.transformers = heavy("transformers", "train")
        self.checkpoint, self.tokenizer = checkpoint, tokenizer
        if settings.threads:
            self.torch.set_num_threads(settings.threads)
        self.device = find_device(self.torch, settings.device)
        self._check_memory(settings)
        self.model = self._load(settings)
        own = self.model.generation_config
        self.sampling = (
            (own.temperature, own.top_p, own.top_k, own.repetition_penalty) if own.do_sample else None
        )
        """Temperature, top-p, top-k and repetition penalty that the model's makers set, None where they want the best."""
        kept = {name: getattr(own, name, None) for name in _KEPT}
        self.model.generation_config = self.transformers.GenerationConfig(**kept)
        ends: Any = kept["eos_token_id"]
        self.ends: list[int] = [] if ends is None else [ends] if isinstance(ends, int) else sorted(ends)
        self._constraint: ConstraintTokens | None = None
        for number, adapter in enumerate(settings.adapters):
            self._add_adapter(number, open_checkpoint(adapter))

    def _check_memory(self, settings: ModelSettings) -> None:
        """Raise `NoMemoryError` where the weights are larger than what is free: the system would end the process."""
        if self.device != "cpu":
            return
        bytes_each = {"auto": 4, "float32": 4}.get(settings.dtype, 2)
        packed = self.checkpoint.quantisation
        need = self.checkpoint.weight_bytes if packed else self.checkpoint.parameters * bytes_each
        free = read_memory().free
        if 0 < free < need:
            raise NoMemoryError(
                f"memory does not suffice for {self.checkpoint.name} "
                f"({show_bytes(need)} of weights, {show_bytes(free)} free)",
                "take a smaller model, or dtype bfloat16; `aifirst model list` says what fits",
            )

    def _load(self, settings: ModelSettings) -> Any:
        dtype = settings.dtype
        if dtype == "auto" and self.device == "cpu" and not self.checkpoint.quantisation:
            dtype = "float32"  # processors multiply half numbers far slower
        utils = self.transformers.utils.logging
        utils.set_verbosity_error()
        utils.disable_progress_bar()
        place = None if self.device == "cpu" and not self.checkpoint.quantisation else {"": self.device}
        return load_pretrained_model(self.checkpoint.folder, dtype=dtype, device_map=place).eval()

    def _add_adapter(self, number: int, adapter: Checkpoint) -> None:
        if adapter.adapter_of is None:
            raise CheckpointError(
                f"{adapter.folder} is a whole model and no adapter", "give it as the model itself"
            )
        self._check_base(adapter)
        peft = heavy("peft", "train")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore", FutureWarning
                )  # between libraries, nothing that a user can mend
                self._attach(peft, number, adapter)
        except (RuntimeError, ValueError, KeyError, TypeError, OSError) as error:
            raise CheckpointError(
                f"the adapter {adapter.folder} does not fit the model {self.checkpoint.name} ({_first_line(error)})",
                f"it was made for {adapter.adapter_of or 'another one'}; take that as the model",
            ) from None

    def _check_base(self, adapter: Checkpoint) -> None:
        """Raise `CheckpointError` where the adapter's base is here and is another model: shapes may fit by chance."""
        try:
            base = open_checkpoint(adapter.adapter_of or "")
        except CheckpointError:
            return
        ours, theirs = ((one.architecture, one.layers, one.vocabulary) for one in (self.checkpoint, base))
        if ours != theirs:
            raise CheckpointError(
                f"the adapter {adapter.folder} does not fit the model {self.checkpoint.name}: it was made for "
                f"{adapter.adapter_of}, which is another ({base.architecture}, {base.layers} layers)",
                "take its own base as the model",
            )

    def _attach(self, peft: Any, number: int, adapter: Checkpoint) -> None:
        """Load an adapter beside the model, under its number."""
        if number == 0:
            self.model = peft.PeftModel.from_pretrained(
                self.model, str(adapter.folder), adapter_name="0", use_safetensors=True, local_files_only=True
            ).eval()
        else:
            self.model.load_adapter(str(adapter.folder), adapter_name=str(number), local_files_only=True)

    @contextmanager
    def adapted(self, number: int | None) -> Generator[Any]:
        """The model with the adapter of that number, or without any. Nothing is loaded for it."""
        if number is not None:
            self.model.set_adapter(str(number))
        is_peft = hasattr(self.model, "peft_config")
        with (
            self.model.disable_adapter() if number is None and is_peft else nullcontext(),
            self.torch.inference_mode(),
        ):
            yield self.model

    def constraint_tokens(self) -> ConstraintTokens:
        """The tokens for constraints, made when the first is asked for."""
        if self._constraint is None:
            self._constraint = ConstraintTokens(self.tokenizer, self.checkpoint.vocabulary, self.ends)
        return self._constraint

    def show(self, number: int) -> str:
        """The text of one token."""
        return self.tokenizer.decode([number], clean_up_tokenization_spaces=False)

    def decode(self, numbers: list[int]) -> str:
        """The text of tokens, without special ones."""
        return self.tokenizer.decode(numbers, skip_special_tokens=True, clean_up_tokenization_spaces=False)

    def score(self, numbers: list[int], adapter: int | None, is_cancelled: Callable[[], bool]) -> list[float]:
        """The log-probability of each token after the first, some hundreds at a time."""
        torch, scores, cache = self.torch, list[float](), None
        with self.adapted(adapter) as model, told_lack_of_memory(self.checkpoint.name):
            for start in range(0, len(numbers) - 1, _SCORED_AT_ONCE):
                if is_cancelled():
                    return scores
                read = torch.tensor([numbers[start : start + _SCORED_AT_ONCE]], device=self.device)
                answer = model(input_ids=read, past_key_values=cache, use_cache=True)
                cache = answer.past_key_values
                following = torch.tensor(numbers[start + 1 : start + 1 + _SCORED_AT_ONCE], device=self.device)
                known = torch.log_softmax(answer.logits[0, : len(following)].float(), -1)
                scores += known.gather(1, following[:, None])[:, 0].tolist()
        return scores

    def tokens_of(self, numbers: list[int], scores: list[float]) -> tuple[Token, ...]:
        """Tokens with their log-probabilities."""
        return tuple(Token(self.show(number), score) for number, score in zip(numbers, scores, strict=True))


def find_device(torch: Any, wanted: str) -> str:
    """Where to compute: what was wanted, else a GPU where there is one. Raises `CheckpointError`: there is none."""
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wanted == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there[wanted]:
        raise CheckpointError(f"PyTorch finds no {wanted} on this machine", "set device to auto or cpu")
    return wanted


def _first_line(error: BaseException) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)[
        :300
    ]
