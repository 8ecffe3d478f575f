"""The edit record: what an agent planned, did and checked, given to the validator with `--plan`.

A JSON or TOML file. Before the edit it is a plan (intent, context, planned changes, checks to run), after
it the results, the log and the commit are added. Every part may be missing here: which parts an edit
needs is the rules' business (E13), this module only says what a well-formed record is.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from aifirst_codebase.config import ConfigError
from aifirst_codebase.config.toml_source import parse_toml

EditMode = Literal["", "surgeon", "creator"]


class ContextItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that was read before the edit was planned, and why."""

    path: str
    reason: str = ""


class PlannedChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One planned change: `line` is the first line in the file before the edit, from 1; 0 where not said.

    `end_line` is the last line, `line` where it is left out. `renames` lists identifiers that the change
    renames, as `old -> new`.
    """

    file: str
    line: int = 0
    end_line: int = 0
    action: str = ""
    details: str = ""
    renames: dict[str, str] = {}


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`files_to_modify` hold the change itself, `files_to_update` follow from it (ticket, spec, tests)."""

    files_to_modify: tuple[str, ...] = ()
    files_to_update: tuple[str, ...] = ()
    changes: tuple[PlannedChange, ...] = ()
    validation_checks: tuple[str, ...] = ()


class ValidationResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The outcome of one check; `change` is the number (from 1) of the planned change it was run for."""

    check: str
    passed: bool
    change: int = 0
    details: str = ""


class EditRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One edit from analysis to commit. `intent` says in at most two sentences what will be done where."""

    intent: str = ""
    mode: EditMode = ""
    analysis: str = ""
    context: tuple[ContextItem | str, ...] = ()
    plan: Plan | None = None
    validation: tuple[ValidationResult, ...] = ()
    log: str | tuple[str, ...] = ""
    commit: str = ""

    @property
    def planned_files(self) -> frozenset[str]:
        """Every file that the plan names."""
        if self.plan is None:
            return frozenset()
        named = [*self.plan.files_to_modify, *self.plan.files_to_update]
        return frozenset(map(clean_path, named)) | {clean_path(one.file) for one in self.plan.changes}

    @property
    def log_lines(self) -> tuple[str, ...]:
        """The log, one entry a line."""
        return tuple(self.log.splitlines()) if isinstance(self.log, str) else self.log


class RecordError(ValueError):
    """An edit record that cannot be read; the message names the place and the next step."""


def clean_path(path: str) -> str:
    """The path as the change set spells it: slashes, no leading `./`."""
    path = path.replace("\\", "/")
    while path.startswith("./"):
        path = path[2:]
    return path


def parse_record(text: str | bytes, name: str = "the edit record") -> EditRecord:
    """Parse JSON (first character `{`) or TOML; raises `RecordError`."""
    raw = text.encode() if isinstance(text, str) else text
    try:
        if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return msgspec.json.decode(raw.lstrip(b"\xef\xbb\xbf"), type=EditRecord)
        return msgspec.convert(parse_toml(name, raw.decode("utf-8-sig")), EditRecord)
    except msgspec.ValidationError as error:
        raise RecordError(
            f"{name}: {error}. Its keys are {', '.join(EditRecord.__struct_fields__)}; those of plan are "
            f"{', '.join(Plan.__struct_fields__)}."
        ) from error
    except (msgspec.DecodeError, ConfigError, UnicodeDecodeError, RecursionError) as error:
        raise RecordError(f"{name} is neither JSON nor TOML: {error}. Write it as one of them.") from error
