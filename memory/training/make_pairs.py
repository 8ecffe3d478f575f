"""Makes what the static embedder learns from, out of the history of real projects.

For every project two files: `<name>.units` holds its units (language, path, name, kind, glue, code) at the
newest commit that may be learnt from, `<name>.commits` holds commit messages, each with the text that the commit
changed in one file, as it was before. Pairs are drawn from these by `training_pairs`.

Run: python -m training.make_pairs FOLDER_OF_CLONES OUT [--tune]
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import msgspec
from aifirst_codebase.generated import generated_reason
from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import UNCOUNTED
from training.training_projects import LEARN, NEWEST, TUNE, git_folder
from training.training_texts import CommitText, UnitText

_MOST_FILES = 1500
_MOST_COMMITS = 3000
_LARGEST = 200_000
_MOST_CODE = 6000
_MOST_GLUE = 2000
_NO_CODE = frozenset({"json", "yaml", "toml", "markdown", "html", "css", "sql"})
_TRAILER = re.compile(r"^(?:[A-Z][\w-]+-by|Change-Id|Closes?|Fixes|Refs?|PiperOrigin-RevId|Cc): .*$", re.M)
_TESTS = re.compile(r"(?:^|/|_|\.)(?:tests?|specs?|testing|__tests__)(?:/|_|\.)|Test\.\w+$", re.I)


def main() -> None:
    """Write the two files of every project."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("clones", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--tune", action="store_true", help="the projects to choose settings on instead")
    chosen = options.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    for repo in TUNE if chosen.tune else LEARN:
        git = git_folder(chosen.clones, repo)
        if git is None:
            print(f"{repo}: no clone in {chosen.clones}; fetch it there to learn from it", file=sys.stderr)
            continue
        write_project(repo, git, chosen.out)


def write_project(repo: str, git: Path, out: Path) -> None:
    """Write `<name>.units` and `<name>.commits` of one project; what is there already stays."""
    name = repo.replace("/", "+")
    if (out / f"{name}.commits").exists():
        return
    units = list(project_units(git, random.Random(repo)))  # noqa: S311  # a sample, no secret
    commits = list(project_commits(git))
    (out / f"{name}.units").write_bytes(msgspec.msgpack.encode(units))
    (out / f"{name}.commits").write_bytes(msgspec.msgpack.encode(commits))
    print(f"{repo}: {len(units)} units, {len(commits)} commits", flush=True)


def project_units(git: Path, dice: random.Random) -> Iterator[UnitText]:
    """The units of at most `_MOST_FILES` files of the newest commit before `NEWEST`."""
    commit = _git(git, "rev-list", "-1", f"--before={NEWEST}", "HEAD").strip() or "HEAD"
    files: list[tuple[str, str]] = []
    for entry in _git(git, "ls-tree", "-r", "-z", commit).split("\0"):
        facts, _, path = entry.partition("\t")
        language = language_of(path, b"") if facts.startswith("100") else None
        if language is not None and language.name not in _NO_CODE:
            files.append((path, facts.split()[2]))
    dice.shuffle(files)
    del files[_MOST_FILES:]
    for (path, _), raw in zip(files, _blobs(git, [sha for _, sha in files]), strict=True):
        if 0 < len(raw) < _LARGEST and not generated_reason(path, raw):
            yield from _units_of(path, raw)


def _blobs(git: Path, shas: list[str]) -> Iterator[bytes]:
    """The contents of blobs in order; empty for one that the clone lacks."""
    command = ["git", "--git-dir", str(git), "cat-file", "--batch"]
    asked = "".join(sha + "\n" for sha in shas).encode()
    stream = BytesIO(subprocess.run(command, input=asked, capture_output=True, check=True).stdout)  # noqa: S603  # git with our own arguments
    for _ in shas:
        header = stream.readline().split()
        yield b"" if header[-1] == b"missing" else stream.read(int(header[2]) + 1)[:-1]


def _units_of(path: str, raw: bytes) -> Iterator[UnitText]:
    language = language_of(path, raw)
    if language is None or language.name in _NO_CODE:
        return
    reading = read(decode_source(path, raw), language, UNCOUNTED)
    is_test = _TESTS.search(path) is not None
    for index, unit in enumerate(reading.units):
        code, glue = _texts(reading, index)
        yield UnitText(
            language.name, path, unit.name, unit.kind, glue[:_MOST_GLUE], code[:_MOST_CODE], is_test
        )


def _texts(reading: Reading, index: int) -> tuple[str, str]:
    """The code and the glue of one unit."""
    data = reading.data
    glue = [(g.start, g.end) for g in reading.glue if g.unit == index]
    code: list[bytes] = []
    for start, end in reading.units[index].spans:
        at = start
        for glue_start, glue_end in glue:
            if start <= glue_start < end:
                code.append(data[at:glue_start])
                at = glue_end
        code.append(data[at:end])
    texts = (b"".join(code), b"\n".join(data[start:end] for start, end in glue))
    first, second = (text.decode("utf-8", "replace").strip() for text in texts)
    return first, second


def project_commits(git: Path) -> Iterator[CommitText]:
    """Messages of the newest commits before `NEWEST` with the texts they changed, at most three files each."""
    text = _git(
        git, "log", "-p", "-U8", "--no-merges", "--no-renames", "--diff-filter=M", f"--before={NEWEST}",
        f"-n{_MOST_COMMITS}", "--no-color", "--format=%x1e%B%x1f", "HEAD",
    )  # fmt: skip
    for commit in text.split("\x1e")[1:]:
        message, _, patch = commit.partition("\x1f")
        message = _TRAILER.sub("", message).strip()
        if len(message) < 15 or len(patch) > 200_000:
            continue
        files = [part for part in re.split(r"^diff --git ", patch, flags=re.M)[1:] if _is_code(part)]
        if 0 < len(files) <= 6:
            for part in files[:3]:
                yield CommitText(message[:1000], _path_of(part), _before(part)[:_MOST_CODE])


def _is_code(part: str) -> bool:
    path = _path_of(part)
    language = language_of(path, b"") if path else None
    return language is not None and language.name not in _NO_CODE and not _TESTS.search(path)


def _path_of(part: str) -> str:
    found = re.search(r"^--- a/(.*)$", part, re.M)
    return found[1] if found else ""


def _before(part: str) -> str:
    """What stood in the places that a patch changes."""
    lines: list[str] = []
    for line in part[part.find("\n@@") + 1 :].split("\n"):
        if line.startswith("@@"):
            lines.append(line.rpartition("@@")[2])
        elif line[:1] in {" ", "-"}:
            lines.append(line[1:])
    return "\n".join(lines)


def _git(git: Path, *arguments: str) -> str:
    command = ["git", "--git-dir", str(git), "-c", "core.quotePath=false", *arguments]
    output = subprocess.run(command, capture_output=True, check=False).stdout  # noqa: S603  # git; what a partial clone has
    return output.decode("utf-8", "replace")


if __name__ == "__main__":
    main()
