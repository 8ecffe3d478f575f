"""The tiny checkpoints are what they are said to be: others test on them."""

from __future__ import annotations

from pathlib import Path

import pytest
from aifirst_model.heavy import heavy

pytest.importorskip("torch", reason="PyTorch is missing: pip install 'aifirst[train]'")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


def _loss(folder: Path, text: str) -> float:
    transformers = heavy("transformers", "train")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder)
    ids = tokenizer(text, return_tensors="pt").input_ids
    return float(model(input_ids=ids, labels=ids).loss.detach())


def test_a_tiny_checkpoint_prefers_code_to_the_same_lines_backwards(tiny_qwen2: Path) -> None:
    code = (
        'def find(self, name):\n    """Return the value."""\n    for key in self.names:\n        return key\n'
    )
    assert _loss(tiny_qwen2, code) + 0.3 < _loss(tiny_qwen2, code[::-1])


def test_the_tokenizers_give_every_text_back_and_know_their_special_tokens(
    tiny_qwen2: Path, tiny_llama: Path
) -> None:
    transformers = heavy("transformers", "train")
    text = "def f(x):\n\treturn x*1234  # naïve 日本 'quoted'\r\n\n\n"
    for folder, first in ((tiny_qwen2, None), (tiny_llama, "<|begin_of_text|>")):
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        ids = tokenizer(text).input_ids
        assert tokenizer.decode(ids) == (first or "") + text
        chat = tokenizer.apply_chat_template([{"role": "user", "content": "hi"}], tokenize=False)
        assert "hi" + tokenizer.eos_token in chat
