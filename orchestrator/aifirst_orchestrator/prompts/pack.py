"""Packs parts into a model's window: what matters most stays whole, the rest is shortened, cut or left out.

Never over by a token: the finished messages are counted as a whole, with what the model's template adds, and given way
again until they fit. Secrets are masked before anything is counted. The same parts give the same prompt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import msgspec
from aifirst_codebase.secrets.mask import mask_secrets
from aifirst_model.request import Chat, Message

from aifirst_orchestrator.prompts.material import RULE, mark_material
from aifirst_orchestrator.prompts.part import Given, Part

_LEFT_OUT = "[… the rest is left out]"
_LEAST_KEPT = 48
"""Characters that a cut part has to keep to be worth its marks."""


class PromptTooLargeError(Exception):
    """What has to stay whole does not fit into the window; the text says by how much and what to do."""


class PackedPrompt(msgspec.Struct, frozen=True):
    """A prompt that fits, and what of each part is in it, in the order of the parts."""

    chat: Chat
    manifest: tuple[Given, ...]
    tokens: int


def pack_prompt(
    parts: Sequence[Part], room: int, count: Callable[[str], int], *, message_tokens: int = 8
) -> PackedPrompt:
    """The parts as a chat of a system and a user message, of at most `room` tokens by `count`.

    `message_tokens` is what the model's template adds to a message. Raises `PromptTooLargeError` where the parts of
    importance 0 alone are too large.
    """
    texts = [_forms(part) for part in parts]
    chosen = [0] * len(parts)
    cut: dict[int, str] = {}
    order = sorted(range(len(parts)), key=lambda index: (-parts[index].importance, -index))
    tokens = _tokens(_chat(parts, _given(texts, chosen, cut)), count, message_tokens)
    for index in order:
        if tokens <= room:
            break
        if parts[index].importance == 0:
            raise PromptTooLargeError(
                f"what has to be said takes {tokens} tokens and there is room for {room}: "
                "take a model with a larger window, or a smaller unit"
            )
        tokens = _give_way(parts, texts, chosen, cut, index, room, count, message_tokens)
    for index in reversed(order):
        tokens = _come_back(parts, texts, chosen, cut, index, room, tokens, count, message_tokens)
    given = _given(texts, chosen, cut)
    if tokens > room:
        raise PromptTooLargeError(
            f"there is room for {room} tokens, and {tokens} are the least: use a larger window"
        )
    manifest = tuple(
        _told(part, text, chosen[index], index in cut, count)
        for index, (part, text) in enumerate(zip(parts, given, strict=True))
    )
    return PackedPrompt(_chat(parts, given), manifest, tokens)


def _give_way(
    parts: Sequence[Part],
    texts: list[list[str]],
    chosen: list[int],
    cut: dict[int, str],
    index: int,
    room: int,
    count: Callable[[str], int],
    message_tokens: int,
) -> int:
    """Shorten one part until all fit, or leave it out; the tokens of all then."""

    def tokens() -> int:
        return _tokens(_chat(parts, _given(texts, chosen, cut)), count, message_tokens)

    now = tokens()
    while chosen[index] + 1 < len(texts[index]) and now > room:
        chosen[index] += 1
        now = tokens()
    if now <= room or not parts[index].may_be_cut:
        if now > room:
            chosen[index] = len(texts[index])
            now = tokens()
        return now
    lines = texts[index][chosen[index]].split("\n")
    low, high = 0, len(lines) - 1  # so many lines fit, and no more than so many
    while low < high:
        middle = (low + high + 1) // 2
        cut[index] = "\n".join([*lines[:middle], _LEFT_OUT])
        low, high = (middle, high) if tokens() <= room else (low, middle - 1)
    kept = "\n".join(lines[:low])
    cut[index] = f"{kept}\n{_LEFT_OUT}"
    if len(kept) < _LEAST_KEPT or (now := tokens()) > room:
        del cut[index]
        chosen[index] = len(texts[index])
        now = tokens()
    return now


def _come_back(
    parts: Sequence[Part],
    texts: list[list[str]],
    chosen: list[int],
    cut: dict[int, str],
    index: int,
    room: int,
    now: int,
    count: Callable[[str], int],
    message_tokens: int,
) -> int:
    """Give a part more of its text again, where one that gave way after it left enough room; the tokens of all then."""
    if index in cut or chosen[index] == 0:
        return now
    least = chosen[index]
    for form in range(least):
        chosen[index] = form
        tokens = _tokens(_chat(parts, _given(texts, chosen, cut)), count, message_tokens)
        if tokens <= room:
            return tokens
    chosen[index] = least
    return now


def _forms(part: Part) -> list[str]:
    """The text and what may stand for it, without secrets."""
    return [mask_secrets(text) for text in (part.text, *part.shorter)]


def _given(texts: list[list[str]], chosen: list[int], cut: dict[int, str]) -> list[str | None]:
    """What is given of each part; None where it is left out."""
    return [
        cut.get(index, forms[chosen[index]] if chosen[index] < len(forms) else None)
        for index, forms in enumerate(texts)
    ]


def _chat(parts: Sequence[Part], given: Sequence[str | None]) -> Chat:
    said: dict[str, list[str]] = {"system": [], "user": []}
    for part, text in zip(parts, given, strict=True):
        if text is not None:
            said[part.place].append(mark_material(part.name, text) if part.is_material else text)
    if any(part.is_material and text is not None for part, text in zip(parts, given, strict=True)):
        said["system"].append(RULE)
    messages: list[Message] = []
    if said["system"]:
        messages.append(Message("system", "\n\n".join(said["system"])))
    messages.append(Message("user", "\n\n".join(said["user"])))
    return Chat(tuple(messages))


def _tokens(chat: Chat, count: Callable[[str], int], message_tokens: int) -> int:
    return sum(count(message.content) + message_tokens for message in chat.messages)


def _told(part: Part, text: str | None, form: int, is_cut: bool, count: Callable[[str], int]) -> Given:
    whole = mask_secrets(part.text)
    tokens = count(whole)
    if text is None:
        return Given(part.name, "left-out", 0, "", part.source, tokens)
    shown = mark_material(part.name, text) if part.is_material else text
    how = "cut" if is_cut else "whole" if form == 0 else "shorter"
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    lines = (text.count("\n"), whole.split("\n")) if is_cut else None  # the last line says that it was cut
    cut = (lines[0], len(lines[1])) if lines is not None else None
    return Given(part.name, how, count(shown), digest, part.source, tokens, cut)
