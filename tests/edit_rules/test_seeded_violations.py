"""An honest edit of an AI-First file passes every edit rule, and each way to spoil it is caught by its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec
import pytest
from aifirst_codebase.config.settings import Settings
from aifirst_codebase.source import decode_source
from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile, default_reader, default_settings
from aifirst_validator.changes.judge import judge_change
from aifirst_validator.changes.pair import change_of_texts
from aifirst_validator.changes.record import EditRecord, parse_record
from aifirst_validator.rule_set import load_rules
from hypothesis import given, settings
from hypothesis import strategies as st

DAY = date(2025, 6, 1)
RULES = load_rules().change_rules
BAR = "# " + "=" * 60
FILE, SPEC, TESTS = "retry.py", "specs/retry.md", "tests/test_retry.py"

CODE = '''
def delay(attempt, factor=2):
    """Seconds to wait before the next attempt, doubling with every attempt.

    Args:
        attempt: how many attempts failed so far
        factor: what every failure multiplies the delay with. Defaults to 2.

    Returns:
        Seconds, never more than LONGEST.
    """
    # WHY: a caller may count from zero or pass a negative number after a reset
    attempt = max(attempt, 0)
    # STEP 1: grow the delay with the number of failed attempts (FR1)
    seconds = factor ** attempt
    # EDGE CASE: a very large exponent would keep a client waiting for days
    if seconds > LONGEST:
        # STEP 2: keep the delay below the limit (FR2)
        return LONGEST
    # WHY: whole seconds, because the scheduler cannot wait for less
    return int(seconds)
'''
LOG = "# - 2025-01-10: First version\n#   Reason: The queue was flooded\n"
BEFORE = f"""{BAR}
# @TAG:TICKET:retry-delay
# @TAG:COMPONENT:retry
# @TAG:SPEC:retry
# @TAG:MODIFIED:2025-01-10
{BAR}
# TICKET: Delay between the attempts of a request
{BAR}
# Created: 2025-01-10
# Author: Ada
{BAR}
# CONTEXT
{BAR}
# The queue of failed requests is worked off again and again. Every attempt waits longer than the one
# before it, so that a server that is down is not flooded the moment it is up again.
{BAR}
# REQUIREMENTS
{BAR}
# FR1: the delay grows with every failed attempt
# FR2: the delay is never longer than LONGEST = 60 seconds
{BAR}
# MODIFICATION LOG:
{LOG}
# Seconds; the longest that a client waits.
LONGEST = 60

