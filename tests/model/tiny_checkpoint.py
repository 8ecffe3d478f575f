"""A checkpoint as people have them, only small: Qwen2's or Llama's architecture, an own tokenizer, safetensors.

It is trained on the spot on Python's standard library, so that it prefers what code looks like, and every run makes the
same one. It has the traps of the real ones: more rows of embeddings than tokens, tied embeddings and biases (Qwen2),
untied ones and a first token before every text (Llama), no tokens for a gap (Llama).
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sysconfig
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Literal

Architecture = Literal["qwen2", "llama"]

WIDTH: Final = 256
MERGES: Final = 1500
ROWS: Final = 1792
"""Of the embeddings; more than there are tokens, as in Qwen's own."""
STEPS: Final = 120
_BATCH, _LENGTH = 8, 64

QWEN_TOKENS: Final = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>",
    "<|repo_name|>", "<|file_sep|>",
)  # fmt: skip
LLAMA_TOKENS: Final = (
    "<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>",
    "<|finetune_right_pad_id|>",
)  # fmt: skip
_QWEN_TEMPLATE: Final = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_LLAMA_TEMPLATE: Final = (
    "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m['role'] }}<|end_header_id|>\n\n"
    "{{ m['content'] | trim }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)
_SPLIT: Final = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}DIGITS| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""How the families cut text before byte pairs: `qwen2` (a digit a piece) and `llama-bpe` (three) of llama.cpp."""


def standard_library_texts(size: int = 1_500_000) -> list[str]:
    """Modules of the standard library in the order of their names, about `size` characters of them in all."""
    root = Path(sysconfig.get_paths()["stdlib"])
    texts: list[str] = []
    for path in sorted(root.glob("*.py")) + sorted(root.glob("json/*.py")):
        text = path.read_text("utf-8", errors="ignore")
        if 2_000 < len(text) < 60_000 and sum(map(len, texts)) < size:
            texts.append(text)
    return texts


def make_tiny(
    folder: Path, architecture: Architecture = "qwen2", *, steps: int = STEPS, texts: list[str] | None = None
) -> Path:
    """Train the checkpoint with one thread and save it under `folder`, which is returned."""
    torch: Any = import_module("torch")
    texts = standard_library_texts() if texts is None else texts
    tokenizer = make_tokenizer(texts, architecture)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(8)
            model = new_model(architecture, tokenizer)
            pretrain(model, tokenizer, texts, steps)
    finally:
        torch.set_num_threads(threads)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def make_tokenizer(texts: list[str], architecture: Architecture = "qwen2", merges: int = MERGES) -> Any:
    """A byte-level tokenizer trained on `texts`, as `PreTrainedTokenizerFast`, special tokens last as in Qwen's."""
    from tokenizers import (
        AddedToken,
        Regex,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
        trainers,
    )

    is_qwen = architecture == "qwen2"
    special = QWEN_TOKENS if is_qwen else LLAMA_TOKENS
    inner: Any = import_module("tokenizers").Tokenizer(models.BPE())
    if is_qwen:
        inner.normalizer = normalizers.NFC()
    split = pre_tokenizers.Split(Regex(_SPLIT.replace("DIGITS", "" if is_qwen else "{1,3}")), "isolated")
    inner.pre_tokenizer = pre_tokenizers.Sequence(
        [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    inner.decoder = decoders.ByteLevel()
    inner.post_processor = processors.ByteLevel(trim_offsets=False)
    inner.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=256 + merges, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
            show_progress=False,
        ),
    )  # fmt: skip
    inner.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    if not is_qwen:
        first = (special[0], inner.token_to_id(special[0]))
        template = processors.TemplateProcessing(
            single=f"{first[0]} $A", pair=f"{first[0]} $A {first[0]} $B", special_tokens=[first]
        )
        inner.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), template])
    return import_module("transformers").PreTrainedTokenizerFast(
        tokenizer_object=inner, model_max_length=1024, clean_up_tokenization_spaces=False,
        bos_token=None if is_qwen else "<|begin_of_text|>",
        eos_token="<|im_end|>" if is_qwen else "<|eot_id|>",
        pad_token="<|endoftext|>" if is_qwen else "<|finetune_right_pad_id|>",
        chat_template=_QWEN_TEMPLATE if is_qwen else _LLAMA_TEMPLATE,
    )  # fmt: skip


