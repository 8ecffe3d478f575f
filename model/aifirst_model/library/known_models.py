"""Models that are worth knowing for code, as data: what they need and what their licence is.

Figures are from the models' public cards and settings, rounded; a licence's own text holds, not its name here. Nothing
is recommended by a name's place in this list: `aifirst model eval` says how good a model is at your work.
"""

from __future__ import annotations

from typing import Final

import msgspec

from aifirst_model.library.memory_fit import Shape


class KnownModel(msgspec.Struct, frozen=True):
    """A model by its hub's name; `parameters` in billions, approximate."""

    name: str
    billions: float
    licence: str
    context: int
    layers: int
    key_value_heads: int
    head_width: int
    can_infill: bool

    @property
    def shape(self) -> Shape:
        """What its memory is estimated from."""
        return Shape(
            int(self.billions * 1e9), self.layers, self.key_value_heads, self.head_width, self.context
        )


_QWEN: Final = "Qwen/Qwen2.5-Coder"
_APACHE: Final = "apache-2.0"
KNOWN_MODELS: Final = (
    KnownModel(f"{_QWEN}-0.5B", 0.49, _APACHE, 32768, 24, 2, 64, True),
    KnownModel(f"{_QWEN}-1.5B", 1.54, _APACHE, 32768, 28, 2, 128, True),
    KnownModel(f"{_QWEN}-3B", 3.09, "qwen-research (not for trade)", 32768, 36, 2, 128, True),
    KnownModel(f"{_QWEN}-7B", 7.62, _APACHE, 32768, 28, 4, 128, True),
    KnownModel(f"{_QWEN}-14B", 14.8, _APACHE, 32768, 48, 8, 128, True),
    KnownModel(f"{_QWEN}-32B", 32.8, _APACHE, 32768, 64, 8, 128, True),
    KnownModel("TinyLlama/TinyLlama-1.1B-Chat-v1.0", 1.1, _APACHE, 2048, 22, 4, 64, False),
    KnownModel("microsoft/phi-2", 2.78, "mit", 2048, 32, 32, 80, False),
    KnownModel("bigcode/starcoder2-3b", 3.03, "bigcode-openrail-m", 16384, 30, 2, 128, True),
    KnownModel("deepseek-ai/deepseek-coder-1.3b-base", 1.35, "deepseek", 16384, 24, 16, 128, True),
    KnownModel("deepseek-ai/deepseek-coder-6.7b-base", 6.74, "deepseek", 16384, 32, 32, 128, True),
    KnownModel("HuggingFaceTB/SmolLM2-360M-Instruct", 0.36, _APACHE, 8192, 32, 5, 64, False),
    KnownModel("HuggingFaceTB/SmolLM2-1.7B-Instruct", 1.71, _APACHE, 8192, 24, 32, 64, False),
)
"""By family, then by size."""
