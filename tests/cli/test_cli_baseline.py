"""The baseline: start with an old codebase today, and only ever get better."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from command_run import CLEAN, RESTATING, STALE, Aifirst, Write

NAME = "aifirst-baseline.json"
WRITE = "--write-baseline"


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
    assert "move it away and write it again with --write-baseline known.json" in ran.err


OUTSIDE = ["/dev/zero", "/etc/shadow", "../escaped.json", "link.json", "out/new.json"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_the_settings_cannot_lead_a_baseline_out_of_the_project(
    aifirst: Aifirst, write: Write, folder: Path, tmp_path: Path, name: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder / "link.json").symlink_to(outside / "known.json")
    (folder / "out").symlink_to(outside)
    write("a.py", STALE)
    write("aifirst.toml", f'baseline = "{name}"\n')
    for arguments in (["check"], ["report"], ["validate"], ["validate", "--ratchet"], ["validate", WRITE]):
        ran = aifirst(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert f"the project's own baseline, {name}, leads out of the project" in ran.err
        assert "or give it to aifirst validate with --baseline" in ran.err
    assert (list(outside.iterdir()), (tmp_path / "escaped.json").exists()) == ([], False)


def test_a_planted_link_of_the_usual_name_is_not_written_through(
    aifirst: Aifirst, write: Write, folder: Path, tmp_path: Path
) -> None:
    write("a.py", STALE)
    (folder / NAME).symlink_to(tmp_path / "planted.json")
    for arguments in (["validate", WRITE], ["init", "--baseline"]):
        ran = aifirst(*arguments)
        assert (ran.code, "leads out of the project" in ran.err) == (2, True)
    assert not (tmp_path / "planted.json").exists()


def test_a_person_may_name_a_baseline_anywhere(aifirst: Aifirst, write: Write, tmp_path: Path) -> None:
    write("a.py", STALE)
    elsewhere = tmp_path / "known.json"
    assert f"give --baseline {elsewhere}" in aifirst("validate", WRITE, elsewhere).err
    assert aifirst("validate", "--baseline", elsewhere).code == 0
    assert "(it knew 1)" in aifirst("validate", WRITE, elsewhere).err


@pytest.mark.parametrize("name", ["pipe", "folder", "loop"])
def test_only_a_regular_file_is_read_as_a_baseline(
    aifirst: Aifirst, write: Write, folder: Path, name: str
) -> None:
    write("a.py", CLEAN)
    os.mkfifo(folder / "pipe")
    (folder / "folder").mkdir()
    (folder / "loop").symlink_to("loop")
    write("aifirst.toml", f'baseline = "{name}"\n')
    for ran in (aifirst("check"), aifirst("validate", "--isolated", "--baseline", name)):
        assert ran.code == 2
        assert "is not a regular file: name a file" in ran.err or "Too many levels of symbolic" in ran.err


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a\\u0000b", r"the setting baseline, 'a\x00b', is no name of a file."),
        ("a" * 300, "File name too long"),
    ],
    ids=["NUL", "too long"],
)
def test_a_baseline_that_cannot_be_the_name_of_a_file_is_told(
    aifirst: Aifirst, write: Write, name: str, told: str
) -> None:
    write("aifirst.toml", f'baseline = "{name}"\n')
    ran = aifirst("check")
    assert (ran.code, told in ran.err, len(ran.err) < 500) == (2, True, True)


def test_the_baseline_is_not_judged_itself(aifirst: Aifirst, write: Write) -> None:
    write("a.py", STALE)
    aifirst("validate", WRITE)
    small = ("--set", "discovery.max_file_bytes=150")
    assert "2 files" in aifirst("validate").out
    assert f"too-large {NAME}" in aifirst("validate", *small).out
    for ran in (aifirst("validate", "--baseline", NAME), aifirst("check", "--set", f"baseline={NAME}")):
        assert "2 files" not in ran.out
        assert ran.code == 0
    assert NAME not in aifirst("validate", "--baseline", NAME, *small).out


def test_strict_findings_are_known_when_the_baseline_was_written_strictly(
    aifirst: Aifirst, write: Write
) -> None:
    write("a.py", RESTATING)
    aifirst("validate", "--strict", "--write-baseline", "known.json")
    assert aifirst("validate", "--strict", "--baseline", "known.json").code == 0
    assert aifirst("validate", "--strict").code == 1
