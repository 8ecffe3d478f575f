"""How a tokenizer cuts text before byte pairs, known by its definition rather than by a model's name.

llama.cpp has these ways built in by name, and a file with the wrong name gives other tokens without a word. So a
definition that is not known is refused.
"""

from __future__ import annotations

import json
from typing import Any, Final, cast

from aifirst_model.export.export_error import ExportError

_CONTRACTED: Final = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
_REST: Final = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_SPLITS: Final = {
    _CONTRACTED + r"\p{N}" + _REST: "qwen2",
    _CONTRACTED + r"\p{N}{1,3}" + _REST: "llama-bpe",
}
SUPPORTED: Final = ("qwen2", "llama-bpe", "gpt-2")


def recognise(tokenizer: dict[str, Any]) -> str:
    """llama.cpp's name for the cutting of a tokenizer.json. Raises `ExportError` for one that is not known."""
    told = _object(tokenizer.get("pre_tokenizer"))
    steps = [_object(one) for one in cast("list[object]", told.get("pretokenizers", []))] or [told]
    kinds = [step.get("type") for step in steps]
    if kinds == ["ByteLevel"] and steps[0].get("use_regex", True) and not steps[0].get("add_prefix_space"):
        return "gpt-2"
    if kinds == ["Split", "ByteLevel"] and not steps[1].get("use_regex", True):
        split = steps[0]
        named = _SPLITS.get(str(_object(split.get("pattern")).get("Regex")))
        if named and split.get("behavior") == "Isolated" and not split.get("invert"):
            return named
    shown = json.dumps(told)
    raise ExportError(
        f"the tokenizer cuts text in a way that is not known ({shown[:200]}{'…' if len(shown) > 200 else ''}); "
        f"known are {', '.join(SUPPORTED)}",
        "name the way that llama.cpp has for it, as `--pre-tokenizer deepseek-coder`",
    )


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
