"""Settings that a file sets for itself, in a comment among its first lines.

    # aifirst: limits.unit_tokens=900, rules.AF101=off -- generated from the schema
    // @NSS-CODER: philosophy_level=minimal

The comment stands on a line of its own, in the first 20 lines and the first 4,096 characters. What
follows ` -- ` is a reason. The second form is the one that other AI-First tools write. Other comments
that begin with `aifirst:` (suppressions) are not directives and are left alone.
"""

from __future__ import annotations

import re
import tomllib
from typing import Final

from aifirst_codebase.config.layer import Layer, LayerCheck, nest_overrides
from aifirst_codebase.config.problems import ConfigProblem, suggest
from aifirst_codebase.config.setting_keys import PROJECT_WIDE, top_names

HEAD_LINES: Final = 20
HEAD_CHARACTERS: Final = 4096

PHILOSOPHY_LEVELS: Final = {"full": "full", "moderate": "balanced", "minimal": "legacy", "custom": ""}
"""The values of the other spelling's one key, as presets; `custom` names no preset."""

_COMMENT: Final = re.compile(
    r"""^[ \t\ufeff]*(?:\#+|//+!?|/\*+!?|\*|<!--+|--+|;+|%+|\(\*|\{-)[ \t]*
    (?P<name>aifirst|@NSS-CODER):[ \t]*(?P<body>[^\n]*)$""",
    re.VERBOSE | re.MULTILINE,
)
_ITEM: Final = re.compile(
    r"""[ \t]*(?P<key>[^\s=,]+)[ \t]*=[ \t]*(?P<value>"[^"]*"|'[^']*'|\[[^\]]*\]|[^,\s]*)[ \t]*(?P<end>,|$)"""
)
_CLOSERS: Final = ("*/", "-->", "*)", "-}")
_REASON: Final = re.compile(r"(?:^|[ \t])--[ \t].*$")
_BARE_WORD: Final = re.compile(r"[A-Za-z_][\w./-]*\Z")


def has_directive(text: str) -> bool:
    """A cheap test: `False` means that `read_directives` has nothing to find."""
    return text.find("aifirst:", 0, HEAD_CHARACTERS) >= 0 or text.find("@NSS-CODER:", 0, HEAD_CHARACTERS) >= 0


def read_directives(text: str) -> tuple[Layer, list[ConfigProblem]]:
    """The settings that the text's directives give (the last of a key wins), and what is wrong in them."""
    values: dict[str, object] = {}
    problems: list[ConfigProblem] = []
    if has_directive(text):
        head = "\n".join(text[:HEAD_CHARACTERS].split("\n", HEAD_LINES)[:HEAD_LINES])
        for comment in _COMMENT.finditer(head):
            line = head.count("\n", 0, comment.start("body")) + 1
            column = comment.start("body") - head.rfind("\n", 0, comment.start("body"))
            is_alias = comment["name"] != "aifirst"
            _read_comment(_without_closer(comment["body"]), is_alias, (line, column), values, problems)
    return Layer("file-directive", values, "file directive"), problems


def parse_assignment(text: str) -> tuple[str, object]:
    """`limits.unit_tokens=900` as its key and value; a value that is no TOML value is taken as a text.

    Raises `ValueError` for a text without `key=`.
    """
    key, equals, raw = text.partition("=")
    if not equals or not key.strip():
        raise ValueError(f"{text!r} is not KEY=VALUE, such as limits.unit_tokens=900")
    return key.strip(), _parse_value(raw.strip())


def _read_comment(
    body: str,
    is_alias: bool,
    place: tuple[int, int],
    values: dict[str, object],
    problems: list[ConfigProblem],
) -> None:
    line, column = place
    body = _REASON.sub("", body)
    at = 0
    while body[at:].strip(", \t"):
        item = _ITEM.match(body, at)
        if item is None:
            word = body[at:].split()[0].rstrip(",")
            if is_alias or at or word.partition(".")[0] in top_names():
                start = column + at + len(body[at:]) - len(body[at:].lstrip())
                problems.append(
                    ConfigProblem(
                        message=f'A file directive has "{word[:40]}" where key=value is expected.',
                        next_step="Separate settings by commas; a reason follows after --.",
                        line=line,
                        column=start,
                    )
                )
            return
        found = _read_item(item["key"], _parse_value(item["value"]), is_alias, values)
        start = column + item.start("key")
        problems.extend(
            ConfigProblem(message=p.message, next_step=p.next_step, line=line, column=start, key=p.key)
            for p in found
        )
        at = item.end()


def _without_closer(body: str) -> str:
    """The text of a comment without what closes it."""
    body = body.rstrip()
    for closer in _CLOSERS:
        if body.endswith(closer):
            return body[: -len(closer)].rstrip()
    return body


def _read_item(key: str, value: object, is_alias: bool, values: dict[str, object]) -> list[ConfigProblem]:
    """One assignment into `values`; what is wrong with it, without a place."""
    if is_alias and key == "philosophy_level":
        preset = PHILOSOPHY_LEVELS.get(str(value))
        if preset is None:
            wanted = ", ".join(PHILOSOPHY_LEVELS)
            message = f"philosophy_level is {value}; expected one of {wanted}."
            return [ConfigProblem(message=message, next_step=suggest(str(value), PHILOSOPHY_LEVELS), key=key)]
        if preset:
            values["preset"] = preset
        return []
    if key.partition(".")[0] in PROJECT_WIDE:
        message = f"{key} concerns the whole project, so a file cannot set it."
        return [ConfigProblem(message=message, next_step="Set it in aifirst.toml.", key=key)]
    check = LayerCheck("file-directive", "")
    layer, _ = check.read(nest_overrides({key: value}))
    values.update(layer.values)
    return check.problems


def _parse_value(raw: str) -> object:
    """A TOML value where it is one, else the text itself."""
    if _BARE_WORD.match(raw) and raw not in ("true", "false"):
        return raw
    try:
        value: object = tomllib.loads(f"value = {raw}\n").get("value", raw)
    except (ValueError, RecursionError):
        return raw
    return value
