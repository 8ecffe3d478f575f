"""What was done on a project before, for who plans a task; and what came of this one, for who plans the next.

Both by the memory of work. It can only help: where it cannot be read or written, a notice says so and the task goes on.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aifirst_memory.work.database import NAME
from aifirst_memory.work.entries import Recalled, WorkError
from aifirst_memory.work.store import WorkMemory

from aifirst_orchestrator.agent.plan import TaskPlan

_MOST: Final = 6
"""Entries that are told: more than a few lines of the past say little of the present."""
_MOST_READ: Final = 24
_LONGEST: Final = 240
"""Characters of an entry that are told."""


def recall_work(folder: Path, task: str) -> tuple[str, str]:
    """What was decided, changed and how it went, a line each, best first; and a notice, "" where all is well.

    `folder` is the `.aifirst` of the project; nothing is made where there is no memory of work. Earlier attempts
    at this very task are left out: its own record has them.
    """
    if not (folder / NAME).is_file():
        return "", ""
    try:
        with WorkMemory.open(folder) as work:
            found = work.recall(task, limit=_MOST_READ)
        others = [one for one in found if task not in (one.task, one.entry.title)]
        return "\n".join(_told(one) for one in others[:_MOST]), ""
    except WorkError as error:
        return "", f"what was done before is not told: {error}"
    except (
        TypeError,
        ValueError,
        OverflowError,
        OSError,
        AttributeError,
    ) as error:  # values that no writer of ours left
        return "", f"what was done before is not told: {folder / NAME} holds what it cannot ({error})"


def remember_work(
    folder: Path, task: str, plan: TaskPlan | None, ended: str, changed: Mapping[str, tuple[bytes, bytes]],
    *, is_tested: bool = True,
) -> str:  # fmt: skip
    """Write down what was planned and changed and how it ended; a notice, "" where all is well.

    `changed` has the bytes of each file before and after, empty for one that was not there; `ended` says in a sentence
    what came of the task, and begins with `done` where it was done. `is_tested` says whether any test saw the changes.
    """
    try:
        with WorkMemory.open(folder) as work:
            session = work.begin_session(task, agent="aifirst agent")
            if plan is not None:
                places = [step.path for step in plan.steps]
                reason = "\n".join(f"{step.path}:{step.line} {step.action}" for step in plan.steps)
                work.record_decision(session, plan.understanding, reason, places=places)
            for path, (before, after) in changed.items():
                edit = work.record_edit(
                    session, path, before_digest=_digest(before), after_digest=_digest(after)
                )
                work.record_outcome(edit, "ok", "the tests passed" if is_tested else "not tested")
            work.record_outcome(session, "ok" if ended.startswith("done") else "failed", ended)
            work.end_session(session, ended)
    except WorkError as error:
        return f"what was done is not remembered: {error}"
    return ""


def _told(found: Recalled) -> str:
    """An entry in a line: when, of which task, what, and how it went."""
    entry = found.entry
    day = time.strftime("%Y-%m-%d", time.gmtime(entry.at / 1000))
    task = f" for {found.task!r}" if entry.kind != "session" and found.task else ""
    went = "; ".join(f"{one.result}: {one.detail}" if one.detail else one.result for one in entry.outcomes)
    more = went or entry.outcome
    line = f"{day} {entry.kind}{task}: {entry.title}" + (f" ({more})" if more else "")
    flat = " ".join(line.split())
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 2]} …"


def _digest(raw: bytes) -> str:
    return hashlib.blake2b(raw, digest_size=16).hexdigest() if raw else ""
