"""`--diff`, `--staged` and `--pair`: what an edit brought in, and the edit rules."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

from command_run import CLEAN, PROGRAM, STALE, Aifirst, Ran, Write, environment

TICKETED = """\
# ============================================================
# @TAG:TICKET:retry-delay
# @TAG:MODIFIED:2025-01-10
# ============================================================
# TICKET: Delay between retries
# ============================================================
# CONTEXT: A client that fails tries again
# REQUIREMENTS: FR1 waits longer each time
# ============================================================
# MODIFICATION LOG:
# - 2025-01-10: First version
#   Reason: The queue was flooded


def delay(attempt):
    # WHY: doubling empties a flooded queue
    return 2 ** attempt
"""
EDITED = TICKETED.replace("return 2 ** attempt", "return min(2 ** attempt, 60)")


def rules_of(ran: Ran) -> list[str]:
    return [finding["rule"] for finding in json.loads(ran.out)["findings"]]


def test_a_diff_tells_what_the_change_brought_in_and_nothing_older(
    aifirst: Aifirst, write: Write, git: Callable[..., str]
) -> None:
    write("old.py", STALE)
    write("new.py", CLEAN)
    git("add", ".")
    git("commit", "-qm", "first")
    assert aifirst("validate", "--diff", "HEAD").code == 0
    write("new.py", STALE)
    ran = aifirst("validate", "--diff", "HEAD", "-f", "json")
    report = json.loads(ran.out)
    assert ran.code == 1
    assert {f["path"] for f in report["findings"]} == {"new.py"}
    assert "AF207" in rules_of(ran)
    assert report["revision"] == "HEAD"
    assert aifirst("validate", "--diff", "HEAD", "old.py").code == 0
    ran = aifirst("validate", "--diff", "nope")
    assert (ran.code, "'nope' is no known revision" in ran.err) == (2, True)


def test_staged_judges_the_index_and_not_the_working_tree(
    aifirst: Aifirst, write: Write, git: Callable[..., str]
) -> None:
    write("a.py", CLEAN)
    git("add", ".")
    git("commit", "-qm", "first")
    write("a.py", STALE)
    assert aifirst("validate", "--staged").code == 0
    git("add", "a.py")
    write("a.py", CLEAN)
    assert aifirst("validate", "--staged").code == 1


def test_a_branch_is_judged_against_its_merge_base(
    aifirst: Aifirst, write: Write, git: Callable[..., str]
) -> None:
    write("a.py", CLEAN)
    git("add", ".")
    git("commit", "-qm", "first")
    git("switch", "-qc", "topic")
    write("b.py", CLEAN)
    git("add", ".")
    git("commit", "-qm", "second")
    git("switch", "-q", "main")
    write("a.py", STALE)
    git("commit", "-qam", "third")
    git("switch", "-q", "topic")
    assert aifirst("validate", "--diff", "main...").code == 0


def test_a_pair_is_judged_by_the_edit_rules(aifirst: Aifirst, write: Write, tmp_path: Path) -> None:
    before, after = write("before.py", TICKETED), write("after.py", EDITED)
    ran = aifirst("validate", "--pair", before, after, "-f", "json")
    assert ran.code == 1
    assert "AF402" in rules_of(ran)
    assert aifirst("validate", "--pair", before, before).code == 0
    outside = tmp_path / "elsewhere.py"
    outside.write_text(EDITED)
    assert "AF402" in rules_of(aifirst("validate", "--pair", before, outside, "-f", "json"))


def test_a_pair_may_come_through_a_pipe(
    aifirst: Aifirst, write: Write, folder: Path, git: Callable[..., str]
) -> None:
    write("a.py", TICKETED)
    git("add", ".")
    git("commit", "-qm", "first")
    write("a.py", EDITED)
    script = f"{shlex.quote(str(PROGRAM))} validate --pair <(git show HEAD:a.py) a.py -f concise"
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, capture_output=True, text=True, env=environment(), check=False
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "AF402" in done.stdout


def test_an_edit_record_is_judged_with_the_change(aifirst: Aifirst, write: Write) -> None:
    before, after = write("before.py", TICKETED), write("after.py", EDITED)
    plan = write(
        "plan.toml", 'intent = "Cap the delay in somewhere else"\n[plan]\nfiles_to_modify = ["x.py"]\n'
    )
    without = rules_of(aifirst("validate", "--pair", before, after, "-f", "json"))
    with_plan = rules_of(aifirst("validate", "--pair", before, after, "--plan", plan, "-f", "json"))
    assert set(without) < set(with_plan)
    assert "AF413" in with_plan
