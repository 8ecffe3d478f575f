"""The files that `aifirst init` writes, and how it writes them: never over what is there, unless told to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from aifirst_codebase.config import write_starter
from aifirst_validator.baseline import BaselineError, baseline_of, write_baseline
from aifirst_validator.engine import Job

from aifirst_cli.judging import Failure, judge

BASELINE_NAME: Final = "aifirst-baseline.json"
_PRE_COMMIT: Final = """\
repos:
  - repo: local
    hooks:
      - id: aifirst
        name: aifirst validate
        entry: aifirst validate --staged
        language: system
        pass_filenames: false
"""
_WORKFLOW: Final = """\
name: aifirst
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
jobs:
  validate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install aifirst
      - name: The whole project
        run: aifirst validate --format github
      - name: The edit rules on what the pull request changes
        if: github.event_name == 'pull_request'
        run: aifirst validate --diff "origin/$BASE..." --format github
        env:
          BASE: ${{ github.base_ref }}
"""
_EXTENSION_ID: Final = "aifirst.aifirst"


class _File(NamedTuple):
    path: str
    text: str
    by_hand: str


def set_up(root: Path, preset: str, *, baseline: bool, dry_run: bool, force: bool) -> Iterator[str]:
    """Write the files and yield one line for each: what was written, kept, or is to be added by hand."""
    starter = write_starter(preset)
    if baseline:
        starter = _with_baseline(starter)
    for file in (
        _File("aifirst.toml", starter, f'preset = "{preset}"'),
        _File(".pre-commit-config.yaml", _PRE_COMMIT, _PRE_COMMIT.partition("\n")[2]),
        _File(".github/workflows/aifirst.yml", _WORKFLOW, ""),
    ):
        yield from _write(root, file, dry_run=dry_run, force=force)
    yield from _recommend_extension(root, dry_run=dry_run)
    if baseline and not dry_run:
        yield _keep_baseline(root)
    elif baseline:
        yield f"would judge the project and write {BASELINE_NAME}"
    yield ""
    yield "Next: aifirst check"


def _with_baseline(starter: str) -> str:
    """The starter with the baseline named, ahead of its first table."""
    lines = starter.splitlines(keepends=True)
    at = next((i for i, line in enumerate(lines) if line.startswith("preset")), 0)
    return "".join([*lines[: at + 1], f'baseline = "{BASELINE_NAME}"\n', *lines[at + 1 :]])


def _write(root: Path, file: _File, *, dry_run: bool, force: bool) -> Iterator[str]:
    path = root / file.path
    there = path.exists() or path.is_symlink()
    if there and not force:
        yield f"kept     {file.path} (it is there already)"
        if file.by_hand and file.text != _text_of(path):
            yield "         add by hand what you want of it:"
            yield from (f"           {line}" for line in file.by_hand.strip("\n").split("\n"))
        return
    if not dry_run:
        _save(path, file.text)
    yield f"{'would write' if dry_run else 'wrote   '} {file.path}"


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _save(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}. Mend that and run it again.") from error


def _recommend_extension(root: Path, *, dry_run: bool) -> Iterator[str]:
    name = ".vscode/extensions.json"
    path = root / name
    wanted: dict[str, object] = {"recommendations": [_EXTENSION_ID]}
    if path.exists():
        try:
            there = msgspec.json.decode(path.read_bytes(), type=dict[str, object])
            known = msgspec.convert(there.get("recommendations", []), list[str])
        except (OSError, msgspec.MsgspecError):
            yield f'kept     {name} (it has comments or is no JSON); add "{_EXTENSION_ID}" by hand'
            return
        if _EXTENSION_ID in known:
            yield f"kept     {name} (it recommends the extension already)"
            return
        wanted = {**there, "recommendations": [*known, _EXTENSION_ID]}
    if not dry_run:
        _save(path, msgspec.json.format(msgspec.json.encode(wanted), indent=2).decode() + "\n")
    yield f"{'would write' if dry_run else 'wrote   '} {name}"


def _keep_baseline(root: Path) -> str:
    report = judge(Job(root, jobs=0))
    baseline = baseline_of(report.findings)
    try:
        write_baseline(root / BASELINE_NAME, baseline)
    except BaselineError as error:
        raise Failure(str(error)) from error
    return f"wrote    {BASELINE_NAME} ({baseline.size} known findings)"
