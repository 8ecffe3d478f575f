"""Writes every page that is made from the program, and says which are stale.

    python docs/generate.py            write them
    python docs/generate.py --check    write nothing; exit 1 and name the pages that are not current

The pages: the commands, one page a rule with a table of them all, the settings, and their JSON schema.
Nothing that a person writes is touched; a rule's page that no rule has any more is removed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from aifirst_cli.main import cli
from aifirst_codebase.config.document import schema_text, settings_page
from aifirst_orchestrator.generate.event import event_schema
from aifirst_validator.rule import Rule
from aifirst_validator.rule_pages import FAMILIES, looks_at, rule_page, severities
from aifirst_validator.rule_set import load_rules
from click import Command, Context, Group

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 100
MADE = "<!-- Made by `python docs/generate.py`; change the program, not this page. -->"


def main(arguments: list[str]) -> int:
    """Write the pages, or check them; returns the exit code."""
    pages = dict(all_pages())
    stale = [path for path, text in pages.items() if current_text(path) != text]
    superfluous = sorted(set((ROOT / "docs/rules").glob("*.md")) - set(pages))
    if arguments == ["--check"]:
        for path in [*stale, *superfluous]:
            print(f"{path.relative_to(ROOT)} is not current: run python docs/generate.py", file=sys.stderr)
        return 1 if stale or superfluous else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pages[path], encoding="utf-8", newline="\n")
        print(f"wrote {path.relative_to(ROOT)}")
    for path in superfluous:
        path.unlink()
        print(f"removed {path.relative_to(ROOT)}")
    return 0


def all_pages() -> Iterator[tuple[Path, str]]:
    """Every generated file with its text."""
    yield ROOT / "docs/reference/cli.md", commands_page()
    yield ROOT / "docs/reference/configuration.md", settings_page()
    yield ROOT / "schema/aifirst.schema.json", schema_text()
    yield (
        ROOT / "schema/run-event.schema.json",
        json.dumps(event_schema(), indent=2, ensure_ascii=False) + "\n",
    )
    rules = [rule for rule in load_rules().all if type(rule).__module__.startswith("aifirst_validator.")]
    yield ROOT / "docs/rules/README.md", rules_page(rules)
    for rule in rules:
        yield ROOT / f"docs/rules/{page_name(rule)}", f"{MADE}\n\n{rule_page(rule)}"


def current_text(path: Path) -> str | None:
    """The text of the file, None where there is none."""
    return path.read_text(encoding="utf-8") if path.exists() else None


def commands_page() -> str:
    """The reference of the command line: the help of every command, as it is printed."""
    parts = [
        "# The command line",
        MADE,
        "Results go to standard output, everything else to standard error. Exit codes: 0 clean, 1 findings,\n"
        "2 wrong use or failure, 130 interrupted. A run that is interrupted keeps what it has finished.",
    ]
    context = Context(cli, info_name="aifirst", terminal_width=WIDTH, help_option_names=["-h", "--help"])
    parts += help_of(cli, context, 2)
    return "\n\n".join(parts) + "\n"


def help_of(command: Command, context: Context, level: int) -> Iterator[str]:
    """The help of a command and of those below it, as Markdown."""
    lines = [line.rstrip() for line in command.get_help(context).split("\n")]
    yield f"{'#' * level} `{context.command_path}`"
    yield "\n".join(["```text", *lines, "```"])
    if isinstance(command, Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                inner = Context(below, parent=context, info_name=name, terminal_width=WIDTH)
                yield from help_of(below, inner, level + (context.parent is None))


def rules_page(rules: list[Rule]) -> str:
    """The table of all rules."""
    lines = [
        "# Rules",
        "",
        MADE,
        "",
        "A rule says what it found, why it matters and what to do. `aifirst rules CODE` shows its page in a",
        "terminal. How severe it is depends on the preset; `[rules]` in `aifirst.toml` overrules it.",
        "`fix` says that `aifirst validate --fix` can mend it without touching the code.",
    ]
    family = ""
    for rule in rules:
        if rule.code[:3] != family:
            family = rule.code[:3]
            lines += ["", f"## {family}xx: {FAMILIES[family]}", ""]
            lines += ["| Rule | What it says | Looks at | full | balanced | gradual | legacy | prototype |"]
            lines += ["|---|---|---|---|---|---|---|---|"]
        mark = " (fix)" if rule.fixable else ""
        lines.append(
            f"| [{rule.code} {rule.name}]({page_name(rule)}) | {rule.summary}{mark} | {looks_at(rule)} | "
            + " | ".join(severities(rule).values())
            + " |"
        )
    return "\n".join(lines) + "\n"


def page_name(rule: Rule) -> str:
    """The file name of a rule's page."""
    return f"{rule.code}-{rule.name}.md"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
