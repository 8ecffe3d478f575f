"""`aifirst rules`: the rules, in a list or one explained."""

from __future__ import annotations

import click


@click.command("rules")
@click.argument("rule", required=False)
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(rule: str | None, shape: str) -> None:
    """List the rules, or explain one.

    RULE is a code (AF101), a name (unit-tokens) or a family (AF1).
    """
    from aifirst_validator.rule_pages import rule_list, rule_page
    from aifirst_validator.rule_set import load_rules

    rules = load_rules()
    if rule is None or shape == "json":
        chosen = [one for one in rules.all if rule in (None, one.code, one.name, one.code[:3])]
    else:
        chosen = [one for one in rules.all if rule.upper() in (one.code, one.code[:3]) or rule == one.name]
    if not chosen:
        from difflib import get_close_matches

        near = get_close_matches(rule or "", sorted(rules.names), n=1)
        hint = f"Did you mean {near[0]!r}?" if near else "`aifirst rules` lists them all."
        raise click.UsageError(f"there is no rule {rule!r}. {hint}")
    if shape == "json" or len(chosen) > 1:
        click.echo(rule_list(chosen, shape))
    else:
        click.echo(rule_page(chosen[0]))
