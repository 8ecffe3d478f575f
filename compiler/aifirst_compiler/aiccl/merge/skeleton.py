"""The source of a unit that a document adds: its definition, with the body that the document gives, or an empty one.

For Python, JavaScript, TypeScript, Go and Java. Left out: bodies in other languages than Python, and what a line of
flow says, which is no code.
"""

from __future__ import annotations

import re
from typing import Final

from aifirst_compiler.aiccl.merge.find_changes import Node

_SCRIPTS: Final = ("javascript", "typescript", "tsx")
_SPACED: Final = re.compile(r"(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')|([,:])(?!\s)|\s*(->)\s*")
_COMMA: Final = re.compile(r"(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')|,(?!\s)")
_ANNOTATED: Final = re.compile(r"(: (?:[^,=()\[\]]|\[(?:[^\[\]]|\[[^\[\]]*\])*\])+?)\s*=\s*(?!=)")
_NAME: Final = re.compile(r"[A-Za-z_$][\w$]*")


def skeleton(node: Node, language: str, holder: str, indent: str) -> str | None:
    """The lines without a newline behind the last; None where a unit like this cannot be written.

    `holder` is the name of what holds it, empty for the file; `indent` is what its lines begin with.
    """
    if _NAME.fullmatch(node.line.own) is None:
        return None
    behind, before = node.line.behind.strip(), node.line.before
    if language == "python":
        return _python(node, behind, before, indent)
    if node.children:
        return None
    head = _braced_head(language, node.line.own, behind, before, holder)
    return None if head is None else f"{indent}{head} {{\n{indent}}}"


def _python(node: Node, behind: str, before: str, indent: str) -> str | None:
    words = before.split(" ")
    keyword = " ".join(word for word in words if word and not word.startswith("@"))
    inside = indent + ("\t" if indent.startswith("\t") else "    ")
    body = _python_body(node.line.body, inside)
    held = [_python_of(child, inside) for child in node.children]
    if keyword not in ("", "async", "class") or body is None or None in held:
        return None
    heads = [f"{indent}{word}" for word in words if word.startswith("@")]
    heads.append(f"{indent}{_python_head(node.line.own, keyword, behind)}:")
    blocks = [text for text in (body, *held) if text]
    return "\n".join([*heads, "\n\n".join(blocks) or f"{inside}..."])


def _python_head(name: str, keyword: str, behind: str) -> str:
    behind = _SPACED.sub(lambda found: found[1] or (f"{found[2]} " if found[2] else " -> "), behind)
    behind = _ANNOTATED.sub(r"\1 = ", behind)
    defined = keyword if keyword == "class" else f"{keyword} def".strip()
    return f"{defined} {name}{behind}"


def _python_of(node: Node, indent: str) -> str | None:
    return skeleton(node, "python", "", indent)


def _python_body(body: str, indent: str) -> str | None:
    """The key lines of a document as statements; None where something is left out of them. A flow is no body."""
    if not body.startswith("\n"):
        return ""
    lines = body.split("\n")[1:]
    if any(line.endswith("…") for line in lines):
        return None
    depths = [len(line) - len(line.lstrip("\t")) for line in lines]
    written: list[str] = []
    for place, (line, depth) in enumerate(zip(lines, depths, strict=True)):
        opens = place + 1 < len(lines) and depths[place + 1] > depth
        text = line.strip("\t")
        if text.startswith("# ") and not place:
            text = f'"""{text[2:]}"""'
        written.append(f"{indent}{'    ' * (depth - 1)}{text}{':' if opens else ''}")
    return "\n".join(written)


def _braced_head(language: str, name: str, behind: str, before: str, holder: str) -> str | None:
    behind = _COMMA.sub(lambda found: found[1] or ", ", behind)
    words = before.split(" ") if before else []
    is_class = "class" in words
    prefix = "".join(f"{word} " for word in words)
    if language in _SCRIPTS:
        if is_class:
            return f"{prefix}{name} {behind}".rstrip()
        if behind.startswith("="):
            return None if holder else f"const {name} = {prefix}{behind[1:]} =>"
        return f"{prefix}{name}{behind}" if holder else f"{prefix}function {name}{behind}"
    if language == "go":
        if behind in ("struct", "interface"):
            return f"type {name} {behind}"
        return f"func (x *{holder}) {name}{behind}" if holder else f"func {name}{behind}"
    if language == "java":
        return f"{prefix}{name} {behind}".rstrip() if is_class else f"{prefix}{name}{behind}"
    return None
