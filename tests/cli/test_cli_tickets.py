"""`aifirst tickets` as a person and a program use it."""

from __future__ import annotations

import json
from pathlib import Path

from command_run import Aifirst, Write

SPEC = """# Counter

@TAG:SPEC:counter

## Requirements

- FR1: `count_words` counts words
- FR2: `count_lines` counts lines

## Interfaces

```python
def count_words(text: str) -> int: ...

def count_lines(text: str) -> int: ...
```
"""

HOSTILE = json.dumps(
    {
        "version": 1,
        "specification": "",
        "specification_sha256": "",
        "tickets": [
            {
                "slug": "", "file": "../spec.md", "unit": "", "path": "", "tests_path": "", "requirements": [],
                "tests": [], "needs": [], "stage": 1, "tokens": 1, "sha256": "",
            }
        ],
    }
)  # fmt: skip
"""An index that would have a file outside its folder removed."""


def test_the_plan_is_shown_and_the_code_says_whether_all_is_covered(aifirst: Aifirst, write: Write) -> None:
    write("spec.md", SPEC)
    ran = aifirst("tickets", "spec.md")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Counter: 2 tickets, 2 of 2 requirements covered\n")
    write("spec.md", SPEC + "\n- FR3: rivers flow uphill\n")
    ran = aifirst("tickets", "spec.md")
    assert ran.code == 1
    assert "spec.md:18: error: no unit meets FR3: rivers flow uphill [spec-coverage]" in ran.out


def test_json_has_the_whole_plan(aifirst: Aifirst, write: Write) -> None:
    write("spec.md", SPEC)
    told = json.loads(aifirst("tickets", "spec.md", "--format", "json").out)
    assert told["version"] == 1
    assert told["covered"] == 2
    assert told["stages"] == [["count_words", "count_lines"]]
    assert [one["path"] for one in told["tickets"]] == ["counter/count_words.py", "counter/count_lines.py"]
    assert told["problems"] == []


def test_standard_input_is_read_and_one_ticket_printed(aifirst: Aifirst) -> None:
    ran = aifirst("tickets", "-", "--show", "count_lines", stdin=SPEC.encode())
    assert ran.code == 0
    assert "# TICKET: Write count_lines\n" in ran.out
    assert "FR2: `count_lines` counts lines" in ran.out
    assert "count_words" not in ran.out.split("RELATED")[0].split("REQUIREMENTS")[1]
    ran = aifirst("tickets", "-", "--show", "count_line", stdin=SPEC.encode())
    assert ran.code == 2
    assert "Did you mean 'count_lines'?" in ran.err


def test_only_what_changed_is_written_and_what_is_gone_is_removed(
    aifirst: Aifirst, write: Write, folder: Path
) -> None:
    write("spec.md", SPEC)
    assert "2 added, 0 changed, 0 removed, 0 unchanged" in aifirst("tickets", "spec.md", "-o", "t").out
    kept = folder / "t/counter-count-lines.ticket"
    before = kept.stat().st_mtime_ns
    write("spec.md", SPEC.replace("counts words", "counts all words"))
    assert "0 added, 1 changed, 0 removed, 1 unchanged" in aifirst("tickets", "spec.md", "-o", "t").out
    assert kept.stat().st_mtime_ns == before
    write(
        "spec.md",
        SPEC.replace("def count_lines(text: str) -> int: ...", "").replace(
            "- FR2: `count_lines` counts lines", ""
        ),
    )
    assert "0 added, 1 changed, 1 removed, 0 unchanged" in aifirst("tickets", "spec.md", "-o", "t").out
    assert not kept.exists()


def test_a_ticket_changed_by_hand_is_not_written_over(aifirst: Aifirst, write: Write, folder: Path) -> None:
    write("spec.md", SPEC)
    aifirst("tickets", "spec.md", "-o", "t")
    mine = folder / "t/counter-count-words.ticket"
    mine.write_text("mine\n")
    write("spec.md", SPEC.replace("counts", "tells"))
    ran = aifirst("tickets", "spec.md", "-o", "t")
    assert ran.code == 2
    assert "was changed by hand" in ran.err
    assert mine.read_text() == "mine\n"
    assert "tells" not in (folder / "t/counter-count-lines.ticket").read_text()
    assert aifirst("tickets", "spec.md", "-o", "t", "--force").code == 0
    assert "tells words" in mine.read_text()


def test_bad_input_is_one_clear_line(aifirst: Aifirst, write: Write, folder: Path) -> None:
    write("spec.md", SPEC)
    (folder / "binary.md").write_bytes(b"\x00\x01" * 50)
    (folder / "t").mkdir()
    for index in (
        "{",
        '{"version": 1}',
        '{"version":1,"specification":"","specification_sha256":"","tickets":[{"slug":"","file":"../spec.md","unit":"","path":"","tests_path":"","requirements":[],"tests":[],"needs":[],"stage":1,"tokens":1,"sha256":""}]}',
    ):
        (folder / "t/tickets.json").write_text(index)
        ran = aifirst("tickets", "spec.md", "-o", "t", "--force")
        assert (ran.code, ran.out) == (2, "")
        assert "tickets.json" in ran.err
    assert (folder / "spec.md").exists()
    for arguments, said in (
        (("missing.md",), "cannot be read"),
        ((".",), "is a folder"),
        (("binary.md",), "is no text"),
        (("spec.md", "-o", "spec.md"), "cannot be"),
        (("spec.md", "-o", "t", "--show", "x"), "give one of them"),
    ):
        ran = aifirst("tickets", *arguments)
        assert ran.code == 2, arguments
        assert said in ran.err, ran.err
        assert "Traceback" not in ran.err


def test_prose_is_told_how_it_becomes_a_specification(aifirst: Aifirst, write: Write) -> None:
    write("idea.md", "A shop needs a cart.\n")
    write("cart.md", SPEC)
    ran = aifirst("tickets", "idea.md")
    assert ran.code == 1
    assert ran.out.endswith(
        "aifirst tickets FILE --write SPEC.md has your model write a specification of it.\n"
    )
    assert "--write" not in aifirst("tickets", "cart.md").out


def test_tickets_are_not_written_through_links(aifirst: Aifirst, write: Write, folder: Path) -> None:
    write("spec.md", SPEC)
    (folder / "t").mkdir()
    for name in ("tickets.json", "counter-count-words.ticket"):
        (folder / "t" / name).symlink_to("../elsewhere")
        ran = aifirst("tickets", "spec.md", "-o", "t", "--force")
        assert ran.code == 2
        assert "is a link" in ran.err
        (folder / "t" / name).unlink()
    assert not (folder / "elsewhere").exists()
