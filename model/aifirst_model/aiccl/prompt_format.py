"""How a model is asked for AICCL and for code: the same words in training and in use.

A question is the language in brackets, with what is asked where that is not `exact`, and the text below:
`[python]\\n…`, `[python low]\\n…`, `[python expand]\\n…`. The answer is the document, or the code, and nothing else.
"""

from __future__ import annotations

from typing import Final, Literal

from aifirst_model.aiccl.codec import Resolution
from aifirst_model.request import Chat, Message

TAGS: Final = ("<comp:map", "</comp:map>", "<comp:code", "</comp:code>")
"""Beginnings and ends that a tokenizer may be given as tokens of their own; attributes follow a beginning."""

Direction = Literal["compress", "expand"]


def ask_to_compress(source: str, language: str, resolution: Resolution = "exact") -> str:
    """The question whose answer is the source as a document."""
    asked = "" if resolution == "exact" else f" {resolution}"
    return f"[{language}{asked}]\n{source}"


def ask_to_expand(document: str, language: str) -> str:
    """The question whose answer is the code of a document at any resolution."""
    return f"[{language} expand]\n{document}"


def chat_of(question: str) -> Chat:
    """The question as a conversation."""
    return Chat((Message("user", question),))


def read_question(question: str) -> tuple[str, str, str]:
    """The language, what is asked (a resolution or `expand`), and the text of a question; empty ones for another text."""
    head, _, text = question.partition("\n")
    if not (head.startswith("[") and head.endswith("]")):
        return "", "", ""
    language, _, asked = head[1:-1].partition(" ")
    return language, asked or "exact", text
