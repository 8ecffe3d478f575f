"""The baseline: start with an old codebase today, and only ever get better."""

from __future__ import annotations

import json
from pathlib import Path

from command_run import CLEAN, RESTATING, STALE, Aifirst, Write

NAME = "aifirst-baseline.json"


def test_what_is_known_is_silent_and_what_is_new_is_told(
    aifirst: Aifirst, write: Write, folder: Path
) -> None:
    write("src/old.py", STALE)
    ran = aifirst("validate", "--write-baseline", folder=folder / "src")
    assert ran.code == 0
    assert f'set baseline = "{NAME}" in aifirst.toml' in ran.err
    write("aifirst.toml", f'baseline = "{NAME}"\n')
    assert aifirst("check").code == 0
    assert aifirst("validate").code == 0
    assert "1 in the baseline" in aifirst("validate").out
    write("src/old.py", "# moved down\n" + STALE)
    assert aifirst("validate").code == 0
    write("src/new.py", STALE)
    ran = aifirst("validate", "-f", "json")
    assert [f["path"] for f in json.loads(ran.out)["findings"]] == ["src/new.py"]
    assert json.loads(ran.out)["summary"]["known"] == 1


def test_the_ratchet_takes_out_what_was_mended_and_puts_nothing_in(
    aifirst: Aifirst, write: Write, folder: Path
) -> None:
    for name in ("a.py", "b.py", "c.py"):
        write(name, STALE)
    aifirst("validate", "--write-baseline", "known.json")
    write("a.py", CLEAN)
    write("d.py", STALE)
    assert "1 mended" not in aifirst("validate", "b.py", "--baseline", "known.json", "--ratchet").err
    ran = aifirst("validate", "--baseline", "known.json", "--ratchet", "--only", "AF1")
    assert (ran.code, ran.err) == (0, "known.json: 1 mended, 2 left.\n")
    assert sorted(json.loads((folder / "known.json").read_text())["findings"]) == ["b.py", "c.py"]
    (folder / "c.py").unlink()
    assert "1 mended, 1 left" in aifirst("validate", "--baseline", "known.json", "--ratchet").err
    write("c.py", STALE)
    assert aifirst("validate", "c.py", "--baseline", "known.json").code == 1


def test_a_file_that_is_no_baseline_is_never_written_over(
    aifirst: Aifirst, write: Write, folder: Path
) -> None:
    path = write("src/a.py", STALE)
    ran = aifirst("validate", "--write-baseline", "src/a.py")
    assert (ran.code, "is no baseline, so it is kept" in ran.err) == (2, True)
    assert path.read_text() == STALE
    assert "src is a folder" in aifirst("validate", "--write-baseline", "src").err
    assert not (folder / NAME).exists()


def test_a_broken_baseline_is_told_with_the_next_step(aifirst: Aifirst, write: Write) -> None:
    write("a.py", CLEAN)
    write("known.json", "{}")
    ran = aifirst("validate", "--baseline", "known.json")
    assert ran.code == 2
    assert "write it again with --write-baseline known.json" in ran.err


def test_strict_findings_are_known_when_the_baseline_was_written_strictly(
    aifirst: Aifirst, write: Write
) -> None:
    write("a.py", RESTATING)
    aifirst("validate", "--strict", "--write-baseline", "known.json")
    assert aifirst("validate", "--strict", "--baseline", "known.json").code == 0
    assert aifirst("validate", "--strict").code == 1
