"""How surprised a model is by text that it did not write: per token, and per byte, which compares over tokenizers.

A long text is read in windows that overlap: each stretch is scored once, with the text before it as context, as much as
the window has room for. Stretches end at line ends, where tokenizers end a token anyway.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from aifirst_model.answer import Token
from aifirst_model.errors import TooLongError
from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.result import Item, Metric, MetricKind, Result, Score, metrics_over
from aifirst_model.text_model import TextModel

KINDS = {"bits_per_byte": MetricKind("lower", "bits"), "log_loss_per_token": MetricKind("lower", "nats")}
_PROBED = 1_000
"""Characters of a text by which it is told how many a token has."""
_OF_CONTEXT = 0.9
"""How much of the context a window takes that is as large as the context: texts are cut by characters."""
_MOST_BYTES = 64_000_000


class Windows(msgspec.Struct, frozen=True):
    """Tokens of a window, and how many of them are scored before it moves on; both about, as texts end at lines."""

    window: int = 1024
    stride: int = 512


async def fit_windows(model: TextModel, window: int | None, stride: int | None) -> Windows:
    """Windows as asked for, else of 1,024 tokens or what the model has room for, and half of that for the stride.

    Raises EvaluationError for windows that cannot be, UnsupportedError for a model that cannot score texts, ModelError.
    """
    await model.score("1\n")  # what it has room for is known of servers and files once they have answered
    room = model.capabilities.context
    if window is not None and 0 < room < window:
        raise EvaluationError(
            f"{model.name} has room for {room:,} tokens, and the window is {window:,}",
            f"give --window {room} or less, or --context for a local model that was made for more",
        )
    if window is None:
        window = min(1024, int(room * _OF_CONTEXT) if room else 1024)
    if stride is not None and stride > window:
        raise EvaluationError(
            f"the stride of {stride:,} tokens is larger than the window of {window:,}, so some text has no context",
            "give a smaller --stride",
        )
    return Windows(window, stride or max(1, window // 2))


class Stretch(msgspec.Struct, frozen=True):
    """What is scored at once: `target`, behind `context`."""

    context: str
    target: str


class Surprise(msgspec.Struct, frozen=True):
    """Of one text: the log loss of its scored tokens together, in nats, with their number and that of their bytes."""

    loss: float
    tokens: int
    size: int


def read_texts(paths: Sequence[Path]) -> list[tuple[str, str]]:
    """Name and text of each file; folders are not walked. Raises EvaluationError."""
    texts: list[tuple[str, str]] = []
    for path in paths:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise EvaluationError(f"{path} cannot be read ({error.strerror})", "give text files") from None
        if len(data) > _MOST_BYTES:
            raise EvaluationError(f"{path} holds over {_MOST_BYTES // 1_000_000} MB", "give a part of it")
        text = data.decode("utf-8", "replace")
        if not text.strip():
            raise EvaluationError(f"{path} is empty", "leave it out")
        texts.append((path.as_posix(), text))
    return texts


def stretches(text: str, characters: float, windows: Windows) -> Iterator[Stretch]:
    """The stretches of a text of which a token has so many characters; together their targets are the text."""
    step = max(1, int(windows.stride * characters))
    before = max(0, int((windows.window - windows.stride) * characters))
    start = 0
    while start < len(text):
        end = min(len(text), start + step)
        if end < len(text):
            line_end = text.rfind("\n", start, end) + 1
            end = line_end if line_end > start else end
        context = text[max(0, start - before) : start]
        if start > before and "\n" in context:
            context = context[context.index("\n") + 1 :]
        yield Stretch(context, text[start:end])
        start = end


async def surprise_of(model: TextModel, text: str, windows: Windows) -> Surprise:
    """How surprised the model is. Raises UnsupportedError for one that cannot score texts, ModelError."""
    start = text[: min(_PROBED, windows.window)]
    probe = await _score(model, Stretch("", start))
    characters = len(start) / max(1, len(probe))
    losses: list[float] = []
    skipped = 0
    for stretch in stretches(text, characters, windows):
        own = probe if stretch.target == start == text else await _score(model, stretch)
        losses += [-token.log_probability for token in own if not math.isnan(token.log_probability)]
        # The first token of all is predicted by nothing: neither it nor its bytes count.
        skipped += sum(len(token.text.encode()) for token in own if math.isnan(token.log_probability))
    return Surprise(math.fsum(losses), len(losses), len(text.encode()) - skipped)


async def _score(model: TextModel, stretch: Stretch) -> list[Token]:
    """The target's tokens; where there is no room for all, with half the context, or in halves."""
    try:
        tokens = await model.score(stretch.context + stretch.target)
    except TooLongError:
        context, target = stretch.context, stretch.target
        if len(context) >= max(2, len(target)):
            return await _score(model, Stretch(_from_line(context, len(context) // 2), target))
        if len(target) < 2:
            raise
        middle = target.rfind("\n", 0, len(target) // 2) + 1 or len(target) // 2
        before = context + target[:middle]
        first = await _score(model, Stretch(context, target[:middle]))
        rest = Stretch(_from_line(before, len(before) - max(len(context), middle // 2)), target[middle:])
        return [*first, *await _score(model, rest)]
    return list(tokens[await _behind(model, stretch, [token.text for token in tokens]) :])


async def perplexity_result(
    model: TextModel, texts: Sequence[tuple[str, str]], windows: Windows, report: Callable[[int, int], None]
) -> Result:
    """Every figure over the texts. Raises as `surprise_of`, EvaluationError where nothing could be scored."""
    items: list[Item] = []
    for done, (name, text) in enumerate(texts):
        report(done, len(texts))
        seen = await surprise_of(model, text, windows)
        if seen.tokens and seen.size > 0:
            bits = seen.loss / math.log(2)
            scores = {
                "bits_per_byte": Score(bits / seen.size, seen.size),
                "log_loss_per_token": Score(seen.loss / seen.tokens, seen.tokens),
            }
            digest = hashlib.sha256(text.encode()).hexdigest()[
                :8
            ]  # a text that changed is another one to compare
            items.append(Item(f"{name} {digest}", scores))
    if not items:
        raise EvaluationError("no text has a token that can be scored", "give longer texts")
    metrics = metrics_over(items, KINDS)
    metrics["perplexity"] = _perplexity(metrics["log_loss_per_token"])
    sizes = [item.scores["bits_per_byte"].weight for item in items]
    counts = [item.scores["log_loss_per_token"].weight for item in items]
    about = {
        "texts": f"{len(items)}, {sum(sizes):,.0f} bytes, {sum(counts):,.0f} tokens",
        "windows": f"{windows.window} tokens, {windows.stride} of them scored",
    }
    return Result("perplexity", model.name, metrics, tuple(items), about)


def _from_line(text: str, start: int) -> str:
    """The rest of a text, from its first whole line where it has one."""
    rest = text[start:]
    return rest[rest.find("\n") + 1 :] or rest


async def _behind(model: TextModel, stretch: Stretch, texts: Sequence[str]) -> int:
    """How many tokens are of the context: by their texts where those are the whole, else by counting the context's."""
    if not stretch.context:
        return 0
    if sum(map(len, texts)) != len(stretch.context) + len(stretch.target):
        return await model.count_tokens(stretch.context)
    place = 0
    for index, text in enumerate(texts):
        if place >= len(stretch.context):
            return index
        place += len(text)
    return len(texts)


def _perplexity(loss: Metric) -> Metric:
    """The exponential of the log loss and of its interval; what is compared is the loss."""
    low, high = (None if end is None else math.exp(end) for end in (loss.low, loss.high))
    return Metric(math.exp(loss.value), low, high, better="", count=loss.count)