def new_model(
    architecture: Architecture, tokenizer: Any, *, width: int = WIDTH, layers: int = 2, rows: int = ROWS
) -> Any:
    """A model that has learned nothing: head of 64, half as many key-value heads as heads."""
    transformers: Any = import_module("transformers")
    assert len(tokenizer) <= rows
    shape: dict[str, Any] = {
        "vocab_size": rows, "hidden_size": width, "intermediate_size": 2 * width, "num_hidden_layers": layers,
        "num_attention_heads": width // 64, "num_key_value_heads": width // 128, "max_position_embeddings": 1024,
        "bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }  # fmt: skip
    if architecture == "qwen2":
        return transformers.Qwen2ForCausalLM(transformers.Qwen2Config(**shape, tie_word_embeddings=True))
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(**shape, tie_word_embeddings=False))


def pretrain(
    model: Any, tokenizer: Any, texts: list[str], steps: int, *, batch: int = _BATCH, length: int = _LENGTH
) -> float:
    """Train on the texts end to end, a special token between two; the last step's loss in nats a token.

    Muon takes the matrices, AdamW the rest: after as many steps half a nat better than AdamW alone
    (https://kellerjordan.github.io/posts/muon/).
    """
    torch: Any = import_module("torch")
    ends = tokenizer.convert_tokens_to_ids(
        "<|endoftext|>" if tokenizer.bos_token is None else "<|end_of_text|>"
    )
    ids: list[int] = []
    for text in texts:
        ids += [*tokenizer.backend_tokenizer.encode(text, add_special_tokens=False).ids, ends]
    stream = torch.tensor(ids)
    named: list[tuple[str, Any]] = list(model.named_parameters())
    is_matrix = {name: p.ndim == 2 and "embed" not in name and "lm_head" not in name for name, p in named}
    optimizers: list[Any] = [
        torch.optim.Muon([p for name, p in named if is_matrix[name]], lr=0.02, weight_decay=0.0),
        torch.optim.AdamW([p for name, p in named if not is_matrix[name]], lr=5e-3, betas=(0.9, 0.95)),
    ]
    rates = [float(optimizer.param_groups[0]["lr"]) for optimizer in optimizers]
    model.train()
    loss = 0.0
    for step in range(steps):
        starts = torch.randint(len(stream) - length, (batch,))
        rows = torch.stack([stream[start : start + length] for start in starts])
        out = model(input_ids=rows, labels=rows)
        out.loss.backward()
        for optimizer, rate in zip(optimizers, rates, strict=True):
            optimizer.param_groups[0]["lr"] = rate * min(1.0, (step + 1) / 5, 2 * (steps - step) / steps)
            optimizer.step()
            optimizer.zero_grad()
        loss = float(out.loss.detach())
    model.eval()
    return loss


def cached_tiny(cache: Path, architecture: Architecture) -> Path:
    """The checkpoint under `cache`, made where this file, Python or PyTorch is another than when it was made last.

    Several processes may ask at once: the first makes it, the others wait.
    """
    import fcntl

    made_of = [
        platform.python_version(),
        *(version(name) for name in ("torch", "transformers", "tokenizers")),
    ]
    key = hashlib.sha256(json.dumps(made_of).encode() + Path(__file__).read_bytes()).hexdigest()[:16]
    folder = cache / f"{architecture}-{key}"
    with (cache / f"{architecture}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            make_tiny(cache / f"{folder.name}.{os.getpid()}.part", architecture).rename(folder)
    return folder
