"""Makes a model of its own of an adapter and its base, with the tokenizer that the adapter was trained with.

An adapter trained on a base in 4 bits (QLoRA) is merged into the full base: what the 4 bits lost is not lost again.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Final

from aifirst_model.checkpoint.load_pretrained import load_pretrained_model
from aifirst_model.checkpoint.open_checkpoint import Checkpoint, open_checkpoint
from aifirst_model.heavy import heavy
from aifirst_model.training.load_base import load_tokenizer
from aifirst_model.training.model_card import describe_merge
from aifirst_model.training.quiet_libraries import quiet_libraries
from aifirst_model.training.tell_failure import is_disk_full
from aifirst_model.training.training_error import TrainingError

_PROBE: Final = "def add(a, b):\n    return a + b\n"


def find_base(adapter: Path) -> Checkpoint:
    """The base that an adapter says it is for. Raises `CheckpointError`, `TrainingError`."""
    name = open_checkpoint(adapter).adapter_of
    if name is None:
        raise TrainingError(
            f"{adapter} is no adapter, there is nothing to merge", "give the result/ of a LoRA run"
        )
    if not name:
        raise TrainingError(f"{adapter} does not say what base it is for", "name it with --base")
    return open_checkpoint(name)


def merge_adapter(adapter: Path, base: Checkpoint, out: Path) -> Path:
    """Write the merged model to `out`, which must not exist, in the base's own type of number; `out`.

    The card says by how much the logits of a line of code differ from those of base and adapter. Raises `TrainingError`,
    `CheckpointError`.
    """
    if open_checkpoint(adapter).adapter_of is None:
        raise TrainingError(
            f"{adapter} is no adapter, there is nothing to merge", "give the result/ of a LoRA run"
        )
    if base.quantisation:
        raise TrainingError(
            f"{base.folder} is quantised ({base.quantisation}), and merging would lose more",
            "give the full version of the base with --base",
        )
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise TrainingError(f"{out} exists", "name another folder with -o")
    part = out.with_name(f"{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        _write_merged(adapter, base, part)
        if out.exists():
            out.rmdir()
        part.rename(out)
    except Exception as error:
        if not is_disk_full(error):
            raise
        raise TrainingError(
            f"{part} cannot be written: the disk is full, or a file may not be that large",
            "make room, then merge again",
        ) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return out


def _write_merged(adapter: Path, base: Checkpoint, part: Path) -> None:
    """Write all of the merged model into a folder that is not there yet."""
    tokenizer = load_tokenizer(adapter if (adapter / "tokenizer_config.json").is_file() else base.folder)
    with quiet_libraries():
        model, difference = _merge(adapter, base, tokenizer)
        part.mkdir(parents=True)
        model.save_pretrained(str(part))
        tokenizer.save_pretrained(str(part))
    _write_card(part, adapter, base, difference)


def _merge(adapter: Path, base: Checkpoint, tokenizer: Any) -> tuple[Any, float]:
    """The merged model, and the largest difference of a logit from what base and adapter say."""
    torch = heavy("torch", "train")
    loaded = load_pretrained_model(base.folder, dtype="auto")
    if len(tokenizer) > int(loaded.get_input_embeddings().weight.shape[0]):
        loaded.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    try:
        model = heavy("peft", "train").PeftModel.from_pretrained(loaded, str(adapter)).eval()
    except (RuntimeError, ValueError) as error:
        raise TrainingError(
            f"the adapter {adapter} does not fit {base.folder} ({str(error).splitlines()[0]})",
            "name the base that it was trained on with --base",
        ) from None
    ids = torch.tensor([tokenizer(_PROBE).input_ids])
    with torch.no_grad():
        before = model(input_ids=ids).logits.float()
        merged = model.merge_and_unload(safe_merge=True)
        after = merged(input_ids=ids).logits.float()
    return merged, float((before - after).abs().max())


def _write_card(part: Path, adapter: Path, base: Checkpoint, difference: float) -> None:
    told = f"Merging changed no logit of a line of code by more than {difference:.2g}.\n"
    card = adapter / "README.md"
    text = describe_merge(card.read_text("utf-8"), base.name) if card.is_file() else f"# {adapter.name}\n\n"
    (part / "README.md").write_text(text + told, "utf-8")
