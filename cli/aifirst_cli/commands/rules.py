"""`aifirst rules`: the rules, in a list or one explained."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem


def complete_rule(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Codes and names that begin as typed; after a comma the next one."""
    from aifirst_validator.rule_set import load_rules

    before, comma, word = incomplete.rpartition(",")
    return [
        CompletionItem(f"{before}{comma}{name}", help=rule.summary)
        for rule in load_rules().all
        for name in (rule.code, rule.name)
        if name.lower().startswith(word.lower())
    ]


@click.command("rules")
@click.argument("rule", required=False, shell_complete=complete_rule)
@click.option("-f", "--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="For a person, or for a program.")  # fmt: skip
def command(rule: str | None, shape: str) -> None:
    """List the rules, or explain one.

    RULE is a code (AF101), a name (unit-tokens) or a family (AF1), or several with commas between.

    \b
    aifirst rules                   all of them, with their severity under balanced
    aifirst rules AF4               the edit rules
    aifirst rules unit-tokens       what one wants and why, with examples
    aifirst rules --format json     for a program
    """
    from aifirst_validator.rule_pages import rule_list, rule_page
    from aifirst_validator.rule_set import load_rules

    from aifirst_cli.chosen_rules import rules_called, words_of

    chosen = load_rules().all if rule is None else rules_called(words_of(rule) or [rule])
    if shape == "json" or len(chosen) != 1:
        click.echo(rule_list(chosen, shape))
    else:
        click.echo(rule_page(chosen[0]), nl=False)
