"""Takes the code out of what a model answered."""

from __future__ import annotations

import ast
import re

from aifirst_orchestrator.calls.ask import Reply
from aifirst_orchestrator.generate.flaw import Flaw

_BLOCK = re.compile(
    r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+-]*)[^\n]*\n(.*?)^[ \t]*\1[ \t]*$", re.DOTALL | re.MULTILINE
)
_OPENED = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[ \t]*(?:python|py)?[ \t]*\n", re.MULTILINE)
_MOST_CHARACTERS = 60_000


def read_code(reply: Reply) -> str | Flaw:
    """The code of an answer with a line feed at its end: its only block of Python, or all of it where that is Python."""
    if reply.failure:
        return Flaw("answer", f"there was no answer: {reply.failure}")
    if reply.finish == "length":
        return Flaw(
            "answer", "the answer was cut off at its limit of tokens", "write less: no prose, shorter code"
        )
    text = reply.text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return Flaw("answer", "the answer was empty", "answer with one block of Python")
    if len(text) > _MOST_CHARACTERS or "\0" in text:
        return Flaw("answer", "the answer is no code of this size", "answer with one block of Python")
    blocks = [match[3] for match in _BLOCK.finditer(text) if match[2].lower() in ("python", "py", "")]
    if len(blocks) == 1:
        return _ended(blocks[0])
    if len(blocks) > 1:
        return Flaw(
            "answer", f"the answer has {len(blocks)} blocks of code", "answer with one block, all code in it"
        )
    if _OPENED.search(text) is not None:
        return Flaw("answer", "the block of code is not closed", "close it with ``` on a line of its own")
    if _is_python(text):
        return _ended(text)
    return Flaw(
        "answer", "the answer has no block of Python", "answer with one block that begins with ```python"
    )


def _is_python(text: str) -> bool:
    """Whether a text without a block is code: it parses and defines something."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) for node in tree.body)


def _ended(code: str) -> str:
    lines = [line.rstrip() for line in code.strip("\n").split("\n")]
    return "\n".join(lines).rstrip("\n") + "\n"