{CODE}"""
SPEC_TEXT = "# Retry\n\n@TAG:SPEC:retry\n\nFR1: the delay grows.\n\nFR2: the delay has a limit.\n"
TEST_TEXT = "from retry import delay\n\n\ndef test_fr1_delay_grows():\n    assert delay(2) > delay(1)\n"

ENTRY = """# - 2025-06-01: Delay is rounded, not cut
#   Agent: Ada
#   Type: fix
#   Reason: 1.9 seconds became 1 second
#   Impact:
#     - Delays are up to half a second longer
#   Related: specs/retry.md
#   Reviewed: Grace
"""
EDITED = (
    BEFORE.replace("int(seconds)", "round(seconds)")
    .replace("@TAG:MODIFIED:2025-01-10", "@TAG:MODIFIED:2025-06-01")
    .replace(LOG, LOG + ENTRY)
)
EDITED_TESTS = TEST_TEXT + "\n\ndef test_fr2_delay_is_rounded():\n    assert delay(1, 1.9) == 2\n"
OLD = {FILE: BEFORE, SPEC: SPEC_TEXT, TESTS: TEST_TEXT}
NEW = {FILE: EDITED, SPEC: SPEC_TEXT, TESTS: EDITED_TESTS}
LINE = BEFORE.splitlines().index("    return int(seconds)") + 1
PLAN = parse_record(f"""
intent = "Round the delay in retry.py:{LINE}."
analysis = "int() cuts."
context = ["retry.py", "specs/retry.md"]
log = "Rounded, retry.py:{LINE}."
commit = "0123abc"
[plan]
files_to_modify = ["retry.py"]
files_to_update = ["tests/test_retry.py"]
validation_checks = ["pytest"]
changes = [{{ file = "retry.py", line = {LINE}, action = "modify", details = "round instead of int" }}]
[[validation]]
check = "pytest"
passed = true
change = 1
""")


def rules_of(
    new: dict[str, str], old: dict[str, str] | None = None, plan: EditRecord | None = None
) -> list[str]:
    """The edit rules that object, each once."""
    change = change_of_texts(old or OLD, new, today=DAY, plan=plan)
    return sorted(
        {rule.edit_rule for _, rule, _ in judge_change(change, RULES)}, key=lambda name: int(name[1:])
    )


def edited(*replacements: tuple[str, str], **others: str) -> dict[str, str]:
    text = EDITED
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new)
    return {**NEW, FILE: text, **others}


def test_an_honest_edit_passes() -> None:
    assert rules_of(NEW) == []


def test_an_honest_edit_with_its_record_passes() -> None:
    assert rules_of(NEW, plan=PLAN) == []


COMMENTS = [line + "\n" for line in CODE.splitlines() if line.strip().startswith("#")]
LONG_CODE = "".join(f"\n\ndef step_{n}(value):\n    return value + {n}\n" for n in range(20))
GONE = {"attempt, factor=2": "attempt, ratio=2", "factor ** attempt": "ratio ** attempt"}

SEEDED: list[tuple[str, dict[str, str], list[str]]] = [
    ("two comments of kept code are dropped", edited((COMMENTS[0], ""), (COMMENTS[1], "")), ["E1"]),
    ("the log is forgotten", edited((ENTRY, ""), ("MODIFIED:2025-06-01", "MODIFIED:2025-06-01 ")), ["E2"]),
    ("the day is forgotten", edited(("MODIFIED:2025-06-01", "MODIFIED:2025-01-10")), ["E2"]),
    ("the ticket is cut off", {**NEW, FILE: EDITED[EDITED.index("# Seconds; the longest") :]}, ["E1", "E2", "E3"]),
    ("a requirement is added in the ticket alone", edited(
        ("60 seconds\n", "60 seconds\n# FR3: the delay is a whole number\n")), ["E3"]),
    ("an edge case is added in the code alone", edited(
        ("    seconds = factor", "    # EDGE CASE: a factor below one shrinks the delay\n    seconds = factor")),
     ["E3"]),
    ("a required parameter is added and a caller forgotten", edited(
        ("attempt, factor=2", "attempt, clock, factor=2"), **{SPEC: SPEC_TEXT + "\nIt reads the clock.\n"}), ["E4"]),
    ("a local name is renamed on the way", edited(
        ("seconds = factor", "waiting = factor"), ("if seconds", "if waiting"), ("(seconds)", "(waiting)")), ["E5"]),
    ("the log entry says too little", edited(("#   Agent: Ada\n#   Type: fix\n", "")), ["E6"]),
    ("no test changes", {**NEW, TESTS: TEST_TEXT}, ["E7"]),
    ("the test that changes is another's", {**NEW, TESTS: TEST_TEXT, "tests/test_x.py": "def test_x(): pass\n"}, ["E7"]),
    ("an unrelated function is added", edited(
        ("    return round(seconds)\n", "    return round(seconds)\n\n\ndef parse(text):\n    return text.split()\n")),
     ["E10"]),
    ("the documented default is another", edited(("factor=2", "factor=3"), **{SPEC: SPEC_TEXT + "\nThrice.\n"}), ["E11"]),
    ("a number changes and the ticket keeps the old one", edited(("\nLONGEST = 60", "\nLONGEST = 90")), ["E11"]),
    ("a requirement is called done and not done", edited(
        ("# STEP 2: keep", "# FR2 is satisfied here. STEP 2: keep"),
        ("# WHY: whole", "# FR2 is not satisfied for fractions. WHY: whole")), ["E11"]),
]  # fmt: skip


@pytest.mark.parametrize(("new", "expected"), [case[1:] for case in SEEDED], ids=[case[0] for case in SEEDED])
def test_a_spoiled_edit_is_caught_by_its_rule(new: dict[str, str], expected: list[str]) -> None:
    found = rules_of(new)
    assert set(expected) <= set(found), found
    assert set(found) - set(expected) <= {"E1", "E8", "E5"}, found


MICRO = '# @TAG:COMPONENT:sum\n\ndef total(rows):\n    """Add up."""\n' + "".join(
    f"    part_{n} = rows[{n}] * {n}\n" for n in range(20)
)


def test_a_reworked_microfile_is_caught() -> None:
    old = {"sum.py": MICRO + "    return part_1\n"}
    new = {"sum.py": MICRO.replace("] *", "] +") + "    return part_1\n"}
    assert "E9" in rules_of(new, old)


def test_a_large_edit_is_caught() -> None:
    old = {"steps.py": "# @TAG:COMPONENT:steps\n" + LONG_CODE}
    new = {"steps.py": "# @TAG:COMPONENT:steps\n" + LONG_CODE.replace("value +", "value -")}
    assert "E5" in rules_of(new, old)


Spoiler = Callable[[EditRecord], EditRecord]


def _replan(**fields: object) -> Spoiler:
    return lambda record: msgspec.structs.replace(record, plan=msgspec.structs.replace(record.plan, **fields))  # pyright: ignore[reportArgumentType] - the record of these tests has a plan


RECORDS: list[tuple[str, Spoiler, list[str]]] = [
    ("a file outside the plan", _replan(files_to_update=()), ["E5", "E12"]),
    ("another line than planned", _replan(changes=(msgspec.structs.replace(PLAN.plan.changes[0], line=3),)),  # pyright: ignore[reportOptionalMemberAccess] - it has one
     ["E5", "E12"]),
    ("no checks", _replan(validation_checks=()), ["E13"]),
    ("no commit", lambda r: msgspec.structs.replace(r, commit=""), ["E13"]),
    ("a failed check", lambda r: msgspec.structs.replace(r, validation=tuple(
        msgspec.structs.replace(one, passed=False) for one in r.validation)), ["E13"]),
    ("a log without places", lambda r: msgspec.structs.replace(r, log="Rounded."), ["E14"]),
    ("a planned line that does not exist", _replan(
        changes=(msgspec.structs.replace(PLAN.plan.changes[0], line=LINE, end_line=9000),)), ["E14"]),  # pyright: ignore[reportOptionalMemberAccess] - it has one
]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "expected"), [case[1:] for case in RECORDS], ids=[case[0] for case in RECORDS]
)
def test_a_spoiled_record_is_caught(spoil: Spoiler, expected: list[str]) -> None:
    assert rules_of(NEW, plan=spoil(PLAN)) == expected


def test_a_failed_rule_blocks_an_edit_that_has_a_record_and_says_so_once() -> None:
    change = change_of_texts(OLD, {**NEW, TESTS: TEST_TEXT}, today=DAY, plan=PLAN)
    blocked = [p for f, rule, p in judge_change(change, RULES) if rule.edit_rule == "E12" and f.path == FILE]
    assert len(blocked) == 1
    assert blocked[0].message == (
        "this edit must not be saved: E7 failed, although the record says that its checks passed"
    )


FOREIGN = "def area(width, height):\n    return width * height\n\n\n" + "".join(
    f"def shape_{n}(side):\n    text = 'shape {n}'\n    return {{'name': text, 'side': side}}\n\n\n"
    for n in range(8)
)


def _tagged(text: str) -> str:
    return "# @TAG:COMPONENT:shapes\n" + text


def _requoted(text: str) -> str:
    return text.replace("'", '"')


def _narrated(text: str) -> str:
    return text.replace("    text", "    # STEP 1: name it\n    text")


@pytest.mark.parametrize("spoil", [_tagged, _requoted, _narrated])
def test_foreign_code_is_left_as_it_is(spoil: Callable[[str], str]) -> None:
    fixed = FOREIGN.replace("width * height", "abs(width * height)")
    assert rules_of({"s.py": fixed}, {"s.py": FOREIGN}) == []
    assert rules_of({"s.py": spoil(fixed)}, {"s.py": FOREIGN}) == ["E15"]
    assert rules_of({"s.py": spoil(FOREIGN)}, {"s.py": FOREIGN}) == []


def same_file(text: str, path: str = "a.py", *, moved: bool = False, of: Settings | None = None) -> ChangeSet:
    source = decode_source(path, text.encode())
    reader = default_reader()
    file = ChangedFile(
        path, "old_" + path if moved else path, "renamed" if moved else "modified", of or Settings(), reader,
        lambda: source, lambda: source,
    )  # fmt: skip
    return ChangeSet("", (file,), DAY, DAY, reader, default_settings)


FRAGMENTS = st.lists(
    st.sampled_from([
        BEFORE, CODE, "# @TAG:COMPONENT:x\n", "# WHY: so\nx = 1\n", "class A:\n    '''d'''\n", "def f(a, b=1):\n",
        "    return a\n", '"""Args:\n    q: nothing. Defaults to 3.\n"""\n', BAR + "\n", "# TICKET: x\n", ")\n", "\n",
    ]), max_size=6,
).map("".join)  # fmt: skip


@settings(derandomize=True, max_examples=60, deadline=None)
@given(FRAGMENTS, st.booleans())
def test_a_file_judged_against_itself_has_no_finding(text: str, moved: bool) -> None:
    strict = Settings(preset="full")
    for of in (Settings(), strict):
        assert judge_change(same_file(text, moved=moved, of=of), RULES) == []


@settings(derandomize=True, max_examples=60, deadline=None)
@given(FRAGMENTS, FRAGMENTS)
def test_judging_never_fails_and_is_in_order(before: str, after: str) -> None:
    judged = judge_change(change_of_texts({"a.py": before}, {"a.py": after}, today=DAY, plan=PLAN), RULES)
    keys = [(f.path, p.start, p.end, r.code, p.message) for f, r, p in judged]
    assert keys == sorted(keys)
    size = max(len(before.encode()), len(after.encode()))
    assert all(0 <= p.start <= p.end <= size for _, _, p in judged)
