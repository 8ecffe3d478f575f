"""Samples as others write them, read as one of our kinds: what instruction data is published in.

Read are `messages` (roles and contents), `conversations` (`from`, `value`), `instruction` with `input` and `output`,
pairs of `prompt`, `question` or `query` with `completion`, `response` or `answer`, `chosen` beside `rejected`, and a
`text` alone. What stands about a sample, a category, a source, a quality, comes along; every other field is passed over.
"""

from __future__ import annotations

from typing import Final, cast

import msgspec

from aifirst_model.dataset.record import About, Conversation, Message, Preference, Role, Sample, Text

_ROLES: Final[dict[str, Role]] = {
    "system": "system", "user": "user", "human": "user", "prompter": "user", "assistant": "assistant", "gpt": "assistant",
    "bot": "assistant", "model": "assistant", "chatgpt": "assistant", "tool": "tool", "function": "tool",
}  # fmt: skip
_ASKED: Final = ("instruction", "prompt", "question", "query")
_ANSWERED: Final = ("output", "completion", "response", "answer")
_FORMS: Final = (
    "messages, conversations, instruction and output, prompt and completion, chosen and rejected, text"
)
_OBJECT: Final = msgspec.json.Decoder(dict[str, object])


def read_other_form(line: bytes) -> Sample:
    """The sample of a line without a `kind`. Raises `ValueError`, `msgspec.DecodeError` or `UnicodeDecodeError`."""
    row = _OBJECT.decode(line)
    about = _about(row)
    if (turns := row.get("messages", row.get("conversations"))) is not None:
        return Conversation(_turns(turns), about)
    asked = _asked(row)
    if "chosen" in row and "rejected" in row:
        chosen, rejected = (_last(row[name]) for name in ("chosen", "rejected"))
        return Preference(asked or _before(row["chosen"]), chosen, rejected, about)
    answer = next((row[name] for name in _ANSWERED if isinstance(row.get(name), str)), None)
    if asked and isinstance(answer, str):
        return Conversation((*asked, Message("assistant", answer)), about)
    if isinstance(text := row.get("text"), str):
        return Text(text, about)
    raise ValueError(f"it has no `kind`, and none of the forms that are known: {_FORMS}")


def _asked(row: dict[str, object]) -> tuple[Message, ...]:
    """What is asked, with what the system says first; nothing where no field asks."""
    question = next((row[name] for name in _ASKED if row.get(name)), None)
    if isinstance(question, list):
        return _turns(cast("object", question))
    if not isinstance(question, str):
        return ()
    more = row.get("input")
    whole = f"{question}\n\n{more}" if isinstance(more, str) and more.strip() else question
    system = row.get("system", row.get("system_prompt"))
    first = (Message("system", system),) if isinstance(system, str) and system.strip() else ()
    return *first, Message("user", whole)


def _turns(turns: object) -> tuple[Message, ...]:
    """Turns with `role` and `content`, or with `from` and `value`."""
    if not isinstance(turns, list):
        raise ValueError("its turns are no list")
    found: list[Message] = []
    for turn in cast("list[object]", turns):
        given = cast("dict[str, object]", turn) if isinstance(turn, dict) else {}
        said = given.get("content", given.get("value"))
        role = _ROLES.get(str(given.get("role", given.get("from"))).lower())
        if role is None or not isinstance(said, str):
            raise ValueError(f"turn {len(found) + 1} has no role and text that are known")
        found.append(Message(role, said))
    return tuple(found)


def _last(answer: object) -> str:
    """An answer that is a text, or the last of some turns."""
    if isinstance(answer, str):
        return answer
    if not (turns := _turns(answer)):
        raise ValueError("an answer has no turns")
    return turns[-1].content


def _before(answer: object) -> tuple[Message, ...]:
    """The turns before the answer, where it is the last of some."""
    return () if isinstance(answer, str) else _turns(answer)[:-1]


def _about(row: dict[str, object]) -> About:
    meta = row.get("meta")
    told = {**(cast("dict[str, object]", meta) if isinstance(meta, dict) else {}), **row}
    category, language, licence, source = (
        value if isinstance(value := told.get(name), str) else ""
        for name in ("category", "language", "licence", "source")
    )
    quality = told.get("quality", told.get("quality_score"))
    is_share = isinstance(quality, int | float) and 0 <= quality <= 1
    return About(
        category=category, language=language, licence=licence, source=source,
        quality=float(cast("float", quality)) if is_share else None,
    )  # fmt: skip
