"""The files that `aifirst init` writes, and how it writes them: never over what is there, unless told to."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from aifirst_codebase.config import ConfigError, load_config, write_starter
from aifirst_codebase.config.toml_source import MAX_BYTES, PYPROJECT_NAME, read_source
from aifirst_validator.engine import Job

from aifirst_cli.failure import Failure
from aifirst_cli.judging import judge, judging_errors
from aifirst_cli.known_findings import (
    BASELINE_NAME,
    count_known,
    findings_in_words,
    project_baseline,
    write_known,
)
from aifirst_cli.output import replace_file

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
_SETTINGS: Final = "aifirst.toml"


class _File(NamedTuple):
    path: str
    text: str
    by_hand: str


def set_up(root: Path, preset: str, *, baseline: bool, dry_run: bool, force: bool) -> Iterator[str]:
    """Write the files and yield one line for each: what was written, kept, or is to be added by hand.

    Raises `Failure` for a file that cannot be written or lies outside the project.
    """
    setting = f'baseline = "{BASELINE_NAME}"'
    starter = _after_preset(write_starter(preset), setting) if baseline else write_starter(preset)
    by_hand = f'preset = "{preset}"\n{setting}' if baseline else f'preset = "{preset}"'
    if _has_table(root):
        yield f"kept     [tool.aifirst] in pyproject.toml (an {_SETTINGS} would be read instead of it)"
        yield from _to_add(by_hand)
    else:
        yield from _write(root, _File(_SETTINGS, starter, by_hand), dry_run=dry_run, force=force)
    for file in (
        _File(".pre-commit-config.yaml", _PRE_COMMIT, _PRE_COMMIT.partition("\n")[2]),
        _File(".github/workflows/aifirst.yml", _WORKFLOW, ""),
    ):
        yield from _write(root, file, dry_run=dry_run, force=force)
    yield from _recommend_extension(root, dry_run=dry_run)
    if baseline:
        yield from _know_what_is_there(root, dry_run=dry_run, force=force)
    yield ""
    yield "Next: aifirst check"


def _after_preset(starter: str, setting: str) -> str:
    """The starter with a setting more, ahead of its first table."""
    lines = starter.splitlines(keepends=True)
    at = next((i for i, line in enumerate(lines) if line.startswith("preset")), 0)
    return "".join([*lines[: at + 1], f"{setting}\n", *lines[at + 1 :]])


def _has_table(root: Path) -> bool:
    try:
        return read_source(root, PYPROJECT_NAME) is not None
    except ConfigError:
        return False


def _write(root: Path, file: _File, *, dry_run: bool, force: bool) -> Iterator[str]:
    path = root / file.path
    if (path.exists() or path.is_symlink()) and not force:
        yield f"kept     {file.path} (it is there already)"
        if file.by_hand and file.text != _text_of(path):
            yield from _to_add(file.by_hand)
        return
    told = _told(file.path, replaces=path.exists(), dry_run=dry_run)
    if not dry_run:
        _save(root, path, file.text)
    yield told


def _to_add(text: str) -> Iterator[str]:
    yield "         add by hand what you want of it:"
    yield from (f"           {line}" for line in text.strip("\n").split("\n"))


def _text_of(path: Path) -> str:
    try:
        return _bytes_of(path).decode("utf-8", "replace")
    except OSError:
        return ""


def _bytes_of(path: Path) -> bytes:
    """What a file of settings holds; raises `OSError` for what is no file, which might never end."""
    if not path.is_file():
        raise FileNotFoundError(errno.ENOENT, "no regular file", str(path))
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES)


def _save(root: Path, path: Path, text: str) -> None:
    """Write a file of the project; a link that leads out of it is not followed."""
    if not path.resolve().is_relative_to(root):
        raise Failure(f"{path} leads out of the project by a link. Take the link away and run it again.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.encode("utf-8"))
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}. Mend that and run it again.") from error


def _recommend_extension(root: Path, *, dry_run: bool) -> Iterator[str]:
    name = ".vscode/extensions.json"
    path = root / name
    wanted: dict[str, object] = {"recommendations": [_EXTENSION_ID]}
    if path.exists():
        try:
            there = msgspec.json.decode(_bytes_of(path), type=dict[str, object])
            known = msgspec.convert(there.get("recommendations", []), list[str])
        except (OSError, msgspec.MsgspecError):
            yield f'kept     {name} (it has comments or is no JSON); add "{_EXTENSION_ID}" by hand'
            return
        if _EXTENSION_ID in known:
            yield f"kept     {name} (it recommends the extension already)"
            return
        wanted = {**there, "recommendations": [*known, _EXTENSION_ID]}
    if not dry_run:
        _save(root, path, msgspec.json.format(msgspec.json.encode(wanted), indent=2).decode() + "\n")
    yield _told(name, replaces=False, dry_run=dry_run)
    yield f"         it recommends {_EXTENSION_ID}, which is not published yet: the sources make it, in vscode-extension"
    yield "         any other editor runs `aifirst lsp`"


def _know_what_is_there(root: Path, *, dry_run: bool, force: bool) -> Iterator[str]:
    with judging_errors():
        name = load_config(root).settings.baseline or BASELINE_NAME
    path = project_baseline(root, name)
    known = count_known(path)
    if known is not None and not force:
        yield f"kept     {name} (it is there and knows {findings_in_words(known)}; --force judges anew)"
    elif dry_run:
        yield f"would judge the project and {'write' if known is None else 'replace'} {name}"
    else:
        kept = write_known(judge(Job(root, jobs=0)), path)
        before = "" if known is None else f"it knew {known}, now "
        knows = f"{before}it knows {findings_in_words(kept.knows)}; commit it"
        yield f"{_told(name, replaces=known is not None, dry_run=False)} ({knows})"


def _told(name: str, *, replaces: bool, dry_run: bool) -> str:
    """What is, or would be, done to a file."""
    if dry_run:
        return f"would {'replace' if replaces else 'write'} {name}"
    return f"{'replaced' if replaces else 'wrote   '} {name}"
