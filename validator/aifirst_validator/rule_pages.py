"""What the rules say about themselves: the list, the page of one rule, the metadata formats carry.

Everything comes from the rule's class: its docstring, its severities and its examples.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence

import msgspec
from aifirst_codebase.config import PRESETS, Settings

from aifirst_validator.formats.rule_info import RuleInfo
from aifirst_validator.rule import ChangeRule, Example, ProjectRule, Rule

FAMILIES: dict[str, str] = {
    "AF0": "Reading and suppressions",
    "AF1": "Size and shape",
    "AF2": "Semantic glue",
    "AF3": "Token connectivity",
    "AF4": "Edit rules",
    "AF5": "Tickets, specifications, assembly",
    "AF6": "Safety",
}
_FENCES = {"py": "python", "js": "javascript", "ts": "typescript", "md": "markdown", "rs": "rust"}


def explanation(rule: Rule) -> str:
    """The rule's explanation: its class docstring, as paragraphs."""
    return inspect.cleandoc(type(rule).__doc__ or "")


def rule_info(rule: Rule, settings: Settings | None = None) -> RuleInfo:
    """What formats tell about the rule under these settings."""
    severity = rule.severity_under(settings or Settings())
    return RuleInfo(rule.code, rule.name, rule.summary, explanation(rule), severity, rule.fixable)


def rule_list(rules: Sequence[Rule], shape: str = "text") -> str:
    """The rules as a table, or as JSON."""
    if shape == "json":
        rows = [
            {
                "code": rule.code,
                "name": rule.name,
                "summary": rule.summary,
                "severity": severities(rule),
                "fixable": rule.fixable,
                "looks_at": looks_at(rule),
                "explanation": explanation(rule),
            }
            for rule in rules
        ]
        return msgspec.json.format(msgspec.json.encode({"version": 1, "rules": rows}), indent=2).decode()
    wide = max(len(rule.name) for rule in rules)
    lines: list[str] = []
    family = ""
    for rule in rules:
        if rule.code[:3] != family:
            family = rule.code[:3]
            lines += ["", f"{family}xx  {FAMILIES.get(family, 'Plug-ins')}"]
        fix = "fix" if rule.fixable else "   "
        lines.append(
            f"  {rule.code}  {rule.name:<{wide}}  {severities(rule)['balanced']:<7}  {fix}  {rule.summary}"
        )
    return "\n".join(lines).lstrip("\n")


def severities(rule: Rule) -> dict[str, str]:
    """The rule's severity under each preset."""
    return {preset: rule.severity_under(msgspec.convert({"preset": preset}, Settings)) for preset in PRESETS}


def looks_at(rule: Rule) -> str:
    """What the rule judges: a file, the project, or a change."""
    if isinstance(rule, ChangeRule):
        return "change"
    return "project" if isinstance(rule, ProjectRule) else "file"


def rule_page(rule: Rule) -> str:
    """The documentation page of a rule, in Markdown."""
    by_preset = severities(rule)
    lines = [
        f"# {rule.code} {rule.name}",
        "",
        rule.summary,
        "",
        explanation(rule),
        "",
        f"Looks at: {looks_at(rule)}. Fix: {'`aifirst validate --fix`' if rule.fixable else 'by hand'}.",
        "",
        "| " + " | ".join(by_preset) + " |",
        "|" + " --- |" * len(by_preset),
        "| " + " | ".join(by_preset.values()) + " |",
    ]
    for title, examples in (("Objected to", rule.invalid), ("Accepted", rule.valid)):
        if examples:
            lines += ["", f"## {title}"]
        for example in examples:
            lines += ["", *_example(example)]
    return "\n".join(lines) + "\n"


def _example(example: Example) -> list[str]:
    lines: list[str] = []
    if example.title:
        lines.append(f"{example.title[0].upper()}{example.title[1:]}:")
    if example.settings:
        lines += ["", "With these settings:", "", *_fenced(example.settings, "toml")]
    for path, text in example.files:
        lines += ["", f"`{path}`:", "", *_fenced(text, path.rpartition(".")[2])]
    if example.before is not None:
        lines += [
            "",
            f"`{example.path}` before:",
            "",
            *_fenced(example.before, example.path.rpartition(".")[2]),
        ]
        lines += ["", f"`{example.path}` after{_at(example)}:", ""]
    else:
        lines += ["", f"`{example.path}`{_at(example)}:", ""]
    return [*lines, *_fenced(example.text, example.path.rpartition(".")[2])]


def _at(example: Example) -> str:
    if not example.lines:
        return ""
    places = ", ".join(str(line) for line in sorted(set(example.lines)))
    return f" (line{'s' * (len(set(example.lines)) > 1)} {places})"


def _fenced(text: str, suffix: str) -> list[str]:
    shown = "".join(char if char.isprintable() or char == "\n" else f"\\u{ord(char):04x}" for char in text)
    lines = shown.rstrip("\n").split("\n")
    if len(lines) > 30:
        lines = [*lines[:12], f"… {len(lines) - 20} more lines", *lines[-8:]]
    fence = "````" if "```" in text else "```"
    return [f"{fence}{_FENCES.get(suffix, suffix)}", *lines, fence]
