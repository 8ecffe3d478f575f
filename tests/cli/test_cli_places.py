"""Odd places: full disks, closed pipes, missing folders, hostile workspaces, strange terminals."""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from command_run import CLEAN, PROGRAM, STALE, Aifirst, Write, environment


def shell(script: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", script.replace("aifirst", shlex.quote(str(PROGRAM)))], cwd=folder, check=False,
        capture_output=True, text=True, env=environment(**env), timeout=120,
    )  # fmt: skip


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full on this system")
@pytest.mark.parametrize("what", ["check", "validate -f json", "--help", "report -o /dev/full"])
def test_a_full_disk_is_told_and_nothing_else(write: Write, folder: Path, what: str) -> None:
    write("a.py", CLEAN)
    done = shell(f"aifirst {what} > /dev/full", folder)
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


@pytest.mark.parametrize("what", ["check", "validate -f json", "--help"])
def test_a_closed_pipe_ends_quietly(write: Write, folder: Path, what: str) -> None:
    write("a.py", STALE)
    reader, writer = os.pipe()
    os.close(reader)  # `aifirst check | head -1`, with head gone before anything is written
    done = subprocess.run(
        [PROGRAM, *what.split()], cwd=folder, stdout=writer, stderr=subprocess.PIPE, env=environment(),
        check=False, timeout=120,
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_closed_streams_do_no_harm(write: Write, folder: Path) -> None:
    write("a.py", STALE)
    assert shell("aifirst check >&-", folder).returncode == 1
    assert shell("aifirst check >&- 2>&- <&-", folder).returncode == 1
    assert shell("aifirst nope 2>&-", folder).returncode == 2
    done = shell("aifirst validate - --stdin-path a.py <&-", folder)
    assert (done.returncode, done.stderr) in [(0, ""), (2, done.stderr)]


def test_an_output_file_is_written_whole_and_keeps_its_mode(
    aifirst: Aifirst, write: Write, folder: Path
) -> None:
    write("a.py", STALE)
    target = write("out/findings.json", "old")
    target.chmod(0o600)
    link = folder / "link.json"
    link.symlink_to("out/findings.json")
    ran = aifirst("validate", "-f", "json", "-o", link)
    assert (ran.code, ran.out, link.is_symlink()) == (1, "", True)
    assert ran.err == f"Wrote {link} (1 finding).\n"
    assert json.loads(target.read_text())["version"] == 1
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["findings.json"]
    ran = aifirst("validate", "-o", "nowhere/out.txt")
    assert (ran.code, ran.err) == (
        2, "Error: nowhere/out.txt cannot be written: No such file or directory. Give another place with -o.\n",
    )  # fmt: skip
    assert "Is a directory" in aifirst("report", "-o", "out").err


def test_a_deleted_folder_is_told(folder: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = shell(f"cd {gone} && rmdir {gone} && aifirst check", folder)
    assert (done.returncode, done.stderr) == (
        2, "Error: the folder you are in was deleted. Change into one that exists.\n",
    )  # fmt: skip


def test_links_are_followed_inside_the_project_only(
    aifirst: Aifirst, write: Write, folder: Path, tmp_path: Path
) -> None:
    write("src/a.py", STALE)
    (folder / "link").symlink_to("src")
    (folder / "broken").symlink_to("nothing")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "b.py").write_text(CLEAN)
    (folder / "out").symlink_to(outside)
    found = json.loads(aifirst("validate", "link", "-f", "json").out)["findings"]
    assert [finding["path"] for finding in found] == ["src/a.py"]
    assert "broken is a link to what does not exist" in aifirst("check", "broken").err
    assert "out is outside the project" in aifirst("check", "src", "out").err


def test_a_cache_that_cannot_be_kept_is_a_notice_and_no_failure(aifirst: Aifirst, write: Write) -> None:
    write("a.py", CLEAN)
    write(".aifirst", "in the way")
    ran = aifirst("validate")
    assert ran.code == 0
    assert "the cache was not used" in ran.out


HOSTILE = (
    "click", "msgspec", "tree_sitter", "multiprocessing", "queue", "signal", "json", "aifirst_codebase", "rich"
)  # fmt: skip


def test_no_module_of_the_workspace_is_imported(write: Write, folder: Path) -> None:
    for name in HOSTILE:
        write(f"{name}.py", "import os\nos.write(2, b'RUN')\n")
    write("__init__.py", "import os\nos.write(2, b'RUN')\n")
    table = "".join(f"    {i},\n" for i in range(45_000))
    for i in range(10):
        write(f"src/m{i}.py", f'"""Number {i}."""\n\nROWS = [\n{table}]\n')  # enough for several processes
    done = shell("aifirst check -j 2 --no-cache", folder)
    assert (done.returncode in (0, 1), done.stderr) == (True, "")
    assert "20 files" in done.stdout
    module = [sys.executable, "-m", "aifirst_cli", "check", "aifirst_codebase.py", "--no-cache"]
    ran = subprocess.run(module, cwd=folder, capture_output=True, text=True, env=environment(), check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
    ids=["C", "plain C", "ASCII", "Latin-1"],
)
def test_no_locale_breaks_it(aifirst: Aifirst, write: Write, env: dict[str, str]) -> None:
    write("a.py", STALE.replace("total", "größe").replace("Sums.", "日本語 → ∑"))
    for arguments in (["check"], ["validate"]):
        ran = aifirst(*arguments, env=env)
        assert ran.code in (0, 1)
        assert ran.err == ""
    assert "größe" in json.loads(aifirst("validate", "-f", "json", env=env).raw)["findings"][0]["message"]


def test_colour_is_for_terminals_and_as_asked(aifirst: Aifirst, write: Write) -> None:
    write("a.py", STALE)
    assert "\x1b[" not in aifirst("check").out
    assert "\x1b[" in aifirst("check", env={"FORCE_COLOR": "1"}).out
    assert "\x1b[" not in aifirst("check", env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).out


def test_a_narrow_terminal_gets_no_line_that_wraps(aifirst: Aifirst, write: Write) -> None:
    write("src/a_rather_long_name_of_a_module.py", STALE)
    for columns in (60, 80):
        ran = aifirst("check", env={"COLUMNS": str(columns)})
        figures = ran.out.split("\n Next")[0].splitlines()  # commands are to be copied, so they stay whole
        assert [line for line in figures if len(line) > columns] == []


def test_an_undecodable_name_breaks_nothing(aifirst: Aifirst, write: Write, folder: Path) -> None:
    write("a.py", CLEAN)
    try:
        (folder / os.fsdecode(b"b\xff.py")).write_text(STALE)
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    for shape in ("text", "json", "junit", "html"):
        assert aifirst("validate", "-f", shape).err == ""


def test_a_link_of_the_project_never_leads_the_report_out_of_it(
    aifirst: Aifirst, write: Write, folder: Path, tmp_path: Path
) -> None:
    write("a.py", CLEAN)
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    (folder / "aifirst-report.html").symlink_to(outside)
    ran = aifirst("report")
    assert ran.code == 2
    assert "is a link" in ran.err
    assert outside.read_text() == "mine"
    assert aifirst("report", "-o", "page.html").code == 0


@pytest.mark.parametrize("name", ["pyproject.toml", ".pre-commit-config.yaml", ".vscode/extensions.json"])
def test_init_waits_for_no_pipe_that_lies_in_the_place_of_a_file(
    aifirst: Aifirst, folder: Path, name: str
) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    os.mkfifo(folder / name)
    assert aifirst("init", "--dry-run").code == 0


def test_two_pipes_are_read_once_and_never_taken_for_the_same(write: Write, folder: Path) -> None:
    write("a.py", "a = 1\n")
    write("b.py", "a = 2\n")
    done = shell("aifirst validate --pair <(cat a.py) <(cat b.py)", folder)
    assert "are the same" not in done.stderr
