"""Wrong use: exit code 2, one error that names the thing, and the next step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from command_run import CLEAN, STALE, Aifirst, Write

Git = Callable[..., str]

WRONG_USE = [
    (["chek"], "there is no command 'chek'. Did you mean 'check'?"),
    (["frobnicate"], "there is no command 'frobnicate'. There are check, validate,"),
    (["check", "nope"], "nope does not exist. Give a folder or file of your project."),
    (["check", ""], "a PATH is empty."),
    (["check", ".", "/"], "/ is outside the project"),
    (["check", "--frmat", "json"], "No such option"),
    (["check", "--preset", "strict"], "'strict' is not one of 'full', 'balanced'"),
    (["check", "-j", "99999"], "99999 is not in the range"),
    (["check", "--set", "limits"], "'limits' is not KEY=VALUE, such as limits.unit_tokens=900."),
    (["check", "--set", "limits.unit_tokns=3"], 'Did you mean "limits.unit_tokens"?'),
    (["check", "--set", "limits.unit_tokens=many"], "expected a whole number, 0 or more."),
    (["validate", "--only", "AF999"], "there is no rule 'AF999'. `aifirst rules` lists them all."),
    (["validate", "--only", "unit-token"], "Did you mean unit-tokens?"),
    (["validate", "--only", ","], "--only needs a rule or family"),
    (["validate", "--diff", ""], "--diff needs a revision, such as main"),
    (["validate", "--diff", "main", "--staged"], "different things to judge. Give one of them."),
    (["validate", "--pair", "a.py", "gone.py"], "--pair: gone.py does not exist. Name two files."),
    (["validate", "--pair", "a.py", "."], "--pair: . is not a file. Name two files."),
    (["validate", "--plan", "p.json"], "--plan belongs to a change. Give --diff, --staged or --pair too."),
    (["validate", "--staged", "--fix"], "--fix mends files of the working tree."),
    (["validate", "--diff", "main", "--ratchet"], "--ratchet needs all findings of the files."),
    (["validate", "--ratchet"], "--ratchet needs a baseline"),
    (["validate", "--ratchet", "--write-baseline", "b.json"], "Give one of them."),
    (["validate", "--baseline", "gone.json"], "there is no baseline gone.json: make it with"),
    (["validate", "-"], "Give --stdin-path src/name.py."),
    (["validate", "--stdin-path", "a.py"], "Give - as PATH too."),
    (["validate", "-o", ""], "-o needs a file"),
    (["rules", "unit-token"], "Did you mean unit-tokens?"),
    (["config", "show", "nope"], "nope does not exist."),
    (["init", "a.py"], "Directory 'a.py' is a file."),
    (["doctor", "nope"], "Directory 'nope' does not exist."),
    (["config", "shw"], "there is no command 'shw'. Did you mean 'show'?"),
    (["config", "nope"], "there is no command 'nope'. There are schema, show."),
    (["check", "a" * 5000], "aaaa... (5,000 characters) is longer than a path can be. Give a shorter one."),
    (["completion", "tcsh"], "'tcsh' is not one of 'bash', 'zsh', 'fish'."),
    (["completion"], "Missing argument '{bash|zsh|fish}'. Choose from: bash, zsh, fish"),
    (
        ["search", "login", "redirect"],
        "redirect does not exist. Give a folder of your project, or put the query in",
    ),
    (
        ["search", "the", "login", "redirect"],
        "unexpected extra argument (redirect): put the query in quotes.",
    ),
    (["context", "the login", "."], "unexpected extra argument (.): run this in the folder of the project."),
    (["context", "login", "redirect"], "unexpected extra argument (redirect): put the query in quotes."),
]


@pytest.mark.parametrize(("arguments", "told"), WRONG_USE, ids=[" ".join(w[0])[:60] for w in WRONG_USE])
def test_wrong_use_is_told_in_one_line_with_the_next_step(
    aifirst: Aifirst, write: Write, arguments: list[str], told: str
) -> None:
    write("a.py", CLEAN)
    ran = aifirst(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert told in ran.err
    first, *rest = ran.err.splitlines()
    assert first.startswith("Error: ")
    assert len(rest) <= 1
    assert all(line.startswith("See aifirst") for line in rest)


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["chek"], "aifirst"),
        (["--frmat"], "aifirst"),
        (["check", "nope"], "aifirst check"),
        (["check", "--set"], "aifirst check"),
        (["validate", "--pair", "a.py"], "aifirst validate"),
        (["validate", "--staged", "--fix"], "aifirst validate"),
        (["report", "-o", ""], "aifirst report"),
        (["init", "--preset"], "aifirst init"),
        (["config", "shw"], "aifirst config"),
        (["config", "show", "--preset"], "aifirst config show"),
        (["config", "show", "nope"], "aifirst config show"),
        (["config", "schema", "more"], "aifirst config schema"),
        (["rules", "nope"], "aifirst rules"),
        (["doctor", "-f"], "aifirst doctor"),
        (["completion"], "aifirst completion"),
    ],
    ids=str,
)
def test_the_hint_of_wrong_use_leads_to_the_help_of_the_command(
    aifirst: Aifirst, write: Write, arguments: list[str], command: str
) -> None:
    write("a.py", CLEAN)
    ran = aifirst(*arguments)
    assert (ran.code, ran.err.splitlines()[-1]) == (2, f"See {command} --help.")


def test_a_name_cannot_steer_the_terminal_from_within_an_error(aifirst: Aifirst) -> None:
    told = aifirst("check", "\x1b]0;owned\x07\u202e").err
    assert told.startswith(r"Error: \x1b]0;owned\x07\u202e does not exist.")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[limits\n", "aifirst.toml:1:"),
        ("\n[limitz]\n", 'aifirst.toml:2:1: Unknown key limitz. Did you mean "limits"?'),
        ("preset = 'hard'\n", 'preset is "hard"; expected one of'),
        (b"\xff\xfe\0", "aifirst.toml:1: The file is not UTF-8."),
    ],
    ids=["no TOML", "unknown key", "unknown preset", "not UTF-8"],
)
def test_a_broken_settings_file_is_told_with_its_line(
    aifirst: Aifirst, write: Write, text: str | bytes, told: str
) -> None:
    write("aifirst.toml", text)
    for arguments in (["check"], ["config", "show"]):
        ran = aifirst(*arguments)
        assert ran.code == 2
        assert told in ran.err
    assert aifirst("check", "--isolated").code == 0


def test_without_a_command_the_help_is_shown_and_it_counts_as_wrong_use(aifirst: Aifirst) -> None:
    ran = aifirst()
    assert ran.code == 2
    assert "Start here:" in ran.err


def test_an_edit_record_that_cannot_be_read_is_told(aifirst: Aifirst, write: Write) -> None:
    write("a.py", CLEAN)
    write("plan.json", b"{\xff")
    ran = aifirst("validate", "--pair", "a.py", "a.py", "--plan", "plan.json")
    assert ran.code == 2
    assert "plan.json is neither JSON nor TOML" in ran.err
    assert "cannot be read: No such file" in aifirst("validate", "--staged", "--plan", "gone").err


def test_a_change_needs_a_repository_git_and_a_revision(aifirst: Aifirst, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    ran = aifirst("validate", "--staged", folder=bare)
    assert (ran.code, "is in no git repository. Run git init" in ran.err) == (2, True)
    ran = aifirst("validate", "--staged", env={"PATH": str(bare)})
    assert (ran.code, "git is not installed or not on PATH" in ran.err) == (2, True)


def test_a_bug_is_told_in_one_line_that_asks_for_a_report(aifirst: Aifirst, write: Write) -> None:
    # a folder where the engine keeps its own module makes a real, unexpected error
    write("sitecustomize.py", "import click.formatting as f\nf.HelpFormatter.getvalue = lambda self: 1 / 0\n")
    ran = aifirst("--help", env={"PYTHONPATH": str(aifirst.folder)})
    assert ran.code == 2
    assert ran.err.startswith("Error: this is a bug of aifirst: ZeroDivisionError: division by zero.")
    assert len(ran.err.splitlines()) == 1


def test_a_run_that_judged_nothing_says_so(aifirst: Aifirst, write: Write, git: Git) -> None:
    write("notes.unknown", "x")
    write("other.unknown", "y")
    told = {
        (): "Nothing to judge: no source file was found. See aifirst config for what is left out.\n",
        ("--staged",): "Nothing to judge: no source file is staged.\n",
        ("--diff", "HEAD"): "Nothing to judge: no source file differs from HEAD.\n",
        (
            "--pair",
            "notes.unknown",
            "other.unknown",
        ): "Nothing to judge: this is in no language that is judged.\n",
        ("--pair", "notes.unknown", "notes.unknown"): "Nothing to judge: the two files are the same.\n",
    }
    git("add", "-A")
    git("commit", "-q", "-m", "one")
    for arguments, line in told.items():
        ran = aifirst("validate", *arguments)
        assert (ran.code, ran.err) == (0, line)
    write("a.py", CLEAN)
    assert aifirst("validate").err == ""


def test_rules_are_named_with_commas_or_one_after_the_other(aifirst: Aifirst, write: Write) -> None:
    write("a.py", STALE)
    assert aifirst("validate", "--only", "AF207", "--only", "AF1").code == 1
    assert aifirst("validate", "--only", "AF6,AF1").code == 0
    listed = aifirst("rules", "AF207, secrets").out
    assert [code for code in ("AF101", "AF207", "AF601") if code in listed] == ["AF207", "AF601"]


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no /dev/zero on this system")
def test_a_plan_without_end_is_refused(aifirst: Aifirst, write: Write) -> None:
    write("a.py", CLEAN)
    ran = aifirst("validate", "--pair", "a.py", "a.py", "--plan", "/dev/zero")
    assert ran.code == 2
    assert "holds over 1 MB" in ran.err
