"""Takes the code out of what a model answered."""

from __future__ import annotations

import re

from aifirst_orchestrator.calls.ask import Reply
from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.languages.generated_language import GeneratedLanguage
from aifirst_orchestrator.generate.languages.registry import generated_language

_BLOCK = re.compile(
    r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+-]*)[^\n]*\n(.*?)^[ \t]*\1[ \t]*$", re.DOTALL | re.MULTILINE
)
_MOST_CHARACTERS = 60_000


def read_code(reply: Reply, language: GeneratedLanguage | None = None) -> str | Flaw:
    """The code of an answer with a line feed at its end: its only block of the language, or all of it where it is code.

    The language is Python where none is given.
    """
    language = language or generated_language("python")
    if reply.failure:
        return Flaw("answer", f"there was no answer: {reply.failure}")
    if reply.finish == "length":
        return Flaw(
            "answer", "the answer was cut off at its limit of tokens", "write less: no prose, shorter code"
        )
    text = reply.text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return Flaw("answer", "the answer was empty", f"answer with one block of {language.title}")
    if len(text) > _MOST_CHARACTERS or "\0" in text:
        return Flaw(
            "answer", "the answer is no code of this size", f"answer with one block of {language.title}"
        )
    blocks = [match[3] for match in _BLOCK.finditer(text) if match[2].lower() in (*language.fences, "")]
    if len(blocks) == 1:
        return _ended(blocks[0])
    if len(blocks) > 1:
        return Flaw(
            "answer", f"the answer has {len(blocks)} blocks of code", "answer with one block, all code in it"
        )
    if _opened(language).search(text) is not None:
        return Flaw("answer", "the block of code is not closed", "close it with ``` on a line of its own")
    if language.is_code(text):
        return _ended(text)
    return Flaw(
        "answer",
        f"the answer has no block of {language.title}",
        f"answer with one block that begins with ```{language.fences[0]}",
    )


def _opened(language: GeneratedLanguage) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in language.fences)
    return re.compile(rf"^[ \t]*(?:`{{3,}}|~{{3,}})[ \t]*(?:{words})?[ \t]*\n", re.MULTILINE)


def _ended(code: str) -> str:
    lines = [line.rstrip() for line in code.strip("\n").split("\n")]
    return "\n".join(lines).rstrip("\n") + "\n"
